package eventlog

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"

	"towerbridge/fault"
)

// Limits of an XES file.
const (
	MaxToken = 4 << 20 // bytes of one tag
	MaxDepth = 64      // elements within each other
)

// xmlScanner finds the tags of an XML file, one after the other, in bounded
// memory whatever lies between them. It knows what XES needs: elements and their
// attributes. Text, comments and instructions are passed over; a document type is
// refused, so that no entity can be declared. It is much faster than a decoder
// for all of XML, which a log of hundreds of megabytes needs.
type xmlScanner struct {
	file   string
	in     io.Reader
	buf    []byte
	lo, hi int
	ended  bool
	lines  int64 // line ends before buf[lo]
	names  []byte
	starts []int // where each open element's name starts in names
	tag    xmlTag
}

// xmlTag is the tag at hand. Its texts are valid until the next one is read.
type xmlTag struct {
	name       []byte
	opens      bool // <name> or <name/>
	closes     bool // </name> or <name/>
	attributes []xmlAttribute
}

type xmlAttribute struct{ name, value []byte } // the value as written, entities and all

// attribute returns the written value of an attribute, nil if there is none.
func (t *xmlTag) attribute(name string) []byte {
	for i := range t.attributes {
		if string(t.attributes[i].name) == name {
			return t.attributes[i].value
		}
	}
	return nil
}

func newXMLScanner(file string, in io.Reader) *xmlScanner {
	return &xmlScanner{file: file, in: in, buf: make([]byte, chunk)}
}

func (x *xmlScanner) fail(rule fault.Rule, format string, args ...any) error {
	return fault.Findings{rule.At(fault.Position{File: x.file, Line: int(x.line())}, "", format, args...)}
}

// line returns the number of the line at which the scanner stands.
func (x *xmlScanner) line() int64 { return x.lines + 1 }

// pass moves on by n bytes.
func (x *xmlScanner) pass(n int) {
	x.lines += int64(bytes.Count(x.buf[x.lo:x.lo+n], []byte{'\n'}))
	x.lo += n
}

