package measure

import (
	"fmt"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// count puts the ticket at hand, which is in a measure's scope and whose moment at
// lies in a period, into the measure's account: counted, or excluded with a reason.
func (b *job) count(h *ticket.History, l *life, period, at int, x *lane) {
	if b.excluded(h, period, x) {
		return
	}
	m := x.measure
	c := Counted{Ticket: uint32(h.Ticket), At: h.Moments[at].At}
	switch {
	case m.Clock >= 0:
		b.countClock(h, b.reading(h, m.Clock), period, c, x)
		return
	case h.Moments[at].Status == journal.CancelledStatus && (m.Count == nil || m.Count.Of == contract.CountResolved):
		x.exclude(h, period, cancelledReason, "", "")
		return
	case m.Count != nil:
		c.Verdict, c.Elapsed = Met, 1
	case m.FirstTime != nil:
		c.Verdict = firstTime(h, l, m.FirstTime.Line)
	case m.Reopened != nil:
		c.Verdict = reopened(h, m.Reopened.Within)
	case m.HandOvers != nil:
		c.Elapsed = handOvers(h, m.HandOvers.Between)
	}
	*x.evidence[period].next() = c
}

const cancelledReason = "cancelled before it was resolved"

// inScope reports whether the measure, and its clock, are for the ticket at hand.
func (b *job) inScope(x *lane) bool { return b.scopes.holds(x.scope) && b.scopes.holds(x.apply) }

// takeLives takes a measure whose answer depends on its clock, for each life of the
// ticket that the clock may begin anew.
func (b *job) takeLives(h *ticket.History, l *life, asOf span.Instant, p *profile, x *lane) {
	r := b.reading(h, x.measure.Clock)
	if r.Next == 0 {
		b.takeLife(h, l, r, 0, asOf, p, x)
		return
	}
	from := 0
	for episode := uint8(0); ; episode++ {
		to := r.Next
		if to == 0 {
			to = len(h.Moments)
		}
		var own life
		own.of(h, from, to)
		b.takeLife(h, &own, r, episode, asOf, p, x)
		if r.Next == 0 {
			return
		}
		from, r = to, &b.later
		b.reader.Read(h, &b.Contract.Clocks[x.measure.Clock], from, r)
	}
}

// takeLife counts one life. A failure may count in the period of the breach, a
// success in that of the resolution; or, where the contract says so, a failure in both.
func (b *job) takeLife(h *ticket.History, l *life, r *clock.Reading, episode uint8, asOf span.Instant, p *profile, x *lane) {
	missed := r.Verdict == clock.Missed && r.Breach < span.Never
	ours := b.ours(h, l, p.attribution)
	if p.attribution == contract.HolderAtBreach && missed {
		ours = b.supplier != 0 && holder(h, r.Breach-1) == b.supplier
	}
	put := func(at span.Instant) {
		if period := b.period(x.spans, at, asOf); period >= 0 {
			b.put(h, r, period, Counted{Ticket: uint32(h.Ticket), Episode: episode, At: at}, ours, x)
		}
	}
	byBreach := missed && (p.countsIn == contract.InBreach || p.countsIn == contract.InBoth)
	if byBreach {
		put(r.Breach)
		if p.countsIn == contract.InBreach {
			return
		}
	}
	at := l.at(p.countsIn)
	if at < 0 {
		return
	}
	resolved := h.Moments[at].At
	if byBreach && b.period(x.spans, r.Breach, asOf) == b.period(x.spans, resolved, asOf) {
		return // once in one period
	}
	put(resolved)
}

// put adds a life to the account of a period.
func (b *job) put(h *ticket.History, r *clock.Reading, period int, c Counted, ours bool, x *lane) {
	if !ours {
		if b.had(h) {
			x.other[period]++
			b.mark(h, period)
		}
		return
	}
	b.mark(h, period)
	switch {
	case !b.inScope(x):
		x.outside[period]++
	case !b.excluded(h, period, x):
		b.countClock(h, r, period, c, x)
	}
}

// countClock adds a reading's verdict, or the reason why it gives none.
func (b *job) countClock(h *ticket.History, r *clock.Reading, period int, c Counted, x *lane) {
	reason, clause := "", r.Clock.Clause
	switch {
	case r.Cancelled:
		reason, clause = cancelledReason, ""
	case r.Rejected:
		reason = "rejected by " + b.Contract.Supplier + " as not theirs"
	case r.Verdict == clock.Unknown:
		reason, clause = r.Problem, ""
	case r.Verdict == clock.NotStarted:
		reason = "clock " + r.Clock.ID + " never started"
	case x.measure.Share == nil && !r.Stopped():
		reason = "clock " + r.Clock.ID + " still runs"
	case x.measure.Share == nil:
	case r.Verdict == clock.Met:
		c.Verdict = Met
	case r.Verdict == clock.Missed:
		c.Verdict = Missed
	case r.Verdict == clock.NoTarget:
		reason, clause = "the contract sets no target for clock "+r.Clock.ID+" of this ticket", ""
	default:
		reason = "clock " + r.Clock.ID + " still runs and its target is not reached"
	}
	if reason != "" {
		x.exclude(h, period, reason, clause, "")
		return
	}
	c.Elapsed, c.Target, c.Due = r.Elapsed, r.Target, r.Due
	*x.evidence[period].next() = c
}

func (x *lane) exclude(h *ticket.History, period int, reason, clause, rule string) {
	x.excluded[period] = append(x.excluded[period], Excluded{uint32(h.Ticket), reason, clause, rule})
}

// exclusion is one of the contract's, with what it says looked up in the journal.
type exclusion struct {
	*contract.Exclusion
	scope   int // noScope where tickets are named
	id      journal.Symbol
	tickets map[uint32]bool
}

const noScope = -2

func (b *job) exclusion(e *contract.Exclusion) exclusion {
	out := exclusion{Exclusion: e, scope: noScope, id: b.reader.Journal.Symbol(e.ID), tickets: map[uint32]bool{}}
	if e.Scope != nil {
		out.scope = b.scopes.add(e.Scope)
	}
	for _, id := range e.Tickets {
		if at, ok := b.reader.Journal.Find(id); ok {
			out.tickets[uint32(at)] = true
		}
	}
	return out
}

// excluded applies the contract's exclusions and its rule on major incidents.
func (b *job) excluded(h *ticket.History, period int, x *lane) bool {
	s := h.Last()
	if s.Parent != 0 && b.Contract.Parents == contract.ParentsOnly {
		x.exclude(h, period, "counted once, by "+b.reader.Journal.Name(s.Parent), "", "")
		return true
	}
	for i := range b.exclusions {
		e := &b.exclusions[i]
		if !e.For(x.measure.ID) || !(e.scope != noScope && b.scopes.holds(e.scope) || e.tickets[uint32(h.Ticket)] || s.Excused != 0 && s.Excused == e.id) ||
			!e.On(span.DateIn(h.Opened(), b.Contract.Location)) {
			continue
		}
		x.exclude(h, period, fmt.Sprintf("%s (asked by %s, approved by %s)", e.Reason, e.Author, e.ApprovedBy), e.Clause, e.ID)
		return true
	}
	return false
}

// firstTime reports a ticket resolved by the first team to hold it and never reopened.
func firstTime(h *ticket.History, l *life, line int) Verdict {
	var team, party journal.Symbol
	for i := range h.Moments[:l.holding+1] { // who closes it afterwards is no matter
		m := &h.Moments[i]
		if m.Party == 0 && m.Team == 0 {
			continue
		}
		if team == 0 && party == 0 {
			team, party = m.Team, m.Party
		}
		if m.Team != team || m.Party != party || (line > 0 && int(m.Line) != line) {
			return Missed
		}
	}
	if h.Last().Reopened > 0 {
		return Missed
	}
	return Met
}

// reopened reports, as Met, a ticket that was reopened in time after a resolution.
// The measure counts reopenings, so its "met" is the bad case.
func reopened(h *ticket.History, within *span.Seconds) Verdict {
	var done span.Instant
	was := false
	for i := range h.Moments {
		m := &h.Moments[i]
		switch {
		case m.Status.Done() && !was:
			done = m.At
		case !m.Status.Done() && was && (within == nil || int64(m.At-done) <= int64(*within)):
			return Met
		}
		was = m.Status.Done()
	}
	return Missed
}

// handOvers counts the changes of holder.
func handOvers(h *ticket.History, between contract.HandOverLevel) int64 {
	var n int64
	var last journal.Symbol
	for i := range h.Moments {
		who := h.Moments[i].Party
		if between == contract.BetweenTeams {
			who = h.Moments[i].Team
		}
		if who != 0 && last != 0 && who != last {
			n++
		}
		if who != 0 {
			last = who
		}
	}
	return n
}
