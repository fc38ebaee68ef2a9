package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towerbridge/span"
)

// clocks checks what is timed.
func (c *checker) clocks() {
	for i := range c.doc.Clocks {
		k, path := &c.doc.Clocks[i], at("clocks", i)
		c.scope(path+".scope", k.Scope)
		c.signals(k, path)
		c.pauses(k, path)
		c.calendars(k, path)
		if k.ReopenWithin != nil && k.Reopen != "" && k.Reopen != ReopenContinues {
			c.add(RuleReopen, path+".reopenWithin", "a reopening %s, so that %s after it decides nothing", k.Reopen, *k.ReopenWithin)
		}
	}
}

// scope checks an expression.
func (c *checker) scope(path, text string) {
	if _, err := CompileScope(text); err != nil {
		c.add(RuleScope, path, "%v", err)
	}
}

// stages gives the signals in the order in which a ticket passes them. A response
// may come before or after the others of its stage's neighbours, so it stands apart.
var stages = map[Signal]int{
	"": 0, OnOpened: 0, OnAssigned: 1, OnAccepted: 2, OnWork: 3, OnResolved: 4, OnClosed: 5,
}

// never says why a clock cannot run for a second, or nothing.
func (k *ClockDocument) never() string {
	start := k.Start
	if start == "" {
		start = OnOpened
	}
	from, ordered := stages[start]
	to, alsoOrdered := stages[k.Stop]
	switch {
	case start == k.Stop:
		return fmt.Sprintf("it starts and stops when the ticket is %s", start)
	case ordered && alsoOrdered && to < from,
		k.Stop == OnOpened,
		k.Stop == OnResponded && from >= stages[OnResolved]:
		return fmt.Sprintf("the ticket is %s before it is %s", k.Stop, start)
	case k.Holder == SupplierOnly && (k.Stop == OnAssigned || k.Stop == OnAccepted):
		return fmt.Sprintf("it runs while the supplier holds the ticket, which is not before it is %s", k.Stop)
	}
	return ""
}

// signals checks that the clock can run.
func (c *checker) signals(k *ClockDocument, path string) {
	if why := k.never(); why != "" {
		c.add(RuleClockNever, path+".stop", "%s", why)
	}
}

// pauses checks that each pause is known, can occur and is allowed.
func (c *checker) pauses(k *ClockDocument, path string) {
	c.distinct(path+".pauses", k.Pauses)
	for j, reason := range k.Pauses {
		field := at(path+".pauses", j)
		known, own := false, false
		for _, p := range c.doc.PauseCauses {
			if p.Reason == reason {
				known = true
				own = own || p.Cause == SupplierLeg && strings.TrimSpace(p.Approval) == ""
			}
		}
		switch {
		case !known:
			c.add(RuleUnknownReason, field, "%q is not among the pause causes", reason)
		case own:
			c.add(RuleOwnPause, field, "%q is the supplier's own cause", reason)
		case k.Start == OnResolved || k.Start == OnClosed:
			c.add(RulePauseNever, field, "the clock starts when the ticket is %s, and then no work stands", k.Start)
		}
	}
}

// calendars checks that every ticket has a calendar, and every calendar tickets.
func (c *checker) calendars(k *ClockDocument, path string) {
	free := -1 // the first choice that is for all tickets
	filters := make([]filter, len(k.Calendars))
	for j := range k.Calendars {
		choice, field := &k.Calendars[j], at(path+".calendars", j)
		c.named(field+".calendar", choice.Calendar)
		c.distinct(field+".priorities", choice.Priorities)
		c.distinct(field+".services", choice.Services)
		c.distinct(field+".sites", choice.Sites)
		filters[j] = filterOf(choice.Priorities, choice.Services, choice.Sites)
		if i := slices.IndexFunc(filters[:j], func(f filter) bool { return f.hides(filters[j]) }); i >= 0 {
			c.add(RuleCalendarNever, field, "%s fits every ticket that this one fits", at(path+".calendars", i))
		}
		if free < 0 && filters[j].all() {
			free = j
		}
	}
	switch {
	case k.Calendar == "" && len(k.Calendars) == 0:
		c.add(RuleNoCalendar, path, "neither calendar nor calendars is given")
	case k.Calendar == "" && free < 0:
		c.add(RuleNoCalendar, path+".calendars", "each choice is for some tickets only, and there is no calendar for the rest")
	case k.Calendar != "" && free >= 0:
		c.add(RuleCalendarNever, path+".calendar", "%s is for all tickets and comes first", at(path+".calendars", free))
	}
}

