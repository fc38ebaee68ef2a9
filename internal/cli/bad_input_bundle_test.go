package cli_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rezipped packs bundle.zip again; the files pass through one by one, and further ones
// may follow.
func rezipped(t *testing.T, dir string, file func(name, text string) (string, bool), more func(*zip.Writer) error) {
	t.Helper()
	path := filepath.Join(dir, "bundle.zip")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		now, kept := file(f.Name, string(text))
		if !kept {
			continue
		}
		w, err2 := out.Create(f.Name)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, now); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(more(out), out.Close(), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func noMore(*zip.Writer) error { return nil }

// repacked changes one file of the bundle.
func repacked(name string, change func(string) string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		done := false
		rezipped(t, dir, func(n, text string) (string, bool) {
			if n == name {
				now := change(text)
				done = now != text
				text = now
			}
			return text, true
		}, noMore)
		if !done {
			t.Fatalf("%s is as it was", name)
		}
	}
}

// added adds a file to the bundle.
func added(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rezipped(t, dir, func(_, text string) (string, bool) { return text, true }, func(w *zip.Writer) error {
			f, err := w.Create(name)
			if err == nil {
				_, err = io.WriteString(f, text)
			}
			return err
		})
	}
}

// archiveByte changes one byte of a file as it lies in the archive.
func archiveByte(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rewritten("bundle.zip", func(s string) string {
			in, err := zip.NewReader(strings.NewReader(s), int64(len(s)))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range in.File {
				if f.Name == name {
					from, err := f.DataOffset()
					if err != nil {
						t.Fatal(err)
					}
					at := from + int64(f.CompressedSize64)/2
					return s[:at] + string([]byte{s[at] ^ 1}) + s[at+1:]
				}
			}
			return s
		})(t, dir)
	}
}

// bomb puts 1 GiB of zeros in place of a file of the bundle. The archive says that it
// is as large as stated.
func bomb(name string, stated uint64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rezipped(t, dir, func(n, text string) (string, bool) { return text, n != name }, func(w *zip.Writer) error {
			part, end := deflated(t, 1<<20, (*flate.Writer).Flush), deflated(t, 0, (*flate.Writer).Close)
			h := &zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: stated, CompressedSize64: uint64(1024*len(part) + len(end))}
			f, err := w.CreateRaw(h)
			if err == nil {
				_, err = io.WriteString(f, strings.Repeat(part, 1024)+end)
			}
			return err
		})
	}
}

// deflated returns zeros as deflate packs them. Flushed parts can follow on one
// another; one that is closed is the last.
func deflated(t *testing.T, size int, finish func(*flate.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(make([]byte, size))
	if err := errors.Join(err, finish(w)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
