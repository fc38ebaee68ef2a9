package contract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/contract"
)

// Measures: what is counted, in what unit, and how it is judged.
func TestCheckMeasures(t *testing.T) {
	const pi2 = "    percentile: {clock: respond, share: 90%}\n"
	runAll(t, []broken{
		{"share of an unknown clock", "share: {clock: resolve}", "share: {clock: solve #!1330}", "the contract has resolve, respond"},
		{"share of a clock without targets", "  - clock: respond\n    within: 15m\n···" + pi2, "···    share: {clock: respond #!1331}\n", "no target is for"},
		{"month in a quarter", "clause: Schedule 2.2\n···" + pi2, "servicePeriod: quarter\n···" + pi2 + "    period: month #!1340\n", "a service period is a quarter"},
		{"decimals beyond reason", "{decimals: 2, rounding: half-up}", "{decimals: 10 #!1306, rounding: half-up}", "10 is not between 0 and 9"},
		{"target in another unit", "      - value: 6h", "      - value: 95% #!1341", "95% is a percentage, and the result is a length of time"},
		{"band edge in another unit", "{name: minor, atLeast: 96%, below: 98%", "{name: minor, atLeast: 96 #!1341, below: 98%", "96 is a plain number, and the result is a percentage"},
		{"target above everything", "      - value: 98%", "      - value: 101% #!1342", "no result is 101%"},
		{"cut-off below everything", "requiresImprovement: 92%", "requiresImprovement: -1% #!1342", "no result is -1%"},
		{"repeat of nothing", "{multiplier: 2}", "{multiplier: 0 #!1306}", "0 is not between 1 and 100"},
		{"always met", "{below: 20, allowedFailures: 1}", "{below: 20, allowedFailures: 19 #!1352}", "always be met"},
		{"few of none", "{below: 20, allowedFailures: 1}", "{below: 0 #!1352, allowedFailures: 0}", "never counted"},
		{"few where nothing fails", pi2, pi2 + "    smallVolume: {below: 20, allowedFailures: 1} #!1352\n", "not a share of tickets"},
		{"zero is a count", "    count: {of: reopened}\n", "    count: {of: reopened}\n    zeroVolume: met #!1353\n", "none is a count"},
		{"cut-offs out of order", "approachingTarget: 96%", "approachingTarget: 98% #!1354", "98% is not worse than 98%"},
		{"percentile of nothing", "share: 90%", "share: 0% #!1306", "0% is not above 0%"},
		{"percentile of more than all", "share: 90%", "share: 100.5% #!1306", "at most 100%"},
		{"age of nothing", "olderThan: 40h", "olderThan: 0h #!1306", "not more than nothing"},
		{"downtime of everything", `downtime: kind == "outage"`, `downtime: " " #!1333`, "every ticket downtime"},
		{"maintenance misspelt", `maintenance: kind == "maintenance"`, `maintenance: kind = "maintenance" #!1333`, "Syntax error"},
		{"old tickets judged as good", "  - id: PI-3\n", "  - id: PI-3 #!1351\n    target: [{value: 5%}]\n", "lowerIsBetter is not set"},
		{"fewer met judged as better", "    share: {clock: resolve}\n", "    share: {clock: resolve}\n    lowerIsBetter: true #!1351\n", "a larger result is the better one"},
		{"lines of support", pi2, "    firstTimeFix: {line: 256 #!1306}\n", "between 0 and 255"},
		{"reopened within nothing", pi2, "    reopenRate: {within: 0s #!1306}\n", "not more than nothing"},
		{"series without a name", pi2, "    external: {series: \"\" #!1302}\n", "empty"},
	}, alone)
}

// withBands returns the good contract with another measure in place of KPI-1's
// bands, its other terms about the target taken out.
func withBands(t *testing.T, terms string) string {
	t.Helper()
	from, to := strings.Index(good, "    share: {clock: resolve}\n"), strings.Index(good, "  - id: KPI-2\n")
	if from < 0 || to < from {
		t.Fatal("the good contract has no KPI-1 before KPI-2")
	}
	return good[:from] + terms + good[to:]
}

