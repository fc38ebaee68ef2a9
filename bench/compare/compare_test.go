package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// limitText is what limit prints, its months cut to two suppliers.
const limitText = `2025-01,SUP1,P1,320,294,293,2483764
2025-01,SUP1,P2,2841,2623,2569,43912333
2025-01,SUP6,P4,12,0,12,99
2025-12,SUP1,P1,7,7,6,100
2026-01,SUP6,P4,388,318,159,86440193
`

// fabricated is the JSON of statements that say the same as limitText's 2025, in
// the shape that the product prints, with fields that the comparison passes over.
func fabricated(t *testing.T) []map[string]any {
	t.Helper()
	var statements []map[string]any
	for _, month := range []string{"2025-12", "2025-01"} {
		for supplier := 1; supplier <= 6; supplier += 5 {
			measures := []map[string]any{}
			for p := 1; p <= 4; p++ {
				var counted, response, resolve, seconds int64
				for line := range strings.Lines(limitText) {
					head := fmt.Sprintf("%s,SUP%d,P%d,", month, supplier, p)
					if rest, ok := strings.CutPrefix(line, head); ok {
						if _, err := fmt.Sscanf(rest, "%d,%d,%d,%d", &counted, &response, &resolve, &seconds); err != nil {
							t.Fatal(err)
						}
					}
				}
				for id, met := range map[string]int64{"response": response, "resolve": resolve, "seconds": seconds} {
					measures = append(measures, map[string]any{
						"id": fmt.Sprintf("%s-p%d", id, p), "met": met, "counted": counted,
						"value": "1/2", "excluded": []any{map[string]string{"ticket": "INC1", "reason": "no"}},
					})
				}
			}
			statements = append(statements, map[string]any{
				"contract": fmt.Sprintf("sup%d", supplier), "period": month, "measures": measures, "digest": "00",
			})
		}
	}
	return statements
}

func printed(t *testing.T, statements any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"asOf": "2026-02-01T00:00:00Z", "statements": statements})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStatementLines(t *testing.T) {
	got, err := statementLines(strings.NewReader(printed(t, fabricated(t))))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(limitText, "\n")[:4] // 2025 only
	if !slices.Equal(got, want) {
		t.Errorf("lines %q; want %q", got, want)
	}
}

func TestStatementLinesRefuses(t *testing.T) {
	measure := func(change func(m map[string]any)) string {
		statements := fabricated(t)
		change(statements[0]["measures"].([]map[string]any)[0])
		return printed(t, statements)
	}
	contract := func(key, value string) string {
		statements := fabricated(t)
		statements[0][key] = value
		return printed(t, statements)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":            {"", "no list of statements"},
		"no list":            {`{"other":[]}`, "no list of statements"},
		"another shape":      {`{"statements":{}}`, "not a list"},
		"cut short":          {printed(t, fabricated(t))[:400], "unexpected EOF"},
		"a strange contract": {contract("contract", "network"), `contract "network"`},
		"a strange period":   {contract("period", "2024-01"), `period "2024-01"`},
		"a missing measure":  {measure(func(m map[string]any) { m["id"] = "other" }), "has no measure"},
		"counts at odds":     {measure(func(m map[string]any) { m["counted"] = 5 }), "counts"},
		"not a number":       {measure(func(m map[string]any) { m["met"] = "many" }), "statement 0"},
	} {
		lines, err := statementLines(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: lines %q, error %v; want %q", name, lines, err, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	agreeing := printed(t, fabricated(t))
	statements := fabricated(t)
	for _, m := range statements[2]["measures"].([]map[string]any) { // sup1, January
		if m["id"] == "resolve-p2" {
			m["met"] = 2570
		}
	}
	for name, c := range map[string]struct {
		ours, duckdb string
		agree        bool
		want         []string
	}{
		"all agree": {agreeing, limitText, true, []string{"towerbridge: all 4 lines agree", "duckdb: all 5 lines agree"}},
		"one figure differs": {printed(t, statements), limitText, false, []string{
			"towerbridge: 2 differences from limit's 4 lines",
			"only limit: 2025-01,SUP1,P2,2841,2623,2569,43912333", "only towerbridge: 2025-01,SUP1,P2,2841,2623,2570,43912333",
		}},
		"a rival's line is missing": {agreeing, limitText[strings.Index(limitText, "\n")+1:], false, []string{"duckdb: 1 differences", "only limit: 2025-01,SUP1,P1"}},
	} {
		folder := t.TempDir()
		for file, text := range map[string]string{"limit": limitText, "towerbridge": c.ours, "duckdb": c.duckdb} {
			if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var said strings.Builder
		agree, err := answers(&said, []*contestant{{name: "limit"}, {name: "towerbridge"}, {name: "duckdb"}, {name: "postgres", absent: "gone"}}, folder)
		if err != nil || agree != c.agree {
			t.Errorf("%s: agree %v, error %v; want %v", name, agree, err, c.agree)
		}
		for _, want := range c.want {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%s: said\n%swant %q", name, said.String(), want)
			}
		}
	}
}

func TestAnswersWithoutLimit(t *testing.T) {
	var said strings.Builder
	agree, err := answers(&said, []*contestant{{name: "duckdb"}}, t.TempDir())
	if err != nil || !agree || !strings.Contains(said.String(), "not compared") {
		t.Errorf("agree %v, error %v, said %q", agree, err, said.String())
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v; want %v", c.values, got, c.want)
		}
	}
}

// rounds makes samples from seconds, each with the same peak memory.
func rounds(peakMiB int64, seconds ...float64) []sample {
	var all []sample
	for _, s := range seconds {
		all = append(all, sample{wall: time.Duration(s * float64(time.Second)), peak: peakMiB << 20})
	}
	return all
}

func TestReport(t *testing.T) {
	var said strings.Builder
	report(&said, []*contestant{
		{name: "limit", samples: rounds(36, 0.5, 0.5, 1)},
		{name: "towerbridge", samples: rounds(1600, 2, 2, 3)},
		{name: "duckdb", absent: "node is not on this machine"},
		{name: "postgres", samples: rounds(9, 3, 3, 6), remote: true},
	}, 3)
	want := `medians of 3 interleaved rounds

limit           0.50 s   peak    36 MiB
towerbridge     2.00 s   peak  1600 MiB
duckdb       left out: node is not on this machine
postgres        3.00 s

towerbridge / limit         4.00x     at most 8x, aim 4x: within
postgres / towerbridge      1.50x     at least 2x: MISSED
towerbridge, peak memory    1600 MiB  at most 1536 MiB: MISSED
`
	if said.String() != want {
		t.Errorf("report\n%s\nwant\n%s", said.String(), want)
	}
}

func TestReportMonth(t *testing.T) {
	var said strings.Builder
	reportMonth(&said, 4*time.Second, time.Second, 6)
	if want := "\n2025-03, 6 bundles: statement 4.00 s, verify 1.00 s, verify / statement 0.25x, at most 1x: within\n"; said.String() != want {
		t.Errorf("said %q; want %q", said.String(), want)
	}
}

func TestContest(t *testing.T) {
	folder := t.TempDir()
	version := &contestant{name: "go", command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "go", "version") }}
	if err := contest(t.Context(), []*contestant{version, {name: "gone", absent: "it is not here"}}, 2, folder); err != nil {
		t.Fatal(err)
	}
	if len(version.samples) != 2 || version.samples[0].wall <= 0 {
		t.Errorf("samples %v; want two that took time, the warm-up left out", version.samples)
	}
	answer, err := os.ReadFile(filepath.Join(folder, "go"))
	if err != nil || !strings.HasPrefix(string(answer), "go version") {
		t.Errorf("answer %q, %v", answer, err)
	}
}

