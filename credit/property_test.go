package credit_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// schemes are one of each kind; caps and earn-back are drawn.
const schemes = `credits:
  - {id: rate, rounding: half-even, pointsRate: {rate: 0.37%}}
  - {id: short, rounding: up, percentShort: {rate: 0.7%}}
  - {id: risk, rounding: down, weighting: {atRiskPercent: 9.99%, weights: [{measure: A, factor: 33.3%}, {measure: B, factor: 66.7%}]}}
  - {id: ratchet, rounding: half-up, ratchet: {freePoints: 2, perPoint: GBP 3.333, steps: [{upTo: 6, factor: 1.0}, {factor: 1.25}]}}
  - {id: steps, rounding: half-down, pointValue: {step: 0.3%, value: GBP 7.125}}
  - {id: sums, rounding: ceiling, fixed: {sums: [{measure: C, band: minor, amount: GBP 12.345}]}}
`

// drawn is a contract with random charges, caps and earn-back.
func drawn(t *rapid.T, tb testing.TB) *contract.Contract {
	c := read(tb, "measures:\n", banded("A"), banded("B"), banded("C"), schemes, related)
	c.Charges[0].Amount = money.Amount{Currency: "GBP", Value: money.NewDecimal(rapid.Int64Range(0, 1e12).Draw(t, "charges"), 2)}
	for i := range c.Credits {
		s := &c.Credits[i]
		for range rapid.IntRange(0, 2).Draw(t, "caps") {
			limit := contract.CapDocument{Periods: rapid.IntRange(0, 4).Draw(t, "rolling")}
			if rapid.Bool().Draw(t, "percent") {
				p := money.NewPercent(money.NewDecimal(rapid.Int64Range(0, 5_000).Draw(t, "limit"), 3))
				limit.Percent = &p
			} else {
				a := money.Amount{Currency: "GBP", Value: money.NewDecimal(rapid.Int64Range(0, 1e9).Draw(t, "limit"), 3)}
				limit.Amount = &a
			}
			s.Caps = append(s.Caps, limit)
		}
		if rapid.Bool().Draw(t, "earn-back") {
			s.EarnBack = &contract.EarnBack{Periods: rapid.IntRange(1, 3).Draw(t, "run"), Share: money.MustPercent("33%")}
		}
	}
	return c
}

func drawResults(t *rapid.T, tb testing.TB, c *contract.Contract, p span.Period) []measure.Result {
	var out []measure.Result
	for _, id := range []string{"A", "B", "C"} {
		counted := rapid.Int64Range(0, 300).Draw(t, "counted")
		out = append(out, result(tb, c, id, p, counted-rapid.Int64Range(0, counted/10).Draw(t, "missed"), counted))
	}
	return out
}

// For any terms and any results: lines sum to gross; net and excess sum to gross;
// net is within every cap, over all its periods; nothing is negative but what is
// earned back; the total is nets less earn-back; and doing it again is the same.
func TestAssessmentsAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawn(r, t)
		var earlier []credit.Earlier
		credited, returned := money.Zero("GBP"), money.Zero("GBP")
		for n := range rapid.IntRange(1, 6).Draw(r, "periods") {
			p := month(t, "2012-01").Next(n)
			results := drawResults(r, t, c, p)
			scores := credit.Scores(c, results, earlier)
			a, err := credit.Assess(c, p, results, scores, earlier)
			if err != nil {
				r.Fatal(err)
			}
			addsUp(r, &a)
			if again, err := credit.Assess(c, p, results, credit.Scores(c, results, earlier), earlier); err != nil || text(r, again) != text(r, a) {
				r.Fatalf("a second time it is %s, %v; first %s", text(r, again), err, text(r, a))
			}
			earlier = append(earlier, credit.Past(p, results, scores, a))
			for _, s := range a.Schemes {
				credited, returned = plus(r, credited, s.Net), plus(r, returned, s.EarnedBack)
			}
		}
		if less(r, credited, returned) {
			r.Fatalf("%s was given back of %s", returned, credited)
		}
	})
}

