package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// Whatever was done to the indexes, they are made anew as they were.
func TestReindex(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		fill(t, s)
		want := contents(t, s)
		do := direct(t, s)
		for _, c := range []struct {
			what    string
			damage  []string
			renamed bool // tickets get new numbers
		}{
			{what: "nothing"},
			{what: "rows", damage: []string{"UPDATE ticket SET kind = 'x', version = 1, chunk = 3, open = 0, status = '', summary = 0, reported = 0, reporter = '', due = 5"}},
			{what: "lines", damage: []string{"UPDATE ticket_lines SET lines = seqs", "DELETE FROM ticket_lines WHERE ticket > 20", "INSERT INTO ticket_lines SELECT 9999, first, seqs, coding, lines FROM ticket_lines"}},
			{what: "parties", damage: []string{
				"DELETE FROM ticket_party WHERE ticket > 50", "UPDATE ticket_party SET due = 7", "INSERT INTO ticket_party SELECT 'spy', ticket, 0, 0, 0, 1 FROM ticket_party WHERE party = 'north'",
				"INSERT INTO ticket_party VALUES ('north', 9999, 0, 0, 0, 0)",
			}},
			{what: "subtrees", damage: []string{"DELETE FROM subtree"}},
			{what: "counters", damage: []string{"DELETE FROM counter"}},
			{what: "the number of tickets", damage: []string{"UPDATE head SET tickets = 7"}},
			{what: "a ticket that is not in the journal", damage: []string{
				"INSERT INTO ticket SELECT 999, 'GHOST', version, chunk, kind, priority, service, site, party, team, status, '', 0, 0, parent, parties, opened, changed, due, open FROM ticket WHERE no = 1",
				"INSERT INTO ticket_party VALUES ('north', 999, 0, 0, 0, 0)", "INSERT INTO ticket_lines SELECT 999, first, seqs, coding, lines FROM ticket_lines WHERE ticket = 1",
			}},
			{what: "some tickets", damage: []string{"DELETE FROM ticket WHERE no > 100"}, renamed: true},
			{what: "everything", damage: []string{"DELETE FROM ticket", "DELETE FROM ticket_party", "DELETE FROM ticket_lines", "DELETE FROM subtree", "DELETE FROM counter"}, renamed: true},
		} {
			for _, x := range c.damage {
				do(x)
			}
			var done, total int64
			if err := s.Reindex(context.Background(), rowOf, func(d, of int64) { done, total = d, of }); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			if done != total || done == 0 {
				t.Errorf("%s: it ended at %d of %d", c.what, done, total)
			}
			healthy(t, s)
			if !c.renamed {
				same(t, contents(t, s), want)
				continue
			}
			rows := tickets(t, s)
			if len(rows) != 112 {
				t.Errorf("%s: %d tickets, want 112", c.what, len(rows))
			}
			want = contents(t, s)
		}
	})
}

