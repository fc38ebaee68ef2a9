package cli

import (
	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
)

// recordFlag names the record that a command is about.
type recordFlag struct {
	Store string `required:"" placeholder:"URL" help:"The record: the file of its database, or a postgres:// URL."`
}

// open opens a record that exists. It is closed when the command ends.
func (s *session) open(url string) (store.Ledger, error) { return s.openOr(url, false) }

// openOr opens a record, or makes a new one.
func (s *session) openOr(url string, create bool) (store.Ledger, error) {
	if s.OpenLedger == nil {
		return nil, fault.New(fault.Unavailable, "Use the towerbridge program.", "this program was built without a database")
	}
	l, err := s.OpenLedger(s.ctx, url, create)
	if err != nil {
		return nil, err
	}
	s.used = append(s.used, l)
	return l, nil
}

// close lets go of every record that was opened.
func (s *session) close() {
	for _, l := range s.used {
		if err := l.Close(); err != nil {
			s.tell(err)
		}
	}
	s.used = nil
}

// record returns the one way to read and write a record, and who stands at its
// database, in a role.
func (s *session) record(url string, create bool, role access.Role) (*app.Record, access.Principal, error) {
	l, err := s.openOr(url, create)
	if err != nil {
		return nil, access.Principal{}, err
	}
	policies, err := access.New()
	if err != nil {
		return nil, access.Principal{}, err
	}
	r := app.NewRecord(s.ctx, l, policies, s.Now, s.Random)
	return r, r.Operator(s.ctx, role), nil
}
