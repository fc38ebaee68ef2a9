package calendar_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/calendar"
	"towerbridge/span"
)

func TestDescription(t *testing.T) {
	doc := withSets(office(), "scotland")
	cal := compile(t, doc)
	if cal.ID() != "test" || cal.Name() != "test" || cal.Zone().String() != "Europe/London" || cal.Always() {
		t.Errorf("%s, %s, %s, %v", cal.ID(), cal.Name(), cal.Zone(), cal.Always())
	}
	doc.Name = "Office hours"
	if got := compile(t, doc).Name(); got != "Office hours" {
		t.Errorf("the name is %q", got)
	}
	if !compile(t, always()).Always() {
		t.Error("always is not always")
	}
}

// TestRange holds which years a calendar knows.
func TestRange(t *testing.T) {
	for _, c := range []struct {
		name     string
		doc      calendar.Document
		from, to string
	}{
		{"without sets", office(), "1990-01-01 00:00", "2061-01-01 00:00"},
		{"with a set", withSets(office(), "scotland"), "2010-01-01 00:00", "2029-01-01 00:00"},
		{"elsewhere", weekly("Asia/Kolkata", everyDay("09:00-17:00")), "1989-12-31T18:30:00Z", "2060-12-31T18:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.doc)
			want := span.Span{From: at(t, cal.Zone(), c.from), To: at(t, cal.Zone(), c.to)}
			if got := cal.Range(); got != want {
				t.Errorf("Range = %s to %s, want %s to %s", got.From, got.To, want.From, want.To)
			}
			for _, q := range []struct {
				from, to span.Instant
				want     bool
			}{
				{want.From, want.To, true},
				{want.From, want.From, true},
				{want.From - 1, want.To, false},
				{want.From, want.To + 1, false},
				{want.To, want.From, false},
				{want.From, span.Never, false},
			} {
				if got := cal.Covers(q.from, q.to); got != q.want {
					t.Errorf("Covers(%s, %s) = %v", q.from, q.to, got)
				}
			}
		})
	}
}

// TestBeyondTheRange holds that nothing outside the range counts or panics.
func TestBeyondTheRange(t *testing.T) {
	for _, doc := range []calendar.Document{always(), withSets(office(), "scotland"), weekly("Europe/London", everyDay("22:00-06:00"))} {
		cal := compile(t, doc)
		covered := cal.Range()
		total := cal.Open(covered.To)
		for _, i := range []span.Instant{span.Earliest, covered.From - 1, covered.From} {
			if got := cal.Open(i); got != 0 {
				t.Errorf("Open(%s) = %d", i, got)
			}
		}
		for _, i := range []span.Instant{covered.To, covered.To + 1, span.Latest, span.Never} {
			if got := cal.Open(i); got != total {
				t.Errorf("Open(%s) = %d of %d", i, got, total)
			}
			if cal.IsOpen(i) {
				t.Errorf("IsOpen(%s)", i)
			}
		}
		if cal.IsOpen(covered.From - 1) {
			t.Error("open before the range")
		}
		if due, ok := cal.Reach(total); !ok || due > covered.To || !cal.IsOpen(due-1) {
			t.Errorf("Reach(total) = %s, %v", due, ok)
		}
		if due, ok := cal.Reach(total + 1); ok {
			t.Errorf("Reach(total+1) = %s", due)
		}
		if first, ok := cal.Reach(0); !ok || first != covered.From {
			t.Errorf("Reach(0) = %s, %v", first, ok)
		}
		for _, q := range []struct {
			from span.Instant
			open int64
		}{{covered.From - 1, 1}, {covered.To + 1, 0}, {covered.To, 1}, {covered.From, total + 1}, {covered.From, 1 << 62}} {
			if due, ok := cal.Due(q.from, q.open); ok {
				t.Errorf("Due(%s, %d) = %s", q.from, q.open, due)
			}
		}
	}
}

