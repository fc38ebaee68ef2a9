package audit

import "towerbridge/span"

// rounding counts the stamps of resolutions, and those of them on a multiple of five
// minutes to the second.
type rounding struct {
	stamps, round int64
	tickets       []uint32
}

func (x *rounding) add(ticket int, at span.Instant) {
	x.stamps++
	if at%300 == 0 {
		x.round++
		x.tickets = append(x.tickets, uint32(ticket))
	}
}

func (x *rounding) join(o *rounding) {
	x.stamps += o.stamps
	x.round += o.round
	x.tickets = append(x.tickets, o.tickets...)
}

// askRounding compares with even stamps, and with the stamps of all other contracts.
func (w *watch) askRounding(r *Report) {
	every, noun := int64(300), "resolutions are stamped on a multiple of five minutes to the second"
	if w.full*10 >= w.stamps*9 { // nine in ten stamps of the log have no seconds
		every, noun = 5, "resolutions are stamped on a multiple of five minutes, in a log without seconds"
	}
	var others rounding
	for _, x := range w.watches {
		if x != w {
			others.stamps += x.rounding.stamps
			others.round += x.rounding.round
		}
	}
	share := int64(million) / every
	if others.stamps >= 100 {
		share = max(share, others.round*million/others.stamps)
	}
	x := &w.rounding
	t := tally{of: x.stamps, found: x.round, expected: x.stamps * share}
	q := w.question(RoundingPattern, nil, &t)
	least := w.thresholds.Rounding.Common
	if excess := (t.expected+billionths(w.thresholds.Rounding.Excess)/1000*t.of)/million + 1; excess > int64(least.Least) {
		least.Least = int(excess)
	}
	w.ask(r, q, least, binomialTail(t.found, t.of, float64(share)/million), noun, x.tickets)
}
