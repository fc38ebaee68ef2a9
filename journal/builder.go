package journal

import (
	"slices"
	"strings"

	"towerbridge/span"
)

// MaxSources is the number of different sources that one builder may have.
const MaxSources = 1000

// Builder gathers the entries of one stretch of a log. Several builders may be
// filled at the same time, each by its own goroutine, and merged in the order of
// their stretches.
type Builder struct {
	names    *Interner
	tickets  *Interner
	counts   []uint32 // number of entries, by this builder's ticket
	sources  []string
	facts    factsList
	extras   [][]Field
	extraAt  map[string]uint32
	store    store
	span     span.Span    // happened of the first entry and of the last
	jumps    bool         // an entry happened before the one added before it
	last     span.Instant // latest learnt
	whole    span.Instant // latest learnt by the record that the entries are a part of
	private  secrets
	corrects map[Key]string
	decided  map[Key]Decision
}

// NewBuilder returns a builder for the rows of a source. The source's name is
// part of each entry's digest: it names the tool the rows come from, never a file.
func NewBuilder(source string) *Builder {
	return &Builder{
		names: NewInterner(0), tickets: NewInterner(0), sources: []string{source}, last: span.Earliest, whole: span.Earliest,
		extras: [][]Field{nil},
	}
}

// Name returns the symbol of a text. Symbols of one builder mean nothing to another.
func (b *Builder) Name(text string) Symbol { return b.names.InternString(text) }

// NameOf is [Builder.Name] of bytes, which it copies.
func (b *Builder) NameOf(text []byte) Symbol { return b.names.Intern(text) }

// Source returns the number to put into [Entry.Source] for entries of a source
// other than the one given to [NewBuilder], which is zero: a journal in its open
// form may hold the entries of several, mixed in the order in which they stand. It
// returns false for one source more than [MaxSources].
func (b *Builder) Source(name string) (uint16, bool) {
	at := slices.Index(b.sources, name)
	if at < 0 && len(b.sources) < MaxSources {
		at = len(b.sources)
		b.sources = append(b.sources, name)
	}
	return uint16(at), at >= 0
}

// Ticket returns the number that stands for a ticket's own name in this builder.
// The name must not be empty, and an entry of the ticket must follow.
func (b *Builder) Ticket(id []byte) uint32 {
	t := uint32(b.tickets.Intern(id)) - 1
	b.grow()
	return t
}

// grow makes room to count the entries of every ticket.
func (b *Builder) grow() {
	if n := b.tickets.Len(); n > len(b.counts) {
		b.counts = room(b.counts, n-len(b.counts))[:n]
	}
}

// Facts returns the number that stands for a combination of facts in this builder.
func (b *Builder) Facts(f Facts) uint32 { return b.facts.number(f) }

// Extra returns the number that stands for a list of further fields, which are
// sorted by name; the empty list is zero.
func (b *Builder) Extra(fields map[string]string) uint32 {
	names := make([]string, 0, len(fields))
	for n, v := range fields {
		if v != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	var key strings.Builder
	list := make([]Field, len(names))
	for i, n := range names {
		list[i] = Field{b.Name(n), b.Name(fields[n])}
		key.WriteString(n + "\x00" + fields[n] + "\x00")
	}
	if at, ok := b.extraAt[key.String()]; ok || len(list) == 0 {
		return at
	}
	at := uint32(len(b.extras))
	b.extras = append(b.extras, list)
	if b.extraAt == nil {
		b.extraAt = map[string]uint32{}
	}
	b.extraAt[key.String()] = at
	return at
}

// batchSize is the number of entries whose tickets are looked up together.
const batchSize = 128

// AddAll appends entries of the tickets with the given names, which must not be
// empty and are copied; the entries' own Ticket is not looked at. It is faster
// than [Builder.Ticket] and [Builder.Add] for each.
func (b *Builder) AddAll(entries []Entry, tickets [][]byte) {
	var symbols [batchSize]Symbol
	for len(entries) > 0 {
		n := min(batchSize, len(entries))
		b.tickets.internAll(tickets[:n], symbols[:])
		b.grow()
		for i := range n {
			entries[i].Ticket = uint32(symbols[i]) - 1
		}
		b.add(entries[:n])
		entries, tickets = entries[n:], tickets[n:]
	}
}

// Add appends an entry. Its Ticket, Facts, Source and (where Keyed) Row are this builder's.
func (b *Builder) Add(e Entry) { b.add([]Entry{e}) }

func (b *Builder) add(entries []Entry) {
	if len(entries) == 0 {
		return
	}
	if b.store.count == 0 {
		b.span.From, b.span.To = entries[0].Happened, entries[0].Happened
	}
	before, learnt := b.span.To, b.last
	for i := range entries {
		e := &entries[i]
		b.counts[e.Ticket]++
		b.jumps = b.jumps || e.Happened < before
		before = e.Happened
		learnt = max(learnt, e.Learnt)
	}
	b.span.To, b.last = before, learnt
	b.store.add(entries)
}

// Len returns the number of entries added.
func (b *Builder) Len() int { return b.store.count }

// Correct records that the entry, which is marked as [Corrects], corrects another of
// the same source, by key.
func (b *Builder) Correct(e Entry, key string) {
	if b.corrects == nil {
		b.corrects = map[Key]string{}
	}
	b.corrects[e.Key()] = key
}

// Decide records the decision that released the entry.
func (b *Builder) Decide(e Entry, d Decision) {
	if b.decided == nil {
		b.decided = map[Key]Decision{}
	}
	b.decided[e.Key()] = d
}

// LearntUpTo says that the entries are a part of a record, which last learnt something
// at an instant: [Journal.LastLearnt] is never before it, so that a part is read as of
// the same moments as the whole.
func (b *Builder) LearntUpTo(at span.Instant) { b.whole = max(b.whole, at) }

// KnownAt reports whether every one of the entries was learnt at or before an instant.
func KnownAt(entries []Entry, asOf span.Instant) bool {
	for i := range entries {
		if entries[i].Learnt > asOf {
			return false
		}
	}
	return true
}
