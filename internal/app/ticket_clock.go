package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
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
