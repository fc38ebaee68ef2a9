package flow

import (
	"math/big"
	"math/bits"
	"strconv"
)

// Distribution is how a time is spread over tickets, in whole elapsed seconds.
// Percentiles are by nearest rank: the smallest time that so many of a hundred tickets
// do not exceed. All are zero where there are no tickets.
type Distribution struct {
	Tickets       int64  `json:"tickets"`
	TotalSeconds  int64  `json:"totalSeconds"`
	MeanSeconds   string `json:"meanSeconds"`        // exact, as a fraction; empty without tickets
	MeanRounded   int64  `json:"meanRoundedSeconds"` // to the nearest second, halves up
	MedianSeconds int64  `json:"medianSeconds"`
	P90Seconds    int64  `json:"p90Seconds"`
	P95Seconds    int64  `json:"p95Seconds"`
	MaxSeconds    int64  `json:"maxSeconds"`
}

// distribution computes a distribution of times, whose order it changes.
func distribution(times []int64) Distribution {
	d := Distribution{Tickets: int64(len(times))}
	if len(times) == 0 {
		return d
	}
	for _, t := range times {
		d.TotalSeconds += t
		d.MaxSeconds = max(d.MaxSeconds, t)
	}
	d.MeanSeconds, d.MeanRounded = fraction(d.TotalSeconds, d.Tickets), rounded(d.TotalSeconds, d.Tickets)
	at95, at90, at50 := rank(len(times), 95), rank(len(times), 90), rank(len(times), 50)
	d.P95Seconds = pick(times, at95)
	d.P90Seconds = pick(times[:at95+1], at90)
	d.MedianSeconds = pick(times[:at90+1], at50)
	return d
}

// rank returns the place, from zero, of a percentile of n times by nearest rank.
func rank(n, percent int) int { return (n*percent+99)/100 - 1 }

// fraction writes a/b in lowest terms; a whole number without a denominator.
func fraction(a, b int64) string {
	if b == 0 {
		return ""
	}
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	if x < 0 {
		x = -x
	}
	if x == 0 || b == x {
		return strconv.FormatInt(a/b, 10)
	}
	return strconv.FormatInt(a/x, 10) + "/" + strconv.FormatInt(b/x, 10)
}

// rounded returns a/b to the nearest whole number, halves up; a is not negative.
func rounded(a, b int64) int64 {
	if b == 0 {
		return 0
	}
	q, r := a/b, a%b
	if r >= b-r {
		q++
	}
	return q
}

// pick returns the value that would stand at a place if the values were in order. It
// puts no larger value before that place and no smaller one behind it.
func pick(v []int64, at int) int64 {
	from, to := 0, len(v)-1
	for to-from > 16 {
		pivot := middle(v[from], v[(from+to)/2], v[to])
		i, k := from, to
		for i <= k {
			for v[i] < pivot {
				i++
			}
			for v[k] > pivot {
				k--
			}
			if i <= k {
				v[i], v[k] = v[k], v[i]
				i++
				k--
			}
		}
		switch {
		case at <= k:
			to = k
		case at >= i:
			from = i
		default:
			return v[at]
		}
	}
	for i := from + 1; i <= to; i++ {
		for k := i; k > from && v[k] < v[k-1]; k-- {
			v[k], v[k-1] = v[k-1], v[k]
		}
	}
	return v[at]
}

func middle(a, b, c int64) int64 {
	return max(min(a, b), min(max(a, b), c))
}

// Spread is the mean, standard deviation and greatest of a number that each ticket
// has one of, as logs are described: decimals with three places, halves away from
// zero, of exact sums.
type Spread struct {
	Total     int64  `json:"total"` // sum over all tickets
	Mean      string `json:"mean"`
	Deviation string `json:"deviation"` // of a sample: with one less than the number of tickets
	Max       int64  `json:"max"`
}

// moments are the sums that a spread is made of.
type moments struct {
	n, sum, max int64
	high, low   uint64 // sum of squares, in 128 bits
}

func (m *moments) add(x int64) {
	m.n++
	m.sum += x
	m.max = max(m.max, x)
	h, l := bits.Mul64(uint64(x), uint64(x))
	var carry uint64
	m.low, carry = bits.Add64(m.low, l, 0)
	m.high, _ = bits.Add64(m.high, h, carry)
}

func (m *moments) join(o *moments) {
	m.n += o.n
	m.sum += o.sum
	m.max = max(m.max, o.max)
	var carry uint64
	m.low, carry = bits.Add64(m.low, o.low, 0)
	m.high, _ = bits.Add64(m.high, o.high, carry)
}

func (m *moments) spread() Spread {
	s := Spread{Total: m.sum, Max: m.max}
	if m.n == 0 {
		return s
	}
	n, sum := big.NewInt(m.n), big.NewInt(m.sum)
	s.Mean = thousandths(new(big.Int).Mul(sum, big.NewInt(1000)), n)
	if m.n < 2 {
		return s
	}
	squares := new(big.Int).Lsh(new(big.Int).SetUint64(m.high), 64)
	squares.Add(squares, new(big.Int).SetUint64(m.low))
	top := new(big.Int).Sub(new(big.Int).Mul(n, squares), new(big.Int).Mul(sum, sum))
	below := new(big.Int).Mul(n, big.NewInt(m.n-1))
	// The square root of 4,000,000 top/below is twice the thousandths of the deviation.
	top.Mul(top, big.NewInt(4_000_000))
	s.Deviation = thousandths(top.Sqrt(top.Quo(top, below)), big.NewInt(2))
	return s
}

// thousandths writes a/b thousandths, rounded, as a decimal with three places. For
// that a and b are both whole; halves go up.
func thousandths(a, b *big.Int) string {
	twice := new(big.Int).Lsh(a, 1)
	q := twice.Add(twice, b).Quo(twice, new(big.Int).Lsh(b, 1))
	whole, rest := new(big.Int).QuoRem(q, big.NewInt(1000), new(big.Int))
	digits := strconv.FormatInt(1000+rest.Int64(), 10)
	return whole.String() + "." + digits[1:]
}
