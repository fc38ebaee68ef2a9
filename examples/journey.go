package examples

// journey is the life of one ticket, written as it goes.
type journey struct {
	dice
	out      *writer
	id       string
	now      int64
	priority string
	request  bool
}

// say writes an entry of the ticket, now. What a supplier's own tool says arrives within
// three minutes.
func (j *journey) say(e entry) int64 {
	e.source, e.ticket, e.happened = "desk", j.id, j.now
	if e.team.party != "" && e.team.party != "quenby" {
		e.learnt = j.now + j.below(3*minute)
	}
	return j.out.write(e)
}

// call writes the ticket of a user who called the desk.
func (y *year) call(id string, b birth) {
	j := &journey{out: y.out, dice: dice(0xca11 + uint64(b.at)<<8 + uint64(y.tickets)), id: id, now: b.at}
	what := &services[b.service]
	j.request = b.service >= crimeRecords && b.service <= printing && j.chance(260)
	j.priority = [...]string{"P1", "P2", "P3", "P4"}[j.pick([]int64{14, 75, 560, 351})]
	kind := "incident"
	if j.request {
		kind, j.priority = "request", "P4"
	}
	channel := "phone"
	if j.chance(310) {
		channel = "portal"
	}
	j.say(entry{
		event: "opened", kind: kind, priority: j.priority, service: what.name, site: sites[j.pick(siteWeights)],
		team: firstLine, channel: channel,
	})
	j.answer(channel)
	switch {
	case j.chance(12):
		j.now += j.between(5*minute, 3*hour)
		j.say(entry{event: "cancelled", reason: "opened-by-mistake"})
	case j.chance(what.atDesk):
		j.atDesk(channel)
	default:
		j.now = deskHours(j.now).after(j.now, j.between(4*minute, 25*minute))
		j.handOver(what)
		j.atSupplier(what)
	}
}

// answer is a person's first word to the user: at once on the phone while the desk is open.
func (j *journey) answer(channel string) {
	wait := j.between(10, 200)
	switch {
	case !j.chance(quenby.answer):
		wait = j.between(32*minute, 90*minute)
	case channel == "portal":
		wait = j.between(minute, 24*minute)
	}
	if j.priority == "P1" {
		wait = wait / 8
	}
	j.now = deskHours(j.now).after(j.now, wait)
	j.say(entry{event: "responded", status: "in-progress"})
}

// spend returns the seconds that a supplier took: mostly well within what its contract
// allows, sometimes far more.
func (j *journey) spend(s *supplier) int64 {
	allowed := s.within[j.priority]
	if !j.chance(s.inTime[monthOf(j.now)]) {
		return allowed * j.between(105, 320) / 100
	}
	return allowed * j.between(4, 80) / 100
}

// atDesk is a fix by the desk, sometimes by a colleague who comes round.
func (j *journey) atDesk(channel string) {
	work := j.spend(&quenby)
	if j.chance(110) {
		j.now = deskHours(j.now).after(j.now, work/3)
		j.say(entry{event: "assigned", team: deskside})
		j.now = deskHours(j.now).after(j.now, 5*minute)
		j.say(entry{event: "accepted"})
		work -= work / 3
	} else if j.chance(300) {
		j.now = deskHours(j.now).after(j.now, work/2)
		j.say(entry{event: "noted"})
		work -= work / 2
	}
	if j.chance(150) {
		j.pause("user", deskHours(j.now), 6*hour)
	}
	if j.chance(35) {
		j.say(entry{event: "noted", cause: "training", channel: channel})
	}
	j.now = deskHours(j.now).after(j.now, work)
	j.finish(deskHours(j.now), work)
}

// pause is a wait for a reason, of at most so many seconds of somebody's working time.
func (j *journey) pause(reason string, h hours, most int64) {
	j.say(entry{event: "paused", reason: reason})
	j.now = h.after(j.now, j.between(10*minute, most))
	j.say(entry{event: "resumed", reason: reason})
}

