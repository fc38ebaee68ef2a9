package eventlog

import (
	"bytes"
	"io"
	"strings"
)

// xesReader reads the events of an XES log into a sink. Each event is a row. Its
// columns are the event's attributes by their keys, and those of its trace by case:
// and the key. Attributes within attributes are passed over, and so are the log's
// global defaults: they say what is usual, not what happened.
type xesReader struct {
	scan   *xmlScanner
	sink   *sink
	events map[string]int // slot by key
	traces map[string]int // slot by key, without case:
	event  attributes
	trace  attributes
	values [][]byte
}

// attributes are the texts of an event's or trace's mapped attributes.
type attributes struct {
	text    []byte
	spans   [][2]int // by slot, in text; a start of -1 says there is none
	refused *refusal
}

func (a *attributes) reset() {
	a.text, a.refused = a.text[:0], nil
	for i := range a.spans {
		a.spans[i] = [2]int{-1, -1}
	}
}

// casePrefix stands before the key of a trace's attribute in a mapping.
const casePrefix = "case:"

func newXESReader(file string, in io.Reader, s *sink) *xesReader {
	x := &xesReader{scan: newXMLScanner(file, in), sink: s, events: map[string]int{}, traces: map[string]int{}}
	n := len(s.p.slots)
	for slot, column := range s.p.slots {
		if key, ok := strings.CutPrefix(column, casePrefix); ok {
			x.traces[key] = slot
		} else {
			x.events[column] = slot
		}
	}
	x.event.spans, x.trace.spans, x.values = make([][2]int, n), make([][2]int, n), make([][]byte, n)
	x.event.reset()
	x.trace.reset()
	return x
}

// read reads the whole file.
func (x *xesReader) read() error {
	s := x.sink
	s.file = x.scan.file
	if s.had == nil {
		s.had = make([]bool, len(s.p.slots))
	}
	if err := x.scan.skipMark(); err != nil {
		return err
	}
	var inEvent, inTrace bool
	roots, eventDepth := 0, 0
	for {
		err := x.scan.next()
		if err == io.EOF {
			if roots == 0 {
				return x.scan.fail(cutShort, "the file holds no log")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if s.rows >= maxRows {
			return x.scan.fail(tooManyRows, "more than %d rows", int64(maxRows))
		}
		t := &x.scan.tag
		depth := len(x.scan.starts) // of the tag's parent, or of itself where it stays open
		if t.opens && !t.closes {
			depth--
		}
		switch {
		case depth == 0 && t.opens:
			if roots++; roots > 1 || string(t.name) != "log" {
				return x.scan.fail(badXML, "the outermost element is <%s>, not <log>", t.name)
			}
		case t.opens && depth == 1 && string(t.name) == "trace":
			inTrace = !t.closes
			x.trace.reset()
		case t.opens && string(t.name) == "event" && (depth == 1 || depth == 2 && inTrace):
			s.line = x.scan.line()
			x.event.reset()
			inEvent, eventDepth = !t.closes, depth
			if t.closes {
				x.row()
			}
		case !t.opens && inEvent && depth == eventDepth:
			inEvent = false
			x.row()
		case !t.opens && depth == 1 && inTrace:
			inTrace = false
			x.trace.reset()
		case t.opens && (inEvent || inTrace):
			if inEvent && depth != eventDepth+1 || !inEvent && depth != 2 {
				continue // an attribute of an attribute
			}
			if err := x.attribute(t, inEvent); err != nil {
				return err
			}
		}
	}
}

// attribute keeps a mapped attribute that stands directly in an event or trace.
func (x *xesReader) attribute(t *xmlTag, inEvent bool) error {
	to, slots := &x.event, x.events
	if !inEvent {
		to, slots = &x.trace, x.traces
	}
	switch string(t.name) {
	case "string", "date", "int", "float", "boolean", "id":
	default:
		return nil
	}
	key, value := t.attribute("key"), t.attribute("value")
	if key == nil {
		return x.scan.fail(badXML, "an attribute has no key")
	}
	slot, mapped := slots[string(key)]
	if bytes.IndexByte(key, '&') >= 0 {
		plain, ok := unescape(nil, key)
		if !ok {
			return x.scan.fail(badXML, "the key %s holds an entity that is not known", quote(string(key)))
		}
		slot, mapped = slots[string(plain)]
	}
	if !mapped {
		return nil
	}
	if !inEvent && x.trace.spans[slot][0] == afterEvents {
		return x.scan.fail(lateAttribute, "the attribute %s stands after events of its trace", quote(string(key)))
	}
	to.keep(slot, string(key), value)
	x.sink.had[slot] = true
	return nil
}

// keep keeps a value, or why the row cannot be read.
func (a *attributes) keep(slot int, key string, written []byte) {
	start := len(a.text)
	ok := false
	switch {
	case written == nil:
		a.refused = &refusal{badXML, key, "the attribute has no value"}
	case a.spans[slot][0] >= 0:
		a.refused = &refusal{attributeTwice, key, "the attribute is given twice"}
	case len(written) > MaxField:
		a.refused = &refusal{tooLong, key, "the value is longer than a field may be"}
	default:
		if a.text, ok = unescape(a.text, written); !ok {
			a.refused = &refusal{badXML, key, "the value holds an entity that is not known"}
		} else if text := a.text[start:]; bytes.IndexByte(text, 0) >= 0 {
			a.refused = &refusal{holdsNUL, key, "the value holds a NUL byte"}
		} else if !plainText(text) {
			a.refused = &refusal{notUTF8, key, "the value is not UTF-8"}
		}
	}
	a.spans[slot] = [2]int{start, len(a.text)}
}

// afterEvents marks a slot of a trace whose first event has been read without it.
const afterEvents = -2

// row hands the event at hand to the sink.
func (x *xesReader) row() {
	for slot := range x.values {
		x.values[slot] = nil
		if e := x.event.spans[slot]; e[0] >= 0 {
			x.values[slot] = x.event.text[e[0]:e[1]]
		} else if c := x.trace.spans[slot]; c[0] >= 0 {
			x.values[slot] = x.trace.text[c[0]:c[1]]
		} else {
			x.trace.spans[slot] = [2]int{afterEvents, afterEvents}
		}
	}
	for _, a := range []*attributes{&x.trace, &x.event} {
		if a.refused != nil {
			x.sink.rows++
			x.sink.refuse(a.refused.rule, a.refused.field, "%s", a.refused.message)
			return
		}
	}
	x.sink.take(x.values)
}
