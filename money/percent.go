package money

import (
	"strings"

	"towerbridge/fault"
)

// Percent is an exact number of hundredths that people write with a sign, such as
// 98.95% or 0.5%. It may be negative or above 100%. The zero value is 0%.
type Percent struct {
	points Decimal // what stands before the sign
}

var hundredth = NewDecimal(1, 2)

// NewPercent returns the percentage with so many points: 98.95 becomes 98.95%.
func NewPercent(points Decimal) Percent { return Percent{points} }

// ParsePercent reads a percentage such as 98.95%: a number as [ParseDecimal] reads
// it, followed at once by the sign. The error is a [fault.Error].
func ParsePercent(s string) (Percent, error) {
	number, signed := strings.CutSuffix(s, "%")
	if !signed {
		return Percent{}, fault.New(fault.Invalid, "Write the percent sign at once after the number",
			"%s is not a percentage such as 98.95%%", quoted(s))
	}
	points, err := ParseDecimal(number)
	if err != nil {
		return Percent{}, fault.Wrap(fault.Invalid, err, "%s is not a percentage such as 98.95%%", quoted(s))
	}
	return Percent{points}, nil
}

// MustPercent is [ParsePercent] for constants of a program; it panics on an error.
func MustPercent(s string) Percent { return must(ParsePercent(s)) }

// Points returns the number before the sign: 98.95 for 98.95%.
func (p Percent) Points() Decimal { return p.points }

// Share returns the percentage as a plain number: 0.9895 for 98.95%.
func (p Percent) Share() Decimal { return p.points.Mul(hundredth) }

// Of returns so many hundredths of an amount, exact and not rounded.
func (p Percent) Of(a Amount) Amount { return a.Mul(p.Share()) }

// Add returns p + x, exact.
func (p Percent) Add(x Percent) Percent { return Percent{p.points.Add(x.points)} }

// Sub returns p - x, exact.
func (p Percent) Sub(x Percent) Percent { return Percent{p.points.Sub(x.points)} }

// Mul returns p taken x times, exact: three points at 0.5% each are 1.5%.
func (p Percent) Mul(x Decimal) Percent { return Percent{p.points.Mul(x)} }

// Cmp returns -1, 0 or +1 as p is less than, equal to or greater than x.
func (p Percent) Cmp(x Percent) int { return p.points.Cmp(x.points) }

// Equal reports whether the two have the same value, whatever their decimals.
func (p Percent) Equal(x Percent) bool { return p.Cmp(x) == 0 }

// Sign returns -1, 0 or +1.
func (p Percent) Sign() int { return p.points.Sign() }

// IsZero reports whether the value is 0%.
func (p Percent) IsZero() bool { return p.points.IsZero() }

// String prints the percentage with its decimals and sign, such as 98.95%.
func (p Percent) String() string { return p.points.String() + "%" }

// MarshalText writes the percentage as [Percent.String] does.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [ParsePercent] reads.
func (p *Percent) UnmarshalText(text []byte) error { return read(p, text, ParsePercent) }

// SchemaPattern is the pattern of a percentage in a document.
func (Percent) SchemaPattern() string { return `^-?\d+(\.\d+)?%$` }
