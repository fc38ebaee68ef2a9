package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
	"towerbridge/ticket"
)

// ticketActs adds what can be done to tickets: each act is a POST of what comes to be
// by it.
func (r *registrar) ticketActs() {
	add(r, operation{
		id: "open-ticket", method: http.MethodPost, path: "/tickets", tag: ticketTag, status: http.StatusCreated,
		summary: "Open a ticket", refused: changing,
		body: `{"kind": "incident", "priority": "P3", "service": "email", "site": "depot", "summary": "Outlook does not start", "text": "It worked yesterday."}`,
	}, r.openTicket)
	act[amending](r, ticket.Change, "changes", "Change a ticket", "What is left out stays as it is; a field with an empty value is removed.", `{"priority": "P2", "fields": {"category": "hardware"}}`)
	act[noting](r, ticket.Note, "notes", "Write a note", "Left out, the visibility is shared.", `{"text": "The user is back on Monday.", "visibility": "shared"}`)
	act[assigning](r, ticket.Assign, "assignments", "Offer a ticket to a party or team", "", `{"party": "acme", "team": "field-north"}`)
	act[Said](r, ticket.Accept, "acceptance", "Take on a ticket that was offered", "", `{}`)
	act[giving](r, ticket.Reject, "rejection", "Say that a ticket is not one's own", "", `{"reason": "wrong tower", "text": "It is the mail gateway."}`)
	act[Said](r, ticket.Respond, "response", "Give the user the first answer", "", `{"text": "We are looking into it."}`)
	act[giving](r, ticket.Pause, "pauses", "Let work stand, for a reason", "Whether a clock stands too is for each contract to say.", `{"reason": "awaiting-user"}`)
	act[resuming](r, ticket.Resume, "resumption", "Go on with work", "Without a reason every pause ends.", `{"reason": "awaiting-user"}`)
	act[Said](r, ticket.Resolve, "resolution", "Say that the user's trouble is over", "", `{"text": "A new cable."}`)
	act[Said](r, ticket.Reopen, "reopening", "Say that the user's trouble is not over", "", `{"text": "It stopped again."}`)
	act[Said](r, ticket.Close, "closure", "Close a resolved ticket", "", `{}`)
	act[giving](r, ticket.Cancel, "cancellation", "Say that a ticket should not have been", "", `{"reason": "test"}`)
	act[linking](r, ticket.Link, "links", "Link a ticket to another", "", `{"reason": "duplicate-of", "related": "INC-000107"}`)
}

// changing is how a change may be refused.
var changing = []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}

type openTicketInput struct {
	Keyed
	Body opening
}

type opening struct {
	Kind     string            `json:"kind" maxLength:"200" doc:"incident, request, problem, change, or another that a contract speaks of."`
	Priority string            `json:"priority" maxLength:"200" doc:"One of those that contracts speak of."`
	Service  string            `json:"service" maxLength:"200" doc:"Id of the service in the estate."`
	Site     string            `json:"site,omitempty" maxLength:"200" doc:"Id of the site in the estate."`
	Summary  string            `json:"summary" maxLength:"300" doc:"The trouble in a few words. Like text, it can be erased."`
	Reporter string            `json:"reporter,omitempty" maxLength:"200" doc:"Id of the person whose trouble it is. Left out: yours."`
	Party    string            `json:"party,omitempty" maxLength:"200" doc:"Id of the party that it is offered to at once."`
	Team     string            `json:"team,omitempty" maxLength:"200" doc:"Id of that party's team."`
	Fields   map[string]string `json:"fields,omitempty" doc:"Further fields, which scopes of contracts may read."`
	Said
}

func (a *API) openTicket(ctx context.Context, in *openTicketInput) (*actOutput, error) {
	b := &in.Body
	act := b.act(ticket.Open, "")
	act.Kind, act.Priority, act.Service, act.Site, act.Summary = b.Kind, b.Priority, b.Service, b.Site, b.Summary
	act.Reporter, act.Party, act.Team, act.Fields = b.Reporter, b.Party, b.Team, b.Fields
	return a.do(ctx, request(ctx, in.Keyed, 0), act)
}

