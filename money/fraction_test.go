package money

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/fault"
)

func fraction(t *testing.T, num, den int64) Fraction {
	t.Helper()
	f, err := NewFraction(num, den)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNewFraction(t *testing.T) {
	for _, den := range []int64{0, -1, math.MinInt64} {
		if _, err := NewFraction(0, den); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("a share of %d: %v; want an invalid fault", den, err)
		}
	}
	var zero Fraction
	if zero.String() != "0/1" || zero.Percent(1, HalfUp).String() != "0.0" || zero.Cmp(fraction(t, 0, 9)) != 0 {
		t.Errorf("the zero value is %s", zero)
	}
}

func TestFractionCompare(t *testing.T) {
	const most = math.MaxInt64
	for _, c := range []struct {
		num, den int64
		percent  string
		want     int
	}{
		{4, 5, "80%", 0},
		{4, 5, "80.00%", 0},
		{1, 3, "33.33%", 1},
		{1, 3, "33.34%", -1},
		{1979, 2000, "98.95%", 0},
		{most - 1, most, "100%", -1}, // would overflow in 64 bits
		{most, most, "100%", 0},
		{most, 1, "99.99999999999999999999%", 1},
		{0, most, "0%", 0},
		{-1, 4, "-25%", 0},
	} {
		f, p := fraction(t, c.num, c.den), MustPercent(c.percent)
		if got := f.CmpPercent(p); got != c.want {
			t.Errorf("%s against %s is %d; want %d", f, p, got, c.want)
		}
		if got := f.CmpDecimal(p.Share()); got != c.want {
			t.Errorf("%s against %s is %d; want %d", f, p.Share(), got, c.want)
		}
	}
	if fraction(t, 4, 5).Cmp(fraction(t, 8, 10)) != 0 || fraction(t, most-1, most).Cmp(fraction(t, most-2, most-1)) != 1 {
		t.Error("fractions do not compare exactly")
	}
}

func TestFractionRound(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		decimals int
		mode     Rounding
		share    string
		percent  string
	}{
		{4, 5, 2, HalfUp, "0.80", "80.00"},
		{2, 3, 2, HalfUp, "0.67", "66.67"},
		{2, 3, 2, Down, "0.66", "66.66"},
		{1979, 2000, 1, HalfUp, "1.0", "99.0"},
		{1979, 2000, 1, Down, "0.9", "98.9"},
		{1, 8, 2, HalfEven, "0.12", "12.50"},
		{-1, 8, 2, HalfUp, "-0.13", "-12.50"},
		{math.MaxInt64, 1, 0, Up, "9223372036854775807", "922337203685477580700"},
	} {
		f := fraction(t, c.num, c.den)
		if got := f.Round(c.decimals, c.mode).String(); got != c.share {
			t.Errorf("%s to %d decimals %s is %s; want %s", f, c.decimals, c.mode, got, c.share)
		}
		if got := f.Percent(c.decimals, c.mode).String(); got != c.percent {
			t.Errorf("%s in hundredths to %d decimals %s is %s; want %s", f, c.decimals, c.mode, got, c.percent)
		}
	}
}

func TestFractionText(t *testing.T) {
	var f Fraction
	if err := json.Unmarshal([]byte(`"8/10"`), &f); err != nil || f.Num() != 8 || f.Den() != 10 {
		t.Errorf("8/10 is read as %s, %v", f, err)
	}
	if out, err := json.Marshal(f); err != nil || string(out) != `"8/10"` {
		t.Errorf("8/10 is written as %s, %v", out, err)
	}
	for _, in := range []string{"", "4", "/", "4/", "/5", "4/0", "4/-5", "+4/5", "4/5/6", "4.0/5", "4 / 5", "9223372036854775808/1"} {
		if got, err := ParseFraction(in); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseFraction(%q) = %s, %v; want an invalid fault", in, got, err)
		}
	}
}

func TestFractionAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := NewFraction(rapid.Int64().Draw(t, "num"), rapid.Int64Range(1, math.MaxInt64).Draw(t, "den"))
		if err != nil {
			t.Fatal(err)
		}
		exact := big.NewRat(f.Num(), f.Den())
		d := decimals().Draw(t, "decimal")
		if f.CmpDecimal(d) != exact.Cmp(rat(t, d.String())) {
			t.Fatalf("%s against %s is %d", f, d, f.CmpDecimal(d))
		}
		places := rapid.IntRange(0, 8).Draw(t, "decimals")
		mode := rapid.SampledFrom(allRoundings).Draw(t, "mode")
		scale := new(big.Rat).SetInt(pow10(places))
		want := new(big.Rat).SetInt(nearest(exact.Mul(exact, scale), mode))
		want.Quo(want, scale)
		if got := f.Round(places, mode); rat(t, got.String()).Cmp(want) != 0 {
			t.Fatalf("%s to %d decimals %s is %s; want %s", f, places, mode, got, want.FloatString(places))
		}
	})
}

func FuzzParseFraction(f *testing.F) {
	f.Add("4/5")
	f.Add("-4/05")
	f.Add("1/0")
	f.Fuzz(func(t *testing.T, s string) {
		x, err := ParseFraction(s)
		if err != nil {
			return
		}
		again, err := ParseFraction(x.String())
		if err != nil || again != x || x.Den() <= 0 {
			t.Fatalf("%q became %s, then %s (%v)", s, x, again, err)
		}
	})
}
