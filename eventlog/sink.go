package eventlog

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// sink takes the rows of one stretch of a log, in order, and makes each one an
// entry of its builder, a held row or a refused row. Nothing else can become of a
// row. Row numbers count from one within the stretch; see [sink.shift].
type sink struct {
	p       *plan
	b       *journal.Builder
	combos  *combos // by the texts, joined
	raw     *combos // by the bytes as they stand in the file
	stamps  stamps
	file    string // for findings only
	line    int64  // of the row at hand, from one
	rows    int64  // including the row at hand
	entries int64
	acts    int64 // lines of NDJSON that are acts
	held    []HeldRow
	refused refusals
	wrong   fault.Findings  // entries with other digests than their lines state
	key     []byte          // scratch
	batch   []journal.Entry // not yet handed to the builder
	names   [][]byte        // of their tickets

	buffered bool // entries wait in pending until all rows are read
	pending  []waiting
	tickets  *journal.Interner // of pending
	seen     map[uint64]uint64 // a digest of the content by key; nil does not compare keys
	source   string            // of the last line of NDJSON
	sourceAt uint16
	had      []bool         // slots that an XES event had
	decided  map[int64]bool // rows that a decision was asked for and had
}

// datedFacts is the facts of a combination whose group is resolved by date.
type datedFacts struct {
	means   meaning
	last    span.Date
	valid   bool
	facts   uint32
	refused *refusal
	on      map[span.Date]resolved
}

type resolved struct {
	facts   uint32
	refused *refusal
}

// row is the texts of one row that are not facts. Texts of columns that the
// mapping does not name are nil.
type row struct {
	ticket, happened, opened, learnt, key, order []byte
	values                                       [][]byte // by slot, for withheld columns
}

func newSink(p *plan, file string) *sink {
	return &sink{
		p: p, b: journal.NewBuilder(p.m.Source), combos: newCombos(), raw: newCombos(), file: file,
		stamps:   stamps{patterns: p.m.StampFormats, zone: p.zone},
		buffered: p.order >= 0 || p.opened >= 0,
		tickets:  journal.NewInterner(64),
		seen:     map[uint64]uint64{},
		decided:  map[int64]bool{},
		batch:    make([]journal.Entry, 0, 256),
	}
}

// take makes a row with its values by slot an entry. It counts the row.
func (s *sink) take(values [][]byte) {
	s.key = s.p.joined(s.key[:0], values)
	hash := hashBytes(s.key)
	c := s.combos.find(s.key, hash)
	if c == nil {
		c = s.learn(s.combos, s.key, hash, values)
	}
	r := s.p.row(values)
	s.rows++
	s.enter(&r, c)
	s.flush()
}

// row picks the texts that are not facts.
func (p *plan) row(values [][]byte) row {
	r := row{values: values}
	for _, x := range [...]struct {
		to   *[]byte
		slot int
	}{
		{&r.ticket, p.ticket},
		{&r.happened, p.happened},
		{&r.opened, p.opened},
		{&r.learnt, p.learnt},
		{&r.key, p.key},
		{&r.order, p.order},
	} {
		if x.slot >= 0 {
			*x.to = values[x.slot]
		}
	}
	return r
}

// learn works out what a new combination means and keeps it in a table.
func (s *sink) learn(table *combos, key []byte, hash uint64, values [][]byte) *combo {
	means, refused := s.p.read(values)
	c := combo{hash: hash, key: string(key), refused: refused}
	if refused == nil {
		if means.group != "" && s.p.opt.GroupsDated && s.p.opt.Group != nil {
			c.dated = &datedFacts{means: means, on: map[span.Date]resolved{}}
		} else {
			c.facts, c.refused = s.resolve(&means, 0)
		}
	}
	c.plain = c.refused == nil && c.dated == nil
	return table.add(c)
}

