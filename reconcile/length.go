package reconcile

import (
	"fmt"
	"strconv"
	"strings"
)

// Length is a length of time as a supplier writes it: a number of a unit with so many
// decimals. What it leaves out by rounding is known from the way it is written, so
// that 240 minutes are near every length from 239 to 241 minutes that rounds to it in
// one way or another.
type Length struct {
	number int64 // without its point
	scale  int64 // 10 for each decimal
	unit   int64 // seconds
}

// The largest numbers that are read: a hundred years, and millionths.
const (
	maxWhole    = 100 * 366 * 86400
	maxDecimals = 6
)

// Near reports whether whole seconds become the length by some rounding: they lie
// less than one of its last places away.
func (l Length) Near(seconds int64) bool {
	d := seconds*l.scale - l.number*l.unit
	return -l.unit < d && d < l.unit
}

// Seconds returns the length in whole seconds, the nearest.
func (l Length) Seconds() int64 { return (2*l.number*l.unit + l.scale) / (2 * l.scale) }

// Within reports whether the length, as written, is no longer than so many seconds.
func (l Length) Within(seconds int64) bool { return l.number*l.unit <= seconds*l.scale }

// parseLength reads a length of time in a unit.
func parseLength(text string, unit Unit) (Length, error) {
	switch unit {
	case AsClock:
		return parseClock(text, 60)
	case AsSeconds:
		return parseClock(text, 1)
	}
	l := Length{scale: 1, unit: map[Unit]int64{InSeconds: 1, InHours: 3600}[unit]}
	if l.unit == 0 {
		l.unit = 60
	}
	whole, decimals, pointed := strings.Cut(text, ".")
	if len(decimals) > maxDecimals || pointed && decimals == "" {
		return l, fmt.Errorf("it has %d decimals, and may have 1 to %d", len(decimals), maxDecimals)
	}
	n, err := digits(whole)
	if err != nil || n > maxWhole/l.unit {
		return l, fmt.Errorf("it is no number from 0 to %d", maxWhole/l.unit)
	}
	l.number = n
	if decimals != "" {
		d, err := digits(decimals)
		if err != nil {
			return l, fmt.Errorf("its decimals are no digits")
		}
		for range decimals {
			l.scale *= 10
		}
		l.number = n*l.scale + d
	}
	return l, nil
}

// parseClock reads hours and minutes, and seconds where the unit is one second.
func parseClock(text string, unit int64) (Length, error) {
	parts := strings.Split(text, ":")
	want := map[int64]int{60: 2, 1: 3}[unit]
	if len(parts) != want {
		return Length{}, fmt.Errorf("it has %d parts, and should have %d", len(parts), want)
	}
	var n int64
	for i, p := range parts {
		x, err := digits(p)
		if err != nil || i > 0 && (x > 59 || len(p) != 2) || x > maxWhole/3600 {
			return Length{}, fmt.Errorf("%q is no part of a time", p)
		}
		n = n*60 + x
	}
	return Length{number: n, scale: 1, unit: unit}, nil
}

// digits reads a number of digits only.
func digits(s string) (int64, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseInt(s, 10, 64)
}
