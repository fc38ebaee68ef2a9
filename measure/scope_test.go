package measure_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestScopes reads every variable, each with two tickets that differ in nothing else.
func TestScopes(t *testing.T) {
	const in, out = "IN 02T09:00 opened party=alpha ", "OUT 02T09:00 opened party=alpha "
	const done = "; 02T10:00 resolved\n"
	for _, x := range []struct{ name, scope, journal string }{
		{"kind", `kind == "incident"`, in + "kind=incident" + done + out + "kind=request" + done},
		{"priority", `priority in ["P1", "P2"]`, in + "priority=P2" + done + out + "priority=P3" + done},
		{"priority at the resolution", `priority == "P1"`, in + "priority=P3; 02T09:30 changed priority=P1" + done + out + "priority=P1; 02T09:30 changed priority=P3" + done},
		{"not the priority afterwards", `priority == "P1"`, in + "priority=P1; 02T10:00 resolved; 02T11:00 changed priority=P3\n" + out + "priority=P3; 02T10:00 resolved; 02T11:00 changed priority=P1\n"},
		{"service", `service == "mail"`, in + "service=mail" + done + out + "service=print" + done},
		{"tower", `tower == "office"`, in + "service=mail" + done + out + "service=phone" + done},
		{"tower of no service", `tower == "office"`, in + "service=mail" + done + "OUT 02T09:00 opened party=alpha" + done},
		{"no tower", `tower == ""`, "MAIL 02T08:00 opened party=alpha service=mail" + done + "IN 02T09:00 opened party=alpha" + done},
		{
			"tower by the local day", `tower == "infra"`,
			"IN 15T00:00 opened party=alpha service=mail; 15T10:00 resolved\nOUT 14T23:59:59 opened party=alpha service=mail; 15T10:00 resolved\n",
		},
		{"site", `site == "hq"`, in + "site=hq" + done + out + "site=depot" + done},
		{"party", `party == "alpha"`, "IN 02T09:00 opened party=beta; 02T09:30 assigned party=alpha" + done + "OUT 02T09:00 opened party=alpha; 02T09:30 assigned party=beta" + done},
		{"team", `team.startsWith("net")`, in + "team=network" + done + out + "team=desk" + done},
		{"line", `line == 2`, in + "team=a line=2" + done + out + "team=a line=1" + done},
		{"status", `status == "resolved"`, in + done[2:] + "OUT 02T09:00 opened party=alpha; 02T10:00 closed\n"},
		{"reason", `reason == "user"`, in + "; 02T09:10 paused reason=user; 02T09:20 resumed" + done + out + "; 02T09:10 paused reason=change; 02T09:20 resumed" + done},
		{"parent", `parent == "MAJOR"`, in + "; 02T09:10 linked reason=parent related=MAJOR" + done + out + "; 02T09:10 linked reason=see-also related=MAJOR" + done},
		{"reopened", `reopened > 0`, in + "; 02T09:10 resolved; 02T09:20 reopened" + done + out + "; 02T09:10 resolved" + done},
		{"a field", `fields.category == "vip"`, in + "fields.category=vip fields.area=x" + done + out + "fields.category=staff fields.area=x" + done},
		{"no field", `fields.category == ""`, in + "fields.area=x" + done + out + "fields.category=staff" + done},
		{"several", `kind == "incident" && (priority == "P1" || site == "hq")`, in + "kind=incident priority=P3 site=hq" + done + out + "kind=request priority=P1 site=hq" + done},
	} {
		t.Run(x.name, func(t *testing.T) {
			text := strings.ReplaceAll(strings.ReplaceAll(x.journal, " ;", ";"), "opened party=alpha 02T10", "opened party=alpha; 02T10")
			j := journalOf(t, text)
			taker := take(t, one(t, "handOvers: {}, attribution: any-holder, scope: '"+x.scope+"'"), j, 1, "2026-06", "2026-08-01")
			r := taker.Results(0, 0)[0]
			if len(r.Evidence) != 1 || j.TicketID(int(r.Evidence[0].Ticket)) != "IN" || len(r.Aside) != 1 || r.Aside[0].Tickets != 1 {
				t.Errorf("says %s", says(j, &r))
			}
			if used := taker.Used(0, 0); len(used) != 2 {
				t.Errorf("stands on %d tickets, want both", len(used))
			}
		})
	}
}

