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
	logTerm := logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
	term, sum := 1.0, 0.0
	odds := p / (1 - p)
	for i := k; i <= n; i++ {
		sum += term
		term *= float64(n-i) / float64(i+1) * odds
		if term < sum*1e-12 && float64(i) > float64(n)*p {
			break
		}
	}
	return min(1, math.Exp(logTerm+math.Log(sum)))
}

// poissonTail returns the probability of k or more where so many are expected.
func poissonTail(k int64, expected float64) float64 {
	switch {
	case k <= 0:
		return 1
	case expected <= 0:
		return 0
	}
	logFactorial, _ := math.Lgamma(float64(k + 1))
	logTerm := float64(k)*math.Log(expected) - expected - logFactorial
	term, sum := 1.0, 0.0
	for i := k; ; i++ {
		sum += term
		term *= expected / float64(i+1)
		if term < sum*1e-12 && float64(i) > expected {
			break
		}
	}
	return min(1, math.Exp(logTerm+math.Log(sum)))
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
