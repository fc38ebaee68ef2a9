package folder

import (
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/span"
)

// names lets the estate answer for the names that a log uses.
func names(o *eventlog.Options, e *estate.Estate) {
	d := e.Document()
	o.Group = e.Group
	o.GroupsDated = dated(&d)
	services, sites := newTable(len(d.Services)), newTable(len(d.Sites))
	for i := range d.Services {
		services.add(d.Services[i].ID, d.Services[i].Names)
	}
	for i := range d.Sites {
		sites.add(d.Sites[i].ID, d.Sites[i].Names)
	}
	o.ServiceNamed, o.SiteNamed = services.find, sites.find
}

// dated reports whether the name of a group can mean different teams on different
// dates, so that it has to be asked about row by row.
func dated(d *estate.Document) bool {
	has := func(x span.Dated) bool { return x.From != nil || x.To != nil }
	for i := range d.Parties {
		if has(d.Parties[i].Dated) {
			return true
		}
		for j := range d.Parties[i].Teams {
			if has(d.Parties[i].Teams[j].Dated) {
				return true
			}
		}
	}
	return false
}

// table finds ids by name. A name that means two things, at different dates, means
// nothing here: it is for the mapping to say which.
type table struct {
	names map[string]string
	ids   map[string]bool
}

func newTable(n int) *table {
	return &table{names: make(map[string]string, n), ids: make(map[string]bool, n)}
}

func (t *table) add(id string, names []string) {
	t.ids[id] = true
	for _, name := range names {
		if other, taken := t.names[name]; taken && other != id {
			t.names[name] = ""
			continue
		}
		t.names[name] = id
	}
}

// find returns the id that a name means. A listed name goes before an id.
func (t *table) find(name string) (string, bool) {
	if id, listed := t.names[name]; listed {
		return id, id != ""
	}
	return name, t.ids[name]
}
