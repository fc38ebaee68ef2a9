package access

import "slices"

// ServiceOf is a service as far as rights go.
type ServiceOf struct {
	ID         string
	Tower      string // that it belongs to today
	DataClass  string // empty where it has none
	Restricted bool   // whether the class is
}

// Sight is which tickets somebody may read: those that he has reported, and those of
// which another of the conditions holds and whose service is not hidden.
type Sight struct {
	All      bool
	Parties  []string // that have held it or been offered it
	Services []string // of the ticket
	Reporter string   // who opened it; empty: that alone is no reason
	Hidden   []string // services whose tickets are not seen, but by their reporter
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
	for _, service := range services {
		t := Ticket{Service: service.ID, Tower: service.Tower, DataClass: service.DataClass, Restricted: service.Restricted}
		if !s.All && sees(t) {
			s.Services = append(s.Services, service.ID)
			continue
		}
		if s.All || s.Parties != nil {
			if t.Holder = who.Party; !sees(t) {
				s.Hidden = append(s.Hidden, service.ID)
			}
		}
	}
	return s
}