// tickets returns the ids of all tickets in the order of their numbers.
func tickets(t testing.TB, s *Store) (ids []string) {
	t.Helper()
	err := s.read(context.Background(), func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT id FROM ticket ORDER BY no")
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// Tickets whose numbers are lost are numbered in the order in which the journal first
// speaks of them.
func TestReindexNumbers(t *testing.T) {
	s := sqlitePlace(t).open(t)
	fill(t, s)
	want := tickets(t, s)
	for range 2 {
		direct(t, s)("DELETE FROM ticket")
		if err := s.Reindex(context.Background(), rowOf, nil); err != nil {
			t.Fatal(err)
		}
		if got := tickets(t, s); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("the tickets are\n%v, want\n%v", got, want)
		}
	}
	r := must[store.Receipt](t)(s.Commit(context.Background(), opening("INC")))
	if got := tickets(t, s); got[len(got)-1] != r.Ticket || len(got) != len(want)+1 {
		t.Errorf("a new ticket stands at %v", got)
	}
}

// Indexes are made anew while others read and write: readers find every ticket whole,
// and what is written meanwhile is in them.
func TestReindexWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s, other := p.open(t), p.open(t)
		fill(t, s)
		must[store.Receipt](t)(s.Append(ctx, logOf(1000, 1200)))
		direct(t, s)("DELETE FROM ticket_party WHERE ticket > 300")
		stop := make(chan struct{})
		done := make(chan struct{})
		var noted int
		go func() {
			defer close(done)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				found, err := other.Ticket(ctx, fmt.Sprintf("LOG-%05d", 1000+(n*37)%1200))
				if err == nil && len(found.Lines.Seq) > 0 && found.Lines.Seq[len(found.Lines.Seq)-1] != found.Version {
					t.Errorf("ticket %s is of two moments", found.ID)
				}
				if err == nil {
					c := change(found, journal.Draft{Event: journal.Assigned, Party: fmt.Sprint("party", n%3)}, store.Clear{Name: store.SummaryName, Value: "it goes on"})
					_, err = other.Commit(ctx, c)
				}
				if err == nil {
					_, err = other.Commit(ctx, change(&store.Found{}, journal.Draft{Event: journal.Opened, Status: journal.New, Kind: "call", Party: "north"}))
				}
				if err != nil {
					t.Error(err)
					return
				}
				noted++
			}
		}()
		for range 3 {
			if err := s.Reindex(ctx, rowOf, nil); err != nil {
				t.Error(err)
			}
		}
		close(stop)
		<-done
		if noted == 0 {
			t.Error("nothing was written meanwhile")
		}
		healthy(t, s)
		for _, id := range tickets(t, s) {
			f := must[*store.Found](t)(s.Ticket(ctx, id))
			want, err := rowOf(id, f.Lines)
			if err != nil {
				t.Fatal(err)
			}
			want.Version, want.Reporter, want.Summary = f.Version, f.Reporter, f.Summary
			if fmt.Sprint(f.TicketRow) != fmt.Sprint(want) {
				t.Fatalf("the row of %s is\n%+v, want\n%+v", id, f.TicketRow, want)
			}
		}
	})
}

// From a journal that is not the one that was chained no index is made, and a row that
// cannot be made stops the work.
func TestReindexRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		fill(t, s)
		failure := fault.New(fault.Unavailable, "", "no row today")
		err := s.Reindex(context.Background(), func(id string, l store.Lines) (store.TicketRow, error) {
			if id == "LOG-00040" {
				return store.TicketRow{}, failure
			}
			return rowOf(id, l)
		}, nil)
		if !errors.Is(err, failure) {
			t.Errorf("got %v, want the failure of the row", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Reindex(ctx, rowOf, nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v, want that it is unavailable", err)
		}
		tamper(t, s, direct(t, s), 183, `"P2"`, `"P1"`, false)
		want := contents(t, s)
		if err := s.Reindex(context.Background(), rowOf, nil); fault.KindOf(err) != fault.Disagrees || !strings.Contains(err.Error(), "183") {
			t.Errorf("got %v, want that line 183 disagrees", err)
		}
		direct(t, s)("DELETE FROM segment WHERE first = 183")
		if err := s.Reindex(context.Background(), rowOf, nil); fault.KindOf(err) != fault.Disagrees {
			t.Errorf("got %v, want that the journal disagrees", err)
		}
		if got := contents(t, s); len(got) != len(want)-1 {
			t.Errorf("a refused rebuild has left %d rows, want %d", len(got), len(want)-1)
		}
	})
}

// The files of a rebuild hold no more than the lines, and are gone afterwards.
func TestReindexLeavesNoFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := sqlitePlace(t).open(t)
	fill(t, s)
	if err := s.Reindex(context.Background(), rowOf, nil); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("a rebuild has left %v (%v)", left, err)
	}
	t.Setenv("TMPDIR", "/nowhere")
	if err := s.Reindex(context.Background(), rowOf, nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without a folder for temporary files: %v", err)
	}
}
