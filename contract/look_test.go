package contract_test

import (
	"slices"
	"testing"

	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// TestLooksBack asks how many earlier periods a contract's rules need.
func TestLooksBack(t *testing.T) {
	repeat := func(frequency contract.PeriodLength) contract.Measure {
		return contract.Measure{MeasureDocument: contract.MeasureDocument{Frequency: frequency, Repeat: &contract.Repeat{Multiplier: 2}}}
	}
	capped := func(periods int) []contract.SchemeDocument {
		return []contract.SchemeDocument{{Caps: []contract.CapDocument{{Periods: 1}, {Periods: periods}}}}
	}
	for _, x := range []struct {
		name     string
		period   contract.PeriodLength
		measures []contract.Measure
		schemes  []contract.SchemeDocument
		want     int
	}{
		{"no rule", "", []contract.Measure{{}}, capped(0), 0},
		{"a cap on its own period", "", nil, capped(1), 0},
		{"a repeat of the month before", "", []contract.Measure{repeat("")}, nil, 1},
		{"a repeat of the quarter before, by months", contract.Monthly, []contract.Measure{repeat(contract.Monthly), repeat(contract.Quarterly)}, nil, 3},
		{"a repeat of the quarter before, by quarters", contract.Quarterly, []contract.Measure{repeat(contract.Quarterly)}, nil, 1},
		{"a repeat where the measure leaves its period to the contract", contract.Quarterly, []contract.Measure{repeat("")}, nil, 1},
		{"a rolling cap", "", []contract.Measure{repeat("")}, capped(12), -1},
		{"an earn-back", "", nil, []contract.SchemeDocument{{EarnBack: &contract.EarnBack{Periods: 3}}}, -1},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := contract.Contract{Document: contract.Document{Period: x.period, Credits: x.schemes}, Measures: x.measures}
			if got := c.LooksBack(); got != x.want {
				t.Errorf("looks back %d periods, want %d", got, x.want)
			}
		})
	}
}

// TestCalendarIDs holds that every calendar that a contract reads is named, each once
// and in order: they go into its bundles.
func TestCalendarIDs(t *testing.T) {
	c := contract.Contract{
		Document: contract.Document{
			Legs: &contract.Legs{AcceptCalendar: "accept"}, LateEntries: &contract.LateEntries{Calendar: "late", BusinessDays: 5},
		},
		Clocks: []contract.Clock{
			{ClockDocument: contract.ClockDocument{Calendar: "office", Calendars: []contract.CalendarChoice{{Calendar: "always"}, {Calendar: "night"}}}},
			{ClockDocument: contract.ClockDocument{Calendars: []contract.CalendarChoice{{Calendar: "always"}}}},
		},
		Measures: []contract.Measure{
			{MeasureDocument: contract.MeasureDocument{Availability: &contract.AvailabilityRule{Calendar: "agreed"}}},
			{MeasureDocument: contract.MeasureDocument{Backlog: &contract.BacklogRule{Calendar: "office"}}},
			{MeasureDocument: contract.MeasureDocument{Share: &contract.ShareRule{Clock: "resolve"}}},
		},
	}
	if got, want := c.CalendarIDs(), []string{"accept", "agreed", "always", "late", "night", "office"}; !slices.Equal(got, want) {
		t.Errorf("calendars %v, want %v", got, want)
	}
	if got := (&contract.Contract{}).CalendarIDs(); len(got) != 0 {
		t.Errorf("a contract without calendars reads %v", got)
	}
}

// TestKinds holds each kind's name, unit, and whether what it counts should not be.
func TestKinds(t *testing.T) {
	older := span.Seconds(3600)
	for _, x := range []struct {
		measure contract.MeasureDocument
		kind    string
		unit    contract.Unit
		bad     bool
	}{
		{contract.MeasureDocument{Share: &contract.ShareRule{}}, "share", contract.Percent, false},
		{contract.MeasureDocument{Mean: &contract.MeanRule{}}, "mean", contract.Seconds, false},
		{contract.MeasureDocument{Percentile: &contract.PercentileRule{Share: money.Percent{}}}, "percentile", contract.Seconds, false},
		{contract.MeasureDocument{Count: &contract.CountRule{}}, "count", contract.Plain, false},
		{contract.MeasureDocument{Availability: &contract.AvailabilityRule{}}, "availability", contract.Percent, false},
		{contract.MeasureDocument{Backlog: &contract.BacklogRule{}}, "backlog", contract.Seconds, false},
		{contract.MeasureDocument{Backlog: &contract.BacklogRule{OlderThan: &older}}, "backlog", contract.Percent, true},
		{contract.MeasureDocument{FirstTime: &contract.FirstTimeRule{}}, "firstTimeFix", contract.Percent, false},
		{contract.MeasureDocument{Reopened: &contract.ReopenedRule{}}, "reopenRate", contract.Percent, true},
		{contract.MeasureDocument{HandOvers: &contract.HandOverRule{}}, "handOvers", contract.Plain, false},
		{contract.MeasureDocument{External: &contract.ExternalRule{}}, "external", contract.Percent, false},
		{contract.MeasureDocument{Survey: &contract.SurveyRule{}}, "survey", contract.Percent, false},
	} {
		if x.measure.Kind() != x.kind || x.measure.Unit() != x.unit || x.measure.CountsBad() != x.bad {
			t.Errorf("%s: %s in %s, bad %t", x.kind, x.measure.Kind(), x.measure.Unit(), x.measure.CountsBad())
		}
	}
}
