package audit

import (
	"runtime"
	"slices"
	"sync"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// Options say what is looked at.
type Options struct {
	Thresholds Thresholds
	Contracts  []string      // ids; none asks about all
	Periods    []span.Period // what happened before the first or after the last, in the contract's zone, is not looked at; none is everything
	AsOf       *span.Instant // nothing learnt later is read; nil is the last instant at which the journal learnt anything
	Workers    int           // how many read at once; less than one means one for each processor
}

// Look asks every question of every contract in one pass over the tickets. The result
// does not depend on the number of workers. The error says which contract is unknown.
func Look(book *statement.Book, j *journal.Journal, o Options) (*Report, error) {
	ids := o.Contracts
	if len(ids) == 0 {
		ids = book.IDs()
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids {
		if book.Contracts[id] == nil {
			return nil, fault.New(fault.NotFound, "Give one of the contracts' ids.", "there is no contract %q", id)
		}
	}
	n := o.Workers
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	n = max(1, min(n, j.Tickets()/1024))
	looks := make([]*look, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			looks[i] = newLook(book, j, ids, o)
			looks[i].read(j.Tickets()*i/n, j.Tickets()*(i+1)/n)
		})
	}
	wait.Wait()
	for _, l := range looks[1:] {
		looks[0].join(l)
	}
	return looks[0].report(ids, o.Periods), nil
}

// look is one goroutine's reading of a stretch of the tickets.
type look struct {
	journal    *journal.Journal
	thresholds Thresholds
	asOf       span.Instant
	watches    []*watch
	tickets    int64
	stamps     int64 // all moments, and how many of them lie on a full minute
	full       int64
	history    ticket.History
}

// watch is what is counted of one contract.
type watch struct {
	*look
	contract *contract.Contract
	span     span.Span
	moments  []ticket.Moment // of a history that is supposed otherwise
	reader   *clock.Reader
	supplier journal.Symbol
	scopes   scopes
	clocks   []watchedClock
	ends     []ending
	reopened []reopening
	calls    map[group][]call
	rounding rounding
}

// watchedClock is what is counted of one clock of a contract.
type watchedClock struct {
	clock     *contract.Clock
	latePause tally
	bunched   bunched
	lowered   lowered
	calendar  tally
	byHand    tally
	late      tally
	reading   clock.Reading
	cut       [2]clock.Reading
}

// tally is cases, those that carry a pattern, and how many were to be expected.
type tally struct {
	of, found int64
	expected  int64 // millionths
	tickets   []uint32
}

func (t *tally) add(ticket int, found bool, expected int64) {
	t.of++
	t.expected += expected
	if found {
		t.found++
		t.tickets = append(t.tickets, uint32(ticket))
	}
}

func (t *tally) join(o *tally) {
	t.of += o.of
	t.found += o.found
	t.expected += o.expected
	t.tickets = append(t.tickets, o.tickets...)
}

const million = 1_000_000

func newLook(book *statement.Book, j *journal.Journal, ids []string, o Options) *look {
	l := &look{journal: j, thresholds: o.Thresholds, asOf: j.LastLearnt()}
	if o.AsOf != nil {
		l.asOf = *o.AsOf
	}
	world := book.World()
	for _, id := range ids {
		c := book.Contracts[id]
		w := &watch{
			look: l, contract: c, span: spanOf(c, o.Periods), reader: clock.NewReader(c, j, world.KindOf), supplier: j.Symbol(c.Supplier), calls: map[group][]call{},
			scopes: scopes{journal: j, tower: world.TowerOf, location: c.Location},
		}
		for i := range c.Clocks {
			w.clocks = append(w.clocks, watchedClock{clock: &c.Clocks[i]})
		}
		l.watches = append(l.watches, w)
	}
	return l
}

// read goes through the tickets from up to but not including to.
func (l *look) read(from, to int) {
	h := &l.history
	for t := from; t < to; t++ {
		if !ticket.Read(l.journal, t, l.asOf, h) {
			continue
		}
		for i := range h.Moments {
			l.stamps++
			if h.Moments[i].At%60 == 0 {
				l.full++
			}
		}
		concerned := false
		for _, w := range l.watches {
			if w.had(h) {
				concerned = true
				w.ticket(h)
			}
		}
		if concerned {
			l.tickets++
		}
	}
}

