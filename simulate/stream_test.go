package simulate

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"
)

func TestTry(t *testing.T) {
	w := constabulary(t)
	s, f := New(w, Profile{ID: "x"}, Year(2019, 20000, 1))
	if len(f) > 0 {
		t.Fatal(f)
	}
	var b bytes.Buffer
	r, err := s.Write(&b, 2)
	t.Log(r.Entries, err, b.Len())
	t.Logf("%x", sha256.Sum256(b.Bytes()))
	t.Log(b.String()[1_000_000:1_005_000])
}

func BenchmarkWrite(b *testing.B) {
	w := constabulary(b)
	for b.Loop() {
		s, f := New(w, Profile{ID: "x"}, Year(2019, 1_000_000, 1))
		if len(f) > 0 {
			b.Fatal(f)
		}
		r, _ := s.Write(io.Discard, 2)
		b.ReportMetric(float64(r.Entries), "entries")
	}
}
func BenchmarkJournal(b *testing.B) {
	w := constabulary(b)
	for b.Loop() {
		s, f := New(w, Profile{ID: "x"}, Year(2019, 20_000, 1))
		if len(f) > 0 {
			b.Fatal(f)
		}
		s.Journal(1)
	}
}
