package simulate

import (
	"slices"
	"testing"
	"time"

	"towerbridge/clock"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// gauge reads the resolving clock of whoever resolved a ticket, by the engine that
// statements are drawn with and not by what the simulation thinks.
type gauge struct {
	s       *Simulation
	j       *journal.Journal
	readers map[string]*clock.Reader
}

func newGauge(s *Simulation, j *journal.Journal) *gauge {
	g := &gauge{s, j, map[string]*clock.Reader{}}
	for _, c := range s.world.Contracts {
		g.readers[c.Supplier] = clock.NewReader(c, j, nil)
	}
	return g
}

// read returns the reading, and the moment at which the ticket was first resolved.
func (g *gauge) read(h *ticket.History) (clock.Reading, ticket.Moment, bool) {
	var r clock.Reading
	first := slices.IndexFunc(h.Moments, func(m ticket.Moment) bool { return m.Event == journal.Resolved })
	if first < 0 {
		return r, ticket.Moment{}, false
	}
	m := h.Moments[first]
	rd := g.readers[g.j.Name(m.Party)]
	if rd == nil {
		return r, m, false
	}
	until := *h
	until.Moments = h.Moments[:first+1] // before any reopening
	k, _ := g.s.clockOf(rd.Contract, span.DateIn(h.Opened(), g.s.zone), &what{
		kind: at(g.s.kinds, g.j.Name(m.Kind)), priority: at(g.s.priorities, g.j.Name(m.Priority)),
		service: uint16(at(g.s.services, g.j.Name(m.Service))), site: uint16(at(g.s.sites, g.j.Name(m.Site))),
	})
	if k == nil {
		return r, m, false
	}
	rd.Read(&until, k, 0, &r)
	return r, m, r.Target > 0
}

func at(n names, text string) uint8 { return uint8(n.at[text]) }

// monthsEdge returns how long before and after the nearest first instant of a month an
// instant lies.
func monthsEdge(s *Simulation, at span.Instant) (before, since int64) {
	for i, m := range s.months {
		if m > at {
			return int64(m - at), int64(at - s.months[i-1])
		}
	}
	return 0, 0
}

// Each trick, on each ticket that the truth names, is what its definition says.
func TestTricksAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		least int // tickets that it is played on in a year of 12,000, at least
		holds func(g *gauge, h *ticket.History) bool
	}{
		{LatePause, 300, func(g *gauge, h *ticket.History) bool {
			r, _, ok := g.read(h)
			if !ok || len(r.Pauses) == 0 {
				return false
			}
			used, begins := int64(0), r.Pauses[len(r.Pauses)-1].From
			for _, x := range r.Spans {
				used += r.Calendar.OpenSeconds(x.From, max(x.From, min(x.To, begins)))
			}
			return used*10 >= r.Target*9 && used < r.Target && r.Verdict == clock.Met
		}},
		{BunchedClosure, 300, func(g *gauge, h *ticket.History) bool {
			r, _, ok := g.read(h)
			return ok && r.Verdict == clock.Met && r.Elapsed*1000 >= r.Target*965
		}},
		{PeriodEndClosure, 60, func(g *gauge, h *ticket.History) bool {
			_, m, _ := g.read(h)
			before, _ := monthsEdge(g.s, m.At)
			return before <= 4*hour
		}},
		{Reprioritised, 60, func(g *gauge, h *ticket.History) bool {
			i := lastChange(h)
			if i < 1 || h.Moments[i].Priority == h.Moments[i-1].Priority {
				return false
			}
			return h.Moments[i+1].Event == journal.Resolved && lowered(g, h.Moments[i-1].Priority, h.Moments[i].Priority)
		}},
		{ReopenedAfterPeriod, 60, func(g *gauge, h *ticket.History) bool {
			i := slices.IndexFunc(h.Moments, func(m ticket.Moment) bool { return m.Event == journal.Resolved })
			before, _ := monthsEdge(g.s, h.Moments[i].At)
			_, since := monthsEdge(g.s, h.Moments[i+1].At)
			return before <= 6*hour && h.Moments[i+1].Event == journal.Reopened && since <= 2*daySeconds
		}},
		{TestCalls, 150, func(g *gauge, h *ticket.History) bool {
			local := time.Unix(int64(h.Opened()), 0).In(g.s.zone)
			return (local.Hour() == 2 || local.Hour() == 3) && len(h.Moments) == 4 && h.Moments[3].At-h.Opened() < 15*minute
		}},
		{Rounding, 3000, func(g *gauge, h *ticket.History) bool {
			_, m, _ := g.read(h)
			return m.At%hour == 0
		}},
		{CalendarChange, 5, func(g *gauge, h *ticket.History) bool {
			r, _, ok := g.read(h)
			i, name := lastChange(h), g.j.Name
			if !ok || i < 1 {
				return false
			}
			was := h.Moments[i-1]
			before := r.Clock.Calendar(name(was.Priority), name(was.Service), name(was.Site))
			week := h.Opened() + 28*daySeconds
			return r.Calendar.OpenSeconds(h.Opened(), week) < before.OpenSeconds(h.Opened(), week)
		}},
		{Backdated, 60, func(g *gauge, h *ticket.History) bool {
			r, m, ok := g.read(h)
			i := slices.IndexFunc(g.j.Of(h.Ticket), func(e journal.Entry) bool { return e.Marks&journal.Backdated != 0 })
			if i < 0 || !ok {
				return false
			}
			e := g.j.Of(h.Ticket)[i]
			return e.Happened == m.At && r.Verdict == clock.Met && e.Learnt > r.Due && e.Learnt-e.Happened >= 2*daySeconds
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, j, on := playedYear(t, c.name, 12_000)
			if len(on) < c.least {
				t.Errorf("played on %d tickets; want at least %d", len(on), c.least)
			}
			g := newGauge(s, j)
			wrong := 0
			histories(j, func(id string, h *ticket.History) {
				if on[id] && !c.holds(g, h) {
					if wrong++; wrong <= 3 {
						t.Errorf("%s of %d: it is not what was played on %s: %+v", c.name, len(on), id, h.Moments)
					}
				}
			})
			if wrong > 0 {
				t.Errorf("%d of %d are not what they are called", wrong, len(on))
			}
		})
	}
}

