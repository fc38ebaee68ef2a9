package calendar_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/span"
)

// good is a calendar that uses everything a document can hold.
const good = `id: desk
name: Service desk
zone: Europe/London
versions:
  - week:
      monday: ["08:00-12:00", "13:00-18:00"]
      friday: ["22:00-06:00"]
    holidays:
      sets: [england-and-wales]
      dates:
        - date: 2026-12-24
          name: Christmas Eve
          source: notice of 1 October 2026
          windows: ["08:00-12:00"]
        - date: 2026-10-05
          name: moving house
  - from: 2027-04-01
    always: true
    source: change 14
`

func TestRead(t *testing.T) {
	doc, findings := calendar.Read("desk.yaml", []byte(good))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	from := date(t, "2027-04-01")
	yes := true
	want := calendar.Document{ID: "desk", Name: "Service desk", Zone: "Europe/London", Versions: []calendar.Version{
		{
			Week: &calendar.Week{Monday: []calendar.Window{"08:00-12:00", "13:00-18:00"}, Friday: []calendar.Window{"22:00-06:00"}},
			Holidays: calendar.Holidays{Sets: []string{"england-and-wales"}, Dates: []calendar.HolidayDate{
				{Date: date(t, "2026-12-24"), Name: "Christmas Eve", Source: "notice of 1 October 2026", Windows: []calendar.Window{"08:00-12:00"}},
				{Date: date(t, "2026-10-05"), Name: "moving house"},
			}},
		},
		{From: &from, Always: &yes, Source: "change 14"},
	}}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// calendarOf returns a document of one version, whose lines begin at line 4.
func calendarOf(version string) string {
	return "id: x\nzone: Europe/London\nversions:\n  - " + strings.ReplaceAll(version, "\n", "\n    ") + "\n"
}

func TestReadFinds(t *testing.T) {
	const week = "week: {monday: [\"09:00-17:00\"]}\n"
	for _, c := range []struct {
		name, text string
		want       []string // place, number and field of each finding
	}{
		{"unknown zone", "id: x\nzone: Europe/Londn\nversions:\n  - always: true\n", []string{"2:7 TB1101 zone"}},
		{"hour of 25", calendarOf(`week: {monday: ["09:00-25:00"]}`), []string{"4:21 TB1102 versions[0].week.monday[0]"}},
		{"minute of 60", calendarOf(`week: {monday: ["09:60-10:00"]}`), []string{"4:21 TB1102 versions[0].week.monday[0]"}},
		{"opens at 24:00", calendarOf(`week: {monday: ["24:00-06:00"]}`), []string{"4:21 TB1102 versions[0].week.monday[0]"}},
		{"after 24:00", calendarOf(`week: {monday: ["20:00-24:01"]}`), []string{"4:21 TB1102 versions[0].week.monday[0]"}},
		{"no time", calendarOf(`week: {monday: ["09:00-09:00", "10:00-11:00"]}`), []string{"4:21 TB1103 versions[0].week.monday[0]"}},
		{"nearly 24x7", calendarOf(`week: {monday: ["00:00-23:59"]}`), []string{"4:21 TB1104 versions[0].week.monday[0]"}},
		{"overlap", calendarOf(`week: {monday: ["09:00-12:00", "11:00-17:00"]}`), []string{"4:36 TB1105 versions[0].week.monday[1]"}},
		{"overlap, later first", calendarOf(`week: {monday: ["11:00-17:00", "09:00-12:00"]}`), []string{"4:21 TB1105 versions[0].week.monday[0]"}},
		{"overlap over midnight", calendarOf("week:\n  monday: [\"22:00-06:00\"]\n  tuesday: [\"05:00-09:00\"]"), []string{"6:17 TB1105 versions[0].week.tuesday[0]"}},
		{"overlap over the week's end", calendarOf("week:\n  monday: [\"05:00-09:00\"]\n  sunday: [\"22:00-06:00\"]"), []string{"5:16 TB1105 versions[0].week.monday[0]"}},
		{"meeting is no overlap", calendarOf("week:\n  monday: [\"06:00-09:00\", \"09:00-24:00\"]\n  sunday: [\"22:00-06:00\"]\n  tuesday: [\"00:00-01:00\"]"), nil},
		{
			"overlap on a half day", calendarOf(week + "holidays: {dates: [{date: 2026-12-24, windows: [\"09:00-12:00\", \"10:00-13:00\"]}]}"),
			[]string{"5:68 TB1105 versions[0].holidays.dates[0].windows[1]"},
		},
		{"never opens", calendarOf("week: {}"), []string{"3:1 TB1106 versions"}},
		{"version without a date", calendarOf(week) + "  - always: true\n", []string{"6:5 TB1107 versions[1].from"}},
		{"versions with the same date", calendarOf("from: 2026-01-01\n"+week) + "  - from: 2026-01-01\n    always: true\n", []string{"7:11 TB1107 versions[1].from"}},
		{"versions out of order", calendarOf(week) + "  - from: 2026-02-01\n    always: true\n  - from: 2026-01-01\n    always: true\n", []string{"8:11 TB1107 versions[2].from"}},
		{"date twice", calendarOf(week + "holidays: {dates: [{date: 2026-12-24}, {date: 2026-12-24}]}"), []string{"5:51 TB1108 versions[0].holidays.dates[1].date"}},
		{"set twice", calendarOf(week + "holidays: {sets: [scotland, scotland]}"), []string{"5:33 TB1108 versions[0].holidays.sets[1]"}},
		{"unknown set", calendarOf(week + "holidays: {sets: [wales]}"), []string{"5:23 TB1109 versions[0].holidays.sets[0]"}},
		{"date before the set", calendarOf(week + "holidays: {sets: [scotland], dates: [{date: 2009-12-24}]}"), []string{"5:49 TB1110 versions[0].holidays.dates[0].date"}},
		{"date after every year", calendarOf(week + "holidays: {dates: [{date: 2061-12-24}]}"), []string{"5:31 TB1110 versions[0].holidays.dates[0].date"}},
		{
			"date of another version", calendarOf(week+"holidays: {dates: [{date: 2026-12-24}]}") + "  - from: 2026-06-01\n    always: true\n",
			[]string{"5:31 TB1111 versions[0].holidays.dates[0].date"},
		},
		{"holidays of 24x7", calendarOf("always: true\nholidays: {sets: [scotland]}"), []string{"5:15 TB1111 versions[0].holidays"}},
		{"always false", calendarOf("always: false") + "  - from: 2026-06-01\n    always: true\n", []string{"4:5 TB1114 versions[0]"}},
		{"two at once", "id: x\nzone: Mars/Olympus\nversions:\n  - week: {monday: [\"09:00-09:00\"]}\n", []string{"2:7 TB1101 zone", "4:21 TB1103 versions[0].week.monday[0]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := calendar.Read("x.yaml", []byte(c.text))
			var got []string
			for _, f := range findings {
				got = append(got, fmt.Sprintf("%d:%d %s %s", f.Position.Line, f.Position.Column, f.Rule.Code(), f.Field))
				if f.Message == "" || f.Fix() == "" || f.Position.File != "x.yaml" {
					t.Errorf("a finding lacks its message, remedy or file: %v", f)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s\n%v", diff, findings)
			}
		})
	}
}

// TestReadLeavesToTheDocument holds that what the document package says is said
// once: the number is not one of the calendar's.
func TestReadLeavesToTheDocument(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"nothing", ""},
		{"not YAML", "a: [\n"},
		{"no zone", "id: x\nversions: [{always: true}]\n"},
		{"no versions", "id: x\nzone: UTC\nversions: []\n"},
		{"week and always", calendarOf("always: true\nweek: {monday: [\"09:00-17:00\"]}")},
		{"neither", calendarOf("source: x") + "  - from: 2026-06-01\n    always: true\n"},
		{"not a window", calendarOf(`week: {monday: ["9 to 5"], tuesday: ["09:00-17:00"]}`)},
		{"not a date", calendarOf("always: true") + "  - from: soon\n    always: true\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := calendar.Read("x.yaml", []byte(c.text))
			if len(findings) == 0 {
				t.Fatal("nothing was found")
			}
			for _, f := range findings {
				if n := f.Rule.Number; n >= 1100 && n < 1200 {
					t.Errorf("said twice: %v\nin\n%v", f, findings)
				}
			}
		})
	}
}

