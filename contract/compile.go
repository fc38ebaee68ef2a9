package contract

import (
	"fmt"
	"slices"
	"time"

	"towerbridge/calendar"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// Contract is a checked contract, ready to be asked.
type Contract struct {
	Document
	Location   *time.Location // zone of the contract
	Clocks     []Clock
	Measures   []Measure
	Exclusions []Exclusion
	Acceptance *calendar.Calendar // of the acceptance time between suppliers; nil without one
	LateDays   *calendar.Calendar // of the late-entry cut-off; nil where it is in calendar days
	Precedence []LegKind
	changes    []span.Instant // when dated terms change, in order
}

// Clock is a clock with its scope, calendars and targets.
type Clock struct {
	ClockDocument
	Index    int
	Scope    *Scope
	choices  []*calendar.Calendar // of Calendars, in order
	fallback *calendar.Calendar
	targets  []*TargetDocument
}

// Measure is a measure with its scopes.
type Measure struct {
	MeasureDocument
	Index       int
	Clock       int // index of its clock, or -1
	Scope       *Scope
	Downtime    *Scope // of an availability
	Maintenance *Scope
	Calendar    *calendar.Calendar // of an availability or a backlog
}

// Exclusion is an exclusion with its scope and tickets.
type Exclusion struct {
	ExclusionDocument
	Scope    *Scope // nil where tickets are named
	measures map[string]bool
	tickets  map[string]bool
}

// Calendars are the calendars that contracts refer to, by their ids.
type Calendars map[string]*calendar.Calendar

// Compile readies a document for use. Its references must hold: [Document.Check]
// reports those that do not, with their places; Compile only refuses.
func Compile(doc Document, calendars Calendars, zones calendar.Zones) (*Contract, error) {
	location, err := zones.Location(doc.Zone)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "contract %s has no usable zone", doc.ID)
	}
	c := &Contract{Document: doc, Location: location, Precedence: doc.precedence()}
	build := builder{contract: c, calendars: calendars}
	build.legs()
	build.clocks()
	build.measures()
	build.exclusions()
	c.changes = doc.changes(location)
	return c, build.err
}

// DefaultPrecedence is the order of legs where a contract names none.
var DefaultPrecedence = []LegKind{DisputedLeg, CustomerLeg, UnownedLeg, IntegratorLeg, SupplierLeg}

func (d *Document) precedence() []LegKind {
	if d.Legs == nil || len(d.Legs.Precedence) == 0 {
		return DefaultPrecedence
	}
	return d.Legs.Precedence
}

type builder struct {
	contract  *Contract
	calendars Calendars
	err       error
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fault.New(fault.Invalid, "Run check on the folder: it names the place of every finding.",
			"contract %s: %s", b.contract.ID, fmt.Sprintf(format, args...))
	}
}

func (b *builder) calendar(id string) *calendar.Calendar {
	if id == "" {
		return nil
	}
	c, ok := b.calendars[id]
	if !ok {
		b.fail("there is no calendar %q", id)
	}
	return c
}

func (b *builder) scope(text string) *Scope {
	s, err := CompileScope(text)
	if err != nil {
		b.fail("scope %q: %v", text, err)
	}
	return s
}

func (b *builder) legs() {
	c := b.contract
	if c.Legs != nil {
		c.Acceptance = b.calendar(c.Legs.AcceptCalendar)
	}
	if c.LateEntries != nil && c.LateEntries.BusinessDays > 0 {
		c.LateDays = b.calendar(c.LateEntries.Calendar)
	}
}

func (b *builder) clocks() {
	c := b.contract
	for i := range c.Document.Clocks {
		d := c.Document.Clocks[i]
		k := Clock{ClockDocument: d, Index: i, Scope: b.scope(d.Scope), fallback: b.calendar(d.Calendar)}
		for _, choice := range d.Calendars {
			k.choices = append(k.choices, b.calendar(choice.Calendar))
		}
		for t := range c.Targets {
			if c.Targets[t].Clock == d.ID {
				k.targets = append(k.targets, &c.Targets[t])
			}
		}
		c.Clocks = append(c.Clocks, k)
	}
}

