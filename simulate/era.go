package simulate

import (
	"slices"

	"towerbridge/estate"
	"towerbridge/span"
)

// era is the scene between two days on which the estate or a target changes.
type era struct {
	number   int
	from     span.Date
	services []serviceNow // by service; zero is no service
	calls    picker       // by service
	sites    picker       // by site
	desk     int          // holder that answers first; zero: nobody
	triage   int          // holder of what went astray, the integrator's; zero: the desk's
	teams    [][]int      // by party: its holders; none of a party that does not exist now
	cared    []int        // services that are maintained by turns
}

// serviceNow is a service in an era.
type serviceNow struct {
	alive      bool
	holder     int // who works on it
	party      int
	dependents []int // services that do not work without it, directly or by way of others
	atDesk     share
	strays     share
	outages    int // in a year
}

// lay makes the eras of the options' dates.
func (s *scene) lay(o Options, doc estate.Document) {
	for _, from := range s.boundaries(o, doc) {
		s.eras = append(s.eras, s.era(from, doc))
		s.eras[len(s.eras)-1].number = len(s.eras) - 1
	}
}

// boundaries lists the first days of the eras.
func (s *scene) boundaries(o Options, doc estate.Document) []span.Date {
	out := []span.Date{o.From}
	add := func(dates ...*span.Date) {
		for _, d := range dates {
			if d != nil && *d > o.From && *d < o.To {
				out = append(out, *d)
			}
		}
	}
	for _, p := range doc.Parties {
		add(p.From, p.To)
		for _, t := range p.Teams {
			add(t.From, t.To)
		}
	}
	for _, t := range doc.Towers {
		add(t.From, t.To)
	}
	for _, x := range doc.Services {
		add(x.From, x.To)
		for _, m := range x.Moves {
			add(&m.From)
		}
	}
	for _, x := range doc.Sites {
		add(x.From, x.To)
	}
	for _, x := range doc.Supplies {
		add(x.From, x.To)
	}
	for _, c := range s.world.Contracts {
		for _, t := range c.Targets {
			add(t.From, t.To)
		}
		for _, p := range c.PauseCauses {
			add(p.From, p.To)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *scene) era(from span.Date, doc estate.Document) era {
	view := s.world.Estate.On(from)
	e := era{
		from: from, services: make([]serviceNow, len(s.services.list)), teams: make([][]int, len(s.parties.list)),
	}
	s.people(&e, &view)
	weights := make([]int64, len(s.services.list))
	turn := map[int]int{}
	for _, x := range view.Services {
		at := s.services.at[x.ID]
		now := &e.services[at]
		*now = serviceNow{alive: true, party: s.parties.at[x.Supplier], atDesk: share(*s.profile.AtDesk), strays: share(*s.profile.Strays), outages: *s.profile.Outages.PerYear}
		weights[at] = 100
		team := ""
		if i := slices.IndexFunc(s.profile.Services, func(m ServiceMix) bool { return m.Service == x.ID }); i >= 0 {
			m := &s.profile.Services[i]
			weights[at], team = int64(m.Weight), m.Team
			now.atDesk, now.strays = share(*either(m.AtDesk, s.profile.AtDesk)), share(*either(m.Strays, s.profile.Strays))
			now.outages = *either(m.OutagesPerYear, s.profile.Outages.PerYear)
		}
		now.holder = s.looksAfter(&e, now.party, team, turn)
		now.dependents = s.dependents(x.ID, &view)
		if len(now.dependents) > 0 {
			e.cared = append(e.cared, at)
		}
	}
	if len(e.cared) == 0 {
		for at := range e.services {
			if e.services[at].alive {
				e.cared = append(e.cared, at)
			}
		}
	}
	e.calls = newPicker(weights)
	sites := make([]int64, len(s.sites.list))
	for _, x := range view.Sites {
		sites[s.sites.at[x.ID]] = 100
	}
	for _, w := range s.profile.Sites {
		if at := s.sites.at[w.Name]; at > 0 && sites[at] > 0 {
			sites[at] = int64(w.Weight)
		}
	}
	e.sites = newPicker(sites)
	return e
}

// people finds the desk, the integrator's triage and every party's teams.
func (s *scene) people(e *era, view *estate.View) {
	for _, p := range view.Parties {
		at := s.parties.at[p.ID]
		for _, t := range p.Teams {
			h := s.holder(p.ID, t.ID, t.Line)
			e.teams[at] = append(e.teams[at], h)
			if t.Line == 1 && e.desk == 0 && s.profile.Desk == nil {
				e.desk = h
			}
		}
		if len(p.Teams) == 0 {
			e.teams[at] = []int{s.holder(p.ID, "", 0)}
		}
		s.holder(p.ID, "", 0)
		if p.Kind == estate.Integrator && e.triage == 0 {
			e.triage = e.teams[at][0]
		}
	}
	if d := s.profile.Desk; d != nil && len(e.teams[s.parties.at[d.Party]]) > 0 {
		if at, ok := s.holderAt[[2]string{d.Party, d.Team}]; ok {
			e.desk = at
		} else {
			e.desk = e.teams[s.parties.at[d.Party]][0]
		}
	}
}

// looksAfter returns the team of a party that works on a service: the one that the
// profile names, else its teams beyond the first line by turns.
func (s *scene) looksAfter(e *era, party int, team string, turn map[int]int) int {
	if at, ok := s.holderAt[[2]string{s.parties.list[party], team}]; ok && team != "" {
		return at
	}
	teams := e.teams[party]
	if len(teams) == 0 {
		return 0
	}
	rear := slices.DeleteFunc(slices.Clone(teams), func(h int) bool { return s.holders[h].line == 1 })
	if len(rear) > 0 {
		teams = rear
	}
	turn[party]++
	return teams[(turn[party]-1)%len(teams)]
}

// dependents lists the services that do not work without one, in the estate's order.
func (s *scene) dependents(id string, view *estate.View) []int {
	down := map[string]bool{id: true}
	for grown := true; grown; {
		grown = false
		for _, x := range view.Services {
			if !down[x.ID] && slices.ContainsFunc(x.DependsOn, func(d string) bool { return down[d] }) {
				down[x.ID], grown = true, true
			}
		}
	}
	var out []int
	for _, x := range view.Services {
		if x.ID != id && down[x.ID] {
			out = append(out, s.services.at[x.ID])
		}
	}
	return out
}
