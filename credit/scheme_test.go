package credit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/fault"
	"towerbridge/measure"
	"towerbridge/money"
)

const pointsRate = `
credits:
  - id: points
    clause: paragraph 2
    rounding: half-up
    pointsRate: {rate: 0.5%}
`

// seven returns results that come to seven points: 4 + 0 + 3.
func seven(t testing.TB, c *contract.Contract, period string) []measure.Result {
	return []measure.Result{
		percent(t, c, "KPI-1", period, 9500), percent(t, c, "KPI-2", period, 9900), percent(t, c, "KPI-3", period, 9600),
	}
}

var three = "measures:\n" + banded("KPI-1") + banded("KPI-2") + banded("KPI-3")

// SC-1: 7 points at 0.5% of GBP 2,000,000.00 are GBP 70,000.00.
func TestPointsRate(t *testing.T) {
	c := read(t, three, pointsRate)
	a := assess(t, c, "2012-01", nil, seven(t, c, "2012-01")...)
	wantAmount(t, "the charges", a.Charges, "GBP 2000000.00")
	wantText(t, "their clause", a.ChargesClause, "Schedule 7.1")
	wantAmount(t, "the total", a.Total, "GBP 70000.00")
	s := a.Schemes[0]
	wantAmount(t, "gross", s.Gross, "GBP 70000.00")
	wantAmount(t, "excess", s.Excess, "GBP 0.00")
	wantText(t, "the rule", s.Rule, "7 points x 0.5% x GBP 2000000.00 = GBP 70000.00")
	want := []struct{ id, amount, rule string }{
		{"points/KPI-1", "GBP 40000.00", "4 points x 0.5% x GBP 2000000.00 = GBP 40000.00"},
		{"points/KPI-2", "GBP 0.00", "no points"},
		{"points/KPI-3", "GBP 30000.00", "3 points x 0.5% x GBP 2000000.00 = GBP 30000.00"},
	}
	if len(a.Lines) != len(want) {
		t.Fatalf("there are %d lines, want %d", len(a.Lines), len(want))
	}
	for i, w := range want {
		wantText(t, "the line", a.Lines[i].ID, w.id)
		wantAmount(t, w.id, a.Lines[i].Amount, w.amount)
		wantText(t, w.id, a.Lines[i].Rule, w.rule)
		wantText(t, "the rounding", a.Lines[i].Rounding, "")
		wantText(t, "the clause", a.Lines[i].Clause, "paragraph 2")
	}
}

// SC-3: no points cost nothing, never less.
func TestNoPoints(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), pointsRate)
	for _, r := range []measure.Result{percent(t, c, "KPI-1", "2012-01", 10_000), result(t, c, "KPI-1", month(t, "2012-01"), 0, 0)} {
		a := assess(t, c, "2012-01", nil, r)
		wantAmount(t, "the total", a.Total, "GBP 0.00")
		wantText(t, "the rule", a.Schemes[0].Rule, "0 points x 0.5% x GBP 2000000.00 = GBP 0.00")
	}
}

// The sum is rounded once, and the lines are split from it: three measures with one
// point each of GBP 0.335 would be three times GBP 0.34 if rounded one by one.
func TestPointsAreRoundedOnce(t *testing.T) {
	c := read(t, three, strings.Replace(pointsRate, "0.5%", "33.5%", 1))
	c.Charges[0].Amount = money.MustAmount("GBP 1.00")
	var results []measure.Result
	for _, id := range []string{"KPI-3", "KPI-1", "KPI-2"} { // not in the contract's order
		results = append(results, percent(t, c, id, "2012-01", 9800))
	}
	a := assess(t, c, "2012-01", nil, results...)
	wantAmount(t, "gross", a.Schemes[0].Gross, "GBP 1.01") // of 1.005
	for i, want := range []string{"GBP 0.34", "GBP 0.34", "GBP 0.33"} {
		wantAmount(t, a.Lines[i].ID, a.Lines[i].Amount, want)
		wantText(t, "the rounding", a.Lines[i].Rounding, "half-up")
	}
	wantText(t, "the first line", a.Lines[0].ID, "points/KPI-1")
	wantText(t, "the rule", a.Lines[2].Rule, "1 of 3 points at GBP 1.01 together = GBP 0.33")
}

