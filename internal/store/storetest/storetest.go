// Package storetest is what every ledger promises, as tests.
//
// [Run] holds an engine to the promises of [towerbridge/internal/store.Ledger]: each is
// a subtest that begins with the sentence it holds. What a test expects is worked out
// here a second time, by plain means: a chain from the lines, a list by a loop over all
// tickets. No engine is compared with another engine.
//
//	Place ── Open ──▶ store.Ledger    each Open as another process would
//	  │
//	  └ Folders: all that the place stores lies below them, to be searched for text
//
// [Postgres] gives a test a database of its own on a throw-away PostgreSQL cluster, and
// [NewCluster] a whole cluster that may be killed. Only tests import this package.
package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"towerbridge/internal/store"
	"towerbridge/span"
)

// Place is somewhere that a ledger is kept. It is empty at first.
type Place struct {
	// Open opens the ledger that is kept there, each time as another process would.
	// The test closes it. The clock is what the ledger reads its instants from.
	Open func(t testing.TB, clock *Clock) store.Ledger

	// Folders hold every file in which the place keeps anything.
	Folders []string
}

// Clock is a clock that a test sets. It may be read and set from many goroutines.
type Clock struct{ seconds atomic.Int64 }

// NewClock returns a clock that stands at an instant.
func NewClock(at span.Instant) *Clock {
	c := &Clock{}
	c.Set(at)
	return c
}

// Now returns the instant at which the clock stands, as a time in UTC.
func (c *Clock) Now() time.Time { return c.Instant().Time() }

// Instant returns the instant at which the clock stands.
func (c *Clock) Instant() span.Instant { return span.Instant(c.seconds.Load()) }

// Set puts the clock to an instant, back or forth.
func (c *Clock) Set(at span.Instant) { c.seconds.Store(int64(at)) }

// Start is the instant at which the suite's clocks stand at first: 2026-06-01T08:00:00Z.
const Start span.Instant = 1780300800
