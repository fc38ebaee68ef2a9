package audit

import (
	"math"
	"math/big"
	"testing"
)

// exactTail adds up binomial probabilities as fractions.
func exactTail(k, n, num, den int64) float64 {
	sum := new(big.Rat)
	p, q := big.NewInt(num), big.NewInt(den-num)
	all := new(big.Int).Exp(big.NewInt(den), big.NewInt(n), nil)
	for i := k; i <= n; i++ {
		ways := new(big.Int).Binomial(n, i)
		ways.Mul(ways, new(big.Int).Exp(p, big.NewInt(i), nil))
		ways.Mul(ways, new(big.Int).Exp(q, big.NewInt(n-i), nil))
		sum.Add(sum, new(big.Rat).SetFrac(ways, all))
	}
	f, _ := sum.Float64()
	return f
}

func TestBinomialTail(t *testing.T) {
	for _, n := range []int64{1, 7, 40, 200} {
		for _, p := range [][2]int64{{1, 3}, {1, 60}, {1, 2}, {9, 10}} {
			for k := int64(0); k <= n; k += max(1, n/13) {
				want := exactTail(k, n, p[0], p[1])
				got := binomialTail(k, n, float64(p[0])/float64(p[1]))
				if math.Abs(got-want) > 1e-9*max(want, 1e-300) && math.Abs(got-want) > 1e-290 {
					t.Errorf("%d or more of %d at %d/%d: %g; want %g", k, n, p[0], p[1], got, want)
				}
			}
		}
	}
}

func TestTailEdges(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"none or more", binomialTail(0, 5, 0.1), 1},
		{"more than there are", binomialTail(6, 5, 0.1), 0},
		{"never", binomialTail(1, 5, 0), 0},
		{"always", binomialTail(5, 5, 1), 1},
		{"none of none", poissonTail(0, 0), 1},
		{"one of none", poissonTail(1, 0), 0},
		{"one or more of two", poissonTail(1, 2), 1 - math.Exp(-2)},
		{"far below the mean", poissonTail(3, 2000), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %g; want %g", c.name, c.got, c.want)
		}
	}
	// The Poisson tail is the limit of the binomial one.
	if a, b := poissonTail(30, 10), binomialTail(30, 10_000_000, 1e-6); math.Abs(a-b) > 1e-4*a {
		t.Errorf("Poisson %g, binomial %g", a, b)
	}
}

func TestShort(t *testing.T) {
	for x, want := range map[float64]float64{0.123456: 0.123, 1: 1, 0: 0, 1.23456e-200: 1.23e-200, math.NaN(): 1} {
		if got := short(x); got != want {
			t.Errorf("%g is shown as %g; want %g", x, got, want)
		}
	}
	if got := thousandths(12_345); got != "12.3" {
		t.Errorf("12345 thousandths are written %s", got)
	}
}
