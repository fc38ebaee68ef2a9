package app

import (
	"context"
	"io"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Issued is a statement that was issued, and what it changed of the one before.
type Issued struct {
	Statement *statement.Statement
	Version   int64              // of the contract's statement for the period; zero of a dry run
	Changes   []statement.Change // against the one that it supersedes
	Replayed  bool
}

// IssuedEntry is an issued statement as lists show it.
type IssuedEntry struct {
	Contract   string       `json:"contract"`
	Period     string       `json:"period"`
	Version    int64        `json:"version"`
	AsOf       span.Instant `json:"asOf"`
	Digest     string       `json:"digest"`
	Supersedes string       `json:"supersedes,omitempty"` // digest of the one before
	Total      string       `json:"total"`                // credits in all, such as GBP 6000.00
}

// IssueStatement draws a service period of a contract and keeps what was drawn for
// ever. Where the period has a statement already, the new one supersedes it and says
// what changed; where nothing has changed, the error is Conflict. asOf may be nil.
func (r *Record) IssueStatement(ctx context.Context, q Request, contract string, period span.Period, asOf *span.Instant) (*Issued, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.drawable(book, q.Who, access.StatementIssue, contract)
	if err != nil {
		return nil, err
	}
	if len(q.Digest) == 0 {
		q.Digest = digestOf([]any{"statement", contract, period, asOf})
	}
	if _, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest); q.Key != "" && (done || err != nil) {
		if err != nil {
			return nil, err
		}
		out, err := r.issued(ctx, c, period, 0)
		if err == nil {
			out.Replayed = true
		}
		return out, err
	}
	before, err := r.issued(ctx, c, period, 0)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	out, err := r.drawToIssue(ctx, book, before, contract, period, asOf)
	if err != nil {
		return nil, err
	}
	if q.Version != 0 && (before == nil || before.Version != q.Version) {
		return nil, fault.New(fault.Conflict, "Read it again, and decide anew.", "the statement of %s for %s is not at version %d", contract, period, q.Version)
	}
	return out, r.keepStatement(ctx, q, before, out)
}

// drawToIssue draws a statement, against the one before if there is one.
func (r *Record) drawToIssue(ctx context.Context, book *Book, before *Issued, contract string, period span.Period, asOf *span.Instant) (*Issued, error) {
	if err := r.drawing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer r.drawing.Release(1)
	if before == nil {
		earlier, err := r.earlier(ctx, contract, period)
		if err != nil {
			return nil, err
		}
		drawn, err := DrawStatements(ctx, r.Ledger, Draw{Contracts: []string{contract}, Periods: []span.Period{period}, AsOf: asOf, Earlier: earlier}, nil)
		if err != nil {
			return nil, err
		}
		return &Issued{Statement: drawn.Statements[0]}, nil
	}
	log, err := needed(ctx, r.Ledger, book.Book, []statement.Order{{Contract: contract, Period: period, AsOf: asOf}}, nil)
	if err != nil {
		return nil, err
	}
	out := &Issued{}
	out.Statement, out.Changes, err = statement.Supersede(before.Statement, book.Book, log.Journal, asOf, 0)
	if err == nil && out.Statement.Digest == before.Statement.Digest {
		err = fault.New(fault.Conflict, "Issue it when something has been learnt.", "the statement of %s for %s says already what is known", contract, period)
	}
	return out, err
}

// keepStatement writes a statement onto its shelf, and that it was issued.
func (r *Record) keepStatement(ctx context.Context, q Request, before, issued *Issued) error {
	s := issued.Statement
	item := store.Item{Shelf: store.Statements, ID: statementID(s.Contract, s.Period), Group: s.Contract, Sort: s.Period.From.String(), Data: statement.Encode(s)}
	act := journal.ActDraft{Source: Source, Act: "statement.issue", By: q.Who.Party, Subject: item.ID, Digest: s.Digest}
	if before != nil {
		item.Version, act.Act = before.Version, "statement.supersede"
		act.Fields = map[string]string{"supersedes": before.Statement.Digest}
	}
	receipt, err := r.Ledger.Commit(ctx, &store.Change{
		Who: q.Who.ID, Key: q.Key, Request: q.Digest, Dry: q.Dry, Put: []store.Item{item},
		Acts: []store.Act{{ActDraft: act, Clear: []store.Clear{{Name: "person", Value: q.Who.ID}}}},
	})
	if err == nil && !q.Dry {
		issued.Version = receipt.Versions[0]
	}
	return err
}

