package contract_test

import (
	"slices"
	"testing"

	"towerbridge/contract"
)

// Credits, exclusions and related failures.
func TestCheckCredits(t *testing.T) {
	const rate = "    pointsRate: {rate: 0.5%}\n"
	runAll(t, []broken{
		{"unknown measure", "measures: [KPI-1, KPI-2]", "measures: [KPI-1, KPI-9 #!1360]", "the contract has KPI-1, KPI-2, KPI-3, PI-1, PI-2, PI-3"},
		{"measure twice", "measures: [KPI-1, KPI-2]", "measures: [KPI-1, KPI-1 #!1301]", "listed twice"},
		{"points of a measure without bands", "measures: [KPI-1, KPI-2]", "measures: [KPI-1, PI-1 #!1363]", "no band with points"},
		{"shortfall of a count", rate + "    measures: [KPI-1, KPI-2]", "    percentShort: {rate: 1%}\n    measures: [KPI-1, KPI-3 #!1363]", "no target that is a percentage"},
		{"shortfall of a time", rate + "    measures: [KPI-1, KPI-2]", "    percentShort: {rate: 1%}\n    measures: [KPI-1, PI-1 #!1363]", "no target that is a percentage"},
		{"step of nothing", rate, "    pointValue: {step: 0% #!1306, value: GBP 1.00}\n", "0% is not above"},
		{"point of no value", rate, "    pointValue: {step: 0.1%, value: GBP 0.00 #!1306}\n", "not more than nothing"},
		{"sum at risk of nothing", "atRiskPercent: 10%", "atRiskAmount: GBP -1.00 #!1306", "not more than nothing"},
		{"free points below none", "freePoints: 2", "freePoints: -2 #!1306", "-2 is not between"},
		{"rate of nothing", "{rate: 0.5%}", "{rate: 0% #!1306}", "0% is not above"},
		{"cap above the charges", "percentOfCharges: 3%", "percentOfCharges: 103% #!1306", "at most 100%"},
		{"cap of nothing", "amount: GBP 500000.00", "amount: GBP 0.00 #!1306", "not more than nothing"},
		{"cap in another currency", "amount: GBP 500000.00", "amount: EUR 500000.00 #!1316", "EUR 500000.00 is not in GBP"},
		{"cap over fewer than no periods", "rollingPeriods: 12", "rollingPeriods: -1 #!1306", "-1 is not between"},
		{"earned back at once", "{periods: 3, share: 50%}", "{periods: 0 #!1306, share: 50%}", "0 is not between"},
		{"more earned back than taken", "{periods: 3, share: 50%}", "{periods: 3, share: 150% #!1306}", "at most 100%"},
		{"charges not named", "charges:\n  - amount: GBP 2000000.00\n    to: 2026-04-01\n  - amount: GBP 2100000.00\n    from: 2026-04-01\n···  - id: points···  - id: weights", "···  - id: points #!1315···  - id: weights #!1315", "percentage of the charges"},
		{"step that ends before it begins", "{upTo: 20, factor: 1.2}", "{upTo: 10 #!1362, factor: 1.2}", "10 is not beyond 10"},
		{"step within the free points", "{upTo: 10, factor: 1.0}", "{upTo: 2 #!1362, factor: 1.0}", "2 is not beyond 2"},
		{"step without an end", "{upTo: 10, factor: 1.0}", "{factor: 1.0} #!1362", "next one never begins"},
		{"last step with an end", "{factor: 1.5}", "{factor: 1.5, upTo: 99 #!1362}", "more have no price"},
		{"step that is cheaper", "{factor: 1.5}", "{factor: 1.1 #!1362}", "1.1 is less than the step before, 1.2"},
		{"step that costs nothing", "{upTo: 10, factor: 1.0}", "{upTo: 10, factor: 0 #!1306}", "not more than nothing"},
		{"points that cost nothing", "perPoint: GBP 300.00", "perPoint: GBP 0.00 #!1306", "not more than nothing"},
		{"weight of an unknown measure", "{measure: PI-1, factor: 40%}", "{measure: PI-9 #!1360, factor: 40%}", "no measure \"PI-9\""},
		{"weight of a measure that is never missed", "{measure: PI-1, factor: 40%}", "{measure: PI-2 #!1363, factor: 40%}", "never missed"},
		{"weight twice", "{measure: PI-1, factor: 40%}", "{measure: KPI-1 #!1301, factor: 40%}", "a weight already"},
		{"weight of nothing", "factor: 40%", "factor: 0% #!1306", "not more than nothing"},
		{"weight of a measure not read", "{measure: PI-1, factor: 40%}\n···    rounding: down", "{measure: PI-1 #!1364, factor: 40%}\n···    measures: [KPI-1]\n    rounding: down", "not among the scheme's measures"},
		{"amount at risk twice the charges", "atRiskPercent: 10%", "atRiskPercent: 200% #!1306", "at most 100%"},
		{"sum for an unknown band", "band: serious", "band: severe #!1361", `"KPI-3" has no band "severe"`},
		{"sum twice", "        - {measure: KPI-3, band: serious, amount: GBP 1000.00}", "        - {measure: KPI-3, band: serious, amount: GBP 1000.00}\n        - {measure: KPI-3, band: serious #!1301, amount: GBP 2000.00}", "a sum already"},
		{"sum in another currency", "amount: GBP 1000.00", "amount: USD 1000.00 #!1316", "not in GBP"},
		{"exclusion approved by its author", "    approvedBy: R Osei\n    tickets", "    approvedBy: j price #!1370\n    tickets", "asked for it"},
		{"exclusion approved by nobody", "    approvedBy: R Osei\n    tickets", "    approvedBy: \" \" #!1302\n    tickets", "empty"},
		{"exclusion of nothing", "  - id: relief-1\n···    tickets: [INC-7, INC-8]", "  - id: relief-1 #!1371\n···    tickets: []", "neither an expression nor a ticket"},
		{"exclusion by an empty expression", "  - id: tests\n···scope: fields[\"test\"] == \"yes\"", "  - id: tests #!1371\n···scope: \"\"", "neither an expression nor a ticket"},
		{"exclusion by a number", "scope: fields[\"test\"] == \"yes\"", "scope: size(fields) #!1333", "int"},
		{"exclusion from an unknown measure", "measures: [KPI-1]\n", "measures: [KPI-9 #!1360]\n", "KPI-9"},
		{"related to itself", "suppresses: [KPI-1]", "suppresses: [KPI-2 #!1372]", "suppress itself"},
		{"related to an unknown measure", "suppresses: [KPI-1]", "suppresses: [KPI-9 #!1360]", "KPI-9"},
		{"related in a circle", "suppresses: [KPI-1]", "suppresses: [KPI-1]\n  - {id: two, first: KPI-1, suppresses: [KPI-3]}\n  - {id: three, first: KPI-3, suppresses: [PI-1, KPI-2 #!1372]}", `a failure of "KPI-2" already suppresses that of "KPI-3"`},
	}, alone)
}

// A scheme that names no measures needs one in the contract that it can read.
func TestSchemeWithNothingToRead(t *testing.T) {
	const minimal = `id: a
customer: b
supplier: c
zone: UTC
currency: GBP
term: {start: 2025-01-01, end: 2026-01-01}
charges: [{amount: GBP 1.00}]
measures:
  - id: M
    count: {of: opened}
    target: [{value: 3}]
credits:
  - id: short
    percentShort: {rate: 1%}
    rounding: down
  - id: points
    pointsRate: {rate: 1%}
    rounding: down
  - id: missed
    weighting: {atRiskPercent: 1%, weights: [{measure: M, factor: 100%}]}
    rounding: down
`
	_, _, findings := contract.Read("a.yaml", []byte(minimal))
	want := []wanted{{13, 1363}, {16, 1363}}
	if got := found(t, "a.yaml", findings); !slices.Equal(got, want) {
		t.Errorf("lines and numbers %v, want %v\n%v", got, want, findings)
	}
}
