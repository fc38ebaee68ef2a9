package estate

import (
	"slices"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// Estate is a document that was checked, with what is asked of it at hand. It does
// not change, and may be used from several goroutines at the same time.
type Estate struct {
	doc   Document
	where *document.Where

	parties, towers, services, sites index
	classes                          map[string]int   // data classes by id
	teams                            [][]life         // by party, then by team
	roles, supplies                  []life           // in the order of the document
	running                          map[string][]int // supplies by tower, in order of time
	placed                           [][]placement    // by service, in order of time

	groups, serviceNames, siteNames map[string][]meaning
}

// index is the entries of one list of the document.
type index struct {
	byID  map[string]int
	lives []life
}

// placement is the stay of a service in a tower.
type placement struct {
	tower int
	life  life
}

// meaning is what a name in logs means for a time: an entry of its list, and for a
// group the team, or -1 for the party itself.
type meaning struct {
	entry, team int
	life        life
}

// Read reads an estate from YAML and checks it. It returns everything that is
// wrong, each at its place, and the estate only when nothing is; otherwise nil. A
// text that is no document at all is not checked further.
func Read(file string, data []byte) (*Estate, fault.Findings) {
	doc, where, findings := document.Read[Document](file, data)
	return build(doc, where, findings)
}

// New checks an estate that was made by a program; it is [Read] without the text.
// The document must not be changed afterwards.
func New(doc Document) (*Estate, fault.Findings) { return build(doc, nil, nil) }

func build(doc Document, where *document.Where, findings fault.Findings) (*Estate, fault.Findings) {
	reported := map[string]bool{}
	for _, f := range findings {
		reported[f.Field] = true
	}
	if reported[""] { // not a document at all: its meaning cannot be told
		return nil, findings
	}
	c := &checker{Estate: &Estate{doc: doc, where: where}}
	c.check()
	for _, f := range c.findings {
		if !reported[f.Field] {
			findings = append(findings, f)
		}
	}
	if len(findings) > 0 {
		findings.Sort()
		return nil, findings
	}
	return c.Estate, nil
}

// Document returns the estate as it was written. It must not be changed.
func (e *Estate) Document() Document { return e.doc }

// Party returns a party by its id, whatever the date.
func (e *Estate) Party(id string) (Party, bool) { return lookup(e.doc.Parties, e.parties, id) }

// Tower returns a tower by its id, whatever the date.
func (e *Estate) Tower(id string) (Tower, bool) { return lookup(e.doc.Towers, e.towers, id) }

// Service returns a service by its id, whatever the date.
func (e *Estate) Service(id string) (Service, bool) { return lookup(e.doc.Services, e.services, id) }

// Site returns a site by its id, whatever the date.
func (e *Estate) Site(id string) (Site, bool) { return lookup(e.doc.Sites, e.sites, id) }

// DataClass returns a data class by its id.
func (e *Estate) DataClass(id string) (DataClass, bool) {
	i, ok := e.classes[id]
	if !ok {
		return DataClass{}, false
	}
	return e.doc.DataClasses[i], true
}

// DataClassOf returns the data class of a service by the service's id, whatever the
// date; ok is false where there is no such service, or the estate has no classes.
func (e *Estate) DataClassOf(service string) (class DataClass, ok bool) {
	s, _ := e.Service(service)
	return e.DataClass(s.DataClass)
}

func lookup[T any](list []T, in index, id string) (entry T, ok bool) {
	i, ok := in.byID[id]
	if ok {
		entry = list[i]
	}
	return entry, ok
}

// PartyKind returns the kind of a party by its id, and "" where there is none.
func (e *Estate) PartyKind(id string) PartyKind {
	p, _ := e.Party(id)
	return p.Kind
}

// SupplierOf returns the id of the party that runs a tower on a date.
func (e *Estate) SupplierOf(tower string, on span.Date) (party string, ok bool) {
	for _, i := range e.running[tower] {
		if e.supplies[i].on(on) {
			return e.doc.Supplies[i].Supplier, true
		}
	}
	return "", false
}

// TowerOf returns the id of the tower that a service belongs to on a date.
func (e *Estate) TowerOf(service string, on span.Date) (tower string, ok bool) {
	i, ok := e.services.byID[service]
	if !ok {
		return "", false
	}
	for _, p := range e.placed[i] {
		if p.life.on(on) {
			return e.doc.Towers[p.tower].ID, true
		}
	}
	return "", false
}

// Contracts returns the ids of the contracts under which towers are run on a date,
// each once, in alphabetical order.
func (e *Estate) Contracts(on span.Date) []string {
	var ids []string
	for i, s := range e.doc.Supplies {
		if s.Contract != "" && e.supplies[i].on(on) {
			ids = append(ids, s.Contract)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Group returns what the name of a group in a log means on a date: the id of a
// party, and the id and line of a team, or "" and 0 where the name means the party
// itself or the team has no line. Names compare letter by letter. A name that the
// document does not list is read as an id: of a party, or party/team.
func (e *Estate) Group(name string, on span.Date) (party, team string, line int, ok bool) {
	for _, m := range e.groups[name] {
		if !m.life.on(on) {
			continue
		}
		p := e.doc.Parties[m.entry]
		if m.team < 0 {
			return p.ID, "", 0, true
		}
		if l := p.Teams[m.team].Line; l != nil {
			line = *l
		}
		return p.ID, p.Teams[m.team].ID, line, true
	}
	return "", "", 0, false
}

// ServiceNamed returns the id of the service that a name in a log means on a date.
// A name that the document does not list is read as the id of a service.
func (e *Estate) ServiceNamed(name string, on span.Date) (id string, ok bool) {
	if i, found := named(e.serviceNames[name], on); found {
		return e.doc.Services[i].ID, true
	}
	return "", false
}

// SiteNamed returns the id of the site that a name in a log means on a date. A name
// that the document does not list is read as the id of a site.
func (e *Estate) SiteNamed(name string, on span.Date) (id string, ok bool) {
	if i, found := named(e.siteNames[name], on); found {
		return e.doc.Sites[i].ID, true
	}
	return "", false
}

func named(meanings []meaning, on span.Date) (entry int, ok bool) {
	for _, m := range meanings {
		if m.life.on(on) {
			return m.entry, true
		}
	}
	return 0, false
}

// Reference is something outside the estate that it refers to.
type Reference struct {
	Kind     string // "calendar", "contract" or "zone"
	ID       string // the id or, for a zone, its IANA name
	Field    string // path of the field that refers to it
	Position fault.Position
}

// Missing returns the finding that the thing referred to does not exist.
func (r Reference) Missing() fault.Finding {
	return UnknownReference.At(r.Position, r.Field, "there is no %s %q", r.Kind, r.ID)
}

// References returns every reference to a calendar, a contract or a zone, in the
// order of the document's lists. Whoever holds those checks that they exist.
func (e *Estate) References() []Reference {
	var out []Reference
	add := func(kind, id, field string) {
		if id != "" {
			out = append(out, Reference{kind, id, field, e.where.At(field)})
		}
	}
	add("zone", e.doc.Zone, "zone")
	for i, p := range e.doc.Parties {
		add("calendar", p.Calendar, at("parties", i)+".calendar")
	}
	for i, s := range e.doc.Services {
		if s.Promise != nil {
			add("calendar", s.Promise.Calendar, at("services", i)+".promise.calendar")
		}
	}
	for i, s := range e.doc.Sites {
		add("zone", s.Zone, at("sites", i)+".zone")
		add("calendar", s.Calendar, at("sites", i)+".calendar")
	}
	for i, s := range e.doc.Supplies {
		add("contract", s.Contract, at("supplies", i)+".contract")
	}
	return out
}
