package app

import (
	"context"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// Question asks for one ticket's life.
type Question struct {
	Ticket   string        // as the log names it
	Contract string        // id; empty asks by every contract that the ticket concerns
	AsOf     *span.Instant // nothing learnt later is read; nil is the last instant at which the log learnt anything
}

// Explain reads a ticket's life from a store: what happened, whose every second was,
// and how each clock came to its verdict. Also returned is what became of the log's rows.
func Explain(ctx context.Context, s store.Store, q Question, progress store.Progress) (*Life, *eventlog.Result, error) {
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	if q.Contract != "" && book.Contracts[q.Contract] == nil {
		return nil, nil, fault.Findings{ruleNoSuchContract.At(fault.Position{}, "contract", "there is no contract %q, only %s", q.Contract, strings.Join(book.IDs(), ", "))}
	}
	log, err := about(ctx, s, book, q.Ticket, progress)
	if err != nil {
		return nil, nil, err
	}
	life, err := ReadLife(book, log.Journal, q)
	return life, log, err
}

// about returns the entries of one ticket from a ledger, and all from any other store.
func about(ctx context.Context, s store.Store, book *statement.Book, id string, progress store.Progress) (*eventlog.Result, error) {
	l, ok := s.(store.Reader)
	if !ok {
		return s.Journal(ctx, book, progress)
	}
	head, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	found, err := l.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	j, err := journalOf(head.Learnt, found)
	if err != nil {
		return nil, err
	}
	return &eventlog.Result{Journal: j, Rows: int64(j.Len()), Entries: int64(j.Len())}, nil
}

// ReadLife reads a ticket's life from a journal.
func ReadLife(book *statement.Book, j *journal.Journal, q Question) (*Life, error) {
	position, ok := j.Find(q.Ticket)
	if !ok {
		return nil, fault.New(fault.NotFound, "Write it as the log does, or read another log.", "the log has no ticket %q", q.Ticket)
	}
	asOf := j.LastLearnt()
	if q.AsOf != nil {
		asOf = *q.AsOf
	}
	r := lifeReader{book: book, journal: j}
	if !ticket.Read(j, position, asOf, &r.history) {
		return nil, fault.New(fault.NotFound, "Ask as of a later instant.", "nothing was known of ticket %q at %s", q.Ticket, asOf)
	}
	contracts := []*contract.Contract{book.Contracts[q.Contract]}
	if q.Contract == "" {
		contracts = r.concerned()
	}
	if len(contracts) == 0 {
		return nil, fault.New(fault.NotFound, "Add a contract to the estate.", "no contract says how ticket %q is timed", q.Ticket)
	}
	return r.life(q.Ticket, contracts), nil
}

// lifeReader reads one ticket by several contracts.
type lifeReader struct {
	book    *statement.Book
	journal *journal.Journal
	history ticket.History
}

// concerned returns the contracts that a ticket concerns, in the order of their ids:
// those that ran while it lived, whose supplier held it or was offered it, or supplies
// the tower of its service. Where there are none, all that ran; else all there are.
func (r *lifeReader) concerned() []*contract.Contract {
	var all, running, mine []*contract.Contract
	h := &r.history
	for _, id := range r.book.IDs() {
		c := r.book.Contracts[id]
		all = append(all, c)
		from, to := term(c)
		if span.DateIn(h.Until(len(h.Moments)-1), c.Location) < from || span.DateIn(h.Opened(), c.Location) >= to {
			continue
		}
		running = append(running, c)
		if r.lastHeldBy(c) >= 0 || r.suppliesService(c) {
			mine = append(mine, c)
		}
	}
	for _, list := range [][]*contract.Contract{mine, running} {
		if len(list) > 0 {
			return list
		}
	}
	return all
}

// lastHeldBy returns the last moment in which a contract's supplier held the ticket or
// was offered it, or -1.
func (r *lifeReader) lastHeldBy(c *contract.Contract) int {
	supplier := r.journal.Symbol(c.Supplier)
	for i := len(r.history.Moments) - 1; i >= 0 && supplier != 0; i-- {
		if r.history.Moments[i].Party == supplier {
			return i
		}
	}
	return -1
}

// tower returns the tower of the ticket's service on the day it was opened.
func (r *lifeReader) tower(c *contract.Contract) string {
	service := r.journal.Name(r.history.Last().Service)
	tower, _ := r.book.Estate.TowerOf(service, span.DateIn(r.history.Opened(), c.Location))
	return tower
}

func (r *lifeReader) suppliesService(c *contract.Contract) bool {
	tower := r.tower(c)
	supplier, ok := r.book.Estate.SupplierOf(tower, span.DateIn(r.history.Opened(), c.Location))
	return ok && supplier == c.Supplier && (len(c.Towers) == 0 || slices.Contains(c.Towers, tower))
}

// mainContract is the one by which the ticket's time is shared out: that of the
// supplier who last held it.
func (r *lifeReader) mainContract(contracts []*contract.Contract) *contract.Contract {
	return slices.MaxFunc(contracts, func(a, b *contract.Contract) int { return r.lastHeldBy(a) - r.lastHeldBy(b) })
}
