package credit_test

import (
	"fmt"
	"slices"
	"testing"

	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
)

const earnBack = "    earnBack: {periods: 3, share: 50%, clause: paragraph 9}\n"

// story returns the total of each month: f failed, m met, - not measured, and a
// space is nothing due.
func story(t testing.TB, months string, scheme string) []string {
	c := read(t, "measures:\n", banded("KPI-1"), scheme)
	var periods []string
	for i := range months {
		periods = append(periods, fmt.Sprintf("2012-%02d", i+1))
	}
	got := run(t, c, periods, func(p string) []measure.Result {
		switch months[slices.Index(periods, p)] {
		case 'f':
			return []measure.Result{percent(t, c, "KPI-1", p, 9850)}
		case 'm':
			return []measure.Result{percent(t, c, "KPI-1", p, 9900)}
		case '-':
			return []measure.Result{result(t, c, "KPI-1", month(t, p), 0, 0)}
		}
		return nil
	})
	var totals []string
	for _, a := range got {
		totals = append(totals, a.Total.Value.String())
	}
	return totals
}

// Each point costs 0.5% of GBP 2,000,000.00 = GBP 10,000.00; half is earned back by
// three periods in a row.
func TestEarnBack(t *testing.T) {
	tests := []struct {
		name, months string
		want         []string
	}{
		{"in the third period and only then", "fmmmmm", []string{"10000.00", "0.00", "0.00", "-5000.00", "0.00", "0.00"}},
		{"a failure begins the run anew", "fmmfmmm", []string{"10000.00", "0.00", "0.00", "10000.00", "0.00", "0.00", "-10000.00"}},
		{"what was given back is not given back again", "fmmmfmmm", []string{"10000.00", "0.00", "0.00", "-5000.00", "10000.00", "0.00", "0.00", "-5000.00"}},
		{"a repeated failure costs and returns double", "ffmmm", []string{"10000.00", "20000.00", "0.00", "0.00", "-15000.00"}},
		{"a period without measurement does not end the run", "f-mm", []string{"10000.00", "0.00", "0.00", "-5000.00"}},
		{"nothing is earned by measuring nothing", "f----m", []string{"10000.00", "0.00", "0.00", "0.00", "0.00", "-5000.00"}},
		{"nor by nothing being due", "f   m", []string{"10000.00", "0.00", "0.00", "0.00", "-5000.00"}},
		{"no credit, nothing back", "mmmm", []string{"0.00", "0.00", "0.00", "0.00"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := story(t, test.months, pointsRate+earnBack); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("the totals are %v, want %v", got, test.want)
			}
		})
	}
}

// A period of which nothing is known ends the run.
func TestEarnBackWithAGap(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), pointsRate, earnBack)
	periods := []string{"2012-01", "2012-02", "2012-04", "2012-05"}
	got := run(t, c, periods, func(p string) []measure.Result {
		if p == "2012-01" {
			return []measure.Result{percent(t, c, "KPI-1", p, 9850)}
		}
		return []measure.Result{percent(t, c, "KPI-1", p, 9900)}
	})
	wantAmount(t, "May", got[3].Total, "GBP 0.00")
}

// The period of the credit is not one of the periods after it, even where a later
// correction says that its measures were met.
func TestEarnBackBeginsAfterTheCredit(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), pointsRate, earnBack)
	met := func(p string) []credit.EarlierMeasure {
		return []credit.EarlierMeasure{{ID: "KPI-1", Measured: true, Period: month(t, p)}}
	}
	earlier := []credit.Earlier{
		{Period: month(t, "2012-02"), Measures: met("2012-02")},
		{Period: month(t, "2012-01"), Measures: met("2012-01"), Credits: []credit.EarlierCredit{
			{Scheme: "points", Amount: money.MustAmount("GBP 100.00")},
		}},
	}
	a := assess(t, c, "2012-03", earlier, percent(t, c, "KPI-1", "2012-03", 9900))
	wantAmount(t, "March", a.Total, "GBP 0.00")
	earlier = append(earlier, credit.Earlier{Period: month(t, "2012-03"), Measures: met("2012-03")})
	a = assess(t, c, "2012-04", earlier, percent(t, c, "KPI-1", "2012-04", 9900))
	wantAmount(t, "April", a.Total, "GBP -50.00")
}

// Half of the credit after its cap, rounded by the scheme, with its own line.
func TestEarnBackLine(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), banded("KPI-2"), pointsRate, "    measures: [KPI-1]\n",
		"    caps: [{amount: GBP 0.05}]\n    earnBack: {periods: 1, share: 50%, clause: paragraph 9}\n")
	got := run(t, c, []string{"2012-01", "2012-02"}, func(p string) []measure.Result {
		first := int64(9900)
		if p == "2012-01" {
			first = 9850
		}
		// The other measure fails throughout, and the scheme does not read it.
		return []measure.Result{percent(t, c, "KPI-1", p, first), percent(t, c, "KPI-2", p, 9850)}
	})
	wantAmount(t, "January", got[0].Total, "GBP 0.05")
	a := got[1]
	wantAmount(t, "February", a.Total, "GBP -0.03")
	wantAmount(t, "earned back", a.Schemes[0].EarnedBack, "GBP 0.03")
	wantAmount(t, "net", a.Schemes[0].Net, "GBP 0.00")
	if len(a.EarnBacks) != 1 {
		t.Fatalf("there are %d lines, want 1", len(a.EarnBacks))
	}
	line := a.EarnBacks[0]
	wantText(t, "the line", line.ID, "points/earn-back/2012-01")
	wantAmount(t, "the line", line.Amount, "GBP -0.03")
	wantText(t, "the rule", line.Rule, "50% of the credit of GBP 0.05 for 2012-01 = GBP 0.03, targets met for 1 period")
	wantText(t, "the rounding", line.Rounding, "half-up")
	wantText(t, "the clause", line.Clause, "paragraph 9")
}

// Weighting and fixed sums are earned back by the measures their rows name.
func TestEarnBackReadsTheMeasuresPriced(t *testing.T) {
	for _, scheme := range []string{
		"weighting: {atRiskAmount: GBP 100.00, weights: [{measure: KPI-1, factor: 100%}]}",
		"fixed: {sums: [{measure: KPI-1, band: minor, amount: GBP 100.00}]}",
	} {
		c := read(t, "measures:\n", banded("KPI-1"), banded("KPI-2"),
			"credits:\n  - {id: risk, rounding: half-up, earnBack: {periods: 1, share: 100%}, ", scheme, "}\n")
		got := run(t, c, []string{"2012-01", "2012-02"}, func(p string) []measure.Result {
			first := int64(9900)
			if p == "2012-01" {
				first = 9850
			}
			return []measure.Result{percent(t, c, "KPI-1", p, first), percent(t, c, "KPI-2", p, 9500)}
		})
		wantAmount(t, "January", got[0].Total, "GBP 100.00")
		wantAmount(t, "February", got[1].Total, "GBP -100.00")
	}
}
