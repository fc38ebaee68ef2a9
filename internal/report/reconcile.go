package report

import (
	"fmt"
	"io"

	"towerbridge/reconcile"
	"towerbridge/statement"
)

// MaxLines is how many lines of a reconciliation a page lists. What is beyond them is
// counted there in a sentence; the command's CSV has every line.
const MaxLines = 2000

// Reconciliation is a supplier's figures beside ours, ready to be shown as a page.
type Reconciliation struct {
	Book   *statement.Book
	Report *reconcile.Report
	Lines  []reconcile.Line // those to be worked, in their order
}

// HTML writes the page: one file that needs nothing else and prints to A4. An error is
// that of the writer.
func (r *Reconciliation) HTML(w io.Writer) error {
	zone := estateZone(r.Book)
	if c := r.Book.Contracts[r.Report.Contract]; c != nil {
		zone = c.Location
	}
	return write(w, reconcilePage(&reconcileView{r, &Sheet{book: r.Book, statement: &statement.Statement{}, zone: zone}}))
}

type reconcileView struct {
	*Reconciliation
	sheet *Sheet
}

func (v *reconcileView) contents() []heading {
	return []heading{{"measures", "Each measure by both sides"}, {"causes", "Why they differ"}, {"lines", "Lines to be worked"}}
}

// causeBars are how many lines differ by each cause.
func (v *reconcileView) causeBars() []level {
	var rows []level
	for _, c := range v.Report.Causes {
		rows = append(rows, level{string(c.Cause), []levelBar{{Fill: secondFill, Text: plural(c.Lines, "line"), N: int64(c.Lines)}}})
	}
	return scaled(rows)
}

// meaning says what the difference of the credits means.
func (v *reconcileView) meaning() string {
	switch v.Report.Worth.Difference.Sign() {
	case 1:
		return "the customer would lose so much by the supplier's figures"
	case -1:
		return "the customer would gain so much by the supplier's figures"
	}
	return "the differences are worth nothing"
}

func resultWord(t *reconcile.Total) (word, look string) {
	if t.Failed {
		return "Missed", "red"
	}
	return "Met", "green"
}

func fractionText(t *reconcile.Total) string { return whole(t.Met) + " of " + whole(t.Counted) }

func linesText(m *reconcile.Measure) string {
	if m.ByTotal {
		return "totals only"
	}
	return fmt.Sprintf("%s agree, %s differ", whole(int64(m.Agreed)), whole(int64(m.Differ)))
}

// sideWords says what one side has of a ticket.
func sideWords(s *reconcile.Side) string {
	text := string(s.Verdict)
	if s.Seconds != nil {
		text += " " + length(*s.Seconds)
	}
	if s.Target != nil {
		text += " of " + length(*s.Target)
	}
	return orDash(text)
}

func apartText(n *int64) string {
	if n == nil {
		return "–"
	}
	if *n > 0 {
		return "+" + length(*n)
	}
	return length(*n)
}

func rowText(l *reconcile.Line) string {
	text := l.Measure
	if l.Life > 1 {
		text += fmt.Sprintf(", life %d", l.Life)
	}
	if l.Row > 0 {
		text += fmt.Sprintf(", their line %d", l.Row)
	}
	return text
}
