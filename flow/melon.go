package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// Watermelons is the services that were red to their users in a period in which the
// suppliers' own measures were green.
type Watermelons struct {
	Definition string       `json:"definition"`
	Broken     int          `json:"broken"` // services and periods in which a promise was broken, watermelons or not
	List       []Watermelon `json:"list"`
}

const watermelonDefinition = "A service of which a promise to its users was broken in a period, while no measure of any contract missed its target in the service period that the period is in (all green), or none of the contracts of those who held the tickets that missed the promise (green where it was held). Promise and measures are read at the same instant."

// Watermelon is a service that is green without and red within.
type Watermelon struct {
	Service   string      `json:"service"`
	Name      string      `json:"name"`
	Period    span.Period `json:"period"`
	AllGreen  bool        `json:"allGreen"` // else green only where the tickets were held
	Promises  []Promise   `json:"promises"` // those broken, each with who held the tickets that missed it
	Contracts []Standing  `json:"contracts"`
	Longest   []Late      `json:"longest"` // the tickets that waited longest, with their legs
}

// Standing is how a contract's own measures stand in its service period.
type Standing struct {
	Contract string      `json:"contract"`
	Supplier string      `json:"supplier"`
	Period   span.Period `json:"period"`
	Held     bool        `json:"heldMissedTickets"` // its supplier held some of the tickets that missed the promise
	Met      []string    `json:"met"`
	Failed   []string    `json:"failed"`
	Unjudged []string    `json:"unjudged"` // without a target, or nothing was measured
}

// Late is a ticket that missed its promise.
type Late struct {
	Ticket         string `json:"ticket"`
	ElapsedSeconds int64  `json:"elapsedSeconds"`
	OpenSeconds    int64  `json:"openSeconds"` // by the calendar of the promise
	WithinSeconds  int64  `json:"withinSeconds"`
	Legs           []Leg  `json:"legs"`
}

// Leg is a stretch of a ticket's elapsed time and whose it was; times are local times
// of the estate's zone with their offset.
type Leg struct {
	Kind           contract.LegKind `json:"kind"`
	Party          string           `json:"party"`
	Holder         string           `json:"holder,omitempty"` // who held or was offered the ticket meanwhile
	From           string           `json:"from"`
	To             string           `json:"to"`
	ElapsedSeconds int64            `json:"elapsedSeconds"`
	OpenSeconds    int64            `json:"openSeconds"` // by the party's own calendar; zero without one
	State          string           `json:"state"`
	Reason         string           `json:"reason,omitempty"`
}

// mostLate is the number of tickets that are shown with their legs.
const mostLate = 3

// FindWatermelons compares the promises of a reading by party with statements of all
// contracts, drawn from the same journal at the same instant: each broken promise in
// whose period the statements are green. Statements of other periods are passed over.
func FindWatermelons(b *statement.Book, j *journal.Journal, r *Result, statements []*statement.Statement) (*Watermelons, error) {
	p, err := newPlan(b, j, Order{By: r.By, Periods: r.Periods, AsOf: &r.AsOf})
	if err != nil {
		return nil, err
	}
	out := &Watermelons{Definition: watermelonDefinition, List: []Watermelon{}}
	for i := 0; i < len(r.Promises); {
		w := Watermelon{Service: r.Promises[i].Service, Period: r.Promises[i].Period}
		for ; i < len(r.Promises) && r.Promises[i].Service == w.Service && r.Promises[i].Period == w.Period; i++ {
			if r.Promises[i].Broken {
				w.Promises = append(w.Promises, r.Promises[i])
			}
		}
		if len(w.Promises) == 0 {
			continue
		}
		out.Broken++
		if w.judge(statements) {
			if s, ok := b.Estate.Service(w.Service); ok {
				w.Name = s.Name
			}
			w.Longest = p.late(r, &w)
			out.List = append(out.List, w)
		}
	}
	return out, nil
}

