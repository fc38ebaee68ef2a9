package whatif

import (
	"fmt"
	"slices"
	"testing"

	"towerbridge/credit"
	"towerbridge/money"
	"towerbridge/statement"
)

// TestSeeds holds that a trial's seed depends on the seed and its number alone.
func TestSeeds(t *testing.T) {
	a, b, c := Seeds(7, 10), Seeds(7, 1000), Seeds(8, 10)
	if !slices.Equal(a, b[:10]) || slices.Equal(a, c) {
		t.Errorf("seeds %v, %v, %v", a, b[:10], c)
	}
	slices.Sort(b)
	if len(slices.Compact(b)) != 1000 {
		t.Error("two trials have one seed")
	}
}

// made is a statement with the credit lines of two measures; what is over the cap of
// 100 is taken off.
func made(contract string, a, b int64) *statement.Statement {
	gbp := func(n int64) money.Amount {
		return money.Amount{Currency: "GBP", Value: money.NewDecimal(n*100, 2)}
	}
	net := min(a+b, 100)
	return &statement.Statement{
		Contract: contract, Supplier: "acme", Charges: gbp(1000), Total: gbp(net),
		Measures: []statement.Measure{{ID: "A", Name: "First", Value: "1/2", Failed: a > 0}, {ID: "B", Value: "1/2", Failed: b > 0}, {ID: "C"}},
		Credits:  []credit.Line{{Measure: "A", Amount: gbp(a)}, {Measure: "B", Amount: gbp(b)}, {Amount: gbp(-5)}},
		Schemes: []credit.SchemeTotal{{
			Scheme: "s", Gross: gbp(a + b), Net: gbp(net), Excess: gbp(a + b - net),
			Caps: []credit.Cap{{Clause: "loose", Limit: gbp(500)}, {Clause: "tight", Limit: gbp(100), Holds: a+b > 100}},
		}},
	}
}

// TestSummarise holds percentiles, caps and drivers of trials that can be counted by hand:
// trial n of 1 to 100 costs n for A, and 30 for B.
func TestSummarise(t *testing.T) {
	var trials []Trial
	for n := int64(1); n <= 100; n++ {
		x, err := Observe([]*statement.Statement{made("one", n, 30), made("two", 0, 0), made("two", 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		trials = append(trials, x)
	}
	slices.Reverse(trials)
	r, err := Summarise("town", trials)
	if err != nil {
		t.Fatal(err)
	}
	one := r.Contracts[0]
	d := one.Credits
	if got := fmt.Sprint(d.Least, d.P5, d.Median, d.P95, d.Most, d.Some); got != "GBP 31.00 GBP 35.00 GBP 80.00 GBP 100.00 GBP 100.00 100" {
		t.Errorf("credits %s", got)
	}
	if one.Charges.String() != "GBP 1000.00" || r.Contracts[1].Charges.String() != "GBP 2000.00" {
		t.Errorf("charges %s and %s", one.Charges, r.Contracts[1].Charges)
	}
	if got := fmt.Sprint(one.Caps); got != "[{s loose 1 0 0 100 GBP 0.00} {s tight 2 30 30 100 GBP 465.00}]" { // 1 + 2 + ... + 30
		t.Errorf("caps %s", got)
	}
	a, b := one.Drivers[0], one.Drivers[1]
	if a.Measure != "A" || a.Name != "First" || a.Leads != 71 || b.Leads != 29 || a.Costs != 100 || a.Sum.String() != "GBP 5050.00" || b.Sum.String() != "GBP 3000.00" || a.Of != 100 || a.Failed != 100 || a.Share.String() != "505000/805000" {
		t.Errorf("drivers %+v %+v", a, b)
	}
	if c := one.Drivers[2]; c.Measure != "C" || c.Of != 0 || c.Costs != 0 || c.Share.Num() != 0 {
		t.Errorf("a measure that costs nothing: %+v", c)
	}
	if two := r.Contracts[1]; two.Caps[0].Of != 200 || two.Credits.Median.String() != "GBP 1.00" {
		t.Errorf("two statements of a trial: %+v", two)
	}
	if got := fmt.Sprint(r.All[0].Median, len(r.All)); got != "GBP 81.00 1" {
		t.Errorf("all contracts: %s", got)
	}
	if r, err := Summarise("town", nil); err != nil || len(r.Contracts) != 0 {
		t.Errorf("no trials: %+v, %v", r, err)
	}
	one1, err := Summarise("town", trials[:1])
	if err != nil || one1.Contracts[0].Credits.P5.String() != "GBP 100.00" || one1.Contracts[0].Credits.P95.String() != "GBP 100.00" {
		t.Errorf("one trial: %+v", one1.Contracts[0].Credits)
	}
}

// TestNothingCosts holds that trials without a credit have shares of nothing.
func TestNothingCosts(t *testing.T) {
	x, err := Observe([]*statement.Statement{made("one", 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Summarise("town", []Trial{x})
	if err != nil || r.Contracts[0].Drivers[0].Share.Num() != 0 || r.Contracts[0].Credits.Some != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
