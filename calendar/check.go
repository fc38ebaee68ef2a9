package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towerbridge/fault"
	"towerbridge/span"
)

// Limits of one calendar.
const (
	MaxVersions = 200  // versions in a document
	MaxDates    = 2000 // holidays of its own in one version
	MaxWindows  = 48   // windows on one day
)

// What can be wrong with a calendar.
var (
	RuleZone = fault.Declare(1101, "The time zone is not in the IANA data",
		"Write an IANA name such as Europe/London; there is no default.")
	RuleTime = fault.Declare(1102, "A window's time is not a time of day",
		"Write times from 00:00 to 24:00, such as 09:00-17:30.")
	RuleEmpty = fault.Declare(1103, "A window opens and closes at the same time",
		"Write 00:00-24:00 for the whole day, or leave the window out.")
	RuleLastMinute = fault.Declare(1104, "A window closes at 23:59 and loses the last minute of the day",
		"Close it at 24:00.")
	RuleOverlap = fault.Declare(1105, "Two windows overlap",
		"Join them, or end the one where the other begins.")
	RuleNeverOpens = fault.Declare(1106, "The calendar never opens",
		"Give at least one day a window, or write always: true.")
	RuleOrder = fault.Declare(1107, "Versions are not in the order of their dates",
		"Give every version after the first a later date than the one before it.")
	RuleTwice = fault.Declare(1108, "A holiday is listed twice",
		"Remove one of the two.")
	RuleSet = fault.Declare(1109, "There is no holiday set of that name",
		"Write "+strings.Join(setNames[:], ", ")+", or list the dates.")
	RuleBeyondSet = fault.Declare(1110, "A holiday is outside the years that the holiday sets cover",
		"Remove it: the calendar answers nothing about that year.")
	RuleNoEffect = fault.Declare(1111, "A holiday has no effect",
		"Move it to the version that holds on that date, or remove it.")
	RuleTooLarge = fault.Declare(1112, "The calendar is too large",
		"Split it into several calendars.")
	RuleYears = fault.Declare(1113, "The calendar covers no year",
		"Name holiday sets that have a year in common.")
	RuleHours = fault.Declare(1114, "A version says not at all or twice when it is open",
		"Write either a week or always: true.")
)

// report makes a finding at a field of the document, where that is known.
type report func(rule fault.Rule, field, format string, args ...any) fault.Finding

// nowhere reports findings of a document that was made by a program.
func nowhere(rule fault.Rule, field, format string, args ...any) fault.Finding {
	return rule.At(fault.Position{}, field, format, args...)
}

// checker collects what is wrong with one document.
type checker struct {
	sets     Sets
	report   report
	findings fault.Findings
}

func (c *checker) add(rule fault.Rule, field, format string, args ...any) {
	c.findings = append(c.findings, c.report(rule, field, format, args...))
}

// check returns everything wrong with the document, in the order of its fields.
func check(doc Document, zones Zones, sets Sets, where report) fault.Findings {
	c := &checker{sets: sets, report: where}
	if _, err := zones.Location(doc.Zone); err != nil {
		f := where(RuleZone, "zone", "%v", err)
		if e := (*fault.Error)(nil); errors.As(err, &e) {
			f.Message, f.Remedy = e.Message, e.Remedy
		}
		c.findings = append(c.findings, f)
	}
	if len(doc.Versions) > MaxVersions {
		c.add(RuleTooLarge, "versions", "%d versions are more than the %d allowed", len(doc.Versions), MaxVersions)
		return c.findings
	}
	first, last, known := years(doc, sets)
	if known && first > last {
		c.add(RuleYears, "versions", "the holiday sets of the versions have no year in common")
	}
	opens := false
	for i, v := range doc.Versions {
		at := fmt.Sprintf("versions[%d]", i)
		if i > 0 {
			c.order(doc.Versions[i-1], v, at)
		}
		c.hours(v, at)
		c.holidays(doc, i, at, first, last)
		opens = opens || v.always() || v.Week != nil && slices.ContainsFunc(weekdays, func(d time.Weekday) bool { return len(v.Week.On(d)) > 0 })
	}
	if !opens {
		c.add(RuleNeverOpens, "versions", "no version has a window")
	}
	return c.findings
}

func (v Version) always() bool { return v.Always != nil && *v.Always }

func (c *checker) order(before, v Version, at string) {
	switch {
	case v.From == nil:
		c.add(RuleOrder, at+".from", "the version has no date to begin on")
	case before.From != nil && *v.From <= *before.From:
		c.add(RuleOrder, at+".from", "%s is not later than %s, on which the version before it begins", *v.From, *before.From)
	}
}

// weekdays is the days in the order in which a week is written.
var weekdays = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// placed is a window with its field and its place in a week that starts on Monday.
type placed struct {
	field    string
	text     Window
	from, to int32
}

