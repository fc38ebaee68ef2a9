package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// together commits changes in one group and returns what became of them.
func together(t *testing.T, s *Store, changes ...*store.Change) []answer {
	t.Helper()
	group := make([]*request, len(changes))
	for i, c := range changes {
		group[i] = &request{change: c}
	}
	answers, _, err := s.transact(group)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// note is a change that adds a note to a ticket.
func note(id string, version int64) *store.Change {
	c := opening("")
	c.Entries[0] = store.Entry{Draft: journal.Draft{Ticket: id, Event: journal.Noted}, Clear: []store.Clear{{Name: "text", Value: "a note"}}}
	c.Rows[0].ID = id
	c.Expect = []store.Expect{{Ticket: id, Version: version}}
	return c
}

// Changes of one group see those before them, and one that is refused leaves no trace.
func TestGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		keyed := opening("INC")
		keyed.Key, keyed.Request = "k", []byte("one")
		other := opening("INC")
		other.Key, other.Request = "k", []byte("two")
		dry := opening("INC")
		dry.Dry = true
		doc := func(version int64, data string) *store.Change {
			return &store.Change{
				Acts: []store.Act{{ActDraft: journal.ActDraft{Act: "document.put", Subject: "estate.yaml", Digest: journal.DigestLine([]byte(data))}}},
				Put:  []store.Item{{Shelf: store.Documents, ID: "estate.yaml", Version: version, Data: []byte(data)}},
			}
		}
		got := together(
			t, s,
			keyed,                     // 0: line 1
			note("INC0000001", 1),     // 1: line 2
			note("INC0000001", 1),     // 2: refused, it is at 2
			note("INC0000001", 2),     // 3: line 3
			keyed,                     // 4: replayed
			other,                     // 5: refused
			dry,                       // 6: would be line 4
			opening("INC"),            // 7: line 4, with the id that the dry run was told
			doc(0, "a"),               // 8: line 5
			doc(0, "b"),               // 9: refused
			doc(1, "b"),               // 10: line 6
			doc(store.AnyVersion, ""), // 11: line 7
			note("INC0000009", 0),     // 12: line 8, a ticket with an id of its own
			opening("INC"),            // 13: line 9, which does not take that id again
		)
		want := []string{
			"1-1 INC0000001", "2-2 INC0000001", "conflict", "3-3 INC0000001", "1-1 INC0000001 again", "conflict", "4-4 INC0000002", "4-4 INC0000002",
			"5-5  [1]", "conflict", "6-6  [2]", "7-7  [3]", "8-8 INC0000009", "9-9 INC0000010",
		}
		for i, a := range got {
			if text := outcome(a); text != want[i] {
				t.Errorf("change %d came to %q (%v), want %q", i, text, a.err, want[i])
			}
		}
		f, err := s.Ticket(ctx, "INC0000001")
		if err != nil || fmt.Sprint(f.Lines.Seq) != "[1 2 3]" || f.Version != 3 {
			t.Errorf("the ticket is %+v, %v", f, err)
		}
		for version, data := range []string{"a", "b", ""} {
			item, err := s.GetVersion(ctx, store.Documents, "estate.yaml", int64(version)+1)
			if err != nil || string(item.Data) != data || item.Seq != int64(version)+5 {
				t.Errorf("version %d is %+v, %v", version+1, item, err)
			}
		}
		if h, err := s.Head(ctx); err != nil || h.Size != 9 || h.Book != 3 {
			t.Errorf("the head is %+v, %v", h, err)
		}
	})
}

// outcome is an answer in short.
func outcome(a answer) string {
	if a.err != nil {
		return fault.KindOf(a.err).String()
	}
	r := a.receipt
	text := fmt.Sprintf("%d-%d %s", r.First, r.Last, r.Ticket)
	if r.Replayed {
		text += " again"
	}
	if len(r.Versions) > 0 {
		text += " " + fmt.Sprint(r.Versions)
	}
	return text
}

