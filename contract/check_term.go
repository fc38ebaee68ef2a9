package contract

import (
	"slices"
	"strings"

	"towerbridge/money"
	"towerbridge/span"
)

// maxMonths bounds counts of months and maxDays counts of days, so that no sum of
// dates leaves the years that the program accepts.
const (
	maxMonths = 1200
	maxDays   = 366
)

// longest returns the first day of the contract and the first after the longest
// term that its dates and options allow.
func (d *Document) longest() (span.Date, span.Date) {
	end := d.Term.End
	if d.Term.Maximum != nil {
		end = max(end, *d.Term.Maximum)
	}
	months := 0
	for _, x := range d.Term.Extensions {
		if x.Months > 0 && x.Months <= maxMonths && months <= maxMonths {
			months += x.Months
			end = max(end, d.Term.End.AddMonths(months))
		}
	}
	return d.Term.Start, end
}

// term checks the term and its options to extend.
func (c *checker) term() {
	t := &c.doc.Term
	if t.End <= t.Start {
		c.add(RuleTermCrossed, "term.end", "%s is not later than the start, %s", t.End, t.Start)
		return
	}
	if t.Maximum != nil && *t.Maximum < t.End {
		c.add(RuleTermCrossed, "term.maximumEnd", "%s is earlier than the end of the initial term, %s", *t.Maximum, t.End)
		return
	}
	months, skipped := 0, -1
	for i := range t.Extensions {
		x, path := &t.Extensions[i], at("term.extensions", i)
		sound := c.within(path+".months", x.Months, 1, maxMonths)
		sound = c.within(path+".noticeMonths", x.NoticeMonths, 0, maxMonths) && sound
		sound = c.within(path+".preliminaryNoticeMonths", x.PreliminaryMonths, 0, maxMonths) && sound
		if !sound || months+x.Months > maxMonths {
			return
		}
		c.notice(x, path, t.End.AddMonths(months))
		months += x.Months
		if end := t.End.AddMonths(months); t.Maximum != nil && end > *t.Maximum {
			c.add(RuleBeyondMaximum, path+".months", "the option would run to %s, beyond %s", end, *t.Maximum)
		}
		if x.TakenOn == nil {
			skipped = i
		} else if skipped >= 0 {
			c.add(RuleExtensionOrder, path+".takenOn", "%s was not taken", at("term.extensions", skipped))
		}
	}
}

// notice checks the notice of an option, given the end of the term as it stands
// before the option.
func (c *checker) notice(x *Extension, path string, end span.Date) {
	if x.PreliminaryMonths > 0 && x.PreliminaryMonths < x.NoticeMonths {
		c.add(RuleNotice, path+".preliminaryNoticeMonths", "preliminary notice %d months before the end comes after the notice itself, %d months before",
			x.PreliminaryMonths, x.NoticeMonths)
	}
	if latest := end.AddMonths(-x.NoticeMonths); x.TakenOn != nil && *x.TakenOn > latest {
		c.add(RuleNotice, path+".takenOn", "%s is later than %s, the latest date for notice", *x.TakenOn, latest)
	}
}

// charges checks the sums, and that every service period that lies wholly within
// the initial term has one.
func (c *checker) charges() {
	d := c.doc
	for i := range d.Charges {
		c.amount(at("charges", i)+".amount", d.Charges[i].Amount, 0)
	}
	if len(d.Charges) == 0 {
		return
	}
	step := d.Period.Months()
	year, month, _ := d.Term.Start.Civil()
	for day := span.DateOf(year, month, 1); ; day = day.AddMonths(1) {
		_, m, _ := day.Civil()
		if day < d.Term.Start || (int(m)-1)%step != 0 {
			continue
		}
		if day.AddMonths(step) > d.Term.End {
			return
		}
		if !slices.ContainsFunc(d.Charges, func(x Charge) bool { return x.On(day) }) {
			c.add(RuleChargeGap, "charges", "no charge holds on %s, the first day of a service period", day)
			return
		}
	}
}

// amount checks a sum: its currency, and that its sign is at least the given one.
func (c *checker) amount(path string, a money.Amount, sign int) {
	if a.Currency != c.doc.Currency {
		c.add(RuleCurrency, path, "%s is not in %s", a, c.doc.Currency)
	}
	c.signed(path, a.Sign(), sign, a.String())
}

// signed checks that a number is positive (least 1) or not negative (least 0).
func (c *checker) signed(path string, sign, least int, text string) {
	switch {
	case sign >= least:
	case least > 0:
		c.add(RuleOutOfRange, path, "%s is not more than nothing", text)
	default:
		c.add(RuleOutOfRange, path, "%s is negative", text)
	}
}

// lateEntries checks the cut-off of late entries.
func (c *checker) lateEntries() {
	l := c.doc.LateEntries
	if l == nil {
		return
	}
	bounded := c.within("lateEntries.days", l.Days, 0, maxDays)
	bounded = c.within("lateEntries.businessDays", l.BusinessDays, 0, maxDays) && bounded
	switch {
	case !bounded:
	case l.Days > 0 && l.BusinessDays > 0:
		c.add(RuleLateEntries, "lateEntries.businessDays", "both %d days and %d business days are given", l.Days, l.BusinessDays)
	case l.Days == 0 && l.BusinessDays == 0:
		c.add(RuleLateEntries, "lateEntries", "neither days nor businessDays are given")
	case l.BusinessDays > 0 && l.Calendar == "":
		c.add(RuleLateEntries, "lateEntries.businessDays", "the calendar of the %d business days is missing", l.BusinessDays)
	case l.Days > 0 && l.Calendar != "":
		c.add(RuleLateEntries, "lateEntries.calendar", "%d calendar days do not need a calendar of business days", l.Days)
	}
}

// legs checks how elapsed time is shared out.
func (c *checker) legs() {
	l := c.doc.Legs
	if l == nil {
		return
	}
	if n := len(l.Precedence); n > 0 {
		var missing []string
		for _, kind := range LegKind("").SchemaEnum() {
			if !slices.Contains(l.Precedence, LegKind(kind)) {
				missing = append(missing, kind)
			}
		}
		if len(missing) > 0 {
			c.add(RulePrecedence, "legs.precedence", "missing: %s", strings.Join(missing, ", "))
		}
		for i, kind := range l.Precedence {
			if slices.Contains(l.Precedence[:i], kind) {
				c.add(RulePrecedence, at("legs.precedence", i), "%s is listed twice", kind)
			}
		}
	}
	switch {
	case l.AcceptWithin != nil && l.AcceptCalendar == "":
		c.add(RuleAcceptance, "legs.acceptWithin", "the calendar of the %s is missing", *l.AcceptWithin)
	case l.AcceptWithin == nil && l.AcceptCalendar != "":
		c.add(RuleAcceptance, "legs.acceptCalendar", "the calendar %q is given without an acceptance time", l.AcceptCalendar)
	}
}
