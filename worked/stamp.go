package worked

import (
	"fmt"
	"time"

	"towerbridge/span"
)

// parseStamp reads an instant: a date (its first instant), a date and time in the
// zone, or one with an offset. A local time that the zone has twice or never is an
// error that says so: examples do not guess either.
func parseStamp(s string, zone *time.Location) (span.Instant, error) {
	if s == "never" {
		return span.Never, nil
	}
	if i, err := span.ParseInstant(s); err == nil {
		return i, nil
	}
	if d, err := span.ParseDate(s); err == nil {
		if zone == nil {
			return 0, fmt.Errorf("%q needs an offset, for no single zone is known here", s)
		}
		return d.Start(zone), nil
	}
	var local time.Time
	for _, layout := range [...]string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			local = t
		}
	}
	switch {
	case local.IsZero() || local.Year() < 1900 || local.Year() >= 2200:
		return 0, fmt.Errorf("%q is not an instant such as 2026-05-05T16:00", s)
	case zone == nil:
		return 0, fmt.Errorf("%q needs an offset, for no single zone is known here", s)
	}
	switch found := occurrences(local, zone); len(found) {
	case 0:
		return 0, fmt.Errorf("%q does not exist in %s: the clocks go forward past it", s, zone)
	case 1:
		return found[0], nil
	default:
		return 0, fmt.Errorf("%q occurs twice in %s, as %s and %s", s, zone, found[0].In(zone), found[1].In(zone))
	}
}

// occurrences returns the instants at which the clocks of a zone show a local time,
// which is given as if it were UTC: none, one or two.
func occurrences(local time.Time, zone *time.Location) []span.Instant {
	var out []span.Instant
	for _, away := range [...]int64{-86400, 86400} { // the offsets before and after a change
		_, offset := time.Unix(local.Unix()+away, 0).In(zone).Zone()
		at := local.Unix() - int64(offset)
		_, own := time.Unix(at, 0).In(zone).Zone()
		if own == offset && (len(out) == 0 || out[0] != span.Instant(at)) {
			out = append(out, span.Instant(at))
		}
	}
	return out
}

// showStamp writes an instant in a zone, with its offset only where the local time
// occurs twice, and with seconds only where there are any.
func showStamp(i span.Instant, zone *time.Location) string {
	if i >= span.Never {
		return "never"
	}
	if zone == nil {
		return i.String()
	}
	t := time.Unix(int64(i), 0).In(zone)
	layout := "2006-01-02T15:04"
	if t.Second() != 0 {
		layout += ":05"
	}
	_, offset := t.Zone()
	if len(occurrences(time.Unix(int64(i)+int64(offset), 0).UTC(), zone)) > 1 {
		layout += "Z07:00"
	}
	return t.Format(layout)
}
