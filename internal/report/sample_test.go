package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/internal/report"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// cityLog is the life of some tickets of the sample: ticket, local time (of London,
// 2026), event, and what the entry says.
const cityLog = `
INC-0901 03-03T09:00 opened P2 incident mail atlas
INC-0901 03-03T09:10 accepted
INC-0901 03-05T10:00 resolved
INC-1001 04-01T09:00 opened P2 incident mail atlas
INC-1001 04-01T09:10 accepted
INC-1001 04-01T15:00 resolved
INC-1002 04-02T16:30 opened P2 incident records atlas
INC-1002 04-02T16:40 accepted
INC-1002 04-02T17:15 paused awaiting-customer
INC-1002 04-07T11:00 resumed
INC-1002 04-08T14:20 resolved
INC-1003 04-07T10:00 opened P3 incident mail
INC-1003 04-07T12:30 assigned borealis
INC-1003 04-07T13:30 accepted
INC-1003 04-08T09:00 assigned atlas
INC-1003 04-08T09:45 rejected
INC-1003 04-08T11:00 disputed
INC-1003 04-09T10:00 settled
INC-1003 04-09T10:05 assigned atlas
INC-1003 04-09T10:30 accepted
INC-1003 04-10T15:00 paused awaiting-parts
INC-1003 04-13T12:00 resumed
INC-1003 04-14T16:45:30 resolved
INC-1004 04-09T08:15 opened P3 incident records atlas
INC-1004 04-09T08:30 accepted
INC-1004 04-09T12:00 resolved
INC-1004 04-09T14:00 reopened
INC-1004 04-10T11:00 resolved
INC-1005 04-11T02:00 opened P1 incident mail atlas
INC-1005 04-11T02:05 accepted
INC-1005 04-11T07:30 resolved
INC-1006 04-13T09:00 opened P3 incident mail atlas
INC-1006 04-13T09:20 accepted
INC-1006 04-14T12:00 resolved
INC-1007 04-14T09:00 opened P2 incident mail atlas
INC-1007 04-14T09:20 accepted
INC-1007 04-14T16:59 resolved
INC-1008 04-15T09:00 opened P3 incident records atlas
INC-1008 04-15T09:20 accepted
INC-1008 04-16T10:00 resolved
INC-1008 04-20T09:00 reopened
INC-1008 04-24T17:00 resolved
INC-1009 04-16T09:00 opened P2 incident records atlas
INC-1009 04-16T09:20 accepted
INC-1009 04-20T17:00 resolved
INC-1010 04-17T09:00 opened P3 incident mail atlas
INC-1010 04-17T09:20 accepted
INC-1010 04-17T10:00 cancelled
INC-1011 04-20T09:00 opened P3 incident wan atlas
INC-1011 04-20T10:00 assigned borealis
INC-1011 04-20T11:00 accepted
INC-1011 04-21T12:00 resolved
INC-1012 04-21T09:00 opened P2 incident mail atlas
INC-1012 04-21T09:20 accepted
INC-1012 04-21T14:00 resolved
REQ-2001 04-22T09:00 opened P4 request mail atlas
REQ-2001 04-22T09:20 accepted
REQ-2001 04-23T09:00 resolved
OUT-3001 04-25T22:00 opened P1 outage mail atlas
OUT-3001 04-26T03:40 resolved
MNT-3002 04-12T01:00 opened P4 maintenance records atlas
MNT-3002 04-12T03:00 resolved
`

// sample draws the statement of April 2026 from the city's documents and log.
func sample(t testing.TB) (*statement.Book, *journal.Journal, *statement.Statement) {
	t.Helper()
	return drawn(t, cityBook(t, "", ""), cityLog)
}

// cityBook reads the documents of the sample, with a passage of the contract replaced.
func cityBook(t testing.TB, old, replacement string) *statement.Book {
	t.Helper()
	var files []statement.Source
	for _, name := range []string{"estate.yaml", "calendars/office.yaml", "calendars/always.yaml", "contracts/hosting.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", "city", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if old != "" && strings.HasPrefix(name, "contracts/") {
			if !bytes.Contains(data, []byte(old)) {
				t.Fatalf("%s has no passage %q", name, old)
			}
			data = bytes.ReplaceAll(data, []byte(old), []byte(replacement))
		}
		files = append(files, statement.Source{Name: name, Data: data})
	}
	book, findings := statement.ReadBook(files, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatalf("findings:\n%v", findings)
	}
	return book
}

func drawn(t testing.TB, book *statement.Book, log string) (*statement.Book, *journal.Journal, *statement.Statement) {
	t.Helper()
	j := readLog(t, book, log)
	order := statement.Order{Contract: "hosting", Period: span.Month(2026, time.April)}
	statements, err := statement.Draw(book, j, []statement.Order{order}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return book, j, statements[0]
}

// readLog reads lines such as those of cityLog. A last entry in May lets the journal
// have learnt of all of April.
func readLog(t testing.TB, book *statement.Book, log string) *journal.Journal {
	t.Helper()
	zone, err := book.Zones.Location("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	b := journal.NewBuilder("city-desk")
	row := uint32(0)
	add := func(line string) {
		w := strings.Fields(line)
		layout := "2006-01-02T15:04"
		if strings.Count(w[1], ":") == 2 {
			layout += ":05"
		}
		at, err := time.ParseInLocation(layout, "2026-"+w[1], zone)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := journal.Facts{}, false
		if f.Event, ok = journal.ParseEvent(w[2]); !ok {
			t.Fatalf("no event %q", w[2])
		}
		for _, word := range w[3:] {
			switch s := b.Name(word); {
			case strings.HasPrefix(word, "P") && len(word) == 2:
				f.Priority = s
			case strings.HasPrefix(word, "awaiting"):
				f.Reason = s
			case word == "mail" || word == "records" || word == "wan":
				f.Service = s
			case word == "incident" || word == "request" || word == "outage" || word == "maintenance":
				f.Kind = s
			default:
				f.Party = s
			}
		}
		row++
		i := span.Instant(at.Unix())
		b.Add(journal.Entry{Happened: i, Learnt: i, Ticket: b.Ticket([]byte(strings.ReplaceAll(w[0], "_", " "))), Facts: b.Facts(f), Row: row})
	}
	for line := range strings.Lines(log) {
		if strings.TrimSpace(line) != "" {
			add(line)
		}
	}
	add("INC-1999 05-20T09:00 opened P4 request mail atlas")
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatalf("findings:\n%v", findings)
	}
	return j
}

// written returns what one of a sheet's methods writes.
func written(t testing.TB, write func(*report.Sheet, *bytes.Buffer) error, s *report.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(s, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asHTML(s *report.Sheet, b *bytes.Buffer) error { return s.HTML(b) }
func asCSV(s *report.Sheet, b *bytes.Buffer) error  { return s.CSV(b) }
func asXLSX(s *report.Sheet, b *bytes.Buffer) error { return s.XLSX(b) }
