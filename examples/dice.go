package examples

// dice draws numbers that look random and are the same on every machine and in every
// version of the language: the splitmix64 generator of Steele, Lea and Flood (2014).
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1; the bias of the remainder does not matter here.
func (d *dice) below(n int64) int64 { return int64(d.next() % uint64(n)) }

// between returns a number from low to high, both included.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }

// chance is true in so many of a thousand cases.
func (d *dice) chance(permille int64) bool { return d.below(1000) < permille }

// pick returns the position of a weight, each as often as it weighs.
func (d *dice) pick(weights []int64) int {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	n := d.below(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}
