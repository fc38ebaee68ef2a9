package reconcile

import (
	"fmt"
	"slices"

	"towerbridge/measure"
)

// totals judges a measure of which the supplier gives the totals alone: it tries what
// our own tickets would come to if they were counted otherwise.
func (c *comparison) totals(m *Measure, ours, theirs *measure.Result) {
	if ours.Met == theirs.Met && ours.Counted == theirs.Counted {
		return
	}
	if ours.Measured && theirs.Measured && ours.Display == theirs.Display {
		m.Cause, m.Why = Rounding, fmt.Sprintf("both are %s as the contract rounds it", ours.Display)
		return
	}
	if ours.Measure.Share != nil {
		if cause, why, ok := c.otherwise(ours, theirs); ok {
			m.Cause, m.Why = cause, why
			return
		}
	}
	m.Cause, m.Why = Unexplained, fmt.Sprintf("we have %d of %d, they have %d of %d; ask for their tickets", ours.Met, ours.Counted, theirs.Met, theirs.Counted)
	if more := theirs.Counted - ours.Counted; more == int64(len(ours.Excluded)) && more > 0 {
		m.Cause, m.Why = ExcludedByUs, fmt.Sprintf("they count %d more than we do, which is as many as we exclude", more)
	}
}

// otherwise reads every ticket of a share again in each way, and returns the first way
// in which all of them together come to the supplier's totals.
func (c *comparison) otherwise(ours, theirs *measure.Result) (Cause, string, bool) {
	if ours.Counted != theirs.Counted {
		return "", "", false
	}
	met := map[string]int64{}
	var ways []candidate
	for i := range ours.Evidence {
		e := &ours.Evidence[i]
		for _, w := range c.explainer.ways(ours.Measure, e) {
			if _, known := met[w.way]; !known {
				ways = append(ways, w)
				met[w.way] = ours.Met
			}
			met[w.way] += one(w.verdict == Met) - one(e.Verdict == measure.Met)
		}
	}
	slices.SortStableFunc(ways, func(a, b candidate) int { return a.departures - b.departures })
	for _, w := range ways {
		if met[w.way] == theirs.Met {
			return w.cause, fmt.Sprintf("all our tickets counted %s come to %d of %d", w.way, theirs.Met, theirs.Counted), true
		}
	}
	return "", "", false
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
