package sqlstore

import (
	"bytes"
	"context"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
	"towerbridge/journal"
)

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

// forgeries are changes to an archive's header and rows.
var forgeries = map[string]func(h *archiveHeader, table string, row []any) []any{
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
}

// A backup whose digest was made good after it was changed is refused by its chain.
func TestRestoreChecksTheChain(t *testing.T) {
	s := sqlitePlace(t).open(t)
	fill(t, s)
	data := backup(t, s)
	for what, f := range forgeries {
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
