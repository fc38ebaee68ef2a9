package report

import (
	"strings"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// maxWindows is how many stretches of open time a bar shows one by one; beyond it
// the clock's running time is drawn whole, closed hours included.
const maxWindows = 400

// breach is a missed ticket with its life, ready to be drawn.
type breach struct {
	statement.Missed
	About   string // kind, priority and service, in words
	Problem string // why there is no bar; empty where there is
	Line    span.Span
	Legs    []leg
	Clock   string // name of the clock; empty where the measure reads none
	Counted []span.Span
	Pauses  []pause
	Closed  bool // Counted leaves out closed hours
	DueAt   span.Instant
}

// leg is a stretch of elapsed time and whose it is.
type leg struct {
	span.Span
	Kind   contract.LegKind
	Who    string // party the time is charged to
	Other  bool   // another supplier than the contract's
	Holder string // party that held or was offered the ticket, where it is another
	State  string
	Reason string
}

// pause is a stretch in which the clock stood.
type pause struct {
	span.Span
	Reason string
	Cause  string // whose cause it is
	Open   int64  // open seconds of the clock's calendar that it took off
}

// breachReader reads the lives of tickets; it is for one goroutine.
type breachReader struct {
	sheet   *Sheet
	clocks  *clock.Reader
	history ticket.History
	reading clock.Reading
	legs    []clock.Leg
}

func (s *Sheet) newReader() *breachReader {
	r := &breachReader{sheet: s}
	if s.journal != nil && s.contract != nil {
		r.clocks = clock.NewReader(s.contract, s.journal, s.book.World().KindOf)
	}
	return r
}

// breach reads the life of a missed ticket, as known at the statement's as-of.
func (r *breachReader) breach(m *statement.Measure, missed statement.Missed) breach {
	b := breach{Missed: missed, DueAt: span.Never}
	if r.clocks == nil {
		b.Problem = "The entries of the ticket are not at hand, so its life cannot be drawn."
		return b
	}
	at, found := r.sheet.journal.Find(missed.Ticket)
	if !found || !ticket.Read(r.sheet.journal, at, r.sheet.statement.AsOf, &r.history) {
		b.Problem = "The journal has no entry of the ticket, so its life cannot be drawn."
		return b
	}
	b.About = r.about(r.history.Last())
	r.readLegs(&b)
	if k := r.clock(m.ID); k != nil {
		r.readClock(&b, k, missed.Episode)
	}
	return b
}

// about says what a ticket is: P2 incident, mail.
func (r *breachReader) about(s *ticket.State) string {
	j := r.sheet.journal
	words := strings.TrimSpace(j.Name(s.Priority) + " " + j.Name(s.Kind))
	if service := j.Name(s.Service); service != "" {
		if e := r.sheet.book.Estate; e != nil {
			if x, ok := e.Service(service); ok {
				service = x.Name
			}
		}
		words = strings.TrimPrefix(words+", "+service, ", ")
	}
	return words
}

// clock returns the clock that a measure reads, if it reads one.
func (r *breachReader) clock(id string) *contract.Clock {
	c := r.sheet.contract
	for i := range c.Measures {
		if c.Measures[i].ID == id && c.Measures[i].Clock >= 0 {
			return &c.Clocks[c.Measures[i].Clock]
		}
	}
	return nil
}

func (r *breachReader) readLegs(b *breach) {
	j := r.sheet.journal
	r.legs = r.clocks.Legs(&r.history, r.legs[:0])
	b.Line = span.Span{From: r.history.Opened(), To: r.history.Opened() + 1}
	for _, l := range r.legs {
		who := r.chargedTo(&l)
		x := leg{Span: l.Span, Kind: l.Kind, Who: r.sheet.party(who), State: l.Status.String(), Reason: j.Name(l.Reason)}
		x.Other = l.Kind == contract.SupplierLeg && who != r.sheet.contract.Supplier
		if holder := j.Name(l.Holder); holder != who && holder != "" {
			x.Holder = r.sheet.party(holder)
		}
		b.Legs = append(b.Legs, x)
		b.Line.To = max(b.Line.To, l.To)
	}
}

// chargedTo returns the id of the party that a leg is charged to. A party that no
// entry mentions has no symbol in the journal, and is then the contract's.
func (r *breachReader) chargedTo(l *clock.Leg) string {
	if l.Party != 0 {
		return r.sheet.journal.Name(l.Party)
	}
	who := ""
	switch l.Kind {
	case contract.CustomerLeg:
		who = r.sheet.contract.Customer
	case contract.UnownedLeg, contract.IntegratorLeg:
		who = r.sheet.contract.Integrator
	}
	if who == "" {
		return "nobody"
	}
	return who
}

// readClock reads the life of the ticket that missed: a clock may begin anew after
// a reopening, and each beginning is a life.
func (r *breachReader) readClock(b *breach, k *contract.Clock, life int) {
	r.clocks.Read(&r.history, k, 0, &r.reading)
	for ; life > 0 && r.reading.Next > 0; life-- {
		r.clocks.Read(&r.history, k, r.reading.Next, &r.reading)
	}
	x := &r.reading
	b.Clock = k.ID
	if k.Name != "" {
		b.Clock = k.Name
	}
	b.DueAt = x.Due
	for _, s := range []span.Instant{x.Due, x.Stop} {
		if s < span.Never {
			b.Line.To = max(b.Line.To, s)
		}
	}
	for _, p := range x.Pauses {
		b.Pauses = append(b.Pauses, r.pause(&p))
	}
	b.Counted = append([]span.Span(nil), x.Spans...)
	if x.Calendar == nil {
		return
	}
	var open []span.Span
	for _, s := range x.Spans {
		open = append(open, x.Calendar.Windows(s)...)
		if len(open) > maxWindows {
			return
		}
	}
	b.Counted, b.Closed = open, true
}

func (r *breachReader) pause(p *clock.Pause) pause {
	out := pause{Span: p.Span, Reason: "resolved, before it was reopened"}
	if r.reading.Calendar != nil {
		out.Open = r.reading.Calendar.OpenSeconds(p.From, p.To)
	}
	if p.Done {
		return out
	}
	var reasons, causes []string
	on := span.DateIn(r.history.Opened(), r.sheet.zone)
	for _, symbol := range r.clocks.ReasonsOf(p.Reasons) {
		name := r.sheet.journal.Name(symbol)
		reasons = append(reasons, name)
		if c, ok := r.sheet.contract.Cause(name, on); ok {
			causes = append(causes, string(c.Cause)+clauseIn(c.Clause))
		}
	}
	out.Reason, out.Cause = strings.Join(reasons, ", "), strings.Join(causes, ", ")
	return out
}