// Bands hold every possible result exactly once. The first three tables are
// published ones: two with gaps that a stated precision closes, and one continuous.
func TestCheckBands(t *testing.T) {
	const (
		share = "    share: {clock: resolve}\n"
		count = "    count: {of: opened}\n    lowerIsBetter: true\n"
		mean  = "    mean: {clock: resolve}\n    lowerIsBetter: true\n"

		s1 = `    bands:
      - {name: target, atLeast: 99.0%, met: true}
      - {name: minor, atLeast: 98.0%, atMost: 98.9%, points: 1}
      - {name: serious, atLeast: 97.0%, atMost: 97.9%, points: 2}
      - {name: severe, atLeast: 96.0%, atMost: 96.9%, points: 3}
      - {name: threshold, below: 96%, points: 4}
`
		s2 = `    bands:
      - {name: target, atLeast: 99.9%, met: true}
      - {name: minor, atLeast: 99.80%, atMost: 99.89%, points: 1}
      - {name: serious, atLeast: 99.70%, atMost: 99.79%, points: 2}
      - {name: severe, atLeast: 99.60%, atMost: 99.69%, points: 3}
      - {name: threshold, below: 99.6%, points: 5}
`
		s10 = `    bands:
      - {name: target, atLeast: 98%, met: true}
      - {name: minor, atLeast: 96%, below: 98%, points: 1}
      - {name: serious, atLeast: 94%, below: 96%, points: 2}
      - {name: severe, atLeast: 92%, below: 94%, points: 3}
      - {name: threshold, below: 92%, points: 4}
`
	)
	precise := func(decimals int) string {
		return fmt.Sprintf("    precision: {decimals: %d, rounding: half-up}\n", decimals)
	}
	for _, c := range []struct {
		name, terms string
		want        []string // "field code message", in order
	}{
		{"S1 not rounded", share + s1, []string{
			"bands[0] TB1345 no band holds values above 98.9% and below 99.0%",
			"bands[1] TB1345 no band holds values above 97.9% and below 98.0%",
			"bands[2] TB1345 no band holds values above 96.9% and below 97.0%",
		}},
		{"S1 at no decimals", share + precise(0) + s1, nil},
		{"S1 at one decimal", share + precise(1) + s1, nil},
		{"S1 at two decimals", share + precise(2) + s1, []string{
			"bands[0] TB1345 no band holds values of at least 98.91% and of at most 98.99%, results having 2 decimals",
			"bands[1] TB1345 no band holds values of at least 97.91% and of at most 97.99%, results having 2 decimals",
			"bands[2] TB1345 no band holds values of at least 96.91% and of at most 96.99%, results having 2 decimals",
		}},
		{"S2 not rounded", share + s2, []string{
			"bands[0] TB1345 no band holds values above 99.89% and below 99.9%",
			"bands[1] TB1345 no band holds values above 99.79% and below 99.80%",
			"bands[2] TB1345 no band holds values above 99.69% and below 99.70%",
		}},
		{"S2 at one decimal", share + precise(1) + s2, nil},
		{"S2 at two decimals", share + precise(2) + s2, nil},
		{"S2 at no decimals", share + precise(0) + s2, []string{
			`bands[1] TB1344 no possible result lies in "minor", results being whole numbers`,
			`bands[2] TB1344 no possible result lies in "serious", results being whole numbers`,
			`bands[3] TB1344 no possible result lies in "severe", results being whole numbers`,
		}},
		{"S10", share + s10, nil},
		{"S10 at two decimals", share + precise(2) + s10, nil},
		{"a value in two bands", share + strings.Replace(s10, "below: 98%", "atMost: 98%", 1), []string{
			`bands[0] TB1346 "minor" and "target" both hold the value 98%`,
		}},
		{"a value in no band", share + strings.Replace(s10, "atLeast: 98%", "above: 98%", 1), []string{
			"bands[0] TB1345 no band holds the value 98%",
		}},
		{"a stretch in two bands", share + strings.Replace(s10, "below: 92%", "below: 95%", 1), []string{
			`bands[2] TB1346 "threshold" and "serious" both hold values of at least 94% and below 95%`,
			`bands[3] TB1346 "threshold" and "severe" both hold values of at least 92% and below 94%`,
		}},
		{"nothing at the bottom", share + strings.Replace(s10, "{name: threshold, below: 92%", "{name: threshold, above: 10%, below: 92%", 1), []string{
			"bands[4] TB1345 no band holds values of at least 0% and of at most 10%",
		}},
		{"nothing at the top", share + strings.Replace(s10, "atLeast: 98%", "atLeast: 98%, below: 100%", 1), []string{
			"bands[0] TB1345 no band holds the value 100%",
		}},
		{"two lower edges", share + strings.Replace(s10, "atLeast: 98%", "atLeast: 98%, above: 97%", 1), []string{
			"bands[0].above TB1343 atLeast 98% and above 97% are both given",
		}},
		{"two upper edges", share + strings.Replace(s10, "below: 92%", "below: 92%, atMost: 91%", 1), []string{
			"bands[4].below TB1343 atMost 91% and below 92% are both given",
		}},
		{"edges crossed", share + strings.Replace(s10, "atLeast: 96%, below: 98%", "atLeast: 98%, below: 96%", 1), []string{
			"bands[1] TB1343 the lower edge lies above the upper one",
		}},
		{"edges meet", share + strings.Replace(s10, "atLeast: 96%, below: 98%", "atLeast: 96%, below: 96%", 1), []string{
			`bands[1] TB1344 no possible result lies in "minor"`,
		}},
		{"no band is met", share + strings.Replace(s10, ", met: true", "", 1), []string{"bands TB1347 no band has met: true"}},
		{"the met band earns points", share + strings.Replace(s10, "met: true", "met: true, points: 1", 1), []string{
			"bands[0].points TB1348 the band meets the target and earns points (1)",
		}},
		{"points below none", share + strings.Replace(s10, "points: 1", "points: -1", 1), []string{"bands[1].points TB1306 -1 is negative"}},
		{"two bands of a name", share + strings.Replace(s10, "name: severe", "name: serious", 1), []string{
			`bands[3].name TB1301 "serious" is the name of bands[2] too, on the same day`,
		}},
		{"worse earns fewer", share + strings.Replace(s10, "points: 3", "points: 1", 1), []string{
			`bands[3] TB1349 "severe" earns fewer points (1) than the better "serious" (2)`,
		}},
		{"worse is met", share + strings.Replace(s10, "points: 4", "met: true", 1), []string{
			`bands[4] TB1349 "threshold" earns fewer points (0) than the better "severe" (3)`,
			`bands[4].met TB1349 "threshold" is met, and the better "severe" is not`,
		}},
		{"target inside a band", share + "    target: [{value: 97%}]\n" + s10, []string{
			`bands[0] TB1350 the target is 97%, but "target", the last band to meet it, holds values of at least 98% and of at most 100%`,
		}},
		{"target at the edge of the grid", share + precise(1) + "    target: [{value: 99%}]\n" + strings.Replace(s1, "atLeast: 99.0%", "above: 98.9%", 1), nil},
		{"target just outside", share + "    target: [{value: 98%}]\n" + strings.Replace(strings.Replace(s10, "atLeast: 98%", "above: 98%", 1), "below: 98%", "atMost: 98%", 1), []string{
			`bands[0] TB1350 the target is 98%, but "target", the last band to meet it, holds values above 98% and of at most 100%`,
		}},
		{"whole numbers", count + "    target: [{value: 2}]\n" + `    bands:
      - {name: target, atMost: 2, met: true}
      - {name: missed, atLeast: 3, points: 1}
`, nil},
		{"whole numbers with a gap", count + `    bands:
      - {name: target, atMost: 2, met: true}
      - {name: missed, atLeast: 4, points: 1}
`, []string{"bands[1] TB1345 no band holds the value 3, results being whole numbers"}},
		{"times without a bound", mean + "    target: [{value: 6h}]\n" + `    bands:
      - {name: target, atMost: 6h, met: true}
      - {name: minor, above: 6h, below: 8h, points: 1}
`, []string{"bands[1] TB1345 no band holds values of at least 8h00m"}},
		{"times the wrong way round", mean + `    bands:
      - {name: slow, above: 6h, met: true}
      - {name: fast, atMost: 6h, points: 1}
`, []string{
			`bands[0] TB1349 "slow" earns fewer points (0) than the better "fast" (1)`,
			`bands[0].met TB1349 "slow" is met, and the better "fast" is not`,
		}},
		{"a gap from a date", share + strings.Replace(s10, "name: minor,", "name: minor, to: 2026-01-01,", 1), []string{
			"bands[0] TB1345 no band holds values of at least 96% and below 98% (on 2026-01-01)",
		}},
		{"no bands until a date", share + "    bands:\n      - {name: all, met: true, from: 2025-07-01}\n", []string{
			"bands TB1345 no band holds values of at least 0% and of at most 100% (on 2025-04-01)",
		}},
		{"a target that moves without its bands", share + "    target: [{value: 98%, to: 2026-01-01}, {value: 99%, from: 2026-01-01}]\n" + s10, []string{
			`bands[0] TB1350 the target is 99%, but "target", the last band to meet it, holds values of at least 98% and of at most 100% (on 2026-01-01)`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, where, findings := contract.Read("tower-a.yaml", []byte(withBands(t, c.terms)))
			var got []string
			for _, f := range findings {
				if field, ours := strings.CutPrefix(f.Field, "measures[0]."); ours {
					got = append(got, strings.ReplaceAll(fmt.Sprintf("%s %s %s", field, f.Rule.Code(), f.Message), "measures[0].", ""))
				} else if f.Rule.Number != contract.RuleNothingToRead.Number { // schemes that read the replaced bands
					t.Errorf("unexpected: %v", f)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if len(doc.CheckAlone(where)) != len(findings) {
				t.Error("a second check found something else")
			}
		})
	}
}
