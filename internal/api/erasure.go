package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
)

const careTag = "Care of personal data"

// erasures adds the erasing of content.
func (r *registrar) erasures() {
	add(r, operation{
		id: "erase-content", method: http.MethodPost, path: "/erasures", tag: careTag, status: http.StatusCreated,
		summary: "Erase withheld content of a ticket for ever",
		about: "Names and texts of the entries named, or of all. What stood for them in the journal, a salted digest, stays: every chain and bundle still verifies. " +
			"The decision is an entry of the ticket and an act of the record.",
		refused: changing, body: `{"ticket": "INC-000123", "entries": [128], "names": ["text"], "why": "request of the data subject, 2026-03-02"}`,
	}, r.eraseContent)
}

type eraseInput struct {
	Keyed
	Body erasing
}

type erasing struct {
	Ticket  string   `json:"ticket" maxLength:"200" doc:"Id of the ticket."`
	Entries []int64  `json:"entries,omitempty" maxItems:"10000" doc:"Sequence numbers of its entries. Left out: all of them."`
	Names   []string `json:"names,omitempty" maxItems:"20" enum:"person,reporter,summary,text,attachment" doc:"What of them. Left out: all that they withhold."`
	Why     string   `json:"why" minLength:"1" maxLength:"65536" doc:"The ground: a clause, a request. It is kept as the journal keeps texts."`
}

type erasedItem struct {
	Sequence int64  `json:"sequence" doc:"Of the entry."`
	Name     string `json:"name" doc:"What of it."`
}

type erasedOutput struct {
	Written
	Body struct {
		Ticket string       `json:"ticket"`
		Items  []erasedItem `json:"items" doc:"What is gone."`
	}
}

func (a *API) eraseContent(ctx context.Context, in *eraseInput) (*erasedOutput, error) {
	b := &in.Body
	q := request(ctx, in.Keyed, 0)
	done, err := a.Record.EraseContent(ctx, q, app.Erasure{Ticket: b.Ticket, Entries: b.Entries, Names: b.Names, Why: b.Why})
	if err != nil {
		return nil, err
	}
	out := &erasedOutput{Written: writtenOf(done.Receipt.Replayed, q.Dry)}
	out.Body.Ticket, out.Body.Items = done.Ticket, make([]erasedItem, len(done.Items))
	for i, x := range done.Items {
		out.Body.Items[i] = erasedItem{x.Seq, x.Name}
	}
	return out, nil
}
