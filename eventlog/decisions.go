package eventlog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// MaxDecisionBytes is the size of the largest file of decisions that is read.
const MaxDecisionBytes = 16 << 20

// Decisions are people's choices about held rows, by row number.
type Decisions struct {
	file  string
	byRow map[int64]*decision
}

// decision is one choice: a side, an instant, or to drop the row.
type decision struct {
	journal.Decision
	instant span.Instant // where the choice is an instant
	line    int
}

// Len returns the number of decisions.
func (d *Decisions) Len() int {
	if d == nil {
		return 0
	}
	return len(d.byRow)
}

func (d *Decisions) of(row int64) *decision {
	if d == nil {
		return nil
	}
	return d.byRow[row]
}

// The words of a choice.
const (
	chooseFirst  = "first"
	chooseSecond = "second"
	chooseDrop   = "drop"
)

// choose returns the instant of a held row that the decision chooses, or why the
// row is refused: it is dropped, or the instant is neither of the two.
func (d *decision) choose(h *HeldRow) (span.Instant, *refusal) {
	switch d.Choice {
	case chooseFirst:
		return h.First, nil
	case chooseSecond:
		return h.Second, nil
	case chooseDrop:
		return 0, &refusal{dropped, h.Column, fmt.Sprintf("%s dropped it: %s", d.Who, d.Why)}
	}
	if d.instant == h.First || d.instant == h.Second {
		return d.instant, nil
	}
	return 0, &refusal{badDecision, h.Column, fmt.Sprintf("%s is neither %s nor %s", d.instant, h.First, h.Second)}
}

// heldHeader is the header of the file of held rows. People fill in the last three.
var heldHeader = []string{"row", "ticket", "column", "stamp", "first", "second", "choice", "who", "why"}

// WriteHeld writes held rows as a CSV file, in which people fill in choice, who
// and why, and which [ReadDecisions] then reads.
func WriteHeld(w io.Writer, held []HeldRow) error {
	out := csv.NewWriter(w)
	if err := out.Write(heldHeader); err != nil {
		return err
	}
	for _, h := range held {
		record := []string{strconv.FormatInt(h.Row, 10), h.Ticket, h.Column, h.Stamp, h.First.String(), h.Second.String(), "", "", ""}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReadDecisions reads a CSV file of decisions, with the columns row, choice, who
// and why in its header, in any order and among others. A choice is first or
// second (of the two instants), one of the two instants itself in RFC 3339, or
// drop. A row whose choice, who and why are all empty is not decided yet and is
// passed over. Everything wrong is reported at once.
func ReadDecisions(file string, data []byte) (*Decisions, fault.Findings) {
	d := &Decisions{file: file, byRow: map[int64]*decision{}}
	if len(data) > MaxDecisionBytes {
		return d, fault.Findings{tooLong.At(fault.Position{File: file}, "", "%d bytes of decisions; at most %d are read", len(data), MaxDecisionBytes)}
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(mark))))
	in.FieldsPerRecord = -1
	var columns [4]int // of row, choice, who, why
	var findings fault.Findings
	for header := true; ; header = false {
		record, err := in.Read()
		if err == io.EOF {
			if header {
				findings = append(findings, emptyFile.At(fault.Position{File: file}, "", "the file of decisions is empty"))
			}
			break
		}
		if err != nil {
			return d, append(findings, csvFinding(file, err))
		}
		if header {
			for i, name := range [...]string{"row", "choice", "who", "why"} {
				if columns[i] = slices.Index(record, name); columns[i] < 0 {
					findings = append(findings, headerLacks.At(fault.Position{File: file, Line: 1}, name, "the file of decisions has no column %s", name))
				}
			}
			if len(findings) > 0 {
				break
			}
			continue
		}
		line, _ := in.FieldPos(0)
		findings = append(findings, d.add(record, columns, line)...)
	}
	return d, findings
}

func csvFinding(file string, err error) fault.Finding {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return badDecision.At(fault.Position{File: file, Line: wrong.Line, Column: wrong.Column}, "", "%v", wrong.Err)
	}
	return badDecision.At(fault.Position{File: file}, "", "%v", err)
}

// add reads one record.
func (d *Decisions) add(record []string, columns [4]int, line int) fault.Findings {
	at := fault.Position{File: d.file, Line: line}
	if slices.Max(columns[:]) >= len(record) {
		return fault.Findings{badDecision.At(at, "", "the row has only %d columns", len(record))}
	}
	choice, who, why := record[columns[1]], record[columns[2]], record[columns[3]]
	if choice == "" && who == "" && why == "" {
		return nil
	}
	var findings fault.Findings
	row, err := strconv.ParseInt(record[columns[0]], 10, 64)
	if err != nil || row < 1 {
		findings = append(findings, badDecision.At(at, "row", "%s is not the number of a row", quote(record[columns[0]])))
	}
	x := &decision{Decision: journal.Decision{Choice: choice, Who: who, Why: why}, line: line}
	if choice != chooseFirst && choice != chooseSecond && choice != chooseDrop {
		if x.instant, err = span.ParseInstant(choice); err != nil {
			findings = append(findings, badDecision.At(at, "choice", "%s is neither first, second, drop nor an instant", quote(choice)))
		}
	}
	for _, part := range [...]struct{ name, text string }{{"choice", choice}, {"who", who}, {"why", why}} {
		if part.text == "" && part.name != "choice" {
			findings = append(findings, badDecision.At(at, part.name, "the decision does not say %s", part.name))
		}
		if !plainText([]byte(part.text)) {
			findings = append(findings, badDecision.At(at, part.name, "the text is not UTF-8 or holds a NUL"))
		}
	}
	if first := d.byRow[row]; first != nil {
		findings = append(findings, decisionTwice.At(at, "row", "row %d is decided in line %d already", row, first.line))
	}
	if len(findings) == 0 {
		d.byRow[row] = x
	}
	return findings
}

// needless reports decisions about rows other than those that were held.
func (d *Decisions) needless(held map[int64]bool) fault.Findings {
	if d == nil {
		return nil
	}
	var findings fault.Findings
	for row, x := range d.byRow {
		if !held[row] {
			findings = append(findings, needlessDecision.At(fault.Position{File: d.file, Line: x.line}, "row", "row %d is not held", row))
		}
	}
	findings.Sort()
	return findings
}
