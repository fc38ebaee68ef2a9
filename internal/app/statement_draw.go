package app

import (
	"context"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// Draw says which statements are asked for.
type Draw struct {
	Contracts []string               // ids; none asks for all contracts, as far as they run in the periods
	Periods   []span.Period          // one after another
	AsOf      *span.Instant          // nothing learnt later is read; nil is each period's own default
	Earlier   []*statement.Statement // issued statements of earlier periods
	Workers   int                    // how many compute at once; less than one means one for each processor
}

// Drawn is statements, and what they were drawn from.
type Drawn struct {
	Book       *statement.Book
	Log        *eventlog.Result
	Statements []*statement.Statement // by contract, then by period
}

// DrawStatements draws statements from a store. What was asked for is checked before
// the log is read, which takes longest.
func DrawStatements(ctx context.Context, s store.Store, d Draw, progress store.Progress) (*Drawn, error) {
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, err
	}
	orders, err := d.orders(book)
	if err != nil {
		return nil, err
	}
	log, err := needed(ctx, s, book, orders, progress)
	if err != nil {
		return nil, err
	}
	if log.Entries == 0 && d.AsOf == nil {
		return nil, fault.Findings{ruleNoEntry.At(fault.Position{File: strings.Join(log.Files, ", ")}, "",
			"the log has no entry, and so no instant at which anything was known; %d rows are held", len(log.Held))}
	}
	statements, err := statement.Draw(book, log.Journal, orders, d.Workers)
	if err != nil {
		return nil, err
	}
	return &Drawn{Book: book, Log: log, Statements: statements}, nil
}

// needed returns the entries that orders are drawn from: a ledger finds those that can
// matter, any other store reads all.
func needed(ctx context.Context, s store.Store, book *statement.Book, orders []statement.Order, progress store.Progress) (*eventlog.Result, error) {
	l, ok := s.(store.Reader)
	if !ok {
		return s.Journal(ctx, book, progress)
	}
	head, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	needs, err := statement.Needs(book, orders, head.Learnt)
	if err != nil {
		return nil, err
	}
	j, err := l.Part(ctx, needs, progress)
	if err != nil {
		return nil, err
	}
	return &eventlog.Result{Journal: j, Rows: int64(j.Len()), Entries: int64(j.Len())}, nil
}

// orders lists the statements asked for, by contract and then by period. Everything
// wrong with what was asked is reported.
func (d *Draw) orders(book *statement.Book) ([]statement.Order, error) {
	ids, all := d.Contracts, len(d.Contracts) == 0
	if all {
		ids = book.IDs()
	}
	var orders []statement.Order
	var findings fault.Findings
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		c, ok := book.Contracts[id]
		if !ok {
			findings = append(findings, ruleNoSuchContract.At(fault.Position{}, "contract", "there is no contract %q, only %s", id, strings.Join(book.IDs(), ", ")))
			continue
		}
		mine := servicePeriods(c, d.Periods)
		if len(mine) == 0 && !all {
			findings = append(findings, ruleNoPeriod.At(fault.Position{}, "period", "%s to %s holds no service period of contract %s",
				d.Periods[0].From, d.Periods[len(d.Periods)-1].To, id))
		}
		for _, p := range mine {
			if from, to := term(c); p.To <= from || p.From >= to {
				if !all {
					findings = append(findings, ruleOutsideTerm.At(fault.Position{}, "period", "contract %s runs from %s until %s, which leaves out %s", id, from, to, p))
				}
				continue
			}
			orders = append(orders, statement.Order{Contract: id, Period: p, AsOf: d.AsOf, Earlier: d.Earlier})
		}
	}
	if len(orders) == 0 && len(findings) == 0 {
		findings = append(findings, ruleOutsideTerm.At(fault.Position{}, "period", "no contract runs from %s until %s", d.Periods[0].From, d.Periods[len(d.Periods)-1].To))
	}
	return orders, findings.Err()
}

// servicePeriods lists the whole service periods of a contract in a run of periods.
func servicePeriods(c *contract.Contract, asked []span.Period) []span.Period {
	if len(asked) == 0 {
		return nil
	}
	var out []span.Period
	end := asked[len(asked)-1].To
	_, month, _ := asked[0].From.Civil()
	from := asked[0].From
	for n := c.Period.Months(); (int(month)-1)%n != 0; month++ {
		from = from.AddMonths(1)
	}
	for p := c.ServicePeriod(from); p.To <= end; p = p.Next(1) {
		out = append(out, p)
	}
	return out
}

// term returns the first day of a contract and the first day after its term, with
// the extensions that were taken.
func term(c *contract.Contract) (from, to span.Date) {
	to = c.Term.End
	for i := range c.Term.Extensions {
		if x := &c.Term.Extensions[i]; x.TakenOn != nil {
			to = to.AddMonths(x.Months)
		}
	}
	return c.Term.Start, to
}
