package access_test

import (
	"os"
	"strings"
	"testing"

	"towerbridge/access"
)

// The policies that the guide shows are accepted as they stand there.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../docs/guide/access.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for line := range strings.Lines(string(guide)) {
		if code, ok := strings.CutPrefix(line, "    "); ok && !strings.HasPrefix(code, "credit.read") && !strings.HasPrefix(code, "supplier's") {
			shown.WriteString(code)
		}
	}
	p, findings := access.Read(access.File{Name: "guide.cedar", Text: []byte(shown.String())})
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, shown.String())
	}
	if n := len(p.All()) - len(policies(t).All()); n != 2 {
		t.Errorf("the guide shows %d policies", n)
	}
}
