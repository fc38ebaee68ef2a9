package examples

// outage writes the ticket of a service that stood still, planned or not, or of one that
// another took along.
func (y *year) outage(id string, b birth) {
	s, what := b.stop, &services[b.service]
	kind, priority := "outage", "P1"
	if s.planned {
		kind, priority = "maintenance", "P4"
	}
	j := journey{out: y.out, dice: dice(uint64(len(id)) + uint64(b.at)), id: id, now: b.at, priority: priority}
	end := b.at + s.minutes*minute
	if b.child {
		end = max(y.over+j.between(30, 600), b.at+minute)
	} else if !s.planned {
		y.parent, y.over = id, end
	}
	j.say(entry{event: "opened", kind: kind, priority: priority, service: what.name, team: what.team, channel: "monitoring"})
	if b.child {
		j.now += 20
		j.say(entry{event: "linked", reason: "parent", related: y.parent, cause: "dependency", channel: "monitoring"})
	}
	j.now += j.between(10, 120)
	j.say(entry{event: "accepted"})
	if !s.planned && !b.child && end-j.now > 20*minute {
		j.now += (end - j.now) / 2
		j.say(entry{event: "noted"})
	}
	j.now = max(end, j.now)
	j.say(entry{event: "resolved"})
	j.now += 2 * day
	j.say(entry{event: "closed"})
}

// child writes a user's call about an outage: the desk links it, and the user can work
// again when the outage is over.
func (y *year) child(id string, b birth) {
	if b.stop != nil {
		y.outage(id, b)
		return
	}
	j := journey{out: y.out, dice: dice(0xc411d + uint64(b.at)), id: id, now: b.at, priority: "P3"}
	j.say(entry{event: "opened", kind: "incident", priority: "P3", service: services[b.service].name, site: sites[j.pick(siteWeights)], team: firstLine, channel: "phone"})
	j.now += j.between(15, 400)
	j.say(entry{event: "responded", status: "in-progress"})
	j.now += j.between(60, 300)
	j.say(entry{event: "linked", reason: "parent", related: y.parent, cause: "dependency", channel: "phone"})
	j.now = max(j.now+minute, y.over+j.between(minute, 40*minute))
	j.say(entry{event: "resolved"})
	j.now += 3 * day
	j.say(entry{event: "closed"})
}
