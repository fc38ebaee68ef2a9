package flow

import (
	"slices"

	"towerbridge/calendar"
	"towerbridge/journal"
	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// promises are what the estate promises the users of services.
type promises map[journal.Symbol]*promise

// promise is that of one service.
type promise struct {
	service    string
	calendar   *calendar.Calendar
	classes    []class
	within     int64 // of priorities not listed; zero promises nothing
	byPriority map[journal.Symbol]within
}

// class is the priorities that one share is promised for.
type class struct {
	share      money.Percent
	priorities []string // empty: all that no other class names
}

type within struct {
	seconds int64
	class   int
}

// promiseKey names an account: one service, class of priorities and period.
type promiseKey struct {
	service journal.Symbol
	class   int
	period  int32
}

// account is how a promise was kept.
type account struct {
	met, unknown int64
	missed       blocks[uint32]
	sums         []sums // what holders had of the tickets that missed it
}

func newPromises(b *statement.Book, j *journal.Journal) promises {
	out := promises{}
	for _, s := range b.Estate.Document().Services {
		id := j.Symbol(s.ID)
		if id == 0 || s.Promise == nil {
			continue
		}
		p := &promise{
			service: s.ID, calendar: b.Calendars[s.Promise.Calendar], within: int64(s.Promise.Within),
			classes: []class{{share: s.Promise.Share}}, byPriority: map[journal.Symbol]within{},
		}
		for _, x := range s.Promise.ByPriority {
			w := within{seconds: int64(x.Within)}
			if x.Share != nil {
				w.class = slices.IndexFunc(p.classes[1:], func(c class) bool { return c.share.String() == x.Share.String() }) + 1
				if w.class == 0 {
					w.class = len(p.classes)
					p.classes = append(p.classes, class{share: *x.Share})
				}
				p.classes[w.class].priorities = append(p.classes[w.class].priorities, x.Priority)
			}
			if priority := j.Symbol(x.Priority); priority != 0 {
				p.byPriority[priority] = w
			}
		}
		out[id] = p
	}
	return out
}

// promise says whether the ticket at hand kept the promise of its service.
func (t *taker) promise(number int, end span.Instant, ended bool) {
	last := t.history.Last()
	if !ended || last.Service == 0 {
		return
	}
	p := t.promises[last.Service]
	if p == nil {
		return
	}
	within, class := p.of(last.Priority)
	if within == 0 {
		return
	}
	a := t.account(promiseKey{last.Service, class, t.periodOf(end)})
	opened := t.history.Opened()
	switch {
	case p.calendar == nil || !p.calendar.Covers(opened, end):
		a.unknown++
	case p.calendar.OpenSeconds(opened, end) <= within:
		a.met++
	default:
		a.missed.add(uint32(number))
		a.sums = addHeld(a.sums, t.held)
	}
}

// of returns the open seconds promised for a priority, zero if none are, and the class
// that it is in.
func (p *promise) of(priority journal.Symbol) (seconds int64, class int) {
	if w, listed := p.byPriority[priority]; listed {
		return w.seconds, w.class
	}
	return p.within, 0
}

func (t *taker) account(key promiseKey) *account {
	a := t.promised[key]
	if a == nil {
		a = &account{}
		t.promised[key] = a
	}
	return a
}

// kept reports whether met of counted is at least the share promised.
func kept(share money.Percent, met, counted int64) bool {
	f, err := money.NewFraction(met, counted)
	return err != nil || f.CmpPercent(share) >= 0 // of nothing, nothing was broken
}
