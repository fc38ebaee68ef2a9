package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// promise is one thing that a ledger promises, as a test of it.
type promise struct {
	name string
	hold func(s *stand)
}

// Run holds ledgers to their promises. Each promise gets a new place from the given
// function; some are tried at the same time.
func Run(t *testing.T, place func(t testing.TB) Place) {
	for _, list := range [][]promise{
		journalPromises, commitPromises, writerPromises, shelfPromises, listPromises, partPromises, appendPromises,
		withheldPromises, momentPromises,
	} {
		for _, p := range list {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				s := &stand{T: t, place: place(t), clock: NewClock(Start)}
				s.ledger = s.open()
				p.hold(s)
			})
		}
	}
}

// stand is where one promise is tried: a place with its ledger.
type stand struct {
	*testing.T
	place  Place
	clock  *Clock
	ledger store.Ledger
}

// open opens the ledger once more, as another process would.
func (s *stand) open() store.Ledger {
	s.Helper()
	l := s.place.Open(s.T, s.clock)
	s.Cleanup(func() {
		if err := l.Close(); err != nil {
			s.Errorf("closing: %v", err)
		}
	})
	return l
}

// commit commits a change that must succeed.
func (s *stand) commit(c *store.Change) store.Receipt {
	s.Helper()
	r, err := s.ledger.Commit(s.Context(), c)
	if err != nil {
		s.Fatalf("commit: %v", err)
	}
	return r
}

// refused checks that an error is of a kind.
func (s *stand) refused(err error, kind fault.Kind, what string) {
	s.Helper()
	if err == nil || fault.KindOf(err) != kind {
		s.Errorf("%s: got %v, want an error of kind %s", what, err, kind)
	}
}

// head returns the ledger's head.
func (s *stand) head() store.Head {
	s.Helper()
	h, err := s.ledger.Head(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return h
}

// found returns a ticket that must be there.
func (s *stand) found(id string) *store.Found {
	s.Helper()
	f, err := s.ledger.Ticket(s.Context(), id)
	if err != nil {
		s.Fatalf("ticket %s: %v", id, err)
	}
	return f
}

// lines returns a copy of the journal from a sequence number on.
func (s *stand) lines(from int64) [][]byte {
	s.Helper()
	return linesOf(s.T, s.ledger, from)
}

// linesOf returns a copy of a ledger's journal from a sequence number on. The numbers
// must follow one another.
func linesOf(t testing.TB, l store.Reader, from int64) [][]byte {
	t.Helper()
	var out [][]byte
	err := l.Lines(context.Background(), from, func(seq int64, line []byte) bool {
		if want := from + int64(len(out)); seq != want {
			t.Errorf("line %d stands where %d belongs", seq, want)
		}
		out = append(out, append([]byte(nil), line...))
		return true
	})
	if err != nil {
		t.Fatalf("lines: %v", err)
	}
	return out
}

// Source is the source under which the suite's own entries stand.
const Source = "towerbridge"

// Opening returns a change that opens a ticket, as a person would.
func Opening(who, key, service, party string) *store.Change {
	return &store.Change{
		Who: who, Key: key, Request: digest(key), Prefix: "INC",
		Entries: []store.Entry{{Draft: journal.Draft{
			Source: Source, Event: journal.Opened, Status: journal.New, Kind: "incident", Priority: "P2", Service: service, Party: party,
		}}},
		Rows: []store.TicketRow{{
			Kind: "incident", Priority: "P2", Service: service, Party: party, Parties: []string{party}, Status: journal.New,
			Opened: Start, Changed: Start, Due: span.Never,
		}},
	}
}

// Noting returns a change that notes something on a ticket that has a version.
func Noting(who, key string, row store.TicketRow, clear ...store.Clear) *store.Change {
	return &store.Change{
		Who: who, Key: key, Request: digest(key), Expect: []store.Expect{{Ticket: row.ID, Version: row.Version}},
		Entries: []store.Entry{{Draft: journal.Draft{Source: Source, Ticket: row.ID, Event: journal.Noted}, Clear: clear}},
		Rows:    []store.TicketRow{row},
	}
}

// digest returns the digest of a request; none where there is no key.
func digest(key string) []byte {
	if key == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// act returns a change that is an act alone.
func act(who, name, subject string) *store.Change {
	return &store.Change{Who: who, Acts: []store.Act{{ActDraft: journal.ActDraft{Source: Source, Act: name, Subject: subject}}}}
}

// tickets opens a number of tickets and returns their ids.
func (s *stand) tickets(n int) []string {
	s.Helper()
	out := make([]string, n)
	for i := range out {
		out[i] = s.commit(Opening("petra", "", fmt.Sprint("service", i%3), "desk")).Ticket
	}
	return out
}
