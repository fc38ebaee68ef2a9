package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/worked"
)

// The questions of worked examples, asked of the record by somebody who has the right
// to the answer. They are computed by the same functions as those of a folder.

// ReadClock returns one clock of a ticket by a contract, in one of the ticket's lives
// (zero is the first), as known at an instant.
func (r *Record) ReadClock(ctx context.Context, who access.Principal, contract, ticket, clock string, life int, at span.Instant) (worked.Clock, error) {
	book, j, err := r.timedTicket(ctx, who, contract, ticket, at)
	if err != nil {
		return worked.Clock{}, err
	}
	return worked.Answer(book.Book, j).Clock(contract, ticket, clock, life, at)
}

// ReadLegs shares out the elapsed time of a ticket by a contract's rules, as known at
// an instant.
func (r *Record) ReadLegs(ctx context.Context, who access.Principal, contract, ticket string, at span.Instant) (worked.Legs, error) {
	book, j, err := r.timedTicket(ctx, who, contract, ticket, at)
	if err != nil {
		return worked.Legs{}, err
	}
	return worked.Answer(book.Book, j).Legs(contract, ticket, at)
}

// timedTicket reads a ticket of which somebody may see the clocks by a contract.
func (r *Record) timedTicket(ctx context.Context, who access.Principal, contract, ticket string, at span.Instant) (*Book, *journal.Journal, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, nil, err
	}
	c := book.Contracts[contract]
	if c == nil || r.may(who, access.ClockRead, book.figure(c)) != nil {
		return nil, nil, fault.New(fault.NotFound, "Check its id.", "there is no contract %q whose clocks you may see", contract)
	}
	found, err := r.visible(ctx, book, who, ticket)
	if err != nil {
		return nil, nil, err
	}
	if err := r.noteReading(ctx, book, who, found, "ticket.read"); err != nil {
		return nil, nil, err
	}
	j, err := journalOf(at, found)
	return book, j, err
}

// DrawStatement draws a service period of a contract from the record. It is
// commercial: see [Record.DrawMeasures] for the operational part. asOf may be nil.
func (r *Record) DrawStatement(ctx context.Context, who access.Principal, contract string, period span.Period, asOf *span.Instant) (*Drawn, error) {
	return r.draw(ctx, who, access.StatementRead, contract, period, asOf)
}

// DrawMeasures draws the measures of a service period of a contract without anything
// that turns into money: what it came to in points, credits, charges and caps is not
// in the answer.
func (r *Record) DrawMeasures(ctx context.Context, who access.Principal, contract string, period span.Period, asOf *span.Instant) ([]statement.Measure, error) {
	drawn, err := r.draw(ctx, who, access.MeasureRead, contract, period, asOf)
	if err != nil {
		return nil, err
	}
	measures := drawn.Statements[0].Measures
	for i := range measures {
		m := &measures[i]
		m.Band, m.BandClause, m.Points, m.Base, m.Multiplier, m.PointsWhy = "", "", 0, 0, 0, ""
	}
	return measures, nil
}

func (r *Record) draw(ctx context.Context, who access.Principal, what access.Action, contract string, period span.Period, asOf *span.Instant) (*Drawn, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c := book.Contracts[contract]
	if c == nil || r.may(who, access.ContractRead, book.contract(c)) != nil && r.may(who, what, book.figure(c)) != nil {
		return nil, fault.New(fault.NotFound, "Check its id.", "there is no contract %q that you may see", contract)
	}
	if err := r.may(who, what, book.figure(c)); err != nil {
		return nil, err
	}
	if err := r.drawing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer r.drawing.Release(1)
	return DrawStatements(ctx, r.Ledger, Draw{Contracts: []string{contract}, Periods: []span.Period{period}, AsOf: asOf}, nil)
}

// OpenSeconds returns the open seconds of a calendar between two instants.
func (r *Record) OpenSeconds(ctx context.Context, who access.Principal, calendar string, from, to span.Instant) (int64, error) {
	answers, err := r.calendars(ctx, who)
	if err != nil {
		return 0, err
	}
	return answers.Open(calendar, from, to)
}

// DueInstant returns the instant at which so many open seconds have run in a calendar.
func (r *Record) DueInstant(ctx context.Context, who access.Principal, calendar string, from span.Instant, seconds int64) (span.Instant, error) {
	answers, err := r.calendars(ctx, who)
	if err != nil {
		return 0, err
	}
	return answers.Due(calendar, from, seconds)
}

func (r *Record) calendars(ctx context.Context, who access.Principal) (worked.Answers, error) {
	if err := r.may(who, access.CalendarRead, access.Estate{}); err != nil {
		return nil, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	return worked.Answer(book.Book, nil), nil
}
