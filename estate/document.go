package estate

import (
	"slices"

	"towerbridge/money"
	"towerbridge/span"
)

// Document is an estate as people write it.
type Document struct {
	ID          string      `doc:"id,required" about:"Plain name by which other documents refer to the estate."`
	Name        string      `doc:"name,required" about:"What the estate is called on pages."`
	Zone        string      `doc:"zone,required" about:"IANA time zone in which the estate's times are shown, such as Europe/London."`
	Parties     []Party     `doc:"parties,required,min=1" about:"Who buys, integrates and supplies."`
	Towers      []Tower     `doc:"towers" about:"The parts that the estate's supply is cut into."`
	DataClasses []DataClass `doc:"dataClasses" about:"Kinds of information that services hold, by how they are to be protected. Where there are any, each service has one."`
	Services    []Service   `doc:"services" about:"What users get, each from one tower."`
	Sites       []Site      `doc:"sites" about:"Where users are."`
	Roles       []Role      `doc:"roles" about:"Who answers for what."`
	Supplies    []Supply    `doc:"supplies" about:"Who runs which tower for whom, under which contract."`
}

// PartyKind is the part that a party has in the estate.
type PartyKind string

// The kinds of party.
const (
	Customer   PartyKind = "customer"   // buys
	Integrator PartyKind = "integrator" // joins the suppliers' work, for the customer
	Supplier   PartyKind = "supplier"   // runs towers
)

// SchemaEnum lists the kinds a document may use.
func (PartyKind) SchemaEnum() []string {
	return []string{string(Customer), string(Integrator), string(Supplier)}
}

// Party is an organisation with a part in the estate.
type Party struct {
	ID         string    `doc:"id,required" about:"Plain name by which other entries refer to the party."`
	Name       string    `doc:"name,required" about:"What the party is called on pages."`
	Kind       PartyKind `doc:"kind,required" about:"The party's part: customer, integrator or supplier."`
	Calendar   string    `doc:"calendar" about:"The party's own working calendar, by which its share of a wait is valued. Suppliers and integrators need one."`
	Teams      []Team    `doc:"teams" about:"Teams of the party that work on tickets."`
	Groups     []string  `doc:"groups" about:"Names in logs that mean the party itself and none of its teams."`
	span.Dated `doc:",inline"`
}

// Team is a part of a party that tickets are assigned to.
type Team struct {
	ID         string   `doc:"id,required" about:"Plain name of the team within its party."`
	Name       string   `doc:"name,required" about:"What the team is called on pages."`
	Line       *int     `doc:"line" about:"Line of support: 1, 2 or 3."`
	Groups     []string `doc:"groups" about:"Names in logs that mean the team."`
	span.Dated `doc:",inline"`
}

// Tower is a part of the estate that one supplier runs at a time.
type Tower struct {
	ID         string `doc:"id,required" about:"Plain name by which other entries refer to the tower."`
	Name       string `doc:"name,required" about:"What the tower is called on pages."`
	Becomes    string `doc:"becomes" about:"Tower that takes over the services of this one on the day it ends."`
	span.Dated `doc:",inline"`
}

// Service is what users get from a tower.
type Service struct {
	ID         string   `doc:"id,required" about:"Plain name by which other entries refer to the service."`
	Name       string   `doc:"name,required" about:"What the service is called on pages."`
	Tower      string   `doc:"tower,required" about:"Tower that the service begins in; it moves along when the tower becomes another."`
	Moves      []Move   `doc:"moves" about:"Later changes of the service's tower other than by its tower becoming another, in order of their dates."`
	DataClass  string   `doc:"dataClass" about:"Kind of information in the service's tickets, by its id."`
	DependsOn  []string `doc:"dependsOn" about:"Services without which this one does not work."`
	Names      []string `doc:"names" about:"Names in logs that mean the service."`
	Promise    *Promise `doc:"promise" about:"What users have been promised about the time to put the service right."`
	span.Dated `doc:",inline"`
}

