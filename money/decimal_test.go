package money

import (
	"encoding/json"
	"errors"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"towerbridge/fault"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0", "0"},
		{"-0", "0"},
		{"-0.00", "0.00"},
		{"007.50", "7.50"},
		{"2000000.00", "2000000.00"},
		{"-98.95", "-98.95"},
		{strings.Repeat("9", MaxDigits), strings.Repeat("9", MaxDigits)},
		{"0." + strings.Repeat("0", MaxDigits-2) + "1", "0." + strings.Repeat("0", MaxDigits-2) + "1"},
	} {
		got, err := ParseDecimal(c.in)
		if err != nil || got.String() != c.want {
			t.Errorf("ParseDecimal(%q) = %v, %v; want %s", c.in, got, err, c.want)
		}
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, in := range []string{
		"", "-", ".", "1.", ".5", "+1", "1e3", "1E3", "1,000", "1_000", " 1", "1 ", "--1", "1.2.3",
		"NaN", "Infinity", "inf", "0x10", "٣", "1\n",
		strings.Repeat("9", MaxDigits+1),
		"0." + strings.Repeat("0", MaxDigits),
		strings.Repeat("1", 100_000),
	} {
		got, err := ParseDecimal(in)
		if err == nil {
			t.Errorf("ParseDecimal(%q) = %v; want an error", in, got)
			continue
		}
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseDecimal(%q): kind %v; want invalid", in, fault.KindOf(err))
		}
		if len(err.Error()) > 300 {
			t.Errorf("ParseDecimal of %d bytes: the message has %d", len(in), len(err.Error()))
		}
	}
}

func TestDecimalArithmetic(t *testing.T) {
	d := MustDecimal
	for _, c := range []struct {
		what      string
		got, want Decimal
	}{
		{"a float would lose this", d("0.1").Add(d("0.2")), d("0.3")},
		{"sum keeps decimals", d("1.50").Add(d("2.5")), d("4.00")},
		{"difference", d("1").Sub(d("0.01")), d("0.99")},
		{"difference to zero", d("-1.0").Sub(d("-1")), d("0.0")},
		{"product", d("1.5").Mul(d("-0.25")), d("-0.375")},
		{"product with zero", d("0").Mul(d("-5.0")), d("0.0")},
		{"negative of zero", d("0.0").Neg(), d("0.0")},
		{"negative", d("2.5").Neg(), d("-2.5")},
		{"without sign", d("-2.5").Abs(), d("2.5")},
		{"made from whole numbers", NewDecimal(-9895, 2), d("-98.95")},
		{"zero value", Decimal{}, d("0")},
	} {
		if c.got.String() != c.want.String() || !c.got.Equal(c.want) {
			t.Errorf("%s: %s; want %s", c.what, c.got, c.want)
		}
	}
}

func TestDecimalCompare(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"80", "80.00", 0},
		{"-0.0", "0", 0},
		{"98.949", "98.95", -1},
		{"-2", "-3", 1},
		{"1" + strings.Repeat("0", 33), "0." + strings.Repeat("0", 32) + "1", 1},
	} {
		a, b := MustDecimal(c.a), MustDecimal(c.b)
		if a.Cmp(b) != c.want || b.Cmp(a) != -c.want || a.Equal(b) != (c.want == 0) {
			t.Errorf("Cmp(%s, %s) = %d; want %d", a, b, a.Cmp(b), c.want)
		}
	}
	if !MustDecimal("0.00").IsZero() || MustDecimal("-0.01").Sign() != -1 || MustDecimal("3").IsZero() {
		t.Error("IsZero or Sign is wrong")
	}
}

func TestDecimalDiv(t *testing.T) {
	d := MustDecimal
	for _, c := range []struct {
		a, b     string
		decimals int
		want     string
	}{
		{"1", "3", 4, "0.3333"},
		{"2.00", "0.03", 2, "66.67"},
		{"-2", "3", 0, "-1"},
		{"10.00", "4", 3, "2.500"},
		{"0.5", "-0.01", -1, "-50"},
	} {
		got, err := d(c.a).Div(d(c.b), c.decimals, HalfUp)
		if err != nil || got.String() != c.want {
			t.Errorf("%s / %s = %s, %v; want %s", c.a, c.b, got, err, c.want)
		}
	}
	if _, err := d("1").Div(d("0.00"), 2, HalfUp); fault.KindOf(err) != fault.Invalid {
		t.Errorf("division by zero: %v; want an invalid fault", err)
	}
}

