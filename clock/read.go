package clock

import (
	"fmt"
	"time"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Read reads a clock of a ticket into r. from is the moment at which the life to be
// read begins: zero for the ticket's own, a reading's Next for a later one.
func (rd *Reader) Read(h *ticket.History, k *contract.Clock, from int, r *Reading) {
	r.reset(k)
	at := h.Moments[from].At
	version := 0
	if rd.Contract.TermsAt != contract.AtPeriodStart {
		version = rd.Contract.Version(at)
	} else {
		at = rd.periodStart(h)
		version = rd.Contract.Version(at)
	}
	first, start := rd.begin(h, k, from)
	if first < 0 {
		r.At, r.Moment = h.Last(), len(h.Moments)-1
		return
	}
	r.Start = start
	w := walk{reader: rd, history: h, clock: k, reading: r, mask: rd.mask(k, version, at), version: version, at: at, first: from}
	w.gather(first)
	w.judge()
}

// periodStart is the beginning of the service period in which the ticket was last
// done, or is read.
func (rd *Reader) periodStart(h *ticket.History) span.Instant {
	at, done := h.Done()
	if !done {
		at = h.AsOf
	}
	d := span.DateIn(at, rd.Contract.Location)
	y, m, _ := d.Civil()
	m -= (m - 1) % time.Month(rd.Contract.Period.Months())
	return span.DateOf(y, m, 1).Start(rd.Contract.Location)
}

// begin finds the moment at which a clock starts, and the instant.
func (rd *Reader) begin(h *ticket.History, k *contract.Clock, from int) (int, span.Instant) {
	if from > 0 || k.Start == "" || k.Start == contract.OnOpened {
		return from, h.Moments[from].At
	}
	for i := from; i < len(h.Moments); i++ {
		m := &h.Moments[i]
		mine := k.Holder != contract.SupplierOnly || rd.mine(m.Party)
		switch k.Start {
		case contract.OnAssigned:
			if m.Party != 0 && mine {
				return i, m.At
			}
		case contract.OnAccepted:
			if at := rd.heldFrom(h, i); mine && at < h.Until(i) {
				return i, max(at, m.At)
			}
		case contract.OnWork:
			if m.Status >= journal.InProgress && mine {
				return i, m.At
			}
		case contract.OnResponded:
			if m.Responded && mine {
				return i, m.At
			}
		case contract.OnResolved:
			if m.Status.Done() {
				return i, m.At
			}
		}
	}
	return -1, 0
}

// heldFrom returns the instant from which the party of moment i holds the ticket:
// when it accepted it, or when the acceptance time since the offer is over.
// It is span.Never when nobody holds it in that moment's stretch.
func (rd *Reader) heldFrom(h *ticket.History, i int) span.Instant {
	m := &h.Moments[i]
	if m.Party == 0 {
		return span.Never
	}
	legs := rd.Contract.Legs
	if m.Accepted || m.Status.Done() || legs == nil || legs.AcceptWithin == nil || rd.Contract.Acceptance == nil {
		return m.At
	}
	offered := i
	for offered > 0 && h.Moments[offered-1].Party == m.Party {
		if offered--; h.Moments[offered].Accepted {
			return m.At // it moved between the party's own teams
		}
	}
	due, ok := rd.Contract.Acceptance.Due(h.Moments[offered].At, int64(*legs.AcceptWithin))
	if !ok {
		return span.Never
	}
	return max(due, m.At)
}

// walk goes through a history from the moment a clock starts.
type walk struct {
	reader  *Reader
	history *ticket.History
	clock   *contract.Clock
	reading *Reading
	mask    uint64
	version int
	at      span.Instant // decides which dated terms hold
	stopped bool
	first   int // moment at which the life begins
	judged  int // moment whose priority judges
	passed  passed
	problem string // why the spans cannot be known, in words
}

// passed is when a target was used up before a change of priority: no later target
// can undo it, because the share used is carried over.
type passed struct{ due, breach span.Instant }

// gather collects the spans in which the clock ran and those in which it stood.
func (w *walk) gather(first int) {
	h, r := w.history, w.reading
	onDone := w.clock.Stop == contract.OnResolved || w.clock.Stop == contract.OnClosed
	for i := first; i < len(h.Moments); i++ {
		m := &h.Moments[i]
		if w.stopped && !w.done(m) && w.reopen(i) {
			return
		}
		if w.stopped {
			continue
		}
		if at, stops := w.stops(i); stops {
			w.stretch(i, at)
			w.stopped = true
			r.Stop, r.stopMoment = max(at, r.Start), i
			r.FirstStop = min(r.FirstStop, r.Stop)
			if !onDone {
				return
			}
			continue
		}
		w.stretch(i, h.Until(i))
	}
}

// stretch notes that the clock ran, or stood, from moment i to an instant.
func (w *walk) stretch(i int, to span.Instant) {
	r, m := w.reading, &w.history.Moments[i]
	from := max(m.At, r.Start)
	if m.Pauses&w.mask != 0 {
		r.pause(from, to, m.Pauses&w.mask, false)
		return
	}
	if w.clock.Holder == contract.SupplierOnly {
		if !w.reader.mine(m.Party) {
			return
		}
		held := w.reader.heldFrom(w.history, i)
		if held == span.Never && w.problem == "" {
			w.problem = fmt.Sprintf("calendar %s does not reach the end of the acceptance time from %s", w.reader.Contract.Acceptance.ID(), m.At)
		}
		from = max(from, held)
	}
	r.run(from, to)
}

// done reports whether the clock counts the ticket as done in a moment.
func (w *walk) done(m *ticket.Moment) bool {
	if w.clock.Stop == contract.OnClosed {
		return m.Status > journal.ResolvedStatus
	}
	return m.Status.Done()
}

// stops reports whether a running clock stops in moment i's stretch, and when.
func (w *walk) stops(i int) (span.Instant, bool) {
	m := &w.history.Moments[i]
	if w.clock.StopBy == contract.BySupplier && !w.reader.mine(m.Party) {
		return 0, false
	}
	if w.done(m) {
		return m.At, true
	}
	mine := w.clock.Holder != contract.SupplierOnly || w.reader.mine(m.Party)
	if !mine {
		return 0, false
	}
	switch w.clock.Stop {
	case contract.OnAssigned:
		return m.At, m.Party != 0
	case contract.OnAccepted:
		if legs := w.reader.Contract.Legs; m.Accepted || legs == nil || legs.AcceptWithin == nil {
			return m.At, m.Accepted
		}
		at := w.reader.heldFrom(w.history, i)
		return at, at < w.history.Until(i)
	case contract.OnWork:
		return m.At, m.Status == journal.InProgress
	case contract.OnResponded:
		if w.clock.StopBy == contract.BySupplier {
			return m.At, m.Event == journal.Responded // another party's answer is not theirs
		}
		return m.At, m.Responded
	}
	return 0, false
}

// reopen deals with a stopped clock whose ticket is not done any more at moment i.
// It reports whether the reading ends here.
func (w *walk) reopen(i int) bool {
	r, at := w.reading, w.history.Moments[i].At
	switch w.clock.Reopen {
	case contract.ReopenIgnored:
		return true
	case contract.ReopenRestarts:
		r.Start, r.Spans, r.Pauses = at, r.Spans[:0], r.Pauses[:0]
	case contract.ReopenCounts:
		r.run(r.Stop, at)
	default:
		if w.clock.ReopenWithin != nil {
			t := w.terms(&w.history.Moments[r.stopMoment].State, w.history.Moments[r.stopMoment].Priority)
			if t.calendar != nil && t.calendar.OpenSeconds(r.Stop, at) > int64(*w.clock.ReopenWithin) {
				r.Next = i
				return true
			}
		}
		r.pause(r.Stop, at, 0, true)
	}
	w.stopped = false
	r.Stop, r.stopMoment = span.Never, -1
	return false
}
