package app

import (
	"context"
	"errors"
	"os"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// withBundle opens a bundle for as long as it is used.
func withBundle(path string, use func(*statement.Bundle) error) error {
	f, err := os.Open(path)
	if err != nil {
		return store.FileError("the bundle", path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return store.FileError("the bundle", path, err)
	}
	if !info.Mode().IsRegular() {
		return fault.New(fault.Invalid, "Name the zip file.", "the bundle %s is not a plain file", path)
	}
	b, err := statement.Open(f, info.Size())
	if err != nil {
		return inFile(err, path)
	}
	if err := use(b); err != nil {
		return inFile(err, path)
	}
	return nil
}

// EarlierBundles returns the statements of bundles, for rules that look back. Each
// bundle has to be whole; that it is right is for [VerifyBundle] to say.
func EarlierBundles(paths []string) ([]*statement.Statement, error) {
	var out []*statement.Statement
	var errs []error
	for _, path := range paths {
		errs = append(errs, withBundle(path, func(b *statement.Bundle) error {
			out = append(out, b.Statement)
			return nil
		}))
	}
	return out, errors.Join(errs...)
}

// VerifyBundle recomputes a bundle from what it carries and nothing else. With keys, a
// missing signature or one of another key is an error.
func VerifyBundle(path string, keys note.Verifiers, workers int) (statement.Report, error) {
	var report statement.Report
	err := withBundle(path, func(b *statement.Bundle) (err error) {
		report, err = statement.Verify(b, keys, workers)
		return err
	})
	return report, err
}

// Superseded is an issued statement and what is known now in its place.
type Superseded struct {
	Old       *statement.Statement
	Statement *statement.Statement // the old one, by its digest, where nothing changed
	Changes   []statement.Change
	Book      *statement.Book
	Log       *eventlog.Result
}

// Changed reports whether there is anything to supersede.
func (s *Superseded) Changed() bool { return s.Old.Digest != s.Statement.Digest }

// Supersede draws the period of an issued statement again, as known at a later instant
// (nil: the last at which the log learnt anything), and lists what changed.
func Supersede(ctx context.Context, path string, s store.Store, asOf *span.Instant, workers int, progress store.Progress) (*Superseded, error) {
	out := &Superseded{}
	err := withBundle(path, func(b *statement.Bundle) error {
		out.Old = b.Statement
		return nil
	})
	if err != nil {
		return nil, err
	}
	if out.Book, err = ReadBook(ctx, s); err != nil {
		return nil, err
	}
	if out.Log, err = s.Journal(ctx, out.Book, progress); err != nil {
		return nil, err
	}
	out.Statement, out.Changes, err = statement.Supersede(out.Old, out.Book, out.Log.Journal, asOf, workers)
	return out, err
}