// judge reports whether the contracts are green in the watermelon's period.
func (w *Watermelon) judge(statements []*statement.Statement) bool {
	w.AllGreen = true
	green, held := true, false
	for _, s := range statements {
		if s.Period.From > w.Period.From || s.Period.To < w.Period.To {
			continue
		}
		x := Standing{Contract: s.Contract, Supplier: s.Supplier, Period: s.Period, Met: []string{}, Failed: []string{}, Unjudged: []string{}}
		for i := range s.Measures {
			switch m := &s.Measures[i]; {
			case m.Failed:
				x.Failed = append(x.Failed, m.ID)
			case m.Target == "" || m.Value == "":
				x.Unjudged = append(x.Unjudged, m.ID)
			default:
				x.Met = append(x.Met, m.ID)
			}
		}
		for i := range w.Promises {
			x.Held = x.Held || slices.ContainsFunc(w.Promises[i].Held, func(g GroupHeld) bool {
				return g.Kind == contract.SupplierLeg && (g.Name == s.Supplier || strings.HasPrefix(g.Name, s.Supplier+"/"))
			})
		}
		w.Contracts = append(w.Contracts, x)
		w.AllGreen = w.AllGreen && len(x.Failed) == 0
		green = green && (!x.Held || len(x.Failed) == 0)
		held = held || x.Held
	}
	return len(w.Contracts) > 0 && (w.AllGreen || green && held)
}

// late returns the tickets that waited longest by the promise's calendar.
func (p *plan) late(r *Result, w *Watermelon) []Late {
	type found struct {
		ticket uint32
		late   Late
	}
	var all []found
	var h ticket.History
	promise := p.promises[p.journal.Symbol(w.Service)]
	for i := range w.Promises {
		list, _ := r.TicketsOf(w.Promises[i].ID)
		for _, n := range list {
			if !ticket.Read(p.journal, int(n), p.asOf, &h) {
				continue
			}
			end, _ := h.Done()
			within, _ := promise.of(h.Last().Priority)
			all = append(all, found{n, Late{
				Ticket: p.journal.TicketID(int(n)), ElapsedSeconds: int64(end - h.Opened()),
				OpenSeconds: promise.calendar.OpenSeconds(h.Opened(), end), WithinSeconds: within,
			}})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.late.OpenSeconds, a.late.OpenSeconds), cmp.Compare(a.ticket, b.ticket))
	})
	var out []Late
	for _, x := range all[:min(len(all), mostLate)] {
		ticket.Read(p.journal, int(x.ticket), p.asOf, &h)
		x.late.Legs = p.legs(&h)
		out = append(out, x.late)
	}
	return out
}

// legs returns whose a ticket's every second was.
func (p *plan) legs(h *ticket.History) []Leg {
	c := p.contracts.list[p.contracts.of(h)]
	rd := clock.NewReader(c, p.journal, p.book.World().KindOf)
	var out []Leg
	for _, l := range rd.Legs(h, nil) {
		x := Leg{
			Kind: l.Kind, Party: p.journal.Name(l.Party), Holder: p.journal.Name(l.Holder), From: l.From.In(p.zone), To: l.To.In(p.zone),
			ElapsedSeconds: l.Length(), State: l.Status.String(), Reason: p.journal.Name(l.Reason),
		}
		if l.Party == 0 {
			x.Party = unmentioned(c, uint8(slices.Index(clock.Kinds[:], l.Kind)))
		}
		if k := p.calendarOf(x.Party); k != nil && k.Covers(l.From, l.To) {
			x.OpenSeconds = k.OpenSeconds(l.From, l.To)
		}
		out = append(out, x)
	}
	return out
}

// StatementsFor lists the orders of the statements that [FindWatermelons] needs: of
// each contract, the service periods that broken promises are in, read at the
// reading's instant.
func (r *Result) StatementsFor(b *statement.Book) []statement.Order {
	var out []statement.Order
	asked := map[string]bool{}
	for _, id := range b.IDs() {
		c := b.Contracts[id]
		for i := range r.Promises {
			if !r.Promises[i].Broken {
				continue
			}
			period := c.ServicePeriod(r.Promises[i].Period.From)
			key := fmt.Sprint(id, period)
			if asked[key] || period.To <= c.Term.Start || period.From >= termEnd(c) {
				continue
			}
			asked[key] = true
			out = append(out, statement.Order{Contract: id, Period: period, AsOf: &r.AsOf})
		}
	}
	return out
}
