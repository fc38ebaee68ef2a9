package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// attempts is how often an act is tried anew when somebody else's came between the
// reading of its ticket and the writing.
const attempts = 5

// TicketAct is what somebody does to a ticket. Which fields an act reads is said
// beside them; a field that it does not read is an error.
type TicketAct struct {
	Ticket     string             `json:"ticket,omitempty"` // id; empty for open
	Act        ticket.Act         `json:"act"`
	Kind       string             `json:"kind,omitempty"`       // open, change
	Priority   string             `json:"priority,omitempty"`   // open, change
	Service    string             `json:"service,omitempty"`    // open, change: id in the estate
	Site       string             `json:"site,omitempty"`       // open, change: id in the estate
	Fields     map[string]string  `json:"fields,omitempty"`     // open, change: others stay as they are; an empty value removes one
	Party      string             `json:"party,omitempty"`      // open, assign: id in the estate
	Team       string             `json:"team,omitempty"`       // open, assign: id within the party
	Reason     string             `json:"reason,omitempty"`     // pause, resume, reject, cancel; the kind of a link
	Related    string             `json:"related,omitempty"`    // link: the other ticket
	Reporter   string             `json:"reporter,omitempty"`   // open: id of the person whose trouble it is; the one who opens it if empty
	Summary    string             `json:"summary,omitempty"`    // open, change
	Text       string             `json:"text,omitempty"`       // any
	Visibility journal.Visibility `json:"visibility,omitempty"` // of the text; see [TicketAct.visibility]
	Happened   *span.Instant      `json:"happened,omitempty"`   // where it was earlier than now: entered afterwards
}

// Done is what an act came to.
type Done struct {
	Ticket  *Ticket
	Receipt store.Receipt
	Dry     bool
}

// Do does something to a ticket, or opens one. The right to it, the ticket's state
// and everything that the act names are checked first; then it is written, and is
// durable when Do returns. A ticket that the reader may not see is not found.
func (r *Record) Do(ctx context.Context, q Request, a TicketAct) (*Done, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	if len(q.Digest) == 0 {
		q.Digest = digestOf(a)
	}
	for n := 1; ; n++ {
		done, err := r.do(ctx, q, &a, book)
		if err == nil || fault.KindOf(err) != fault.Conflict {
			return done, err
		}
		if q.Key != "" {
			if again, ok, err := r.replay(ctx, q, book); ok || err != nil {
				return again, err
			}
		}
		if n == attempts || q.Version != 0 {
			return nil, err
		}
	}
}