// resolve asks the estate for the group and returns the number of the facts.
func (s *sink) resolve(m *meaning, on span.Date) (uint32, *refusal) {
	party, team, line := m.text[partyText], m.text[teamText], 0
	if m.group != "" {
		groupParty, groupTeam, groupLine, known := "", m.group, 0, true
		if ask := s.p.opt.Group; ask != nil {
			if groupParty, groupTeam, groupLine, known = ask(m.group, on); !known {
				if s.p.m.Groups.Otherwise != "keep" {
					return 0, &refusal{unknownGroup, "group", quote(m.group) + " is not a group of the estate"}
				}
				groupParty, groupTeam, groupLine = "", m.group, 0
			}
		}
		if groupLine == 0 {
			groupLine = s.p.m.Groups.lineOf(m.group)
		}
		party, team, line = cmp.Or(party, groupParty), cmp.Or(team, groupTeam), groupLine
	}
	b := s.b
	return b.Facts(journal.Facts{
		Event: m.event, Status: m.status, Line: uint8(min(max(line, 0), math.MaxUint8)),
		Kind: b.Name(m.text[kindText]), Priority: b.Name(m.text[priorityText]),
		Service: b.Name(m.text[serviceText]), Site: b.Name(m.text[siteText]),
		Party: b.Name(party), Team: b.Name(team),
		Reason: b.Name(m.text[reasonText]), Related: b.Name(m.text[relatedText]),
		Series: b.Name(m.text[seriesText]), Numerator: m.numerator, Denominator: m.denominator,
		Extra: b.Extra(m.fields),
	}), nil
}

// factsOn returns a combination's facts on the date of an instant.
func (s *sink) factsOn(c *combo, happened span.Instant) (uint32, *refusal) {
	if c.dated == nil || c.refused != nil {
		return c.facts, c.refused
	}
	d, zone := c.dated, s.p.zone
	if zone == nil {
		zone = time.UTC
	}
	day := span.DateIn(happened, zone)
	if d.valid && d.last == day {
		return d.facts, d.refused
	}
	known, ok := d.on[day]
	if !ok {
		known.facts, known.refused = s.resolve(&d.means, day)
		d.on[day] = known
	}
	d.last, d.valid, d.facts, d.refused = day, true, known.facts, known.refused
	return d.facts, d.refused
}

// enter makes the row at hand an entry, or holds or refuses it.
func (s *sink) enter(r *row, c *combo) {
	if s.p.isMissing(r.ticket) {
		s.refuse(noTicket, "ticket", "the ticket is empty")
		return
	}
	var e journal.Entry
	var marks mending
	if !s.stamp(&e.Happened, r.happened, "happened", r, &marks) {
		return
	}
	e.Learnt = e.Happened
	if s.p.learnt >= 0 && !s.p.isMissing(r.learnt) {
		if !s.stamp(&e.Learnt, r.learnt, "learnt", r, &marks) {
			return
		}
	} else if s.p.m.Learnt.Fixed {
		e.Learnt = s.p.m.Learnt.Instant
	}
	facts, bad := s.factsOn(c, e.Happened)
	if bad != nil {
		s.refuse(bad.rule, bad.field, "%s", bad.message)
		return
	}
	e.Facts = facts
	var w waiting
	if s.buffered && !s.order(&w, r) || !s.name(&e, r) {
		return
	}
	if marks.decided != nil {
		e.Marks |= journal.Decided
		s.b.Decide(e, marks.decided.Decision)
	}
	s.withhold(&e, r)
	if s.buffered {
		w.entry = e
		s.pending = append(s.pending, w)
		return
	}
	s.put(e, r.ticket)
}

// put gathers an entry of a ticket.
func (s *sink) put(e journal.Entry, ticket []byte) {
	s.batch = append(s.batch, e)
	s.names = append(s.names, ticket)
	if len(s.batch) == cap(s.batch) {
		s.flush()
	}
}

// flush hands the entries gathered so far to the builder. It must be called before
// the texts of their tickets change.
func (s *sink) flush() {
	s.b.AddAll(s.batch, s.names)
	s.entries += int64(len(s.batch))
	s.batch, s.names = s.batch[:0], s.names[:0]
}

// mending carries the decision that a row's stamps were read by.
type mending struct{ decided *decision }

