package contract

import (
	"fmt"

	"towerbridge/money"
	"towerbridge/span"
)

// Unit is what the number of a [Value] counts.
type Unit uint8

// The units.
const (
	Plain   Unit = iota // a plain number
	Percent             // hundredths of the whole
	Seconds             // seconds of open time
)

var unitNames = [...]string{"number", "percent", "seconds"}

// String names the unit.
func (u Unit) String() string { return unitNames[u] }

// Value is a number with its unit: 95% or 98.95%, 8h or 1h30m, or a plain number.
type Value struct {
	Number money.Decimal // percentage points, seconds or the plain number
	Unit   Unit
}

// ParseValue reads a percentage, a length of time or a plain number.
func ParseValue(s string) (Value, error) {
	if p, err := money.ParsePercent(s); err == nil {
		return Value{p.Points(), Percent}, nil
	}
	if n, err := money.ParseDecimal(s); err == nil {
		return Value{n, Plain}, nil
	}
	sec, err := span.ParseSeconds(s)
	if err != nil {
		return Value{}, fmt.Errorf("%q is not a percentage such as 95%%, a length of time such as 8h, or a number", s)
	}
	return Value{money.NewDecimal(int64(sec), 0), Seconds}, nil
}

// String writes the value as people write it.
func (v Value) String() string {
	switch v.Unit {
	case Percent:
		return v.Number.String() + "%"
	case Seconds:
		if n, err := span.ParseSeconds(v.Number.String() + "s"); err == nil {
			return n.String()
		}
		return v.Number.String() + "s"
	}
	return v.Number.String()
}

// MarshalText writes the value as [Value.String] does.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what [ParseValue] reads.
func (v *Value) UnmarshalText(b []byte) error {
	x, err := ParseValue(string(b))
	if err == nil {
		*v = x
	}
	return err
}

// SchemaPattern is the pattern of a value in a document.
func (Value) SchemaPattern() string {
	return `^(-?\d+(\.\d+)?%?|\d{1,7}h(\d{1,7}m)?(\d{1,9}s)?|\d{1,7}m(\d{1,9}s)?|\d{1,9}s)$`
}

// SchemaNumber says that a plain number may be written without quotes.
func (Value) SchemaNumber() bool { return true }

// Compare compares a result with the value: the fraction itself (times a hundred
// for percentages), or its rounded number where the contract rounds first.
func (v Value) Compare(result money.Fraction, precision *Precision) int {
	if precision == nil {
		if v.Unit == Percent {
			return result.CmpPercent(money.NewPercent(v.Number))
		}
		return result.CmpDecimal(v.Number)
	}
	return Rounded(result, v.Unit, precision).Cmp(v.Number)
}

// Rounded is a result in a unit, rounded as the contract says.
func Rounded(result money.Fraction, unit Unit, p *Precision) money.Decimal {
	if unit == Percent {
		return result.Percent(p.Decimals, p.Rounding)
	}
	return result.Round(p.Decimals, p.Rounding)
}
