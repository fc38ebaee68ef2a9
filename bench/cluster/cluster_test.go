package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/bench/cluster"
)

// A cluster is started with what it was asked for, answers, and leaves nothing behind.
func TestCluster(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.sql")
	t.Setenv("TMPDIR", shortFolder(t))
	c, absent, err := cluster.New()
	if err != nil {
		t.Fatal(err)
	}
	if absent != "" {
		t.Skip(absent)
	}
	if c.Process() != 0 {
		t.Error("a cluster that was not started has a process")
	}
	if err := c.Start(t.Context(), "work_mem=7MB"); err != nil {
		t.Fatal(err)
	}
	url, err := c.Database(t.Context(), "record")
	if err != nil || !strings.HasPrefix(url, "postgres:///record?host=") {
		t.Errorf("database %q, %v", url, err)
	}
	if _, err := c.Database(t.Context(), "record"); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("the same database again: %v", err)
	}
	if c.Process() == 0 {
		t.Error("a cluster that runs has no process")
	}
	if err := os.WriteFile(script, []byte("show work_mem;\nselect 1/0;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := c.Script(t.Context(), script).CombinedOutput()
	if err == nil || !strings.Contains(string(said), "7MB") || !strings.Contains(string(said), "division by zero") {
		t.Errorf("the script said %q, %v", said, err)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

// shortFolder returns a new folder that the server's user may enter, with a name short
// enough for a socket in it.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}
