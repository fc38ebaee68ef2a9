package measure_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestAttribution asks whose a ticket is that went from hand to hand.
func TestAttribution(t *testing.T) {
	const tickets = "A 01T09:00 opened party=alpha service=print; 01T09:30 assigned party=beta; 01T16:00 resolved\n" + // beta's; missed by beta
		"B 02T09:00 opened party=beta service=mail; 02T14:00 assigned party=alpha; 02T15:00 resolved\n" + // alpha's; missed by beta
		"C 03T09:00 opened party=alpha service=mail; 03T14:00 assigned party=beta; 03T15:00 resolved\n" + // beta's; missed by alpha
		"D 16T09:00 opened party=alpha service=mail; 16T10:00 resolved\n" + // alpha's, of beta's tower since the 15th
		"E 04T09:00 opened party=beta service=print; 04T10:00 resolved\n" + // never alpha's, of its tower
		"F 05T09:00 opened party=alpha service=mail; 05T10:00 rejected reason=not-ours; 05T11:00 resolved\n" // nobody else's
	const rejected = "; - F rejected by alpha as not theirs [cl-2]"
	const another = " attributed to another party"
	for _, x := range []counts{
		{"holder at resolution", "share: {clock: resolve}, attribution: holder-at-resolution", "", tickets, "1/2; B missed 21600; D met 3600" + rejected + "; ~ 2" + another},
		{"holder at breach", "share: {clock: resolve}, attribution: holder-at-breach", "", tickets, "1/2; C missed 21600; D met 3600" + rejected + "; ~ 2" + another},
		{"first holder", "share: {clock: resolve}, attribution: first-holder", "", tickets, "1/3; A missed 25200; C missed 21600; D met 3600" + rejected + "; ~ 1" + another},
		{"any holder", "share: {clock: resolve}, attribution: any-holder", "", tickets, "1/4; A missed 25200; B missed 21600; C missed 21600; D met 3600" + rejected},
		{"service tower", "share: {clock: resolve}, attribution: service-tower", "", tickets, "1/4; A missed 25200; B missed 21600; C missed 21600; E met 3600" + rejected + "; ~ 1" + another},
		{"the contract's, where the measure has none", "share: {clock: resolve}", "attribution: first-holder", tickets, "1/3; A missed 25200; C missed 21600; D met 3600" + rejected + "; ~ 1" + another},
		{"of the breach, for a measure that knows none", "count: {of: opened}", "attribution: holder-at-breach", tickets, "3/1; B met 1; D met 1; F met 1; ~ 2" + another},
		{"of a supplier whom the journal does not know", "share: {clock: resolve}, attribution: service-tower", "", "E 04T09:00 opened party=beta service=print; 04T10:00 resolved", "1/1; E met 3600"},
		{"nobody's tower", "share: {clock: resolve}, attribution: service-tower", "", "E 04T09:00 opened party=alpha service=phone; 04T10:00 resolved", "0/0; ~ 1" + another},
	} {
		t.Run(x.name, x.run)
	}
}

// TestCountsIn asks in which of three months a ticket counts.
func TestCountsIn(t *testing.T) {
	const tickets = "A 2026-05-20T09:00 opened party=alpha; 2026-05-20T10:00 resolved; 10T09:00 reopened; 10T10:00 resolved; 2026-07-03T10:00 closed\n" +
		"B 2026-05-31T23:00 opened party=alpha; 2026-07-01T00:00 resolved\n" + // target passed on 1 June at 03:00
		"C 30T22:00 opened party=alpha; 2026-07-02T00:00 resolved\n" + // passed on 1 July at 02:00
		"D 30T20:00 opened party=alpha\n" // passed on 1 July at 00:00, and one second past in July
	missed := func(ticket string, n int) string { return fmt.Sprintf("%s missed %d", ticket, n) }
	a, b, c := "A met 7200", missed("B", 30*86400+3600), missed("C", 93600)
	for _, x := range []struct {
		name, measure string
		want          [3]string // May, June, July
	}{
		{"last-resolution", "", [3]string{"0/0", "1/1; " + a, "0/2; " + b + "; " + c}},
		{"first-resolution", "", [3]string{"1/1; " + a, "0/0", "0/2; " + b + "; " + c}},
		{"closure", "", [3]string{"0/0", "0/0", "1/1; " + a}},
		{"opening", "", [3]string{"1/2; " + a + "; " + b, "0/2; " + c + "; " + missed("D", 2692800), "0/0"}},
		{"breach", "", [3]string{"0/0", "1/2; " + a + "; " + b, "0/2; " + c + "; " + missed("D", 2692800)}},
		{"breach-and-resolution", "", [3]string{"0/0", "1/2; " + a + "; " + b, "0/3; " + b + "; " + c + "; " + missed("D", 2692800)}},
	} {
		t.Run(x.name, func(t *testing.T) {
			j := journalOf(t, tickets)
			taker := take(t, one(t, "share: {clock: resolve}, countsIn: "+x.name), j, 1, "2026-05..2026-07", "2026-08-01")
			for p, got := range byPeriod(j, taker, 3) {
				if got != x.want[p] {
					t.Errorf("period %d: %s\nwant %s", p, got, x.want[p])
				}
			}
		})
	}
}

