package statement_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

func TestIssueIsDeterministic(t *testing.T) {
	j := newLog().april2026().miss().journal(t)
	first := issue(t, book(t), j, nil)
	if again := issue(t, book(t), newLog().april2026().miss().journal(t), nil); !bytes.Equal(first, again) {
		t.Error("the same statement gave other bytes")
	}
	for _, f := range unzip(t, first) {
		if bytes.Contains(f.data, []byte("contracts/a.yaml")) {
			t.Errorf("%s holds the name of a file of the user's", f.name)
		}
	}
}

func TestIssueCarriesWhatWasRead(t *testing.T) {
	var names []string
	for _, f := range unzip(t, sample(t, nil)) {
		names = append(names, f.name)
	}
	want := []string{
		"manifest.txt", "calendars/always.yaml", "calendars/office.yaml", "contract.yaml", "estate.yaml",
		"holidays/england-and-wales.csv", "statement.json", "zones/Europe/London", "zones/UTC", "zones/VERSION", "entries.ndjson",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
}

func TestIssueTakesKnownEntriesOfUsedTicketsOnly(t *testing.T) {
	l := newLog().april2026()
	l.add("INC-1", "2026-04-14T09:00+01:00", journal.Facts{Event: journal.Noted}, "2026-06-01T09:00+01:00") // learnt after
	l.ticket("MAY-1", 30, 9, 10)
	l.add("MAY-1", "2026-05-02T09:00+01:00", journal.Facts{Event: journal.Noted})
	l.add("OTHER-1", "2026-04-14T09:00+01:00", journal.Facts{Event: journal.Opened, Party: l.Name("borealis"), Service: l.Name("wan")})
	l.add("OTHER-1", "2026-04-14T10:00+01:00", journal.Facts{Event: journal.Resolved})
	b := book(t, "  - id: KPI-2\n    name: Tickets opened\n    count: {of: opened}\n", "")
	entries := text(t, issue(t, b, l.journal(t), nil), "entries.ndjson")
	if n := strings.Count(entries, "\n"); n != 23 {
		t.Errorf("%d entries, want the 20 of April and the 3 of MAY-1", n)
	}
	if strings.Contains(entries, "OTHER-1") || strings.Contains(entries, "2026-06-01") {
		t.Error("the bundle holds an entry of another supplier's, or one learnt later")
	}
}

func TestIssueCarriesCorrectedEntries(t *testing.T) {
	l := newLog().april2026()
	// The correction is known in May; what it corrects came in only in June.
	l.add("INC-1", "2026-04-13T10:00+01:00", journal.Facts{Event: journal.Noted}, "2026-06-01T09:00+01:00")
	l.Correct(l.note("INC-1", "2026-04-13T11:00+01:00", journal.Corrects), "e21")
	data := issue(t, book(t), l.journal(t), nil)
	if !strings.Contains(text(t, data, "entries.ndjson"), `"key":"e21"`) {
		t.Fatal("the corrected entry is missing")
	}
	agrees(t, data)
}

func TestIssueKeepsWithheldContentBack(t *testing.T) {
	const secret = "the chief's laptop"
	for _, erased := range []bool{false, true} {
		l := newLog().april2026()
		w := journal.Salted("text", "5a17", secret)
		if erased {
			w.Value, w.Salt, w.Erased = "", "", true
		}
		l.Withhold(l.note("INC-2", "2026-04-14T11:30+01:00", journal.Private), w)
		data := issue(t, book(t), l.journal(t), nil)
		for _, f := range unzip(t, data) {
			if bytes.Contains(f.data, []byte(secret)) || bytes.Contains(f.data, []byte("5a17")) {
				t.Errorf("%s holds the withheld text or its salt", f.name)
			}
		}
		if !strings.Contains(text(t, data, "entries.ndjson"), w.Digest) {
			t.Error("the salted digest is missing")
		}
		agrees(t, data)
	}
}

func TestIssueRefusesWhatWasNotDrawnHere(t *testing.T) {
	b, j := book(t), newLog().april2026().journal(t)
	s := draw(t, b, j)
	decoded := must(statement.Decode(statement.Encode(s)))
	for name, err := range map[string]error{
		"a record that was read": statement.Issue(&bytes.Buffer{}, b, j, decoded, nil),
		"another journal":        statement.Issue(&bytes.Buffer{}, b, newLog().april2026().journal(t), s, nil),
		"other documents":        statement.Issue(&bytes.Buffer{}, book(t, "90%", "91%", "90%", "91%", "90%", "91%"), j, s, nil),
	} {
		t.Run(name, func(t *testing.T) { refused(t, err, fault.Invalid, "was not drawn from") })
	}
}

func TestIssueSaysWhenItCannotWrite(t *testing.T) {
	b, j := book(t), newLog().april2026().journal(t)
	refused(t, statement.Issue(full{}, b, j, draw(t, b, j), nil), fault.Unavailable, "cannot be written", "disk full")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = fault.New(fault.Unavailable, "", "disk full")

func TestIssueManyStretches(t *testing.T) {
	l := newLog()
	for i := range 21000 { // more than two stretches of entries
		l.ticket("T"+span.Instant(i).String(), 1+i%28, 9, 10)
	}
	data := issue(t, book(t), l.journal(t), nil)
	if r := agrees(t, data); r.Entries != 42000 {
		t.Errorf("%d entries", r.Entries)
	}
}

// agrees opens and verifies a bundle that must agree.
func agrees(t *testing.T, data []byte) statement.Report {
	t.Helper()
	r, err := statement.Verify(opened(t, data), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Agrees {
		t.Fatalf("does not agree: %v", r.First)
	}
	return r
}