// What is put and dropped in one group stands as the last of them left it.
func TestShelvesInAGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		put := func(shelf store.Shelf, id, data string) *store.Change {
			return &store.Change{Put: []store.Item{{Shelf: shelf, ID: id, Version: store.AnyVersion, Data: []byte(data)}}}
		}
		drop := func(shelf store.Shelf, id string) *store.Change {
			return &store.Change{Drop: []store.Item{{Shelf: shelf, ID: id, Version: store.AnyVersion}}}
		}
		together(t, s, put(store.Sessions, "a", "1"), put(store.Sessions, "b", "1"), put(store.Documents, "d", "1"))
		together(
			t, s, drop(store.Sessions, "a"), put(store.Sessions, "a", "2"), put(store.Sessions, "b", "2"), drop(store.Sessions, "b"),
			put(store.Documents, "d", "2"), drop(store.Documents, "d"), put(store.Documents, "d", "3"), drop(store.Sessions, "never"),
		)
		if item, err := s.Get(ctx, store.Sessions, "a"); err != nil || string(item.Data) != "2" {
			t.Errorf("a is %+v, %v", item, err)
		}
		if _, err := s.Get(ctx, store.Sessions, "b"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("b is there: %v", err)
		}
		for version, data := range []string{"1", "2", "3"} {
			item, err := s.GetVersion(ctx, store.Documents, "d", int64(version)+1)
			if err != nil || string(item.Data) != data {
				t.Errorf("version %d is %+v, %v", version+1, item, err)
			}
		}
		if item, err := s.Get(ctx, store.Documents, "d"); err != nil || item.Version != 3 {
			t.Errorf("d is %+v, %v", item, err)
		}
	})
}

// A caller that stops waiting either has written nothing, or gets its receipt.
func TestCallersThatGo(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		var wait sync.WaitGroup
		var mutex sync.Mutex
		written := map[int64]bool{}
		for n := range 200 {
			wait.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*50*time.Microsecond)
				defer cancel()
				r, err := s.Commit(ctx, opening("INC"))
				switch {
				case err == nil:
					mutex.Lock()
					written[r.First] = true
					mutex.Unlock()
				case fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded):
					t.Errorf("a caller that went got %v", err)
				}
			})
		}
		wait.Wait()
		h, err := s.Head(context.Background())
		if err != nil || h.Size != int64(len(written)) {
			t.Errorf("%d receipts, and %d lines, %v", len(written), h.Size, err)
		}
	})
}

// What a caller did wrong, as no other could, is a defect of the program and says so.
func TestChangesThatCannotBe(t *testing.T) {
	s := sqlitePlace(t).open(t)
	if _, err := s.Commit(context.Background(), opening("INC")); err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]struct {
		spoil func(c *store.Change)
		kind  fault.Kind
		says  string
	}{
		"no prefix":               {func(c *store.Change) { c.Prefix = "" }, fault.Internal, "prefix"},
		"no row":                  {func(c *store.Change) { c.Rows = nil }, fault.Internal, "how it stands"},
		"two rows":                {func(c *store.Change) { c.Rows = append(c.Rows, c.Rows[0]) }, fault.Internal, "twice"},
		"a row without an entry":  {func(c *store.Change) { c.Entries = nil }, fault.Internal, "no entry"},
		"a reporter of two lines": {func(c *store.Change) { c.Entries[0].Clear[0].Value = "a\nb" }, fault.Invalid, "kept"},
	} {
		c := opening("INC")
		x.spoil(c)
		_, err := s.Commit(context.Background(), c)
		if fault.KindOf(err) != x.kind || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	together(t, s, note("INC99999999", 0))
	if _, err := s.Commit(context.Background(), opening("INC")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("after the last number: %v", err)
	}
}

func TestCutNumber(t *testing.T) {
	for id, want := range map[string]string{
		"INC0000001": "INC 1", "INC12345678": "INC 12345678", "1234567": " 1234567", "CH-G0000042": "CH-G 42",
		"INC001": "", "INC01234567": "", "INC123456789": "", "INC": "", "": "", "INC0000001a": "",
	} {
		got := ""
		if prefix, n, ok := cutNumber(id); ok {
			got = fmt.Sprintf("%s %d", prefix, n)
		}
		if got != want {
			t.Errorf("%s is cut into %q, want %q", id, got, want)
		}
	}
}

// What has ended goes, once an hour.
func TestSweep(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		now := morning
		s := p.open(t, func(o *Options) { o.Now = func() span.Instant { return now } })
		c := opening("INC")
		c.Key = "k"
		c.Put = []store.Item{
			{Shelf: store.Sessions, ID: "short", Until: morning + 60},
			{Shelf: store.Sessions, ID: "long", Until: morning + KeyLife + sweepEvery + 1},
			{Shelf: store.Sessions, ID: "ever"},
		}
		together(t, s, c)
		count := func(table string) (n int) {
			t.Helper()
			if err := s.engine.readers().QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, x := range []struct{ later, items, keys int }{{sweepEvery - 1, 3, 1}, {sweepEvery, 2, 1}, {KeyLife + sweepEvery, 2, 0}} {
			now = morning + span.Instant(x.later)
			together(t, s, opening("INC"))
			if items, keys := count("item"), count("replay"); items != x.items || keys != x.keys {
				t.Errorf("after %d s there are %d items and %d keys, want %d and %d", x.later, items, keys, x.items, x.keys)
			}
		}
	})
}
