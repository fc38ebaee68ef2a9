package storetest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

var momentPromises = []promise{
	{"what a reader returns is of one moment", oneMoment},
	{"a watcher learns of every commit, those of other processes too", watching},
	{"a change that cannot be kept is refused and leaves others alone", unkeepable},
	{"an entry at the edge of what is kept is kept", edges},
	{"the store answers, and says what time its machine has", answers},
	{"a closed ledger refuses", closed},
	{"keys that follow from the secret are the same for all who have it open", derived},
}

// oneMoment has a writer that gives two tickets the same team in each change. Whoever
// reads both sees the same team, and rows that fit their lines.
func oneMoment(s *stand) {
	ids := s.tickets(2)
	ctx, cancel := context.WithCancel(s.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		a, b := s.found(ids[0]).TicketRow, s.found(ids[1]).TicketRow
		for n := 0; ctx.Err() == nil; n++ {
			a.Team, b.Team = fmt.Sprint("team", n), fmt.Sprint("team", n)
			c, d := Noting("w", "", a), Noting("w", "", b)
			c.Expect, c.Entries, c.Rows = append(c.Expect, d.Expect...), append(c.Entries, d.Entries...), append(c.Rows, d.Rows...)
			r, err := s.ledger.Commit(s.Context(), c)
			if err != nil {
				s.Errorf("writing: %v", err)
				return
			}
			a.Version, b.Version = r.First, r.Last
		}
	})
	whole := func(how string, found []store.Found) {
		if len(found) != 2 || found[0].Team != found[1].Team {
			s.Errorf("%s: the tickets are of two moments: %+v", how, found)
			return
		}
		for _, f := range found {
			if n := len(f.Lines.Seq); n != len(f.Lines.Line) || n == 0 || f.Lines.Seq[n-1] != f.Version {
				s.Errorf("%s: ticket %s has version %d and lines up to %v", how, f.ID, f.Version, f.Lines.Seq)
			}
		}
	}
	l := s.open()
	for range 60 {
		found, err := l.List(s.Context(), &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened, Limit: 10})
		if err != nil {
			s.Fatal(err)
		}
		whole("list", found)
		many, err := l.Tickets(s.Context(), ids)
		if err != nil || len(many) != 2 {
			s.Fatal(err)
		}
		whole("tickets", []store.Found{*many[ids[0]], *many[ids[1]]})
		h, err := l.Head(s.Context())
		if err != nil {
			s.Fatal(err)
		}
		if lines := linesOf(s.T, l, 1); int64(len(lines)) < h.Size {
			s.Errorf("the head says %d lines, then there are %d", h.Size, len(lines))
		} else {
			CheckHead(s.T, h, lines[:h.Size])
		}
	}
	cancel()
	wg.Wait()
}

func watching(s *stand) {
	other := s.open()
	s.tickets(1)
	ctx, cancel := context.WithCancel(s.Context())
	told := make(chan int64, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ledger.Watch(ctx, func(last int64) { told <- last })
	}()
	time.Sleep(50 * time.Millisecond) // it may be told of what was there, and need not
	for n, l := range []store.Ledger{s.ledger, other, s.ledger, other} {
		r, err := l.Commit(s.Context(), Opening("w", "", "mail", "desk"))
		if err != nil {
			s.Fatal(err)
		}
		for late := time.After(10 * time.Second); ; {
			var last int64
			select {
			case last = <-told:
			case <-late:
				s.Fatalf("a watcher has not learnt of commit %d", n)
			}
			if last >= r.Last {
				break
			}
		}
	}
	cancel()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		s.Fatal("watching did not end with its context")
	}
	s.commit(Opening("w", "", "mail", "desk"))
	if len(told) > 0 {
		s.Error("a watcher was told after it had gone")
	}
}

// unkeepable sends changes with texts that an engine cannot keep among good ones.
func unkeepable(s *stand) {
	bad := map[string]func(c *store.Change){}
	for what, text := range map[string]string{"a zero byte": "a\x00b", "broken UTF-8": "a\xff"} {
		bad["a key with "+what] = func(c *store.Change) { c.Key = text }
		bad["a person with "+what] = func(c *store.Change) { c.Who, c.Key = text, "k" }
		bad["a row with "+what] = func(c *store.Change) { c.Rows[0].Team = text }
		bad["a ticket with "+what] = func(c *store.Change) { c.Entries[0].Ticket, c.Rows[0].ID = text, text }
		bad["a party with "+what] = func(c *store.Change) { c.Rows[0].Parties = []string{text} }
		bad["an expected ticket with "+what] = func(c *store.Change) { c.Expect = []store.Expect{{Ticket: text}} }
		bad["a prefix with "+what] = func(c *store.Change) { c.Prefix = text }
		bad["an item with "+what] = func(c *store.Change) { c.Put = []store.Item{{Shelf: store.People, ID: text, Data: []byte{}}} }
		bad["a group with "+what] = func(c *store.Change) {
			c.Put = []store.Item{{Shelf: store.People, ID: "g", Group: text, Data: []byte{}}}
		}
		bad["a name withheld with "+what] = func(c *store.Change) { c.Entries[0].Clear = []store.Clear{{Name: text, Value: "x"}} }
	}
	bad["a line that is too long"] = func(c *store.Change) { c.Entries[0].Reason = strings.Repeat("x", eventlog.MaxLine) }
	var wg sync.WaitGroup
	var spoilt atomic.Int64
	for what, spoil := range bad {
		for range 3 {
			wg.Go(func() {
				if _, err := s.ledger.Commit(s.Context(), Opening("good", "", "mail", "desk")); err != nil && spoilt.Add(1) == 1 {
					s.Errorf("a good change was refused for another's sake: %v", err)
				}
			})
		}
		wg.Go(func() {
			c := Opening("bad", "", "mail", "desk")
			spoil(c)
			if _, err := s.ledger.Commit(s.Context(), c); err == nil || fault.KindOf(err) != fault.Invalid {
				s.Errorf("%s: got %v, want that it is invalid", what, err)
			}
		})
	}
	wg.Wait()
	if h := s.head(); h.Size != int64(3*len(bad)) {
		s.Errorf("%d lines, want %d", h.Size, 3*len(bad))
	}
	// To ask for what cannot be there finds nothing and breaks nothing.
	for _, text := range []string{"a\x00b", "a\xff"} {
		_, err := s.ledger.Ticket(s.Context(), text)
		s.refused(err, fault.NotFound, "a ticket that cannot be")
		_, err = s.ledger.Get(s.Context(), store.Sessions, text)
		s.refused(err, fault.NotFound, "an item that cannot be")
		q := &store.Query{Sight: store.Sight{Parties: []string{text}, Reporter: text}, IDPrefix: text, Services: []string{text}, By: store.ByOpened, Limit: 10}
		if found, err := s.ledger.List(s.Context(), q); err != nil || len(found) != 0 {
			s.Errorf("a list of what cannot be holds %d tickets (%v)", len(found), err)
		}
		if items, err := s.ledger.Browse(s.Context(), store.Browse{Shelf: store.People, Match: text}); err != nil || len(items) != 0 {
			s.Errorf("a shelf is searched for what cannot be and holds %d items (%v)", len(items), err)
		}
	}
}

