package contract

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// CheckAlone reports everything wrong with the contract that shows without any
// other document, in the order of the lines. The findings are numbered 1301 to
// 1399; [Document.Check] adds what needs the estate, the calendars and the zones.
//
// A contract without findings is one whose terms answer every question: each
// possible result lies in exactly one band, each ticket of a clock has a calendar,
// no row is there that nothing can reach, and nobody approves their own relief.
func (d *Document) CheckAlone(where *document.Where) fault.Findings {
	c := newChecker(d, where)
	if !c.modest() {
		return c.findings
	}
	c.names()
	c.term()
	c.dates()
	c.charges()
	c.lateEntries()
	c.legs()
	c.clocks()
	c.targets()
	c.measures()
	c.schemes()
	c.exclusions()
	c.related()
	c.findings.Sort()
	return c.findings
}

// checker gathers what is wrong with one contract.
type checker struct {
	doc       *Document
	where     *document.Where
	findings  fault.Findings
	clockAt   map[string]int // positions of clocks by their ids
	measureAt map[string]int // and of measures
}

func newChecker(d *Document, where *document.Where) *checker {
	c := &checker{doc: d, where: where, clockAt: map[string]int{}, measureAt: map[string]int{}}
	for i := range d.Clocks {
		c.clockAt[d.Clocks[i].ID] = i
	}
	for i := range d.Measures {
		c.measureAt[d.Measures[i].ID] = i
	}
	return c
}

func (c *checker) add(rule fault.Rule, path, format string, args ...any) {
	c.findings = append(c.findings, c.where.Finding(rule, path, format, args...))
}

// at writes the path of an item of a list, such as at("measures", 2).
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// modest reports whether every list is short enough to compare its rows.
func (c *checker) modest() bool {
	d := c.doc
	for _, list := range []struct {
		path string
		rows int
	}{
		{"charges", len(d.Charges)},
		{"pauseCauses", len(d.PauseCauses)},
		{"clocks", len(d.Clocks)},
		{"targets", len(d.Targets)},
		{"measures", len(d.Measures)},
		{"credits", len(d.Credits)},
		{"exclusions", len(d.Exclusions)},
		{"term.extensions", len(d.Term.Extensions)},
	} {
		c.most(list.path, list.rows, MaxRows)
	}
	c.most("relatedFailures", len(d.Related), MaxBands)
	for i := range d.Related {
		c.most(at("relatedFailures", i)+".suppresses", len(d.Related[i].Suppress), MaxBands)
	}
	for i := range d.Clocks {
		c.most(at("clocks", i)+".calendars", len(d.Clocks[i].Calendars), MaxBands)
	}
	for i := range d.Measures {
		c.most(at("measures", i)+".bands", len(d.Measures[i].Bands), MaxBands)
		c.most(at("measures", i)+".target", len(d.Measures[i].Target), MaxBands)
	}
	return len(c.findings) == 0
}

func (c *checker) most(path string, rows, limit int) {
	if rows > limit {
		c.add(RuleTooMany, path, "%d rows are more than the %d allowed", rows, limit)
	}
}

// names checks that everything with a name has one of its own.
func (c *checker) names() {
	d := c.doc
	for _, n := range []struct{ path, name string }{
		{"id", d.ID}, {"customer", d.Customer}, {"supplier", d.Supplier}, {"zone", d.Zone},
	} {
		c.named(n.path, n.name)
	}
	if d.Customer == d.Supplier && d.Customer != "" {
		c.add(RuleOneParty, "supplier", "%q is the customer too", d.Supplier)
	}
	c.distinct("towers", d.Towers)
	unique(c, "clocks", d.Clocks, func(x *ClockDocument) string { return x.ID })
	unique(c, "measures", d.Measures, func(x *MeasureDocument) string { return x.ID })
	unique(c, "credits", d.Credits, func(x *SchemeDocument) string { return x.ID })
	unique(c, "exclusions", d.Exclusions, func(x *ExclusionDocument) string { return x.ID })
	unique(c, "relatedFailures", d.Related, func(x *RelatedDocument) string { return x.ID })
	for i := range d.PauseCauses {
		c.named(at("pauseCauses", i)+".reason", d.PauseCauses[i].Reason)
	}
}

func (c *checker) named(path, name string) {
	if strings.TrimSpace(name) == "" {
		c.add(RuleNoName, path, "the name is empty")
	}
}

// unique checks that the rows of a list have ids and share none.
func unique[T any](c *checker, list string, rows []T, id func(*T) string) {
	first := map[string]int{}
	for i := range rows {
		name, path := id(&rows[i]), at(list, i)+".id"
		c.named(path, name)
		if j, taken := first[name]; taken && name != "" {
			c.add(RuleTwice, path, "%q is the id of %s too", name, at(list, j))
		} else {
			first[name] = i
		}
	}
}

