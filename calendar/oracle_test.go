package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/span"
)

// oracle answers whether a minute is open by asking the wall clock alone. It knows
// nothing of how a calendar is compiled: a minute is open if the local date and
// time lie in a window of that date, or in one of the date before that runs over
// midnight. This is the reading of a person with a clock, and it differs from the
// rule of edges only in windows that begin or end within a skipped or repeated
// hour, which the generator therefore leaves out for zones that have one then.
type oracle struct {
	zone    *time.Location
	windows func(d span.Date) []calendar.Window
}

func (o oracle) open(i span.Instant) bool {
	t := time.Unix(int64(i), 0).In(o.zone)
	d := span.DateIn(i, o.zone)
	clock := t.Format("15:04:05")
	for _, w := range o.windows(d) {
		from, to := string(w[:5])+":00", string(w[6:])+":00"
		if from <= clock && (clock < to || to <= from) {
			return true
		}
	}
	for _, w := range o.windows(d - 1) {
		from, to := string(w[:5])+":00", string(w[6:])+":00"
		if to <= from && clock < to {
			return true
		}
	}
	return false
}

// example is a random calendar and its oracle.
type example struct {
	doc calendar.Document
	oracle
}

var oracleZones = []string{"Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"}

// drawWindows draws up to three windows of a day that do not overlap. They begin
// from 04:00 on, and the last may run over midnight to at most 00:45, so that no
// window of the next day meets it and no edge lies in an hour that changes.
func drawWindows(t *rapid.T, label string) []calendar.Window {
	var out []calendar.Window
	minute := 4 * 60
	for range rapid.IntRange(0, 3).Draw(t, label) {
		from := minute + rapid.IntRange(0, 300).Draw(t, "gap")
		to := from + rapid.IntRange(1, 500).Draw(t, "length")
		if to > 24*60+45 || from >= 24*60 {
			break
		}
		if to == 24*60-1 {
			to++
		}
		end := to
		if to > 24*60 {
			end -= 24 * 60
		}
		out = append(out, calendar.Window(fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, end/60, end%60)))
		minute = to + 1
	}
	return out
}

// drawExample draws a calendar of one or two versions with holidays in 2025 and
// 2026, some of them half days.
func drawExample(t *rapid.T) example {
	doc := calendar.Document{ID: "random", Zone: rapid.SampledFrom(oracleZones).Draw(t, "zone")}
	change := span.DateOf(2025, time.January, 1) + span.Date(rapid.IntRange(0, 729).Draw(t, "change"))
	for i := range rapid.IntRange(1, 2).Draw(t, "versions") {
		v := calendar.Version{Week: &calendar.Week{}}
		if i == 1 {
			v.From = &change
		}
		w := v.Week
		for j, day := range []*[]calendar.Window{&w.Monday, &w.Tuesday, &w.Wednesday, &w.Thursday, &w.Friday, &w.Saturday, &w.Sunday} {
			*day = drawWindows(t, fmt.Sprint("windows of day ", j))
		}
		doc.Versions = append(doc.Versions, v)
	}
	doc.Versions[0].Week.Wednesday = []calendar.Window{"08:00-24:00"} // so that it opens
	own := map[span.Date][]calendar.Window{}
	for range rapid.IntRange(0, 20).Draw(t, "holidays") {
		d := span.DateOf(2025, time.January, 1) + span.Date(rapid.IntRange(0, 729).Draw(t, "holiday"))
		if _, listed := own[d]; listed {
			continue
		}
		own[d] = drawWindows(t, "windows of the holiday")
		v := 0
		if len(doc.Versions) > 1 && d >= change {
			v = 1
		}
		doc.Versions[v].Holidays.Dates = append(doc.Versions[v].Holidays.Dates, calendar.HolidayDate{Date: d, Windows: own[d]})
	}
	zone, err := calendar.Shipped().Location(doc.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return example{doc, oracle{zone, func(d span.Date) []calendar.Window {
		if w, ok := own[d]; ok {
			return w
		}
		v := doc.Versions[0]
		if len(doc.Versions) > 1 && d >= change {
			v = doc.Versions[1]
		}
		return v.Week.On(d.Weekday())
	}}}
}

// drawStart draws an instant in 2025 or 2026, often within a day of a change of
// the clocks somewhere.
func drawStart(t *rapid.T) span.Instant {
	changes := []span.Date{
		span.DateOf(2025, time.March, 9), span.DateOf(2025, time.March, 30), span.DateOf(2025, time.April, 6),
		span.DateOf(2025, time.October, 5), span.DateOf(2025, time.October, 26), span.DateOf(2025, time.November, 2),
		span.DateOf(2026, time.March, 29), span.DateOf(2026, time.October, 25),
	}
	day := span.DateOf(2025, time.January, 2) + span.Date(rapid.IntRange(0, 720).Draw(t, "day"))
	if rapid.Bool().Draw(t, "near a change") {
		day = rapid.SampledFrom(changes).Draw(t, "change of the clocks") - 1
	}
	return day.Start(time.UTC) + span.Instant(rapid.IntRange(0, 2*86400).Draw(t, "second"))
}

// TestAgainstTheWallClock counts open time minute by minute and compares.
func TestAgainstTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExample(t)
		cal, findings := calendar.Compile(e.doc, calendar.Shipped())
		if len(findings) > 0 {
			t.Fatalf("the random calendar is wrong: %v", findings)
		}
		from := drawStart(t)
		to := from + span.Instant(rapid.IntRange(0, 5*86400).Draw(t, "length"))
		var counted int64
		for i := from; i < to; {
			step := min(60-(i%60+60)%60, to-i) // windows begin and end on whole minutes
			if e.open(i) {
				counted += int64(step)
			}
			if got := cal.IsOpen(i); got != e.open(i) {
				t.Fatalf("IsOpen(%s) = %v", i.In(e.zone), got)
			}
			i += step
		}
		if got := cal.OpenSeconds(from, to); got != counted {
			t.Fatalf("OpenSeconds(%s, %s) = %d, counted %d", from.In(e.zone), to.In(e.zone), got, counted)
		}
		if got := cal.Windows(span.Span{From: from, To: to}).Length(); got != counted {
			t.Fatalf("Windows(%s, %s) hold %d seconds, counted %d", from.In(e.zone), to.In(e.zone), got, counted)
		}
	})
}

// TestReachIsTheInverseOfOpen holds the promise of Reach: its result has the open
// seconds asked for, and the second before it has one fewer.
func TestReachIsTheInverseOfOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExample(t)
		cal, findings := calendar.Compile(e.doc, calendar.Shipped())
		if len(findings) > 0 {
			t.Fatalf("the random calendar is wrong: %v", findings)
		}
		from := drawStart(t)
		open := rapid.Int64Range(1, 100*hour).Draw(t, "open")
		due, ok := cal.Due(from, open)
		if !ok {
			t.Fatalf("Due(%s, %d) is out of range", from, open)
		}
		if got := cal.OpenSeconds(from, due); got != open {
			t.Fatalf("Due(%s, %d) = %s, %d open seconds later", from.In(e.zone), open, due.In(e.zone), got)
		}
		if !cal.IsOpen(due-1) || cal.OpenSeconds(from, due-1) != open-1 {
			t.Fatalf("Due(%s, %d) = %s is not the first such instant", from.In(e.zone), open, due.In(e.zone))
		}
		if again, ok := cal.Reach(cal.Open(from) + open); !ok || again != due {
			t.Fatalf("Reach = %s, Due = %s", again, due)
		}
	})
}
