package sqlstore

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// commitLimit is how long a group may take before it is given up.
const commitLimit = 30 * time.Second

// maxGroup is the number of changes that are committed together.
const maxGroup = 256

// request is a change that waits to be committed.
type request struct {
	change *store.Change
	erase  []store.Withheld
	state  atomic.Int32
	answer chan answer // takes one
}

type answer struct {
	receipt store.Receipt
	err     error
}

// The states of a request. It leaves waiting once: either it is taken into a group, and
// then answered, or its caller has gone, and then it is never looked at.
const (
	waiting = iota
	taken
	withdrawn
)

// Commit writes a change: see [store.Writer]. The change must not be altered before it
// returns. Where the context ends first, nothing was written.
func (s *Store) Commit(ctx context.Context, c *store.Change) (store.Receipt, error) {
	return s.submit(ctx, &request{change: c, answer: make(chan answer, 1)})
}

// Erase drops withheld content for ever: see [store.Writer]. On SQLite the bytes are
// gone from the files when it returns, or, where others still read the old state, soon
// after they have ended. PostgreSQL frees them when it vacuums the table; until then
// they are noise to whoever has not the record's secret and the row as it was.
func (s *Store) Erase(ctx context.Context, items []store.Withheld, c *store.Change) (store.Receipt, error) {
	receipt, err := s.submit(ctx, &request{change: c, erase: items, answer: make(chan answer, 1)})
	if err == nil && !c.Dry {
		err = explain(s.engine.scrub(ctx), "it was erased, but is not yet out of the files of %s", s.name)
	}
	return receipt, err
}

func (s *Store) submit(ctx context.Context, r *request) (store.Receipt, error) {
	if err := checkTexts(r.change); err != nil {
		return store.Receipt{}, err
	}
	select {
	case <-s.closing:
		return store.Receipt{}, errClosed
	default:
	}
	select {
	case s.queue <- r:
	case <-s.closing:
		return store.Receipt{}, errClosed
	case <-ctx.Done():
		return store.Receipt{}, gone(ctx)
	}
	select {
	case a := <-r.answer:
		return a.receipt, a.err
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, withdrawn) {
			return store.Receipt{}, gone(ctx)
		}
	case <-s.closed:
		// The committer may have answered, or never seen it.
		if r.state.CompareAndSwap(waiting, withdrawn) {
			return store.Receipt{}, errClosed
		}
	}
	a := <-r.answer
	return a.receipt, a.err
}

var errClosed = fault.New(fault.Unavailable, "Try again when it has started.", "the record is being closed")

// gone is the error of a caller that has stopped waiting.
func gone(ctx context.Context) error {
	return &fault.Error{Kind: fault.Unavailable, Message: "nothing was written: the time for it was over", Remedy: "Try again.", Cause: context.Cause(ctx)}
}

// serve commits what waits, until the store is closed and nothing waits any more.
func (s *Store) serve() {
	defer close(s.closed)
	group := make([]*request, 0, maxGroup)
	for {
		select {
		case r := <-s.queue:
			group = append(group[:0], r)
		case <-s.closing:
			select {
			case r := <-s.queue:
				group = append(group[:0], r)
			default:
				return
			}
		}
		for more := true; more && len(group) < maxGroup; {
			select {
			case r := <-s.queue:
				group = append(group, r)
			default:
				more = false
			}
		}
		s.commitGroup(group)
	}
}

// commitGroup commits the requests whose callers still wait and answers them.
func (s *Store) commitGroup(group []*request) {
	kept := group[:0]
	for _, r := range group {
		if r.state.CompareAndSwap(waiting, taken) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return
	}
	begun := time.Now()
	answers, size, err := s.transact(kept)
	if err == nil && s.told != nil {
		s.told(len(kept), time.Since(begun))
	}
	for i, r := range kept {
		if err != nil {
			r.answer <- answer{err: err}
		} else {
			r.answer <- answers[i]
		}
	}
	if err == nil {
		s.news.tell(size)
	}
}

// transact commits a group in one transaction. The error is that of all of them.
func (s *Store) transact(group []*request) (answers []answer, size int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	tx, st, err := s.enter(ctx, group)
	if err != nil {
		return nil, 0, explain(err, "nothing was written to %s", s.name)
	}
	defer tx.rollback()
	answers = make([]answer, len(group))
	for i, r := range group {
		answers[i] = st.take(r)
	}
	if !st.dirty {
		return answers, st.head.size, nil
	}
	var b batch
	s.sweep(&b, st.now)
	if err := st.write(&b); err != nil {
		return nil, 0, err
	}
	s.engine.notify(&b)
	if err := tx.finish(ctx, &b); err != nil {
		return nil, 0, s.unfinished(err)
	}
	return answers, st.head.size, nil
}

// enter begins a transaction and reads what a group speaks of. A connection that has
// gone since it was last used is noticed here, before anything was written: so it is
// tried again with another.
func (s *Store) enter(ctx context.Context, group []*request) (transaction, *stage, error) {
	for attempt := 0; ; attempt++ {
		tx, err := s.engine.begin(ctx)
		if err != nil {
			return nil, nil, err
		}
		st := newStage(s.now(), &s.sealer)
		if err = st.load(ctx, tx, s.engine.lockHead(), group); err == nil {
			return tx, st, nil
		}
		tx.rollback()
		if attempt == writers || !isConnection(err) {
			return nil, nil, err
		}
	}
}

// KeyLife is for how long an idempotency key is remembered, in seconds: thirty days.
const KeyLife = 30 * 24 * 3600

// sweepEvery is how often what has ended is swept away, in seconds.
const sweepEvery = 3600

// sweep adds to a batch what removes items that have ended and keys that are forgotten.
// It is for the committer alone.
func (s *Store) sweep(b *batch, now span.Instant) {
	if now < s.swept+sweepEvery {
		return
	}
	s.swept = now
	b.exec("DELETE FROM item WHERE until > 0 AND until <= $1", int64(now))
	b.exec("DELETE FROM replay WHERE at <= $1", int64(now)-KeyLife)
}

// unfinished explains the error of a transaction's end. Where the connection or the disk
// failed just then, it is not known whether the database has committed.
func (s *Store) unfinished(err error) error {
	if !isUncertain(err) {
		return explain(err, "nothing was written to %s", s.name)
	}
	err = explain(err, "it is not known whether it was written to %s", s.name)
	var e *fault.Error
	if errors.As(err, &e) {
		e.Remedy += " With the same idempotency key it is not written twice."
	}
	return err
}
