// Package sqlstore keeps a ledger in a database: a file of SQLite, or PostgreSQL.
//
//	callers ── Commit ──┐
//	callers ── Commit ──┼─▶ committer ── one transaction ──▶ engine
//	import  ── Append ──┘   (a group)                          ├ SQLite
//	callers ── Ticket, List, Part ... ── readers ─────────────▶└ PostgreSQL
//
// Both engines run the same statements; what differs between them is in sqlite.go and
// postgres.go, and in the words in braces of the migrations. Values are whole numbers,
// texts and bytes only; instants are seconds of UTC.
//
// Whoever writes first locks the head, the one row that says how far the journal has
// come, so sequence numbers have no gaps however many processes write. Nothing about
// the state of the database is kept in memory from one transaction to the next: after
// an error the next one starts from what is stored.
//
// Lines are stored twice: in segments, in the order of their sequence numbers, which
// are the truth; and by ticket, which is an index. Withheld content is stored sealed:
// see seal.go.
package sqlstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// Options says how a store is opened. Every field may be left out, but for the secret
// of a record on PostgreSQL.
type Options struct {
	// Secret is what withheld content is sealed with: SecretSize random bytes. Nil
	// means that of the file beside the one of SQLite, which is made with it.
	Secret []byte

	// Now returns the present instant. The store needs it for the instant at which it
	// learns of something, and for items that end.
	Now func() span.Instant

	// Random is where salts, shards and secrets come from.
	Random io.Reader

	// Readers is the number of connections that read; zero means twice the number of
	// processors. There are always two more than a journal is gathered through.
	Readers int

	// Committed is told of each group of changes that was committed together: how many
	// there were, and how long it took. Nil is nobody.
	Committed func(changes int, took time.Duration)
}

// Store is a ledger in a database. It may be used from many goroutines.
type Store struct {
	engine  engine
	sealer  sealer
	now     func() span.Instant
	told    func(int, time.Duration) // of groups
	name    string                   // for messages
	queue   chan *request
	closing chan struct{} // closed when no more is to be written
	closed  chan struct{} // closed when the committer has ended
	swept   span.Instant  // when the committer last did
	once    sync.Once
	writing sync.RWMutex // held by logs that are appended; wholly when the store is closed

	texts     *texts
	gathering chan struct{} // holds a token while a journal is gathered
	news      news
}

var _ store.Ledger = (*Store)(nil)

// Open opens the ledger at a URL, and makes it where there is none: a file of SQLite
// (sqlite:PATH, or a path ending in .db or .sqlite), or a database of PostgreSQL
// (postgres://..., or a connection string with host= or dbname=). A database that an
// older program made is brought up to date. No error repeats a password.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	where, err := parseAddress(url)
	if err != nil {
		return nil, err
	}
	if o.Random == nil {
		o.Random = rand.Reader
	} else {
		o.Random = &oneAtATime{from: o.Random}
	}
	if o.Now == nil {
		o.Now = func() span.Instant { return span.Instant(time.Now().Unix()) }
	}
	if o.Readers <= 0 {
		o.Readers = 2 * runtime.GOMAXPROCS(0)
	}
	o.Readers = max(o.Readers, gatherers()+2)
	if o.Secret == nil && where.file != "" {
		if o.Secret, err = readSecret(where.file, o.Random); err != nil {
			return nil, err
		}
	}
	if err := checkSecret(o.Secret); err != nil {
		return nil, err
	}
	s := &Store{
		sealer: sealer{bytes.Clone(o.Secret), o.Random}, now: o.Now, swept: o.Now(), told: o.Committed, name: where.name(),
		queue: make(chan *request, maxGroup), closing: make(chan struct{}), closed: make(chan struct{}),
		gathering: make(chan struct{}, 1),
	}
	if where.file != "" {
		s.engine, err = openSQLite(ctx, where.file, o.Readers)
	} else {
		s.engine, err = openPostgres(ctx, where.postgres, o.Readers)
	}
	if err != nil {
		return nil, err
	}
	s.texts = &texts{db: s.engine.readers(), keeps: where.file != "", queries: map[string]*sql.Stmt{}}
	if err := s.claim(ctx); err != nil {
		return nil, errors.Join(err, s.engine.close())
	}
	go s.serve()
	return s, nil
}

// claim marks a new database with the secret, and refuses one that was made with
// another.
func (s *Store) claim(ctx context.Context) error {
	var mark []byte
	read := func() error {
		return s.engine.readers().QueryRowContext(ctx, "SELECT mark FROM head WHERE id = 1").Scan(&mark)
	}
	if err := read(); err != nil {
		return explain(err, "%s cannot be read", s.name)
	}
	if len(mark) == 0 {
		tx, err := s.engine.begin(ctx)
		if err == nil {
			defer tx.rollback()
			var b batch
			b.exec("UPDATE head SET mark = $1 WHERE id = 1 AND length(mark) = 0", s.sealer.mark())
			err = tx.finish(ctx, &b)
		}
		if err == nil {
			err = read()
		}
		if err != nil {
			return explain(err, "%s cannot be written to", s.name)
		}
	}
	if !bytes.Equal(mark, s.sealer.mark()) {
		return fault.New(fault.Invalid, "Give the secret that was kept with the record.", "%s was made with another secret", s.name)
	}
	return nil
}

// Close lets those who wait finish, and closes the database.
func (s *Store) Close() error {
	err := error(nil)
	s.once.Do(func() {
		close(s.closing)
		<-s.closed
		s.news.close()
		s.writing.Lock()
		defer s.writing.Unlock()
		err = explain(errors.Join(s.texts.close(), s.engine.close()), "%s cannot be closed", s.name)
	})
	return err
}
