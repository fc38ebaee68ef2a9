package reconcile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

const estateText = `id: town
name: Town
zone: Europe/London
parties:
  - {id: town, name: Town, kind: customer}
  - {id: joiner, name: Joiner, kind: integrator, calendar: office}
  - {id: acme, name: Acme, kind: supplier, calendar: office}
  - {id: other, name: Other, kind: supplier, calendar: office}
towers: [{id: desk, name: Desk}]
services: [{id: email, name: Email, tower: desk}]
supplies: [{tower: desk, supplier: acme, customer: town, contract: desk}]
`

const officeText = `id: office
name: Weekdays
zone: Europe/London
versions:
  - source: Annex
    week: {monday: ["09:00-17:00"], tuesday: ["09:00-17:00"], wednesday: ["09:00-17:00"], thursday: ["09:00-17:00"], friday: ["09:00-17:00"]}
    holidays: {sets: [england-and-wales]}
`

const longText = `id: long
name: Long days
zone: Europe/London
versions:
  - source: Annex
    week: {monday: ["07:00-21:00"], tuesday: ["07:00-21:00"], wednesday: ["07:00-21:00"], thursday: ["07:00-21:00"], friday: ["07:00-21:00"]}
    holidays: {sets: [england-and-wales]}
`

const contractText = `id: desk
customer: town
supplier: acme
towers: [desk]
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2028-01-01}
charges: [{amount: GBP 10000.00}]
lateEntries: {days: 5}
pauseCauses:
  - {reason: user, cause: customer}
  - {reason: vendor, cause: supplier}
clocks:
  - {id: resolve, stop: resolved, pauses: [user], calendar: office}
  - {id: own, stop: resolved, runsFor: supplier, pauses: [user], calendar: office}
targets:
  - {clock: resolve, priorities: [P2], within: 4h}
  - {clock: resolve, priorities: [P3], within: 8h}
  - {clock: own, within: 4h}
measures:
  - id: K1
    name: Resolved in time
    share: {clock: resolve}
    target: [{value: 90%}]
    precision: {decimals: 0, rounding: half-up}
    bands:
      - {name: target, atLeast: 90%, met: true}
      - {name: minor, atLeast: 50%, below: 90%, points: 1}
      - {name: serious, below: 50%, points: 3}
  - {id: K2, name: Own time, share: {clock: own}, target: [{value: 50%}]}
  - {id: K3, name: Mean time, mean: {clock: resolve}, lowerIsBetter: true, precision: {decimals: 0, rounding: half-up}}
  - {id: K4, name: Reopened, reopenRate: {}, lowerIsBetter: true, target: [{value: 50%}]}
  - {id: K5, name: Calls, external: {series: calls}, target: [{value: 50%}]}
  - {id: K6, name: Opened, count: {of: opened}}
  - {id: K7, name: A quarter's, share: {clock: resolve}, period: quarter, target: [{value: 50%}]}
credits:
  - {id: points, pointsRate: {rate: 1%}, measures: [K1], rounding: half-up, caps: [{percentOfCharges: 10%}]}
exclusions:
  - {id: storm, reason: Storm, clause: Clause 6, author: Acme, approvedBy: Town, tickets: [OUT]}
`

// log is the tickets of the tests: one for each thing that can be said of one. 4 March
// 2026 is a Wednesday.
const logText = `
SAME  opened 04T09:00:00 P3 acme; resolved 04T15:00:00
EDGE  opened 04T09:00:00 P2 acme; resolved 04T13:00:20
WALL  opened 04T16:00:00 P3 acme; resolved 05T11:30:00
PAUSE opened 04T09:00:00 P2 acme; paused 04T10:00:00 user; resumed 04T12:00:00; resolved 04T14:00:00
TWO   opened 04T09:00:00 P2 acme; paused 04T10:00:00 user; resumed 04T11:00:00; paused 04T12:00:00 user; resumed 04T14:00:00; resolved 04T15:00:00
VEND  opened 04T09:00:00 P2 acme; paused 04T10:00:00 vendor; resumed 04T12:00:00; resolved 04T14:00:00
PRIO  opened 04T09:00:00 P3 acme; changed 04T10:00:00 P2; resolved 04T15:00:00
LATE  opened 04T09:00:00 P2 acme; resolved 04T16:00:00
GONE  opened 04T09:00:00 P2 acme; resolved 04T10:00:00
OUT   opened 04T09:00:00 P2 acme; resolved 04T10:00:00
ELSE  opened 04T09:00:00 P2 acme; assigned 04T10:00:00 other; resolved 04T11:00:00
HELD  opened 04T09:00:00 P2 other; assigned 04T11:00:00 acme; resolved 04T14:00:00
APRIL opened 04T09:00:00 P2 acme; resolved 34T09:00:00
OPEN  opened 04T09:00:00 P2 acme
AGAIN opened 04T09:00:00 P2 acme; resolved 04T10:00:00; reopened 04T11:00:00; resolved 04T12:00:00
`

