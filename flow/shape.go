package flow

import (
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// shape is the tickets as a log is described.
type shape struct {
	first, last            span.Instant
	durations              blocks[int64]
	duration, entries      moments
	teams, parties         moments
	allTeams, allParties   set
	fields                 map[journal.Symbol]*fieldShape
	seenTeams, seenParties []journal.Symbol // scratch
	pairs                  []pair           // scratch
	tickets                int64
}

// fieldShape is the values of one further field.
type fieldShape struct {
	values  moments // different values of each ticket
	missing int64   // tickets with an entry that has no value
	counted moments // different values, where none is one more
	all     set
}

// pair is a value of a field that the ticket at hand has.
type pair struct {
	name, value journal.Symbol // value zero: an entry has none
}

// newShape returns an empty shape with the further fields that a journal has.
func newShape(j *journal.Journal) shape {
	s := shape{fields: map[journal.Symbol]*fieldShape{}}
	asked := map[uint32]bool{}
	for _, f := range j.Facts() {
		if f.Extra == 0 || asked[f.Extra] {
			continue
		}
		asked[f.Extra] = true
		for _, x := range j.Fields(f.Extra) {
			if s.fields[x.Name] == nil {
				s.fields[x.Name] = &fieldShape{}
			}
		}
	}
	return s
}

// take adds the ticket at hand.
func (s *shape) take(j *journal.Journal, h *ticket.History) {
	from, to := h.Opened(), h.Moments[len(h.Moments)-1].At
	if s.tickets == 0 {
		s.first, s.last = from, to
	}
	s.tickets++
	s.first, s.last = min(s.first, from), max(s.last, to)
	s.durations.add(int64(to - from))
	s.duration.add(int64(to - from))
	s.entries.add(int64(len(h.Moments)))
	s.holders(h)
	if len(s.fields) > 0 {
		s.takeFields(j, h)
	}
}

// holders counts the different teams and parties of the ticket at hand.
func (s *shape) holders(h *ticket.History) {
	teams, parties := s.seenTeams[:0], s.seenParties[:0]
	var team, party journal.Symbol
	for i := range h.Moments {
		m := &h.Moments[i].State
		if m.Team != team {
			if team = m.Team; team != 0 && !slices.Contains(teams, team) {
				teams = append(teams, team)
				s.allTeams.add(team)
			}
		}
		if m.Party != party {
			if party = m.Party; party != 0 && !slices.Contains(parties, party) {
				parties = append(parties, party)
				s.allParties.add(party)
			}
		}
	}
	s.teams.add(int64(len(teams)))
	s.parties.add(int64(len(parties)))
	s.seenTeams, s.seenParties = teams, parties
}

// set is a set of symbols, which are small numbers.
type set struct {
	has []bool
	n   int64
}

func (s *set) add(x journal.Symbol) {
	if grow := int(x) + 1 - len(s.has); grow > 0 {
		s.has = append(s.has, make([]bool, grow)...)
	}
	if !s.has[x] {
		s.has[x] = true
		s.n++
	}
}

func (s *set) join(o *set) {
	for x, has := range o.has {
		if has {
			s.add(journal.Symbol(x))
		}
	}
}

// takeFields adds the further fields of the ticket at hand.
func (s *shape) takeFields(j *journal.Journal, h *ticket.History) {
	s.pairs = s.pairs[:0]
	before, any := uint32(0), false
	for i := range h.Moments {
		extra := h.Moments[i].Extra
		if any && extra == before {
			continue
		}
		before, any = extra, true
		fields := j.Fields(extra)
		for name := range s.fields {
			x := pair{name: name}
			for _, f := range fields {
				if f.Name == name {
					x.value = f.Value
				}
			}
			if !slices.Contains(s.pairs, x) {
				s.pairs = append(s.pairs, x)
			}
		}
	}
	for name, f := range s.fields {
		var n, missing int64
		for _, x := range s.pairs {
			switch {
			case x.name != name:
			case x.value == 0:
				missing = 1
			default:
				n++
				f.all.add(x.value)
			}
		}
		f.values.add(n)
		f.counted.add(n + missing)
		f.missing += missing
	}
}

func (s *shape) join(o *shape) {
	if o.tickets == 0 {
		return
	}
	if s.tickets == 0 {
		*s = *o
		return
	}
	s.tickets += o.tickets
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
	s.durations.join(&o.durations)
	s.duration.join(&o.duration)
	s.entries.join(&o.entries)
	s.teams.join(&o.teams)
	s.parties.join(&o.parties)
	s.allTeams.join(&o.allTeams)
	s.allParties.join(&o.allParties)
	for name, f := range o.fields {
		mine := s.fields[name]
		mine.values.join(&f.values)
		mine.counted.join(&f.counted)
		mine.missing += f.missing
		mine.all.join(&f.all)
	}
}
