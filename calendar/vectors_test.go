package calendar_test

import (
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/span"
)

const hour = 3600

// closed is a holiday of the calendar's own, closed all day.
func closed(t testing.TB, day string) calendar.HolidayDate {
	return calendar.HolidayDate{Date: date(t, day), Name: "closed"}
}

// TestDueVectors holds deadlines that people have worked out by hand, most of them
// from faults in programs that got them wrong. The start is London's local time
// unless it has an offset.
func TestDueVectors(t *testing.T) {
	easter := withDates(office(), closed(t, "2026-04-03"), closed(t, "2026-04-06"))
	dayByDay := weekly("Europe/London", everyDay("00:00-24:00"))
	berlin := withDates(weekly("Europe/Berlin", everyDay("09:00-21:00")), closed(t, "2016-11-11"), closed(t, "2016-11-13"))
	noFeed := weekly("Europe/Berlin", everyDay("09:00-21:00"))
	for _, c := range []struct {
		name string
		doc  calendar.Document
		from string
		open int64
		want string // RFC 3339
	}{
		{"clocks forward, 24x7", always(), "2026-03-29T00:30:00Z", 4 * hour, "2026-03-29T05:30:00+01:00"},
		{"clocks back, 24x7", always(), "2025-10-26T00:30:00+01:00", 4 * hour, "2025-10-26T03:30:00Z"},
		{"clocks forward between two working days", office(), "2026-03-27 16:00", 8 * hour, "2026-03-30T16:00:00+01:00"},
		{"clocks back between two working days", office(), "2025-10-24 16:00", 8 * hour, "2025-10-27T16:00:00Z"},
		{"Easter in dates of its own", easter, "2026-04-02 16:00", 8 * hour, "2026-04-07T16:00:00+01:00"},
		{"Easter in England and Wales", withSets(office(), "england-and-wales"), "2026-04-02 16:00", 8 * hour, "2026-04-07T16:00:00+01:00"},
		{"Easter Monday is worked in Scotland", withSets(office(), "scotland"), "2026-04-02 16:00", 8 * hour, "2026-04-06T16:00:00+01:00"},
		{"after a pause over night", office(), "2026-06-02 10:00", 2*hour + 1800, "2026-06-02T12:30:00+01:00"},
		{"after a pause of a week", office(), "2026-06-08 09:00", 8 * hour, "2026-06-08T17:00:00+01:00"},
		{"a full day ends at its close", office(), "2026-06-01 09:00", 8 * hour, "2026-06-01T17:00:00+01:00"},
		{"one second more is tomorrow", office(), "2026-06-01 09:00", 8*hour + 1, "2026-06-02T09:00:01+01:00"},
		{"raised in the night", office(), "2026-06-01 03:00", hour, "2026-06-01T10:00:00+01:00"},
		{"raised at the weekend", office(), "2026-06-06 12:00", hour, "2026-06-08T10:00:00+01:00"},
		{"nothing is due at once", office(), "2026-06-06 12:00", 0, "2026-06-06T12:00:00+01:00"},
		// Zammad 3180: a day that closes at 23:59 makes this 02:01.
		{"over midnight, 24x7 as windows", dayByDay, "2026-06-01 22:00", 4 * hour, "2026-06-02T02:00:00+01:00"},
		// Zammad 390: 48 h from 9 November 23:00, open 12 h a day; a public feed had
		// closed St Martin's day and the Sunday of mourning.
		{"two holidays of a feed", berlin, "2016-11-09 23:00", 48 * hour, "2016-11-15T21:00:00+01:00"},
		{"without them", noFeed, "2016-11-09 23:00", 48 * hour, "2016-11-13T21:00:00+01:00"},
		{
			"bank holiday of the worked example", withSets(weekly("Europe/London", workdays("09:00-17:30")), "england-and-wales"),
			"2026-05-01 16:30", 8 * hour, "2026-05-05T16:00:00+01:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.doc)
			got, ok := cal.Due(at(t, cal.Zone(), c.from), c.open)
			if !ok || got != at(t, nil, c.want) {
				t.Errorf("Due(%s, %d) = %s, %v; want %s", c.from, c.open, got.In(cal.Zone()), ok, c.want)
			}
		})
	}
}

