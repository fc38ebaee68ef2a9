package cli_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// ended is what a command came to.
type ended struct {
	status         int
	stdout, stderr string
	peak           int64 // bytes; zero where the system does not tell
}

// run runs the program in a folder.
func run(t *testing.T, dir, line string, in io.Reader) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), mostPatient)
	defer cancel()
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(ctx, "towerbridge", strings.Fields(line)...)
	c.Dir, c.Stdin, c.Stdout, c.Stderr, c.WaitDelay = dir, in, &stdout, &stderr, time.Second
	err := c.Run()
	var exit *exec.ExitError
	if ctx.Err() != nil {
		t.Fatalf("it was not done after %s", mostPatient)
	}
	if err != nil && !errors.As(err, &exit) && c.ProcessState == nil {
		t.Fatal(err)
	}
	return ended{c.ProcessState.ExitCode(), stdout.String(), strings.ReplaceAll(stderr.String(), `\`, "/"), peak(c.ProcessState)}
}

// peak returns the most memory that a process had at once. What Unix says of it has no
// type that all systems know; Linux counts in KiB and macOS in bytes.
func peak(p *os.ProcessState) int64 {
	usage := reflect.ValueOf(p.SysUsage())
	if usage.Kind() != reflect.Pointer {
		return 0
	}
	most := usage.Elem().FieldByName("Maxrss")
	switch {
	case !most.IsValid():
		return 0
	case runtime.GOOS == "darwin":
		return most.Int()
	}
	return most.Int() << 10
}

// files lists all files below a folder with a checksum of each.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			out = append(out, path)
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		sum := crc32.NewIEEE()
		_, err = io.Copy(sum, f)
		out = append(out, fmt.Sprintf("%s %08x", path, sum.Sum32()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// newDesk makes a folder in which all is right: an estate, a log in each form, and a
// bundle. Its folder out holds one file, which has to stay as it is.
func newDesk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "desk"), os.DirFS("testdata/desk")); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile("testdata/desk/log.csv")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "log.csv", string(log))
	write(t, dir, "log.xes", xesHead+xesBody)
	write(t, dir, "xes.yaml", xesMapping)
	write(t, dir, "log.ndjson", lines)
	for _, line := range []string{drawing + "log.csv", drawXES + "log.xes", drawLines + "log.ndjson"} {
		if got := run(t, dir, line, nil); got.status != 0 || got.stderr != "" {
			t.Fatalf("%s: status %d\n%s", line, got.status, got.stderr)
		}
	}
	if got := run(t, dir, drawing+"log.csv", nil); got.status != 0 {
		t.Fatal(got.stderr)
	}
	if err := os.Rename(filepath.Join(dir, "out", "desk-2026-03.zip"), filepath.Join(dir, "bundle.zip")); err != nil {
		t.Fatal(err)
	}
	if got := run(t, dir, checking, nil); got.status != 0 {
		t.Fatal(got.stderr)
	}
	remove(t, dir, "out")
	write(t, dir, "out/kept.txt", "kept")
	return dir
}

func copied(t *testing.T, desk string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "work")
	if err := os.CopyFS(dir, os.DirFS(desk)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The texts that [write] writes as 10 MiB. They are not made in memory, for the most
// that a process is said to have had includes what its parent had when it started it.
const (
	long      = "(10 MiB)"
	longLines = "(10 MiB of lines)"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for text != "" && err == nil {
		at, mark, part := len(text), "", ""
		for m, p := range map[string]string{long: "xxxxxxxx", longLines: "xxxxxxx\n"} {
			if i := strings.Index(text, m); i >= 0 && i < at {
				at, mark, part = i, m, strings.Repeat(p, 8<<10)
			}
		}
		_, err = io.WriteString(f, text[:at])
		for n := 0; n < 10<<20 && part != "" && err == nil; n += len(part) {
			_, err = io.WriteString(f, part)
		}
		text = text[at+len(mark):]
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func nothing(*testing.T, string) {}

func written(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { write(t, dir, name, text) }
}

// rewritten changes a file, which has to make a difference.
func rewritten(name string, change func(string) string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		now := change(string(data))
		if now == string(data) {
			t.Fatalf("%s is as it was", name)
		}
		write(t, dir, name, now)
	}
}

func changed(from, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, from, to, 1) }
}

func replaced(name, from, to string) func(*testing.T, string) {
	return rewritten(name, changed(from, to))
}

// cut takes bytes off the end of a file.
func cut(name string, n int) func(*testing.T, string) {
	return rewritten(name, func(s string) string { return s[:len(s)-n] })
}

func marked(s string) string { return "\ufeff" + s }

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// zipped writes a compressed text of which some bytes are kept; a negative number is
// left out at the end.
func zipped(name, text string, kept int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		data := compressed(t, text)
		if kept < 0 {
			kept += len(data)
		}
		write(t, dir, name, string(data[:kept]))
	}
}

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nested writes log.xes.gz: a head, and 1 GiB of a tag that opens and opens. It is
// compressed as 1024 parts, each the same MiB.
func nested(head, tag string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		part := compressed(t, strings.Repeat(tag, 1<<20/len(tag)))
		write(t, dir, "log.xes.gz", string(compressed(t, head))+strings.Repeat(string(part), 1024))
	}
}

// endless is a stream that says one thing again and again and has no end.
func endless(head, again string) func() io.Reader {
	return func() io.Reader { return &stream{rest: head, again: strings.Repeat(again, 1<<16/len(again))} }
}

type stream struct {
	rest, again string
	given       int64
}

// Read never ends.
func (s *stream) Read(b []byte) (int, error) {
	if s.rest == "" {
		s.rest = s.again
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	s.given += int64(n)
	return n, nil
}

var (
	entityBomb = `<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<log><trace><string key="concept:name" value="&d;"/></trace></log>
`
	externalEntity = `<?xml version="1.0"?>
<!DOCTYPE log SYSTEM "file:///etc/passwd">
<log/>
`
	anchorBomb = `a: &a [x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f]
h: &h [*g, *g, *g, *g, *g, *g, *g, *g]
i: [*h, *h, *h, *h, *h, *h, *h, *h]
`
	openWeek = `  - week:
      monday: [09:00-17:00]
      tuesday: [09:00-17:00]
      wednesday: [09:00-17:00]
      thursday: [09:00-17:00]
      friday: [09:00-17:00]
    holidays: {sets: [england-and-wales]}
`
)