// TestScopeOfTheClock holds that a measure is for the tickets that its clock is for.
func TestScopeOfTheClock(t *testing.T) {
	counts{
		measure: `share: {clock: p1only}, scope: 'site == "hq"'`,
		journal: "A 02T09:00 opened party=alpha priority=P1 site=hq; 02T10:00 resolved\nB 02T09:00 opened party=alpha priority=P2 site=hq; 02T10:00 resolved\n" +
			"C 02T09:00 opened party=alpha priority=P1 site=depot; 02T10:00 resolved\n",
		want: "1/1; A met 3600; ~ 2 out of the measure's scope",
	}.run(t)
}

// TestScopeByBreachAndLives holds that measures whose answer depends on their clock
// read scopes as the others do.
func TestScopeByBreachAndLives(t *testing.T) {
	const tickets = "A 02T09:00 opened party=alpha priority=P1; 02T10:00 resolved\nB 02T09:00 opened party=alpha priority=P2; 02T15:00 resolved\n"
	for _, how := range []string{"clock: resolve}, countsIn: breach", "clock: resolve}, attribution: holder-at-breach", "clock: lives}"} {
		counts{
			measure: "share: {" + how + `, scope: 'priority == "P1"'`, journal: tickets, want: "1/1; A met 3600; ~ 1 out of the measure's scope",
		}.run(t)
	}
}

// TestScopesOfMany holds that the look at all scopes of a ticket at once agrees with
// the look at each, past 64 measures and thousands of combinations.
func TestScopesOfMany(t *testing.T) {
	var lines, tickets strings.Builder
	lines.WriteString(clocks + "measures:\n")
	for m := range 130 {
		fmt.Fprintf(&lines, "  - {id: M%d, count: {of: resolved}, scope: 'site == \"s%d\" || fields.n == \"%d\"'}\n", m, m%7, m)
	}
	for i := range 1400 {
		fmt.Fprintf(&tickets, "T%d 02T09:00 opened party=alpha site=s%d fields.n=%d; 02T10:00 resolved\n", i, i%7, i%200)
	}
	j := journalOf(t, tickets.String())
	for m, r := range take(t, contractOf(t, lines.String()), j, 3, "2026-06", "2026-08-01").Results(0, 0) {
		want := int64(0)
		for i := range 1400 {
			if i%7 == m%7 || i%200 == m {
				want++
			}
		}
		if r.Met != want || len(r.Aside) != 1 || r.Aside[0].Tickets != 1400-want {
			t.Errorf("M%d: %d tickets and %v aside, want %d", m, r.Met, r.Aside, want)
		}
	}
}

