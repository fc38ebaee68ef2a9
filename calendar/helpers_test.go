package calendar_test

import (
	"slices"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/span"
)

// workdays is the same windows on Monday to Friday.
func workdays(windows ...calendar.Window) *calendar.Week {
	return &calendar.Week{Monday: windows, Tuesday: windows, Wednesday: windows, Thursday: windows, Friday: windows}
}

// everyDay is the same windows on all seven days.
func everyDay(windows ...calendar.Window) *calendar.Week {
	w := workdays(windows...)
	w.Saturday, w.Sunday = windows, windows
	return w
}

func weekly(zone string, week *calendar.Week) calendar.Document {
	return calendar.Document{ID: "test", Zone: zone, Versions: []calendar.Version{{Week: week}}}
}

// office is Monday to Friday, 09:00 to 17:00, in London.
func office() calendar.Document { return weekly("Europe/London", workdays("09:00-17:00")) }

// always is 24x7 in London.
func always() calendar.Document {
	yes := true
	return calendar.Document{ID: "always", Zone: "Europe/London", Versions: []calendar.Version{{Always: &yes}}}
}

// withSets adds holiday sets to the first version.
func withSets(doc calendar.Document, sets ...string) calendar.Document {
	doc.Versions = slices.Clone(doc.Versions)
	doc.Versions[0].Holidays.Sets = sets
	return doc
}

// withDates adds holidays of the calendar's own to the first version.
func withDates(doc calendar.Document, dates ...calendar.HolidayDate) calendar.Document {
	doc.Versions = slices.Clone(doc.Versions)
	doc.Versions[0].Holidays.Dates = dates
	return doc
}

func compile(t testing.TB, doc calendar.Document) *calendar.Calendar {
	t.Helper()
	c, findings := calendar.Compile(doc, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatalf("Compile:\n%v", findings)
	}
	return c
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := calendar.Shipped().Location(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// at reads a local time such as "2026-03-27 16:00", or one with an offset such as
// "2025-10-26T00:30+01:00".
func at(t testing.TB, zone *time.Location, s string) span.Instant {
	t.Helper()
	if i, err := span.ParseInstant(s); err == nil {
		return i
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if v, err := time.ParseInLocation(layout, s, zone); err == nil {
			return span.Instant(v.Unix())
		}
	}
	t.Fatalf("%q is not a time", s)
	return 0
}

func date(t testing.TB, s string) span.Date {
	t.Helper()
	d, err := span.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
