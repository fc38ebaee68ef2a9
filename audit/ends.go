package audit

import (
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

// endings notes the supplier's resolutions, and counts their reopenings.
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
			w.reopening(h.Ticket, h.Moments[done].At, m.At)
		}
	}
}

// reopening counts a reopening. What is expected is the share of all positions of the
// edge between two periods at which it would lie between resolution and reopening, and
// the reopening just after it.
func (w *watch) reopening(ticket int, resolved, reopened span.Instant) {
	p := servicePeriodOf(w.contract, reopened).In(w.contract.Location)
	within := int64(w.thresholds.ReopenedAfterPeriod.Within)
	found := resolved < p.From && int64(reopened-p.From) <= within
	w.reopened.add(ticket, found, min(int64(reopened-resolved), within, p.Length())*million/p.Length())
}

func (w *watch) askReopened(r *Report) {
	t := &w.reopened
	q := w.question(ReopenedAfterPeriodPattern, nil, t)
	w.ask(r, q, w.thresholds.ReopenedAfterPeriod.Common, poissonTail(t.found, float64(t.expected)/million),
		"reopenings came within "+w.thresholds.ReopenedAfterPeriod.Within.String()+" of the beginning of a service period, of tickets resolved before it", t.tickets)
}

// askEnds compares the ends of periods with the same stretches of the weeks around.
func (w *watch) askEnds(r *Report) {
	if len(w.ends) == 0 {
		return
	}
	slices.SortFunc(w.ends, func(a, b ending) int { return int(min(1, max(-1, a.at-b.at))) })
	hours := w.thresholds.PeriodEndClosure.Last
	last, day := edges(w.contract, w.ends[0].at, w.ends[len(w.ends)-1].at, hours)
	w.askEdges(r, last, "last "+hours.String())
	w.askEdges(r, day, "last working day")
}

const week = 7 * 86400

func (w *watch) askEdges(r *Report, list []span.Span, subject string) {
	first, final := w.ends[0].at, w.ends[len(w.ends)-1].at
	var t tally
	var around, others int64
	for _, s := range list {
		for _, e := range w.ended(s) {
			t.found++
			t.tickets = append(t.tickets, e.ticket)
		}
		for _, shift := range [...]span.Instant{-2 * week, -week, week, 2 * week} {
			x := span.Span{From: s.From + shift, To: s.To + shift}
			if x.From < first || x.To > final {
				continue // the log does not reach so far
			}
			others++
			around += int64(len(w.ended(x)))
		}
	}
	if others == 0 {
		return
	}
	ends := int64(len(list))
	t.of = t.found + around
	t.expected = around * million / others * ends
	q := w.question(PeriodEndClosurePattern, nil, &t)
	q.Subject = subject
	w.ask(r, q, w.thresholds.PeriodEndClosure.Common, binomialTail(t.found, t.of, float64(ends)/float64(ends+others)),
		"resolutions in the "+subject+" of service periods and the same hours of the weeks around came at the periods' ends", t.tickets)
}

// ended returns the resolutions in a span.
func (w *watch) ended(s span.Span) []ending {
	find := func(at span.Instant) int {
		i, _ := slices.BinarySearchFunc(w.ends, at, func(e ending, at span.Instant) int { return int(min(1, max(-1, e.at-at))) })
		return i
	}
	return w.ends[find(s.From):find(s.To)]
}
