package measure_test

import "testing"

const (
	inTime = "INC-1 01T09:00 opened party=alpha; 01T10:00 resolved\n"
	late   = "INC-2 02T09:00 opened party=alpha; 02T15:00 resolved\n"
	other  = "INC-3 03T09:00 opened party=alpha; 03T10:00 assigned party=beta; 03T11:00 resolved\n"
	never  = "INC-4 04T09:00 opened party=beta; 04T10:00 resolved\n"
	gone   = "INC-5 05T09:00 opened party=alpha; 05T10:00 cancelled\n"
	open   = "INC-6 06T09:00 opened party=alpha\n"
	july   = "INC-7 30T09:00 opened party=alpha; 2026-07-01T00:00 resolved\n"
	last   = "INC-8 30T22:00 opened party=alpha; 30T23:59:59 resolved\n"
	all    = inTime + late + other + never + gone + open + july + last
)

// TestKinds takes every kind of measure of the same tickets.
func TestKinds(t *testing.T) {
	const cancelled = "; - INC-5 cancelled before it was resolved; ~ 1 attributed to another party"
	const reopening = "INC-1 01T09:00 opened party=alpha; 01T10:00 resolved; 01T12:00 reopened; 01T13:00 resolved\n" +
		"INC-2 02T09:00 opened party=alpha; 02T10:00 resolved; 04T12:00 reopened; 04T13:00 resolved\n" + "INC-3 03T09:00 opened party=alpha; 03T10:00 resolved\n"
	const teams = "INC-1 01T09:00 opened party=alpha team=desk line=1; 01T10:00 resolved; 01T12:00 assigned party=siam team=closers; 01T12:00 closed\n" +
		"INC-2 02T09:00 opened party=alpha team=desk line=1; 02T10:00 assigned party=alpha team=field line=2; 02T11:00 resolved\n" +
		"INC-3 03T09:00 opened party=alpha team=field line=2; 03T10:00 resolved\n" +
		"INC-4 04T09:00 opened party=beta team=net line=1; 04T10:00 assigned party=alpha team=desk line=1; 04T10:30 assigned party=beta team=net line=1; " +
		"04T11:00 assigned party=alpha team=desk line=1; 04T12:00 resolved\n"
	for _, x := range []counts{
		{"share", "share: {clock: resolve}", "", all, "2/3; INC-1 met 3600; INC-2 missed 21600; INC-8 met 7199" + cancelled},
		{"mean", "mean: {clock: resolve}", "", all, "32399/3; INC-1 3600; INC-2 21600; INC-8 7199" + cancelled},
		{"percentile", "percentile: {clock: resolve, share: 50%}", "", all, "7199/1; INC-1 3600; INC-2 21600; INC-8 7199" + cancelled},
		{"count of the resolved", "count: {of: resolved}", "", all, "3/1; INC-1 met 1; INC-2 met 1; INC-8 met 1" + cancelled},
		{"count of the opened, who have them now", "count: {of: opened}", "", all, "6/1; INC-1 met 1; INC-2 met 1; INC-5 met 1; INC-6 met 1; INC-7 met 1; INC-8 met 1; ~ 1 attributed to another party"},
		{"count of the closed", "count: {of: closed}", "", inTime + "INC-9 09T09:00 opened party=alpha; 09T10:00 resolved; 12T10:00 closed", "1/1; INC-9 met 1"},
		{"count of the reopened", "count: {of: reopened}", "", reopening, "2/1; INC-1 met 1; INC-2 met 1"},
		{
			"count of the rejected, whoever has them since", "count: {of: rejected}", "",
			"INC-1 01T09:00 opened party=alpha; 01T10:00 rejected; 01T11:00 assigned party=beta; 01T12:00 rejected; 01T13:00 resolved\n" +
				"INC-2 01T09:00 opened party=beta; 01T10:00 rejected; 01T11:00 assigned party=alpha; 01T13:00 resolved", "1/1; INC-1 met 1",
		},
		{"first time", "firstTimeFix: {}", "", teams, "2/4; INC-1 met 0; INC-2 missed 0; INC-3 met 0; INC-4 missed 0"},
		{"first time, on the first line", "firstTimeFix: {line: 1}", "", teams, "1/4; INC-1 met 0; INC-2 missed 0; INC-3 missed 0; INC-4 missed 0"},
		{"first time, and reopened", "firstTimeFix: {}", "", reopening, "1/3; INC-1 missed 0; INC-2 missed 0; INC-3 met 0"},
		{"reopened ever", "reopenRate: {}", "", reopening, "2/3; INC-1 met 0; INC-2 met 0; INC-3 missed 0"},
		{"reopened within two hours", "reopenRate: {within: 2h}", "", reopening, "1/3; INC-1 met 0; INC-2 missed 0; INC-3 missed 0"},
		{"reopened within a second less", "reopenRate: {within: 1h59m59s}", "", reopening, "0/3; INC-1 missed 0; INC-2 missed 0; INC-3 missed 0"},
		{"hand-overs of parties", "handOvers: {}", "", teams, "4/4; INC-1 1; INC-2 0; INC-3 0; INC-4 3"},
		{"hand-overs of teams", "handOvers: {between: teams}", "", teams, "5/4; INC-1 1; INC-2 1; INC-3 0; INC-4 3"},
		{
			"age of the backlog", "backlog: {calendar: office}", "", inTime + open + "INC-9 29T09:00 opened party=alpha; 30T16:00 assigned party=beta\n" + july,
			"518400/2; INC-6 489600; INC-7 28800", // 6 June is a Saturday: 17 days from Monday the 8th
		},
		{"backlog older than a day", "backlog: {calendar: office, olderThan: 8h}", "", open + july, "1/2; INC-6 met 489600; INC-7 missed 28800"},
		{
			"backlog at the very end", "backlog: {calendar: always, olderThan: 1s}", "",
			"INC-1 30T23:59:59 opened party=alpha\nINC-2 2026-07-01T00:00 opened party=alpha\nINC-3 30T20:00 opened party=alpha; 30T23:59:59 resolved\nINC-4 30T20:00 opened party=alpha; 2026-07-01T00:00 resolved",
			"1/2; INC-1 missed 1; INC-4 met 14400",
		},
		{
			"external", "external: {series: calls}", "",
			"LINE 01T09:00 measured series=calls of=80/100; 02T09:00 measured series=calls of=15/100; 03T09:00 measured series=other of=1/1; 2026-07-01T00:00 measured series=calls of=1/100",
			"95/200; LINE 80; LINE 15",
		},
		{
			"external, corrected and withdrawn", "external: {series: calls}", "",
			"LINE 01T09:00 measured series=calls of=80/100 key=a; 01T09:00 measured series=calls of=90/100 key=b corrects=a; " +
				"02T09:00 measured series=calls of=5/100 key=c; 03T09:00 voided key=d corrects=c", "90/100; LINE 90",
		},
		{
			"survey, of the supplier's tickets", "survey: {series: csat}", "",
			"INC-1 01T09:00 opened party=alpha; 01T10:00 resolved; 02T10:00 measured series=csat of=4/5\n" +
				"INC-2 01T09:00 opened party=alpha; 01T09:30 assigned party=beta; 01T10:00 resolved; 02T10:00 measured series=csat of=1/5\n" +
				"INC-3 01T09:00 opened party=alpha; 01T10:00 resolved; 01T11:00 assigned party=siam; 01T12:00 closed; 02T10:00 measured series=csat of=3/5\n" +
				"INC-4 01T09:00 opened party=beta; 01T10:00 resolved; 02T10:00 measured series=csat of=2/5",
			"7/10; INC-1 4; INC-3 3; ~ 1 attributed to another party",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestAvailability holds the published rules on 30 days of 43,200 minutes with 430
// minutes down, and 240 of permitted maintenance.
func TestAvailability(t *testing.T) {
	const down = "INC-1 10T00:00 opened kind=outage service=mail party=beta; 10T07:10 resolved\n"
	const quiet = "CHG-1 12T00:00 opened kind=work service=mail party=alpha; 12T04:00 resolved\n"
	const rule = `availability: {services: [mail], calendar: always, downtime: 'kind == "outage"', maintenance: 'kind == "work"', denominator: `
	const excluded = "; - CHG-1 permitted maintenance"
	for _, x := range []counts{
		{"AV-1 less maintenance", rule + "less-maintenance}", "", down + quiet, "2551800/2577600; INC-1 missed 25800" + excluded},
		{"AV-2 total", rule + "total}", "", down + quiet, "2566200/2592000; INC-1 missed 25800" + excluded},
		{"maintenance is down", rule + "maintenance-is-down}", "", down + quiet, "2551800/2592000; INC-1 missed 25800" + excluded},
		{"nothing was down", rule + "total}", "", inTime, "2592000/2592000"},
		{
			"two tickets at once are down once", rule + "total}", "",
			down + "INC-2 10T07:00 opened kind=outage service=mail; 10T08:10 resolved", "2562600/2592000; INC-1 missed 25800; INC-2 missed 4200",
		},
		{
			"down during maintenance", rule + "less-maintenance}", "",
			quiet + "INC-2 12T03:00 opened kind=outage service=mail; 12T05:00 resolved", "2574000/2577600; INC-2 missed 3600" + excluded,
		},
		{
			"from the month before into the one after", rule + "total}", "",
			"INC-1 2026-05-31T23:00 opened kind=outage service=mail; 01T01:00 resolved\nINC-2 30T23:00 opened kind=outage service=mail",
			"2584800/2592000; INC-1 missed 3600; INC-2 missed 3600",
		},
		{"another service", rule + "total}", "", "INC-1 10T00:00 opened kind=outage service=print; 10T07:10 resolved", "2592000/2592000"},
		{"cancelled", rule + "total}", "", "INC-1 10T00:00 opened kind=outage service=mail; 10T07:10 cancelled", "2592000/2592000; - INC-1 cancelled before it was resolved"},
		{
			"out of the measure's own scope", rule + `total}, scope: 'priority == "P1"'`, "",
			"INC-1 10T00:00 opened kind=outage service=mail priority=P1; 10T01:00 resolved\nINC-2 11T00:00 opened kind=outage service=mail priority=P2; 11T01:00 resolved",
			"2588400/2592000; INC-1 missed 3600; ~ 1 out of the measure's scope",
		},
		{
			"excluded with reason", rule + "total}", relief, down,
			"2592000/2592000; - INC-1 flood (asked by ann, approved by bob) [cl-9] [flood]",
		},
	} {
		t.Run(x.name, x.run)
	}
}

const relief = `
exclusions:
  - {id: flood, reason: flood, clause: cl-9, author: ann, approvedBy: bob, tickets: [INC-1]}
`

// TestCalendarsThatEnd holds that nothing is counted by a calendar that does not know
// the time.
func TestCalendarsThatEnd(t *testing.T) {
	end := calendars(t)["banked"].Range().To
	j := journalOf(t, "INC-1 "+(end-3600).String()+" opened party=alpha kind=outage service=mail")
	year, month, _ := spanDate(end).Civil()
	when := periodOf(year, month)
	for settings, want := range map[string]string{
		"backlog: {calendar: banked}": "0/0; - INC-1 calendar banked has no working time known for all of " + (end - 3600).String() + " to " + when.To.Start(london).String(),
		`availability: {services: [mail], calendar: banked, downtime: 'kind == "outage"', denominator: total}`: "0/0",
	} {
		r := take(t, one(t, settings), j, 1, when.String(), "2199-01-01").Results(0, 0)[0]
		if got := says(j, &r); got != want || r.Measured || r.Failed {
			t.Errorf("says %s, measured %t\nwant %s", got, r.Measured, want)
		}
	}
}
