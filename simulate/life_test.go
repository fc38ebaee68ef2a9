package simulate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// quiet is a profile in which nothing happens but what a test asks for.
const quiet = `
id: quiet
arrivals: {noise: 0%}
strays: 0%
cancelled: 0%
disputed: 0%
raised: 0%
everyParty: {rejects: 0%}
reopened: {share: 0%}
late: {share: 0%}
surveys: {share: 0%, scores: [1, 1]}
outages: {perYear: 0}
maintenance: {length: 0s}
`

func readProfile(t testing.TB, text string) Profile {
	t.Helper()
	p, findings := Read("profile.yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return p
}

// counts are how many entries of each event a journal has.
func counts(j *journal.Journal) map[journal.Event]int {
	out := map[journal.Event]int{}
	for i := range j.Tickets() {
		for _, e := range j.Of(i) {
			out[j.Fact(e).Event]++
		}
	}
	return out
}

// Each habit, switched on by itself, brings its events and, switched off, brings none.
func TestHabitsOneByOne(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	run := func(text string) map[journal.Event]int {
		j, _, err := Generate(w, readProfile(t, text), Year(2019, 3000, 5))
		if err != nil {
			t.Fatal(err)
		}
		return counts(j)
	}
	none := run(quiet)
	for _, e := range []journal.Event{journal.Cancelled, journal.Disputed, journal.Settled, journal.Changed, journal.Rejected, journal.Reopened, journal.Linked} {
		if none[e] > 0 {
			t.Errorf("nothing is asked for, and %d entries are %s", none[e], e)
		}
	}
	for _, c := range []struct {
		off, on   string
		event     journal.Event
		low, high int
	}{
		{"cancelled: 0%", "cancelled: 10%", journal.Cancelled, 230, 370},
		{"disputed: 0%", "disputed: 50%", journal.Disputed, 600, 1200},
		{"raised: 0%", "raised: 50%", journal.Changed, 250, 900},
		{"rejects: 0%", "rejects: 50%", journal.Rejected, 600, 1200},
		{"strays: 0%", "strays: 50%", journal.Rejected, 300, 1600},
		{"reopened: {share: 0%", "reopened: {share: 20%", journal.Reopened, 600, 900},
		{"perYear: 0", "perYear: 20", journal.Linked, 300, 3000},
	} {
		got := run(strings.Replace(quiet, c.off, c.on, 1))[c.event]
		if got < c.low || got > c.high {
			t.Errorf("%s brings %d entries %s; want %d to %d", c.on, got, c.event, c.low, c.high)
		}
	}
	silent := run(strings.Replace(quiet, "everyParty: {", "everyParty: {notes: 0%, pauses: {share: 0%}, ", 1))
	if silent[journal.Noted] > 0 || silent[journal.Paused] > 0 || none[journal.Noted] == 0 || none[journal.Paused] != none[journal.Resumed] {
		t.Errorf("notes and pauses: %v and %v", silent, none)
	}
}

// An outage takes along the services that depend on it, directly or not; they and the
// users' calls are its children and are over soon after it, never before.
func TestOutagesTakeDependentsAlong(t *testing.T) {
	t.Parallel()
	s := simulated(t, readProfile(t, strings.Replace(quiet, "perYear: 0", "perYear: 6, calls: [2, 5]", 1)), Year(2019, 8000, 13))
	j, _ := s.Journal(1)
	type family struct{ services, calls int }
	calls := 0
	families := map[string]family{}
	over := map[string]span.Instant{}
	services := map[string]string{}
	histories(j, func(id string, h *ticket.History) {
		at, _ := firstResolved(h)
		over[id], services[id] = at, j.Name(h.Moments[0].Service)
	})
	histories(j, func(id string, h *ticket.History) {
		m := h.Last()
		if m.Parent == 0 {
			return
		}
		parent := j.Name(m.Parent)
		f := families[parent]
		if j.Name(m.Kind) == outage {
			f.services++
		} else {
			f.calls++
			calls++
		}
		families[parent] = f
		if over[id] <= over[parent] {
			t.Errorf("%s is over at %s, before the outage %s at %s", id, over[id], parent, over[parent])
		}
	})
	if len(families) < 20 {
		t.Fatalf("only %d outages have children", len(families))
	}
	if calls < 2*len(families)*8/10 || calls > 5*len(families) { // on a quiet day there are fewer than two
		t.Errorf("%d outages brought %d calls", len(families), calls)
	}
	for parent, f := range families {
		want := map[string]int{"data-centre": 4, "wide-area-network": 5, "telephony": 1}[services[parent]]
		if f.services != want || f.calls > 5 {
			t.Errorf("the outage %s of %s took along %d services and brought %d calls; want %d and at most 5", parent, services[parent], f.services, f.calls, want)
		}
	}
}

func firstResolved(h *ticket.History) (span.Instant, bool) {
	i := slices.IndexFunc(h.Moments, func(m ticket.Moment) bool { return m.Event == journal.Resolved })
	if i < 0 {
		return 0, false
	}
	return h.Moments[i].At, true
}

// Once a week one service is maintained, on the day and at the hour of the profile's
// clock, summer and winter.
func TestMaintenance(t *testing.T) {
	t.Parallel()
	s := simulated(t, readProfile(t, strings.Replace(quiet, "{length: 0s}", "{weekday: friday, at: 22h30m, length: 45m}", 1)), Year(2019, 8000, 1))
	j, _ := s.Journal(1)
	n := 0
	histories(j, func(id string, h *ticket.History) {
		if j.Name(h.Last().Kind) != planned {
			return
		}
		n++
		at, _ := firstResolved(h)
		local := time.Unix(int64(h.Opened()), 0).In(s.zone)
		if local.Weekday() != time.Friday || local.Format("15:04") != "22:30" || at-h.Opened() != 45*minute {
			t.Errorf("%s is maintenance at %s until %s", id, local, at)
		}
	})
	if n != 52 {
		t.Errorf("%d in a year", n)
	}
}

// Arrivals follow the weights of hours, weekdays and months, and holidays are quiet.
func TestArrivals(t *testing.T) {
	t.Parallel()
	text := strings.Replace(quiet, "{noise: 0%}", `{noise: 0%, holiday: 10%, hours: [0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], weekdays: [2, 1, 1, 1, 1, 0, 0], months: [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1]}`, 1)
	s := simulated(t, readProfile(t, text), Year(2019, 20_000, 1))
	j, _ := s.Journal(1)
	hours, weekdays, months, days := map[int]int{}, map[time.Weekday]int{}, map[time.Month]int{}, map[string]int{}
	histories(j, func(_ string, h *ticket.History) {
		local := time.Unix(int64(h.Opened()), 0).In(s.zone)
		hours[local.Hour()]++
		weekdays[local.Weekday()]++
		months[local.Month()]++
		days[local.Format("01-02")]++
	})
	near := func(name string, got, want int) {
		if got < want*93/100 || got > want*107/100 {
			t.Errorf("%s: %d; want about %d", name, got, want)
		}
	}
	if len(hours) != 2 || len(weekdays) != 5 {
		t.Fatalf("hours %v, weekdays %v", hours, weekdays)
	}
	near("nine o'clock is three times ten o'clock", hours[9], 3*hours[10])
	near("a Monday is two Tuesdays", days["03-04"], 2*days["03-05"])
	near("a Tuesday of July is two of March", days["07-02"], 2*days["03-05"])
	near("May Day is a tenth of a Monday", days["05-06"]*10, days["05-13"])
	if months[time.July] < months[time.March]*3/2 {
		t.Errorf("July has %d, March %d", months[time.July], months[time.March])
	}
}

// Suppliers change on the day on which the estate does.
func TestErasFollowTheEstate(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	j, _, err := Generate(w, readProfile(t, quiet), Options{Tickets: 4000, Seed: 3, From: date(t, "2020-03-01"), To: date(t, "2020-05-01")})
	if err != nil {
		t.Fatal(err)
	}
	before, since := map[string]bool{}, map[string]bool{}
	change := date(t, "2020-04-01").Start(mustZone(t, w))
	histories(j, func(_ string, h *ticket.History) {
		if done, ok := firstResolved(h); ok && h.Opened() < change {
			before[j.Name(h.Moments[0].Party)+" "+j.Name(h.Last().Party)] = done > 0
		} else if ok {
			since[j.Name(h.Last().Party)] = true
		}
	})
	if len(before) < 4 || len(since) != 2 || !since["ostlehythe"] || !since["merrowfen"] {
		t.Errorf("before %v, since %v", before, since)
	}
}

func mustZone(t testing.TB, w World) *time.Location {
	t.Helper()
	zone, err := w.Zones.Location(w.Estate.Document().Zone)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// The smallest estates can be simulated: nobody but a customer, a supplier without
// services, services without a supplier.
func TestSmallEstates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		resolved   bool
	}{
		{"nobody who resolves", "parties: [{id: a, name: A, kind: customer}, {id: i, name: I, kind: integrator, calendar: always}]\n", false},
		{"a desk alone", "parties: [{id: a, name: A, kind: customer}, {id: i, name: I, kind: integrator, calendar: always}, {id: b, name: B, kind: supplier, calendar: always, teams: [{id: d, name: D, line: 1}]}]\n", true},
		{"no desk", "parties: [{id: a, name: A, kind: customer}, {id: i, name: I, kind: integrator, calendar: always}, {id: b, name: B, kind: supplier, calendar: always}]\ntowers: [{id: t, name: T}]\nservices: [{id: s, name: S, tower: t}]\nsupplies: [{tower: t, supplier: b, customer: a}]\n", true},
	} {
		e, findings := estate.Read("estate.yaml", []byte("id: e\nname: E\nzone: Europe/London\n"+c.text))
		if len(findings) > 0 {
			t.Fatal(c.name, findings)
		}
		w := World{Estate: e, Calendars: contract.Calendars{}, Zones: calendar.Shipped()}
		j, _, err := Generate(w, Profile{ID: "x"}, Year(2019, 400, 1))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if got := counts(j); got[journal.Opened] != 400 || (got[journal.Resolved] > 350) != c.resolved {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Everything wrong with what is asked is said at once.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	for _, c := range []struct {
		name    string
		profile string
		options Options
		rules   []int
	}{
		{"no tickets", "id: x", Year(2019, 0, 1), []int{1955}},
		{"too many", "id: x", Year(2019, MaxTickets+1, 1), []int{1955}},
		{"backwards", "id: x", Options{Tickets: 1, From: 10, To: 10}, []int{1955}},
		{"too long", "id: x", Options{Tickets: 1, From: 0, To: 366*MaxYears + 1}, []int{1955}},
		{"unknown trick", "id: x", Options{Tickets: 1, From: date(t, "2019-01-01"), To: date(t, "2019-02-01"), Tricks: []Trick{{Name: "magic"}}}, []int{1955}},
		{"trick twice and of nobody", "id: x", Options{Tickets: 1, From: date(t, "2019-01-01"), To: date(t, "2019-02-01"), Tricks: []Trick{{Name: Rounding}, {Name: Rounding}, {Name: Rounding, Party: "nobody"}}}, []int{1955, 1955}},
		{"unknown names", "id: x\nservices: [{service: no, weight: 1}]\nsites: [{name: no, weight: 1}]\nparties: [{party: no}]\nhandOvers: [{to: no, weight: 1}]\ndesk: {party: no}", Year(2019, 10, 1), []int{1954, 1954, 1954, 1954, 1954}},
		{"years that no calendar knows", "id: x", Year(1950, 10, 1), []int{1956}},
	} {
		_, findings := New(w, readProfile(t, c.profile), c.options)
		for _, want := range c.rules {
			at := slices.IndexFunc(findings, func(f fault.Finding) bool { return f.Rule.Number == want })
			if at < 0 {
				t.Errorf("%s: no finding %d: %v", c.name, want, findings)
				break
			}
			findings = slices.Delete(slices.Clone(findings), at, at+1)
		}
	}
}
