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
