package measure

import (
	"fmt"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// count puts the ticket at hand, whose moment at lies in a period, into a measure's
// account: counted, excluded with a reason, or out of scope.
func (b *job) count(h *ticket.History, l *life, asOf span.Instant, period, at int, p *profile, x *lane) {
	m := x.measure
	if m.Clock >= 0 && b.Contract.Clocks[m.Clock].ReopenWithin != nil {
		b.countLives(h, l, asOf, p, x)
		return
	}
	if period < 0 || (p.lives && !b.ours(h, l, p.attribution, at)) {
		return
	}
	b.mark(h, period)
	if !b.inScope(x) {
		x.outside[period]++
		return
	}
	if b.excluded(h, period, x) {
		return
	}
	c := Counted{Ticket: uint32(h.Ticket), At: h.Moments[at].At}
	switch {
	case m.Clock >= 0:
		b.countClock(h, b.reading(h, m.Clock), period, c, x)
		return
	case m.Count != nil:
		c.Verdict, c.Elapsed = Met, 1
	case m.FirstTime != nil:
		c.Verdict = firstTime(h, m.FirstTime.Line)
	case m.Reopened != nil:
		c.Verdict = reopened(h, m.Reopened.Within)
	case m.HandOvers != nil:
		c.Elapsed = handOvers(h, m.HandOvers.Between)
	}
	x.evidence[period] = append(x.evidence[period], c)
}

// inScope reports whether the measure, and its clock, are for the ticket at hand.
func (b *job) inScope(x *lane) bool { return b.scopes.holds(x.scope) && b.scopes.holds(x.apply) }

// countLives counts each life of a ticket that its clock may begin anew.
func (b *job) countLives(h *ticket.History, l *life, asOf span.Instant, p *profile, x *lane) {
	var r clock.Reading
	for from, episode := 0, uint8(0); ; episode++ {
		b.reader.Read(h, &b.Contract.Clocks[x.measure.Clock], from, &r)
		at := r.Moment
		if from == 0 && p.countsIn == contract.InOpening {
			at = 0
		} else if !r.Stopped() && p.countsIn != contract.InOpening {
			return
		}
		c := Counted{Ticket: uint32(h.Ticket), Episode: episode, At: h.Moments[at].At}
		b.put(h, &r, asOf, p, x, c, b.ours(h, l, p.attribution, at))
		if r.Next == 0 {
			return
		}
		from = r.Next
	}
}

// put adds a reading whose counting instant is known, if that lies in a period.
func (b *job) put(h *ticket.History, r *clock.Reading, asOf span.Instant, p *profile, x *lane, c Counted, ours bool) {
	period := b.period(x.spans, c.At, asOf)
	if period < 0 {
		return
	}
	if !ours {
		b.setAside(h, p, period)
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
	c.Elapsed, c.Target, c.Due = r.Elapsed, r.Target, r.Due
	switch {
	case r.Cancelled:
		x.exclude(h, period, "cancelled before it was resolved", "", "")
		return
	case r.Rejected:
		x.exclude(h, period, "rejected by "+b.Contract.Supplier+" as not theirs", r.Clock.Clause, "")
		return
	case r.Verdict == clock.Unknown:
		x.exclude(h, period, r.Problem, "", "")
		return
	case r.Verdict == clock.NotStarted:
		x.exclude(h, period, "clock "+r.Clock.ID+" never started", r.Clock.Clause, "")
		return
	}
	if x.measure.Share == nil {
		if !r.Stopped() {
			x.exclude(h, period, "clock "+r.Clock.ID+" still runs", r.Clock.Clause, "")
			return
		}
		x.evidence[period] = append(x.evidence[period], c)
		return
	}
	switch r.Verdict {
	case clock.Met:
		c.Verdict = Met
	case clock.Missed:
		c.Verdict = Missed
	case clock.NoTarget:
		x.exclude(h, period, "the contract sets no target for clock "+r.Clock.ID+" of this ticket", "", "")
		return
	default:
		x.exclude(h, period, "clock "+r.Clock.ID+" still runs and its target is not reached", r.Clock.Clause, "")
		return
	}
	x.evidence[period] = append(x.evidence[period], c)
}

func (x *lane) exclude(h *ticket.History, period int, reason, clause, rule string) {
	x.excluded[period] = append(x.excluded[period], Excluded{uint32(h.Ticket), reason, clause, rule})
}

// excluded applies the contract's exclusions and its rule on major incidents.
func (b *job) excluded(h *ticket.History, period int, x *lane) bool {
	s := h.Last()
	if s.Parent != 0 && b.Contract.Parents == contract.ParentsOnly {
		x.exclude(h, period, "counted once, by "+b.reader.Journal.Name(s.Parent), "", "")
		return true
	}
	for i := range b.Contract.Exclusions {
		e := &b.Contract.Exclusions[i]
		if !e.For(x.measure.ID) || !e.On(span.DateIn(h.Opened(), b.Contract.Location)) {
			continue
		}
		if !(e.Scope != nil && b.scopes.holds(b.scopes.number(e.Scope))) && !e.Names(b.reader.Journal.TicketID(h.Ticket)) &&
			!(s.Excused != 0 && b.reader.Journal.Name(s.Excused) == e.ID) {
			continue
		}
		x.exclude(h, period, fmt.Sprintf("%s (asked by %s, approved by %s)", e.Reason, e.Author, e.ApprovedBy), e.Clause, e.ID)
		return true
	}
	return false
}

// takeByBreach counts a ticket whose period or owner depends on when its target
// passed: a failure in the period of the breach, a success in that of the
// resolution; or, where the contract says so, a failure in both.
func (b *job) takeByBreach(h *ticket.History, l *life, asOf span.Instant, p *profile, x *lane) {
	m := x.measure
	if m.Clock < 0 {
		if at := l.at(contract.InLastResolution); at >= 0 {
			if period := b.period(x.spans, h.Moments[at].At, asOf); period >= 0 && b.ours(h, l, contract.HolderAtResolution, at) {
				b.count(h, l, asOf, period, at, p, x)
			}
		}
		return
	}
	r := b.reading(h, m.Clock)
	if r.Start == 0 {
		return
	}
	missed := r.Verdict == clock.Missed && r.Due < span.Never
	ours := b.ours(h, l, p.attribution, 0)
	if p.attribution == contract.HolderAtBreach && missed {
		ours = holder(h, r.Due) == b.supplier && b.supplier != 0
	}
	put := func(at span.Instant) {
		b.put(h, r, asOf, p, x, Counted{Ticket: uint32(h.Ticket), At: at}, ours)
	}
	byBreach := p.countsIn == contract.InBreach || p.countsIn == contract.InBoth
	if missed && byBreach {
		put(r.Due + 1) // the first second past the target
		if p.countsIn == contract.InBreach {
			return
		}
	}
	if at := l.at(p.countsIn); at >= 0 {
		resolved := h.Moments[at].At
		if missed && byBreach && b.period(x.spans, r.Due+1, asOf) == b.period(x.spans, resolved, asOf) {
			return // once in one period
		}
		put(resolved)
	}
}

// holder returns the party that held or was offered the ticket at an instant.
func holder(h *ticket.History, at span.Instant) journal.Symbol {
	var p journal.Symbol
	for i := range h.Moments {
		if h.Moments[i].At > at {
			break
		}
		p = h.Moments[i].Party
	}
	return p
}

// firstTime reports a ticket resolved by the first team to hold it and never reopened.
func firstTime(h *ticket.History, line int) Verdict {
	var team, party journal.Symbol
	for i := range h.Moments {
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
