package app

import (
	"context"
	"fmt"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

var ruleSkew = fault.Declare(2495, "the clock of the database and this machine's disagree",
	"Let both follow a time server: due times and the order of entries depend on them.")

// maxSkew is by how many seconds clocks may differ unnoticed.
const maxSkew = 2

// Health is what the doctor found.
type Health struct {
	Head     store.Head
	Skew     int64 // seconds by which the store's clock is ahead of ours
	Findings fault.Findings
}

// Doctor checks the record as a whole. It is for whoever stands at the database.
func (r *Record) Doctor(ctx context.Context, progress store.Progress) (*Health, error) {
	out := &Health{}
	var err error
	if out.Findings, err = r.Ledger.Check(ctx, progress); err != nil {
		return nil, err
	}
	theirs, err := r.Ledger.Clock(ctx)
	if err != nil {
		return nil, err
	}
	if theirs != 0 {
		if out.Skew = int64(theirs - r.Now()); out.Skew > maxSkew || out.Skew < -maxSkew {
			out.Findings = append(out.Findings, ruleSkew.At(fault.Position{}, "", "the database's clock is %d seconds ahead of this machine's", out.Skew))
		}
	}
	if out.Head, err = r.Ledger.Head(ctx); err != nil {
		return nil, err
	}
	if now := r.Now(); out.Head.Size > 0 && out.Head.Acted > now+maxSkew {
		out.Findings = append(out.Findings, ruleSkew.At(fault.Position{}, "", "the last act was written at %s, and this machine's clock says %s", out.Head.Acted, now))
	}
	return out, nil
}

// Rebuild makes the indexes anew, and returns how many tickets there are.
func (r *Record) Rebuild(ctx context.Context, q Request, progress store.Progress) (int64, error) {
	if err := r.may(q.Who, access.RecordKeep, access.Record{}); err != nil {
		return 0, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.Ledger.Reindex(ctx, RowOf(book.Book, r.Now()), progress); err != nil {
		return 0, err
	}
	n, err := r.Ledger.Count(ctx, &store.Query{Sight: store.Sight{All: true}}, 1<<31-1)
	if err != nil {
		return 0, err
	}
	_, err = r.Ledger.Commit(ctx, &store.Change{Who: q.Who.ID, Acts: []store.Act{{
		ActDraft: journal.ActDraft{Source: Source, Act: "record.rebuild", By: q.Who.Party, Fields: map[string]string{"tickets": fmt.Sprint(n)}},
		Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}},
	}}})
	return int64(n), err
}

// Operator is whoever stands at the database itself, in one role, in the name of the
// customer. What he does through the record is written down as anybody's.
func (r *Record) Operator(ctx context.Context, role access.Role) access.Principal {
	who := access.Principal{ID: "operator", Name: "at the database", Party: "operator", Kind: estate.Customer, Roles: []access.Role{role}}
	if book, err := r.Book(ctx); err == nil {
		for _, p := range book.Estate.Document().Parties {
			if p.Kind == estate.Customer {
				who.Party = p.ID
				break
			}
		}
	}
	return who
}
