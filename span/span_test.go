package span_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/span"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := calendar.Shipped().Location(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseInstant(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-29T01:30:00+01:00": "2026-03-29T00:30:00Z",
		"2026-03-29T00:30Z":         "2026-03-29T00:30:00Z",
		"2026-03-29T00:30:00.9Z":    "2026-03-29T00:30:00Z", // a fraction is cut off
	} {
		i, err := span.ParseInstant(text)
		if err != nil || i.String() != want {
			t.Errorf("%s is %s, %v; want %s", text, i, err, want)
		}
	}
	for _, text := range []string{"", "2026-03-29", "2026-03-29T00:30:00", "2026-02-30T00:00:00Z", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"} {
		if i, err := span.ParseInstant(text); err == nil {
			t.Errorf("%q was read as %s", text, i)
		}
	}
}

func TestDateAt(t *testing.T) {
	for _, c := range []struct {
		zone, date string
		seconds    int
		want       string
	}{
		{"Europe/London", "2026-03-27", 9 * 3600, "2026-03-27T09:00:00Z"},
		{"Europe/London", "2026-03-30", 9 * 3600, "2026-03-30T08:00:00Z"},
		{"Europe/London", "2026-03-29", 5400, "2026-03-29T01:00:00Z"},  // 01:30 was skipped: the change itself
		{"Europe/London", "2025-10-26", 5400, "2025-10-26T00:30:00Z"},  // 01:30 came twice: the first
		{"Europe/London", "2025-10-26", 86400, "2025-10-27T00:00:00Z"}, // 24:00 of a day of 25 hours
		{"Pacific/Apia", "2011-12-30", 0, "2011-12-30T10:00:00Z"},      // a whole date was skipped
		{"America/Sao_Paulo", "2017-10-15", 0, "2017-10-15T03:00:00Z"}, // no midnight there
		{"Asia/Kathmandu", "2026-01-01", 0, "2025-12-31T18:15:00Z"},
	} {
		d, err := span.ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.At(c.seconds, zone(t, c.zone)); got.String() != c.want {
			t.Errorf("%s second %d in %s is %s, want %s", c.date, c.seconds, c.zone, got, c.want)
		}
	}
}

// TestDateAtAgreesWithTheClock holds that a wall-clock time that exists is found, for
// any time of any day in zones with changes at odd hours.
func TestDateAtAgreesWithTheClock(t *testing.T) {
	zones := []*time.Location{zone(t, "Europe/London"), zone(t, "Australia/Lord_Howe"), zone(t, "America/St_Johns"), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		i := span.Instant(rapid.Int64Range(0, 2_000_000_000).Draw(t, "instant"))
		local := i.Time().In(z)
		d := span.DateIn(i, z)
		at := d.At(local.Hour()*3600+local.Minute()*60+local.Second(), z)
		again := at.Time().In(z)
		if again.Format(time.DateTime) != local.Format(time.DateTime) {
			t.Fatalf("%s in %s came back as %s", local, z, again)
		}
		if at > i {
			t.Fatalf("%s is after the first time the clock showed it, %s", at, i)
		}
	})
}

func TestDate(t *testing.T) {
	d := span.DateOf(2024, 2, 29)
	if d.String() != "2024-02-29" || d.Weekday() != time.Thursday {
		t.Errorf("%s is a %s", d, d.Weekday())
	}
	for months, want := range map[int]string{12: "2025-02-28", 1: "2024-03-29", -1: "2024-01-29", 48: "2028-02-29"} {
		if got := d.AddMonths(months); got.String() != want {
			t.Errorf("%d months later is %s, want %s", months, got, want)
		}
	}
	if got := span.DateOf(1969, 12, 31); got != -1 || got.Weekday() != time.Wednesday {
		t.Errorf("the day before the first is %d, a %s", got, got.Weekday())
	}
	for _, bad := range []string{"2023-02-29", "2024-2-9", "1899-01-01", ""} {
		if _, err := span.ParseDate(bad); err == nil {
			t.Errorf("%q was read as a date", bad)
		}
	}
}

