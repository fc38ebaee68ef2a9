package flow

import (
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// shape is the tickets as a log is described.
type shape struct {
	first, last          span.Instant
	durations            blocks[int64]
	duration, entries    moments
	teams, parties       moments
	allTeams, allParties map[journal.Symbol]bool
	fields               map[journal.Symbol]*fieldShape
	seen                 []journal.Symbol // scratch
	pairs                []pair           // scratch
	tickets              int64
}

// fieldShape is the values of one further field.
type fieldShape struct {
	values  moments // different values of each ticket
	missing int64   // tickets with an entry that has no value
	counted moments // different values, where none is one more
	all     map[journal.Symbol]bool
}

// pair is a value of a field that the ticket at hand has.
type pair struct {
	name, value journal.Symbol // value zero: an entry has none
}

// newShape returns an empty shape with the further fields that a journal has.
func newShape(j *journal.Journal) shape {
	s := shape{fields: map[journal.Symbol]*fieldShape{}, allTeams: map[journal.Symbol]bool{}, allParties: map[journal.Symbol]bool{}}
	asked := map[uint32]bool{}
	for _, f := range j.Facts() {
		if f.Extra == 0 || asked[f.Extra] {
			continue
		}
		asked[f.Extra] = true
		for _, x := range j.Fields(f.Extra) {
			if s.fields[x.Name] == nil {
				s.fields[x.Name] = &fieldShape{all: map[journal.Symbol]bool{}}
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
	s.teams.add(s.different(h, s.allTeams, func(m *ticket.State) journal.Symbol { return m.Team }))
	s.parties.add(s.different(h, s.allParties, func(m *ticket.State) journal.Symbol { return m.Party }))
	if len(s.fields) > 0 {
		s.takeFields(j, h)
	}
}

// different counts the different symbols of a ticket's moments and keeps those that
// are new.
func (s *shape) different(h *ticket.History, all map[journal.Symbol]bool, of func(*ticket.State) journal.Symbol) int64 {
	s.seen = s.seen[:0]
	var before journal.Symbol
	for i := range h.Moments {
		x := of(&h.Moments[i].State)
		if x == before || x == 0 {
			continue
		}
		before = x
		if !slices.Contains(s.seen, x) {
			s.seen = append(s.seen, x)
			if !all[x] {
				all[x] = true
			}
		}
	}
	return int64(len(s.seen))
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
				f.all[x.value] = true
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
	for x := range o.allTeams {
		s.allTeams[x] = true
	}
	for x := range o.allParties {
		s.allParties[x] = true
	}
	for name, f := range o.fields {
		mine := s.fields[name]
		mine.values.join(&f.values)
		mine.counted.join(&f.counted)
		mine.missing += f.missing
		for x := range f.all {
			mine.all[x] = true
		}
	}
}