// handOver is the way from the desk to the supplier whose ticket it is: straight, or by
// way of one that says it is not theirs and of the integrator's triage.
func (j *journey) handOver(what *service) {
	for range 2 {
		if !j.chance(what.strays) {
			break
		}
		wrong := &services[j.below(int64(len(services)))]
		if wrong.by == what.by {
			break
		}
		j.say(entry{event: "assigned", team: wrong.team})
		j.now = wrong.by.hoursFor(j.priority).after(j.now, j.between(10*minute, 2*hour))
		j.say(entry{event: "rejected", team: team{party: wrong.team.party}, reason: "not-ours"})
		j.now += j.between(5*minute, 40*minute)
		j.say(entry{event: "assigned", team: triage})
		j.now = office.after(j.now, j.between(5*minute, 30*minute))
		j.say(entry{event: "accepted"})
		j.now = office.after(j.now, j.spend(&tarnbridge)*2/3)
	}
	j.say(entry{event: "assigned", team: what.team})
}

// atSupplier is the supplier's work, from the offer to the resolution.
func (j *journey) atSupplier(what *service) {
	s := what.by
	h := s.hoursFor(j.priority)
	if j.chance(20) {
		j.dispute()
	}
	answer := map[string]int64{"P1": 15 * minute, "P2": hour}[j.priority]
	if answer == 0 {
		answer = 4 * hour
	}
	if j.chance(s.answer) {
		answer = answer * j.between(5, 85) / 100
	} else {
		answer = answer * j.between(110, 250) / 100
	}
	j.now = h.after(j.now, answer)
	j.say(entry{event: "accepted"})
	work := max(j.spend(s)-answer, 5*minute)
	for part := range int64(3) {
		j.now = h.after(j.now, work/4)
		j.aside(part, h, work)
	}
	j.now = h.after(j.now, work/4)
	if s == &brackwold && j.chance(4) {
		j.say(entry{event: "excused", reason: "relief"})
	}
	j.finish(h, work)
}

// aside is what comes between while somebody works: notes, waits, another priority.
func (j *journey) aside(part int64, h hours, work int64) {
	if j.chance(420) {
		j.say(entry{event: "noted"})
	}
	switch {
	case part == 0 && j.chance(240):
		j.pause("user", h, 16*hour)
	case part == 1 && j.chance(60):
		j.pause("third-party", h, 20*hour)
	case part == 2 && j.chance(50):
		j.pause("change-window", always, 30*hour)
	case part == 2 && j.chance(12):
		j.say(entry{event: "noted", cause: "training", channel: "phone"})
	case part == 0 && j.chance(25) && !j.request:
		up := map[string]string{"P4": "P3", "P3": "P2", "P2": "P1", "P1": "P2"}
		j.priority = up[j.priority]
		j.say(entry{event: "changed", priority: j.priority})
	}
}

// dispute is two parties at odds whose ticket it is, until the integrator settles it.
func (j *journey) dispute() {
	j.now += j.between(10*minute, hour)
	j.say(entry{event: "disputed", reason: "whose"})
	j.now = office.after(j.now, j.between(30*minute, 6*hour))
	j.say(entry{event: "settled", reason: "whose"})
}

// finish is the resolution and what comes after it.
func (j *journey) finish(h hours, work int64) {
	e := entry{event: "resolved"}
	if j.chance(12) {
		e.learnt = j.now + j.between(6*hour, 18*day) // the supplier's tool was cut off
	}
	key := j.resolve(e)
	if j.chance(3) && key > 0 {
		// The engineer wrote down the wrong hour; a later entry corrects it.
		right := j.now - j.between(10*minute, 2*hour)
		j.out.write(entry{source: "desk", ticket: j.id, happened: right, learnt: j.now + j.between(day, 9*day), event: "resolved", corrects: key})
	}
	for range 2 {
		if !j.chance(55) {
			break
		}
		j.now += j.between(2*hour, 60*hour)
		j.say(entry{event: "reopened"})
		j.now = h.after(j.now, max(10*minute, work/5))
		j.say(entry{event: "resolved"})
	}
	if j.chance(230) {
		j.score(work)
	}
	j.now += 3 * day
	j.say(entry{event: "closed"})
}

func (j *journey) resolve(e entry) int64 {
	e.source, e.ticket, e.happened = "desk", j.id, j.now
	return j.out.write(e)
}

// score is what the user says of it, out of five: the longer it took, the less.
func (j *journey) score(work int64) {
	weights := []int64{2, 4, 12, 42, 40}
	if work > 24*hour {
		weights = []int64{14, 18, 28, 28, 12}
	}
	j.out.write(entry{
		source: "surveys", ticket: j.id, happened: j.now + j.between(hour, 40*hour), event: "measured",
		series: "user-survey", numerator: int64(j.pick(weights)) + 1, denominator: 5,
	})
}
