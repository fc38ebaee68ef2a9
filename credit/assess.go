package credit

import (
	"cmp"
	"slices"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// Assess returns what a service period costs. The results are those that are due in
// it: a quarterly measure is due in the month that ends its quarter. The scores are
// those of [Scores] for the same results; earlier is what the periods before came to.
//
// A scheme holds when it is in force on the first day of the period. It reads the
// measures it lists, or all that have what it prices: bands with points, a target in
// percent, a weight, a sum. A measure that was not measured, met its target, or is
// suppressed by a related failure costs nothing, and its line says so.
//
// Of the caps in force the tightest holds. A rolling cap counts this period and the
// periods before it back to the start of the term; periods of the term of which
// nothing is known count as nothing, charges included, and are listed. What is over
// a cap is recorded and lost.
//
// A credit is given back in the period that completes the first run of service
// periods, all after the credit, in which every measure of the scheme that was
// measured met its target. A period of which nothing is known ends the run, and a
// run in which nothing at all was measured is not complete until something is. That
// a credit is given back only once follows from the run being the first.
//
// The error is a [fault.Error]: terms that cannot be priced, such as a percentage of
// charges the contract does not state, a measure without percentage points under a
// scheme that counts them, two currencies, or a negative rate. Terms that pass the
// checks of package contract do not arrive here.
func Assess(c *contract.Contract, period span.Period, results []measure.Result, scores []Score, earlier []Earlier) (Assessment, error) {
	same := slices.EqualFunc(results, scores, func(r measure.Result, s Score) bool {
		return r.Measure.ID == s.Measure && r.Period == s.Period
	})
	if !same {
		return Assessment{}, fault.New(fault.Internal, "", "contract %s: the scores of %s are not those of its results", c.ID, period)
	}
	zero := money.Zero(c.Currency)
	a := &assessor{contract: c, period: period, out: Assessment{Charges: zero, Total: zero}}
	if charge, found := c.Charge(period); found {
		a.charged, a.out.Charges, a.out.ChargesClause = true, charge.Amount, charge.Clause
	}
	a.items = due(c, results, scores)
	a.history = timeline(earlier, Earlier{Period: period, Measures: remembered(results, scores)})
	for i := range c.Credits {
		if s := &c.Credits[i]; s.On(period.From) {
			if err := a.scheme(s); err != nil {
				return Assessment{}, fault.Wrap(fault.Invalid, err, "contract %s, scheme %s, %s", c.ID, s.ID, period)
			}
		}
	}
	return a.out, nil
}

type assessor struct {
	contract *contract.Contract
	period   span.Period
	charged  bool // the contract states charges for the period
	items    []item
	history  []Earlier // in order of time, this period last
	out      Assessment
}

// item is one result with its points.
type item struct {
	result *measure.Result
	score  *Score
	id     string // of the measure, with its period where it is due more than once
}

// due returns the results in the order in which the contract lists their measures.
func due(c *contract.Contract, results []measure.Result, scores []Score) []item {
	times, place := map[string]int{}, map[string]int{}
	for i := range c.Measures {
		place[c.Measures[i].ID] = i
	}
	items := make([]item, len(results))
	for i := range results {
		items[i] = item{&results[i], &scores[i], results[i].Measure.ID}
		times[items[i].id]++
	}
	for i := range items {
		if times[items[i].id] > 1 {
			items[i].id += "/" + items[i].result.Period.String()
		}
	}
	slices.SortStableFunc(items, func(x, y item) int {
		return cmp.Or(
			cmp.Compare(place[x.score.Measure], place[y.score.Measure]),
			cmp.Compare(x.score.Period.From, y.score.Period.From),
		)
	})
	return items
}

// timeline returns the periods before this one in order, and this one last.
func timeline(earlier []Earlier, now Earlier) []Earlier {
	var out []Earlier
	for _, e := range earlier {
		if e.Period.From < now.Period.From {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Earlier) int { return cmp.Compare(a.Period.From, b.Period.From) })
	return append(out, now)
}

// scheme adds one scheme to the assessment.
func (a *assessor) scheme(s *contract.SchemeDocument) error {
	if _, err := money.ParseRounding(string(s.Rounding)); err != nil {
		return err
	}
	total, lines, err := a.price(s)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.Amount.Sign() < 0 {
			return fault.New(fault.Invalid, "Let no rate, sum, factor or number of points be negative",
				"%s would cost %s, and a credit is never negative", line.ID, line.Amount)
		}
	}
	if err := a.limit(s, &total); err != nil {
		return err
	}
	back, err := a.earnBack(s, &total)
	if err != nil {
		return err
	}
	a.out.Lines = append(a.out.Lines, lines...)
	a.out.EarnBacks = append(a.out.EarnBacks, back...)
	a.out.Schemes = append(a.out.Schemes, total)
	if a.out.Total, err = a.out.Total.Add(total.Net); err == nil {
		a.out.Total, err = a.out.Total.Sub(total.EarnedBack)
	}
	return err
}

// charges returns the charges of the period, for terms that are a share of them.
func (a *assessor) charges() (money.Amount, error) {
	if !a.charged {
		return money.Amount{}, fault.New(fault.Invalid, "State the charges, or a sum in place of the percentage",
			"the contract states no charges for %s to take a percentage of", a.period)
	}
	return a.out.Charges, nil
}
