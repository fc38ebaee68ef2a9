package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towerbridge/fault"
)

// Sheet is what was read from a file.
type Sheet[T any] struct {
	File    string   // as it was given; for messages
	Columns []string // that the file has, in its order
	Rows    []T
	Lines   []int // on which each row begins, from one
}

// Has reports whether the file has a column.
func (s *Sheet[T]) Has(column string) bool { return slices.Contains(s.Columns, column) }

// place is where a row stands.
func (s *Sheet[T]) place(row int) fault.Position {
	return fault.Position{File: s.File, Line: s.Lines[row]}
}

// sheetReader reads one file.
type sheetReader[T any] struct {
	table    *table[T]
	sheet    *Sheet[T]
	csv      *csv.Reader
	at       []int // by column of the file: the table's
	findings fault.Findings
	more     int
	seen     map[string]int // ids in small letters, by the line of their row
}

// mark is the byte-order mark, which some programs put before UTF-8.
const mark = "\ufeff"

// read reads a file. The rows are complete and correct only where there are no
// findings.
func read[T any](t *table[T], file string, data []byte) (*Sheet[T], fault.Findings) {
	r := sheetReader[T]{table: t, sheet: &Sheet[T]{File: file}, seen: map[string]int{}}
	start := fault.Position{File: file, Line: 1}
	switch {
	case len(data) > MaxBytes:
		r.add(TooLarge.At(start, "", "the file has %d bytes, and at most %d are read", len(data), MaxBytes))
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) || bytes.IndexByte(data, 0) >= 0:
		r.add(NotText.At(start, "", "the file is binary or encoded as UTF-16"))
	default:
		data = bytes.TrimPrefix(data, []byte(mark))
		r.csv = csv.NewReader(bytes.NewReader(data))
		r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
		if r.names() {
			r.rows()
		}
	}
	if r.more > 0 {
		last := r.findings[len(r.findings)-1].Position
		r.findings = append(r.findings, MoreFindings.At(last, "", "%d more findings follow", r.more))
	}
	return r.sheet, r.findings
}

func (r *sheetReader[T]) add(f fault.Finding) {
	if len(r.findings) == MaxFindings {
		r.more++
		return
	}
	r.findings = append(r.findings, f)
}

// names reads the first line, and reports whether the rows can be read by it.
func (r *sheetReader[T]) names() bool {
	at := fault.Position{File: r.sheet.File, Line: 1}
	record, err := r.csv.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		r.add(BadQuotes.At(at, "", "the line of names cannot be read"))
		return false
	}
	if len(record) > MaxColumns {
		r.add(TooLarge.At(at, "", "there are %d columns, and at most %d are read", len(record), MaxColumns))
		return false
	}
	for _, name := range record {
		name = strings.TrimSpace(name)
		i := r.table.column(name)
		switch {
		case i < 0 && strings.ContainsAny(name, ";\t"):
			f := BadColumn.At(at, "", "there is no column %.80q", name)
			f.Remedy = "Save the file with commas between the values"
			r.add(f)
		case i < 0:
			r.add(BadColumn.At(at, "", "there is no column %.80q", name))
		case slices.Contains(r.at, i):
			r.add(BadColumn.At(at, name, "the column is there twice"))
		}
		r.at = append(r.at, i)
		r.sheet.Columns = append(r.sheet.Columns, name)
	}
	for i, c := range r.table.columns {
		if c.needed && !slices.Contains(r.at, i) {
			r.add(NoColumn.At(at, c.name, "there is no column %s", c.name))
		}
	}
	return len(r.findings) == 0
}

// rows reads the lines below the names.
func (r *sheetReader[T]) rows() {
	for {
		record, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			r.add(BadQuotes.At(fault.Position{File: r.sheet.File, Line: wrong.StartLine}, "", "a quote stands where none can be, or is not closed"))
			continue
		}
		line, _ := r.csv.FieldPos(0)
		if !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue // what a spreadsheet leaves below its rows
		}
		if len(r.sheet.Rows) == MaxRows {
			r.add(TooLarge.At(fault.Position{File: r.sheet.File, Line: line}, "", "there are more than %d rows", MaxRows))
			return
		}
		r.row(line, record)
	}
}

// row reads one row. What is wrong with a value leaves the others to be read.
func (r *sheetReader[T]) row(line int, record []string) {
	at := fault.Position{File: r.sheet.File, Line: line}
	if len(record) != len(r.at) {
		r.add(BadWidth.At(at, "", "there are %d values for %d columns", len(record), len(r.at)))
		return
	}
	var row T
	for i, value := range record {
		c := &r.table.columns[r.at[i]]
		value = bare(strings.TrimSpace(value))
		switch why := unfit(value); {
		case why != "":
			r.add(BadValue.At(at, c.name, "the value %s", why))
		case value == "" && c.needed:
			r.add(NoValue.At(at, c.name, "there is no %s", c.name))
		default:
			if wrong := c.set(&row, value); wrong != "" {
				r.add(BadValue.At(at, c.name, "%.80q %s", value, wrong))
			}
		}
	}
	if s := r.table.state(&row); s.dated.Crossed() {
		r.add(BadValue.At(at, "to", "%s is not after %s", s.dated.To, s.dated.From))
	}
	if id := strings.ToLower(r.table.id(&row)); id != "" {
		if first, twice := r.seen[id]; twice {
			r.add(TwiceID.At(at, "id", "the id %.80q is already in line %d", id, first))
		} else {
			r.seen[id] = line
		}
	}
	r.sheet.Rows = append(r.sheet.Rows, row)
	r.sheet.Lines = append(r.sheet.Lines, line)
}

// unfit returns why a text cannot be a value, whatever its column.
func unfit(s string) string {
	switch {
	case len(s) > MaxValue:
		return "is too long"
	case !utf8.ValidString(s):
		return "is not UTF-8: the file may be encoded as Latin-1 or Windows-1252"
	case strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) || c == 0xFEFF }):
		return "holds a line end or another control character"
	}
	return ""
}

// A spreadsheet takes a cell that begins with one of these for a formula.
const formula = "=+-@\t\r"

// guarded returns a value as it is written: one that a spreadsheet would take for a
// formula has an apostrophe before it, which spreadsheets do not show.
func guarded(s string) string {
	if rest := strings.TrimLeft(s, "'"); rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return "'" + s
	}
	return s
}

// bare is the opposite of guarded.
func bare(s string) string {
	if rest := strings.TrimLeft(s, "'"); rest != "" && len(rest) < len(s) && strings.IndexByte(formula, rest[0]) >= 0 {
		return s[1:]
	}
	return s
}

// write writes rows, below the names of all columns, as read reads them.
func write[T any](t *table[T], w io.Writer, rows func(yield func(*T) bool)) error {
	out := csv.NewWriter(w)
	record := make([]string, len(t.columns))
	for i, c := range t.columns {
		record[i] = c.name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row := range rows {
		for i, c := range t.columns {
			record[i] = guarded(c.get(row))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
