package eventlog

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/fault"
	"towerbridge/journal"
)

// mustMap reads a mapping that has no findings.
func mustMap(t testing.TB, text string) *Mapping {
	t.Helper()
	m, findings := ReadMapping("mapping.yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return m
}

// location knows the zones of the machine that runs the tests.
func location(name string) (*time.Location, error) { return time.LoadLocation(name) }

// plain is an input that is read from front to back.
func plain(name, text string) Input { return Input{Name: name, Reader: strings.NewReader(text)} }

// anywhere is an input that can be read at any place.
func anywhere(name, text string) Input {
	return Input{Name: name, ReaderAt: strings.NewReader(text), Size: int64(len(text))}
}

// mustRead reads a log without an error, and checks that no row is lost.
func mustRead(t testing.TB, m *Mapping, opt Options, in ...Input) *Result {
	t.Helper()
	if opt.Location == nil {
		opt.Location = location
	}
	got, err := Read(in, m, opt)
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, got)
	return got
}

// checkResult checks what holds of every result.
func checkResult(t testing.TB, got *Result) {
	t.Helper()
	if got.Rows != got.Entries+int64(len(got.Held))+got.Refused+got.Acts {
		t.Fatalf("rows are lost: %s", got.Summary())
	}
	if int64(got.Journal.Len()) != got.Entries {
		t.Fatalf("the journal has %d entries: %s", got.Journal.Len(), got.Summary())
	}
	var counted int64
	for _, r := range got.Reasons {
		counted += r.Rows
	}
	if counted != got.Refused || int64(len(got.Details)) != min(got.Refused, MaxRefused) {
		t.Fatalf("%d refused, %d by reason, %d described", got.Refused, counted, len(got.Details))
	}
	for ticket := range got.Journal.Tickets() {
		if len(got.Journal.Of(ticket)) == 0 {
			t.Fatalf("ticket %s has no entries", got.Journal.TicketID(ticket))
		}
	}
}

// lines returns a journal in its open form, ticket by ticket.
func lines(j *journal.Journal) string {
	var b []byte
	for ticket := range j.Tickets() {
		for _, e := range j.Of(ticket) {
			b = append(j.AppendLine(b, e), '\n')
		}
	}
	return string(b)
}

// mustFail reads a log that cannot be read, and returns the findings.
func mustFail(t testing.TB, m *Mapping, opt Options, in ...Input) fault.Findings {
	t.Helper()
	if opt.Location == nil {
		opt.Location = location
	}
	got, err := Read(in, m, opt)
	if err == nil {
		t.Fatalf("it was read: %s", got.Summary())
	}
	findings, ok := err.(fault.Findings)
	if !ok || len(findings) == 0 {
		t.Fatalf("the error is no finding: %v", err)
	}
	return findings
}

// numbers returns the numbers of findings' rules.
func numbers(findings fault.Findings) []int {
	var out []int
	for _, f := range findings {
		out = append(out, f.Rule.Number)
	}
	return out
}

func zip(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sample opens a file of real data, which is not part of the project. It skips the
// test, saying so, where the data is not there.
func sample(t testing.TB, name string) Input {
	t.Helper()
	folder := os.Getenv("TOWERBRIDGE_DATA")
	if folder == "" {
		folder = filepath.Join(moduleRoot(t), "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the real log %s is not here; set TOWERBRIDGE_DATA to the folder that holds it", name)
	}
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: filepath.Base(name), ReaderAt: file, Size: info.Size()}
}

// moduleRoot returns the folder of go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	folder, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if filepath.Dir(folder) == folder {
			t.Fatal("no folder above this one holds go.mod")
		}
		folder = filepath.Dir(folder)
	}
}