func addsUp(r *rapid.T, a *credit.Assessment) {
	total := money.Zero("GBP")
	for _, s := range a.Schemes {
		sum := money.Zero("GBP")
		for _, line := range a.Lines {
			if line.Scheme == s.Scheme {
				sum = plus(r, sum, line.Amount)
			}
			if line.Amount.Sign() < 0 || !line.Amount.IsRound() || line.Rule == "" {
				r.Fatalf("the line %+v", line)
			}
		}
		if !sum.Equal(s.Gross) || !plus(r, s.Net, s.Excess).Equal(s.Gross) {
			r.Fatalf("scheme %s: lines %s, gross %s, net %s, excess %s", s.Scheme, sum, s.Gross, s.Net, s.Excess)
		}
		if s.Net.Sign() < 0 || s.Excess.Sign() < 0 || s.EarnedBack.Sign() < 0 || !s.Net.IsRound() {
			r.Fatalf("scheme %s: net %s, excess %s, earned back %s", s.Scheme, s.Net, s.Excess, s.EarnedBack)
		}
		holds := 0
		for _, k := range s.Caps {
			if less(r, k.Room, s.Net) || s.Net.Sign() > 0 && less(r, k.Limit, plus(r, k.Taken, s.Net)) {
				r.Fatalf("scheme %s: net %s passes the cap %+v", s.Scheme, s.Net, k)
			}
			if k.Holds {
				holds++
			}
		}
		if (holds == 1) != (s.Excess.Sign() > 0) || holds > 1 {
			r.Fatalf("scheme %s: %d caps hold with an excess of %s", s.Scheme, holds, s.Excess)
		}
		total = plus(r, total, s.Net)
		total = plus(r, total, s.EarnedBack.Neg())
	}
	if !total.Equal(a.Total) {
		r.Fatalf("the total is %s, the schemes come to %s", a.Total, total)
	}
}

// A worse result never costs less: fewer met of the same tickets, everything else
// as it was. Points rise with it, and so must the sum.
func TestMorePointsNeverCostLess(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawn(r, t)
		c.Related, c.Credits = nil, c.Credits[:5] // the fixed sums are for one band and not for those below it
		p := month(t, "2012-01")
		results := drawResults(r, t, c, p)
		worse := append([]measure.Result(nil), results...)
		i := rapid.IntRange(0, 2).Draw(r, "which")
		x := results[i]
		if x.Counted == 0 {
			return
		}
		worse[i] = result(t, c, x.Measure.ID, p, rapid.Int64Range(0, x.Met).Draw(r, "met"), x.Counted)
		before, after := assess(t, c, "2012-01", nil, results...), assess(t, c, "2012-01", nil, worse...)
		for k := range before.Schemes {
			b, a := before.Schemes[k], after.Schemes[k]
			if a.Points < b.Points || less(r, a.Gross, b.Gross) || less(r, a.Net, b.Net) {
				r.Fatalf("scheme %s: %s (%s) became %s (%s)", b.Scheme, b.Net, b.Rule, a.Net, a.Rule)
			}
		}
	})
}

// The points price of a scheme agrees with a plain sum of pennies.
func TestPointsRateAgainstWholeNumbers(t *testing.T) {
	c := read(t, "measures:\n", banded("KPI-1"), "credits:\n  - {id: points, rounding: down, pointsRate: {rate: 0.5%}}\n")
	rapid.Check(t, func(r *rapid.T) {
		pennies, n := rapid.Int64Range(0, 1e14).Draw(r, "pennies"), rapid.IntRange(0, 500).Draw(r, "points")
		c.Charges[0].Amount = money.Amount{Currency: "GBP", Value: money.NewDecimal(pennies, 2)}
		c.Measures[0].Bands[4].Points = n
		a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 9000))
		want := pennies * int64(n) * 5 / 1000
		if got := a.Total; !got.Value.Equal(money.NewDecimal(want, 2)) {
			r.Fatalf("%d points of %d pennies cost %s, want %d pennies", n, pennies, got, want)
		}
	})
}

func plus(r *rapid.T, a, b money.Amount) money.Amount {
	sum, err := a.Add(b)
	if err != nil {
		r.Fatal(err)
	}
	return sum
}

func less(r *rapid.T, a, b money.Amount) bool {
	order, err := a.Cmp(b)
	if err != nil {
		r.Fatal(err)
	}
	return order < 0
}

func text(r *rapid.T, a credit.Assessment) string {
	b, err := json.Marshal(a)
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}
