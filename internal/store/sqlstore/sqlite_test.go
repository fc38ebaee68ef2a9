package sqlstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"towerbridge/fault"
)

// Several processes may open a file that is not there yet at the same moment: one
// makes it, with its secret, and all use the same.
func TestOpeningANewFileAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "record.db")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			s, err := Open(context.Background(), "sqlite:"+file, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Commit(context.Background(), opening("INC")); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	s, err := Open(context.Background(), file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if h, err := s.Head(context.Background()); err != nil || h.Size != 8 {
		t.Errorf("the head is %+v, %v", h, err)
	}
	w, err := s.Withheld(context.Background(), []int64{1, 8})
	if err != nil || w[1][1].Value != "Mail is slow" || w[8][0].Value != "p-17" {
		t.Errorf("withheld is %v, %v", w, err)
	}
	for _, name := range []string{file, file + ".secret", file + "-wal"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v, %v", filepath.Base(name), info.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(file + ".secret.*"); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestSecretOfAFile(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "record.db")
	if _, err := Open(ctx, file, Options{Random: errReader{}}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without random bytes: %v", err)
	}
	s, err := Open(ctx, file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for what, x := range map[string]struct {
		spoil func() error
		kind  fault.Kind
	}{
		"another secret": {func() error { return os.WriteFile(file+".secret", testSecret, 0o600) }, fault.Invalid},
		"a short secret": {func() error { return os.WriteFile(file+".secret", testSecret[:31], 0o600) }, fault.Invalid},
		"a long secret":  {func() error { return os.WriteFile(file+".secret", append(testSecret, 1), 0o600) }, fault.Invalid},
		"no secret":      {func() error { return os.Remove(file + ".secret") }, fault.NotFound},
	} {
		kept, err := os.ReadFile(file + ".secret")
		if err != nil {
			t.Fatal(err)
		}
		if err := x.spoil(); err != nil {
			t.Fatal(err)
		}
		_, err = Open(ctx, file, Options{})
		var e *fault.Error
		if fault.KindOf(err) != x.kind || !errors.As(err, &e) || e.Remedy == "" {
			t.Errorf("%s: %v", what, err)
		}
		if err := os.WriteFile(file+".secret", kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(ctx, file, Options{Secret: []byte("short")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a short secret that was given: %v", err)
	}
	if s, err = Open(ctx, file, Options{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("no bytes") }

func TestFilesThatCannotBeOpened(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte("this is no database, however long it may be, and never was one either, was it"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]struct {
		url  string
		kind fault.Kind
	}{
		"no folder":   {filepath.Join(folder, "none", "record.db"), fault.NotFound},
		"no database": {text, fault.Unavailable},
		"a folder":    {folder + "/", fault.Invalid},
		"nothing":     {"", fault.Invalid},
		"no file":     {"sqlite:", fault.Invalid},
		"a web page":  {"https://example.org/record", fault.Invalid},
	} {
		_, err := Open(context.Background(), x.url, Options{Secret: testSecret})
		if fault.KindOf(err) != x.kind {
			t.Errorf("%s: %v is %s, want %s", what, err, fault.KindOf(err), x.kind)
		}
	}
}

// The log does not grow while commits follow each other, even where somebody reads for
// a long time, and it is copied by the time the store is closed.
func TestLogIsCopied(t *testing.T) {
	ctx := context.Background()
	p := sqlitePlace(t)
	s := p.open(t)
	engine := s.engine.(*sqliteEngine)
	y := newYear(3000)
	for range 3 {
		if _, err := s.Append(ctx, y.batch(1000)); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		length, copied, err := copyLog(ctx, engine.keeper.db)
		if err == nil && copied == length {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d pages are copied, %v", copied, length, err)
		}
	}
	// All of the log is copied, so the next commit starts it anew.
	if _, err := s.Commit(ctx, opening("REQ")); err != nil {
		t.Fatal(err)
	}
	length, _, err := copyLog(ctx, engine.keeper.db)
	if err != nil || length > 200 {
		t.Errorf("the log has %d pages, %v", length, err)
	}
	engine.keeper.overdue.Store(true)
	if _, err := s.Commit(ctx, opening("REQ")); err != nil || engine.keeper.overdue.Load() {
		t.Errorf("the log is overdue still, %v", err)
	}
}
