package credit

import (
	"fmt"
	"slices"

	"towerbridge/contract"
	"towerbridge/measure"
	"towerbridge/span"
)

// Score is the service points of one result.
type Score struct {
	Measure    string      `json:"measure"`
	Period     span.Period `json:"period"` // the measurement period
	Band       string      `json:"band,omitempty"`
	Base       int         `json:"base"`       // the points of the band
	Multiplier int         `json:"multiplier"` // 1, or that of the repeat rule
	Points     int         `json:"points"`     // Base x Multiplier, or none where suppressed
	Repeat     bool        `json:"repeat,omitempty"`
	Suppressed string      `json:"suppressed,omitempty"` // id of the related-failures rule
	Why        string      `json:"why"`                  // one sentence with its clauses
}

// Scores returns the points of each result, in the same order.
//
// A result has the points of its band; one that was not measured, or is met by the
// small-volume rule, has none. Two rules change them:
//
//   - Repeat. When the same measure also failed in the measurement period that ends
//     where this one begins, the points of this period's band are multiplied once: a
//     third failure in a row is multiplied like the second. Only that one period is
//     looked at, so a period that was met, not measured or not known ends the run.
//   - Related failures. When the first measure of a rule failed in the same
//     measurement period, the failures the rule names have no points and cost
//     nothing in any scheme. They are still failures: they count for the repeat rule
//     and stop an earn-back. Where rules go round in a circle, the failure that
//     counts is the one that the rule listed first calls first.
func Scores(c *contract.Contract, results []measure.Result, earlier []Earlier) []Score {
	suppressed := related(c, results)
	out := make([]Score, len(results))
	for i := range results {
		r := &results[i]
		s := Score{Measure: r.Measure.ID, Period: r.Period, Multiplier: 1}
		if r.Band != nil && r.Measured {
			s.Band = r.Band.Name
		}
		s.Why = s.begin(r)
		if rule := r.Measure.Repeat; rule != nil && r.Failed && failedBefore(r, results, earlier) {
			s.Repeat, s.Multiplier = true, rule.Multiplier
			s.Points = s.Base * s.Multiplier
			s.Why += fmt.Sprintf("; the period before failed too, so %d x %d = %s%s",
				s.Base, s.Multiplier, points(s.Points), in(rule.Clause))
		}
		if rule := suppressed[i]; rule != nil {
			s.Suppressed, s.Points = rule.ID, 0
			s.Why += fmt.Sprintf("; not counted, because the failure of %s is, by rule %s%s",
				rule.First, rule.ID, in(rule.Clause))
		}
		out[i] = s
	}
	return out
}

// begin sets the points of the band and says why they are what they are.
func (s *Score) begin(r *measure.Result) string {
	switch {
	case !r.Measured:
		return "Nothing was measured, so there are no points"
	case r.Small:
		clause := ""
		if r.Measure.SmallVolume != nil {
			clause = r.Measure.SmallVolume.Clause
		}
		return "Few were counted and so few failures are allowed, so there are no points" + in(clause)
	case r.Band == nil && r.Failed:
		return shown(r) + " misses the target; the measure has no bands and so no points"
	case r.Band == nil:
		return shown(r) + " is in no band, so there are no points"
	}
	s.Base, s.Points = r.Band.Points, r.Band.Points
	return fmt.Sprintf("%s is in band %s: %s%s", shown(r), r.Band.Name, points(s.Base), in(r.Band.Clause))
}

// failedBefore reports whether the measure failed in the measurement period before,
// which may lie in the same service period.
func failedBefore(r *measure.Result, results []measure.Result, earlier []Earlier) bool {
	for i := range results {
		if x := &results[i]; x.Measure.ID == r.Measure.ID && x.Period.To == r.Period.From {
			return x.Measured && x.Failed
		}
	}
	for _, e := range earlier {
		for _, x := range e.Measures {
			if x.ID == r.Measure.ID && x.Period.To == r.Period.From {
				return x.Measured && x.Failed
			}
		}
	}
	return false
}

// related returns, for each result that is not counted, the rule that says so.
func related(c *contract.Contract, results []measure.Result) map[int]*contract.RelatedDocument {
	rules := map[int]*contract.RelatedDocument{}
	counted := map[int]int{} // result that is not counted -> result counted in its place
	for i := range c.Related {
		rule := &c.Related[i]
		for first := range results {
			if results[first].Measure.ID != rule.First || !results[first].Failed {
				continue
			}
			for j := range results {
				r := &results[j]
				if !r.Failed || r.Period != results[first].Period || rules[j] != nil || !slices.Contains(rule.Suppress, r.Measure.ID) {
					continue
				}
				if last(counted, first) != j { // else the one event would not count at all
					rules[j], counted[j] = rule, first
				}
			}
		}
	}
	return rules
}

// last follows a result to the one that is counted in its place.
func last(counted map[int]int, i int) int {
	for {
		next, more := counted[i]
		if !more {
			return i
		}
		i = next
	}
}

// shown is the value of a result as people read it.
func shown(r *measure.Result) string {
	if r.Display != "" {
		return r.Display
	}
	return r.Value.String()
}

func points(n int) string { return many(n, "point") }

// many writes a number of things, such as 1 point or 2 points.
func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// in is a clause in brackets, or nothing.
func in(clause string) string {
	if clause == "" {
		return ""
	}
	return " (" + clause + ")"
}
