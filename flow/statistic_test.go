package flow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestDistribution compares percentiles with those of a list in order, for lists of
// many lengths, with and without equal values.
func TestDistribution(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 400 {
		for _, most := range []int64{1, 5, 1 << 40} {
			times := make([]int64, n)
			var total int64
			for i := range times {
				times[i] = r.Int64N(most)
				total += times[i]
			}
			sorted := slices.Sorted(slices.Values(times))
			got := distribution(times)
			if got.Tickets != int64(n) || got.TotalSeconds != total {
				t.Fatalf("%d times: %+v, want a total of %d", n, got, total)
			}
			if n == 0 {
				continue
			}
			for _, x := range []struct {
				percent float64
				got     int64
			}{{50, got.MedianSeconds}, {90, got.P90Seconds}, {95, got.P95Seconds}, {100, got.MaxSeconds}} {
				if want := sorted[int(math.Ceil(x.percent*float64(n)/100))-1]; x.got != want {
					t.Fatalf("%d times: percentile %v is %d, want %d", n, x.percent, x.got, want)
				}
			}
		}
	}
}

func TestFraction(t *testing.T) {
	for _, c := range []struct {
		a, b    int64
		want    string
		rounded int64
	}{
		{0, 7, "0", 0}, {7, 1, "7", 7}, {6, 4, "3/2", 2}, {7, 5, "7/5", 1}, {10, 5, "2", 2}, {5, 3, "5/3", 2}, {1, 0, "", 0}, {math.MaxInt64, 2, "9223372036854775807/2", 1 << 62},
	} {
		if got := fraction(c.a, c.b); got != c.want {
			t.Errorf("%d/%d is %s, want %s", c.a, c.b, got, c.want)
		}
		if got := rounded(c.a, c.b); got != c.rounded {
			t.Errorf("%d/%d is about %d, want %d", c.a, c.b, got, c.rounded)
		}
	}
}

// TestSpread compares with floating point where that is exact enough, and holds a sum
// of squares that does not fit into 64 bits.
func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := 2; n < 200; n++ {
		var a, b moments
		var sum float64
		list := make([]float64, n)
		for i := range list {
			x := r.Int64N(1_000_000)
			list[i] = float64(x)
			sum += list[i]
			if i%3 == 0 {
				a.add(x)
			} else {
				b.add(x)
			}
		}
		a.join(&b)
		mean, squares := sum/float64(n), 0.0
		for _, x := range list {
			squares += (x - mean) * (x - mean)
		}
		got := a.spread()
		near(t, "mean", got.Mean, mean)
		near(t, "deviation", got.Deviation, math.Sqrt(squares/float64(n-1)))
	}
	var far moments
	far.add(0)
	far.add(1 << 40)
	near(t, "far", far.spread().Deviation, float64(int64(1)<<40)/math.Sqrt2)
	var one moments
	one.add(9)
	if got := one.spread(); got != (Spread{Total: 9, Mean: "9.000", Max: 9}) {
		t.Errorf("one number: %+v", got)
	}
	if got := (&moments{}).spread(); got != (Spread{}) {
		t.Errorf("no number: %+v", got)
	}
}

func near(t *testing.T, what, got string, want float64) {
	t.Helper()
	x, err := strconv.ParseFloat(got, 64)
	if err != nil || math.Abs(x-want) > 0.00051+want*1e-12 {
		t.Errorf("%s: %s, want %s", what, got, fmt.Sprintf("%.4f", want))
	}
}

func TestBlocks(t *testing.T) {
	var want []int
	var all, part blocks[int]
	for i := range 50_000 {
		if i == 11 || i == 30_000 {
			all.join(&part)
			part = blocks[int]{}
		}
		part.add(i)
		want = append(want, i)
	}
	all.join(&part)
	all.join(&blocks[int]{})
	if got := all.flat(); !slices.Equal(got, want) || all.n != len(want) {
		t.Errorf("%d items, want %d in their order", len(got), len(want))
	}
}
