package measure

import (
	"towerbridge/contract"
	"towerbridge/span"
)

// Given returns the result that a measure comes to by the given evidence, such as a
// supplier's own list of tickets, rounded, banded and rated as any other. It is for
// every measure that is counted ticket by ticket; an availability stands on spans
// that may overlap, see [GivenTotals].
func Given(m *contract.Measure, p span.Period, evidence []Counted) Result {
	r := Result{Measure: m, Period: p, Evidence: evidence}
	r.sum()
	r.judge()
	return r
}

// GivenTotals returns the result that a measure comes to by its two totals alone,
// the numerator and the denominator of [Result].
func GivenTotals(m *contract.Measure, p span.Period, met, counted int64) Result {
	r := Result{Measure: m, Period: p, Met: met, Counted: counted}
	r.judge()
	return r
}
