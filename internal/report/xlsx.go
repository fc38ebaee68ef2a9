package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// maxRows is the number of rows that a sheet of a workbook can have. What is beyond
// goes on in a second sheet of the name, and so on.
const maxRows = 1 << 20

// XLSX writes the statement as a workbook: sheets Summary, Measures, Credits, Tickets
// (every counted one), Excluded, Legs (of those that missed) and Documents.
//
// Counts, points and seconds are numbers. Money is a decimal text, exact, because a
// workbook's numbers are binary fractions; beside it stands the same amount as a whole
// number of minor units, such as pence, which formulas can add up. Instants are text in
// RFC 3339 with the offset of the contract's zone. An error is that of the writer.
func (s *Sheet) XLSX(w io.Writer) error {
	book := workbook{file: excelize.NewFile(), limit: maxRows}
	defer book.file.Close()
	return wrapBook(s.xlsx(&book, w))
}

func wrapBook(err error) error {
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the workbook could not be written")
	}
	return nil
}

func (s *Sheet) xlsx(b *workbook, w io.Writer) error {
	if err := b.begin(s.statement); err != nil {
		return err
	}
	for _, part := range []func(*workbook) error{
		s.summarySheet, s.measureSheet, s.creditSheet, s.ticketSheet, s.excludedSheet, s.legSheet, s.documentSheet,
	} {
		if err := part(b); err != nil {
			return err
		}
	}
	return b.write(w)
}

// column is a column of a sheet: its heading and its width in characters.
type column struct {
	head  string
	width float64
}

func (s *Sheet) summarySheet(b *workbook) error {
	t, err := b.sheet("Summary", column{"What", 24}, column{"Value", 80})
	if err != nil {
		return err
	}
	for _, f := range s.facts() {
		if f.value == "" {
			continue
		}
		if err := t.row(f.name, f.value); err != nil {
			return err
		}
	}
	x := s.statement
	for _, f := range []struct {
		name string
		a    money.Amount
	}{{"charges", x.Charges}, {"service credits, in all", x.Total}} {
		if err := t.row(f.name, f.a.String()); err != nil {
			return err
		}
		if err := t.row(f.name+", in minor units of "+string(f.a.Currency), minor(f.a)); err != nil {
			return err
		}
	}
	return t.row("note", "Money is exact decimal text; the columns in minor units are whole numbers to calculate with. Seconds are open seconds of the clock's calendar, elapsed seconds those of the clock on the wall.")
}

