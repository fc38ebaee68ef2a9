package simulate

import (
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
)

// Salts of the streams that tricks draw from, so that a ticket on which none is played
// is the same with and without them.
const trickSalt = 0x7a1c4b3f5d2e9608

// hand is what a trick needs to know: the ticket as its last holder has just taken it
// up, and when it would be resolved without any trick.
type hand struct {
	terms *terms
	start span.Instant // the holder's clock began
	used  int64        // open seconds on it by now
	end   span.Instant // it would be resolved
	needs int64        // open seconds on it then
}

// play tries the tricks on a ticket that is about to be resolved, in the order of the
// options. The first one that can be played and whose share says so is; then the rest
// of the ticket's life is written, and play reports true.
func (l *life) play(t *terms, start, end span.Instant) bool {
	own := l.dice
	l.dice ^= trickSalt
	h := hand{terms: t, start: start, end: end}
	if t.target > 0 {
		h.used, h.needs = openBetween(t.calendar, start, l.now), openBetween(t.calendar, start, end)
	}
	for i := range l.tricks {
		x := &l.tricks[i]
		if x.party != 0 && x.party != l.held || plays[x.number] == nil {
			continue
		}
		before, at := len(l.events), l.now
		hit := l.chance(x.share)
		if hit && plays[x.number](l, &h) {
			l.truth = append(l.truth, played{x.at, l.number})
			return true
		}
		l.events, l.now = l.events[:before], at
	}
	l.dice = own
	return false
}

// plays are the tricks in the order of [TrickNames]; each reports whether it could be
// played, and if it could has written the rest of the ticket's life.
var plays = [...]func(*life, *hand) bool{
	(*life).latePause, (*life).bunchedClosure, (*life).periodEnd, (*life).reprioritise, (*life).reopenAfterPeriod,
	nil, (*life).round, (*life).changeCalendar, (*life).backdate,
}

// at returns the instant at which the holder's clock has used thousandths of its
// target, if that is later than now. It is not known of a holder that had the ticket
// before, whose clock goes on from then.
func (l *life) at(h *hand, thousandths int64) (span.Instant, bool) {
	at := after(h.terms.calendar, h.start, h.terms.target*thousandths/1000)
	return at, h.terms.exact && !l.again && at > l.now
}

// resolve ends the ticket at an instant.
func (l *life) resolve(h *hand, at span.Instant) {
	l.now = at
	l.say(what{event: journal.Resolved})
	l.ends(h.terms, h.terms.target/10)
}

func (l *life) latePause(h *hand) bool {
	t := h.terms
	at, ok := l.at(h, l.between(905, 985))
	if !ok || len(t.standing) == 0 || h.needs < t.target*6/10 {
		return false
	}
	used := openBetween(t.calendar, h.start, at)
	l.now = at
	l.pause(t, t.standing[t.stands.draw(&l.dice)], l.between(2*hour, 30*hour))
	l.resolve(h, after(t.calendar, l.now, (t.target-used)*l.between(100, 900)/1000))
	return true
}

func (l *life) bunchedClosure(h *hand) bool {
	at, ok := l.at(h, l.between(971, 999))
	if !ok || h.needs < h.terms.target/2 {
		return false
	}
	l.resolve(h, at)
	return true
}

// monthAfter returns the first instant of the month after an instant.
func (s *Simulation) monthAfter(at span.Instant) (span.Instant, bool) {
	i, found := slices.BinarySearch(s.months, at)
	if found {
		i++
	}
	if i >= len(s.months) {
		return 0, false
	}
	return s.months[i], true
}

func (l *life) periodEnd(h *hand) bool {
	edge, ok := l.monthAfter(l.now)
	at := edge - span.Instant(l.between(1, 4*hour))
	if !ok || h.end < edge || h.end > edge+5*daySeconds || at <= l.now {
		return false
	}
	l.resolve(h, at)
	return true
}

