package measure_test

import (
	"testing"

	"towerbridge/contract"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// TestGiven holds that given evidence and given totals are summed, rounded and judged
// as a journal's.
func TestGiven(t *testing.T) {
	target := []contract.Level{{Value: contract.Value{Number: money.MustDecimal("60"), Unit: contract.Percent}}}
	share := &contract.Measure{MeasureDocument: contract.MeasureDocument{ID: "K", Share: &contract.ShareRule{Clock: "c"}, Target: target}, Clock: 0}
	p := span.Month(2026, 3)
	r := measure.Given(share, p, []measure.Counted{{Verdict: measure.Met}, {Ticket: 1, Verdict: measure.Missed}})
	if r.Met != 1 || r.Counted != 2 || r.Display != "50.00%" || !r.Failed || r.Period != p || len(r.Evidence) != 2 {
		t.Errorf("given %+v", r)
	}
	if r := measure.GivenTotals(share, p, 3, 5); r.Display != "60.00%" || r.Failed || !r.Measured {
		t.Errorf("totals %+v", r)
	}
	if r := measure.GivenTotals(share, p, 0, 0); r.Measured || r.Failed {
		t.Errorf("nothing %+v", r)
	}
	mean := &contract.Measure{MeasureDocument: contract.MeasureDocument{ID: "M", Mean: &contract.MeanRule{Clock: "c"}}, Clock: 0}
	if r := measure.Given(mean, p, []measure.Counted{{Elapsed: 10}, {Elapsed: 25}}); r.Met != 35 || r.Counted != 2 {
		t.Errorf("mean %+v", r)
	}
}
