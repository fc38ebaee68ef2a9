package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// The bounds of the issue that asked for these figures. Times are milliseconds unless
// their names say otherwise.
const (
	leastOfRival    = 40.0      // tickets opened a second, over those of the better rival
	mostOpenP99     = 25.0      // opening a ticket, at 32 clients
	mostReadP99     = 25.0      // reading one of 1,000,000 tickets, at 32 clients
	mostListP99     = 10.0      // a page of 50 of 100,000 open tickets
	mostTokenNanos  = 10_000.0  // checking a token
	mostStart       = 300.0     // until a server on 1,000,000 tickets is ready
	mostIdleMiB     = 300.0     // what it uses then
	mostMonth       = 3_000.0   // drawing a contract's month from the record
	mostOfSQLite    = 1.0       // the same from PostgreSQL, over that from SQLite
	leastImportRate = 100_000.0 // entries a second
)

// report prints what was measured, and notes whether all answers were right.
type report struct {
	out   io.Writer
	right bool
}

func (w *report) print(format string, args ...any) { fmt.Fprintf(w.out, format, args...) }

// title begins a part.
func (w *report) title(format string, args ...any) { w.print("\n== "+format+"\n", args...) }

// wrong notes an answer that was not right.
func (w *report) wrong(format string, args ...any) {
	w.right = false
	w.print("WRONG: "+format+"\n", args...)
}

// most prints a figure that may be so much at most, and least one that may be so little
// at least; the unit stands behind both numbers.
func (w *report) most(name string, value, bound float64, unit string) {
	w.bound(name, value, "at most", bound, unit, value <= bound)
}

func (w *report) least(name string, value, bound float64, unit string) {
	w.bound(name, value, "at least", bound, unit, value >= bound)
}

func (w *report) bound(name string, value float64, word string, bound float64, unit string, holds bool) {
	verdict := "MISSED"
	if holds {
		verdict = "within"
	}
	w.print("%-*s %10s%s, %s %s%s: %s\n", nameWidth, name, number(value), unit, word, number(bound), unit, verdict)
}

// nameWidth is the width of the column in which figures' names stand.
const nameWidth = 66

// number writes a figure with as many decimals as it is worth.
func number(x float64) string {
	decimals := 2
	switch {
	case x >= 100 || x == float64(int64(x)):
		decimals = 0
	case x >= 10:
		decimals = 1
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// ratio returns the median of the ratios of two lists' values, pair by pair.
func ratio(a, b []float64) float64 {
	var each []float64
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			each = append(each, a[i]/b[i])
		}
	}
	return median(each)
}
