package app

import (
	"bytes"
	"context"
	"encoding/json"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// Subject is everything that the record holds of a person.
type Subject struct {
	Person  *directory.Person `json:"person,omitempty"` // as the directory has it; nothing where it does not
	Assets  []directory.Asset `json:"assets,omitempty"`
	Tickets []SubjectTicket   `json:"tickets"` // that the person reported
	Entries []SubjectEntry    `json:"entries"` // of the journal that name the person: what he did, and what was done to him

	Replayed bool `json:"-"` // it was asked for under the same key before: that is not written down again
}

// SubjectTicket is a ticket that somebody reported.
type SubjectTicket struct {
	Ticket  string `json:"ticket"`
	Opened  string `json:"opened"`
	Summary string `json:"summary,omitempty"`

	Restricted bool `json:"restricted,omitempty"` // the asker is not cleared for its texts
}

// SubjectEntry is a line of the journal that withholds somebody's name.
type SubjectEntry struct {
	Seq   int64              `json:"sequence"`
	Line  json.RawMessage    `json:"line"`
	Texts []journal.Withheld `json:"texts,omitempty"` // that he wrote

	Restricted bool `json:"restricted,omitempty"` // the asker is not cleared for them
}

// SubjectAccess returns everything that the record holds of a person, and writes down
// that it was asked for. It reads the whole journal.
func (r *Record) SubjectAccess(ctx context.Context, q Request, person string, progress store.Progress) (*Subject, error) {
	out := &Subject{Tickets: []SubjectTicket{}, Entries: []SubjectEntry{}}
	object := access.Person{ID: person}
	switch p, err := r.person(ctx, person); {
	case err == nil:
		out.Person, object.Party = p, p.Party
		if book, err := r.Book(ctx); err == nil {
			object.Kind = book.Estate.PartyKind(p.Party)
		}
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	if err := r.may(q.Who, access.SubjectAccess, object); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, string, *Subject) error{r.subjectAssets, r.subjectTickets} {
		if err := read(ctx, person, out); err != nil {
			return nil, err
		}
	}
	if err := r.subjectEntries(ctx, person, out, progress); err != nil {
		return nil, err
	}
	if q.Who.ID != person {
		if err := r.onlyCleared(ctx, q.Who, out); err != nil {
			return nil, err
		}
	}
	receipt, err := r.Ledger.Commit(ctx, &store.Change{Who: q.Who.ID, Key: q.Key, Request: digestOf([]any{"subject", person}), Dry: q.Dry, Acts: []store.Act{{
		ActDraft: journal.ActDraft{Source: Source, Act: "subject.access", By: q.Who.Party},
		Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}, {Name: "subject", Value: person}},
	}}})
	out.Replayed = receipt.Replayed
	return out, err
}

// onlyCleared takes texts out of tickets that an asker other than the person may not
// read: those of restricted classes that he is not cleared for.
func (r *Record) onlyCleared(ctx context.Context, who access.Principal, out *Subject) error {
	of := make([]string, len(out.Entries))
	var ids []string
	for i := range out.Tickets {
		ids = append(ids, out.Tickets[i].Ticket)
	}
	for i := range out.Entries {
		var x struct{ Ticket string }
		if err := json.Unmarshal(out.Entries[i].Line, &x); err != nil {
			return fault.Wrap(fault.Internal, err, "line %d cannot be read", out.Entries[i].Seq)
		}
		if of[i] = x.Ticket; x.Ticket != "" {
			ids = append(ids, x.Ticket)
		}
	}
	seen, err := r.seen(ctx, who, ids)
	if err != nil {
		return err
	}
	for i := range out.Tickets {
		if x := &out.Tickets[i]; !seen.has(x.Ticket) {
			x.Summary, x.Restricted = "", true
		}
	}
	for i := range out.Entries {
		if x := &out.Entries[i]; of[i] != "" && !seen.has(of[i]) {
			x.Texts, x.Restricted = nil, len(x.Texts) > 0
		}
	}
	return nil
}

