package contract

import (
	"slices"

	"towerbridge/money"
)

// maxDecimals is the largest number of decimal places that a result is rounded to.
const maxDecimals = 9

var hundred = money.NewDecimal(100, 0)

// measures checks what is counted.
func (c *checker) measures() {
	for i := range c.doc.Measures {
		m, path := &c.doc.Measures[i], at("measures", i)
		c.scope(path+".scope", m.Scope)
		c.rule(m, path)
		if m.Frequency != "" && m.Frequency.Months() < c.doc.Period.Months() {
			c.add(RuleMeasurePeriod, path+".period", "the measure is taken each %s, and a service period is a %s", m.Frequency, c.doc.Period)
		}
		c.volumes(m, path)
		judged := c.direction(m, path)
		exact := m.Precision == nil || c.within(path+".precision.decimals", m.Precision.Decimals, 0, maxDecimals)
		if sound := c.values(m, path); sound && exact {
			c.bands(m, path, judged)
		}
		if m.Rating != nil && judged {
			c.rating(m, path+".rating")
		}
		if m.Repeat != nil {
			c.within(path+".repeatFailure.multiplier", m.Repeat.Multiplier, 1, 100)
		}
	}
}

// rule checks what the measure's own kind says.
func (c *checker) rule(m *MeasureDocument, path string) {
	switch {
	case m.Share != nil:
		if id := m.Share.Clock; c.clock(path+".share.clock", id) &&
			!slices.ContainsFunc(c.doc.Targets, func(t TargetDocument) bool { return t.Clock == id }) {
			c.add(RuleNoTarget, path+".share.clock", "no target is for clock %q", id)
		}
	case m.Mean != nil:
		c.clock(path+".mean.clock", m.Mean.Clock)
	case m.Percentile != nil:
		c.clock(path+".percentile.clock", m.Percentile.Clock)
		c.share(path+".percentile.share", m.Percentile.Share)
	case m.Availability != nil:
		c.availability(m.Availability, path+".availability")
	case m.Backlog != nil:
		c.named(path+".backlog.calendar", m.Backlog.Calendar)
		if m.Backlog.OlderThan != nil {
			c.longer(path+".backlog.olderThan", *m.Backlog.OlderThan)
		}
	case m.FirstTime != nil:
		c.within(path+".firstTimeFix.line", m.FirstTime.Line, 0, 255)
	case m.Reopened != nil && m.Reopened.Within != nil:
		c.longer(path+".reopenRate.within", *m.Reopened.Within)
	case m.External != nil:
		c.named(path+".external.series", m.External.Series)
	case m.Survey != nil:
		c.named(path+".survey.series", m.Survey.Series)
	}
}

// share checks a percentage that is a share of something: above none, at most all.
func (c *checker) share(path string, p money.Percent) {
	if p.Sign() <= 0 || p.Points().Cmp(hundred) > 0 {
		c.add(RuleOutOfRange, path, "%s is not above 0%% and at most 100%%", p)
	}
}

func (c *checker) availability(a *AvailabilityRule, path string) {
	c.distinct(path+".services", a.Services)
	c.named(path+".calendar", a.Calendar)
	if s, err := CompileScope(a.Downtime); err == nil && s.All() {
		c.add(RuleScope, path+".downtime", "the expression is empty, which would make every ticket downtime")
	}
	c.scope(path+".downtime", a.Downtime)
	c.scope(path+".maintenance", a.Maintenance)
}

// direction reports whether the measure is judged the right way round, where its
// kind leaves no doubt; a count or an external series may go either way.
func (c *checker) direction(m *MeasureDocument, path string) bool {
	if len(m.Target)+len(m.Bands) == 0 && m.Rating == nil {
		return true
	}
	lower := m.Mean != nil || m.Percentile != nil || m.Backlog != nil || m.Reopened != nil || m.HandOvers != nil
	higher := m.Share != nil || m.Availability != nil || m.FirstTime != nil
	switch {
	case lower && !m.LowerBetter:
		c.add(RuleDirection, path, "a smaller result is the better one, and lowerIsBetter is not set")
		return false
	case higher && m.LowerBetter:
		c.add(RuleDirection, path+".lowerIsBetter", "a larger result is the better one")
		return false
	}
	return true
}

// volumes checks the rules for few tickets and for none.
func (c *checker) volumes(m *MeasureDocument, path string) {
	if m.ZeroVolume != "" && m.Count != nil {
		c.add(RuleZeroVolume, path+".zeroVolume", "the measure counts tickets, and none is a count")
	}
	s := m.SmallVolume
	if s == nil {
		return
	}
	path += ".smallVolume"
	failing := m.Share != nil || m.FirstTime != nil || m.Reopened != nil || m.Backlog != nil && m.Backlog.OlderThan != nil
	switch {
	case !failing:
		c.add(RuleSmallVolume, path, "the measure's result is not a share of tickets that fail one by one")
	case s.Below < 1:
		c.add(RuleSmallVolume, path+".below", "fewer than %d tickets are never counted", s.Below)
	case s.Failures < 0:
		c.add(RuleSmallVolume, path+".allowedFailures", "%d failures cannot be", s.Failures)
	case s.Failures >= s.Below-1:
		c.add(RuleSmallVolume, path+".allowedFailures", "with fewer than %d tickets there are never more than %d failures, so the target would always be met", s.Below, s.Failures)
	}
}

// values checks the unit and the range of every value of the measure, and reports
// whether all are sound.
func (c *checker) values(m *MeasureDocument, path string) bool {
	sound := true
	check := func(field string, v Value) { sound = c.value(m, field, v) && sound }
	for k := range m.Target {
		check(at(path+".target", k)+".value", m.Target[k].Value)
	}
	for k := range m.Bands {
		b, band := &m.Bands[k], at(path+".bands", k)
		for _, edge := range b.edges() {
			check(band+"."+edge.name, *edge.value)
		}
	}
	if r := m.Rating; r != nil {
		check(path+".rating.good", r.Good)
		check(path+".rating.approachingTarget", r.ApproachingTarget)
		check(path+".rating.requiresImprovement", r.RequiresImprovement)
	}
	return sound
}

func (c *checker) value(m *MeasureDocument, path string, v Value) bool {
	unit := m.Unit()
	switch {
	case v.Unit != unit:
		c.add(RuleUnit, path, "%s is a %s, and the result is a %s", v, v.Unit.kind(), unit.kind())
		return false
	case v.Number.Sign() < 0, unit == Percent && v.Number.Cmp(hundred) > 0:
		c.add(RuleImpossible, path, "no result is %s", v)
		return false
	}
	return true
}

// kind names a unit's values in a sentence.
func (u Unit) kind() string {
	return [...]string{"plain number", "percentage", "length of time"}[u]
}

// rating checks that the cut-offs get worse from one to the next.
func (c *checker) rating(m *MeasureDocument, path string) {
	worse := func(field string, v, better Value) {
		if v.Unit != better.Unit {
			return
		}
		if order := v.Number.Cmp(better.Number); order == 0 || order > 0 != m.LowerBetter {
			c.add(RuleRating, path+"."+field, "%s is not worse than %s", v, better)
		}
	}
	worse("approachingTarget", m.Rating.ApproachingTarget, m.Rating.Good)
	worse("requiresImprovement", m.Rating.RequiresImprovement, m.Rating.ApproachingTarget)
}
