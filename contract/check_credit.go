package contract

import (
	"slices"
	"strings"
)

// measure returns a measure by its id, or reports that there is none and returns nil.
func (c *checker) measure(path, id string) *MeasureDocument {
	if i, ok := c.measureAt[id]; ok {
		return &c.doc.Measures[i]
	}
	c.add(RuleUnknownMeasure, path, "there is no measure %q; %s", id, known(c.measureAt))
	return nil
}

// schemes checks what missing a measure costs.
func (c *checker) schemes() {
	for i := range c.doc.Credits {
		s, path := &c.doc.Credits[i], at("credits", i)
		c.distinct(path+".measures", s.Measures)
		c.price(s, path)
		c.caps(s, path)
		if s.ofCharges() && len(c.doc.Charges) == 0 {
			c.add(RuleNoCharges, path, "the scheme takes a percentage of the charges")
		}
		if e := s.EarnBack; e != nil {
			c.within(path+".earnBack.periods", e.Periods, 1, maxMonths)
			c.share(path+".earnBack.share", e.Share)
		}
		c.reads(s, path)
	}
}

// ofCharges reports whether the scheme's sums depend on the charges.
func (s *SchemeDocument) ofCharges() bool {
	return s.PointsRate != nil || s.PercentShort != nil || s.Weighting != nil && s.Weighting.AtRisk != nil ||
		slices.ContainsFunc(s.Caps, func(x CapDocument) bool { return x.Percent != nil })
}

// price checks the rates and sums of the scheme's own kind.
func (c *checker) price(s *SchemeDocument, path string) {
	switch {
	case s.PointsRate != nil:
		c.share(path+".pointsRate.rate", s.PointsRate.Rate)
	case s.PercentShort != nil:
		c.share(path+".percentShort.rate", s.PercentShort.Rate)
	case s.Weighting != nil:
		c.weighting(s, path+".weighting")
	case s.Ratchet != nil:
		c.ratchet(s.Ratchet, path+".ratchet")
	case s.PointValue != nil:
		c.share(path+".pointValue.step", s.PointValue.Step)
		c.amount(path+".pointValue.value", s.PointValue.Value, 1)
	case s.Fixed != nil:
		c.fixed(s, path+".fixed")
	}
}

func (c *checker) weighting(s *SchemeDocument, path string) {
	w := s.Weighting
	if w.AtRisk != nil {
		c.share(path+".atRiskPercent", *w.AtRisk)
	}
	if w.Amount != nil {
		c.amount(path+".atRiskAmount", *w.Amount, 1)
	}
	seen := map[string]bool{}
	for k := range w.Weights {
		x, field := &w.Weights[k], at(path+".weights", k)
		c.signed(field+".factor", x.Factor.Sign(), 1, x.Factor.String())
		if seen[x.Measure] {
			c.add(RuleTwice, field+".measure", "%q has a weight already", x.Measure)
		}
		seen[x.Measure] = true
		if m := c.priced(s, field+".measure", x.Measure); m != nil && len(m.Target)+len(m.Bands) == 0 {
			c.add(RuleNothingToRead, field+".measure", "%q has neither target nor bands and is never missed", x.Measure)
		}
	}
}

// priced checks that a scheme reads the measure that it prices, and returns it.
func (c *checker) priced(s *SchemeDocument, path, id string) *MeasureDocument {
	m := c.measure(path, id)
	if m != nil && len(s.Measures) > 0 && !slices.Contains(s.Measures, id) {
		c.add(RuleNotRead, path, "%q is not among the scheme's measures", id)
	}
	return m
}

func (c *checker) fixed(s *SchemeDocument, path string) {
	seen := map[string]bool{}
	for k := range s.Fixed.Sums {
		x, field := &s.Fixed.Sums[k], at(path+".sums", k)
		c.amount(field+".amount", x.Amount, 1)
		key := x.Measure + "\x00" + x.Band
		if seen[key] {
			c.add(RuleTwice, field+".band", "band %q of %q has a sum already", x.Band, x.Measure)
		}
		seen[key] = true
		m := c.priced(s, field+".measure", x.Measure)
		if m != nil && !slices.ContainsFunc(m.Bands, func(b BandDocument) bool { return b.Name == x.Band }) {
			c.add(RuleUnknownBand, field+".band", "%q has no band %q", x.Measure, x.Band)
		}
	}
}

