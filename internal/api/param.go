package api

import (
	"github.com/danielgtaylor/huma/v2"

	"towerbridge/span"
)

// moment is an instant of a query that may be left out.
type moment struct{ at *span.Instant }

// UnmarshalText reads an instant.
func (m *moment) UnmarshalText(b []byte) error {
	at, err := span.ParseInstant(string(b))
	m.at = &at
	return err
}

// Schema describes an instant.
func (moment) Schema(huma.Registry) *huma.Schema { return instantSchema() }

func instantSchema() *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Examples: []any{"2026-03-29T01:30:00+01:00"}}
}

// or returns the instant, or another where it was left out.
func (m moment) or(other span.Instant) span.Instant {
	if m.at == nil {
		return other
	}
	return *m.at
}

// month is a service period of a query.
type month struct{ span.Period }

// UnmarshalText reads a period.
func (m *month) UnmarshalText(b []byte) error {
	list, err := span.ParsePeriods(string(b))
	if err != nil {
		return err
	}
	m.Period = list[0]
	if len(list) > 1 {
		m.Period.To = list[len(list)-1].To
	}
	return nil
}

// Schema describes a period.
func (month) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9]{4}-([0-9]{2}|Q[1-4])$`, Examples: []any{"2026-03"}}
}
