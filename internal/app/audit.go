package app

import (
	"context"
	"strings"

	"towerbridge/audit"
	"towerbridge/document"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// Auditing says what is looked at for patterns.
type Auditing struct {
	Contracts  []string      // ids; none asks about all
	Periods    []span.Period // what happened outside them is not looked at; none is everything
	AsOf       *span.Instant // nothing learnt later is read; nil is the last instant at which the log learnt anything
	Thresholds string        // file of the document; empty is what the program ships
	Workers    int           // how many read at once; less than one means one for each processor
}

// Audited is what an audit came to, and what it was read from.
type Audited struct {
	Book   *statement.Book
	Log    *eventlog.Result
	Report *audit.Report
}

// Audit looks for patterns in a store's journal. Thresholds and contracts are checked
// before the log is read.
func Audit(ctx context.Context, s store.Store, a Auditing, progress store.Progress) (*Audited, error) {
	thresholds, err := auditThresholds(a.Thresholds)
	if err != nil {
		return nil, err
	}
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, id := range a.Contracts {
		if book.Contracts[id] == nil {
			return nil, fault.Findings{ruleNoSuchContract.At(fault.Position{}, "contract", "there is no contract %q, only %s", id, strings.Join(book.IDs(), ", "))}
		}
	}
	log, err := s.Journal(ctx, book, progress)
	if err != nil {
		return nil, err
	}
	o := audit.Options{Thresholds: thresholds, Contracts: a.Contracts, AsOf: a.AsOf, Workers: a.Workers, Periods: a.Periods}
	report, err := audit.Look(book, log.Journal, o)
	return &Audited{Book: book, Log: log, Report: report}, err
}

func auditThresholds(file string) (audit.Thresholds, error) {
	if file == "" {
		return audit.Shipped(), nil
	}
	data, err := store.ReadFile("the thresholds", file, document.MaxBytes)
	if err != nil {
		return audit.Thresholds{}, err
	}
	t, findings := audit.ReadThresholds(file, data)
	return t, findings.Err()
}
