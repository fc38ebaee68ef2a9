package flow

import (
	"math/bits"

	"towerbridge/journal"
	"towerbridge/span"
)

// group is the tickets that are alike in one dimension.
type group struct {
	key     uint32
	tickets blocks[uint32]
	ended   int64
	figures [figureCount]int64 // tickets
	sums    []sums             // by holder
}

// sums is what a holder had of a group's tickets.
type sums struct{ elapsed, open, unknown int64 }

func (s *sums) add(x *heldTime) {
	s.elapsed += x.elapsed
	s.open += x.open
	s.unknown += x.unknown
}

// spread adds the ticket at hand to its group in each dimension.
func (t *taker) spread(number int, end span.Instant, ended bool, flags uint32) {
	last := t.history.Last()
	period := uint32(0) // open
	if ended {
		period = uint32(t.periodOf(end)) + 1
	}
	for d, key := range [dimensions]uint32{uint32(last.Service), uint32(last.Priority), uint32(last.Site), period} {
		g := t.lastOf[d]
		if g == nil || g.key != key {
			if g = t.groups[d][key]; g == nil {
				g = &group{key: key}
				t.groups[d][key] = g
			}
			t.lastOf[d] = g
		}
		g.tickets.add(uint32(number))
		if ended {
			g.ended++
		}
		for f := flags; f != 0; f &= f - 1 {
			g.figures[bits.TrailingZeros32(f)]++
		}
		g.sums = addHeld(g.sums, t.held)
	}
}

// addHeld adds what the holders had of a ticket.
func addHeld(to []sums, held []heldTime) []sums {
	for i := range held {
		x := &held[i]
		for int(x.row) >= len(to) {
			to = append(to, sums{})
		}
		to[x.row].add(x)
	}
	return to
}

// joinSums adds another taker's sums, whose holders have other numbers.
func joinSums(to, from []sums, rows []int32) []sums {
	for i := range from {
		x := &from[i]
		to = addHeld(to, []heldTime{{row: rows[i], elapsed: x.elapsed, open: x.open, unknown: x.unknown}})
	}
	return to
}

// join adds what another taker found in the tickets after this one's.
func (t *taker) join(o *taker) {
	rows := make([]int32, len(o.rows))
	for i := range o.rows {
		x := &o.rows[i]
		n := t.row(x.rowKey)
		rows[i] = n
		r := &t.rows[n]
		r.elapsed += x.elapsed
		r.open += x.open
		r.unknown += x.unknown
		r.tickets.join(&x.tickets)
		r.seconds.join(&x.seconds)
	}
	for i := range o.cells {
		x := &o.cells[i]
		c := t.cell(t.values.numberOf(o.values.list[x.from]), t.values.numberOf(o.values.list[x.to]))
		c.count += x.count
		c.waiting += x.waiting
		c.between += x.between
		c.tickets.join(&x.tickets)
	}
	for i := range t.figures {
		t.figures[i].join(&o.figures[i])
	}
	for reason, w := range o.waits {
		mine := t.waits[reason]
		if mine == nil {
			mine = &tally{}
			t.waits[reason] = mine
		}
		mine.join(w)
	}
	for d := range t.groups {
		for key, x := range o.groups[d] {
			g := t.groups[d][key]
			if g == nil {
				g = &group{key: key}
				t.groups[d][key] = g
			}
			g.join(x, rows)
		}
	}
	for key, x := range o.promised {
		a := t.account(key)
		a.met += x.met
		a.unknown += x.unknown
		a.missed.join(&x.missed)
		a.sums = joinSums(a.sums, x.sums, rows)
	}
	for i, n := range o.used {
		t.used[i] += n
	}
	t.tickets.join(&o.tickets)
	t.ended += o.ended
	t.total += o.total
	t.shared += o.shared
	t.differ = append(t.differ, o.differ...)
	t.shape.join(&o.shape)
}

func (t *tally) join(o *tally) {
	t.count += o.count
	t.tickets.join(&o.tickets)
}

func (g *group) join(o *group, rows []int32) {
	g.tickets.join(&o.tickets)
	g.ended += o.ended
	for i := range g.figures {
		g.figures[i] += o.figures[i]
	}
	g.sums = joinSums(g.sums, o.sums, rows)
}

// name returns what a group of a dimension is called; empty for none.
func (p *plan) name(dimension int, key uint32) string {
	switch {
	case dimension != byPeriod:
		return p.journal.Name(journal.Symbol(key))
	case key == 0:
		return "open"
	}
	return p.period(int32(key - 1)).String()
}
