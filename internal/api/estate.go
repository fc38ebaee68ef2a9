package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/estate"
	"towerbridge/span"
)

const estateTag = "Estate"

// estate adds the reading of the estate.
func (r *registrar) estate() {
	add(r, operation{
		id: "read-estate", method: http.MethodGet, path: "/estate", tag: estateTag,
		summary: "Read who supplies what to whom on a date",
		about:   "Parties, towers, services, sites, roles and supplies, as they are on the date.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.readEstate)
}

// day is a date of a query that may be left out.
type day struct{ on *span.Date }

// UnmarshalText reads a date.
func (d *day) UnmarshalText(b []byte) error {
	on, err := span.ParseDate(string(b))
	d.on = &on
	return err
}

// Schema describes a date.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-03-29"}}
}

type readEstateInput struct {
	On day `query:"on" doc:"The date. Left out: today, in the estate's zone."`
}

type estateOutput struct{ Body estate.View }

func (a *API) readEstate(ctx context.Context, in *readEstateInput) (*estateOutput, error) {
	view, err := a.Record.ReadEstate(ctx, whoOf(ctx), in.On.on)
	return &estateOutput{view}, err
}
