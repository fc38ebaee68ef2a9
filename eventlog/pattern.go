package eventlog

import (
	"fmt"
	"strings"
)

// Pattern is a way of writing a stamp, such as yyyy-MM-ddTHH:mm:ssXXX or
// d/M/yyyy HH:mm. Its letters are those of Unicode's date patterns:
//
//	yyyy year        yy year of 2000 to 2099
//	MM M month       MMM English month in three letters, in any case
//	dd d day         HH H hour 0-23      hh h hour 1-12 with a AM/PM
//	mm m minute      ss s second         S... fraction, any number of digits, cut off
//	XXX offset +01:00 or Z               XX offset +0100 or Z
//	T the letter T   'text' the text     '' a quote
//
// A doubled letter is exactly two digits, a single one is one or two. Other
// characters stand for themselves.
type Pattern struct {
	text  string
	steps []step
	local bool // has no offset
}

// step is one part of a pattern: a letter and how often it stands, or a literal.
type step struct {
	letter  byte // zero for a literal
	width   int
	literal string
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// MarshalText writes the pattern as it was written.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// SchemaPattern is the pattern of the text in a document.
func (Pattern) SchemaPattern() string { return `^[^\n]*yy[^\n]*$` }

// widths says how often each letter may stand in a row.
var widths = map[byte][]int{
	'y': {2, 4}, 'M': {1, 2, 3}, 'd': {1, 2}, 'H': {1, 2}, 'h': {1, 2}, 'm': {1, 2}, 's': {1, 2}, 'a': {1}, 'X': {2, 3},
}

// UnmarshalText reads a pattern and reports letters that mean nothing, letters
// given twice, and a pattern that does not determine an instant.
func (p *Pattern) UnmarshalText(b []byte) error {
	text := string(b)
	out := Pattern{text: text, local: true}
	seen := map[byte]bool{}
	for i := 0; i < len(text); {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case c == '\'':
			literal, after, err := quoted(text, i)
			if err != nil {
				return err
			}
			out.steps = append(out.steps, step{literal: literal})
			i = after
			continue
		case !letter || c == 'T':
			out.steps = append(out.steps, step{literal: text[i : i+1]})
			i++
			continue
		}
		n := 1
		for i+n < len(text) && text[i+n] == c {
			n++
		}
		if err := allowed(text, c, n, seen); err != nil {
			return err
		}
		seen[c] = true
		out.steps = append(out.steps, step{letter: c, width: n})
		i += n
	}
	if err := complete(text, seen); err != nil {
		return err
	}
	out.local = !seen['X']
	*p = out
	return nil
}

// quoted returns the text in single quotes that starts at a place, and the place
// after it. Two quotes are one that stands for itself, also within the text.
func quoted(text string, at int) (string, int, error) {
	if strings.HasPrefix(text[at:], "''") {
		return "'", at + 2, nil
	}
	var out strings.Builder
	for i := at + 1; i < len(text); i++ {
		if text[i] != '\'' {
			out.WriteByte(text[i])
			continue
		}
		if !strings.HasPrefix(text[i:], "''") {
			return out.String(), i + 1, nil
		}
		out.WriteByte('\'')
		i++
	}
	return "", 0, fmt.Errorf("%q has a single quote that is never closed", text)
}

func allowed(text string, c byte, n int, seen map[byte]bool) error {
	if seen[c] {
		return fmt.Errorf("%q has the letter %c in two places", text, c)
	}
	if c == 'S' {
		return nil
	}
	list, known := widths[c]
	if !known {
		return fmt.Errorf("%q has the letter %c, which means nothing; put letters that stand for themselves into single quotes", text, c)
	}
	for _, w := range list {
		if w == n {
			return nil
		}
	}
	return fmt.Errorf("%q has the letter %c %d times in a row", text, c, n)
}

