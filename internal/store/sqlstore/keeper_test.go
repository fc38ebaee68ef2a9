package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// rowOf makes a ticket's row of its lines, by rules of these tests.
func rowOf(id string, lines store.Lines) (store.TicketRow, error) {
	row := store.TicketRow{ID: id, Opened: span.Latest, Due: span.Never}
	for _, text := range lines.Line {
		var l struct {
			Kind, Priority, Service, Party, Status string
			Happened                               span.Instant
		}
		if err := json.Unmarshal(text, &l); err != nil {
			return row, err
		}
		for _, x := range []struct {
			to   *string
			from string
		}{{&row.Kind, l.Kind}, {&row.Priority, l.Priority}, {&row.Service, l.Service}, {&row.Party, l.Party}} {
			if x.from != "" {
				*x.to = x.from
			}
		}
		if status, ok := journal.ParseStatus(l.Status); ok {
			row.Status = status
		}
		if l.Party != "" && !slices.Contains(row.Parties, l.Party) {
			row.Parties = append(row.Parties, l.Party)
		}
		row.Opened, row.Changed = min(row.Opened, l.Happened), max(row.Changed, l.Happened)
	}
	slices.Sort(row.Parties)
	return row, nil
}

// change returns a change of a ticket whose row is what [rowOf] makes of its lines.
func change(found *store.Found, d journal.Draft, clear ...store.Clear) *store.Change {
	d.Source, d.Ticket, d.Happened = Source, found.ID, morning
	c := &store.Change{Who: "ada", Entries: []store.Entry{{Draft: d, Clear: clear}}}
	if found.ID == "" {
		c.Prefix = "INC"
	} else {
		c.Expect = []store.Expect{{Ticket: found.ID, Version: found.Version}}
	}
	lines := found.Lines
	lines.Line = append(lines.Line[:len(lines.Line):len(lines.Line)], d.Append(nil))
	row, err := rowOf(found.ID, lines)
	if err != nil {
		panic(err)
	}
	c.Rows = []store.TicketRow{row}
	return c
}

// logOf returns a batch of tickets from a log, each with three lines.
func logOf(from, n int) *store.Batch {
	b := &store.Batch{}
	for i := from; i < from+n; i++ {
		id := fmt.Sprintf("LOG-%05d", i)
		var lines store.Lines
		t := store.BatchTicket{}
		for k, d := range []journal.Draft{
			{Event: journal.Opened, Status: journal.New, Kind: "request", Priority: "P3", Service: fmt.Sprint("service", i%5), Party: "north"},
			{Event: journal.Assigned, Status: journal.Queued, Party: []string{"south", "east", "west"}[i%3]},
			{Event: journal.Resolved, Status: journal.ResolvedStatus},
		} {
			d.Source, d.Key, d.Ticket = "tool", fmt.Sprint(3*i+k), id
			d.Happened = morning - span.Instant(1000*i-k)
			d.Learnt = d.Happened
			if k == 0 && i%2 == 0 {
				w := journal.Salted(store.ReporterName, fmt.Sprintf("%032d", i), fmt.Sprint("p-", i%7))
				d.Withheld = []journal.Withheld{{Name: w.Name, Digest: w.Digest}}
				t.Clear = []store.Sealed{{Line: 0, Withheld: w}}
			}
			lines.Line = append(lines.Line, d.Append(nil))
		}
		t.Lines = lines.Line
		t.Row, _ = rowOf(id, lines)
		b.Tickets = append(b.Tickets, t)
	}
	return b
}