// TestBreachInClosedHours holds that a target used up at closing time is passed when
// the calendar next opens, not a second later.
func TestBreachInClosedHours(t *testing.T) {
	c := contractOf(t, `
clocks:
  - {id: resolve, stop: resolved, calendar: office}
targets:
  - {clock: resolve, within: 8h}
measures:
  - {id: M, share: {clock: resolve}, countsIn: breach}
`)
	j := journalOf(t, "INC-1 2026-07-31T09:00 opened party=alpha; 2026-08-03T09:00:01 resolved") // Friday the 31st to Monday the 3rd
	got := byPeriod(j, take(t, c, j, 1, "2026-07..2026-08", "2026-09-01"), 2)
	if got[0] != "0/0" || got[1] != "0/1; INC-1 missed 28801" {
		t.Errorf("July %s, August %s", got[0], got[1])
	}
}

// TestBreachAfterTheEnd holds that a clock that only the supplier's act stops may be
// late in a month after the ticket was done, whether or not that month is read.
func TestBreachAfterTheEnd(t *testing.T) {
	c := contractOf(t, `
clocks:
  - {id: resolve, stop: resolved, stopBy: supplier, calendar: always}
targets:
  - {clock: resolve, within: 800h}
measures:
  - {id: M, share: {clock: resolve}, countsIn: breach, attribution: any-holder}
`)
	j := journalOf(t, "INC-1 2026-05-01T00:00 opened party=alpha; 2026-05-01T09:00 assigned party=beta; 2026-05-02T00:00 resolved")
	both := byPeriod(j, take(t, c, j, 1, "2026-05..2026-06", "2026-07-01"), 2)
	alone := byPeriod(j, take(t, c, j, 1, "2026-06", "2026-07-01"), 1)
	if want := "0/1; INC-1 missed 5270400"; both[0] != "0/0" || both[1] != want || alone[0] != want {
		t.Errorf("May %s, June %s, June alone %s", both[0], both[1], alone[0])
	}
}

// TestAsOfOfEachPeriod reads each month as it was known at its own instant.
func TestAsOfOfEachPeriod(t *testing.T) {
	j := journalOf(t, "A 2026-05-20T09:00 opened party=alpha; 2026-05-20T10:00 resolved; 10T09:00 reopened; 10T10:00 resolved\n"+
		"B 2026-05-20T09:00 opened party=alpha; 2026-05-20T10:00 resolved learnt=05T10:00\n"+
		"C 2026-05-20T09:00 opened party=alpha; 2026-05-20T14:00 resolved key=x; 2026-05-20T11:00 resolved learnt=20T09:00 corrects=x key=y\n")
	c := one(t, "share: {clock: resolve}")
	for _, x := range []struct{ name, may, june, wantMay, wantJune string }{
		{"early", "02T00:00", "2026-07-02T00:00", "1/2; A met 3600; C missed 18000", "1/1; A met 7200"},
		{"late", "15T00:00", "2026-07-02T00:00", "1/2; B met 3600; C missed 18000", "1/1; A met 7200"},
		{"later still", "21T00:00", "21T00:00", "2/2; B met 3600; C met 7200", "1/1; A met 7200"},
		{"the later month read first", "21T00:00", "09T00:00", "2/2; B met 3600; C met 7200", "0/0"},
	} {
		t.Run(x.name, func(t *testing.T) {
			got := byPeriod(j, take(t, c, j, 1, "2026-05..2026-06", x.may, x.june), 2)
			if got[0] != x.wantMay || got[1] != x.wantJune {
				t.Errorf("May %s, June %s\nwant %s, %s", got[0], got[1], x.wantMay, x.wantJune)
			}
		})
	}
}

