package app

import (
	"context"

	"towerbridge/document"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/reconcile"
	"towerbridge/span"
	"towerbridge/statement"
)

// Reconciliation asks for a supplier's own figures beside ours.
type Reconciliation struct {
	Contract string                 // id
	Period   span.Period            // a service period of the contract
	AsOf     *span.Instant          // nothing learnt later is read; nil is the period's own default
	Earlier  []*statement.Statement // issued statements of earlier periods
	Figures  string                 // the supplier's file
	Mapping  string                 // file that says how the supplier writes; may be empty
	Columns  map[string]string      // names of columns by their roles, before those of the mapping
	Measures []string               // ids; none asks for those that the figures name
	Workers  int
}

// Reconcile lays a supplier's figures beside ours. The supplier's file is read before
// the log, which takes longest.
func Reconcile(ctx context.Context, s store.Store, q Reconciliation, progress store.Progress) (*reconcile.Report, *eventlog.Result, error) {
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	draw := Draw{Contracts: []string{q.Contract}, Periods: []span.Period{q.Period}, AsOf: q.AsOf, Earlier: q.Earlier}
	orders, err := draw.orders(book)
	if err != nil {
		return nil, nil, err
	}
	if len(orders) != 1 {
		return nil, nil, fault.Findings{ruleNoPeriod.At(fault.Position{}, "period", "%s is not one service period of contract %s", q.Period, q.Contract)}
	}
	figures, err := q.read(book)
	if err != nil {
		return nil, nil, err
	}
	log, err := s.Journal(ctx, book, progress)
	if err != nil {
		return nil, nil, err
	}
	if log.Entries == 0 && q.AsOf == nil {
		return nil, nil, fault.Findings{ruleNoEntry.At(fault.Position{File: log.Files[0]}, "", "the log has no entry, and so no instant at which anything was known")}
	}
	drawn, err := statement.Draw(book, log.Journal, orders, q.Workers)
	if err != nil {
		return nil, nil, err
	}
	report, err := reconcile.Compare(book, log.Journal, drawn[0], figures)
	return report, log, err
}

// read reads the supplier's file by its mapping.
func (q *Reconciliation) read(book *statement.Book) (*reconcile.Figures, error) {
	var m reconcile.Mapping
	if q.Mapping != "" {
		data, err := store.ReadFile("the mapping of the figures", q.Mapping, document.MaxBytes)
		if err != nil {
			return nil, err
		}
		var findings fault.Findings
		if m, findings = reconcile.ReadMapping(q.Mapping, data); len(findings) > 0 {
			return nil, findings
		}
	}
	for role, name := range q.Columns {
		if err := m.Column(role, name); err != nil {
			return nil, err
		}
	}
	data, err := store.ReadFile("the supplier's file", q.Figures, reconcile.MaxBytes)
	if err != nil {
		return nil, err
	}
	figures, findings := reconcile.Read(q.Figures, data, m, book.Contracts[q.Contract], q.Measures)
	return figures, findings.Err()
}
