package eventlog

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"towerbridge/journal"
)

// jsonCursor reads the JSON of one line from front to back. The first mistake is
// kept and ends the reading.
type jsonCursor struct {
	b     []byte
	at    int
	wrong string
	text  []byte // texts that had escapes
}

func (c *jsonCursor) fail(message string) {
	if c.wrong == "" {
		c.wrong = message + " at byte " + strconv.Itoa(c.at+1)
		c.at = len(c.b)
	}
}

// next passes over space and returns the next byte, zero at the end.
func (c *jsonCursor) next() byte {
	for c.at < len(c.b) {
		if b := c.b[c.at]; b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b
		}
		c.at++
	}
	return 0
}

// expect takes one byte.
func (c *jsonCursor) expect(b byte) {
	if c.next() != b {
		c.fail("expected " + string(b))
		return
	}
	c.at++
}

// also takes a comma, or the closing byte, in which case it returns false. The
// first call for a list or object is made with the list's first true.
func (c *jsonCursor) also(closing byte, first bool) bool {
	switch b := c.next(); {
	case b == closing:
		c.at++
		return false
	case first:
	case b == ',':
		c.at++
	default:
		c.fail("expected , or " + string(closing))
	}
	return c.wrong == ""
}

// string takes a text.
func (c *jsonCursor) string() []byte {
	c.expect('"')
	for from := c.at; c.at < len(c.b); c.at++ {
		switch b := c.b[c.at]; {
		case b == '"':
			c.at++
			return c.b[from : c.at-1]
		case b == '\\':
			return c.escaped(from)
		case b < 0x20:
			c.fail("a control character stands in a text")
			return nil
		}
	}
	c.fail("a text is never closed")
	return nil
}

// escaped takes the rest of a text that has escapes and began at from.
func (c *jsonCursor) escaped(from int) []byte {
	start := len(c.text)
	c.text = append(c.text, c.b[from:c.at]...)
	for c.at < len(c.b) {
		b := c.b[c.at]
		c.at++
		switch {
		case b == '"':
			return c.text[start:len(c.text):len(c.text)]
		case b < 0x20:
			c.fail("a control character stands in a text")
			return nil
		case b != '\\':
			c.text = append(c.text, b)
		case c.at < len(c.b) && c.b[c.at] == 'u':
			c.at++
			c.text = utf8.AppendRune(c.text, c.unicode())
		case c.at < len(c.b):
			i := strings.IndexByte(`"\/bfnrt`, c.b[c.at])
			if i < 0 {
				c.fail("an escape is not known")
				return nil
			}
			c.text = append(c.text, "\"\\/\b\f\n\r\t"[i])
			c.at++
		}
	}
	c.fail("a text is never closed")
	return nil
}

// unicode takes the digits of an escape \u, and the second of a pair.
func (c *jsonCursor) unicode() rune {
	r := c.hex()
	if utf16.IsSurrogate(r) {
		if !bytes.HasPrefix(c.b[c.at:], []byte(`\u`)) {
			c.fail("half a character stands in a text")
			return 0
		}
		c.at += 2
		if r = utf16.DecodeRune(r, c.hex()); r == utf8.RuneError {
			c.fail("half a character stands in a text")
		}
	}
	if r == 0 {
		c.fail("a NUL stands in a text")
	}
	return r
}

func (c *jsonCursor) hex() rune {
	if c.at+4 > len(c.b) {
		c.fail("an escape is cut short")
		return 0
	}
	n, err := strconv.ParseUint(string(c.b[c.at:c.at+4]), 16, 16)
	if err != nil {
		c.fail("an escape is not of four hexadecimal digits")
		return 0
	}
	c.at += 4
	return rune(n)
}

// whole takes a whole number.
func (c *jsonCursor) whole() int64 {
	c.next()
	from := c.at
	for c.at < len(c.b) && (c.b[c.at] == '-' || c.b[c.at]-'0' <= 9) {
		c.at++
	}
	text := string(c.b[from:c.at])
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		c.fail("expected a whole number")
	}
	return n
}

// read takes a line apart.
func (l *openLine) read(c *jsonCursor, b []byte) *refusal {
	*c = jsonCursor{b: b, text: c.text[:0]}
	l.reset()
	c.expect('{')
	for first := true; c.also('}', first); first = false {
		name := c.string()
		c.expect(':')
		if c.wrong != "" {
			break
		}
		if bad := l.member(c, name); bad != nil {
			return bad
		}
	}
	if c.wrong == "" && c.next() != 0 {
		c.fail("something follows the object")
	}
	if c.wrong != "" {
		return &refusal{badLine, "", c.wrong}
	}
	return l.tidy()
}

// members lists the names of all members in the order in which the journal writes
// them, those that it does not write last; kinds and places say what they are.
var members, kinds, places = memberTable()

// Members returns the names of the members that a line of NDJSON may have, in the order
// in which the journal writes them: those of entries, those that are read and never
// written, and those of acts alone. It is for references.
func Members() []string { return slices.Clone(members) }

// memberKind reads the value of a member into its place in the line.
type memberKind = func(l *openLine, c *jsonCursor, place int)

