package journal

import "slices"

// factsList numbers combinations of facts in the order in which they first appear.
type factsList struct {
	list  []Facts
	index map[Facts]uint32 // once there are more than few
}

// fewFacts is the number of combinations up to which they are compared one by one: one
// ticket has about as many.
const fewFacts = 16

// number returns the number of a combination, giving it one if it has none.
func (l *factsList) number(f Facts) uint32 {
	if l.index == nil {
		if at := slices.Index(l.list, f); at >= 0 {
			return uint32(at)
		}
	} else if n, ok := l.index[f]; ok {
		return n
	}
	n := uint32(len(l.list))
	l.list = append(room(l.list, 1), f)
	switch {
	case l.index != nil:
		l.index[f] = n
	case len(l.list) > fewFacts:
		l.index = make(map[Facts]uint32, 2*len(l.list))
		for i, f := range l.list {
			l.index[f] = uint32(i)
		}
	}
	return n
}
