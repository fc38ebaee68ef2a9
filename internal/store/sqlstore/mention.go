package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"

	"towerbridge/journal"
)

// mention is what the keeper reads of a line: what it is about and what it withholds.
type mention struct {
	Source, Key, Ticket  string
	Act, Subject, Digest string // of acts
	Withheld             []journal.Withheld
}

var (
	sourceStart   = []byte(`{"source":"`)
	keyStart      = []byte(`,"key":"`)
	ticketStart   = []byte(`,"ticket":"`)
	withheldStart = []byte(`,"withheld":[`)
)

// read reads a line. Most are entries whose names need no escape; these are read
// without taking the whole line apart.
func (m *mention) read(line []byte) error {
	*m = mention{Withheld: m.Withheld[:0]}
	if m.quick(line) {
		return nil
	}
	*m = mention{}
	if err := json.Unmarshal(line, m); err != nil {
		return errCoding
	}
	return nil
}

func (m *mention) quick(line []byte) bool {
	source, rest, ok := cutName(line, sourceStart)
	if !ok {
		return false
	}
	key, rest, ok := cutName(rest, keyStart)
	if !ok {
		return false
	}
	ticket, rest, ok := cutName(rest, ticketStart)
	if !ok {
		return false
	}
	if bytes.HasSuffix(rest, []byte("]}")) {
		// Quotes within texts are escaped: this is the member, and the line's last.
		at := bytes.LastIndex(rest, withheldStart)
		if at < 0 || json.Unmarshal(rest[at+len(withheldStart)-1:len(rest)-1], &m.Withheld) != nil {
			return false
		}
	}
	m.Source, m.Key, m.Ticket = string(source), string(key), string(ticket)
	return true
}

// cutName takes a member with a text that needs no escape from the beginning of a line.
func cutName(b, start []byte) (name, rest []byte, ok bool) {
	b, ok = bytes.CutPrefix(b, start)
	if !ok {
		return nil, nil, false
	}
	end := bytes.IndexByte(b, '"')
	if end < 0 || bytes.IndexByte(b[:end], '\\') >= 0 {
		return nil, nil, false
	}
	return b[:end], b[end+1:], true
}

// String names the entry or the act for a person.
func (m *mention) String() string {
	switch {
	case m.Ticket != "":
		return fmt.Sprintf("the entry with key %s of source %s about ticket %s", m.Key, m.Source, m.Ticket)
	case m.Act != "":
		return fmt.Sprintf("the act %s with key %s of source %s", m.Act, m.Key, m.Source)
	}
	return "a line that is no entry"
}
