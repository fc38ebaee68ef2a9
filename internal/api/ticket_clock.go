package api

import (
	"context"
	"net/http"

	"towerbridge/span"
	"towerbridge/worked"
)

// ticketClocks adds the questions of worked examples about a ticket: one clock and the
// legs by one contract, as known at an instant.
func (r *registrar) ticketClocks() {
	add(r, operation{
		id: "read-clock", method: http.MethodGet, path: "/tickets/{id}/clocks/{clock}", tag: ticketTag,
		summary: "Read one clock of a ticket by a contract", about: "As known at an instant, by the function that statements use.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.readClock)
	add(r, operation{
		id: "read-legs", method: http.MethodGet, path: "/tickets/{id}/legs", tag: ticketTag,
		summary: "Share out a ticket's elapsed time by a contract", about: "The legs follow one another without gap or overlap, from the moment it was opened to its end.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.readLegs)
}

// ByContract is by which contract, and as known when.
type ByContract struct {
	Contract string `query:"contract" required:"true" maxLength:"200" doc:"Id of the contract."`
	AsOf     moment `query:"asOf" doc:"Nothing that was learnt later is in the answer. Left out: now."`
}

type readClockInput struct {
	TicketID
	ByContract
	Clock string `path:"clock" maxLength:"200" doc:"Id of the clock in the contract." example:"resolve"`
	Life  int    `query:"life" minimum:"0" maximum:"1000" doc:"Which of the ticket's lives: 0 is the first, others began when it was reopened later than the contract lets a life go on."`
}

type clockAnswer struct {
	Verdict string        `json:"verdict" doc:"met, missed, running, no-target, not-started or unknown."`
	Elapsed int64         `json:"elapsedSeconds" doc:"Open seconds that count."`
	Target  *int64        `json:"targetSeconds,omitempty" doc:"Open seconds that are allowed; not there where the clock has no target."`
	Due     *span.Instant `json:"due,omitempty" doc:"Not there where it is not known."`
	Start   *span.Instant `json:"start,omitempty"`
	Stop    *span.Instant `json:"stop,omitempty" doc:"Not there while it has not stopped."`
	Pauses  []pauseAnswer `json:"pauses"`
	Problem string        `json:"problem,omitempty" doc:"Why the verdict is unknown."`
}

type pauseAnswer struct {
	From    span.Instant  `json:"from"`
	To      *span.Instant `json:"to,omitempty" doc:"Not there while it goes on."`
	Reasons []string      `json:"reasons" doc:"As the contract orders them."`
	Open    int64         `json:"openSeconds" doc:"Open seconds of the clock's calendar in it."`
}

type clockOutput struct{ Body clockAnswer }

func (a *API) readClock(ctx context.Context, in *readClockInput) (*clockOutput, error) {
	c, err := a.Record.ReadClock(ctx, whoOf(ctx), in.Contract, in.ID, in.Clock, in.Life, in.AsOf.or(a.Record.Now()))
	if err != nil {
		return nil, err
	}
	return &clockOutput{clockOf(&c)}, nil
}

func clockOf(c *worked.Clock) clockAnswer {
	out := clockAnswer{
		Verdict: c.Verdict, Elapsed: c.Elapsed, Due: instant(c.Due), Stop: instant(c.Stop),
		Pauses: make([]pauseAnswer, len(c.Pauses)), Problem: c.Problem,
	}
	if c.HasTarget {
		out.Target = &c.Target
	}
	if c.Verdict != "not-started" {
		out.Start = instant(c.Start)
	}
	for i, p := range c.Pauses {
		out.Pauses[i] = pauseAnswer{From: p.From, To: instant(p.To), Reasons: p.Reasons, Open: p.Open}
	}
	return out
}

// instant returns an instant, or nil for one that never comes.
func instant(i span.Instant) *span.Instant {
	if i >= span.Never {
		return nil
	}
	return &i
}

type readLegsInput struct {
	TicketID
	ByContract
}

type legsAnswer struct {
	Opened span.Instant  `json:"opened"`
	End    *span.Instant `json:"end,omitempty" doc:"The last resolution, or the instant of reading."`
	Legs   []legAnswer   `json:"legs"`
}

type legAnswer struct {
	From   span.Instant  `json:"from"`
	To     *span.Instant `json:"to,omitempty"`
	Kind   string        `json:"kind" doc:"supplier, integrator, customer, unowned or disputed."`
	Party  string        `json:"party,omitempty"`
	Reason string        `json:"reason,omitempty" doc:"Why work stood, if it did."`
}

type legsOutput struct{ Body legsAnswer }

func (a *API) readLegs(ctx context.Context, in *readLegsInput) (*legsOutput, error) {
	l, err := a.Record.ReadLegs(ctx, whoOf(ctx), in.Contract, in.ID, in.AsOf.or(a.Record.Now()))
	if err != nil {
		return nil, err
	}
	out := legsAnswer{Opened: l.Opened, End: instant(l.End), Legs: make([]legAnswer, len(l.Legs))}
	for i, x := range l.Legs {
		out.Legs[i] = legAnswer{From: x.From, To: instant(x.To), Kind: x.Kind, Party: x.Party, Reason: x.Reason}
	}
	return &legsOutput{out}, nil
}