// digestOf is what tells one request from another.
func digestOf(request any) []byte {
	b, err := json.Marshal(request)
	if err != nil {
		panic(err) // only of a type that cannot be written, which is a defect
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// replay returns what an earlier act under the same key came to, if there was one.
func (r *Record) replay(ctx context.Context, q Request, book *Book) (*Done, bool, error) {
	receipt, ok, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest)
	if !ok || err != nil {
		return nil, false, err
	}
	return r.answer(ctx, q, book, receipt)
}

// answer answers a request that was carried out before, with the ticket as it stands
// now: to somebody who may not see that any more, it is not found.
func (r *Record) answer(ctx context.Context, q Request, book *Book, receipt store.Receipt) (*Done, bool, error) {
	found, err := r.visible(ctx, book, q.Who, receipt.Ticket)
	if err != nil {
		return nil, false, err
	}
	if err := r.noteReading(ctx, book, q.Who, found, "ticket.read"); err != nil {
		return nil, false, err
	}
	t, err := r.ticket(book, q.Who, found)
	if err == nil {
		err = r.unrelated(ctx, q.Who, t)
	}
	return &Done{Ticket: t, Receipt: receipt}, err == nil, err
}

// do tries an act once.
func (r *Record) do(ctx context.Context, q Request, a *TicketAct, book *Book) (*Done, error) {
	now := r.Now()
	d := deed{book: book, who: q.Who, act: a, now: now, found: &store.Found{}}
	if a.Act != ticket.Open {
		if err := d.load(ctx, r, q.Version); err != nil {
			return nil, err
		}
	} else if err := r.mayOpen(ctx, &d); err != nil {
		return nil, err
	}
	change, err := d.change(ctx, r)
	if err != nil {
		return nil, err
	}
	change.Who, change.Key, change.Request, change.Dry = q.Who.ID, q.Key, q.Digest, q.Dry
	receipt, err := r.Ledger.Commit(ctx, change)
	if err != nil {
		return nil, err
	}
	if receipt.Replayed {
		done, _, err := r.answer(ctx, q, book, receipt)
		return done, err
	}
	d.after.ID, d.after.Version, d.after.Changed = receipt.Ticket, receipt.Last, max(d.after.Changed, receipt.Learnt)
	t, err := r.ticketOf(book, q.Who, &store.Found{TicketRow: d.after}, d.journal, 0)
	if err != nil {
		return nil, err
	}
	if t.Summary = d.summary(); t.Summary == "" {
		t.Summary = r.summary(ctx, d.found)
	}
	return &Done{Ticket: t, Receipt: receipt, Dry: q.Dry}, r.unrelated(ctx, q.Who, t)
}

// deed is one act while it is being done.
type deed struct {
	book    *Book
	who     access.Principal
	act     *TicketAct
	now     span.Instant
	found   *store.Found // the ticket before; empty when it is opened
	history ticket.History
	before  *journal.Journal // of the ticket alone; nil when it is opened
	journal *journal.Journal // with the act
	after   store.TicketRow
}

// state is the ticket's before the act.
func (d *deed) state() *ticket.State {
	if d.before == nil {
		return &ticket.State{}
	}
	return d.history.Last()
}

// load reads the ticket and checks the right to do the act and whether the ticket's
// state allows it.
func (d *deed) load(ctx context.Context, r *Record, version int64) error {
	found, err := r.visible(ctx, d.book, d.who, d.act.Ticket)
	if err != nil {
		return err
	}
	if err := r.may(d.who, access.Action("ticket."+string(d.act.Act)), d.resource(found)); err != nil {
		return err
	}
	if version != 0 && found.Version != version {
		return fault.New(fault.Conflict, "Read it again, and decide anew.", "ticket %s has moved on to version %d since %d was read", found.ID, found.Version, version)
	}
	if d.before, err = journalOf(d.now, found); err != nil {
		return err
	}
	d.found = found
	d.now = max(d.now, found.Changed) // another process's clock may be ahead
	if !ticket.Read(d.before, 0, d.now, &d.history) {
		return fault.New(fault.Conflict, "Open another.", "every entry of ticket %s was taken back", found.ID)
	}
	if err := ticket.May(d.state(), d.act.Act); err != nil {
		return err
	}
	if d.act.Act == ticket.Resume && d.act.Reason != "" {
		return ticket.MayResume(d.before, d.state(), d.act.Reason)
	}
	return nil
}

// resource is the object of an act on a ticket: a note has a visibility of its own.
func (d *deed) resource(found *store.Found) access.Resource {
	t := d.book.resource(&found.TicketRow, d.now)
	if d.act.Act == ticket.Note {
		return access.Note{Ticket: t, Party: d.who.Party, Visibility: d.act.visibility().String()}
	}
	return t
}

// mayOpen checks the right to open the ticket that would come to be.
func (r *Record) mayOpen(ctx context.Context, d *deed) error {
	a := d.act
	row := store.TicketRow{Service: a.Service, Site: a.Site, Party: a.Party, Reporter: d.reporter()}
	if a.Party != "" {
		row.Parties = []string{a.Party}
	}
	t := d.book.resource(&row, d.now)
	t.ReporterParty = d.who.Party
	if row.Reporter != d.who.ID {
		person, err := r.person(ctx, row.Reporter)
		if err != nil {
			return err
		}
		t.ReporterParty = person.Party
	}
	return r.may(d.who, access.TicketCreate, t)
}

// visibility is who may read the text of an act: what is said when a ticket is opened,
// answered, resolved or reopened is for all who see it, other texts for those who work
// on it, unless the act says otherwise.
func (a *TicketAct) visibility() journal.Visibility {
	if a.Visibility != journal.NoVisibility {
		return a.Visibility
	}
	switch a.Act {
	case ticket.Open, ticket.Respond, ticket.Resolve, ticket.Reopen, ticket.Close:
		return journal.Public
	}
	return journal.Shared
}

// reporter is the person whose trouble the ticket is.
func (d *deed) reporter() string {
	switch {
	case d.before != nil:
		return d.found.Reporter
	case d.act.Reporter != "":
		return d.act.Reporter
	}
	return d.who.ID
}

func (d *deed) summary() string { return d.act.Summary }

// change writes the act down: the entry, and the row of the ticket after it.
func (d *deed) change(ctx context.Context, r *Record) (*store.Change, error) {
	entry, err := d.entry(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &store.Change{Entries: []store.Entry{entry}}
	if d.before == nil {
		out.Prefix = prefix(d.act.Kind)
	} else {
		out.Expect = []store.Expect{{Ticket: d.found.ID, Version: d.found.Version}}
	}
	supposed := entry.Draft // as the ledger will write it, but for its number
	supposed.Key, supposed.Learnt = "0", d.now
	if supposed.Ticket == "" {
		supposed.Ticket = "new"
	}
	with := *d.found
	with.Lines.Line = append(with.Lines.Line[:len(with.Lines.Line):len(with.Lines.Line)], supposed.Append(nil))
	if d.journal, err = journalOf(d.now, &with); err != nil {
		return nil, err
	}
	d.after = newRows(d.book.Book, d.journal).row(0, d.now)
	d.after.ID, d.after.Reporter = d.found.ID, d.reporter()
	out.Rows = []store.TicketRow{d.after}
	return out, nil
}

// prefix is that of the ids of tickets of a kind.
func prefix(kind string) string {
	switch kind {
	case "request":
		return "REQ"
	case "problem":
		return "PRB"
	case "change":
		return "CHG"
	}
	return "INC"
}
