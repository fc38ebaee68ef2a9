package journal

import (
	"slices"
	"strings"

	"towerbridge/fault"
	"towerbridge/span"
)

var tooManyReasons = fault.Declare(1601, "too many different pause reasons",
	"Map the log's waiting states onto fewer reasons; a journal holds at most 63.")

var correctsNothing = fault.Declare(1602, "a correction names an entry that is not in the journal",
	"Give the key of an entry of the same ticket.")

// blockSize is the number of entries of one block of a builder.
const blockSize = 1 << 15

// Builder gathers the entries of one stretch of a log. Several builders may be
// filled at the same time, each by its own goroutine, and merged in the order of
// their stretches.
type Builder struct {
	names    *Interner
	tickets  *Interner
	source   string
	facts    []Facts
	index    map[Facts]uint32
	extras   [][]Field
	extraAt  map[string]uint32
	blocks   [][]Entry
	count    int
	private  map[Key][]Withheld
	corrects map[Key]string
	decided  map[Key]Decision
}

// NewBuilder returns a builder for the rows of a source. The source's name is
// part of each entry's digest: it names the tool the rows come from, never a file.
func NewBuilder(source string) *Builder {
	return &Builder{
		names: NewInterner(256), tickets: NewInterner(1024), source: source,
		index: map[Facts]uint32{}, extras: [][]Field{nil}, extraAt: map[string]uint32{"": 0},
		private: map[Key][]Withheld{}, corrects: map[Key]string{}, decided: map[Key]Decision{},
	}
}

// Name returns the symbol of a text. Symbols of one builder mean nothing to another.
func (b *Builder) Name(text string) Symbol { return b.names.InternString(text) }

// Ticket returns the number that stands for a ticket's own name in this builder.
func (b *Builder) Ticket(id []byte) uint32 { return uint32(b.tickets.Intern(id)) - 1 }

// Facts returns the number that stands for a combination of facts in this builder.
func (b *Builder) Facts(f Facts) uint32 {
	if n, ok := b.index[f]; ok {
		return n
	}
	n := uint32(len(b.facts))
	b.facts = append(b.facts, f)
	b.index[f] = n
	return n
}

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
	if at, ok := b.extraAt[key.String()]; ok {
		return at
	}
	at := uint32(len(b.extras))
	b.extras = append(b.extras, list)
	b.extraAt[key.String()] = at
	return at
}

// Add appends an entry. Its Ticket, Facts and (where Keyed) Row are this builder's.
func (b *Builder) Add(e Entry) {
	n := len(b.blocks)
	if n == 0 || len(b.blocks[n-1]) == blockSize {
		b.blocks = append(b.blocks, make([]Entry, 0, blockSize))
		n++
	}
	b.blocks[n-1] = append(b.blocks[n-1], e)
	b.count++
}

// Len returns the number of entries added.
func (b *Builder) Len() int { return b.count }

// Withhold keeps content of the entry out of its open form.
func (b *Builder) Withhold(e Entry, w ...Withheld) {
	b.private[e.Key()] = append(b.private[e.Key()], w...)
}

// Correct records that the entry corrects another of the same source, by key.
func (b *Builder) Correct(e Entry, key string) { b.corrects[e.Key()] = key }

// Decide records the decision that released the entry.
func (b *Builder) Decide(e Entry, d Decision) { b.decided[e.Key()] = d }

// Merge joins the builders' entries, in the order given, into a journal. Tickets,
// names and facts are numbered by first appearance, so that the result does not
// depend on how a log was cut into stretches. firstRow is added to the unkeyed
// rows of each builder: the number of rows that precede its stretch.
func Merge(builders []*Builder, firstRow []uint32) (*Journal, fault.Findings) {
	j := &Journal{
		names: NewInterner(256), tickets: NewInterner(1024), extras: [][]Field{nil}, bits: map[Symbol]uint8{},
		private: map[Key][]Withheld{}, corrects: map[Key]Key{}, decided: map[Key]Decision{},
	}
	m := merger{j: j, index: map[Facts]uint32{}, extraAt: map[string]uint32{"": 0}}
	maps := make([]translation, len(builders))
	for i, b := range builders {
		maps[i] = m.translate(b, firstRow[i])
	}
	m.place(builders, maps)
	var findings fault.Findings
	findings = append(findings, m.readReasons()...)
	for i, b := range builders {
		findings = append(findings, m.keep(b, &maps[i])...)
	}
	return j, findings
}

// translation turns one builder's numbers into the journal's.
type translation struct {
	names, tickets, facts []uint32
	source                uint16
	firstRow              uint32
}

func (t *translation) key(k Key) Key {
	k.Source = t.source
	if k.Keyed {
		k.Row = t.names[k.Row]
	} else {
		k.Row += t.firstRow
	}
	return k
}

type merger struct {
	j       *Journal
	index   map[Facts]uint32
	extraAt map[string]uint32
}