// lastChange returns the last moment at which something about the ticket was changed;
// an honest raise of its priority may have come before.
func lastChange(h *ticket.History) int {
	for i := len(h.Moments) - 1; i >= 0; i-- {
		if h.Moments[i].Event == journal.Changed {
			return i
		}
	}
	return -1
}

// lowered reports whether a priority is less urgent than another.
func lowered(g *gauge, from, to journal.Symbol) bool {
	return g.j.Name(from) < g.j.Name(to) // P1 before P2
}

// A trick changes the tickets that it is played on and no others.
func TestTricksLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	plain, _ := simulated(t, Profile{ID: "x"}, Year(2019, 4000, 21)).Journal(1)
	for _, name := range TrickNames() {
		if name == TestCalls { // its records take the place of calls
			continue
		}
		_, j, on := playedYear(t, name, 4000)
		same, changed := 0, 0
		for i := range plain.Tickets() {
			id := plain.TicketID(i)
			other, ok := j.Find(id)
			if !ok {
				t.Fatalf("%s: ticket %s is gone", name, id)
			}
			if sameLife(plain, j, i, other) {
				same++
			} else if changed++; !on[id] {
				t.Errorf("%s changed %s, on which it was not played", name, id)
			}
		}
		if changed == 0 || same == 0 {
			t.Errorf("%s: %d tickets changed, %d did not", name, changed, same)
		}
	}
}

// sameLife reports whether two tickets have the same entries, whatever their keys.
func sameLife(a, b *journal.Journal, i, j int) bool {
	return slices.EqualFunc(a.Of(i), b.Of(j), func(x, y journal.Entry) bool {
		f, g := a.Fact(x), b.Fact(y)
		return x.Happened == y.Happened && x.Learnt == y.Learnt && x.Marks == y.Marks && f.Event == g.Event &&
			a.Name(f.Priority) == b.Name(g.Priority) && a.Name(f.Party) == b.Name(g.Party) && a.Name(f.Reason) == b.Name(g.Reason)
	})
}

// A trick of one party is played only on what that party resolves.
func TestTrickOfOneParty(t *testing.T) {
	t.Parallel()
	trick, err := ParseTrick("rounding@merrowfen=100%")
	if err != nil {
		t.Fatal(err)
	}
	o := Year(2019, 4000, 2)
	o.Tricks = []Trick{trick}
	j, r := simulated(t, Profile{ID: "x"}, o).Journal(1)
	if len(r.Truth) < 100 {
		t.Fatalf("played on %d tickets", len(r.Truth))
	}
	on := map[string]bool{}
	for _, x := range r.Truth {
		on[x.Ticket] = true
	}
	histories(j, func(id string, h *ticket.History) {
		if on[id] && j.Name(h.Last().Party) != "merrowfen" {
			t.Errorf("%s was resolved by %s", id, j.Name(h.Last().Party))
		}
	})
}

// The share says how often: twice the share, about twice as many tickets.
func TestShareOfTrick(t *testing.T) {
	t.Parallel()
	count := func(text string) int {
		trick, err := ParseTrick("bunched-closure=" + text)
		if err != nil {
			t.Fatal(err)
		}
		o := Year(2019, 10_000, 4)
		o.Tricks = []Trick{trick}
		_, r := simulated(t, Profile{ID: "x"}, o).Journal(1)
		return len(r.Truth)
	}
	none, some, twice, all := count("0%"), count("20%"), count("40%"), count("100%")
	if none != 0 || twice < some*8/5 || twice > some*12/5 || all < twice*2 {
		t.Errorf("0%%: %d, 20%%: %d, 40%%: %d, 100%%: %d", none, some, twice, all)
	}
}
