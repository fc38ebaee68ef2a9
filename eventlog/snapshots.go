package eventlog

import (
	"cmp"
	"slices"
	"strconv"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// waiting is an entry that waits for the others of its ticket, to be put in order.
type waiting struct {
	entry  journal.Entry
	ticket journal.Symbol
	order  int64
	row    int64
	file   string
	line   int64
	opened opening
}

// opening is what a row says about when its ticket was opened.
type opening struct {
	first, second span.Instant
	means         sense
	given         bool
	text          string
}

// order reads what puts a row among the others of its ticket, once all are known.
// False says that the row is refused.
func (s *sink) order(w *waiting, r *row) bool {
	w.row, w.line, w.file = s.rows, s.line, s.file
	if s.p.order >= 0 {
		n, err := strconv.ParseInt(string(r.order), 10, 64)
		if err != nil {
			s.refuse(badNumber, "order", "%s is not a whole number", quote(string(r.order)))
			return false
		}
		w.order = n
	}
	if s.p.opened >= 0 && !s.p.isMissing(r.opened) {
		o := &w.opened
		o.first, o.second, o.means = s.stamps.read(r.opened)
		switch o.given = true; o.means {
		case nonsense:
			s.refuse(badStamp, "opened", "%s is not a stamp", quote(string(r.opened)))
			return false
		case placeless:
			s.refuse(noZone, "opened", "%s has no offset", quote(string(r.opened)))
			return false
		case unsure:
			o.text = string(r.opened)
		}
	}
	w.ticket = s.tickets.Intern(r.ticket)
	return true
}

// finish adds the entries that wait, each ticket's in order. The first of a ticket
// happened when the ticket was opened, if its row says when that was.
func (s *sink) finish() {
	slices.SortStableFunc(s.pending, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.ticket, b.ticket), cmp.Compare(a.entry.Happened, b.entry.Happened), cmp.Compare(a.order, b.order))
	})
	var last journal.Symbol
	for i := range s.pending {
		w := &s.pending[i]
		if w.ticket != last && w.opened.given && !s.open(w) {
			last = w.ticket
			continue
		}
		last = w.ticket
		w.entry.Ticket = s.b.Ticket([]byte(s.tickets.Name(w.ticket)))
		s.b.Add(w.entry)
		s.entries++
	}
	s.pending = nil
}

// open moves a ticket's first entry to when the ticket was opened. False says that
// the row is held or refused instead.
func (s *sink) open(w *waiting) bool {
	o, at := &w.opened, w.opened.first
	if o.means == unsure {
		h := HeldRow{
			Row: w.row, File: w.file, Line: w.line, Ticket: s.tickets.Name(w.ticket),
			Column: "opened", Stamp: o.text, First: o.first, Second: o.second,
		}
		d := s.decision(h.Row)
		if d == nil {
			s.held = append(s.held, h)
			return false
		}
		chosen, refused := d.choose(&h)
		if refused != nil {
			s.refused.add(h.Row, refused.rule.At(fault.Position{File: w.file, Line: int(w.line)}, "opened", "%s", refused.message))
			return false
		}
		at = chosen
		w.entry.Marks |= journal.Decided
		s.b.Decide(w.entry, d.Decision)
	}
	w.entry.Happened = min(w.entry.Happened, at)
	return true
}
