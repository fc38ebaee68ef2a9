package flow

import (
	"slices"
	"time"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// plan is what all workers share.
type plan struct {
	book      *statement.Book
	journal   *journal.Journal
	by        Level
	asOf      span.Instant
	zone      *time.Location
	asked     []span.Period // empty asks for every ticket
	spans     []span.Span   // of the periods asked for
	digests   bool
	edges     []span.Instant
	first     span.Date // first day of the first month of edges
	contracts *terms
	promises  promises
	elapsed   []int64 // end-to-end seconds of each ticket
}

// firstYear is the year before which no ticket is sought by month; earlier ones count
// in its January.
const firstYear = 1970

// months readies the instants at which months begin, up to that of the reading.
func (p *plan) months() {
	p.first = span.DateOf(firstYear, time.January, 1)
	for at := p.first; ; at = at.AddMonths(1) {
		start := at.Start(p.zone)
		p.edges = append(p.edges, start)
		if start > p.asOf {
			return
		}
	}
}

// periodOf numbers the period that an instant is in: of those asked for, else its month.
func (p *plan) periodOf(at span.Instant) int32 {
	if len(p.spans) > 0 {
		return int32(slices.IndexFunc(p.spans, func(s span.Span) bool { return s.Contains(at) }))
	}
	n, found := slices.BinarySearch(p.edges, at)
	if !found {
		n--
	}
	return int32(max(n, 0))
}

// period returns the period of a number.
func (p *plan) period(n int32) span.Period {
	if len(p.asked) > 0 {
		return p.asked[n]
	}
	from := p.first.AddMonths(int(n))
	return span.Period{From: from, To: from.AddMonths(1)}
}

// wants reports whether a ticket that ended at an instant is asked for.
func (p *plan) wants(end span.Instant, ended bool) bool {
	if len(p.spans) == 0 {
		return true
	}
	return ended && slices.ContainsFunc(p.spans, func(s span.Span) bool { return s.Contains(end) })
}

// terms chooses the contract by whose terms a ticket's time is shared out.
type terms struct {
	book       *statement.Book
	journal    *journal.Journal
	list       []*contract.Contract // in the order of their ids
	running    []span.Span          // of each: its term
	bySupplier map[journal.Symbol][]int
	customer   []int // of each: the first contract with the same customer
	integrator []int // of each: the first contract with the same integrator
}

func newTerms(b *statement.Book, j *journal.Journal) *terms {
	t := &terms{book: b, journal: j, bySupplier: map[journal.Symbol][]int{}}
	for i, id := range b.IDs() {
		c := b.Contracts[id]
		t.list = append(t.list, c)
		t.running = append(t.running, span.Span{From: c.Term.Start.Start(c.Location), To: termEnd(c).Start(c.Location)})
		if s := j.Symbol(c.Supplier); s != 0 {
			t.bySupplier[s] = append(t.bySupplier[s], i)
		}
		t.customer = append(t.customer, slices.IndexFunc(t.list, func(x *contract.Contract) bool { return x.Customer == c.Customer }))
		t.integrator = append(t.integrator, slices.IndexFunc(t.list, func(x *contract.Contract) bool { return x.Integrator == c.Integrator }))
	}
	return t
}

// termEnd returns the first day after a contract's term, with the extensions taken.
func termEnd(c *contract.Contract) span.Date {
	to := c.Term.End
	for i := range c.Term.Extensions {
		if x := &c.Term.Extensions[i]; x.TakenOn != nil {
			to = to.AddMonths(x.Months)
		}
	}
	return to
}

// of returns the number of the contract of the supplier who last held the ticket, of
// those that ran while it lived; else of one whose supplier runs the tower of its
// service; else the first that ran; and where none ran, the last holder's, or the first.
func (t *terms) of(h *ticket.History) int {
	if i := t.lastHolder(h, true); i >= 0 {
		return i
	}
	service := t.journal.Name(h.Last().Service)
	first := -1
	for i, c := range t.list {
		if !t.ran(i, h) {
			continue
		}
		if service != "" && t.supplies(c, service, span.DateIn(h.Opened(), c.Location)) {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	if first >= 0 {
		return first
	}
	return max(t.lastHolder(h, false), 0)
}

func (t *terms) lastHolder(h *ticket.History, running bool) int {
	var asked journal.Symbol
	for i := len(h.Moments) - 1; i >= 0; i-- {
		party := h.Moments[i].Party
		if party == asked {
			continue
		}
		asked = party
		for _, n := range t.bySupplier[party] {
			if !running || t.ran(n, h) {
				return n
			}
		}
	}
	return -1
}

func (t *terms) ran(n int, h *ticket.History) bool {
	s := &t.running[n]
	return h.Until(len(h.Moments)-1) >= s.From && h.Opened() < s.To
}

func (t *terms) supplies(c *contract.Contract, service string, on span.Date) bool {
	tower, ok := t.book.Estate.TowerOf(service, on)
	if !ok || len(c.Towers) > 0 && !slices.Contains(c.Towers, tower) {
		return false
	}
	supplier, ok := t.book.Estate.SupplierOf(tower, on)
	return ok && supplier == c.Supplier
}

// calendarOf returns the calendar of a party of the estate, or nil.
func (p *plan) calendarOf(party string) *calendar.Calendar {
	x, ok := p.book.Estate.Party(party)
	if !ok {
		return nil
	}
	return p.book.Calendars[x.Calendar]
}
