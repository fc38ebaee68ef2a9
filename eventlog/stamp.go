package eventlog

import (
	"encoding/binary"
	"time"

	"towerbridge/span"
)

// stamp is the parts of a written stamp.
type stamp struct {
	year, month, day     int
	hour, minute, second int
	offset               int  // seconds east of Greenwich
	local                bool // no offset was written
}

func (s *stamp) valid() bool {
	return s.month >= 1 && s.month <= 12 && s.day >= 1 && s.day <= daysIn(s.year, s.month) &&
		s.year >= 1900 && s.year < 2200 && s.hour <= 23 && s.minute <= 59 && s.second <= 59
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// wall returns the seconds that the stamp's wall clock shows, counted as if it
// stood in Greenwich.
func (s *stamp) wall() int64 {
	return int64(span.DateOf(s.year, time.Month(s.month), s.day))*86400 + int64(s.hour*3600+s.minute*60+s.second)
}

// rfc3339 is how stamps are written where a mapping says nothing: RFC 3339, of
// which the seconds and the offset may be left out, and a space may stand for T.
func rfc3339(b []byte) (stamp, bool) {
	c := cursor{b: b}
	s := stamp{local: true}
	s.year = c.digits(4, 4)
	c.literal("-")
	s.month = c.digits(2, 2)
	c.literal("-")
	s.day = c.digits(2, 2)
	if len(c.b) == 0 || c.b[0] != 'T' && c.b[0] != 't' && c.b[0] != ' ' {
		return s, false
	}
	c.b = c.b[1:]
	s.hour = c.digits(2, 2)
	c.literal(":")
	s.minute = c.digits(2, 2)
	if len(c.b) > 0 && c.b[0] == ':' {
		c.b = c.b[1:]
		s.second = c.digits(2, 2)
		if len(c.b) > 0 && (c.b[0] == '.' || c.b[0] == ',') {
			c.b = c.b[1:]
			c.fraction()
		}
	}
	if len(c.b) > 0 {
		s.offset, s.local = c.offset(true), false
	}
	return s, !c.bad && len(c.b) == 0 && s.valid()
}

// sense is what a written stamp means.
type sense uint8

const (
	certain   sense = iota // one instant
	unsure                 // a wall clock shows it twice, or never: two instants
	nonsense               // not a stamp
	placeless              // a wall clock, and nobody says where
)

// stamps reads the stamps of one stretch of a log. It remembers the last day.
type stamps struct {
	patterns []Pattern
	zone     *time.Location
	day      [10]byte // the last date read by the short way, as it is written
	start    int64    // its midnight in Greenwich
}

// read returns the instant of a stamp; where it is unsure both, the earlier first.
func (t *stamps) read(b []byte) (first, second span.Instant, means sense) {
	if i, ok := t.quick(b); ok {
		return i, i, certain
	}
	s, ok := t.parts(b)
	if !ok {
		return 0, 0, nonsense
	}
	wall := s.wall()
	if !s.local {
		return accepted(wall - int64(s.offset))
	}
	if t.zone == nil {
		return 0, 0, placeless
	}
	choices := wallClock(wall, t.zone)
	switch len(choices) {
	case 1:
		return accepted(int64(choices[0]))
	case 2:
		return choices[0], choices[1], unsure
	}
	return 0, 0, nonsense
}

func accepted(unix int64) (first, second span.Instant, means sense) {
	i := span.Instant(unix)
	if i < span.Earliest || i >= span.Latest {
		return 0, 0, nonsense
	}
	return i, i, certain
}

func (t *stamps) parts(b []byte) (stamp, bool) {
	if len(t.patterns) == 0 {
		return rfc3339(b)
	}
	for i := range t.patterns {
		if s, ok := t.patterns[i].parse(b); ok {
			return s, true
		}
	}
	return stamp{}, false
}

// quick reads the commonest form, 2026-03-29T00:30:00 with Z or an offset: 20 or
// 25 bytes. Where it declines, the long way decides.
func (t *stamps) quick(b []byte) (span.Instant, bool) {
	if len(b) != 20 && len(b) != 25 || len(t.patterns) > 0 || b[10] != 'T' {
		return 0, false
	}
	seconds, ok := clockTime(binary.LittleEndian.Uint64(b[11:]))
	if !ok {
		return 0, false
	}
	if [10]byte(b[:10]) != t.day {
		midnight := [...]byte{10: 'T', '0', '0', ':', '0', '0', 'Z'}
		copy(midnight[:], b[:10])
		s, ok := rfc3339(midnight[:])
		if !ok {
			return 0, false
		}
		copy(t.day[:], b)
		t.start = s.wall()
	}
	unix := t.start + seconds
	if len(b) == 20 {
		return span.Instant(unix), b[19] == 'Z'
	}
	c := cursor{b: b[19:]}
	unix -= int64(c.offset(true))
	i := span.Instant(unix)
	return i, !c.bad && len(c.b) == 0 && i >= span.Earliest && i < span.Latest
}

// clockTime returns the seconds of the eight bytes of a time such as 23:59:59,
// all at once: each nibble is checked and weighed in its own byte.
func clockTime(w uint64) (int64, bool) {
	const colons, zeros = 0x00003a00003a0000, 0x3030003030003030
	v := w ^ (colons | zeros)
	// Each digit's byte is now 0 to 9 and the colons' are 0; adding 0x76 to a byte
	// of at most 0x89 sets its top bit only above 9.
	if (v+0x7676767676767676|v)&0x8080808080808080 != 0 || v&0x0000ff0000ff0000 != 0 {
		return 0, false
	}
	h := int64(v&15)*10 + int64(v>>8&15)
	m := int64(v>>24&15)*10 + int64(v>>32&15)
	s := int64(v>>48&15)*10 + int64(v>>56&15)
	return h*3600 + m*60 + s, h <= 23 && m <= 59 && s <= 59
}

// wallClock returns the instants at which the clocks of a zone show a time: one,
// or two where a change of offset repeats it. Where a change skips it, it returns
// the two instants that the offsets before and after the change would give. They
// are in ascending order.
func wallClock(wall int64, zone *time.Location) []span.Instant {
	const widest = 26 * 3600 // no offset is larger
	var at []span.Instant
	var before int
	for unix := wall - widest; ; {
		t := time.Unix(unix, 0).In(zone)
		_, offset := t.Zone()
		from, to := t.ZoneBounds()
		i := wall - int64(offset)
		inside := (from.IsZero() || i >= from.Unix()) && (to.IsZero() || i < to.Unix())
		if inside {
			at = append(at, span.Instant(i))
		}
		if len(at) == 0 && unix > wall-widest && i < from.Unix() && wall-int64(before) >= from.Unix() {
			return []span.Instant{span.Instant(i), span.Instant(wall - int64(before))}
		}
		if to.IsZero() || to.Unix() > wall+widest {
			break
		}
		unix, before = to.Unix(), offset
	}
	return at
}
