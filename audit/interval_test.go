package audit

import (
	"math/big"
	"testing"
)

// TestBoundsCover adds up, for every number of errors in small populations, the exact
// probability of the samples whose interval holds it.
func TestBoundsCover(t *testing.T) {
	for _, population := range []int64{1, 2, 9, 30, 61} {
		for _, sample := range []int64{1, 2, 7, 15, 30, 61} {
			if sample > population {
				continue
			}
			for bad := range population + 1 {
				held := new(big.Int)
				for x := max(0, sample-(population-bad)); x <= min(sample, bad); x++ {
					low, high := Bounds(population, sample, x)
					if low <= bad && bad <= high {
						ways := new(big.Int).Binomial(bad, x)
						held.Add(held, ways.Mul(ways, new(big.Int).Binomial(population-bad, sample-x)))
					}
				}
				all := new(big.Int).Binomial(population, sample)
				if new(big.Int).Mul(held, big.NewInt(20)).Cmp(new(big.Int).Mul(all, big.NewInt(19))) < 0 {
					t.Errorf("%d errors in %d, samples of %d: %v of %v samples hold them", bad, population, sample, held, all)
				}
			}
		}
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct{ population, sample, errors, low, high int64 }{
		{10, 0, 0, 0, 10},   // nothing was looked at
		{10, 10, 3, 3, 3},   // everything was
		{100, 1, 0, 0, 97},  // (100-D)/100 > 1/40
		{100, 1, 1, 3, 100}, // its mirror
		{1000, 50, 0, 0, 69},
		{4000, 150, 5, 45, 301},
	} {
		low, high := Bounds(c.population, c.sample, c.errors)
		if low != c.low || high != c.high {
			t.Errorf("%d errors in %d of %d: %d to %d; want %d to %d", c.errors, c.sample, c.population, low, high, c.low, c.high)
		}
		if l, h := Bounds(c.population, c.sample, c.sample-c.errors); c.sample > 0 && (l != c.population-high || h != c.population-low) {
			t.Errorf("%d right in %d of %d: %d to %d is not the mirror of %d to %d", c.errors, c.sample, c.population, l, h, low, high)
		}
	}
	// A larger sample without errors rules out more; a large one is still quick.
	last := int64(1_000_000)
	for _, n := range []int64{10, 100, 1_000, 4_000} {
		_, high := Bounds(1_000_000, n, 0)
		if high >= last {
			t.Errorf("a sample of %d leaves %d errors, no fewer than a smaller one", n, high)
		}
		last = high
	}
}
