package money

import (
	"math/big"

	"towerbridge/fault"
)

// Split divides a total by weights so that the parts sum to the total exactly. Each
// part is first cut towards zero to whole minor units; the units left over, always
// fewer than there are parts with a weight, are then handed out one each from the
// first part on. A part without weight gets nothing.
//
// The total must be in whole minor units: [Amount.Round] it first. Weights must not
// be negative and at least one must be positive. Otherwise a [fault.Error].
func Split(total Amount, weights []int64) ([]Amount, error) {
	whole := new(big.Int)
	for i, w := range weights {
		if w < 0 {
			return nil, fault.New(fault.Invalid, "", "weight %d is %d; a weight is not negative", i+1, w)
		}
		whole.Add(whole, big.NewInt(w))
	}
	if whole.Sign() == 0 {
		return nil, fault.New(fault.Invalid, "", "%s cannot be split: no part has a weight", total)
	}
	if !total.IsRound() {
		return nil, fault.New(fault.Invalid, "Round the amount before splitting it",
			"%s is not in whole units of its currency", total)
	}
	decimals := total.Currency.MinorDigits()
	left := total.Round(Down).Value.big()
	units := new(big.Int).Set(left)
	parts := make([]*big.Int, len(weights))
	for i, w := range weights {
		parts[i] = new(big.Int).Mul(units, big.NewInt(w))
		parts[i].Quo(parts[i], whole)
		left.Sub(left, parts[i])
	}
	unit := big.NewInt(int64(left.Sign()))
	out := make([]Amount, len(weights))
	for i, part := range parts {
		if left.Sign() != 0 && weights[i] > 0 {
			part.Add(part, unit)
			left.Sub(left, unit)
		}
		out[i] = Amount{total.Currency, fromBig(part, decimals)}
	}
	return out, nil
}
