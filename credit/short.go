package credit

import (
	"fmt"
	"strings"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/measure"
	"towerbridge/money"
)

// shortfall is how many percentage points a result is from its target on the wrong
// side, exact: above over below. It is never negative.
type shortfall struct {
	above money.Decimal
	below int64  // positive
	words string // such as 23 percentage points (98% - 75%)
}

// shortOf compares a missed result with the target in force: as the contract rounds
// the result, or exact where it does not. Where a smaller result is the better one
// the sides change.
func shortOf(r *measure.Result) (shortfall, error) {
	if r.Target == nil || r.Target.Value.Unit != contract.Percent {
		return shortfall{}, fault.New(fault.Invalid, "Give the measure a target in percent",
			"no target in percent is in force, so how far the result is from it cannot be told")
	}
	actual, below := money.NewDecimal(r.Value.Num(), 0).Mul(money.NewDecimal(100, 0)), r.Value.Den()
	if p := r.Measure.Precision; p != nil {
		actual, below = contract.Rounded(r.Value, contract.Percent, p), 1
	}
	required := r.Target.Value.Number.Mul(money.NewDecimal(below, 0))
	from, to := r.Target.Value.String(), r.Value.String()
	if plain, ends := decimal(actual, below); ends {
		to = plain + "%"
	}
	above := required.Sub(actual)
	if r.Measure.LowerBetter {
		above, from, to = above.Neg(), to, from
	}
	if above.Sign() < 0 {
		above = money.Decimal{}
	}
	out := shortfall{above: above, below: below}
	if plain, ends := decimal(above, below); ends {
		out.words = fmt.Sprintf("%s percentage points (%s - %s)", plain, from, to)
	} else {
		out.words = fmt.Sprintf("%s - %s, in percentage points,", from, to)
	}
	return out, nil
}

// steps returns how many whole steps of so many percentage points the shortfall has.
func (s shortfall) steps(size money.Decimal) (money.Decimal, error) {
	return s.above.Div(size.Mul(money.NewDecimal(s.below, 0)), 0, money.Floor)
}

// decimal writes a quotient as a short decimal number, if it is one.
func decimal(above money.Decimal, below int64) (string, bool) {
	divisor := money.NewDecimal(below, 0)
	q, err := above.Div(divisor, 6, money.Down)
	if err != nil || !q.Mul(divisor).Equal(above) {
		return "", false
	}
	return strings.TrimSuffix(strings.TrimRight(q.String(), "0"), "."), true
}
