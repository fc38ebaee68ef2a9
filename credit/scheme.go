package credit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/money"
)

// price returns the gross of a scheme, with its lines.
func (a *assessor) price(s *contract.SchemeDocument) (SchemeTotal, []Line, error) {
	total := SchemeTotal{Scheme: s.ID, Clause: s.Clause, Gross: a.nothing()}
	reads := measuresOf(a.contract, s)
	var items []item
	for _, x := range a.items {
		if reads[x.score.Measure] {
			items = append(items, x)
		}
	}
	switch {
	case s.PointsRate != nil, s.Ratchet != nil:
		lines, err := a.pool(s, items, &total)
		return total, lines, err
	case s.PercentShort != nil, s.Weighting != nil, s.PointValue != nil, s.Fixed != nil:
		lines, err := a.each(s, items, &total)
		return total, lines, err
	}
	return total, nil, fault.New(fault.Invalid, "Choose one of the schemes", "nothing says how credits are priced")
}

// measuresOf returns the measures that a scheme reads: those it lists, or those of
// the contract that have what it prices. Weighting and fixed price only those that
// their own rows name.
func measuresOf(c *contract.Contract, s *contract.SchemeDocument) map[string]bool {
	out := map[string]bool{}
	for i := range c.Measures {
		m := &c.Measures[i].MeasureDocument
		if len(s.Measures) == 0 && prices(s, m) || slices.Contains(s.Measures, m.ID) {
			out[m.ID] = true
		}
	}
	if s.Weighting != nil {
		maps.DeleteFunc(out, func(id string, _ bool) bool {
			return !slices.ContainsFunc(s.Weighting.Weights, func(w contract.Weight) bool { return w.Measure == id })
		})
	}
	if s.Fixed != nil {
		maps.DeleteFunc(out, func(id string, _ bool) bool {
			return !slices.ContainsFunc(s.Fixed.Sums, func(f contract.FixedSum) bool { return f.Measure == id })
		})
	}
	return out
}

// prices reports whether a measure has what the scheme prices.
func prices(s *contract.SchemeDocument, m *contract.MeasureDocument) bool {
	switch {
	case s.PointsRate != nil, s.Ratchet != nil:
		return slices.ContainsFunc(m.Bands, func(b contract.BandDocument) bool { return b.Points > 0 })
	case s.PercentShort != nil, s.PointValue != nil:
		return len(m.Target) > 0 && m.Unit() == contract.Percent
	}
	return true
}

// nothing is no money, in whole minor units.
func (a *assessor) nothing() money.Amount { return money.Zero(a.contract.Currency).Round(money.Down) }

// line is a line that costs nothing yet.
func (a *assessor) line(s *contract.SchemeDocument, x item) Line {
	return Line{
		ID: s.ID + "/" + x.id, Scheme: s.ID, Measure: x.score.Measure, Period: x.score.Period,
		Band: x.score.Band, Amount: a.nothing(), Clause: s.Clause,
	}
}

// each prices the measures one by one; gross is the sum of the rounded lines.
func (a *assessor) each(s *contract.SchemeDocument, items []item, total *SchemeTotal) ([]Line, error) {
	lines := make([]Line, 0, len(items))
	var terms []string
	for _, x := range items {
		line := a.line(s, x)
		priced, err := a.one(s, x, &line)
		if err == nil {
			total.Gross, err = total.Gross.Add(line.Amount)
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "measure %s", x.id)
		}
		if priced {
			terms = append(terms, line.Amount.String())
		}
		if line.Rounding != "" {
			total.Rounding = line.Rounding
		}
		total.Points += line.Points
		lines = append(lines, line)
	}
	switch len(terms) {
	case 0:
		total.Rule = "nothing is due"
	case 1:
		total.Rule = terms[0]
	default:
		total.Rule = strings.Join(terms, " + ") + " = " + total.Gross.String()
	}
	return lines, nil
}

// one prices one measure, or says in its line why it costs nothing.
func (a *assessor) one(s *contract.SchemeDocument, x item, line *Line) (priced bool, err error) {
	if unit := x.result.Measure.Unit(); unit != contract.Percent && (s.PercentShort != nil || s.PointValue != nil) {
		return false, fault.New(fault.Invalid, "List the scheme's measures and leave this one out",
			"the scheme counts percentage points, and the measure has the unit %s", unit)
	}
	if line.Rule = free(x); line.Rule != "" {
		return false, nil
	}
	switch {
	case s.Fixed != nil:
		return fixed(s, x, line), nil
	case !x.result.Failed:
		line.Rule = "the target is met"
		return false, nil
	case s.Weighting != nil:
		return true, a.weighted(s, x, line)
	}
	short, err := shortOf(x.result)
	switch {
	case err != nil:
		return false, err
	case s.PointValue != nil:
		return true, stepped(s, short, line)
	}
	return true, a.percentShort(s, short, line)
}

