package eventlog

import (
	"bytes"
	"slices"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// Lines reads lines that a record has kept, each an entry in the journal's open form
// to the byte, without a line end. It is what reads a ticket, and a month of a
// contract, back from a store:
//
//	stored lines ──▶ Lines ──▶ Builder ─┐
//	                                    ├─ journal.Merge ─▶ Journal
//	stored lines ──▶ Lines ──▶ Builder ─┘
//
// It trusts that no two lines have one key, and computes no digest: the record checks
// these when it writes. Any other line than [journal.Journal.AppendLine] would write is
// refused, so that what was read is written again as the same bytes.
//
// One Lines is for one goroutine; several may read at the same time.
type Lines struct {
	builder *journal.Builder // nil before the first entry
	learnt  span.Instant
	heads   []sourceHead // of the sources met, the one met last first
	facts   combos       // by what lines say about their tickets
	ticket  []byte       // of the entry before
	number  uint32       // that stands for it
	days    [2]stamps    // of the instants at which entries happened and were learnt
	acts    int64

	// Of the line at hand.
	parse    jsonCursor
	line     openLine
	withheld []digested
	buf      []byte // as the journal writes it
}

// sourceHead is how the lines of a source begin, up to their keys.
type sourceHead struct {
	text   []byte
	source uint16
}

// nearSources is the number of sources whose lines are read the short way.
const nearSources = 8

// NewLines returns a reader of a record's lines. The record last learnt something at
// the given instant; see [journal.Builder.LearntUpTo].
func NewLines(learnt span.Instant) *Lines {
	return &Lines{learnt: learnt, facts: combos{slots: make([]uint32, 32), list: make([]combo, 0, 8)}, buf: make([]byte, 0, 512)}
}

// Builder returns the builder of the entries read so far.
func (l *Lines) Builder() *journal.Builder {
	if l.builder == nil {
		l.begin("")
	}
	return l.builder
}

// Acts returns the number of lines that were acts on the record itself: they are no
// entries and are passed over.
func (l *Lines) Acts() int64 { return l.acts }

func (l *Lines) begin(source string) {
	l.builder = journal.NewBuilder(source)
	l.builder.LearntUpTo(l.learnt)
}

// Add reads one line, which may be changed afterwards. The error is [fault.Findings]:
// the line is damaged, or of one source more than [journal.MaxSources].
func (l *Lines) Add(line []byte) error {
	if l.quick(line) {
		return nil
	}
	if bad := l.slow(line); bad != nil {
		return fault.Findings{bad.rule.At(fault.Position{}, bad.field, "%s", bad.message)}
	}
	return nil
}

// notAsWritten says that a line is not what the journal would write of it.
var notAsWritten = refusal{badLine, "", "the line is not written as the journal writes it"}

// slow reads any line.
func (l *Lines) slow(line []byte) *refusal {
	if !plainText(line) {
		return &refusal{notUTF8, "", "the line is not UTF-8, or holds a NUL byte"}
	}
	x := &l.line
	if bad := x.read(&l.parse, line); bad != nil {
		return bad
	}
	if x.isAct() {
		act, bad := x.act(&l.days[1])
		if bad != nil {
			return bad
		}
		if l.buf = act.Append(l.buf[:0]); !bytes.Equal(l.buf, line) {
			return &notAsWritten
		}
		l.acts++
		return nil
	}
	var e journal.Entry
	if bad := x.check(&l.days[0], &e); bad != nil {
		return bad
	}
	var from, to int
	if l.buf, from, to = x.append(l.buf[:0], e.Happened, e.Learnt); !bytes.Equal(l.buf, line) {
		return &notAsWritten
	}
	var known bool
	if e.Source, known = l.source(x.texts[sourceMember]); !known {
		return &refusal{badLine, "source", tooManySources}
	}
	e.Facts = l.learn(l.buf[from:to])
	l.name(x.texts[keyMember], &e)
	x.keep(l.builder, &e)
	l.put(e, x.texts[ticketMember])
	return nil
}

// source returns the number of a source and remembers how its lines begin. It returns
// false for one source more than there may be.
func (l *Lines) source(name []byte) (uint16, bool) {
	if l.builder == nil {
		l.begin(string(name))
	}
	at, ok := l.builder.Source(string(name))
	if !ok || slices.ContainsFunc(l.heads, func(h sourceHead) bool { return h.source == at }) {
		return at, ok
	}
	if !isWord(name) {
		return at, true // its lines are read the long way
	}
	head := make([]byte, 0, len(sourceStart)+len(name)+len(keyStart))
	head = append(append(append(head, sourceStart...), name...), keyStart...)
	if len(l.heads) == nearSources {
		l.heads = l.heads[:nearSources-1]
	}
	l.heads = slices.Insert(l.heads, 0, sourceHead{head, at})
	return at, true
}

// What stands before and after a source in a line.
const sourceStart, keyStart = `{"source":"`, `","key":"`

// learn returns the number of the facts of the line at hand, as they are written.
func (l *Lines) learn(facts []byte) uint32 {
	hash := hashBytes(facts)
	c := l.facts.find(facts, hash)
	if c == nil {
		c = l.facts.add(combo{hash: hash, key: string(facts), facts: l.builder.Facts(l.line.facts(l.builder))})
	}
	return c.facts
}

// put adds an entry of a ticket; most follow another of the same.
func (l *Lines) put(e journal.Entry, ticket []byte) {
	if !bytes.Equal(ticket, l.ticket) {
		l.ticket, l.number = append(l.ticket[:0], ticket...), l.builder.Ticket(ticket)
	}
	e.Ticket = l.number
	l.builder.Add(e)
}

// quick reads a line as most are: its source, key and ticket without anything that
// needs an escape. It takes the line from front to back and looks up what it says about
// its ticket as a whole. Where it declines nothing has happened, and the long way
// decides.
func (l *Lines) quick(line []byte) bool {
	var e journal.Entry
	source, rest, ok := l.head(line, &e)
	if !ok {
		return false
	}
	key, rest, ok := plainWord(rest, `,"ticket":"`)
	if !ok {
		return false
	}
	ticket, rest, ok := plainWord(rest, `,"happened":"`)
	if !ok {
		return false
	}
	if rest, ok = l.instants(rest, &e); !ok {
		return false
	}
	facts, tail, ok := parts(rest)
	if !ok || !l.readWithheld(tail) {
		return false
	}
	c := l.facts.find(facts, hashBytes(facts))
	if c == nil && !l.readFacts(facts) {
		return false
	}
	if source != nil { // all is well: it may be remembered
		if e.Source, ok = l.source(source); !ok {
			return false
		}
	}
	if c != nil {
		e.Facts = c.facts
	} else {
		e.Facts = l.learn(facts)
	}
	l.name(key, &e)
	for i := range l.withheld {
		e.Marks |= journal.Private
		l.builder.WithholdDigest(e, l.withheld[i].name, l.withheld[i].digest)
	}
	l.put(e, ticket)
	return true
}

// head takes the beginning of a line: that of a source met lately, or a new one.
func (l *Lines) head(line []byte, e *journal.Entry) (source, rest []byte, ok bool) {
	for i := range l.heads {
		if rest, ok := bytes.CutPrefix(line, l.heads[i].text); ok {
			e.Source = l.heads[i].source
			l.heads[0], l.heads[i] = l.heads[i], l.heads[0]
			return nil, rest, true
		}
	}
	if rest, ok = bytes.CutPrefix(line, []byte(sourceStart)); !ok {
		return nil, nil, false
	}
	return plainWord(rest, keyStart[1:])
}

// name gives an entry its key: the number of a row, or a text.
func (l *Lines) name(key []byte, e *journal.Entry) {
	var ok bool
	if e.Row, ok = shortNumber(key); ok {
		return
	}
	if e.Row, ok = rowNumber(key); !ok {
		e.Row, e.Marks = uint32(l.builder.NameOf(key)), journal.Keyed
	}
}

// plainWord takes a text up to its closing quote, and what must follow. The text is
// not empty and of ASCII without anything that needs an escape.
func plainWord(b []byte, then string) (text, rest []byte, ok bool) {
	n := bytes.IndexByte(b, '"')
	if n < 1 || !isWord(b[:n]) {
		return nil, nil, false
	}
	rest, ok = bytes.CutPrefix(b[n+1:], []byte(then))
	return b[:n], rest, ok
}

// shortNumber reads a key of up to nine digits that is the number of a row.
func shortNumber(b []byte) (uint32, bool) {
	if len(b) > 9 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	var n uint32
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		n = 10*n + uint32(c-'0')
	}
	return n, true
}

