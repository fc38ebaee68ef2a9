package simulate

import (
	"towerbridge/journal"
	"towerbridge/span"
)

// life is the life of one ticket, written as it goes.
type life struct {
	*worker
	dice
	era    *era
	number uint32
	opened span.Instant
	now    span.Instant
	is     what // kind, priority, service, site and channel as they are now
	held   int  // party that holds it
	again  bool // that party had it before
	passed int  // how often it was passed on
}

const (
	minute = 60
	hour   = 60 * minute
)

// most is how often a ticket is passed on, reopened or paused at most, so that no
// profile makes a life without end.
const (
	mostPassed   = 40
	mostReopened = 4
	mostAsides   = 24
)

// say writes an entry of the ticket, now.
func (l *life) say(x what) { l.sayAbout(x, 0) }

func (l *life) sayAbout(x what, related uint32) {
	e := event{happened: l.now, ticket: l.number, related: related, what: x}
	if l.chance(l.late) {
		e.lag = uint32(l.lag.draw(&l.dice))
	}
	l.events = append(l.events, e)
}

// offer passes the ticket to a holder, who has not taken it up yet.
func (l *life) offer(to int) {
	l.say(what{event: journal.Assigned, holder: uint16(to)})
	l.holds(to)
	l.passed++
}

// holds notes who has the ticket now, and whether they had it before.
func (l *life) holds(holder int) {
	l.held = l.holders[holder].index
	l.again = l.had[l.held] == l.number
	l.had[l.held] = l.number
}

// draws gives the ticket its kind, priority, site and channel.
func (l *life) draws() {
	m := &l.mixes[l.kindMix.draw(&l.dice)]
	l.is.kind = m.kind
	l.is.priority = m.priorities[m.mix.draw(&l.dice)]
	l.is.site = uint16(l.era.sites.draw(&l.dice))
	l.is.channel = uint8(l.channelMix.draw(&l.dice))
}

// open writes the ticket's first entry, in somebody's hands.
func (l *life) open(holder int) {
	x := l.is
	x.event, x.holder = journal.Opened, uint16(holder)
	l.say(x)
	l.holds(holder)
}

// call is the life of the ticket of a user who called.
func (l *life) call() {
	l.draws()
	if l.matrix != nil {
		l.wander()
		return
	}
	to := &l.era.services[l.is.service]
	if l.era.desk == 0 {
		l.open(0)
		if to.holder == 0 { // nobody there to work on it
			return
		}
		l.toSupplier(to)
		return
	}
	l.open(l.era.desk)
	desk := l.held
	t := l.termsFor(l.era, desk, &l.is)
	l.now = after(t.calendar, l.now, l.answers(t))
	l.say(what{event: journal.Responded, status: journal.InProgress})
	switch {
	case l.chance(l.cancelled):
		l.now += span.Instant(l.between(5*minute, 3*hour))
		l.say(what{event: journal.Cancelled, reason: l.reason(mistake)})
	case to.holder == 0 || to.party == desk || l.chance(to.atDesk):
		l.hold(t, l.clockStart(t, l.opened), true)
	default:
		l.now = after(t.calendar, l.now, l.between(2*minute, 20*minute))
		l.toSupplier(to)
	}
}

func (l *life) reason(name string) uint8 { return uint8(l.reasons.at[name]) }

// acceptance is how long a party leaves an offer lying: never more than a quarter of
// its target.
func (l *life) acceptance(party int, t *terms) int64 {
	wait := l.habits[party].acceptance.draw(&l.dice)
	if t.target > 0 {
		wait = min(wait, t.target/4)
	}
	return wait
}

// answers is how long a user waits for the desk, never more than a quarter of its target.
func (l *life) answers(t *terms) int64 {
	wait := l.answer.draw(&l.dice)
	if t.target > 0 {
		wait = min(wait, t.target/4)
	}
	return wait
}

// toSupplier is the way to the supplier whose ticket it is, straight or by way of one
// whose it is not, and its work there.
func (l *life) toSupplier(to *serviceNow) {
	if l.chance(l.raised) {
		l.raise()
	}
	for range 2 {
		if !l.chance(to.strays) {
			break
		}
		wrong := &l.era.services[l.era.calls.draw(&l.dice)]
		if wrong.party == to.party || wrong.holder == 0 {
			break
		}
		l.offer(wrong.holder)
		l.reject()
	}
	l.offer(to.holder)
	if l.chance(l.habits[to.party].rejects) {
		l.reject()
		l.offer(to.holder)
	}
	offered := l.now
	t := l.termsFor(l.era, l.held, &l.is)
	if l.chance(l.disputed) {
		l.dispute()
	}
	l.now = after(t.calendar, l.now, l.acceptance(l.held, t))
	l.say(what{event: journal.Accepted})
	l.hold(t, l.clockStart(t, offered), true)
}

