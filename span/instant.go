// Package span is the arithmetic of time on a line: instants, dates, half-open
// spans and sets of them.
//
// An [Instant] is a whole second on the UTC line. A [Date] is a day of the civil
// calendar with no zone: it becomes an instant only together with a zone, whose
// days have 23, 24 or 25 hours. A [Span] runs from an instant up to but not
// including another, so that spans that meet neither overlap nor leave a gap:
//
//	opened          paused   resumed             resolved
//	  |----------------)|-------)|------------------)|
//
// The package does not know what a working day is (see calendar) and never asks
// what time it is.
package span

import (
	"fmt"
	"time"
)

// Instant is a whole second on the UTC line, counted from 1970-01-01T00:00:00Z.
type Instant int64

// The ends of the line that the program accepts: years 1900 to 2200.
const (
	Earliest Instant = -2208988800 // 1900-01-01T00:00:00Z
	Latest   Instant = 7258118400  // 2200-01-01T00:00:00Z
)

// Never is an instant later than any that is accepted. An open leg runs to Never
// until the moment it is read at is known.
const Never Instant = 1 << 60

// Time returns the instant as a time in UTC.
func (i Instant) Time() time.Time { return time.Unix(int64(i), 0).UTC() }

// In formats the instant in a zone as RFC 3339 with its offset. A nil zone is UTC.
func (i Instant) In(zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return time.Unix(int64(i), 0).In(zone).Format(time.RFC3339)
}

// String formats the instant in UTC as RFC 3339, such as 2026-03-29T00:30:00Z.
func (i Instant) String() string {
	if i >= Never {
		return "never"
	}
	return i.Time().Format("2006-01-02T15:04:05Z")
}

// MarshalText writes the instant as [Instant.String] does.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what [ParseInstant] reads.
func (i *Instant) UnmarshalText(b []byte) error {
	v, err := ParseInstant(string(b))
	if err == nil {
		*i = v
	}
	return err
}

// SchemaPattern is the pattern of an instant in a document.
func (Instant) SchemaPattern() string {
	return `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$`
}

// ParseInstant reads an RFC 3339 instant with an offset; the seconds may be left
// out. A fraction of a second is cut off: the line counts whole seconds.
func ParseInstant(s string) (Instant, error) {
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			i := Instant(t.Unix())
			if i < Earliest || i >= Latest {
				return 0, fmt.Errorf("%q is outside the years 1900 to 2199", s)
			}
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is not an instant such as 2026-03-29T01:30:00+01:00", s)
}
