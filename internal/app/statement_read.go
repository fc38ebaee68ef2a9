package app

import (
	"context"
	"io"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/span"
	"towerbridge/statement"
)

// Measured is what was measured under a contract in a service period, without anything
// that turns into money.
type Measured struct {
	Contract string
	Period   span.Period
	AsOf     span.Instant
	Measures []statement.Measure // points, bands and what they are multiplied by are empty
	Unseen   []int               // of each measure: tickets of its lists that the reader may not see
}

// DrawStatement draws a service period of a contract from the record, with the issued
// statements of earlier periods where rules look back on them. It is commercial: see
// [Record.DrawMeasures] for the operational part. asOf may be nil.
func (r *Record) DrawStatement(ctx context.Context, who access.Principal, id string, period span.Period, asOf *span.Instant) (*Drawn, error) {
	return r.draw(ctx, who, access.StatementRead, id, period, asOf)
}

// DrawMeasures draws the measures of a service period of a contract without anything
// that turns into money: what it came to in bands, points, credits, charges and caps is
// not in the answer. Tickets that the reader may not see are counted, not named.
func (r *Record) DrawMeasures(ctx context.Context, who access.Principal, id string, period span.Period, asOf *span.Instant) (*Measured, error) {
	drawn, err := r.draw(ctx, who, access.MeasureRead, id, period, asOf)
	if err != nil {
		return nil, err
	}
	s := drawn.Statements[0]
	out := &Measured{Contract: s.Contract, Period: s.Period, AsOf: s.AsOf, Measures: slices.Clone(s.Measures)}
	for i := range out.Measures {
		m := &out.Measures[i]
		m.Band, m.BandClause, m.Points, m.Base, m.Multiplier, m.Repeat, m.Suppressed, m.PointsWhy = "", "", 0, 0, 0, false, "", ""
	}
	return out, r.onlySeen(ctx, who, out)
}

// onlySeen takes the tickets that somebody may not see out of the measures' lists.
func (r *Record) onlySeen(ctx context.Context, who access.Principal, m *Measured) error {
	var ids []string
	for i := range m.Measures {
		for _, x := range m.Measures[i].Missed {
			ids = append(ids, x.Ticket)
		}
		for _, x := range m.Measures[i].Excluded {
			ids = append(ids, x.Ticket)
		}
	}
	seen, err := r.seen(ctx, who, ids)
	if err != nil {
		return err
	}
	var parents []string
	for _, row := range seen {
		parents = append(parents, row.Parent)
	}
	seenParents, err := r.seen(ctx, who, parents)
	if err != nil {
		return err
	}
	m.Unseen = make([]int, len(m.Measures))
	for i := range m.Measures {
		x := &m.Measures[i]
		before := len(x.Missed) + len(x.Excluded)
		x.Missed = slices.DeleteFunc(slices.Clone(x.Missed), func(t statement.Missed) bool { return !seen.has(t.Ticket) })
		x.Excluded = slices.DeleteFunc(slices.Clone(x.Excluded), func(t statement.Excluded) bool { return !seen.has(t.Ticket) })
		m.Unseen[i] = before - len(x.Missed) - len(x.Excluded)
		for k := range x.Excluded {
			if parent := seen[x.Excluded[k].Ticket].Parent; parent != "" && !seenParents.has(parent) {
				x.Excluded[k].Reason = strings.ReplaceAll(x.Excluded[k].Reason, parent, "another ticket")
			}
		}
	}
	return nil
}

// draw draws a statement for somebody who may do something with it.
func (r *Record) draw(ctx context.Context, who access.Principal, what access.Action, id string, period span.Period, asOf *span.Instant) (*Drawn, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.figured(book, who, what, id)
	if err != nil {
		return nil, err
	}
	if err := oneServicePeriod(c, period); err != nil {
		return nil, err
	}
	earlier, err := r.issuedBefore(ctx, c, period)
	if err != nil {
		return nil, err
	}
	return r.drawAlone(ctx, Draw{Contracts: []string{id}, Periods: []span.Period{period}, AsOf: asOf, Earlier: earlier})
}

// drawAlone draws while no other statement is drawn.
func (r *Record) drawAlone(ctx context.Context, d Draw) (*Drawn, error) {
	if err := r.drawing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer r.drawing.Release(1)
	return DrawStatements(ctx, r.Ledger, d, nil)
}

// figured returns a contract of whose figures somebody may do something. Where he may
// know nothing of the contract it is not found, in the same words as one that is not
// there.
func (r *Record) figured(book *Book, who access.Principal, what access.Action, id string) (*contract.Contract, error) {
	c := book.Contracts[id]
	if c == nil {
		return nil, noContract(id)
	}
	err := r.may(who, what, book.figure(c))
	if err != nil && r.may(who, access.ContractRead, book.contract(c)) != nil {
		return nil, noContract(id)
	}
	return c, err
}

func noContract(id string) error {
	return fault.New(fault.NotFound, "List the contracts.", "there is no contract %q that you may see", id)
}

// oneServicePeriod refuses what is not one service period of a contract.
func oneServicePeriod(c *contract.Contract, period span.Period) error {
	if period == c.ServicePeriod(period.From) {
		return nil
	}
	return fault.Findings{ruleNoPeriod.At(fault.Position{}, "period", "%s is not one service period of contract %s, such as %s", period, c.ID, c.ServicePeriod(period.From))}
}

// WriteBundle writes the bundle of a statement that was drawn, signed with the record's
// key: the documents, zones and entries by which the other party recomputes it.
func (r *Record) WriteBundle(ctx context.Context, drawn *Drawn, w io.Writer) error {
	signer, _, err := r.signer(ctx)
	if err != nil {
		return err
	}
	return statement.Issue(w, drawn.Book, drawn.Log.Journal, drawn.Statements[0], signer)
}
