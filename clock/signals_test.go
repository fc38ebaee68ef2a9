package clock_test

import (
	"strings"
	"testing"
)

// oneDay is a ticket that passes every stage at an hour of its own on 1 June 2026.
const oneDay = "2026-06-01T00:00 opened; 2026-06-01T01:00 assigned party=beta; 2026-06-01T02:00 accepted; " +
	"2026-06-01T03:00 assigned party=alpha; 2026-06-01T05:00 accepted; 2026-06-01T06:00 responded; " +
	"2026-06-01T09:00 resolved; 2026-06-01T12:00 closed"

// TestSignals reads the clock between each two signals.
func TestSignals(t *testing.T) {
	for _, x := range []struct{ start, stop, more, want string }{
		{"opened", "assigned", "", "met 3600"},
		{"opened", "accepted", "", "met 7200"},
		{"opened", "in-progress", "", "met 7200"},
		{"opened", "responded", "", "met 21600"},
		{"opened", "resolved", "", "met 32400"},
		{"opened", "closed", "", "missed 43200"},
		{"assigned", "resolved", "", "met 28800"},
		{"assigned", "resolved", "runsFor: supplier", "met 21600"},
		{"accepted", "resolved", "", "met 28800"}, // without an acceptance time an offer is taken on at once
		{"accepted", "resolved", "runsFor: supplier", "met 21600"},
		{"in-progress", "resolved", "", "met 25200"},
		{"in-progress", "resolved", "runsFor: supplier", "met 14400"},
		{"in-progress", "responded", "", "met 14400"},
		{"responded", "resolved", "", "met 10800"},
		{"resolved", "closed", "", "met 10800"},
		{"opened", "assigned", "stopBy: supplier", "met 10800"},
		{"opened", "accepted", "stopBy: supplier", "met 18000"},
		{"opened", "in-progress", "stopBy: supplier", "met 18000"},
	} {
		t.Run(x.start+" to "+x.stop+" "+x.more, func(t *testing.T) {
			settings := "start: " + x.start + ", stop: " + x.stop + ", calendar: always"
			if x.more != "" {
				settings += ", " + x.more
			}
			r := tell(t, oneClock(t, settings, "within: 10h"), oneDay, "2026-07-01T00:00").read(0)
			if got := says(r); !strings.HasPrefix(got, x.want+" of 36000") {
				t.Errorf("says %s, want %s", got, x.want)
			}
		})
	}
}

