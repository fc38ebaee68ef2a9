package contract

import (
	"errors"
	"slices"

	"towerbridge/calendar"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// What can be wrong between a contract and the documents that it refers to.
var (
	RuleZone = fault.Declare(1401, "The time zone is not in the IANA data",
		"Write an IANA name such as Europe/London; there is no default.")
	RuleUnknownParty = fault.Declare(1402, "There is no party of that id in the estate",
		"Mend the id, or add the party to the estate.")
	RulePartyKind = fault.Declare(1403, "A party of this kind cannot stand here",
		"Customers buy, suppliers and integrators supply, integrators integrate.")
	RuleUnknownTower = fault.Declare(1404, "There is no tower of that id in the estate",
		"Mend the id, or add the tower to the estate.")
	RuleNotSupplied = fault.Declare(1405, "The estate does not have the tower supplied under this contract",
		"Make the supply in the estate and the contract agree on supplier, customer, contract and dates.")
	RuleUnknownCalendar = fault.Declare(1406, "There is no calendar of that id",
		"Mend the id, or add the calendar.")
	RuleCalendarRange = fault.Declare(1407, "A calendar does not know all days of the term",
		"Use a calendar whose holidays are known for the whole term: none are ever guessed.")
	RuleUnknownService = fault.Declare(1408, "There is no service of that id in the estate",
		"Mend the id, or add the service to the estate.")
	RuleUnknownSite = fault.Declare(1409, "There is no site of that id in the estate",
		"Mend the id, or add the site to the estate.")
	RuleDaysAlways = fault.Declare(1410, "A target in business days is counted in a calendar that is always open",
		"Write the target as a length of time, or give the clock a calendar of working days for these tickets.")
)

// World is the documents that contracts refer to.
type World struct {
	Estate    *estate.Estate // nil leaves out what only the estate can tell
	Calendars Calendars
	Zones     calendar.Zones
}

// Check reports everything wrong between the contract and the documents it refers
// to, in the order of the lines: parties, towers, services, sites, calendars and
// the zone. The findings are numbered 1401 to 1449. It does not repeat
// [Document.CheckAlone], which [Read] has done already.
func (d *Document) Check(where *document.Where, w World) fault.Findings {
	c := &worldChecker{checker: newChecker(d, where), world: w, ranged: map[string]bool{}}
	c.zone()
	if w.Estate != nil {
		c.parties()
		c.towers()
		c.places()
	}
	c.references()
	c.businessDays()
	c.findings.Sort()
	return c.findings
}

// worldChecker gathers what is wrong between a contract and its world.
type worldChecker struct {
	*checker
	world  World
	ranged map[string]bool // calendars whose range was looked at
	term   span.Span       // the term as it stands; empty where the zone is unknown
}

// zone checks the contract's zone, and with it finds the instants of the term.
func (c *worldChecker) zone() {
	d := c.doc
	location, err := c.world.Zones.Location(d.Zone)
	if err != nil {
		f := c.where.Finding(RuleZone, "zone", "%v", err)
		if e := (*fault.Error)(nil); errors.As(err, &e) {
			f.Message, f.Remedy = e.Message, e.Remedy
		}
		c.findings = append(c.findings, f)
		return
	}
	c.term = span.Span{From: d.Term.Start.Start(location), To: d.Ends().Start(location)}
}

// Ends returns the first day after the term as it stands: the initial term and
// every option that was taken.
func (d *Document) Ends() span.Date {
	months := 0
	for _, x := range d.Term.Extensions {
		if x.TakenOn != nil {
			months += x.Months
		}
	}
	return d.Term.End.AddMonths(months)
}

func (c *worldChecker) parties() {
	d := c.doc
	c.party("customer", d.Customer, estate.Customer)
	c.party("supplier", d.Supplier, estate.Supplier, estate.Integrator)
	if d.Integrator != "" {
		c.party("integrator", d.Integrator, estate.Integrator)
	}
}

func (c *worldChecker) party(path, id string, kinds ...estate.PartyKind) {
	if _, ok := c.world.Estate.Party(id); !ok {
		c.add(RuleUnknownParty, path, "there is no party %q", id)
	} else if kind := c.world.Estate.PartyKind(id); !slices.Contains(kinds, kind) {
		c.add(RulePartyKind, path, "%q is of kind %s", id, kind)
	}
}

// towers checks that the estate has each tower supplied under this contract on
// some day of the longest term; a tower may be taken over after the start.
func (c *worldChecker) towers() {
	d := c.doc
	start, end := d.longest()
	for i, id := range d.Towers {
		if _, ok := c.world.Estate.Tower(id); !ok {
			c.add(RuleUnknownTower, at("towers", i), "there is no tower %q", id)
			continue
		}
		if slices.ContainsFunc(c.world.Estate.Document().Supplies, func(s estate.Supply) bool {
			from, to := dated{Dated: s.Dated}.bounds()
			return s.Tower == id && s.Contract == d.ID && s.Supplier == d.Supplier && s.Customer == d.Customer && from < end && start < to
		}) {
			continue
		}
		if who, ok := c.world.Estate.SupplierOf(id, start); ok {
			c.add(RuleNotSupplied, at("towers", i), "no supply names contract %q with supplier %q and customer %q during the term; on %s %q runs the tower",
				d.ID, d.Supplier, d.Customer, start, who)
		} else {
			c.add(RuleNotSupplied, at("towers", i), "no supply names contract %q with supplier %q and customer %q during the term; on %s nobody runs the tower",
				d.ID, d.Supplier, d.Customer, start)
		}
	}
}

// places checks the services and sites that rows are for.
func (c *worldChecker) places() {
	d := c.doc
	for i := range d.Clocks {
		for k := range d.Clocks[i].Calendars {
			x, path := &d.Clocks[i].Calendars[k], at(at("clocks", i)+".calendars", k)
			c.services(path+".services", x.Services)
			c.sites(path+".sites", x.Sites)
		}
	}
	for i := range d.Targets {
		c.services(at("targets", i)+".services", d.Targets[i].Services)
		c.sites(at("targets", i)+".sites", d.Targets[i].Sites)
	}
	for i := range d.Measures {
		if a := d.Measures[i].Availability; a != nil {
			c.services(at("measures", i)+".availability.services", a.Services)
		}
	}
}

func (c *worldChecker) services(list string, ids []string) {
	for i, id := range ids {
		if _, ok := c.world.Estate.Service(id); !ok {
			c.add(RuleUnknownService, at(list, i), "there is no service %q", id)
		}
	}
}

func (c *worldChecker) sites(list string, ids []string) {
	for i, id := range ids {
		if _, ok := c.world.Estate.Site(id); !ok {
			c.add(RuleUnknownSite, at(list, i), "there is no site %q", id)
		}
	}
}

// references checks every calendar that the contract names.
func (c *worldChecker) references() {
	d := c.doc
	if d.LateEntries != nil {
		c.calendar("lateEntries.calendar", d.LateEntries.Calendar)
	}
	if d.Legs != nil {
		c.calendar("legs.acceptCalendar", d.Legs.AcceptCalendar)
	}
	for i := range d.Clocks {
		k, path := &d.Clocks[i], at("clocks", i)
		c.calendar(path+".calendar", k.Calendar)
		for j := range k.Calendars {
			c.calendar(at(path+".calendars", j)+".calendar", k.Calendars[j].Calendar)
		}
	}
	for i := range d.Measures {
		if a := d.Measures[i].Availability; a != nil {
			c.calendar(at("measures", i)+".availability.calendar", a.Calendar)
		}
		if b := d.Measures[i].Backlog; b != nil {
			c.calendar(at("measures", i)+".backlog.calendar", b.Calendar)
		}
	}
}

// calendar checks that a calendar exists, and where it is named first that it
// knows the term as it stands.
func (c *worldChecker) calendar(path, id string) {
	if id == "" {
		return
	}
	known, ok := c.world.Calendars[id]
	if !ok {
		c.add(RuleUnknownCalendar, path, "there is no calendar %q", id)
		return
	}
	if c.ranged[id] || c.term.Length() == 0 || known.Covers(c.term.From, c.term.To) {
		return
	}
	c.ranged[id] = true
	first, end := span.DateIn(known.Range().From, known.Zone()), span.DateIn(known.Range().To, known.Zone())
	if c.term.From < known.Range().From {
		c.add(RuleCalendarRange, path, "%q knows no day before %s, and the term begins on %s", id, first, c.doc.Term.Start)
	} else {
		c.add(RuleCalendarRange, path, "%q knows no day from %s on, and the term ends on %s", id, end, c.doc.Ends()-1)
	}
}

// businessDays checks that no target in business days is for tickets whose calendar
// is always open: there every date is a business day, which is hardly what is meant.
func (c *worldChecker) businessDays() {
	d := c.doc
	for i := range d.Targets {
		t, path := &d.Targets[i], at("targets", i)
		switch {
		case t.Days != nil:
			path += ".businessDays"
		case t.EndOfDay != nil:
			path += ".endOfBusinessDay"
		default:
			continue
		}
		k, ok := c.clockAt[t.Clock]
		if !ok {
			continue
		}
		each := [][]string{t.Priorities}
		if len(t.Priorities) > 1 {
			each = slices.Collect(slices.Chunk(t.Priorities, 1))
		}
		for _, priorities := range each {
			ids := d.Clocks[k].calendarsFor(filterOf(priorities, t.Services, t.Sites))
			if !slices.ContainsFunc(ids, func(id string) bool { x := c.world.Calendars[id]; return x == nil || !x.Always() }) {
				c.add(RuleDaysAlways, path, "%q is always open", ids[0])
				break
			}
		}
	}
}

// calendarsFor returns the calendars that some tickets can have.
func (k *ClockDocument) calendarsFor(tickets filter) []string {
	var ids []string
	for _, x := range k.Calendars {
		choice := filterOf(x.Priorities, x.Services, x.Sites)
		if choice.meets(tickets) {
			ids = append(ids, x.Calendar)
		}
		if choice.hides(tickets) {
			return ids
		}
	}
	return append(ids, k.Calendar)
}

// meets reports whether some ticket fits both filters.
func (f filter) meets(other filter) bool {
	for i, names := range f {
		if len(names) == 0 || len(other[i]) == 0 {
			continue
		}
		common := false
		for name := range names {
			common = common || other[i][name]
		}
		if !common {
			return false
		}
	}
	return true
}