func TestDecimalText(t *testing.T) {
	var in struct{ Rate *Decimal }
	if err := json.Unmarshal([]byte(`{"Rate":"0.50"}`), &in); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(in)
	if err != nil || string(out) != `{"Rate":"0.50"}` {
		t.Errorf("JSON is %s, %v", out, err)
	}
	kept := MustDecimal("1")
	if err := kept.UnmarshalText([]byte("1e9")); err == nil || !kept.Equal(MustDecimal("1")) {
		t.Errorf("a refused text changed the value to %s (%v)", kept, err)
	}
}

// TestInexactIsTrapped shows that the context of all sums and products refuses to
// lose a digit: with a limit set on it, what would not fit is a panic.
func TestInexactIsTrapped(t *testing.T) {
	if exactly.Traps&apd.Inexact == 0 || exactly.Precision != 0 {
		t.Fatalf("the exact context traps %v at precision %d", exactly.Traps, exactly.Precision)
	}
	var product apd.Decimal
	condition, err := exactly.WithPrecision(2).Mul(&product, apd.New(111, 0), apd.New(1, 0))
	if !condition.Inexact() || err == nil {
		t.Fatalf("a lost digit gave %v, %v", condition, err)
	}
	for name, arise := range map[string]func(){
		"error":     func() { settle(0, errors.New("trapped")) },
		"condition": func() { settle(apd.Rounded, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("settle let it pass")
				}
			}()
			arise()
		})
	}
}

// decimals draws numbers of every size that can be read.
func decimals() *rapid.Generator[Decimal] {
	return rapid.Map(rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,14})?`), MustDecimal)
}

// rat is the oracle's view of a number, taken from its text.
func rat(t interface{ Fatalf(string, ...any) }, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("the oracle cannot read %q", s)
	}
	return r
}

func TestArithmeticAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		x, y := rat(t, a.String()), rat(t, b.String())
		for what, pair := range map[string]struct {
			got  Decimal
			want *big.Rat
		}{
			"sum":        {a.Add(b), new(big.Rat).Add(x, y)},
			"difference": {a.Sub(b), new(big.Rat).Sub(x, y)},
			"product":    {a.Mul(b), new(big.Rat).Mul(x, y)},
		} {
			if rat(t, pair.got.String()).Cmp(pair.want) != 0 {
				t.Fatalf("%s of %s and %s is %s; want %s", what, a, b, pair.got, pair.want)
			}
			if strings.HasPrefix(pair.got.String(), "-") && pair.got.IsZero() {
				t.Fatalf("%s of %s and %s is a negative zero", what, a, b)
			}
		}
		if a.Cmp(b) != x.Cmp(y) {
			t.Fatalf("Cmp(%s, %s) = %d", a, b, a.Cmp(b))
		}
	})
}

func TestOperandsStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		before := a.String() + " " + b.String()
		copied := a
		a.Add(b).Neg().Mul(b).Sub(a).Abs().Round(1, HalfEven)
		_, _ = a.Neg().Div(b, 3, Floor)
		if after := a.String() + " " + b.String(); after != before || !copied.Equal(a) {
			t.Fatalf("operands changed from %s to %s", before, after)
		}
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0.00", "98.95", "1e5", ".5", "00", strings.Repeat("9", 40)} {
		f.Add(s)
	}
	pattern := regexp.MustCompile(Decimal{}.SchemaPattern())
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			return
		}
		if !pattern.MatchString(s) {
			t.Fatalf("%q was read but is outside the schema's pattern", s)
		}
		again, err := ParseDecimal(d.String())
		if err != nil || again.String() != d.String() || rat(t, s).Cmp(rat(t, d.String())) != 0 {
			t.Fatalf("%q became %s, then %s (%v)", s, d, again, err)
		}
	})
}
