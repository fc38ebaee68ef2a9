package reconcile

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// Filter says which lines are wanted. An empty list wants all.
type Filter struct {
	Agreeing bool // lines on which both agree, too
	Measures []string
	Causes   []Cause
	Tickets  []string
}

// Sort is an order of lines.
type Sort string

// The orders. Lines that are equal stay in the order of their ids.
const (
	ByID    Sort = "id"
	ByCause Sort = "cause"
	ByApart Sort = "apart" // the largest difference of time first
	ByRow   Sort = "row"   // the order of the supplier's file
)

// Select returns the lines that are wanted, in an order.
func (r *Report) Select(f Filter, by Sort) []Line {
	out := []Line{}
	for _, l := range r.Lines {
		if (f.Agreeing || !l.Agrees) && has(f.Measures, l.Measure) && has(f.Causes, l.Cause) && has(f.Tickets, l.Ticket) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int {
		switch by {
		case ByCause:
			return causeAt(a.Cause) - causeAt(b.Cause)
		case ByApart:
			return cmp.Compare(apart(&b), apart(&a))
		case ByRow:
			return a.Row - b.Row
		}
		return 0
	})
	return out
}

func has[T comparable](list []T, x T) bool { return len(list) == 0 || slices.Contains(list, x) }

// causeAt is a cause's place in the list of them.
func causeAt(c Cause) int {
	for i := range Causes {
		if Causes[i].Cause == c {
			return i
		}
	}
	return len(Causes)
}

// apart is how far the two sides are apart.
func apart(l *Line) int64 {
	if l.Apart == nil {
		return -1
	}
	return max(*l.Apart, -*l.Apart)
}

// ParseCause returns the cause of a name.
func ParseCause(s string) (Cause, error) {
	var names []string
	for _, c := range Causes {
		if string(c.Cause) == s {
			return c.Cause, nil
		}
		names = append(names, string(c.Cause))
	}
	return "", fault.New(fault.Invalid, "Write one of "+strings.Join(names, ", ")+".", "there is no cause %q", s)
}

// WriteCSV writes lines as CSV, each with its id, so that a list of differences can be
// worked in any tool. Times are in seconds; what is not known is empty.
func WriteCSV(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"id", "measure", "ticket", "life", "row", "agrees", "cause", "told_by", "ours", "our_seconds", "target_seconds", "theirs", "their_seconds", "apart_seconds", "why", "also", "clause"}}
	for i := range lines {
		l := &lines[i]
		row := ""
		if l.Row > 0 {
			row = strconv.Itoa(l.Row)
		}
		rows = append(rows, []string{
			l.ID, l.Measure, l.Ticket, strconv.Itoa(l.Life), row, strconv.FormatBool(l.Agrees), string(l.Cause), string(l.By),
			string(l.Ours.Verdict), seconds(l.Ours.Seconds), seconds(l.Ours.Target), string(l.Theirs.Verdict), seconds(l.Theirs.Seconds),
			seconds(l.Apart), l.Why, strings.Join(l.Also, "; "), l.Ours.Clause,
		})
	}
	return out.WriteAll(guarded(rows))
}

// guarded keeps a spreadsheet from taking what a supplier wrote for a formula.
func guarded(rows [][]string) [][]string {
	for _, row := range rows {
		for i, cell := range row {
			if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				continue
			}
			if _, err := strconv.ParseInt(cell, 10, 64); err != nil {
				row[i] = "'" + cell
			}
		}
	}
	return rows
}

func seconds(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
