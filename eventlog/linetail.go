package eventlog

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

// withheldHead is what stands before the digests of what a line withholds. It is nowhere
// else in a line, for within a text its quotes would be escaped.
const withheldHead = `,"withheld":[`

// parts parts what a line says about its ticket from what it withholds. What stands
// between the two in some lines is taken for facts, and is none that are known.
func parts(b []byte) (facts, withheld []byte, ok bool) {
	n := len(b) - 1
	if n < 0 || b[n] != '}' {
		return nil, nil, false
	}
	if n == 0 || b[n-1] != ']' {
		return b[:n], nil, true
	}
	at := bytes.Index(b, []byte(withheldHead))
	if at < 0 {
		return nil, nil, false
	}
	return b[:at], b[at:n], true
}

// readWithheld reads the digests that stand for withheld content, or nothing.
func (l *Lines) readWithheld(b []byte) bool {
	l.withheld = l.withheld[:0]
	if len(b) == 0 {
		return true
	}
	b = b[len(withheldHead):]
	for {
		rest, ok := bytes.CutPrefix(b, []byte(`{"name":"`))
		if !ok {
			return false
		}
		var w digested
		if w.name, rest, ok = plainWord(rest, `,"digest":"sha256:`); !ok {
			return false
		}
		const size = 2 * sha256.Size
		if len(rest) < size+len(`"}]`) || !readHex(&w.digest, rest[:size]) {
			return false
		}
		l.withheld = append(l.withheld, w)
		rest = rest[size:]
		if string(rest) == `"}]` {
			return true
		}
		if b, ok = bytes.CutPrefix(rest, []byte(`"},`)); !ok {
			return false
		}
	}
}

// digested is withheld content of the line at hand.
type digested struct {
	name   []byte
	digest [sha256.Size]byte
}

// nibbles are the values of hexadecimal digits, as the journal writes them; others
// are above fifteen.
var nibbles = func() (out [256]byte) {
	for c := range out {
		out[c] = byte(min(strings.IndexByte("0123456789abcdef", byte(c))&0xff, 0xff))
	}
	return out
}()

// readHex reads as many hexadecimal digits as a digest has.
func readHex(to *[sha256.Size]byte, b []byte) bool {
	var wrong byte
	for i := range to {
		high, low := nibbles[b[2*i]], nibbles[b[2*i+1]]
		wrong |= high | low
		to[i] = high<<4 | low
	}
	return wrong <= 15
}
