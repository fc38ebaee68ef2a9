package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// KeyText returns the text of an entry's key in its source.
func (j *Journal) KeyText(k Key) string {
	if k.Keyed {
		return j.Name(Symbol(k.Row))
	}
	return strconv.FormatUint(uint64(k.Row), 10)
}

// find returns the first key that a text can mean in a source and that is wanted:
// the text itself, or the row of which it is the number.
func (j *Journal) find(source uint16, text string, wanted func(Key) bool) (Key, bool) {
	if s := j.Symbol(text); s != 0 {
		if k := (Key{source, uint32(s), true}); wanted(k) {
			return k, true
		}
	}
	n, err := strconv.ParseUint(text, 10, 32)
	k := Key{source, uint32(n), false}
	return k, err == nil && j.KeyText(k) == text && wanted(k)
}

// AppendLine appends the open form of an entry: one JSON object with its members
// in a fixed order and no spaces, without a line end. It holds what clocks and
// scopes read; withheld content appears as its salted digest only. The digest of
// the entry is over exactly these bytes.
func (j *Journal) AppendLine(b []byte, e Entry) []byte {
	f := j.Fact(e)
	b = append(b, `{"source":`...)
	b = appendString(b, j.sources[e.Source])
	text := func(name, value string) {
		if value != "" {
			b = append(append(append(b, `,"`...), name...), `":`...)
			b = appendString(b, value)
		}
	}
	symbol := func(name string, s Symbol) { text(name, j.Name(s)) }
	number := func(name string, n int64) {
		b = append(append(append(b, `,"`...), name...), `":`...)
		b = strconv.AppendInt(b, n, 10)
	}
	text("key", j.KeyText(e.Key()))
	text("ticket", j.TicketID(int(e.Ticket)))
	text("happened", e.Happened.String())
	text("learnt", e.Learnt.String())
	text("event", f.Event.String())
	text("status", f.Status.String())
	symbol("kind", f.Kind)
	symbol("priority", f.Priority)
	symbol("service", f.Service)
	symbol("site", f.Site)
	symbol("party", f.Party)
	symbol("team", f.Team)
	if f.Line > 0 {
		number("line", int64(f.Line))
	}
	symbol("reason", f.Reason)
	symbol("related", f.Related)
	if f.Series != 0 {
		symbol("series", f.Series)
		number("numerator", f.Numerator)
		if f.Denominator != 0 {
			number("denominator", f.Denominator)
		}
	}
	if list := j.extras[f.Extra]; len(list) > 0 {
		b = append(b, `,"fields":{`...)
		for i, x := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, j.Name(x.Name))
			b = append(b, ':')
			b = appendString(b, j.Name(x.Value))
		}
		b = append(b, '}')
	}
	if k, ok := j.corrects[e.Key()]; ok {
		text("corrects", j.KeyText(k))
	}
	if e.Marks&Backdated != 0 {
		b = append(b, `,"backdated":true`...)
	}
	if d, ok := j.decided[e.Key()]; ok {
		b = append(b, `,"decision":{"choice":`...)
		b = appendString(b, d.Choice)
		b = append(b, `,"who":`...)
		b = appendString(b, d.Who)
		b = append(b, `,"why":`...)
		b = append(appendString(b, d.Why), '}')
	}
	if w := j.private[e.Key()]; len(w) > 0 {
		b = append(b, `,"withheld":[`...)
		for i, x := range w {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"name":`...)
			b = appendString(b, x.Name)
			b = append(b, `,"digest":`...)
			b = append(appendString(b, x.Digest), '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// Digest returns the digest of an entry's open form, as sha256: and hexadecimal.
func (j *Journal) Digest(e Entry) string { return DigestLine(j.AppendLine(nil, e)) }

// DigestLine returns the digest of an entry's open form that is already written.
func DigestLine(line []byte) string {
	sum := sha256.Sum256(line)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Salted returns the digest that stands for withheld content: SHA-256 over the
// salt, a zero byte and the content.
func Salted(name, salt, content string) Withheld {
	sum := sha256.Sum256([]byte(salt + "\x00" + content))
	return Withheld{Name: name, Salt: salt, Digest: "sha256:" + hex.EncodeToString(sum[:]), Value: content}
}

// Verify reports whether withheld content is what its digest stands for. Content
// that was withheld or erased cannot be checked and passes.
func (w Withheld) Verify() bool {
	return w.Value == "" || Salted(w.Name, w.Salt, w.Value).Digest == w.Digest
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string, escaping only what JSON demands.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
