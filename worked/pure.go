package worked

import (
	"bytes"
	"fmt"

	"towerbridge/calendar"
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// PureEngine returns the engine that is this program's own chain, from documents
// and log to statement, without database, files or network. It may be used for
// several scripts, one after another.
func PureEngine() Engine { return pure{} }

type pure struct{}

// Load reads documents and log. The error says why the log cannot be read at all.
func (pure) Load(m Material) (Answers, error) {
	a := &answers{drawn: map[drawnKey]*statement.Statement{}}
	var err error
	if a.journal, err = a.read(m); err != nil {
		return nil, err
	}
	return a, nil
}

// Answer returns what the chain answers about documents that have no findings and the
// entries of a journal, which may be those of a few tickets or nil where only calendars
// are asked. A store of any kind answers by it.
func Answer(book *statement.Book, j *journal.Journal) Answers {
	return &answers{book: book, journal: j, drawn: map[drawnKey]*statement.Statement{}}
}

// answers is one script's material, read.
type answers struct {
	book     *statement.Book
	findings fault.Findings
	journal  *journal.Journal
	log      Log
	drawn    map[drawnKey]*statement.Statement
}

type drawnKey struct {
	contract string
	period   span.Period
	at       span.Instant
}

func (a *answers) Findings() fault.Findings { return a.findings }

func (a *answers) Log() Log { return a.log }

func (a *answers) read(m Material) (*journal.Journal, error) {
	a.book, a.findings = statement.ReadBook(m.Documents, calendar.Shipped())
	if !hasContract(m.Documents) { // an example may ask calendars alone
		var rest fault.Findings
		for _, f := range a.findings {
			if f.Rule.Number/100 != 18 {
				rest = append(rest, f)
			}
		}
		a.findings = rest
	}
	if m.Log.Name == "" {
		j, _ := journal.Merge(nil, nil)
		return j, nil
	}
	var mapping *eventlog.Mapping
	if m.Mapping != nil {
		var findings fault.Findings
		if mapping, findings = eventlog.ReadMapping(m.Mapping.Name, m.Mapping.Data); len(findings) > 0 {
			a.findings = append(a.findings, findings...)
			j, _ := journal.Merge(nil, nil)
			return j, nil
		}
	}
	in := []eventlog.Input{{Name: m.Log.Name, Reader: bytes.NewReader(m.Log.Data), Size: int64(len(m.Log.Data))}}
	result, err := eventlog.Read(in, mapping, LogOptions(a.book))
	if err != nil {
		return nil, err
	}
	a.log = LogOf(result)
	return result.Journal, nil
}

// LogOf returns what became of the rows of a log that was read.
func LogOf(result *eventlog.Result) Log {
	out := Log{Rows: result.Rows, Entries: result.Entries, Refused: map[int64]string{}}
	for _, h := range result.Held {
		out.Held = append(out.Held, h.Row)
	}
	for _, r := range result.Details {
		out.Refused[r.Row] = r.Finding.Rule.Code()
	}
	return out
}

func hasContract(documents []statement.Source) bool {
	for _, d := range documents {
		if len(d.Name) > 10 && d.Name[:10] == "contracts/" {
			return true
		}
	}
	return false
}

// LogOptions lets the estate say what the log's names mean.
func LogOptions(book *statement.Book) eventlog.Options {
	o := eventlog.Options{Location: book.Zones.Location, Workers: 1}
	if e := book.Estate; e != nil {
		o.Group, o.GroupsDated = e.Group, true
	}
	return o
}

// contract returns a contract that was read without findings.
func (a *answers) contract(id string) (*contract.Contract, error) {
	c, ok := a.book.Contracts[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "", "there is no contract %q without findings", id)
	}
	return c, nil
}

// history reads a ticket as known at an instant.
func (a *answers) history(id string, at span.Instant) (*ticket.History, error) {
	n, ok := a.journal.Find(id)
	h := &ticket.History{}
	if !ok || !ticket.Read(a.journal, n, at, h) {
		return nil, fault.New(fault.NotFound, "", "nothing is known of %s at %s", id, at)
	}
	return h, nil
}

func (a *answers) reader(id string) (*clock.Reader, error) {
	c, err := a.contract(id)
	if err != nil {
		return nil, err
	}
	return clock.NewReader(c, a.journal, a.book.World().KindOf), nil
}

