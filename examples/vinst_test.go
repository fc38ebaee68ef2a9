package examples_test

import (
	"os"
	"path/filepath"
	"testing"

	"towerbridge/eventlog"
	"towerbridge/statement"
)

// vinstLog returns the path of a file of the public log, which is never part of the
// project: it is looked for in $TOWERBRIDGE_DATA, else beside the project.
func vinstLog(t testing.TB, name string) string {
	t.Helper()
	for _, folder := range []string{os.Getenv("TOWERBRIDGE_DATA"), filepath.Join("..", "..", "shared", "data")} {
		if folder == "" {
			continue
		}
		path := filepath.Join(folder, "bpic2013", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("%s is not here: set TOWERBRIDGE_DATA to the folder that holds bpic2013", name)
	return ""
}

// readVinst reads the log by one of the example's mappings.
func readVinst(t testing.TB, b *statement.Book, file, mapping string) *eventlog.Result {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("vinst", "mappings", mapping))
	if err != nil {
		t.Fatal(err)
	}
	m, findings := eventlog.ReadMapping(mapping, data)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	in, err := os.Open(vinstLog(t, file))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	result, err := eventlog.Read([]eventlog.Input{{Name: file, Reader: in}}, m, options(b))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestVinst holds what the public log's own metadata says of it, in both of its
// forms, and that both give the same statements.
func TestVinst(t *testing.T) {
	b := book(t, sources(t, "vinst"))
	var first []*statement.Statement
	for _, form := range []struct{ file, mapping string }{
		{"VINST-incidents.csv.gz", "csv.yaml"},
		{"BPIC2013_incidents.xes.gz", "xes.yaml"},
	} {
		r := readVinst(t, b, form.file, form.mapping)
		if r.Rows != 65_533 || r.Entries != 65_533 || len(r.Held) > 0 || r.Refused > 0 {
			t.Errorf("%s: %s, want 65533 rows and as many entries\n%v", form.file, r.Summary(), r.Findings())
		}
		if n := r.Journal.Tickets(); n != 7_554 {
			t.Errorf("%s: %d tickets, want 7554", form.file, n)
		}
		drawn := draw(t, b, r.Journal, "2012-04", nil, b.IDs()...)
		if first == nil {
			first = drawn
			for _, s := range drawn {
				show(t, s)
			}
			continue
		}
		for i, s := range drawn {
			for k, m := range s.Measures {
				w := first[i].Measures[k]
				if m.Met != w.Met || m.Counted != w.Counted || m.Evidence != w.Evidence || len(m.Excluded) != len(w.Excluded) {
					t.Errorf("%s %s: %d of %d from %s, %d of %d from CSV", s.Contract, m.ID, m.Met, m.Counted, form.file, w.Met, w.Counted)
				}
			}
		}
	}
}
