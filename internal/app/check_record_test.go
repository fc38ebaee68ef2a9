package app_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/internal/store/storetest"
	"towerbridge/span"
	"towerbridge/worked"
)

// TestWorkedExamplesOnSQLite runs every worked example of the project through the
// record, by real writes.
func TestWorkedExamplesOnSQLite(t *testing.T) {
	workedExamples(t, 1, func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "record.db") })
}

// TestWorkedExamplesOnPostgreSQLProve does so on the other engine; of the stated number,
// which is all, every fifth where it is not to be proved.
func TestWorkedExamplesOnPostgreSQLProve(t *testing.T) {
	every := 5
	if os.Getenv("TOWERBRIDGE_PROVE") != "" {
		every = 1
	}
	workedExamples(t, every, func(t testing.TB) string { return storetest.Postgres(t) })
}

func workedExamples(t *testing.T, every int, url func(testing.TB) string) {
	t.Helper()
	scripts, run := 0, 0
	eachExample(t, func(t *testing.T, script *worked.Script) {
		if scripts++; scripts%every != 0 {
			t.SkipNow() // make prove runs all
		}
		engine := &app.RecordEngine{Open: func() (*app.Record, error) { return emptyRecord(t, url(t)) }}
		for _, x := range app.NotApplicable {
			if x.Holds(script) {
				t.Logf("%d expectations are not applicable: %s", len(script.Expectations), x.Why)
				script.Expectations = nil
			}
		}
		run += len(script.Expectations) + len(script.Fails)
		for _, f := range worked.Run(script, engine) {
			t.Error(f.String())
		}
	})
	if run < 350/every {
		t.Errorf("only %d expectations were asked for", run)
	}
}

// eachExample calls f with each worked example of the project.
func eachExample(t *testing.T, f func(*testing.T, *worked.Script)) {
	t.Helper()
	root := filepath.Join("..", "..", "examples")
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".worked") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			script, findings := worked.Parse(name, data)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			f(t, script)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func emptyRecord(t testing.TB, url string) (*app.Record, error) {
	l, err := sqlstore.Open(context.Background(), url, sqlstore.Options{Secret: make([]byte, sqlstore.SecretSize), Now: func() span.Instant { return 1_800_000_000 }})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() {
		stop()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	policies, err := access.New()
	if err != nil {
		return nil, err
	}
	return app.NewRecord(ctx, l, policies, func() span.Instant { return 1_800_000_000 }, rand.Reader), nil
}
