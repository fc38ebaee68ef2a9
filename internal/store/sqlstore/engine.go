package sqlstore

import (
	"context"
	"database/sql"
)

// engine is what differs between the two databases. All else in this package is one
// text for both.
type engine interface {
	// begin begins the transaction in which lines are written. There is one at a time
	// in a process; that of another process is waited for by reading the head.
	begin(ctx context.Context) (transaction, error)

	// readers returns what is read through.
	readers() *sql.DB

	// whole returns statements that make a transaction ready to read tables from end to
	// end and to join them.
	whole() []string

	// lockHead is added to the query that reads the head in order to write it.
	lockHead() string

	// notify adds to a batch what tells other processes of a commit.
	notify(b *batch)

	// watch calls changed after commits of other processes, and perhaps at other times,
	// until the context is done.
	watch(ctx context.Context, changed func())

	// settle is called when the tables have become much larger.
	settle(ctx context.Context)

	// scrub removes from the files what deleted rows have left there, as far as it is
	// in the engine's power.
	scrub(ctx context.Context) error

	// ping finds out whether something could be written.
	ping(ctx context.Context) error

	// clock returns the text of a query for the engine's own clock; empty where it has
	// none.
	clock() string

	close() error
}

// transaction is one that writes. After an error only rollback is called.
type transaction interface {
	// run runs a batch.
	run(ctx context.Context, b *batch) error

	// load inserts many rows that cannot be there yet.
	load(ctx context.Context, into *insertion, rows [][]any) error

	// finish runs a last batch and commits.
	finish(ctx context.Context, b *batch) error

	// rollback undoes everything. After finish it does nothing.
	rollback()
}
