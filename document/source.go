package document

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"towerbridge/fault"
)

// text returns the document's text with its line ends made one character each
// and a byte-order mark at its start taken off, or the reason it is not text.
func (r *reader) text(data []byte) (string, bool) {
	if len(data) > MaxBytes {
		r.add(TooLarge.At(fault.Position{File: r.where.file}, "",
			"the file has more than the %s bytes that a document may have", thousands(MaxBytes)))
		return "", false
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		r.add(NotText.At(r.place(1, 1), "", "the file is encoded as UTF-16, not as UTF-8"))
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	s := string(data)
	line, start := 1, 0
	for i, c := range s {
		size := 0
		if c == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		if size != 1 && !control(c) {
			if c == '\n' {
				line, start = line+1, i+1
			}
			continue
		}
		at := r.place(line, utf8.RuneCountInString(s[start:i])+1)
		switch {
		case c == 0 && (strings.HasPrefix(s[i+1:], "\x00") || i < 2):
			r.add(NotText.At(at, "", "the file holds NUL bytes: it is binary or encoded as UTF-16 or UTF-32"))
		case control(c):
			r.add(NotText.At(at, "", "the control character U+%04X is not text", c))
		default:
			r.add(NotText.At(at, "", "the byte 0x%02X is not UTF-8: the file may be encoded as Latin-1 or Windows-1252", s[i]))
		}
		return "", false
	}
	return s, true
}

// control reports whether a character may not stand in a text as it is.
func control(c rune) bool {
	return c < ' ' && c != '\n' && c != '\t' || c == 0x7F || c == 0xFFFE || c == 0xFFFF
}

// modest reports whether a text is within the limits that keep the YAML scanner
// and parser fast. It counts cheaply and generously: everything that could start
// another value counts as one, in prose and comments too.
func (r *reader) modest(s string) bool {
	values, slow, blank := 1, 0, 0
	number := 0
	for line := range strings.Lines(s) {
		number++
		line = strings.TrimSuffix(line, "\n")
		at := func(format string, args ...any) bool {
			r.add(TooMuch.At(r.place(number, 1), "", format, args...))
			return false
		}
		if blank++; strings.Trim(line, " \t") != "" {
			blank = 0
		}
		values++
		for i := range len(line) {
			switch line[i] {
			case ',', ':', '[', '{':
				values++
			case '-', '?', '&', '!', '*':
				if i+1 == len(line) || line[i+1] == ' ' || line[i] != '-' {
					values++
				}
			case '\t', '<':
				slow++
			}
		}
		switch {
		case len(line) > MaxLine && utf8.RuneCountInString(line) > MaxLine:
			return at("the line has %s characters; a line has at most %s", thousands(utf8.RuneCountInString(line)), thousands(MaxLine))
		case blank > MaxBlank:
			return at("there are more than %s blank lines in a row", thousands(MaxBlank))
		case slow > MaxTabs:
			return at("there are more than %s tabs and < signs up to here", thousands(MaxTabs))
		case values > MaxNodes:
			return at("there are more than %s values, keys and lines up to here", thousands(MaxNodes))
		}
	}
	return true
}

// thousands formats a count with commas, such as 4,194,304.
func thousands(n int) string {
	s := ""
	for ; n >= 1000; n /= 1000 {
		s = "," + string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}) + s
	}
	digits := ""
	for ; n > 0 || digits == ""; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return digits + s
}
