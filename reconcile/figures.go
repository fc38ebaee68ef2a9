package reconcile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"towerbridge/contract"
	"towerbridge/fault"
)

// Limits of a supplier's file. Each one that is passed is a finding.
const (
	MaxBytes    = 256 << 20 // bytes in the file
	MaxRows     = 5_000_000 // rows below the first
	MaxColumns  = 1_000     // columns of the first row
	MaxText     = 256       // bytes of a ticket's name
	MaxFindings = 1_000     // findings of one reading; one more says how many were left out
)

// Figures is what a supplier says about a contract and a period.
type Figures struct {
	File     string
	Tickets  []Claim   // one for each row, where it lists tickets
	Totals   []Claimed // one for each measure, where it gives totals
	Measures []string  // that the figures are about, in the order of the contract
	Ignored  int       // rows of measures that were not asked for
}

// Claim is a supplier's row about a ticket.
type Claim struct {
	Row     int // line in the file
	Measure string
	Ticket  string
	Verdict Verdict // empty where the row says nothing
	Length  *Length // time counted; nil where the row says nothing
}

// Claimed is a supplier's totals of a measure.
type Claimed struct {
	Row          int
	Measure      string
	Met, Counted int64
}

// byTicket reports whether a measure can be compared ticket by ticket.
func byTicket(m *contract.Measure) bool {
	return m.Clock >= 0 || m.FirstTime != nil || m.Reopened != nil || m.Count != nil || m.Backlog != nil && m.Backlog.OlderThan != nil
}

// reading is one reading of a supplier's file.
type reading struct {
	file     string
	mapping  Mapping
	contract *contract.Contract
	asked    []string // measures; empty asks for all
	csv      *csv.Reader
	columns  map[string]int // by role; -1 if the file has none
	words    map[string]Verdict
	out      Figures
	seen     map[string]int // totals: row of a measure
	findings fault.Findings
	more     int
}

