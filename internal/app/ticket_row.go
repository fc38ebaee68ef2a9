package app

import (
	"slices"

	"towerbridge/clock"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// rows makes index rows of tickets. It is for one goroutine and one journal.
type rows struct {
	book    *statement.Book
	journal *journal.Journal
	history ticket.History
	readers map[string]*clock.Reader
	reading clock.Reading
}

func newRows(book *statement.Book, j *journal.Journal) *rows {
	return &rows{book: book, journal: j, readers: map[string]*clock.Reader{}}
}

// row makes a ticket's row of all that is known of it.
func (r *rows) row(position int, asOf span.Instant) store.TicketRow {
	j := r.journal
	entries := j.Of(position)
	row := store.TicketRow{ID: j.TicketID(position), Opened: entries[0].Happened, Due: span.Never}
	for _, e := range entries {
		row.Opened = min(row.Opened, e.Happened)
		row.Changed = max(row.Changed, e.Happened, e.Learnt)
		if f := j.Fact(e); f.Party != 0 && f.Event != journal.Noted {
			row.Parties = append(row.Parties, j.Name(f.Party))
		}
	}
	slices.Sort(row.Parties)
	row.Parties = slices.Compact(row.Parties)
	h := &r.history
	if !ticket.Read(j, position, max(asOf, row.Changed), h) {
		row.Status = journal.CancelledStatus // every entry was taken back
		return row
	}
	s := h.Last()
	row.Kind, row.Priority, row.Service, row.Site = j.Name(s.Kind), j.Name(s.Priority), j.Name(s.Service), j.Name(s.Site)
	row.Party, row.Team, row.Status, row.Parent = j.Name(s.Party), j.Name(s.Team), s.Status, j.Name(s.Parent)
	if row.Open() {
		row.Due = r.due()
	}
	return row
}

// due is the earliest instant at which a running clock of the ticket at hand is due,
// by the contracts that concern it.
func (r *rows) due() span.Instant {
	due := span.Never
	life := lifeReader{book: r.book, journal: r.journal, history: r.history}
	for _, c := range life.concerned() {
		rd := r.readers[c.ID]
		if rd == nil {
			rd = clock.NewReader(c, r.journal, r.book.World().KindOf)
			r.readers[c.ID] = rd
		}
		life.running(rd, &r.reading, func(x *clock.Reading) {
			if x.Due >= r.history.AsOf {
				due = min(due, x.Due)
			}
		})
	}
	return due
}

// running calls f with the reading of each clock of a contract that is for the ticket
// and has not stopped, as it reads in the last of the ticket's lives.
func (r *lifeReader) running(rd *clock.Reader, x *clock.Reading, f func(*clock.Reading)) {
	c := rd.Contract
	for i := range c.Clocks {
		k := &c.Clocks[i]
		if holds, err := k.Scope.Holds(r.journal, clock.SubjectOf(r.scoped()), r.tower(c)); err != nil || !holds {
			continue
		}
		rd.Read(&r.history, k, 0, x)
		for x.Next > 0 {
			rd.Read(&r.history, k, x.Next, x)
		}
		if x.Verdict == clock.Running || x.Verdict == clock.Missed && !x.Stopped() {
			f(x)
		}
	}
}

// RowOf returns the function that makes a ticket's row of its lines, for
// [store.Keeper.Reindex]. It may be used from several goroutines.
func RowOf(book *statement.Book, asOf span.Instant) func(id string, l store.Lines) (store.TicketRow, error) {
	return func(id string, l store.Lines) (store.TicketRow, error) {
		found := &store.Found{TicketRow: store.TicketRow{ID: id}, Lines: l}
		j, err := journalOf(asOf, found)
		if err != nil {
			return store.TicketRow{}, err
		}
		if j.Tickets() != 1 {
			return store.TicketRow{}, fault.New(fault.Internal, "", "the lines of ticket %s are about %d tickets", id, j.Tickets())
		}
		row := newRows(book, j).row(0, asOf)
		row.Version = l.Seq[len(l.Seq)-1]
		return row, nil
	}
}
