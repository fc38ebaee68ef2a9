package examples_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"towerbridge/eventlog"
	"towerbridge/examples"
	"towerbridge/statement"
)

var update = flag.Bool("update", false, "write the statements under constabulary/out and the documents inside its worked examples")

// yearLog is the constabulary's log.
func yearLog(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := examples.Log(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// constabulary reads the embedded documents and the log.
func constabulary(t testing.TB) (*statement.Book, *eventlog.Result) {
	t.Helper()
	var documents []statement.Source
	err := fs.WalkDir(examples.Constabulary(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(examples.Constabulary(), name)
		documents = append(documents, statement.Source{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := book(t, documents)
	r, err := eventlog.Read([]eventlog.Input{{Name: "log.ndjson", Reader: bytes.NewReader(yearLog(t))}}, nil, options(b))
	if err != nil {
		t.Fatal(err)
	}
	return b, r
}

// TestEmbedded holds that the program carries the folder as it is.
func TestEmbedded(t *testing.T) {
	for _, s := range sources(t, "constabulary") {
		data, err := fs.ReadFile(examples.Constabulary(), s.Name)
		if err != nil || !bytes.Equal(data, s.Data) {
			t.Errorf("%s is embedded otherwise: %v", s.Name, err)
		}
	}
	worked, err := fs.Glob(examples.Constabulary(), "*.worked")
	if err != nil || len(worked) != 3 {
		t.Errorf("%d worked examples are embedded, want 3 (%v)", len(worked), err)
	}
}

// TestLog holds that the log is the same each time, to the byte, and reads whole.
func TestLog(t *testing.T) {
	const digest = "5517d36d840fe986eb5fe6cfbd81d4dea619088e3f5a9b8679076427ad97ceb6"
	sum := sha256.Sum256(yearLog(t))
	if got := hex.EncodeToString(sum[:]); got != digest {
		t.Errorf("the log's digest is %s, want %s; if it was changed on purpose, write the statements with -update", got, digest)
	}
	b, r := constabulary(t)
	if r.Rows != r.Entries || r.Rows < 80_000 || r.Journal.Tickets() < 11_500 {
		t.Errorf("%s about %d tickets", r.Summary(), r.Journal.Tickets())
	}
	if got := b.IDs(); len(got) != 6 {
		t.Errorf("contracts %v, want six", got)
	}
}

// TestLogHolds counts what a year should have of each kind of event.
func TestLogHolds(t *testing.T) {
	counts := map[string]int{}
	late, corrected := 0, 0
	tickets := map[string]bool{}
	for line := range bytes.Lines(yearLog(t)) {
		var e struct {
			Ticket, Event, Kind, Service, Reason, Corrects string
			Happened, Learnt                               string
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		counts[e.Event]++
		if e.Event == "opened" {
			counts["kind "+e.Kind]++
			counts["service "+e.Service]++
			if tickets[e.Ticket] {
				t.Errorf("%s is opened twice", e.Ticket)
			}
			tickets[e.Ticket] = true
		}
		if e.Reason != "" {
			counts["reason "+e.Reason]++
		}
		if e.Corrects != "" {
			corrected++
		}
		if e.Learnt[:10] > e.Happened[:10] {
			late++
		}
		if e.Learnt < e.Happened {
			t.Errorf("%s was learnt before it happened", e.Ticket)
		}
	}
	for what, least := range map[string]int{
		"opened": 11_500, "accepted": 6_000, "rejected": 300, "paused": 1_500, "reopened": 500, "disputed": 80,
		"settled": 80, "excused": 3, "measured": 2_000, "linked": 150, "cancelled": 100, "changed": 80,
		"kind incident": 8_000, "kind request": 2_000, "kind outage": 40, "kind maintenance": 52,
		"service email": 1_500, "service command-and-control": 500, "service data-centre": 100,
		"reason user": 2_000, "reason third-party": 500, "reason change-window": 400, "reason relief": 3,
	} {
		if counts[what] < least {
			t.Errorf("%d times %s, want at least %d", counts[what], what, least)
		}
	}
	if corrected < 10 || late < 150 {
		t.Errorf("%d corrections and %d entries learnt on a later day", corrected, late)
	}
}

// TestLogFails holds that the writer's error comes back.
func TestLogFails(t *testing.T) {
	full := &fullDisk{room: 100_000}
	if err := examples.Log(full); err != os.ErrClosed {
		t.Errorf("error %v, want that of the writer", err)
	}
}

type fullDisk struct{ room int }

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, os.ErrClosed
	}
	return len(b), nil
}

// TestStatements compares the statements of March 2019 with those kept in
// constabulary/out, which -update writes.
func TestStatements(t *testing.T) {
	b, r := constabulary(t)
	for _, s := range draw(t, b, r.Journal, "2019-03", nil, b.IDs()...) {
		show(t, s)
		file := filepath.Join("constabulary", "out", s.Contract+"-2019-03.json")
		got := append(statement.Encode(s), '\n')
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs; look at the difference, then run go test ./examples -update", file)
		}
		if _, err := statement.Decode(bytes.TrimSpace(want)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestYear holds what the year is told for: green and red, points doubled, a cap
// reached, a credit earned back, and users who wait although the clocks are green.
func TestYear(t *testing.T) {
	b, r := constabulary(t)
	reached, earned, repeated := map[string]bool{}, map[string]string{}, false
	for _, id := range b.IDs() {
		red, green := 0, 0
		for _, month := range strings.Fields("01 02 03 04 05 06 07 08 09 10 11 12") {
			s := draw(t, b, r.Journal, "2019-"+month, nil, id)[0]
			for _, c := range s.Cap {
				if c.Reached {
					reached[id+" "+month] = true
				}
			}
			for _, m := range s.Measures {
				repeated = repeated || m.Repeat
				if m.Failed {
					red++
				} else if m.Target != "" && m.Value != "" {
					green++
				}
			}
			for _, x := range s.Schemes {
				if x.EarnedBack.Sign() != 0 {
					earned[id+" "+month] = x.EarnedBack.String()
				}
			}
		}
		if red < 2 || green < 12 {
			t.Errorf("%s: %d results failed and %d were met in the year", id, red, green)
		}
	}
	if !reached["end-user 03"] || !reached["applications 10"] || earned["siam 11"] == "" || !repeated {
		t.Errorf("caps reached %v, earned back %v, repeated failures %v", reached, earned, repeated)
	}
}

// TestWorked holds that the documents inside the worked examples are those of the
// folder; -update copies them.
func TestWorked(t *testing.T) {
	files, err := filepath.Glob("constabulary/*.worked")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(data)
		for i := range archive.Files {
			f := &archive.Files[i]
			original, err := os.ReadFile(filepath.Join("constabulary", f.Name))
			switch {
			case f.Name == "events.txt" || bytes.Equal(f.Data, original):
			case err != nil:
				t.Error(err)
			case *update:
				f.Data = original
			default:
				t.Errorf("%s holds another %s than the folder; run go test ./examples -update", file, f.Name)
			}
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