// stamp reads a stamp of the row at hand. Where it has two meanings a decision
// chooses; without one the row is held. False says that the row is dealt with.
func (s *sink) stamp(to *span.Instant, text []byte, column string, r *row, marks *mending) bool {
	first, second, means := s.stamps.read(text)
	if means == certain {
		*to = first
		return true
	}
	switch means {
	case nonsense:
		s.refuse(badStamp, column, "%s is not a stamp", quote(string(text)))
		return false
	case placeless:
		s.refuse(noZone, column, "%s has no offset", quote(string(text)))
		return false
	}
	h := HeldRow{
		Row: s.rows, File: s.file, Line: s.line, Ticket: string(r.ticket),
		Column: column, Stamp: string(text), First: first, Second: second,
	}
	d := s.decision(s.rows)
	if d == nil {
		s.held = append(s.held, h)
		return false
	}
	at, refused := d.choose(&h)
	if refused != nil {
		s.refuse(refused.rule, column, "%s", refused.message)
		return false
	}
	*to, marks.decided = at, d
	return true
}

// decision returns the decision about a row that needs one, or nil.
func (s *sink) decision(row int64) *decision {
	d := s.p.opt.Decisions.of(row)
	if d != nil {
		s.decided[row] = true
	}
	return d
}

// name gives the entry its key: the row's own, or its number. False says that the
// row is dealt with.
func (s *sink) name(e *journal.Entry, r *row) bool {
	if s.p.key < 0 {
		e.Row = uint32(s.rows)
		return true
	}
	if s.p.isMissing(r.key) {
		s.refuse(noKey, "key", "the key is empty")
		return false
	}
	e.Row, e.Marks = uint32(s.b.NameOf(r.key)), e.Marks|journal.Keyed
	digest := sha256.New()
	for _, v := range r.values {
		digest.Write([]byte(strconv.Itoa(len(v)) + ":"))
		digest.Write(v)
	}
	return s.first(e.Key(), binary.LittleEndian.Uint64(digest.Sum(nil)), string(r.key))
}

// first reports whether no row before has had a key; otherwise the row is refused.
func (s *sink) first(k journal.Key, content uint64, text string) bool {
	if s.seen == nil {
		return true
	}
	number := uint64(k.Source)<<33 | uint64(k.Row)
	if k.Keyed {
		number |= 1 << 32
	}
	other, seen := s.seen[number]
	switch {
	case !seen:
		s.seen[number] = content
	case other == content:
		s.refuse(repeated, "key", "the key %s stands in an earlier row that says the same", quote(text))
	default:
		s.refuse(conflict, "key", "the key %s stands in an earlier row that says something else", quote(text))
	}
	return !seen
}

// withhold keeps salted digests of people and free text, where a salt is given.
func (s *sink) withhold(e *journal.Entry, r *row) {
	for _, w := range s.p.withheld {
		content := s.p.value(r.values, w.slot)
		if content == "" {
			continue
		}
		key := strconv.FormatInt(s.rows, 10)
		if s.p.key >= 0 {
			key = string(r.key)
		}
		salted := journal.Salted(w.name, salt(s.p.opt.Salt, s.p.m.Source, key, s.p.slots[w.slot]), content)
		salted.Value = ""
		e.Marks |= journal.Private
		s.b.Withhold(*e, salted)
	}
}

// salt derives the salt of one content from a secret and the content's place:
// HMAC-SHA256, in hexadecimal.
func salt(secret []byte, place ...string) string {
	mac := hmac.New(sha256.New, secret)
	for _, p := range place {
		mac.Write([]byte(p + "\x00"))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// refuse refuses the row at hand.
func (s *sink) refuse(rule fault.Rule, field, format string, args ...any) {
	s.refused.add(s.rows, rule.At(fault.Position{File: s.file, Line: int(s.line)}, field, format, args...))
}

// skip counts a row that could not be taken apart, and refuses it.
func (s *sink) skip(rule fault.Rule, format string, args ...any) {
	s.rows++
	s.refuse(rule, "", format, args...)
}

// shift turns the sink's own row and line numbers into the log's and the file's,
// by the number of those before its stretch.
func (s *sink) shift(rows, lines int64) {
	for i := range s.held {
		s.held[i].Row += rows
		s.held[i].Line += lines
	}
	for i := range s.refused.details {
		d := &s.refused.details[i]
		d.Row += rows
		d.Finding.Position.Line += int(lines)
	}
	moved(s.wrong, lines)
}