func statementID(contract string, period span.Period) string { return contract + "/" + period.String() }

// ReadStatement returns an issued statement: the last for its period where the version
// is zero, and that one where it is not.
func (r *Record) ReadStatement(ctx context.Context, who access.Principal, contract string, period span.Period, version int64) (*Issued, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.drawable(book, who, access.StatementRead, contract)
	if err != nil {
		return nil, err
	}
	return r.issued(ctx, c, period, version)
}

// issued reads a statement from its shelf. The error is NotFound where none was issued.
func (r *Record) issued(ctx context.Context, c *contract.Contract, period span.Period, version int64) (*Issued, error) {
	id := statementID(c.ID, period)
	item, err := r.Ledger.Get(ctx, store.Statements, id)
	if version != 0 && err == nil {
		item, err = r.Ledger.GetVersion(ctx, store.Statements, id, version)
	}
	if isNotFound(err) {
		return nil, fault.New(fault.NotFound, "List those that were, or draw it.", "no such statement of %s for %s was issued", c.ID, period)
	}
	if err != nil {
		return nil, err
	}
	s, err := statement.Decode(item.Data)
	return &Issued{Statement: s, Version: item.Version}, err
}

// ListStatements returns the last issued statements of a contract, by period.
func (r *Record) ListStatements(ctx context.Context, who access.Principal, contract string) ([]IssuedEntry, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.drawable(book, who, access.StatementRead, contract)
	if err != nil {
		return nil, err
	}
	out := []IssuedEntry{}
	err = r.eachStatement(ctx, c.ID, func(s *statement.Statement, version int64) {
		out = append(out, IssuedEntry{
			Contract: s.Contract, Period: s.Period.String(), Version: version, AsOf: s.AsOf, Digest: s.Digest, Supersedes: s.Supersedes, Total: s.Total.String(),
		})
	})
	return out, err
}

// earlier returns the issued statements of a contract's periods before one: rules look
// back at them.
func (r *Record) earlier(ctx context.Context, contract string, period span.Period) ([]*statement.Statement, error) {
	var out []*statement.Statement
	err := r.eachStatement(ctx, contract, func(s *statement.Statement, _ int64) {
		if s.Period.To <= period.From {
			out = append(out, s)
		}
	})
	return out, err
}

func (r *Record) eachStatement(ctx context.Context, contract string, f func(*statement.Statement, int64)) error {
	return r.browse(ctx, store.Browse{Shelf: store.Statements, Group: &contract}, func(item store.Item) error {
		s, err := statement.Decode(item.Data)
		if err == nil {
			f(s, item.Version)
		}
		return err
	})
}

// drawable returns a contract of whose figures somebody may do something. Of a contract
// that he may not know, that it exists is not told.
func (r *Record) drawable(book *Book, who access.Principal, what access.Action, contract string) (*contract.Contract, error) {
	c := book.Contracts[contract]
	if c == nil || r.may(who, access.ContractRead, book.contract(c)) != nil && r.may(who, what, book.figure(c)) != nil {
		return nil, fault.New(fault.NotFound, "Check its id.", "there is no contract %.200q that you may see", contract)
	}
	return c, r.may(who, what, book.figure(c))
}

// WriteBundle draws a statement and writes its bundle, signed with the record's key:
// all that the other party needs to recompute it. asOf may be nil.
func (r *Record) WriteBundle(ctx context.Context, who access.Principal, contract string, period span.Period, asOf *span.Instant, w io.Writer) error {
	drawn, err := r.DrawStatement(ctx, who, contract, period, asOf)
	if err != nil {
		return err
	}
	signer, _, err := r.signer(ctx)
	if err != nil {
		return err
	}
	s := drawn.Statements[0]
	return statement.Issue(w, drawn.Book, drawn.Log.Journal, s, signer)
}
