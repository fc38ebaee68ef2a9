package calendar

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

// daySeconds is the number of seconds that a wall clock shows in a day. It is not
// the length of a day, which the zone decides.
const daySeconds = 24 * 60 * 60

// Window is a stretch of one day in local time, as people write it: 09:00-17:30,
// or 22:00-06:00 for one that runs over midnight and belongs to the day it begins
// on, or 00:00-24:00 for the whole day.
type Window string

var windowForm = regexp.MustCompile(`^(\d{2}):(\d{2})-(\d{2}):(\d{2})$`)

// UnmarshalText accepts anything of the form 09:00-17:30; whether the times exist
// is checked together with everything else, so that the finding says more.
func (w *Window) UnmarshalText(b []byte) error {
	if !windowForm.Match(b) {
		return fmt.Errorf("%q is not a window such as 09:00-17:30", b)
	}
	*w = Window(b)
	return nil
}

// MarshalText returns the window as it was written.
func (w Window) MarshalText() ([]byte, error) { return []byte(w), nil }

// SchemaPattern is the pattern of a window in a document.
func (Window) SchemaPattern() string { return `^\d{2}:\d{2}-\d{2}:\d{2}$` }

// hours is a window in seconds of wall-clock time after the midnight that its date
// begins with: 0 <= from < 86400 and from < to <= from+86400.
type hours struct{ from, to int32 }

// parse returns the window's hours. A closing time at or before the opening time
// is on the next day. An opening equal to the closing is an error of its own kind,
// reported by empty.
func (w Window) parse() (h hours, empty bool, err error) {
	m := windowForm.FindStringSubmatch(string(w))
	if m == nil {
		return h, false, fmt.Errorf("%q is not a window such as 09:00-17:30", string(w))
	}
	var edges [2]int32
	for i := range edges {
		hour, minute := twoDigits(m[1+2*i]), twoDigits(m[2+2*i])
		edges[i] = hour*3600 + minute*60
		if minute > 59 || edges[i] > daySeconds {
			return h, false, fmt.Errorf("%q holds %s:%s, which is not a time of day", string(w), m[1+2*i], m[2+2*i])
		}
	}
	h = hours{edges[0], edges[1]}
	switch {
	case h.from == daySeconds:
		return h, false, fmt.Errorf("%q opens at 24:00, which is 00:00 of the next day", string(w))
	case h.from == h.to:
		return h, true, nil
	case h.to < h.from:
		h.to += daySeconds
	}
	return h, false, nil
}

func twoDigits(s string) int32 { return int32(s[0]-'0')*10 + int32(s[1]-'0') }

// pattern is the hours of a date in ascending order.
type pattern []hours

var wholeDay = pattern{{0, daySeconds}}

// patternOf returns the hours of the windows in order, leaving out any that cannot
// be read: those are findings already.
func patternOf(windows []Window) pattern {
	var p pattern
	for _, w := range windows {
		if h, empty, err := w.parse(); err == nil && !empty {
			p = append(p, h)
		}
	}
	slices.SortFunc(p, func(a, b hours) int { return cmp.Compare(a.from, b.from) })
	return p
}