func (a *answers) Clock(contractID, ticketID, clockID string, life int, at span.Instant) (Clock, error) {
	rd, err := a.reader(contractID)
	if err != nil {
		return Clock{}, err
	}
	h, err := a.history(ticketID, at)
	if err != nil {
		return Clock{}, err
	}
	for i := range rd.Contract.Clocks {
		if k := &rd.Contract.Clocks[i]; k.ID == clockID {
			return a.clock(rd, h, k, life)
		}
	}
	return Clock{}, fault.New(fault.NotFound, "", "contract %s has no clock %q", contractID, clockID)
}

func (a *answers) clock(rd *clock.Reader, h *ticket.History, k *contract.Clock, life int) (Clock, error) {
	var r clock.Reading
	rd.Read(h, k, 0, &r)
	for range life {
		if r.Next == 0 {
			return Clock{}, fmt.Errorf("%s has no life %d by clock %s", a.journal.TicketID(h.Ticket), life+1, k.ID)
		}
		rd.Read(h, k, r.Next, &r)
	}
	c := Clock{
		Verdict: r.Verdict.String(), Elapsed: r.Elapsed, Target: r.Target, HasTarget: r.Rule != nil && r.Verdict != clock.Unknown,
		Due: r.Due, Start: r.Start, Stop: r.Stop, Problem: r.Problem,
	}
	for _, p := range r.Pauses {
		x := Pause{Span: p.Span}
		if p.Done {
			x.Reasons = []string{"resolved"}
		}
		for _, reason := range rd.ReasonsOf(p.Reasons) {
			x.Reasons = append(x.Reasons, a.journal.Name(reason))
		}
		if r.Calendar != nil {
			x.Open = r.Calendar.OpenSeconds(p.From, p.To)
		}
		c.Pauses = append(c.Pauses, x)
	}
	return c, nil
}

func (a *answers) Legs(contractID, ticketID string, at span.Instant) (Legs, error) {
	rd, err := a.reader(contractID)
	if err != nil {
		return Legs{}, err
	}
	h, err := a.history(ticketID, at)
	if err != nil {
		return Legs{}, err
	}
	end, done := h.Done()
	if !done {
		end = max(h.AsOf, h.Opened())
	}
	out := Legs{Opened: h.Opened(), End: end}
	for _, l := range rd.Legs(h, nil) {
		party := a.journal.Name(l.Party)
		if party == "" { // a party that the log never mentions has no name in the journal
			party = owner(rd.Contract, l.Kind)
		}
		out.Legs = append(out.Legs, Leg{Span: l.Span, Kind: string(l.Kind), Party: party, Reason: a.journal.Name(l.Reason)})
	}
	return out, nil
}

// owner is the party of time that is no supplier's.
func owner(c *contract.Contract, kind contract.LegKind) string {
	switch kind {
	case contract.CustomerLeg:
		return c.Customer
	case contract.UnownedLeg, contract.IntegratorLeg:
		return c.Integrator
	}
	return ""
}

func (a *answers) Statement(contractID string, period span.Period, at span.Instant) (*statement.Statement, error) {
	key := drawnKey{contractID, period, at}
	if s, ok := a.drawn[key]; ok {
		return s, nil
	}
	if _, err := a.contract(contractID); err != nil {
		return nil, err
	}
	drawn, err := statement.Draw(a.book, a.journal, []statement.Order{{Contract: contractID, Period: period, AsOf: &at}}, 1)
	if err != nil {
		return nil, err
	}
	a.drawn[key] = drawn[0]
	return drawn[0], nil
}

func (a *answers) calendar(id string) (*calendar.Calendar, error) {
	c, ok := a.book.Calendars[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "", "there is no calendar %q without findings", id)
	}
	return c, nil
}

func (a *answers) Open(id string, from, to span.Instant) (int64, error) {
	c, err := a.calendar(id)
	if err != nil {
		return 0, err
	}
	if !c.Covers(from, to) {
		return 0, fmt.Errorf("calendar %s does not know all of %s to %s", id, from, to)
	}
	return c.OpenSeconds(from, to), nil
}

func (a *answers) Due(id string, from span.Instant, seconds int64) (span.Instant, error) {
	c, err := a.calendar(id)
	if err != nil {
		return 0, err
	}
	due, ok := c.Due(from, seconds)
	if !ok {
		return 0, fmt.Errorf("calendar %s does not know enough days after %s", id, from)
	}
	return due, nil
}
