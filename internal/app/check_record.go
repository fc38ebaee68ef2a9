package app

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"towerbridge/access"
	"towerbridge/calendar"
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/worked"
)

// RecordEngine answers worked examples from a record, through the writes and reads
// that people use: an example's documents are put, its log is imported, and each
// question is asked by somebody who has the right to the answer.
type RecordEngine struct {
	Open func() (*Record, error) // a new, empty record for each example
}

// Load puts an example's documents and imports its log. Documents with findings are
// not put; then only the findings can be asked for.
func (e *RecordEngine) Load(m worked.Material) (worked.Answers, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	a := &recorded{ctx: context.Background(), record: r}
	who := r.Operator(a.ctx, access.Administrator)
	if _, err = r.PutDocuments(a.ctx, Request{Who: who}, CompleteExample(m.Documents)); errors.As(err, &a.findings) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	book, err := r.Book(a.ctx)
	if err != nil {
		return nil, err
	}
	a.who = reader(book)
	if m.Log.Name == "" {
		return a, nil
	}
	from, findings := newLogged(m)
	if a.findings = findings; len(findings) > 0 {
		return a, nil
	}
	x, err := r.ImportLog(a.ctx, Request{Who: r.Operator(a.ctx, access.Administrator)}, Import{From: from, Digest: journal.DigestLine(m.Log.Data)})
	if err != nil {
		return nil, err
	}
	a.log = worked.LogOf(x.Log)
	return a, nil
}

// CompleteExample adds to an example's documents what an example may leave out and a
// record may not: an estate where only calendars are asked, and calendars by which
// nothing of the example is counted.
func CompleteExample(documents []statement.Source) []statement.Source {
	out := slices.Clone(documents)
	book, _ := statement.ReadBook(documents, calendar.Shipped())
	if !slices.ContainsFunc(out, func(s statement.Source) bool { return s.Name == "estate.yaml" }) {
		const text = "id: example\nname: Example\nzone: Europe/London\nparties:\n" +
			"  - {id: customer, name: Customer, kind: customer}\n  - {id: integrator, name: Integrator, kind: integrator, calendar: example-always}\n"
		out = append(out, statement.Source{Name: "estate.yaml", Data: []byte(text)})
		book, _ = statement.ReadBook(out, calendar.Shipped())
	}
	if book.Estate == nil {
		return out
	}
	for _, x := range book.Estate.References() {
		name := "calendars/" + x.ID + ".yaml"
		there := slices.ContainsFunc(out, func(s statement.Source) bool { return s.Name == name })
		if x.Kind == "calendar" && book.Calendars[x.ID] == nil && !there {
			out = append(out, statement.Source{Name: name, Data: []byte("id: " + x.ID + "\nname: Around the clock\nzone: Etc/UTC\nversions: [{always: true, source: none}]\n")})
		}
	}
	return out
}

// reader is somebody of the first customer who may see every ticket and figure.
func reader(book *Book) access.Principal {
	out := access.Principal{ID: "reader", Kind: estate.Customer, Roles: []access.Role{access.Analyst, access.Commercial}}
	document := book.Estate.Document()
	for _, p := range document.Parties {
		if p.Kind == estate.Customer {
			out.Party = p.ID
			break
		}
	}
	for _, class := range document.DataClasses {
		out.Clearances = append(out.Clearances, class.ID)
	}
	return out
}

// recorded is one example in a record of its own.
type recorded struct {
	ctx      context.Context
	record   *Record
	who      access.Principal
	findings fault.Findings
	log      worked.Log
}

// Findings is what is wrong with the documents; then nothing was put.
func (a *recorded) Findings() fault.Findings { return a.findings }

// Log is what became of the log's rows.
func (a *recorded) Log() worked.Log { return a.log }

// asked reports whether anything can be asked.
func (a *recorded) asked() error {
	if len(a.findings) > 0 {
		return fault.New(fault.Invalid, "", "%s", NotApplicable[0].Why)
	}
	return nil
}

// Clock reads a clock of a ticket.
func (a *recorded) Clock(contract, ticket, clock string, life int, at span.Instant) (worked.Clock, error) {
	if err := a.asked(); err != nil {
		return worked.Clock{}, err
	}
	return a.record.ReadClock(a.ctx, a.who, contract, ticket, clock, life, at)
}

// Legs shares out the elapsed time of a ticket.
func (a *recorded) Legs(contract, ticket string, at span.Instant) (worked.Legs, error) {
	if err := a.asked(); err != nil {
		return worked.Legs{}, err
	}
	return a.record.ReadLegs(a.ctx, a.who, contract, ticket, at)
}

// Statement draws a service period of a contract.
func (a *recorded) Statement(contract string, period span.Period, at span.Instant) (*statement.Statement, error) {
	if err := a.asked(); err != nil {
		return nil, err
	}
	drawn, err := a.record.DrawStatement(a.ctx, a.who, contract, period, &at)
	if err != nil {
		return nil, err
	}
	return drawn.Statements[0], nil
}

// Open returns the open seconds of a calendar between two instants.
func (a *recorded) Open(calendar string, from, to span.Instant) (int64, error) {
	if err := a.asked(); err != nil {
		return 0, err
	}
	return a.record.OpenSeconds(a.ctx, a.who, calendar, from, to)
}

// Due returns the instant at which so many open seconds have run in a calendar.
func (a *recorded) Due(calendar string, from span.Instant, seconds int64) (span.Instant, error) {
	if err := a.asked(); err != nil {
		return 0, err
	}
	return a.record.DueInstant(a.ctx, a.who, calendar, from, seconds)
}

// logged is an example's log as a store.
type logged struct {
	log     statement.Source
	mapping *eventlog.Mapping
}

func newLogged(m worked.Material) (store.Store, fault.Findings) {
	out := &logged{log: m.Log}
	if m.Mapping == nil {
		return out, nil
	}
	var findings fault.Findings
	out.mapping, findings = eventlog.ReadMapping(m.Mapping.Name, m.Mapping.Data)
	return out, findings
}

// Documents returns nothing: the record has them.
func (l *logged) Documents(context.Context) ([]statement.Source, error) { return nil, nil }

// Place returns the name itself.
func (l *logged) Place(name string) string { return name }

// Journal reads the log.
func (l *logged) Journal(_ context.Context, book *statement.Book, _ store.Progress) (*eventlog.Result, error) {
	in := []eventlog.Input{{Name: l.log.Name, Reader: bytes.NewReader(l.log.Data), Size: int64(len(l.log.Data))}}
	return eventlog.Read(in, l.mapping, worked.LogOptions(book))
}

// Inapplicable is why an expectation of a worked example cannot be asked of a record.
type Inapplicable struct {
	Why   string
	Holds func(m *worked.Script) bool
}

// NotApplicable lists all reasons why what a worked example expects is asked of the
// pure chain only. There are no others. That the record refuses such documents, with
// the findings that the example expects, is asked of it all the same.
var NotApplicable = []Inapplicable{
	{"a record takes no documents that have findings, so that nothing can be asked of them", func(s *worked.Script) bool { return len(s.Fails) > 0 }},
}
