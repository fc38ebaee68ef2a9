package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/span"
)

// hours reads the clock by each calendar of the book and by the time on the wall, each
// with and without its pauses, and for the whole ticket where the clock is the
// supplier's own time only.
func (x *explainer) hours() []candidate {
	var out []candidate
	r := &x.reading
	end := r.Stop
	if !r.Stopped() {
		end = x.history.AsOf
	}
	var paused span.Set
	for _, p := range r.Pauses {
		paused = append(paused, p.Span)
	}
	paused = span.Union(paused...)
	for _, whole := range []bool{false, true} {
		ran := set(r.Spans)
		if whole {
			if r.Clock.Holder != contract.SupplierOnly {
				continue
			}
			ran = span.Set{{From: x.history.Opened(), To: end}}.Minus(paused)
		}
		for _, counted := range []bool{false, true} {
			if counted {
				if len(paused) == 0 {
					continue
				}
				ran = span.Union(append(slices.Clone(ran), paused...)...)
			}
			out = append(out, x.byCalendar(ran, whole, counted)...)
		}
	}
	return out
}

// byCalendar reads spans by every calendar.
func (x *explainer) byCalendar(ran span.Set, whole, paused bool) []candidate {
	var out []candidate
	var words []string
	cause, departures := Cause(""), 0
	if whole {
		cause, departures = Holder, 1
		words = append(words, "for the whole ticket and not only while the supplier holds it")
	}
	if paused {
		cause, departures = Pause, departures+1
		words = append(words, "without taking pauses off")
	}
	r := &x.reading
	always := r.Calendar.Always()
	try := func(k *calendar.Calendar, name string) {
		c := candidate{cause: cause, departures: departures, seconds: ran.Length()}
		own := k == r.Calendar
		if k != nil {
			c.seconds = openIn(k, ran)
			c.verdict = x.judge(k, r.Rule, c.seconds)
		} else if r.Rule != nil && r.Rule.Within != nil {
			c.verdict = within(c.seconds, int64(*r.Rule.Within))
		}
		list := slices.Clone(words)
		if !own {
			c.departures++
			if c.cause == "" {
				c.cause = Calendar
			}
			list = append([]string{name}, list...)
		}
		if c.departures > 0 {
			c.way = strings.Join(list, ", ")
			c.why = fmt.Sprintf("counted %s it is %s", c.way, length(c.seconds))
			out = append(out, c)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(x.book.Calendars)) {
		k := x.book.Calendars[id]
		always = always || k.Always()
		if k == r.Calendar || k.Covers(x.history.Opened(), x.history.AsOf) && !(k.Always() && r.Calendar.Always()) {
			try(k, "by calendar "+id)
		}
	}
	if !always {
		try(nil, "around the clock")
	}
	return out
}

// judge says what a target makes of so many open seconds of a calendar.
func (x *explainer) judge(k *calendar.Calendar, t *contract.TargetDocument, seconds int64) Verdict {
	r := &x.reading
	switch {
	case t == nil:
		return ""
	case t.Within != nil:
		return within(seconds, int64(*t.Within))
	case t.Days != nil:
		if at, ok := k.AddBusinessDays(r.Start, *t.Days); ok {
			return within(seconds, k.OpenSeconds(r.Start, at))
		}
	case t.EndOfDay != nil:
		if at, ok := k.EndOfBusinessDay(r.Start, *t.EndOfDay); ok {
			return within(int64(min(r.Stop, x.history.AsOf)), int64(at))
		}
	}
	return ""
}

func within(n, most int64) Verdict {
	if n <= most {
		return Met
	}
	return Missed
}

func opposite(v Verdict) Verdict {
	if v == Met {
		return Missed
	}
	return Met
}

func set(spans []span.Span) span.Set { return span.Union(spans...) }

func openIn(k *calendar.Calendar, s span.Set) int64 {
	var n int64
	for _, x := range s {
		n += k.OpenSeconds(x.From, x.To)
	}
	return n
}

// targetText writes a target in its own unit.
func targetText(t *contract.TargetDocument) string {
	switch {
	case t.Within != nil:
		return t.Within.String()
	case t.Days != nil:
		return fmt.Sprintf("%d business days", *t.Days)
	}
	return fmt.Sprintf("the end of business day %d", *t.EndOfDay)
}

// length writes open seconds as people say them.
func length(seconds int64) string { return span.Seconds(seconds).String() }
