package worked

import (
	"os"
	"path/filepath"
	"testing"
)

// TestExamples runs every worked example of the repository on the pure chain.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*/*.worked")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	total := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, findings := Parse(filepath.ToSlash(file), data)
			if err := findings.Err(); err != nil {
				t.Fatal(err)
			}
			total += len(s.Expectations) + len(s.Fails)
			for _, f := range Run(s, PureEngine()) {
				t.Error(f)
			}
		})
	}
	t.Logf("%d expectations in %d examples", total, len(files))
}
