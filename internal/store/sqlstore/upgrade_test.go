package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
	"towerbridge/journal"
)

// The saved databases were written when there was no more than the first step. They are
// never written anew once that step is released: what they are read for is that
// databases of that day can be.
var save = flag.Bool("save", false, "write the saved databases of testdata anew")

const (
	savedSQLite   = "testdata/step-1.db.zst"
	savedPostgres = "testdata/step-1.sql.zst"
	savedReading  = "testdata/step-1.json.zst"
)

// reading is what can be read of a record. It holds nothing of how the record is stored.
type reading struct {
	Head     store.Head
	Tickets  []store.TicketRow
	Lines    []string
	Withheld map[int64][]journal.Withheld
	Items    []store.Item
	Receipts []store.Receipt
}

// readAll reads all of the record that [fill] has written.
func readAll(t testing.TB, s *Store) *reading {
	t.Helper()
	ctx := context.Background()
	out := &reading{Head: must[store.Head](t)(s.Head(ctx))}
	found := must[[]store.Found](t)(s.List(ctx, &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened}))
	var seqs []int64
	for i := range found {
		out.Tickets = append(out.Tickets, found[i].TicketRow)
		seqs = append(seqs, found[i].Lines.Seq...)
	}
	err := s.Lines(ctx, 1, func(_ int64, line []byte) bool {
		out.Lines = append(out.Lines, string(line))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	out.Withheld = must[map[int64][]journal.Withheld](t)(s.Withheld(ctx, seqs))
	for _, shelf := range []store.Shelf{store.Documents, store.People, store.Sessions} {
		out.Items = append(out.Items, must[[]store.Item](t)(s.Browse(ctx, store.Browse{Shelf: shelf}))...)
	}
	for version := range int64(2) {
		out.Items = append(out.Items, must[store.Item](t)(s.GetVersion(ctx, store.Documents, "estate.yaml", version+1)))
	}
	for i := range out.Items {
		if len(out.Items[i].Data) == 0 {
			out.Items[i].Data = nil // the engines differ
		}
	}
	for i := range 12 {
		r, ok, err := s.Replay(ctx, "ada", fmt.Sprint("open-", i), []byte{byte(i)})
		if err != nil || !ok {
			t.Errorf("key open-%d is %v (%v)", i, ok, err)
		}
		out.Receipts = append(out.Receipts, r)
	}
	return out
}

// asText is a reading as it is saved.
func asText(t testing.TB, r *reading) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// saved returns the content of a saved file.
func saved(t testing.TB, name string) []byte {
	t.Helper()
	return must[[]byte](t)(unpacker().DecodeAll(must[[]byte](t)(os.ReadFile(name)), nil))
}

// keep saves content in a file.
func keep(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, packer().EncodeAll(content, nil), 0o644); err != nil {
		t.Fatal(err)
	}
}

// onSaved runs a test on the saved databases, each in a new place.
func onSaved(t *testing.T, f func(t *testing.T, p place)) {
	t.Run("sqlite", func(t *testing.T) {
		p := sqlitePlace(t)
		if err := os.WriteFile(strings.TrimPrefix(p.url, "sqlite:"), saved(t, savedSQLite), 0o600); err != nil {
			t.Fatal(err)
		}
		f(t, p)
	})
	t.Run("postgres", func(t *testing.T) {
		p := postgresPlace(t)
		conn := must[*pgx.Conn](t)(pgx.Connect(context.Background(), p.url))
		defer conn.Close(context.Background())
		if _, err := conn.PgConn().Exec(context.Background(), string(saved(t, savedPostgres))).ReadAll(); err != nil {
			t.Fatal(err)
		}
		f(t, p)
	})
}

// lastStep is the number of the last step that the program knows.
func lastStep(t testing.TB) int64 {
	t.Helper()
	names := must[[]string](t)(fs.Glob(steps, "migrations/*.sql"))
	return int64(len(names))
}

// stepOf returns the number of the last step that a database has taken.
func stepOf(t testing.TB, db *sql.DB) (step int64) {
	t.Helper()
	if err := db.QueryRow("SELECT max(version_id) FROM " + stepsTable).Scan(&step); err != nil {
		t.Fatal(err)
	}
	return step
}

