package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"towerbridge/eventlog"
	"towerbridge/statement"
)

// printStatement shows a statement's measures, credits, caps and total.
func (s *session) printStatement(x *statement.Statement) {
	s.print("%s  %s  %s to %s\n", plain(x.Contract), x.Period, x.From, x.To)
	if x.Title != "" {
		s.print("%s\n", plain(x.Title))
	}
	s.print("customer %s, supplier %s; as of %s; zones %s\n\n", plain(x.Customer), plain(x.Supplier), x.AsOf, x.ZoneData)
	var t table
	t.row("measure", "met/counted", "value", "target", "", "band", "points", "excluded")
	for i := range x.Measures {
		m := &x.Measures[i]
		t.row(m.ID, fmt.Sprintf("%d/%d", m.Met, m.Counted), measured(m), m.Target, verdict(m), m.Band, points(m), number(len(m.Excluded)))
	}
	t.write(s.Stdout, "")
	for i := range x.Measures {
		if m := &x.Measures[i]; m.Points > 0 || m.Failed || m.Suppressed != "" {
			s.print("  %s: %s\n", plain(m.ID), plain(m.PointsWhy))
		}
	}
	s.print("\n")
	if len(x.Credits) > 0 {
		t = table{}
		t.row("credit", "amount", "clause", "rule")
		for _, c := range x.Credits {
			t.row(c.ID, c.Amount.String(), c.Clause, c.Rule)
		}
		t.write(s.Stdout, "")
		s.print("\n")
	}
	for _, c := range x.Cap {
		reached := "not reached"
		if c.Reached {
			reached = "reached"
		}
		s.print("cap      %s leaves %s, %s: %s\n", c.Limit, c.Room, reached, plain(c.Rule))
	}
	for _, line := range earlierLines(x.Earlier) {
		s.print("earlier  %s\n", line)
	}
	s.print("charges  %s\ntotal    %s\ndigest   %s\n", x.Charges, x.Total, x.Digest)
}

// earlierLines says which earlier results a statement was drawn with. A run of periods
// that were drawn and not issued takes one line.
func earlierLines(list []statement.Earlier) []string {
	var out []string
	for i := 0; i < len(list); i++ {
		if list[i].Issued {
			out = append(out, list[i].Period.String()+", issued as "+list[i].Digest)
			continue
		}
		last := i
		for last+1 < len(list) && !list[last+1].Issued && list[last+1].Period.From == list[last].Period.To {
			last++
		}
		if last == i {
			out = append(out, list[i].Period.String()+", drawn, not issued")
			continue
		}
		out = append(out, fmt.Sprintf("%s to %s (%d periods), drawn, not issued", list[i].Period, list[last].Period, last-i+1))
		i = last
	}
	return out
}

func measured(m *statement.Measure) string {
	if m.Value == "" {
		return "not measured"
	}
	return m.Display
}

func verdict(m *statement.Measure) string {
	switch {
	case m.Failed:
		return "missed"
	case m.Target != "" && m.Value != "":
		return "met"
	}
	return ""
}

func points(m *statement.Measure) string {
	out := number(m.Points)
	if m.Multiplier > 1 {
		out = fmt.Sprintf("%d (x%d)", m.Points, m.Multiplier)
	}
	return out
}

// number writes a number; nothing for zero.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// tellRows writes what became of the log's rows, and why rows were refused.
func (s *session) tellRows(w io.Writer, log *eventlog.Result) {
	if log.Acts == 0 {
		fmt.Fprintf(w, "\nrows in = entries + held + refused: %d = %d + %d + %d\n", log.Rows, log.Entries, len(log.Held), log.Refused)
	} else { // of a record that was exported
		fmt.Fprintf(w, "\nrows in = entries + held + refused + acts: %d = %d + %d + %d + %d\n", log.Rows, log.Entries, len(log.Held), log.Refused, log.Acts)
	}
	for _, r := range log.Reasons {
		fmt.Fprintf(w, "  refused %d: %s: %s\n", r.Rows, r.Rule.Code(), r.Rule.Title)
	}
	for i, h := range log.Held {
		if i == 3 {
			fmt.Fprintf(w, "  and %d more\n", len(log.Held)-i)
			break
		}
		fmt.Fprintf(w, "  held row %d: %s of ticket %s says %s, which is %s or %s\n", h.Row, plain(h.Column), plain(h.Ticket), plain(h.Stamp), h.First, h.Second)
	}
	if len(log.Held) > 0 {
		fmt.Fprintln(w, "  Held rows wait for a decision: fill in choice, who and why in the file of held rows (--held), and give it back by --decisions.")
	}
	if len(log.Absent) > 0 {
		fmt.Fprintf(w, "  the mapping names columns that no event has: %s\n", plain(strings.Join(log.Absent, ", ")))
	}
}

// tellRefused writes the refused rows, each with its line and reason.
func (s *session) tellRefused(log *eventlog.Result) {
	for _, d := range log.Details[:min(len(log.Details), mostTold)] {
		fmt.Fprintln(s.Stderr, plain(d.Finding.Error()))
	}
	if more := log.Refused - mostTold; more > 0 {
		fmt.Fprintf(s.Stderr, "and %d more rows that cannot be read\n", more)
	}
}
