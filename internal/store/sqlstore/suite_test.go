package sqlstore

import (
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
)

// Both engines keep every promise of a ledger.
func TestPromises(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		storetest.Run(t, func(t testing.TB) storetest.Place { return promised(t, sqlitePlace(t)) })
	})
	t.Run("postgres", func(t *testing.T) {
		storetest.Run(t, func(t testing.TB) storetest.Place { return promised(t, postgresPlace(t)) })
	})
}

// promised is a place as the suite of promises knows it.
func promised(t testing.TB, p place) storetest.Place {
	out := storetest.Place{Open: func(t testing.TB, clock *storetest.Clock) store.Ledger { return p.at(t, clock) }}
	if p.name == "sqlite" {
		out.Folders = []string{filepath.Dir(strings.TrimPrefix(p.url, "sqlite:"))}
	} else {
		out.Folders = storetest.Shared(t).Folders(t, p.url)
	}
	return out
}

// at opens the record at a place by a clock. The test closes it.
func (p place) at(t testing.TB, clock *storetest.Clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), p.url, Options{Secret: testSecret, Now: clock.Instant})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
