package simulate

import (
	"slices"

	"towerbridge/calendar"
	"towerbridge/journal"
	"towerbridge/span"
)

// hold is what a party does with a ticket that it has taken up, now. The last holder
// resolves it; start is when that party's clock began.
func (l *life) hold(t *terms, start span.Instant, last bool) {
	h := &l.habits[l.held]
	in, rest, used := t.own, int64(0), int64(0)
	if t.target > 0 {
		used = openBetween(t.calendar, start, l.now)
	}
	if h.ownWork || t.target == 0 || len(h.ofTarget) == 0 {
		rest = h.workFor(l.is.priority).draw(&l.dice)
	} else {
		in = t.calendar
		rest = max(t.target*h.ofTarget.draw(&l.dice)/10_000-used, 2*minute+l.below(10*minute))
	}
	rest = max(rest, 1)
	if last && len(l.tricks) > 0 && l.play(t, start, after(in, l.now, rest)) {
		return
	}
	l.works(t, in, rest)
	if last {
		l.say(what{event: journal.Resolved})
		l.ends(t, rest)
	}
}

// works lets so many seconds of a calendar pass, with notes and pauses in between.
func (l *life) works(t *terms, in *calendar.Calendar, rest int64) {
	h := &l.habits[l.held]
	notes, pauses := l.times(h.note), l.times(h.pauses)
	if notes+pauses == 0 {
		l.now = after(in, l.now, rest)
		return
	}
	var asides [2 * mostAsides]int64
	for i := range notes + pauses {
		at := l.below(rest)
		asides[i] = at << 1
		if i < pauses {
			asides[i]++
		}
	}
	slices.Sort(asides[:notes+pauses])
	done := int64(0)
	for _, x := range asides[:notes+pauses] {
		l.now = after(in, l.now, x>>1-done)
		done = x >> 1
		if x&1 == 0 {
			l.say(what{event: journal.Noted})
			continue
		}
		l.pause(t, l.pauseReason(h, t), h.pauseLengths.draw(&l.dice))
	}
	l.now = after(in, l.now, rest-done)
}

// times is how often something happens that has a chance of happening once more.
func (l *life) times(again share) int {
	n := 0
	for n < mostAsides && l.chance(again) {
		n++
	}
	return n
}

// pause is a wait of so many seconds of the holder's working time.
func (l *life) pause(t *terms, reason uint8, length int64) {
	l.say(what{event: journal.Paused, reason: reason})
	l.now = after(t.own, l.now, length)
	l.say(what{event: journal.Resumed, reason: reason})
}

// pauseReason is why work stands: as the profile says, else as the clock allows.
func (l *life) pauseReason(h *habits, t *terms) uint8 {
	switch {
	case len(h.pauseReasons) > 0:
		return h.pauseReasons[h.reasonMix.draw(&l.dice)]
	case len(t.standing) > 0:
		return t.standing[t.stands.draw(&l.dice)]
	}
	return l.reason(waiting)
}

// outage is the life of the ticket of a service that stands still: planned, or not, or
// because another one does that it depends on.
func (l *life) outage(s *stopped, isPlanned, child bool) {
	kind, priority := outage, l.profile.Outages.Priority
	if isPlanned {
		kind, priority = planned, l.profile.Maintenance.Priority
	}
	l.is.kind, l.is.priority = uint8(l.kinds.at[kind]), uint8(l.priorities.at[priority])
	to := &l.era.services[l.is.service]
	l.open(to.holder)
	end := max(s.until, l.now+2*minute)
	if child {
		l.now += 20
		l.sayAbout(what{event: journal.Linked, reason: l.reason(parent)}, s.ticket)
		end = max(s.until+span.Instant(l.between(30, 10*minute)), l.now+minute)
	}
	if to.holder > 0 {
		l.now += span.Instant(l.between(5, 40))
		l.say(what{event: journal.Accepted})
	}
	l.now = end
	l.say(what{event: journal.Resolved})
	l.now += span.Instant(l.closeAfter.draw(&l.dice))
	l.say(what{event: journal.Closed})
}

// callOfStop is the life of a user's call about an outage: it is joined to the
// outage's ticket, and over soon after it.
func (l *life) callOfStop(s *stopped) {
	service := l.is.service
	l.draws()
	l.is.service, l.is.kind = service, l.mixes[0].kind
	first := l.era.desk
	if first == 0 {
		first = l.era.services[service].holder
	}
	l.open(first)
	if first > 0 {
		l.now += span.Instant(l.between(10, 5*minute))
		l.say(what{event: journal.Responded, status: journal.InProgress})
	}
	l.now += span.Instant(l.between(minute, 5*minute))
	l.sayAbout(what{event: journal.Linked, reason: l.reason(parent)}, s.ticket)
	l.now = max(l.now+minute, s.until+span.Instant(l.between(minute, 40*minute)))
	l.say(what{event: journal.Resolved})
	l.now += span.Instant(l.closeAfter.draw(&l.dice))
	l.say(what{event: journal.Closed})
}
