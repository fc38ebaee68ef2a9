package sqlstore

import (
	"context"
	"path/filepath"
	"testing"

	"towerbridge/internal/store/storetest"
	"towerbridge/span"
)

const morning span.Instant = 1_780_300_800 // 2026-06-01T08:00:00Z

// testSecret is the secret of the records of these tests.
var testSecret = []byte("0123456789abcdef0123456789abcdef")

// place is where a test's record is.
type place struct {
	name string
	url  string
}

// open opens the record at a place. The test closes it.
func (p place) open(t testing.TB, options ...func(*Options)) *Store {
	t.Helper()
	o := Options{Secret: testSecret, Now: func() span.Instant { return morning }}
	for _, set := range options {
		set(&o)
	}
	s, err := Open(context.Background(), p.url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onBoth runs a test on both engines, each time with a new place.
func onBoth(t *testing.T, f func(t *testing.T, p place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, sqlitePlace(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, postgresPlace(t)) })
}

func sqlitePlace(t testing.TB) place {
	return place{"sqlite", "sqlite:" + filepath.Join(t.TempDir(), "record.db")}
}

func postgresPlace(t testing.TB) place { return place{"postgres", storetest.Postgres(t)} }
