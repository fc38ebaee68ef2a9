package credit_test

import (
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// head is a contract up to its measures: GBP 2000000.00 a month from January 2012.
const head = `
id: service-desk
customer: force
supplier: atlas
zone: Europe/London
currency: GBP
term: {start: 2012-01-01, end: 2017-01-01}
charges:
  - amount: GBP 2000000.00
    clause: Schedule 7.1
`

// bands is the published table of a 99% target: 0, 1, 2, 3 and 4 points.
const bands = `
    target:
      - value: 99%
    precision: {decimals: 1, rounding: half-up}
    repeatFailure: {multiplier: 2, clause: paragraph 5}
    bands:
      - {name: target, atLeast: 99%, met: true}
      - {name: minor, atLeast: 98%, below: 99%, points: 1, clause: table 1}
      - {name: serious, atLeast: 97%, below: 98%, points: 2, clause: table 1}
      - {name: severe, atLeast: 96%, below: 97%, points: 3, clause: table 1}
      - {name: threshold, below: 96%, points: 4, clause: table 1}
`

// banded is a measure with the published table.
func banded(id string) string {
	return "  - id: " + id + "\n    external: {series: " + id + "}" + bands
}

// plain is a measure of a share with a target and without bands or rounding.
func plain(id, target string) string {
	return "  - id: " + id + "\n    external: {series: " + id + "}\n    target:\n      - value: " + target + "\n"
}

// read reads a contract of the head and what is added to it, and fails the test on
// any finding.
func read(t testing.TB, parts ...string) *contract.Contract {
	t.Helper()
	text := head
	for _, p := range parts {
		text += p
	}
	doc, _, findings := contract.Read("contract.yaml", []byte(text))
	if err := findings.Err(); err != nil {
		t.Fatal(err)
	}
	c, err := contract.Compile(doc, nil, calendar.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func month(t testing.TB, s string) span.Period {
	t.Helper()
	p, err := span.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func measureOf(t testing.TB, c *contract.Contract, id string) *contract.Measure {
	t.Helper()
	for i := range c.Measures {
		if c.Measures[i].ID == id {
			return &c.Measures[i]
		}
	}
	t.Fatalf("there is no measure %s", id)
	return nil
}

// result is what package measure would make of a numerator and a denominator; no
// denominator is nothing measured.
func result(t testing.TB, c *contract.Contract, id string, p span.Period, met, counted int64) measure.Result {
	t.Helper()
	m := measureOf(t, c, id)
	r := measure.Result{Measure: m, Period: p, Met: met, Counted: counted}
	r.Target, _ = m.TargetLevel(p.From)
	if counted == 0 {
		return r
	}
	value, err := money.NewFraction(met, counted)
	if err != nil {
		t.Fatal(err)
	}
	r.Measured, r.Value = true, value
	compare := func(v contract.Value) int { return v.Compare(value, m.Precision) }
	r.Band, _ = m.Band(p.From, compare)
	switch {
	case r.Band != nil:
		r.Failed = !r.Band.Met
	case r.Target != nil && m.LowerBetter:
		r.Failed = compare(r.Target.Value) > 0
	case r.Target != nil:
		r.Failed = compare(r.Target.Value) < 0
	}
	if m.Precision != nil {
		r.Display = contract.Rounded(value, m.Unit(), m.Precision).String() + "%"
	}
	return r
}

// percent is a result of so many hundredths of a percent: 9850 is 98.5%.
func percent(t testing.TB, c *contract.Contract, id, period string, hundredths int64) measure.Result {
	t.Helper()
	return result(t, c, id, month(t, period), hundredths, 10_000)
}

// assess scores and assesses one service period.
func assess(t testing.TB, c *contract.Contract, period string, earlier []credit.Earlier, results ...measure.Result) credit.Assessment {
	t.Helper()
	a, err := credit.Assess(c, month(t, period), results, credit.Scores(c, results, earlier), earlier)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// run assesses service periods one after the other, each with all before it as its
// earlier ones.
func run(t testing.TB, c *contract.Contract, periods []string, results func(period string) []measure.Result) []credit.Assessment {
	t.Helper()
	var out []credit.Assessment
	var earlier []credit.Earlier
	for _, p := range periods {
		list := results(p)
		a := assess(t, c, p, earlier, list...)
		earlier = append(earlier, credit.Past(month(t, p), list, credit.Scores(c, list, earlier), a))
		out = append(out, a)
	}
	return out
}

func wantAmount(t testing.TB, what string, got money.Amount, want string) {
	t.Helper()
	if !got.Equal(money.MustAmount(want)) {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func wantText(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is\n\t%q, want\n\t%q", what, got, want)
	}
}