// TestQuarters takes a quarter's measure with its last month, each month read at an
// instant of its own, and every day of it counted once.
func TestQuarters(t *testing.T) {
	var tickets strings.Builder
	days := 0
	for d := at(t, "2025-12-30T12:00"); d < at(t, "2026-07-02"); d += 86400 {
		fmt.Fprintf(&tickets, "D%d %s opened party=alpha; %s resolved\n", days, d, d+3600)
		days++
	}
	j := journalOf(t, tickets.String())
	c := contractOf(t, clocks+"measures:\n  - {id: Q, share: {clock: resolve}, period: quarter}\n  - {id: M, share: {clock: resolve}}\n")
	taker := take(t, c, j, 1, "2026-01..2026-06", "2026-02-02", "2026-03-02", "2026-04-02", "2026-05-02", "2026-06-02", "2026-07-02")
	want := []string{"M 31", "M 28", "Q 90 M 31", "M 30", "M 31", "Q 91 M 30"}
	for p := range want {
		var got []string
		for _, r := range taker.Results(0, p) {
			got = append(got, fmt.Sprintf("%s %d", r.Measure.ID, r.Counted))
		}
		if strings.Join(got, " ") != want[p] {
			t.Errorf("month %d: %v, want %s", p+1, got, want[p])
		}
	}
	alone := take(t, c, j, 1, "2026-06", "2026-07-02").Results(0, 0)
	if len(alone) != 2 || alone[0].Counted != 91 || alone[0].Period.String() != "2026-Q2" || alone[1].Counted != 30 {
		t.Errorf("June alone: %+v", alone)
	}
	if used := take(t, c, j, 1, "2026-06", "2026-07-02").Used(0, 0); len(used) != 91 {
		t.Errorf("June stands on %d tickets", len(used))
	}
}

// TestDatedMeasures holds that a measure counts while it is in force.
func TestDatedMeasures(t *testing.T) {
	j := journalOf(t, inTime)
	c := contractOf(t, clocks+"measures:\n  - {id: OLD, count: {of: resolved}, to: 2026-06-01}\n  - {id: NEW, count: {of: resolved}, from: 2026-06-01}\n"+
		"  - {id: Q, count: {of: resolved}, period: quarter, from: 2026-04-01}\n  - {id: R, count: {of: resolved}, period: quarter, from: 2026-04-02}\n")
	taker := take(t, c, j, 1, "2026-05..2026-06", "2026-07-02")
	for p, want := range []string{"OLD", "NEW Q"} {
		var got []string
		for _, r := range taker.Results(0, p) {
			got = append(got, r.Measure.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("period %d has %v, want %s", p, got, want)
		}
	}
}

// TestLives counts each life of a ticket that its clock begins anew.
func TestLives(t *testing.T) {
	const tickets = "A 01T09:00 opened party=alpha; 01T10:00 resolved; 01T12:00 reopened; 01T13:00 resolved; 05T09:00 reopened; 05T15:00 resolved; 2026-07-05T09:00 reopened; 2026-07-05T10:00 resolved\n" +
		"B 01T09:00 opened party=alpha; 01T10:00 resolved; 05T09:00 reopened; 05T09:30 assigned party=beta; 05T10:00 resolved\n" +
		"C 2026-05-01T09:00 opened party=alpha; 2026-05-01T10:00 resolved; 2026-05-01T11:00 closed; 30T23:00 reopened\n" +
		"D 01T09:00 opened party=beta; 01T10:00 resolved\n"
	for _, x := range []counts{
		{"last-resolution", "share: {clock: lives}", "", tickets, "2/3; A met 7200; A#2 missed 21600; B met 3600; ~ 1 attributed to another party"},
		{"opening", "share: {clock: lives}, countsIn: opening", "", tickets, "2/4; A met 7200; A#2 missed 21600; B met 3600; C#2 missed 2682000; ~ 1 attributed to another party"},
		{"closure", "share: {clock: lives}, countsIn: closure", "", tickets, "0/0"},
		{"breach", "share: {clock: lives}, countsIn: breach", "", tickets, "2/3; A met 7200; A#2 missed 21600; B met 3600; ~ 1 attributed to another party"},
		{"first-resolution", "share: {clock: lives}, countsIn: first-resolution", "", tickets, "2/3; A met 7200; A#2 missed 21600; B met 3600; ~ 1 attributed to another party"},
	} {
		t.Run(x.name, x.run)
	}
}

// TestSetAsideOnce holds that a ticket is set aside once a measure, however many
// measures ask the same question.
func TestSetAsideOnce(t *testing.T) {
	j := journalOf(t, all)
	for _, how := range []string{"clock: resolve}", "clock: resolve}, countsIn: breach", "clock: resolve}, attribution: holder-at-breach", "clock: lives}"} {
		c := contractOf(t, clocks+"measures:\n  - {id: M, share: {"+how+"}\n  - {id: N, share: {"+how+"}\n  - {id: O, share: {"+how+"}\n")
		taker := take(t, c, j, 1, "2026-06", "2026-08-01")
		for _, r := range taker.Results(0, 0) {
			if len(r.Aside) != 1 || r.Aside[0].Tickets != 1 {
				t.Errorf("%s: measure %s sets aside %v", how, r.Measure.ID, r.Aside)
			}
		}
		for _, ticket := range taker.Used(0, 0) {
			if j.TicketID(int(ticket)) == "INC-4" {
				t.Errorf("%s: stands on a ticket that the supplier never had", how)
			}
		}
	}
}
