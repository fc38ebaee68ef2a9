package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// comeAgain is after what time a client that lost its stream comes again.
const comeAgain = 3 * time.Second

// ticketEvents adds the stream of what happens to tickets.
func (r *registrar) ticketEvents() {
	add(r, operation{
		id: "follow-tickets", method: http.MethodGet, path: "/tickets/events", tag: ticketTag,
		summary: "Follow what is written about tickets",
		about: "Server-sent events. An event ticket has the id and the version of a ticket that you may see, about which something was written; read the ticket to learn what. " +
			"A client that comes again with Last-Event-ID misses nothing; after an event missed it reads its list anew. The stream ends when your session or token does.",
		refused: []int{http.StatusUnprocessableEntity}, traits: serve.Traits{Stream: true},
	}, r.followTickets)
	ok := r.huma.OpenAPI().Paths[Base+"/tickets/events"].Get.Responses["200"]
	ok.Description = "A stream of events."
	ok.Content = map[string]*huma.MediaType{"text/event-stream": {
		Schema:  &huma.Schema{Type: huma.TypeString},
		Example: "id: 128\nevent: ticket\ndata: {\"ticket\":\"INC-000123\",\"version\":128}\n\n",
	}}
}

type followInput struct {
	Last string `header:"Last-Event-ID" maxLength:"20" pattern:"^[0-9]*$" doc:"Id of the last event that you had. Left out: what is written from now on."`
}

func (a *API) followTickets(ctx context.Context, in *followInput) (*huma.StreamResponse, error) {
	from, err := a.Feed.Now(ctx)
	if err != nil {
		return nil, err
	}
	if in.Last != "" {
		n, err := strconv.ParseInt(in.Last, 10, 64)
		if err != nil {
			return nil, fault.Findings{ruleForm.At(fault.Position{}, "header.Last-Event-ID", "%q is not the id of an event", in.Last)}
		}
		from = n
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		r, w := humago.Unwrap(h)
		if err := a.follow(w, r.WithContext(ctx), from); err != nil && ctx.Err() == nil {
			serve.Of(ctx).Fail(err)
		}
	}}, nil
}

// follow sends events until the stream is over.
func (a *API) follow(w http.ResponseWriter, r *http.Request, from int64) error {
	out, err := a.Server.Events(w, r, comeAgain)
	if err != nil {
		return nil // the client has gone
	}
	for {
		// A session ends, a token is revoked, a right is taken: it is asked each time.
		ctx, _, err := Identify(a.Door)(r)
		if err != nil || callerOf(ctx) == nil {
			return nil // who comes again is told why
		}
		changes, to, more, err := a.Feed.Since(ctx, whoOf(ctx), from)
		switch {
		case errors.Is(err, app.ErrMissed):
			if out.Send(strconv.FormatInt(to, 10), "missed", struct{}{}) != nil {
				return nil
			}
		case err != nil:
			return err
		}
		for _, c := range changes {
			if out.Send(strconv.FormatInt(c.Version, 10), "ticket", c) != nil {
				return nil
			}
		}
		from = max(from, to)
		if !out.Wait(more) {
			return nil
		}
	}
}
