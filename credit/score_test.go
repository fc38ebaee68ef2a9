package credit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
)

// Points of a measure in consecutive months, by the published table.
func TestPublishedPoints(t *testing.T) {
	const none = -1 // nothing measured
	tests := []struct {
		name   string
		months []int64 // hundredths of a percent
		want   []int
	}{
		{"SP-1, published: doubles once and does not compound", []int64{9850, 9650, 9650}, []int{1, 6, 6}},
		{"SP-2, published: doubles the period's own band", []int64{9650, 9850, 9650}, []int{3, 2, 6}},
		{"SP-3: a period that is met ends the run", []int64{9900, 9850, 9900, 9850}, []int{0, 1, 0, 1}},
		{"SP-4", []int64{9500, 9590}, []int{4, 8}},
		{"SP-5: 98.95% is 99.0% at one decimal, half-up", []int64{9895}, []int{0}},
		{"just under SP-5", []int64{9894}, []int{1}},
		{"an unmeasured period ends the run", []int64{9850, none, 9850}, []int{1, 0, 1}},
		{"the four bands' edges", []int64{9900, 9800, 9900, 9700, 9900, 9600, 9900, 9590}, []int{0, 1, 0, 2, 0, 3, 0, 4}},
	}
	c := read(t, "measures:\n", banded("KPI-1"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			var earlier []credit.Earlier
			for i, v := range test.months {
				p := fmt.Sprintf("2012-%02d", i+1)
				r := percent(t, c, "KPI-1", p, v)
				if v == none {
					r = result(t, c, "KPI-1", month(t, p), 0, 0)
				}
				results := []measure.Result{r}
				scores := credit.Scores(c, results, earlier)
				got = append(got, scores[0].Points)
				earlier = append(earlier, credit.Past(month(t, p), results, scores, credit.Assessment{}))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("points are %v, want %v", got, test.want)
			}
		})
	}
}

// The same 98.95% cut down to one decimal is 98.9%, and minor.
func TestPrecisionDecidesTheBand(t *testing.T) {
	c := read(t, "measures:\n", strings.ReplaceAll(banded("KPI-1"), "half-up", "down"))
	results := []measure.Result{percent(t, c, "KPI-1", "2012-01", 9895)}
	if got := credit.Scores(c, results, nil)[0]; got.Points != 1 || got.Band != "minor" {
		t.Errorf("98.95%% cut down is %d points in band %s, want 1 in minor", got.Points, got.Band)
	}
}

func TestScoreSaysWhy(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), plain("PI-1", "95%"))
	small := percent(t, c, "KPI-1", "2012-02", 9650)
	small.Failed, small.Small = false, true
	earlier := []credit.Earlier{{Period: month(t, "2012-01"), Measures: []credit.EarlierMeasure{
		{ID: "KPI-1", Measured: true, Failed: true, Points: 1, Period: month(t, "2012-01")},
	}}}
	tests := []struct {
		result measure.Result
		want   string
	}{
		{percent(t, c, "KPI-1", "2012-03", 9650), "96.5% is in band severe: 3 points (table 1)"},
		{percent(t, c, "KPI-1", "2012-02", 9650), "96.5% is in band severe: 3 points (table 1); the period before failed too, so 3 x 2 = 6 points (paragraph 5)"},
		{percent(t, c, "KPI-1", "2012-02", 9900), "99.0% is in band target: 0 points"},
		{result(t, c, "KPI-1", month(t, "2012-02"), 0, 0), "Nothing was measured, so there are no points"},
		{small, "Few were counted and so few failures are allowed, so there are no points"},
		{percent(t, c, "PI-1", "2012-02", 9000), "9000/10000 misses the target; the measure has no bands and so no points"},
		{percent(t, c, "PI-1", "2012-02", 9900), "9900/10000 is in no band, so there are no points"},
	}
	for _, test := range tests {
		wantText(t, "the reason", credit.Scores(c, []measure.Result{test.result}, earlier)[0].Why, test.want)
	}
}

// Were a measure due three times in a service period, which the checks refuse so
// far, the month before may lie in the same service period or in the one before.
func TestRepeatWithinAServicePeriod(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"))
	quarter := func(months ...string) []measure.Result {
		var out []measure.Result
		for _, m := range months {
			out = append(out, percent(t, c, "KPI-1", m, 9850))
		}
		return out
	}
	first := quarter("2012-01", "2012-02", "2012-03")
	scores := credit.Scores(c, first, nil)
	if got := []int{scores[0].Points, scores[1].Points, scores[2].Points}; !slices.Equal(got, []int{1, 2, 2}) {
		t.Errorf("points in the first quarter are %v, want [1 2 2]", got)
	}
	past := credit.Past(month(t, "2012-Q1"), first, scores, credit.Assessment{})
	second := credit.Scores(c, quarter("2012-04"), []credit.Earlier{past})
	if !second[0].Repeat || second[0].Points != 2 {
		t.Errorf("April has %d points, want 2 after March failed", second[0].Points)
	}
}

