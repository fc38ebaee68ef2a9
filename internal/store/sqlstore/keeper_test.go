package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
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

// A backup of either engine is restored on either, and then everything is there.
func TestRestore(t *testing.T) {
	onBoth(t, func(t *testing.T, from place) {
		s := from.open(t)
		fill(t, s)
		healthy(t, s)
		want, data := contents(t, s), backup(t, s)
		if again := backup(t, s); !bytes.Equal(data, again) {
			t.Error("two backups of one moment differ")
		}
		onBoth(t, func(t *testing.T, to place) {
			x := to.open(t)
			var done, total int64
			h, err := x.Restore(context.Background(), bytes.NewReader(data), func(d, of int64) { done, total = d, of })
			if err != nil {
				t.Fatal(err)
			}
			if now := must[store.Head](t)(x.Head(context.Background())); h != now || done != total || done == 0 {
				t.Errorf("restored were %d of %d rows and the head %+v, want %+v", done, total, h, now)
			}
			same(t, contents(t, x), want)
			healthy(t, x)
			if back := backup(t, x); !bytes.Equal(back, data) {
				t.Error("a backup of what was restored is not the backup")
			}
			r := must[store.Receipt](t)(x.Commit(context.Background(), opening("INC")))
			if r.Ticket != "INC0000013" || r.First != h.Size+1 {
				t.Errorf("after restoring, a new ticket is %+v", r)
			}
			if w := must[map[int64][]journal.Withheld](t)(x.Withheld(context.Background(), []int64{181, 183})); len(w[181]) != 2 || w[181][1].Value != "Mail is slow" || !w[183][0].Erased {
				t.Errorf("what was restored withholds %+v", w)
			}
		})
	})
}

// An empty ledger is backed up and restored too.
func TestRestoreEmpty(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		data := backup(t, p.open(t))
		x := sqlitePlace(t).open(t)
		if _, err := x.Restore(context.Background(), bytes.NewReader(data), nil); err != nil {
			t.Fatal(err)
		}
		healthy(t, x)
	})
}

// A backup that is not whole, not what it was, of another secret or for a ledger that
// is not empty is refused, and nothing of it is kept.
func TestRestoreRefuses(t *testing.T) {
	s := sqlitePlace(t).open(t)
	fill(t, s)
	data := backup(t, s)
	other := sqlitePlace(t).open(t, func(o *Options) { o.Secret = bytes.Repeat([]byte{9}, SecretSize) })
	fill(t, other)
	altered := func(from, to string) []byte {
		t.Helper()
		plain := must[[]byte](t)(unpacker().DecodeAll(data, nil))
		if !bytes.Contains(plain, []byte(from)) {
			t.Fatalf("the backup does not hold %q", from)
		}
		return packer().EncodeAll(bytes.Replace(plain, []byte(from), []byte(to), 1), nil)
	}
	onBoth(t, func(t *testing.T, p place) {
		for what, data := range map[string][]byte{
			"nothing":          nil,
			"some other file":  []byte("not a backup"),
			"half of it":       data[:len(data)/2],
			"all but its end":  data[:len(data)-1],
			"with something":   append(bytes.Clone(data), data[:4]...),
			"another line":     altered(`"priority":"P2"`, `"priority":"P1"`),
			"another receipt":  altered(`"Ticket":"INC0000003"`, `"Ticket":"INC0000004"`),
			"another head":     altered(`"book":3`, `"book":4`),
			"a newer form":     altered(`"form":1`, `"form":2`),
			"a table unknown":  altered(`"table":"withheld"`, `"table":"withhold"`),
			"a column unknown": altered(`"sort","seq"`, `"sort","sea"`),
			"another secret":   backup(t, other),
		} {
			s := p.open(t)
			if _, err := s.Restore(context.Background(), bytes.NewReader(data), nil); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: got %v, want that it is invalid", what, err)
			}
			if n := len(contents(t, s)); n != 1 {
				t.Fatalf("%s: %d rows are left", what, n)
			}
		}
		for what, c := range map[string]*store.Change{
			"a line":   opening("INC"),
			"an item":  {Who: "ada", Put: []store.Item{{Shelf: store.Sessions, ID: "x"}}},
			"a number": {Who: "ada", Key: "k", Request: []byte("r")},
		} {
			p := sqlitePlace(t)
			s := p.open(t)
			must[store.Receipt](t)(s.Commit(context.Background(), c))
			if _, err := s.Restore(context.Background(), bytes.NewReader(data), nil); fault.KindOf(err) != fault.Conflict {
				t.Errorf("into a ledger with %s: got %v, want a conflict", what, err)
			}
		}
	})
}