func TestWindows(t *testing.T) {
	cal := compile(t, withSets(weekly("Europe/London", workdays("09:00-12:00", "12:00-17:00", "22:00-24:00")), "england-and-wales"))
	in := func(from, to string) span.Span {
		return span.Span{From: at(t, cal.Zone(), from), To: at(t, cal.Zone(), to)}
	}
	for _, c := range []struct {
		name string
		in   span.Span
		want span.Set
	}{
		{"cut at both ends", in("2026-06-01 16:00", "2026-06-02 10:00"), span.Set{
			in("2026-06-01 16:00", "2026-06-01 17:00"), in("2026-06-01 22:00", "2026-06-02 00:00"), in("2026-06-02 09:00", "2026-06-02 10:00"),
		}},
		{"closed", in("2026-06-06 00:00", "2026-06-08 09:00"), nil},
		{"crossed", in("2026-06-08 00:00", "2026-06-01 09:00"), nil},
		{"bank holiday", in("2026-05-25 00:00", "2026-05-26 00:00"), nil},
		{"before the range", span.Span{From: span.Earliest, To: cal.Range().From}, nil},
		{"the range's end", span.Span{From: cal.Range().To - 3600, To: span.Never}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cal.Windows(c.in)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestHolidays holds which holiday wins and what a holiday does to night shifts.
func TestHolidays(t *testing.T) {
	doc := withSets(weekly("Europe/London", everyDay("22:00-06:00")), "england-and-wales")
	doc = withDates(doc,
		calendar.HolidayDate{Date: date(t, "2026-08-31"), Name: "worked", Source: "clause 4", Windows: []calendar.Window{"10:00-12:00"}},
		calendar.HolidayDate{Date: date(t, "2026-12-24"), Name: "Christmas Eve"},
	)
	cal := compile(t, doc)
	for _, c := range []struct {
		name, at string
		open     bool
	}{
		{"the eve's shift runs into the holiday", "2026-05-25 05:59", true},
		{"the holiday's shift is closed", "2026-05-25 22:00", false},
		{"to its end next morning", "2026-05-26 05:59", false},
		{"the day after", "2026-05-26 22:00", true},
		{"a bank holiday with windows of its own", "2026-08-31 10:00", true},
		{"and no others", "2026-08-31 22:00", false},
		{"a date of its own", "2026-12-24 23:00", false},
	} {
		if got := cal.IsOpen(at(t, cal.Zone(), c.at)); got != c.open {
			t.Errorf("%s: IsOpen(%s) = %v", c.name, c.at, got)
		}
	}
	for _, c := range []struct{ day, name string }{
		{"2026-05-25", "Spring bank holiday"}, {"2026-08-31", "worked"}, {"2026-12-24", "Christmas Eve"}, {"2026-12-23", ""},
	} {
		if h, ok := cal.HolidayOn(date(t, c.day)); h.Name != c.name || ok != (c.name != "") {
			t.Errorf("HolidayOn(%s) = %v, %v", c.day, h, ok)
		}
	}
}

// TestVersions holds that each version counts from its first day, and the first
// from the beginning, whatever date it bears.
func TestVersions(t *testing.T) {
	doc := office()
	from, later, yes := date(t, "2026-04-01"), date(t, "2026-07-01"), true
	doc.Versions[0].From = &from
	doc.Versions = append(doc.Versions, calendar.Version{From: &later, Always: &yes})
	cal := compile(t, doc)
	for _, c := range []struct {
		at   string
		open bool
	}{
		{"2026-03-02 10:00", true},
		{"2026-06-30 16:59", true},
		{"2026-06-30 23:59", false},
		{"2026-07-01 00:00", true},
		{"2027-01-01 03:00", true},
	} {
		if got := cal.IsOpen(at(t, cal.Zone(), c.at)); got != c.open {
			t.Errorf("IsOpen(%s) = %v", c.at, got)
		}
	}
	if cal.Always() {
		t.Error("a calendar with office hours is not always open")
	}
}

func TestNothingAllocates(t *testing.T) {
	for _, doc := range []calendar.Document{always(), withSets(office(), "scotland")} {
		cal := compile(t, doc)
		from := at(t, cal.Zone(), "2026-03-27 16:00")
		for name, f := range map[string]func(){
			"OpenSeconds":      func() { cal.OpenSeconds(from, from+86400) },
			"Due":              func() { cal.Due(from, 8*hour) },
			"EndOfBusinessDay": func() { cal.EndOfBusinessDay(from, 3) },
			"AddBusinessDays":  func() { cal.AddBusinessDays(from, 1) },
			"IsOpen":           func() { cal.IsOpen(from) },
			"Covers":           func() { cal.Covers(from, from+1) },
			"HolidayOn":        func() { cal.HolidayOn(20000) },
		} {
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s allocates %v times", name, n)
			}
		}
	}
}
