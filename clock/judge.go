package clock

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

func (w *walk) terms(s *ticket.State, priority journal.Symbol) terms {
	return w.reader.termsFor(w.clock, w.version, w.at, priority, s)
}

// judge values the spans by the calendar and target of the state that counts.
func (w *walk) judge() {
	h, r := w.history, w.reading
	r.Moment = len(h.Moments) - 1
	if r.stopMoment >= 0 {
		r.Moment = r.stopMoment
	}
	r.At = &h.Moments[r.Moment].State
	r.Cancelled = cancelled(h)
	r.Rejected = w.rejected()
	// What the ticket is about is read as it is known at last; its priority as it
	// was in the last second that the clock counts, so that a priority changed in
	// the act of resolving buys nothing.
	w.judged = w.lastCounted()
	t := w.terms(h.Last(), h.Moments[w.judged].Priority)
	if t.calendar == nil {
		w.unknown("contract %s names no calendar for clock %s of this ticket", w.reader.Contract.ID, w.clock.ID)
		return
	}
	r.Calendar, r.Rule = t.calendar, t.target
	w.passed = passed{span.Never, span.Never}
	if w.changed() {
		w.policy(&t)
	} else {
		r.Elapsed = open(t.calendar, r.Spans)
	}
	end := h.AsOf
	if r.Stopped() {
		end = r.Stop
	}
	if !t.calendar.Covers(r.Start, end) {
		w.unknown("calendar %s has no working time known for all of %s to %s", t.calendar.ID(), r.Start, end)
		return
	}
	if w.problem != "" {
		w.unknown("%s", w.problem)
		return
	}
	if r.Rule == nil {
		r.Verdict = NoTarget
		return
	}
	w.verdict()
}

// cancelled reports whether the ticket ended by being cancelled, not resolved.
func cancelled(h *ticket.History) bool {
	i := len(h.Moments) - 1
	if !h.Moments[i].Status.Done() {
		return false
	}
	for i > 0 && h.Moments[i-1].Status.Done() {
		i--
	}
	return h.Moments[i].Status == journal.CancelledStatus
}

func (w *walk) unknown(format string, args ...any) {
	w.reading.Verdict, w.reading.Problem = Unknown, fmt.Sprintf(format, args...)
}

func open(c *calendar.Calendar, spans []span.Span) int64 {
	var n int64
	for i := range spans {
		n += c.Open(spans[i].To) - c.Open(spans[i].From)
	}
	return n
}

// rejected reports whether the supplier's rejection takes the ticket out.
func (w *walk) rejected() bool {
	policy := w.clock.Rejection
	if policy == "" && (w.clock.Stop == contract.OnResolved || w.clock.Stop == contract.OnClosed) {
		policy = contract.RejectionExcluded
	}
	return policy == contract.RejectionExcluded && w.reader.mine(w.reading.At.RejectedBy)
}

// lastCounted returns the moment whose state held until the clock stopped: the last
// before the second of the stop, or the stop's own where no earlier one of this life
// has a priority.
func (w *walk) lastCounted() int {
	r, m := w.reading, w.history.Moments
	if !r.Stopped() {
		return r.Moment
	}
	i := r.Moment
	for i > w.first && m[i].At >= r.Stop {
		i--
	}
	if m[i].Priority == 0 {
		return r.Moment
	}
	return i
}

// changed reports whether the priority changed while the clock was alive.
func (w *walk) changed() bool {
	r := w.reading
	for i := w.judged; i > 0; i-- {
		if w.history.Moments[i].At <= r.Start {
			break
		}
		if w.history.Moments[i-1].Priority != w.history.Moments[i].Priority {
			return true
		}
	}
	return false
}

// policy applies what the contract says of a change of priority.
func (w *walk) policy(t *terms) {
	r := w.reading
	switch w.clock.PriorityChange {
	case contract.Restart:
		for i := w.judged; i > 0; i-- {
			if m := w.history.Moments; m[i-1].Priority != m[i].Priority && m[i].At > r.Start {
				r.Start, r.Spans = m[i].At, cut(r.Spans, m[i].At)
				r.Pauses = slices.DeleteFunc(r.Pauses, func(p Pause) bool { return p.To <= r.Start })
				break
			}
		}
		r.Elapsed = open(t.calendar, r.Spans)
	case contract.Proportional:
		w.proportional(t)
	default:
		if w.clock.Strictest {
			w.strictest(t)
		}
		r.Elapsed = open(r.Calendar, r.Spans)
	}
}

// cut leaves out what lies before an instant.
func cut(spans []span.Span, at span.Instant) []span.Span {
	out := spans[:0]
	for _, s := range spans {
		if s.To > at {
			out = append(out, span.Span{From: max(s.From, at), To: s.To})
		}
	}
	return out
}

// strictest keeps the target that falls due first among those of every priority
// that the ticket had while the clock was alive.
func (w *walk) strictest(t *terms) {
	r, m := w.reading, w.history.Moments
	best := span.Never
	for i := w.judged; i >= 0; i-- {
		x := w.terms(w.history.Last(), m[i].Priority)
		if x.calendar != nil && x.target != nil {
			target, due, _, ok := w.allowed(x)
			if ok {
				if due == span.Never {
					due = w.reach(x.calendar, w.reading.Spans, target)
				}
				if due < best {
					best, *t = due, x
					r.Calendar, r.Rule = x.calendar, x.target
				}
			}
		}
		if m[i].At <= r.Start {
			return
		}
	}
}

