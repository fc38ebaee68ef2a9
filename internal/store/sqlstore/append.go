package sqlstore

import (
	"context"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// A log is appended in one transaction a batch. The batch is cut into parts; workers
// make each part's rows, compressed and sealed, while those before it are put into the
// database:
//
//	parts ─┬▶ worker ─┐
//	       ├▶ worker ─┼─▶ chained in order ─▶ rows of several parts ─▶ engine
//	       └▶ worker ─┘

// partLines is the number of lines of a part, about: those of one stored segment.
const partLines = 2048

// Append writes a part of a log: see [store.Writer]. Acts and items follow the tickets.
// The error is Conflict where a ticket has not the version expected, and Invalid where
// a line cannot be stored.
func (s *Store) Append(ctx context.Context, b *store.Batch) (store.Receipt, error) {
	s.writing.RLock()
	defer s.writing.RUnlock()
	select {
	case <-s.closing:
		return store.Receipt{}, errClosed
	default:
	}
	if err := checkBatch(b); err != nil {
		return store.Receipt{}, err
	}
	parts, err := cutBatch(b)
	if err != nil {
		return store.Receipt{}, err
	}
	tx, err := s.engine.begin(ctx)
	if err != nil {
		return store.Receipt{}, explain(err, "nothing was written to %s", s.name)
	}
	defer tx.rollback()
	st := newStage(s.now(), &s.sealer)
	receipt, err := s.append(ctx, tx, st, parts, &store.Change{Acts: b.Acts, Put: b.Put})
	if err != nil {
		return store.Receipt{}, explain(err, "nothing was written to %s", s.name)
	}
	s.news.tell(st.head.size)
	if after := st.head.tickets; bits.Len64(uint64(after))/2 > bits.Len64(uint64(after)-uint64(len(b.Tickets)))/2 {
		s.engine.settle(ctx) // there are four times as many as there once were
	}
	return receipt, nil
}

// cutBatch cuts a batch into parts and checks what can be checked without the database.
func cutBatch(b *store.Batch) ([]*part, error) {
	var parts []*part
	var p *part
	seen := make(map[string]bool, len(b.Tickets))
	for i := range b.Tickets {
		t := &b.Tickets[i]
		switch {
		case t.Row.ID == "":
			return nil, fault.New(fault.Internal, "", "a ticket of a log has no id")
		case len(t.Lines) == 0:
			return nil, fault.New(fault.Internal, "", "the ticket %s of a log has no entries", t.Row.ID)
		case seen[t.Row.ID]:
			return nil, fault.New(fault.Internal, "", "the ticket %s stands twice in a batch", t.Row.ID)
		}
		seen[t.Row.ID] = true
		if p == nil || p.count >= partLines {
			p = &part{}
			parts = append(parts, p)
		}
		p.tickets = append(p.tickets, t)
		p.count += int64(len(t.Lines))
	}
	return parts, nil
}

// append writes a batch in a transaction and finishes it.
func (s *Store) append(ctx context.Context, tx transaction, st *stage, parts []*part, c *store.Change) (r store.Receipt, err error) {
	if err := st.load(ctx, tx, s.engine.lockHead(), []*request{{change: c}}); err != nil {
		return r, err
	}
	if err := st.loadTickets(ctx, tx, parts); err != nil {
		return r, err
	}
	first := st.head.size + 1
	if err := st.appendParts(ctx, tx, parts); err != nil {
		return r, err
	}
	st.first = st.head.size + 1 // of the acts
	a := st.take(&request{change: c})
	if a.err != nil {
		return r, a.err
	}
	var b batch
	if err := st.write(&b); err != nil {
		return r, err
	}
	s.engine.notify(&b)
	if err := tx.finish(ctx, &b); err != nil {
		return r, s.unfinished(err)
	}
	if st.head.size >= first {
		a.receipt.First, a.receipt.Last = first, st.head.size
	}
	return a.receipt, nil
}

// loadTickets reads how the tickets of a batch stand, checks their versions and gives
// the new ones their numbers.
func (st *stage) loadTickets(ctx context.Context, tx transaction, parts []*part) error {
	var b batch
	var fresh []string
	for _, p := range parts {
		for _, t := range p.tickets {
			if t.Row.Version == 0 {
				fresh = append(fresh, t.Row.ID)
				st.loadCounterOf(&b, t.Row.ID)
			} else {
				st.loadTicket(&b, t.Row.ID)
			}
		}
	}
	for some := range slices.Chunk(fresh, maxList) {
		values := padded(some)
		b.query(func(scan func(...any) error) error {
			t := &standing{}
			err := scan(&t.row.ID, &t.row.Version)
			st.tickets[t.row.ID] = t // only to be refused
			return err
		}, "SELECT id, version FROM ticket WHERE id"+among(values), values...)
	}
	if err := tx.run(ctx, &b); err != nil {
		return err
	}
	at := st.head.size
	for _, p := range parts {
		p.first = at + 1
		at += p.count
		for _, t := range p.tickets {
			if err := st.expect(store.Expect{Ticket: t.Row.ID, Version: t.Row.Version}); err != nil {
				return err
			}
			st.enter(&t.Row)
			p.standings = append(p.standings, st.tickets[t.Row.ID])
			delete(st.tickets, t.Row.ID) // the part writes it
		}
	}
	return nil
}

// appendParts has the parts made and puts them into the database, in their order.
func (st *stage) appendParts(ctx context.Context, tx transaction, parts []*part) error {
	made := make([]chan error, len(parts))
	for i := range made {
		made[i] = make(chan error, 1)
	}
	workers := runtime.GOMAXPROCS(0)
	ahead := make(chan struct{}, 4*workers) // parts that are made and not yet stored
	stop := make(chan struct{})
	var wait sync.WaitGroup
	defer wait.Wait()
	defer close(stop)
	next := make(chan int)
	wait.Go(func() {
		defer close(next)
		for i := range parts {
			select {
			case ahead <- struct{}{}:
			case <-stop:
				return
			}
			select {
			case next <- i:
			case <-stop:
				return
			}
		}
	})
	for range workers {
		wait.Go(func() {
			for i := range next {
				made[i] <- parts[i].make(st.sealer, st.learnt)
			}
		})
	}
	for i, p := range parts {
		var err error
		select {
		case err = <-made[i]:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err == nil {
			err = st.store(ctx, tx, p)
		}
		if err != nil {
			return err
		}
		parts[i] = nil
		<-ahead
	}
	return nil
}

// store chains a part's lines and puts its rows into the database.
func (st *stage) store(ctx context.Context, tx transaction, p *part) error {
	var finished []subtree
	for _, leaf := range p.leaves {
		finished = st.head.add(leaf, finished)
	}
	st.head.learnt = max(st.head.learnt, p.learnt)
	segment := []any{p.first, p.count, p.coding, p.lines, joinHashes(p.leaves), append([]byte{}, st.head.chain[:]...)}
	for _, x := range []struct {
		into *insertion
		rows [][]any
	}{
		{intoSegment, [][]any{segment}},
		{intoSubtree, subtreeRows(finished)},
		{intoWithheld, p.withheld},
		{intoTicket, p.rows},
		{intoTicketParty, p.parties},
		{intoTicketLines, p.chunks},
	} {
		if len(x.rows) == 0 {
			continue
		}
		if err := tx.load(ctx, x.into, x.rows); err != nil {
			return err
		}
	}
	var b batch
	b.insert(intoTicket, p.oldRows)
	b.insert(intoTicketParty, p.oldParties)
	b.insert(intoTicketLines, p.oldChunks)
	return tx.run(ctx, &b)
}

// part is some tickets of a batch, and the rows they become.
type part struct {
	tickets   []*store.BatchTicket
	standings []*standing
	first     int64 // sequence number
	count     int64 // of lines

	coding  int64
	lines   []byte
	leaves  []tlog.Hash
	learnt  span.Instant
	rows    [][]any // of new tickets
	parties [][]any
	chunks  [][]any

	oldRows, oldParties, oldChunks [][]any // of those that were there

	withheld [][]any
}