func TestDated(t *testing.T) {
	day := func(s string) *span.Date {
		d, err := span.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	x := span.Dated{From: day("2026-04-01"), To: day("2026-05-01")}
	for date, want := range map[string]bool{"2026-03-31": false, "2026-04-01": true, "2026-04-30": true, "2026-05-01": false} {
		if x.On(*day(date)) != want {
			t.Errorf("on %s: %v, want %v", date, !want, want)
		}
	}
	if x.Crossed() || !(span.Dated{From: x.To, To: x.From}).Crossed() || !(span.Dated{From: x.From, To: x.From}).Crossed() {
		t.Error("crossed dates are not told from others")
	}
}

func TestPeriods(t *testing.T) {
	london := zone(t, "Europe/London")
	for text, want := range map[string]string{
		"2026-03": "2026-03-01T00:00:00Z 2026-03-31T23:00:00Z",
		"2025-10": "2025-09-30T23:00:00Z 2025-11-01T00:00:00Z",
		"2026-Q2": "2026-03-31T23:00:00Z 2026-06-30T23:00:00Z",
	} {
		p, err := span.ParsePeriod(text)
		in := p.In(london)
		if got := in.From.String() + " " + in.To.String(); err != nil || got != want || p.String() != text {
			t.Errorf("%s is %s %q, %v; want %s", text, p, got, err, want)
		}
	}
	// Case 11: the local minutes of March 2026 and of October 2025.
	for text, minutes := range map[string]int64{"2026-03": 44_580, "2025-10": 44_700} {
		p, _ := span.ParsePeriod(text)
		if got := p.In(london).Length() / 60; got != minutes {
			t.Errorf("%s has %d minutes, want %d", text, got, minutes)
		}
	}
	list, err := span.ParsePeriods("2011-11..2012-02")
	if err != nil || len(list) != 4 || list[2].String() != "2012-01" || list[3].Next(-2) != list[1] {
		t.Errorf("the range is %v, %v", list, err)
	}
	for _, bad := range []string{"2026-13", "2026-0", "2026-Q5", "26-01", "2026-04..2026-03", "2026-01..2026-Q2", "1900-01..2199-12", "..", ""} {
		if got, err := span.ParsePeriods(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]span.Seconds{"8h": 28800, "45m": 2700, "90s": 90, "1h30m": 5400, "2h00m15s": 7215, "0s": 0} {
		got, err := span.ParseSeconds(text)
		if err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
		if again, err := span.ParseSeconds(got.String()); err != nil || again != got {
			t.Errorf("%s is written %s and read %d, %v", text, got, again, err)
		}
	}
	for _, bad := range []string{"", "8", "1d", "h", "30m1h", "-1h", "1.5h", "99999999h"} {
		if got, err := span.ParseSeconds(bad); err == nil {
			t.Errorf("%q was read as %d seconds", bad, got)
		}
	}
}

// TestSets compares the arithmetic of sets with that of single seconds.
func TestSets(t *testing.T) {
	spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span.Span {
		from := rapid.Int64Range(0, 60).Draw(t, "from")
		return span.Span{From: span.Instant(from), To: span.Instant(from + rapid.Int64Range(-2, 15).Draw(t, "length"))}
	}), 0, 8)
	in := func(list []span.Span, i span.Instant) bool {
		for _, s := range list {
			if s.Contains(i) {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans.Draw(t, "a"), spans.Draw(t, "b")
		x, y := span.Union(a...), span.Union(b...)
		minus, both := x.Minus(y), x.Intersect(y)
		for i := span.Instant(-1); i < 90; i++ {
			inA, inB := in(a, i), in(b, i)
			if in(x, i) != inA || in(minus, i) != (inA && !inB) || in(both, i) != (inA && inB) {
				t.Fatalf("second %d: a %v, b %v; union %v, minus %v, intersection %v", i, inA, inB, x, minus, both)
			}
		}
		for _, set := range []span.Set{x, minus, both} {
			for k := range set {
				if set[k].Length() == 0 || k > 0 && set[k].From <= set[k-1].To && &set[0] == &x[0] {
					t.Fatalf("%v is not in order, or has an empty span", set)
				}
			}
		}
		if minus.Length()+both.Length() != x.Length() {
			t.Fatalf("%d + %d seconds are not %d", minus.Length(), both.Length(), x.Length())
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-03-29T01:30:00+01:00", "2026-03-29", "2012-04..2012-06", "1h30m", "2012-Q1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := span.ParseInstant(s); err == nil {
			if again, err := span.ParseInstant(i.String()); err != nil || again != i {
				t.Errorf("%q: %s does not come back", s, i)
			}
		}
		if d, err := span.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q is written %s", s, d)
		}
		if x, err := span.ParseSeconds(s); err == nil {
			if again, err := span.ParseSeconds(x.String()); err != nil || again != x {
				t.Errorf("%q: %s does not come back", s, x)
			}
		}
		if list, err := span.ParsePeriods(s); err == nil && !strings.Contains(s, "..") && list[0].String() != s {
			t.Errorf("%q is written %s", s, list[0])
		}
	})
}