func TestPercentShort(t *testing.T) {
	const small = "measures:\n  - id: KPI-1\n    external: {series: s}\n    target: [{value: 98%}]\n"
	tests := []struct {
		name, scheme, more string
		met, counted       int64
		want, rule         string
	}{
		{
			"published: 98% - 75% is 23%", "{rate: 1%}", "", 75, 100,
			"GBP 460000.00", "23 percentage points (98% - 75%) x 1% x GBP 2000000.00 = GBP 460000.00",
		},
		{
			"published: 0.5% a point is 11.5%", "{rate: 0.5%}", "", 75, 100,
			"GBP 230000.00", "23 percentage points (98% - 75%) x 0.5% x GBP 2000000.00 = GBP 230000.00",
		},
		{
			"published: 2% a point is 46%", "{rate: 2%}", "", 75, 100,
			"GBP 920000.00", "23 percentage points (98% - 75%) x 2% x GBP 2000000.00 = GBP 920000.00",
		},
		{
			"exact: 2/9 of a point is not rounded before the money", "{rate: 1%}", "", 176, 180,
			"GBP 4444.44", "98% - 176/180, in percentage points, x 1% x GBP 2000000.00 = GBP 4444.44",
		},
		{
			"rounded as the contract says: 97.8%", "{rate: 1%}", "    precision: {decimals: 1, rounding: half-up}\n", 176, 180,
			"GBP 4000.00", "0.2 percentage points (98% - 97.8%) x 1% x GBP 2000000.00 = GBP 4000.00",
		},
		{
			"whole points only", "{rate: 1%, wholePoints: true}", "", 7525, 10_000,
			"GBP 440000.00", "22.75 percentage points (98% - 75.25%), so 22 whole x 1% x GBP 2000000.00 = GBP 440000.00",
		},
		{"met", "{rate: 1%}", "", 98, 100, "GBP 0.00", "the target is met"},
		{"not measured", "{rate: 1%}", "", 0, 0, "GBP 0.00", "nothing was measured"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := read(t, small, test.more, "credits:\n  - {id: short, rounding: half-up, percentShort: ", test.scheme, "}\n")
			a := assess(t, c, "2012-01", nil, result(t, c, "KPI-1", month(t, "2012-01"), test.met, test.counted))
			wantAmount(t, "the total", a.Total, test.want)
			wantText(t, "the rule", a.Lines[0].Rule, test.rule)
			if rounded := a.Lines[0].Rounding != ""; rounded != (test.want == "GBP 4444.44") {
				t.Errorf("the rounding is %q for %s", a.Lines[0].Rounding, test.want)
			}
		})
	}
}

// Where less is better, short is what is over the target.
func TestPercentShortWhereLessIsBetter(t *testing.T) {
	c := read(t, "measures:\n", plain("KPI-1", "5%"), "    lowerIsBetter: true\n",
		"credits:\n  - {id: short, rounding: half-up, percentShort: {rate: 1%}}\n")
	a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 725))
	wantAmount(t, "the total", a.Total, "GBP 45000.00")
	wantText(t, "the rule", a.Lines[0].Rule, "2.25 percentage points (7.25% - 5%) x 1% x GBP 2000000.00 = GBP 45000.00")
}

// A scheme that lists no measures reads those that have what it prices, and no more.
func TestMeasuresThatASchemeReads(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), plain("PI-1", "95%"), "  - {id: PI-2, count: {of: opened}, target: [{value: 100}], lowerIsBetter: true}\n", `
credits:
  - {id: points, rounding: half-up, pointsRate: {rate: 0.5%}}
  - {id: short, rounding: half-up, percentShort: {rate: 1%}}
`)
	a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 9850),
		percent(t, c, "PI-1", "2012-01", 9500), result(t, c, "PI-2", month(t, "2012-01"), 200, 1))
	var got []string
	for _, line := range a.Lines {
		got = append(got, line.ID)
	}
	if want := []string{"points/KPI-1", "short/KPI-1", "short/PI-1"}; !slices.Equal(got, want) {
		t.Errorf("the lines are %v, want %v", got, want)
	}
}

