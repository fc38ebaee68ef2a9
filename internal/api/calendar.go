package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/internal/app"
	"towerbridge/span"
)

const calendarTag = "Calendars"

// calendars adds what is asked of calendars.
func (r *registrar) calendars() {
	add(r, operation{
		id: "list-calendars", method: http.MethodGet, path: "/calendars", tag: calendarTag,
		summary: "List the calendars",
	}, r.listCalendars)
	add(r, operation{
		id: "read-calendar", method: http.MethodGet, path: "/calendars/{id}", tag: calendarTag,
		summary: "Read a calendar", about: "With its open windows between two instants.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.readCalendar)
	add(r, operation{
		id: "count-open-seconds", method: http.MethodGet, path: "/calendars/{id}/open", tag: calendarTag,
		summary: "Count the open seconds between two instants", about: "By the function that clocks use.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.countOpen)
	add(r, operation{
		id: "find-due-instant", method: http.MethodGet, path: "/calendars/{id}/due", tag: calendarTag,
		summary: "Find the instant at which so many open seconds have run", about: "By the function that clocks use.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.findDue)
}

type calendarsOutput struct {
	Body struct {
		Calendars []app.CalendarEntry `json:"calendars"`
	}
}

func (a *API) listCalendars(ctx context.Context, _ *struct{}) (*calendarsOutput, error) {
	list, err := a.Record.ListCalendars(ctx, whoOf(ctx))
	out := &calendarsOutput{}
	out.Body.Calendars = list
	return out, err
}

// CalendarID is the calendar of a path.
type CalendarID struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the calendar." example:"office"`
}

type readCalendarInput struct {
	CalendarID
	From moment `query:"from" doc:"Where the windows begin. Left out: now."`
	To   moment `query:"to" doc:"Where they end, at most 400 days later. Left out: seven days later."`
}

type calendarOutput struct{ Body *app.CalendarView }

func (a *API) readCalendar(ctx context.Context, in *readCalendarInput) (*calendarOutput, error) {
	from := in.From.or(a.Record.Now())
	view, err := a.Record.ReadCalendar(ctx, whoOf(ctx), in.ID, from, in.To.or(from+week))
	return &calendarOutput{view}, err
}

const week = 7 * 24 * 60 * 60

// point is an instant of a query that must be there.
type point struct{ span.Instant }

// Schema describes an instant.
func (point) Schema(huma.Registry) *huma.Schema { return instantSchema() }

type openInput struct {
	CalendarID
	From point `query:"from" required:"true" doc:"The earlier instant."`
	To   point `query:"to" required:"true" doc:"The later instant."`
}

type openOutput struct {
	Body struct {
		Seconds int64 `json:"seconds" doc:"Open seconds between the two."`
	}
}

func (a *API) countOpen(ctx context.Context, in *openInput) (*openOutput, error) {
	n, err := a.Record.OpenSeconds(ctx, whoOf(ctx), in.ID, in.From.Instant, in.To.Instant)
	out := &openOutput{}
	out.Body.Seconds = n
	return out, err
}

type dueInput struct {
	CalendarID
	From    point `query:"from" required:"true" doc:"Where counting begins."`
	Seconds int64 `query:"seconds" required:"true" minimum:"0" maximum:"1000000000" doc:"Open seconds."`
}

type dueOutput struct {
	Body struct {
		Due span.Instant `json:"due" doc:"The instant at which they have run."`
	}
}

func (a *API) findDue(ctx context.Context, in *dueInput) (*dueOutput, error) {
	at, err := a.Record.DueInstant(ctx, whoOf(ctx), in.ID, in.From.Instant, in.Seconds)
	out := &dueOutput{}
	out.Body.Due = at
	return out, err
}
