package calendar_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towerbridge/calendar"
	"towerbridge/span"
)

// easter computes Easter Sunday with the method of Meeus, Jones and Butcher.
func easter(year int) span.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	n := h + l - 7*((a+11*h+22*l)/451) + 114
	return span.DateOf(year, time.Month(n/31), n%31+1)
}

func TestEaster(t *testing.T) {
	for year, want := range map[int]string{
		2010: "2010-04-04", 2011: "2011-04-24", 2016: "2016-03-27", 2019: "2019-04-21", 2024: "2024-03-31", 2028: "2028-04-16",
	} {
		if got := easter(year); got.String() != want {
			t.Errorf("Easter of %d is %s, want %s", year, got, want)
		}
	}
}

// monday returns the first Monday of a month, or with last the last one.
func monday(year int, month time.Month, last bool) span.Date {
	d, step := span.DateOf(year, month, 1), span.Date(1)
	if last {
		d, step = span.DateOf(year, month+1, 1)-1, -1
	}
	for d.Weekday() != time.Monday {
		d += step
	}
	return d
}

// moved and added are what no rule gives: holidays moved to another date, and those
// proclaimed once.
var (
	moved = map[string]string{
		"2012-05-28": "2012-06-04", // Diamond Jubilee
		"2020-05-04": "2020-05-08", // 75 years of VE Day
		"2022-05-30": "2022-06-02", // Platinum Jubilee
	}
	added = map[string][]string{
		"": {
			"2011-04-29", // royal wedding
			"2012-06-05", // Diamond Jubilee
			"2022-06-03", // Platinum Jubilee
			"2022-09-19", // state funeral
			"2023-05-08", // coronation
		},
		"scotland": {"2026-06-15"}, // World Cup
	}
)

