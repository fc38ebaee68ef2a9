package flow

import (
	"cmp"
	"slices"

	"towerbridge/journal"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// Longest returns so many tickets of a reading whose end-to-end time was the longest,
// each with whose its every second was: the longest first, those of equal length in
// the order of the journal. Only tickets that ended are among them.
func Longest(b *statement.Book, j *journal.Journal, r *Result, most int) ([]Late, error) {
	p, err := newPlan(b, j, Order{By: r.By, Periods: r.Periods, AsOf: &r.AsOf})
	if err != nil {
		return nil, err
	}
	type found struct {
		ticket  uint32
		elapsed int64
	}
	var all []found
	var h ticket.History
	list, _ := r.TicketsOf(r.EndToEnd.ID)
	for _, n := range list {
		if !ticket.Read(j, int(n), r.AsOf, &h) {
			continue
		}
		if end, done := h.Done(); done {
			all = append(all, found{n, int64(end - h.Opened())})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.elapsed, a.elapsed), cmp.Compare(a.ticket, b.ticket))
	})
	out := []Late{}
	for _, x := range all[:min(len(all), most)] {
		ticket.Read(j, int(x.ticket), r.AsOf, &h)
		out = append(out, Late{Ticket: j.TicketID(int(x.ticket)), ElapsedSeconds: x.elapsed, Legs: p.legs(&h)})
	}
	return out, nil
}
