package examples_test

import (
	"os"
	"path/filepath"
	"slices"
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

// figures are results of April 2012. Those marked were counted a second time from the
// rows alone, by a few lines of another language that share nothing with the program:
// tickets first resolved in April, their holder, reopenings, hand-overs, open tickets.
var figures = []struct {
	contract, measure string
	met, counted      int64
	twice             bool
}{
	{"org-c", "KPI-1", 162, 173, false},
	{"org-c", "KPI-2", 1538, 1581, false},
	{"org-c", "KPI-3", 1, 2, false},
	{"org-c", "KPI-4", 74, 173, true},
	{"org-c", "PI-1", 205, 1192, false},
	{"org-c", "PI-2", 125, 173, true},
	{"org-a2", "resolved", 24, 29, false},
	{"org-a2", "own-time", 25, 29, false},
	{"org-a2", "hand-overs", 67, 29, true},
	{"org-a2", "backlog", 310_098_046, 563, false},
	{"org-b", "SL-1", 24, 27, false},
	{"org-b", "SL-2", 11, 27, true},
}

// totals are the credits of April 2012.
var totals = map[string]string{"org-c": "SEK 153600.00", "org-a2": "SEK 13500.00", "org-b": "SEK 21600.00"}

// TestVinstApril holds the figures of the month that the program's guide shows.
func TestVinstApril(t *testing.T) {
	b := book(t, sources(t, "vinst"))
	r := readVinst(t, b, "VINST-incidents.csv.gz", "csv.yaml")
	by := map[string]*statement.Statement{}
	for _, s := range draw(t, b, r.Journal, "2012-04", nil, b.IDs()...) {
		show(t, s)
		by[s.Contract] = s
		if got := s.Total.String(); got != totals[s.Contract] {
			t.Errorf("%s: credits of %s, want %s", s.Contract, got, totals[s.Contract])
		}
	}
	for _, f := range figures {
		m := by[f.contract].Measures
		at := slices.IndexFunc(m, func(m statement.Measure) bool { return m.ID == f.measure })
		if m[at].Met != f.met || m[at].Counted != f.counted {
			t.Errorf("%s %s: %d of %d, want %d of %d (counted twice: %v)", f.contract, f.measure, m[at].Met, m[at].Counted, f.met, f.counted, f.twice)
		}
	}
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
