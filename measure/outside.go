package measure

import (
	"fmt"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// takeOutside takes the measures that do not ask when a ticket was resolved: what
// was down, what was still open, and what was measured.
func (b *job) takeOutside(h *ticket.History, l *life, asOf span.Instant, x *lane, series bool) {
	m := x.measure
	switch {
	case m.Availability != nil:
		b.takeOutage(h, asOf, x)
	case m.Backlog != nil:
		b.takeBacklog(h, l, asOf, x)
	case series && x.series != 0:
		b.takeSeries(h, l, asOf, x)
	}
}

// takeOutage notes the ticket's life as downtime or as permitted maintenance.
func (b *job) takeOutage(h *ticket.History, asOf span.Instant, x *lane) {
	name := b.reader.Journal.Name(h.Last().Service)
	mine := false
	for _, s := range x.measure.Availability.Services {
		mine = mine || s == name
	}
	if !mine {
		return
	}
	down := b.scopes.holds(x.down)
	quiet := !down && !x.measure.Maintenance.All() && b.scopes.holds(x.still)
	if !down && !quiet {
		return
	}
	end, done := h.Done()
	if !done {
		end = asOf
	}
	life := span.Span{From: h.Opened(), To: end}
	for p := range b.Periods {
		if b.AsOf[p] != asOf || life.Intersect(x.spans[p]).Length() == 0 {
			continue
		}
		b.mark(h, p)
		o := outage{uint32(h.Ticket), life}
		switch {
		case !b.inScope(x):
			x.outside[p]++
		case h.Last().Status == journal.CancelledStatus:
			x.exclude(h, p, cancelledReason, "", "")
		case quiet:
			x.quiets[p] = append(x.quiets[p], o)
		case !b.excluded(h, p, x):
			x.downs[p] = append(x.downs[p], o)
		}
	}
}

// takeBacklog counts the ticket if it was open at the end of a period.
func (b *job) takeBacklog(h *ticket.History, l *life, asOf span.Instant, x *lane) {
	m := x.measure
	for p := range b.Periods {
		end := x.spans[p].To
		if b.AsOf[p] != asOf || x.spans[p].From >= end || h.Opened() >= end {
			continue
		}
		i := len(h.Moments) - 1
		for i > 0 && h.Moments[i].At >= end {
			i--
		}
		s := &h.Moments[i]
		if s.Status.Done() {
			continue
		}
		if b.supplier == 0 || s.Party != b.supplier {
			continue
		}
		b.mark(h, p)
		if !b.inScope(x) {
			x.outside[p]++
			continue
		}
		if b.excluded(h, p, x) {
			continue
		}
		if !m.Calendar.Covers(h.Opened(), end) {
			x.exclude(h, p, uncovered(m, span.Span{From: h.Opened(), To: end}), "", "")
			continue
		}
		c := Counted{Ticket: uint32(h.Ticket), At: end, Elapsed: m.Calendar.OpenSeconds(h.Opened(), end)}
		if m.Backlog.OlderThan != nil {
			c.Target, c.Verdict = int64(*m.Backlog.OlderThan), Missed
			if c.Elapsed > c.Target {
				c.Verdict = Met // older: the measure counts these
			}
		}
		*x.evidence[p].next() = c
	}
}

// takeSeries sums the measured values of a series. Survey scores of a ticket are in
// scope as the ticket is; an external series stands on a subject of its own.
func (b *job) takeSeries(h *ticket.History, l *life, asOf span.Instant, x *lane) {
	j := b.reader.Journal
	entries := j.Of(h.Ticket)
	gone := ticket.Withdrawn(j, entries, asOf)
	for _, e := range entries {
		f := j.Fact(e)
		if f.Series != x.series || e.Learnt > asOf || e.Happened > asOf || gone[e.Key()] {
			continue
		}
		p := b.period(x.spans, e.Happened, asOf)
		if p < 0 {
			continue
		}
		if x.measure.Survey != nil && !b.ours(h, l, b.attribution(x.measure)) {
			if b.had(h) {
				x.other[p]++
				b.mark(h, p)
			}
			continue
		}
		b.mark(h, p)
		if !b.inScope(x) {
			x.outside[p]++
			continue
		}
		if b.excluded(h, p, x) {
			continue
		}
		*x.evidence[p].next() = Counted{Ticket: uint32(h.Ticket), At: e.Happened, Elapsed: f.Numerator, Target: f.Denominator}
	}
}

// uncovered says that a measure's calendar does not know a span.
func uncovered(m *contract.Measure, s span.Span) string {
	return fmt.Sprintf("calendar %s has no working time known for all of %s to %s", m.Calendar.ID(), s.From, s.To)
}

// agreed works out the available and the agreed seconds of a period.
func (x *lane) agreed(s span.Span, downs, quiets []outage) (available, agreed int64, down, maintenance span.Set) {
	m := x.measure
	open := m.Calendar.Windows(s)
	down, maintenance = union(downs).Intersect(open), union(quiets).Intersect(open)
	unplanned := down.Minus(maintenance)
	switch m.Availability.Denominator {
	case contract.MaintenanceIn:
		agreed = open.Length()
		available = agreed - unplanned.Length()
	case contract.MaintenanceDown:
		agreed = open.Length()
		available = agreed - unplanned.Length() - maintenance.Length()
	default:
		agreed = open.Length() - maintenance.Length()
		available = agreed - unplanned.Length()
	}
	return available, agreed, unplanned, maintenance
}

func union(list []outage) span.Set {
	spans := make([]span.Span, len(list))
	for i := range list {
		spans[i] = list[i].Span
	}
	return span.Union(spans...)
}