// proportional carries the used share of each target over to the next.
func (w *walk) proportional(t *terms) {
	r, m := w.reading, w.history.Moments
	used := Ratio{0, 1}
	from, last := r.Start, terms{}
	for i := 0; i <= w.judged; i++ {
		x := w.terms(w.history.Last(), m[i].Priority)
		if x.calendar == nil || x.target == nil {
			continue
		}
		if last.target != nil && x != last && m[i].At > r.Start {
			used = w.carry(used, last, x, from, m[i].At)
			from = m[i].At
		}
		last = x
	}
	r.Spans = cut(r.Spans, from)
	r.Carried = used
	r.Elapsed = used.Ceil() + open(t.calendar, r.Spans)
}

// carry adds what was counted between two instants by the old terms, and turns it
// into seconds of the new target.
func (w *walk) carry(used Ratio, old, now terms, from, to span.Instant) Ratio {
	spans := clip(w.reading.Spans, from, to)
	was, _, _, ok1 := w.allowed(old)
	is, _, _, ok2 := w.allowed(now)
	n := open(old.calendar, spans)
	if ok1 && used.Ceil()+n > was && w.passed.due == span.Never {
		w.passed.due = w.reach(old.calendar, spans, was-used.Ceil())
		w.passed.breach = w.reach(old.calendar, spans, was+1-used.Ceil())
	}
	used, ok := add(used, n)
	if ok && ok1 && ok2 && was > 0 {
		used, ok = scale(used, is, was)
	}
	if !ok {
		w.problem = "the share carried over from one priority to the next has no fraction of 64 bits"
	}
	return used
}

func clip(spans []span.Span, from, to span.Instant) []span.Span {
	var out []span.Span
	for _, s := range spans {
		if x := s.Intersect(span.Span{From: from, To: to}); x.From < x.To {
			out = append(out, x)
		}
	}
	return out
}

// add adds whole seconds; it reports false where 64 bits do not hold the result.
func add(r Ratio, n int64) (Ratio, bool) {
	more, ok := product(n, r.Den)
	sum := r.Num + more
	return Ratio{sum, r.Den}, ok && sum >= 0
}

// scale multiplies by is/was in lowest terms; it reports false where 64 bits do not
// hold the result. The denominator divides the product of the targets' different
// factors, so that a ticket may change its priority as often as it likes.
func scale(r Ratio, is, was int64) (Ratio, bool) {
	cancel(&is, &was)
	cancel(&r.Num, &was)
	cancel(&is, &r.Den)
	num, ok1 := product(r.Num, is)
	den, ok2 := product(r.Den, was)
	return Ratio{num, den}, ok1 && ok2
}

func product(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(lo), hi == 0 && lo <= math.MaxInt64
}

// cancel divides both numbers by their greatest common divisor.
func cancel(a, b *int64) {
	x, y := *a, *b
	for y != 0 {
		x, y = y, x%y
	}
	if x > 1 {
		*a, *b = *a/x, *b/x
	}
}

// allowed returns the open seconds that a target allows from the clock's start,
// and for a date promise its instant.
func (w *walk) allowed(t terms) (target int64, due span.Instant, fixed, ok bool) {
	switch start := w.reading.Start; {
	case t.target.Within != nil:
		return int64(*t.target.Within), span.Never, false, true
	case t.target.Days != nil:
		at, ok := t.calendar.AddBusinessDays(start, *t.target.Days)
		return t.calendar.OpenSeconds(start, at), span.Never, false, ok
	default:
		at, ok := t.calendar.EndOfBusinessDay(start, *t.target.EndOfDay)
		return t.calendar.OpenSeconds(start, at), at, true, ok
	}
}

// verdict compares with the target and finds the instant at which it falls due.
func (w *walk) verdict() {
	r := w.reading
	target, due, fixed, ok := w.allowed(terms{r.Calendar, r.Rule})
	if !ok {
		w.unknown("calendar %s does not reach the target of clock %s", r.Calendar.ID(), w.clock.ID)
		return
	}
	r.Target, r.Due, r.Fixed = target, due, fixed
	now := w.history.AsOf
	if r.Stopped() {
		now = r.Stop
	}
	late := false
	if fixed {
		late = now > due
	} else {
		late = r.Elapsed > target
		r.Due = min(w.passed.due, w.reach(r.Calendar, r.Spans, target-r.Carried.Ceil()))
	}
	switch {
	case late && fixed:
		r.Verdict, r.Breach = Missed, due+1
	case late:
		r.Verdict = Missed
		r.Breach = min(w.passed.breach, w.reach(r.Calendar, r.Spans, target+1-r.Carried.Ceil()))
	case r.Stopped():
		r.Verdict = Met
	default:
		r.Verdict = Running
	}
}

// reach finds the first instant at which so many more open seconds have been counted:
// in the span in which they were, or running on from the last one.
func (w *walk) reach(c *calendar.Calendar, spans []span.Span, left int64) span.Instant {
	r := w.reading
	from := r.Start
	for i := range spans {
		s := &spans[i]
		begin := c.Open(s.From)
		n := c.Open(s.To) - begin
		if n >= left {
			at, ok := c.Reach(begin + max(left, 0))
			if !ok {
				return span.Never
			}
			return max(at, s.From)
		}
		left -= n
		from = s.To
	}
	// It stands or runs on: at the earliest from now, or from where it stopped.
	if r.Stopped() {
		from = max(from, r.Stop)
	} else {
		from = max(from, w.history.AsOf)
	}
	at, ok := c.Due(from, max(left, 0))
	if !ok {
		return span.Never
	}
	return max(at, from)
}
