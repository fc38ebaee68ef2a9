package app

import (
	"context"
	"strings"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Findings of the issuing of statements.
var (
	ruleIssued = fault.Declare(2473, "the period has an issued statement",
		"Read it. Where something has been learnt since, issue another that supersedes it by its digest.")
	ruleNotTheLast = fault.Declare(2474, "what is to be superseded is not the last issued statement of the period",
		"Read the statement that stands, and decide anew.")
	ruleNotOver = fault.Declare(2475, "a statement cannot be issued as of that instant",
		"Issue it when the period is over, as of an instant that has passed.")
)

// IssueOrder asks for a statement to be issued.
type IssueOrder struct {
	Contract   string        `json:"contract"`
	Period     span.Period   `json:"period"`
	AsOf       *span.Instant `json:"asOf,omitempty"`       // nil: the end of the time for late entries, or the last instant at which anything was learnt
	Supersedes string        `json:"supersedes,omitempty"` // digest of the one that stands; empty: the period has none
}

// Issued is a statement that was issued.
type Issued struct {
	Contract   string             `json:"contract"`
	Period     span.Period        `json:"period"`
	Version    int64              `json:"version,omitempty"` // from one; each supersedes the one before; zero of a dry run
	AsOf       span.Instant       `json:"asOf"`
	Digest     string             `json:"digest"`
	Supersedes string             `json:"supersedes,omitempty"`
	Changes    []statement.Change `json:"changes,omitempty"` // lines that differ from the one that it supersedes
	Replayed   bool               `json:"-"`

	Statement *statement.Statement `json:"-"`
}

// IssueStatement draws a statement, keeps it for ever and writes down who issued it.
// The first of a period supersedes nothing; any other has to name the one that stands by
// its digest, so that nobody supersedes what he has not seen. A second under the same
// key is the first again.
//
// It is as of an instant that has passed: what is learnt in the present second could
// still be part of it, or not.
func (r *Record) IssueStatement(ctx context.Context, q Request, o IssueOrder) (*Issued, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.figured(book, q.Who, access.StatementIssue, o.Contract)
	if err != nil {
		return nil, err
	}
	if err := oneServicePeriod(c, o.Period); err != nil {
		return nil, err
	}
	q.Digest = digestOf([]any{"statement", o})
	if q.Key != "" {
		receipt, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest)
		if err != nil {
			return nil, err
		}
		if done {
			return r.issuedAgain(ctx, o, receipt)
		}
	}
	before, err := r.superseded(ctx, o)
	if err != nil {
		return nil, err
	}
	out, err := r.drawToIssue(ctx, book, c, o, before)
	if err != nil {
		return nil, err
	}
	return out, r.keepStatement(ctx, q, before, out)
}

// statementID is the id of a period's statement on its shelf.
func statementID(contract string, period span.Period) string { return contract + "/" + period.String() }

// superseded returns the statement that an order supersedes; nil where there is none.
func (r *Record) superseded(ctx context.Context, o IssueOrder) (*Issued, error) {
	item, err := r.Ledger.Get(ctx, store.Statements, statementID(o.Contract, o.Period))
	switch {
	case isNotFound(err) && o.Supersedes == "":
		return nil, nil
	case isNotFound(err):
		return nil, fault.Wrap(fault.Conflict, fault.Findings{ruleNotTheLast.At(fault.Position{}, "supersedes", "no statement of %s for %s was issued", o.Contract, o.Period)},
			"there is nothing to supersede")
	case err != nil:
		return nil, err
	}
	before, err := issuedItem(item)
	switch {
	case err != nil:
		return nil, err
	case o.Supersedes == "":
		return nil, fault.Wrap(fault.Conflict, fault.Findings{ruleIssued.At(fault.Position{}, "supersedes", "that of %s for %s is %s", o.Contract, o.Period, before.Digest)},
			"the statement of %s for %s was issued already", o.Contract, o.Period)
	case o.Supersedes != before.Digest:
		return nil, fault.Wrap(fault.Conflict, fault.Findings{ruleNotTheLast.At(fault.Position{}, "supersedes", "that of %s for %s is %s", o.Contract, o.Period, before.Digest)},
			"another statement of %s for %s stands", o.Contract, o.Period)
	}
	return before, nil
}

// drawToIssue draws a statement, with what it changes of the one before if there is one.
func (r *Record) drawToIssue(ctx context.Context, book *Book, c *contract.Contract, o IssueOrder, before *Issued) (*Issued, error) {
	asOf, err := r.issueInstant(ctx, c, o, before)
	if err != nil {
		return nil, err
	}
	if before == nil {
		earlier, err := r.issuedBefore(ctx, c, o.Period)
		if err != nil {
			return nil, err
		}
		drawn, err := r.drawAlone(ctx, Draw{Contracts: []string{c.ID}, Periods: []span.Period{o.Period}, AsOf: &asOf, Earlier: earlier})
		if err != nil {
			return nil, err
		}
		return issuedOf(drawn.Statements[0], 0), nil
	}
	drawn, changes, err := r.drawAgain(ctx, book.Book, before.Statement, asOf)
	if err != nil {
		return nil, err
	}
	if drawn.Statements[0].Digest == before.Digest {
		return nil, fault.New(fault.Conflict, "Issue it when something has been learnt.", "the statement of %s for %s says already what was known at %s", c.ID, o.Period, asOf)
	}
	out := issuedOf(drawn.Statements[0], 0)
	out.Changes = changes
	return out, nil
}

