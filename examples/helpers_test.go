package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// sources reads the documents of a folder, by their names in it.
func sources(t testing.TB, folder string) []statement.Source {
	t.Helper()
	var out []statement.Source
	for _, pattern := range []string{"estate.yaml", "calendars/*.yaml", "contracts/*.yaml", "mappings/*.yaml"} {
		names, err := fs.Glob(os.DirFS(folder), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, statement.Source{Name: name, Data: data})
		}
	}
	return out
}

// book reads the documents of a folder, which must have no findings.
func book(t testing.TB, documents []statement.Source) *statement.Book {
	t.Helper()
	b, findings := statement.ReadBook(documents, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatalf("%d findings:\n%v", len(findings), findings)
	}
	return b
}

// options are what a log is read with beside its mapping.
func options(b *statement.Book) eventlog.Options {
	return eventlog.Options{Group: b.Estate.Group, Location: b.Zones.Location}
}

// draw draws a contract's statement for a month.
func draw(t testing.TB, b *statement.Book, j *journal.Journal, month string, asOf *span.Instant, contracts ...string) []*statement.Statement {
	t.Helper()
	period, err := span.ParsePeriod(month)
	if err != nil {
		t.Fatal(err)
	}
	var orders []statement.Order
	for _, id := range contracts {
		orders = append(orders, statement.Order{Contract: id, Period: period, AsOf: asOf})
	}
	out, err := statement.Draw(b, j, orders, 2)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// show logs a statement's figures, for who reads the test's output.
func show(t testing.TB, s *statement.Statement) {
	t.Logf("%s %s as of %s: credits %s of %s", s.Contract, s.Period, s.AsOf, s.Total, s.Charges)
	for _, m := range s.Measures {
		t.Logf("  %-8s %6d of %8d  %-12s target %-6s %-10s points %d excluded %d missed %d %s",
			m.ID, m.Met, m.Counted, m.Display, m.Target, m.Band, m.Points, len(m.Excluded), len(m.Missed), m.Rating)
	}
	for _, c := range s.Credits {
		t.Logf("  credit %-22s %s  %s", c.ID, c.Amount, c.Rule)
	}
	for _, c := range s.Cap {
		t.Logf("  cap %s room %s reached %v: %s", c.Limit, c.Room, c.Reached, c.Rule)
	}
}