func (b *builder) measures() {
	c := b.contract
	for i := range c.Document.Measures {
		d := c.Document.Measures[i]
		m := Measure{MeasureDocument: d, Index: i, Clock: -1, Scope: b.scope(d.Scope)}
		if id := d.ClockID(); id != "" {
			m.Clock = slices.IndexFunc(c.Clocks, func(k Clock) bool { return k.ID == id })
			if m.Clock < 0 {
				b.fail("measure %s: there is no clock %q", d.ID, id)
			}
		}
		switch {
		case d.Availability != nil:
			m.Downtime, m.Maintenance = b.scope(d.Availability.Downtime), b.scope(d.Availability.Maintenance)
			m.Calendar = b.calendar(d.Availability.Calendar)
		case d.Backlog != nil:
			m.Calendar = b.calendar(d.Backlog.Calendar)
		}
		c.Measures = append(c.Measures, m)
	}
}

func (b *builder) exclusions() {
	c := b.contract
	for _, d := range c.Document.Exclusions {
		x := Exclusion{ExclusionDocument: d, measures: map[string]bool{}, tickets: map[string]bool{}}
		if d.Scope != "" {
			x.Scope = b.scope(d.Scope)
		}
		for _, m := range d.Measures {
			x.measures[m] = true
		}
		for _, t := range d.Tickets {
			x.tickets[t] = true
		}
		c.Exclusions = append(c.Exclusions, x)
	}
}

// ClockID returns the clock that the measure reads, or nothing.
func (m *MeasureDocument) ClockID() string {
	switch {
	case m.Share != nil:
		return m.Share.Clock
	case m.Mean != nil:
		return m.Mean.Clock
	case m.Percentile != nil:
		return m.Percentile.Clock
	}
	return ""
}

// Unit returns the unit of the measure's result.
func (m *MeasureDocument) Unit() Unit {
	switch {
	case m.Mean != nil, m.Percentile != nil:
		return Seconds
	case m.Count != nil, m.HandOvers != nil:
		return Plain
	case m.Backlog != nil && m.Backlog.OlderThan == nil:
		return Seconds
	}
	return Percent
}

// For reports whether the exclusion is about a measure.
func (x *Exclusion) For(measure string) bool { return len(x.measures) == 0 || x.measures[measure] }

// Names reports whether the exclusion names a ticket.
func (x *Exclusion) Names(ticket string) bool { return x.tickets[ticket] }

// Pauses reports whether the clock stands for a reason, by the causes in force on a date.
func (k *Clock) stands(reason string) bool { return slices.Contains(k.Pauses, reason) }

// Cause returns the cause of a pause reason on a date.
func (c *Contract) Cause(reason string, on span.Date) (*PauseCause, bool) {
	for i := range c.PauseCauses {
		if p := &c.PauseCauses[i]; p.Reason == reason && p.On(on) {
			return p, true
		}
	}
	return nil, false
}

// Stands reports whether a clock stands for a pause reason on a date.
func (c *Contract) Stands(k *Clock, reason string, on span.Date) bool {
	if !k.stands(reason) {
		return false
	}
	_, ok := c.Cause(reason, on)
	return ok
}

// Calendar returns the calendar of the clock for a ticket; nil if the contract
// names none for it, which is a fault of the contract and never filled in.
func (k *Clock) Calendar(priority, service, site string) *calendar.Calendar {
	for i, c := range k.ClockDocument.Calendars {
		if fits(c.Priorities, priority) && fits(c.Services, service) && fits(c.Sites, site) {
			return k.choices[i]
		}
	}
	return k.fallback
}

