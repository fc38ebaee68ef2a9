package estate

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"towerbridge/span"
)

// life is the dates on which something holds, from the first up to but not
// including the last.
type life struct{ from, to span.Date }

// beginning is the date where a thing has no first day.
const beginning span.Date = math.MinInt32

var always = life{beginning, span.OpenEnd}

// lifeOf returns the dates as written, without regard to any others.
func lifeOf(d span.Dated) life {
	l := always
	if d.From != nil {
		l.from = *d.From
	}
	if d.To != nil {
		l.to = *d.To
	}
	return l
}

func (l life) on(d span.Date) bool       { return l.from <= d && d < l.to }
func (l life) empty() bool               { return l.to <= l.from }
func (l life) common(x life) life        { return life{max(l.from, x.from), min(l.to, x.to)} }
func (l life) overlaps(x life) bool      { return !l.common(x).empty() }
func (l life) until(d span.Date) life    { return life{l.from, min(l.to, d)} }
func (l life) starting(d span.Date) life { return life{max(l.from, d), l.to} }

// String says the dates in words that end a sentence.
func (l life) String() string {
	switch {
	case l.from == beginning && l.to >= span.OpenEnd:
		return "on any date"
	case l.from == beginning:
		return "before " + l.to.String()
	case l.to >= span.OpenEnd:
		return "from " + l.from.String() + " on"
	}
	return "from " + l.from.String() + " to " + l.to.String()
}

// minus returns the parts of a life that none of the others covers, in order.
func (l life) minus(others []life) []life {
	slices.SortFunc(others, byStart)
	var gaps []life
	for _, o := range others {
		if gap := l.until(o.from); !gap.empty() {
			gaps = append(gaps, gap)
		}
		l = l.starting(o.to)
	}
	if !l.empty() {
		gaps = append(gaps, l)
	}
	return gaps
}

func byStart(a, b life) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) }

// claim is an entry's hold on a key that one entry at a time may have.
type claim struct {
	key   string
	owner string // what the claim is for, in words
	path  string // where it is written
	life  life
}

// clashes calls report for each claim that overlaps an earlier one on its key, in a
// fixed order. Claims of the same owner clash only when sameToo is set.
func clashes(claims []claim, sameToo bool, report func(earlier, later claim)) {
	byKey := map[string][]claim{}
	for _, c := range claims {
		if !c.life.empty() {
			byKey[c.key] = append(byKey[c.key], c)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		held := byKey[key]
		slices.SortStableFunc(held, func(a, b claim) int { return byStart(a.life, b.life) })
		last := held[0]
		for _, c := range held[1:] {
			if c.life.from < last.life.to && (sameToo || c.owner != last.owner) {
				report(last, c)
			}
			if c.life.to > last.life.to {
				last = c
			}
		}
	}
}
