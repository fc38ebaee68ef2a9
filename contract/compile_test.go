package contract_test

import (
	"slices"
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/span"
)

// clockOf returns a clock of a contract by its id.
func clockOf(t testing.TB, c *contract.Contract, id string) *contract.Clock {
	t.Helper()
	i := slices.IndexFunc(c.Clocks, func(k contract.Clock) bool { return k.ID == id })
	if i < 0 {
		t.Fatalf("there is no clock %q", id)
	}
	return &c.Clocks[i]
}

func TestClockCalendar(t *testing.T) {
	c := compiled(t, edited(t, "      - priorities: [P1, P2]\n", "      - {sites: [yard], services: [wan], calendar: office}\n      - priorities: [P1, P2]\n"))
	for _, x := range []struct{ clock, priority, service, site, want string }{
		{"resolve", "P1", "mail", "yard", "always"},
		{"resolve", "P2", "", "", "always"},
		{"resolve", "P3", "mail", "yard", "office"},
		{"resolve", "", "", "", "office"},
		{"resolve", "P1", "wan", "yard", "office"}, // the first that fits
		{"resolve", "P1", "wan", "elsewhere", "always"},
		{"respond", "P3", "mail", "yard", "always"},
	} {
		if got := clockOf(t, c, x.clock).Calendar(x.priority, x.service, x.site); got == nil || got.ID() != x.want {
			t.Errorf("%s of %s %s %s has calendar %v, want %s", x.clock, x.priority, x.service, x.site, got, x.want)
		}
	}
}

func TestClockTarget(t *testing.T) {
	c := compiled(t, good)
	for _, x := range []struct{ clock, priority, service, site, on, want string }{
		{"resolve", "P1", "mail", "yard", "2025-04-01", "4h00m"},
		{"resolve", "P1", "mail", "yard", "2026-03-31", "4h00m"},
		{"resolve", "P1", "mail", "yard", "2026-04-01", "3h00m"}, // the day of the change belongs to the new target
		{"resolve", "P2", "mail", "yard", "2026-04-01", "8h00m"},
		{"resolve", "P3", "mail", "yard", "2026-04-01", "end of day 1"},
		{"resolve", "P3", "mail", "moon", "2026-04-01", "3 days"},
		{"resolve", "P3", "wan", "yard", "2026-04-01", "3 days"},
		{"resolve", "P9", "", "", "2026-04-01", "3 days"},
		{"respond", "P1", "mail", "yard", "2026-04-01", "15m"},
	} {
		target, ok := clockOf(t, c, x.clock).Target("incident", x.priority, x.service, x.site, date(t, x.on))
		if got := inWords(target); !ok || got != x.want {
			t.Errorf("%s of %s %s %s on %s: %s, %v; want %s", x.clock, x.priority, x.service, x.site, x.on, got, ok, x.want)
		}
	}
	closed := compiled(t, edited(t, "  - clock: resolve\n    businessDays: 3\n", "  - {clock: resolve, kinds: [incident], businessDays: 3, to: 2026-01-01}\n"))
	k := clockOf(t, closed, "resolve")
	if _, ok := k.Target("request", "P4", "", "", date(t, "2025-06-01")); ok {
		t.Error("a request has the target of incidents")
	}
	if _, ok := k.Target("incident", "P4", "", "", date(t, "2026-01-01")); ok {
		t.Error("a target that has ended still holds")
	}
}

func inWords(t *contract.TargetDocument) string {
	switch {
	case t == nil:
		return "none"
	case t.Within != nil:
		return t.Within.String()
	case t.Days != nil:
		return string(rune('0'+*t.Days)) + " days"
	}
	return "end of day " + string(rune('0'+*t.EndOfDay))
}