// ratchet checks that the steps rise and that the last has no end.
func (c *checker) ratchet(r *Ratchet, path string) {
	c.within(path+".freePoints", r.Free, 0, 1_000_000)
	c.amount(path+".perPoint", r.PerPoint, 1)
	reached := r.Free
	for k := range r.Steps {
		step, field, last := &r.Steps[k], at(path+".steps", k), k == len(r.Steps)-1
		c.signed(field+".factor", step.Factor.Sign(), 1, step.Factor.String())
		if k > 0 && step.Factor.Cmp(r.Steps[k-1].Factor) < 0 {
			c.add(RuleRatchet, field+".factor", "%s is less than the step before, %s", step.Factor, r.Steps[k-1].Factor)
		}
		switch {
		case step.UpTo == nil && !last:
			c.add(RuleRatchet, field, "the step has no end, so that the next one never begins")
		case step.UpTo != nil && last:
			c.add(RuleRatchet, field+".upTo", "the last step ends at %d points, and more have no price", *step.UpTo)
		case step.UpTo != nil && *step.UpTo <= reached:
			c.add(RuleRatchet, field+".upTo", "%d is not beyond %d, where the step begins", *step.UpTo, reached)
		}
		if step.UpTo != nil {
			reached = max(reached, *step.UpTo)
		}
	}
}

// caps checks the limits of a scheme.
func (c *checker) caps(s *SchemeDocument, path string) {
	for k := range s.Caps {
		x, field := &s.Caps[k], at(path+".caps", k)
		if x.Percent != nil {
			c.share(field+".percentOfCharges", *x.Percent)
		}
		if x.Amount != nil {
			c.amount(field+".amount", *x.Amount, 1)
		}
		c.within(field+".rollingPeriods", x.Periods, 0, maxMonths)
	}
}

// needs returns what a measure must have for the scheme to read it, and whether
// one has it; nothing where the scheme's own rows say what they read.
func (s *SchemeDocument) needs() (what string, has func(*MeasureDocument) bool) {
	switch {
	case s.PointsRate != nil, s.Ratchet != nil:
		return "band with points", func(m *MeasureDocument) bool {
			return slices.ContainsFunc(m.Bands, func(b BandDocument) bool { return b.Points > 0 })
		}
	case s.PercentShort != nil, s.PointValue != nil:
		return "target that is a percentage", func(m *MeasureDocument) bool {
			return len(m.Target) > 0 && m.Unit() == Percent
		}
	}
	return "", nil
}

// reads checks that the measures of a scheme have what it reads. Where it names
// them each must; where it reads all, one is enough.
func (c *checker) reads(s *SchemeDocument, path string) {
	what, has := s.needs()
	for k, id := range s.Measures {
		field := at(path+".measures", k)
		if m := c.measure(field, id); m != nil && has != nil && !has(m) {
			c.add(RuleNothingToRead, field, "%q has no %s", id, what)
		}
	}
	if len(s.Measures) > 0 || has == nil {
		return
	}
	for i := range c.doc.Measures {
		if has(&c.doc.Measures[i]) {
			return
		}
	}
	c.add(RuleNothingToRead, path, "no measure of the contract has a %s", what)
}

// exclusions checks what takes tickets out of measures.
func (c *checker) exclusions() {
	for i := range c.doc.Exclusions {
		x, path := &c.doc.Exclusions[i], at("exclusions", i)
		c.scope(path+".scope", x.Scope)
		c.distinct(path+".tickets", x.Tickets)
		c.distinct(path+".measures", x.Measures)
		c.named(path+".author", x.Author)
		c.named(path+".approvedBy", x.ApprovedBy)
		if a := strings.TrimSpace(x.Author); a != "" && strings.EqualFold(a, strings.TrimSpace(x.ApprovedBy)) {
			c.add(RuleSelfApproval, path+".approvedBy", "%q asked for it", x.ApprovedBy)
		}
		if strings.TrimSpace(x.Scope) == "" && len(x.Tickets) == 0 {
			c.add(RuleExcludesNothing, path, "neither an expression nor a ticket is given")
		}
		for k, id := range x.Measures {
			c.measure(at(path+".measures", k), id)
		}
	}
}

// related checks that failures of one event are counted once, and counted at all.
func (c *checker) related() {
	suppressed := map[string][]string{} // by the measure whose failure counts
	for i := range c.doc.Related {
		x, path := &c.doc.Related[i], at("relatedFailures", i)
		c.measure(path+".first", x.First)
		c.distinct(path+".suppresses", x.Suppress)
		for k, id := range x.Suppress {
			field := at(path+".suppresses", k)
			switch {
			case c.measure(field, id) == nil:
			case id == x.First:
				c.add(RuleRelatedCircle, field, "%q would suppress itself", id)
			case leads(suppressed, id, x.First, map[string]bool{}):
				c.add(RuleRelatedCircle, field, "a failure of %q already suppresses that of %q", id, x.First)
			default:
				suppressed[x.First] = append(suppressed[x.First], id)
			}
		}
	}
}

// leads reports whether one measure's failure suppresses another's, at once or by
// way of others; seen holds those looked at.
func leads(suppressed map[string][]string, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(suppressed[from], func(m string) bool { return leads(suppressed, m, to, seen) })
}
