package simulate

import "math/bits"

// dice are one ticket's numbers: the splitmix64 generator of Steele, Lea and Flood
// (2014), begun from a number that the block's PCG stream has drawn. It is three
// multiplications a number, and needs no memory of its own.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1, and 0 where n is not above zero.
func (d *dice) below(n int64) int64 {
	if n <= 0 {
		return 0
	}
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int64(high)
}

// between returns a number from low to high, both included.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }

// share is a probability in millionths.
type share int64

// whole is the probability of what always happens.
const whole = 1_000_000

// chance is true as often as the share says.
func (d *dice) chance(s share) bool { return s > 0 && d.below(whole) < int64(s) }

// quantiles are values at equally spaced ranks, the lowest first: 0 %, 5 %, ... 100 %
// where there are 21.
type quantiles []int64

// draw returns a value, between two of the table in proportion.
func (q quantiles) draw(d *dice) int64 {
	switch len(q) {
	case 0:
		return 0
	case 1:
		return q[0]
	}
	const unit = 1 << 16
	x := d.below(int64(len(q)-1) * unit)
	low, high := q[x/unit], q[x/unit+1]
	return low + (high-low)/unit*(x%unit) + (high-low)%unit*(x%unit)/unit
}

// picker is weights, each added to those before it.
type picker []int64

func newPicker(weights []int64) picker {
	p := make(picker, len(weights))
	var sum int64
	for i, w := range weights {
		sum += max(0, w)
		p[i] = sum
	}
	return p
}

// total returns the sum of the weights.
func (p picker) total() int64 {
	if len(p) == 0 {
		return 0
	}
	return p[len(p)-1]
}

// draw returns the position of a weight, each as often as it weighs; 0 without weights.
func (p picker) draw(d *dice) int {
	if p.total() == 0 {
		return 0
	}
	n := d.below(p.total())
	low, high := 0, len(p)-1
	for low < high {
		if mid := (low + high) / 2; p[mid] > n {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
