package folder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/span"
	"towerbridge/statement"
)

const (
	estateText = `id: town
name: Town Hall
zone: Europe/London
parties:
  - {id: town, name: Town Hall, kind: customer}
  - id: desk
    name: Desk
    kind: supplier
    calendar: office
    teams: [{id: first, name: First line, line: 1, groups: [DESK-1]}]
  - {id: joiner, name: Joiner, kind: integrator, calendar: office}
towers: [{id: desk, name: Desk}]
services:
  - {id: email, name: Email, tower: desk, names: [E-mail]}
supplies:
  - {tower: desk, supplier: desk, customer: town}
`
	mappingText = `id: csv
format: csv
columns: {ticket: ticket, happened: at, event: event, group: group, service: service}
people: [person]
events: {map: {opened: opened, fixed: resolved}}
`
	logText = `ticket,at,event,group,service,person
INC-1,2026-03-02T09:00:00Z,opened,DESK-1,E-mail,Ada
INC-1,2026-03-02T10:00:00Z,fixed,DESK-1,E-mail,Bob
`
)

// write writes files below a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDocuments(t *testing.T) {
	dir := write(t, map[string]string{
		"estate.yaml": "a", "contracts/b.yaml": "b", "calendars/c.yaml": "c", "mappings/d.yaml": "d",
		"contracts/notes.txt": "no document", "contracts/old/e.yaml": "too deep", "other/f.yaml": "elsewhere", "x.worked": "an example",
	})
	f := Folder{Dir: dir}
	sources, err := f.Documents(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		got = append(got, s.Name+"="+string(s.Data))
	}
	if want := "estate.yaml=a calendars/c.yaml=c contracts/b.yaml=b mappings/d.yaml=d"; strings.Join(got, " ") != want {
		t.Errorf("documents %v; want %s", got, want)
	}
	if got, want := f.Place("contracts/b.yaml"), filepath.Join(dir, "contracts", "b.yaml"); got != want {
		t.Errorf("Place = %s; want %s", got, want)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := f.Documents(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped reading gives %v", err)
	}
}

func TestDocumentsOfNoFolder(t *testing.T) {
	dir := write(t, map[string]string{"file": ""})
	for name, want := range map[string]string{"none": "does not exist", "file": "is not a folder"} {
		_, err := (&Folder{Dir: filepath.Join(dir, name)}).Documents(context.Background())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
}

// book is what Journal needs of a store's documents.
func book(t *testing.T) *statement.Book {
	t.Helper()
	e, findings := estate.Read("estate.yaml", []byte(estateText))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return &statement.Book{Estate: e, Zones: calendar.Shipped()}
}

func TestJournal(t *testing.T) {
	dir := write(t, map[string]string{"m.yaml": mappingText, "log.csv": logText, "salt": "0123456789abcdef\n"})
	f := Folder{Dir: dir, Mapping: filepath.Join(dir, "m.yaml"), Logs: []string{filepath.Join(dir, "log.csv")}, Salt: filepath.Join(dir, "salt")}
	var last, of int64
	result, err := f.Journal(context.Background(), book(t), func(done, total int64) { last, of = done, total })
	if err != nil {
		t.Fatal(err)
	}
	if result.Rows != 2 || result.Entries != 2 {
		t.Fatalf("%d rows, %d entries; want 2 and 2", result.Rows, result.Entries)
	}
	if last != of || of != int64(len(logText)) {
		t.Errorf("progress ended at %d of %d; want %d", last, of, len(logText))
	}
	j := result.Journal
	facts := j.Fact(j.Of(0)[0])
	if party, team, service := j.Name(facts.Party), j.Name(facts.Team), j.Name(facts.Service); party != "desk" || team != "first" || service != "email" {
		t.Errorf("the names of the log became party %q, team %q, service %q", party, team, service)
	}
	withheld := j.WithheldOf(j.Of(0)[0])
	if len(withheld) != 1 || !withheld[0].Verify() {
		t.Errorf("people are withheld as %v", withheld)
	}
	f.Salt = ""
	if result, err = f.Journal(context.Background(), book(t), nil); err != nil {
		t.Fatal(err)
	}
	if w := result.Journal.WithheldOf(result.Journal.Of(0)[0]); len(w) != 0 {
		t.Errorf("without a salt, people are read: %v", w)
	}
}

// TestJournalFromPipe reads a log that cannot be read at two places at once.
func TestJournalFromPipe(t *testing.T) {
	dir := write(t, map[string]string{"m.yaml": mappingText})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		w.WriteString(logText)
		w.Close()
	}()
	defer r.Close()
	name := "/dev/fd/" + strconv.Itoa(int(r.Fd()))
	if _, err := os.Stat(name); err != nil {
		t.Skip("no /dev/fd here")
	}
	f := Folder{Dir: dir, Mapping: filepath.Join(dir, "m.yaml"), Logs: []string{name}}
	result, err := f.Journal(context.Background(), book(t), nil)
	if err != nil || result.Entries != 2 {
		t.Errorf("%v, %v; want 2 entries", result, err)
	}
}

