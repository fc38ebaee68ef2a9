package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

const ticketTag = "Tickets"

// tickets adds the operations on tickets.
func (r *registrar) tickets() {
	add(r, operation{
		id: "list-tickets", method: http.MethodGet, path: "/tickets", tag: ticketTag,
		summary: "List tickets",
		about:   "Those that you may see and that all filters choose. Each has the clocks that have not stopped, as they stand now.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.listTickets)
	add(r, operation{
		id: "count-tickets", method: http.MethodGet, path: "/tickets/count", tag: ticketTag,
		summary: "Count tickets", about: "Those that you may see and that all filters choose.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.countTickets)
	add(r, operation{
		id: "read-ticket", method: http.MethodGet, path: "/tickets/{id}", tag: ticketTag,
		summary: "Read a ticket",
		about: "How it stands, every clock of it by the contracts whose clocks you may see, its legs, and what you may do. " +
			"With If-None-Match the answer is 304 when nothing has happened to it since; its clocks have run on all the same.",
	}, r.readTicket)
	add(r, operation{
		id: "read-ticket-life", method: http.MethodGet, path: "/tickets/{id}/life", tag: ticketTag,
		summary: "Read a ticket's life as it was known at an instant", refused: []int{http.StatusUnprocessableEntity},
	}, r.readLife)
	add(r, operation{
		id: "list-ticket-entries", method: http.MethodGet, path: "/tickets/{id}/entries", tag: ticketTag,
		summary: "List what happened to a ticket",
		about:   "Its entries in the journal, in order, as far as you may read them.",
	}, r.listEntries)
	r.ticketActs()
	r.ticketClocks()
	r.ticketEvents()
}

// Located notes the address that was asked for.
type Located struct{ url url.URL }

// Resolve notes the address.
func (l *Located) Resolve(ctx huma.Context) []error {
	l.url = ctx.URL()
	return nil
}

// Filters choose tickets.
type Filters struct {
	Open      string   `query:"open" enum:"true,false" doc:"true: somebody is still to work on it; false: not."`
	Status    []string `query:"status" doc:"new, assigned, in-progress, waiting, resolved, closed, cancelled."`
	Kind      []string `query:"kind" doc:"Such as incident."`
	Priority  []string `query:"priority" doc:"Such as P1."`
	Service   []string `query:"service" doc:"Ids of services."`
	Site      []string `query:"site" doc:"Ids of sites."`
	Party     []string `query:"party" doc:"Ids of parties that hold it or are offered it now."`
	Team      []string `query:"team" doc:"Ids of teams."`
	Reporter  string   `query:"reporter" maxLength:"200" doc:"Id of the person who reported it."`
	Parent    string   `query:"parent" maxLength:"200" doc:"Id of the ticket that it belongs to."`
	ID        string   `query:"id" maxLength:"200" doc:"How its id begins."`
	DueBefore moment   `query:"dueBefore" doc:"The next due instant of its clocks is before this."`
}

// query returns what the filters ask of the record.
func (f *Filters) query() (*store.Query, error) {
	q := &store.Query{
		Kinds: f.Kind, Priorities: f.Priority, Services: f.Service, Sites: f.Site, Parties: f.Party, Teams: f.Team,
		Reporter: f.Reporter, Parent: f.Parent, IDPrefix: f.ID, DueBefore: f.DueBefore.or(0),
	}
	if f.Open != "" {
		open := f.Open == "true"
		q.Open = &open
	}
	for _, name := range f.Status {
		s, ok := journal.ParseStatus(name)
		if !ok {
			return nil, fault.Findings{ruleForm.At(fault.Position{}, "query.status", "there is no status %q", name)}
		}
		q.Statuses = append(q.Statuses, s)
	}
	return q, nil
}

type listTicketsInput struct {
	Located
	Filters
	Pages
	Sort  string `query:"sort" enum:"opened,-opened,changed,-changed,due,-due" default:"opened" doc:"What the list is sorted by; with - the latest come first."`
	Count bool   `query:"count" doc:"Count all that the filters choose, up to 100000."`
}

type ticketPage struct {
	Tickets []*app.Ticket `json:"tickets" doc:"The tickets of this page."`
	Next    string        `json:"next,omitempty" doc:"after of the next page; not there on the last."`
	Total   *int          `json:"total,omitempty" doc:"How many there are in all, where it was asked for."`
}

type listTicketsOutput struct {
	Linked
	Body ticketPage
}

func (a *API) listTickets(ctx context.Context, in *listTicketsInput) (*listTicketsOutput, error) {
	who := whoOf(ctx)
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Limit = in.Limit
	q.By, q.Descending = store.Order(in.Sort), false
	if in.Sort[0] == '-' {
		q.By, q.Descending = store.Order(in.Sort[1:]), true
	}
	way := wayOf(in.url.Path, in.url.Query(), who.ID)
	if in.After != "" {
		if q.After, err = a.cursors.read(in.After, way); err != nil {
			return nil, err
		}
	}
	listed, err := a.Record.ListTickets(ctx, who, *q, in.Count)
	if err != nil {
		return nil, err
	}
	out := &listTicketsOutput{Body: ticketPage{Tickets: listed.Tickets}}
	if in.Count {
		out.Body.Total = &listed.Total
	}
	out.Body.Next = a.cursors.write(listed.Next, way)
	out.Linked = linkNext(&in.url, out.Body.Next)
	return out, nil
}

type countTicketsInput struct{ Filters }

type countOutput struct {
	Body struct {
		Count int  `json:"count" doc:"How many there are."`
		More  bool `json:"more" doc:"There are more than were counted."`
	}
}

func (a *API) countTickets(ctx context.Context, in *countTicketsInput) (*countOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.By, q.Limit = store.ByOpened, 1
	listed, err := a.Record.ListTickets(ctx, whoOf(ctx), *q, true)
	if err != nil {
		return nil, err
	}
	out := &countOutput{}
	out.Body.Count, out.Body.More = listed.Total, listed.Total >= app.MaxTotal
	return out, nil
}

// TicketID is the ticket of a path.
type TicketID struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the ticket." example:"INC-000123"`
}

type readTicketInput struct {
	TicketID
	Unmatched
}

type ticketOutput struct {
	Tagged
	Status int
	Body   *app.Ticket
}

func (a *API) readTicket(ctx context.Context, in *readTicketInput) (*ticketOutput, error) {
	t, err := a.Record.ReadTicket(ctx, whoOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := &ticketOutput{Tagged: tag(etagOf(t.Version)), Status: http.StatusOK, Body: t}
	if in.holds(out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

type readLifeInput struct {
	TicketID
	AsOf moment `query:"asOf" doc:"Nothing that was learnt later is in the answer. Left out: now."`
}

type lifeOutput struct{ Body *app.Life }

func (a *API) readLife(ctx context.Context, in *readLifeInput) (*lifeOutput, error) {
	life, err := a.Record.ReadTicketAsOf(ctx, whoOf(ctx), in.ID, in.AsOf.or(a.Record.Now()))
	return &lifeOutput{life}, err
}

type entriesOutput struct {
	Body struct {
		Entries []app.TicketEntry `json:"entries"`
	}
}

func (a *API) listEntries(ctx context.Context, in *TicketID) (*entriesOutput, error) {
	entries, err := a.Record.ReadEntries(ctx, whoOf(ctx), in.ID)
	out := &entriesOutput{}
	out.Body.Entries = entries
	return out, err
}

// Said is what every act may say.
type Said struct {
	Text       string `json:"text,omitempty" maxLength:"65536" doc:"Free text. It is kept apart from the journal, and can be erased."`
	Visibility string `json:"visibility,omitempty" enum:"own,shared,public" doc:"Who may read the text: people of your party, the parties that work on the ticket, or everybody who sees it."`
	When
}

// When is when an act happened.
type When struct {
	Happened *span.Instant `json:"happened,omitempty" doc:"When it happened, if that was earlier than now."`
}

// act begins an act that says so much.
func (s *Said) act(a ticket.Act, id string) app.TicketAct {
	v, _ := journal.ParseVisibility(s.Visibility)
	return app.TicketAct{Ticket: id, Act: a, Text: s.Text, Visibility: v, Happened: s.Happened}
}

// actOutput is the answer to an act: the ticket as it stands with it.
type actOutput struct {
	Tagged
	Written
	Location string `header:"Location" doc:"Address of the ticket."`
	Body     *app.Ticket
}

// do does something to a ticket.
func (a *API) do(ctx context.Context, q app.Request, act app.TicketAct) (*actOutput, error) {
	done, err := a.Record.Do(ctx, q, act)
	if err != nil {
		return nil, a.changedSince(ctx, q, act.Ticket, err)
	}
	out := &actOutput{Tagged: tag(etagOf(done.Ticket.Version)), Written: writtenOf(done.Receipt.Replayed, done.Dry), Body: done.Ticket}
	if !done.Dry {
		out.Location = Base + "/tickets/" + url.PathEscape(done.Ticket.ID)
	}
	return out, nil
}

// changedSince tells a conflict of versions, which If-Match asked to be told of, from
// any other.
func (a *API) changedSince(ctx context.Context, q app.Request, id string, err error) error {
	if q.Version == 0 || fault.KindOf(err) != fault.Conflict {
		return err
	}
	now, wrong := a.Record.ReadTicket(ctx, q.Who, id)
	if wrong != nil || now.Version == q.Version {
		return err
	}
	return preconditionError{err}
}