// must returns what a call returns that must succeed.
func must[T any](t testing.TB) func(x T, err error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// fill writes something of every kind.
func fill(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	commit := must[store.Receipt](t)
	commit(s.Append(ctx, logOf(0, 60)))
	for i := range 12 {
		c := change(&store.Found{}, journal.Draft{Event: journal.Opened, Status: journal.New, Kind: "incident", Priority: "P2", Service: "mail", Party: "north"},
			store.Clear{Name: store.ReporterName, Value: fmt.Sprint("p-", i)}, store.Clear{Name: store.SummaryName, Value: "Mail is slow"})
		c.Key, c.Request = fmt.Sprint("open-", i), []byte{byte(i)}
		r := commit(s.Commit(ctx, c))
		found := must[*store.Found](t)(s.Ticket(ctx, r.Ticket))
		commit(s.Commit(ctx, change(found, journal.Draft{Event: journal.Assigned, Status: journal.Queued, Party: "south"}, store.Clear{Name: "text", Value: "please look"})))
	}
	for i, name := range []string{"estate.yaml", "contracts/mail.yaml", "estate.yaml"} {
		data := fmt.Appendf(nil, "version: %d", i)
		commit(s.Commit(ctx, &store.Change{
			Who: "ada", Put: []store.Item{{Shelf: store.Documents, ID: name, Version: store.AnyVersion, Data: data}},
			Acts: []store.Act{{ActDraft: journal.ActDraft{Source: Source, Act: "document.put", Subject: name, Digest: journal.DigestLine(data)}}},
		}))
	}
	commit(s.Commit(ctx, &store.Change{Who: "ada", Put: []store.Item{
		{Shelf: store.People, ID: "p-1", Group: "north", Sort: "Zoë", Data: []byte{}}, {Shelf: store.Sessions, ID: "x", Until: morning + 60, Data: []byte("\x00\xff")},
	}}))
	commit(s.Append(ctx, logOf(60, 40)))
	commit(s.Erase(ctx, []store.Withheld{{Seq: 183}}, &store.Change{Who: "ada", Acts: []store.Act{{ActDraft: journal.ActDraft{Source: Source, Act: "content.erase"}}}}))
}

// contents is everything that a ledger holds, by table and in order. The keys of its
// maps are not in the answer.
func contents(t testing.TB, s *Store) []string {
	t.Helper()
	var out []string
	err := s.read(context.Background(), func(v *view) error {
		tables := []struct {
			into  *insertion
			order string
		}{{intoSubtree, "height, n"}, {intoTicketParty, "party, ticket"}}
		for _, a := range archived {
			tables = append(tables, struct {
				into  *insertion
				order string
			}{a.into, a.order})
		}
		for _, table := range tables {
			values, places := make([]any, len(table.into.columns)), make([]any, len(table.into.columns))
			for i := range values {
				places[i] = &values[i]
			}
			text := "SELECT "
			for i, c := range table.into.columns {
				if i > 0 {
					text += ", "
				}
				text += c
			}
			err := v.query(func(scan func(...any) error) error {
				err := scan(places...)
				out = append(out, fmt.Sprintf("%s %q", table.into.table, values))
				return err
			}, text+" FROM "+table.into.table+" ORDER BY "+table.order)
			if err != nil {
				return err
			}
		}
		var h head
		if err := v.query(h.scan, readHead); err != nil {
			return err
		}
		out = append(out, fmt.Sprintf("%+v", h))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// same checks that two ledgers hold the same.
func same(t testing.TB, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if a != b {
			t.Errorf("row %d of %d is\n%s, want (of %d)\n%s", i, len(got), a, len(want), b)
			return
		}
	}
}

// healthy checks that nothing is wrong with a ledger.
func healthy(t testing.TB, s *Store) {
	t.Helper()
	var done, total int64
	findings, err := s.Check(context.Background(), func(d, of int64) {
		if d < done || d > of {
			t.Errorf("the check is at %d of %d after %d", d, of, done)
		}
		done, total = d, of
	})
	if err != nil || len(findings) > 0 {
		t.Errorf("the check finds %v (%v)", findings, err)
	}
	if done != total {
		t.Errorf("the check ended at %d of %d", done, total)
	}
}

// backup returns a backup of a ledger.
func backup(t testing.TB, s *Store) []byte {
	t.Helper()
	var out bytes.Buffer
	h, err := s.Backup(context.Background(), &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	if now := must[store.Head](t)(s.Head(context.Background())); h != now {
		t.Errorf("the backup says %+v, the head is %+v", h, now)
	}
	return out.Bytes()
}
