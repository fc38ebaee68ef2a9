package audit

import (
	"towerbridge/clock"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// bunched counts stops in the last slice of the target, and in the two slices before it
// and the two after the target.
type bunched struct {
	last, around int64
	tickets      []uint32 // of the last slice
}

func (b *bunched) join(o *bunched) {
	b.last += o.last
	b.around += o.around
	b.tickets = append(b.tickets, o.tickets...)
}

// stop counts how a clock stopped, where it stopped while the supplier held the ticket.
// A ticket with a late pause ends near its target because of that, and is left out of
// the bunching.
func (w *watch) stop(h *ticket.History, k *watchedClock, latePause bool) {
	r := &k.reading
	if !r.Stopped() || !w.within(r.Stop) || r.At.Party != w.supplier || r.Cancelled {
		return
	}
	if !r.Fixed && !latePause {
		slice := max(1, partOf(w.thresholds.BunchedClosure.Slice, r.Target))
		switch over := r.Elapsed - r.Target; {
		case over > 2*slice, over <= -3*slice:
		case over > 0, over <= -slice:
			k.bunched.around++
		default:
			k.bunched.last++
			k.bunched.tickets = append(k.bunched.tickets, uint32(h.Ticket))
		}
	}
	hand, late := w.backdated(h, r)
	k.byHand.add(h.Ticket, hand, 0)
	k.late.add(h.Ticket, late, 0)
}

// backdated reports whether the stop of a clock was entered after the target that it is
// dated before: by hand, as the journal marks it, or otherwise but late.
func (w *watch) backdated(h *ticket.History, r *clock.Reading) (hand, late bool) {
	if r.Verdict != clock.Met || r.Due >= span.Never {
		return false, false
	}
	for _, e := range w.journal.Of(h.Ticket) {
		if e.Happened != r.Stop || e.Learnt <= r.Due || e.Learnt > w.asOf {
			continue
		}
		if event := w.journal.Fact(e).Event; event == journal.Measured || event == journal.Noted || event == journal.Linked {
			continue
		}
		if e.Marks&journal.Backdated != 0 {
			return true, false
		}
		late = late || int64(e.Learnt-e.Happened) >= int64(w.thresholds.Backdated.After)
	}
	return false, late
}

func (w *watch) askBunched(r *Report, k *watchedClock) {
	b := &k.bunched
	n := b.last + b.around
	q := w.question(BunchedClosurePattern, k, &tally{of: n, found: b.last, expected: n * million / 5})
	slice := w.thresholds.BunchedClosure.Slice.String()
	w.ask(r, q, w.thresholds.BunchedClosure.Common, binomialTail(b.last, n, 1.0/5),
		"resolutions within "+slice+" slices around the target, three before and two after it, are in the last before it", b.tickets)
}

// askBackdated compares with the clocks of all other contracts.
func (w *watch) askBackdated(r *Report, k *watchedClock) {
	after := w.thresholds.Backdated.After.String()
	w.askEntered(r, k, "entered by hand", "and by hand", func(k *watchedClock) *tally { return &k.byHand })
	w.askEntered(r, k, "entered late", after+" late or more", func(k *watchedClock) *tally { return &k.late })
}

func (w *watch) askEntered(r *Report, k *watchedClock, subject, how string, pick func(*watchedClock) *tally) {
	var found, of int64
	for _, x := range w.watches {
		for i := range x.clocks {
			if t := pick(&x.clocks[i]); x != w {
				found, of = found+t.found, of+t.of
			}
		}
	}
	// One more is added to what the others have, so that none is not taken for never.
	t := *pick(k)
	t.expected = (found + 1) * million / (of + 100) * t.of
	q := w.question(BackdatedPattern, k, &t)
	q.Subject = subject
	w.ask(r, q, w.thresholds.Backdated.Common, binomialTail(t.found, t.of, float64(found+1)/float64(of+100)),
		"resolutions are dated before the target, and were entered after it, "+how, t.tickets)
}