// The cut-off counts business days after the period's last day: April 2026 ends on
// a Thursday, and Monday 4 May is a bank holiday.
func TestCutOff(t *testing.T) {
	for _, x := range []struct{ name, text, period, want string }{
		{"five business days over a bank holiday", good, "2026-04", "2026-05-08T17:00+01:00"},
		{"over Christmas and New Year", good, "2025-12", "2026-01-08T17:00Z"},
		{"after a quarter", good, "2026-Q1", "2026-04-09T17:00+01:00"}, // Good Friday and Easter Monday closed
		{"two calendar days", edited(t, "  businessDays: 5\n  calendar: office\n", "  days: 2\n"), "2026-04", "2026-05-03T00:00+01:00"},
		{"no late entries", edited(t, "lateEntries:\n  businessDays: 5\n  calendar: office\n", ""), "2026-03", "2026-04-01T00:00+01:00"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := compiled(t, x.text)
			p, err := span.ParsePeriod(x.period)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.CutOff(p)
			if want := instant(t, x.want); err != nil || got != want {
				t.Errorf("cut-off of %s is %s, %v; want %s", p, got.In(c.Location), err, want.In(c.Location))
			}
		})
	}
	c := compiled(t, good)
	if at, err := c.CutOff(span.Month(2028, 12)); err == nil {
		t.Errorf("the cut-off beyond the calendar is %s, want an error", at)
	}
}

func TestDatedTerms(t *testing.T) {
	c := compiled(t, good)
	for _, x := range []struct{ period, want string }{
		{"2025-03", "GBP 2000000.00"}, {"2025-04", "GBP 2000000.00"}, {"2026-03", "GBP 2000000.00"}, {"2026-04", "GBP 2100000.00"},
	} {
		p, err := span.ParsePeriod(x.period)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if charge, ok := c.Charge(p); ok {
			got = charge.Amount.String()
		}
		if got != x.want {
			t.Errorf("the charge for %s is %q, want %q", x.period, got, x.want)
		}
	}
	kpi2 := &c.Measures[1]
	for on, want := range map[string]string{"2026-03-31": "99%", "2026-04-01": "99.5%"} {
		if level, ok := kpi2.TargetLevel(date(t, on)); !ok || level.Value.String() != want {
			t.Errorf("the target on %s is %v, want %s", on, level, want)
		}
	}
	at := func(s string) int { return c.Version(instant(t, s)) }
	if at("2026-03-31T23:59:59+01:00") == at("2026-04-01T00:00+01:00") || at("2025-06-01T00:00Z") != at("2026-03-31T00:00Z") {
		t.Error("versions change at the local midnight on which a target changes, and only then")
	}
	if got, want := c.ServicePeriod(date(t, "2026-04-01")), span.Month(2026, 4); got != want {
		t.Errorf("the service period is %s, want %s", got, want)
	}
}

func TestPauseCauses(t *testing.T) {
	c := compiled(t, edited(t, "    approvedBy: Service board, 6 May 2025\n", "    approvedBy: Service board, 6 May 2025\n    to: 2026-01-01\n"))
	resolve, respond := clockOf(t, c, "resolve"), clockOf(t, c, "respond")
	for _, x := range []struct {
		clock  *contract.Clock
		reason string
		on     string
		want   bool
	}{
		{resolve, "awaiting-customer", "2026-04-01", true},
		{resolve, "awaiting-parts", "2025-12-31", true},
		{resolve, "awaiting-parts", "2026-01-01", false}, // no longer allowed
		{resolve, "awaiting-change", "2026-04-01", false},
		{respond, "awaiting-customer", "2026-04-01", false},
	} {
		if got := c.Stands(x.clock, x.reason, date(t, x.on)); got != x.want {
			t.Errorf("%s stands for %s on %s: %v, want %v", x.clock.ID, x.reason, x.on, got, x.want)
		}
	}
	if p, ok := c.Cause("awaiting-parts", date(t, "2025-06-01")); !ok || p.Cause != contract.SupplierLeg {
		t.Errorf("the cause of awaiting-parts is %v", p)
	}
}