// entries writes the log of the tests in the journal's open form.
func entries(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	key := 0
	for line := range strings.Lines(strings.TrimSpace(logText)) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		for part := range strings.SplitSeq(rest, ";") {
			f := strings.Fields(part)
			var day int
			var clock string
			if _, err := fmt.Sscanf(strings.Replace(f[1], "T", " ", 1), "%d %s", &day, &clock); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprintf("%sT%sZ", span.DateOf(2026, 3, day), clock)
			key++
			e := fmt.Sprintf(`{"source":"test","key":"%d","ticket":%q,"event":%q,"happened":%q,"learnt":%q`, key, id, f[0], at, at)
			for _, word := range f[2:] {
				switch {
				case strings.HasPrefix(word, "P"):
					e += fmt.Sprintf(`,"kind":"incident","priority":%q`, word)
				case word == "acme" || word == "other":
					e += fmt.Sprintf(`,"party":%q`, word)
				default:
					e += fmt.Sprintf(`,"reason":%q`, word)
				}
			}
			b.WriteString(e + "}\n")
		}
	}
	return b.Bytes()
}

// fixture reads the documents and the log, and draws the statement of March 2026.
func fixture(t testing.TB) (*statement.Book, *journal.Journal, *statement.Statement) {
	t.Helper()
	b, findings := statement.ReadBook([]statement.Source{
		{Name: "estate.yaml", Data: []byte(estateText)},
		{Name: "calendars/office.yaml", Data: []byte(officeText)},
		{Name: "calendars/long.yaml", Data: []byte(longText)},
		{Name: "contracts/desk.yaml", Data: []byte(contractText)},
	}, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	r, err := eventlog.Read([]eventlog.Input{{Name: "log.ndjson", Reader: bytes.NewReader(entries(t))}}, nil, eventlog.Options{Group: b.Estate.Group, Location: b.Zones.Location})
	if err != nil {
		t.Fatal(err)
	}
	asOf, _ := span.ParseInstant("2026-04-10T00:00:00Z")
	drawn, err := statement.Draw(b, r.Journal, []statement.Order{{Contract: "desk", Period: span.Month(2026, 3), AsOf: &asOf}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return b, r.Journal, drawn[0]
}

// compare reads figures for measures of the fixture and compares them.
func compare(t testing.TB, text string, m Mapping, measures ...string) *Report {
	t.Helper()
	b, j, s := fixture(t)
	f, findings := Read("theirs.csv", []byte(text), m, b.Contracts["desk"], measures)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	r, err := Compare(b, j, s, f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ours is the figures of measure K1 as we have them.
const ours = "ticket,verdict,minutes\nSAME,met,360\nEDGE,missed,240.3\nWALL,met,210\nPAUSE,met,180\nTWO,met,180\nVEND,missed,300\nPRIO,missed,360\nLATE,missed,420\nGONE,met,60\nHELD,missed,300\nAGAIN,met,120\n"

// with replaces a row of our figures, or drops it where the new one is empty.
func with(row, now string) string {
	var out []string
	for line := range strings.Lines(ours) {
		if strings.HasPrefix(line, row+",") {
			line = now
			if line != "" {
				line += "\n"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

func TestAgreeing(t *testing.T) {
	r := compare(t, ours, Mapping{}, "K1")
	if n := len(r.Select(Filter{}, ByID)); n != 0 {
		t.Errorf("our own figures differ in %d lines: %+v", n, r.Select(Filter{}, ByID))
	}
	m := r.Measures[0]
	if m.Agreed != 11 || m.Differ != 0 || m.Ours != m.Theirs || m.Ours.Met != 6 || m.Ours.Counted != 11 {
		t.Errorf("measure %+v", m)
	}
	if !r.Worth.Difference.IsZero() || r.Worth.Ours.String() != "GBP 100.00" {
		t.Errorf("worth %+v", r.Worth)
	}
	_, _, s := fixture(t)
	if !r.Worth.Ours.Equal(s.Total) {
		t.Errorf("ours is %s, and the statement says %s", r.Worth.Ours, s.Total)
	}
}

// TestCauses holds that each difference is told by its cause.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name, row, now string
		cause          Cause
		by             Basis
		why            string
	}{
		{"minutes rounded down", "EDGE", "EDGE,met,240", Rounding, ByMinutes, "4h00m20s of 4h00m"},
		{"rounding without minutes", "EDGE", "EDGE,met,", Rounding, ByVerdict, "cannot tell apart"},
		{"time on the wall", "WALL", "WALL,missed,1170", Calendar, ByMinutes, "around the clock it is 19h30m"},
		{"another calendar of the book", "WALL", "WALL,missed,570", Calendar, ByMinutes, "by calendar long it is 9h30m"},
		{"another calendar, and their own verdict does not follow", "WALL", "WALL,met,570", Calendar, ByMinutes, "by that it would be missed, and they say met"},
		{"another calendar by the verdict alone", "WALL", "WALL,missed,", Calendar, ByVerdict, "by calendar long"},
		{"no pauses taken off", "PAUSE", "PAUSE,missed,300", Pause, ByMinutes, "without taking pauses off it is 5h00m"},
		{"one of two pauses not taken off", "TWO", "TWO,met,240", Pause, ByMinutes, "they do not take off the pause from 2026-03-04T10:00:00Z"},
		{"the other of two pauses", "TWO", "TWO,missed,300", Pause, ByMinutes, "they do not take off the pause from 2026-03-04T12:00:00Z"},
		{"both pauses", "TWO", "TWO,missed,360", Pause, ByMinutes, "without taking pauses off"},
		{"a wait that the contract does not take off", "VEND", "VEND,met,180", Pause, ByMinutes, "the waiting for vendor, 2h00m open"},
		{"the priority it had before", "PRIO", "PRIO,met,360", Priority, ByMinutes, "by priority P3"},
		{"the priority it had, by the verdict alone", "PRIO", "PRIO,met,", Priority, ByVerdict, "by priority P3"},
		{"their verdict contradicts their minutes", "LATE", "LATE,met,420", OwnFigures, ByMinutes, "from which missed follows, not met"},
		{"a pause that nobody wrote down", "LATE", "LATE,met,200", Unexplained, ByMinutes, "3h40m less"},
		{"more than any reading gives, and another verdict than it allows", "SAME", "SAME,met,500", Unexplained, ByMinutes, "does not follow from their own minutes"},
		{"only a verdict, which nothing explains", "LATE", "LATE,met,", Unexplained, ByVerdict, "ask for the supplier's minutes"},
		{"not in their list", "GONE", "", Missing, ByRecord, "their list does not have it"},
		{"they leave it out", "GONE", "GONE,excluded,", ExcludedByThem, ByRecord, "does not count"},
		{"we exclude it", "GONE", "GONE,met,60\nOUT,met,60", ExcludedByUs, ByRecord, "Storm"},
		{"another party's", "GONE", "GONE,met,60\nELSE,met,60", SetAside, ByRecord, "attributed to another party"},
		{"still open", "GONE", "GONE,met,60\nOPEN,met,60", SetAside, ByRecord, "still open"},
		{"of another period", "GONE", "GONE,met,60\nAPRIL,met,60", OtherPeriod, ByRecord, "we count it in 2026-04"},
		{"a ticket that we do not have", "GONE", "GONE,met,60\nNONE,met,60", NotInJournal, ByRecord, "does not have it"},
		{"listed twice", "GONE", "GONE,met,60\nGONE,met,60", ListedTwice, ByRecord, "2 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := compare(t, with(c.row, c.now), Mapping{}, "K1")
			lines := r.Select(Filter{}, ByID)
			if len(lines) != 1 {
				t.Fatalf("%d lines differ: %+v", len(lines), lines)
			}
			if l := lines[0]; l.Cause != c.cause || l.By != c.by || !strings.Contains(l.Why, c.why) {
				t.Errorf("cause %s told by %s: %s (also %q)", l.Cause, l.By, l.Why, l.Also)
			}
			if len(r.Causes) != 1 || r.Causes[0].Cause != c.cause || r.Causes[0].Lines != 1 || !r.Causes[0].Worth.Difference.Equal(r.Worth.Difference) {
				t.Errorf("causes %+v, worth %+v", r.Causes, r.Worth)
			}
		})
	}
}

// TestHolder holds that the whole ticket is told from the supplier's own time.
func TestHolder(t *testing.T) {
	r := compare(t, "ticket,verdict,minutes\nHELD,missed,300\n", Mapping{}, "K2")
	at := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Ticket == "HELD" })
	if l := r.Lines[at]; l.Cause != Holder || l.ID != "K2/HELD" || l.Row != 2 || *l.Apart != 7200 || !strings.Contains(l.Why, "whole ticket") {
		t.Errorf("line %+v", l)
	}
}

// TestWorth holds that each side's figures are priced by the contract: 6 of 11 is one
// point, 10 of 11 none, and every cause alone.
func TestWorth(t *testing.T) {
	text := ours
	for _, id := range []string{"EDGE", "VEND", "PRIO", "LATE"} {
		text = strings.Replace(text, id+",missed,", id+",met,1", 1)
	}
	r := compare(t, text, Mapping{}, "K1")
	m := r.Measures[0]
	if m.Theirs.Met != 10 || m.Theirs.Counted != 11 || m.Theirs.Failed || m.Theirs.Points != 0 || m.Ours.Points != 1 || m.Ours.Band != "minor" || m.Theirs.Band != "target" {
		t.Errorf("measure %+v", m)
	}
	if got := r.Worth; got.Ours.String() != "GBP 100.00" || got.Theirs.String() != "GBP 0.00" || got.Difference.String() != "GBP 100.00" || !m.Worth.Difference.Equal(got.Difference) {
		t.Errorf("worth %+v", got)
	}
	lines := 0
	for _, c := range r.Causes {
		lines += c.Lines
		if c.Lines < 4 && !c.Worth.Difference.IsZero() { // no cause alone lifts the measure over its edge
			t.Errorf("cause %+v", c)
		}
	}
	if lines != 4 {
		t.Errorf("%d lines in causes %+v", lines, r.Causes)
	}
}

// TestKinds holds what other kinds of measure compare.
func TestKinds(t *testing.T) {
	mean := compare(t, "measure,ticket,minutes\nK3,SAME,360\nK3,LATE,430\n", Mapping{})
	if l := mean.Select(Filter{Tickets: []string{"LATE", "SAME"}}, ByID); len(l) != 1 || l[0].Cause != Unexplained || *l[0].Apart != 600 || l[0].Ours.Verdict != Counted {
		t.Errorf("mean: %+v", l)
	}
	if m := mean.Measures[0]; m.Theirs.Counted != 2 || m.Theirs.Met != 360*60+430*60 {
		t.Errorf("mean: %+v", m)
	}
	again := compare(t, "ticket,verdict\nAGAIN,met\nSAME,met\n", Mapping{}, "K4")
	if l := again.Select(Filter{Tickets: []string{"AGAIN", "SAME"}}, ByID); len(l) != 1 || l[0].Ours.Verdict != Missed || l[0].Theirs.Verdict != Met || l[0].Ours.Seconds != nil {
		t.Errorf("reopened: %+v", l)
	}
	if m := again.Measures[0]; m.Ours.Met != 1 || m.Theirs.Met != 0 || m.Theirs.Counted != 2 {
		t.Errorf("reopened: %+v", m)
	}
	opened := compare(t, "ticket,verdict\nSAME,met\nNONE,met\n", Mapping{}, "K6")
	if m := opened.Measures[0]; m.Theirs.Met != 2 {
		t.Errorf("count: %+v", m)
	}
}

// TestTotals holds what can be told where only totals are given.
func TestTotals(t *testing.T) {
	for _, c := range []struct {
		text  string
		cause Cause
		why   string
	}{
		{"6,11", "", ""},
		{"55,100", Rounding, "55%"},
		{"5,11", Calendar, "by calendar long come to"},
		{"4,11", Pause, "counted without taking pauses off come to"},
		{"2,11", Unexplained, "we have 6 of 11"},
		{"7,12", ExcludedByUs, "as many as we exclude"},
		{"5,20", Unexplained, "ask for their tickets"},
	} {
		r := compare(t, "met,counted\n"+c.text+"\n", Mapping{}, "K1")
		m := r.Measures[0]
		if m.Cause != c.cause || !strings.Contains(m.Why, c.why) || !m.ByTotal || len(r.Lines) != 0 {
			t.Errorf("%s: %+v", c.text, m)
		}
		if c.cause != "" && (len(r.Causes) != 1 || r.Causes[0].Cause != c.cause || r.Causes[0].Lines != 0) {
			t.Errorf("%s: causes %+v", c.text, r.Causes)
		}
	}
	r := compare(t, "measure,met,counted\nK5,9,10\nK1,2,11\n", Mapping{})
	if len(r.Measures) != 2 || r.Measures[0].ID != "K1" || r.Measures[0].Theirs.Points != 3 || r.Worth.Difference.String() != "GBP -200.00" {
		t.Errorf("%+v worth %+v", r.Measures, r.Worth)
	}
	if w := r.Measures[1].Worth; !w.Difference.IsZero() {
		t.Errorf("an external series alone is worth %+v", w)
	}
}

// TestNotDue holds that a quarterly measure is not compared in mid-quarter.
func TestNotDue(t *testing.T) {
	b, j, _ := fixture(t)
	asOf, _ := span.ParseInstant("2026-04-10T00:00:00Z")
	drawn, err := statement.Draw(b, j, []statement.Order{{Contract: "desk", Period: span.Month(2026, 2), AsOf: &asOf}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	f, findings := Read("theirs.csv", []byte("measure,ticket,verdict\nK7,A,met\n"), Mapping{}, b.Contracts["desk"], nil)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if _, err := Compare(b, j, drawn[0], f); err == nil || !strings.Contains(err.Error(), "theirs.csv:2: TB1935: measure: measure K7 of contract desk is not due in 2026-02") {
		t.Errorf("error %v", err)
	}
}

// TestSelect holds the order and the choice of lines, and their CSV.
func TestSelect(t *testing.T) {
	text := strings.Replace(strings.Replace(with("WALL", "WALL,missed,1170"), "LATE,missed,420", "LATE,met,200", 1), "GONE,met,60\n", "=X,met,60\n", 1)
	r := compare(t, text, Mapping{}, "K1")
	ids := func(lines []Line) string {
		var out []string
		for _, l := range lines {
			out = append(out, l.ID)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		filter Filter
		by     Sort
		want   string
	}{
		{Filter{}, ByID, "K1/=X K1/GONE K1/LATE K1/WALL"},
		{Filter{}, ByCause, "K1/WALL K1/GONE K1/=X K1/LATE"},
		{Filter{}, ByApart, "K1/WALL K1/LATE K1/=X K1/GONE"},
		{Filter{}, ByRow, "K1/GONE K1/WALL K1/LATE K1/=X"},
		{Filter{Causes: []Cause{Missing, Calendar}}, ByID, "K1/GONE K1/WALL"},
		{Filter{Agreeing: true, Tickets: []string{"SAME", "LATE"}}, ByID, "K1/LATE K1/SAME"},
		{Filter{Measures: []string{"K2"}}, ByID, ""},
	} {
		if got := ids(r.Select(c.filter, c.by)); got != c.want {
			t.Errorf("%+v by %s: %s, want %s", c.filter, c.by, got, c.want)
		}
	}
	var b bytes.Buffer
	if err := WriteCSV(&b, r.Select(Filter{}, ByID)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][2] != "'=X" || rows[3][9] != "25200" || rows[3][13] != "-13200" {
		t.Errorf("rows %q (%v)", rows, err)
	}
}

// TestCauseList holds that every cause has a meaning and can be asked for.
func TestCauseList(t *testing.T) {
	seen := map[Cause]bool{}
	for _, c := range Causes {
		if got, err := ParseCause(string(c.Cause)); err != nil || got != c.Cause || c.Meaning == "" || seen[c.Cause] {
			t.Errorf("cause %q: %v", c.Cause, err)
		}
		seen[c.Cause] = true
	}
	if _, err := ParseCause("bad luck"); err == nil {
		t.Error("any word is a cause")
	}
}
