package eventlog

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towerbridge/fault"
)

// Limits of a CSV file.
const (
	MaxField   = 1 << 20  // bytes in one field
	MaxRecord  = 16 << 20 // bytes in one record
	MaxColumns = 4096     // columns
)

// mark is the byte-order mark, which some programs put before UTF-8.
const mark = "\ufeff"

// chunk is how much is read at a time: small enough to stay in the processor's
// cache between being read and being taken apart.
const chunk = 256 << 10

// errSplit says that a stretch ends within quotes: the file was cut in the wrong
// place and must be read in one piece.
var errSplit = errors.New("a stretch ends within quotes")

// layout says where in a record each slot's column stands.
type layout struct {
	columns int
	at      []int    // by slot
	runs    [][2]int // runs of neighbouring columns that say what the facts are: first, last
}

// csvReader reads the records of one stretch of a CSV file into a sink.
type csvReader struct {
	file   string // for findings only
	in     io.Reader
	delim  byte
	whole  bool  // the stretch ends where the file does
	lines  int64 // line ends passed
	buf    []byte
	lo, hi int // what is read and not yet taken: buf[lo:hi]
	ended  bool
	layout layout
	sink   *sink
	begun  int      // length of the field that is not whole, as far as it is there
	ends   []uint32 // scratch: where fields end
	fields [][]byte // scratch: of one record
	text   []byte   // scratch: fields with doubled quotes
	values [][]byte // scratch: by slot
}

func newCSVReader(file string, in io.Reader, delim byte, s *sink) *csvReader {
	return &csvReader{
		file: file, in: in, delim: delim, whole: true, sink: s,
		buf: make([]byte, chunk+1), values: make([][]byte, len(s.p.slots)),
	}
}