// TestCompileFinds holds that a document made by a program is checked as well.
func TestCompileFinds(t *testing.T) {
	many := office()
	many.Versions = make([]calendar.Version, calendar.MaxVersions+1)
	crowded := office()
	for range calendar.MaxWindows + 1 {
		crowded.Versions[0].Week.Sunday = append(crowded.Versions[0].Week.Sunday, "09:00-10:00")
	}
	dated := withDates(office(), make([]calendar.HolidayDate, calendar.MaxDates+1)...)
	both := always()
	both.Versions[0].Week = workdays("09:00-17:00")
	noZone := office()
	noZone.Zone = ""
	for _, c := range []struct {
		name string
		doc  calendar.Document
		want fault.Rule
	}{
		{"no zone", noZone, calendar.RuleZone},
		{"no versions", calendar.Document{ID: "x", Zone: "UTC"}, calendar.RuleNeverOpens},
		{"too many versions", many, calendar.RuleTooLarge},
		{"too many windows", crowded, calendar.RuleTooLarge},
		{"too many dates", dated, calendar.RuleTooLarge},
		{"week and always", both, calendar.RuleHours},
		{"no window", weekly("UTC", &calendar.Week{Monday: []calendar.Window{"nine to five"}}), calendar.RuleTime},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal, findings := calendar.Compile(c.doc, calendar.Shipped())
			if cal != nil || len(findings) != 1 || findings[0].Rule != c.want {
				t.Errorf("Compile = %v, %v; want %s", cal, findings, c.want.Code())
			}
		})
	}
}

