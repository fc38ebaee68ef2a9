package audit

import "math/big"

// The confidence of every interval: at most one in oneIn tails lies beyond either end.
const (
	oneIn      = 40
	Confidence = "95%"
)

// Bounds returns the lowest and the highest number of errors among all of a population
// that a sample without replacement does not rule out: the exact inversion of the
// hypergeometric distribution with one part in forty in each tail (Clopper and Pearson's
// interval for a finite population). Its coverage is never below 95 %, whatever the
// number of errors is. It is computed in whole numbers of any length, so that it is the
// same on every machine. Errors and sample must fit: 0 <= errors <= sample <= population.
func Bounds(population, sample, errors int64) (low, high int64) {
	if sample == 0 {
		return 0, population
	}
	return population - highest(population, sample, sample-errors), highest(population, sample, errors)
}

// highest returns the largest number of errors in the population under which a sample
// with so few or fewer errors has a probability of more than one in forty.
func highest(population, sample, errors int64) int64 {
	all := new(big.Int).Binomial(population, sample)
	low, high := errors, population-(sample-errors) // possible; the first always is likely enough
	for low < high {
		mid := low + (high-low+1)/2
		if likely(population, sample, errors, mid, all) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// likely reports whether a sample from a population with so many bad has at most so many
// errors with a probability of more than one in forty. It adds up the ways in which
// that happens, the most common first, until they are enough.
func likely(population, sample, errors, bad int64, all *big.Int) bool {
	need := new(big.Int).Set(all)
	sum, scaled, x := new(big.Int), new(big.Int), new(big.Int)
	first := max(0, sample-(population-bad))
	i := min(errors, bad)
	term := new(big.Int).Binomial(bad, i)
	term.Mul(term, x.Binomial(population-bad, sample-i))
	forty := big.NewInt(oneIn)
	for ; i >= first && term.Sign() > 0; i-- {
		sum.Add(sum, term)
		if scaled.Mul(sum, forty).Cmp(need) > 0 {
			return true
		}
		// From i to i-1 errors: C(bad,i-1)/C(bad,i) and C(rest,sample-i+1)/C(rest,sample-i).
		term.Mul(term, x.SetInt64(i*(population-bad-sample+i)))
		term.Quo(term, x.SetInt64((bad-i+1)*(sample-i+1)))
	}
	return false
}