// Target returns the first target of the clock that fits a ticket on a date.
func (k *Clock) Target(kind, priority, service, site string, on span.Date) (*TargetDocument, bool) {
	for _, t := range k.targets {
		if t.On(on) && fits(t.Kinds, kind) && fits(t.Priorities, priority) && fits(t.Services, service) && fits(t.Sites, site) {
			return t, true
		}
	}
	return nil, false
}

func fits(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// Version returns the number of the stretch between changes of dated terms in
// which an instant lies, so that what is looked up once holds for all of it.
func (c *Contract) Version(at span.Instant) int {
	n := 0
	for n < len(c.changes) && c.changes[n] <= at {
		n++
	}
	return n
}

// changes lists the local midnights at which a target or a pause cause changes.
func (d *Document) changes(zone *time.Location) []span.Instant {
	var dates []*span.Date
	for i := range d.Targets {
		dates = append(dates, d.Targets[i].From, d.Targets[i].To)
	}
	for i := range d.PauseCauses {
		dates = append(dates, d.PauseCauses[i].From, d.PauseCauses[i].To)
	}
	var out []span.Instant
	for _, x := range dates {
		if x != nil {
			out = append(out, x.Start(zone))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ServicePeriod returns the service period that begins with a month.
func (c *Contract) ServicePeriod(from span.Date) span.Period {
	return span.Period{From: from, To: from.AddMonths(c.Period.Months())}
}

// CutOff returns the instant up to which entries about a period count: the end of
// the late-entry time of the contract, or the period's own end without one.
func (c *Contract) CutOff(p span.Period) (span.Instant, error) {
	end := p.To.Start(c.Location)
	switch l := c.LateEntries; {
	case l == nil:
		return end, nil
	case l.Days > 0:
		return (p.To + span.Date(l.Days)).Start(c.Location), nil
	case c.LateDays == nil:
		return end, nil
	default:
		at, ok := c.LateDays.EndOfBusinessDay(end-1, l.BusinessDays)
		if !ok {
			return 0, fault.New(fault.Invalid, "Extend the calendar's holidays.", "contract %s: calendar %s does not reach the cut-off of %s", c.ID, c.LateDays.ID(), p)
		}
		return at, nil
	}
}

// Charge returns the charges payable for a service period, by the charge in force
// on its first day; in the period in which the term begins, on the term's.
func (c *Contract) Charge(p span.Period) (*Charge, bool) {
	on := p.From
	if p.From < c.Term.Start && c.Term.Start < p.To {
		on = c.Term.Start
	}
	for i := range c.Charges {
		if c.Charges[i].On(on) {
			return &c.Charges[i], true
		}
	}
	return nil, false
}

// TargetLevel returns the measure's target performance level on a date.
func (m *MeasureDocument) TargetLevel(on span.Date) (*Level, bool) {
	for i := range m.Target {
		if m.Target[i].On(on) {
			return &m.Target[i], true
		}
	}
	return nil, false
}

// Band returns the band in which a rounded or exact value lies on a date, given
// how the value compares with each edge.
func (m *MeasureDocument) Band(on span.Date, compare func(Value) int) (*BandDocument, bool) {
	for i := range m.Bands {
		if b := &m.Bands[i]; b.On(on) && b.Holds(compare) {
			return b, true
		}
	}
	return nil, false
}

// Holds reports whether a value lies in the band, given how it compares with each edge.
func (b *BandDocument) Holds(compare func(Value) int) bool {
	return (b.AtLeast == nil || compare(*b.AtLeast) >= 0) && (b.Above == nil || compare(*b.Above) > 0) &&
		(b.AtMost == nil || compare(*b.AtMost) <= 0) && (b.Below == nil || compare(*b.Below) < 0)
}

// Read reads a contract's document and checks what can be checked without other
// documents; see [Document.Check] for the rest.
func Read(file string, data []byte) (Document, *document.Where, fault.Findings) {
	d, where, findings := document.Read[Document](file, data)
	if len(findings) == 0 {
		findings = d.CheckAlone(where)
	}
	return d, where, findings
}