// Published: a point for every whole 0.1 of a percentage point below 99.0%, so that
// 98.75% is two points and not two and a half.
func TestPointValue(t *testing.T) {
	c := read(t, "measures:\n", plain("KPI-1", "99.0%"), plain("KPI-2", "99.0%"),
		"credits:\n  - {id: steps, rounding: half-up, pointValue: {step: 0.1%, value: GBP 1.00}}\n")
	a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 9875), result(t, c, "KPI-2", month(t, "2012-01"), 2, 3))
	wantAmount(t, "98.75%", a.Lines[0].Amount, "GBP 2.00")
	wantText(t, "the rule", a.Lines[0].Rule, "0.25 percentage points (99.0% - 98.75%), so 2 points for whole steps of 0.1% x GBP 1.00 = GBP 2.00")
	if got := []int{a.Lines[0].Points, a.Lines[1].Points, a.Schemes[0].Points}; !slices.Equal(got, []int{2, 323, 325}) {
		t.Errorf("points are %v, want [2 323 325]", got)
	}
	wantText(t, "the sum", a.Schemes[0].Rule, "GBP 2.00 + GBP 323.00 = GBP 325.00")
}

func TestWeighting(t *testing.T) {
	for _, test := range []struct{ risk, want, rule string }{
		{"atRiskPercent: 10%", "GBP 80000.00", "40% x 10% x GBP 2000000.00 = GBP 80000.00"},
		{"atRiskAmount: GBP 1000.01", "GBP 400.00", "40% x GBP 1000.01 = GBP 400.00"},
	} {
		c := read(t, three, "credits:\n  - {id: risk, rounding: half-up, weighting: {", test.risk,
			", weights: [{measure: KPI-1, factor: 40%}, {measure: KPI-2, factor: 60%}]}}\n")
		a := assess(t, c, "2012-01", nil, seven(t, c, "2012-01")...)
		if len(a.Lines) != 2 {
			t.Fatalf("there are %d lines, want 2: the third measure has no weight", len(a.Lines))
		}
		wantAmount(t, "the total", a.Total, test.want)
		wantText(t, "the missed", a.Lines[0].Rule, test.rule)
		wantText(t, "the met", a.Lines[1].Rule, "the target is met")
	}
}

func TestFixedSums(t *testing.T) {
	c := read(t, three, `credits:
  - id: sums
    rounding: half-up
    fixed: {sums: [{measure: KPI-3, band: threshold, amount: GBP 50.00}, {measure: KPI-1, band: threshold, amount: GBP 500.00}]}
`)
	a := assess(t, c, "2012-01", nil, seven(t, c, "2012-01")...)
	wantAmount(t, "the total", a.Total, "GBP 500.00")
	wantText(t, "the sum", a.Lines[0].Rule, "fixed sum for band threshold = GBP 500.00")
	wantText(t, "no sum", a.Lines[1].Rule, "band severe costs nothing")
}

