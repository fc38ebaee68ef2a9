package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/fault"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "seven")
	if err := os.WriteFile(path, []byte("1234567"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		most       int64
		kind       fault.Kind
		want       string // content, or part of the message
	}{
		{"just fits", path, 7, 0, "1234567"},
		{"one byte too long", path, 6, fault.Invalid, "the key " + path + " is longer than 6 bytes"},
		{"missing", filepath.Join(dir, "none"), 7, fault.NotFound, "does not exist"},
		{"a folder", dir, 7, fault.Unavailable, "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := ReadFile("the key", c.path, c.most)
			if err == nil {
				if string(data) != c.want {
					t.Errorf("read %q; want %q", data, c.want)
				}
				return
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q of kind %s; want %q of kind %s", err, fault.KindOf(err), c.want, c.kind)
			}
		})
	}
}

func TestFileErrorNamesThePathOnce(t *testing.T) {
	err := FileError("the log", "a.csv", &fs.PathError{Op: "read", Path: "a.csv", Err: fs.ErrClosed})
	if got := err.Error(); strings.Count(got, "a.csv") != 1 {
		t.Errorf("%q names the file more than once", got)
	}
	if err := FileError("the log", "a.csv", fs.ErrPermission); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("kind %s; want %s", fault.KindOf(err), fault.Unavailable)
	}
}
