package simulate

import (
	"slices"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/span"
)

// terms is what a contract says about one kind of ticket in the hands of one party.
type terms struct {
	calendar    *calendar.Calendar // of the clock, else the party's own; nil: every second counts
	own         *calendar.Calendar // of the party; nil: it works always
	target      int64              // open seconds to resolve; zero without one
	exact       bool               // the target is open time, not business days
	fromOpening bool               // the clock runs from the opening, whoever holds the ticket
	free        int64              // open seconds from an offer for which it is not yet the holder's
	freeIn      *calendar.Calendar
	onAccept    bool      // the clock starts when the offer is taken up, or is over
	standing    []uint8   // reasons for which the clock stands
	stands      picker    // the first most often
	kinder      []variant // changes by which fewer hours count
}

// variant is a ticket with one thing changed.
type variant struct {
	priority      uint8
	service, site uint16
}

type termsKey struct {
	era, party     uint16
	service, site  uint16
	kind, priority uint8
}

// termsFor returns the terms of a ticket, remembered by the worker.
func (w *worker) termsFor(e *era, party int, x *what) *terms {
	key := termsKey{uint16(e.number), uint16(party), x.service, x.site, x.kind, x.priority}
	t, ok := w.terms[key]
	if !ok {
		t = w.scene.readTerms(e, party, x)
		w.terms[key] = t
	}
	return t
}

func (s *scene) readTerms(e *era, party int, x *what) *terms {
	t := &terms{}
	p, _ := s.world.Estate.Party(s.parties.list[party])
	if c := s.world.Calendars[p.Calendar]; c != nil && !c.Always() {
		t.own = c
	}
	t.calendar = t.own
	c := s.contractOf(p.ID, s.services.list[x.service], e.from)
	if c == nil {
		return t
	}
	k, rule := s.clockOf(c, e.from, x)
	if k == nil {
		return t
	}
	priority, service, site := s.priorities.list[x.priority], s.services.list[x.service], s.sites.list[x.site]
	t.calendar = k.Calendar(priority, service, site)
	t.fromOpening = k.Holder != contract.SupplierOnly && (k.Start == "" || k.Start == contract.OnOpened)
	t.onAccept = k.Start == contract.OnAccepted || k.Start == contract.OnWork
	if c.Legs != nil && c.Legs.AcceptWithin != nil && c.Acceptance != nil && k.Holder == contract.SupplierOnly {
		t.free, t.freeIn = int64(*c.Legs.AcceptWithin), c.Acceptance
	}
	var weights []int64
	weight := int64(1 << 12)
	for _, r := range k.Pauses {
		if c.Stands(k, r, e.from) {
			t.standing, weights = append(t.standing, uint8(s.reasons.at[r])), append(weights, weight)
			weight = max(1, weight/3)
		}
	}
	t.stands = newPicker(weights)
	if rule != nil {
		t.target, t.exact = targetSeconds(t.calendar, rule, e.from.Start(s.zone))
	}
	if t.exact && !k.Strictest { // otherwise the strictest hours count, whatever is changed
		t.kinder = s.kinder(k, t, e, x)
	}
	return t
}

// clockOf returns the contract's clock of resolving for a ticket, one with a target
// where there is one, and the target.
func (s *scene) clockOf(c *contract.Contract, on span.Date, x *what) (*contract.Clock, *contract.TargetDocument) {
	kind, priority, service, site := s.kinds.list[x.kind], s.priorities.list[x.priority], s.services.list[x.service], s.sites.list[x.site]
	var first *contract.Clock
	for i := range c.Clocks {
		k := &c.Clocks[i]
		if k.Stop != contract.OnResolved {
			continue
		}
		if rule, ok := k.Target(kind, priority, service, site, on); ok {
			return k, rule
		}
		if first == nil {
			first = k
		}
	}
	return first, nil
}

// targetSeconds returns a target in open seconds; a target in business days is about
// so many fifths of the open time of a week.
func targetSeconds(c *calendar.Calendar, rule *contract.TargetDocument, at span.Instant) (int64, bool) {
	const day, week = 24 * 3600, 7 * 24 * 3600
	days := rule.Days
	switch {
	case rule.Within != nil:
		return int64(*rule.Within), true
	case days == nil:
		days = rule.EndOfDay
	}
	if days == nil {
		return 0, false
	}
	if c == nil {
		return int64(*days) * day, false
	}
	return int64(max(1, *days)) * max(3600, c.OpenSeconds(at, at+4*week)/20), false
}

// kinder lists the changes of one thing about a ticket by which a week has fewer
// hours that count, while the contract still has a target for it.
func (s *scene) kinder(k *contract.Clock, t *terms, e *era, x *what) []variant {
	const week = 7 * 24 * 3600
	at := e.from.Start(s.zone)
	open := func(v variant) int64 {
		c := k.Calendar(s.priorities.list[v.priority], s.services.list[v.service], s.sites.list[v.site])
		if c == nil {
			return week
		}
		return c.OpenSeconds(at, at+4*week) / 4
	}
	has := func(v variant) bool {
		_, ok := k.Target(s.kinds.list[x.kind], s.priorities.list[v.priority], s.services.list[v.service], s.sites.list[v.site], e.from)
		return ok
	}
	now := variant{x.priority, x.service, x.site}
	least := open(now) * 9 / 10
	var out []variant
	try := func(v variant) {
		if v != now && open(v) <= least && has(v) {
			out = append(out, v)
		}
	}
	bySite, byService := false, false
	for _, c := range k.ClockDocument.Calendars {
		bySite, byService = bySite || len(c.Sites) > 0, byService || len(c.Services) > 0
	}
	for site := range e.siteList() {
		if bySite {
			try(variant{x.priority, x.service, uint16(site)})
		}
	}
	for service := range e.services {
		if byService && e.services[service].alive && e.services[service].party == e.services[x.service].party {
			try(variant{x.priority, uint16(service), x.site})
		}
	}
	if m := slices.IndexFunc(s.mixes, func(m kindMix) bool { return m.kind == x.kind }); m >= 0 {
		for _, p := range s.mixes[m].priorities {
			try(variant{p, x.service, x.site})
		}
	}
	return out
}

// siteList yields the sites of an era.
func (e *era) siteList() func(yield func(int) bool) {
	return func(yield func(int) bool) {
		before := int64(0)
		for at, sum := range e.sites {
			if sum > before && !yield(at) {
				return
			}
			before = sum
		}
	}
}

// after returns the instant by which so many seconds of a calendar have passed; where
// the calendar does not know the dates, of elapsed time.
func after(c *calendar.Calendar, from span.Instant, seconds int64) span.Instant {
	if c != nil {
		if at, ok := c.Due(from, seconds); ok {
			return at
		}
	}
	return from + span.Instant(max(0, seconds))
}

// openBetween returns the seconds of a calendar between two instants.
func openBetween(c *calendar.Calendar, from, to span.Instant) int64 {
	if c != nil && c.Covers(from, to) {
		return c.OpenSeconds(from, to)
	}
	return max(0, int64(to-from))
}
