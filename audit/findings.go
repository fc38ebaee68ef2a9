package audit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// MaxFindingsBytes is the number of bytes that a file of findings may have.
const MaxFindingsBytes = 16 << 20

// Finding is what a person found of one drawn item.
type Finding struct {
	Item
	Found string // met or missed, as it should have been counted
	Note  string
}

var findingsHeader = []string{"number", "ticket", "life", "recorded", "elapsedSeconds", "targetSeconds", "due", "found", "note"}

// Findings of files of findings.
var (
	ruleFindingsFile = fault.Declare(1973, "the file of findings cannot be read",
		"Take the file that sample draw wrote, fill in the column found, and save it as CSV in UTF-8.")
	ruleFound = fault.Declare(1974, "a drawn ticket has no finding, or none that can be read",
		"Write met or missed in the column found: as it should have been counted.")
	ruleNotDrawn = fault.Declare(1975, "the findings are not of the tickets that were drawn",
		"Record a finding for each drawn ticket and for no other.")
)

// WriteSample writes a drawn sample as a CSV file, in which people fill in the columns
// found and note, and which [ReadFindings] then reads. A ticket whose name a spreadsheet
// would take for a formula has an apostrophe before it.
func WriteSample(w io.Writer, d *Draw) error {
	out := csv.NewWriter(w)
	if err := out.Write(findingsHeader); err != nil {
		return err
	}
	for i, x := range d.Items {
		row := []string{
			strconv.Itoa(i + 1), guarded(x.Ticket), strconv.Itoa(x.Life), x.Recorded,
			strconv.FormatInt(x.ElapsedSeconds, 10), strconv.FormatInt(x.TargetSeconds, 10), x.Due, "", "",
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func guarded(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ReadFindings reads a file of findings about items of a frame. It needs the columns
// ticket, life, recorded and found, in any order and among others. With a draw, the
// findings must be of its items and of no others. Everything wrong is reported at once.
func ReadFindings(file string, data []byte, f *Frame, d *Draw) ([]Finding, fault.Findings) {
	r := findingsReader{file: file, frame: f, seen: map[itemKey]bool{}, columns: map[string]int{}}
	if len(data) > MaxFindingsBytes {
		r.add(ruleFindingsFile, 0, "", "the file has %d bytes, more than the %d that are read", len(data), MaxFindingsBytes)
		return nil, r.findings
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.FieldsPerRecord = -1
	for header := true; ; header = false {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.add(ruleFindingsFile, 0, "", "%v", err)
			break
		}
		line, _ := in.FieldPos(0)
		if !header {
			r.row(record, line)
		} else if !r.header(record, line) {
			break
		}
	}
	if len(r.findings) == 0 && len(r.out) == 0 {
		r.add(ruleFindingsFile, 1, "", "there is no finding in the file")
	}
	r.drawn(d)
	return r.out, r.findings
}

type findingsReader struct {
	file     string
	frame    *Frame
	columns  map[string]int
	seen     map[itemKey]bool
	out      []Finding
	findings fault.Findings
}

func (r *findingsReader) add(rule fault.Rule, line int, field, format string, args ...any) {
	r.findings = append(r.findings, rule.At(fault.Position{File: r.file, Line: line}, field, format, args...))
}

func (r *findingsReader) header(record []string, line int) bool {
	for i, name := range record {
		r.columns[strings.TrimSpace(name)] = i
	}
	ok := true
	for _, name := range []string{"ticket", "life", "recorded", "found"} {
		if _, has := r.columns[name]; !has {
			r.add(ruleFindingsFile, line, name, "there is no column %s", name)
			ok = false
		}
	}
	return ok
}

func (r *findingsReader) row(record []string, line int) {
	cell := func(name string) string {
		if i, ok := r.columns[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	ticket, life := cell("ticket"), cell("life")
	n, err := strconv.Atoi(life)
	at, ok := r.frame.index[itemKey{ticket, n}]
	if !ok && strings.HasPrefix(ticket, "'") {
		at, ok = r.frame.index[itemKey{ticket[1:], n}]
	}
	if err != nil || !ok {
		r.add(ruleNotDrawn, line, "ticket", "ticket %.200q, life %.20q, is not among those that measure %s counted", ticket, life, r.frame.Measure)
		return
	}
	item := r.frame.Items[at]
	key := itemKey{item.Ticket, item.Life}
	switch {
	case r.seen[key]:
		r.add(ruleNotDrawn, line, "ticket", "ticket %s is there twice", item.Ticket)
		return
	case cell("recorded") != item.Recorded:
		r.add(ruleNotDrawn, line, "recorded", "ticket %s is recorded as %s, not %.20q", item.Ticket, item.Recorded, cell("recorded"))
	}
	r.seen[key] = true
	found := strings.ToLower(cell("found"))
	if found != "met" && found != "missed" {
		r.add(ruleFound, line, "found", "ticket %s: %.40q is neither met nor missed", item.Ticket, cell("found"))
	}
	r.out = append(r.out, Finding{Item: item, Found: found, Note: cell("note")})
}

// drawn checks that the findings are of the drawn items.
func (r *findingsReader) drawn(d *Draw) {
	if d == nil {
		return
	}
	drawn := map[itemKey]bool{}
	var missing []string
	for _, x := range d.Items {
		key := itemKey{x.Ticket, x.Life}
		drawn[key] = true
		if !r.seen[key] {
			missing = append(missing, x.Ticket)
		}
	}
	if len(missing) > 0 {
		r.add(ruleNotDrawn, 0, "", "%d drawn tickets have no finding, the first is %s", len(missing), missing[0])
	}
	if i := slices.IndexFunc(r.out, func(x Finding) bool { return !drawn[itemKey{x.Ticket, x.Life}] }); i >= 0 {
		r.add(ruleNotDrawn, 0, "", "ticket %s was not drawn by these seeds", r.out[i].Ticket)
	}
}
