package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
	"towerbridge/measure"
	"towerbridge/span"
	"towerbridge/statement"
)

// measures adds the operational part of statements.
func (r *registrar) measures() {
	add(r, operation{
		id: "read-measures", method: http.MethodGet, path: "/measures/{contract}/{period}", tag: statementTag,
		summary: "Read what was measured under a contract in a service period",
		about: "By the function that statements use, and without anything that turns into money: no points, bands, charges, credits or caps. " +
			"Tickets that you may not see are counted in unseen, and not named.",
		refused: drawing,
	}, r.readMeasures)
}

type measuresInput struct {
	ServicePeriod
	AsOf moment `query:"asOf" doc:"Nothing that was learnt later is in it. Left out: the end of the contract's time for late entries, or the last instant at which anything was learnt."`
}

type measuresAnswer struct {
	Contract string          `json:"contract"`
	Period   span.Period     `json:"period"`
	AsOf     span.Instant    `json:"asOf" doc:"Nothing that was learnt later is in it."`
	Measures []measureAnswer `json:"measures"`
}

// measureAnswer lists what is told of a measure. It is a list of its own, so that what
// statements come to have is told only when somebody decides that it is.
type measureAnswer struct {
	ID       string          `json:"id"`
	Name     string          `json:"name,omitempty"`
	Clause   string          `json:"clause,omitempty"`
	Kind     string          `json:"kind" doc:"share, mean, availability ..."`
	Period   span.Period     `json:"period" doc:"Measurement period."`
	Met      int64           `json:"met" doc:"Numerator."`
	Counted  int64           `json:"counted" doc:"Denominator."`
	Unit     string          `json:"unit" doc:"percent, seconds or number."`
	Value    string          `json:"value" doc:"Exact fraction; empty where nothing was measured."`
	Display  string          `json:"display" doc:"As rounded by the contract."`
	Rounding string          `json:"rounding,omitempty"`
	Target   string          `json:"target,omitempty"`
	Failed   bool            `json:"failed"`
	Rating   string          `json:"rating,omitempty" doc:"Statutory rating."`
	Tickets  int             `json:"tickets" doc:"Tickets of the evidence."`
	Evidence string          `json:"evidence" doc:"Digest over every counted ticket with its seconds and verdict: the same as in the statement."`
	Missed   []missedAnswer  `json:"missed" doc:"Tickets that speak against the supplier, with their seconds."`
	Excluded []outsideAnswer `json:"excluded" doc:"Tickets that did not count, each with the reason."`
	Unseen   int             `json:"unseen" doc:"How many of these two you may not see."`
	Aside    []measure.Aside `json:"setAside,omitempty" doc:"Tickets that were no concern of the measure, by reason."`
	Notes    []string        `json:"notes,omitempty"`
}

type missedAnswer struct {
	Ticket  string `json:"ticket"`
	Episode int    `json:"episode,omitempty" doc:"Which later life of a reopened ticket."`
	Elapsed int64  `json:"elapsedSeconds" doc:"Open seconds that count."`
	Target  int64  `json:"targetSeconds,omitempty" doc:"Open seconds that are allowed."`
	Due     string `json:"due,omitempty" doc:"Local time with its offset."`
}

type outsideAnswer struct {
	Ticket string `json:"ticket"`
	Reason string `json:"reason"`
	Clause string `json:"clause,omitempty"`
	Rule   string `json:"rule,omitempty"`
}

type measuresOutput struct{ Body measuresAnswer }

func (a *API) readMeasures(ctx context.Context, in *measuresInput) (*measuresOutput, error) {
	m, err := a.Record.DrawMeasures(ctx, whoOf(ctx), in.Contract, in.Period.Period, in.AsOf.at)
	if err != nil {
		return nil, err
	}
	return &measuresOutput{measuredOf(m)}, nil
}

func measuredOf(m *app.Measured) measuresAnswer {
	out := measuresAnswer{Contract: m.Contract, Period: m.Period, AsOf: m.AsOf, Measures: make([]measureAnswer, len(m.Measures))}
	for i := range m.Measures {
		out.Measures[i] = measureOf(&m.Measures[i], m.Unseen[i])
	}
	return out
}

func measureOf(m *statement.Measure, unseen int) measureAnswer {
	out := measureAnswer{
		ID: m.ID, Name: m.Name, Clause: m.Clause, Kind: m.Kind, Period: m.Period, Met: m.Met, Counted: m.Counted, Unit: m.Unit,
		Value: m.Value, Display: m.Display, Rounding: m.Rounding, Target: m.Target, Failed: m.Failed, Rating: m.Rating,
		Tickets: m.Tickets, Evidence: m.Evidence, Unseen: unseen, Aside: m.Aside, Notes: m.Notes,
		Missed: make([]missedAnswer, len(m.Missed)), Excluded: make([]outsideAnswer, len(m.Excluded)),
	}
	for i, x := range m.Missed {
		out.Missed[i] = missedAnswer(x)
	}
	for i, x := range m.Excluded {
		out.Excluded[i] = outsideAnswer(x)
	}
	return out
}
