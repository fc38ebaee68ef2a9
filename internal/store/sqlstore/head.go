package sqlstore

import (
	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/internal/store"
	"towerbridge/span"
)

// head is the one row of its table.
type head struct {
	tree
	learnt  span.Instant // latest of all entries about tickets
	acted   span.Instant // latest that was given to a line here
	book    int64
	tickets int64
}

const readHead = "SELECT size, chain, edge, learnt, acted, book, tickets FROM head WHERE id = 1"

// scan reads the row of [readHead].
func (h *head) scan(scan func(...any) error) error {
	var chain, edge []byte
	if err := scan(&h.size, &chain, &edge, (*int64)(&h.learnt), (*int64)(&h.acted), &h.book, &h.tickets); err != nil {
		return err
	}
	h.chain = tlog.Hash{}
	copy(h.chain[:], chain)
	h.edge = splitHashes(edge)
	return nil
}

// write adds to a batch what stores the head.
func (h *head) write(b *batch) {
	b.exec("UPDATE head SET size = $1, chain = $2, edge = $3, learnt = $4, acted = $5, book = $6, tickets = $7 WHERE id = 1",
		h.size, h.chain[:], joinHashes(h.edge), int64(h.learnt), int64(h.acted), h.book, h.tickets)
}

// public returns the head as readers see it.
func (h *head) public() store.Head {
	return store.Head{Size: h.size, Chain: h.chain, Root: h.root(), Learnt: h.learnt, Acted: h.acted, Book: h.book}
}
