package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/span"
)

// weekWithShortFriday is 09:00 to 17:00 and on Fridays to 16:00, with a lunch
// break on Wednesdays and the bank holidays of England and Wales.
func weekWithShortFriday() calendar.Document {
	week := workdays("09:00-17:00")
	week.Friday = []calendar.Window{"09:00-16:00"}
	week.Wednesday = []calendar.Window{"09:00-12:00", "13:00-17:00"}
	return withSets(weekly("Europe/London", week), "england-and-wales")
}

func TestEndOfBusinessDay(t *testing.T) {
	short := weekWithShortFriday()
	nights := weekly("Europe/London", workdays("22:00-06:00"))
	for _, c := range []struct {
		name, from string
		doc        calendar.Document
		n          int
		want       string
	}{
		{"today while it is open", "2026-06-04 16:59", short, 0, "2026-06-04 17:00"},
		{"today before it opens", "2026-06-04 03:00", short, 0, "2026-06-04 17:00"},
		{"at the close it is the next day's", "2026-06-04 17:00", short, 0, "2026-06-05 16:00"},
		{"none on a Saturday", "2026-06-06 12:00", short, 0, "2026-06-08 17:00"},
		{"next day", "2026-06-04 16:59", short, 1, "2026-06-05 16:00"},
		{"next day, raised after the close", "2026-06-04 20:00", short, 1, "2026-06-05 16:00"},
		{"next day, raised before the opening", "2026-06-04 03:00", short, 1, "2026-06-05 16:00"},
		{"over the weekend", "2026-06-05 10:00", short, 1, "2026-06-08 17:00"},
		{"raised on a Saturday", "2026-06-06 12:00", short, 1, "2026-06-08 17:00"},
		{"over Easter", "2026-04-02 10:00", short, 1, "2026-04-07 17:00"},
		{"five days", "2026-06-01 10:00", short, 5, "2026-06-08 17:00"},
		{"over the change of the clocks", "2026-03-27 10:00", short, 1, "2026-03-30 17:00"},
		{"in Monday's night shift", "2026-06-02 02:00", nights, 1, "2026-06-03 06:00"},
		{"after Monday's night shift", "2026-06-02 07:00", nights, 1, "2026-06-04 06:00"},
		{"in Friday's night shift", "2026-06-06 02:00", nights, 0, "2026-06-06 06:00"},
		{"24x7 ends at midnight", "2026-06-06 02:00", always(), 1, "2026-06-08 00:00"},
		{"half day", "2026-12-23 10:00", withDates(short, calendar.HolidayDate{
			Date:    date(t, "2026-12-24"),
			Windows: []calendar.Window{"09:00-12:30"},
		}), 1, "2026-12-24 12:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.doc)
			got, ok := cal.EndOfBusinessDay(at(t, cal.Zone(), c.from), c.n)
			if !ok || got != at(t, cal.Zone(), c.want) {
				t.Errorf("EndOfBusinessDay(%s, %d) = %s, %v; want %s", c.from, c.n, got.In(cal.Zone()), ok, c.want)
			}
		})
	}
}

