package statement_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgramOfAnotherModule builds examples/recompute, which imports the nouns from
// a module of its own, and lets it recompute a bundle and a forged one.
func TestProgramOfAnotherModule(t *testing.T) {
	const folder = "../examples/recompute"
	source, err := os.ReadFile(filepath.Join(folder, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 60 {
		t.Errorf("main.go has %d lines, more than 60", n)
	}
	if bytes.Contains(source, []byte("towerbridge/internal")) || bytes.Contains(source, []byte("statement.Verify")) {
		t.Error("main.go does not stand on the nouns alone")
	}
	program := filepath.Join(t.TempDir(), "recompute")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = folder
	build.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	good := sample(t, nil)
	for _, c := range []struct {
		name   string
		bundle []byte
		exit   int
		says   string
	}{
		{"as issued", good, 0, "tower-a, 2026-04, from 24 entries\n  KPI-1: 8 of 9, 88.89%\n  KPI-2: 10 of 1, 10\n  total GBP 500.00, recorded GBP 500.00\nagrees\n"},
		{"forged", forge(t, good, `"total":{"currency":"GBP","value":"500.00"}`, `"total":{"currency":"GBP","value":"400.00"}`), 1, "recorded GBP 400.00\ndisagrees\n"},
		{"changed", change(t, good, "entries.ndjson", flip(9)), 1, "entries.ndjson:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "april.zip")
			if err := os.WriteFile(file, c.bundle, 0o600); err != nil {
				t.Fatal(err)
			}
			run := exec.Command(program, file)
			out, _ := run.CombinedOutput() // its exit is looked at below
			if run.ProcessState.ExitCode() != c.exit || !strings.Contains(string(out), c.says) {
				t.Errorf("exit %d, want %d\n%s", run.ProcessState.ExitCode(), c.exit, out)
			}
		})
	}
}
