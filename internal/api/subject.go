package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// subjects adds the asking for everything that is held of a person.
func (r *registrar) subjects() {
	add(r, operation{
		id: "read-subject", method: http.MethodPost, path: "/subject-access", tag: careTag,
		summary: "Read everything that the record holds of a person",
		about: "The person's entry in the directory, what is listed as theirs, the tickets that they reported, and each entry that names them. " +
			"The whole journal is read for it, and that it was asked for is written down: therefore it is a POST.",
		refused: changing, body: `{"person": "p-000123"}`, traits: serve.Traits{Stream: true},
	}, r.readSubject)
}

type subjectInput struct {
	Keyed
	Body struct {
		Person string `json:"person" minLength:"1" maxLength:"200" doc:"Id of the person."`
	}
}

type subjectOutput struct {
	Written
	Body *app.Subject
}

func (a *API) readSubject(ctx context.Context, in *subjectInput) (*subjectOutput, error) {
	q := request(ctx, in.Keyed, 0)
	found, err := a.Record.SubjectAccess(ctx, q, in.Body.Person, nil)
	if err != nil {
		return nil, err
	}
	return &subjectOutput{writtenOf(found.Replayed, q.Dry), found}, nil
}