func memberTable() (members []string, kinds []memberKind, places []int) {
	add := func(name string, place int, kind memberKind) {
		members, places, kinds = append(members, name), append(places, place), append(kinds, kind)
	}
	text := func(from, to int) {
		for m := from; m <= to; m++ {
			add(textMembers[m], m, func(l *openLine, c *jsonCursor, place int) { l.texts[place] = c.string() })
		}
	}
	number := func(m int) {
		add(numberMembers[m], m, func(l *openLine, c *jsonCursor, place int) {
			l.numbers[place].value, l.numbers[place].given = c.whole(), true
		})
	}
	other := func(names ...string) {
		for _, name := range names {
			add(name, 0, func(l *openLine, c *jsonCursor, _ int) { l.other(c, name) })
		}
	}
	text(sourceMember, teamMember)
	number(lineNumber)
	text(reasonMember, seriesMember)
	number(numeratorNumber)
	number(denominatorNumber)
	text(byMember, visibilityMember)
	other("fields")
	text(correctsMember, correctsMember)
	other("backdated", "decision", "withheld", "digest", "salt", "text", "people", "attachments")
	text(actMember, subjectMember)
	return members, kinds, places
}

// member reads the value of one member. It looks for the name from the one before
// on, for most lines have their members in the journal's own order.
func (l *openLine) member(c *jsonCursor, name []byte) *refusal {
	at := l.after
	for range members {
		if at == len(members) {
			at = 0
		}
		if members[at] == string(name) {
			kinds[at](l, c, places[at])
			if l.given&(1<<at) != 0 {
				return &refusal{badLine, members[at], "the member is given twice"}
			}
			l.given |= 1 << at
			l.after = at + 1
			return nil
		}
		at++
	}
	return &refusal{unknownMember, quote(string(name)), "the journal has no such member"}
}

func (l *openLine) other(c *jsonCursor, name string) {
	switch name {
	case "fields":
		c.object(func(name, value []byte) { l.fields = append(l.fields, textPair{name, value}) })
	case "backdated":
		c.next()
		if !bytes.HasPrefix(c.b[c.at:], []byte("true")) {
			c.fail("expected true; leave the member out otherwise")
			return
		}
		c.at += len("true")
		l.backdated = true
	case "decision":
		l.decided = true
		texts := c.exactly("choice", "who", "why")
		l.decision = journal.Decision{Choice: texts[0], Who: texts[1], Why: texts[2]}
	case "withheld":
		c.list(func() {
			texts := c.exactly("name", "digest")
			if !isDigest(texts[1]) {
				c.fail("a digest is not sha256: and 64 hexadecimal digits")
			}
			l.withheld = append(l.withheld, journal.Withheld{Name: texts[0], Digest: texts[1]})
		})
	case "salt":
		l.salt = string(c.string())
	case "text":
		l.open = append(l.open, clearText{"text", string(c.string())})
	case "people":
		c.list(func() { l.open = append(l.open, clearText{"person", string(c.string())}) })
	case "attachments":
		c.list(func() { l.open = append(l.open, clearText{"attachment", string(c.string())}) })
	case "digest":
		l.digest = c.string() // its digits are compared later
		if len(l.digest) != len(digestStart)+64 || !bytes.HasPrefix(l.digest, []byte(digestStart)) {
			c.fail("a digest is not sha256: and 64 hexadecimal digits")
		}
	}
}

// digestStart stands before the hexadecimal digits of a digest.
const digestStart = "sha256:"

func isDigest(s string) bool {
	if len(s) != len(digestStart)+64 || s[:len(digestStart)] != digestStart {
		return false
	}
	for i := len(digestStart); i < len(s); i++ {
		if c := s[i]; c-'0' > 9 && c-'a' > 5 {
			return false
		}
	}
	return true
}

// list takes a list, calling item at each of its items.
func (c *jsonCursor) list(item func()) {
	c.expect('[')
	for first := true; c.also(']', first); first = false {
		item()
	}
}

// object takes an object of texts.
func (c *jsonCursor) object(member func(name, value []byte)) {
	c.expect('{')
	for first := true; c.also('}', first); first = false {
		name := c.string()
		c.expect(':')
		value := c.string()
		if c.wrong == "" {
			member(name, value)
		}
	}
}

// exactly takes an object that has exactly the given members, each a text that is
// not empty, and returns them in the given order.
func (c *jsonCursor) exactly(names ...string) []string {
	texts := make([]string, len(names))
	c.object(func(name, value []byte) {
		at := slices.Index(names, string(name))
		if at < 0 || texts[at] != "" {
			c.fail("the member " + quote(string(name)) + " is not known or stands twice")
			return
		}
		texts[at] = string(value)
	})
	if slices.Contains(texts, "") {
		c.fail("expected the members " + strings.Join(names, ", "))
	}
	return texts
}

// tidy brings a line into the journal's own order, and turns content in clear into
// salted digests, each with a salt of its own derived from the line's.
func (l *openLine) tidy() *refusal {
	slices.SortFunc(l.fields, func(a, b textPair) int { return bytes.Compare(a.name, b.name) })
	for i, f := range l.fields {
		if len(f.name) == 0 || len(f.value) == 0 {
			return &refusal{badLine, "fields", "a field has no name or no value"}
		}
		if i > 0 && bytes.Equal(f.name, l.fields[i-1].name) {
			return &refusal{badLine, "fields", "the field " + quote(string(f.name)) + " is given twice"}
		}
	}
	if len(l.open) > 0 && l.salt == "" {
		return &refusal{badLine, "salt", "content in clear needs a salt"}
	}
	for i, x := range l.open {
		own := salt([]byte(l.salt), x.name, strconv.Itoa(i))
		l.withheld = append(l.withheld, journal.Salted(x.name, own, x.content))
	}
	return nil
}