// had reports whether the contract's supplier ever held the ticket or was offered it.
func (w *watch) had(h *ticket.History) bool {
	if w.supplier == 0 {
		return false
	}
	for i := range h.Moments {
		if h.Moments[i].Party == w.supplier {
			return true
		}
	}
	return false
}

// ticket counts one ticket.
func (w *watch) ticket(h *ticket.History) {
	w.opening(h)
	w.endings(h)
	subject := clock.SubjectOf(h.Last())
	for i := range w.clocks {
		k := &w.clocks[i]
		if !w.scopes.holds(k.clock.Scope, subject, h.Opened()) {
			continue
		}
		r := &k.reading
		w.reader.Read(h, k.clock, 0, r)
		if r.Target <= 0 || r.Verdict != clock.Met && r.Verdict != clock.Missed && r.Verdict != clock.Running {
			continue
		}
		paused := w.pauses(h, k)
		w.stop(h, k, paused)
		w.changes(h, k)
	}
}

// within reports whether an instant is looked at.
func (w *watch) within(at span.Instant) bool { return w.span.Contains(at) }

// spanOf returns the span of a run of periods in a contract's zone.
func spanOf(c *contract.Contract, periods []span.Period) span.Span {
	if len(periods) == 0 {
		return span.Span{From: span.Earliest, To: span.Latest}
	}
	return span.Span{From: periods[0].From.Start(c.Location), To: periods[len(periods)-1].To.Start(c.Location)}
}

// join adds what another goroutine counted of later tickets.
func (l *look) join(o *look) {
	l.tickets += o.tickets
	l.stamps += o.stamps
	l.full += o.full
	for i, w := range l.watches {
		x := o.watches[i]
		w.ends = append(w.ends, x.ends...)
		w.reopened = append(w.reopened, x.reopened...)
		w.rounding.join(&x.rounding)
		for g, list := range x.calls {
			w.calls[g] = append(w.calls[g], list...)
		}
		for k := range w.clocks {
			a, b := &w.clocks[k], &x.clocks[k]
			a.latePause.join(&b.latePause)
			a.calendar.join(&b.calendar)
			a.byHand.join(&b.byHand)
			a.late.join(&b.late)
			a.bunched.join(&b.bunched)
			a.lowered.join(&b.lowered)
		}
	}
}

// report asks the questions of what was counted.
func (l *look) report(ids []string, periods []span.Period) *Report {
	r := &Report{
		AsOf: l.asOf, Thresholds: l.thresholds.ID, FalseFlags: l.thresholds.FalseFlags.String(),
		Tickets: l.tickets, Contracts: ids, Definitions: Definitions(), Questions: []Question{},
	}
	if len(periods) > 0 {
		r.From, r.To = &periods[0].From, &periods[len(periods)-1].To
	}
	p := l.profile()
	for _, w := range l.watches {
		for k := range w.clocks {
			w.askLatePause(r, &w.clocks[k])
			w.askBunched(r, &w.clocks[k])
			w.askLowered(r, &w.clocks[k])
			w.askCalendar(r, &w.clocks[k])
			w.askBackdated(r, &w.clocks[k])
		}
		w.askEnds(r)
		w.askReopened(r)
		w.askCalls(r, p)
		w.askRounding(r)
	}
	sortQuestions(r.Questions)
	return r
}

// question begins a question of a contract, with the tickets that carry the pattern.
func (w *watch) question(p Pattern, k *watchedClock, t *tally) Question {
	q := Question{
		Pattern: p, Contract: w.contract.ID, Party: w.contract.Supplier, Found: t.found, Of: t.of,
		ExpectedThousandths: (t.expected + 500) / 1000,
	}
	if k != nil {
		q.Clock = k.clock.ID
	}
	return q
}

// ask finishes a question: it is only asked where something was looked at.
func (w *watch) ask(r *Report, q Question, t Common, chance float64, noun string, tickets []uint32) {
	if q.Of == 0 {
		return
	}
	q.verdict(t, chance, noun)
	if q.WorthALook {
		tickets = slices.Clone(tickets)
		slices.Sort(tickets)
		for _, x := range slices.Compact(tickets) {
			q.Tickets = append(q.Tickets, w.journal.TicketID(int(x)))
		}
	}
	r.Questions = append(r.Questions, q)
}