// deed is the body of an act: it makes the act of what it says.
type deed interface {
	act(a ticket.Act, id string) app.TicketAct
}

type actInput[B any] struct {
	TicketID
	Keyed
	Matched
	Body B
}

// act adds the operation of an act.
func act[B any, D interface {
	*B
	deed
}](r *registrar, what ticket.Act, noun, summary, about, example string,
) {
	add(r, operation{
		id: string(what) + "-ticket", method: http.MethodPost, path: "/tickets/{id}/" + noun, tag: ticketTag,
		summary: summary, about: about, refused: changing, body: example,
	}, func(ctx context.Context, in *actInput[B]) (*actOutput, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return r.do(ctx, request(ctx, in.Keyed, version), D(&in.Body).act(what, in.ID))
	})
}

type amending struct {
	Kind     string            `json:"kind,omitempty" maxLength:"200" doc:"incident, request, problem, change, or another that a contract speaks of."`
	Priority string            `json:"priority,omitempty" maxLength:"200" doc:"One of those that contracts speak of."`
	Service  string            `json:"service,omitempty" maxLength:"200" doc:"Id of the service in the estate."`
	Site     string            `json:"site,omitempty" maxLength:"200" doc:"Id of the site in the estate."`
	Summary  string            `json:"summary,omitempty" maxLength:"300" doc:"The trouble in a few words."`
	Fields   map[string]string `json:"fields,omitempty" doc:"Further fields that change."`
	Said
}

func (b *amending) act(a ticket.Act, id string) app.TicketAct {
	out := b.Said.act(a, id)
	out.Kind, out.Priority, out.Service, out.Site, out.Summary, out.Fields = b.Kind, b.Priority, b.Service, b.Site, b.Summary, b.Fields
	return out
}

type noting struct {
	Text       string `json:"text" minLength:"1" maxLength:"65536" doc:"The note. It is kept apart from the journal, and can be erased."`
	Visibility string `json:"visibility,omitempty" enum:"own,shared,public" doc:"Who may read it: people of your party, the parties that work on the ticket, or everybody who sees it."`
	When
}

func (b *noting) act(a ticket.Act, id string) app.TicketAct {
	return (&Said{b.Text, b.Visibility, b.When}).act(a, id)
}

type assigning struct {
	Party string `json:"party" maxLength:"200" doc:"Id of the party that it is offered to."`
	Team  string `json:"team,omitempty" maxLength:"200" doc:"Id of that party's team."`
	Said
}

func (b *assigning) act(a ticket.Act, id string) app.TicketAct {
	out := b.Said.act(a, id)
	out.Party, out.Team = b.Party, b.Team
	return out
}

// giving is an act that needs a reason.
type giving struct {
	Reason string `json:"reason" maxLength:"200" doc:"Why, in a word or two. A pause has one of the reasons that contracts know."`
	Said
}

func (b *giving) act(a ticket.Act, id string) app.TicketAct {
	out := b.Said.act(a, id)
	out.Reason = b.Reason
	return out
}

type resuming struct {
	Reason string `json:"reason,omitempty" maxLength:"200" doc:"The pause's reason that is gone."`
	Said
}

func (b *resuming) act(a ticket.Act, id string) app.TicketAct {
	return (&giving{b.Reason, b.Said}).act(a, id)
}

type linking struct {
	Reason  string `json:"reason" enum:"parent,caused-by,duplicate-of,merged-into,related" doc:"What the other ticket is to this one."`
	Related string `json:"related" maxLength:"200" doc:"Id of the other ticket."`
	Said
}

func (b *linking) act(a ticket.Act, id string) app.TicketAct {
	out := b.Said.act(a, id)
	out.Reason, out.Related = b.Reason, b.Related
	return out
}