// TestStopBy asks whose act stops a clock.
func TestStopBy(t *testing.T) {
	hour := []string{"within: 1h"}
	for _, x := range []reads{
		{
			name: "another party's answer does not", clock: "stop: responded, stopBy: supplier, calendar: always", targets: hour,
			entries: "2026-06-01T09:00 opened party=beta; 2026-06-01T09:10 responded; 2026-06-01T09:20 assigned party=alpha; 2026-06-01T09:50 noted",
			asOf:    "2026-06-01T10:00", want: "running 3600 of 3600 due Mon 2026-06-01 10:00:00 BST",
		},
		{
			name: "the supplier's own answer does", clock: "stop: responded, stopBy: supplier, calendar: always", targets: hour,
			entries: "2026-06-01T09:00 opened party=beta; 2026-06-01T09:10 responded; 2026-06-01T09:20 assigned party=alpha; 2026-06-01T09:50 responded",
			asOf:    "2026-06-01T10:00", want: "met 3000 of 3600 due Mon 2026-06-01 10:00:00 BST",
		},
		{
			name: "only the supplier's resolution does", clock: "stop: resolved, stopBy: supplier, calendar: always", targets: hour,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T09:30 assigned party=beta; 2026-06-01T09:40 resolved",
			asOf:    "2026-06-01T11:00", want: "missed 7200 of 3600 due Mon 2026-06-01 10:00:00 BST", breach: "Mon 2026-06-01 10:00:01 BST",
		},
		{
			name: "anyone's does", clock: "stop: resolved, calendar: always", targets: hour,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T09:30 assigned party=beta; 2026-06-01T09:40 resolved",
			asOf:    "2026-06-01T11:00", want: "met 2400 of 3600 due Mon 2026-06-01 10:00:00 BST",
		},
		{
			name: "a resolution ends the wait for an answer", clock: "stop: responded, calendar: always", targets: hour,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T09:30 resolved",
			asOf:    "2026-06-01T11:00", want: "met 1800 of 3600 due Mon 2026-06-01 10:00:00 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestRunsFor sums the stretches in which the supplier holds the ticket.
func TestRunsFor(t *testing.T) {
	four := []string{"within: 4h"}
	settings := "stop: resolved, runsFor: supplier, calendar: always"
	for _, x := range []reads{
		{
			name: "handed over", clock: settings, targets: four,
			entries: "2026-06-01T09:00 opened party=beta; 2026-06-01T11:00 assigned party=alpha; 2026-06-01T12:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 3600 of 14400 due Mon 2026-06-01 15:00:00 BST",
		},
		{
			name: "to and fro is one clock, not two", clock: settings, targets: four,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T11:00 assigned party=beta; 2026-06-01T15:00 assigned party=alpha; " +
				"2026-06-01T16:00 assigned party=beta; 2026-06-01T18:00 assigned party=alpha; 2026-06-01T19:30 resolved",
			asOf: "2026-06-02T00:00", want: "missed 16200 of 14400 due Mon 2026-06-01 19:00:00 BST", breach: "Mon 2026-06-01 19:00:01 BST",
		},
		{
			name: "with somebody else now", clock: settings, targets: four,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T11:00 assigned party=beta",
			asOf:    "2026-06-01T20:00", want: "running 7200 of 14400 due Mon 2026-06-01 22:00:00 BST",
		},
		{
			name: "nobody is not a supplier whom the journal never mentions", clock: settings, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T15:00 noted",
			asOf:    "2026-06-01T20:00", want: "running 0 of 14400 due Tue 2026-06-02 00:00:00 BST",
		},
		{
			name: "the supplier's own pause stands too", clock: settings + ", pauses: [user]", targets: four,
			entries: "2026-06-01T09:00 opened party=alpha; 2026-06-01T10:00 paused reason=user; 2026-06-01T12:00 resumed; 2026-06-01T13:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 7200 of 14400 due Mon 2026-06-01 15:00:00 BST", pauses: "01/10:00-01/12:00 7200",
		},
	} {
		t.Run(x.name, x.run)
	}
}

const accepting = `
legs: {acceptWithin: 1h, acceptCalendar: office}
clocks:
  - {id: k, stop: resolved, runsFor: supplier, calendar: always}
  - {id: taken, start: assigned, stop: accepted, calendar: always}
targets:
  - {clock: k, within: 4h}
  - {clock: taken, within: 30m}
`

// TestAcceptance holds that a ticket is nobody's until it is taken on or its
// acceptance time is over, and that a supplier's own teams take none.
func TestAcceptance(t *testing.T) {
	c := contractOf(t, accepting)
	for _, x := range []struct{ name, entries, asOf, runs, taken, legs string }{
		{
			"taken on in time", "2026-06-01T09:00 opened party=beta; 2026-06-01T10:00 assigned party=alpha; 2026-06-01T10:20 accepted; 2026-06-01T12:00 resolved",
			"2026-06-02T00:00", "met 6000 of 14400 due Mon 2026-06-01 14:20:00 BST", "missed 4800 of 1800 due Mon 2026-06-01 09:30:00 BST",
			"unowned 3600 siam, unowned 1200 siam, supplier 6000 alpha",
		},
		{
			"the time is over", "2026-06-01T09:00 opened; 2026-06-01T10:00 assigned party=alpha; 2026-06-01T11:30 accepted; 2026-06-01T12:00 resolved",
			"2026-06-02T00:00", "met 3600 of 14400 due Mon 2026-06-01 15:00:00 BST", "missed 3600 of 1800 due Mon 2026-06-01 10:30:00 BST",
			"unowned 3600 siam, unowned 3600 siam, supplier 1800 alpha, supplier 1800 alpha",
		},
		{
			"over on the next working day", "2026-06-05T16:30 opened; 2026-06-05T16:30 assigned party=alpha; 2026-06-08T12:00 resolved",
			"2026-06-09T00:00", "met 9000 of 14400 due Mon 2026-06-08 13:30:00 BST", "missed 234000 of 1800 due Fri 2026-06-05 17:00:00 BST",
			"unowned 234000 siam, supplier 9000 alpha",
		},
		{
			"a second team of the same party takes no time", "2026-06-01T09:00 opened; 2026-06-01T09:00 assigned party=alpha team=desk; 2026-06-01T09:10 accepted; " +
				"2026-06-01T10:00 assigned party=alpha team=field; 2026-06-01T12:00 resolved",
			"2026-06-02T00:00", "met 10200 of 14400 due Mon 2026-06-01 13:10:00 BST", "met 600 of 1800 due Mon 2026-06-01 09:30:00 BST",
			"unowned 600 siam, supplier 3000 alpha, supplier 7200 alpha",
		},
		{
			"offered still", "2026-06-01T09:00 opened; 2026-06-01T10:00 assigned party=alpha", "2026-06-01T10:30",
			"running 0 of 14400 due Mon 2026-06-01 14:30:00 BST", "running 1800 of 1800 due Mon 2026-06-01 10:30:00 BST", "unowned 3600 siam, unowned 1800 siam",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := tell(t, c, x.entries, x.asOf)
			if got := says(s.read(0)); got != x.runs {
				t.Errorf("runs: %s\nwant  %s", got, x.runs)
			}
			if got := says(s.clock(1)); got != x.taken {
				t.Errorf("taken: %s\nwant   %s", got, x.taken)
			}
			if got := legsOf(s); got != x.legs {
				t.Errorf("legs %s\nwant %s", got, x.legs)
			}
		})
	}
}

// TestAcceptanceBeyondTheCalendar holds that an acceptance time nobody can know
// leaves the verdict open.
func TestAcceptanceBeyondTheCalendar(t *testing.T) {
	c := contractOf(t, strings.Replace(accepting, "acceptCalendar: office", "acceptCalendar: banked", 1))
	last := c.Acceptance.Range().To
	entries := local2(last-3600) + " opened; " + local2(last-1800) + " assigned party=alpha"
	r := tell(t, c, entries, local2(last+86400)).read(0)
	if r.Verdict.String() != "unknown" || !strings.HasPrefix(r.Problem, "calendar banked does not reach the end of the acceptance time from ") {
		t.Errorf("%s, %q", r.Verdict, r.Problem)
	}
}

// TestRejection asks what becomes of the resolution that a supplier refused.
func TestRejection(t *testing.T) {
	const rejected = "2026-06-01T09:00 opened party=alpha; 2026-06-01T09:10 responded; 2026-06-01T10:00 rejected reason=not-ours"
	for _, x := range []struct {
		name, clock, entries string
		want                 bool
	}{
		{"a resolution is not theirs", "stop: resolved", rejected + "; 2026-06-01T11:00 resolved", true},
		{"nor a closure", "stop: closed", rejected + "; 2026-06-01T11:00 resolved; 2026-06-01T12:00 closed", true},
		{"the answer stands", "stop: responded", rejected, false},
		{"unless the contract says it counts", "stop: resolved, rejection: counts", rejected + "; 2026-06-01T11:00 resolved", false},
		{"somebody else has it now", "stop: resolved", rejected + "; 2026-06-01T11:00 assigned party=beta; 2026-06-01T12:00 resolved", true},
		{"they took it on after all", "stop: resolved", rejected + "; 2026-06-01T11:00 assigned party=alpha; 2026-06-01T12:00 resolved", false},
		{"another supplier's rejection", "stop: resolved", "2026-06-01T09:00 opened party=beta; 2026-06-01T10:00 rejected reason=not-ours; 2026-06-01T11:00 assigned party=alpha", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := tell(t, oneClock(t, x.clock+", calendar: always", "within: 8h"), x.entries, "2026-06-02T00:00").read(0)
			if r.Rejected != x.want {
				t.Errorf("rejected %t, want %t", r.Rejected, x.want)
			}
		})
	}
}
