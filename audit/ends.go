package audit

import (
	"cmp"
	"slices"
	"time"

	"towerbridge/contract"
	"towerbridge/span"
	"towerbridge/ticket"
)

// ending is a resolution by the supplier.
type ending struct {
	at     span.Instant
	ticket uint32
}

// edges returns the ends of the service periods from one instant to another, by local
// time: each period's last hours, and the days from its last Monday to Friday on.
func edges(c *contract.Contract, from, to span.Instant, hours span.Seconds) (last, day []span.Span) {
	p := servicePeriodOf(c, from)
	for ; p.To.Start(c.Location) <= to; p = p.Next(1) {
		end := p.To.Start(c.Location)
		d := p.To - 1
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			d--
		}
		last = append(last, span.Span{From: end - span.Instant(hours), To: end})
		day = append(day, span.Span{From: d.Start(c.Location), To: end})
	}
	return last, day
}

// servicePeriodOf returns the service period in which an instant lies.
func servicePeriodOf(c *contract.Contract, at span.Instant) span.Period {
	y, m, _ := span.DateIn(at, c.Location).Civil()
	m -= (m - 1) % time.Month(c.Period.Months())
	return c.ServicePeriod(span.DateOf(y, m, 1))
}

// endings notes the supplier's resolutions, and counts their reopenings. A resolution
// that was undone just after the period is told by its reopening, and is left out of
// the bunching at the period's end.
func (w *watch) endings(h *ticket.History) {
	done := -1
	for i := range h.Moments {
		m := &h.Moments[i]
		was := i > 0 && h.Moments[i-1].Status.Done()
		switch {
		case m.Status.Done() && !was:
			done = i
			if m.Party == w.supplier && w.within(m.At) {
				w.ends = append(w.ends, ending{m.At, uint32(h.Ticket)})
				w.rounding.add(h.Ticket, m.At)
			}
		case was && !m.Status.Done() && h.Moments[done].Party == w.supplier && w.within(m.At):
			if n := len(w.ends); w.reopening(h.Ticket, h.Moments[done].At, m.At) && n > 0 && w.ends[n-1] == (ending{h.Moments[done].At, uint32(h.Ticket)}) {
				w.ends = w.ends[:n-1]
			}
		}
	}
}

// reopening is a resolution by the supplier that was undone.
type reopening struct {
	resolved, reopened span.Instant
	ticket             uint32
}

// over reports whether an edge of a period lies between, and the reopening soon after it.
func (x *reopening) over(edge span.Instant, within span.Seconds) bool {
	return x.resolved < edge && x.reopened >= edge && int64(x.reopened-edge) <= int64(within)
}

// reopening notes a reopening, and reports whether it came just after a period.
func (w *watch) reopening(ticket int, resolved, reopened span.Instant) bool {
	x := reopening{resolved, reopened, uint32(ticket)}
	w.reopened = append(w.reopened, x)
	edge := servicePeriodOf(w.contract, reopened).From.Start(w.contract.Location)
	return x.over(edge, w.thresholds.ReopenedAfterPeriod.Within)
}

// shifts are where else an edge is laid: the same hours of the weeks around.
var shifts = [...]span.Instant{-2 * week, -week, week, 2 * week}

const week = 7 * 86400

// askReopened compares the reopenings just after the edges between periods with those
// after the same instants of the weeks around.
func (w *watch) askReopened(r *Report) {
	if len(w.reopened) == 0 {
		return
	}
	within := w.thresholds.ReopenedAfterPeriod.Within
	slices.SortFunc(w.reopened, func(a, b reopening) int { return cmp.Compare(a.reopened, b.reopened) })
	first, final := w.reopened[0].reopened, w.reopened[len(w.reopened)-1].reopened
	after := func(edge span.Instant) (list []uint32) {
		i, _ := slices.BinarySearchFunc(w.reopened, edge, func(x reopening, at span.Instant) int { return cmp.Compare(x.reopened, at) })
		for ; i < len(w.reopened) && int64(w.reopened[i].reopened-edge) <= int64(within); i++ {
			if w.reopened[i].over(edge, within) {
				list = append(list, w.reopened[i].ticket)
			}
		}
		return list
	}
	var t tally
	var s strata
	for p := servicePeriodOf(w.contract, first); p.From.Start(w.contract.Location) <= final; p = p.Next(1) {
		edge := p.From.Start(w.contract.Location)
		if edge < first {
			continue
		}
		here := after(edge)
		t.tickets = append(t.tickets, here...)
		s.ends, s.found = s.ends+1, s.found+int64(len(here))
		for _, shift := range shifts {
			if edge+shift >= first && edge+shift+span.Instant(within) <= final {
				s.others, s.around = s.others+1, s.around+int64(len(after(edge+shift)))
			}
		}
	}
	w.askStrata(r, ReopenedAfterPeriodPattern, "", s, t.tickets, w.thresholds.ReopenedAfterPeriod.Common,
		"reopenings within "+within.String()+" of a service period's beginning, or of the same instant of the weeks around, of tickets resolved before it, came at the beginning")
}

// strata is cases at the ends of periods, and in the same hours of the weeks around.
type strata struct{ found, ends, around, others int64 }

// askStrata asks whether the ends hold more than their share.
func (w *watch) askStrata(r *Report, p Pattern, subject string, s strata, tickets []uint32, t Common, noun string) {
	if s.ends == 0 || s.others == 0 {
		return
	}
	q := w.question(p, nil, &tally{of: s.found + s.around, found: s.found, expected: s.around * million / s.others * s.ends})
	q.Subject = subject
	w.ask(r, q, t, binomialTail(s.found, s.found+s.around, float64(s.ends)/float64(s.ends+s.others)), noun, tickets)
}

// askEnds compares the ends of periods with the same stretches of the weeks around.
func (w *watch) askEnds(r *Report) {
	if len(w.ends) == 0 {
		return
	}
	slices.SortFunc(w.ends, func(a, b ending) int { return cmp.Compare(a.at, b.at) })
	hours := w.thresholds.PeriodEndClosure.Last
	last, day := edges(w.contract, w.ends[0].at, w.ends[len(w.ends)-1].at, hours)
	w.askEdges(r, last, "last "+hours.String())
	w.askEdges(r, day, "last working day")
}

func (w *watch) askEdges(r *Report, list []span.Span, subject string) {
	first, final := w.ends[0].at, w.ends[len(w.ends)-1].at
	var s strata
	var tickets []uint32
	for _, x := range list {
		if x.From < first {
			continue
		}
		s.ends++
		for _, e := range w.ended(x) {
			s.found++
			tickets = append(tickets, e.ticket)
		}
		for _, shift := range shifts {
			if x.From+shift >= first && x.To+shift <= final {
				s.others, s.around = s.others+1, s.around+int64(len(w.ended(span.Span{From: x.From + shift, To: x.To + shift})))
			}
		}
	}
	w.askStrata(r, PeriodEndClosurePattern, subject, s, tickets, w.thresholds.PeriodEndClosure.Common,
		"resolutions in the "+subject+" of service periods and the same hours of the weeks around came at the periods' ends")
}

// ended returns the resolutions in a span.
func (w *watch) ended(s span.Span) []ending {
	find := func(at span.Instant) int {
		i, _ := slices.BinarySearchFunc(w.ends, at, func(e ending, at span.Instant) int { return cmp.Compare(e.at, at) })
		return i
	}
	return w.ends[find(s.From):find(s.To)]
}
