package app

import (
	"context"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/span"
)

// CalendarEntry is a calendar as lists show it.
type CalendarEntry struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	Zone   string       `json:"zone"`
	Always bool         `json:"always"` // it is open at every second
	From   span.Instant `json:"from"`   // first instant that it knows
	To     span.Instant `json:"to"`     // first instant after those
}

// CalendarView is a calendar with its open time in a span.
type CalendarView struct {
	CalendarEntry
	Asked   span.Span   `json:"asked"`   // of which the windows are
	Open    bool        `json:"open"`    // whether the second at its beginning is open
	Windows []span.Span `json:"windows"` // in their order
}

// MaxWindowSpan is how long a span may be of which windows are asked, in seconds.
const MaxWindowSpan = 400 * 24 * 60 * 60

var (
	ruleWindowSpan = fault.Declare(2471, "a span of time cannot be asked about",
		"Give two instants of which the first is the earlier, at most 400 days apart where windows are asked for.")
	ruleBeyondCalendar = fault.Declare(2472, "a calendar does not know a time",
		"Ask within the years that the calendar knows: see its from and to.")
)

// ListCalendars returns the calendars, by id.
func (r *Record) ListCalendars(ctx context.Context, who access.Principal) ([]CalendarEntry, error) {
	book, err := r.calendarBook(ctx, who)
	if err != nil {
		return nil, err
	}
	out := []CalendarEntry{}
	for id, c := range book.Calendars {
		out = append(out, calendarEntry(id, c))
	}
	slices.SortFunc(out, func(a, b CalendarEntry) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// ReadCalendar returns a calendar with its open windows between two instants.
func (r *Record) ReadCalendar(ctx context.Context, who access.Principal, id string, from, to span.Instant) (*CalendarView, error) {
	c, err := r.calendar(ctx, who, id, from, to)
	if err != nil {
		return nil, err
	}
	if to-from > MaxWindowSpan {
		return nil, fault.Findings{ruleWindowSpan.At(fault.Position{}, "to", "%s is more than 400 days after %s", to, from)}
	}
	asked := span.Span{From: from, To: to}
	return &CalendarView{CalendarEntry: calendarEntry(id, c), Asked: asked, Open: c.IsOpen(from), Windows: append([]span.Span{}, c.Windows(asked)...)}, nil
}

// OpenSeconds returns the open seconds of a calendar between two instants.
func (r *Record) OpenSeconds(ctx context.Context, who access.Principal, id string, from, to span.Instant) (int64, error) {
	c, err := r.calendar(ctx, who, id, from, to)
	if err != nil {
		return 0, err
	}
	return c.OpenSeconds(from, to), nil
}

// DueInstant returns the instant at which so many open seconds have run in a calendar.
func (r *Record) DueInstant(ctx context.Context, who access.Principal, id string, from span.Instant, seconds int64) (span.Instant, error) {
	c, err := r.calendar(ctx, who, id, from, from)
	if err != nil {
		return 0, err
	}
	due, ok := c.Due(from, seconds)
	if !ok {
		return 0, fault.Findings{ruleBeyondCalendar.At(fault.Position{}, "seconds", "calendar %s does not know enough days after %s", id, from)}
	}
	return due, nil
}

func (r *Record) calendarBook(ctx context.Context, who access.Principal) (*Book, error) {
	if err := r.may(who, access.CalendarRead, access.Estate{}); err != nil {
		return nil, err
	}
	return r.Book(ctx)
}

// calendar returns a calendar that knows everything between two instants.
func (r *Record) calendar(ctx context.Context, who access.Principal, id string, from, to span.Instant) (*calendar.Calendar, error) {
	book, err := r.calendarBook(ctx, who)
	if err != nil {
		return nil, err
	}
	c := book.Calendars[id]
	switch {
	case c == nil:
		return nil, fault.New(fault.NotFound, "List the calendars.", "there is no calendar %q", id)
	case to < from:
		return nil, fault.Findings{ruleWindowSpan.At(fault.Position{}, "to", "%s is before %s", to, from)}
	case !c.Covers(from, to):
		return nil, fault.Findings{ruleBeyondCalendar.At(fault.Position{}, "from", "calendar %s does not know all of %s to %s", id, from, to)}
	}
	return c, nil
}

func calendarEntry(id string, c *calendar.Calendar) CalendarEntry {
	known := c.Range()
	return CalendarEntry{ID: id, Name: c.Name(), Zone: c.Zone().String(), Always: c.Always(), From: known.From, To: known.To}
}