func (c *checker) hours(v Version, at string) {
	if (v.Week != nil) == v.always() {
		c.add(RuleHours, at, "the version needs either a week or always: true")
	}
	if v.Week == nil {
		return
	}
	var week []placed
	for i, day := range weekdays {
		field := at + ".week." + strings.ToLower(day.String())
		for _, p := range c.windows(v.Week.On(day), field) {
			p.from += int32(i) * daySeconds
			p.to += int32(i) * daySeconds
			week = append(week, p)
		}
	}
	c.overlaps(week)
	// Sunday's windows may run on into Monday.
	if n := len(week); n > 1 {
		if last, first := latest(week), week[0]; last.to-7*daySeconds > first.from {
			c.add(RuleOverlap, first.field, "%s on Monday begins before %s of Sunday ends", first.text, last.text)
		}
	}
}

func latest(week []placed) placed {
	return slices.MaxFunc(week, func(a, b placed) int { return cmp.Compare(a.to, b.to) })
}

// windows checks each window of one day and returns the good ones in order.
func (c *checker) windows(windows []Window, field string) []placed {
	if len(windows) > MaxWindows {
		c.add(RuleTooLarge, field, "%d windows on a day are more than the %d allowed", len(windows), MaxWindows)
		return nil
	}
	var out []placed
	for i, w := range windows {
		at := fmt.Sprintf("%s[%d]", field, i)
		h, empty, err := w.parse()
		switch {
		case err != nil:
			c.add(RuleTime, at, "%v", err)
			continue
		case empty:
			c.add(RuleEmpty, at, "%s is open for no time", w)
			continue
		case h.to%daySeconds == daySeconds-60:
			c.add(RuleLastMinute, at, "%s is closed for a minute before midnight", w)
		}
		out = append(out, placed{at, w, h.from, h.to})
	}
	slices.SortStableFunc(out, func(a, b placed) int { return cmp.Compare(a.from, b.from) })
	return out
}

// overlaps reports each window that begins before one ahead of it has ended.
func (c *checker) overlaps(week []placed) {
	for i := 1; i < len(week); i++ {
		if before := latest(week[:i]); week[i].from < before.to {
			c.add(RuleOverlap, week[i].field, "%s begins before %s ends", week[i].text, before.text)
		}
	}
}

// holidays checks the holidays of version i, of a calendar that covers the years
// from first to last.
func (c *checker) holidays(doc Document, i int, at string, first, last int) {
	v := doc.Versions[i]
	at += ".holidays"
	if v.always() && len(v.Holidays.Sets)+len(v.Holidays.Dates) > 0 {
		c.add(RuleNoEffect, at, "the version is always open, and yet has holidays")
	}
	named := map[string]bool{}
	for j, name := range v.Holidays.Sets {
		field := fmt.Sprintf("%s.sets[%d]", at, j)
		if _, ok := c.sets(name); !ok {
			c.add(RuleSet, field, "%q is not a holiday set", name)
		}
		if named[name] {
			c.add(RuleTwice, field, "the set %s is named twice", name)
		}
		named[name] = true
	}
	if n := len(v.Holidays.Dates); n > MaxDates {
		c.add(RuleTooLarge, at+".dates", "%d holidays are more than the %d allowed", n, MaxDates)
		return
	}
	listed := map[span.Date]bool{}
	for j, h := range v.Holidays.Dates {
		field := fmt.Sprintf("%s.dates[%d]", at, j)
		c.overlaps(c.windows(h.Windows, field+".windows"))
		if listed[h.Date] {
			c.add(RuleTwice, field+".date", "%s is listed twice", h.Date)
		}
		listed[h.Date] = true
		switch year, _, _ := h.Date.Civil(); {
		case first <= last && (year < first || year > last):
			c.add(RuleBeyondSet, field+".date", "%s is outside the years %d to %d that the calendar covers", h.Date, first, last)
		case versionOn(doc, h.Date) != i:
			c.add(RuleNoEffect, field+".date", "another version holds on %s", h.Date)
		}
	}
}

// versionOn returns the index of the version that holds on a date: the last that
// has begun, or the first.
func versionOn(doc Document, d span.Date) int {
	for i := len(doc.Versions) - 1; i > 0; i-- {
		if from := doc.Versions[i].From; from != nil && *from <= d {
			return i
		}
	}
	return 0
}

// The years that a calendar covers when it keeps no holiday set.
const (
	FirstYear = 1990
	LastYear  = 2060
)

// years returns the first and the last year that the calendar covers: those that
// all the holiday sets it names have in common. It reports false, and the years
// without sets, when it names none that is known.
func years(doc Document, sets Sets) (first, last int, known bool) {
	first, last = FirstYear, LastYear
	for _, v := range doc.Versions {
		for _, name := range v.Holidays.Sets {
			s, ok := sets(name)
			switch {
			case !ok:
			case !known:
				first, last, known = s.FirstYear, s.LastYear, true
			default:
				first, last = max(first, s.FirstYear), min(last, s.LastYear)
			}
		}
	}
	return first, last, known
}
