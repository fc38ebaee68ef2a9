package app

import (
	"context"
	"fmt"

	"towerbridge/eventlog"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// Refused says that rows of a log could not be read, and that nobody has accepted to
// go on without them. Log says which rows they are and why.
type Refused struct{ Log *eventlog.Result }

// Error counts the rows.
func (r *Refused) Error() string {
	return fmt.Sprintf("%d of %d rows of the log could not be read", r.Log.Refused, r.Log.Rows)
}

// EveryRow returns a store whose log is given out only where each of its rows became
// an entry or waits for a decision; otherwise the error of its Journal is a
// [*Refused]. What is owed must not depend on rows that nobody has looked at.
func EveryRow(s store.Store) store.Store { return everyRow{s} }

type everyRow struct{ store.Store }

// Journal returns the log of the store below, or which of its rows cannot be read.
func (s everyRow) Journal(ctx context.Context, book *statement.Book, progress store.Progress) (*eventlog.Result, error) {
	log, err := s.Store.Journal(ctx, book, progress)
	if err == nil && log.Refused > 0 {
		return nil, &Refused{log}
	}
	return log, err
}
