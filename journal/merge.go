package journal

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"towerbridge/fault"
	"towerbridge/span"
)

var tooManyReasons = fault.Declare(1601, "too many different pause reasons",
	"Map the log's waiting states onto fewer reasons; a journal holds at most 63.")

var correctsNothing = fault.Declare(1602, "a correction names an entry that is not in the journal",
	"Give the key of an entry of the same ticket.")

var correctsInCircle = fault.Declare(1603, "corrections go round in a circle",
	"A correction names an earlier entry; remove the one that closes the circle.")

// Merge joins the builders' entries, in the order given, into a journal. Tickets,
// names and facts are numbered by first appearance, so that the result does not
// depend on how a log was cut into stretches. firstRow is added to the unkeyed
// rows of each builder: the number of rows that precede its stretch. The builders
// are used up.
func Merge(builders []*Builder, firstRow []uint32) (*Journal, fault.Findings) {
	if len(builders) == 0 {
		builders, firstRow = []*Builder{NewBuilder("")}, []uint32{0}
	}
	m := merger{j: &Journal{private: &secrets{}}}
	maps := make([]translation, len(builders))
	for i, b := range builders {
		maps[i] = m.translate(b, firstRow[i], i == 0)
	}
	m.j.facts = m.facts.list
	m.learnt(builders)
	m.place(builders, maps)
	findings := m.readReasons()
	for i, b := range builders {
		m.keep(b, &maps[i], i == 0)
	}
	return m.j, append(findings, m.correct(builders, maps)...)
}

// translation turns one builder's numbers into the journal's.
type translation struct {
	names, facts []uint32
	tickets      []uint32 // by the builder's symbol, that is its ticket plus one
	sources      []uint16
	firstRow     uint32
}

func (t *translation) key(k Key) Key {
	k.Source = t.sources[k.Source]
	if k.Keyed {
		k.Row = t.names[k.Row]
	} else {
		k.Row += t.firstRow
	}
	return k
}

type merger struct {
	j       *Journal
	facts   factsList
	extraAt map[string]uint32
}

// translate adds a builder's names, tickets and facts to the journal's. Those of the
// first are the journal's.
func (m *merger) translate(b *Builder, firstRow uint32, first bool) translation {
	t := translation{firstRow: firstRow, sources: m.sources(b)}
	if first {
		m.j.names, m.j.tickets, m.j.extras = b.names, b.tickets, b.extras
		m.facts, m.extraAt = b.facts, b.extraAt
		t.names, t.tickets, t.facts = same(b.names.Len()+1), same(b.tickets.Len()+1), same(len(b.facts.list))
		return t
	}
	t.names = remap(m.j.names, b.names)
	t.tickets = remap(m.j.tickets, b.tickets)
	extras := make([]uint32, len(b.extras))
	for i, list := range b.extras {
		extras[i] = m.extra(list, t.names)
	}
	t.facts = make([]uint32, len(b.facts.list))
	for i, f := range b.facts.list {
		for _, s := range []*Symbol{&f.Kind, &f.Priority, &f.Service, &f.Site, &f.Party, &f.Team, &f.Reason, &f.Related, &f.Series, &f.By} {
			*s = Symbol(t.names[*s])
		}
		f.Extra = extras[f.Extra]
		t.facts[i] = m.facts.number(f)
	}
	return t
}

// sources adds a builder's sources to the journal's: those of entries.
func (m *merger) sources(b *Builder) []uint16 {
	if b.store.count == 0 {
		return nil
	}
	out := make([]uint16, len(b.sources))
	for i, source := range b.sources {
		at := slices.Index(m.j.sources, source)
		if at < 0 {
			at = len(m.j.sources)
			m.j.sources = append(m.j.sources, source)
		}
		out[i] = uint16(at)
	}
	return out
}

