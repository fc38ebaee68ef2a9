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
	b = appendString(append(b, `{"source":`...), j.sources[e.Source])
	b = appendMember(b, "key", j.KeyText(e.Key()))
	b = appendMember(b, "ticket", j.TicketID(int(e.Ticket)))
	b = appendMember(b, "happened", e.Happened.String())
	b = appendMember(b, "learnt", e.Learnt.String())
	b = j.appendFacts(b, j.Fact(e))
	if k, ok := j.corrects[e.Key()]; ok {
		b = appendMember(b, "corrects", j.KeyText(k))
	}
	if e.Marks&Backdated != 0 {
		b = append(b, `,"backdated":true`...)
	}
	if d, ok := j.decided[e.Key()]; ok {
		b = appendString(append(b, `,"decision":{"choice":`...), d.Choice)
		b = appendString(append(b, `,"who":`...), d.Who)
		b = appendString(append(b, `,"why":`...), d.Why)
		b = append(b, '}')
	}
	if e.Marks&Private != 0 {
		list := j.private.of(e.Key())
		for i := range list {
			b = appendItem(b, i, j.withheld(&list[i]))
		}
		if len(list) > 0 {
			b = append(b, ']')
		}
	}
	return append(b, '}')
}

// appendFacts appends the members that say something about the ticket.
func (j *Journal) appendFacts(b []byte, f *Facts) []byte {
	b = appendMember(b, "event", f.Event.String())
	b = appendMember(b, "status", f.Status.String())
	b = appendMember(b, "kind", j.Name(f.Kind))
	b = appendMember(b, "priority", j.Name(f.Priority))
	b = appendMember(b, "service", j.Name(f.Service))
	b = appendMember(b, "site", j.Name(f.Site))
	b = appendMember(b, "party", j.Name(f.Party))
	b = appendMember(b, "team", j.Name(f.Team))
	b = appendLine(b, f.Line)
	b = appendMember(b, "reason", j.Name(f.Reason))
	b = appendMember(b, "related", j.Name(f.Related))
	b = appendValue(b, j.Name(f.Series), f.Numerator, f.Denominator)
	b = appendMember(b, "by", j.Name(f.By))
	b = appendMember(b, "visibility", f.Visibility.String())
	list := j.extras[f.Extra]
	for i, x := range list {
		b = appendField(b, i, j.Name(x.Name), j.Name(x.Value))
	}
	if len(list) > 0 {
		b = append(b, '}')
	}
	return b
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
