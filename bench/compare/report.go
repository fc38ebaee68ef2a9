package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// The bounds of the issue that asked for this benchmark.
const (
	mostOfLimit  = 8.0        // towerbridge's time over limit's, at most
	aimOfLimit   = 4.0        // and what is aimed at
	leastOfRival = 2.0        // a rival's time over towerbridge's, at least
	mostMemory   = 1536 << 20 // towerbridge's peak memory in bytes, at most
)

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// ratio returns the median of the rounds' ratios of two contestants' times.
func ratio(a, b []sample) float64 {
	var each []float64
	for i := range min(len(a), len(b)) {
		each = append(each, a[i].wall.Seconds()/b[i].wall.Seconds())
	}
	return median(each)
}

// verdict says whether a bound holds.
func verdict(holds bool) string {
	if holds {
		return "within"
	}
	return "MISSED"
}

// report prints each contestant's median time and peak memory, and the ratios
// against their bounds.
func report(w io.Writer, contestants []*contestant, rounds int) {
	fmt.Fprintf(w, "medians of %d interleaved rounds\n\n", rounds)
	by := map[string]*contestant{}
	for _, c := range contestants {
		if c.absent != "" {
			fmt.Fprintf(w, "%-12s left out: %s\n", c.name, c.absent)
			continue
		}
		by[c.name] = c
		fmt.Fprintf(w, "%-12s %7.2f s", c.name, median(c.seconds()))
		if peak := c.peak(); peak > 0 {
			fmt.Fprintf(w, "   peak %5d MiB", peak>>20)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	ours := by["towerbridge"]
	if ours == nil {
		return
	}
	if limit := by["limit"]; limit != nil {
		r := ratio(ours.samples, limit.samples)
		fmt.Fprintf(w, "%-25s %6.2fx     at most %gx, aim %gx: %s\n", "towerbridge / limit", r, mostOfLimit, aimOfLimit, verdict(r <= mostOfLimit))
	}
	for _, name := range []string{"duckdb", "postgres"} {
		if rival := by[name]; rival != nil {
			r := ratio(rival.samples, ours.samples)
			fmt.Fprintf(w, "%-25s %6.2fx     at least %gx: %s\n", name+" / towerbridge", r, leastOfRival, verdict(r >= leastOfRival))
		}
	}
	if peak := ours.peak(); peak > 0 {
		fmt.Fprintf(w, "%-25s %6d MiB  at most %d MiB: %s\n", "towerbridge, peak memory", peak>>20, mostMemory>>20, verdict(peak <= mostMemory))
	}
}

func (c *contestant) seconds() []float64 {
	var all []float64
	for _, s := range c.samples {
		all = append(all, s.wall.Seconds())
	}
	return all
}

// peak returns the largest peak memory of any round in bytes, zero where the
// work is done in another process.
func (c *contestant) peak() int64 {
	var most int64
	for _, s := range c.samples {
		most = max(most, s.peak)
	}
	if c.remote {
		return 0
	}
	return most
}

// reportMonth prints what verifying a month's bundles took against drawing them.
func reportMonth(w io.Writer, draw, verify time.Duration, bundles int) {
	fmt.Fprintf(w, "\n2025-03, %d bundles: statement %.2f s, verify %.2f s, verify / statement %.2fx, at most 1x: %s\n",
		bundles, draw.Seconds(), verify.Seconds(), verify.Seconds()/draw.Seconds(), verdict(verify <= draw))
}