// free says why a result costs nothing in any scheme; empty where it may cost.
func free(x item) string {
	switch {
	case !x.result.Measured:
		return "nothing was measured"
	case x.result.Small:
		return "the target is met by the small-volume rule"
	case x.score.Suppressed != "":
		return "the failure is not counted, by rule " + x.score.Suppressed
	}
	return ""
}

// set rounds an exact price into the line; the rule is the arithmetic before "=".
func (line *Line) set(exact money.Amount, mode money.Rounding, rule string, args ...any) {
	line.Amount = exact.Round(mode)
	line.Rounding = lost(exact, line.Amount, mode)
	line.Rule = fmt.Sprintf(rule, args...) + " = " + line.Amount.String()
}

// fixed prices a measure by the sum of its band, and reports whether there is one.
func fixed(s *contract.SchemeDocument, x item, line *Line) bool {
	for _, f := range s.Fixed.Sums {
		if f.Measure == line.Measure && f.Band == line.Band {
			line.set(f.Amount, s.Rounding, "fixed sum for band %s", f.Band)
			return true
		}
	}
	line.Rule = "band " + line.Band + " costs nothing"
	if line.Band == "" {
		line.Rule = "the result is in no band"
	}
	return false
}

// weighted prices a missed measure by its share of the amount at risk.
func (a *assessor) weighted(s *contract.SchemeDocument, x item, line *Line) error {
	var atRisk money.Amount
	var words string
	switch w := s.Weighting; {
	case w.AtRisk != nil:
		charges, err := a.charges()
		if err != nil {
			return err
		}
		atRisk, words = w.AtRisk.Of(charges), fmt.Sprintf("%s x %s", w.AtRisk, charges)
	case w.Amount != nil:
		atRisk, words = *w.Amount, w.Amount.String()
	default:
		return fault.New(fault.Invalid, "State it as a percentage of the charges or as a sum", "there is no amount at risk")
	}
	// The scheme reads only measures that have a weight: see measuresOf.
	row := slices.IndexFunc(s.Weighting.Weights, func(w contract.Weight) bool { return w.Measure == line.Measure })
	factor := s.Weighting.Weights[row].Factor
	line.set(factor.Of(atRisk), s.Rounding, "%s x %s", factor, words)
	return nil
}

// percentShort prices a missed measure by its distance from the target.
func (a *assessor) percentShort(s *contract.SchemeDocument, short shortfall, line *Line) error {
	charges, err := a.charges()
	if err != nil {
		return err
	}
	rate := s.PercentShort.Rate
	if s.PercentShort.Whole {
		whole, err := short.steps(money.NewDecimal(1, 0))
		if err == nil {
			line.set(rate.Of(charges).Mul(whole), s.Rounding, "%s, so %s whole x %s x %s", strings.TrimSuffix(short.words, ","), whole, rate, charges)
		}
		return err
	}
	share, err := money.NewFraction(1, short.below)
	if err != nil {
		return err
	}
	above := rate.Of(charges).Mul(short.above)
	line.Amount = above.Times(share, s.Rounding)
	line.Rounding = lost(above, line.Amount.Mul(money.NewDecimal(short.below, 0)), s.Rounding)
	line.Rule = fmt.Sprintf("%s x %s x %s = %s", short.words, rate, charges, line.Amount)
	return nil
}

// stepped prices a missed measure by the whole steps it is short.
func stepped(s *contract.SchemeDocument, short shortfall, line *Line) error {
	steps, err := short.steps(s.PointValue.Step.Points())
	if err != nil {
		return err
	}
	if line.Points, err = strconv.Atoi(steps.String()); err != nil {
		return fault.Wrap(fault.Invalid, err, "steps of %s are too many to count", s.PointValue.Step)
	}
	line.set(s.PointValue.Value.Mul(steps), s.Rounding, "%s, so %s for whole steps of %s x %s",
		strings.TrimSuffix(short.words, ","), points(line.Points), s.PointValue.Step, s.PointValue.Value)
	return nil
}