// Read reads a supplier's figures for measures of a contract; none asks for those that
// the file names. Everything wrong with the file is reported at once, each with its
// line; the figures are complete only when nothing is. The text is CSV in UTF-8 with
// names in its first row; a byte-order mark and CRLF line ends are accepted.
func Read(file string, data []byte, m Mapping, c *contract.Contract, measures []string) (*Figures, fault.Findings) {
	r := &reading{file: file, mapping: m, contract: c, asked: measures, words: m.words(), seen: map[string]int{}}
	r.out.File = file
	if r.measures(); len(r.findings) > 0 {
		return &r.out, r.findings
	}
	if len(data) > MaxBytes {
		return &r.out, fault.Findings{ruleTooLong.At(fault.Position{File: file}, "", "it is longer than %d bytes", MaxBytes)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r.csv = csv.NewReader(bytes.NewReader(data))
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	if m.Delimiter != "" {
		r.csv.Comma = rune(m.Delimiter[0])
	}
	if r.header() {
		r.rows()
	}
	r.finish()
	return &r.out, r.findings
}

func (r *reading) add(rule fault.Rule, line, column int, field, format string, args ...any) {
	if len(r.findings) == MaxFindings {
		r.more++
		return
	}
	r.findings = append(r.findings, rule.At(fault.Position{File: r.file, Line: line, Column: column}, field, format, args...))
}

// measures checks the measures that were asked for.
func (r *reading) measures() {
	for _, id := range r.asked {
		if r.measure(id) == nil {
			r.findings = append(r.findings, ruleMeasure.At(fault.Position{}, "measure", "contract %s has no measure %q, only %s", r.contract.ID, id, strings.Join(r.ids(), ", ")))
		}
	}
}

func (r *reading) measure(id string) *contract.Measure {
	for i := range r.contract.Measures {
		if r.contract.Measures[i].ID == id {
			return &r.contract.Measures[i]
		}
	}
	return nil
}

func (r *reading) ids() []string {
	var out []string
	for i := range r.contract.Measures {
		out = append(out, r.contract.Measures[i].ID)
	}
	return out
}

// roles are the columns, each with the name it has where the mapping has none.
var roles = []string{"measure", "ticket", "verdict", "minutes", "met", "counted"}

// header reads the first row. It reports whether the rows can be read.
func (r *reading) header() bool {
	row, err := r.csv.Read()
	if err != nil || len(row) > MaxColumns {
		r.add(ruleRow, 1, 1, "", "there is no first row with the names of at most %d columns", MaxColumns)
		return false
	}
	names := make([]string, len(row))
	for i, name := range row {
		names[i] = strings.TrimSpace(name)
	}
	c := r.mapping.Columns
	r.columns = map[string]int{}
	for i, mapped := range []string{c.Measure, c.Ticket, c.Verdict, c.Minutes, c.Met, c.Counted} {
		name := mapped
		if name == "" {
			name = roles[i]
		}
		at := slices.Index(names, name)
		if at < 0 && mapped != "" {
			r.add(ruleNoColumn, 1, 1, roles[i], "there is no column %q, only %s", name, strings.Join(names, ", "))
		}
		if at >= 0 && slices.Contains(names[at+1:], name) {
			r.add(ruleNoColumn, 1, 1, roles[i], "two columns are called %q", name)
		}
		r.columns[roles[i]] = at
	}
	tickets, totals := r.has("ticket"), r.has("met") && r.has("counted")
	switch {
	case tickets == totals:
		r.add(ruleTwoForms, 1, 1, "", "the columns are %s", strings.Join(names, ", "))
	case tickets && !r.has("verdict") && !r.has("minutes"):
		r.add(ruleTwoForms, 1, 1, "", "neither a column of verdicts nor one of minutes is among %s", strings.Join(names, ", "))
	case !r.has("measure") && len(r.asked) != 1:
		r.add(ruleMeasure, 1, 1, "measure", "the file has no column of measures; ask for one of %s", strings.Join(r.ids(), ", "))
	}
	return len(r.findings) == 0
}

func (r *reading) has(role string) bool { return r.columns[role] >= 0 }

// rows reads the rows below the first.
func (r *reading) rows() {
	for n := 0; ; n++ {
		row, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if n == MaxRows {
			r.add(ruleTooLong, 0, 0, "", "it has more than %d rows", MaxRows)
			return
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			r.add(ruleRow, bad.Line, bad.Column, "", "%v", bad.Err)
			continue
		}
		if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			continue
		}
		r.row(row)
	}
}

// cell returns a column's text in a row, and its place.
func (r *reading) cell(row []string, role string) (text string, line, column int) {
	at := r.columns[role]
	if at < 0 || at >= len(row) {
		line, column = r.csv.FieldPos(0)
		return "", line, column
	}
	line, column = r.csv.FieldPos(at)
	return strings.TrimSpace(row[at]), line, column
}

func (r *reading) row(row []string) {
	before := len(r.findings) + r.more
	id, line, column := r.cell(row, "measure")
	if !r.has("measure") {
		id = r.asked[0]
	}
	m := r.measure(id)
	switch {
	case m == nil:
		r.add(ruleMeasure, line, column, "measure", "contract %s has no measure %q, only %s", r.contract.ID, id, strings.Join(r.ids(), ", "))
	case len(r.asked) > 0 && !slices.Contains(r.asked, id):
		r.out.Ignored++
		return
	case r.has("ticket") && !byTicket(m):
		r.add(ruleMeasure, line, column, "measure", "measure %s (%s) is not counted ticket by ticket; give its totals met and counted", id, m.Kind())
	}
	if r.has("ticket") {
		r.claim(row, id, before)
		return
	}
	total := Claimed{Row: line, Measure: id, Met: r.number(row, "met"), Counted: r.number(row, "counted")}
	if first := r.seen[id]; first > 0 {
		r.add(ruleRow, line, column, "measure", "measure %s has its totals in line %d already", id, first)
	}
	r.seen[id] = line
	if len(r.findings)+r.more == before {
		r.out.Totals = append(r.out.Totals, total)
	}
}

// maxTotal keeps totals where shares of them are exact.
const maxTotal = 1 << 50

func (r *reading) number(row []string, role string) int64 {
	text, line, column := r.cell(row, role)
	n, err := digits(text)
	if err != nil || n > maxTotal {
		r.add(ruleCount, line, column, role, "%s is no whole number from 0 to %d", shown(text), int64(maxTotal))
	}
	return n
}

// claim reads a row about a ticket.
func (r *reading) claim(row []string, measure string, before int) {
	out := Claim{Measure: measure}
	var line, column int
	out.Ticket, line, column = r.cell(row, "ticket")
	out.Row = line
	if out.Ticket == "" || len(out.Ticket) > MaxText || !utf8.ValidString(out.Ticket) {
		r.add(ruleRow, line, column, "ticket", "%s is no name of a ticket", shown(out.Ticket))
	}
	if text, line, column := r.cell(row, "verdict"); text != "" {
		verdict, ok := r.words[fold(text)]
		if !ok {
			r.add(ruleVerdict, line, column, "verdict", "%s is none of the words for a verdict", shown(text))
		}
		out.Verdict = verdict
	}
	if text, line, column := r.cell(row, "minutes"); text != "" {
		l, err := parseLength(text, r.mapping.Unit)
		if err != nil {
			r.add(ruleLength, line, column, "minutes", "%s: %v", shown(text), err)
		}
		out.Length = &l
	}
	if out.Verdict == "" && out.Length == nil {
		r.add(ruleRow, line, column, "", "the row of %s has neither a verdict nor minutes", shown(out.Ticket))
	}
	if len(r.findings)+r.more == before {
		r.out.Tickets = append(r.out.Tickets, out)
	}
}

// finish lists the measures that the figures are about, in the order of the contract.
func (r *reading) finish() {
	used := map[string]bool{}
	for _, id := range r.asked {
		used[id] = true
	}
	for i := range r.out.Tickets {
		used[r.out.Tickets[i].Measure] = true
	}
	for _, t := range r.out.Totals {
		used[t.Measure] = true
	}
	for _, id := range r.ids() {
		if used[id] {
			r.out.Measures = append(r.out.Measures, id)
		}
	}
	if len(r.out.Measures) == 0 && len(r.findings) == 0 {
		r.add(ruleMeasure, 1, 1, "", "there is no row, so nothing says which measure is meant")
	}
	if r.more > 0 {
		r.findings = append(r.findings, ruleMore.At(fault.Position{File: r.file}, "", "%d more findings follow", r.more))
	}
}

// shown writes a cell in quotes, cut when it is long.
func shown(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
