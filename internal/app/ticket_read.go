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

// Ticket is a ticket as somebody may see it at a moment: how it stands, and every
// clock of it by the contracts that the reader may see, from the same functions as a
// statement.
type Ticket struct {
	ID       string        `json:"id"`
	Version  int64         `json:"version"` // sequence number of its last entry
	Kind     string        `json:"kind,omitempty"`
	Priority string        `json:"priority,omitempty"`
	Service  string        `json:"service,omitempty"`
	Tower    string        `json:"tower,omitempty"`
	Site     string        `json:"site,omitempty"`
	Party    string        `json:"party,omitempty"` // that holds it or is offered it
	Team     string        `json:"team,omitempty"`
	Status   string        `json:"status"`
	Accepted bool          `json:"accepted"`
	Parent   string        `json:"parent,omitempty"`
	Summary  string        `json:"summary,omitempty"`
	Reporter string        `json:"reporter,omitempty"`
	Fields   []Named       `json:"fields,omitempty"`
	Opened   span.Instant  `json:"opened"`
	Changed  span.Instant  `json:"changed"`
	AsOf     span.Instant  `json:"asOf"`          // the moment it is read at
	Due      *span.Instant `json:"due,omitempty"` // next due instant of a clock that the reader may see
	Life     *Life         `json:"life,omitempty"`
	Standing []Standing    `json:"standing,omitempty"` // in lists: the clocks that have not stopped
	May      []ticket.Act  `json:"may,omitempty"`      // what the reader may do now
}

// Named is a further field.
type Named struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Standing is how a clock that has not stopped stands at a moment.
type Standing struct {
	Contract string        `json:"contract"`
	Clock    string        `json:"clock"`
	Elapsed  int64         `json:"elapsedSeconds"` // open seconds, pauses taken off
	Target   int64         `json:"targetSeconds"`
	Due      *span.Instant `json:"due,omitempty"`
	Verdict  string        `json:"verdict"`
	Paused   bool          `json:"paused"`
}

// ReadTicket returns a ticket as it stands now. Reading one of a restricted data class
// is itself an entry of the journal.
func (r *Record) ReadTicket(ctx context.Context, who access.Principal, id string) (*Ticket, error) {
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
	t, err := r.ticket(book, who, found)
	if err != nil {
		return nil, err
	}
	return t, r.unrelated(ctx, who, t)
}

// ReadTicketAsOf returns a ticket as it was known at an instant, with every clock.
func (r *Record) ReadTicketAsOf(ctx context.Context, who access.Principal, id string, asOf span.Instant) (*Life, error) {
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
	j, err := journalOf(asOf, found)
	if err != nil {
		return nil, err
	}
	l := lifeReader{book: book.Book, journal: j}
	if !ticket.Read(j, 0, asOf, &l.history) {
		return nil, fault.New(fault.NotFound, "Ask as of a later instant.", "nothing was known of ticket %q at %s", id, asOf)
	}
	life := r.life(book, who, &l, id)
	return life, r.lifeAlone(ctx, who, life)
}

// visible returns a ticket that somebody may see. One that he may not see is not
// found, in the same words: that it exists is not told.
func (r *Record) visible(ctx context.Context, book *Book, who access.Principal, id string) (*store.Found, error) {
	none := func() error {
		return fault.New(fault.NotFound, "Check its id.", "there is no ticket %q that you may see", id)
	}
	found, err := r.Ledger.Ticket(ctx, id)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, none()
	}
	if err != nil {
		return nil, err
	}
	if r.may(who, access.TicketRead, book.resource(&found.TicketRow, r.Now())) != nil {
		return nil, none()
	}
	return found, nil
}

// resource is a ticket as rights look at it.
func (b *Book) resource(row *store.TicketRow, now span.Instant) access.Ticket {
	out := access.Ticket{ID: row.ID, Holder: row.Party, Parties: row.Parties, Service: row.Service, Reporter: row.Reporter}
	out.Tower, _ = b.Estate.TowerOf(row.Service, b.today(now))
	if class, ok := b.Estate.DataClassOf(row.Service); ok {
		out.DataClass, out.Restricted = class.ID, class.Restricted
	}
	return out
}

