package report

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"towerbridge/contract"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

func TestLength(t *testing.T) {
	for seconds, want := range map[int64]string{
		0: "0 s", 59: "59 s", 60: "1 min", 3600: "1 h", 34200: "9 h 30 min", 3661: "1 h 1 min 1 s",
		3600 * 1234: "1,234 h", -90: "-1 min 30 s",
	} {
		if got := length(seconds); got != want {
			t.Errorf("length(%d) = %q, want %q", seconds, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for number, want := range map[string]string{
		"0": "0", "999": "999", "1000": "1,000", "-1000": "-1,000", "123456": "123,456", "-999.5": "-999.5",
		"1234567.00": "1,234,567.00", "1000000000": "1,000,000,000", "0.0001": "0.0001",
	} {
		if got := grouped(number); got != want {
			t.Errorf("grouped(%q) = %q, want %q", number, got, want)
		}
	}
}

// The workbook's minor units are whole numbers, or text where a number would lie.
func TestMinor(t *testing.T) {
	for amount, want := range map[string]any{
		"GBP 24750.00": int64(2475000), "GBP 0.00": int64(0), "GBP -12.5": int64(-1250), "JPY 500": int64(500),
		"KWD 1.234": int64(1234), "GBP 0.07": int64(7), "GBP -0.05": int64(-5),
		"GBP 0.005":               "0.005",                 // not in whole pennies
		"GBP 90071992547409.92":   int64(9007199254740992), // the last that is exact
		"GBP 90071992547409.93":   "90071992547409.93",     // the first that is not
		"GBP 123456789012345678":  "123456789012345678.00", // beyond a workbook's numbers
		"GBP 99999999999999999.1": "99999999999999999.10",  // beyond whole numbers
		"GBP -90071992547409.93":  "-90071992547409.93",    // and below
		"GBP 1000000":             int64(100000000), "GBP 1.1": int64(110),
	} {
		if got := minor(money.MustAmount(amount)); got != want {
			t.Errorf("minor(%s) = %#v, want %#v", amount, got, want)
		}
	}
}

func TestClockTime(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// The night on which 01:30 comes twice: the offset tells them apart.
	for text, want := range map[string]string{
		"2026-10-25T00:30:00Z":      "25 October 2026 01:30 (+01:00)",
		"2026-10-25T01:30:00Z":      "25 October 2026 01:30 (+00:00)",
		"2026-05-08T09:30:15+01:00": "8 May 2026 09:30:15 (+01:00)",
	} {
		i, err := span.ParseInstant(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := clockTime(i, london); got != want {
			t.Errorf("clockTime(%s) = %q, want %q", text, got, want)
		}
	}
	if got := clockTime(span.Never, london); got != "not known" {
		t.Errorf("clockTime(never) = %q", got)
	}
}

func TestPeriodWords(t *testing.T) {
	for text, want := range map[string]string{"2026-04": "April 2026", "2026-12": "December 2026", "2026-Q4": "October to December 2026"} {
		p, err := span.ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := periodWords(p); got != want {
			t.Errorf("periodWords(%s) = %q, want %q", text, got, want)
		}
	}
	year := span.Period{From: span.DateOf(2025, time.November, 1), To: span.DateOf(2026, time.February, 1)}
	if got := periodWords(year); got != "November 2025 to January 2026" {
		t.Errorf("over a new year: %q", got)
	}
}

func TestClauseText(t *testing.T) {
	for clause, want := range map[string]string{"": "", "4.2": "clause 4.2", "Schedule 7.2": "Schedule 7.2"} {
		if got := clauseText(clause); got != want {
			t.Errorf("clauseText(%q) = %q, want %q", clause, got, want)
		}
	}
}

// Each kind of measure says its exact result in words of its own, and its kind.
func TestCountedNamesEveryKind(t *testing.T) {
	said := map[string]string{}
	for kind, words := range kindWords {
		m := statement.Measure{Kind: kind, Met: 1234, Counted: 5678, Unit: "percent"}
		got := counted(&m)
		if !strings.Contains(got, "1,234") {
			t.Errorf("%s: %q leaves out the numerator", kind, got)
		}
		if kind != percentile && kind != count && !strings.Contains(got, "5,678") {
			t.Errorf("%s: %q leaves out the denominator", kind, got)
		}
		if other := said[got]; other != "" {
			t.Errorf("%s and %s both say %q", kind, other, got)
		}
		said[got] = kind
		if words == "" || kindOf(kind) != words {
			t.Errorf("kind %s has no words", kind)
		}
	}
	age := statement.Measure{Kind: backlog, Met: 90, Counted: 3, Unit: "seconds"}
	if got := counted(&age); got != "90 seconds over 3 open tickets" {
		t.Errorf("mean age: %q", got)
	}
	if got := kindOf("later"); got != "later" {
		t.Errorf("an unknown kind is called %q", got)
	}
}

func TestVerdictWords(t *testing.T) {
	for _, c := range []struct {
		kind string
		v    measure.Verdict
		want string
	}{
		{share, measure.Met, "met"},
		{share, measure.Missed, "missed"},
		{mean, measure.NoVerdict, "counted"},
		{reopenRate, measure.Met, "reopened"},
		{reopenRate, measure.Missed, "not reopened"},
		{backlog, measure.Met, "older"},
		{backlog, measure.Missed, "not older"},
		{availability, measure.Missed, "down"},
		{count, measure.Met, "counted"},
		{firstTimeFix, measure.Missed, "missed"},
	} {
		if got := verdict(c.kind, c.v); got != c.want {
			t.Errorf("verdict(%s, %d) = %q, want %q", c.kind, c.v, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	for _, c := range []struct {
		m    statement.Measure
		want string
	}{
		{statement.Measure{Failed: true, Value: "1/2", Target: "95%"}, "Missed"},
		{statement.Measure{Value: "1/1", Target: "95%"}, "Met"},
		{statement.Measure{Value: "1/1", Band: "target"}, "Met"},
		{statement.Measure{Value: "1/1"}, "No target"},
		{statement.Measure{Target: "95%"}, "Not measured"},
	} {
		if got, _ := standing(&c.m); got != c.want {
			t.Errorf("%+v stands %q, want %q", c.m, got, c.want)
		}
	}
}

func TestHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "-12.50": "-12.50", "+3": "+3", "plain": "plain", "a=b": "a=b", "-": "'-", "-2+3": "'-2+3", "=1+1": "'=1+1",
		"@x": "'@x", "+A1": "'+A1", "\tx": "'\tx", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "1e5": "1e5", "-1e5": "'-1e5",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("harmless(%q) = %q, want %q", cell, got, want)
		}
	}
}

// Places are exact shares of the line; a stretch too short to see is widened, inside it.
func TestPlace(t *testing.T) {
	b := breach{Line: span.Span{From: 1000, To: 2000}}
	for _, c := range []struct {
		from, to span.Instant
		x, width string
	}{
		{1000, 2000, "0.0000%", "100.0000%"},
		{1250, 1500, "25.0000%", "25.0000%"},
		{1333, 1334, "33.3000%", "0.1500%"},
		{2000, 2000, "99.8500%", "0.1500%"},
		{500, 5000, "0.0000%", "100.0000%"},
	} {
		if got := b.place(span.Span{From: c.from, To: c.to}); got != (place{c.x, c.width}) {
			t.Errorf("place(%d, %d) = %v, want %s %s", c.from, c.to, got, c.x, c.width)
		}
	}
	long := breach{Line: span.Span{From: span.Earliest, To: span.Latest}}
	if got := long.mark(span.Latest); got != "100.0000%" {
		t.Errorf("the end of the longest line stands at %s", got)
	}
	if n := len(long.midnights(time.UTC)); n != 0 {
		t.Errorf("300 years have %d marks", n)
	}
	days := breach{Line: span.Span{From: 0, To: 3 * 86400}}
	if got := days.midnights(time.UTC); fmt.Sprint(got) != "[33.3333% 66.6666% 100.0000%]" {
		t.Errorf("midnights at %v", got)
	}
}

// No two kinds of leg look alike.
func TestLooksDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range []leg{
		{Kind: contract.SupplierLeg},
		{Kind: contract.SupplierLeg, Other: true},
		{Kind: contract.IntegratorLeg},
		{Kind: contract.CustomerLeg},
		{Kind: contract.UnownedLeg},
		{Kind: contract.DisputedLeg},
	} {
		if fill := fillOf(&l); seen[fill] {
			t.Errorf("%s looks like another kind: %s", l.Kind, fill)
		} else {
			seen[fill] = true
		}
	}
	if len(seen) != len(looks) {
		t.Errorf("%d looks are used, the key has %d", len(seen), len(looks))
	}
}

// A sheet that is full goes on in the next of its name, with the head again.
func TestWorkbookGoesOnInAnotherSheet(t *testing.T) {
	b := workbook{file: excelize.NewFile(), limit: 3}
	defer b.file.Close()
	at, err := span.ParseInstant("2026-05-08T17:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.begin(&statement.Statement{AsOf: at}); err != nil {
		t.Fatal(err)
	}
	g, err := b.sheet("Tickets", column{"Number", 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := g.row(i); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := b.write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got [][][]string
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rows)
	}
	if want := "[[[Number] [0] [1]] [[Number] [2] [3]] [[Number] [4]]]"; fmt.Sprint(got) != want || f.GetSheetName(2) != "Tickets 3" {
		t.Errorf("sheets %q hold %v, want %s", f.GetSheetList(), got, want)
	}
	if props, err := f.GetDocProps(); err != nil || props.Created != "2026-05-08T17:00:00Z" {
		t.Errorf("created %q, %v; want the statement's as-of", props.Created, err)
	}
}

var (
	rule       = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	foreground = regexp.MustCompile(`(?:^|[;\s])color: (#[0-9a-f]{6})`)
	background = regexp.MustCompile(`background: (#[0-9a-f]{6})`)
)

// Every text colour of the style has a contrast of at least 4.5 to 1, the AA level of
// WCAG 2.2, with its own background, else with both backgrounds the page has.
func TestContrast(t *testing.T) {
	screen, _, _ := strings.Cut(styles, "@media print")
	pairs := 0
	for _, r := range rule.FindAllStringSubmatch(screen, -1) {
		text := foreground.FindStringSubmatch(r[2])
		if text == nil {
			continue
		}
		behind := []string{"#ffffff", "#f3f2f1"}
		if own := background.FindStringSubmatch(r[2]); own != nil {
			behind = own[1:]
		}
		for _, b := range behind {
			pairs++
			if c := contrast(t, text[1], b); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", strings.TrimSpace(r[1]), text[1], b, c)
			}
		}
	}
	if pairs < 20 {
		t.Errorf("only %d pairs of colours found", pairs)
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
