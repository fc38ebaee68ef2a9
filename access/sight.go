package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go/types"
)

// ServiceOf is a service as far as rights go.
type ServiceOf struct {
	ID         string
	Tower      string // that it belongs to today
	DataClass  string // empty where it has none
	Restricted bool   // whether the class is
}

// Sight is which tickets somebody may read: those that he has reported, and those of
// which another of the conditions holds and whose service is not hidden.
//
//	reporter = Reporter  or  (All or Parties or Services) and not Hidden
type Sight struct {
	All      bool
	Parties  []string // that have held it or been offered it
	Services []string // of the ticket
	Reporter string   // who opened it; empty: that alone is no reason
	Hidden   []string // services whose tickets are seen by nobody but their reporter
}

// Holds reports whether a ticket is in sight. It is what a store does in its own
// language.
func (s *Sight) Holds(t *Ticket) bool {
	if s.Reporter != "" && t.Reporter == s.Reporter {
		return true
	}
	if slices.Contains(s.Hidden, t.Service) {
		return false
	}
	return s.All || slices.Contains(s.Services, t.Service) ||
		slices.ContainsFunc(s.Parties, func(p string) bool { return p == t.Holder || slices.Contains(t.Parties, p) })
}

// Sight returns which tickets somebody may read. The services are all that there are;
// a ticket of another is of no tower and no class. It asks the policies about a ticket
// of which one thing alone is known, for each thing by which tickets are permitted, and
// so knows nothing that they do not say.
func (p *Policies) Sight(who Principal, services []ServiceOf) Sight {
	asker := p.As(who)
	sees := func(t Ticket) bool { return asker.May(TicketRead, t).Allowed }
	s := Sight{All: sees(Ticket{})}
	if sees(Ticket{Reporter: who.ID}) {
		s.Reporter = who.ID
	}
	if !s.All && sees(Ticket{Holder: who.Party}) {
		s.Parties = []string{who.Party}
	}
	type seen struct{ service, hidden bool }
	known := map[ServiceOf]seen{} // services that no policy names are alike but for tower and class
	for _, service := range p.named(services) {
		like := service
		if !slices.Contains(p.services, service.ID) {
			like.ID = "" // which no policy may name
		}
		one, asked := known[like]
		if !asked {
			t := Ticket{Service: service.ID, Tower: service.Tower, DataClass: service.DataClass, Restricted: service.Restricted}
			one.service = !s.All && sees(t)
			t.Holder = who.Party
			one.hidden = !one.service && (s.All || s.Parties != nil) && !sees(t)
			known[like] = one
		}
		if one.service {
			s.Services = append(s.Services, service.ID)
		}
		if one.hidden {
			s.Hidden = append(s.Hidden, service.ID)
		}
	}
	return s
}

// named returns services together with those that only policies name.
func (p *Policies) named(services []ServiceOf) []ServiceOf {
	for _, id := range p.services {
		if !slices.ContainsFunc(services, func(s ServiceOf) bool { return s.ID == id }) {
			services = append(services[:len(services):len(services)], ServiceOf{ID: id})
		}
	}
	return services
}

// servicesNamed returns the services that policies on reading tickets name.
func (l policyList) servicesNamed() []string {
	var out []string
	for _, p := range l {
		for _, c := range p.written.Conditions {
			for _, e := range entitiesIn(c.Body) {
				if types.EntityType(e.Type) == "Service" {
					out = append(out, e.ID)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