// filter is the tickets that a row is for: for each of a ticket's properties the
// names it may have, none standing for any.
type filter []map[string]bool

func filterOf(lists ...[]string) filter {
	f := make(filter, len(lists))
	for i, list := range lists {
		f[i] = make(map[string]bool, len(list))
		for _, name := range list {
			f[i][name] = true
		}
	}
	return f
}

// all reports whether the filter fits every ticket.
func (f filter) all() bool {
	return !slices.ContainsFunc(f, func(names map[string]bool) bool { return len(names) > 0 })
}

// hides reports whether the filter fits everything that another fits.
func (f filter) hides(other filter) bool {
	for i, names := range f {
		if len(names) == 0 {
			continue
		}
		if len(other[i]) == 0 || len(other[i]) > len(names) {
			return false
		}
		for name := range other[i] {
			if !names[name] {
				return false
			}
		}
	}
	return true
}

// targets checks how long clocks may run.
func (c *checker) targets() {
	d := c.doc
	filters := make([]filter, len(d.Targets))
	for j := range d.Targets {
		t, path := &d.Targets[j], at("targets", j)
		c.clock(path+".clock", t.Clock)
		c.distinct(path+".kinds", t.Kinds)
		c.distinct(path+".priorities", t.Priorities)
		c.distinct(path+".services", t.Services)
		c.distinct(path+".sites", t.Sites)
		switch {
		case t.Within != nil:
			c.longer(path+".within", *t.Within)
		case t.Days != nil:
			c.within(path+".businessDays", *t.Days, 1, maxDays)
		case t.EndOfDay != nil:
			c.within(path+".endOfBusinessDay", *t.EndOfDay, 0, maxDays)
		}
		filters[j] = filterOf(t.Kinds, t.Priorities, t.Services, t.Sites)
		for i := range d.Targets[:j] {
			if x := &d.Targets[i]; x.Clock == t.Clock && spans(x.Dated, t.Dated) && filters[i].hides(filters[j]) {
				c.add(RuleTargetNever, path, "%s fits every ticket that this one fits, on the same days", at("targets", i))
				break
			}
		}
	}
}

// longer checks that a length of time is more than none.
func (c *checker) longer(path string, s span.Seconds) {
	if s <= 0 {
		c.add(RuleOutOfRange, path, "%s is not more than nothing", s)
	}
}

// spans reports whether some dates hold on every day on which others hold.
func spans(x, other span.Dated) bool {
	from, to := dated{Dated: x}.bounds()
	otherFrom, otherTo := dated{Dated: other}.bounds()
	return from <= otherFrom && otherTo <= to && otherFrom < otherTo
}

// clock checks that a clock exists.
func (c *checker) clock(path, id string) bool {
	if _, ok := c.clockAt[id]; ok {
		return true
	}
	c.add(RuleUnknownClock, path, "there is no clock %q; %s", id, known(c.clockAt))
	return false
}

// known lists the names that could have been meant.
func known(at map[string]int) string {
	const most = 12
	names := slices.Sorted(maps.Keys(at))
	switch n := len(names); {
	case n == 0:
		return "the contract has none"
	case n > most:
		return fmt.Sprintf("the contract has %s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return "the contract has " + strings.Join(names, ", ")
}
