package flow

import (
	"towerbridge/calendar"
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// taker goes through a range of tickets, for one goroutine; takers over parts of the
// tickets are joined in their order.
type taker struct {
	*plan
	history   ticket.History
	stretches []clock.Stretch
	readers   []*clock.Reader // by contract
	calendars []calendars     // by contract
	values    values
	path      path
	shape     shape

	tickets  blocks[uint32] // those asked for
	ended    int64
	used     []int64  // by contract: tickets whose time it shares out
	differ   []uint32 // tickets whose holders' seconds are not their end-to-end time
	total    int64    // end-to-end seconds
	shared   int64    // seconds of all holders
	rows     []row
	rowAt    map[rowKey]int32
	recent   [256]recentRow
	cells    []cell
	cellAt   map[uint64]int32
	near     []int32 // cells of the first holders, by from and to; one more than the number
	figures  [figureCount]tally
	waits    map[journal.Symbol]*tally
	groups   [dimensions]map[uint32]*group
	lastOf   [dimensions]*group
	promised map[promiseKey]*account
	held     []heldTime // by holder, of the ticket at hand
}

// rowKey names a holder: whose time it is, and who.
type rowKey struct {
	kind uint8 // position in clock.Kinds
	who  holder
}

// row is one holder's account.
type row struct {
	rowKey
	elapsed, open, unknown int64 // unknown: elapsed where no calendar says what is open
	tickets                blocks[uint32]
	seconds                blocks[int64] // of each of those tickets
}

type recentRow struct {
	key rowKey
	row int32
}

// heldTime is what a holder had of the ticket at hand.
type heldTime struct {
	row           int32
	elapsed, open int64
	unknown       int64
}

// tally is how often something happened, and to which tickets.
type tally struct {
	count   int64
	tickets blocks[uint32]
}

// add counts so many times for a ticket.
func (t *tally) add(ticket int, n int64) {
	if n > 0 {
		t.count += n
		t.tickets.add(uint32(ticket))
	}
}

// calendars remembers the calendar of each party, and how much of it was open up to
// the last instant asked for.
type calendars struct {
	known map[journal.Symbol]*opening
	last  journal.Symbol
	at    *opening
}

type opening struct {
	*calendar.Calendar
	until span.Instant
	open  int64
}

// between returns the open seconds between two instants; false where no calendar says.
func (o *opening) between(from, to span.Instant) (int64, bool) {
	if o.Calendar == nil || !o.Covers(from, to) {
		return 0, false
	}
	if o.until != from {
		o.open = o.Open(from)
	}
	open := o.Open(to)
	n := open - o.open
	o.until, o.open = to, open
	return n, true
}

func newTaker(p *plan) *taker {
	t := &taker{
		plan: p, values: newValues(p.by), rowAt: map[rowKey]int32{}, cellAt: map[uint64]int32{}, near: make([]int32, nearby*nearby),
		waits: map[journal.Symbol]*tally{}, used: make([]int64, len(p.contracts.list)), promised: map[promiseKey]*account{},
		shape: newShape(p.journal),
	}
	world := p.book.World()
	for _, c := range p.contracts.list {
		t.readers = append(t.readers, clock.NewReader(c, p.journal, world.KindOf))
		t.calendars = append(t.calendars, calendars{known: map[journal.Symbol]*opening{}})
	}
	for i := range t.groups {
		t.groups[i] = map[uint32]*group{}
	}
	t.path.values = &t.values
	return t
}

// take reads one ticket.
func (t *taker) take(number int) {
	entries := t.journal.Of(number)
	if entries[0].Happened > t.asOf || len(t.spans) > 0 && entries[len(entries)-1].Happened < t.spans[0].From {
		return
	}
	h := &t.history
	if !ticket.Read(t.journal, number, t.asOf, h) {
		return
	}
	end, ended := h.Done()
	if !ended {
		end = max(t.asOf, h.Opened())
	}
	if !t.wants(end, ended) {
		return
	}
	t.tickets.add(uint32(number))
	whole := int64(end - h.Opened())
	t.elapsed[number] = whole
	t.total += whole
	if ended {
		t.ended++
	}
	n := t.contracts.of(h)
	t.used[n]++
	t.share(n, number, whole)
	flags := t.trail(number, end, ended)
	t.shape.take(t.journal, h)
	t.wait(number)
	t.spread(number, end, ended, flags)
	t.promise(number, end, ended)
}

// share gives every second of a ticket to its holder, by the terms of a contract.
func (t *taker) share(n, number int, whole int64) {
	h, rd := &t.history, t.readers[n]
	t.stretches = rd.Stretches(h, t.stretches[:0])
	t.held = t.held[:0]
	var sum int64
	for i := 0; i < len(t.stretches); {
		x := &t.stretches[i]
		key := t.rowOf(n, x, h)
		to := x.To
		for i++; i < len(t.stretches) && t.same(x, &t.stretches[i]); i++ {
			to = t.stretches[i].To
		}
		got := t.heldBy(t.row(key))
		seconds := int64(to - x.From)
		sum += seconds
		got.elapsed += seconds
		if open, ok := t.opening(n, x).between(x.From, to); ok {
			got.open += open
		} else {
			got.unknown += seconds
		}
	}
	t.shared += sum
	if sum != whole {
		t.differ = append(t.differ, uint32(number))
	}
	for i := range t.held {
		x := &t.held[i]
		r := &t.rows[x.row]
		r.elapsed += x.elapsed
		r.open += x.open
		r.unknown += x.unknown
		r.tickets.add(uint32(number))
		r.seconds.add(x.elapsed)
	}
}

// same reports whether two stretches are of one holder.
func (t *taker) same(x, y *clock.Stretch) bool {
	if x.Kind != y.Kind || x.Party != y.Party {
		return false
	}
	if t.by == ByParty {
		return true
	}
	a, b := &t.history.Moments[x.Moment].State, &t.history.Moments[y.Moment].State
	return a.Party == b.Party && a.Team == b.Team && a.Line == b.Line
}

// rowOf names the holder of a stretch. A holder that the journal does not mention is
// known by the contract that names it.
func (t *taker) rowOf(n int, x *clock.Stretch, h *ticket.History) rowKey {
	m := &h.Moments[x.Moment].State
	key := rowKey{kind: x.Kind}
	switch {
	case x.Party == 0 && x.Kind == customer:
		key.who.contract = uint16(t.contracts.customer[n] + 1)
	case x.Party == 0:
		key.who.contract = uint16(t.contracts.integrator[n] + 1)
	case x.Party == m.Party && (x.Kind == supplier || x.Kind == integrator || x.Kind == disputed):
		key.who = t.values.of(m)
	default:
		key.who.party = x.Party
	}
	return key
}

// Positions in clock.Kinds.
const (
	supplier = iota
	integrator
	customer
	unowned
	disputed
)

// row returns the number of a holder's account.
func (t *taker) row(key rowKey) int32 {
	r := &t.recent[(key.who.place()*8+uint32(key.kind))%uint32(len(t.recent))]
	if r.key == key && r.row > 0 {
		return r.row - 1
	}
	n, ok := t.rowAt[key]
	if !ok {
		n = int32(len(t.rows))
		t.rowAt[key] = n
		t.rows = append(t.rows, row{rowKey: key})
	}
	*r = recentRow{key, n + 1}
	return n
}

func (t *taker) heldBy(row int32) *heldTime {
	for i := range t.held {
		if t.held[i].row == row {
			return &t.held[i]
		}
	}
	t.held = append(t.held, heldTime{row: row})
	return &t.held[len(t.held)-1]
}

// opening returns the calendar of the party that a stretch belongs to.
func (t *taker) opening(n int, x *clock.Stretch) *opening {
	c := &t.calendars[n]
	key := x.Party
	if key == 0 { // named by the contract alone; no symbol is as great
		key = ^journal.Symbol(x.Kind)
	}
	if c.at != nil && c.last == key {
		return c.at
	}
	o, ok := c.known[key]
	if !ok {
		name := t.journal.Name(x.Party)
		if x.Party == 0 {
			name = unmentioned(t.contracts.list[n], x.Kind)
		}
		o = &opening{Calendar: t.calendarOf(name), until: -1}
		c.known[key] = o
	}
	c.last, c.at = key, o
	return o
}

// unmentioned names a party that the journal does not mention.
func unmentioned(c *contract.Contract, kind uint8) string {
	if kind == customer {
		return c.Customer
	}
	return c.Integrator
}
