// Package store says what the application needs of a place where documents and
// entries are kept, whatever that place is.
//
// A folder of documents and logs on a disk is one such place (see store/folder); a
// database is another. What is computed from a store does not depend on which it is:
// package app draws a statement by the same function from all of them.
package store

import (
	"context"

	"towerbridge/eventlog"
	"towerbridge/statement"
)

// Store is where the documents of an estate and its entries are kept.
type Store interface {
	// Documents returns the estate, its calendars, contracts and mappings as they
	// were written, each under its path within the store, such as
	// contracts/network.yaml. The error is a [towerbridge/fault.Error].
	Documents(ctx context.Context) ([]statement.Source, error)

	// Journal returns all entries, with what became of every row that they were read
	// from. The book is that of the store's own documents: names of groups, services
	// and sites mean what its estate says. The progress may be nil. The error is
	// fault.Findings where a log or its mapping is at fault, otherwise a fault.Error.
	Journal(ctx context.Context, book *statement.Book, progress Progress) (*eventlog.Result, error)

	// Place returns what a person calls a document of the store, for messages: the
	// file's own path instead of its path within the store.
	Place(name string) string
}

// Progress is told how much of a piece of work is done, and how much there is in
// all; zero if that is not known. Its calls do not overlap.
type Progress func(done, total int64)