func complete(text string, seen map[byte]bool) error {
	for _, c := range []byte("yMd") {
		if !seen[c] {
			return fmt.Errorf("%q has no %c, so that it names no day", text, c)
		}
	}
	if seen['H'] == seen['h'] {
		return fmt.Errorf("%q needs an hour, either H or h", text)
	}
	if seen['h'] != seen['a'] {
		return fmt.Errorf("%q needs h and a together", text)
	}
	if !seen['m'] {
		return fmt.Errorf("%q has no minute", text)
	}
	return nil
}

// parse reads a stamp by the pattern.
func (p *Pattern) parse(b []byte) (stamp, bool) {
	c := cursor{b: b}
	var s stamp
	s.local = p.local
	half := -1
	for _, t := range p.steps {
		switch t.letter {
		case 0:
			c.literal(t.literal)
		case 'y':
			s.year = c.digits(t.width, t.width)
			if t.width == 2 {
				s.year += 2000
			}
		case 'M':
			if t.width == 3 {
				s.month = c.monthName()
			} else {
				s.month = c.digits(t.width, 2)
			}
		case 'd':
			s.day = c.digits(t.width, 2)
		case 'H', 'h':
			s.hour = c.digits(t.width, 2)
			c.bad = c.bad || t.letter == 'h' && (s.hour < 1 || s.hour > 12)
		case 'm':
			s.minute = c.digits(t.width, 2)
		case 's':
			s.second = c.digits(t.width, 2)
		case 'S':
			c.fraction()
		case 'a':
			half = c.halfDay()
		case 'X':
			s.offset = c.offset(t.width == 3)
		}
	}
	if half >= 0 {
		s.hour = s.hour%12 + 12*half
	}
	return s, !c.bad && len(c.b) == 0 && s.valid()
}

// cursor takes parts off the front of a stamp; bad says that one was not there.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) literal(text string) {
	if len(c.b) < len(text) || string(c.b[:len(text)]) != text {
		c.bad = true
		return
	}
	c.b = c.b[len(text):]
}

// digits takes from least to most digits.
func (c *cursor) digits(least, most int) int {
	n, v := 0, 0
	for n < most && n < len(c.b) && c.b[n]-'0' <= 9 {
		v = v*10 + int(c.b[n]-'0')
		n++
	}
	c.bad = c.bad || n < least
	c.b = c.b[n:]
	return v
}

func (c *cursor) fraction() {
	n := 0
	for n < len(c.b) && c.b[n]-'0' <= 9 {
		n++
	}
	c.bad = c.bad || n == 0
	c.b = c.b[n:]
}

// offset takes Z, +01:00 or, where not colons, +0100; the result is in seconds.
func (c *cursor) offset(colons bool) int {
	if len(c.b) > 0 && (c.b[0] == 'Z' || c.b[0] == 'z') {
		c.b = c.b[1:]
		return 0
	}
	if len(c.b) == 0 || c.b[0] != '+' && c.b[0] != '-' {
		c.bad = true
		return 0
	}
	sign := 1
	if c.b[0] == '-' {
		sign = -1
	}
	c.b = c.b[1:]
	h := c.digits(2, 2)
	if colons {
		c.literal(":")
	}
	m := c.digits(2, 2)
	c.bad = c.bad || h > 23 || m > 59
	return sign * (h*3600 + m*60)
}

func (c *cursor) monthName() int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(c.b) >= 3 {
		if i := strings.Index(names, strings.ToLower(string(c.b[:3]))); i >= 0 && i%3 == 0 {
			c.b = c.b[3:]
			return i/3 + 1
		}
	}
	c.bad = true
	return 0
}

func (c *cursor) halfDay() int {
	if len(c.b) >= 2 {
		word := strings.ToUpper(string(c.b[:2]))
		c.b = c.b[2:]
		if word == "AM" {
			return 0
		}
		if word == "PM" {
			return 1
		}
	}
	c.bad = true
	return 0
}
