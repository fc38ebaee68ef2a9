package audit

import (
	"time"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
)

// scopes remembers what each scope said of each combination of what it reads.
type scopes struct {
	journal  *journal.Journal
	tower    func(service string, on span.Date) string
	location *time.Location
	known    map[scopeKey]bool
}

type scopeKey struct {
	scope   *contract.Scope
	subject contract.Subject
	tower   string
}

// holds reports whether a scope holds for a ticket that was opened at an instant. A
// scope that cannot be evaluated does not hold.
func (s *scopes) holds(scope *contract.Scope, subject contract.Subject, opened span.Instant) bool {
	if scope.All() {
		return true
	}
	key := scopeKey{scope: scope, subject: scope.Mask(subject)}
	if scope.ReadsTower() && subject.Service != 0 {
		key.tower = s.tower(s.journal.Name(subject.Service), span.DateIn(opened, s.location))
	}
	holds, ok := s.known[key]
	if !ok {
		var err error
		holds, err = scope.Holds(s.journal, key.subject, key.tower)
		holds = holds && err == nil
		if s.known == nil {
			s.known = map[scopeKey]bool{}
		}
		s.known[key] = holds
	}
	return holds
}
