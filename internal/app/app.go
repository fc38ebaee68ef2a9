// Package app is what the program does for its users, one file a use.
//
// Every use is the same three steps: load what it needs from a store, compute by the
// pure packages below, write what came of it. The middle step lives elsewhere; here
// is only the order of things, so that the command line, and later pages and an API,
// do them alike:
//
//	check.go           findings in documents, and worked examples
//	estate_view.go     who supplies what to whom on a date
//	statement_draw.go  the statements of contracts and periods
//	explain.go         one ticket's life
//	key.go             keys that sign bundles
//	output.go          files that are all written, or none
//
// Nothing here asks what time it is: a statement depends on its documents, its log
// and the instant it is read at, never on the moment of drawing it.
package app

import (
	"context"
	"slices"

	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// Findings of commands.
var (
	ruleNoSuchContract = fault.Declare(1901, "there is no contract of that id",
		"Give one of the ids that the message lists.")
	ruleOutsideTerm = fault.Declare(1902, "the contract does not run in the period",
		"Ask for a period within its term.")
	ruleNoPeriod = fault.Declare(1903, "the period holds no service period of the contract",
		"Ask for whole service periods: months, or quarters where the contract has quarters.")
	ruleNothingToCheck = fault.Declare(1904, "there is nothing to check",
		"Name a folder that holds an estate.yaml or worked examples, or one above it.")
	ruleNoEntry = fault.Declare(1905, "the log has no entry",
		"Check that the export worked; where there truly were no tickets, say by --as-of when that was known.")
)

// ReadBook reads a store's documents and checks them against each other. The error
// is fault.Findings, with the places that a person knows, where a document is at fault.
func ReadBook(ctx context.Context, s store.Store) (*statement.Book, error) {
	sources, err := s.Documents(ctx)
	if err != nil {
		return nil, err
	}
	book, findings := statement.ReadBook(sources, calendar.Shipped())
	return book, placed(findings, s.Place).Err()
}

// placed gives findings the places that a person knows.
func placed(findings fault.Findings, place func(string) string) fault.Findings {
	out := slices.Clone(findings)
	for i := range out {
		if out[i].Position.File != "" {
			out[i].Position.File = place(out[i].Position.File)
		}
	}
	return out
}