// distinct checks that a list of names holds none twice.
func (c *checker) distinct(list string, names []string) {
	seen := map[string]bool{}
	for i, n := range names {
		c.named(at(list, i), n)
		if seen[n] && n != "" {
			c.add(RuleTwice, at(list, i), "%q is listed twice", n)
		}
		seen[n] = true
	}
}

// within checks that a number lies between two bounds, both included.
func (c *checker) within(path string, n, least, most int) bool {
	if n < least || n > most {
		c.add(RuleOutOfRange, path, "%d is not between %d and %d", n, least, most)
		return false
	}
	return true
}

// dated is a row that holds between dates, and where it stands.
type dated struct {
	path string
	span.Dated
}

// dates checks the dates of every row that has them.
func (c *checker) dates() {
	d := c.doc
	var loose []dated // rows of which several may hold on one day
	for i := range d.Targets {
		loose = append(loose, dated{at("targets", i), d.Targets[i].Dated})
	}
	for i := range d.Measures {
		m, path := &d.Measures[i], at("measures", i)
		loose = append(loose, dated{path, m.Dated})
		for k := range m.Bands {
			loose = append(loose, dated{at(path+".bands", k), m.Bands[k].Dated})
		}
		var levels []dated
		for k := range m.Target {
			levels = append(levels, dated{at(path+".target", k), m.Target[k].Dated})
		}
		c.oneAtATime(levels, "target level")
	}
	for i := range d.Credits {
		s, path := &d.Credits[i], at("credits", i)
		loose = append(loose, dated{path, s.Dated})
		for k := range s.Caps {
			loose = append(loose, dated{at(path+".caps", k), s.Caps[k].Dated})
		}
	}
	for i := range d.Exclusions {
		loose = append(loose, dated{at("exclusions", i), d.Exclusions[i].Dated})
	}
	for _, r := range loose {
		c.holds(r)
	}
	var charges []dated
	for i := range d.Charges {
		charges = append(charges, dated{at("charges", i), d.Charges[i].Dated})
	}
	c.oneAtATime(charges, "charge")
	causes := map[string][]dated{}
	for i := range d.PauseCauses {
		r := d.PauseCauses[i].Reason
		causes[r] = append(causes[r], dated{at("pauseCauses", i), d.PauseCauses[i].Dated})
	}
	for reason, rows := range causes {
		c.oneAtATime(rows, fmt.Sprintf("cause of %q", reason))
	}
}

// holds reports whether a row holds on some day of the longest term.
func (c *checker) holds(r dated) bool {
	if r.Crossed() {
		c.add(RuleCrossed, r.path+".to", "%s is not later than %s", *r.To, *r.From)
		return false
	}
	start, end := c.doc.longest()
	from, to := r.bounds()
	if start < end && (to <= start || end <= from) {
		c.add(RuleOutsideTerm, r.path, "the row holds %s, and the longest term from %s to %s", r.words(), start, end)
		return false
	}
	return true
}

// bounds returns the first day on which the row holds and the first on which it
// no longer does.
func (r dated) bounds() (span.Date, span.Date) {
	from, to := -span.OpenEnd, span.OpenEnd
	if r.From != nil {
		from = *r.From
	}
	if r.To != nil {
		to = *r.To
	}
	return from, to
}

// words says when the row holds.
func (r dated) words() string {
	switch {
	case r.From != nil && r.To != nil:
		return fmt.Sprintf("from %s to %s", *r.From, *r.To)
	case r.From != nil:
		return fmt.Sprintf("from %s", *r.From)
	case r.To != nil:
		return fmt.Sprintf("to %s", *r.To)
	}
	return "always"
}

// oneAtATime checks rows of which at most one may hold on a day.
func (c *checker) oneAtATime(rows []dated, what string) {
	rows = slices.DeleteFunc(rows, func(r dated) bool { return !c.holds(r) })
	slices.SortStableFunc(rows, func(a, b dated) int {
		x, _ := a.bounds()
		y, _ := b.bounds()
		return int(x - y)
	})
	for i := 1; i < len(rows); i++ {
		_, end := rows[i-1].bounds()
		if from, to := rows[i].bounds(); from < end {
			c.add(RuleOverlapping, rows[i].path, "the %s %s, which holds %s, still holds on %s",
				what, rows[i-1].path, rows[i-1].words(), max(from, c.doc.Term.Start))
			if end > to {
				rows[i] = rows[i-1]
			}
		}
	}
}