func TestAddBusinessDays(t *testing.T) {
	short := weekWithShortFriday()
	nights := weekly("Europe/London", workdays("22:00-06:00"))
	sundays := weekly("Europe/London", everyDay("00:30-04:00"))
	for _, c := range []struct {
		name, from string
		doc        calendar.Document
		n          int
		want       string
	}{
		{"same time next day", "2026-06-01 11:20", short, 1, "2026-06-02 11:20"},
		{"none is now", "2026-06-01 11:20", short, 0, "2026-06-01 11:20"},
		{"none, closed, is the next opening", "2026-06-06 11:20", short, 0, "2026-06-08 09:00"},
		{"over a weekend", "2026-06-05 11:20", short, 1, "2026-06-08 11:20"},
		{"from a weekend", "2026-06-06 12:00", short, 1, "2026-06-09 09:00"},
		{"from the evening", "2026-06-01 18:00", short, 1, "2026-06-03 09:00"},
		{"at the close", "2026-06-01 17:00", short, 1, "2026-06-03 09:00"},
		{"cut to a short day", "2026-06-04 16:30", short, 1, "2026-06-05 16:00"},
		{"out of the lunch break", "2026-06-02 12:20", short, 1, "2026-06-03 13:00"},
		{"over Easter", "2026-04-02 11:20", short, 1, "2026-04-07 11:20"},
		{"over the change of the clocks", "2026-03-27 11:20", short, 1, "2026-03-30 11:20"},
		{"ten days", "2026-06-01 11:20", short, 10, "2026-06-15 11:20"},
		{"small hours of a night shift", "2026-06-02 02:00", nights, 1, "2026-06-03 02:00"},
		{"of Friday's night shift", "2026-06-06 02:00", nights, 1, "2026-06-09 02:00"},
		{"to a time that is skipped", "2026-03-28 01:20", sundays, 1, "2026-03-29T02:00:00+01:00"},
		{"to a time that is repeated", "2025-10-25 01:20", sundays, 1, "2025-10-26T01:20:00+01:00"},
		{"from the second of two", "2025-10-26T01:20:00Z", sundays, 1, "2025-10-27 01:20"},
		{"24x7", "2026-06-06 02:00", always(), 2, "2026-06-08 02:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.doc)
			got, ok := cal.AddBusinessDays(at(t, cal.Zone(), c.from), c.n)
			if !ok || got != at(t, cal.Zone(), c.want) {
				t.Errorf("AddBusinessDays(%s, %d) = %s, %v; want %s", c.from, c.n, got.In(cal.Zone()), ok, c.want)
			}
		})
	}
}

func TestBusinessDaysOutOfRange(t *testing.T) {
	cal := compile(t, weekWithShortFriday())
	covered := cal.Range()
	for _, c := range []struct {
		name string
		from span.Instant
		n    int
	}{
		{"negative", covered.From, -1},
		{"before", covered.From - 1, 1},
		{"at the end", covered.To, 1},
		{"result after the end", covered.To - 3600, 1},
		{"result far after the end", covered.From, 1 << 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := cal.EndOfBusinessDay(c.from, c.n); ok {
				t.Errorf("EndOfBusinessDay = %s", got)
			}
			if got, ok := cal.AddBusinessDays(c.from, c.n); ok {
				t.Errorf("AddBusinessDays = %s", got)
			}
		})
	}
	if _, ok := cal.EndOfBusinessDay(covered.From, 1); !ok {
		t.Error("the range's first instant is out of range")
	}
}

// TestBusinessDaysByHand counts business days date by date and compares.
func TestBusinessDaysByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExample(t)
		cal, findings := calendar.Compile(e.doc, calendar.Shipped())
		if len(findings) > 0 {
			t.Fatalf("the random calendar is wrong: %v", findings)
		}
		from := drawStart(t)
		n := rapid.IntRange(1, 15).Draw(t, "n")
		day := span.DateIn(from, e.zone)
		for _, w := range e.windows(day - 1) { // still in a window of the day before
			if w[6:] < w[:5] && from < day.At(clock(w[6:]), e.zone) {
				day--
				break
			}
		}
		for left := n; left > 0; {
			if day++; len(e.windows(day)) > 0 {
				left--
			}
		}
		var want span.Instant
		for _, w := range e.windows(day) {
			to := clock(w[6:])
			if to <= clock(w[:5]) {
				to += 86400
			}
			want = max(want, day.At(to, e.zone))
		}
		if got, ok := cal.EndOfBusinessDay(from, n); !ok || got != want {
			t.Fatalf("EndOfBusinessDay(%s, %d) = %s, want %s", from.In(e.zone), n, got.In(e.zone), want.In(e.zone))
		}
		got, ok := cal.AddBusinessDays(from, n)
		if !ok || got <= from || !cal.IsOpen(got) && !cal.IsOpen(got-1) {
			t.Fatalf("AddBusinessDays(%s, %d) = %s, %v, which is closed", from.In(e.zone), n, got.In(e.zone), ok)
		}
		if cal.IsOpen(from) && got > want {
			t.Fatalf("AddBusinessDays(%s, %d) = %s, after the day's end %s", from.In(e.zone), n, got.In(e.zone), want.In(e.zone))
		}
	})
}

// clock returns the seconds after midnight of a time such as 17:30.
func clock(w calendar.Window) int {
	return (int(w[0]-'0')*10+int(w[1]-'0'))*3600 + (int(w[3]-'0')*10+int(w[4]-'0'))*60
}
