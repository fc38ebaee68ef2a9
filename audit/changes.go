package audit

import (
	"towerbridge/clock"
	"towerbridge/ticket"
)

// lowered counts changes that lengthen the target, and the running time of all tickets
// before and after their targets, in thousandths of the target.
type lowered struct {
	tally
	before, after int64
}

func (l *lowered) join(o *lowered) {
	l.tally.join(&o.tally)
	l.before += o.before
	l.after += o.after
}

// changes counts the changes of a ticket that move its target or its calendar.
func (w *watch) changes(h *ticket.History, k *watchedClock) {
	r := &k.reading
	if r.At.Party == w.supplier && w.within(r.Start) { // others' time is not the supplier's to use
		k.lowered.before += min(r.Elapsed, r.Target) * 1000 / r.Target
		k.lowered.after += max(0, r.Elapsed-r.Target) * 1000 / r.Target
	}
	for i := 1; i < len(h.Moments); i++ {
		was, is := &h.Moments[i-1].State, &h.Moments[i].State
		priority := was.Priority != is.Priority
		subject := was.Service != is.Service || was.Site != is.Site || was.Kind != is.Kind
		if !priority && !subject || was.Status.Done() || !w.within(h.Moments[i].At) || was.Party != w.supplier && is.Party != w.supplier {
			continue
		}
		then, now := w.as(h, k, i, was, 0), w.as(h, k, i, is, 1)
		if then.Stopped() || then.Target <= 0 || now.Target <= 0 {
			continue
		}
		passed := then.Verdict == clock.Missed
		if priority && now.Target > then.Target {
			k.lowered.add(h.Ticket, passed, 0)
		}
		if !passed && now.Calendar != then.Calendar {
			k.calendar.add(h.Ticket, now.Due > then.Due, million/2)
		}
	}
}

// as reads a clock as it stood when moment i began, as if the ticket had always been
// about what a state says. So the terms of two states are compared whatever the
// contract's policy makes of a change.
func (w *watch) as(h *ticket.History, k *watchedClock, i int, s *ticket.State, slot int) *clock.Reading {
	w.moments = append(w.moments[:0], h.Moments[:i]...)
	for m := range w.moments {
		x := &w.moments[m].State
		x.Kind, x.Priority, x.Service, x.Site = s.Kind, s.Priority, s.Service, s.Site
	}
	cut := ticket.History{Ticket: h.Ticket, Moments: w.moments, AsOf: h.Moments[i].At}
	w.reader.Read(&cut, k.clock, 0, &k.cut[slot])
	return &k.cut[slot]
}

func (w *watch) askLowered(r *Report, k *watchedClock) {
	l := &k.lowered
	if l.before+l.after == 0 {
		return
	}
	t := l.tally
	t.expected = t.of * (l.after * million / (l.before + l.after))
	q := w.question(ReprioritisedPattern, k, &t)
	w.ask(r, q, w.thresholds.Reprioritised, binomialTail(t.found, t.of, float64(l.after)/float64(l.before+l.after)),
		"changes of priority that lengthen the target came after it had passed", t.tickets)
}

func (w *watch) askCalendar(r *Report, k *watchedClock) {
	t := &k.calendar
	q := w.question(CalendarChangePattern, k, t)
	w.ask(r, q, w.thresholds.CalendarChange, binomialTail(t.found, t.of, 0.5),
		"changes before the target that bring another calendar bring a later deadline", t.tickets)
}
