package measure

import (
	"slices"
	"time"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// scopes remembers the verdict of each scope for each combination of what it
// reads, so that an expression is evaluated once a combination and not once a ticket.
type scopes struct {
	journal  *journal.Journal
	world    World
	list     []*contract.Scope
	verdicts [][]int8 // by scope, by combination: 0 unknown, 1 holds, -1 does not
	masked   []map[contract.Subject]int8
	combos   map[contract.Subject]int
	near     [64]struct { // those met lately, so that most tickets need no look into combos
		known   bool
		subject contract.Subject
		at      int
	}
	last   contract.Subject
	mask   contract.Subject // what any scope reads
	begun  bool             // last is set
	at     int              // combination of the ticket at hand; zero without scopes
	tower  string
	towers map[string]uint32
	reads  bool // some scope reads the tower
	zone   *time.Location
}

// add registers a scope and returns its number; scopes with the same text share one.
func (s *scopes) add(x *contract.Scope) int {
	if x.All() {
		return -1
	}
	if i := slices.IndexFunc(s.list, func(y *contract.Scope) bool { return y.Text == x.Text }); i >= 0 {
		return i
	}
	s.list = append(s.list, x)
	s.verdicts = append(s.verdicts, nil)
	s.masked = append(s.masked, map[contract.Subject]int8{})
	s.reads = s.reads || x.ReadsTower()
	s.mask = s.mask.Or(x.Mask(contract.Whole))
	if s.combos == nil {
		s.combos, s.towers = map[contract.Subject]int{}, map[string]uint32{}
	}
	return len(s.list) - 1
}

// subject makes a ticket the one that holds asks about.
func (s *scopes) subject(h *ticket.History, l *life) {
	if len(s.list) == 0 {
		return
	}
	x := l.subject.And(s.mask)
	if s.tower = ""; s.reads && l.subject.Service != 0 {
		s.tower = s.world.TowerOf(s.journal.Name(l.subject.Service), span.DateIn(h.Opened(), s.zone))
		n, ok := s.towers[s.tower]
		if !ok {
			n = uint32(len(s.towers) + 1)
			s.towers[s.tower] = n
		}
		x.Tower = n
	}
	if s.begun && x == s.last {
		return
	}
	s.last, s.begun = x, true
	near := &s.near[(uint32(x.Kind)+3*uint32(x.Priority)+5*uint32(x.Service)+7*uint32(x.Site)+11*uint32(x.Party)+13*x.Extra)%uint32(len(s.near))]
	if near.known && near.subject == x {
		s.at = near.at
		return
	}
	at, ok := s.combos[x]
	if !ok {
		at = len(s.combos)
		s.combos[x] = at
	}
	near.known, near.subject, near.at, s.at = true, x, at, at
}

// holds reports whether a scope holds for the ticket at hand; -1 holds always.
func (s *scopes) holds(scope int) bool {
	if scope < 0 {
		return true
	}
	v := s.verdicts[scope]
	if s.at < len(v) && v[s.at] != 0 {
		return v[s.at] > 0
	}
	for len(v) <= s.at {
		v = append(v, 0)
	}
	s.verdicts[scope] = v
	key := s.list[scope].Mask(s.last)
	verdict, ok := s.masked[scope][key]
	if !ok {
		verdict = -1
		if holds, err := s.list[scope].Holds(s.journal, s.last, s.tower); err == nil && holds {
			verdict = 1
		}
		s.masked[scope][key] = verdict
	}
	v[s.at] = verdict
	return verdict > 0
}