// TestOpenVectors holds open time between two local times.
func TestOpenVectors(t *testing.T) {
	nights := weekly("Europe/London", everyDay("22:00-06:00"))
	for _, c := range []struct {
		name     string
		doc      calendar.Document
		from, to string
		want     int64
	}{
		{"day of 23 hours", always(), "2026-03-29 00:00", "2026-03-30 00:00", 23 * hour},
		{"day of 25 hours", always(), "2025-10-26 00:00", "2025-10-27 00:00", 25 * hour},
		{"day of 23 hours, as a window", weekly("Europe/London", everyDay("00:00-24:00")), "2026-03-29 00:00", "2026-03-30 00:00", 23 * hour},
		{"01:30 to 01:30, once each", always(), "2025-10-26T01:30:00+01:00", "2025-10-26T01:30:00Z", 3600},
		{"night of 7 hours", nights, "2026-03-28 12:00", "2026-03-29 12:00", 7 * hour},
		{"night of 9 hours", nights, "2025-10-25 12:00", "2025-10-26 12:00", 9 * hour},
		{"night of 8 hours", nights, "2026-06-01 12:00", "2026-06-02 12:00", 8 * hour},
		{"used before a pause", office(), "2026-06-01 15:00", "2026-06-01 16:30", hour + 1800},
		{"a pause over night", office(), "2026-06-01 16:30", "2026-06-02 10:00", hour + 1800},
		{"a pause in closed hours", office(), "2026-06-05 17:00", "2026-06-08 09:00", 0},
		{"a pause of a week, 24x7", always(), "2026-06-01 09:00", "2026-06-08 09:00", 168 * hour},
		{"a pause of a week, office hours", office(), "2026-06-01 09:00", "2026-06-08 09:00", 40 * hour},
		{"March 2026", always(), "2026-03-01 00:00", "2026-04-01 00:00", 44580 * 60},
		{"October 2025", always(), "2025-10-01 00:00", "2025-11-01 00:00", 44700 * 60},
		{"crossed", office(), "2026-06-02 10:00", "2026-06-01 10:00", 0},
		{"an hour for lunch", weekly("Europe/London", workdays("09:00-12:00", "13:00-17:00")), "2026-06-01 00:00", "2026-06-02 00:00", 7 * hour},
		{"lunch written first", weekly("Europe/London", workdays("13:00-17:00", "09:00-12:00")), "2026-06-01 00:00", "2026-06-02 00:00", 7 * hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.doc)
			from, to := at(t, cal.Zone(), c.from), at(t, cal.Zone(), c.to)
			if got := cal.OpenSeconds(from, to); got != c.want {
				t.Errorf("OpenSeconds(%s, %s) = %d, want %d", c.from, c.to, got, c.want)
			}
		})
	}
}

// TestEdgesInTheNightOfAChange holds the rule for edges that do not exist or that
// exist twice: at the change, and the first of the two.
func TestEdgesInTheNightOfAChange(t *testing.T) {
	london := location(t, "Europe/London")
	for _, c := range []struct {
		name    string
		window  calendar.Window
		day     string
		minutes int64
	}{
		{"both edges skipped", "01:15-01:45", "2026-03-29", 0},
		{"opening skipped", "01:30-03:00", "2026-03-29", 60},
		{"closing skipped", "00:30-01:30", "2026-03-29", 30},
		{"both edges repeated", "01:15-01:45", "2025-10-26", 30},
		{"opening repeated", "01:30-03:00", "2025-10-26", 150},
		{"closing repeated", "00:30-01:30", "2025-10-26", 60},
		{"over the change", "00:00-03:00", "2025-10-26", 240},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, weekly("Europe/London", everyDay(c.window)))
			d := date(t, c.day)
			got := cal.OpenSeconds(d.Start(london), (d + 1).Start(london))
			if got != c.minutes*60 {
				t.Errorf("%s on %s is open for %d minutes, want %d", c.window, c.day, got/60, c.minutes)
			}
		})
	}
}

// TestZonesOfOddChanges holds zones whose days begin late, are skipped or change
// their offset by half an hour.
func TestZonesOfOddChanges(t *testing.T) {
	for _, c := range []struct {
		name, zone, day string
		window          calendar.Window
		want            int64
	}{
		{"Samoa had no 30 December 2011", "Pacific/Apia", "2011-12-30", "09:00-17:00", 0},
		{"and a full 31 December", "Pacific/Apia", "2011-12-31", "09:00-17:00", 8 * hour},
		{"midnight skipped in Beirut", "Asia/Beirut", "2022-03-27", "00:00-24:00", 23 * hour},
		{"half an hour in Lord Howe", "Australia/Lord_Howe", "2026-10-04", "00:00-24:00", 23*hour + 1800},
		{"whole day in Kolkata", "Asia/Kolkata", "2026-03-29", "00:00-24:00", 24 * hour},
		{"midnight repeated in Havana", "America/Havana", "2025-11-02", "00:00-24:00", 25 * hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, weekly(c.zone, everyDay(c.window)))
			d := date(t, c.day)
			if got := cal.OpenSeconds(d.At(0, cal.Zone()), (d+1).At(0, cal.Zone())); got != c.want {
				t.Errorf("%s on %s in %s is open for %d seconds, want %d", c.window, c.day, c.zone, got, c.want)
			}
		})
	}
}

// TestPeriods holds that the calendar and the period agree on a month's length.
func TestPeriods(t *testing.T) {
	cal := compile(t, always())
	for month := time.January; month <= time.December; month++ {
		s := span.Month(2026, month).In(cal.Zone())
		if got := cal.OpenSeconds(s.From, s.To); got != s.Length() {
			t.Errorf("%s 2026 is open for %d seconds of %d", month, got, s.Length())
		}
	}
}