// A database of the first step is brought up to date when it is opened, even by several
// processes at once. Everything in it is read as it was, its journal has the same root,
// and it is written on.
func TestUpgrade(t *testing.T) {
	want := string(saved(t, savedReading))
	onSaved(t, func(t *testing.T, p place) {
		const processes = 3
		opened := make([]*Store, processes)
		var wait sync.WaitGroup
		for i := range opened {
			wait.Go(func() {
				s, err := Open(context.Background(), p.url, Options{Secret: testSecret, Now: storetest.NewClock(morning).Instant})
				if err != nil {
					t.Errorf("process %d: %v", i, err)
					return
				}
				opened[i] = s
			})
		}
		wait.Wait()
		for _, s := range opened {
			if s == nil {
				t.FailNow()
			}
			t.Cleanup(func() { s.Close() })
		}
		s := opened[0]
		if got, last := stepOf(t, s.engine.readers()), lastStep(t); got != last || last < 2 {
			t.Errorf("the database has taken step %d, and the program knows %d", got, last)
		}
		read := readAll(t, s)
		if got := asText(t, read); got != want {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("what is read differs from what was saved:\n%.300s\nwant\n%.300s", got[max(0, at-100):], want[max(0, at-100):])
		}
		var lines [][]byte
		for _, line := range read.Lines {
			lines = append(lines, []byte(line))
		}
		storetest.CheckHead(t, read.Head, lines)
		healthy(t, s)
		if r, err := s.Commit(context.Background(), opening("INC")); err != nil || r.Last != read.Head.Size+1 {
			t.Errorf("after the upgrade, a change came to %+v, %v", r, err)
		}
		if err := s.Reindex(context.Background(), rowOf, nil); err != nil {
			t.Error(err)
		}
		healthy(t, opened[1])
	})
}

// schemaOf describes a database's tables and indexes.
func schemaOf(t testing.TB, s *Store) string {
	t.Helper()
	text := "SELECT name, COALESCE(sql, '') FROM sqlite_master ORDER BY name"
	if _, ok := s.engine.(*postgresEngine); ok {
		text = "SELECT table_name || '.' || column_name AS name, concat(data_type, ' ', is_nullable, ' ', collation_name) FROM information_schema.columns " +
			"WHERE table_schema = 'public' UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY name"
	}
	var out strings.Builder
	err := s.read(context.Background(), func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var name, what string
			err := scan(&name, &what)
			fmt.Fprintln(&out, name, what)
			return err
		}, text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A database that was brought up to date is the same as a new one: a step that was
// released has not been changed since.
func TestUpgradedSchema(t *testing.T) {
	onSaved(t, func(t *testing.T, p place) {
		fresh := sqlitePlace(t)
		if p.name == "postgres" {
			fresh = postgresPlace(t)
		}
		got, want := schemaOf(t, p.open(t)), schemaOf(t, fresh.open(t))
		if got != want || !strings.Contains(got, "item_version_seq") {
			t.Errorf("a database that was brought up to date is\n%s\nand a new one\n%s", got, want)
		}
	})
}

// A database that a newer program has brought up to date is refused, and left alone.
func TestNewerDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		direct(t, s)("INSERT INTO "+stepsTable+" (version_id, is_applied) VALUES ($1, $2)", int64(99), true)
		if _, err := Open(context.Background(), p.url, Options{Secret: testSecret}); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "newer") {
			t.Errorf("got %v, want a conflict with a newer program", err)
		}
		if got := stepOf(t, s.engine.readers()); got != 99 {
			t.Errorf("the database is at step %d", got)
		}
	})
}

// undoSteps are what the steps after the first have changed of a database with what
// [fill] writes, undone.
var undoSteps = []string{"DROP INDEX item_version_seq", "DELETE FROM " + stepsTable + " WHERE version_id > 1"}

// TestSave writes the saved databases anew where it is asked to.
func TestSave(t *testing.T) {
	if !*save {
		t.Skip("nothing is to be saved")
	}
	p := sqlitePlace(t)
	s := p.open(t)
	fill(t, s)
	keep(t, savedReading, []byte(asText(t, readAll(t, s))))
	data := backup(t, s)
	for _, x := range undoSteps {
		direct(t, s)(x)
	}
	small := filepath.Join(t.TempDir(), "small.db")
	if _, err := s.engine.(*sqliteEngine).hold.ExecContext(context.Background(), "VACUUM INTO $1", small); err != nil {
		t.Fatal(err)
	}
	keep(t, savedSQLite, must[[]byte](t)(os.ReadFile(small)))

	p = postgresPlace(t)
	s = p.open(t)
	must[store.Head](t)(s.Restore(context.Background(), bytes.NewReader(data), nil))
	for _, x := range undoSteps {
		direct(t, s)(x)
	}
	dump := exec.Command(storetest.Program(t, "pg_dump"), "--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", p.url)
	text := must[[]byte](t)(dump.Output())
	var plain []byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, []byte(`\`)) { // for psql alone
			plain = append(plain, line...)
		}
	}
	keep(t, savedPostgres, plain)
}
