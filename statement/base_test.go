package statement_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/tools/txtar"

	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// folder is a small estate: one supplier, a share of incidents resolved within
// eight office hours, points for failing it that repeat, and a relief.
const folder = `
-- estate.yaml --
id: city
name: City
zone: Europe/London
parties:
  - {id: force, name: City Police, kind: customer}
  - {id: sextant, name: Sextant, kind: integrator, calendar: always}
  - {id: atlas, name: Atlas Hosting, kind: supplier, calendar: office}
towers:
  - {id: hosting, name: Hosting}
services:
  - {id: mail, name: Mail, tower: hosting}
supplies:
  - {tower: hosting, supplier: atlas, customer: force, contract: tower-a}
-- calendars/office.yaml --
id: office
zone: Europe/London
versions:
  - week:
      monday: [09:00-17:00]
      tuesday: [09:00-17:00]
      wednesday: [09:00-17:00]
      thursday: [09:00-17:00]
      friday: [09:00-17:00]
    holidays: {sets: [england-and-wales]}
-- calendars/always.yaml --
id: always
zone: UTC
versions:
  - always: true
-- contracts/a.yaml --
id: tower-a
title: Hosting
customer: force
supplier: atlas
integrator: sextant
towers: [hosting]
zone: Europe/London
currency: GBP
term: {start: 2026-03-01, end: 2027-03-01}
charges:
  - amount: GBP 100000.00
pauseCauses:
  - {reason: awaiting-customer, cause: customer}
clocks:
  - {id: resolve, stop: resolved, pauses: [awaiting-customer], calendar: office}
targets:
  - {clock: resolve, within: 8h}
measures:
  - id: KPI-1
    name: Incidents resolved in time
    share: {clock: resolve}
    target: [{value: 90%}]
    precision: {decimals: 2, rounding: half-up}
    bands:
      - {name: target, atLeast: 90%, met: true}
      - {name: minor, atLeast: 80%, below: 90%, points: 1}
      - {name: severe, below: 80%, points: 3}
    repeatFailure: {multiplier: 2}
  - id: KPI-2
    name: Tickets opened
    count: {of: opened}
credits:
  - id: sc
    pointsRate: {rate: 0.5%}
    measures: [KPI-1]
    caps: [{percentOfCharges: 3%}]
    rounding: half-up
exclusions:
  - id: power
    reason: Power cut at the site
    clause: 8.3
    author: J Price
    approvedBy: R Osei
    tickets: [INC-8]
    measures: [KPI-1]
`

// april is the period of the tests, and early the instant of its first statement.
var (
	april      = period("2026-04")
	aprilStart = must(span.ParseInstant("2026-04-01T00:00+01:00"))
	early      = must(span.ParseInstant("2026-05-08T17:00+01:00"))
)