func TestContestStopsAtAFailure(t *testing.T) {
	wrong := &contestant{name: "go", command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "go", "nonsense") }}
	err := contest(t.Context(), []*contestant{wrong}, 1, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("error %v; want what the program said", err)
	}
}

// TestContestants holds the command lines that the report speaks of.
func TestContestants(t *testing.T) {
	o := options{limit: "/b/limit", towerbridge: "/b/towerbridge", bench: "/b", data: "/d", only: "limit,towerbridge"}
	all, done, err := o.contestants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if len(all) != 2 {
		t.Fatalf("%d contestants; want the two asked for", len(all))
	}
	want := "/b/towerbridge statement --estate /b/estate --log /d/events.csv --mapping /b/estate/mappings/bench.yaml" +
		" --all --period 2025-01..2025-12 --as-of 2026-02-01T00:00:00Z --json"
	if got := strings.Join(all[1].command(t.Context()).Args, " "); filepath.ToSlash(got) != want {
		t.Errorf("command %q; want %q", got, want)
	}
}

// TestMonth verifies the bundles that a stand-in for the product wrote, and
// stops where one does not verify or none was written.
func TestMonth(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the stand-in is a shell script")
	}
	for name, c := range map[string]struct{ draw, verify, want, fails string }{
		"two bundles": {"mkdir $out && touch $out/sup1-2025-03.zip $out/sup2-2025-03.zip", "exit 0", "2025-03, 2 bundles: statement", ""},
		"no bundle":   {"mkdir $out", "exit 0", "", "wrote no bundle"},
		"a bad one":   {"mkdir $out && touch $out/sup1-2025-03.zip", "echo entry 7 differs >&2; exit 1", "", "entry 7 differs"},
	} {
		program := filepath.Join(t.TempDir(), "towerbridge")
		script := "#!/bin/sh\nfor out; do :; done\ncase $1 in\nstatement) " + c.draw + ";;\nverify) " + c.verify + ";;\nesac\n"
		if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		o := options{towerbridge: program, rounds: 2}
		var said strings.Builder
		err := o.month(t.Context(), &said)
		switch {
		case c.fails == "" && err != nil, c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: error %v; want %q", name, err, c.fails)
		case !strings.Contains(said.String(), c.want):
			t.Errorf("%s: said %q; want %q", name, said.String(), c.want)
		}
	}
}
