package app

import (
	"context"
	"slices"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/whatif"
)

// WhatIf asks for a log replayed by another book.
type WhatIf struct {
	Merges []whatif.Merge
	whatif.Options
}

// Replay replays a store's log by the documents of another; where there is no other,
// only what merges is different. Everything that can be wrong with the documents is
// looked at before the log is read.
func Replay(ctx context.Context, s, against store.Store, q WhatIf, progress store.Progress) (*whatif.Result, *eventlog.Result, error) {
	old, now, err := readSides(ctx, s, against, q.Periods)
	if err != nil {
		return nil, nil, err
	}
	plan, findings := whatif.NewPlan(old.Book.Estate, now.Book.Estate, firstDays(q.Periods), q.Merges)
	if len(findings) > 0 {
		return nil, nil, findings
	}
	if against == nil {
		now.Orders = slices.DeleteFunc(now.Orders, func(o statement.Order) bool { return !plan.Stays(old.Book.Contracts[o.Contract].Supplier) })
	}
	log, err := s.Journal(ctx, old.Book, progress)
	if err != nil {
		return nil, nil, err
	}
	if log.Entries == 0 {
		return nil, nil, fault.Findings{ruleNoEntry.At(fault.Position{File: log.Files[0]}, "", "the log has no entry, and so there is nothing to replay")}
	}
	result, err := whatif.Replay(log.Journal, old, now, plan, q.Options)
	return result, log, err
}

// readSides reads both books, and lists the statements that each can draw.
func readSides(ctx context.Context, s, against store.Store, periods []span.Period) (old, now whatif.Side, err error) {
	if old.Book, err = ReadBook(ctx, s); err != nil {
		return old, now, err
	}
	now.Book = old.Book
	if against != nil {
		if now.Book, err = ReadBook(ctx, against); err != nil {
			return old, now, err
		}
	}
	draw := Draw{Periods: periods}
	if old.Orders, err = draw.orders(old.Book); err != nil {
		return old, now, err
	}
	now.Orders, err = draw.orders(now.Book)
	return old, now, err
}
