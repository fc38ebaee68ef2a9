package flow

import (
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// holder is one that tickets pass through, at the level asked for. The zero holder is
// nobody.
type holder struct {
	party    journal.Symbol
	team     journal.Symbol
	contract uint16 // one more than the number of the contract that names a party the journal does not mention
	line     uint8
	no       bool // of the line that no team says: somebody's, of no known line
}

// values numbers holders.
type values struct {
	by     Level
	list   []holder // by number, from one
	number map[holder]int32
	recent [64]numbered
}

type numbered struct {
	holder
	number int32
}

// place spreads holders over a table.
func (x holder) place() uint32 {
	return uint32(x.party)*5 + uint32(x.team)*3 + uint32(x.contract) + uint32(x.line)
}

func newValues(by Level) values {
	return values{by: by, list: make([]holder, 1), number: map[holder]int32{}}
}

// of returns the holder of a ticket in a state.
func (v *values) of(m *ticket.State) holder {
	switch {
	case m.Party == 0 && m.Team == 0:
		return holder{}
	case v.by == ByLine && m.Line == 0:
		return holder{no: true}
	case v.by == ByLine:
		return holder{line: m.Line}
	case v.by == ByTeam:
		return holder{party: m.Party, team: m.Team}
	}
	return holder{party: m.Party}
}

// numberOf numbers a holder; nobody is zero.
func (v *values) numberOf(x holder) int32 {
	if x == (holder{}) {
		return 0
	}
	r := &v.recent[x.place()%uint32(len(v.recent))]
	if r.holder == x {
		return r.number
	}
	n, ok := v.number[x]
	if !ok {
		n = int32(len(v.list))
		v.number[x] = n
		v.list = append(v.list, x)
	}
	*r = numbered{x, n}
	return n
}

// path is the holders that the ticket at hand passed through, repeats left out.
type path struct {
	values *values
	steps  []step
}

// step is one holder's turn.
type step struct {
	holder int32
	moment int32
	left   span.Instant // when the ticket was no longer with it: with nobody, or the next
}

// of follows a ticket. Time with nobody between two turns of one holder is not a
// hand-over.
func (p *path) of(h *ticket.History) {
	p.steps = p.steps[:0]
	var before holder
	for i := range h.Moments {
		m := &h.Moments[i]
		if i > 0 {
			if b := &h.Moments[i-1].State; m.Party == b.Party && m.Team == b.Team && m.Line == b.Line {
				continue
			}
		}
		now := p.values.of(&m.State)
		if i > 0 && now == before {
			continue
		}
		if n := len(p.steps); n > 0 && before != (holder{}) {
			p.steps[n-1].left = m.At
		}
		before = now
		if now == (holder{}) {
			continue
		}
		n := p.values.numberOf(now)
		if k := len(p.steps); k > 0 && p.steps[k-1].holder == n {
			continue
		}
		p.steps = append(p.steps, step{holder: n, moment: int32(i)})
	}
}

// cell is the hand-overs from one holder to another.
type cell struct {
	from, to int32
	count    int64
	waiting  int64 // seconds from the offer until it was accepted, handed on or done
	between  int64 // seconds with nobody before the offer
	tickets  blocks[uint32]
}

// nearby is the number of holders whose cells are found without a search.
const nearby = 64

func (t *taker) cell(from, to int32) *cell {
	if from < nearby && to < nearby {
		at := &t.near[from*nearby+to]
		if *at == 0 {
			t.cells = append(t.cells, cell{from: from, to: to})
			*at = int32(len(t.cells))
		}
		return &t.cells[*at-1]
	}
	key := uint64(from)<<32 | uint64(to)
	n, ok := t.cellAt[key]
	if !ok {
		n = int32(len(t.cells))
		t.cellAt[key] = n
		t.cells = append(t.cells, cell{from: from, to: to})
	}
	return &t.cells[n]
}

// trail counts the ticket's hand-overs and what else its path shows. It returns which
// figures the ticket is among, a bit for each.
func (t *taker) trail(number int, end span.Instant, ended bool) (flags uint32) {
	t.path.of(&t.history)
	steps := t.path.steps
	var counts [figureCount]int64
	for i := 1; i < len(steps); i++ {
		t.handOver(number, &steps[i-1], &steps[i], end)
		counts[handOvers]++
		if i >= 2 && steps[i].holder == steps[i-2].holder {
			counts[pingPong]++
			counts[returns]++
			continue
		}
		for k := i - 3; k >= 0; k-- {
			if steps[k].holder == steps[i].holder {
				counts[longerLoops]++
				counts[returns]++
				break
			}
		}
	}
	h := &t.history
	reopened := int64(h.Last().Reopened)
	counts[reopenings] = reopened
	switch {
	case !ended:
		counts[stillOpen] = 1
	case len(steps) == 1 && reopened == 0 && h.Last().Status != journal.CancelledStatus:
		counts[firstTimeFix] = 1
	}
	t.lines(&counts, ended)
	for i := range counts {
		if counts[i] > 0 {
			t.figures[i].add(number, counts[i])
			flags |= 1 << i
		}
	}
	return flags
}

// handOver counts one hand-over.
func (t *taker) handOver(number int, from, to *step, end span.Instant) {
	h := &t.history
	c := t.cell(from.holder, to.holder)
	c.count++
	at := h.Moments[to.moment].At
	c.between += int64(at - from.left)
	until := max(at, end)
	for i := int(to.moment); i < len(h.Moments); i++ {
		m := &h.Moments[i]
		if m.Accepted || m.Status.Done() || t.path.values.of(&m.State) != t.values.list[to.holder] {
			until = m.At
			break
		}
	}
	c.waiting += int64(until - at)
	if last, ok := c.tickets.last(); !ok || last != uint32(number) {
		c.tickets.add(uint32(number))
	}
}

// lines counts what the lines of support show. Entries of no known line do not count.
func (t *taker) lines(counts *[figureCount]int64, ended bool) {
	h := &t.history
	first, before := uint8(0), uint8(0)
	only, broken := true, false
	for i := range h.Moments {
		line := h.Moments[i].Line
		if line == 0 || line == before {
			continue
		}
		if first == 0 {
			first = line
		}
		only = only && line == 1
		broken = broken || line == 1 && before > 1 && before < 4 || line == 2 && before == 3 || line == 3 && before == 1
		before = line
	}
	if first == 0 {
		return
	}
	counts[lineKnown] = 1
	if first != 1 {
		counts[notFirstLineFirst] = 1
	}
	if first != 1 || broken {
		counts[pushToFrontBroken] = 1
	}
	if only {
		counts[firstLineOnly] = 1
		if last := h.Last().Status; ended && last != journal.CancelledStatus {
			counts[pushToFront] = 1
		}
	}
}

// wait counts the entries that say that the ticket waits, by their reason.
func (t *taker) wait(number int) {
	h := &t.history
	waits := false
	for i := range h.Moments {
		waits = waits || h.Moments[i].Status == journal.Waiting
	}
	if !waits {
		return
	}
	var gone map[journal.Key]bool
	entries := t.journal.Of(number)
	if h.Marks&journal.Corrects != 0 {
		gone = ticket.Withdrawn(t.journal, entries, h.AsOf)
	}
	for i := range entries {
		e := &entries[i]
		f := t.journal.Fact(*e)
		if f.Status != journal.Waiting && f.Event != journal.Paused || e.Learnt > h.AsOf || e.Happened > h.AsOf || gone != nil && gone[e.Key()] {
			continue
		}
		w := t.waits[f.Reason]
		if w == nil {
			w = &tally{}
			t.waits[f.Reason] = w
		}
		w.count++
		if last, ok := w.tickets.last(); !ok || last != uint32(number) {
			w.tickets.add(uint32(number))
		}
	}
}
