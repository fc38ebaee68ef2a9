package clock_test

import (
	"fmt"
	"strings"
	"testing"

	"towerbridge/clock"
	"towerbridge/journal"
)

// TestPauses asks what stands, for how long, and where the target then falls due.
func TestPauses(t *testing.T) {
	four := []string{"within: 4h"}
	both := "stop: resolved, calendar: always, pauses: [user, change]"
	for _, x := range []reads{
		{
			name: "two reasons at once are one stretch", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=user; 2026-06-01T11:00 paused reason=change; " +
				"2026-06-01T12:00 resumed reason=user; 2026-06-01T14:00 resumed reason=change; 2026-06-01T15:00 resolved",
			asOf: "2026-06-02T00:00", want: "met 7200 of 14400 due Mon 2026-06-01 17:00:00 BST",
			pauses: "01/10:00-01/11:00 3600, 01/11:00-01/12:00 3600, 01/12:00-01/14:00 7200",
		},
		{
			name: "a resumption without a reason ends both", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=user; 2026-06-01T11:00 paused reason=change; 2026-06-01T12:00 resumed; 2026-06-01T13:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 7200 of 14400 due Mon 2026-06-01 15:00:00 BST", pauses: "01/10:00-01/11:00 3600, 01/11:00-01/12:00 3600",
		},
		{
			name: "a reason of another clock does not count", clock: "stop: resolved, calendar: always, pauses: [user]", targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=change; 2026-06-01T12:00 resumed; 2026-06-01T12:30 resolved",
			asOf:    "2026-06-02T00:00", want: "met 12600 of 14400 due Mon 2026-06-01 13:00:00 BST",
		},
		{
			name: "a reason that the contract does not know does not count", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=lunch; 2026-06-01T12:00 resumed; 2026-06-01T12:30 resolved",
			asOf:    "2026-06-02T00:00", want: "met 12600 of 14400 due Mon 2026-06-01 13:00:00 BST",
		},
		{
			name: "created paused", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T09:00 paused reason=user; 2026-06-01T10:00 resumed",
			asOf:    "2026-06-01T10:30", want: "running 1800 of 14400 due Mon 2026-06-01 14:00:00 BST", pauses: "01/09:00-01/10:00 3600",
		},
		{
			name: "standing now, due at the earliest from now", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=user",
			asOf:    "2026-06-01T20:00", want: "running 3600 of 14400 due Mon 2026-06-01 23:00:00 BST", pauses: "01/10:00-01/20:00 36000",
		},
		{
			name: "resolved while it stood", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T10:00 paused reason=user; 2026-06-01T20:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 3600 of 14400 due Mon 2026-06-01 23:00:00 BST", pauses: "01/10:00-01/20:00 36000",
		},
		{
			name: "the pause begins on the very second of the target", clock: both, targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T13:00 paused reason=user; 2026-06-02T09:00 resumed; 2026-06-02T09:00:01 resolved",
			asOf:    "2026-06-03T00:00", want: "missed 14401 of 14400 due Mon 2026-06-01 13:00:00 BST", breach: "Tue 2026-06-02 09:00:01 BST",
			pauses: "01/13:00-02/09:00 72000",
		},
		{
			name: "closing time on the very second of the target", clock: "stop: resolved, calendar: office", targets: four,
			entries: "2026-06-05T13:00 opened; 2026-06-08T09:00:01 resolved",
			asOf:    "2026-06-09T00:00", want: "missed 14401 of 14400 due Fri 2026-06-05 17:00:00 BST", breach: "Mon 2026-06-08 09:00:01 BST",
		},
		{
			name: "closed hours after the target are not late", clock: "stop: resolved, calendar: office", targets: four,
			entries: "2026-06-05T13:00 opened; 2026-06-08T09:00 resolved",
			asOf:    "2026-06-09T00:00", want: "met 14400 of 14400 due Fri 2026-06-05 17:00:00 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}

var threeTargets = []string{"priorities: [P1], within: 4h", "priorities: [P2], within: 7h", "priorities: [P3], within: 16h"}

// TestPriorityChanges follows each policy through several changes.
func TestPriorityChanges(t *testing.T) {
	always := "stop: resolved, calendar: always"
	downAndUp := "2026-06-01T08:00 opened priority=P1; 2026-06-01T09:00 changed priority=P3; 2026-06-01T20:00 changed priority=P1; 2026-06-01T21:00 resolved"
	for _, x := range []reads{
		{
			name: "already past the new target before a pause", clock: always + ", pauses: [user]", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P3; 2026-06-01T13:00 paused reason=user; 2026-06-02T08:00 changed priority=P1; 2026-06-02T09:00 resumed",
			asOf:    "2026-06-02T10:00", want: "missed 21600 of 14400 due Mon 2026-06-01 12:00:00 BST", breach: "Mon 2026-06-01 12:00:01 BST",
			pauses: "01/13:00-02/09:00 72000",
		},
		{
			name: "down and resolved buys time", clock: always, targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P1; 2026-06-01T09:00 changed priority=P3; 2026-06-01T20:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 43200 of 57600 due Tue 2026-06-02 00:00:00 BST",
		},
		{
			name: "unless the strictest is kept", clock: always + ", keepStrictest: true", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P1; 2026-06-01T09:00 changed priority=P3; 2026-06-01T20:00 resolved",
			asOf:    "2026-06-02T00:00", want: "missed 43200 of 14400 due Mon 2026-06-01 12:00:00 BST", breach: "Mon 2026-06-01 12:00:01 BST",
		},
		{
			name: "the strictest is that of a priority in between", clock: always + ", keepStrictest: true", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P3; 2026-06-01T09:00 changed priority=P2; 2026-06-01T10:00 changed priority=P3; 2026-06-01T14:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 21600 of 25200 due Mon 2026-06-01 15:00:00 BST",
		},
		{
			name: "down and up again, restarting", clock: always + ", priorityChange: restart", targets: threeTargets, entries: downAndUp,
			asOf: "2026-06-02T00:00", want: "met 3600 of 14400 due Tue 2026-06-02 00:00:00 BST",
		},
		{
			name: "a restart forgets the pauses before it", clock: always + ", priorityChange: restart, pauses: [user]", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P3; 2026-06-01T09:00 paused reason=user; 2026-06-01T10:00 resumed; 2026-06-01T11:00 changed priority=P2; " +
				"2026-06-01T12:00 paused reason=user; 2026-06-01T13:00 resumed; 2026-06-01T14:00 resolved",
			asOf: "2026-06-02T00:00", want: "met 7200 of 25200 due Mon 2026-06-01 19:00:00 BST", pauses: "01/12:00-01/13:00 3600",
		},
		{
			name: "down and up again, in proportion", clock: always + ", priorityChange: proportional", targets: threeTargets, entries: downAndUp,
			// 1 of 4 h and 11 of 16 h are 15/16 of it at 20:00; the last sixteenth of 4 h is a quarter of an hour.
			asOf: "2026-06-02T00:00", want: "missed 17100 of 14400 due Mon 2026-06-01 20:15:00 BST", breach: "Mon 2026-06-01 20:15:01 BST",
		},
		{
			name: "what was passed stays passed", clock: always + ", priorityChange: proportional", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P1; 2026-06-01T13:00 changed priority=P3; 2026-06-01T14:00 resolved",
			// 5 of 4 h is 125%: 20 of 16 h, and one more.
			asOf: "2026-06-02T00:00", want: "missed 75600 of 57600 due Mon 2026-06-01 12:00:00 BST", breach: "Mon 2026-06-01 12:00:01 BST",
		},
		{
			name: "exactly all of it, in sevenths", clock: always + ", priorityChange: proportional", targets: threeTargets,
			// 1 h of 16 h is 1/16 of 7 h = 1575 s; 1575 + 3600 s are 23/112 of 4 h = 2957 1/7 s; 11442 6/7 s are left.
			entries: "2026-06-01T08:00 opened priority=P3; 2026-06-01T09:00 changed priority=P2; 2026-06-01T10:00 changed priority=P1; 2026-06-01T13:10:42 resolved",
			asOf:    "2026-06-02T00:00", want: "met 14400 of 14400 due Mon 2026-06-01 13:10:42 BST",
		},
		{
			name: "a second more, in sevenths", clock: always + ", priorityChange: proportional", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P3; 2026-06-01T09:00 changed priority=P2; 2026-06-01T10:00 changed priority=P1; 2026-06-01T13:10:43 resolved",
			asOf:    "2026-06-02T00:00", want: "missed 14401 of 14400 due Mon 2026-06-01 13:10:42 BST", breach: "Mon 2026-06-01 13:10:43 BST",
		},
		{
			name: "another calendar with the same target, in proportion", clock: "stop: resolved, calendars: [{priorities: [P1], calendar: always}], calendar: office, priorityChange: proportional",
			targets: []string{"within: 16h"},
			entries: "2026-06-01T07:00 opened priority=P1; 2026-06-01T19:00 changed priority=P3; 2026-06-02T10:00 resolved",
			asOf:    "2026-06-03T00:00", want: "met 46800 of 57600 due Tue 2026-06-02 13:00:00 BST",
		},
		{
			name: "the same priority again is no change", clock: always + ", priorityChange: restart", targets: threeTargets,
			entries: "2026-06-01T08:00 opened priority=P1; 2026-06-01T10:00 changed priority=P1; 2026-06-01T11:00 resolved",
			asOf:    "2026-06-02T00:00", want: "met 10800 of 14400 due Mon 2026-06-01 12:00:00 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestCarriedIsExact holds that a carried share is a fraction in lowest terms however
// often the priority changes, and never grows past what the targets need.
func TestCarriedIsExact(t *testing.T) {
	c := oneClock(t, "stop: resolved, calendar: always, priorityChange: proportional", threeTargets...)
	entries := "2026-06-01T08:00 opened priority=P3"
	for i := range 500 { // seven seconds each
		s := 7 * (i + 1)
		entries += fmt.Sprintf("; 2026-06-01T%02d:%02d:%02d changed priority=P%d", 8+s/3600, s/60%60, s%60, []int{2, 3, 1}[i%3])
	}
	r := tell(t, c, entries, "2026-06-01T09:00").read(0)
	// The share used is 7/57600 for each stretch of P3, 7/25200 of P2 and 7/14400 of P1.
	num, den := int64(0), int64(403200) // of which each of the three is a whole number
	last := 3
	for i := range 500 {
		num += 7 * den / map[int]int64{1: 14400, 2: 25200, 3: 57600}[last]
		last = []int{2, 3, 1}[i%3]
	}
	target := map[int]int64{1: 14400, 2: 25200, 3: 57600}[last]
	if r.Carried.Num*den != num*target*r.Carried.Den {
		t.Errorf("carried %d/%d, want %d/%d", r.Carried.Num, r.Carried.Den, num*target, den)
	}
	if r.Carried.Den > 403200 || r.Verdict != clock.Running {
		t.Errorf("carried %d/%d, %s", r.Carried.Num, r.Carried.Den, r.Verdict)
	}
}

// TestCarriedBeyondNumbers holds that a share that no fraction of 64 bits says leaves
// the verdict open, and is never rounded.
func TestCarriedBeyondNumbers(t *testing.T) {
	var targets []string
	entries := "2026-06-01T08:00 opened priority=P0"
	for i, n := range []int{2147483647, 2147483629, 2147483587, 2147483579} { // primes
		targets = append(targets, fmt.Sprintf("priorities: [P%d], within: '%ds'", i, n/3))
		entries += fmt.Sprintf("; 2026-06-0%dT09:00 changed priority=P%d", i+2, (i+1)%4)
	}
	r := tell(t, oneClock(t, "stop: resolved, calendar: always, priorityChange: proportional", targets...), entries, "2026-06-09T00:00").read(0)
	if r.Verdict != clock.Unknown || r.Problem != "the share carried over from one priority to the next has no fraction of 64 bits" {
		t.Errorf("%s %d/%d %q", r.Verdict, r.Carried.Num, r.Carried.Den, r.Problem)
	}
}

const reopened = "2026-06-01T09:00 opened; 2026-06-01T11:00 resolved; 2026-06-01T15:00 reopened; 2026-06-01T16:00 resolved; 2026-06-03T09:00 closed"

// TestReopening follows each policy through a reopening.
func TestReopening(t *testing.T) {
	four := []string{"within: 4h"}
	for _, x := range []reads{
		{
			name: "continues", clock: "stop: resolved, calendar: always", targets: four, entries: reopened, asOf: "2026-06-04T00:00",
			want: "met 10800 of 14400 due Mon 2026-06-01 17:00:00 BST", pauses: "01/11:00-01/15:00 14400 done",
		},
		{
			name: "counts", clock: "stop: resolved, calendar: always, reopen: counts", targets: four, entries: reopened, asOf: "2026-06-04T00:00",
			want: "missed 25200 of 14400 due Mon 2026-06-01 13:00:00 BST", breach: "Mon 2026-06-01 13:00:01 BST",
		},
		{
			name: "ignored", clock: "stop: resolved, calendar: always, reopen: ignored", targets: four, entries: reopened, asOf: "2026-06-04T00:00",
			want: "met 7200 of 14400 due Mon 2026-06-01 13:00:00 BST",
		},
		{
			name: "restarts", clock: "stop: resolved, calendar: always, reopen: restarts", targets: four, entries: reopened, asOf: "2026-06-04T00:00",
			want: "met 3600 of 14400 due Mon 2026-06-01 19:00:00 BST",
		},
		{
			name: "continues, not resolved again", clock: "stop: resolved, calendar: always", targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T11:00 resolved; 2026-06-01T15:00 reopened", asOf: "2026-06-01T16:00",
			want: "running 10800 of 14400 due Mon 2026-06-01 17:00:00 BST", pauses: "01/11:00-01/15:00 14400 done",
		},
		{
			name: "a clock that stops at the closure does not stand before", clock: "stop: closed, calendar: always", targets: []string{"within: 48h"}, entries: reopened,
			asOf: "2026-06-04T00:00", want: "met 172800 of 172800 due Wed 2026-06-03 09:00:00 BST",
		},
		{
			name: "the answer is not asked again", clock: "stop: responded, calendar: always", targets: four,
			entries: "2026-06-01T09:00 opened; 2026-06-01T09:30 responded; 2026-06-01T11:00 resolved; 2026-06-02T15:00 reopened", asOf: "2026-06-04T00:00",
			want: "met 1800 of 14400 due Mon 2026-06-01 13:00:00 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}

// TestLives holds that a reopening after the agreed open time begins a life of its own.
func TestLives(t *testing.T) {
	entries := "2026-06-01T09:00 opened; 2026-06-01T11:00 resolved; 2026-06-01T12:00 reopened; 2026-06-01T13:00 resolved; " +
		"2026-06-05T16:00 reopened; 2026-06-05T16:30 resolved; 2026-06-08T09:30 reopened; 2026-06-08T10:00 resolved"
	s := tell(t, oneClock(t, "stop: resolved, calendar: office, reopenWithin: 8h", "within: 4h"), entries, "2026-06-09T00:00")
	var got []string
	for from := 0; ; {
		r := s.read(from)
		got = append(got, says(r))
		if r.Next == 0 {
			break
		}
		if m := s.Moments[r.Next]; m.Event != journal.Reopened {
			t.Errorf("the next life begins with %s", m.Event)
		}
		from = r.Next
	}
	want := []string{
		"met 10800 of 14400 due Mon 2026-06-01 14:00:00 BST", // 09:00-11:00, 12:00-13:00
		"met 3600 of 14400 due Mon 2026-06-08 13:00:00 BST",  // Friday 16:00-16:30 and Monday 09:30-10:00
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lives:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
