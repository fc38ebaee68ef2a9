package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"towerbridge/fault"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// files returns what is below a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != dir {
			name, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOutputWritesAll(t *testing.T) {
	dir := t.TempDir()
	out := NewOutput(filepath.Join(dir, "a", "b"))
	defer out.Discard()
	for _, name := range []string{"x.txt", "y.txt"} {
		if err := out.Add(name, text(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.AddAt(filepath.Join(dir, "z.txt"), text("z")); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(files(t, dir), "a/b/x.txt") {
		t.Error("a file has its name before all are written")
	}
	if err := out.Commit(); err != nil {
		t.Fatal(err)
	}
	out.Discard() // has nothing left to discard
	if got, want := files(t, dir), []string{"a", "a/b", "a/b/x.txt", "a/b/y.txt", "z.txt"}; !slices.Equal(got, want) {
		t.Errorf("files %v; want %v", got, want)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "a", "b", "x.txt")); string(data) != "x.txt" {
		t.Errorf("x.txt holds %q", data)
	}
}

func TestOutputWritesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kept"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("it failed")
	out := NewOutput(filepath.Join(dir, "a", "b"))
	if err := out.Add("x.txt", text("x")); err != nil {
		t.Fatal(err)
	}
	if err := out.AddAt(filepath.Join(dir, "kept"), text("new")); err != nil {
		t.Fatal(err)
	}
	if err := out.Add("y.txt", func(io.Writer) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("error %v; want the writer's", err)
	}
	out.Discard()
	if got := files(t, dir); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("left behind: %v", got)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "kept")); string(data) != "old" {
		t.Errorf("a file that was there holds %q", data)
	}
}

func TestOutputRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	out := NewOutput(dir)
	defer out.Discard()
	wantError(t, out.Add("folder", text("")), fault.Invalid, "is in the way")
	if err := out.Add("x", text("")); err != nil {
		t.Fatal(err)
	}
	wantError(t, out.Add("x", text("")), fault.Invalid, "two files would be called")
	below := NewOutput(filepath.Join(dir, "file"))
	wantError(t, below.Add("x", text("")), fault.Unavailable, "cannot be written", "not a folder")
}