func period(s string) span.Period { return must(span.ParsePeriod(s)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// book reads the folder, with passages replaced in pairs.
func book(t testing.TB, replace ...string) *statement.Book {
	t.Helper()
	text := folder
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the folder does not hold %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return bookOf(t, text)
}

func bookOf(t testing.TB, text string) *statement.Book {
	t.Helper()
	var sources []statement.Source
	for _, f := range txtar.Parse([]byte(text)).Files {
		sources = append(sources, statement.Source{Name: f.Name, Data: f.Data})
	}
	b, findings := statement.ReadBook(sources, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatalf("findings:\n%v", findings)
	}
	return b
}

// log is a journal in the making. Its entries are keyed e1, e2 and so on.
type log struct {
	*journal.Builder
	n int
}

func newLog() *log { return &log{Builder: journal.NewBuilder("desk")} }

// add adds an entry, learnt when it happened unless a later instant is given.
func (l *log) add(id, happened string, f journal.Facts, learnt ...string) journal.Entry {
	at := must(span.ParseInstant(happened))
	known := at
	if len(learnt) > 0 {
		known = must(span.ParseInstant(learnt[0]))
	}
	return l.put(id, at, known, f, 0)
}

func (l *log) put(id string, happened, learnt span.Instant, f journal.Facts, marks journal.Mark) journal.Entry {
	l.n++
	e := journal.Entry{Happened: happened, Learnt: learnt, Ticket: l.Ticket([]byte(id)), Facts: l.Facts(f)}
	e.Row, e.Marks = uint32(l.Name(fmt.Sprintf("e%d", l.n))), journal.Keyed|marks
	l.Add(e)
	return e
}

// note adds an entry that says only that something was written down.
func (l *log) note(id, happened string, marks journal.Mark) journal.Entry {
	at := must(span.ParseInstant(happened))
	return l.put(id, at, at, journal.Facts{Event: journal.Noted}, marks)
}

// ticket adds a ticket of the supplier's, open for some hours of an April day.
func (l *log) ticket(id string, day, from, to int) {
	at := func(hour int) string { return fmt.Sprintf("2026-04-%02dT%02d:00+01:00", day, hour) }
	extra := l.Extra(map[string]string{"category": "disk \"C\""})
	l.add(id, at(from), journal.Facts{
		Event: journal.Opened, Status: journal.InProgress, Kind: l.Name("incident"), Priority: l.Name("P3"),
		Service: l.Name("mail"), Party: l.Name("atlas"), Extra: extra,
	})
	l.add(id, at(to), journal.Facts{Event: journal.Resolved, Status: journal.ResolvedStatus})
}

// april2026 adds ten tickets. INC-7 and INC-8 take exactly the eight hours allowed;
// INC-8 has relief.
func (l *log) april2026() *log {
	for i := 1; i <= 10; i++ {
		if i == 7 || i == 8 {
			l.ticket(fmt.Sprintf("INC-%d", i), 14, 7, 17)
			continue
		}
		l.ticket(fmt.Sprintf("INC-%d", i), 12+i, 9, 12)
	}
	return l
}

// miss lets INC-7 and INC-8 be reopened for an hour, so that they miss.
func (l *log) miss() *log {
	for _, id := range []string{"INC-7", "INC-8"} {
		l.add(id, "2026-04-22T09:30+01:00", journal.Facts{Event: journal.Reopened, Status: journal.InProgress})
		l.add(id, "2026-04-22T10:30+01:00", journal.Facts{Event: journal.Resolved, Status: journal.ResolvedStatus})
	}
	return l
}

func (l *log) journal(t testing.TB) *journal.Journal {
	t.Helper()
	j, findings := journal.Merge([]*journal.Builder{l.Builder}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

// draw draws April as known early on.
func draw(t testing.TB, b *statement.Book, j *journal.Journal) *statement.Statement {
	t.Helper()
	return drawAt(t, b, j, early)
}

func drawAt(t testing.TB, b *statement.Book, j *journal.Journal, at span.Instant) *statement.Statement {
	t.Helper()
	s, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: april, AsOf: &at}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s[0]
}

// issue draws and issues April.
func issue(t testing.TB, b *statement.Book, j *journal.Journal, signer note.Signer) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := statement.Issue(&out, b, j, draw(t, b, j), signer); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sample is the bundle of the ten tickets.
func sample(t testing.TB, signer note.Signer) []byte {
	t.Helper()
	return issue(t, book(t), newLog().april2026().miss().journal(t), signer)
}

func open(data []byte) (*statement.Bundle, error) {
	return statement.Open(bytes.NewReader(data), int64(len(data)))
}

func opened(t testing.TB, data []byte) *statement.Bundle {
	t.Helper()
	b, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// file is one file of an archive.
type file struct {
	name string
	data []byte
}

func unzip(t testing.TB, data []byte) []file {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out []file
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, file{f.Name, must(io.ReadAll(r))})
	}
	return out
}

// rezip packs files as another program would.
func rezip(t testing.TB, files []file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.name, "/") {
			continue // a folder
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// change returns the bundle with one file rewritten and packed again.
func change(t testing.TB, data []byte, name string, edit func([]byte) []byte) []byte {
	t.Helper()
	files := unzip(t, data)
	for i := range files {
		if files[i].name == name {
			files[i].data = edit(bytes.Clone(files[i].data))
			return rezip(t, files)
		}
	}
	t.Fatalf("the bundle has no %s", name)
	return nil
}

// text returns a file of a bundle.
func text(t testing.TB, data []byte, name string) string {
	t.Helper()
	for _, f := range unzip(t, data) {
		if f.name == name {
			return string(f.data)
		}
	}
	t.Fatalf("the bundle has no %s", name)
	return ""
}

// refused checks an error's kind and words.
func refused(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("not refused")
	}
	if fault.KindOf(err) != kind {
		t.Errorf("kind %s, want %s: %v", fault.KindOf(err), kind, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("does not say %q: %v", w, err)
		}
	}
}
