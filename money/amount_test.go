package money

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/currency"
	"pgregory.net/rapid"

	"towerbridge/fault"
)

func TestParseAmount(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"GBP 2000000.00", "GBP 2000000.00"},
		{"GBP 6000", "GBP 6000.00"},
		{"GBP 0.00125", "GBP 0.00125"},
		{"GBP 1.500", "GBP 1.50"},
		{"GBP -0", "GBP 0.00"},
		{"JPY 1200", "JPY 1200"},
		{"JPY 1200.50", "JPY 1200.5"},
		{"KWD 1.5", "KWD 1.500"},
	} {
		got, err := ParseAmount(c.in)
		if err != nil || got.String() != c.want {
			t.Errorf("ParseAmount(%q) = %v, %v; want %s", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{
		"", "GBP", "GBP ", "GBP2000", "2000 GBP", "gbp 1.00", "GBP  1.00", "GBP 1.00 ", "GBP 1e3",
		"GBP 1,000.00", "XXX 1.00", "XAU 1", "£ 1.00", "GBP NaN", "GBP " + strings.Repeat("1", 35),
	} {
		if got, err := ParseAmount(in); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseAmount(%q) = %v, %v; want an invalid fault", in, got, err)
		}
	}
}

func TestAmountJSON(t *testing.T) {
	in := map[string]Amount{"credit": MustAmount("GBP 6000")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"credit":{"currency":"GBP","value":"6000.00"}}` {
		t.Fatalf("JSON is %s, %v", text, err)
	}
	var out map[string]Amount
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("JSON does not come back:\n%s", diff)
	}
	for _, wrong := range []string{
		`{}`, `null`, `"GBP 1.00"`, `{"currency":"GBP"}`, `{"value":"1.00"}`, `{"currency":"GBP","value":1.00}`,
		`{"currency":"GBX","value":"1.00"}`, `{"currency":"GBP","value":"1.00","scale":2}`,
	} {
		a := MustAmount("EUR 1.00")
		if err := a.UnmarshalJSON([]byte(wrong)); err == nil || !a.Equal(MustAmount("EUR 1.00")) {
			t.Errorf("%s is read as %s, %v", wrong, a, err)
		}
	}
}

func TestAmountArithmetic(t *testing.T) {
	a, b := MustAmount("GBP 10.00"), MustAmount("GBP 0.005")
	sum, err := a.Add(b)
	if err != nil || sum.String() != "GBP 10.005" || sum.IsRound() {
		t.Errorf("sum is %s, %v", sum, err)
	}
	difference, err := b.Sub(a)
	if err != nil || difference.String() != "GBP -9.995" || difference.Sign() != -1 {
		t.Errorf("difference is %s, %v", difference, err)
	}
	if got := sum.Round(HalfUp); got.String() != "GBP 10.01" || !got.IsRound() {
		t.Errorf("rounded half-up is %s", got)
	}
	if got := sum.Round(HalfEven).String(); got != "GBP 10.00" {
		t.Errorf("rounded half-even is %s", got)
	}
	least, err := Min(a, b)
	if err != nil || !least.Equal(b) {
		t.Errorf("the lesser is %s, %v", least, err)
	}
	total, err := Sum("GBP", a, a, b.Neg())
	if err != nil || total.String() != "GBP 19.995" {
		t.Errorf("the sum is %s, %v", total, err)
	}
	if none, err := Sum("JPY"); err != nil || none.String() != "JPY 0" || !none.IsZero() {
		t.Errorf("the sum of none is %s, %v", none, err)
	}
}

func TestTwoCurrenciesAreRefused(t *testing.T) {
	a, b := MustAmount("GBP 1.00"), MustAmount("EUR 1.00")
	for name, refuse := range map[string]func() error{
		"Add":         func() error { _, err := a.Add(b); return err },
		"Sub":         func() error { _, err := a.Sub(b); return err },
		"Cmp":         func() error { _, err := a.Cmp(b); return err },
		"Min":         func() error { _, err := Min(a, b); return err },
		"Sum":         func() error { _, err := Sum("GBP", a, b); return err },
		"no currency": func() error { _, err := Amount{}.Add(a); return err },
	} {
		if err := refuse(); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v; want an invalid fault", name, err)
		}
	}
	if a.Equal(b) {
		t.Error("one pound equals one euro")
	}
}

func TestPercentOf(t *testing.T) {
	for _, c := range []struct{ percent, of, want string }{
		{"0.5%", "GBP 2000000.00", "GBP 10000.00"},
		{"98.95%", "GBP 0.01", "GBP 0.009895"},
		{"-3%", "GBP 200", "GBP -6.00"},
		{"150%", "JPY 3", "JPY 4.5"},
	} {
		if got := MustPercent(c.percent).Of(MustAmount(c.of)); got.String() != c.want {
			t.Errorf("%s of %s is %s; want %s", c.percent, c.of, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	p := MustPercent("98.950%")
	if p.String() != "98.950%" || p.Share().String() != "0.98950" || p.Points().String() != "98.950" {
		t.Errorf("98.950%% is %s, share %s, points %s", p, p.Share(), p.Points())
	}
	if !p.Equal(MustPercent("98.95%")) || p.Cmp(MustPercent("99%")) != -1 || p.Sign() != 1 || p.IsZero() {
		t.Error("98.950% does not compare by value")
	}
	if got := p.Add(MustPercent("1.05%")).Sub(MustPercent("98%")).Mul(MustDecimal("3")); !got.Equal(MustPercent("6%")) {
		t.Errorf("arithmetic gives %s; want 6%%", got)
	}
	if got := NewPercent(MustDecimal("80.00")).String(); got != "80.00%" {
		t.Errorf("made from points it is %s", got)
	}
	text, err := json.Marshal(p)
	var back Percent
	if err != nil || json.Unmarshal(text, &back) != nil || back.String() != "98.950%" {
		t.Errorf("JSON is %s, back %s (%v)", text, back, err)
	}
	for _, in := range []string{"", "%", "98.95", "98.95 %", "98.95%%", "1e1%", "%5", "98.95\u2030"} {
		if got, err := ParsePercent(in); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParsePercent(%q) = %v, %v; want an invalid fault", in, got, err)
		}
	}
}

func TestAmountTimes(t *testing.T) {
	for _, c := range []struct {
		amount   string
		num, den int64
		mode     Rounding
		want     string
	}{
		{"GBP 100.00", 1, 3, HalfUp, "GBP 33.33"},
		{"GBP 100.00", 2, 3, HalfUp, "GBP 66.67"},
		{"GBP 0.0149", 1, 1, HalfUp, "GBP 0.01"}, // once, not first to 0.015
		{"JPY 100", 1, 3, Up, "JPY 34"},
		{"GBP -100", 1, 3, Floor, "GBP -33.34"},
	} {
		if got := MustAmount(c.amount).Times(fraction(t, c.num, c.den), c.mode).String(); got != c.want {
			t.Errorf("%d/%d of %s %s is %s; want %s", c.num, c.den, c.amount, c.mode, got, c.want)
		}
	}
}

func TestCurrencies(t *testing.T) {
	all := Currencies()
	if !slices.IsSorted(all) || len(all) < 170 {
		t.Errorf("%d currencies, sorted %v", len(all), slices.IsSorted(all))
	}
	for code, want := range map[Currency]int{"GBP": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4, "HRK": 2, "QQQ": 2} {
		if got := code.MinorDigits(); got != want {
			t.Errorf("%s has %d decimals; want %d", code, got, want)
		}
	}
	// Codes newer than the list of the Go project are named here.
	newer := []Currency{"MRU", "SLE", "UYW", "VED", "VES", "XAD", "XCG", "ZWG"}
	var listed int
	for _, group := range codes {
		listed += len(strings.Fields(group.codes))
	}
	if listed != len(all) {
		t.Errorf("%d codes are written down, %d are different", listed, len(all))
	}
	for _, code := range all {
		if _, err := currency.ParseISO(string(code)); err != nil && !slices.Contains(newer, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, in := range []string{"", "gbp", "XXX", "POUND", "G", "GBP\n"} {
		if c, err := ParseCurrency(in); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseCurrency(%q) = %q, %v; want an invalid fault", in, c, err)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		total   string
		weights []int64
		want    string
	}{
		{"GBP 100.00", []int64{1, 1, 1}, "33.34 33.33 33.33"},
		{"GBP 0.05", []int64{3, 7}, "0.02 0.03"},
		{"GBP 0.02", []int64{1, 1, 1}, "0.01 0.01 0.00"},
		{"GBP -0.02", []int64{1, 1, 1}, "-0.01 -0.01 0.00"},
		{"GBP 1", []int64{0, 1, 0, 2}, "0.00 0.34 0.00 0.66"},
		{"JPY 10", []int64{1, 2}, "4 6"},
		{"GBP 0", []int64{5}, "0.00"},
		{"GBP 1.00", []int64{1 << 62, 1 << 62, 1 << 62}, "0.34 0.33 0.33"},
	} {
		parts, err := Split(MustAmount(c.total), c.weights)
		var got []string
		for _, p := range parts {
			got = append(got, p.Value.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s by %v is %v, %v; want %s", c.total, c.weights, got, err, c.want)
		}
	}
	for name, weights := range map[string][]int64{"none": nil, "all zero": {0, 0}, "negative": {3, -1}} {
		if parts, err := Split(MustAmount("GBP 1.00"), weights); err == nil || parts != nil {
			t.Errorf("%s: %v, %v; want an error", name, parts, err)
		}
	}
	if _, err := Split(MustAmount("GBP 1.005"), []int64{1}); err == nil {
		t.Error("half a penny was split unasked")
	}
}

func TestSplitLosesNoPenny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(Currencies()).Draw(t, "currency")
		total := Amount{code, NewDecimal(rapid.Int64().Draw(t, "units"), code.MinorDigits())}
		weights := rapid.SliceOfN(rapid.Int64Min(0), 1, 12).Draw(t, "weights")
		whole := new(big.Rat)
		for _, w := range weights {
			whole.Add(whole, new(big.Rat).SetInt64(w))
		}
		parts, err := Split(total, weights)
		if whole.Sign() == 0 {
			if err == nil {
				t.Fatal("split without any weight")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sum, err := Sum(code, parts...)
		if err != nil || !sum.Equal(total) {
			t.Fatalf("%s by %v sums to %s (%v)", total, weights, sum, err)
		}
		unit := rat(t, NewDecimal(1, code.MinorDigits()).String())
		for i, part := range parts {
			fair := new(big.Rat).Mul(rat(t, total.Value.String()), new(big.Rat).SetInt64(weights[i]))
			fair.Quo(fair, whole)
			off := fair.Sub(fair, rat(t, part.Value.String()))
			if off.Abs(off).Cmp(unit) >= 0 || !part.IsRound() || weights[i] == 0 && !part.IsZero() {
				t.Fatalf("%s by %v: part %d is %s, off by %s", total, weights, i, part, off.FloatString(6))
			}
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"GBP 2000000.00", "JPY -0", "KWD 1.5", "GBP 0.12345", "XXX 1"} {
		f.Add(s)
	}
	pattern := regexp.MustCompile(Amount{}.SchemaPattern())
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAmount(s)
		if err != nil {
			return
		}
		if !pattern.MatchString(s) {
			t.Fatalf("%q was read but is outside the schema's pattern", s)
		}
		if len(a.String()) > MaxDigits+4 { // the currency's decimals may be more than the text can hold
			return
		}
		again, err := ParseAmount(a.String())
		if err != nil || !again.Equal(a) {
			t.Fatalf("%q became %s, then %s (%v)", s, a, again, err)
		}
	})
}

func FuzzParsePercent(f *testing.F) {
	f.Add("98.95%")
	f.Add("-0.0%")
	f.Add("5")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePercent(s)
		if err != nil {
			return
		}
		again, err := ParsePercent(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q became %s, then %s (%v)", s, p, again, err)
		}
	})
}
