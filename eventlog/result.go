package eventlog

import (
	"cmp"
	"fmt"
	"slices"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// MaxRefused is the number of refused rows that a result describes one by one;
// all are counted.
const MaxRefused = 1000

// Result is what became of a log. Each of its rows is an entry, held or refused, or an
// act on the record that the log was exported from:
//
//	Rows == Entries + len(Held) + Refused + Acts
type Result struct {
	Journal *journal.Journal
	Rows    int64        // records of CSV, events of XES, lines of NDJSON
	Entries int64        // rows that are entries of the journal
	Held    []HeldRow    // rows that wait for a person's decision
	Refused int64        // rows that could not be read
	Acts    int64        // lines of NDJSON that are about the record itself and no ticket; see [journal.ActDraft]
	Reasons []Reason     // why, by number of the rule
	Details []RefusedRow // the first MaxRefused of them, in order
	Absent  []string     // columns of the mapping that no event of an XES log has
	Files   []string     // names of the inputs, in order
}

// Reason counts the rows refused for one reason.
type Reason struct {
	Rule fault.Rule
	Rows int64
}

// RefusedRow is a row that could not be read, and why.
type RefusedRow struct {
	Row     int64 // number in the log, from one, counted through all its files
	Finding fault.Finding
}

// HeldRow is a row whose stamp a wall clock showed twice, or never. It becomes an
// entry once a person decides which of two instants it means; see [ReadDecisions].
type HeldRow struct {
	Row    int64  // number in the log, from one, counted through all its files
	File   string // for messages only
	Line   int64  // in the file, from one; zero where lines are not counted
	Ticket string
	Column string       // happened, learnt or opened
	Stamp  string       // as it is written
	First  span.Instant // the earlier of the two instants
	Second span.Instant
}

// Findings returns the refused rows as findings: those described one by one, and
// one for each reason that says how many there are where not all are described.
func (r *Result) Findings() fault.Findings {
	var out fault.Findings
	described := map[int]int64{}
	for _, x := range r.Details {
		out = append(out, x.Finding)
		described[x.Finding.Rule.Number]++
	}
	for _, x := range r.Reasons {
		if more := x.Rows - described[x.Rule.Number]; more > 0 {
			out = append(out, x.Rule.At(fault.Position{}, "", "%d further rows are refused for this reason", more))
		}
	}
	return out
}

// Summary returns the reconciliation of the log's rows in one sentence, which speaks of
// acts where there are any.
func (r *Result) Summary() string {
	out := fmt.Sprintf("%d rows = %d entries + %d held + %d refused", r.Rows, r.Entries, len(r.Held), r.Refused)
	if r.Acts > 0 {
		out += fmt.Sprintf(" + %d acts on the record", r.Acts)
	}
	return out
}

// refusals counts refused rows by reason and describes the first ones.
type refusals struct {
	total   int64
	counts  map[int]*Reason
	details []RefusedRow
}

func (f *refusals) add(row int64, finding fault.Finding) {
	f.total++
	if f.counts == nil {
		f.counts = map[int]*Reason{}
	}
	count := f.counts[finding.Rule.Number]
	if count == nil {
		count = &Reason{Rule: finding.Rule}
		f.counts[finding.Rule.Number] = count
	}
	count.Rows++
	if len(f.details) < MaxRefused {
		f.details = append(f.details, RefusedRow{row, finding})
	}
}

// join adds the refusals of a later stretch.
func (f *refusals) join(o refusals) {
	f.total += o.total
	for n, count := range o.counts {
		if f.counts == nil {
			f.counts = map[int]*Reason{}
		}
		if mine := f.counts[n]; mine != nil {
			mine.Rows += count.Rows
		} else {
			f.counts[n] = &Reason{count.Rule, count.Rows}
		}
	}
	f.details = append(f.details, o.details[:min(len(o.details), MaxRefused-len(f.details))]...)
}

func (f *refusals) reasons() []Reason {
	var out []Reason
	for _, r := range f.counts {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Reason) int { return cmp.Compare(a.Rule.Number, b.Rule.Number) })
	return out
}
