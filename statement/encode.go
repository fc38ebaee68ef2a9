package statement

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"towerbridge/fault"
)

// MaxRecord is the number of bytes that a statement's record may have.
const MaxRecord = 256 << 20

// seal sets the digest: SHA-256 over the record without it.
func (s *Statement) seal() {
	s.Digest = ""
	s.Digest = digest(s.encode())
}

// encode writes the record. The lists of tickets, which are nearly all of it, are
// written here and the rest by encoding/json, with the same result as if it wrote all.
func (s *Statement) encode() []byte {
	if len(s.Measures) == 0 {
		return marshal(s)
	}
	rest := *s
	rest.Measures = []Measure{}
	size := 4096
	for i := range s.Measures {
		size += 2048 + 128*len(s.Measures[i].Missed) + 192*len(s.Measures[i].Excluded)
	}
	head, tail := cut(marshal(&rest), `"measures":[`)
	out := append(make([]byte, 0, size), head...)
	for i := range s.Measures {
		if i > 0 {
			out = append(out, ',')
		}
		out = s.Measures[i].append(out)
	}
	return append(out, tail...)
}

// append writes a measure's line.
func (m *Measure) append(out []byte) []byte {
	rest := *m
	rest.Missed = nil
	if m.Excluded != nil {
		rest.Excluded = []Excluded{}
	}
	head, tail := cut(marshal(&rest), `,"excluded":`)
	out = append(out, head[:len(head)-len(`,"excluded":`)]...)
	if len(m.Missed) > 0 {
		out = append(out, `,"missed":[`...)
		for i := range m.Missed {
			if i > 0 {
				out = append(out, ',')
			}
			out = m.Missed[i].append(out)
		}
		out = append(out, ']')
	}
	out = append(out, `,"excluded":`...)
	if len(m.Excluded) == 0 {
		return append(out, tail...)
	}
	out = append(out, '[')
	for i := range m.Excluded {
		if i > 0 {
			out = append(out, ',')
		}
		out = m.Excluded[i].append(out)
	}
	return append(out, tail[1:]...)
}

func (m *Missed) append(out []byte) []byte {
	out = appendText(append(out, `{"ticket":`...), m.Ticket)
	if m.Episode != 0 {
		out = strconv.AppendInt(append(out, `,"episode":`...), int64(m.Episode), 10)
	}
	out = strconv.AppendInt(append(out, `,"elapsedSeconds":`...), m.Elapsed, 10)
	if m.Target != 0 {
		out = strconv.AppendInt(append(out, `,"targetSeconds":`...), m.Target, 10)
	}
	if m.Due != "" {
		out = appendText(append(out, `,"due":`...), m.Due)
	}
	return append(out, '}')
}

func (x *Excluded) append(out []byte) []byte {
	out = appendText(append(out, `{"ticket":`...), x.Ticket)
	out = appendText(append(out, `,"reason":`...), x.Reason)
	if x.Clause != "" {
		out = appendText(append(out, `,"clause":`...), x.Clause)
	}
	if x.Rule != "" {
		out = appendText(append(out, `,"rule":`...), x.Rule)
	}
	return append(out, '}')
}

// cut parts JSON behind the first place of a member. A text within JSON cannot hold
// the same bytes, because its quotes are escaped.
func cut(b []byte, member string) (head, tail []byte) {
	at := bytes.Index(b, []byte(member)) + len(member)
	return b[:at], b[at:]
}

// appendText writes a JSON string as encoding/json does.
func appendText(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(out, marshal(s)...)
		}
	}
	out = append(append(out, '"'), s...)
	return append(out, '"')
}

func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // every field has a JSON form
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Encode returns the record: one JSON object with its members in a fixed order.
func Encode(s *Statement) []byte { return s.encode() }

// Decode reads a record and checks its digest against its content.
func Decode(data []byte) (*Statement, error) {
	if len(data) > MaxRecord {
		return nil, fault.New(fault.Invalid, "", "the record is longer than %d bytes", MaxRecord)
	}
	s := &Statement{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the record is not a statement")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.New(fault.Invalid, "", "something follows the record")
	}
	if s.Format != Format {
		return nil, fault.New(fault.Invalid, "Use the version of the program that wrote it.", "the record has the form %q, not %q", s.Format, Format)
	}
	said := s.Digest
	if s.seal(); s.Digest != said {
		return nil, fault.New(fault.Disagrees, "", "the record says its digest is %s, its content has %s", said, s.Digest)
	}
	return s, nil
}
