package audit

import (
	"strings"
	"testing"

	"towerbridge/money"
)

func TestShipped(t *testing.T) {
	x := Shipped() // panics where the document has findings
	if x.ID != "shipped" || x.FalseFlags.String() != "1%" {
		t.Errorf("id %q, false flags %s", x.ID, x.FalseFlags)
	}
	for name, c := range x.common() {
		if x.FalseFlags.Cmp(c.Chance) < 0 {
			t.Errorf("%s: a chance of %s is more than the declared rate %s", name, c.Chance, x.FalseFlags)
		}
	}
	if len(x.common()) != len(Definitions()) {
		t.Errorf("%d thresholds for %d patterns", len(x.common()), len(Definitions()))
	}
	text := ShippedText()
	text[0] = 'x'
	if ShippedText()[0] == 'x' {
		t.Error("the shipped text can be changed")
	}
}

func TestReadThresholds(t *testing.T) {
	swap := func(old, now string) string {
		out := strings.Replace(string(ShippedText()), old, now, 1)
		if out == string(ShippedText()) {
			t.Fatalf("%q is not in the shipped thresholds", old)
		}
		return out
	}
	for _, c := range []struct {
		name, text string
		want       []string // parts of the findings, in their order
	}{
		{"none", string(ShippedText()), nil},
		{"a missing pattern", swap("calendarChange:", "note: ''\n#"), []string{"TB1007"}},
		{"a key that is not known", swap("slice: 5%", "slize: 5%"), []string{"slice", "slize"}},
		{"a number for a percentage", swap("falseFlags: 1%", "falseFlags: 0.01"), []string{"falseFlags"}},
		{
			"several at once", strings.NewReplacer("least: 16", "least: 0", "lastShare: 10%", "lastShare: 60%", "last: 4h", "last: 0s").Replace(string(ShippedText())),
			[]string{"TB1970: latePause.lastShare: 60%", "TB1971: bunchedClosure.least: 0", "TB1972: periodEndClosure.last"},
		},
		{"too many decimals", swap("excess: 10%", "excess: 0.1234567%"), []string{"TB1970: rounding.excess"}},
		{"a chance of nothing", swap("chance: 0.1%, times: 200%, least: 8", "chance: 0%, times: 200%, least: 8"), []string{"latePause.chance: 0%"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := ReadThresholds("t.yaml", []byte(c.text))
			if len(c.want) == 0 && len(findings) > 0 || len(c.want) > len(findings) {
				t.Fatalf("findings: %v", findings)
			}
			for i, want := range c.want {
				if want == "TB1007" {
					want = "calendarChange"
				}
				if f := findings[i]; !strings.Contains(f.Error(), want) || f.Position.Line == 0 {
					t.Errorf("finding %d is %q; want %q in it, and a line", i, f.Error(), want)
				}
			}
		})
	}
}

func FuzzReadThresholds(f *testing.F) {
	f.Add(ShippedText())
	f.Add([]byte("id: x\nlatePause: {lastShare: 10%}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, findings := ReadThresholds("f.yaml", data)
		if len(findings) > 0 {
			return
		}
		for name, c := range x.common() {
			if c.Least < 1 || billionths(c.Chance) < 0 {
				t.Errorf("%s: %+v was accepted", name, c)
			}
		}
	})
}

func TestBillionths(t *testing.T) {
	for text, want := range map[string]int64{"1%": 10_000_000, "0.000001%": 10, "100%": 1_000_000_000, "12.5%": 125_000_000, "1000000%": 10_000_000_000_000} {
		if got := billionths(money.MustPercent(text)); got != want {
			t.Errorf("%s is %d billionths; want %d", text, got, want)
		}
	}
	for _, c := range []struct {
		share         string
		seconds, want int64
	}{{"10%", 6000, 600}, {"5%", 1799, 89}, {"3%", 4_000_000_001, 120_000_000}, {"50%", 1, 0}} {
		if got := partOf(money.MustPercent(c.share), c.seconds); got != c.want {
			t.Errorf("%s of %d is %d; want %d", c.share, c.seconds, got, c.want)
		}
	}
}