func TestJournalSaysEverythingThatIsWrong(t *testing.T) {
	dir := write(t, map[string]string{
		"bad.yaml": "id: csv\nformat: tape\n", "bad.csv": "row,choice\n", "short": "abc", "log.csv": logText, "m.yaml": mappingText,
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name   string
		folder Folder
		want   []string
	}{
		{
			"files that are not there",
			Folder{Mapping: in("x"), Decisions: in("y"), Salt: in("z"), Logs: []string{in("a"), in("b")}},
			[]string{"the mapping", "the file of decisions", "the salt", "the log " + in("a"), "the log " + in("b")},
		},
		{
			"documents with findings",
			Folder{Mapping: in("bad.yaml"), Decisions: in("bad.csv"), Logs: []string{in("log.csv")}},
			[]string{"bad.yaml:2:9: TB1014", "bad.csv:1: TB1550: who", "bad.csv:1: TB1550: why"},
		},
		{"a short salt", Folder{Mapping: in("m.yaml"), Salt: in("short"), Logs: []string{in("log.csv")}}, []string{"could be guessed"}},
		{"a folder for a log", Folder{Mapping: in("m.yaml"), Logs: []string{dir}}, []string{"is a folder"}},
		{"no log", Folder{Mapping: in("m.yaml")}, []string{"there is no log to read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.folder.Journal(context.Background(), book(t), nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
		})
	}
}

func TestJournalStops(t *testing.T) {
	dir := write(t, map[string]string{"m.yaml": mappingText, "log.csv": logText})
	stopped, stop := context.WithCancel(context.Background())
	stop()
	f := Folder{Mapping: filepath.Join(dir, "m.yaml"), Logs: []string{filepath.Join(dir, "log.csv")}}
	if _, err := f.Journal(stopped, book(t), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped reading gives %v", err)
	}
}

// TestJournalInOpenForm reads a log that needs no mapping.
func TestJournalInOpenForm(t *testing.T) {
	dir := write(t, map[string]string{"m.yaml": mappingText, "log.csv": logText})
	f := Folder{Mapping: filepath.Join(dir, "m.yaml"), Logs: []string{filepath.Join(dir, "log.csv")}}
	first, err := f.Journal(context.Background(), book(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []byte
	for _, e := range first.Journal.Of(0) {
		lines = append(first.Journal.AppendLine(lines, e), '\n')
	}
	open := filepath.Join(dir, "log.ndjson")
	if err := os.WriteFile(open, lines, 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := (&Folder{Logs: []string{open}}).Journal(context.Background(), book(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range again.Journal.Of(0) {
		if a, b := first.Journal.Digest(first.Journal.Of(0)[i]), again.Journal.Digest(e); a != b {
			t.Errorf("entry %d has digest %s from the log and %s from its open form", i, a, b)
		}
	}
}

func TestFindingsStayFindings(t *testing.T) {
	rule := fault.Rule{Number: 1, Title: "a"}
	one := fault.Findings{rule.At(fault.Position{}, "", "one")}
	two := fault.Findings{rule.At(fault.Position{}, "", "two")}
	var findings fault.Findings
	if err := all(one, nil, two); !errors.As(err, &findings) || len(findings) != 2 {
		t.Errorf("two lists of findings became %v", err)
	}
	if err := all(nil, nil); err != nil {
		t.Errorf("nothing wrong became %v", err)
	}
	if err := all(errors.New("else"), one); err == nil || !strings.Contains(err.Error(), "else") || !strings.Contains(err.Error(), "one") {
		t.Errorf("an error and a finding became %v", err)
	}
}

func TestNames(t *testing.T) {
	table := newTable(2)
	table.add("email", []string{"E-mail", "Post", "wan"})
	table.add("fax", []string{"Fax", "Post"})
	table.add("wan", nil)
	for name, want := range map[string]string{"E-mail": "email", "Fax": "fax", "email": "email", "wan": "email", "Post": "", "Telex": ""} {
		got, ok := table.find(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("find(%s) = %q, %v; want %q", name, got, ok, want)
		}
	}
}

func TestDated(t *testing.T) {
	day := span.DateOf(2026, 4, 1)
	for _, c := range []struct {
		name string
		doc  estate.Document
		want bool
	}{
		{"no dates", estate.Document{Parties: []estate.Party{{ID: "a", Teams: []estate.Team{{ID: "b"}}}}}, false},
		{"a party ends", estate.Document{Parties: []estate.Party{{ID: "a", Dated: span.Dated{To: &day}}}}, true},
		{"a team begins", estate.Document{Parties: []estate.Party{{ID: "a", Teams: []estate.Team{{ID: "b", Dated: span.Dated{From: &day}}}}}}, true},
		{"only a tower ends", estate.Document{Towers: []estate.Tower{{ID: "t", Dated: span.Dated{To: &day}}}}, false},
	} {
		if got := dated(&c.doc); got != c.want {
			t.Errorf("%s: dated = %v", c.name, got)
		}
	}
	var o eventlog.Options
	names(&o, book(t).Estate)
	if o.GroupsDated {
		t.Error("an estate without dates is asked row by row")
	}
	if party, team, line, ok := o.Group("DESK-1", 0); party != "desk" || team != "first" || line != 1 || !ok {
		t.Errorf("Group = %s, %s, %d, %v", party, team, line, ok)
	}
}