// instants takes when the entry happened and was learnt.
func (l *Lines) instants(b []byte, e *journal.Entry) (rest []byte, ok bool) {
	const (
		size    = len("2026-03-29T00:30:00Z")
		between = `","learnt":"`
		second  = size + len(between)
		all     = second + size + len(`"`)
	)
	if len(b) < all || string(b[size:second]) != between || b[all-1] != '"' {
		return nil, false
	}
	if e.Happened, ok = l.days[0].quick(b[:size]); !ok {
		return nil, false
	}
	if e.Learnt = e.Happened; string(b[:size]) != string(b[second:second+size]) {
		e.Learnt, ok = l.days[1].quick(b[second : second+size])
	}
	return b[all:], ok
}

// isWord reports whether a text is of ASCII without anything that needs an escape.
func isWord(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c >= 0x80 || c == '\\' || c == '"' {
			return false
		}
	}
	return true
}

// readFacts reads what a line says about its ticket; false where it says anything
// else, or in another way than the journal writes it.
func (l *Lines) readFacts(facts []byte) bool {
	if !plainText(facts) {
		return false
	}
	x, c := &l.line, &l.parse
	*c = jsonCursor{b: facts, text: c.text[:0]}
	x.reset()
	x.after = eventPlace
	for c.at < len(facts) && c.also(0, false) {
		name := c.string()
		c.expect(':')
		if c.wrong == "" && x.member(c, name) != nil {
			return false
		}
	}
	if c.wrong != "" || x.tidy() != nil || x.checkFacts() != nil {
		return false
	}
	l.buf = x.appendFacts(l.buf[:0])
	return bytes.Equal(l.buf, facts)
}

// eventPlace is the place in members of the first that says something of a ticket.
var eventPlace = slices.Index(members, "event")
