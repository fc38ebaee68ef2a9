package audit

import (
	"towerbridge/clock"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// pauses counts the pauses that the supplier began before the target, and those of them
// that began in its last part. It reports whether the ticket has one of those.
func (w *watch) pauses(h *ticket.History, k *watchedClock) bool {
	r := &k.reading
	if r.Fixed {
		return false // a date does not move with pauses
	}
	any := false
	reached := min(r.Elapsed, r.Target)
	last := r.Target - partOf(w.thresholds.LatePause.LastShare, r.Target)
	for i := range r.Pauses {
		p := &r.Pauses[i]
		if p.Done || !w.within(p.From) {
			continue
		}
		at := momentAt(h, p.From)
		if at <= 0 || h.Moments[at].Party != w.supplier || h.Moments[at].Event == journal.Assigned {
			continue
		}
		then := w.until(h, k, at)
		if then.Verdict == clock.Missed || then.Target <= 0 || then.Elapsed <= 0 || reached <= 0 {
			continue
		}
		late := max(0, reached-last)
		found := then.Elapsed > then.Target-partOf(w.thresholds.LatePause.LastShare, then.Target)
		k.latePause.add(h.Ticket, found, late*million/reached)
		any = any || found
	}
	return any
}

// until reads a clock as it stood when moment i began, without what moment i says.
func (w *watch) until(h *ticket.History, k *watchedClock, i int) *clock.Reading {
	cut := ticket.History{Ticket: h.Ticket, Moments: h.Moments[:i], AsOf: h.Moments[i].At}
	w.reader.Read(&cut, k.clock, 0, &k.cut[0])
	return &k.cut[0]
}

// momentAt returns the first moment at an instant, or -1.
func momentAt(h *ticket.History, at span.Instant) int {
	for i := range h.Moments {
		if h.Moments[i].At == at {
			return i
		}
	}
	return -1
}

func (w *watch) askLatePause(r *Report, k *watchedClock) {
	t := &k.latePause
	q := w.question(LatePausePattern, k, t)
	w.ask(r, q, w.thresholds.LatePause.Common, poissonTail(t.found, float64(t.expected)/million),
		"pauses begun before the target began in its last "+w.thresholds.LatePause.LastShare.String(), t.tickets)
}
