package app

import (
	"context"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/flow"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// FlowOrder asks who held the tickets of a log.
type FlowOrder struct {
	flow.Order
	Watermelons bool // also compare the promises to users with the suppliers' own measures
	Charts      bool // also what a page draws: the measures over the periods, when pauses began, the longest lives
	Workers     int  // how many compute at once; less than one means one for each processor
}

// Flowed is a reading of a log's flow, and what it was read from.
type Flowed struct {
	Book   *statement.Book
	Log    *eventlog.Result
	Result *flow.Result

	// Where charts were asked for; the first two need periods in which a contract runs.
	Controls []flow.Control
	Pauses   []flow.PauseSpread
	Longest  []flow.Late
}

// mostLives is how many of the longest lives are drawn.
const mostLives = 5

// Flow reads from a store who held its tickets, how they were handed on, and how the
// promises to users were kept.
func Flow(ctx context.Context, s store.Store, o FlowOrder, progress store.Progress) (*Flowed, error) {
	if o.Watermelons && o.By != "" && o.By != flow.ByParty {
		return nil, fault.New(fault.Invalid, "Ask for them by party.", "watermelons are about suppliers, not about each %s", o.By)
	}
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, err
	}
	log, err := s.Journal(ctx, book, progress)
	if err != nil {
		return nil, err
	}
	if log.Entries == 0 && o.AsOf == nil {
		return nil, fault.Findings{ruleNoEntry.At(fault.Position{File: log.Files[0]}, "", "the log has no entry, and so no instant at which anything was known")}
	}
	result, err := flow.Read(book, log.Journal, o.Order, o.Workers)
	if err != nil {
		return nil, err
	}
	if o.Watermelons {
		drawn, err := statement.Draw(book, log.Journal, result.StatementsFor(book), o.Workers)
		if err != nil {
			return nil, err
		}
		if result.Watermelons, err = flow.FindWatermelons(book, log.Journal, result, drawn); err != nil {
			return nil, err
		}
	}
	out := &Flowed{Book: book, Log: log, Result: result}
	if o.Charts {
		err = out.charts(&o)
	}
	return out, err
}

// charts adds what a page draws beside the reading.
func (f *Flowed) charts(o *FlowOrder) error {
	var err error
	if f.Longest, err = flow.Longest(f.Book, f.Log.Journal, f.Result, mostLives); err != nil || len(o.Periods) == 0 {
		return err
	}
	draw := Draw{Periods: o.Periods, AsOf: o.AsOf}
	orders, err := draw.orders(f.Book)
	if err != nil {
		return nil // no contract runs in the periods, so there is no measure to draw
	}
	statements, err := statement.Draw(f.Book, f.Log.Journal, orders, o.Workers)
	if err != nil {
		return err
	}
	f.Controls = flow.Controls(statements)
	f.Pauses = flow.PausesOf(f.Book, f.Log.Journal, statements)
	return nil
}
