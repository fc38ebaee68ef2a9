package money

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// Fraction is so many of so many, such as the 4 tickets met of 5 counted. It is
// kept as it was counted and not reduced: 4/5 and 8/10 compare equal but print
// differently. The zero value is 0/1.
type Fraction struct {
	num int64
	den int64 // positive, or zero in the zero value
}

// NewFraction returns num/den. The denominator must be positive: a share of
// nothing is not a number, and is a [fault.Error].
func NewFraction(num, den int64) (Fraction, error) {
	if den <= 0 {
		return Fraction{}, fault.New(fault.Invalid, "Count at least one before taking a share",
			"%d/%d is not a share: what it is a share of must be more than 0", num, den)
	}
	return Fraction{num: num, den: den}, nil
}

// ParseFraction reads a fraction such as 4/5, of whole numbers below 2^63. The error
// is a [fault.Error].
func ParseFraction(s string) (Fraction, error) {
	above, below, _ := strings.Cut(s, "/")
	num, err := strconv.ParseInt(above, 10, 64)
	den, err2 := strconv.ParseInt(below, 10, 64)
	if err != nil || err2 != nil || strings.Contains(s, "+") {
		return Fraction{}, fault.New(fault.Invalid, "Write two whole numbers with a stroke between",
			"%s is not a fraction such as 4/5", quoted(s))
	}
	return NewFraction(num, den)
}

// Num returns the number above the line.
func (f Fraction) Num() int64 { return f.num }

// Den returns the number below the line, which is always positive.
func (f Fraction) Den() int64 { return max(f.den, 1) }

// Cmp returns -1, 0 or +1 as f is less than, equal to or greater than x, exactly.
func (f Fraction) Cmp(x Fraction) int {
	left := new(big.Int).Mul(big.NewInt(f.num), big.NewInt(x.Den()))
	return left.Cmp(new(big.Int).Mul(big.NewInt(x.num), big.NewInt(f.Den())))
}

// CmpDecimal compares f with a plain number, exactly: 4/5 equals 0.8.
func (f Fraction) CmpDecimal(d Decimal) int {
	left := new(big.Int).Mul(big.NewInt(f.num), pow10(d.Decimals()))
	return left.Cmp(new(big.Int).Mul(d.big(), big.NewInt(f.Den())))
}

// CmpPercent compares f with a percentage, exactly: 4/5 equals 80%.
func (f Fraction) CmpPercent(p Percent) int { return f.CmpDecimal(p.Share()) }

// Round returns num/den with exactly so many decimals: 2/3 to 4 decimals half-up
// is 0.6667. It panics as [Decimal.Round] does.
func (f Fraction) Round(decimals int, mode Rounding) Decimal {
	return divide(big.NewInt(f.num), big.NewInt(f.Den()), decimals, mode)
}

// Percent returns 100 num/den with exactly so many decimals, rounded once: 2/3 to
// 2 decimals half-up is 66.67. It panics as [Decimal.Round] does.
func (f Fraction) Percent(decimals int, mode Rounding) Decimal {
	return divide(new(big.Int).Mul(big.NewInt(f.num), big.NewInt(100)), big.NewInt(f.Den()), decimals, mode)
}

// String prints the fraction as it was counted, such as 4/5.
func (f Fraction) String() string { return fmt.Sprintf("%d/%d", f.num, f.Den()) }

// MarshalText writes the fraction as [Fraction.String] does.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what [ParseFraction] reads.
func (f *Fraction) UnmarshalText(text []byte) error { return read(f, text, ParseFraction) }

// SchemaPattern is the pattern of a fraction in a document.
func (Fraction) SchemaPattern() string { return `^-?\d+/\d+$` }