// reject is a holder who says that the ticket is not theirs, and the triage that finds
// out whose it is.
func (l *life) reject() {
	by := l.held
	t := l.termsFor(l.era, by, &l.is)
	l.now = after(t.calendar, l.now, l.acceptance(by, t))
	at := l.holderAt[[2]string{l.parties.list[by], ""}]
	l.say(what{event: journal.Rejected, holder: uint16(at), reason: l.reason(notOurs)})
	triage := l.era.triage
	if triage == 0 {
		triage = l.era.desk
	}
	if triage == 0 {
		return
	}
	l.now += span.Instant(l.between(minute, 20*minute))
	l.offer(triage)
	t = l.termsFor(l.era, l.held, &l.is)
	l.now = after(t.calendar, l.now, l.acceptance(l.held, t))
	l.say(what{event: journal.Accepted})
	l.now = after(t.calendar, l.now, l.between(5*minute, 90*minute))
}

// raise makes the ticket more urgent.
func (l *life) raise() {
	for i := range l.mixes {
		m := &l.mixes[i]
		if m.kind != l.is.kind {
			continue
		}
		for j, p := range m.priorities {
			if p == l.is.priority && j > 0 {
				l.is.priority = m.priorities[j-1]
				l.say(what{event: journal.Changed, priority: l.is.priority})
				return
			}
		}
	}
}

// dispute is two parties at odds whose ticket it is.
func (l *life) dispute() {
	l.now += span.Instant(l.between(5*minute, hour))
	l.say(what{event: journal.Disputed, reason: l.reason(whose)})
	t := l.termsFor(l.era, l.held, &l.is)
	l.now = after(t.own, l.now, l.between(30*minute, 5*hour))
	l.say(what{event: journal.Settled, reason: l.reason(whose)})
}

// clockStart is when the holder's clock began that was offered the ticket at an
// instant and takes it up now.
func (l *life) clockStart(t *terms, offered span.Instant) span.Instant {
	switch {
	case t.fromOpening:
		return l.opened
	case t.freeIn != nil:
		return min(l.now, after(t.freeIn, offered, t.free))
	case t.onAccept:
		return l.now
	}
	return offered
}

// wander goes from party to party by the hand-over matrix.
func (l *life) wander() {
	l.open(0)
	at := l.matrix[0].draw(&l.dice)
	for at > 0 {
		team := 0
		if teams := l.era.teams[at]; len(teams) > 0 {
			team = teams[l.below(int64(len(teams)))]
		}
		if team == 0 { // the party does not exist now
			at = l.matrix[at].draw(&l.dice)
			if l.passed++; l.passed > mostPassed {
				return
			}
			continue
		}
		l.offer(team)
		offered := l.now
		t := l.termsFor(l.era, at, &l.is)
		l.now = after(t.own, l.now, l.habits[at].acceptance.draw(&l.dice))
		l.say(what{event: journal.Accepted})
		next := l.matrix[at].draw(&l.dice)
		if l.passed > mostPassed {
			next = 0
		}
		l.hold(t, l.clockStart(t, offered), next == 0)
		at = next
	}
}

// ends is what comes after a resolution: a reopening, the user's score, the closure.
func (l *life) ends(t *terms, work int64) {
	for range mostReopened {
		if !l.chance(l.reopened) {
			break
		}
		l.now += span.Instant(l.reopenAfter.draw(&l.dice))
		l.say(what{event: journal.Reopened})
		l.now = after(t.calendar, l.now, max(10*minute, work/5))
		l.say(what{event: journal.Resolved})
	}
	resolved := l.now
	if l.chance(l.scored) && l.scores.total() > 0 {
		series := l.surveys[l.below(int64(len(l.surveys)))]
		l.now = resolved + span.Instant(l.between(hour, 60*hour))
		l.say(what{event: journal.Measured, series: series, value: uint16(l.scores.draw(&l.dice)) + 1})
	}
	l.now = max(l.now, resolved+span.Instant(l.closeAfter.draw(&l.dice)))
	l.say(what{event: journal.Closed})
}
