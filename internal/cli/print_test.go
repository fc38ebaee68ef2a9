package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/span"
	"towerbridge/statement"
)

func TestHours(t *testing.T) {
	for seconds, want := range map[int64]string{
		0: "0m", 5: "5s", 60: "1m", 65: "1m05s", 3600: "1h00m", 3660: "1h01m", 3661: "1h01m01s", 3605: "1h00m05s", 360000: "100h00m", -90: "-1m30s",
	} {
		if got := hours(seconds); got != want {
			t.Errorf("hours(%d) = %s; want %s", seconds, got, want)
		}
	}
}

// TestTable leaves out what no row fills, and lets nothing move the cursor.
func TestTable(t *testing.T) {
	var tab table
	tab.row("id", "none", "name")
	tab.row("a", "", "one\x1b[2J")
	tab.row("long", "", "two\tthree\u202e")
	var b bytes.Buffer
	tab.write(&b, "> ")
	if got, want := b.String(), "> id    name\n> a     one·[2J\n> long  two·three·\n"; got != want {
		t.Errorf("table:\n%s\nwant:\n%s", got, want)
	}
}

func TestEarlierLines(t *testing.T) {
	month := func(n int) span.Period { return span.Month(2026, time.Month(n)) }
	got := earlierLines([]statement.Earlier{
		{Period: month(1)}, {Period: month(2)}, {Period: month(3), Issued: true, Digest: "sha256:aa"}, {Period: month(4)}, {Period: month(6)},
	})
	want := []string{
		"2026-01 to 2026-02 (2 periods), drawn, not issued", "2026-03, issued as sha256:aa", "2026-04, drawn, not issued", "2026-06, drawn, not issued",
	}
	if !slices.Equal(got, want) {
		t.Errorf("lines %q; want %q", got, want)
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"org-c-2012-04": "org-c-2012-04", "a/b": "a_b", "../../x": "_.._x", ".hidden": "hidden", "Zoë 1": "Zo__1", `a\b`: "a_b",
	} {
		if got := fileName(name); got != want {
			t.Errorf("fileName(%q) = %q; want %q", name, got, want)
		}
	}
}

// TestProgress shows nothing where nobody looks, and nothing in the first second.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	s := session{World: World{Stderr: &b}}
	if show, done := s.progress("reading"); show != nil {
		t.Error("progress is told without a terminal")
	} else {
		done()
	}
	s.Terminal = true
	show, done := s.progress("reading")
	show(1, 100)
	done()
	if b.Len() > 0 {
		t.Errorf("in the first second it shows %q", b.String())
	}
	show, done = s.progress("reading")
	time.Sleep(patience + 50*time.Millisecond)
	show(50, 100)
	done()
	if !strings.Contains(b.String(), "reading") {
		t.Errorf("after a second it shows %q", b.String())
	}
}