// byRule computes the bank holidays of a nation in a year: the fixed days, of which
// one that falls on a weekend goes to the next weekday that is not one already; the
// movable days; and the exceptions.
func byRule(t *testing.T, nation string, year int) []span.Date {
	fixed := []span.Date{span.DateOf(year, 1, 1), span.DateOf(year, 12, 25), span.DateOf(year, 12, 26)}
	days := map[span.Date]bool{
		easter(year) - 2: true, monday(year, time.May, false): true, monday(year, time.May, true): true,
		monday(year, time.August, nation != "scotland"): true,
	}
	switch nation {
	case "scotland":
		fixed = append(fixed, span.DateOf(year, 1, 2), span.DateOf(year, 11, 30))
	case "northern-ireland":
		fixed = append(fixed, span.DateOf(year, 3, 17), span.DateOf(year, 7, 12))
	}
	if nation != "scotland" {
		days[easter(year)+1] = true
	}
	weekend := func(d span.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }
	slices.Sort(fixed)
	for _, d := range fixed {
		if !weekend(d) {
			days[d] = true
		}
	}
	for _, d := range fixed {
		if weekend(d) {
			for weekend(d) || days[d] {
				d++
			}
			days[d] = true
		}
	}
	for from, to := range moved {
		if f := date(t, from); days[f] {
			delete(days, f)
			days[date(t, to)] = true
		}
	}
	for _, d := range append(slices.Clone(added[""]), added[nation]...) {
		if y, _, _ := date(t, d).Civil(); y == year {
			days[date(t, d)] = true
		}
	}
	var out []span.Date
	for d := range days {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}

func TestHolidaySetsFollowTheRules(t *testing.T) {
	for _, name := range calendar.SetNames() {
		set, ok := calendar.HolidaySet(name)
		if !ok || set.Name != name || set.FirstYear != 2010 || set.LastYear != 2028 {
			t.Fatalf("HolidaySet(%q) is %s, %d to %d, %v", name, set.Name, set.FirstYear, set.LastYear, ok)
		}
		for year := set.FirstYear; year <= set.LastYear; year++ {
			var listed []span.Date
			for _, h := range set.Holidays {
				if y, _, _ := h.Date.Civil(); y == year {
					listed = append(listed, h.Date)
				}
			}
			if diff := cmp.Diff(byRule(t, name, year), listed); diff != "" {
				t.Errorf("%s %d: -rule +listed\n%s", name, year, diff)
			}
		}
	}
}

// TestHolidaySetsAsPublished holds the year 2026 as gov.uk/bank-holidays has it.
func TestHolidaySetsAsPublished(t *testing.T) {
	for name, days := range map[string]string{
		"england-and-wales": "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
		"scotland":          "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
		"northern-ireland":  "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
	} {
		set, _ := calendar.HolidaySet(name)
		var got []string
		for _, h := range set.Holidays {
			if s, ok := strings.CutPrefix(h.Date.String(), "2026-"); ok {
				got = append(got, s)
			}
		}
		if diff := cmp.Diff(strings.Fields(days), got); diff != "" {
			t.Errorf("%s: -published +listed\n%s", name, diff)
		}
	}
}

// TestHolidayNames holds that a name says what the date is: a substitute where the
// day itself is on a weekend, and the day itself otherwise.
func TestHolidayNames(t *testing.T) {
	fixed := map[string]string{
		"New Year's Day": "01-01", "2nd January": "01-02", "St Patrick's Day": "03-17",
		"Battle of the Boyne (Orangemen's Day)": "07-12", "St Andrew's Day": "11-30", "Christmas Day": "12-25", "Boxing Day": "12-26",
	}
	for _, name := range calendar.SetNames() {
		set, _ := calendar.HolidaySet(name)
		for _, h := range set.Holidays {
			plain, substitute := strings.CutSuffix(h.Name, " (substitute day)")
			if day, ok := fixed[plain]; ok && substitute == strings.HasSuffix(h.Date.String(), day) {
				t.Errorf("%s: %s is called %s", name, h.Date, h.Name)
			}
			if !strings.Contains(h.Source, "Act") && h.Source != "Common law holiday" {
				t.Errorf("%s: %s has the source %q", name, h.Date, h.Source)
			}
			if got, ok := set.On(h.Date); !ok || got != h {
				t.Errorf("%s: On(%s) = %v, %v", name, h.Date, got, ok)
			}
		}
	}
}

func TestHolidaySetIsACopy(t *testing.T) {
	set, _ := calendar.HolidaySet("scotland")
	set.Holidays[0].Name = "changed"
	if again, _ := calendar.HolidaySet("scotland"); again.Holidays[0].Name == "changed" {
		t.Error("a caller can change the shipped set")
	}
	if _, ok := calendar.HolidaySet("wales"); ok {
		t.Error("there is no set of Wales alone")
	}
}

// TestSetSurvivesABundle holds that a set's data read again is the same set.
func TestSetSurvivesABundle(t *testing.T) {
	for _, name := range calendar.SetNames() {
		set, _ := calendar.HolidaySet(name)
		again, err := calendar.ParseSet(name, set.Data())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(set.Holidays, again.Holidays); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestParseSetRefuses(t *testing.T) {
	const head = "date,name,source\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "first line"},
		{"another header", "day,name,source\n", "first line"},
		{"no rows", head, "no holidays"},
		{"no date", head + "soon,Feast,Act\n", "not a date"},
		{"no name", head + "2026-01-01,,Act\n", "no name"},
		{"no source", head + "2026-01-01,Feast,\n", "no source"},
		{"four columns", head + "2026-01-01,Feast,Act,more\n", "wrong number of fields"},
		{"same date", head + "2026-01-01,Feast,Act\n2026-01-01,Feast,Act\n", "out of order"},
		{"earlier date", head + "2026-01-02,Feast,Act\n2026-01-01,Feast,Act\n", "out of order"},
		{"year left out", head + "2026-01-01,Feast,Act\n2028-01-01,Feast,Act\n", "leaves a year out"},
		{"too large", head + strings.Repeat("#", calendar.MaxSetBytes), "more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := calendar.ParseSet("x", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ParseSet: %v, want %q", err, c.want)
			}
		})
	}
}

func FuzzParseSet(f *testing.F) {
	f.Add([]byte("# comment\ndate,name,source\n2026-01-01,Feast,\"Act, 1\"\n"))
	f.Add([]byte("date,name,source\n1900-01-01,a,b\n2026-01-01,a,b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := calendar.ParseSet("x", data)
		if err != nil {
			return
		}
		for year := set.FirstYear; year <= set.LastYear; year++ {
			if !slices.ContainsFunc(set.Holidays, func(h calendar.Holiday) bool { y, _, _ := h.Date.Civil(); return y == year }) {
				t.Errorf("the set covers %d and has no holiday in it", year)
			}
		}
	})
}