func (s *Sheet) measureSheet(b *workbook) error {
	t, err := b.sheet("Measures", column{"Measure", 12}, column{"Name", 34}, column{"Kind", 14}, column{"Period", 12},
		column{"Result", 14}, column{"Met", 12}, column{"Counted", 12}, column{"Exact value", 16}, column{"Unit", 10},
		column{"Display", 14}, column{"Rounding", 22}, column{"Target", 12}, column{"Band", 12}, column{"Points", 8},
		column{"Tickets", 10}, column{"Excluded", 10}, column{"Clause", 18}, column{"Why these points", 60},
		column{"Notes", 50}, column{"Evidence digest", 75})
	if err != nil {
		return err
	}
	for i := range s.statement.Measures {
		m := &s.statement.Measures[i]
		word, _ := standing(m)
		err := t.row(m.ID, m.Name, m.Kind, m.Period.String(), word, m.Met, m.Counted, m.Value, m.Unit, m.Display, m.Rounding,
			m.Target, m.Band, m.Points, m.Tickets, len(m.Excluded), m.Clause, m.PointsWhy, strings.Join(m.Notes, "; "), m.Evidence)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Sheet) creditSheet(b *workbook) error {
	t, err := b.sheet("Credits", column{"What", 18}, column{"Id", 28}, column{"Measure", 12}, column{"Period", 12},
		column{"Band", 12}, column{"Points", 8}, column{"Currency", 10}, column{"Amount (exact, text)", 20},
		column{"Amount in minor units", 20}, column{"Arithmetic", 70}, column{"Rounding", 12}, column{"Clause", 18})
	if err != nil {
		return err
	}
	x := s.statement
	put := func(what, id, measure string, p span.Period, band string, points any, a money.Amount, rule, rounding, clause string) {
		if err == nil {
			err = t.row(what, id, measure, p.String(), band, points, string(a.Currency), exact(a), minor(a), rule, rounding, clause)
		}
	}
	put("charges", x.Contract, "", x.Period, "", nil, x.Charges, "", "", x.ChargesBy)
	for i := range x.Credits {
		l := &x.Credits[i]
		put("credit line", l.ID, l.Measure, l.Period, l.Band, l.Points, l.Amount, l.Rule, l.Rounding, l.Clause)
	}
	for i := range x.Schemes {
		y := &x.Schemes[i]
		put("scheme gross", y.Scheme, "", x.Period, "", y.Points, y.Gross, y.Rule, y.Rounding, y.Clause)
		put("scheme excess", y.Scheme, "", x.Period, "", nil, y.Excess, "over the cap; not carried on", "", "")
		put("scheme net", y.Scheme, "", x.Period, "", nil, y.Net, "after caps", "", "")
		put("scheme earned back", y.Scheme, "", x.Period, "", nil, y.EarnedBack, "", "", "")
	}
	for _, k := range x.Cap {
		put("cap limit", k.Scheme, "", x.Period, "", nil, k.Limit, k.Rule, "", k.Clause)
		put("cap room", k.Scheme, "", x.Period, "", nil, k.Room, reached(k.Reached), "", k.Clause)
	}
	for i := range x.Earlier {
		e := &x.Earlier[i]
		put("earlier charges", e.Period.String(), "", e.Period, "", nil, e.Charges, source(e), "", "")
		for _, k := range e.Credits {
			put("earlier net", k.Scheme, "", e.Period, "", nil, k.Amount, source(e), "", "")
			put("earlier earned back", k.Scheme, "", e.Period, "", nil, k.EarnedBack, source(e), "", "")
		}
	}
	put("total", x.Contract, "", x.Period, "", nil, x.Total, "", "", "")
	return err
}

func (s *Sheet) ticketSheet(b *workbook) error {
	t, err := b.sheet("Tickets", column{"Measure", 12}, column{"Ticket", 18}, column{"Life", 6}, column{"Verdict", 14},
		column{"Elapsed", 12}, column{"Target", 12}, column{"Unit", 16}, column{"Due", 27}, column{"Counts at", 27})
	for i := range s.statement.Measures {
		if err != nil {
			return err
		}
		m := &s.statement.Measures[i]
		unit := evidenceUnit(m.Kind)
		err = s.rows(i, func(r row) error {
			return t.row(m.ID, r.ticket, r.life, r.verdict, r.elapsed, r.target, unit, r.due, r.at)
		})
	}
	return err
}

func (s *Sheet) excludedSheet(b *workbook) error {
	t, err := b.sheet("Excluded", column{"Measure", 12}, column{"Ticket", 18}, column{"Reason", 70}, column{"Clause", 18},
		column{"Rule", 18}, column{"Tickets", 10})
	for i := range s.statement.Measures {
		m := &s.statement.Measures[i]
		for _, e := range m.Excluded {
			if err == nil {
				err = t.row(m.ID, e.Ticket, e.Reason, e.Clause, e.Rule, 1)
			}
		}
		for _, a := range m.Aside {
			if err == nil {
				err = t.row(m.ID, nil, "set aside: "+a.Reason, nil, nil, a.Tickets)
			}
		}
	}
	return err
}

func (s *Sheet) legSheet(b *workbook) error {
	t, err := b.sheet("Legs", column{"Measure", 12}, column{"Ticket", 18}, column{"Life", 6}, column{"What", 8},
		column{"Who or whose cause", 34}, column{"Kind or clock", 16}, column{"State", 14}, column{"Reason", 24},
		column{"From", 27}, column{"To", 27}, column{"Elapsed seconds", 16}, column{"Open seconds", 14})
	for i := range s.statement.Measures {
		if err != nil {
			return err
		}
		err = s.eachBreach(i, func(x *breach) error { return s.legRows(t, &s.statement.Measures[i], x) })
	}
	return err
}

func (s *Sheet) legRows(t *grid, m *statement.Measure, b *breach) error {
	for _, l := range b.Legs {
		err := t.row(m.ID, b.Ticket, b.Episode+1, "leg", l.Who, string(l.Kind), l.State, l.Reason, s.local(l.From), s.local(l.To), l.Length(), nil)
		if err != nil {
			return err
		}
	}
	for _, p := range b.Pauses {
		err := t.row(m.ID, b.Ticket, b.Episode+1, "pause", p.Cause, b.Clock, nil, p.Reason, s.local(p.From), s.local(p.To), p.Length(), p.Open)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Sheet) documentSheet(b *workbook) error {
	t, err := b.sheet("Documents", column{"Document", 34}, column{"Digest", 75})
	for _, d := range s.statement.Documents {
		if err == nil {
			err = t.row(d.Name, d.Digest)
		}
	}
	return err
}

// minor is an amount as a whole number of minor units. Where it is not one, or is so
// large that a workbook would round it, it is text: the exact decimal.
func minor(a money.Amount) any {
	digits := exact(a)
	if !a.IsRound() {
		return digits
	}
	n, err := strconv.ParseInt(strings.Replace(digits, ".", "", 1), 10, 64)
	if err != nil || n > 1<<53 || n < -1<<53 {
		return digits
	}
	return n
}
