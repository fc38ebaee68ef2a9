// Package clock reads how long a ticket took, by the terms of a contract.
//
// A clock is a reading, never a record: a pure function of a ticket's history as
// known at an instant, the contract's rule and its calendar. The live deadline on
// a page and the verdict in a statement are the same call of [Reader.Read].
//
//	opened      paused        resumed   resolved
//	  |--running--)|··pause··|--running--)|          spans and pauses of a Reading
//	  |-----------------------------------|          legs: tile the elapsed time
//
// Open time is counted by converting only the edges of windows: durations are
// differences on the UTC line, so that clock changes, holidays and windows over
// midnight need no special case. A pause takes off *open* time only. A target is
// met at its very last second (elapsed <= target).
//
// [Reader.Legs] shares out the *elapsed* seconds from opening to end between
// supplier, integrator, customer, unowned and disputed without gap or overlap.
// The package decides no credit.
package clock

import (
	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Verdict is how a clock stands.
type Verdict uint8

// The verdicts. A clock that still runs is Missed once its target has passed.
const (
	NotStarted Verdict = iota
	NoTarget           // timed, but the contract sets no target for it
	Running            // not stopped, the target not reached
	Met                // stopped at or before the target
	Missed             // the target passed, stopped or not
	Unknown            // cannot be said; see the reading's Problem
)

var verdictNames = [...]string{"not-started", "no-target", "running", "met", "missed", "unknown"}

// String names the verdict.
func (v Verdict) String() string { return verdictNames[v] }

// Pause is a stretch in which the clock stood.
type Pause struct {
	span.Span
	Reasons uint64 // reasons at once, as journal.ReasonBit
	Done    bool   // the ticket was resolved and not yet reopened
}

// Reading is one clock of one ticket. Its storage is used again by the next Read.
type Reading struct {
	Clock      *contract.Clock
	Verdict    Verdict
	Start      span.Instant // when the clock began; after a restart, when it began anew
	Stop       span.Instant // when it stopped; span.Never while it has not
	Elapsed    int64        // open seconds counted, pauses taken off
	Target     int64        // open seconds allowed; zero without a target
	Due        span.Instant // when the target is or was reached; span.Never if unknown
	Breach     span.Instant // of a missed target: the first instant at which it was passed, the second after Due unless that is in closed hours
	Carried    Ratio        // proportional policy: what was used before the change, in seconds of the new target
	Fixed      bool         // the target is a date, which pauses do not move
	Calendar   *calendar.Calendar
	Rule       *contract.TargetDocument
	Spans      []span.Span   // when it ran
	Pauses     []Pause       // when it stood
	At         *ticket.State // the state that judged it: at the stop, or the last
	Moment     int           // its position in the history
	Rejected   bool          // the supplier rejected the ticket, and the contract excludes it
	Cancelled  bool          // the ticket was cancelled without a resolution
	Next       int           // moment at which a later life of the ticket begins; zero if none
	FirstStop  span.Instant  // when it stopped first; span.Never while it has not
	Problem    string        // why the verdict is unknown, in words
	stopMoment int
}

// Ratio is an exact number of seconds that need not be whole.
type Ratio struct{ Num, Den int64 }

// Whole returns the number cut down to whole seconds.
func (r Ratio) Whole() int64 {
	if r.Den == 0 {
		return 0
	}
	return r.Num / r.Den
}

// Ceil returns the number in whole seconds, a begun one counted: so many of the
// target are used up.
func (r Ratio) Ceil() int64 {
	n := r.Whole()
	if r.Den > 0 && r.Num%r.Den != 0 {
		n++
	}
	return n
}

// Stopped reports whether the clock has stopped.
func (r *Reading) Stopped() bool { return r.Stop < span.Never }

// reset empties the reading but keeps its storage.
func (r *Reading) reset(k *contract.Clock) {
	spans, pauses := r.Spans[:0], r.Pauses[:0]
	*r = Reading{} // in place: a copy of all fields would cost more than reading many a ticket
	r.Clock, r.Spans, r.Pauses, r.stopMoment = k, spans, pauses, -1
	r.Stop, r.Due, r.Breach, r.FirstStop = span.Never, span.Never, span.Never, span.Never
}

func (r *Reading) run(from, to span.Instant) {
	if from >= to {
		return
	}
	if n := len(r.Spans); n > 0 && r.Spans[n-1].To == from {
		r.Spans[n-1].To = to
		return
	}
	r.Spans = append(r.Spans, span.Span{From: from, To: to})
}

func (r *Reading) pause(from, to span.Instant, reasons uint64, done bool) {
	if from >= to {
		return
	}
	if n := len(r.Pauses); n > 0 && r.Pauses[n-1].To == from && r.Pauses[n-1].Reasons == reasons && r.Pauses[n-1].Done == done {
		r.Pauses[n-1].To = to
		return
	}
	r.Pauses = append(r.Pauses, Pause{Span: span.Span{From: from, To: to}, Reasons: reasons, Done: done})
}

// Reader reads the clocks of one contract over one journal. It remembers the
// terms it looked up, so each goroutine needs a reader of its own.
type Reader struct {
	Contract *contract.Contract
	Journal  *journal.Journal
	supplier journal.Symbol
	kindOf   func(party string) contract.LegKind
	terms    map[termsKey]terms
	last     []remembered
	masks    map[maskKey]uint64
	lastMask []rememberedMask
	causes   map[causeKey]causeMasks
	sharing  sharing
}

type termsKey struct {
	clock, version                int
	kind, priority, service, site journal.Symbol
}

type terms struct {
	calendar *calendar.Calendar
	target   *contract.TargetDocument
}

type remembered struct {
	key termsKey
	terms
}

type maskKey struct{ clock, version int }

type rememberedMask struct {
	version int
	mask    uint64
}

// NewReader returns a reader. kindOf says what a party of the estate is: supplier,
// integrator or customer; nil takes every party for a supplier.
func NewReader(c *contract.Contract, j *journal.Journal, kindOf func(party string) contract.LegKind) *Reader {
	rd := &Reader{
		Contract: c, Journal: j, supplier: j.Symbol(c.Supplier), kindOf: kindOf,
		terms: map[termsKey]terms{},
		last:  make([]remembered, len(c.Clocks)), masks: map[maskKey]uint64{},
		lastMask: make([]rememberedMask, len(c.Clocks)), causes: map[causeKey]causeMasks{},
	}
	for i := range rd.lastMask {
		rd.lastMask[i].version = -1
		rd.last[i].key.clock = -1
	}
	return rd
}

// Supplier returns the symbol of the contract's supplier; zero if the journal never
// mentions it.
func (rd *Reader) Supplier() journal.Symbol { return rd.supplier }

// mine reports whether a party is the contract's supplier; nobody is not, even where
// the journal never mentions the supplier.
func (rd *Reader) mine(party journal.Symbol) bool { return party != 0 && party == rd.supplier }

// termsFor looks up the calendar and target of a clock for a state.
func (rd *Reader) termsFor(k *contract.Clock, version int, at span.Instant, priority journal.Symbol, s *ticket.State) terms {
	key := termsKey{k.Index, version, s.Kind, priority, s.Service, s.Site}
	if l := &rd.last[k.Index]; l.key == key {
		return l.terms
	}
	t, ok := rd.terms[key]
	if !ok {
		j := rd.Journal
		p, service, site := j.Name(priority), j.Name(s.Service), j.Name(s.Site)
		t.calendar = k.Calendar(p, service, site)
		t.target, _ = k.Target(j.Name(s.Kind), p, service, site, span.DateIn(at, rd.Contract.Location))
		rd.terms[key] = t
	}
	rd.last[k.Index] = remembered{key, t}
	return t
}

// mask returns the pause reasons for which a clock stands, as a set of bits.
func (rd *Reader) mask(k *contract.Clock, version int, at span.Instant) uint64 {
	if l := &rd.lastMask[k.Index]; l.version == version {
		return l.mask
	}
	key := maskKey{k.Index, version}
	m, ok := rd.masks[key]
	if !ok {
		on := span.DateIn(at, rd.Contract.Location)
		for _, reason := range rd.Journal.Reasons() {
			if rd.Contract.Stands(k, rd.Journal.Name(reason), on) {
				m |= rd.Journal.ReasonBit(reason)
			}
		}
		rd.masks[key] = m
	}
	rd.lastMask[k.Index] = rememberedMask{version, m}
	return m
}

// SubjectOf returns what a scope may read of a state.
func SubjectOf(s *ticket.State) contract.Subject {
	return contract.Subject{
		Kind: s.Kind, Priority: s.Priority, Service: s.Service, Site: s.Site, Party: s.Party, Team: s.Team,
		Reason: s.Reason, Parent: s.Parent, Extra: s.Extra, Line: s.Line, Status: s.Status, Reopened: s.Reopened,
	}
}
