package directory

import (
	"slices"
	"strings"

	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// Options says how a file is compared with what is there.
type Options struct {
	Source string    // name under which the file's rows are kept; who is in no file of that name any more leaves
	Party  string    // people of this party only; empty: of the parties that are in the file
	On     span.Date // first day on which the plan holds, in the estate's zone
	Leave  bool      // leave to end more than LeaversShare percent of what is there
	Adopt  bool      // leave to take over rows of another source, or kept by hand
}

// ComparePeople returns the plan that makes of the people there are those of a file.
// Values of columns that the file does not have stay as they are, and so does whether
// somebody was disabled by hand. People leave who came from the same source and whose
// party is in scope. With findings the plan must not be applied.
func ComparePeople(now []Person, sheet *Sheet[Person], o Options) (*Plan[Person], fault.Findings) {
	parties := map[string]bool{o.Party: o.Party != ""}
	var findings fault.Findings
	for i := range sheet.Rows {
		party := sheet.Rows[i].Party
		if o.Party != "" && party != o.Party {
			findings = append(findings, OtherParty.At(sheet.place(i), "party", "the import is for %s, and the row for %.80q", o.Party, party))
			continue
		}
		parties[party] = true
	}
	c := comparison[Person]{table: &people, sheet: sheet, options: o, scope: func(p *Person) bool {
		return p.Source == o.Source && parties[p.Party]
	}}
	plan := c.compare(now)
	findings = append(findings, c.findings...)
	findings = append(findings, clashes(now, sheet, plan, &c)...)
	findings.Sort()
	return plan, findings
}

// CompareAssets returns the plan that makes of the assets there are those of a file,
// as [ComparePeople] does of people. Assets of the same source are in scope.
func CompareAssets(now []Asset, sheet *Sheet[Asset], o Options) (*Plan[Asset], fault.Findings) {
	c := comparison[Asset]{table: &assets, sheet: sheet, options: o, scope: func(a *Asset) bool { return a.Source == o.Source }}
	plan := c.compare(now)
	c.findings.Sort()
	return plan, c.findings
}

// CompareSites returns the plan that makes of an estate's sites those of a file: the
// file has all of them. See [estate.WithSites] for the text that it leads to.
func CompareSites(now []estate.Site, sheet *Sheet[estate.Site], o Options) (*Plan[estate.Site], fault.Findings) {
	o.Source, o.Adopt = "", true
	c := comparison[estate.Site]{table: &sites, sheet: sheet, options: o, scope: func(*estate.Site) bool { return true }}
	plan := c.compare(now)
	c.findings.Sort()
	return plan, c.findings
}

// comparison is the work of making one plan.
type comparison[T any] struct {
	table    *table[T]
	sheet    *Sheet[T]
	options  Options
	scope    func(*T) bool // whether a row leaves when it is not in the file
	findings fault.Findings
	lines    map[string]int // by id in small letters: the position of the row in the sheet
}

func (c *comparison[T]) compare(now []T) *Plan[T] {
	plan := &Plan[T]{Kind: c.table.many, Source: c.options.Source, On: c.options.On, Adds: []T{}, Changes: []Change[T]{}, Leavers: []Change[T]{}}
	c.lines = make(map[string]int, len(c.sheet.Rows))
	for i := range c.sheet.Rows {
		c.lines[strings.ToLower(c.table.id(&c.sheet.Rows[i]))] = i
	}
	there := make(map[string]bool, len(now))
	inScope := 0
	for i := range now {
		id := strings.ToLower(c.table.id(&now[i]))
		there[id] = true
		gone := c.gone(&now[i])
		if c.scope(&now[i]) && !gone {
			inScope++
		}
		row, listed := c.lines[id]
		switch {
		case listed:
			c.change(plan, &now[i], row)
		case c.scope(&now[i]) && !gone:
			plan.Leavers = append(plan.Leavers, c.leaver(now[i]))
		}
	}
	for i := range c.sheet.Rows {
		if !there[strings.ToLower(c.table.id(&c.sheet.Rows[i]))] {
			plan.Adds = append(plan.Adds, c.settled(c.sheet.Rows[i]))
		}
	}
	plan.sort(c.table.id)
	if n := len(plan.Leavers); n > LeaversFew && n*100 > inScope*LeaversShare && !c.options.Leave {
		c.findings = append(c.findings, ManyLeavers.At(fault.Position{File: c.sheet.File}, "",
			"%d of the %d %s would leave, and more than %d%% only leave with leave", n, inScope, c.table.many, LeaversShare))
	}
	return plan
}

// gone reports whether a row has ended before the plan begins.
func (c *comparison[T]) gone(row *T) bool {
	to := c.table.state(row).dated.To
	return to != nil && *to <= c.options.On
}

// settled returns a row of the source, active unless it is disabled or has ended.
func (c *comparison[T]) settled(row T) T {
	s := c.table.state(&row)
	*s.source = c.options.Source
	*s.active = !*s.disabled && !c.gone(&row)
	return row
}

// change plans what becomes of a row that is there and in the file.
func (c *comparison[T]) change(plan *Plan[T], was *T, row int) {
	wanted := &c.sheet.Rows[row]
	source := *c.table.state(was).source
	if source != c.options.Source && !c.options.Adopt {
		keeper := "by hand"
		if source != "" {
			keeper = "by the import " + source
		}
		c.findings = append(c.findings, KeptElsewhere.At(c.sheet.place(row), "id", "the %s %s is kept %s", c.table.one, c.table.id(was), keeper))
		return
	}
	is := *was
	for _, name := range c.sheet.Columns {
		if name == "id" {
			continue // as it is there: capitals do not make it another
		}
		column := &c.table.columns[c.table.column(name)]
		column.set(&is, column.get(wanted))
	}
	if !c.sheet.Has("to") && c.gone(was) { // back again
		c.table.state(&is).dated.To = nil
	}
	is = c.settled(is)
	fields := c.table.difference(was, &is)
	if len(fields) == 0 {
		plan.Same++
		return
	}
	plan.Changes = append(plan.Changes, Change[T]{ID: c.table.id(was), Was: *was, Is: is, Fields: fields})
}

// leaver ends a row that is no longer in the file. One that has not begun ends all the
// same, and then has no beginning.
func (c *comparison[T]) leaver(was T) Change[T] {
	is := was
	s := c.table.state(&is)
	on := c.options.On
	s.dated.To = &on
	if s.dated.Crossed() {
		s.dated.From = nil
	}
	*s.active = false
	return Change[T]{ID: c.table.id(&was), Was: was, Is: is, Fields: c.table.difference(&was, &is)}
}

// Claimed reports addresses and providers' accounts of a person that another active one
// has. The findings have a field and no place.
func Claimed(others []Person, p *Person) fault.Findings {
	var findings fault.Findings
	for i := range others {
		o := &others[i]
		if !o.Active || strings.EqualFold(o.ID, p.ID) {
			continue
		}
		if p.Email != "" && strings.EqualFold(o.Email, p.Email) {
			findings = append(findings, TwicePerson.At(fault.Position{}, "email", "%.80q is also that of %s", p.Email, p.calls(o)))
		}
		for _, s := range p.Subjects {
			if slices.Contains(o.Subjects, s) {
				findings = append(findings, TwicePerson.At(fault.Position{}, "subjects", "%.80q is also that of %s", s, p.calls(o)))
			}
		}
	}
	return findings
}

// calls returns what somebody is called to those who may see the person: whoever is of
// another party has no name.
func (p *Person) calls(other *Person) string {
	if other.Party != p.Party {
		return "somebody of another party"
	}
	return other.ID
}

// clashes reports addresses and providers' accounts that two active people would have.
func clashes(now []Person, sheet *Sheet[Person], plan *Plan[Person], c *comparison[Person]) fault.Findings {
	touched := map[string]bool{}
	written := plan.Rows()
	for i := range written {
		touched[written[i].ID] = true
	}
	owner := map[string]*Person{} // by address or subject
	var findings fault.Findings
	claim := func(p *Person, report bool) {
		if !p.Active {
			return
		}
		names := slices.Clone(p.Subjects)
		if p.Email != "" {
			names = append(names, strings.ToLower(p.Email))
		}
		for k, name := range names {
			other, taken := owner[name]
			if !taken {
				owner[name] = p
				continue
			}
			if row, listed := c.lines[strings.ToLower(p.ID)]; report && listed {
				field := "subjects"
				if k == len(p.Subjects) {
					field = "email"
				}
				findings = append(findings, TwicePerson.At(sheet.place(row), field, "%.80q is also that of %s", name, p.calls(other)))
			}
		}
	}
	for i := range now {
		if !touched[now[i].ID] {
			claim(&now[i], false)
		}
	}
	for i := range written {
		claim(&written[i], true)
	}
	return findings
}
