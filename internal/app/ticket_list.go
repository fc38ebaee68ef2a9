package app

import (
	"context"
	"slices"

	"towerbridge/access"
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Listed is a page of tickets.
type Listed struct {
	Tickets []*Ticket
	Next    *store.Cursor // of the page after; nil where this is the last
	Total   int           // how many tickets the query finds, at most MaxTotal; -1 where it was not asked for
}

// MaxTotal is how far a list counts.
const MaxTotal = 100_000

// ListTickets returns a page of those of the query's tickets that somebody may see,
// each with the clocks that have not stopped, as they stand now. The query's Sight is
// set here. With count, all that it finds are counted too.
func (r *Record) ListTickets(ctx context.Context, who access.Principal, q store.Query, count bool) (*Listed, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	if q.Limit < 1 || q.Limit > store.MaxPage {
		return nil, fault.New(fault.Invalid, "Ask for fewer, and for the next page after them.", "a page has 1 to %d tickets", store.MaxPage)
	}
	q.Sight = r.sight(book, who)
	out := &Listed{Total: -1, Tickets: []*Ticket{}}
	if any, err := r.narrowed(ctx, who, &q); err != nil || !any {
		if count {
			out.Total = 0
		}
		return out, err
	}
	if count {
		if out.Total, err = r.Ledger.Count(ctx, &q, MaxTotal); err != nil {
			return nil, err
		}
	}
	q.Limit++
	found, err := r.Ledger.List(ctx, &q)
	if err != nil {
		return nil, err
	}
	if len(found) == q.Limit {
		found = found[:q.Limit-1]
		last := &found[len(found)-1]
		out.Next = &store.Cursor{Value: sortedBy(&last.TicketRow, q.By), Number: last.Number}
	}
	if out.Tickets, err = r.tickets(ctx, book, who, found); err != nil {
		return nil, err
	}
	return out, r.unrelated(ctx, who, out.Tickets...)
}

// sight is what somebody may see of tickets, as lists need it.
func (r *Record) sight(book *Book, who access.Principal) store.Sight {
	var services []access.ServiceOf
	day := book.today(r.Now())
	for _, s := range book.view(day).Services {
		x := access.ServiceOf{ID: s.ID, Tower: s.Tower}
		if class, ok := book.Estate.DataClassOf(s.ID); ok {
			x.DataClass, x.Restricted = class.ID, class.Restricted
		}
		services = append(services, x)
	}
	s := r.Policies.Sight(who, services)
	return store.Sight{All: s.All, Parties: s.Parties, Services: s.Services, Reporter: s.Reporter, Hidden: s.Hidden}
}

// tickets reads tickets that were found, all with one journal.
func (r *Record) tickets(ctx context.Context, book *Book, who access.Principal, found []store.Found) ([]*Ticket, error) {
	all := make([]*store.Found, len(found))
	var seqs []int64
	for i := range found {
		all[i] = &found[i]
		if found[i].Summary > 0 && !book.resource(&found[i].TicketRow, r.Now()).Restricted { // who reads that is written down
			seqs = append(seqs, found[i].Summary)
		}
	}
	j, err := journalOf(r.Now(), all...)
	if err != nil {
		return nil, err
	}
	summaries, err := r.Ledger.Withheld(ctx, seqs, store.SummaryName)
	if err != nil {
		return nil, err
	}
	l, readers, seen := lifeReader{book: book.Book, journal: j}, map[string]*clock.Reader{}, map[string]bool{}
	asker, out := r.Policies.As(who), make([]*Ticket, 0, len(found))
	for i, f := range all {
		t, err := r.standing(book, asker, who, &l, f, i)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue // every entry was taken back
		}
		if err != nil {
			return nil, err
		}
		t.Summary = valueOf(summaries[f.Summary], store.SummaryName)
		if f.Open() {
			t.Standing = l.standings(r.timedOnce(book, who, l.concerned(), seen), readers)
			for _, s := range t.Standing {
				if s.Due != nil && *s.Due >= t.AsOf && (t.Due == nil || *s.Due < *t.Due) {
					t.Due = s.Due
				}
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// timedOnce is [Record.timed], asking once for each contract of a list.
func (r *Record) timedOnce(book *Book, who access.Principal, contracts []*contract.Contract, seen map[string]bool) []*contract.Contract {
	return slices.DeleteFunc(contracts, func(c *contract.Contract) bool {
		may, ok := seen[c.ID]
		if !ok {
			may = len(r.timed(book, who, []*contract.Contract{c})) == 1
			seen[c.ID] = may
		}
		return !may
	})
}

// TicketEntry is one thing that happened to a ticket, as somebody may read it.
type TicketEntry struct {
	Seq        int64  `json:"sequence"`
	Happened   string `json:"happened"`
	Learnt     string `json:"learnt"`
	Event      string `json:"event"`
	By         string `json:"by,omitempty"` // party
	Person     string `json:"person,omitempty"`
	Party      string `json:"party,omitempty"`
	Team       string `json:"team,omitempty"`
	Priority   string `json:"priority,omitempty"`
	Service    string `json:"service,omitempty"`
	Site       string `json:"site,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Related    string `json:"related,omitempty"`
	Visibility string `json:"visibility,omitempty"`
	Summary    string `json:"summary,omitempty"`
	Text       string `json:"text,omitempty"`
	Erased     bool   `json:"erased,omitempty"` // something of it was erased by decision
	Corrected  bool   `json:"corrected,omitempty"`
	Source     string `json:"source"`
	Key        string `json:"key"`
	Digest     string `json:"digest"` // of its open form
}

// ReadEntries returns what happened to a ticket, in order, as far as somebody may read
// it: a note that he may not read is left out, and is not counted either.
func (r *Record) ReadEntries(ctx context.Context, who access.Principal, id string) ([]TicketEntry, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.visible(ctx, book, who, id)
	if err != nil {
		return nil, err
	}
	if err := r.noteReading(ctx, book, who, found, "ticket.read"); err != nil {
		return nil, err
	}
	content, err := r.Ledger.Withheld(ctx, found.Lines.Seq)
	if err != nil {
		return nil, err
	}
	j, err := journalOf(r.Now(), found)
	if err != nil {
		return nil, err
	}
	seq := sequences(found)
	resource := book.resource(&found.TicketRow, r.Now())
	names := r.may(who, access.TicketPeople, resource) == nil
	gone := ticket.Withdrawn(j, j.Of(0), r.Now())
	out := []TicketEntry{}
	for _, e := range j.Of(0) {
		f := j.Fact(e)
		note := access.Note{Ticket: resource, Party: j.Name(f.By), Visibility: f.Visibility.String()}
		readable := r.may(who, access.NoteRead, note) == nil
		if f.Event == journal.Noted && !readable {
			continue
		}
		digest := j.Digest(e)
		x := TicketEntry{
			Seq: seq[digest], Happened: e.Happened.String(), Learnt: e.Learnt.String(), Event: f.Event.String(), By: j.Name(f.By),
			Party: j.Name(f.Party), Team: j.Name(f.Team), Priority: j.Name(f.Priority), Service: j.Name(f.Service), Site: j.Name(f.Site),
			Reason: j.Name(f.Reason), Related: j.Name(f.Related), Visibility: f.Visibility.String(), Corrected: gone[e.Key()],
			Source: j.Sources()[e.Source], Key: j.KeyText(e.Key()), Digest: digest,
		}
		x.tell(content[x.Seq], readable, names || f.By != 0 && j.Name(f.By) == who.Party)
		out = append(out, x)
	}
	return out, r.entriesAlone(ctx, who, out)
}

// tell fills in what is withheld of an entry and its reader may know.
func (x *TicketEntry) tell(content []journal.Withheld, readable, names bool) {
	for _, w := range content {
		x.Erased = x.Erased || w.Erased
		switch {
		case w.Name == "person" && names:
			x.Person = w.Value
		case w.Name == store.SummaryName:
			x.Summary = w.Value
		case w.Name == "text" && readable:
			x.Text = w.Value
		}
	}
}

// sequences returns the sequence number of each of a ticket's lines by its digest.
func sequences(found *store.Found) map[string]int64 {
	out := make(map[string]int64, len(found.Lines.Line))
	for i, line := range found.Lines.Line {
		out[journal.DigestLine(line)] = found.Lines.Seq[i]
	}
	return out
}

// sortedBy returns what a list is sorted by.
func sortedBy(row *store.TicketRow, by store.Order) span.Instant {
	switch by {
	case store.ByChanged:
		return row.Changed
	case store.ByDue:
		return row.Due
	}
	return row.Opened
}