func (l *life) reopenAfterPeriod(h *hand) bool {
	edge, ok := l.monthAfter(l.now)
	at := edge - span.Instant(l.between(1, 6*hour))
	if !ok || h.end < edge || h.end > edge+10*daySeconds || at <= l.now {
		return false
	}
	l.now = at
	l.say(what{event: journal.Resolved})
	l.now = edge + span.Instant(l.between(minute, 2*daySeconds-hour))
	l.say(what{event: journal.Reopened})
	l.resolve(h, max(h.end, l.now+span.Instant(l.between(10*minute, 5*hour))))
	return true
}

// lower returns the next less urgent priority of the ticket's kind.
func (l *life) lower() (uint8, bool) {
	for i := range l.mixes {
		if m := &l.mixes[i]; m.kind == l.is.kind {
			at := slices.Index(m.priorities, l.is.priority)
			if at >= 0 && at+1 < len(m.priorities) {
				return m.priorities[at+1], true
			}
		}
	}
	return 0, false
}

func (l *life) reprioritise(h *hand) bool {
	priority, ok := l.lower()
	at, late := l.at(h, l.between(1010, 1200))
	if !ok || !late || h.needs <= h.terms.target {
		return false
	}
	l.now = at
	l.is.priority = priority
	l.say(what{event: journal.Changed, priority: priority})
	l.resolve(h, max(h.end, l.now+span.Instant(l.between(5*minute, 3*hour))))
	return true
}

func (l *life) round(h *hand) bool {
	at := h.end - h.end%hour
	if at <= l.now {
		at += hour
	}
	if at <= l.now {
		return false
	}
	l.resolve(h, at)
	return true
}

func (l *life) changeCalendar(h *hand) bool {
	t := h.terms
	if len(t.kinder) == 0 || h.needs < t.target*7/10 {
		return false
	}
	at, ok := l.at(h, l.between(300, 900))
	if !ok {
		return false
	}
	to := t.kinder[l.below(int64(len(t.kinder)))]
	x := what{event: journal.Changed}
	if to.priority != l.is.priority {
		x.priority = to.priority
	}
	if to.service != l.is.service {
		x.service = to.service
	}
	if to.site != l.is.site {
		x.site = to.site
	}
	l.is.priority, l.is.service, l.is.site = to.priority, to.service, to.site
	l.now = at
	l.say(x)
	l.resolve(h, max(h.end, l.now+span.Instant(l.between(10*minute, 3*hour))))
	return true
}

func (l *life) backdate(h *hand) bool {
	at, ok := l.at(h, l.between(600, 980))
	if !ok || h.needs <= h.terms.target {
		return false
	}
	l.now = at
	l.say(what{event: journal.Resolved})
	e := &l.events[len(l.events)-1]
	e.marks |= journal.Backdated
	e.lag = uint32(int64(h.end-at) + l.between(2*daySeconds, 12*daySeconds))
	learnt := e.learnt()
	l.now = max(l.now+span.Instant(l.closeAfter.draw(&l.dice)), learnt)
	l.say(what{event: journal.Closed})
	return true
}

// test is the life of a record of a mass test: one kind, one channel, minutes.
func (l *life) test() {
	at := slices.IndexFunc(l.tricks, func(t trick) bool { return TrickNames()[t.number] == TestCalls })
	l.truth = append(l.truth, played{l.tricks[at].at, l.number})
	m := &l.mixes[0]
	l.is.kind, l.is.priority = m.kind, m.priorities[len(m.priorities)-1]
	if len(l.channels.list) > 1 {
		l.is.channel = 1
	}
	first := l.era.desk
	if first == 0 {
		first = l.era.services[l.is.service].holder
	}
	l.open(first)
	if first > 0 {
		l.now += span.Instant(l.between(2, 15))
		l.say(what{event: journal.Responded, status: journal.InProgress})
	}
	l.now += span.Instant(l.between(20, 4*minute))
	l.say(what{event: journal.Resolved})
	l.now += span.Instant(l.between(10, 5*minute))
	l.say(what{event: journal.Closed})
}
