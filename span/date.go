package span

import (
	"fmt"
	"time"
)

// Date is a day of the civil (Gregorian) calendar, counted from 1970-01-01, with no zone.
type Date int32

// OpenEnd is the date used where a thing has no last day.
const OpenEnd Date = 1 << 24

// DateOf returns the date of a year, month and day; values out of range carry
// over as in [time.Date].
func DateOf(year int, month time.Month, day int) Date {
	return Date(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// DateIn returns the civil date of an instant in a zone.
func DateIn(i Instant, zone *time.Location) Date {
	_, east := time.Unix(int64(i), 0).In(zone).Zone() // seconds
	return Date(floorDiv(int64(i)+int64(east), 86400))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// ParseDate reads a date such as 2026-03-29.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date such as 2026-03-29", s)
	}
	if t.Year() < 1900 || t.Year() >= 2200 {
		return 0, fmt.Errorf("%q is outside the years 1900 to 2199", s)
	}
	return Date(floorDiv(t.Unix(), 86400)), nil
}

// Civil returns the year, month and day.
func (d Date) Civil() (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// Start returns the first instant of the date in a zone. Where midnight does not
// exist there (a change of offset at midnight) it is the first instant after.
func (d Date) Start(zone *time.Location) Instant { return d.At(0, zone) }

// At returns the instant of a wall-clock time, in seconds after local midnight,
// on the date in a zone. A time that a forward change skips is the instant of the
// change itself; a time that a backward change repeats is the first of the two.
func (d Date) At(seconds int, zone *time.Location) Instant {
	want := int64(d)*86400 + int64(seconds)
	offset := func(unix int64) int64 {
		_, o := time.Unix(unix, 0).In(zone).Zone()
		return int64(o)
	}
	// The offsets a day before and after bracket any change near the time.
	before, after := offset(want-86400-offset(want)), offset(want+86400-offset(want))
	a, b := want-before, want-after // candidates under the earlier and the later offset
	switch {
	case offset(a) == before: // exists under the earlier offset: first of two, if two
		return Instant(a)
	case offset(b) == after:
		return Instant(b)
	}
	// Skipped: find the change between b and a.
	lo, hi := min(a, b)-1, max(a, b)+1
	o := offset(lo)
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		if offset(mid) == o {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Instant(hi)
}

// AddMonths returns the date n months later, on the last day of the month where
// the day does not exist.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	first := DateOf(y, m+time.Month(n), 1)
	fy, fm, _ := first.Civil()
	last := int(DateOf(fy, fm+1, 1) - first)
	return first + Date(min(day, last)) - 1
}

// String formats the date as 2026-03-29; the open end is empty.
func (d Date) String() string {
	if d >= OpenEnd {
		return ""
	}
	return time.Unix(int64(d)*86400, 0).UTC().Format("2006-01-02")
}

// MarshalText writes the date as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDate] reads.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// SchemaPattern is the pattern of a date in a document.
func (Date) SchemaPattern() string { return `^\d{4}-\d{2}-\d{2}$` }

// Dated is embedded in anything that holds only for a time: from the first day
// up to but not including the last. A missing end is open.
type Dated struct {
	From *Date `doc:"from" json:"from,omitempty" about:"First day on which this holds; the beginning of the document if left out."`
	To   *Date `doc:"to" json:"to,omitempty" about:"First day on which this no longer holds; open if left out."`
}

// On reports whether the thing holds on a date.
func (x Dated) On(d Date) bool {
	return (x.From == nil || *x.From <= d) && (x.To == nil || d < *x.To)
}

// Crossed reports whether the dates cross, so that the thing never holds.
func (x Dated) Crossed() bool { return x.From != nil && x.To != nil && *x.To <= *x.From }
