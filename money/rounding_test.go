package money

import (
	"math/big"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"towerbridge/fault"
)

var allRoundings = []Rounding{HalfUp, HalfEven, HalfDown, Down, Up, Floor, Ceiling}

func TestRound(t *testing.T) {
	inputs := []string{"2.5", "2.51", "2.49", "3.5", "-2.5", "-2.51", "-2.49", "-3.5", "2", "0.4", "-0.4"}
	for mode, want := range map[Rounding]string{
		HalfUp:   "3 3 2 4 -3 -3 -2 -4 2 0 0",
		HalfEven: "2 3 2 4 -2 -3 -2 -4 2 0 0",
		HalfDown: "2 3 2 3 -2 -3 -2 -3 2 0 0",
		Down:     "2 2 2 3 -2 -2 -2 -3 2 0 0",
		Up:       "3 3 3 4 -3 -3 -3 -4 2 1 -1",
		Floor:    "2 2 2 3 -3 -3 -3 -4 2 0 -1",
		Ceiling:  "3 3 3 4 -2 -2 -2 -3 2 1 0",
	} {
		var got []string
		for _, in := range inputs {
			got = append(got, MustDecimal(in).Round(0, mode).String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s of %v:\n got %v\nwant %s", mode, inputs, got, want)
		}
	}
}

func TestRoundDecimals(t *testing.T) {
	for _, c := range []struct {
		in       string
		decimals int
		want     string
	}{
		{"98.95", 1, "99.0"}, // 98.95 is in no band of a table with one decimal: half-up makes it 99.0
		{"98.9", 3, "98.900"},
		{"9.999", 2, "10.00"},
		{"1250", -2, "1300"},
		{"49", -2, "0"},
		{"-50", -2, "-100"},
		{"0.005", 2, "0.01"},
	} {
		if got := MustDecimal(c.in).Round(c.decimals, HalfUp).String(); got != c.want {
			t.Errorf("%s to %d decimals is %s; want %s", c.in, c.decimals, got, c.want)
		}
	}
}

func TestRoundPanicsOnDefects(t *testing.T) {
	for name, defect := range map[string]func(){
		"a rounding nobody named":   func() { MustDecimal("1.0").Round(0, "") },
		"a rounding nobody knows":   func() { MustDecimal("1.5").Round(0, "nearest") },
		"too many decimals":         func() { MustDecimal("1").Round(MaxDigits+1, Down) },
		"too many tens":             func() { MustDecimal("1").Round(-MaxDigits-1, Down) },
		"a number with no decimals": func() { NewDecimal(1, -1) },
		"a constant that is wrong":  func() { MustDecimal("one") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it did not panic")
				}
			}()
			defect()
		})
	}
}

// nearest is the oracle: it searches the two neighbours for the one that the rule's
// own words choose, using only comparisons of rational numbers.
func nearest(x *big.Rat, mode Rounding) *big.Int {
	low := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: the floor, as the denominator is positive
	if x.IsInt() {
		return low
	}
	high := new(big.Int).Add(low, big.NewInt(1))
	inner, outer := low, high
	if x.Sign() < 0 {
		inner, outer = high, low
	}
	middle := new(big.Rat).Add(new(big.Rat).SetInt(low), big.NewRat(1, 2))
	half := func(tie *big.Int) *big.Int {
		switch x.Cmp(middle) {
		case -1:
			return low
		case 1:
			return high
		}
		return tie
	}
	switch mode {
	case HalfUp:
		return half(outer)
	case HalfDown:
		return half(inner)
	case HalfEven:
		if low.Bit(0) == 0 {
			return half(low)
		}
		return half(high)
	case Down:
		return inner
	case Up:
		return outer
	case Floor:
		return low
	}
	return high
}

func TestRoundAgreesWithRationals(t *testing.T) {
	// Few digits make halves frequent.
	numbers := rapid.OneOf(decimals(), rapid.Map(rapid.StringMatching(`-?[0-9]{1,2}\.[05]{1,3}`), MustDecimal))
	rapid.Check(t, func(t *rapid.T) {
		d := numbers.Draw(t, "number")
		places := rapid.IntRange(-3, 6).Draw(t, "decimals")
		mode := rapid.SampledFrom(allRoundings).Draw(t, "mode")
		scale := new(big.Rat).SetInt(pow10(max(places, 0)))
		scale.Quo(scale, new(big.Rat).SetInt(pow10(max(-places, 0))))
		want := new(big.Rat).SetInt(nearest(new(big.Rat).Mul(rat(t, d.String()), scale), mode))
		want.Quo(want, scale)
		got := d.Round(places, mode)
		if rat(t, got.String()).Cmp(want) != 0 || got.Decimals() != max(places, 0) {
			t.Fatalf("%s to %d decimals %s is %s; want %s", d, places, mode, got, want.FloatString(max(places, 0)))
		}
	})
}

// TestRoundAgreesWithApd compares with the roundings of the library underneath, which
// this package does not use.
func TestRoundAgreesWithApd(t *testing.T) {
	names := map[Rounding]apd.Rounder{
		HalfUp: apd.RoundHalfUp, HalfEven: apd.RoundHalfEven, HalfDown: apd.RoundHalfDown,
		Down: apd.RoundDown, Up: apd.RoundUp, Floor: apd.RoundFloor, Ceiling: apd.RoundCeiling,
	}
	rapid.Check(t, func(t *rapid.T) {
		// Where nothing but zeros would be kept apd does not round at all, so start from 1.
		d := MustDecimal(rapid.StringMatching(`-?[1-9][0-9]{0,9}\.[0-9]{1,9}`).Draw(t, "number"))
		places := rapid.IntRange(0, 6).Draw(t, "decimals")
		mode := rapid.SampledFrom(allRoundings).Draw(t, "mode")
		context := apd.BaseContext.WithPrecision(100)
		context.Rounding = names[mode]
		var want apd.Decimal
		if _, err := context.Quantize(&want, &d.number, int32(-places)); err != nil {
			t.Fatal(err)
		}
		if got := d.Round(places, mode); got.String() != want.Text('f') {
			t.Fatalf("%s to %d decimals %s is %s; apd says %s", d, places, mode, got, want.Text('f'))
		}
	})
}

func TestParseRounding(t *testing.T) {
	for _, name := range Rounding("").SchemaEnum() {
		var r Rounding
		if err := r.UnmarshalText([]byte(name)); err != nil || string(r) != name {
			t.Errorf("%s is read as %q, %v", name, r, err)
		}
		MustDecimal("1.5").Round(0, r) // must not panic
	}
	if len(allRoundings) != len(Rounding("").SchemaEnum()) {
		t.Error("the test does not know every rounding")
	}
	for _, name := range []string{"", "nearest", "Half-Up", "half up"} {
		if _, err := ParseRounding(name); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("ParseRounding(%q): %v; want an invalid fault", name, err)
		}
	}
}
