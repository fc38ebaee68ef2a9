package money

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"towerbridge/fault"
)

// MaxDigits is the largest number of digits, before and after the point together,
// that a number read from text may have. Exact products may grow beyond it.
const MaxDigits = 34

// Decimal is an exact number with a decimal point. It keeps the decimals it was
// written with: 80.00 prints as 80.00, though it compares equal to 80. The zero
// value is 0. Compare with [Decimal.Cmp] or [Decimal.Equal]; the operator == does
// not compile, since it would tell 80.00 from 80.
type Decimal struct {
	_      [0]func()
	number apd.Decimal // finite, never a negative zero, exponent at most 0
}

// exactly is the context of all sums and products: precision 0 is apd's word for
// no limit, and any condition at all, Inexact included, is an error.
var exactly = &apd.Context{
	MaxExponent: apd.MaxExponent,
	MinExponent: apd.MinExponent,
	Traps:       apd.DefaultTraps | apd.Inexact | apd.Rounded | apd.Clamped,
}

// settle panics on any condition. None can arise from numbers that were read by
// [ParseDecimal] short of thousands of products in a row.
func settle(condition apd.Condition, err error) {
	if err == nil && condition != 0 {
		err = fmt.Errorf("%s", condition)
	}
	if err != nil {
		panic(fmt.Sprintf("money: an exact operation was not exact: %v", err))
	}
}

// ParseDecimal reads a plain decimal number such as 2000000.00 or -0.5: digits with
// at most one point that has digits on both sides, at most [MaxDigits] digits,
// no exponent, no plus sign, no grouping. The error is a [fault.Error].
func ParseDecimal(s string) (Decimal, error) {
	if err := checkDecimal(s); err != nil {
		return Decimal{}, err
	}
	var d Decimal
	_, condition, err := d.number.SetString(s)
	settle(condition, err)
	return d.plain(), nil
}

func checkDecimal(s string) error {
	body := strings.TrimPrefix(s, "-")
	whole, decimals, pointed := strings.Cut(body, ".")
	if !onlyDigits(whole) || pointed && !onlyDigits(decimals) {
		return fault.New(fault.Invalid, "Write digits with at most one point and no grouping",
			"%s is not a decimal number such as 2000000.00", quoted(s))
	}
	if n := len(whole) + len(decimals); n > MaxDigits {
		return fault.New(fault.Invalid, "", "the number has %d digits; at most %d are accepted", n, MaxDigits)
	}
	return nil
}

func onlyDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// quoted quotes text for a message and cuts it short when it is long.
func quoted(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%.60q...", s)
	}
	return fmt.Sprintf("%q", s)
}

// MustDecimal is [ParseDecimal] for constants of a program; it panics on an error.
func MustDecimal(s string) Decimal { return must(ParseDecimal(s)) }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// NewDecimal returns coefficient / 10^decimals: NewDecimal(9895, 2) is 98.95.
// Decimals must lie between 0 and [MaxDigits]; anything else panics.
func NewDecimal(coefficient int64, decimals int) Decimal {
	if decimals < 0 || decimals > MaxDigits {
		panic(fmt.Sprintf("money: a number cannot be made with %d decimals", decimals))
	}
	return fromBig(big.NewInt(coefficient), decimals)
}

// fromBig returns coefficient / 10^decimals; the decimals are not negative.
func fromBig(coefficient *big.Int, decimals int) Decimal {
	var d Decimal
	d.number.Negative = coefficient.Sign() < 0
	d.number.Coeff.SetMathBigInt(new(big.Int).Abs(coefficient))
	d.number.Exponent = int32(-decimals)
	return d
}

// big returns the coefficient with its sign; the value is that / 10^Decimals().
func (d Decimal) big() *big.Int {
	c := d.number.Coeff.MathBigInt()
	if d.number.Negative {
		return c.Neg(c)
	}
	return c
}

// plain returns the number without a sign on zero.
func (d Decimal) plain() Decimal {
	if d.number.Coeff.Sign() == 0 {
		d.number.Negative = false
	}
	return d
}

// Decimals returns the number of digits after the point: 2 for 80.00.
func (d Decimal) Decimals() int { return int(-d.number.Exponent) }

// Add returns d + x, exact, with the decimals of the one that has more.
func (d Decimal) Add(x Decimal) Decimal {
	var sum Decimal
	settle(exactly.Add(&sum.number, &d.number, &x.number))
	return sum.plain()
}

// Sub returns d - x, exact, with the decimals of the one that has more.
func (d Decimal) Sub(x Decimal) Decimal {
	var difference Decimal
	settle(exactly.Sub(&difference.number, &d.number, &x.number))
	return difference.plain()
}

// Mul returns d x, exact, with the decimals of both together.
func (d Decimal) Mul(x Decimal) Decimal {
	var product Decimal
	settle(exactly.Mul(&product.number, &d.number, &x.number))
	return product.plain()
}

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	d.number.Negative = !d.number.Negative
	return d.plain()
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	d.number.Negative = false
	return d
}

// Cmp returns -1, 0 or +1 as d is less than, equal to or greater than x in value.
func (d Decimal) Cmp(x Decimal) int { return d.number.Cmp(&x.number) }

// Equal reports whether the two have the same value, whatever their decimals.
func (d Decimal) Equal(x Decimal) bool { return d.Cmp(x) == 0 }

// Sign returns -1, 0 or +1.
func (d Decimal) Sign() int { return d.number.Sign() }

// IsZero reports whether the value is 0, whatever its decimals.
func (d Decimal) IsZero() bool { return d.number.Sign() == 0 }

// Round returns the number with exactly so many decimals, padded with zeros where
// it has fewer. A negative count rounds to tens, hundreds and so on. It panics on
// an unknown mode, and where decimals lie outside plus or minus [MaxDigits].
func (d Decimal) Round(decimals int, mode Rounding) Decimal {
	return divide(d.big(), pow10(d.Decimals()), decimals, mode)
}

// Div returns d / x with exactly so many decimals; see [Decimal.Round] for what it
// panics on. Division by zero is an error.
func (d Decimal) Div(x Decimal, decimals int, mode Rounding) (Decimal, error) {
	if x.IsZero() {
		return Decimal{}, fault.New(fault.Invalid, "", "%s cannot be divided by zero", d)
	}
	numerator := d.big()
	numerator.Mul(numerator, pow10(x.Decimals()))
	denominator := x.big()
	denominator.Mul(denominator, pow10(d.Decimals()))
	return divide(numerator, denominator, decimals, mode), nil
}

// String prints the number plainly, without an exponent and with its decimals.
func (d Decimal) String() string { return d.number.Text('f') }

// MarshalText writes the number as [Decimal.String] does; in JSON it is a string.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDecimal] reads.
func (d *Decimal) UnmarshalText(text []byte) error { return read(d, text, ParseDecimal) }

// read parses text into a target, which keeps its value on an error.
func read[T any](target *T, text []byte, parse func(string) (T, error)) error {
	value, err := parse(string(text))
	if err == nil {
		*target = value
	}
	return err
}

// SchemaPattern is the pattern of a decimal number in a document.
func (Decimal) SchemaPattern() string { return `^-?\d+(\.\d+)?$` }

// SchemaNumber says that a document may write the value as a number without quotes.
func (Decimal) SchemaNumber() bool { return true }