// drawAgain draws an issued statement as of an instant, by the documents of a book, with
// the earlier results that it was drawn with.
func (r *Record) drawAgain(ctx context.Context, book *statement.Book, old *statement.Statement, asOf span.Instant) (*Drawn, []statement.Change, error) {
	if err := r.drawing.Acquire(ctx, 1); err != nil {
		return nil, nil, err
	}
	defer r.drawing.Release(1)
	log, err := needed(ctx, r.Ledger, book, []statement.Order{{Contract: old.Contract, Period: old.Period, AsOf: &asOf}}, nil)
	if err != nil {
		return nil, nil, err
	}
	s, changes, err := statement.Supersede(old, book, log.Journal, &asOf, 0)
	if err != nil {
		return nil, nil, err
	}
	return &Drawn{Book: book, Log: log, Statements: []*statement.Statement{s}}, changes, nil
}

// issueInstant returns the instant as of which a statement is issued.
func (r *Record) issueInstant(ctx context.Context, c *contract.Contract, o IssueOrder, before *Issued) (span.Instant, error) {
	past := r.Now() - 1
	if end := o.Period.In(c.Location).To; past < end {
		return 0, fault.Findings{ruleNotOver.At(fault.Position{}, "period", "%s ends at %s, and that has not passed", o.Period, end)}
	}
	if o.AsOf != nil {
		if *o.AsOf > past {
			return 0, fault.Findings{ruleNotOver.At(fault.Position{}, "asOf", "%s has not passed", *o.AsOf)}
		}
		return *o.AsOf, nil
	}
	head, err := r.Ledger.Head(ctx)
	if err != nil {
		return 0, err
	}
	if before != nil {
		return max(before.AsOf, min(head.Learnt, past)), nil
	}
	if head.Learnt <= span.Earliest {
		return 0, fault.Findings{ruleNoEntry.At(fault.Position{}, "", "the record has no entry, and so no instant at which anything was known")}
	}
	cut, err := c.CutOff(o.Period)
	return min(cut, head.Learnt, past), err
}

// keepStatement puts a statement on its shelf, and writes down that it was issued.
func (r *Record) keepStatement(ctx context.Context, q Request, before, x *Issued) error {
	data := statement.Encode(x.Statement)
	item := store.Item{
		Shelf: store.Statements, ID: statementID(x.Contract, x.Period), Group: x.Contract,
		Sort: x.Period.String() + " " + x.Digest, Data: data, // lists read no data
	}
	act := journal.ActDraft{
		Source: Source, Act: "statement.issue", By: q.Who.Party, Subject: item.ID, Digest: journal.DigestLine(data),
		Fields: map[string]string{"statement": x.Digest, "asOf": x.AsOf.String()},
	}
	if before != nil {
		item.Version, act.Act = before.Version, "statement.supersede"
		act.Fields["supersedes"] = x.Supersedes
	}
	receipt, err := r.Ledger.Commit(ctx, &store.Change{
		Who: q.Who.ID, Key: q.Key, Request: q.Digest, Dry: q.Dry, Put: []store.Item{item},
		Acts: []store.Act{{ActDraft: act, Clear: []store.Clear{{Name: "person", Value: q.Who.ID}}}},
	})
	if err != nil {
		return err
	}
	if x.Replayed = receipt.Replayed; !q.Dry {
		x.Version = receipt.Versions[0]
	}
	return nil
}

// issuedAgain returns what an earlier request under the same key has issued.
func (r *Record) issuedAgain(ctx context.Context, o IssueOrder, receipt store.Receipt) (*Issued, error) {
	out, err := r.issued(ctx, o.Contract, o.Period, receipt.Versions[0])
	if err != nil {
		return nil, err
	}
	out.Replayed = true
	if out.Version > 1 {
		before, err := r.issued(ctx, o.Contract, o.Period, out.Version-1)
		if err != nil {
			return nil, err
		}
		out.Changes = statement.Compare(before.Statement, out.Statement)
	}
	return out, nil
}

func issuedOf(s *statement.Statement, version int64) *Issued {
	return &Issued{Contract: s.Contract, Period: s.Period, Version: version, AsOf: s.AsOf, Digest: s.Digest, Supersedes: s.Supersedes, Statement: s}
}

func issuedItem(item store.Item) (*Issued, error) {
	s, err := statement.Decode(item.Data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the issued statement %s cannot be read", item.ID)
	}
	return issuedOf(s, item.Version), nil
}

// issued returns an issued statement of a period. The error is NotFound where there is
// none of that version.
func (r *Record) issued(ctx context.Context, contract string, period span.Period, version int64) (*Issued, error) {
	item, err := r.Ledger.GetVersion(ctx, store.Statements, statementID(contract, period), version)
	if isNotFound(err) {
		return nil, fault.New(fault.NotFound, "List those that were issued.", "no statement %d of %s for %s was issued", version, contract, period)
	}
	if err != nil {
		return nil, err
	}
	return issuedItem(item)
}

// issuedBefore returns the last issued statements of a contract's periods before one:
// rules look back on them.
func (r *Record) issuedBefore(ctx context.Context, c *contract.Contract, period span.Period) ([]*statement.Statement, error) {
	var out []*statement.Statement
	if c.LooksBack() == 0 {
		return nil, nil
	}
	err := r.browse(ctx, store.Browse{Shelf: store.Statements, Group: &c.ID, NoData: true}, func(item store.Item) error {
		if name, _, _ := strings.Cut(item.Sort, " "); !before(name, period) {
			return nil
		}
		full, err := r.Ledger.Get(ctx, store.Statements, item.ID)
		if err != nil {
			return err
		}
		x, err := issuedItem(full)
		if err == nil {
			out = append(out, x.Statement)
		}
		return err
	})
	return out, err
}

// before reports whether a period of a name ends before another begins.
func before(name string, period span.Period) bool {
	p, err := span.ParsePeriod(name)
	return err == nil && p.To <= period.From
}
