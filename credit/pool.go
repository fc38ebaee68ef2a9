package credit

import (
	"fmt"
	"strings"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/money"
)

// pool prices the points of all measures together: gross is rounded once, and the
// lines are gross split by their points.
func (a *assessor) pool(s *contract.SchemeDocument, items []item, total *SchemeTotal) ([]Line, error) {
	weights := make([]int64, len(items))
	for i, x := range items {
		if x.score.Points < 0 {
			return nil, fault.New(fault.Invalid, "", "measure %s has %s, and points are never negative", x.id, points(x.score.Points))
		}
		weights[i] = int64(x.score.Points)
		total.Points += x.score.Points
	}
	exact, rule, err := a.together(s, total.Points)
	if err != nil {
		return nil, err
	}
	total.Gross = exact.Round(s.Rounding)
	total.Rounding = lost(exact, total.Gross, s.Rounding)
	total.Rule = rule + " = " + total.Gross.String()
	lines := make([]Line, len(items))
	for i, x := range items {
		lines[i] = a.line(s, x)
		lines[i].Points = x.score.Points
		if lines[i].Rule = free(x); lines[i].Rule == "" {
			lines[i].Rule = "no points"
		}
	}
	if total.Points == 0 {
		return lines, nil
	}
	parts, err := money.Split(total.Gross, weights)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if lines[i].Points != 0 {
			lines[i].Amount, lines[i].Rounding = parts[i], total.Rounding
			lines[i].Rule = a.part(s, &lines[i], total)
		}
	}
	return lines, nil
}

// together returns the exact price of so many points in one service period, and the
// arithmetic before its "=".
func (a *assessor) together(s *contract.SchemeDocument, n int) (money.Amount, string, error) {
	if s.Ratchet != nil {
		return ratchet(s.Ratchet, n)
	}
	charges, err := a.charges()
	if err != nil {
		return money.Amount{}, "", err
	}
	rate := s.PointsRate.Rate
	exact := rate.Of(charges).Mul(money.NewDecimal(int64(n), 0))
	return exact, fmt.Sprintf("%s x %s x %s", points(n), rate, charges), nil
}

// part says how a line's share of gross came about: as a product where it is one,
// as a share of the total where the total was rounded or is not in proportion.
func (a *assessor) part(s *contract.SchemeDocument, line *Line, total *SchemeTotal) string {
	if line.Points == total.Points {
		return total.Rule
	}
	if s.PointsRate != nil {
		if exact, rule, err := a.together(s, line.Points); err == nil && exact.Equal(line.Amount) {
			return rule + " = " + line.Amount.String()
		}
	}
	return fmt.Sprintf("%d of %s at %s together = %s", line.Points, points(total.Points), total.Gross, line.Amount)
}

// ratchet prices points band by band: those up to the free ones cost nothing, and
// each band has its own price for a point.
func ratchet(r *contract.Ratchet, n int) (money.Amount, string, error) {
	sum := money.Zero(r.PerPoint.Currency)
	var terms []string
	last := r.Free // the last point priced so far
	for _, step := range r.Steps {
		upTo := n
		if step.UpTo != nil {
			upTo = min(n, *step.UpTo)
		}
		if upTo <= last {
			continue
		}
		price := r.PerPoint.Mul(step.Factor)
		var err error
		if sum, err = sum.Add(price.Mul(money.NewDecimal(int64(upTo-last), 0))); err != nil {
			return sum, "", err
		}
		terms = append(terms, fmt.Sprintf("%s x %s", points(upTo-last), price))
		last = upTo
	}
	switch {
	case last < n:
		return sum, "", fault.New(fault.Invalid, "Give the last step no end", "%s are past the last step, which ends at %d", points(n), last)
	case len(terms) == 0:
		return sum, fmt.Sprintf("%s, with %d free", points(n), r.Free), nil
	}
	rule := strings.Join(terms, " + ")
	if r.Free > 0 {
		rule = fmt.Sprintf("%s less %d free: %s", points(n), r.Free, rule)
	}
	return sum, rule, nil
}
