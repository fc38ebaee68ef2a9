package contract

import "slices"

// LooksBack returns the number of earlier service periods that the contract's rules
// look back on: none, those of one measurement period for repeat failures, or -1
// for all of them back to the start of the term, which rolling caps and earn-back
// need because each of those periods looks back in turn.
func (c *Contract) LooksBack() int {
	n := 0
	for i := range c.Credits {
		if c.Credits[i].EarnBack != nil {
			return -1
		}
		for _, k := range c.Credits[i].Caps {
			if k.Periods > 1 {
				return -1
			}
		}
	}
	for i := range c.Measures {
		if m := &c.Measures[i]; m.Repeat != nil {
			n = max(n, m.Frequency.Months()/c.Period.Months(), 1)
		}
	}
	return n
}

// CalendarIDs returns the ids of the calendars that the contract reads, in order.
func (c *Contract) CalendarIDs() []string {
	var ids []string
	for i := range c.Clocks {
		k := &c.Clocks[i]
		ids = append(ids, k.ClockDocument.Calendar)
		for _, x := range k.ClockDocument.Calendars {
			ids = append(ids, x.Calendar)
		}
	}
	for i := range c.Measures {
		if m := &c.Measures[i]; m.Availability != nil {
			ids = append(ids, m.Availability.Calendar)
		} else if m.Backlog != nil {
			ids = append(ids, m.Backlog.Calendar)
		}
	}
	if c.Legs != nil {
		ids = append(ids, c.Legs.AcceptCalendar)
	}
	if c.LateEntries != nil {
		ids = append(ids, c.LateEntries.Calendar)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// Kind names the measure's kind as the document does.
func (m *MeasureDocument) Kind() string {
	switch {
	case m.Share != nil:
		return "share"
	case m.Mean != nil:
		return "mean"
	case m.Percentile != nil:
		return "percentile"
	case m.Count != nil:
		return "count"
	case m.Availability != nil:
		return "availability"
	case m.Backlog != nil:
		return "backlog"
	case m.FirstTime != nil:
		return "firstTimeFix"
	case m.Reopened != nil:
		return "reopenRate"
	case m.HandOvers != nil:
		return "handOvers"
	case m.External != nil:
		return "external"
	}
	return "survey"
}

// CountsBad reports whether the tickets that the measure counts as met are those that
// should not have been: the reopened ones, or those that are too old.
func (m *MeasureDocument) CountsBad() bool {
	return m.Reopened != nil || m.Backlog != nil && m.Backlog.OlderThan != nil
}