func (m *merger) translate(b *Builder, firstRow uint32) translation {
	j := m.j
	t := translation{firstRow: firstRow}
	if at := slices.Index(j.sources, b.source); at >= 0 {
		t.source = uint16(at)
	} else {
		t.source = uint16(len(j.sources))
		j.sources = append(j.sources, b.source)
	}
	t.names = remap(j.names, b.names)
	t.tickets = remap(j.tickets, b.tickets)
	extras := make([]uint32, len(b.extras))
	for i, list := range b.extras {
		extras[i] = m.extra(list, t.names)
	}
	t.facts = make([]uint32, len(b.facts))
	for i, f := range b.facts {
		for _, s := range []*Symbol{&f.Kind, &f.Priority, &f.Service, &f.Site, &f.Party, &f.Team, &f.Reason, &f.Related, &f.Series} {
			*s = Symbol(t.names[*s])
		}
		f.Extra = extras[f.Extra]
		n, ok := m.index[f]
		if !ok {
			n = uint32(len(j.facts))
			j.facts = append(j.facts, f)
			m.index[f] = n
		}
		t.facts[i] = n
	}
	return t
}

func (m *merger) extra(list []Field, names []uint32) uint32 {
	var key strings.Builder
	out := make([]Field, len(list))
	for i, f := range list {
		out[i] = Field{Symbol(names[f.Name]), Symbol(names[f.Value])}
		key.WriteString(m.j.Name(out[i].Name) + "\x00" + m.j.Name(out[i].Value) + "\x00")
	}
	if at, ok := m.extraAt[key.String()]; ok {
		return at
	}
	at := uint32(len(m.j.extras))
	m.j.extras = append(m.j.extras, out)
	m.extraAt[key.String()] = at
	return at
}

func remap(to, from *Interner) []uint32 {
	out := make([]uint32, from.Len()+1)
	for s := 1; s <= from.Len(); s++ {
		out[s] = uint32(to.Intern(from.bytes(Symbol(s))))
	}
	return out
}

// place puts the entries of each ticket together (a counting sort by ticket, which
// keeps their order) and then in the order in which they happened.
func (m *merger) place(builders []*Builder, maps []translation) {
	j := m.j
	total := 0
	next := make([]uint32, j.tickets.Len()+2)
	for i, b := range builders {
		total += b.count
		for _, block := range b.blocks {
			for k := range block {
				next[maps[i].tickets[block[k].Ticket+1]+1]++
			}
		}
	}
	// next[t+1] becomes the first place of ticket t (tickets count from one in maps).
	for t := 1; t < len(next); t++ {
		next[t] += next[t-1]
	}
	j.entries = make([]Entry, total)
	unsorted := make([]bool, j.tickets.Len())
	for i, b := range builders {
		t := &maps[i]
		for _, block := range b.blocks {
			for _, e := range block {
				ticket := t.tickets[e.Ticket+1]
				k := t.key(e.Key())
				e.Ticket, e.Facts, e.Source, e.Row = ticket-1, t.facts[e.Facts], k.Source, k.Row
				at := next[ticket]
				next[ticket] = at + 1
				j.entries[at] = e
				j.last = max(j.last, e.Learnt)
				if at > 0 && j.entries[at-1].Ticket == e.Ticket && j.entries[at-1].Happened > e.Happened {
					unsorted[e.Ticket] = true
				}
			}
		}
		b.blocks = nil
	}
	j.first = append([]uint32{0}, next[1:len(next)-1]...)
	for t, bad := range unsorted {
		if bad {
			slices.SortStableFunc(j.entries[j.first[t]:j.first[t+1]], func(a, b Entry) int {
				return int(min(1, max(-1, a.Happened-b.Happened)))
			})
		}
	}
}

func (m *merger) readReasons() fault.Findings {
	j := m.j
	for _, f := range j.facts {
		if f.Reason == 0 || (f.Event != Paused && f.Status != Waiting) {
			continue
		}
		if _, ok := j.bits[f.Reason]; !ok {
			if len(j.reasons) == MaxReasons {
				return fault.Findings{tooManyReasons.At(fault.Position{}, "", "the log has more than %d pause reasons", MaxReasons)}
			}
			j.bits[f.Reason] = uint8(len(j.reasons))
			j.reasons = append(j.reasons, f.Reason)
		}
	}
	return nil
}

// keep carries over what is kept beside the list.
func (m *merger) keep(b *Builder, t *translation) fault.Findings {
	j := m.j
	for k, w := range b.private {
		j.private[t.key(k)] = w
	}
	for k, d := range b.decided {
		j.decided[t.key(k)] = d
	}
	if len(b.corrects) == 0 {
		return nil
	}
	known := make(map[Key]bool, len(j.entries))
	for _, e := range j.entries {
		known[e.Key()] = true
	}
	var findings fault.Findings
	for k, text := range b.corrects {
		target, ok := j.parseKey(t.source, text)
		if !ok || !known[target] {
			findings = append(findings, correctsNothing.At(fault.Position{}, "corrects", "no entry has the key %q", text))
			continue
		}
		j.corrects[t.key(k)] = target
	}
	slices.SortFunc(findings, func(a, b fault.Finding) int { return strings.Compare(a.Message, b.Message) })
	return findings
}

// KnownAt reports whether every one of the entries was learnt at or before an instant.
func KnownAt(entries []Entry, asOf span.Instant) bool {
	for i := range entries {
		if entries[i].Learnt > asOf {
			return false
		}
	}
	return true
}
