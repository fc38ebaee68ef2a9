package estate

import (
	"cmp"
	"slices"

	"towerbridge/span"
)

// View is the estate on one date. Lists are in the order of ids, parties by kind
// first; none is null in JSON.
type View struct {
	Estate   string        `json:"estate"`
	Name     string        `json:"name"`
	Zone     string        `json:"zone"`
	Date     span.Date     `json:"date"`
	Supplies []SupplyView  `json:"supplies"`
	Parties  []PartyView   `json:"parties"`
	Towers   []TowerView   `json:"towers"`
	Services []ServiceView `json:"services"`
	Sites    []SiteView    `json:"sites"`
	Roles    []RoleView    `json:"roles"`
	Classes  []DataClass   `json:"dataClasses,omitempty"` // whatever the date
}

// SupplyView is who supplies what to whom, by ids, in the order of the towers.
type SupplyView struct {
	Tower    string   `json:"tower"`
	Supplier string   `json:"supplier"`
	Customer string   `json:"customer"`
	Contract string   `json:"contract,omitempty"`
	Manages  []string `json:"manages,omitempty"` // towers that exist on the date
}

// PartyView is a party on a date.
type PartyView struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Kind     PartyKind  `json:"kind"`
	Calendar string     `json:"calendar,omitempty"`
	Teams    []TeamView `json:"teams"`
}

// TeamView is a team on a date; line 0 is a team with no line.
type TeamView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Line int    `json:"line,omitempty"`
}

// TowerView is a tower on a date, with the party that runs it and its services.
type TowerView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Supplier string   `json:"supplier,omitempty"`
	Services []string `json:"services"`
}

// ServiceView is a service on a date, with its tower, the tower's supplier and the
// services it depends on that exist on the date.
type ServiceView struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Tower     string   `json:"tower"`
	Supplier  string   `json:"supplier"`
	DataClass string   `json:"dataClass,omitempty"`
	DependsOn []string `json:"dependsOn"`
	Promise   *Promise `json:"promise,omitempty"`
}

// SiteView is a site on a date; its zone is the estate's where it has none.
type SiteView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Zone     string `json:"zone"`
	Nation   Nation `json:"nation,omitempty"`
	Calendar string `json:"calendar,omitempty"`
}

// RoleView is a role on a date and the party that holds it.
type RoleView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Party string `json:"party"`
	Scope string `json:"scope,omitempty"`
}

// On returns the estate on a date.
func (e *Estate) On(d span.Date) View {
	return View{
		Estate: e.doc.ID, Name: e.doc.Name, Zone: e.doc.Zone, Date: d,
		Supplies: e.suppliesOn(d),
		Parties:  e.partiesOn(d),
		Towers:   e.towersOn(d),
		Services: e.servicesOn(d),
		Sites:    e.sitesOn(d),
		Roles:    e.rolesOn(d),
		Classes:  slices.SortedFunc(slices.Values(e.doc.DataClasses), func(a, b DataClass) int { return cmp.Compare(a.ID, b.ID) }),
	}
}

func (e *Estate) suppliesOn(d span.Date) []SupplyView {
	out := []SupplyView{}
	for i, s := range e.doc.Supplies {
		if e.supplies[i].on(d) {
			out = append(out, SupplyView{s.Tower, s.Supplier, s.Customer, s.Contract, e.towers.alive(s.Manages, d)})
		}
	}
	slices.SortStableFunc(out, func(a, b SupplyView) int {
		return cmp.Or(cmp.Compare(a.Tower, b.Tower), cmp.Compare(a.Customer, b.Customer))
	})
	return out
}

// alive returns those of some ids that exist on a date, in their order.
func (in index) alive(ids []string, d span.Date) []string {
	out := []string{}
	for _, id := range ids {
		if in.lives[in.byID[id]].on(d) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (e *Estate) partiesOn(d span.Date) []PartyView {
	out := []PartyView{}
	for i, p := range e.doc.Parties {
		if !e.parties.lives[i].on(d) {
			continue
		}
		v := PartyView{p.ID, p.Name, p.Kind, p.Calendar, []TeamView{}}
		for j, t := range p.Teams {
			if !e.teams[i][j].on(d) {
				continue
			}
			team := TeamView{ID: t.ID, Name: t.Name}
			if t.Line != nil {
				team.Line = *t.Line
			}
			v.Teams = append(v.Teams, team)
		}
		slices.SortFunc(v.Teams, func(a, b TeamView) int { return cmp.Compare(a.ID, b.ID) })
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b PartyView) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (e *Estate) towersOn(d span.Date) []TowerView {
	services := map[string][]string{}
	for _, s := range e.doc.Services {
		if tower, ok := e.TowerOf(s.ID, d); ok {
			services[tower] = append(services[tower], s.ID)
		}
	}
	out := []TowerView{}
	for i, t := range e.doc.Towers {
		if e.towers.lives[i].on(d) {
			supplier, _ := e.SupplierOf(t.ID, d)
			list := append([]string{}, services[t.ID]...)
			slices.Sort(list)
			out = append(out, TowerView{t.ID, t.Name, supplier, list})
		}
	}
	slices.SortFunc(out, func(a, b TowerView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (e *Estate) servicesOn(d span.Date) []ServiceView {
	out := []ServiceView{}
	for _, s := range e.doc.Services {
		if tower, ok := e.TowerOf(s.ID, d); ok {
			supplier, _ := e.SupplierOf(tower, d)
			out = append(out, ServiceView{s.ID, s.Name, tower, supplier, s.DataClass, e.services.alive(s.DependsOn, d), s.Promise})
		}
	}
	slices.SortFunc(out, func(a, b ServiceView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (e *Estate) sitesOn(d span.Date) []SiteView {
	out := []SiteView{}
	for i, s := range e.doc.Sites {
		if e.sites.lives[i].on(d) {
			out = append(out, SiteView{s.ID, s.Name, cmp.Or(s.Zone, e.doc.Zone), s.Nation, s.Calendar})
		}
	}
	slices.SortFunc(out, func(a, b SiteView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (e *Estate) rolesOn(d span.Date) []RoleView {
	out := []RoleView{}
	for i, r := range e.doc.Roles {
		if e.roles[i].on(d) {
			out = append(out, RoleView{r.ID, r.Name, r.Party, r.Scope})
		}
	}
	slices.SortFunc(out, func(a, b RoleView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
