package audit

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
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
	quiet [24]bool
	days  int64 // on which any were
}

// profile finds the quiet hours: those with the fewest tickets that together hold no
// more than the declared share. For each hour, the tenth of the days on which it had
// the largest share of the day's tickets is left out, so that a mass of records in some
// nights does not make their hour a busy one.
func (l *look) profile() profile {
	totals := map[span.Date]int64{}
	var byDay [24]map[span.Date]int64
	for hour := range byDay {
		byDay[hour] = map[span.Date]int64{}
	}
	for _, w := range l.watches {
		for _, list := range w.calls {
			for _, c := range list {
				byDay[c.hour][c.day]++
				totals[c.day]++
			}
		}
	}
	p := profile{days: int64(len(totals))}
	var all int64
	var hours [24]int64
	order := make([]int, 24)
	for i := range hours {
		order[i] = i
		hours[i] = usual(byDay[i], totals)
		all += hours[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(hours[a], hours[b]) })
	left := partOf(l.thresholds.TestCalls.QuietShare, all)
	for _, hour := range order {
		if left -= hours[hour]; left < 0 {
			break
		}
		p.quiet[hour] = true
	}
	return p
}

// usual adds up an hour's tickets of all days but the tenth with its largest shares.
func usual(hour, totals map[span.Date]int64) int64 {
	days := slices.Sorted(maps.Keys(hour))
	slices.SortStableFunc(days, func(a, b span.Date) int { return cmp.Compare(hour[b]*totals[a], hour[a]*totals[b]) })
	var sum int64
	for _, d := range days[min(len(days), len(totals)/10):] {
		sum += hour[d]
	}
	return sum
}

// nights is the tickets of one kind and service by day: in quiet hours, and in others.
type nights struct {
	quiet, busy       map[span.Date]int64
	allQuiet, allBusy int64
}

func (p *profile) nights(list []call) nights {
	n := nights{quiet: map[span.Date]int64{}, busy: map[span.Date]int64{}}
	for _, c := range list {
		if p.quiet[c.hour] {
			n.quiet[c.day]++
			n.allQuiet++
		} else {
			n.busy[c.day]++
			n.allBusy++
		}
	}
	return n
}

// expected returns how many tickets the quiet hours of a day were to hold, in
// millionths.
func (n *nights) expected(p *profile, day span.Date) int64 {
	return max(n.allQuiet*million/p.days, n.busy[day]*(n.allQuiet*million/max(1, n.allBusy)))
}

// askCalls asks of each kind and service whether the quiet hours of some days hold far
// more of its tickets than the log explains.
func (w *watch) askCalls(r *Report, p profile) {
	threshold := w.thresholds.TestCalls
	most := float64(billionths(threshold.Chance)) / 1e9
	for g, list := range w.calls {
		n := p.nights(list)
		if len(list) < threshold.Least || n.allQuiet == 0 {
			continue
		}
		t := tally{of: n.allQuiet}
		chance, loud := 1.0, map[span.Date]bool{}
		for day, found := range n.quiet {
			// The likeliest of so many days: each may be the one.
			one := min(1, poissonTail(found, float64(n.expected(&p, day))/million)*float64(p.days))
			chance = min(chance, one)
			if one <= most {
				loud[day] = true
				t.found += found
				t.expected += n.expected(&p, day)
			}
		}
		q := w.question(TestCallsPattern, nil, &t)
		q.Subject = w.journal.Name(g.kind)
		if g.service != 0 {
			q.Subject += " of " + w.journal.Name(g.service)
		}
		w.ask(r, q, threshold.Common, chance, "tickets of quiet hours were opened on "+days(len(loud))+" that stand out", on(list, p, loud))
	}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// on returns the tickets of the quiet hours of some days.
func on(list []call, p profile, loud map[span.Date]bool) []uint32 {
	var out []uint32
	for _, c := range list {
		if p.quiet[c.hour] && loud[c.day] {
			out = append(out, c.ticket)
		}
	}
	return out
}