// rewritten returns an archive with its rows changed and a right digest, as somebody
// would make it who wants it to be believed. Rows of which f returns nil are left out.
func rewritten(t *testing.T, data []byte, f func(h *archiveHeader, table string, row []any) []any) []byte {
	t.Helper()
	in := must[*archiveReader](t)(newArchiveReader(bytes.NewReader(data)))
	defer in.close()
	f(&in.header, "", nil)
	var out bytes.Buffer
	w := must[*archiveWriter](t)(newArchiveWriter(&out, &in.header))
	for {
		row := must[[]any](t)(in.row())
		if row == nil {
			break
		}
		if w.table.Name != in.table.Name {
			if err := w.begin(in.table); err != nil {
				t.Fatal(err)
			}
		}
		if row = f(&in.header, in.table.Name, row); row != nil {
			if err := w.add(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.end(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A backup whose digest was made good after it was changed is refused by its chain.
func TestRestoreChecksTheChain(t *testing.T) {
	s := sqlitePlace(t).open(t)
	fill(t, s)
	data := backup(t, s)
	for what, f := range map[string]func(h *archiveHeader, table string, row []any) []any{
		"a line altered": func(_ *archiveHeader, table string, row []any) []any {
			if table == "segment" && row[2] == int64(plain) && bytes.Contains(row[3].([]byte), []byte(`"P2"`)) {
				row[3] = bytes.Replace(row[3].([]byte), []byte(`"P2"`), []byte(`"P1"`), 1)
			}
			return row
		},
		"a segment left out": func(_ *archiveHeader, table string, row []any) []any {
			if table == "segment" && row[0] == int64(183) {
				return nil
			}
			return row
		},
		"the last segment left out": func(h *archiveHeader, table string, row []any) []any {
			if table == "segment" && row[0].(int64)+row[1].(int64) > h.Size {
				return nil
			}
			return row
		},
		"a segment with more lines": func(_ *archiveHeader, table string, row []any) []any {
			if table == "segment" && row[0] == int64(183) {
				row[3] = append(row[3].([]byte), "\n{}"...)
			}
			return row
		},
		"a segment of another chain": func(_ *archiveHeader, table string, row []any) []any {
			if table == "segment" && row[0] == int64(183) {
				row[5] = bytes.Repeat([]byte{1}, 32)
			}
			return row
		},
		"a segment that is a text": func(_ *archiveHeader, table string, row []any) []any {
			if table == "segment" {
				row[0] = "1"
			}
			return row
		},
		"a ticket left out": func(_ *archiveHeader, table string, row []any) []any {
			if table == "ticket" && row[0] == int64(5) {
				return nil
			}
			return row
		},
		"another root": func(h *archiveHeader, _ string, row []any) []any {
			h.Root = h.Chain
			return row
		},
	} {
		forged := rewritten(t, data, f)
		x := sqlitePlace(t).open(t)
		if _, err := x.Restore(context.Background(), bytes.NewReader(forged), nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want that it is invalid", what, err)
		}
		if n := len(contents(t, x)); n != 1 {
			t.Errorf("%s: %d rows are left", what, n)
		}
	}
	honest := rewritten(t, data, func(_ *archiveHeader, _ string, row []any) []any { return row })
	if _, err := sqlitePlace(t).open(t).Restore(context.Background(), bytes.NewReader(honest), nil); err != nil {
		t.Errorf("an archive that was only copied: %v", err)
	}
}

// A backup that is taken while others write is of one moment: it is restored whole, and
// its journal is the beginning of the one that went on.
func TestBackupUnderLoad(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		fill(t, s)
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Commit(context.Background(), opening("INC")); err != nil {
					t.Error(err)
					return
				}
			}
		}()
		for range 3 {
			var out bytes.Buffer
			h, err := s.Backup(context.Background(), &out, nil)
			if err != nil {
				t.Fatal(err)
			}
			x := sqlitePlace(t).open(t)
			if _, err := x.Restore(context.Background(), &out, nil); err != nil {
				t.Fatal(err)
			}
			healthy(t, x)
			var lines [][]byte
			err = s.Lines(context.Background(), 1, func(seq int64, line []byte) bool {
				lines = append(lines, bytes.Clone(line))
				return seq < h.Size
			})
			if err != nil {
				t.Fatal(err)
			}
			storetest.CheckHead(t, must[store.Head](t)(x.Head(context.Background())), lines)
		}
		close(stop)
		<-done
		healthy(t, s)
	})
}