// more reads more and reports whether there is any.
func (x *xmlScanner) more() (bool, error) {
	if x.ended {
		return false, nil
	}
	x.hi = copy(x.buf, x.buf[x.lo:x.hi])
	x.lo = 0
	if x.hi == len(x.buf) {
		if len(x.buf) >= MaxToken {
			return false, x.fail(tooLong, "a tag is longer than %d bytes", MaxToken)
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.in.Read(x.buf[x.hi:])
		x.hi += n
		if err == io.EOF {
			x.ended = true
			return n > 0, nil
		}
		if err != nil {
			return false, unreadable(x.file, err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, unreadable(x.file, io.ErrNoProgress)
}

// next moves to the next tag. At the end of the file it returns io.EOF, which is
// an error only if elements are still open.
func (x *xmlScanner) next() error {
	for {
		at := bytes.IndexByte(x.buf[x.lo:x.hi], '<')
		if at < 0 {
			if err := x.text(x.hi - x.lo); err != nil {
				return err
			}
			more, err := x.more()
			if err != nil {
				return err
			}
			if more {
				continue
			}
			if len(x.starts) > 0 {
				return x.fail(cutShort, "the file ends within <%s>", x.names[x.starts[len(x.starts)-1]:])
			}
			return io.EOF
		}
		if err := x.text(at); err != nil {
			return err
		}
		found, err := x.markup()
		if found || err != nil {
			return err
		}
	}
}

// skipMark passes over a byte-order mark at the start of the file.
func (x *xmlScanner) skipMark() error {
	for x.hi < len(mark) {
		if more, err := x.more(); err != nil {
			return err
		} else if !more {
			break
		}
	}
	if bytes.HasPrefix(x.buf[:x.hi], []byte(mark)) {
		x.lo = len(mark)
	}
	return nil
}

// text passes over n bytes of text, which outside the outermost element is space.
func (x *xmlScanner) text(n int) error {
	if len(x.starts) == 0 {
		if len(bytes.TrimSpace(x.buf[x.lo:x.lo+n])) > 0 {
			return x.fail(badXML, "text stands outside the outermost element")
		}
	}
	x.pass(n)
	return nil
}

// markup reads what starts with < here. It reports whether that was a tag.
func (x *xmlScanner) markup() (bool, error) {
	for x.hi-x.lo < len("<![CDATA[") { // enough to tell them apart
		if more, err := x.more(); err != nil {
			return false, err
		} else if !more {
			break
		}
	}
	b := x.buf[x.lo:x.hi]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return false, x.passTo(4, "-->", "a comment")
	case bytes.HasPrefix(b, []byte("<![CDATA[")) && len(x.starts) > 0:
		return false, x.passTo(9, "]]>", "a CDATA section")
	case bytes.HasPrefix(b, []byte("<!")):
		return false, x.fail(hasDoctype, "a document type or declaration stands here")
	case bytes.HasPrefix(b, []byte("<?")):
		return false, x.instruction()
	}
	for {
		n, problem := x.takeTag(x.buf[x.lo:x.hi])
		if problem != "" {
			return false, x.fail(badXML, "%s", problem)
		}
		if n > 0 {
			err := x.nest()
			x.pass(n)
			return true, err
		}
		if more, err := x.more(); err != nil {
			return false, err
		} else if !more {
			return false, x.fail(cutShort, "the file ends within a tag")
		}
	}
}

// passTo passes over a stretch with a certain end, however long it is.
func (x *xmlScanner) passTo(skip int, end, what string) error {
	x.pass(skip)
	for {
		if at := bytes.Index(x.buf[x.lo:x.hi], []byte(end)); at >= 0 {
			x.pass(at + len(end))
			return nil
		}
		x.pass(max(0, x.hi-x.lo-len(end)+1))
		if more, err := x.more(); err != nil {
			return err
		} else if !more {
			return x.fail(cutShort, "the file ends within %s", what)
		}
	}
}

// instruction passes over an instruction; that of the head names the encoding.
func (x *xmlScanner) instruction() error {
	if b := x.buf[x.lo:x.hi]; bytes.HasPrefix(b, []byte("<?xml ")) {
		head := b
		if end := bytes.Index(b, []byte("?>")); end >= 0 {
			head = b[:end]
		}
		if at := bytes.Index(head, []byte("encoding=")); at >= 0 && at+10 < len(head) {
			name, _, _ := bytes.Cut(head[at+10:], head[at+9:at+10])
			if up := string(bytes.ToUpper(name)); up != "UTF-8" && up != "US-ASCII" && up != "ASCII" {
				return x.fail(badEncoding, "the file says that it is %s", quote(string(name)))
			}
		}
	}
	return x.passTo(2, "?>", "an instruction")
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// nameEnd returns the place after a name that starts at a place.
func nameEnd(b []byte, at int) int {
	for at < len(b) && !space(b[at]) && b[at] != '=' && b[at] != '>' && b[at] != '/' && b[at] != '<' && b[at] != '"' && b[at] != '\'' {
		at++
	}
	return at
}

// takeTag takes the tag at the start apart and returns its length, or zero if its
// end is not there. The problem is empty unless it is no tag.
func (x *xmlScanner) takeTag(b []byte) (int, string) {
	t := &x.tag
	t.opens, t.closes, t.attributes = true, false, t.attributes[:0]
	at := 1
	if len(b) > 1 && b[1] == '/' {
		t.opens, t.closes, at = false, true, 2
	}
	end := nameEnd(b, at)
	t.name = b[at:end]
	if end < len(b) && end == at {
		return 0, "a tag has no name"
	}
	for at = end; ; {
		spaced := false
		for at < len(b) && space(b[at]) {
			at++
			spaced = true
		}
		if at >= len(b) {
			return 0, ""
		}
		switch {
		case b[at] == '>':
			return at + 1, ""
		case b[at] == '/' && t.opens:
			if at+1 >= len(b) {
				return 0, ""
			}
			if b[at+1] != '>' {
				return 0, "a slash stands in the middle of a tag"
			}
			t.closes = true
			return at + 2, ""
		case !t.opens || !spaced:
			return 0, "a tag is malformed"
		}
		n, problem := t.take(b[at:])
		if n == 0 {
			return 0, problem
		}
		at += n
	}
}

// take takes one attribute and returns its length, or zero.
func (t *xmlTag) take(b []byte) (int, string) {
	end := nameEnd(b, 0)
	at := end
	for at < len(b) && space(b[at]) {
		at++
	}
	if at >= len(b) {
		return 0, ""
	}
	if end == 0 || b[at] != '=' {
		return 0, "an attribute has no value"
	}
	at++
	for at < len(b) && space(b[at]) {
		at++
	}
	if at >= len(b) {
		return 0, ""
	}
	quotation := b[at]
	if quotation != '"' && quotation != '\'' {
		return 0, "an attribute's value has no quotes"
	}
	n := bytes.IndexByte(b[at+1:], quotation)
	if n < 0 {
		return 0, ""
	}
	value := b[at+1 : at+1+n]
	if bytes.IndexByte(value, '<') >= 0 {
		return 0, "a < stands in an attribute's value"
	}
	t.attributes = append(t.attributes, xmlAttribute{b[:end], value})
	return at + n + 2, ""
}

// nest keeps the list of open elements for the tag at hand.
func (x *xmlScanner) nest() error {
	t := &x.tag
	switch {
	case t.opens && t.closes:
		return nil
	case t.opens:
		if len(x.starts) == MaxDepth {
			return x.fail(tooDeep, "elements lie deeper than %d within each other", MaxDepth)
		}
		x.starts = append(x.starts, len(x.names))
		x.names = append(x.names, t.name...)
		return nil
	}
	if len(x.starts) == 0 {
		return x.fail(badXML, "</%s> closes nothing", t.name)
	}
	from := x.starts[len(x.starts)-1]
	if open := x.names[from:]; string(open) != string(t.name) {
		return x.fail(badXML, "</%s> closes <%s>", t.name, open)
	}
	x.names, x.starts = x.names[:from], x.starts[:len(x.starts)-1]
	return nil
}

// unescape appends a written value's text. False says that an entity is not one
// of XML's five nor a number.
func unescape(to, written []byte) ([]byte, bool) {
	for {
		at := bytes.IndexByte(written, '&')
		if at < 0 {
			return append(to, written...), true
		}
		to = append(to, written[:at]...)
		end := bytes.IndexByte(written[at:], ';')
		if end < 0 {
			return to, false
		}
		name := string(written[at+1 : at+end])
		written = written[at+end+1:]
		switch name {
		case "amp":
			to = append(to, '&')
		case "lt":
			to = append(to, '<')
		case "gt":
			to = append(to, '>')
		case "quot":
			to = append(to, '"')
		case "apos":
			to = append(to, '\'')
		default:
			r, ok := numeric(name)
			if !ok {
				return to, false
			}
			to = utf8.AppendRune(to, r)
		}
	}
}

// numeric reads a numeric entity such as #233 or #xE9.
func numeric(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n > 0 && n <= utf8.MaxRune && (n < 0xd800 || n > 0xdfff)
}