// Published: 20 points free, then GBP 3.00 a point, dearer above 100 and above 200.
func TestRatchet(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), banded("KPI-2"), `credits:
  - id: ratchet
    rounding: half-up
    ratchet: {freePoints: 20, perPoint: GBP 3.00, steps: [{upTo: 100, factor: 1.0}, {upTo: 200, factor: 1.2}, {factor: 1.5}]}
`)
	tests := []struct {
		points int
		want   string
		rule   string
	}{
		{0, "GBP 0.00", "0 points, with 20 free = GBP 0.00"},
		{20, "GBP 0.00", "20 points, with 20 free = GBP 0.00"},
		{21, "GBP 3.00", "21 points less 20 free: 1 point x GBP 3.00 = GBP 3.00"},
		{100, "GBP 240.00", "100 points less 20 free: 80 points x GBP 3.00 = GBP 240.00"},
		{101, "GBP 243.60", "101 points less 20 free: 80 points x GBP 3.00 + 1 point x GBP 3.60 = GBP 243.60"},
		{120, "GBP 312.00", "120 points less 20 free: 80 points x GBP 3.00 + 20 points x GBP 3.60 = GBP 312.00"},
		{201, "GBP 604.50", "201 points less 20 free: 80 points x GBP 3.00 + 100 points x GBP 3.60 + 1 point x GBP 4.50 = GBP 604.50"},
	}
	for _, test := range tests {
		c.Measures[0].Bands[4].Points = test.points
		a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 9500), percent(t, c, "KPI-2", "2012-01", 9900))
		wantAmount(t, "the total", a.Total, test.want)
		wantText(t, "the rule", a.Schemes[0].Rule, test.rule)
	}
	c.Measures[0].Bands[4].Points, c.Measures[1].Bands[4].Points = 100, 20
	a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 9500), percent(t, c, "KPI-2", "2012-01", 9500))
	wantText(t, "the share", a.Lines[1].Rule, "20 of 120 points at GBP 312.00 together = GBP 52.00")
}

// A result that the small-volume rule lets pass costs nothing in any scheme.
func TestSmallVolumeCostsNothing(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), `
credits:
  - {id: rate, rounding: half-up, pointsRate: {rate: 0.5%}}
  - {id: sums, rounding: half-up, fixed: {sums: [{measure: KPI-1, band: minor, amount: GBP 50.00}]}}
  - {id: short, rounding: half-up, percentShort: {rate: 1%}}
`)
	r := percent(t, c, "KPI-1", "2012-01", 9850)
	wantAmount(t, "without the rule", assess(t, c, "2012-01", nil, r).Total, "GBP 20050.00") // 10,000 + 50 + 10,000
	r.Failed, r.Small = false, true
	a := assess(t, c, "2012-01", nil, r)
	wantAmount(t, "with the rule", a.Total, "GBP 0.00")
	for _, line := range a.Lines {
		wantText(t, line.ID, line.Rule, "the target is met by the small-volume rule")
	}
}

// Schemes hold by the first day of the service period.
func TestSchemesInForce(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), `credits:
  - {id: old, to: 2012-03-01, rounding: half-up, pointsRate: {rate: 0.5%}}
  - {id: new, from: 2012-03-01, rounding: half-up, pointsRate: {rate: 1%}}
`)
	for period, want := range map[string]string{"2012-02": "GBP 10000.00", "2012-03": "GBP 20000.00"} {
		a := assess(t, c, period, nil, percent(t, c, "KPI-1", period, 9850))
		wantAmount(t, period, a.Total, want)
		if len(a.Schemes) != 1 {
			t.Errorf("%s has %d schemes, want 1", period, len(a.Schemes))
		}
	}
}

// A quarterly measure costs nothing until the month that ends its quarter, and one
// that is due three times has a line each time.
func TestLinesOfOtherPeriods(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), pointsRate)
	wantAmount(t, "a month without results", assess(t, c, "2012-02", nil).Total, "GBP 0.00")
	a := assess(t, c, "2012-03", nil, percent(t, c, "KPI-1", "2012-Q1", 9850))
	if a.Lines[0].ID != "points/KPI-1" || a.Lines[0].Period != month(t, "2012-Q1") {
		t.Errorf("the line is %s of %s", a.Lines[0].ID, a.Lines[0].Period)
	}
	a = assess(t, c, "2012-Q1", nil, percent(t, c, "KPI-1", "2012-02", 9850), percent(t, c, "KPI-1", "2012-01", 9900))
	if a.Lines[0].ID != "points/KPI-1/2012-01" || a.Lines[1].ID != "points/KPI-1/2012-02" {
		t.Errorf("the lines are %s and %s", a.Lines[0].ID, a.Lines[1].ID)
	}
}

