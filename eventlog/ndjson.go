package eventlog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// MaxLine is the size of the longest line of NDJSON that is read, in bytes.
const MaxLine = 4 << 20

// maxDigests is the number of entries with wrong digests that are reported.
const maxDigests = 100

// lineReader reads the journal's own open form, one JSON object a line. It is
// strict: what the journal would not write, or would write otherwise, is refused,
// except that members may stand in any order, that learnt may be left out where it
// equals happened, and that text, people and attachments may be given in clear
// together with a salt; the journal then keeps their salted digests.
type lineReader struct {
	file   string
	in     io.Reader
	sink   *sink
	parse  jsonCursor
	line   openLine
	inside bool   // the stretch does not start where the file does
	buf    []byte // scratch: the line as the journal writes it
	stamps stamps
}

func newLineReader(file string, in io.Reader, s *sink) *lineReader {
	return &lineReader{file: file, in: in, sink: s}
}

// read reads the whole file.
func (r *lineReader) read() error {
	s := r.sink
	s.file = r.file
	lines := bufio.NewScanner(r.in)
	lines.Buffer(make([]byte, chunk), MaxLine)
	for s.line = 0; len(s.wrong) < maxDigests && lines.Scan(); {
		s.line++
		b := lines.Bytes()
		if s.line == 1 && !r.inside {
			b = bytes.TrimPrefix(b, []byte(mark))
		}
		if len(bytes.TrimSpace(b)) == 0 {
			continue // an empty line is no row
		}
		if s.rows++; s.rows >= maxRows {
			return fault.Findings{tooManyRows.At(fault.Position{File: r.file, Line: int(s.line)}, "", "more than %d rows", int64(maxRows))}
		}
		if bad := r.take(b); bad != nil {
			s.refuse(bad.rule, bad.field, "%s", bad.message)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fault.Findings{tooLong.At(fault.Position{File: r.file, Line: int(s.line) + 1}, "", "the line is longer than %d bytes", MaxLine)}
	} else if err != nil {
		return unreadable(r.file, err)
	}
	return nil
}

// take makes a line an entry, or says why not.
func (r *lineReader) take(b []byte) *refusal {
	if bytes.IndexByte(b, 0) >= 0 {
		return &refusal{holdsNUL, "", "the line holds a NUL byte"}
	}
	if !plainText(b) {
		return &refusal{notUTF8, "", "the line is not UTF-8"}
	}
	l := &r.line
	if bad := l.read(&r.parse, b); bad != nil {
		return bad
	}
	if l.isAct() {
		_, bad := l.act(&r.stamps)
		if bad == nil {
			r.sink.acts++
		}
		return bad
	}
	var e journal.Entry
	if bad := l.check(&r.stamps, &e); bad != nil {
		return bad
	}
	var from, to int
	r.buf, from, to = l.append(r.buf[:0], e.Happened, e.Learnt)
	if len(l.digest) > 0 && !l.hasDigestOf(r.buf) {
		r.sink.wrong = append(r.sink.wrong, wrongDigest.At(fault.Position{File: r.file, Line: int(r.sink.line)}, "digest",
			"the entry %s of %s has another digest than its line states", quote(string(l.texts[keyMember])), quote(string(l.texts[sourceMember]))))
		return &refusal{wrongDigest, "digest", "the digest is another"}
	}
	r.enter(e, r.buf[from:to])
	return nil
}

// hasDigestOf reports whether the digest that the line states is that of the line
// as the journal writes it.
func (l *openLine) hasDigestOf(written []byte) bool {
	var stated [2 * sha256.Size]byte
	sum := sha256.Sum256(written)
	hex.Encode(stated[:], sum[:])
	return bytes.Equal(stated[:], l.digest[len(digestStart):])
}

// twice reports whether two entries have one key.
func twice(j *journal.Journal) bool {
	rows := map[journal.Key][]uint32{} // of each source, keyed and not
	for t := range j.Tickets() {
		for _, e := range j.Of(t) {
			k := e.Key()
			k.Row = 0
			rows[k] = append(rows[k], e.Row)
		}
	}
	for _, list := range rows {
		slices.Sort(list)
		if len(slices.Compact(list)) < len(list) {
			return true
		}
	}
	return false
}

// check reads the instants and says what is missing or contradictory.
func (l *openLine) check(stamps *stamps, e *journal.Entry) *refusal {
	for _, m := range [...]int{sourceMember, keyMember, ticketMember, happenedMember} {
		if len(l.texts[m]) == 0 {
			return &refusal{badLine, textMembers[m], "the member is missing"}
		}
	}
	if l.given&subjectGiven != 0 {
		return &refusal{badLine, "subject", "only an act has a subject"}
	}
	for _, x := range [...]struct {
		member int
		to     *span.Instant
	}{{happenedMember, &e.Happened}, {learntMember, &e.Learnt}} {
		text := l.texts[x.member]
		if len(text) == 0 { // learnt
			*x.to = e.Happened
			continue
		}
		at, _, means := stamps.read(text)
		if means != certain {
			return &refusal{badStamp, textMembers[x.member], quote(string(text)) + " is not an instant with its offset"}
		}
		*x.to = at
	}
	return l.checkFacts()
}

// checkFacts says what is contradictory in what the line says about its ticket.
func (l *openLine) checkFacts() *refusal {
	if name := l.texts[eventMember]; len(name) > 0 {
		if _, ok := journal.ParseEvent(string(name)); !ok {
			return &refusal{badLine, "event", quote(string(name)) + " is not an event of the journal"}
		}
	}
	if name := l.texts[statusMember]; len(name) > 0 {
		if _, ok := journal.ParseStatus(string(name)); !ok {
			return &refusal{badLine, "status", quote(string(name)) + " is not a state of the journal"}
		}
	}
	if name := l.texts[visibilityMember]; len(name) > 0 {
		if _, ok := journal.ParseVisibility(string(name)); !ok {
			return &refusal{badLine, "visibility", quote(string(name)) + " is not a visibility of the journal: own, shared or public"}
		}
	}
	switch has := &l.numbers; {
	case has[lineNumber].given && (has[lineNumber].value < 1 || has[lineNumber].value > math.MaxUint8):
		return &refusal{badLine, "line", "the support line is not from 1 to 255"}
	case has[numeratorNumber].given != (len(l.texts[seriesMember]) > 0):
		return &refusal{badLine, "series", "a series and a numerator need each other"}
	case has[denominatorNumber].given && (!has[numeratorNumber].given || has[denominatorNumber].value <= 0):
		return &refusal{badLine, "denominator", "a denominator is above zero and needs a numerator"}
	}
	return nil
}

// enter adds the entry of the line at hand, whose facts are written as given.
func (r *lineReader) enter(e journal.Entry, facts []byte) {
	s, l := r.sink, &r.line
	if source := l.texts[sourceMember]; s.source != string(source) {
		if s.source == "" {
			s.b = journal.NewBuilder(string(source)) // of the first line
		}
		at, ok := s.b.Source(string(source))
		if !ok {
			s.refuse(badLine, "source", "%s", tooManySources)
			return
		}
		s.source, s.sourceAt = string(source), at
	}
	e.Source = s.sourceAt
	hash := hashBytes(facts)
	c := s.combos.find(facts, hash)
	if c == nil {
		c = s.combos.add(combo{hash: hash, key: string(facts), facts: s.b.Facts(l.facts(s.b))})
	}
	e.Facts = c.facts
	key := l.texts[keyMember]
	if n, ok := rowNumber(key); ok {
		e.Row = n
	} else {
		e.Row, e.Marks = uint32(s.b.NameOf(key)), journal.Keyed
	}
	if !s.first(e.Key(), hashBytes(r.buf), string(key)) {
		return
	}
	l.keep(s.b, &e)
	e.Ticket = s.b.Ticket(l.texts[ticketMember])
	s.b.Add(e)
	s.entries++
}

// tooManySources says why the entry of a further source is refused.
var tooManySources = fmt.Sprintf("there are more than %d sources", journal.MaxSources)

// rowNumber reads a key that is the number of a row, as the journal writes it.
func rowNumber(b []byte) (uint32, bool) {
	if len(b) == 0 || len(b) > 10 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b), 10, 32)
	return uint32(n), err == nil && b[0] != '+'
}
