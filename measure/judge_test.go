package measure_test

import (
	"fmt"
	"strings"
	"testing"
)

// shared is so many tickets that met of so many.
func shared(met, counted int) string {
	var b strings.Builder
	for i := range counted {
		end := "02T10:00"
		if i >= met {
			end = "02T14:00"
		}
		fmt.Fprintf(&b, "T%d 02T09:00 opened party=alpha; %s resolved\n", i, end)
	}
	return b.String()
}

const bands = `target: [{value: 95%}], bands: [{name: good, atLeast: 95%, met: true}, {name: minor, atLeast: 90%, below: 95%, points: 1}, {name: severe, below: 90%, points: 3}]`

// TestJudge asks for display, band, failure and rating, on and about every edge.
func TestJudge(t *testing.T) {
	const share = "share: {clock: resolve}, "
	const rating = "rating: {good: 95%, approachingTarget: 90%, requiresImprovement: 80%}"
	precise := func(decimals int, rounding string) string {
		return fmt.Sprintf("precision: {decimals: %d, rounding: %s}, ", decimals, rounding)
	}
	for _, x := range []struct {
		name, measure string
		journal       string
		want          string // display, band, failed, small, rating
	}{
		{"on the edge", share + bands, shared(19, 20), "95.00% good"},
		{"a ticket below", share + bands, shared(949, 1000), "94.90% minor failed"},
		{"just below, shown cut off", share + bands, shared(2849, 3000), "94.96% minor failed"},
		{"just below, rounded up before it is compared", share + precise(1, "half-up") + bands, shared(2849, 3000), "95.0% good"},
		{"just below, rounded down", share + precise(1, "down") + bands, shared(2849, 3000), "94.9% minor failed"},
		{"on the lower edge", share + bands, shared(9, 10), "90.00% minor failed"},
		{"below it", share + bands, shared(8, 9), "88.88% severe failed"},
		{"the best there is", share + bands, shared(1, 1), "100.00% good"},
		{"the worst there is", share + bands, shared(0, 1), "0.00% severe failed"},
		{"nothing", share + bands, never, "not measured"},
		{"nothing, which is met", share + "zeroVolume: met, " + bands, never, "met (nothing to measure)"},
		{"few, one failed", share + "smallVolume: {below: 10, allowedFailures: 1}, " + bands, shared(8, 9), "88.88% good small"},
		{"few, two failed", share + "smallVolume: {below: 10, allowedFailures: 1}, " + bands, shared(7, 9), "77.77% severe failed"},
		{"no longer few", share + "smallVolume: {below: 10, allowedFailures: 1}, " + bands, shared(9, 10), "90.00% minor failed"},
		{"few reopened", "reopenRate: {}, lowerIsBetter: true, target: [{value: 5%}], smallVolume: {below: 10, allowedFailures: 1}", "A 01T09:00 opened party=alpha; 01T10:00 resolved; 01T11:00 reopened; 01T12:00 resolved\n" + shared(3, 3), "25.00% small"},
		{"many reopened", "reopenRate: {}, lowerIsBetter: true, target: [{value: 5%}], smallVolume: {below: 4, allowedFailures: 1}", "A 01T09:00 opened party=alpha; 01T10:00 resolved; 01T11:00 reopened; 01T12:00 resolved\n" + shared(3, 3), "25.00% failed"},
		{"a target without bands", share + "target: [{value: 95%}]", shared(94, 100), "94.00% failed"},
		{"a target met without bands", share + "target: [{value: 95%}]", shared(95, 100), "95.00%"},
		{"the target of the day", share + "target: [{value: 99%, to: 2026-06-01}, {value: 90%, from: 2026-06-01}]", shared(95, 100), "95.00%"},
		{"no target in force", share + "target: [{value: 99%, to: 2026-06-01}]", shared(5, 100), "5.00%"},
		{"a mean", "mean: {clock: resolve}, lowerIsBetter: true, target: [{value: 2h30m}]", shared(1, 2), "10800.00 s failed"},
		{"a mean on the second", "mean: {clock: resolve}, lowerIsBetter: true, target: [{value: 3h}]", shared(1, 2), "10800.00 s"},
		{"good", share + rating, shared(19, 20), "95.00% Good"},
		{"approaching", share + rating, shared(18, 20), "90.00% Approaching target"},
		{"to be improved", share + rating, shared(17, 20), "85.00% Requires improvement"},
		{"inadequate", share + rating, shared(15, 20), "75.00% Inadequate"},
		{"good, the lower the better", "mean: {clock: resolve}, lowerIsBetter: true, rating: {good: 3h, approachingTarget: 4h, requiresImprovement: 5h}", shared(1, 2), "10800.00 s Good"},
		{"worse, the lower the better", "mean: {clock: resolve}, lowerIsBetter: true, rating: {good: 2h, approachingTarget: 3h, requiresImprovement: 5h}", shared(1, 2), "10800.00 s Approaching target"},
		{"a count", "count: {of: resolved}", shared(1, 2), "2"},
		{"a count of none", "count: {of: resolved}, lowerIsBetter: true, target: [{value: 0}]", never, "0"},
		{"a count of one too many", "count: {of: resolved}, lowerIsBetter: true, target: [{value: 1}]", shared(1, 2), "2 failed"},
		{"hand-overs", "handOvers: {}, precision: {decimals: 1, rounding: half-even}", shared(1, 2), "0.0"},
	} {
		t.Run(x.name, func(t *testing.T) {
			j := journalOf(t, x.journal)
			r := take(t, one(t, x.measure), j, 1, "2026-06", "2026-08-01").Results(0, 0)[0]
			parts := []string{r.Display}
			if r.Band != nil {
				parts = append(parts, r.Band.Name)
			}
			if r.Failed {
				parts = append(parts, "failed")
			}
			if r.Small {
				parts = append(parts, "small")
			}
			if r.Rating != "" {
				parts = append(parts, r.Rating)
			}
			if got := strings.Join(parts, " "); got != x.want {
				t.Errorf("says %s, want %s", got, x.want)
			}
		})
	}
}

// TestPercentile holds the nearest-rank method: the smallest time within which at
// least the share of tickets stayed.
func TestPercentile(t *testing.T) {
	var b strings.Builder
	for i := range 10 { // 1 to 10 minutes, not in order
		fmt.Fprintf(&b, "T%d 02T09:00 opened party=alpha; 02T09:%02d resolved\n", i, 1+i*7%10)
	}
	j := journalOf(t, b.String())
	for share, want := range map[string]string{
		"0.1%": "60 of rank 1", "10%": "60 of rank 1", "10.01%": "120 of rank 2", "50%": "300 of rank 5", "89.9%": "540 of rank 9",
		"90%": "540 of rank 9", "90.1%": "600 of rank 10", "100%": "600 of rank 10",
	} {
		r := take(t, one(t, "percentile: {clock: resolve, share: "+share+"}"), j, 1, "2026-06", "2026-08-01").Results(0, 0)[0]
		rank, _, _ := strings.Cut(strings.Join(r.Notes, ""), " of 10 tickets (nearest rank)")
		if got := fmt.Sprintf("%d of %s", r.Met, rank); got != want || r.Counted != 1 {
			t.Errorf("%s is %s, want %s", share, got, want)
		}
	}
	if r := take(t, one(t, "percentile: {clock: resolve, share: 90%}"), journalOf(t, never), 1, "2026-06", "2026-08-01").Results(0, 0)[0]; r.Measured {
		t.Errorf("the percentile of nothing is %s", r.Display)
	}
}
