// Package journal is what happened: the only truth of the program.
//
// A journal is a list of entries that is only ever added to. Each [Entry] says
// when a thing *happened*, when the record *learnt* of it, from which source and
// under which key, and which facts about one ticket it changes. Nothing is
// edited: a correction is a later entry that names the one it corrects, so that
// "what did we believe on 5 July about June?" and "what do we believe now?" are
// both answered by reading the same list up to a different learnt instant.
//
//	source ──rows──▶ Builder ─┐
//	                          ├─ Merge ─▶ Journal: entries of a ticket together,
//	source ──rows──▶ Builder ─┘           in the order in which they happened
//
// A year of a large organisation has eight million entries, so an entry is 32
// bytes: names are [Symbol]s and the facts that entries share are stored once.
// [Journal.AppendLine] writes an entry in the open form (one JSON object a line)
// whose digest is what bundles and chains stand on.
package journal

import (
	"towerbridge/span"
)

// MaxReasons is the number of different pause reasons that one journal may hold.
const MaxReasons = 63

// Entry is one thing that happened to one ticket.
type Entry struct {
	Happened span.Instant // when it happened, by the source's own stamp
	Learnt   span.Instant // when the record learnt of it; never before it could
	Ticket   uint32       // position in the journal's list of tickets
	Facts    uint32       // position in the journal's list of facts
	Row      uint32       // the entry's key in its source: row number, or a symbol
	Source   uint16       // position in the journal's list of sources
	Marks    Mark         // what else is kept about the entry, beside the list
}

// Mark says which rare things are kept about an entry beside the list.
type Mark uint16

// The marks.
const (
	Keyed     Mark = 1 << iota // Row is a symbol of the key's text, not a number
	Corrects                   // the entry corrects another of the same ticket
	Decided                    // a person's recorded decision released the entry
	Private                    // the entry has withheld text, people or attachments
	Backdated                  // entered by hand with a happened instant in the past
)

// Facts is what an entry says. A zero field says nothing about that field.
type Facts struct {
	Event       Event
	Status      Status
	Line        uint8  // support line of the team: 1, 2, 3
	Kind        Symbol // incident, request, outage, maintenance, call ...
	Priority    Symbol
	Service     Symbol // id in the estate
	Site        Symbol // id in the estate
	Party       Symbol // id in the estate: who holds or is offered the ticket
	Team        Symbol
	Reason      Symbol // why paused, rejected or cancelled; the kind of a link
	Related     Symbol // the other ticket of a link
	Series      Symbol // name of the series a measured value belongs to
	Extra       uint32 // position in the journal's list of further fields
	Numerator   int64  // of a measured value
	Denominator int64  // of a measured value; zero says there is none
	By          Symbol // id in the estate: the party on whose behalf it was done
	Visibility  Visibility
}

// Field is one further named value of an entry, such as a category.
type Field struct{ Name, Value Symbol }

// Withheld is something kept out of an entry's open form: its salted digest
// stands for it, so that the text itself may be kept back or erased.
type Withheld struct {
	Name   string `json:"name"`             // text, person, attachment
	Salt   string `json:"salt,omitempty"`   // hexadecimal; dropped on erasure
	Digest string `json:"digest"`           // sha256 of salt, a zero byte and the content
	Value  string `json:"value,omitempty"`  // the content, where it may be shown
	Erased bool   `json:"erased,omitempty"` // erased by a recorded decision
}

// Decision is a person's recorded choice about a row that could not be read
// without one, such as which of two hours a local stamp means.
type Decision struct {
	Choice string `json:"choice"`
	Who    string `json:"who"`
	Why    string `json:"why"`
}

// Journal is the entries of many tickets, ready to be read.
type Journal struct {
	names    *Interner
	tickets  *Interner
	sources  []string
	facts    []Facts
	extras   [][]Field
	entries  []Entry
	first    []uint32 // first[t]..first[t+1] are ticket t's entries
	reasons  []Symbol // pause reasons in order of appearance
	bits     map[Symbol]uint8
	private  *secrets
	corrects map[Key]Key
	decided  map[Key]Decision
	last     span.Instant
}

// Key names an entry: its source and its key there.
type Key struct {
	Source uint16
	Row    uint32
	Keyed  bool
}

// Key returns the entry's name.
func (e Entry) Key() Key { return Key{e.Source, e.Row, e.Marks&Keyed != 0} }

// Tickets returns the number of tickets.
func (j *Journal) Tickets() int { return len(j.first) - 1 }

// Len returns the number of entries.
func (j *Journal) Len() int { return len(j.entries) }

// LastLearnt returns the latest instant at which the journal learnt anything.
func (j *Journal) LastLearnt() span.Instant { return j.last }

// Of returns the entries of a ticket in the order in which they happened; those
// of one second in the order of their source. The caller must not change them.
func (j *Journal) Of(ticket int) []Entry { return j.entries[j.first[ticket]:j.first[ticket+1]] }

// TicketID returns the ticket's own name.
func (j *Journal) TicketID(ticket int) string { return j.tickets.Name(Symbol(ticket + 1)) }

// AppendTicketID appends the ticket's own name.
func (j *Journal) AppendTicketID(b []byte, ticket int) []byte {
	return append(b, j.tickets.bytes(Symbol(ticket+1))...)
}

// Find returns the position of a ticket by its own name.
func (j *Journal) Find(id string) (int, bool) {
	s, ok := j.tickets.Lookup(id)
	return int(s) - 1, ok
}

// Name returns a symbol's text; the zero symbol is the empty text.
func (j *Journal) Name(s Symbol) string { return j.names.Name(s) }

// Symbol returns the symbol of a text that the journal mentions, or zero.
func (j *Journal) Symbol(text string) Symbol {
	s, _ := j.names.Lookup(text)
	return s
}

// Fact returns an entry's facts.
func (j *Journal) Fact(e Entry) *Facts { return &j.facts[e.Facts] }

// Facts returns every different combination of facts in the journal.
func (j *Journal) Facts() []Facts { return j.facts }

// Fields returns the further fields at a position of [Facts.Extra].
func (j *Journal) Fields(extra uint32) []Field { return j.extras[extra] }

// Sources returns the names of the journal's sources.
func (j *Journal) Sources() []string { return j.sources }

// Reasons returns the pause reasons that the journal mentions.
func (j *Journal) Reasons() []Symbol { return j.reasons }

// ReasonBit returns the bit that stands for a pause reason in a set of them.
func (j *Journal) ReasonBit(reason Symbol) uint64 {
	if b, ok := j.bits[reason]; ok {
		return 1 << b
	}
	return 0
}

// Corrected returns the name of the entry that the given one corrects.
func (j *Journal) Corrected(e Entry) (Key, bool) {
	k, ok := j.corrects[e.Key()]
	return k, ok
}

// DecisionOf returns the recorded decision that released the entry.
func (j *Journal) DecisionOf(e Entry) (Decision, bool) {
	d, ok := j.decided[e.Key()]
	return d, ok
}
