package app

import (
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/estate"
	"towerbridge/journal"
	"towerbridge/span"
)

// Life is one ticket as it was known at an instant. Times are local times of a
// contract's zone, in RFC 3339 with their offset; those of moments and legs are of the
// contract named in Contract.
type Life struct {
	Ticket   string       `json:"ticket"`
	AsOf     span.Instant `json:"asOf"`
	Contract string       `json:"contract"` // by whose terms the elapsed time is shared out
	Zone     string       `json:"zone"`
	Kind     string       `json:"kind,omitempty"`
	Priority string       `json:"priority,omitempty"`
	Service  string       `json:"service,omitempty"`
	Site     string       `json:"site,omitempty"`
	State    string       `json:"state"`
	Moments  []Moment     `json:"moments"`
	Clocks   []Clock      `json:"clocks"`
	NotTimed []NotTimed   `json:"notTimed,omitempty"`
	Legs     []Leg        `json:"legs"`
	EndToEnd EndToEnd     `json:"endToEnd"`
	Notes    []string     `json:"notes,omitempty"`
}

// Moment is one thing that happened, and what the ticket was from then on.
type Moment struct {
	At       string   `json:"at"`
	Event    string   `json:"event"`
	State    string   `json:"state"`
	Priority string   `json:"priority,omitempty"`
	Party    string   `json:"party,omitempty"`
	Team     string   `json:"team,omitempty"`
	Reasons  []string `json:"reasons,omitempty"` // for which work stands
}

// Leg is a stretch of the elapsed time and whose it was. Legs tile the time from the
// opening to the end.
type Leg struct {
	Party   string `json:"party"` // empty where it is nobody's that the contract names
	Kind    string `json:"kind"`  // supplier, integrator, customer, unowned or disputed
	From    string `json:"from"`
	To      string `json:"to"`
	Elapsed int64  `json:"elapsedSeconds"`
	Open    *int64 `json:"openSeconds"` // by the party's own calendar; null where it has none
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"` // why work stood
	Holder  string `json:"holder,omitempty"` // who held or was offered the ticket meanwhile
}

// EndToEnd is what the user saw.
type EndToEnd struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Elapsed int64    `json:"elapsedSeconds"`
	Ended   bool     `json:"ended"` // false: it lasted until the instant it is read at
	Promise *Promise `json:"promise,omitempty"`
}

// Promise is what the estate promises the users of the ticket's service, and whether
// this ticket kept it.
type Promise struct {
	Calendar string `json:"calendar"`
	Within   int64  `json:"withinSeconds"` // of the calendar's open time
	Open     int64  `json:"openSeconds"`
	Verdict  string `json:"verdict"` // met, missed or running
}

// life puts together what the contracts say of a ticket.
func (r *lifeReader) life(id string, contracts []*contract.Contract) *Life {
	h, j, main := &r.history, r.journal, r.mainContract(contracts)
	last := h.Last()
	life := &Life{
		Ticket: id, AsOf: h.AsOf, Contract: main.ID, Zone: main.Zone,
		Kind: j.Name(last.Kind), Priority: j.Name(last.Priority), Service: j.Name(last.Service), Site: j.Name(last.Site),
		State: last.Status.String(), Clocks: []Clock{}, Legs: []Leg{},
	}
	reader := clock.NewReader(main, j, r.book.World().KindOf)
	for i := range h.Moments {
		m := &h.Moments[i]
		life.Moments = append(life.Moments, Moment{
			At: m.At.In(main.Location), Event: m.Event.String(), State: m.Status.String(), Priority: j.Name(m.Priority),
			Party: j.Name(m.Party), Team: j.Name(m.Team), Reasons: r.names(reader.ReasonsOf(m.Pauses)),
		})
	}
	for _, leg := range reader.Legs(h, nil) {
		life.Legs = append(life.Legs, r.leg(main, &leg))
	}
	life.EndToEnd = r.endToEnd(main)
	for _, c := range contracts {
		r.clocks(life, c)
	}
	if !h.Complete {
		life.Notes = append(life.Notes, "more was learnt of this ticket after the instant it is read at")
	}
	if last.Parent != 0 {
		life.Notes = append(life.Notes, belonging+j.Name(last.Parent))
	}
	if last.Excused != 0 {
		life.Notes = append(life.Notes, "relief was granted under "+j.Name(last.Excused))
	}
	return life
}

func (r *lifeReader) names(list []journal.Symbol) []string {
	var out []string
	for _, s := range list {
		out = append(out, r.journal.Name(s))
	}
	return out
}

// leg values a leg by the calendar of the party it belongs to.
func (r *lifeReader) leg(c *contract.Contract, l *clock.Leg) Leg {
	out := Leg{
		Party: r.journal.Name(l.Party), Kind: string(l.Kind), From: l.From.In(c.Location), To: l.To.In(c.Location),
		Elapsed: l.Length(), State: l.Status.String(), Reason: r.journal.Name(l.Reason), Holder: r.journal.Name(l.Holder),
	}
	if out.Party == "" && l.Kind == contract.CustomerLeg {
		out.Party = c.Customer
	}
	if out.Party == "" && l.Kind == contract.UnownedLeg {
		out.Party = c.Integrator
	}
	if p, ok := r.book.Estate.Party(out.Party); ok {
		if k := r.book.Calendars[p.Calendar]; k != nil && k.Covers(l.From, l.To) {
			open := k.OpenSeconds(l.From, l.To)
			out.Open = &open
		}
	}
	return out
}

// endToEnd is the time from the opening to the end, beside what was promised.
func (r *lifeReader) endToEnd(c *contract.Contract) EndToEnd {
	h := &r.history
	end, ended := h.Done()
	if !ended {
		end = max(h.AsOf, h.Opened())
	}
	whole := span.Span{From: h.Opened(), To: end}
	out := EndToEnd{From: whole.From.In(c.Location), To: whole.To.In(c.Location), Elapsed: whole.Length(), Ended: ended}
	service, ok := r.book.Estate.Service(r.journal.Name(h.Last().Service))
	if !ok || service.Promise == nil {
		return out
	}
	within := promised(service.Promise, r.journal.Name(h.Last().Priority))
	k := r.book.Calendars[service.Promise.Calendar]
	if within == 0 || k == nil || !k.Covers(whole.From, whole.To) {
		return out
	}
	p := Promise{Calendar: k.ID(), Within: within, Open: k.OpenSeconds(whole.From, whole.To), Verdict: clock.Running.String()}
	switch {
	case p.Open > p.Within:
		p.Verdict = clock.Missed.String()
	case ended:
		p.Verdict = clock.Met.String()
	}
	out.Promise = &p
	return out
}

// promised returns the open seconds promised for a priority; zero if none are.
func promised(p *estate.Promise, priority string) int64 {
	for _, x := range p.ByPriority {
		if x.Priority == priority {
			return int64(x.Within)
		}
	}
	return int64(p.Within)
}
