package storetest

import (
	"bytes"
	"fmt"
	"slices"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

var commitPromises = []promise{
	{"a change under a key used before writes nothing and returns the first receipt", replayed},
	{"a key used for another request is a conflict", otherRequest},
	{"keys belong to whoever uses them", keyScope},
	{"a refused change does not use up its key", keyOfRefused},
	{"a ticket that has moved on refuses the change whole", expectations},
	{"a change of several tickets is made whole", severalTickets},
	{"a dry run says what would have been and leaves nothing", dryRun},
	{"each new ticket has an id of its own", newIDs},
	{"a ticket's row and lines are those of its last change", rowAndLines},
	{"a ticket's id may be any text", anyID},
	{"a change of nothing writes nothing", emptyChange},
}

func replayed(s *stand) {
	c := Opening("petra", "key-1", "mail", "desk")
	c.Put = []store.Item{{Shelf: store.Settings, ID: "a", Version: store.AnyVersion, Data: []byte("1")}}
	first := s.commit(c)
	if first.Replayed {
		s.Error("the first commit is said to be a replay")
	}
	s.clock.Set(Start + 500)
	for _, l := range []store.Ledger{s.ledger, s.open()} {
		again, err := l.Commit(s.Context(), c)
		if err != nil {
			s.Fatal(err)
		}
		if !again.Replayed || again.First != first.First || again.Last != first.Last || again.Ticket != first.Ticket || again.Learnt != first.Learnt || !slices.Equal(again.Versions, first.Versions) {
			s.Errorf("the replay returns %+v, the first commit %+v", again, first)
		}
		read, ok, err := l.Replay(s.Context(), "petra", "key-1", c.Request)
		if err != nil || !ok || read.Ticket != first.Ticket || read.First != first.First || read.Last != first.Last || !read.Replayed {
			s.Errorf("the key's receipt is %+v, %v (%v), want %+v", read, ok, err, first)
		}
	}
	if h := s.head(); h.Size != 1 {
		s.Errorf("%d lines after a replay, want 1", h.Size)
	}
	if _, ok, err := s.ledger.Replay(s.Context(), "petra", "never used", c.Request); ok || err != nil {
		s.Errorf("a key that nobody used has a receipt (%v)", err)
	}
}

func otherRequest(s *stand) {
	s.commit(Opening("petra", "key-1", "mail", "desk"))
	other := Opening("petra", "key-1", "mail", "desk")
	other.Request = []byte("another request")
	_, err := s.ledger.Commit(s.Context(), other)
	s.refused(err, fault.Conflict, "the same key with another request")
	_, _, err = s.ledger.Replay(s.Context(), "petra", "key-1", other.Request)
	s.refused(err, fault.Conflict, "asking for the key with another request")
	if h := s.head(); h.Size != 1 {
		s.Errorf("%d lines, want 1", h.Size)
	}
}

func keyScope(s *stand) {
	a := s.commit(Opening("petra", "key-1", "mail", "desk"))
	b := s.commit(Opening("carl", "key-1", "mail", "desk"))
	if b.Replayed || a.Ticket == b.Ticket {
		s.Errorf("the key of one replays the change of another: %+v, %+v", a, b)
	}
	c, d := Opening("petra", "", "mail", "desk"), Opening("petra", "", "mail", "desk")
	if x, y := s.commit(c), s.commit(d); y.Replayed || x.Ticket == y.Ticket {
		s.Error("a change without a key was taken for a replay")
	}
}

func keyOfRefused(s *stand) {
	id := s.tickets(1)[0]
	row := s.found(id).TicketRow
	wrong := row
	wrong.Version = 99
	_, err := s.ledger.Commit(s.Context(), Noting("petra", "key-1", wrong))
	s.refused(err, fault.Conflict, "a wrong version")
	if r := s.commit(Noting("petra", "key-1", row)); r.Replayed || r.Last != 2 {
		s.Errorf("after a refusal, the same key came to %+v", r)
	}
}

func expectations(s *stand) {
	id := s.tickets(1)[0]
	row := s.found(id).TicketRow
	if row.Version != 1 {
		s.Fatalf("the version of a new ticket is %d, want that of its entry, 1", row.Version)
	}
	s.commit(Noting("petra", "", row))
	_, err := s.ledger.Commit(s.Context(), Noting("carl", "", row))
	s.refused(err, fault.Conflict, "an old version")
	for what, e := range map[string]store.Expect{
		"a ticket that should not be there": {Ticket: id},
		"a ticket that is not there":        {Ticket: "INC-999999", Version: 1},
		"a version to come":                 {Ticket: id, Version: 3},
	} {
		c := Opening("petra", "", "mail", "desk")
		c.Expect = []store.Expect{{Ticket: id, Version: 2}, e}
		c.Put = []store.Item{{Shelf: store.Settings, ID: "half", Version: store.AnyVersion, Data: []byte("x")}}
		_, err := s.ledger.Commit(s.Context(), c)
		if k := fault.KindOf(err); err == nil || k != fault.Conflict && k != fault.NotFound {
			s.Errorf("%s: got %v, want a conflict or that it is not found", what, err)
		}
	}
	if h := s.head(); h.Size != 2 {
		s.Errorf("refused changes have left %d lines, want 2", h.Size)
	}
	_, err = s.ledger.Get(s.Context(), store.Settings, "half")
	s.refused(err, fault.NotFound, "an item of a refused change")
	c := Opening("petra", "", "mail", "desk")
	c.Expect = []store.Expect{{Ticket: id, Version: 2}, {Ticket: "INC-999999"}}
	s.commit(c)
}

func severalTickets(s *stand) {
	ids := s.tickets(2)
	a, b := s.found(ids[0]).TicketRow, s.found(ids[1]).TicketRow
	c := Noting("petra", "", a)
	d := Noting("petra", "", b)
	c.Expect, c.Entries, c.Rows = append(c.Expect, d.Expect...), append(c.Entries, d.Entries...), append(c.Rows, d.Rows...)
	c.Entries = append(c.Entries, store.Entry{Draft: journal.Draft{Source: Source, Ticket: a.ID, Event: journal.Linked, Reason: "related", Related: b.ID}})
	r := s.commit(c)
	if r.First != 3 || r.Last != 5 {
		s.Errorf("numbers %d to %d, want 3 to 5", r.First, r.Last)
	}
	for id, want := range map[string][]int64{ids[0]: {1, 3, 5}, ids[1]: {2, 4}} {
		if f := s.found(id); !slices.Equal(f.Lines.Seq, want) || f.Version != want[len(want)-1] {
			s.Errorf("ticket %s has lines %v and version %d, want %v", id, f.Lines.Seq, f.Version, want)
		}
	}
}

func dryRun(s *stand) {
	id := s.tickets(1)[0]
	before := s.head()
	c := Opening("petra", "key-1", "mail", "desk")
	c.Dry = true
	c.Expect = []store.Expect{{Ticket: id, Version: 1}}
	c.Entries[0].Clear = []store.Clear{{Name: "text", Value: "dry words"}}
	c.Acts = act("petra", "document.put", "x").Acts
	c.Put = []store.Item{
		{Shelf: store.Documents, ID: "estate.yaml", Version: 0, Data: []byte("x")},
		{Shelf: store.Settings, ID: "a", Version: store.AnyVersion, Data: []byte("1")},
	}
	r := s.commit(c)
	if r.First != 2 || r.Last != 3 || r.Ticket == "" || r.Learnt != Start || r.Replayed || len(r.Versions) != 2 {
		s.Errorf("a dry run says %+v", r)
	}
	if after := s.head(); after != before {
		s.Errorf("a dry run has moved the head from %+v to %+v", before, after)
	}
	_, err := s.ledger.Ticket(s.Context(), r.Ticket)
	s.refused(err, fault.NotFound, "the ticket of a dry run")
	_, err = s.ledger.Get(s.Context(), store.Settings, "a")
	s.refused(err, fault.NotFound, "an item of a dry run")
	if w, err := s.ledger.Withheld(s.Context(), []int64{2, 3}); err != nil || len(w) != 0 {
		s.Errorf("a dry run has left withheld content %v (%v)", w, err)
	}
	c.Expect[0].Version = 7
	_, err = s.ledger.Commit(s.Context(), c)
	s.refused(err, fault.Conflict, "a dry run of what would be refused")
	c.Expect[0].Version, c.Dry = 1, false
	if wet := s.commit(c); wet.Replayed || wet.First != r.First || wet.Last != r.Last {
		s.Errorf("after a dry run that said %+v, the change came to %+v", r, wet)
	}
}

func newIDs(s *stand) {
	seen := map[string]bool{}
	for i := range 40 {
		c := Opening("petra", "", "mail", "desk")
		if i%2 == 1 {
			c.Prefix = "REQ"
		}
		r := s.commit(c)
		if seen[r.Ticket] || len(r.Ticket) < 4 || r.Ticket[:3] != c.Prefix {
			s.Fatalf("a new ticket has the id %q, want a new one that begins with %s", r.Ticket, c.Prefix)
		}
		seen[r.Ticket] = true
	}
	for id := range seen {
		if f := s.found(id); len(f.Lines.Line) != 1 || s.parse(f.Lines.Line[0]).Ticket != id {
			s.Errorf("ticket %s has lines %q", id, f.Lines.Line)
		}
	}
	if !seenOnce(s.lines(1), s) {
		s.Error("two lines open the same ticket")
	}
}

func seenOnce(lines [][]byte, s *stand) bool {
	seen := map[string]bool{}
	for _, line := range lines {
		id := s.parse(line).Ticket
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

func rowAndLines(s *stand) {
	c := Opening("petra", "", "mail", "desk")
	c.Entries[0].Clear = []store.Clear{{Name: store.SummaryName, Value: "no mail"}, {Name: "person", Value: "p1"}}
	want := store.TicketRow{
		Kind: "request", Priority: "P1", Service: "mail", Site: "london", Party: "desk", Team: "desk-1", Status: journal.Waiting,
		Reporter: "p1", Parent: "INC-77", Opened: Start - 5, Changed: Start + 9, Due: Start + 3600, Parties: []string{"apps", "desk"},
	}
	c.Rows[0] = want
	r := s.commit(c)
	want.ID, want.Version, want.Summary = r.Ticket, 1, 1
	s.row(want)
	next := want
	next.Party, next.Team, next.Status, next.Due, next.Parent, next.Parties = "net", "", journal.ClosedStatus, span.Never, "", []string{"apps", "desk", "net"}
	s.commit(Noting("petra", "", next, store.Clear{Name: "text", Value: "done"}))
	next.Version = 2
	s.row(next)
	last := next
	s.commit(Noting("petra", "", last, store.Clear{Name: store.SummaryName, Value: "no mail at all"}))
	last.Version, last.Summary = 3, 3
	s.row(last)
}

// row checks a ticket's row against what it should be, and its lines against the
// journal.
func (s *stand) row(want store.TicketRow) {
	s.Helper()
	f := s.found(want.ID)
	if got := fmt.Sprintf("%+v", f.TicketRow); got != fmt.Sprintf("%+v", want) {
		s.Errorf("the row is\n%s, want\n%+v", got, want)
	}
	var seqs []int64
	for i, line := range s.lines(1) {
		if s.parse(line).Ticket == want.ID {
			at := len(seqs)
			seqs = append(seqs, int64(i+1))
			if at >= len(f.Lines.Line) || !bytes.Equal(f.Lines.Line[at], line) {
				s.Errorf("line %d of ticket %s is not that of the journal", i+1, want.ID)
			}
		}
	}
	if !slices.Equal(seqs, f.Lines.Seq) {
		s.Errorf("ticket %s has lines %v, the journal %v", want.ID, f.Lines.Seq, seqs)
	}
	many, err := s.ledger.Tickets(s.Context(), []string{want.ID, "none such"})
	if err != nil || len(many) != 1 || fmt.Sprintf("%+v", many[want.ID]) != fmt.Sprintf("%+v", f) {
		s.Errorf("asked for with another, the ticket is %+v (%v)", many[want.ID], err)
	}
}

func anyID(s *stand) {
	for i, id := range []string{"a b", "Größe", "%_\\", "'; --", "x/y?z", "INC-1", "inc-1", "😀"} {
		c := Opening("petra", "", "mail", "desk")
		c.Prefix, c.Entries[0].Ticket, c.Rows[0].ID = "", id, id
		c.Expect = []store.Expect{{Ticket: id}}
		r := s.commit(c)
		if f := s.found(id); f.ID != id || r.Ticket != id || f.Version != int64(i+1) {
			s.Errorf("ticket %q is found as %q, version %d", id, f.ID, f.Version)
		}
	}
}

func emptyChange(s *stand) {
	s.tickets(1)
	before := s.head()
	r := s.commit(&store.Change{Who: "petra", Key: "k", Request: digest("k")})
	if r.First != 0 || r.Last != 0 || r.Ticket != "" || s.head() != before {
		s.Errorf("a change of nothing came to %+v", r)
	}
	if again := s.commit(&store.Change{Who: "petra", Key: "k", Request: digest("k")}); !again.Replayed {
		s.Errorf("its replay came to %+v", again)
	}
}