// noteReading writes down that somebody read a ticket of a restricted data class.
func (r *Record) noteReading(ctx context.Context, book *Book, who access.Principal, found *store.Found, act string) error {
	if !book.resource(&found.TicketRow, r.Now()).Restricted {
		return nil
	}
	_, err := r.Ledger.Commit(ctx, &store.Change{Who: who.ID, Acts: []store.Act{{
		ActDraft: journal.ActDraft{Source: Source, Act: act, By: who.Party, Subject: found.ID},
		Clear:    []store.Clear{{Name: "person", Value: who.ID}},
	}}})
	return err
}

// ticket reads a ticket that was found.
func (r *Record) ticket(book *Book, who access.Principal, found *store.Found) (*Ticket, error) {
	now := max(r.Now(), found.Changed)
	j, err := journalOf(now, found)
	if err != nil {
		return nil, err
	}
	t, err := r.ticketOf(book, who, found, j, 0)
	if err == nil {
		t.Summary = r.summary(context.Background(), found)
	}
	return t, err
}

// ticketOf reads one of a journal's tickets.
func (r *Record) ticketOf(book *Book, who access.Principal, found *store.Found, j *journal.Journal, position int) (*Ticket, error) {
	l := lifeReader{book: book.Book, journal: j}
	t, err := r.standing(book, r.Policies.As(who), who, &l, found, position)
	if err != nil {
		return nil, err
	}
	t.Life = r.life(book, who, &l, found.ID)
	for _, c := range t.Life.Clocks {
		if due := c.due; c.Stop == nil && due < span.Never && due >= t.AsOf && (t.Due == nil || due < *t.Due) {
			t.Due = &due
		}
	}
	s, asker, resource := l.history.Last(), r.Policies.As(who), book.resource(&found.TicketRow, t.AsOf)
	for _, act := range ticket.Acts() {
		if act != ticket.Open && ticket.May(s, act) == nil && asker.May(access.Action("ticket."+string(act)), resource).Allowed {
			t.May = append(t.May, act)
		}
	}
	return t, nil
}

// standing reads how a ticket stands, without its clocks.
func (r *Record) standing(book *Book, asker *access.Asker, who access.Principal, l *lifeReader, found *store.Found, position int) (*Ticket, error) {
	asOf := max(r.Now(), found.Changed)
	if !ticket.Read(l.journal, position, asOf, &l.history) {
		return nil, fault.New(fault.NotFound, "Ask for its entries.", "every entry of ticket %q was taken back", found.ID)
	}
	s, row := l.history.Last(), &found.TicketRow
	t := &Ticket{
		ID: row.ID, Version: row.Version, Kind: row.Kind, Priority: row.Priority, Service: row.Service, Site: row.Site, Party: row.Party,
		Team: row.Team, Status: s.Status.String(), Accepted: s.Accepted, Parent: row.Parent,
		Opened: row.Opened, Changed: row.Changed, AsOf: asOf,
	}
	t.Tower, _ = book.Estate.TowerOf(row.Service, book.today(asOf))
	if row.Reporter != "" && (who.ID == row.Reporter || asker.May(access.TicketPeople, book.resource(row, asOf)).Allowed) {
		t.Reporter = row.Reporter
	}
	for _, x := range l.journal.Fields(s.Extra) {
		t.Fields = append(t.Fields, Named{l.journal.Name(x.Name), l.journal.Name(x.Value)})
	}
	return t, nil
}

// life reads a ticket's clocks and legs by the contracts that somebody may see.
func (r *Record) life(book *Book, who access.Principal, l *lifeReader, id string) *Life {
	contracts := r.timed(book, who, l.concerned())
	if len(contracts) == 0 {
		return l.untimed(id, book.Estate.Document().Zone)
	}
	return l.life(id, contracts)
}

