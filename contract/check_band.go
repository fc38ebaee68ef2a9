package contract

import (
	"fmt"
	"slices"

	"towerbridge/money"
	"towerbridge/span"
)

// Bands must hold every possible result exactly once. Two things decide what is
// possible: the range (0% to 100% for shares, from nothing up for the rest), and
// the grid. Where results are rounded before they are compared, or are whole by
// nature, only the values of that grid can occur, so that 98.0%-98.9% and 99.0%
// leave no gap at one decimal, and lose 98.95% at two:
//
//	one decimal    ──98.8──98.9│99.0──99.1──     no value between: no gap
//	two decimals   ──98.90│98.91 ··· 98.99│99.00──     nine values: a gap
//
// A cut is a place between two neighbouring values, so that "below 99%" and "at
// most 99%" end at different cuts and a band is simply what lies between two.

// cut is a place on the line of results: just before a value, or just after it.
type cut struct {
	value   money.Decimal
	after   bool
	endless bool // beyond every value
}

func (a cut) compare(b cut) int {
	switch {
	case a.endless || b.endless:
		return order(a.endless, b.endless)
	case !a.value.Equal(b.value):
		return a.value.Cmp(b.value)
	}
	return order(a.after, b.after)
}

// order compares two truths, false first.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// line is the possible results of a measure.
type line struct {
	unit      Unit
	grid      bool // only values with so many decimals occur
	decimals  int
	step      money.Decimal // between neighbours of the grid
	low, high cut
}

// line returns the results that the measure can have. A count of tickets and a
// percentile by nearest rank are whole numbers whatever the contract rounds to.
func (m *MeasureDocument) line() line {
	l := line{unit: m.Unit(), high: cut{endless: true}}
	switch {
	case m.Count != nil, m.Percentile != nil:
		l.grid = true
	case m.Precision != nil:
		l.grid, l.decimals = true, m.Precision.Decimals
	}
	l.step = money.NewDecimal(1, l.decimals)
	if l.unit == Percent {
		l.high = cut{value: hundred, after: true}
	}
	l.low, l.high = l.snap(l.low), l.snap(l.high)
	return l
}

// snap moves a cut to just before the first value of the grid that lies after it,
// which changes nothing about the values on either side.
func (l *line) snap(x cut) cut {
	switch {
	case !l.grid || x.endless:
		return x
	case x.after:
		return cut{value: x.value.Round(l.decimals, money.Floor).Add(l.step)}
	}
	return cut{value: x.value.Round(l.decimals, money.Ceiling)}
}

// words says which values lie between two cuts, the first of which comes first.
func (l *line) words(from, to cut) string {
	show := func(d money.Decimal) string { return Value{d, l.unit}.String() }
	least := "of at least " + show(from.value)
	if from.after {
		least = "above " + show(from.value)
	}
	if to.endless {
		return "values " + least
	}
	most := "of at most " + show(to.value)
	last := to.value
	switch {
	case l.grid:
		last = to.value.Sub(l.step)
		most = "of at most " + show(last)
	case !to.after:
		return "values " + least + " and below " + show(to.value)
	}
	if !from.after && from.value.Equal(last) {
		return "the value " + show(last)
	}
	return "values " + least + " and " + most
}

// edge is one edge of a band, by the name of its key.
type edge struct {
	name  string
	value *Value
}

// edges returns the edges that a band has.
func (b *BandDocument) edges() []edge {
	all := []edge{{"atLeast", b.AtLeast}, {"above", b.Above}, {"atMost", b.AtMost}, {"below", b.Below}}
	return slices.DeleteFunc(all, func(e edge) bool { return e.value == nil })
}

// stretch is the part of the line that a band holds.
type stretch struct {
	band     int // position in the measure's bands
	from, to cut
}

// stretch returns what a band holds, cut to the possible results.
func (l *line) stretch(band int, b *BandDocument) stretch {
	s := stretch{band, l.low, l.high}
	raise := func(x cut) {
		if x = l.snap(x); x.compare(s.from) > 0 {
			s.from = x
		}
	}
	lower := func(x cut) {
		if x = l.snap(x); x.compare(s.to) < 0 {
			s.to = x
		}
	}
	if b.AtLeast != nil {
		raise(cut{value: b.AtLeast.Number})
	}
	if b.Above != nil {
		raise(cut{value: b.Above.Number, after: true})
	}
	if b.AtMost != nil {
		lower(cut{value: b.AtMost.Number, after: true})
	}
	if b.Below != nil {
		lower(cut{value: b.Below.Number})
	}
	return s
}

