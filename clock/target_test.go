package clock_test

import (
	"strings"
	"testing"

	"towerbridge/clock"
	"towerbridge/span"
)

// TestUnits holds that a day of work, an end of day and 24 open hours are three things.
func TestUnits(t *testing.T) {
	for _, x := range []reads{
		{
			name: "a business day is the same hour of the next one", clock: "stop: resolved, calendar: office", targets: []string{"businessDays: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-08T11:20 resolved", asOf: "2026-06-09T00:00",
			want: "met 28800 of 28800 due Mon 2026-06-08 11:20:00 BST",
		},
		{
			name: "a second more than a business day", clock: "stop: resolved, calendar: office", targets: []string{"businessDays: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-08T11:20:01 resolved", asOf: "2026-06-09T00:00",
			want: "missed 28801 of 28800 due Mon 2026-06-08 11:20:00 BST", breach: "Mon 2026-06-08 11:20:01 BST",
		},
		{
			name: "a pause moves a business day", clock: "stop: resolved, calendar: office, pauses: [user]", targets: []string{"businessDays: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-05T12:00 paused reason=user; 2026-06-05T13:00 resumed; 2026-06-08T12:20 resolved", asOf: "2026-06-09T00:00",
			want: "met 28800 of 28800 due Mon 2026-06-08 12:20:00 BST", pauses: "05/12:00-05/13:00 3600",
		},
		{
			name: "the end of the next business day", clock: "stop: resolved, calendar: office", targets: []string{"endOfBusinessDay: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-08T17:00 resolved", asOf: "2026-06-09T00:00",
			want: "met 49200 of 49200 due Mon 2026-06-08 17:00:00 BST",
		},
		{
			name: "and a second late, with no open time passed", clock: "stop: resolved, calendar: office", targets: []string{"endOfBusinessDay: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-08T17:00:01 resolved", asOf: "2026-06-09T00:00",
			want: "missed 49200 of 49200 due Mon 2026-06-08 17:00:00 BST", breach: "Mon 2026-06-08 17:00:01 BST",
		},
		{
			name: "a pause does not move a date", clock: "stop: resolved, calendar: office, pauses: [user]", targets: []string{"endOfBusinessDay: 1"},
			entries: "2026-06-05T11:20 opened; 2026-06-05T12:00 paused reason=user; 2026-06-08T16:00 resumed; 2026-06-08T18:00 resolved", asOf: "2026-06-09T00:00",
			want: "missed 6000 of 49200 due Mon 2026-06-08 17:00:00 BST", breach: "Mon 2026-06-08 17:00:01 BST", pauses: "05/12:00-08/16:00 43200",
		},
		{
			name: "24 hours are three days of eight", clock: "stop: resolved, calendar: office", targets: []string{"within: 24h"},
			entries: "2026-06-05T11:20 opened", asOf: "2026-06-05T12:20",
			want: "running 3600 of 86400 due Wed 2026-06-10 11:20:00 BST",
		},
		{
			name: "a date that is past while it runs", clock: "stop: resolved, calendar: office", targets: []string{"endOfBusinessDay: 0"},
			entries: "2026-06-05T11:20 opened", asOf: "2026-06-05T17:00:01",
			want: "missed 20400 of 20400 due Fri 2026-06-05 17:00:00 BST", breach: "Fri 2026-06-05 17:00:01 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestOpenEnds asks for what a clock says when there is no plain answer.
func TestOpenEnds(t *testing.T) {
	four := []string{"within: 4h"}
	end := calendars(t)["banked"].Range().To
	for _, x := range []reads{
		{
			name: "no target", clock: "stop: resolved, calendar: always", targets: []string{"priorities: [P1], within: 4h"},
			entries: "2026-06-01T09:00 opened priority=P3; 2026-06-01T10:00 resolved", asOf: "2026-06-02T00:00", want: "no-target 3600 of 0 due never",
		},
		{
			name: "not started", clock: "start: assigned, stop: resolved, calendar: always", targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 noted", asOf: "2026-06-02T00:00", want: "not-started 0 of 0 due never",
		},
		{
			name: "beyond what the calendar knows", clock: "stop: resolved, calendar: banked", targets: four,
			entries: local2(end-3600) + " opened; " + local2(end+3600) + " resolved", asOf: local2(end + 7200), want: "unknown 0 of 0 due never",
			problems: "calendar banked has no working time known for all of " + (end - 3600).String() + " to " + (end + 3600).String(),
		},
		{
			name: "the target lies beyond what the calendar knows", clock: "stop: resolved, calendar: banked", targets: []string{"businessDays: 30"},
			entries: local2(end-21*86400) + " opened", asOf: local2(end - 21*86400), want: "unknown 0 of 0 due never",
			problems: "calendar banked does not reach the target of clock k",
		},
		{
			name: "due beyond what the calendar knows, and met", clock: "stop: resolved, calendar: banked", targets: []string{"within: 400h"},
			entries: local2(end-21*86400) + " opened; " + local2(end-20*86400) + " resolved", asOf: local2(end), want: "met 28800 of 1440000 due never",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestCancelled tells a ticket that was cancelled from one that was resolved before.
func TestCancelled(t *testing.T) {
	c := oneClock(t, "stop: resolved, calendar: always", "within: 4h")
	for _, x := range []struct {
		name, entries string
		want          bool
	}{
		{"cancelled", "2026-06-01T09:00 opened; 2026-06-01T10:00 cancelled", true},
		{"cancelled and closed", "2026-06-01T09:00 opened; 2026-06-01T10:00 cancelled; 2026-06-01T11:00 closed", true},
		{"resolved first", "2026-06-01T09:00 opened; 2026-06-01T10:00 resolved; 2026-06-01T11:00 cancelled", false},
		{"noted afterwards", "2026-06-01T09:00 opened; 2026-06-01T10:00 cancelled; 2026-06-01T11:00 noted", true},
		{"reopened and cancelled", "2026-06-01T09:00 opened; 2026-06-01T10:00 resolved; 2026-06-01T11:00 reopened; 2026-06-01T12:00 cancelled", true},
		{"reopened and resolved", "2026-06-01T09:00 opened; 2026-06-01T10:00 cancelled; 2026-06-01T11:00 reopened; 2026-06-01T12:00 resolved", false},
		{"open", "2026-06-01T09:00 opened", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := tell(t, c, x.entries, "2026-06-02T00:00").read(0).Cancelled; got != x.want {
				t.Errorf("cancelled %t, want %t", got, x.want)
			}
		})
	}
}

const changing = `
clocks:
  - {id: k, stop: resolved, calendar: always, pauses: [late]}
targets:
  - {clock: k, within: 4h, to: 2026-06-10}
  - {clock: k, within: 2h, from: 2026-06-10}
termsAt: `

// TestTermsByDate asks which dated terms hold for a ticket: the target changes on
// 10 June, and from then on a pause is no longer agreed.
func TestTermsByDate(t *testing.T) {
	for _, x := range []struct{ name, termsAt, entries, asOf, want string }{
		{
			"of the opening", "opening", "2026-06-09T23:59:59 opened; 2026-06-10T02:00 resolved", "2026-07-20T00:00",
			"met 7201 of 14400 due Wed 2026-06-10 03:59:59 BST",
		},
		{
			"of the opening, on the day of the change", "opening", "2026-06-10T00:00 opened; 2026-06-10T02:00:01 resolved", "2026-07-20T00:00",
			"missed 7201 of 7200 due Wed 2026-06-10 02:00:00 BST",
		},
		{
			"of the opening, for a pause later", "opening", "2026-06-09T22:00 opened; 2026-06-10T01:00 paused reason=late; 2026-06-10T05:00 resumed; 2026-06-10T06:00 resolved", "2026-07-20T00:00",
			"met 14400 of 14400 due Wed 2026-06-10 06:00:00 BST",
		},
		{
			"of the opening, when the pause is no longer agreed", "opening", "2026-06-10T00:00 opened; 2026-06-10T01:00 paused reason=late; 2026-06-10T05:00 resumed; 2026-06-10T06:00 resolved", "2026-07-20T00:00",
			"missed 21600 of 7200 due Wed 2026-06-10 02:00:00 BST",
		},
		{
			"of the period's start, in June", "period-start", "2026-06-12T00:00 opened; 2026-06-12T03:00 resolved", "2026-07-20T00:00",
			"met 10800 of 14400 due Fri 2026-06-12 04:00:00 BST",
		},
		{
			"of the period's start, in July by local time", "period-start", "2026-06-30T22:00 opened; 2026-07-01T00:30 resolved", "2026-07-20T00:00",
			"missed 9000 of 7200 due Wed 2026-07-01 00:00:00 BST",
		},
		{
			"of the period's start, in June by local time", "period-start", "2026-06-30T21:00 opened; 2026-06-30T23:59:59 resolved", "2026-07-20T00:00",
			"met 10799 of 14400 due Wed 2026-07-01 01:00:00 BST",
		},
		{
			"of the period it is read in while it runs", "period-start", "2026-06-30T21:00 opened", "2026-07-01T00:00",
			"missed 10800 of 7200 due Tue 2026-06-30 23:00:00 BST",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := tell(t, contractOf(t, changing+x.termsAt), x.entries, x.asOf)
			if got := says(s.read(0)); got != x.want {
				t.Errorf("says %s\nwant %s", got, x.want)
			}
		})
	}
}

// TestStateThatCounts holds that a ticket is about what it is known to be about at
// last, with the priority it had when the clock stopped.
func TestStateThatCounts(t *testing.T) {
	c := oneClock(t, "stop: resolved, calendars: [{services: [mail], calendar: office}], calendar: always",
		"services: [mail], priorities: [P1], within: 1h", "services: [mail], within: 4h", "within: 40h")
	for _, x := range []struct{ name, entries, want string }{
		{
			"the service is corrected afterwards", "2026-06-01T16:00 opened service=print priority=P3; 2026-06-02T10:00 resolved; 2026-06-03T10:00 changed service=mail",
			"met 7200 of 14400 due Tue 2026-06-02 12:00:00 BST",
		},
		{
			"the priority changes afterwards", "2026-06-01T16:00 opened service=mail priority=P3; 2026-06-02T10:00 resolved; 2026-06-03T10:00 changed priority=P1",
			"met 7200 of 14400 due Tue 2026-06-02 12:00:00 BST",
		},
		{
			"the priority changes before", "2026-06-01T16:00 opened service=mail priority=P3; 2026-06-02T09:30 changed priority=P1; 2026-06-02T10:00 resolved",
			"missed 7200 of 3600 due Mon 2026-06-01 17:00:00 BST",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := says(tell(t, c, x.entries, "2026-06-09T00:00").read(0)); got != x.want {
				t.Errorf("says %s\nwant %s", got, x.want)
			}
		})
	}
}

// TestLegs tiles a ticket's life between those whose time it is.
func TestLegs(t *testing.T) {
	plain := contractOf(t, "clocks:\n  - {id: k, stop: resolved, calendar: always}\n")
	const busy = "2026-06-01T09:00 opened; 2026-06-01T09:10 assigned party=siam; 2026-06-01T09:20 assigned party=alpha; " +
		"2026-06-01T10:00 paused reason=user; 2026-06-01T11:00 resumed; 2026-06-01T11:10 paused reason=change; 2026-06-01T11:20 resumed; " +
		"2026-06-01T11:30 disputed; 2026-06-01T11:40 settled; 2026-06-01T12:00 assigned party=force; 2026-06-01T12:05 assigned party=alpha; " +
		"2026-06-01T13:00 resolved; 2026-06-01T14:00 reopened; 2026-06-01T15:00 resolved; 2026-06-02T15:00 closed"
	for _, x := range []struct{ name, legs, entries, want string }{
		{
			"every kind", "", busy,
			"unowned 600 siam, integrator 600 siam, supplier 2400 alpha, customer 3600 force, supplier 600 alpha, integrator 600 siam, supplier 600 alpha, " +
				"disputed 600 alpha, supplier 1200 alpha, customer 300 force, supplier 3300 alpha, customer 3600 force, supplier 3600 alpha",
		},
		{
			"resolved time is the supplier's", "legs: {resolvedTime: supplier}\n", "2026-06-01T09:00 opened party=alpha; 2026-06-01T10:00 resolved; 2026-06-01T11:00 reopened; 2026-06-01T12:00 resolved",
			"supplier 3600 alpha, supplier 3600 alpha, supplier 3600 alpha",
		},
		{
			"the supplier's pause wins over the customer's", "legs: {precedence: [supplier, customer, integrator, unowned, disputed]}\n",
			"2026-06-01T09:00 opened party=force; 2026-06-01T10:00 paused reason=user; 2026-06-01T11:00 paused reason=parts; 2026-06-01T12:00 resolved",
			"customer 3600 force, customer 3600 force, supplier 3600 force",
		},
		{"still open", "", "2026-06-01T09:00 opened party=alpha", "supplier 140400 alpha"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := plain
			if x.legs != "" {
				c = contractOf(t, x.legs+"clocks:\n  - {id: k, stop: resolved, calendar: always}\n")
			}
			s := tell(t, c, x.entries, "2026-06-03T00:00")
			if got := legsOf(s); got != x.want {
				t.Errorf("legs %s\nwant %s", got, x.want)
			}
		})
	}
}

// TestReasonsInOrder holds that reasons are shown in the contract's order, then in
// that of the journal.
func TestReasonsInOrder(t *testing.T) {
	s := tell(t, oneClock(t, "stop: resolved, calendar: always"),
		"2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=lunch; 2026-06-01T10:00 paused reason=change; 2026-06-01T10:00 paused reason=tea; 2026-06-01T10:00 paused reason=user",
		"2026-06-01T12:00")
	var got []string
	for _, reason := range s.ReasonsOf(s.Last().Pauses) {
		got = append(got, s.Journal.Name(reason))
	}
	if want := "user change lunch tea"; strings.Join(got, " ") != want {
		t.Errorf("reasons %v, want %s", got, want)
	}
}

func TestWords(t *testing.T) {
	for v, want := range map[clock.Verdict]string{clock.NotStarted: "not-started", clock.NoTarget: "no-target", clock.Running: "running", clock.Met: "met", clock.Missed: "missed", clock.Unknown: "unknown"} {
		if v.String() != want {
			t.Errorf("verdict %d is %s, want %s", v, v, want)
		}
	}
	for _, x := range []struct {
		ratio       clock.Ratio
		whole, ceil int64
	}{{clock.Ratio{}, 0, 0}, {clock.Ratio{Num: 6, Den: 3}, 2, 2}, {clock.Ratio{Num: 7, Den: 3}, 2, 3}, {clock.Ratio{Num: 1, Den: 3}, 0, 1}} {
		if x.ratio.Whole() != x.whole || x.ratio.Ceil() != x.ceil {
			t.Errorf("%v is %d or %d, want %d or %d", x.ratio, x.ratio.Whole(), x.ratio.Ceil(), x.whole, x.ceil)
		}
	}
	if r := (clock.Reading{Stop: span.Never}); r.Stopped() {
		t.Error("a clock that never stops has stopped")
	}
}