// TestSetsWithoutACommonYear needs sets of the caller's own.
func TestSetsWithoutACommonYear(t *testing.T) {
	sets := func(name string) (calendar.Set, bool) {
		set, err := calendar.ParseSet(name, []byte("date,name,source\n"+name+"-05-01,Labour Day,law\n"))
		return set, err == nil
	}
	cal, findings := calendar.CompileWith(withSets(office(), "2024", "2026"), calendar.Shipped(), sets)
	if cal != nil || len(findings) != 1 || findings[0].Rule != calendar.RuleYears {
		t.Errorf("CompileWith = %v, %v", cal, findings)
	}
	cal, findings = calendar.CompileWith(withSets(office(), "2026"), calendar.Shipped(), sets)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if h, ok := cal.HolidayOn(date(t, "2026-05-01")); !ok || h.Name != "Labour Day" {
		t.Errorf("HolidayOn = %v, %v", h, ok)
	}
}

// FuzzRead holds that no text makes reading panic, and that a document without
// findings compiles to a calendar that keeps its promises.
func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(calendarOf(`week: {monday: ["22:00-06:00", "09:00-17:00"]}`)))
	f.Add([]byte(calendarOf("always: true")))
	f.Add([]byte(calendarOf("week: {sunday: [\"00:00-23:59\"]}\nholidays: {sets: [scotland, wales], dates: [{date: 1970-01-01}]}")))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, findings := calendar.Read("fuzz.yaml", data)
		if len(findings) > 0 {
			return
		}
		cal, findings := calendar.Compile(doc, calendar.Shipped())
		if len(findings) > 0 {
			t.Fatalf("it reads without findings and does not compile: %v", findings)
		}
		covered := cal.Range()
		whole := cal.OpenSeconds(covered.From, covered.To)
		middle := covered.From + (covered.To-covered.From)/2
		if n := cal.OpenSeconds(covered.From, middle) + cal.OpenSeconds(middle, covered.To); n != whole {
			t.Errorf("two halves have %d open seconds, the whole %d", n, whole)
		}
		if due, ok := cal.Reach(whole); !ok || cal.Open(due) != whole {
			t.Errorf("Reach(%d) = %s, %v", whole, due, ok)
		}
		if n := cal.Windows(span.Span{From: covered.From, To: middle}).Length(); n != cal.Open(middle) {
			t.Errorf("the windows have %d seconds, Open says %d", n, cal.Open(middle))
		}
	})
}

// TestNothingOfTheMachine holds the promise that zones and holidays are the
// program's own: the answers are the same with another zone directory.
func TestNothingOfTheMachine(t *testing.T) {
	t.Setenv("ZONEINFO", os.DevNull)
	t.Setenv("TZ", "America/New_York")
	cal := compile(t, office())
	if got := cal.OpenSeconds(at(t, cal.Zone(), "2026-06-01 00:00"), at(t, cal.Zone(), "2026-06-02 00:00")); got != 8*hour {
		t.Errorf("a day of %d open seconds", got)
	}
}