func edges(s *stand) {
	fields := map[string]string{}
	for n := range 50 {
		fields[fmt.Sprint("field", n)] = strings.Repeat("ü", 100)
	}
	c := Opening("petra", "", "mail", "desk")
	e := &c.Entries[0]
	e.Fields, e.Reason, e.Backdated, e.Visibility = fields, `quotes " and \ and control `+"\x01\t\n", true, journal.OwnParty
	e.Clear = []store.Clear{{Name: "text", Value: strings.Repeat("0123456789", 1<<16) + "\x00\xff"}, {Name: "empty", Value: ""}}
	e.Happened = span.Earliest
	c.Rows[0].Due, c.Rows[0].Opened = span.Never, span.Earliest
	r := s.commit(c)
	f := s.found(r.Ticket)
	want := e.Draft
	want.Ticket, want.Key, want.Learnt = r.Ticket, "1", Start
	withheld, err := s.ledger.Withheld(s.Context(), []int64{1})
	if err != nil || len(withheld[1]) != 2 || withheld[1][0].Value != e.Clear[0].Value {
		s.Fatalf("the text is not what was written (%v)", err)
	}
	for _, w := range withheld[1] {
		want.Withheld = append(want.Withheld, journal.Withheld{Name: w.Name, Digest: w.Digest})
	}
	if got := string(f.Lines.Line[0]); got != string(want.Append(nil)) {
		s.Errorf("the line is\n%s, want\n%s", got, want.Append(nil))
	}
	if f.Opened != span.Earliest || f.Due != span.Never {
		s.Errorf("the row is %+v", f.TicketRow)
	}
	next := f.TicketRow
	next.Due = math.MaxInt64
	s.commit(Noting("petra", "", next))
	// A ticket of many lines is whole.
	for n := range 300 {
		row := s.found(r.Ticket).TicketRow
		change := Noting("petra", "", row)
		change.Entries[0].Reason = fmt.Sprint("note ", n, strings.Repeat("x", n))
		s.commit(change)
	}
	f = s.found(r.Ticket)
	if len(f.Lines.Line) != 302 {
		s.Errorf("a ticket of 302 lines has %d", len(f.Lines.Line))
	}
	for i, line := range s.lines(1) {
		if string(f.Lines.Line[i]) != string(line) || f.Lines.Seq[i] != int64(i+1) {
			s.Fatalf("line %d of the ticket is not that of the journal", i+1)
		}
	}
}

func answers(s *stand) {
	if err := s.ledger.Ping(s.Context()); err != nil {
		s.Error(err)
	}
	at, err := s.ledger.Clock(s.Context())
	if err != nil {
		s.Error(err)
	}
	if now := span.Instant(time.Now().Unix()); at != 0 && (at < now-60 || at > now+60) {
		s.Errorf("the store's machine has %s, this one %s", at, now)
	}
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	_, err = s.ledger.Commit(ctx, Opening("petra", "", "mail", "desk"))
	s.refused(err, fault.Unavailable, "a commit whose caller has gone")
	if h := s.head(); h.Size != 0 {
		s.Errorf("a caller that had gone has written %d lines", h.Size)
	}
}

func closed(s *stand) {
	l := s.open()
	if err := l.Close(); err != nil {
		s.Fatal(err)
	}
	_, err := l.Commit(s.Context(), Opening("petra", "", "mail", "desk"))
	s.refused(err, fault.Unavailable, "a commit to a closed ledger")
	_, err = l.Append(s.Context(), log(0, 1))
	s.refused(err, fault.Unavailable, "a log for a closed ledger")
	if err := l.Close(); err != nil {
		s.Errorf("closed again: %v", err)
	}
	s.tickets(1)
}

func derived(s *stand) {
	a, b := s.ledger.Derive("tokens"), s.open().Derive("tokens")
	if len(a) != 32 || string(a) != string(b) || string(a) == string(s.ledger.Derive("journal")) {
		s.Errorf("derived were %x and %x", a, b)
	}
}
