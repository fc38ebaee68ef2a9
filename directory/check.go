package directory

import (
	"maps"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// CheckPeople returns what is wrong with references of people to the estate and with
// their roles. A person is judged on the day given or on his first day, whichever is
// later; of one who is gone by then only the party has to have existed.
func CheckPeople(sheet *Sheet[Person], e *estate.Estate, on span.Date) fault.Findings {
	c := checker{estate: e, file: sheet.File, days: map[span.Date]*day{}}
	for i := range sheet.Rows {
		p := &sheet.Rows[i]
		c.at = sheet.place(i)
		c.person(p, on)
	}
	return c.findings
}

// Check returns what is wrong with one person, as [CheckPeople] does, for a change by
// hand. The findings have a field and no place.
func (p *Person) Check(e *estate.Estate, on span.Date) fault.Findings {
	c := checker{estate: e, days: map[span.Date]*day{}}
	for i := range people.columns {
		c.form(&people.columns[i], p)
	}
	c.person(p, on)
	return c.findings
}

// CheckAssets returns what is wrong with references of assets: to sites and services
// of the estate, and to people. known reports whether there is a person of an id.
func CheckAssets(sheet *Sheet[Asset], e *estate.Estate, on span.Date, known func(person string) bool) fault.Findings {
	c := checker{estate: e, file: sheet.File, days: map[span.Date]*day{}}
	for i := range sheet.Rows {
		a := &sheet.Rows[i]
		c.at = sheet.place(i)
		if a.User != "" && !known(a.User) {
			c.add(NotThere, "user", "there is no person %.80q", a.User)
		}
		when := later(on, a.From)
		if a.To != nil && *a.To <= when {
			continue
		}
		d := c.on(when)
		c.refer("site", "site", a.Site, d.sites, when)
		c.refer("service", "service", a.Service, d.services, when)
	}
	return c.findings
}

// checker checks rows against an estate.
type checker struct {
	estate   *estate.Estate
	file     string
	at       fault.Position
	days     map[span.Date]*day
	findings fault.Findings
}

// day is the ids that an estate has on a date.
type day struct {
	parties, sites, services map[string]bool
	teams                    map[string]bool // party/team
}

func (c *checker) on(d span.Date) *day {
	if known := c.days[d]; known != nil {
		return known
	}
	view := c.estate.On(d)
	out := &day{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, p := range view.Parties {
		out.parties[p.ID] = true
		for _, t := range p.Teams {
			out.teams[p.ID+"/"+t.ID] = true
		}
	}
	for _, s := range view.Sites {
		out.sites[s.ID] = true
	}
	for _, s := range view.Services {
		out.services[s.ID] = true
	}
	c.days[d] = out
	return out
}

func later(on span.Date, from *span.Date) span.Date {
	if from != nil {
		return max(on, *from)
	}
	return on
}

// add notes a finding. As in reading, the one after the last says that there are more.
func (c *checker) add(rule fault.Rule, field, format string, args ...any) {
	switch {
	case len(c.findings) < MaxFindings:
		c.findings = append(c.findings, rule.At(c.at, field, format, args...))
	case len(c.findings) == MaxFindings:
		c.findings = append(c.findings, MoreFindings.At(c.at, "", "the rows from here on were not checked to the end"))
	}
}

func (c *checker) refer(field, kind, id string, there map[string]bool, on span.Date) {
	if id != "" && !there[id] {
		c.add(NotThere, field, "there is no %s %.80q on %s", kind, id, on)
	}
}

func (c *checker) person(p *Person, on span.Date) {
	when := later(on, p.From)
	for _, f := range access.Apart(p.Roles, c.estate.PartyKind(p.Party)) {
		c.add(f.Rule, f.Field, "%s", f.Message)
	}
	for _, class := range p.Clearances {
		if _, known := c.estate.DataClass(class); !known {
			c.add(NotThere, "clearances", "there is no data class %.80q", class)
		}
	}
	if p.To != nil && *p.To <= when {
		if _, known := c.estate.Party(p.Party); !known {
			c.add(NotThere, "party", "there is no party %.80q", p.Party)
		}
		return
	}
	d := c.on(when)
	c.refer("party", "party", p.Party, d.parties, when)
	c.refer("site", "site", p.Site, d.sites, when)
	if p.Team != "" && d.parties[p.Party] && !d.teams[p.Party+"/"+p.Team] {
		c.add(NotThere, "team", "the party %s has no team %.80q on %s", p.Party, p.Team, when)
	}
}

// form checks a value as the reading of a file does.
func (c *checker) form(column *column[Person], p *Person) {
	value, read := column.get(p), Person{}
	switch why := unfit(value); {
	case why != "":
		c.add(BadValue, column.name, "the value %s", why)
	case value == "" && column.needed:
		c.add(NoValue, column.name, "there is no %s", column.name)
	case value != strings.TrimSpace(value):
		c.add(BadValue, column.name, "%.80q begins or ends with a space", value)
	default:
		if wrong := column.set(&read, value); wrong != "" {
			c.add(BadValue, column.name, "%.80q %s", value, wrong)
		} else if column.get(&read) != value {
			c.add(BadValue, column.name, "%.80q is not in order, or says a thing twice", value)
		}
	}
}

// With returns the person with other values, as a file would have them: by the names of
// [PeopleColumns]. Whether he is active from a day on follows from them. A value that is
// not of its form is a finding; references are checked by [Person.Check].
func (p Person) With(values map[string]string, on span.Date) (Person, fault.Findings) {
	var findings fault.Findings
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		i := people.column(name)
		switch {
		case i < 0:
			findings = append(findings, BadColumn.At(fault.Position{}, name, "there is no value %.80q", name))
		case name == "id" && value != p.ID:
			findings = append(findings, BadValue.At(fault.Position{}, name, "an id never changes"))
		default:
			if wrong := people.columns[i].set(&p, value); wrong != "" {
				findings = append(findings, BadValue.At(fault.Position{}, name, "%.80q %s", value, wrong))
			}
		}
	}
	p.Active = !p.Disabled && (p.To == nil || *p.To > on)
	return p, findings
}

// Values returns the person as [Person.With] takes it, without what is empty.
func (p *Person) Values() map[string]string {
	out := map[string]string{}
	for i := range people.columns {
		if value := people.columns[i].get(p); value != "" {
			out[people.columns[i].name] = value
		}
	}
	return out
}

// Grant returns the person with a role more.
func (p Person) Grant(role access.Role) Person {
	p.Roles = sortedRoles(append(slices.Clone(p.Roles), role))
	return p
}

// Revoke returns the person with a role less.
func (p Person) Revoke(role access.Role) Person {
	p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r access.Role) bool { return r == role })
	if len(p.Roles) == 0 {
		p.Roles = nil
	}
	return p
}
