package sqlstore

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"
)

// keeper copies SQLite's write-ahead log into the file while others write. Left to
// itself, SQLite does so in the middle of a commit, which then waits for it.
type keeper struct {
	db      *sql.DB
	written chan struct{} // holds a token after a commit
	overdue atomic.Bool   // the log is so long that the next to write is to copy it first
	unclean atomic.Bool   // the log holds what was erased
	limit   int64         // pages at which that is so
	stop    context.CancelFunc
	done    sync.WaitGroup
}

const (
	// keepEvery is the time between two copies.
	keepEvery = 100 * time.Millisecond
	// logPages is the length of the log, in pages of 4 KiB, from which on a writer
	// waits for it to be copied: the log starts anew only when all of it was.
	logPages = 16 << 10
)

func newKeeper(db *sql.DB) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{db: db, written: make(chan struct{}, 1), limit: logPages, stop: cancel}
	db.SetMaxOpenConns(1)
	k.done.Go(func() { k.keep(ctx) })
	return k
}

// wrote says that something was committed.
func (k *keeper) wrote() {
	select {
	case k.written <- struct{}{}:
	default:
	}
}

func (k *keeper) keep(ctx context.Context) {
	for {
		select {
		case <-k.written:
		case <-ctx.Done():
			return
		}
		if k.unclean.Load() {
			k.empty(ctx)
		}
		// An error, such as of a full disk, is met by those who write; the log is
		// copied after the next commit.
		length, copied, err := copyLog(ctx, k.db)
		switch {
		case err != nil:
		case length < logPages:
			k.limit = logPages
		case length >= k.limit:
			k.overdue.Store(true)
			if copied < length {
				k.limit = length + logPages // others still read what is in it
			}
		}
		select {
		case <-time.After(keepEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (k *keeper) close() error {
	k.stop()
	k.done.Wait()
	return k.db.Close()
}

// How long readers are waited for when the log is to be emptied: nobody writes
// meanwhile.
const (
	scrubWait  = 100 // milliseconds, each time
	scrubTimes = 5
)

// scrub empties the log. Where readers do not let it, that is tried again until they do.
func (k *keeper) scrub(ctx context.Context) error {
	k.unclean.Store(true)
	for range scrubTimes {
		if err := k.empty(ctx); err != nil || !k.unclean.Load() {
			return err
		}
	}
	k.wrote()
	return nil
}

// empty copies all of the log and empties it, unless others read what is in it.
func (k *keeper) empty(ctx context.Context) error {
	var busy, length, copied int64
	err := k.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &length, &copied)
	if err != nil || busy != 0 {
		k.wrote() // to come back to it
		return err
	}
	k.unclean.Store(false)
	return nil
}

// copyLog copies as much of the log as nobody reads. It returns how many pages the log
// has, and how many of them are in the file now.
func copyLog(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (length, copied int64, err error) {
	var busy int64
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &length, &copied)
	return length, copied, err
}