// same translates each of n numbers into itself.
func same(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

func (m *merger) extra(list []Field, names []uint32) uint32 {
	if len(list) == 0 {
		return 0
	}
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
	if m.extraAt == nil {
		m.extraAt = map[string]uint32{}
	}
	m.extraAt[key.String()] = at
	return at
}

// remap gives each of one interner's texts its symbol in another.
func remap(to, from *Interner) []uint32 {
	var texts [batchSize][]byte
	var symbols [batchSize]Symbol
	out := make([]uint32, 1, from.Len()+1)
	for len(out) <= from.Len() {
		n := min(batchSize, from.Len()+1-len(out))
		for i := range n {
			texts[i] = from.bytes(Symbol(len(out) + i))
		}
		to.internAll(texts[:n], symbols[:])
		for _, s := range symbols[:n] {
			out = append(out, uint32(s))
		}
	}
	return out
}

// learnt notes the last instant at which anything was learnt.
func (m *merger) learnt(builders []*Builder) {
	begun := false
	for _, b := range builders {
		last := max(b.last, b.whole)
		if b.store.count == 0 && b.whole == span.Earliest || begun && last <= m.j.last {
			continue
		}
		begun, m.j.last = true, last
	}
}

// place puts the entries of each ticket together, in the order of the builders,
// and then in the order in which they happened. Each builder's share of each
// ticket has its own places, so that the builders are placed at the same time.
func (m *merger) place(builders []*Builder, maps []translation) {
	j := m.j
	next := m.reserve(builders, maps)
	j.entries = make([]Entry, j.first[len(j.first)-1])
	var all sync.WaitGroup
	inOrder, last := true, span.Earliest
	for i, b := range builders {
		if len(builders) == 1 {
			m.scatter(b, &maps[i], next[i])
		} else {
			all.Go(func() { m.scatter(b, &maps[i], next[i]) })
		}
		if b.store.count == 0 {
			continue
		}
		inOrder = inOrder && !b.jumps && b.span.From >= last
		last = b.span.To
	}
	all.Wait()
	if !inOrder { // as a whole; most tickets will still be
		m.sort()
	}
}

// reserve fills the journal's list of first places and returns, for each builder
// and each of its tickets, the place of the first entry.
func (m *merger) reserve(builders []*Builder, maps []translation) (next [][]uint32) {
	j := m.j
	tickets := j.tickets.Len()
	j.first = make([]uint32, tickets+1)
	for i, b := range builders {
		for t, n := range b.counts {
			j.first[maps[i].tickets[t+1]] += n // tickets count from one in maps
		}
	}
	for t := 1; t <= tickets; t++ {
		j.first[t] += j.first[t-1]
	}
	free := slices.Clone(j.first)
	next = make([][]uint32, len(builders))
	for i, b := range builders {
		next[i] = b.counts // used up: each count makes room for a place
		for t, n := range b.counts {
			ticket := maps[i].tickets[t+1] - 1
			next[i][t] = free[ticket]
			free[ticket] += n
		}
	}
	return next
}

// sortShares is the number of goroutines that look for tickets to sort.
const sortShares = 4

// sort puts each ticket's entries in the order in which they happened; those of
// one second stay in the order in which they were added.
func (m *merger) sort() {
	j := m.j
	var all sync.WaitGroup
	for share := range sortShares {
		all.Go(func() {
			for t := share * j.Tickets() / sortShares; t < (share+1)*j.Tickets()/sortShares; t++ {
				of := j.Of(t)
				for i := 1; i < len(of); i++ {
					if of[i].Happened < of[i-1].Happened {
						slices.SortStableFunc(of, func(a, b Entry) int { return cmp.Compare(a.Happened, b.Happened) })
						break
					}
				}
			}
		})
	}
	all.Wait()
}

// scatter writes one builder's entries to their places.
func (m *merger) scatter(b *Builder, t *translation, next []uint32) {
	s := &b.store
	if s.count == 0 {
		return
	}
	first := t.sources[0]
	for i, block := range s.packed {
		for _, p := range block {
			if p.ticket == isWhole {
				e := *s.wholeAt(p)
				if e.Marks&Keyed != 0 {
					e.Row = t.names[e.Row]
				} else {
					e.Row += t.firstRow
				}
				at := next[e.Ticket]
				next[e.Ticket] = at + 1
				e.Ticket, e.Facts, e.Source = t.tickets[e.Ticket+1]-1, t.facts[e.Facts], t.sources[e.Source]
				m.j.entries[at] = e
				continue
			}
			at := next[p.ticket]
			next[p.ticket] = at + 1
			e := &m.j.entries[at] // field by field: an entry put together elsewhere and copied takes three times as long
			e.Happened, e.Learnt = s.instants(p)
			e.Ticket, e.Facts = t.tickets[p.ticket+1]-1, t.facts[p.facts&^learntOnce]
			e.Row, e.Source = p.row+t.firstRow, first
		}
		s.packed[i] = nil
	}
	s.whole = nil
}

func (m *merger) readReasons() fault.Findings {
	j := m.j
	for _, f := range j.facts {
		if f.Reason == 0 || (f.Event != Paused && f.Status != Waiting) {
			continue
		}
		if _, ok := j.bits[f.Reason]; !ok {
			if j.bits == nil {
				j.bits = map[Symbol]uint8{}
			}
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
func (m *merger) keep(b *Builder, t *translation, first bool) {
	m.j.private.join(&b.private, t, first)
	if len(b.decided) > 0 && m.j.decided == nil {
		m.j.decided = map[Key]Decision{}
	}
	for k, d := range b.decided {
		m.j.decided[t.key(k)] = d
	}
}

// correct finds the entry that each correction names: one of the same source and
// ticket, and not, by way of other corrections, itself.
func (m *merger) correct(builders []*Builder, maps []translation) fault.Findings {
	j := m.j
	if !slices.ContainsFunc(builders, func(b *Builder) bool { return len(b.corrects) > 0 }) {
		return nil
	}
	j.corrects = map[Key]Key{}
	ticket := m.corrected()
	var findings fault.Findings
	for i, b := range builders {
		for k, text := range b.corrects {
			from := maps[i].key(k)
			own, known := ticket[from]
			target, ok := j.find(from.Source, text, func(k Key) bool { t, ok := ticket[k]; return ok && t == own })
			if !known || !ok {
				findings = append(findings, correctsNothing.At(fault.Position{}, "corrects", "entry %s corrects %q, but no entry of its ticket has this key", j.KeyText(from), text))
				continue
			}
			j.corrects[from] = target
		}
	}
	findings = append(findings, m.circles()...)
	slices.SortFunc(findings, func(a, b fault.Finding) int { return strings.Compare(a.Message, b.Message) })
	return findings
}

// corrected returns the entries of all tickets that have corrections, each with its
// ticket.
func (m *merger) corrected() map[Key]uint32 {
	out := map[Key]uint32{}
	for t := range m.j.Tickets() {
		of := m.j.Of(t)
		if !slices.ContainsFunc(of, func(e Entry) bool { return e.Marks&Corrects != 0 }) {
			continue
		}
		for i := range of {
			out[of[i].Key()] = of[i].Ticket
		}
	}
	return out
}

// circles reports every correction that corrects itself by way of others.
func (m *merger) circles() fault.Findings {
	j := m.j
	const walked, clean = 1, 2
	state := make(map[Key]int, len(j.corrects))
	var findings fault.Findings
	for start := range j.corrects {
		var path []Key
		k, more := start, true
		for more && state[k] == 0 {
			state[k] = walked
			path = append(path, k)
			k, more = j.corrects[k]
		}
		if at := slices.Index(path, k); more && at >= 0 {
			least := slices.MinFunc(path[at:], func(a, b Key) int { return strings.Compare(j.KeyText(a), j.KeyText(b)) })
			findings = append(findings, correctsInCircle.At(fault.Position{}, "corrects", "entry %s corrects itself by way of others", j.KeyText(least)))
		}
		for _, k := range path {
			state[k] = clean
		}
	}
	return findings
}
