package app

import (
	"context"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// IssuedEntry is the issued statement that stands for a period, as lists show it.
type IssuedEntry struct {
	Contract string      `json:"contract"`
	Period   span.Period `json:"period"`
	Version  int64       `json:"version"` // from one; each supersedes the one before
	Digest   string      `json:"digest"`
}

// ListStatements returns the issued statements that stand and that somebody may read, by
// period; of one contract, or of all where none is named.
func (r *Record) ListStatements(ctx context.Context, who access.Principal, contract string) ([]IssuedEntry, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	b := store.Browse{Shelf: store.Statements, NoData: true}
	if contract != "" {
		if _, err := r.figured(book, who, access.StatementRead, contract); err != nil {
			return nil, err
		}
		b.Group = &contract
	}
	out := []IssuedEntry{}
	err = r.browse(ctx, b, func(item store.Item) error {
		c := book.Contracts[item.Group]
		if c == nil || r.may(who, access.StatementRead, book.figure(c)) != nil {
			return nil
		}
		name, digest, _ := strings.Cut(item.Sort, " ")
		period, err := span.ParsePeriod(name)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the issued statement %s cannot be read", item.ID)
		}
		out = append(out, IssuedEntry{Contract: item.Group, Period: period, Version: item.Version, Digest: digest})
		return nil
	})
	return out, err
}

// StatementHistory returns all issued statements of a period, the one that stands first,
// each with what it changed of the one before.
func (r *Record) StatementHistory(ctx context.Context, who access.Principal, contract string, period span.Period) ([]Issued, error) {
	if err := r.mayReadStatement(ctx, who, contract); err != nil {
		return nil, err
	}
	out := []Issued{}
	item, err := r.Ledger.Get(ctx, store.Statements, statementID(contract, period))
	if isNotFound(err) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for version := int64(1); version <= item.Version; version++ {
		x, err := r.issued(ctx, contract, period, version)
		if err != nil {
			return nil, err
		}
		if n := len(out); n > 0 {
			x.Changes = statement.Compare(out[n-1].Statement, x.Statement)
		}
		out = append(out, *x)
	}
	slices.Reverse(out)
	return out, nil
}

// ReadStatement returns an issued statement as it was issued.
func (r *Record) ReadStatement(ctx context.Context, who access.Principal, contract string, period span.Period, version int64) (*Issued, error) {
	if err := r.mayReadStatement(ctx, who, contract); err != nil {
		return nil, err
	}
	return r.issued(ctx, contract, period, version)
}

func (r *Record) mayReadStatement(ctx context.Context, who access.Principal, contract string) error {
	book, err := r.Book(ctx)
	if err != nil {
		return err
	}
	_, err = r.figured(book, who, access.StatementRead, contract)
	return err
}

// DrawIssued draws an issued statement again, as of its own instant and by the documents
// of that time, for a bundle or a page of it. The error is of kind Disagrees where the
// record gives another statement than was issued.
func (r *Record) DrawIssued(ctx context.Context, who access.Principal, contract string, period span.Period, version int64) (*Drawn, error) {
	x, err := r.ReadStatement(ctx, who, contract, period, version)
	if err != nil {
		return nil, err
	}
	book, err := r.bookOf(ctx, x.Statement)
	if err != nil {
		return nil, err
	}
	drawn, changes, err := r.drawAgain(ctx, book, x.Statement, x.AsOf)
	if err != nil {
		return nil, err
	}
	if drawn.Statements[0].Digest != x.Digest {
		return nil, fault.New(fault.Disagrees, "Issue another that supersedes it, to see what differs.",
			"statement %d of %s for %s, drawn again as of %s, is another: %d lines differ", version, contract, period, x.AsOf, len(changes))
	}
	return drawn, nil
}

// bookOf returns the documents by which a statement was drawn: where one has changed
// since, the version that has the digest.
func (r *Record) bookOf(ctx context.Context, s *statement.Statement) (*statement.Book, error) {
	missing := map[string]bool{}
	for _, d := range s.Documents {
		missing[d.Digest] = true
	}
	var sources []statement.Source
	var others []store.Item // of which an earlier version may be the one
	err := r.browse(ctx, store.Browse{Shelf: store.Documents}, func(item store.Item) error {
		x := statement.Source{Name: item.ID, Data: item.Data}
		sources = append(sources, x)
		if missing[x.Digest()] {
			delete(missing, x.Digest())
		} else {
			others = append(others, item)
		}
		return nil
	})
	for i := 0; err == nil && i < len(others) && len(missing) > 0; i++ {
		err = r.earlierVersion(ctx, others[i], missing, sources)
	}
	if err != nil {
		return nil, err
	}
	book, findings := statement.ReadBook(sources, calendar.Shipped())
	if len(findings) > 0 {
		return nil, fault.Wrap(fault.Disagrees, findings, "the documents of statement %s do not fit together any more", s.Digest)
	}
	return book, nil
}

// earlierVersion puts the version of a document that is missing among the sources, in
// place of the one in force.
func (r *Record) earlierVersion(ctx context.Context, item store.Item, missing map[string]bool, sources []statement.Source) error {
	for version := item.Version - 1; version > 0; version-- {
		was, err := r.Ledger.GetVersion(ctx, store.Documents, item.ID, version)
		if isNotFound(err) {
			continue // it was taken away, and put again
		}
		if err != nil {
			return err
		}
		x := statement.Source{Name: item.ID, Data: was.Data}
		if !missing[x.Digest()] {
			continue
		}
		delete(missing, x.Digest())
		at := slices.IndexFunc(sources, func(s statement.Source) bool { return s.Name == x.Name })
		sources[at] = x
		return nil
	}
	return nil
}
