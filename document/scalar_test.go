package document

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]struct {
		form form
		json string
	}{
		"0":       {decimalNumber, "0"},
		"12":      {decimalNumber, "12"},
		"+12":     {decimalNumber, "12"},
		"-007":    {decimalNumber, "-7"},
		"000":     {decimalNumber, "0"},
		"1.50":    {otherNumber, "1.50"},
		".5":      {otherNumber, "0.5"},
		"-.5":     {otherNumber, "-0.5"},
		"5.":      {otherNumber, "5"},
		"1e3":     {otherNumber, "1e3"},
		"01.2E-3": {otherNumber, "1.2e-3"},
		"5.e+3":   {otherNumber, "5e+3"},
		"0x1F":    {otherNumber, "31"},
		"0o17":    {otherNumber, "15"},
	} {
		form, text2 := number(text)
		if form != want.form || text2 != want.json {
			t.Errorf("number(%q) = %d, %q, want %d, %q", text, form, text2, want.form, want.json)
		}
	}
	for _, text := range []string{
		"", "-", "+", ".", "e3", "-e3", "1e", "1e+", "1.2.3", "0b1", "0x", "0o8", "-0x1F", "1_000", "1,000", "2012-04", "10:30", ".inf", ".nan", "½", "1 ",
	} {
		if form, _ := number(text); form != notNumber {
			t.Errorf("%q is taken for a number", text)
		}
	}
}

// Whatever is a number is one to JSON too, of the same value.
func TestNumberIsJSON(t *testing.T) {
	check := func(whole, fraction uint16, power int8, zeros uint8, minus bool) bool {
		sign := map[bool]string{true: "-", false: ""}[minus]
		digits := sign + strings.Repeat("0", int(zeros%4)) + itoa(int(whole))
		for _, text := range []string{
			digits, digits + "." + itoa(int(fraction)), digits + "e" + itoa(int(power)),
			digits + "." + itoa(int(fraction)) + "E" + itoa(int(power)),
		} {
			_, out := number(text)
			var decoded float64
			want, err := json.Number(text).Float64()
			if json.Unmarshal([]byte(out), &decoded) != nil || err != nil || decoded != want {
				t.Logf("%q became %q", text, out)
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func itoa(i int) string {
	b, _ := json.Marshal(i)
	return string(b)
}

func TestNearest(t *testing.T) {
	names := []string{"id", "name", "measures", "target", "targets", "points", "dark-blue"}
	for text, want := range map[string]string{
		"Id": "id", "ID": "id", "ids": "id", "nmae": "name", "Name": "name", "mesures": "measures", "measure": "measures", "taregt": "target",
		"target": "target", "Targets": "targets", "dark_blue": "dark-blue", "dark blue": "dark-blue", "DarkBlue": "dark-blue",
		"": "", "x": "", "zone": "", "holiday": "", "credit": "", strings.Repeat("name", 20): "",
	} {
		if got := nearest(text, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", text, got, want)
		}
	}
	if got := nearest("name", []string{strings.Repeat("name", 20)}); got != "" {
		t.Errorf("an endless name is near: %q", got)
	}
}

// The distance is a metric apart from swaps, and never more than the longer word.
func TestDistance(t *testing.T) {
	check := func(a, b string) bool {
		a, b = a[:min(len(a), 12)], b[:min(len(b), 12)]
		d := distance(a, b)
		return d == distance(b, a) && (d == 0) == (a == b) && d <= max(len(a), len(b)) && d >= max(len(a), len(b))-min(len(a), len(b))
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestThousandsAndLists(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12_034: "12,034", 4 << 20: "4,194,304"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := listed(names, "or"); got != want {
			t.Errorf("listed(%q) = %q, want %q", names, got, want)
		}
	}
	if got := shown(strings.Repeat("é", 100)); got != `"`+strings.Repeat("é", 60)+`…"` {
		t.Errorf("a long text is shown as %s", got)
	}
}

func TestLimitsOfIntegers(t *testing.T) {
	for _, c := range []struct {
		typ       reflect.Type
		low, high string
	}{
		{reflect.TypeFor[int8](), "-128", "127"},
		{reflect.TypeFor[int64](), "-9223372036854775808", "9223372036854775807"},
		{reflect.TypeFor[uint8](), "0", "255"},
		{reflect.TypeFor[uint64](), "0", "18446744073709551615"},
	} {
		if low, high := limits(c.typ); low != c.low || high != c.high {
			t.Errorf("limits of %s: %s to %s, want %s to %s", c.typ, low, high, c.low, c.high)
		}
	}
}

func TestToJSON(t *testing.T) {
	got, findings := ToJSON("a.yaml", []byte("a: [1, 0x10, .5, 1e400, 1e401, .inf, '1', yes, True, ~, ]\n\"b c\": {d: e}\nf:\n"))
	want := map[string]any{
		"a":   []any{json.Number("1"), json.Number("16"), json.Number("0.5"), json.Number("1e400"), "1e401", ".inf", "1", "yes", true, nil},
		"b c": map[string]any{"d": "e"}, "f": nil,
	}
	if !reflect.DeepEqual(got, want) || findings != nil {
		t.Errorf("got %#v, %v\nwant %#v", got, findings, want)
	}
	got, findings = ToJSON("a.yaml", []byte("a: 1\na: 2\n"))
	if got != nil || len(findings) != 1 || findings[0].Position.String() != "a.yaml:2:1" {
		t.Errorf("a key given twice: %v, %v", got, findings)
	}
}
