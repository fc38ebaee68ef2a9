package whatif

import (
	"slices"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// terms reads the legs of tickets by the contracts of a book: each by that of the
// supplier who last held it, of those that ran while it lived; else by one whose
// supplier runs the tower of its service; else by the first that ran, or the first.
type terms struct {
	book    *statement.Book
	journal *journal.Journal
	list    []*contract.Contract
	readers []*clock.Reader
	holders []journal.Symbol
}

func newTerms(b *statement.Book, j *journal.Journal) *terms {
	t := &terms{book: b, journal: j}
	for _, id := range b.IDs() {
		c := b.Contracts[id]
		t.list = append(t.list, c)
		t.readers = append(t.readers, clock.NewReader(c, j, b.World().KindOf))
		t.holders = append(t.holders, j.Symbol(c.Supplier))
	}
	return t
}

// of returns the reader for a ticket.
func (t *terms) of(h *ticket.History) *clock.Reader {
	var last journal.Symbol
	for i := len(h.Moments) - 1; i >= 0; i-- {
		party := h.Moments[i].Party
		if party == 0 || party == last {
			continue
		}
		last = party
		for n, supplier := range t.holders {
			if supplier == party && t.ran(n, h) {
				return t.readers[n]
			}
		}
	}
	first := -1
	service := t.journal.Name(h.Last().Service)
	for n, c := range t.list {
		if !t.ran(n, h) {
			continue
		}
		on := span.DateIn(h.Opened(), c.Location)
		if tower, ok := t.book.Estate.TowerOf(service, on); ok && (len(c.Towers) == 0 || slices.Contains(c.Towers, tower)) {
			if supplier, ok := t.book.Estate.SupplierOf(tower, on); ok && supplier == c.Supplier {
				return t.readers[n]
			}
		}
		if first < 0 {
			first = n
		}
	}
	return t.readers[max(first, 0)]
}

// ran reports whether a contract ran while a ticket lived.
func (t *terms) ran(n int, h *ticket.History) bool {
	c := t.list[n]
	return h.Until(len(h.Moments)-1) >= c.Term.Start.Start(c.Location) && h.Opened() < c.Ends().Start(c.Location)
}
