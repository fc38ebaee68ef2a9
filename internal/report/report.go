// Package report shows a drawn statement: as a page, as CSV and as a workbook.
//
// It computes nothing. Every figure is one that the statement, or the clock that
// judged a ticket, already has; the package chooses words, order and shapes.
//
//	statement ─┐                 ┌─▶ HTML   what people read and print
//	journal  ──┼─ New ─▶ Sheet ──┼─▶ CSV    one row for each fact, every counted ticket
//	book     ──┘                 └─▶ XLSX   the same in sheets, numbers as numbers
//
// A [Sheet] is prepared once. For each ticket that missed it reads, at the
// statement's own as-of, the ticket's legs and the clock that judged it, so that a
// page can draw both as bars on one line of time.
//
// The outputs are the same bytes whenever, wherever and however often they are
// written. No present time, file name or machine enters them.
package report

import (
	"time"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/statement"
)

// Limits of the page. What is beyond them is counted there in a sentence, and is in
// the CSV and the workbook, which have no such limits.
const (
	MaxBars     = 500  // bars of tickets on one page, over all measures
	MaxExcluded = 2000 // excluded tickets listed on one page, over all measures
)

// Sheet is one statement ready to be written. Its methods may be called at the same
// time by several goroutines, after Signer is set.
type Sheet struct {
	// Signer names the key that the statement's bundle is signed by, for people; empty
	// where it is not signed. It is shown and proves nothing: verify does.
	Signer string

	book      *statement.Book
	journal   *journal.Journal
	statement *statement.Statement
	contract  *contract.Contract // nil where the book does not have it
	zone      *time.Location     // of the contract; UTC where it is not known
	sections  []section          // one for each measure of the statement
}

// section is what the page says of one measure beside its line in the statement.
type section struct {
	breaches []breach
	more     int // breaches that are not on the page
	excluded []statement.Excluded
	left     int // excluded tickets that are not on the page
}

// New prepares a statement that was drawn from a book and a journal. The journal may
// be nil, and the statement one that was read from its record: then there are no
// bars, or no list of the tickets that met, and the outputs say so.
func New(book *statement.Book, j *journal.Journal, s *statement.Statement) *Sheet {
	sheet := &Sheet{book: book, journal: j, statement: s, contract: book.Contracts[s.Contract], zone: time.UTC}
	if zone, err := book.Zones.Location(s.Zone); err == nil {
		sheet.zone = zone
	}
	bars, rows := MaxBars, MaxExcluded
	reader := sheet.newReader()
	for i := range s.Measures {
		missed, excluded := s.Measures[i].Missed, s.Measures[i].Excluded
		n, k := min(bars, len(missed)), min(rows, len(excluded))
		x := section{more: len(missed) - n, excluded: excluded[:k], left: len(excluded) - k}
		for _, m := range missed[:n] {
			x.breaches = append(x.breaches, reader.breach(&s.Measures[i], m))
		}
		bars, rows = bars-n, rows-k
		sheet.sections = append(sheet.sections, x)
	}
	return sheet
}

// result returns the evidence behind a measure's line, or nil where the statement
// was read from its record.
func (s *Sheet) result(i int) *measure.Result {
	if results := s.statement.Results(); i < len(results) && s.journal != nil {
		return &results[i]
	}
	return nil
}

// party names a party for people: its name in the estate, with its id.
func (s *Sheet) party(id string) string {
	if s.book.Estate != nil {
		if p, ok := s.book.Estate.Party(id); ok && p.Name != id {
			return p.Name + " (" + id + ")"
		}
	}
	return id
}

// row is one counted ticket as the lists show it.
type row struct {
	ticket          string
	life            int // 1 for the first
	verdict         string
	elapsed, target int64
	due, at         string // local time with offset; empty if unknown
}

// rows calls f for every counted ticket of a measure, in order; where the statement
// was read from its record, for those that it names: the missed ones.
func (s *Sheet) rows(i int, f func(row) error) error {
	m := &s.statement.Measures[i]
	r := s.result(i)
	if r == nil {
		bad := measure.Missed
		if countsBad(m.Kind) {
			bad = measure.Met
		}
		for _, x := range m.Missed {
			if err := f(row{x.Ticket, x.Episode + 1, verdict(m.Kind, bad), x.Elapsed, x.Target, x.Due, ""}); err != nil {
				return err
			}
		}
		return nil
	}
	for j := range r.Evidence {
		c := &r.Evidence[j]
		x := row{
			s.journal.TicketID(int(c.Ticket)), int(c.Episode) + 1, verdict(m.Kind, c.Verdict),
			c.Elapsed, c.Target, s.local(c.Due), s.local(c.At),
		}
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

// eachBreach calls f for every missed ticket of a measure, those beyond the page's
// limit included.
func (s *Sheet) eachBreach(i int, f func(*breach) error) error {
	reader := s.newReader()
	for _, m := range s.statement.Measures[i].Missed {
		b := reader.breach(&s.statement.Measures[i], m)
		if err := f(&b); err != nil {
			return err
		}
	}
	return nil
}