// timed returns those of the contracts whose operational figures somebody may see.
func (r *Record) timed(book *Book, who access.Principal, contracts []*contract.Contract) []*contract.Contract {
	asker := r.Policies.As(who)
	return slices.DeleteFunc(slices.Clone(contracts), func(c *contract.Contract) bool {
		return !asker.May(access.ClockRead, book.figure(c)).Allowed
	})
}

// figure is a contract's figures as rights look at them.
func (b *Book) figure(c *contract.Contract) access.Figure {
	return access.Figure{Contract: c.ID, Supplier: c.Supplier, Customer: c.Customer, Integrator: c.Integrator, Towers: b.towersOf(c)}
}

// contract is a contract's terms as rights look at them.
func (b *Book) contract(c *contract.Contract) access.Contract {
	return access.Contract{ID: c.ID, Supplier: c.Supplier, Customer: c.Customer, Integrator: c.Integrator, Towers: b.towersOf(c)}
}

// towersOf returns the towers that are run under a contract, on any date.
func (b *Book) towersOf(c *contract.Contract) []string {
	out := slices.Clone(c.Towers)
	for _, s := range b.Estate.Document().Supplies {
		if s.Contract == c.ID && !slices.Contains(out, s.Tower) {
			out = append(out, s.Tower)
		}
	}
	return out
}

// untimed is the life of a ticket without any contract: what happened.
func (r *lifeReader) untimed(id, zone string) *Life {
	h, last := &r.history, r.history.Last()
	life := &Life{
		Ticket: id, AsOf: h.AsOf, Zone: zone, Kind: r.journal.Name(last.Kind), Priority: r.journal.Name(last.Priority),
		Service: r.journal.Name(last.Service), Site: r.journal.Name(last.Site), State: last.Status.String(),
		Clocks: []Clock{}, Legs: []Leg{}, Moments: []Moment{},
		Notes: []string{"no contract whose figures you may see says how it is timed"},
	}
	for i := range h.Moments {
		m := &h.Moments[i]
		life.Moments = append(life.Moments, Moment{
			At: m.At.String(), Event: m.Event.String(), State: m.Status.String(), Priority: r.journal.Name(m.Priority),
			Party: r.journal.Name(m.Party), Team: r.journal.Name(m.Team),
		})
	}
	return life
}

// summary returns a ticket's summary; empty where it has none or it was erased.
func (r *Record) summary(ctx context.Context, found *store.Found) string {
	if found.Summary == 0 {
		return ""
	}
	content, err := r.Ledger.Withheld(ctx, []int64{found.Summary}, store.SummaryName)
	if err != nil {
		return ""
	}
	return valueOf(content[found.Summary], store.SummaryName)
}

// valueOf returns the content of a name; empty where there is none or it was erased.
func valueOf(list []journal.Withheld, name string) string {
	for _, w := range list {
		if w.Name == name {
			return w.Value
		}
	}
	return ""
}

// standings reads the clocks of a ticket that have not stopped.
func (r *lifeReader) standings(contracts []*contract.Contract, readers map[string]*clock.Reader) []Standing {
	var out []Standing
	var x clock.Reading
	for _, c := range contracts {
		rd := readers[c.ID]
		if rd == nil {
			rd = clock.NewReader(c, r.journal, r.book.World().KindOf)
			readers[c.ID] = rd
		}
		r.running(rd, &x, func(x *clock.Reading) {
			s := Standing{Contract: c.ID, Clock: x.Clock.ID, Elapsed: x.Elapsed, Target: x.Target, Verdict: x.Verdict.String(), Paused: r.stands(x)}
			if x.Due < span.Never {
				due := x.Due
				s.Due = &due
			}
			out = append(out, s)
		})
	}
	return out
}

// stands reports whether a clock stands at the moment of reading.
func (r *lifeReader) stands(x *clock.Reading) bool {
	n := len(x.Pauses)
	return n > 0 && x.Pauses[n-1].To >= r.history.AsOf
}
