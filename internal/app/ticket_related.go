package app

import (
	"context"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/internal/store"
)

// Tickets name others: the one that they belong to, those that they are linked with. A
// reader is told the name of another only where he may see it; that there is one he
// would learn by its id.

// seenRows are the rows of tickets that somebody may see, by id.
type seenRows map[string]*store.TicketRow

// has reports whether a ticket is one of them.
func (s seenRows) has(id string) bool { return s[id] != nil }

// seen returns those of the tickets that somebody may see.
func (r *Record) seen(ctx context.Context, who access.Principal, ids []string) (seenRows, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make(seenRows, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	asker, now := r.Policies.As(who), r.Now()
	for part := range slices.Chunk(ids, store.MaxPage) {
		found, err := r.Ledger.Tickets(ctx, part)
		if err != nil {
			return nil, err
		}
		for id, x := range found {
			if asker.May(access.TicketRead, book.resource(&x.TicketRow, now)).Allowed {
				out[id] = &x.TicketRow
			}
		}
	}
	return out, nil
}

// unrelated takes out of tickets what they tell of others that their reader may not see.
func (r *Record) unrelated(ctx context.Context, who access.Principal, tickets ...*Ticket) error {
	var ids []string
	for _, t := range tickets {
		if t.Parent != "" {
			ids = append(ids, t.Parent)
		}
	}
	seen, err := r.seen(ctx, who, ids)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if t.Parent != "" && !seen.has(t.Parent) {
			t.Life.unrelated(t.Parent)
			t.Parent = ""
		}
	}
	return nil
}

// belonging begins the note of a life that says to which ticket it belongs.
const belonging = "it belongs to ticket "

// unrelated takes the note out that names another ticket. There may be no life.
func (l *Life) unrelated(parent string) {
	if l != nil {
		l.Notes = slices.DeleteFunc(l.Notes, func(note string) bool { return note == belonging+parent })
	}
}

// parent returns the ticket that a life belongs to.
func (l *Life) parent() string {
	for _, note := range l.Notes {
		if id, ok := strings.CutPrefix(note, belonging); ok {
			return id
		}
	}
	return ""
}

// lifeAlone takes out of a life what it tells of a ticket that its reader may not see.
func (r *Record) lifeAlone(ctx context.Context, who access.Principal, l *Life) error {
	parent := l.parent()
	if parent == "" {
		return nil
	}
	seen, err := r.seen(ctx, who, []string{parent})
	if err == nil && !seen.has(parent) {
		l.unrelated(parent)
	}
	return err
}

// entriesAlone takes out of entries the names of tickets that their reader may not see.
func (r *Record) entriesAlone(ctx context.Context, who access.Principal, entries []TicketEntry) error {
	var ids []string
	for _, e := range entries {
		if e.Related != "" {
			ids = append(ids, e.Related)
		}
	}
	seen, err := r.seen(ctx, who, ids)
	if err != nil {
		return err
	}
	for i := range entries {
		if !seen.has(entries[i].Related) {
			entries[i].Related = ""
		}
	}
	return nil
}

// narrowed is a query of which the filters tell nothing that its reader may not know. The
// tickets of a parent that he may not see are none; and by whom a ticket was reported is
// found out, from whoever may not know it of every ticket, of those only that his party
// holds. It returns false where nothing can be found.
func (r *Record) narrowed(ctx context.Context, who access.Principal, q *store.Query) (bool, error) {
	if q.Parent != "" {
		seen, err := r.seen(ctx, who, []string{q.Parent})
		if err != nil || !seen.has(q.Parent) {
			return false, err
		}
	}
	if q.Reporter == "" || q.Reporter == who.ID || r.may(who, access.TicketPeople, access.Ticket{}) == nil {
		return true, nil
	}
	if len(q.Parties) > 0 && !slices.Contains(q.Parties, who.Party) {
		return false, nil
	}
	q.Parties = []string{who.Party}
	return true, nil
}