// DataClass is a kind of information, by how it is to be protected.
type DataClass struct {
	ID         string `doc:"id,required" json:"id" about:"Plain name by which services, and people's clearances, refer to the class."`
	Name       string `doc:"name,required" json:"name" about:"What the class is called on pages."`
	Restricted bool   `doc:"restricted" json:"restricted,omitempty" about:"Whether only people who are cleared for the class may see tickets of its services; that they read one is recorded."`
	About      string `doc:"about" json:"about,omitempty" about:"What belongs in the class, in a sentence."`
}

// Move is a service's change to another tower.
type Move struct {
	From  span.Date `doc:"from,required" about:"First day in the new tower."`
	Tower string    `doc:"tower,required" about:"The new tower."`
}

// Promise is what users, not suppliers, have been promised: a share of tickets
// resolved within a length of working time.
type Promise struct {
	Share      money.Percent     `doc:"share,required" json:"share" about:"Share of tickets that is resolved in time, such as 95%."`
	Within     span.Seconds      `doc:"within" json:"within,omitzero" about:"Working time to resolve a ticket whose priority is not listed, such as 8h."`
	Calendar   string            `doc:"calendar,required" json:"calendar" about:"Calendar that the working time is counted in."`
	ByPriority []PriorityPromise `doc:"byPriority" json:"byPriority,omitempty" about:"Other lengths and shares by priority."`
}

// PriorityPromise is a promise for one priority.
type PriorityPromise struct {
	Priority string         `doc:"priority,required" json:"priority" about:"Priority of the ticket, as in the contract."`
	Within   span.Seconds   `doc:"within,required" json:"within" about:"Working time to resolve a ticket of this priority."`
	Share    *money.Percent `doc:"share" json:"share,omitempty" about:"Share that is resolved in time, where it differs from that of the promise."`
}

// For returns the working time and the share promised for a priority; ok is false
// where nothing is promised.
func (p *Promise) For(priority string) (within span.Seconds, share money.Percent, ok bool) {
	if p == nil {
		return 0, share, false
	}
	i := slices.IndexFunc(p.ByPriority, func(b PriorityPromise) bool { return b.Priority == priority })
	if i < 0 {
		return p.Within, p.Share, p.Within > 0
	}
	share = p.Share
	if own := p.ByPriority[i].Share; own != nil {
		share = *own
	}
	return p.ByPriority[i].Within, share, true
}

// Nation is a part of the United Kingdom that has bank holidays of its own.
type Nation string

// SchemaEnum lists the nations a document may use.
func (Nation) SchemaEnum() []string {
	return []string{"england-and-wales", "scotland", "northern-ireland"}
}

// Site is a place where users are.
type Site struct {
	ID         string   `doc:"id,required" about:"Plain name by which other entries refer to the site."`
	Name       string   `doc:"name,required" about:"What the site is called on pages."`
	Zone       string   `doc:"zone" about:"IANA time zone of the site, where it differs from the estate's."`
	Nation     Nation   `doc:"nation" about:"Whose bank holidays the site keeps: england-and-wales, scotland or northern-ireland."`
	Calendar   string   `doc:"calendar" about:"Calendar of the hours in which the site works."`
	Names      []string `doc:"names" about:"Names in logs that mean the site."`
	span.Dated `doc:",inline"`
}

// Role is something that a party answers for.
type Role struct {
	ID         string   `doc:"id,required" about:"Plain name of the role. A role that passes to another party is written again with the same id and later dates."`
	Name       string   `doc:"name,required" about:"What the role is called on pages."`
	Party      string   `doc:"party,required" about:"Party that holds the role."`
	Scope      string   `doc:"scope" about:"Tower that the role is about; the whole estate if left out."`
	ApartFrom  []string `doc:"apartFrom" about:"Roles that the same party may not hold at the same time."`
	span.Dated `doc:",inline"`
}

// Supply is the running of a tower by a supplier for a customer.
type Supply struct {
	Tower      string   `doc:"tower,required" about:"Tower that is run."`
	Supplier   string   `doc:"supplier,required" about:"Party that runs it: a supplier, or the integrator."`
	Customer   string   `doc:"customer,required" about:"Party that it is run for."`
	Contract   string   `doc:"contract" about:"Contract under which it is run, by its id."`
	Manages    []string `doc:"manages" about:"Other towers that this supplier manages for the customer."`
	span.Dated `doc:",inline"`
}
