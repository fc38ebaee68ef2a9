package money

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"

	"towerbridge/fault"
)

// Amount is an exact sum of money in one currency. It may have more decimals than
// the currency's coins until it is rounded. In a document it is written as
// GBP 2000000.00; in JSON it is {"currency":"GBP","value":"2000000.00"}. The zero
// value has no currency and goes with no other amount; use [Zero].
type Amount struct {
	Currency Currency
	Value    Decimal
}

// Zero returns nothing in a currency.
func Zero(c Currency) Amount { return Amount{Currency: c} }

// ParseAmount reads a currency, one space and a number, such as GBP 2000000.00. The
// number may have more decimals than the currency's coins, as a price per unit
// does. The error is a [fault.Error].
func ParseAmount(s string) (Amount, error) {
	code, number, spaced := strings.Cut(s, " ")
	if !spaced {
		return Amount{}, fault.New(fault.Invalid, "Write the currency's code, one space and the number",
			"%s is not an amount such as GBP 2000000.00", quoted(s))
	}
	currency, err := ParseCurrency(code)
	if err == nil {
		var value Decimal
		if value, err = ParseDecimal(number); err == nil {
			return Amount{currency, value}, nil
		}
	}
	return Amount{}, fault.Wrap(fault.Invalid, err, "%s is not an amount such as GBP 2000000.00", quoted(s))
}

// MustAmount is [ParseAmount] for constants of a program; it panics on an error.
func MustAmount(s string) Amount { return must(ParseAmount(s)) }

// Add returns a + x, exact, or a [fault.Error] for two currencies.
func (a Amount) Add(x Amount) (Amount, error) {
	if err := a.same(x); err != nil {
		return Amount{}, err
	}
	return Amount{a.Currency, a.Value.Add(x.Value)}, nil
}

// Sub returns a - x, exact, or a [fault.Error] for two currencies.
func (a Amount) Sub(x Amount) (Amount, error) {
	if err := a.same(x); err != nil {
		return Amount{}, err
	}
	return Amount{a.Currency, a.Value.Sub(x.Value)}, nil
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than x, or a
// [fault.Error] for two currencies.
func (a Amount) Cmp(x Amount) (int, error) {
	if err := a.same(x); err != nil {
		return 0, err
	}
	return a.Value.Cmp(x.Value), nil
}

// Min returns the lesser of two amounts, as a cap does, or a [fault.Error] for two
// currencies.
func Min(a, b Amount) (Amount, error) {
	order, err := a.Cmp(b)
	switch {
	case err != nil:
		return Amount{}, err
	case order > 0:
		return b, nil
	}
	return a, nil
}

// Sum returns the exact sum of amounts that are all of one currency; of none, zero.
func Sum(c Currency, amounts ...Amount) (Amount, error) {
	total := Zero(c)
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

func (a Amount) same(x Amount) error {
	if a.Currency == x.Currency {
		return nil
	}
	return fault.New(fault.Invalid, "Use one currency throughout a contract",
		"%s and %s are of two currencies", a, x)
}

// Equal reports whether the two have the same currency and value.
func (a Amount) Equal(x Amount) bool { return a.Currency == x.Currency && a.Value.Equal(x.Value) }

// Neg returns -a.
func (a Amount) Neg() Amount { return Amount{a.Currency, a.Value.Neg()} }

// Sign returns -1, 0 or +1.
func (a Amount) Sign() int { return a.Value.Sign() }

// IsZero reports whether the value is 0, in whatever currency.
func (a Amount) IsZero() bool { return a.Value.IsZero() }

// Mul returns a taken x times, exact and not rounded.
func (a Amount) Mul(x Decimal) Amount { return Amount{a.Currency, a.Value.Mul(x)} }

// Times returns the fraction's share of the amount, rounded once to the currency's
// minor unit. It panics on an unknown mode.
func (a Amount) Times(f Fraction, mode Rounding) Amount {
	numerator := a.Value.big()
	numerator.Mul(numerator, big.NewInt(f.Num()))
	denominator := pow10(a.Value.Decimals())
	denominator.Mul(denominator, big.NewInt(f.Den()))
	return Amount{a.Currency, divide(numerator, denominator, a.Currency.MinorDigits(), mode)}
}

// Round returns the amount in whole minor units of its currency, such as pennies.
// It panics on an unknown mode.
func (a Amount) Round(mode Rounding) Amount {
	return Amount{a.Currency, a.Value.Round(a.Currency.MinorDigits(), mode)}
}

// IsRound reports whether the amount is a whole number of minor units.
func (a Amount) IsRound() bool { return a.Round(Down).Equal(a) }

// String prints the currency and the value with at least the decimals of its minor
// unit, such as GBP 6000.00; more only where the amount is not in whole pennies.
func (a Amount) String() string { return string(a.Currency) + " " + a.digits() }

// digits returns the value with the decimals it needs and at least the currency's.
func (a Amount) digits() string {
	if whole := a.Round(Down); whole.Value.Equal(a.Value) {
		return whole.Value.String()
	}
	return strings.TrimRight(a.Value.String(), "0")
}

// MarshalText writes the amount as [Amount.String] does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what [ParseAmount] reads.
func (a *Amount) UnmarshalText(text []byte) error { return read(a, text, ParseAmount) }

// SchemaPattern is the pattern of an amount in a document.
func (Amount) SchemaPattern() string { return `^[A-Z]{3} -?\d+(\.\d+)?$` }

// MarshalJSON writes an object with the currency and the value as a string.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Currency string `json:"currency"`
		Value    string `json:"value"`
	}{string(a.Currency), a.digits()})
}

// UnmarshalJSON reads what [Amount.MarshalJSON] writes and nothing else.
func (a *Amount) UnmarshalJSON(text []byte) error {
	var in struct {
		Currency *Currency `json:"currency"`
		Value    *Decimal  `json:"value"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return fault.Wrap(fault.Invalid, err, "an amount of money cannot be read")
	}
	if in.Currency == nil || in.Value == nil {
		return fault.New(fault.Invalid, "", "an amount of money needs both a currency and a value")
	}
	*a = Amount{*in.Currency, *in.Value}
	return nil
}