// A quarterly measure looks back on the quarter before, not on the month before.
func TestRepeatOfAQuarter(t *testing.T) {
	c := read(t, "measures:\n", strings.Replace(banded("KPI-1"), "    target:", "    period: quarter\n    target:", 1))
	failed := func(quarter string) []credit.EarlierMeasure {
		return []credit.EarlierMeasure{{ID: "KPI-1", Measured: true, Failed: true, Period: month(t, quarter)}}
	}
	now := []measure.Result{percent(t, c, "KPI-1", "2012-Q3", 9850)}
	for quarter, want := range map[string]int{"2012-Q2": 2, "2012-Q1": 1} {
		earlier := []credit.Earlier{{Period: month(t, "2012-06"), Measures: failed(quarter)}}
		if got := credit.Scores(c, now, earlier)[0].Points; got != want {
			t.Errorf("after a failure in %s there are %d points, want %d", quarter, got, want)
		}
	}
}

const related = `
relatedFailures:
  - {id: one-event, first: A, suppresses: [B], clause: paragraph 6}
  - {id: next-event, first: B, suppresses: [C]}
`

func TestRelatedFailures(t *testing.T) {
	c := read(t, "measures:\n", banded("A"), banded("B"), banded("C"), related)
	tests := []struct {
		name    string
		a, b, c int64
		want    []int
		by      []string
	}{
		{"the first met: the others count", 9900, 9850, 9900, []int{0, 1, 0}, []string{"", "", ""}},
		{"the first failed: the second does not count", 9850, 9650, 9900, []int{1, 0, 0}, []string{"", "one-event", ""}},
		{"a failure that does not count still suppresses", 9850, 9650, 9500, []int{1, 0, 0}, []string{"", "one-event", "next-event"}},
		{"what is met is not suppressed", 9850, 9900, 9900, []int{1, 0, 0}, []string{"", "", ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			results := []measure.Result{
				percent(t, c, "A", "2012-01", test.a), percent(t, c, "B", "2012-01", test.b), percent(t, c, "C", "2012-01", test.c),
			}
			for i, s := range credit.Scores(c, results, nil) {
				if s.Points != test.want[i] || s.Suppressed != test.by[i] {
					t.Errorf("%s has %d points, suppressed by %q; want %d by %q", s.Measure, s.Points, s.Suppressed, test.want[i], test.by[i])
				}
			}
		})
	}
}

func TestRelatedFailureOfAnotherPeriodCounts(t *testing.T) {
	c := read(t, "measures:\n", banded("A"), banded("B"), related[:strings.Index(related, "  - {id: next")])
	results := []measure.Result{percent(t, c, "A", "2012-Q1", 9850), percent(t, c, "B", "2012-03", 9850)}
	if s := credit.Scores(c, results, nil)[1]; s.Points != 1 || s.Suppressed != "" {
		t.Errorf("the month's failure has %d points, want 1: the other failed in a quarter", s.Points)
	}
}

// Terms that the checks refuse: two rules in a circle. One failure must still count.
func TestRelatedFailuresInACircle(t *testing.T) {
	c := read(t, "measures:\n", banded("A"), banded("B"))
	c.Related = []contract.RelatedDocument{
		{ID: "first", First: "A", Suppress: []string{"B"}},
		{ID: "second", First: "B", Suppress: []string{"A"}},
	}
	results := []measure.Result{percent(t, c, "A", "2012-01", 9850), percent(t, c, "B", "2012-01", 9850)}
	scores := credit.Scores(c, results, nil)
	if scores[0].Points != 1 || scores[1].Points != 0 {
		t.Errorf("points are %d and %d, want 1 and 0", scores[0].Points, scores[1].Points)
	}
}

// A suppressed failure is a failure: the next one is repeated, and it costs nothing
// under schemes without points either.
func TestSuppressedFailure(t *testing.T) {
	scheme := "credits:\n  - {id: risk, rounding: half-up, weighting: {atRiskAmount: GBP 1000.00, weights: [{measure: B, factor: 40%}]}}\n"
	c := read(t, "measures:\n", banded("A"), banded("B"), related[:strings.Index(related, "  - {id: next")], scheme)
	january := []measure.Result{percent(t, c, "A", "2012-01", 9850), percent(t, c, "B", "2012-01", 9850)}
	scores := credit.Scores(c, january, nil)
	a := assess(t, c, "2012-01", nil, january...)
	wantAmount(t, "January", a.Total, "GBP 0.00")
	wantText(t, "the rule", a.Lines[0].Rule, "the failure is not counted, by rule one-event")
	wantText(t, "the reason", scores[1].Why, "98.5% is in band minor: 1 point (table 1); not counted, because the failure of A is, by rule one-event (paragraph 6)")

	earlier := []credit.Earlier{credit.Past(month(t, "2012-01"), january, scores, a)}
	february := []measure.Result{percent(t, c, "A", "2012-02", 9900), percent(t, c, "B", "2012-02", 9850)}
	if s := credit.Scores(c, february, earlier)[1]; s.Points != 2 {
		t.Errorf("February has %d points, want 2 for a repeated failure", s.Points)
	}
	if got := assess(t, c, "2012-02", earlier, february...).Total; !got.Equal(money.MustAmount("GBP 400.00")) {
		t.Errorf("February costs %s, want GBP 400.00", got)
	}
}
