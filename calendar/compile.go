package calendar

import (
	"math"
	"slices"
	"time"

	"towerbridge/fault"
	"towerbridge/span"
)

// Compile makes a calendar from a document, with the shipped holiday sets. What is
// wrong with the document is returned as findings, without places in a file (see
// [Read] for those); the calendar is nil when there are any.
func Compile(doc Document, zones Zones) (*Calendar, fault.Findings) {
	return CompileWith(doc, zones, HolidaySet)
}

// CompileWith makes a calendar with holiday sets of the caller's, such as those
// that a bundle carries.
func CompileWith(doc Document, zones Zones, sets Sets) (*Calendar, fault.Findings) {
	if findings := check(doc, zones, sets, nowhere); len(findings) > 0 {
		return nil, findings
	}
	zone, err := zones.Location(doc.Zone)
	if err != nil { // checked above: a table of zones does not change
		return nil, fault.Findings{nowhere(RuleZone, "zone", "%v", err)}
	}
	first, last, _ := years(doc, sets)
	from := span.DateOf(first, time.January, 1)
	to := span.DateOf(last+1, time.January, 1)
	c := &Calendar{
		id: doc.ID, name: doc.Name, zone: zone,
		covers:    span.Span{From: from.At(0, zone), To: to.At(0, zone)},
		firstDate: from - 1,
		always:    !slices.ContainsFunc(doc.Versions, func(v Version) bool { return !v.always() }),
	}
	c.base, c.end = int64(c.covers.From), int64(c.covers.To)
	b := builder{Calendar: c}
	b.plan(doc, sets, to)
	b.measure()
	b.lay()
	c.index()
	return c, nil
}

// builder fills a calendar's tables.
type builder struct {
	*Calendar
	versions []planned
}

// planned is one version made ready: the index of each weekday's pattern, and its
// holidays in order.
type planned struct {
	week [7]int32
	own  map[span.Date]HolidayDate
	sets []Set
}

// plan gives every date from the day before the calendar's first to the day after
// its last the pattern of its hours, and lists the holidays.
func (b *builder) plan(doc Document, sets Sets, to span.Date) {
	b.hours = append(b.hours, nil) // pattern 0 is closed all day
	for _, v := range doc.Versions {
		b.versions = append(b.versions, b.prepare(v, sets))
	}
	b.days = make([]day, to+1-b.firstDate)
	for i := range b.days {
		d := b.firstDate + span.Date(i)
		v := &b.versions[versionOn(doc, d)]
		pattern := v.week[d.Weekday()]
		if h, ok := v.own[d]; ok {
			pattern = b.addPattern(patternOf(h.Windows))
			b.holidays = append(b.holidays, Holiday{h.Date, h.Name, h.Source})
		} else {
			for _, s := range v.sets {
				if h, ok := s.On(d); ok {
					pattern = 0
					b.holidays = append(b.holidays, h)
					break
				}
			}
		}
		b.days[i].pattern = pattern
	}
}

func (b *builder) prepare(v Version, sets Sets) planned {
	p := planned{own: map[span.Date]HolidayDate{}}
	for day := range p.week {
		if v.always() {
			p.week[day] = b.addPattern(wholeDay)
		} else if v.Week != nil {
			p.week[day] = b.addPattern(patternOf(v.Week.On(time.Weekday(day))))
		}
	}
	for _, h := range v.Holidays.Dates {
		p.own[h.Date] = h
	}
	for _, name := range v.Holidays.Sets {
		if s, ok := sets(name); ok {
			p.sets = append(p.sets, s)
		}
	}
	return p
}

// addPattern returns the index of the pattern, adding it if it is new.
func (b *builder) addPattern(p pattern) int32 {
	for i, q := range b.hours {
		if slices.Equal(p, q) {
			return int32(i)
		}
	}
	b.hours = append(b.hours, p)
	return int32(len(b.hours) - 1)
}

// measure notes where each date starts and, away from changes of the clocks, its
// offset, so that edges near no change need not ask the zone.
func (b *builder) measure() {
	const margin = 3 * daySeconds // more than any window reaches, in any zone
	b.dayBase = int64(b.firstDate.At(0, b.zone))
	var offset int
	var until int64 // the offset holds from before this date's margin up to here
	for i := range b.days {
		midnight := int64(b.firstDate+span.Date(i)) * daySeconds
		if midnight+2*daySeconds+margin > until {
			at := time.Unix(midnight-margin, 0).In(b.zone)
			_, offset = at.Zone()
			until = math.MaxInt64
			if _, end := at.ZoneBounds(); !end.IsZero() {
				until = end.Unix()
			}
		}
		b.days[i].offset = changing
		if midnight+2*daySeconds+margin <= until {
			b.days[i].offset = int32(offset)
			b.days[i].start = uint32(midnight - int64(offset) - b.dayBase)
		} else {
			b.days[i].start = uint32(int64(b.edge(i, 0)) - b.dayBase)
		}
	}
}

// lay turns the hours of every date into windows on the UTC line, joining those
// that meet, and numbers the business days.
func (b *builder) lay() {
	var business int32
	for i := range b.days {
		d := &b.days[i]
		d.close = d.start
		for _, h := range b.hours[d.pattern] {
			s := span.Span{From: b.edge(i, h.from), To: b.edge(i, h.to)}
			if s.From < s.To {
				d.close = uint32(int64(s.To) - b.dayBase)
				b.open(s.Intersect(b.covers))
			}
		}
		if d.close > d.start {
			business++
			b.business = append(b.business, int32(i))
		}
		d.through = business
	}
	var before uint32
	for i := range b.windows {
		b.windows[i].before = before
		before += b.windows[i].end - b.windows[i].start
	}
	b.total = int64(before)
	b.windows = append(b.windows, window{start: math.MaxUint32, end: math.MaxUint32, before: before})
}

// open adds a window, which begins no earlier than those before it.
func (b *builder) open(s span.Span) {
	if s.From >= s.To {
		return
	}
	w := window{start: uint32(int64(s.From) - b.base), end: uint32(int64(s.To) - b.base)}
	if n := len(b.windows); n > 0 && w.start <= b.windows[n-1].end {
		b.windows[n-1].end = max(b.windows[n-1].end, w.end)
		return
	}
	b.windows = append(b.windows, w)
}

// slotsPerWindow bounds the lookup tables: about this many slots for each window.
// Four put at most one closing time into a slot of a calendar with a lunch break.
const slotsPerWindow = 4

// index builds the two lookup tables. A slot of byTime is a stretch of the UTC
// line of 2^timeShift seconds and holds the first window that ends after its
// start; a slot of byOpen is the same for open seconds.
func (c *Calendar) index() {
	n := int64(len(c.windows))
	budget := n*slotsPerWindow + 16
	for (c.end-c.base)>>c.timeShift >= budget {
		c.timeShift++
	}
	for c.total>>c.openShift >= budget {
		c.openShift++
	}
	c.byTime = make([]uint32, (c.end-c.base)>>c.timeShift+1)
	c.byOpen = make([]uint32, c.total>>c.openShift+1)
	at := 0
	for i := range c.byTime {
		for int64(c.windows[at].end) <= int64(i)<<c.timeShift {
			at++
		}
		c.byTime[i] = uint32(at)
	}
	at = 0
	for i := range c.byOpen {
		for at < len(c.windows)-1 && int64(c.windows[at+1].before) <= int64(i)<<c.openShift {
			at++
		}
		c.byOpen[i] = uint32(at)
	}
}
