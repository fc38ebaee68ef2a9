package sqlstore

import (
	"context"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"towerbridge/fault"
)

// The steps for an engine hold no word in braces, and none of the other engine's.
func TestStepsAreRendered(t *testing.T) {
	braces := regexp.MustCompile(`[{}]`)
	for name, x := range map[string]struct {
		words   *strings.Replacer
		foreign *regexp.Regexp
	}{
		"sqlite":   {sqliteWords, regexp.MustCompile(`BYTEA|BIGINT|COLLATE`)},
		"postgres": {postgresWords, regexp.MustCompile(`BLOB|STRICT|ROWID|x''`)},
	} {
		files := rendered{steps, x.words}
		names, err := fs.Glob(files, "migrations/*.sql")
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, file := range names {
			text, err := fs.ReadFile(files, file)
			if err != nil {
				t.Fatal(err)
			}
			if bad := braces.Find(text); bad != nil {
				t.Errorf("%s of %s holds %s", file, name, bad)
			}
			if bad := x.foreign.Find(text); bad != nil {
				t.Errorf("%s of %s says %s", file, name, bad)
			}
			if !strings.HasPrefix(string(text), "-- +goose Up\n") || strings.Contains(string(text), "+goose Down") {
				t.Errorf("%s does not go forward only", file)
			}
		}
	}
}

// A database that a newer program has made ready is left alone.
func TestNewerDatabaseIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		tx, err := s.engine.begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var b batch
		b.exec("INSERT INTO " + stepsTable + " (version_id, is_applied) VALUES (999, " + map[string]string{"sqlite": "1", "postgres": "TRUE"}[p.name] + ")")
		if err := tx.finish(ctx, &b); err != nil {
			t.Fatal(err)
		}
		_, err = Open(ctx, p.url, Options{Secret: testSecret})
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "999") {
			t.Errorf("a newer database: %v", err)
		}
	})
}
