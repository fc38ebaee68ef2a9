package calendar

import (
	"time"

	"towerbridge/span"
)

// EndOfBusinessDay returns the close of the n-th business day after the day that
// the instant is in; n = 1 is the end of the next business day. That day is the
// date of the window that is open at the instant, otherwise the local date. With
// n = 0 it returns the next close of a business day: today's while it is still to
// come, otherwise the next business day's.
//
//	Mon-Fri 09:00-17:00       n = 0       n = 1
//	Thu 16:59            ->   Thu 17:00   Fri 17:00
//	Thu 17:00            ->   Fri 17:00   Fri 17:00
//	Sat 12:00            ->   Mon 17:00   Mon 17:00
//
// It reports false for n < 0 and when the instant or the result is outside the
// calendar's range.
func (c *Calendar) EndOfBusinessDay(from span.Instant, n int) (span.Instant, bool) {
	if n < 0 || !c.covers.Contains(from) {
		return 0, false
	}
	i := c.dayAt(from)
	next, ok := c.businessDay(i, n)
	if n == 0 {
		if next, ok = i, c.closing(i) > from; !ok {
			next, ok = c.businessDay(i, 1)
		}
	}
	if !ok {
		return 0, false
	}
	end := c.closing(next)
	return end, end <= c.covers.To
}

// AddBusinessDays returns the same wall-clock time n business days later. Counting
// starts at the instant if it is open, and otherwise at the next opening. Where the
// time lies outside the windows of the day reached, it is moved into them: to the
// next opening of that day, or after the last of them to its close.
//
//	Mon-Thu 09:00-17:00, Fri 09:00-16:00      n = 1
//	Wed 11:20                            ->   Thu 11:20
//	Thu 16:30                            ->   Fri 16:00
//	Sat 12:00 (that is Mon 09:00)        ->   Tue 09:00
//
// It reports false for n < 0 and when the instant or the result is outside the
// calendar's range.
func (c *Calendar) AddBusinessDays(from span.Instant, n int) (span.Instant, bool) {
	if n < 0 || !c.covers.Contains(from) {
		return 0, false
	}
	if !c.IsOpen(from) {
		first, ok := c.Reach(c.Open(from) + 1)
		if !ok {
			return 0, false
		}
		from = first - 1
	}
	if n == 0 {
		return from, true
	}
	i := c.dayAt(from)
	next, ok := c.businessDay(i, n)
	if !ok {
		return 0, false
	}
	at := c.into(next, c.edge(next, c.wall(i, from)))
	return at, at <= c.covers.To
}

// wall returns what the clock on the wall shows at an instant, in seconds after
// the midnight that a day begins with.
func (c *Calendar) wall(day int, i span.Instant) int32 {
	offset := int(c.days[day].offset)
	if offset == changing {
		_, offset = time.Unix(int64(i), 0).In(c.zone).Zone()
	}
	return int32(int64(i) + int64(offset) - int64(c.firstDate+span.Date(day))*daySeconds)
}

// into moves an instant into the windows that begin on a business day.
func (c *Calendar) into(day int, i span.Instant) span.Instant {
	for _, h := range c.hours[c.days[day].pattern] {
		from, to := c.edge(day, h.from), c.edge(day, h.to)
		if from < to && i < to { // from >= to if a change of the clocks skips it
			return max(i, from)
		}
	}
	return c.closing(day)
}

// dayAt returns the day that an instant of the range is in: that of the window open
// then, if there is one, otherwise the local date.
func (c *Calendar) dayAt(i span.Instant) int {
	t := int64(i) - c.dayBase
	day := max(1, min(int(t/daySeconds), len(c.days)-2))
	// The bounds matter only for zone data that is well-formed and absurd.
	for day > 1 && int64(c.days[day].start) > t {
		day--
	}
	for day < len(c.days)-2 && int64(c.days[day+1].start) <= t {
		day++
	}
	if before := c.days[day-1]; before.close > before.start && int64(before.close) > t {
		return day - 1 // its last window runs over midnight
	}
	return day
}

// businessDay returns the n-th business day after a day, n being at least one.
func (c *Calendar) businessDay(day, n int) (int, bool) {
	rest := c.business[c.days[day].through:]
	if n < 1 || n > len(rest) {
		return 0, false
	}
	return int(rest[n-1]), true
}

// closing returns the instant at which the last window that begins on a day ends;
// for a day that does not open, its start.
func (c *Calendar) closing(day int) span.Instant {
	return span.Instant(c.dayBase + int64(c.days[day].close))
}
