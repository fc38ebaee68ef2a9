package span

import "slices"

// Span is a stretch of time from an instant up to but not including another.
type Span struct {
	From Instant `json:"from"`
	To   Instant `json:"to"`
}

// Length returns the span's seconds; a crossed span has none.
func (s Span) Length() int64 { return max(0, int64(s.To-s.From)) }

// Contains reports whether the instant lies in the span.
func (s Span) Contains(i Instant) bool { return s.From <= i && i < s.To }

// Intersect returns the part common to both, crossed if there is none.
func (s Span) Intersect(o Span) Span { return Span{max(s.From, o.From), min(s.To, o.To)} }

// Set is spans in ascending order that neither overlap nor meet nor are empty.
type Set []Span

// Union returns the set of all instants that lie in any of the spans, which may
// come in any order and overlap.
func Union(spans ...Span) Set {
	in := slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return s.To <= s.From })
	slices.SortFunc(in, func(a, b Span) int { return int(min(1, max(-1, a.From-b.From))) })
	var out Set
	for _, s := range in {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Minus returns the instants of the set that do not lie in the other.
func (a Set) Minus(b Set) Set {
	var out Set
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].To <= s.From {
			j++
		}
		from := s.From
		for k := j; k < len(b) && b[k].From < s.To; k++ {
			if from < b[k].From {
				out = append(out, Span{from, b[k].From})
			}
			from = max(from, b[k].To)
		}
		if from < s.To {
			out = append(out, Span{from, s.To})
		}
	}
	return out
}

// Intersect returns the instants that lie in both sets.
func (a Set) Intersect(b Set) Set {
	var out Set
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if x := a[i].Intersect(b[j]); x.From < x.To {
			out = append(out, x)
		}
		if a[i].To < b[j].To {
			i++
		} else {
			j++
		}
	}
	return out
}

// Length returns the seconds in the set.
func (a Set) Length() int64 {
	var n int64
	for _, s := range a {
		n += s.Length()
	}
	return n
}
