package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// Findings of decisions about content.
var (
	ruleNothingToErase = fault.Declare(2461, "there is nothing to erase",
		"Give sequence numbers of the ticket's entries that withhold something which was not erased yet.")
	ruleNoGround = fault.Declare(2462, "a decision lacks its ground",
		"Say why, and by which clause or request.")
)

// Erasure is a decision that withheld content of a ticket is to be gone for ever: its
// digests stay in the journal, so that every chain and bundle still verifies.
type Erasure struct {
	Ticket  string   `json:"ticket"`
	Entries []int64  `json:"entries,omitempty"` // sequence numbers; all of the ticket's if empty
	Names   []string `json:"names,omitempty"`   // of content: person, reporter, summary, text; all if empty
	Why     string   `json:"why"`               // the ground: a clause, a request
}

// Erased is what a decision erased.
type Erased struct {
	Ticket  string           `json:"ticket"`
	Items   []store.Withheld `json:"items"`
	Receipt store.Receipt    `json:"-"`
}

// EraseContent carries a decision out and writes it down as an entry of the ticket.
func (r *Record) EraseContent(ctx context.Context, q Request, e Erasure) (*Erased, error) {
	if err := r.may(q.Who, access.ContentErase, access.Record{}); err != nil {
		return nil, err
	}
	if strings.TrimSpace(e.Why) == "" || len(e.Why) > MaxText {
		return nil, fault.Findings{ruleNoGround.At(fault.Position{}, "why", "the ground of an erasure must be given, in at most %d bytes", MaxText)}
	}
	return r.erase(ctx, q, e)
}

func (r *Record) erase(ctx context.Context, q Request, e Erasure) (*Erased, error) {
	if q.Key != "" {
		receipt, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, digestOf(e))
		if err != nil {
			return nil, err
		}
		if done {
			return r.erasedAgain(ctx, e.Ticket, receipt)
		}
	}
	found, err := r.Ledger.Ticket(ctx, e.Ticket)
	if err != nil {
		return nil, err
	}
	items, err := r.erasable(ctx, found, &e)
	if err != nil {
		return nil, err
	}
	out := &Erased{Ticket: e.Ticket, Items: items}
	if len(items) == 0 {
		return nil, fault.Findings{ruleNothingToErase.At(fault.Position{}, "entries", "ticket %s withholds nothing of what was named", e.Ticket)}
	}
	if q.Dry {
		return out, nil
	}
	row := found.TicketRow
	change := &store.Change{
		Who: q.Who.ID, Key: q.Key, Request: digestOf(e),
		Expect: []store.Expect{{Ticket: found.ID, Version: found.Version}},
		Rows:   []store.TicketRow{row},
		Entries: []store.Entry{{
			Draft: journal.Draft{Source: Source, Ticket: found.ID, Happened: max(r.Now(), found.Changed), Event: journal.Erased, By: q.Who.Party},
			Clear: []store.Clear{{Name: "person", Value: q.Who.ID}, {Name: "ground", Value: e.Why}},
		}},
		Acts: []store.Act{{
			ActDraft: journal.ActDraft{Source: Source, Act: "content.erase", By: q.Who.Party, Subject: found.ID, Fields: map[string]string{"items": listed(items)}},
			Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}, {Name: "ground", Value: e.Why}},
		}},
	}
	change.Rows[0].Changed = change.Entries[0].Happened
	out.Receipt, err = r.Ledger.Erase(ctx, items, change)
	return out, err
}

// erasedAgain returns what an earlier request under the same key has erased, as its act
// says it.
func (r *Record) erasedAgain(ctx context.Context, ticket string, receipt store.Receipt) (*Erased, error) {
	act, err := r.actOf(ctx, receipt)
	if err != nil {
		return nil, err
	}
	out := &Erased{Ticket: ticket, Receipt: receipt}
	for _, name := range strings.Fields(act.Fields["items"]) {
		var w store.Withheld
		if n, err := fmt.Sscanf(name, "%d/%s", &w.Seq, &w.Name); n != 2 {
			return nil, fault.Wrap(fault.Internal, err, "what was erased cannot be read in %q", name)
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// actOf returns the act that a commit ended with.
func (r *Record) actOf(ctx context.Context, receipt store.Receipt) (*journal.ActDraft, error) {
	out := &journal.ActDraft{}
	var wrong error
	err := r.Ledger.Lines(ctx, receipt.Last, func(_ int64, line []byte) bool {
		var x struct {
			Act    string
			Fields map[string]string
		}
		wrong = json.Unmarshal(line, &x)
		out.Act, out.Fields = x.Act, x.Fields
		return false
	})
	if err == nil && (wrong != nil || out.Act == "") {
		err = fault.Wrap(fault.Internal, wrong, "line %d is not the act that it was", receipt.Last)
	}
	return out, err
}

// erasing is in the line of an erasure.
var erasing = []byte(`"event":"` + journal.Erased.String() + `"`)

// erasable lists what a decision names and was not erased yet.
func (r *Record) erasable(ctx context.Context, found *store.Found, e *Erasure) ([]store.Withheld, error) {
	content, err := r.Ledger.Withheld(ctx, found.Lines.Seq)
	if err != nil {
		return nil, err
	}
	for _, seq := range e.Entries {
		if !slices.Contains(found.Lines.Seq, seq) {
			return nil, fault.Findings{ruleNothingToErase.At(fault.Position{}, "entries", "entry %d is not one of ticket %s", seq, found.ID)}
		}
	}
	var items []store.Withheld
	for i, seq := range found.Lines.Seq {
		if len(e.Entries) > 0 && !slices.Contains(e.Entries, seq) {
			continue
		}
		if len(e.Entries) == 0 && bytes.Contains(found.Lines.Line[i], erasing) {
			continue // who erased something, and why, stays, unless it is named
		}
		for _, w := range content[seq] {
			if !w.Erased && (len(e.Names) == 0 || slices.Contains(e.Names, w.Name)) {
				items = append(items, store.Withheld{Seq: seq, Name: w.Name})
			}
		}
	}
	return items, nil
}

// listed names items in few words.
func listed(items []store.Withheld) string {
	names := make([]string, len(items))
	for i, w := range items {
		names[i] = fmt.Sprintf("%d/%s", w.Seq, w.Name)
	}
	return strings.Join(names, " ")
}
