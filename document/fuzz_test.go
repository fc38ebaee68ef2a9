package document_test

import (
	"testing"

	"towerbridge/document"
)

// FuzzRead reads any text as a rich document: it must not panic, every finding
// has a place in the text and a remedy, reading twice is the same, and Read and
// the schema agree.
func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	for _, s := range swaps {
		f.Add([]byte(s.new + "\nmeasures: [{name: x}]\nrate: 1\n"))
	}
	for _, s := range []string{
		"", "\uFEFF", "a: &a [*a]", "? a\n: b", "- - -\n - a", "a: |+2\n   b\n\n", "a: >-\n b\n\n c", `a: "\u00e9\x41\
 b"`, "{a: [b, {c: d}], e}", "%TAG ! x\n---\n!a b\n...\n---", "a: 'b''c'\r\nd: \"e\r\n f\"", "<<: *x", "[[[[{{{{", "\t", "a:\t- b",
	} {
		f.Add([]byte(s))
	}
	s := validator[rich](f)
	f.Fuzz(func(t *testing.T, data []byte) {
		_, where, findings := document.Read[rich]("f.yaml", data)
		_, _, again := document.Read[rich]("f.yaml", data)
		if findings.Error() != again.Error() {
			t.Fatalf("two readings differ:\n%v\n%v", findings, again)
		}
		for _, x := range findings {
			if x.Message == "" || x.Fix() == "" || x.Position.File != "f.yaml" || x.Position.Line < 1 || x.Position.Column < 1 {
				t.Fatalf("a finding lacks its place, message or remedy: %+v", x)
			}
			where.At(x.Field)
		}
		if wrong := disagreement(s, string(data)); wrong != "" {
			t.Fatal(wrong)
		}
	})
}
