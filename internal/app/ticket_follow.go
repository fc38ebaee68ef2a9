package app

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
)

// TicketChange says that something was written about a ticket, and no more: whoever
// wants to know what reads the ticket, as far as he may.
type TicketChange struct {
	Ticket  string `json:"ticket"`
	Version int64  `json:"version"` // sequence number of its last entry

	row store.TicketRow
}

// Feed tells what is written about tickets, as it is written, by this process or
// another. One feed reads the journal for all who follow it, and keeps what was last.
//
//	ledger ─▶ Watch ─▶ new lines, once ─▶ the last changes ─▶ each follower: those he may see
type Feed struct {
	record *Record
	mutex  sync.Mutex
	last   []TicketChange // in the order of their versions
	from   int64          // changes after this sequence number are in last
	to     int64          // as far as was read
	more   chan struct{}  // closed when there is more
	wanted bool           // somebody waits for it: otherwise nothing is read
}

const (
	feedKept  = 4096                   // changes that a feed keeps, and lines that one who comes back may have missed
	feedPause = 100 * time.Millisecond // between two readings: what is written meanwhile comes together
)

// ErrMissed says that more was written than a feed goes back for: who follows it reads
// what he shows anew, and follows from [Feed.Now].
var ErrMissed = fault.New(fault.Conflict, "Read the list again, and follow from there.", "too much was written since")

// NewFeed returns a feed that follows the journal until the context is done.
func NewFeed(ctx context.Context, r *Record) (*Feed, error) {
	head, err := r.Ledger.Head(ctx)
	if err != nil {
		return nil, err
	}
	f := &Feed{record: r, from: head.Size, to: head.Size, more: make(chan struct{})}
	wake := make(chan struct{}, 1)
	var last atomic.Int64
	go r.Ledger.Watch(ctx, func(written int64) {
		last.Store(written)
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	go f.follow(ctx, wake, &last)
	return f, nil
}

// follow reads what is new each time that something is. What cannot be read now is read
// when the ledger answers again.
func (f *Feed) follow(ctx context.Context, wake <-chan struct{}, last *atomic.Int64) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		if f.pass(last.Load()) {
			continue
		}
		for again := true; again; {
			list, to, err := f.record.changes(ctx, f.to+1)
			again = err != nil || to-f.to >= feedKept
			if err == nil {
				f.add(list, to)
			}
			if !pause(ctx, feedPause) {
				return
			}
		}
	}
}

// pass passes over what was written while nobody waits for it. Who comes later reads it
// by himself, if it is not too long ago.
func (f *Feed) pass(to int64) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !f.wanted && to > f.to {
		f.from, f.to, f.last = to, to, nil
	}
	return !f.wanted
}

// pause waits, and reports whether there is reason to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// add keeps what was read, and wakes all who wait.
func (f *Feed) add(list []TicketChange, to int64) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.to = to
	if len(list) == 0 {
		return
	}
	f.last = append(f.last, list...)
	if over := len(f.last) - feedKept; over > 0 {
		f.from = f.last[over-1].Version
		f.last = slices.Clone(f.last[over:])
	}
	close(f.more)
	f.more, f.wanted = make(chan struct{}), false
}

// Now returns the version from which on somebody follows who begins at this moment.
func (f *Feed) Now(ctx context.Context) (int64, error) {
	head, err := f.record.Ledger.Head(ctx)
	return head.Size, err
}

// Since returns the changes after a version that somebody may see, how far they reach,
// and what is closed when there are more. The error is [ErrMissed] where it is too long
// ago.
func (f *Feed) Since(ctx context.Context, who access.Principal, version int64) ([]TicketChange, int64, <-chan struct{}, error) {
	f.mutex.Lock()
	from, to, more := f.from, f.to, f.more
	f.wanted = true
	at, _ := slices.BinarySearchFunc(f.last, version+1, func(c TicketChange, v int64) int { return int(c.Version - v) })
	list := slices.Clone(f.last[at:])
	f.mutex.Unlock()
	if version > to {
		return nil, version, more, nil // it has not read so far yet
	}
	if version < from {
		if to-version > feedKept {
			return nil, to, more, ErrMissed
		}
		var err error
		if list, to, err = f.record.changes(ctx, version+1); err != nil {
			return nil, to, more, err
		}
	}
	book, err := f.record.Book(ctx)
	if err != nil {
		return nil, to, more, err
	}
	asker, now := f.record.Policies.As(who), f.record.Now()
	list = slices.DeleteFunc(list, func(c TicketChange) bool {
		return !asker.May(access.TicketRead, book.resource(&c.row, now)).Allowed
	})
	return list, to, more, nil
}

// changes reads which tickets lines from a sequence number on are about, at most
// feedKept of them, and how far that reaches.
func (r *Record) changes(ctx context.Context, from int64) ([]TicketChange, int64, error) {
	to := from - 1
	seen := map[string]int64{}
	var ids []string
	err := r.Ledger.Lines(ctx, from, func(seq int64, line []byte) bool {
		to = seq
		var about struct{ Ticket string }
		if json.Unmarshal(line, &about) == nil && about.Ticket != "" {
			if _, known := seen[about.Ticket]; !known {
				ids = append(ids, about.Ticket)
			}
			seen[about.Ticket] = seq
		}
		return seq-from+1 < feedKept
	})
	if err != nil || len(ids) == 0 {
		return nil, to, err
	}
	out := make([]TicketChange, 0, len(ids))
	for part := range slices.Chunk(ids, store.MaxPage) {
		found, err := r.Ledger.Tickets(ctx, part)
		if err != nil {
			return nil, to, err
		}
		for id, x := range found {
			out = append(out, TicketChange{Ticket: id, Version: seen[id], row: x.TicketRow})
		}
	}
	slices.SortFunc(out, func(a, b TicketChange) int { return int(a.Version - b.Version) })
	return out, to, nil
}
