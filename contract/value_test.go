package contract_test

import (
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/money"
)

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		text, shown string
		unit        contract.Unit
	}{
		{"95%", "95%", contract.Percent},
		{"98.95%", "98.95%", contract.Percent},
		{"99.50%", "99.50%", contract.Percent},
		{"8h", "8h00m", contract.Seconds},
		{"1h30m", "1h30m", contract.Seconds},
		{"90s", "1m30s", contract.Seconds},
		{"3", "3", contract.Plain},
		{"2.5", "2.5", contract.Plain},
	} {
		v, err := contract.ParseValue(c.text)
		if err != nil || v.Unit != c.unit || v.String() != c.shown {
			t.Errorf("ParseValue(%q) = %v (%v), %v; want %s (%v)", c.text, v, v.Unit, err, c.shown, c.unit)
			continue
		}
		if again, err := contract.ParseValue(v.String()); err != nil || again.Unit != v.Unit || !again.Number.Equal(v.Number) {
			t.Errorf("%s is read back as %v, %v", v, again, err)
		}
	}
	for _, text := range []string{"", "%", "95 %", "8 h", "1d", "95%%", "1e3", "+5", "0x10", ".5"} {
		if v, err := contract.ParseValue(text); err == nil {
			t.Errorf("ParseValue(%q) = %v, want an error", text, v)
		} else if text != "" && !strings.Contains(err.Error(), text[:1]) {
			t.Errorf("the error of %q does not show it: %v", text, err)
		}
	}
}

// TestCompare is the trap of a result between two bands: 98.95% is short of 99%,
// and meets it once it is rounded half-up to one decimal, and not when cut off.
func TestCompare(t *testing.T) {
	half, down := &contract.Precision{Decimals: 1, Rounding: money.HalfUp}, &contract.Precision{Decimals: 1, Rounding: money.Down}
	for _, c := range []struct {
		met, counted int64
		value        string
		precision    *contract.Precision
		want         int
	}{
		{1979, 2000, "99%", nil, -1},
		{1979, 2000, "98.9%", nil, 1},
		{1979, 2000, "98.95%", nil, 0},
		{1979, 2000, "99%", half, 0},
		{1979, 2000, "99%", down, -1},
		{1979, 2000, "98.9%", down, 0},
		{2, 3, "66.67%", nil, -1},
		{2, 3, "66.7%", half, 0},
		{99995, 100000, "100%", nil, -1}, // never met by rounding that nobody asked for
		{57600, 2, "8h", nil, 0},
		{57601, 2, "8h", nil, 1},
		{57601, 2, "8h", &contract.Precision{Rounding: money.Down}, 0},
		{3, 1, "3", nil, 0},
		{5, 2, "3", nil, -1},
	} {
		value, err := contract.ParseValue(c.value)
		if err != nil {
			t.Fatal(err)
		}
		result, err := money.NewFraction(c.met, c.counted)
		if err != nil {
			t.Fatal(err)
		}
		if got := value.Compare(result, c.precision); got != c.want {
			t.Errorf("%s compared with %s, rounded %v: %d, want %d", result, c.value, c.precision, got, c.want)
		}
	}
}

// TestResultBetweenBands puts 98.95% into the published table of 99%, 98.0-98.9,
// 97.0-97.9: no band without a rounding, and one or the other by the rounding.
func TestResultBetweenBands(t *testing.T) {
	edge := func(s string) *contract.Value {
		v, err := contract.ParseValue(s)
		if err != nil {
			t.Fatal(err)
		}
		return &v
	}
	m := contract.MeasureDocument{Bands: []contract.BandDocument{
		{Name: "target", AtLeast: edge("99%"), Met: true},
		{Name: "minor", AtLeast: edge("98.0%"), AtMost: edge("98.9%"), Points: 1},
		{Name: "serious", AtLeast: edge("97.0%"), AtMost: edge("97.9%"), Points: 2},
	}}
	result, _ := money.NewFraction(1979, 2000)
	for _, c := range []struct {
		precision *contract.Precision
		want      string
	}{
		{nil, ""},
		{&contract.Precision{Decimals: 2, Rounding: money.HalfUp}, ""},
		{&contract.Precision{Decimals: 1, Rounding: money.HalfUp}, "target"},
		{&contract.Precision{Decimals: 1, Rounding: money.Down}, "minor"},
	} {
		got := ""
		if band, ok := m.Band(date(t, "2026-04-01"), func(v contract.Value) int { return v.Compare(result, c.precision) }); ok {
			got = band.Name
		}
		if got != c.want {
			t.Errorf("98.95%% with %v lies in %q, want %q", c.precision, got, c.want)
		}
	}
}
