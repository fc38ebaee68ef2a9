package flow_test

import (
	"os"
	"path/filepath"
	"testing"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/flow"
	"towerbridge/statement"
)

// folderBook reads the documents of a folder.
func folderBook(t testing.TB, folder string) *statement.Book {
	t.Helper()
	var files []statement.Source
	for _, pattern := range []string{"estate.yaml", "calendars/*.yaml", "contracts/*.yaml"} {
		names, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			short, err := filepath.Rel(folder, name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, statement.Source{Name: filepath.ToSlash(short), Data: data})
		}
	}
	b, findings := statement.ReadBook(files, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return b
}

// BenchmarkRead reads the flow of the benchmark's log of a million tickets, where it
// has been generated (see bench/README.md); reading the log is not timed.
func BenchmarkRead(b *testing.B) {
	bench := filepath.Join("..", "bench")
	in, err := os.Open(filepath.Join(bench, "data", "events.csv"))
	if err != nil {
		b.Skip("the benchmark's log is not here: make bench generates it")
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(bench, "estate", "mappings", "bench.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	m, findings := eventlog.ReadMapping("bench.yaml", data)
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	book := folderBook(b, filepath.Join(bench, "estate"))
	log, err := eventlog.Read([]eventlog.Input{{Name: "events.csv", Reader: in, ReaderAt: in, Size: info.Size()}}, m, eventlog.Options{
		Group: book.Estate.Group, Location: book.Zones.Location,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := flow.Read(book, log.Journal, flow.Order{}, 0)
		if err != nil {
			b.Fatal(err)
		}
		if !r.Conservation.Holds() {
			b.Fatal(r.Conservation)
		}
	}
}