// TestExclusions takes tickets out, each with the rule that says so.
func TestExclusions(t *testing.T) {
	const who = ", clause: cl-9, author: ann, approvedBy: bob, "
	const second = "  - {id: N, share: {clock: resolve}}\n"
	const by = " (asked by ann, approved by bob) [cl-9] "
	const tickets = inTime + late + "INC-9 09T09:00 opened party=alpha kind=drill; 09T15:00 resolved\n" + never
	for _, x := range []counts{
		{"by scope", "share: {clock: resolve}", "exclusions: [{id: x, reason: drill" + who + `scope: 'kind == "drill"'}]`, tickets, "1/2; INC-1 met 3600; INC-2 missed 21600; - INC-9 drill" + by + "[x]"},
		{"by name", "share: {clock: resolve}", "exclusions: [{id: x, reason: flood" + who + "tickets: [INC-2, INC-4, INC-404]}]", tickets, "1/2; INC-1 met 3600; INC-9 missed 21600; - INC-2 flood" + by + "[x]"},
		{
			"the first that fits", "share: {clock: resolve}", "exclusions: [{id: x, reason: flood" + who + "tickets: [INC-9]}, {id: y, reason: drill" + who + `scope: 'kind == "drill"'}]`,
			tickets, "1/2; INC-1 met 3600; INC-2 missed 21600; - INC-9 flood" + by + "[x]",
		},
		{"of another measure", "share: {clock: resolve}", second + "exclusions: [{id: x, reason: flood" + who + "tickets: [INC-2], measures: [N]}]", tickets, "1/3; INC-1 met 3600; INC-2 missed 21600; INC-9 missed 21600"},
		{"of this measure", "share: {clock: resolve}", second + "exclusions: [{id: x, reason: flood" + who + "tickets: [INC-2], measures: [N, M]}]", tickets, "1/2; INC-1 met 3600; INC-9 missed 21600; - INC-2 flood" + by + "[x]"},
		{"from the day it opened", "share: {clock: resolve}", "exclusions: [{id: x, reason: flood" + who + "tickets: [INC-1, INC-2], from: 2026-06-02, to: 2026-06-03}]", tickets, "1/2; INC-1 met 3600; INC-9 missed 21600; - INC-2 flood" + by + "[x]"},
		{
			"by relief", "share: {clock: resolve}", "exclusions: [{id: flood, reason: relief" + who + "tickets: [INC-404]}]",
			inTime + strings.TrimSuffix(late, "\n") + "; 05T09:00 excused reason=flood", "1/1; INC-1 met 3600; - INC-2 relief" + by + "[flood]",
		},
		{"by relief that the contract does not know", "share: {clock: resolve}", "", strings.TrimSuffix(late, "\n") + "; 05T09:00 excused reason=flood", "0/1; INC-2 missed 21600"},
		{
			"children of a major incident", "share: {clock: resolve}", "majorIncidents: parent-only",
			inTime + "INC-2 02T09:00 opened party=alpha; 02T10:00 linked reason=parent related=INC-1; 02T15:00 resolved\nINC-3 02T09:00 opened party=alpha; 02T10:00 linked reason=merged-into related=INC-1; 02T15:00 resolved",
			"1/1; INC-1 met 3600; - INC-2 counted once, by INC-1; - INC-3 counted once, by INC-1",
		},
		{
			"children one by one", "share: {clock: resolve}", "majorIncidents: each-ticket",
			inTime + "INC-2 02T09:00 opened party=alpha; 02T10:00 linked reason=parent related=INC-1; 02T15:00 resolved", "1/2; INC-1 met 3600; INC-2 missed 21600",
		},
		{"no target", "share: {clock: held}", "", "A 01T09:00 opened party=alpha priority=P9; 01T10:00 resolved", "0/0; - A the contract sets no target for clock held of this ticket"},
		{"never started", "share: {clock: held}, attribution: service-tower", "", "A 01T09:00 opened service=print; 01T10:00 resolved", "0/0; - A clock held never started [cl-3]"},
		{"never started, by the breach", "share: {clock: held}, attribution: service-tower, countsIn: breach", "", "A 01T09:00 opened service=print; 01T10:00 resolved", "0/0; - A clock held never started [cl-3]"},
		{"running", "share: {clock: resolve}, countsIn: opening", "", "A 30T23:00 opened party=alpha; 2026-07-31T23:59 reopened\nB 30T22:00 opened party=alpha", "0/2; A missed 2682000; B missed 2685600"},
		{"running, timed", "mean: {clock: resolve}, countsIn: opening", "", open, "0/0; - INC-6 clock resolve still runs [cl-2]"},
	} {
		t.Run(x.name, x.run)
	}
	t.Run("running, in time", func(t *testing.T) {
		j := journalOf(t, open)
		r := take(t, one(t, "share: {clock: resolve}, countsIn: opening"), j, 1, "2026-06", "06T10:00").Results(0, 0)[0]
		if got, want := says(j, &r), "0/0; - INC-6 clock resolve still runs and its target is not reached [cl-2]"; got != want {
			t.Errorf("says %s, want %s", got, want)
		}
	})
}
