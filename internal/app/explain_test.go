package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
)

// explain asks about INC-1 of a log.
func explain(t *testing.T, log string, q Question, edit func(name, text string) string) *Life {
	t.Helper()
	q.Ticket = "INC-1"
	life, _, err := Explain(context.Background(), townHall(t, log, edit), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	return life
}

func clockOf(t *testing.T, life *Life, contract string, n int) Clock {
	t.Helper()
	for _, c := range life.Clocks {
		if c.Contract == contract && c.Life == n {
			return c
		}
	}
	t.Fatalf("no clock of contract %s, life %d in %v", contract, n, life.Clocks)
	return Clock{}
}

// A ticket that the desk held for an hour, in which its user was away for half of it;
// then the network's until it was resolved after the office had closed.
const shared = `INC-1,2026-03-02 16:00,,opened,P3,DESK-1,E-mail,,
INC-1,2026-03-02 16:10,,waits,,,,user,
INC-1,2026-03-02 16:40,,goes on,,,,user,
INC-1,2026-03-02 17:00,,assigned,,NET-2,,,
INC-1,2026-03-03 10:30,,fixed,,,,,
`

func TestExplain(t *testing.T) {
	life := explain(t, shared, Question{}, nil)
	if life.Contract != "net" {
		t.Errorf("legs by %s; want the contract of the last holder", life.Contract)
	}
	// 16:00 to 17:00 and 09:00 to 10:30 are two and a half hours, less the pause.
	c := clockOf(t, life, "net", 1)
	if c.Elapsed != 2*3600 || c.Verdict != "met" || *c.Target != 8*3600 || *c.Due != "2026-03-03T16:30:00Z" {
		t.Errorf("clock %d s of %d s, %s, due %s; want 7200 of 28800, met, due 16:30 next day", c.Elapsed, *c.Target, c.Verdict, *c.Due)
	}
	if len(c.Pauses) != 1 || c.Pauses[0].Cause != "customer" || c.Pauses[0].Reason != "user" || *c.Pauses[0].Open != 1800 || c.Pauses[0].Clause == "" {
		t.Errorf("pauses %+v; want one of the customer's, 1800 open seconds", c.Pauses)
	}
	var legs []string
	var sum int64
	for i, l := range life.Legs {
		open := "none"
		if l.Open != nil {
			open = hoursAndMinutes(*l.Open)
		}
		legs = append(legs, l.Kind+" "+l.Party+" "+hoursAndMinutes(l.Elapsed)+" open "+open)
		sum += l.Elapsed
		if i > 0 && life.Legs[i-1].To != l.From {
			t.Errorf("leg %d begins at %s; the one before it ends at %s", i, l.From, life.Legs[i-1].To)
		}
	}
	want := []string{"supplier desk 0:10 open 0:10", "customer town 0:30 open none", "supplier desk 0:20 open 0:20", "supplier net 17:30 open 1:30"}
	if !slices.Equal(legs, want) {
		t.Errorf("legs %q; want %q", legs, want)
	}
	e := life.EndToEnd
	if e.Elapsed != sum || !e.Ended {
		t.Errorf("end to end %d s, ended %v; the legs have %d s", e.Elapsed, e.Ended, sum)
	}
	if e.Promise == nil || e.Promise.Open != 9000 || e.Promise.Verdict != "met" {
		t.Errorf("promise %+v; want 9000 open seconds, met", e.Promise)
	}
}

func hoursAndMinutes(s int64) string { return fmt.Sprintf("%d:%02d", s/3600, s/60%60) }

// TestExplainJSON holds the form that programs read.
func TestExplainJSON(t *testing.T) {
	text, err := json.Marshal(explain(t, shared, Question{Contract: "net"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Ticket string
		Clocks []map[string]any
		Legs   []map[string]any
		End    map[string]any `json:"endToEnd"`
	}
	if err := json.Unmarshal(text, &x); err != nil {
		t.Fatal(err)
	}
	if x.Ticket != "INC-1" || len(x.Clocks) != 1 || len(x.Legs) != 4 {
		t.Fatalf("ticket %q, %d clocks, %d legs", x.Ticket, len(x.Clocks), len(x.Legs))
	}
	for what, members := range map[string][]string{
		"clock": {"id", "contract", "elapsedSeconds", "targetSeconds", "due", "verdict", "pauses"},
		"leg":   {"party", "kind", "from", "to", "elapsedSeconds", "openSeconds", "state"},
		"pause": {"from", "to", "cause", "reason", "openSeconds"},
		"end":   {"elapsedSeconds"},
	} {
		object := map[string]map[string]any{
			"clock": x.Clocks[0], "leg": x.Legs[0], "end": x.End,
			"pause": x.Clocks[0]["pauses"].([]any)[0].(map[string]any),
		}[what]
		for _, m := range members {
			if _, ok := object[m]; !ok {
				t.Errorf("a %s has no %s", what, m)
			}
		}
	}
	if open, ok := x.Legs[1]["openSeconds"]; !ok || open != nil {
		t.Errorf("the leg of a customer without a calendar has open seconds %v; want null", open)
	}
}

func TestExplainConcerned(t *testing.T) {
	for _, c := range []struct{ name, log, want string }{
		{"only the desk held it", "INC-1,2026-03-02 09:00,,opened,P3,DESK-1,E-mail,,\n", "desk"},
		{"the network supplies its service", "INC-1,2026-03-02 09:00,,opened,P3,DESK-1,wan,,\n", "desk net"},
		{"nobody has it, nor supplies it", "INC-1,2026-03-02 09:00,,opened,P3,,,,\n", "desk net"},
		{"before any contract", "INC-1,2025-03-03 09:00,,opened,P3,DESK-1,E-mail,,\nINC-1,2025-03-03 10:00,,fixed,,,,,\n", "desk net"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, k := range explain(t, c.log, Question{}, nil).Clocks {
				got = append(got, k.Contract)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("clocks of %v; want %s", got, c.want)
			}
		})
	}
}

func TestExplainAlternatives(t *testing.T) {
	changed := `INC-1,2026-03-03 09:00,,opened,P3,DESK-1,E-mail,,
INC-1,2026-03-03 11:00,,priority,P2,,,,
INC-1,2026-03-03 15:00,,fixed,,,,,
`
	for _, c := range []struct{ policy, elapsed, verdict string }{
		{"retroactive", "6:00", "missed"},
		{"restart", "4:00", "met"},
		{"proportional", "5:00", "missed"}, // a quarter of 8 h used is one hour of 4 h
	} {
		edit := func(name, text string) string {
			return strings.Replace(text, "stop: resolved,", "stop: resolved, priorityChange: "+c.policy+",", 1)
		}
		k := clockOf(t, explain(t, changed, Question{}, edit), "desk", 1)
		if k.Policy != c.policy || hoursAndMinutes(k.Elapsed) != c.elapsed || k.Verdict != c.verdict {
			t.Errorf("%s: %s, %s under %q", c.policy, hoursAndMinutes(k.Elapsed), k.Verdict, k.Policy)
		}
		if len(k.Alternatives) != 2 {
			t.Errorf("%s has %d alternatives; want the two others", c.policy, len(k.Alternatives))
		}
		for _, a := range k.Alternatives {
			want := map[string]string{"retroactive": "6:00 missed", "restart": "4:00 met", "proportional": "5:00 missed"}[a.Policy]
			if got := hoursAndMinutes(a.Elapsed) + " " + a.Verdict; got != want || a.Policy == c.policy {
				t.Errorf("under %s, %s would give %s; want %s", c.policy, a.Policy, got, want)
			}
		}
	}
	if k := clockOf(t, explain(t, shared, Question{}, nil), "desk", 1); len(k.Alternatives) != 0 || k.Policy != "" {
		t.Errorf("without a change of priority there are alternatives: %+v", k)
	}
}

// TestExplainLives follows a ticket that was reopened long after its resolution, which
// the contract takes for a new failure.
func TestExplainLives(t *testing.T) {
	log := `INC-1,2026-03-02 09:00,,opened,P3,DESK-1,E-mail,,
INC-1,2026-03-02 10:00,,fixed,,,,,
INC-1,2026-03-06 09:00,,started,,DESK-1,,,
`
	edit := func(name, text string) string {
		return strings.Replace(text, "stop: resolved,", "stop: resolved, reopenWithin: 8h,", 1)
	}
	life := explain(t, log, Question{AsOf: instant(t, "2026-03-06T09:00:00Z"), Contract: "desk"}, edit)
	first, second := clockOf(t, life, "desk", 1), clockOf(t, life, "desk", 2)
	if first.Verdict != "met" || first.Elapsed != 3600 {
		t.Errorf("first life %s after %d s; want met after 3600 s", first.Verdict, first.Elapsed)
	}
	if second.Verdict != "running" || *second.Start != "2026-03-06T09:00:00Z" || second.Stop != nil {
		t.Errorf("second life %s from %s; want running from the reopening", second.Verdict, *second.Start)
	}
	if len(life.Clocks) != 2 {
		t.Errorf("%d clocks; want one for each of two lives", len(life.Clocks))
	}
}

func TestExplainWhy(t *testing.T) {
	edit := func(name, text string) string {
		if name == "contracts/desk.yaml" {
			text = strings.Replace(text, "stop: resolved,", "stop: resolved, scope: 'kind == \"request\"',", 1)
		}
		return text
	}
	life := explain(t, "INC-1,2026-03-02 09:00,,opened,P9,NET-2,E-mail,,\n", Question{}, edit)
	if len(life.NotTimed) != 1 || life.NotTimed[0].Contract != "desk" || !strings.Contains(life.NotTimed[0].Why, `kind == "request"`) {
		t.Errorf("not timed: %+v; want the clock of desk, with its scope", life.NotTimed)
	}
	k := clockOf(t, life, "net", 1)
	if k.Verdict != "no-target" || k.Target != nil || k.Due != nil || !slices.Contains(k.Why, "the contract sets no target for this ticket") {
		t.Errorf("a priority without a target gives %+v", k)
	}
}

func TestExplainErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		q    Question
		kind fault.Kind
		want string
	}{
		{"no such ticket", Question{Ticket: "INC-2"}, fault.NotFound, `the log has no ticket "INC-2"`},
		{"no such contract", Question{Ticket: "INC-1", Contract: "disk"}, fault.Invalid, "TB1901"},
		{"before anything was known", Question{Ticket: "INC-1", AsOf: instant(t, "2026-03-01T00:00:00Z")}, fault.NotFound, "nothing was known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Explain(context.Background(), townHall(t, shared, nil), c.q, nil)
			wantError(t, err, c.kind, c.want)
		})
	}
}
