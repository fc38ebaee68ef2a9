package whatif

import (
	"runtime"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// Side is a book, and the statements that are to be drawn by it.
type Side struct {
	Book   *statement.Book
	Orders []statement.Order
}

// Options say what is asked.
type Options struct {
	Periods      []span.Period // one after another
	AsOf         *span.Instant // nothing learnt later is read by the hand-overs and legs; nil is the last instant at which the journal learnt anything
	By           Level         // of the hand-overs that are listed; party if empty
	DropInternal bool          // the waiting of hand-overs that are gone is dropped, and what follows moves forward
	Workers      int           // how many compute at once; less than one means one for each processor
}

// replay is one call of Replay.
type replay struct {
	old, new Side
	plan     *Plan
	options  Options
	journal  *journal.Journal
	renamed  *journal.Journal // with the holders of the new book
	changed  *journal.Journal // renamed, and moved where waiting is dropped
	asOf     span.Instant
	within   span.Span
}

// Replay reads a journal by two books. The error is fault.Findings where a party of the
// journal has no place in the new estate, else a [fault.Error] of drawing.
func Replay(j *journal.Journal, old, new Side, plan *Plan, o Options) (*Result, error) {
	if new.Book != old.Book {
		if findings := plan.Check(j, new.Book.Estate); len(findings) > 0 {
			return nil, findings
		}
	}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.By == "" {
		o.By = ByParty
	}
	r := &replay{old: old, new: new, plan: plan, options: o, journal: j, asOf: j.LastLearnt()}
	if o.AsOf != nil {
		r.asOf = *o.AsOf
	}
	if err := r.dates(); err != nil {
		return nil, err
	}
	r.renamed = plan.Apply(j)
	r.changed = r.renamed
	if o.DropInternal {
		r.changed = r.renamed.Move(r.closeUp())
	}
	out := &Result{
		OldEstate: old.Book.Estate.Document().ID, NewEstate: new.Book.Estate.Document().ID, By: o.By,
		From: o.Periods[0].From, To: o.Periods[len(o.Periods)-1].To, AsOf: r.asOf, Moves: plan.Moves,
		HandOvers: []HandOvers{}, Inside: []Inside{}, Groups: []Group{}, Totals: []MoneyTotal{}, Unknown: []string{},
	}
	if out.Moves == nil {
		out.Moves = []Move{}
	}
	g := r.travel()
	g.into(out)
	if err := r.measures(out); err != nil {
		return nil, err
	}
	r.unknown(g, out)
	return out, nil
}

// dates finds the time that is asked for, in the zone of the old estate.
func (r *replay) dates() error {
	zone, err := r.old.Book.Zones.Location(r.old.Book.Estate.Document().Zone)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the estate has no usable zone")
	}
	p := r.options.Periods
	r.within = span.Span{From: p[0].From.Start(zone), To: p[len(p)-1].To.Start(zone)}
	return nil
}

// closeUp returns how a ticket's entries move forward when the waiting of its
// hand-overs that are gone is dropped.
func (r *replay) closeUp() func(int, []journal.Entry) {
	g := &journeys{replay: r, inside: map[pairKey]*Inside{}}
	return func(n int, entries []journal.Entry) {
		if !ticket.Read(r.journal, n, r.asOf, &g.was) {
			return
		}
		waits := g.handOvers(n)
		if len(waits) == 0 {
			return
		}
		for i := range entries {
			before := span.Instant(waits.Intersect(span.Set{{From: span.Earliest, To: entries[i].Happened}}).Length())
			entries[i].Happened -= before
			entries[i].Learnt -= before
		}
	}
}
