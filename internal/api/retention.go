package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// retention adds the schedule by which content is erased in time.
func (r *registrar) retention() {
	add(r, operation{
		id: "read-retention", method: http.MethodGet, path: "/retention", tag: careTag,
		summary: "Read how long content is kept", about: "Without any rule everything is kept.",
	}, r.readRetention)
	add(r, operation{
		id: "set-retention", method: http.MethodPut, path: "/retention", tag: careTag,
		summary: "Decide how long content is kept", about: "The decision is an act of the record. Nothing is erased by it: see the applications.",
		refused: changing, body: `{"rules": [{"months": 24, "names": ["text", "summary"], "kinds": ["incident"], "clause": "4.2"}]}`,
	}, r.setRetention)
	add(r, operation{
		id: "apply-retention", method: http.MethodPost, path: "/retention/applications", tag: careTag,
		summary: "Erase what the schedule says is due", about: "Each ticket's erasure is a decision of its own that names the clause. With dry nothing is erased, only counted.",
		refused: changing, traits: serve.Traits{Stream: true},
	}, r.applyRetention)
}

type readRetentionInput struct{ Unmatched }

type retentionOutput struct {
	Tagged
	Written
	Status int
	Body   *app.Schedule
}

func (a *API) readRetention(ctx context.Context, in *readRetentionInput) (*retentionOutput, error) {
	s, err := a.Record.Retention(ctx, whoOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &retentionOutput{Tagged: tag(etagOf(s.Version)), Status: http.StatusOK, Body: s}
	if in.holds(out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

type setRetentionInput struct {
	Keyed
	Matched
	Body app.Schedule
}

func (a *API) setRetention(ctx context.Context, in *setRetentionInput) (*retentionOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	q := request(ctx, in.Keyed, version)
	s, err := a.Record.SetRetention(ctx, q, in.Body)
	if err != nil {
		return nil, moved(version, err)
	}
	out := &retentionOutput{Written: writtenOf(s.Replayed, q.Dry), Status: http.StatusOK, Body: s}
	if !q.Dry {
		out.Tagged = tag(etagOf(s.Version))
	}
	return out, nil
}

type applyInput struct{ Keyed }

type appliedOutput struct {
	Written
	Body *app.Retained
}

func (a *API) applyRetention(ctx context.Context, in *applyInput) (*appliedOutput, error) {
	q := request(ctx, in.Keyed, 0)
	done, err := a.Record.ApplyRetention(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	return &appliedOutput{writtenOf(done.Replayed, q.Dry), done}, nil
}