func (r *Record) subjectAssets(ctx context.Context, person string, out *Subject) error {
	return r.browse(ctx, store.Browse{Shelf: store.Assets}, func(item store.Item) error {
		asset, err := directory.DecodeAsset(item.Data)
		if err == nil && asset.User == person {
			out.Assets = append(out.Assets, asset)
		}
		return err
	})
}

// browse calls f with every item that a browse finds, page after page.
func (r *Record) browse(ctx context.Context, b store.Browse, f func(store.Item) error) error {
	b.Limit = store.MaxPage
	for {
		items, err := r.Ledger.Browse(ctx, b)
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := f(item); err != nil {
				return err
			}
		}
		if len(items) < b.Limit {
			return nil
		}
		b.After = &items[len(items)-1]
	}
}

func (r *Record) subjectTickets(ctx context.Context, person string, out *Subject) error {
	q := &store.Query{Sight: store.Sight{All: true}, Reporter: person, By: store.ByOpened, Limit: store.MaxPage}
	for {
		found, err := r.Ledger.List(ctx, q)
		if err != nil {
			return err
		}
		for i := range found {
			out.Tickets = append(out.Tickets, SubjectTicket{Ticket: found[i].ID, Opened: found[i].Opened.String(), Summary: r.summary(ctx, &found[i])})
		}
		if len(found) < q.Limit {
			return nil
		}
		last := &found[len(found)-1]
		q.After = &store.Cursor{Value: last.Opened, Number: last.Number}
	}
}

// subjectEntries looks through everything that the journal withholds.
func (r *Record) subjectEntries(ctx context.Context, person string, out *Subject, progress store.Progress) error {
	head, err := r.Ledger.Head(ctx)
	if err != nil {
		return err
	}
	for from := int64(1); from <= head.Size; {
		lines, next, err := r.withholding(ctx, from, head.Size)
		if err != nil {
			return err
		}
		if err := r.naming(ctx, person, lines, out); err != nil {
			return err
		}
		from = next
		if progress != nil {
			progress(from-1, head.Size)
		}
	}
	return nil
}

// numbered is a line of the journal.
type numbered struct {
	seq  int64
	line []byte
}

// withholding returns the next lines that withhold something, and where to go on.
func (r *Record) withholding(ctx context.Context, from, to int64) (lines []numbered, next int64, err error) {
	next = to + 1
	mark := []byte(`"withheld":[`)
	err = r.Ledger.Lines(ctx, from, func(seq int64, line []byte) bool {
		if bytes.Contains(line, mark) {
			lines = append(lines, numbered{seq, bytes.Clone(line)})
		}
		if len(lines) == store.MaxPage || seq >= to {
			next = seq + 1
			return false
		}
		return true
	})
	return lines, next, err
}

// naming keeps those of the lines that withhold a person's name.
func (r *Record) naming(ctx context.Context, person string, lines []numbered, out *Subject) error {
	seqs := make([]int64, len(lines))
	for i := range lines {
		seqs[i] = lines[i].seq
	}
	content, err := r.Ledger.Withheld(ctx, seqs)
	if err != nil {
		return err
	}
	for _, x := range lines {
		e := SubjectEntry{Seq: x.seq, Line: x.line}
		named, wrote := false, false
		for _, w := range content[x.seq] {
			named = named || w.Value == person && w.Name != "text" && w.Name != store.SummaryName
			wrote = wrote || w.Value == person && w.Name == "person"
		}
		if !named {
			continue
		}
		for _, w := range content[x.seq] {
			if wrote && (w.Name == "text" || w.Name == store.SummaryName) {
				e.Texts = append(e.Texts, journal.Withheld{Name: w.Name, Value: w.Value, Digest: w.Digest, Erased: w.Erased})
			}
		}
		out.Entries = append(out.Entries, e)
	}
	return nil
}
