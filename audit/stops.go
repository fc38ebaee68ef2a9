package audit

import (
	"towerbridge/clock"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// bunched counts stops in three slices around the target.
type bunched struct {
	before, last, after int64
	tickets             []uint32 // of the last slice
}

func (b *bunched) join(o *bunched) {
	b.before += o.before
	b.last += o.last
	b.after += o.after
	b.tickets = append(b.tickets, o.tickets...)
}

// stop counts how a clock stopped, where it stopped while the supplier held the ticket.
func (w *watch) stop(h *ticket.History, k *watchedClock) {
	r := &k.reading
	if !r.Stopped() || !w.within(r.Stop) || r.At.Party != w.supplier || r.Cancelled {
		return
	}
	if !r.Fixed {
		slice := max(1, partOf(w.thresholds.BunchedClosure.Slice, r.Target))
		switch over := r.Elapsed - r.Target; {
		case over > slice, over <= -2*slice:
		case over > 0:
			k.bunched.after++
		case over > -slice:
			k.bunched.last++
			k.bunched.tickets = append(k.bunched.tickets, uint32(h.Ticket))
		default:
			k.bunched.before++
		}
	}
	k.backdated.add(h.Ticket, w.backdated(h, r), 0)
}

// backdated reports whether the stop of a clock was entered by hand or late, after the
// target that it is dated before.
func (w *watch) backdated(h *ticket.History, r *clock.Reading) bool {
	if r.Verdict != clock.Met || r.Due >= span.Never {
		return false
	}
	for _, e := range w.journal.Of(h.Ticket) {
		if e.Happened != r.Stop || e.Learnt <= r.Due || e.Learnt > w.asOf {
			continue
		}
		if event := w.journal.Fact(e).Event; event == journal.Measured || event == journal.Noted || event == journal.Linked {
			continue
		}
		if e.Marks&journal.Backdated != 0 || int64(e.Learnt-e.Happened) >= int64(w.thresholds.Backdated.After) {
			return true
		}
	}
	return false
}

func (w *watch) askBunched(r *Report, k *watchedClock) {
	b := &k.bunched
	n := b.before + b.last + b.after
	q := w.question(BunchedClosurePattern, k, &tally{of: n, found: b.last, expected: n * million / 3})
	slice := w.thresholds.BunchedClosure.Slice.String()
	w.ask(r, q, w.thresholds.BunchedClosure.Common, binomialTail(b.last, n, 1.0/3),
		"resolutions in the two slices of "+slice+" before the target and the one after it are in the last before it", b.tickets)
}

// askBackdated compares with all other contracts: of each, the clock with the same
// name, or all clocks where none has it.
func (w *watch) askBackdated(r *Report, k *watchedClock) {
	t := k.backdated
	var found, of int64
	for _, x := range w.watches {
		if x == w {
			continue
		}
		for i := range x.clocks {
			found += x.clocks[i].backdated.found
			of += x.clocks[i].backdated.of
		}
	}
	share := float64(found+1) / float64(of+100)
	t.expected = (found + 1) * million / (of + 100) * t.of
	q := w.question(BackdatedPattern, k, &t)
	w.ask(r, q, w.thresholds.Backdated.Common, binomialTail(t.found, t.of, share),
		"resolutions are dated before the target, and were entered after it and "+w.thresholds.Backdated.After.String()+" late or by hand", t.tickets)
}