// Terms that the checks refuse are refused here as well, and never priced anyhow.
func TestTermsWithoutAPrice(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(c *contract.Contract)
		want  string
	}{
		{"no charges", func(c *contract.Contract) { c.Charges = nil }, "states no charges"},
		{"another currency", func(c *contract.Contract) { c.Charges[0].Amount = money.MustAmount("EUR 5.00") }, "two currencies"},
		{"no rounding", func(c *contract.Contract) { c.Credits[0].Rounding = "" }, "not a way of rounding"},
		{"no scheme", func(c *contract.Contract) { c.Credits[0].PointsRate = nil }, "nothing says how"},
		{"a negative rate", func(c *contract.Contract) { c.Credits[0].PointsRate.Rate = money.MustPercent("-1%") }, "never negative"},
		{"negative points", func(c *contract.Contract) { c.Measures[0].Bands[1].Points = -1 }, "never negative"},
		{"no target", func(c *contract.Contract) {
			c.Credits[0].PointsRate, c.Credits[0].PercentShort = nil, &contract.PercentShort{Rate: money.MustPercent("1%")}
			c.Credits[0].Measures, c.Measures[0].Target = []string{"KPI-1"}, nil
		}, "no target in percent"},
		{"seconds", func(c *contract.Contract) {
			c.Credits[0].PointsRate, c.Credits[0].PercentShort = nil, &contract.PercentShort{Rate: money.MustPercent("1%")}
			c.Credits[0].Measures, c.Measures[0].Mean = []string{"KPI-1"}, &contract.MeanRule{}
		}, "has the unit seconds"},
		{"no step", func(c *contract.Contract) {
			c.Credits[0].PointsRate, c.Credits[0].PointValue = nil, &contract.PointValue{Value: money.MustAmount("GBP 1.00")}
		}, "divided by zero"},
		{"too many steps", func(c *contract.Contract) {
			c.Credits[0].PointsRate = nil
			c.Credits[0].PointValue = &contract.PointValue{Step: money.MustPercent("0.00000000000000000001%"), Value: money.MustAmount("GBP 1.00")}
		}, "too many to count"},
		{"no charges to take at risk", func(c *contract.Contract) {
			share := money.MustPercent("10%")
			c.Charges, c.Credits[0].PointsRate = nil, nil
			c.Credits[0].Weighting = &contract.Weighting{AtRisk: &share, Weights: []contract.Weight{{Measure: "KPI-1"}}}
		}, "states no charges"},
		{"a ratchet that ends", func(c *contract.Contract) {
			end := 0
			c.Credits[0].PointsRate = nil
			c.Credits[0].Ratchet = &contract.Ratchet{PerPoint: money.MustAmount("GBP 1.00"), Steps: []contract.RatchetStep{{UpTo: &end}}}
		}, "past the last step"},
		{"no amount at risk", func(c *contract.Contract) {
			c.Credits[0].PointsRate = nil
			c.Credits[0].Weighting = &contract.Weighting{Weights: []contract.Weight{{Measure: "KPI-1"}}}
		}, "no amount at risk"},
		{"earn-back after no periods", func(c *contract.Contract) { c.Credits[0].EarnBack = &contract.EarnBack{} }, "cannot be earned back"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := read(t, "measures:\n", banded("KPI-1"), pointsRate)
			test.spoil(c)
			results := []measure.Result{percent(t, c, "KPI-1", "2012-01", 9850)}
			_, err := credit.Assess(c, month(t, "2012-01"), results, credit.Scores(c, results, nil), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("the error is %v, want one of kind invalid that says %q", err, test.want)
			}
		})
	}
}

func TestScoresOfOtherResults(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), pointsRate)
	results := []measure.Result{percent(t, c, "KPI-1", "2012-01", 9850)}
	_, err := credit.Assess(c, month(t, "2012-01"), results, nil, nil)
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Internal {
		t.Errorf("the error is %v, want an internal one", err)
	}
}
