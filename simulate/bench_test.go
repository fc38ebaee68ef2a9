package simulate

import (
	"bytes"
	"runtime"
	"testing"

	"towerbridge/eventlog"
)

// counting is a writer that counts bytes.
type counting struct{ n int64 }

func (c *counting) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// BenchmarkWrite writes a year of a million tickets, as the command does; compare its
// bytes a second with those of BenchmarkRead.
func BenchmarkWrite(b *testing.B) {
	w := constabulary(b)
	for b.Loop() {
		s, findings := New(w, Profile{ID: "x"}, Year(2019, 1_000_000, 1))
		if len(findings) > 0 {
			b.Fatal(findings)
		}
		var out counting
		r, err := s.Write(&out, runtime.GOMAXPROCS(0))
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(out.n)
		b.ReportMetric(float64(r.Entries), "entries")
	}
}

// BenchmarkRead reads what a simulation of 100,000 tickets wrote, as statements do.
func BenchmarkRead(b *testing.B) {
	text, _ := written(b, simulated(b, Profile{ID: "x"}, Year(2019, 100_000, 1)), 2)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in := eventlog.Input{Name: "x.ndjson", ReaderAt: bytes.NewReader(text), Size: int64(len(text))}
		if _, err := eventlog.Read([]eventlog.Input{in}, nil, eventlog.Options{Workers: runtime.GOMAXPROCS(0)}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJournal makes the journal of a year of 20,000 tickets, as audits of many
// years do.
func BenchmarkJournal(b *testing.B) {
	w := constabulary(b)
	for b.Loop() {
		if _, _, err := Generate(w, Profile{ID: "x"}, Year(2019, 20_000, 1)); err != nil {
			b.Fatal(err)
		}
	}
}
