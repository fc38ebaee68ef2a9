package audit

import "math"

// binomialTail returns the probability of k or more of n, each with probability p.
func binomialTail(k, n int64, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	odds := p / (1 - p)
	term := func(i int64) float64 { return logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p) }
	if float64(k) <= float64(n)*p {
		return 1 - fading(term(k-1), k-1, -1, func(i int64) float64 { return float64(i) / float64(n-i+1) / odds })
	}
	return fading(term(k), k, 1, func(i int64) float64 { return float64(n-i) / float64(i+1) * odds })
}

// poissonTail returns the probability of k or more where so many are expected.
func poissonTail(k int64, expected float64) float64 {
	switch {
	case k <= 0:
		return 1
	case expected <= 0:
		return 0
	}
	term := func(i int64) float64 {
		f, _ := math.Lgamma(float64(i + 1))
		return float64(i)*math.Log(expected) - expected - f
	}
	if float64(k) <= expected {
		return 1 - fading(term(k-1), k-1, -1, func(i int64) float64 { return float64(i) / expected })
	}
	return fading(term(k), k, 1, func(i int64) float64 { return expected / float64(i+1) })
}

// fading adds up terms that grow smaller, away from the middle of a distribution: the
// first is given by its logarithm, each next one by its ratio to the one before.
func fading(logFirst float64, at, step int64, ratio func(i int64) float64) float64 {
	sum := 0.0
	for term := 1.0; term > sum*1e-15; at += step {
		sum += term
		term *= ratio(at)
	}
	return min(1, math.Exp(logFirst+math.Log(sum)))
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
