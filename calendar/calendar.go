package calendar

import (
	"math"
	"slices"
	"time"

	"towerbridge/span"
)

// Calendar is a compiled calendar. It does not change, and its methods may be
// called from several goroutines; except where they return a list, they do not
// allocate.
type Calendar struct {
	id, name string
	zone     *time.Location
	covers   span.Span
	always   bool

	// Windows on the UTC line, joined where they meet, then one that never begins.
	base, end int64 // of covers, in Unix seconds
	windows   []window
	total     int64 // open seconds in all windows
	byTime    []uint32
	byOpen    []uint32
	timeShift uint8
	openShift uint8

	// Local dates from firstDate on, which is the day before the first covered.
	firstDate span.Date
	dayBase   int64 // start of firstDate, in Unix seconds
	days      []day
	business  []int32   // the business days, as indices of days
	hours     []pattern // the distinct hours of a date
	holidays  []Holiday // in the order of their dates
}

// window is a stretch of open time in seconds after the calendar's base, with the
// open seconds before it.
type window struct{ start, end, before uint32 }

// day is one local date.
type day struct {
	start, close uint32 // its start and the end of its last window, after dayBase; equal if it does not open
	pattern      int32  // index of its hours
	through      int32  // business days up to and including it
	offset       int32  // seconds east of UTC all through it and its neighbours, or changing
}

// changing is the offset of a day near a change of the clocks.
const changing = math.MinInt32

// edge returns the instant of a wall-clock time on a day, as [span.Date.At] does.
func (c *Calendar) edge(day int, seconds int32) span.Instant {
	d := c.firstDate + span.Date(day)
	if offset := c.days[day].offset; offset != changing {
		return span.Instant(int64(d)*daySeconds + int64(seconds) - int64(offset))
	}
	return d.At(int(seconds), c.zone)
}

// ID returns the name by which documents refer to the calendar.
func (c *Calendar) ID() string { return c.id }

// Name returns what the calendar is called on pages, or its ID.
func (c *Calendar) Name() string {
	if c.name == "" {
		return c.id
	}
	return c.name
}

// Zone returns the zone in which the windows are written.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Always reports whether the calendar is open at every second.
func (c *Calendar) Always() bool { return c.always }

// Range returns the span that the calendar knows: whole local years.
func (c *Calendar) Range() span.Span { return c.covers }

// Covers reports whether the calendar knows everything from one instant up to
// another. Outside its range it counts no open seconds, which is no answer.
func (c *Calendar) Covers(from, to span.Instant) bool {
	return c.covers.From <= from && from <= to && to <= c.covers.To
}

// Open returns the open seconds from the start of the calendar's range up to the
// instant: none before the range, all of them after it. The difference of two
// readings is the open time between them.
func (c *Calendar) Open(i span.Instant) int64 {
	t := min(max(int64(i), c.base), c.end) - c.base
	if c.always {
		return t
	}
	at := c.byTime[t>>(c.timeShift&63)]
	for t >= int64(c.windows[at].end) {
		at++
	}
	w := &c.windows[at]
	return int64(w.before) + max(0, t-int64(w.start))
}

// OpenSeconds returns the open seconds between two instants, none if they are
// crossed.
func (c *Calendar) OpenSeconds(from, to span.Instant) int64 {
	return max(0, c.Open(to)-c.Open(from))
}

// IsOpen reports whether the second that begins at the instant is open.
func (c *Calendar) IsOpen(i span.Instant) bool {
	if !c.covers.Contains(i) {
		return false
	}
	t := int64(i) - c.base
	return t >= int64(c.windows[c.windowAt(t)].start)
}

// windowAt returns the first window that ends after t seconds from the base.
func (c *Calendar) windowAt(t int64) int {
	at := int(c.byTime[t>>c.timeShift])
	for t >= int64(c.windows[at].end) {
		at++
	}
	return at
}

// Reach returns the first instant by which the given number of seconds has been
// open since the start of the range: the end of the last of them, never the next
// opening. It reports false when the range ends before.
func (c *Calendar) Reach(open int64) (span.Instant, bool) {
	if open <= 0 {
		return c.covers.From, true
	}
	if open > c.total {
		return 0, false
	}
	if c.always {
		return span.Instant(c.base + open), true
	}
	at := c.byOpen[(open-1)>>(c.openShift&63)]
	for open > int64(c.windows[at+1].before) {
		at++
	}
	w := &c.windows[at]
	return span.Instant(c.base + int64(w.start) + open - int64(w.before)), true
}

// Due returns the instant at which the given number of open seconds after from
// has run: eight hours from Monday 09:00 in a week of 09:00-17:00 is Monday 17:00.
// None, or less than none, is due at from itself, open or closed. It reports false
// when from or the result is outside the calendar's range.
func (c *Calendar) Due(from span.Instant, open int64) (span.Instant, bool) {
	if from < c.covers.From || from > c.covers.To {
		return 0, false
	}
	if open <= 0 {
		return from, true
	}
	if open > c.total { // keeps the sum from overflowing
		return 0, false
	}
	return c.Reach(c.Open(from) + open)
}

// Windows returns the open time within a span, cut to the calendar's range.
func (c *Calendar) Windows(s span.Span) span.Set {
	s = s.Intersect(c.covers)
	var out span.Set
	if s.From >= s.To {
		return out
	}
	for at := c.windowAt(int64(s.From) - c.base); at < len(c.windows)-1; at++ {
		w := span.Span{
			From: span.Instant(c.base + int64(c.windows[at].start)),
			To:   span.Instant(c.base + int64(c.windows[at].end)),
		}.Intersect(s)
		if w.From >= w.To {
			break
		}
		out = append(out, w)
	}
	return out
}

// HolidayOn returns the holiday that the calendar keeps on a local date: one of
// its own dates, which may have windows, or else a bank holiday.
func (c *Calendar) HolidayOn(d span.Date) (Holiday, bool) {
	i, found := slices.BinarySearchFunc(c.holidays, d, func(h Holiday, d span.Date) int { return int(h.Date - d) })
	if !found {
		return Holiday{}, false
	}
	return c.holidays[i], true
}
