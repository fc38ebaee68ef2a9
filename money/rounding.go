package money

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"towerbridge/fault"
)

// Rounding is the name of a way to lose digits, as a contract states it.
//
//	            2.5   2.51  -2.5  -2.51
//	half-up      3     3     -3    -3     to the nearest; halves away from zero
//	half-even    2     3     -2    -3     to the nearest; halves to the even digit
//	half-down    2     3     -2    -3     to the nearest; halves towards zero
//	down         2     2     -2    -2     towards zero
//	up           3     3     -3    -3     away from zero
//	floor        2     2     -3    -3     towards minus infinity
//	ceiling      3     3     -2    -2     towards plus infinity
//
// The zero value is no rounding at all: to round with it panics, because a rounding
// that nobody named is a defect of the program.
type Rounding string

// The ways of rounding; [Rounding] shows what each does.
const (
	HalfUp   Rounding = "half-up"
	HalfEven Rounding = "half-even"
	HalfDown Rounding = "half-down"
	Down     Rounding = "down"
	Up       Rounding = "up"
	Floor    Rounding = "floor"
	Ceiling  Rounding = "ceiling"
)

var roundings = []string{
	string(HalfUp), string(HalfEven), string(HalfDown),
	string(Down), string(Up), string(Floor), string(Ceiling),
}

// ParseRounding reads the name of a rounding. The error is a [fault.Error].
func ParseRounding(s string) (Rounding, error) {
	if slices.Contains(roundings, s) {
		return Rounding(s), nil
	}
	return "", fault.New(fault.Invalid, "Use one of "+strings.Join(roundings, ", "),
		"%s is not a way of rounding", quoted(s))
}

// UnmarshalText reads what [ParseRounding] reads.
func (r *Rounding) UnmarshalText(text []byte) error { return read(r, text, ParseRounding) }

// SchemaEnum lists the names a document may use.
func (Rounding) SchemaEnum() []string { return slices.Clone(roundings) }

// divide returns numerator / denominator with exactly so many decimals. It is the
// one place where digits are lost. The denominator is not zero.
func divide(numerator, denominator *big.Int, decimals int, mode Rounding) Decimal {
	if decimals < -MaxDigits || decimals > MaxDigits {
		panic(fmt.Sprintf("money: a number cannot be rounded to %d decimals", decimals))
	}
	if decimals < 0 {
		unit := pow10(-decimals)
		tens := quotient(numerator, new(big.Int).Mul(denominator, unit), mode)
		return fromBig(tens.Mul(tens, unit), 0)
	}
	return fromBig(quotient(new(big.Int).Mul(numerator, pow10(decimals)), denominator, mode), decimals)
}

// quotient returns the whole number that numerator / denominator rounds to.
func quotient(numerator, denominator *big.Int, mode Rounding) *big.Int {
	whole, rest := new(big.Int).QuoRem(numerator, denominator, new(big.Int))
	half := new(big.Int).Lsh(rest, 1).CmpAbs(denominator)
	negative := numerator.Sign()*denominator.Sign() < 0
	if !mode.away(half, negative, whole.Bit(0) == 1) || rest.Sign() == 0 {
		return whole
	}
	if negative {
		return whole.Sub(whole, big.NewInt(1))
	}
	return whole.Add(whole, big.NewInt(1))
}

// away reports whether a value with a rest moves away from zero: half compares the
// rest with one half, odd is the last digit kept.
func (r Rounding) away(half int, negative, odd bool) bool {
	switch r {
	case HalfUp:
		return half >= 0
	case HalfEven:
		return half > 0 || half == 0 && odd
	case HalfDown:
		return half > 0
	case Down:
		return false
	case Up:
		return true
	case Floor:
		return negative
	case Ceiling:
		return !negative
	}
	panic(fmt.Sprintf("money: %q is not a way of rounding", string(r)))
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
