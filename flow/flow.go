// Package flow says where a ticket's time went: who held it, who handed it to whom,
// how often it came back, and whether the users were kept the promise made to them.
//
//	journal ──ticket──▶ history ──clock──▶ stretches ──▶ held: party, team or line
//	                       │                             hand-overs, returns, fixes
//	                       └──estate's promise─────────▶ kept or broken, by service
//
// [Read] goes over the tickets once. It computes no time of its own: whose every
// second was is what [towerbridge/clock] says by the terms of a contract, for each
// ticket that of the supplier who last held it, so that the seconds of all holders
// add up to the end-to-end time, ticket by ticket; [Conservation] is that sum, made
// anew on every reading. Times are whole seconds; means are exact fractions;
// percentiles are by nearest rank, so that each is the time of some ticket.
//
// Every number stands beside its definition, and [Result.TicketsOf] lists the tickets
// behind it.
package flow

import (
	"runtime"
	"sync"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Level is what counts as one holder of a ticket.
type Level string

// The levels.
const (
	ByParty Level = "party" // supplier, integrator or customer
	ByTeam  Level = "team"  // a team of a party
	ByLine  Level = "line"  // first, second or third line of support, whoever's
)

// Order asks for a reading.
type Order struct {
	By      Level         // party if empty
	Periods []span.Period // only tickets that ended in them; none asks for every ticket, open ones too
	Digests bool          // also make the digests of all lists of tickets, which takes a while
	AsOf    *span.Instant // nothing learnt later is read; nil is the last instant at which the journal learnt anything
}

// Read reads the flow of a journal's tickets by so many workers (0: one for each
// processor). The result does not depend on their number. The error is a fault.Error.
func Read(b *statement.Book, j *journal.Journal, o Order, workers int) (*Result, error) {
	p, err := newPlan(b, j, o)
	if err != nil {
		return nil, err
	}
	p.elapsed = make([]int64, j.Tickets())
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	n := max(1, min(workers, j.Tickets()/1024))
	takers := make([]*taker, n)
	parallel(n, n, func(i int) {
		takers[i] = newTaker(p)
		for ticket := j.Tickets() * i / n; ticket < j.Tickets()*(i+1)/n; ticket++ {
			takers[i].take(ticket)
		}
	})
	for _, t := range takers[1:] {
		takers[0].join(t)
	}
	return takers[0].result(workers), nil
}

// parallel calls f for 0 to n-1 by so many workers.
func parallel(n, workers int, f func(int)) {
	var next int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range min(n, workers) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}

// newPlan checks an order and readies what all workers share.
func newPlan(b *statement.Book, j *journal.Journal, o Order) (*plan, error) {
	if o.By == "" {
		o.By = ByParty
	}
	if o.By != ByParty && o.By != ByTeam && o.By != ByLine {
		return nil, fault.New(fault.Invalid, "Ask for party, team or line.", "there is no level %q", o.By)
	}
	zone, err := b.Zones.Location(b.Estate.Document().Zone)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the estate has no usable zone")
	}
	p := &plan{book: b, journal: j, by: o.By, asOf: j.LastLearnt(), zone: zone, asked: o.Periods, digests: o.Digests}
	if o.AsOf != nil {
		p.asOf = *o.AsOf
	}
	p.contracts = newTerms(b, j)
	p.promises = newPromises(b, j)
	p.months()
	for _, x := range o.Periods {
		p.spans = append(p.spans, x.In(zone))
	}
	return p, nil
}