// bandChecker examines the bands of one measure, date by date.
type bandChecker struct {
	*checker
	measure *MeasureDocument
	path    string
	line    line
	said    map[string]bool // what was reported for an earlier date
	dated   bool
	judged  bool // it is known which end of the line is the better one
}

// bands checks the measure's bands on every day on which they change. Unless it is
// judged the right way round, nothing is said of better and worse.
func (c *checker) bands(m *MeasureDocument, path string, judged bool) {
	if len(m.Bands) == 0 {
		return
	}
	b := bandChecker{checker: c, measure: m, path: path + ".bands", line: m.line(), said: map[string]bool{}, judged: judged}
	if !b.eachAlone() {
		return
	}
	days := c.changes(m)
	b.dated = len(days) > 1
	for _, day := range days {
		b.on(day)
	}
}

// changes returns the days of the longest term on which the measure's bands or its
// target change, the first day on which the measure holds among them.
func (c *checker) changes(m *MeasureDocument) []span.Date {
	start, end := c.doc.longest()
	from, to := dated{Dated: m.Dated}.bounds()
	start, end = max(start, from), min(end, to)
	if start >= end {
		return nil
	}
	days := []span.Date{start}
	add := func(d span.Dated) {
		for _, x := range []*span.Date{d.From, d.To} {
			if x != nil && start < *x && *x < end {
				days = append(days, *x)
			}
		}
	}
	for i := range m.Bands {
		add(m.Bands[i].Dated)
	}
	for i := range m.Target {
		add(m.Target[i].Dated)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// eachAlone checks every band by itself, and reports whether all are sound.
func (b *bandChecker) eachAlone() bool {
	before := len(b.findings)
	for k := range b.measure.Bands {
		band, path := &b.measure.Bands[k], at(b.path, k)
		b.named(path+".name", band.Name)
		b.signed(path+".points", min(1, max(-1, band.Points)), 0, fmt.Sprint(band.Points))
		if band.Met && band.Points > 0 {
			b.add(RuleMetPoints, path+".points", "the band meets the target and earns points (%d)", band.Points)
		}
		switch s := b.line.stretch(k, band); {
		case band.AtLeast != nil && band.Above != nil:
			b.add(RuleBandEdges, path+".above", "atLeast %s and above %s are both given", band.AtLeast, band.Above)
		case band.AtMost != nil && band.Below != nil:
			b.add(RuleBandEdges, path+".below", "atMost %s and below %s are both given", band.AtMost, band.Below)
		case band.crossed():
			b.add(RuleBandEdges, path, "the lower edge lies above the upper one")
		case s.from.compare(s.to) >= 0:
			b.add(RuleBandEmpty, path, "no possible result lies in %q%s", band.Name, b.rounded())
		}
	}
	return len(b.findings) == before
}

// crossed reports whether the band's lower edge lies above its upper one.
func (b *BandDocument) crossed() bool {
	low, high := b.AtLeast, b.AtMost
	if b.Above != nil {
		low = b.Above
	}
	if b.Below != nil {
		high = b.Below
	}
	return low != nil && high != nil && low.Number.Cmp(high.Number) > 0
}

// rounded says which grid was used, for messages.
func (b *bandChecker) rounded() string {
	switch {
	case !b.line.grid:
		return ""
	case b.line.decimals == 0:
		return ", results being whole numbers"
	case b.line.decimals == 1:
		return ", results having 1 decimal"
	}
	return fmt.Sprintf(", results having %d decimals", b.line.decimals)
}

// once runs an examination and keeps only the findings that no earlier day had,
// each with the day if there are several.
func (b *bandChecker) once(day span.Date, examine func()) {
	before := len(b.findings)
	examine()
	for _, x := range b.findings[before:] {
		if key := x.Field + "\x00" + x.Rule.Code() + x.Message; !b.said[key] {
			b.said[key] = true
			if b.dated {
				x.Message += fmt.Sprintf(" (on %s)", day)
			}
			b.findings[before] = x
			before++
		}
	}
	b.findings = b.findings[:before]
}

// on examines the bands that hold on a day.
func (b *bandChecker) on(day span.Date) {
	b.once(day, func() {
		var held []stretch
		names := map[string]int{}
		for k := range b.measure.Bands {
			band := &b.measure.Bands[k]
			if !band.On(day) {
				continue
			}
			held = append(held, b.line.stretch(k, band))
			if j, taken := names[band.Name]; taken {
				b.add(RuleTwice, at(b.path, k)+".name", "%q is the name of %s too, on the same day", band.Name, at(b.path, j))
			} else {
				names[band.Name] = k
			}
		}
		slices.SortStableFunc(held, func(x, y stretch) int { return x.from.compare(y.from) })
		if b.tile(held) && b.judged {
			b.ranked(held)
			b.target(held, day)
		}
	})
}

// tile checks that the bands, in the order of their lower edges, hold every result
// once.
func (b *bandChecker) tile(held []stretch) bool {
	before := len(b.findings)
	reached, last := b.line.low, -1
	for _, s := range held {
		switch order := s.from.compare(reached); {
		case order > 0:
			b.add(RuleBandGap, at(b.path, s.band), "no band holds %s%s", b.line.words(reached, s.from), b.rounded())
		case order < 0:
			to := s.to
			if reached.compare(to) < 0 {
				to = reached
			}
			b.add(RuleBandOverlap, at(b.path, s.band), "%q and %q both hold %s%s",
				b.measure.Bands[last].Name, b.measure.Bands[s.band].Name, b.line.words(s.from, to), b.rounded())
		}
		if s.to.compare(reached) > 0 {
			reached, last = s.to, s.band
		}
	}
	if reached.compare(b.line.high) < 0 {
		path := b.path
		if last >= 0 {
			path = at(b.path, last)
		}
		b.add(RuleBandGap, path, "no band holds %s%s", b.line.words(reached, b.line.high), b.rounded())
	}
	return len(b.findings) == before
}

// ranked checks that worse bands earn no fewer points and only the best are met.
// The bands tile the line, in rising order.
func (b *bandChecker) ranked(held []stretch) {
	best := slices.Clone(held)
	if !b.measure.LowerBetter {
		slices.Reverse(best)
	}
	for i := 1; i < len(best); i++ {
		better, worse := &b.measure.Bands[best[i-1].band], &b.measure.Bands[best[i].band]
		path := at(b.path, best[i].band)
		if worse.Met && !better.Met {
			b.add(RuleBandOrder, path+".met", "%q is met, and the better %q is not", worse.Name, better.Name)
		}
		if worse.Points < better.Points {
			b.add(RuleBandOrder, path, "%q earns fewer points (%d) than the better %q (%d)", worse.Name, worse.Points, better.Name, better.Points)
		}
	}
}

// target checks that some band is met, and that these begin at the target.
func (b *bandChecker) target(held []stretch, day span.Date) {
	met := slices.DeleteFunc(slices.Clone(held), func(s stretch) bool { return !b.measure.Bands[s.band].Met })
	if len(met) == 0 {
		b.add(RuleNoMetBand, b.path, "no band has met: true")
		return
	}
	level, ok := b.measure.TargetLevel(day)
	if !ok {
		return
	}
	worst, got, want := met[0].band, met[0].from, cut{value: level.Value.Number}
	if b.measure.LowerBetter {
		last := met[len(met)-1]
		worst, got, want = last.band, last.to, cut{value: level.Value.Number, after: true}
	}
	if got.compare(b.line.snap(want)) != 0 {
		b.add(RuleTargetBand, at(b.path, worst), "the target is %s, but %q, the last band to meet it, holds %s",
			level.Value, b.measure.Bands[worst].Name, b.line.words(stretchOf(met, worst)))
	}
}

// stretchOf returns the cuts of a band among stretches.
func stretchOf(list []stretch, band int) (cut, cut) {
	i := slices.IndexFunc(list, func(s stretch) bool { return s.band == band })
	return list[i].from, list[i].to
}
