package sqlstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

func TestSeal(t *testing.T) {
	s := &sealer{secret: testSecret, random: rand.Reader}
	for _, value := range []string{"", "Mail is slow", "a\x00b\x00", "\xff", strings.Repeat("x", 1<<20)} {
		salt, err := s.salt()
		if err != nil || len(salt) != 2*saltSize {
			t.Fatal(salt, err)
		}
		want := journal.Salted("text", salt, value)
		shard, sealed, err := s.seal(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(value) > 8 && bytes.Contains(sealed, []byte(value)) {
			t.Error("the sealed bytes hold the text")
		}
		public := journal.Withheld{Name: want.Name, Digest: want.Digest}
		if got, err := s.reveal(public, shard, sealed); err != nil || got != want || !got.Verify() {
			t.Errorf("revealed is %+v, %v", got, err)
		}
		if got, err := s.reveal(public, nil, nil); err != nil || !got.Erased || got.Value != "" || got.Salt != "" {
			t.Errorf("what was erased is %+v, %v", got, err)
		}
		other := journal.Withheld{Name: "text", Digest: journal.Salted("text", salt, "another").Digest}
		stranger := &sealer{secret: bytes.Repeat([]byte{7}, SecretSize)}
		spoilt := append([]byte{sealed[0] ^ 1}, sealed[1:]...)
		for what, f := range map[string]func() (journal.Withheld, error){
			"beside another digest": func() (journal.Withheld, error) { return s.reveal(other, shard, sealed) },
			"with another secret":   func() (journal.Withheld, error) { return stranger.reveal(public, shard, sealed) },
			"with another shard":    func() (journal.Withheld, error) { return s.reveal(public, shard[1:], sealed) },
			"when it was changed":   func() (journal.Withheld, error) { return s.reveal(public, shard, spoilt) },
			"when it was cut":       func() (journal.Withheld, error) { return s.reveal(public, shard, sealed[:8]) },
		} {
			if got, err := f(); fault.KindOf(err) != fault.Disagrees || got.Value != "" {
				t.Errorf("%s it opens: %+v, %v", what, got, err)
			}
		}
	}
}

// Two sealings of one text have nothing in common.
func TestSealingsDiffer(t *testing.T) {
	s := &sealer{secret: testSecret, random: rand.Reader}
	w := journal.Salted("text", "00", "the same")
	shard1, sealed1, err1 := s.seal(w)
	shard2, sealed2, err2 := s.seal(w)
	if err1 != nil || err2 != nil || bytes.Equal(shard1, shard2) || bytes.Equal(sealed1, sealed2) {
		t.Error("two sealings are the same", err1, err2)
	}
}

func TestDerive(t *testing.T) {
	s := &sealer{secret: testSecret}
	seen := map[string]string{}
	for _, purpose := range []string{"", "tokens", "mark of the record's secret", "purpose tokens"} {
		key := string((&Store{sealer: *s}).Derive(purpose))
		if other, is := seen[key]; is || len(key) != 32 || key == string(s.mark()) {
			t.Errorf("%q derives the key of %q", purpose, other)
		}
		seen[key] = purpose
	}
}

// What was erased is in none of SQLite's files, neither in clear nor sealed; and text
// in clear never was.
func TestErasedIsNowhere(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	s := place{"sqlite", filepath.Join(folder, "record.db")}.open(t)
	c := opening("INC")
	c.Entries[0].Clear[1].Value = "the planted summary"
	if _, err := s.Commit(ctx, c); err != nil {
		t.Fatal(err)
	}
	var shard, sealed []byte
	row := s.engine.readers().QueryRowContext(ctx, "SELECT shard, sealed FROM withheld WHERE seq = 1 AND name = 'summary'")
	if err := row.Scan(&shard, &sealed); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		what  []byte
		there bool
	}{{[]byte("planted summary"), false}, {shard, true}, {sealed, true}} {
		if found := inFiles(t, folder, x.what); found != x.there {
			t.Errorf("before: %x is in the files: %v", x.what, found)
		}
	}
	if _, err := s.Erase(ctx, []store.Withheld{{Seq: 1, Name: store.SummaryName}}, &store.Change{Acts: []store.Act{{ActDraft: journal.ActDraft{Act: "erase"}}}}); err != nil {
		t.Fatal(err)
	}
	for _, what := range [][]byte{shard, sealed} {
		if inFiles(t, folder, what) {
			t.Errorf("after: %x is in the files", what)
		}
	}
	w, err := s.Withheld(ctx, []int64{1})
	if err != nil || w[1][0].Value != "p-17" || !w[1][1].Erased {
		t.Errorf("withheld is %+v, %v", w, err)
	}
}

func inFiles(t *testing.T, folder string, what []byte) bool {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, what) {
			return true
		}
	}
	return false
}

// While another reads the old state, what was erased may stand in the files. It goes
// when the reader has ended.
func TestErasureWhileOthersRead(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	s := place{"sqlite", filepath.Join(folder, "record.db")}.open(t)
	together(t, s, opening("INC"))
	var shard []byte
	if err := s.read(ctx, func(v *view) error {
		if err := v.query(func(scan func(...any) error) error { return scan(&shard) }, "SELECT shard FROM withheld WHERE seq = 1 AND place = 0"); err != nil {
			return err
		}
		_, err := s.Erase(ctx, []store.Withheld{{Seq: 1}}, &store.Change{Acts: []store.Act{{ActDraft: journal.ActDraft{Act: "erase"}}}})
		if err == nil && !inFiles(t, folder, shard) {
			t.Error("the reader's state is gone")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); inFiles(t, folder, shard); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the shard is still in the files")
		}
	}
}