// fill reads more, making room as needed. After it either there is more than
// before or the input has ended.
func (r *csvReader) fill() error {
	if r.lo > 0 {
		r.hi = copy(r.buf, r.buf[r.lo:r.hi])
		r.lo = 0
	}
	if r.hi+1 >= len(r.buf) { // one byte stays free for the last line's end
		if len(r.buf) > MaxRecord {
			return r.fail(tooLong, "a record is longer than %d bytes", MaxRecord)
		}
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for empty := 0; r.hi+1 < len(r.buf); {
		n, err := r.in.Read(r.buf[r.hi : len(r.buf)-1])
		r.hi += n
		if err == io.EOF {
			r.ended = true
			return nil
		}
		if err != nil {
			return r.unreadable(err)
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty > 100 {
			return r.unreadable(io.ErrNoProgress)
		}
	}
	return nil
}

func (r *csvReader) unreadable(err error) error { return unreadable(r.file, err) }

// unreadable says that an input could not be read on.
func unreadable(file string, err error) error {
	if cutOff(err) {
		return fault.Findings{cutShort.At(fault.Position{File: file}, "", "the compressed file is cut short or damaged: %v", err)}
	}
	return fault.Wrap(fault.Unavailable, err, "cannot read %s", file)
}

func (r *csvReader) fail(rule fault.Rule, format string, args ...any) error {
	return fault.Findings{rule.At(fault.Position{File: r.file, Line: int(r.lines) + 1}, "", format, args...)}
}

// header reads the first record and finds the mapped columns in it.
func (r *csvReader) header() error {
	for {
		if err := r.fill(); err != nil {
			return err
		}
		if bytes.HasPrefix(r.buf[:r.hi], []byte{0xff, 0xfe}) || bytes.HasPrefix(r.buf[:r.hi], []byte{0xfe, 0xff}) {
			return r.fail(badEncoding, "the file is UTF-16")
		}
		from := 0
		if bytes.HasPrefix(r.buf[:r.hi], []byte(mark)) {
			from = len(mark)
		}
		if len(bytes.TrimSpace(r.buf[from:r.hi])) == 0 && r.ended {
			return r.fail(emptyFile, "the file is empty")
		}
		end := r.hi
		if r.ended {
			r.buf[end] = '\n' // should the last line have no end of its own
			end++
		}
		n, problem := r.record(r.buf[from:end])
		if n < 0 && r.ended {
			return r.fail(openQuote, "a double quote in the header is never closed")
		}
		if n < 0 {
			continue
		}
		if problem != nil {
			return r.fail(problem.rule, "the header cannot be read: %s", problem.message)
		}
		if !plainText(r.buf[from : from+n]) {
			return r.fail(badEncoding, "the header is not UTF-8 or holds a NUL")
		}
		err := r.arrange()
		r.lines += int64(bytes.Count(r.buf[from:from+n], []byte{'\n'}))
		r.lo = min(from+n, r.hi)
		return err
	}
}

// arrange finds each slot's column in the header.
func (r *csvReader) arrange() error {
	names := make([]string, len(r.fields))
	for i, f := range r.fields {
		names[i] = string(f)
	}
	p := r.sink.p
	l := layout{columns: len(names), at: make([]int, len(p.slots))}
	var findings fault.Findings
	at := fault.Position{File: r.file, Line: 1}
	for slot, name := range p.slots {
		l.at[slot] = slices.Index(names, name)
		if l.at[slot] < 0 {
			findings = append(findings, headerLacks.At(at, name, "the header has no column %q; it has %s", name, quote(strings.Join(names, ", "))))
		} else if slices.Contains(names[l.at[slot]+1:], name) {
			findings = append(findings, headerTwice.At(at, name, "the header has the column %q twice", name))
		}
	}
	if len(names) > MaxColumns {
		findings = append(findings, tooLong.At(at, "", "%d columns; at most %d are read", len(names), MaxColumns))
	}
	if len(findings) > 0 {
		return findings
	}
	columns := make([]int, len(p.facts))
	for i, slot := range p.facts {
		columns[i] = l.at[slot]
	}
	slices.Sort(columns)
	for _, c := range columns {
		if n := len(l.runs); n > 0 && l.runs[n-1][1]+1 == c {
			l.runs[n-1][1] = c
		} else {
			l.runs = append(l.runs, [2]int{c, c})
		}
	}
	r.layout = l
	return nil
}

// rows reads all records.
func (r *csvReader) rows() error {
	for {
		data := r.buf[r.lo:r.hi]
		to := bytes.LastIndexByte(data, '\n') + 1
		if r.ended && to < len(data) {
			r.buf[r.hi] = '\n' // the last line has no end of its own
			to = len(data) + 1
			data = r.buf[r.lo : r.hi+1]
		}
		if tail := len(data) - 1 - bytes.LastIndexByte(data, r.delim); to == 0 && tail > MaxField+2 {
			return r.fail(tooLong, "a field is longer than %d bytes", MaxField)
		}
		n, err := r.lump(data[:to])
		if err != nil {
			return err
		}
		r.lo = min(r.lo+n, r.hi)
		if r.ended {
			if n < to {
				return r.unclosed()
			}
			return nil
		}
		if r.sink.rows >= maxRows {
			return r.fail(tooManyRows, "more than %d rows", int64(maxRows))
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}

func (r *csvReader) unclosed() error {
	if !r.whole {
		return errSplit
	}
	return r.fail(openQuote, "a double quote in this record is never closed")
}

// lump takes whole lines and returns how many bytes it has taken: all, unless the
// last record goes on beyond them.
func (r *csvReader) lump(b []byte) (int, error) {
	if len(b) <= MaxField && plainText(b) && bytes.IndexByte(b, '"') < 0 && r.quick(b) {
		return len(b), nil
	}
	taken := 0
	for taken < len(b) {
		rest := b[taken:]
		n, problem := r.record(rest)
		if n < 0 && r.begun <= MaxField+2 {
			break
		}
		if n < 0 || problem != nil && problem.rule == tooLong || n > MaxRecord {
			return taken, r.fail(tooLong, "a field is longer than %d bytes, or a record than %d", MaxField, MaxRecord)
		}
		r.accept(rest[:n], problem)
		taken += n
	}
	return taken, nil
}

// accept makes a record that was taken apart a row of the log.
func (r *csvReader) accept(raw []byte, problem *refusal) {
	s := r.sink
	s.line = r.lines + 1
	r.lines += int64(bytes.Count(raw, []byte{'\n'}))
	switch {
	case raw[0] == '\n' || raw[0] == '\r' && raw[1] == '\n':
		return // an empty line is no record
	case bytes.IndexByte(raw, 0) >= 0:
		s.skip(holdsNUL, "the row holds a NUL byte")
	case !utf8.Valid(raw):
		s.skip(notUTF8, "the row is not UTF-8")
	case problem != nil:
		s.skip(problem.rule, "%s", problem.message)
	case len(r.fields) != r.layout.columns:
		s.skip(wrongCount, "the row has %d columns, the header %d", len(r.fields), r.layout.columns)
	default:
		for slot, column := range r.layout.at {
			r.values[slot] = r.fields[column]
		}
		s.take(r.values)
	}
}

// record takes one record apart into r.fields and returns its length with its line
// end, or -1 if the line end is not there yet. A problem says why the fields are
// not to be used.
func (r *csvReader) record(b []byte) (int, *refusal) {
	r.fields, r.text = r.fields[:0], r.text[:0]
	for at := 0; ; {
		r.begun = len(b) - at
		field, n := r.field(b[at:])
		if n < 0 {
			return -1, nil
		}
		if n > MaxField+2 {
			return len(b), &refusal{tooLong, "", "a field is longer than " + strconv.Itoa(MaxField) + " bytes"}
		}
		if len(r.fields) <= MaxColumns {
			r.fields = append(r.fields, field)
		}
		quoted := b[at] == '"'
		at += n
		switch rest := b[at:]; {
		case !quoted && bytes.IndexByte(field, '"') >= 0:
			return lineEnd(b, at), &refusal{strayQuote, "", "a double quote stands within an unquoted field"}
		case rest[0] == r.delim:
			at++
			if at == len(b) {
				return -1, nil
			}
		case rest[0] == '\n':
			return at + 1, nil
		case rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n':
			return at + 2, nil
		default:
			return lineEnd(b, at), &refusal{strayQuote, "", "text follows a closing double quote"}
		}
	}
}

// field returns the text of the field that starts a slice, and its length with
// its quotes, or -1 if its end is not there.
func (r *csvReader) field(b []byte) ([]byte, int) {
	if b[0] == '"' {
		return r.quotedField(b)
	}
	n := bytes.IndexByte(b, '\n')
	if n < 0 {
		return nil, -1
	}
	if d := bytes.IndexByte(b[:n], r.delim); d >= 0 {
		return b[:d], d
	}
	if n > 0 && b[n-1] == '\r' {
		n--
	}
	return b[:n], n
}

// lineEnd returns the place after the next line end, or -1.
func lineEnd(b []byte, at int) int {
	if n := bytes.IndexByte(b[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return -1
}

// quotedField returns the text of a field in double quotes and its length with
// them, or -1 if its end is not there.
func (r *csvReader) quotedField(b []byte) ([]byte, int) {
	start := len(r.text)
	for at := 1; ; {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 || at+n+1 >= len(b) {
			return nil, -1 // the byte after the quote decides what it is
		}
		if b[at+n+1] != '"' {
			if len(r.text) == start {
				return b[1 : at+n], at + n + 1
			}
			r.text = append(r.text, b[at:at+n]...)
			return r.text[start:len(r.text):len(r.text)], at + n + 1
		}
		r.text = append(r.text, b[at:at+n+1]...)
		at += n + 2
	}
}

// plainText reports whether bytes are UTF-8 without NUL.
func plainText(b []byte) bool { return bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) }