func TestExclusions(t *testing.T) {
	c := compiled(t, good)
	relief, tests := &c.Exclusions[0], &c.Exclusions[1]
	if !relief.For("KPI-1") || relief.For("KPI-2") || !tests.For("KPI-2") {
		t.Error("an exclusion is about the measures it names, or about all")
	}
	if !relief.Names("INC-7") || relief.Names("INC-9") || tests.Names("INC-7") || tests.Scope == nil || relief.Scope != nil {
		t.Error("an exclusion has tickets or an expression")
	}
}

func TestMeasureUnits(t *testing.T) {
	c := compiled(t, good)
	want := map[string]contract.Unit{
		"KPI-1": contract.Percent, "KPI-2": contract.Percent, "KPI-3": contract.Plain,
		"PI-1": contract.Seconds, "PI-2": contract.Seconds, "PI-3": contract.Percent,
	}
	clocks := map[string]int{"KPI-1": 1, "PI-1": 1, "PI-2": 0}
	for i := range c.Measures {
		m := &c.Measures[i]
		if m.Unit() != want[m.ID] {
			t.Errorf("the unit of %s is %v, want %v", m.ID, m.Unit(), want[m.ID])
		}
		clock, timed := clocks[m.ID]
		if timed && m.Clock != clock || !timed && m.Clock != -1 {
			t.Errorf("the clock of %s is %d", m.ID, m.Clock)
		}
	}
	age := contract.MeasureDocument{Backlog: &contract.BacklogRule{}}
	if age.Unit() != contract.Seconds {
		t.Errorf("a mean age is in %v", age.Unit())
	}
}

// Compile refuses what Check would have reported, and never fills anything in.
func TestCompileRefuses(t *testing.T) {
	w := world(t)
	for name, text := range map[string]string{
		"zone":     edited(t, "zone: Europe/London", "zone: Nowhere"),
		"calendar": edited(t, "acceptCalendar: always", "acceptCalendar: sometimes"),
		"scope":    edited(t, `scope: kind == "incident"`, "scope: kind"),
		"clock":    edited(t, "share: {clock: resolve}", "share: {clock: solve}"),
	} {
		doc, _, _ := contract.Read("tower-a.yaml", []byte(text))
		if _, err := contract.Compile(doc, w.Calendars, calendar.Shipped()); err == nil {
			t.Errorf("a contract with a wrong %s is compiled", name)
		}
	}
}

// A contract says how far back its rules look and which calendars they read.
func TestLook(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want int
	}{
		"earn-back and a rolling cap": {good, -1},
		"a rolling cap":               {edited(t, "    earnBack: {periods: 3, share: 50%}\n", ""), -1},
		"repeat failures":             {edited(t, "    earnBack: {periods: 3, share: 50%}\n···        rollingPeriods: 12\n", "···"), 1},
		"a repeat in quarters": {edited(t, "    earnBack: {periods: 3, share: 50%}\n···        rollingPeriods: 12\n···    period: quarter\n",
			"······    period: quarter\n    repeatFailure: {multiplier: 2}\n"), 3},
		"nothing": {edited(t, "    earnBack: {periods: 3, share: 50%}\n···        rollingPeriods: 12\n···    repeatFailure: {multiplier: 2}\n", "······"), 0},
	} {
		if got := compiled(t, x.text).LooksBack(); got != x.want {
			t.Errorf("%s: looks back %d periods, want %d", name, got, x.want)
		}
	}
	c := compiled(t, good)
	if got, want := c.CalendarIDs(), []string{"always", "office"}; !slices.Equal(got, want) {
		t.Errorf("calendars %v, want %v", got, want)
	}
	var kinds []string
	for i := range c.Measures {
		kinds = append(kinds, c.Measures[i].Kind())
	}
	if want := []string{"share", "availability", "count", "mean", "percentile", "backlog"}; !slices.Equal(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
}
