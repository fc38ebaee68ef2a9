package audit

import (
	"cmp"
	"slices"
	"time"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// group is what tickets are compared by.
type group struct{ kind, service journal.Symbol }

// call is the opening of one ticket.
type call struct {
	ticket uint32
	day    span.Date
	hour   uint8
}

// opening counts a ticket that the supplier held last; children of another ticket are
// left out, for an outage brings many.
func (w *watch) opening(h *ticket.History) {
	last := h.Last()
	if last.Party != w.supplier || last.Parent != 0 || !w.within(h.Opened()) {
		return
	}
	at := time.Unix(int64(h.Opened()), 0).In(w.contract.Location)
	g := group{last.Kind, last.Service}
	w.calls[g] = append(w.calls[g], call{uint32(h.Ticket), span.DateIn(h.Opened(), w.contract.Location), uint8(at.Hour())})
}

// profile is when the tickets of a log are opened.
type profile struct {
	quiet       [24]bool
	first, last span.Date
	all, inside int64 // tickets, and those of them opened in quiet hours
}

// profile finds the quiet hours: those with the fewest tickets that together hold no
// more than the declared share.
func (l *look) profile() profile {
	p := profile{first: span.OpenEnd, last: -span.OpenEnd}
	var hours [24]int64
	for _, w := range l.watches {
		for _, list := range w.calls {
			for _, c := range list {
				hours[c.hour]++
				p.all++
				p.first, p.last = min(p.first, c.day), max(p.last, c.day)
			}
		}
	}
	order := make([]int, 24)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(hours[a], hours[b]) })
	most := partOf(l.thresholds.TestCalls.QuietShare, p.all)
	for _, hour := range order {
		if p.inside+hours[hour] > most {
			break
		}
		p.inside += hours[hour]
		p.quiet[hour] = true
	}
	return p
}

// askCalls asks of each kind and service whether its quiet hours are explained.
func (w *watch) askCalls(r *Report) {
	p := w.profile()
	for g, list := range w.calls {
		if len(list) < w.thresholds.TestCalls.Least {
			continue
		}
		var t tally
		nights := map[span.Date]int64{}
		for _, c := range list {
			if p.quiet[c.hour] {
				t.found++
				nights[c.day]++
			}
		}
		t.of = int64(len(list))
		others := p.all - t.of
		if busy := others - (p.inside - t.found); busy > 0 {
			t.expected = (t.of - t.found) * ((p.inside - t.found) * million / busy)
		}
		t.expected = max(t.expected, middle(nights, int64(p.last-p.first)+1))
		q := w.question(TestCallsPattern, nil, &t)
		q.Subject = w.journal.Name(g.kind) + " of " + w.journal.Name(g.service)
		w.ask(r, q, w.thresholds.TestCalls.Common, poissonTail(t.found, float64(t.expected)/million),
			"tickets were opened in quiet hours", loud(list, p, nights, t.expected))
	}
}

// middle returns what all nights would hold, in millionths, if each held the mean of
// the middle half of them; nights without a ticket are not listed.
func middle(nights map[span.Date]int64, all int64) int64 {
	counts := make([]int64, 0, len(nights))
	for _, n := range nights {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	empty := all - int64(len(counts))
	var sum, n int64
	for i := all / 4; i < all-all/4; i++ {
		n++
		if i >= empty {
			sum += counts[i-empty]
		}
	}
	if n == 0 {
		return 0
	}
	return sum * million / n * all
}

// loud returns the tickets of the quiet hours of those nights that hold more than twice
// as many as expected, or of all nights where there is no such night.
func loud(list []call, p profile, nights map[span.Date]int64, expected int64) []uint32 {
	all := max(1, int64(p.last-p.first)+1)
	var some, every []uint32
	for _, c := range list {
		if !p.quiet[c.hour] {
			continue
		}
		every = append(every, c.ticket)
		if n := nights[c.day]; n > 1 && n*million*all > 2*expected {
			some = append(some, c.ticket)
		}
	}
	if len(some) > 0 {
		return some
	}
	return every
}
