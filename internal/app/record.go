package app

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"towerbridge/access"
	"towerbridge/calendar"
	"towerbridge/directory"
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Record is the one way in which anybody reads or writes a ledger. Whatever is asked
// of it takes the same steps:
//
//	who ─▶ right ─▶ load ─▶ rules ─▶ change ─▶ commit ─▶ answer
//	       (access)         (pure)             (ledger)
//
// Pages, the API, the command line and bonds have no second way. A Record may be used
// from many goroutines.
type Record struct {
	Ledger   store.Ledger
	Policies *access.Policies
	Now      func() span.Instant // the present; asked here and nowhere below
	Random   io.Reader           // of secrets

	books   books
	drawing *semaphore.Weighted // statements are drawn one at a time: each takes all processors, and memory
}

// NewRecord returns a record over a ledger. It follows what other processes write
// until the context is done.
func NewRecord(ctx context.Context, l store.Ledger, p *access.Policies, now func() span.Instant, random io.Reader) *Record {
	r := &Record{Ledger: l, Policies: p, Now: now, Random: random, drawing: semaphore.NewWeighted(1)}
	go l.Watch(ctx, func(int64) { r.books.stale.Store(true) })
	r.books.stale.Store(true)
	return r
}

// Request is who asks for a change, and how.
type Request struct {
	Who     access.Principal
	Key     string // idempotency key; empty where the caller does not repeat requests
	Digest  []byte // of what is asked; the same key with another is refused
	Dry     bool   // do everything but keep nothing
	Version int64  // that the thing to be changed must have; zero: whichever it has
}

// Book is a record's documents as they stand, checked against each other.
type Book struct {
	*statement.Book
	Number int64 // of the change that made it so; see [store.Head]

	day atomic.Pointer[dated] // the estate on the date that was asked for last
}

// dated is an estate on a date.
type dated struct {
	on   span.Date
	view estate.View
}

// view returns the estate on a date. It must not be changed.
func (b *Book) view(on span.Date) *estate.View {
	d := b.day.Load()
	if d == nil || d.on != on {
		d = &dated{on, b.Estate.On(on)}
		b.day.Store(d)
	}
	return &d.view
}

// books keeps the book that was read last.
type books struct {
	stale atomic.Bool // something was committed since it was last looked at
	last  atomic.Pointer[Book]
	read  sync.Mutex
}

// Book returns the documents of the record. It reads them again only when one was put.
// The error is NotFound where there is no estate yet.
func (r *Record) Book(ctx context.Context) (*Book, error) {
	if last := r.books.last.Load(); last != nil && !r.books.stale.Load() {
		return last, nil
	}
	r.books.read.Lock()
	defer r.books.read.Unlock()
	r.books.stale.Store(false)
	book, err := r.readBook(ctx)
	if err != nil {
		r.books.stale.Store(true)
		return nil, err
	}
	r.books.last.Store(book)
	return book, nil
}

func (r *Record) readBook(ctx context.Context) (*Book, error) {
	head, err := r.Ledger.Head(ctx)
	if err != nil {
		return nil, err
	}
	if last := r.books.last.Load(); last != nil && last.Number == head.Book {
		return last, nil
	}
	sources, err := r.Ledger.Documents(ctx)
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, fault.New(fault.NotFound, "Put an estate with its calendars and contracts into the record.", "the record has no estate yet")
	}
	book, findings := statement.ReadBook(sources, calendar.Shipped())
	return &Book{Book: book, Number: head.Book}, withoutContract(findings).Err()
}

// today is the date in the estate's zone.
func (b *Book) today(now span.Instant) span.Date {
	zone, err := b.Zones.Location(b.Estate.Document().Zone)
	if err != nil {
		zone, _ = b.Zones.Location("Etc/UTC")
	}
	return span.DateIn(now, zone)
}

// Principal returns somebody with the rights that a party has on a day beside his own.
func (b *Book) Principal(who access.Principal, now span.Instant) access.Principal {
	who.Kind = b.Estate.PartyKind(who.Party)
	who.Manages = nil
	for _, s := range b.view(b.today(now)).Supplies {
		if s.Supplier == who.Party {
			who.Manages = append(who.Manages, s.Manages...)
		}
	}
	return who
}

// may returns why somebody may not do something, or nil.
func (r *Record) may(who access.Principal, what access.Action, on access.Resource) error {
	return r.Policies.May(who, what, on).Err()
}

// journalOf reads the lines of tickets into a journal, in the order given.
func journalOf(learnt span.Instant, found ...*store.Found) (*journal.Journal, error) {
	lines := eventlog.NewLines(learnt)
	for _, f := range found {
		for _, line := range f.Lines.Line {
			if err := lines.Add(line); err != nil {
				return nil, fault.Wrap(fault.Internal, err, "the stored lines of ticket %s cannot be read", f.ID)
			}
		}
	}
	j, findings := journal.Merge([]*journal.Builder{lines.Builder()}, []uint32{0})
	return j, findings.Err()
}

// person returns somebody of the directory. The error is NotFound where there is none
// of that id.
func (r *Record) person(ctx context.Context, id string) (*directory.Person, error) {
	item, err := r.Ledger.Get(ctx, store.People, id)
	if err != nil {
		return nil, err
	}
	p, err := directory.DecodePerson(item.Data)
	return &p, err
}
