package simulate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"towerbridge/contract"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// scene is a world and a profile made ready: every name is a number, every list of
// the profile a table.
type scene struct {
	world   World
	profile Profile
	zone    *time.Location

	kinds, priorities, channels, reasons, series names
	services, sites, parties                     names
	holders                                      []holder // zero is nobody
	holderAt                                     map[[2]string]int

	kindMix     picker // by position in mixes
	mixes       []kindMix
	channelMix  picker   // by channel
	habits      []habits // by party; zero is everybody's
	matrix      []picker // by party that passes on, zero the opening; what is drawn is a party, or zero for the resolution
	answer      quantiles
	closeAfter  quantiles
	reopenAfter quantiles
	lag         quantiles
	stopLengths quantiles
	scores      picker
	surveys     []uint8 // series that are surveys
	outside     []outside

	cancelled, disputed, raised, reopened, late, scored share
	eras                                                []era
}

// kindMix is a kind with its priorities.
type kindMix struct {
	kind       uint8
	priorities []uint8
	mix        picker
}

// habits is how a party works.
type habits struct {
	acceptance    quantiles
	work          []quantiles // by priority; zero is for all others
	ownWork       bool        // the profile lists the party's working time
	ofTarget      quantiles   // hundredths of a per cent
	pauses        share
	pauseReasons  []uint8 // empty: as the contract's clock allows
	reasonMix     picker
	pauseLengths  quantiles
	rejects, note share
}

// outside is a series that gets a value a month.
type outside struct {
	series uint8
	values quantiles // hundredths of a per cent
}

// The reasons that are the simulation's own.
const (
	notOurs   = "not-ours"
	whose     = "whose"
	mistake   = "opened-by-mistake"
	parent    = "parent"
	waiting   = "user"
	outage    = "outage"
	planned   = "maintenance"
	userScore = "user-survey"
)

// newScene readies a world and a profile; the findings are names that the estate does
// not have.
func newScene(w World, p Profile, o Options) (*scene, fault.Findings) {
	s := &scene{world: w, profile: p.complete(), holders: []holder{{}}, holderAt: map[[2]string]int{{}: 0}}
	var findings fault.Findings
	doc := w.Estate.Document()
	zone, err := w.Zones.Location(doc.Zone)
	if err != nil {
		return nil, fault.Findings{wrongOptions.At(fault.Position{}, "zone", "%v", err)}
	}
	s.zone = zone
	for _, n := range []*names{&s.kinds, &s.priorities, &s.channels, &s.reasons, &s.series, &s.services, &s.sites, &s.parties} {
		*n = newNames()
	}
	for _, x := range doc.Parties {
		s.parties.add(x.ID)
	}
	for _, x := range doc.Services {
		s.services.add(x.ID)
	}
	for _, x := range doc.Sites {
		s.sites.add(x.ID)
	}
	findings = s.unknown(doc)
	s.mix()
	s.allHabits()
	s.matrixOf()
	s.listens()
	s.lay(o, doc)
	for _, n := range []*names{&s.kinds, &s.priorities, &s.channels, &s.reasons, &s.series} {
		if len(n.list) > MaxNames {
			findings = append(findings, wrongOptions.At(fault.Position{}, "", "there are more than %d kinds, priorities, channels, reasons or series", MaxNames))
			break
		}
	}
	if max(len(s.services.list), len(s.sites.list), len(s.holders)) > 65_000 {
		findings = append(findings, wrongOptions.At(fault.Position{}, "", "the estate has more than 65000 services, sites or teams"))
	}
	return s, append(findings, s.uncovered(o)...)
}

// unknown lists what the profile names and the estate does not have.
func (s *scene) unknown(doc estate.Document) fault.Findings {
	var out fault.Findings
	known := func(in names, kind, name string) {
		if _, ok := in.at[name]; !ok {
			out = append(out, notInEstate.At(fault.Position{}, "", "the profile %s names the %s %q, which the estate %s does not have", s.profile.ID, kind, name, doc.ID))
		}
	}
	for _, x := range s.profile.Services {
		known(s.services, "service", x.Service)
	}
	for _, x := range s.profile.Sites {
		known(s.sites, "site", x.Name)
	}
	for _, x := range s.profile.Parties {
		known(s.parties, "party", x.Party)
	}
	for _, x := range s.profile.HandOvers {
		known(s.parties, "party", x.From)
		known(s.parties, "party", x.To)
	}
	if d := s.profile.Desk; d != nil {
		known(s.parties, "party", d.Party)
	}
	return out
}

// uncovered lists the calendars that do not know the dates of the simulation.
func (s *scene) uncovered(o Options) fault.Findings {
	var out fault.Findings
	from, to := o.From.Start(s.zone), o.To.Start(s.zone)
	for _, id := range slices.Sorted(maps.Keys(s.world.Calendars)) {
		if c := s.world.Calendars[id]; !c.Covers(from, to) {
			r := c.Range()
			out = append(out, notCovered.At(fault.Position{}, "", "the calendar %s knows %s to %s only", id, r.From, r.To))
		}
	}
	return out
}

// mix readies kinds, priorities and channels.
func (s *scene) mix() {
	p := &s.profile
	var weights []int64
	for _, k := range p.Kinds {
		m := kindMix{kind: uint8(s.kinds.add(k.Kind))}
		var mix []int64
		for _, x := range k.Priorities {
			m.priorities = append(m.priorities, uint8(s.priorities.add(x.Name)))
			mix = append(mix, int64(x.Weight))
		}
		if len(mix) == 0 {
			m.priorities, mix = []uint8{0}, []int64{1}
		}
		m.mix = newPicker(mix)
		s.mixes = append(s.mixes, m)
		weights = append(weights, int64(k.Weight))
	}
	s.kindMix = newPicker(weights)
	byChannel := make([]int64, len(p.Channels)+1)
	for _, x := range p.Channels {
		byChannel[s.channels.add(x.Name)] = int64(x.Weight)
	}
	s.channelMix = newPicker(byChannel)
	s.kinds.add(outage)
	s.kinds.add(planned)
	s.priorities.add(p.Outages.Priority)
	s.priorities.add(p.Maintenance.Priority)
	for _, x := range []string{notOurs, whose, mistake, parent, waiting} {
		s.reasons.add(x)
	}
	s.cancelled, s.disputed, s.raised = share(*p.Cancelled), share(*p.Disputed), share(*p.Raised)
	s.reopened, s.late, s.scored = share(*p.Reopened.Share), share(*p.Late.Share), share(*p.Surveys.Share)
	s.answer = seconds(p.Answer)
	s.closeAfter, s.reopenAfter, s.lag = seconds(p.CloseAfter), seconds(p.Reopened.After), seconds(p.Late.Lag)
	s.stopLengths = seconds(p.Outages.Lengths)
	scores := make([]int64, len(p.Surveys.Scores))
	for i, n := range p.Surveys.Scores {
		scores[i] = int64(n)
	}
	s.scores = newPicker(scores)
}

func seconds(list []span.Seconds) quantiles {
	out := make(quantiles, len(list))
	for i, x := range list {
		out[i] = int64(x)
	}
	return out
}

func percents(list []money.Percent) quantiles {
	out := make(quantiles, len(list))
	for i, x := range list {
		out[i], _ = tenThousandths(x)
	}
	return out
}

// allHabits readies the habits of every party.
func (s *scene) allHabits() {
	every := *s.profile.EveryParty
	s.habits = make([]habits, len(s.parties.list))
	for i := range s.habits {
		s.habits[i] = s.habitsOf(every, false)
	}
	for _, p := range s.profile.Parties {
		if at, ok := s.parties.at[p.Party]; ok {
			s.habits[at] = s.habitsOf(p.Habits.or(every), len(p.Work) > 0)
		}
	}
}

func (s *scene) habitsOf(h Habits, own bool) habits {
	out := habits{
		acceptance: seconds(h.Acceptance), ofTarget: percents(h.OfTarget), ownWork: own,
		pauses: share(*h.Pauses.Share), pauseLengths: seconds(h.Pauses.Lengths), rejects: share(*h.Rejects), note: share(*h.Notes),
	}
	for _, w := range h.Work {
		s.priorities.add(w.Priority)
	}
	out.work = make([]quantiles, MaxNames+1)
	for _, w := range h.Work {
		if at := s.priorities.at[w.Priority]; at <= MaxNames {
			out.work[at] = seconds(w.Lengths)
		}
	}
	var weights []int64
	for _, r := range h.Pauses.Reasons {
		out.pauseReasons = append(out.pauseReasons, uint8(s.reasons.add(r.Name)))
		weights = append(weights, int64(r.Weight))
	}
	out.reasonMix = newPicker(weights)
	return out
}

// workFor returns the working time for a priority.
func (h *habits) workFor(priority uint8) quantiles {
	if q := h.work[priority]; q != nil {
		return q
	}
	return h.work[0]
}

func (s *scene) matrixOf() {
	if len(s.profile.HandOvers) == 0 {
		return
	}
	rows := make([][]int64, len(s.parties.list))
	for i := range rows {
		rows[i] = make([]int64, len(s.parties.list))
	}
	for _, h := range s.profile.HandOvers {
		from, ok := s.parties.at[h.From]
		to, ok2 := s.parties.at[h.To]
		if ok && ok2 {
			rows[from][to] += int64(h.Weight)
		}
	}
	for _, row := range rows {
		s.matrix = append(s.matrix, newPicker(row))
	}
}

// listens readies the series: surveys and what contracts measure outside.
func (s *scene) listens() {
	surveys, external := map[string]bool{}, map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(s.world.Contracts)) {
		c := s.world.Contracts[id]
		for _, p := range c.PauseCauses {
			s.reasons.add(p.Reason)
		}
		for i := range c.Measures {
			m := &c.Measures[i]
			if m.Survey != nil {
				surveys[m.Survey.Series] = true
			}
			if m.External != nil {
				external[m.External.Series] = true
			}
		}
	}
	if own := s.profile.Surveys.Series; own != "" {
		surveys = map[string]bool{own: true}
	}
	if len(surveys) == 0 {
		surveys[userScore] = true
	}
	for _, name := range slices.Sorted(maps.Keys(surveys)) {
		s.surveys = append(s.surveys, uint8(s.series.add(name)))
	}
	for _, x := range s.profile.Series {
		external[cmp.Or(x.Series, userScore)] = x.Series != "" || external[userScore]
	}
	for _, name := range slices.Sorted(maps.Keys(external)) {
		if surveys[name] || !external[name] {
			continue
		}
		of := slices.IndexFunc(s.profile.Series, func(x SeriesMix) bool { return x.Series == name })
		if of < 0 {
			of = slices.IndexFunc(s.profile.Series, func(x SeriesMix) bool { return x.Series == "" })
		}
		s.outside = append(s.outside, outside{uint8(s.series.add(name)), percents(s.profile.Series[of].Values)})
	}
}

// holder returns the position of a team of a party, giving it one if it has none.
func (s *scene) holder(party, team string, line int) int {
	key := [2]string{party, team}
	at, ok := s.holderAt[key]
	if !ok {
		at = len(s.holders)
		s.holderAt[key] = at
		s.holders = append(s.holders, holder{party: party, team: team, line: uint8(line), index: s.parties.at[party]})
	}
	return at
}

// contractOf returns the contract under which a party holds tickets of a service on a
// date: that of the service's tower, else any that it has then; nil without one.
func (s *scene) contractOf(party, service string, on span.Date) *contract.Contract {
	doc := s.world.Estate.Document()
	tower, _ := s.world.Estate.TowerOf(service, on)
	var any *contract.Contract
	for _, x := range doc.Supplies {
		if c := s.world.Contracts[x.Contract]; c != nil && x.Supplier == party && x.On(on) {
			if x.Tower == tower {
				return c
			}
			if any == nil {
				any = c
			}
		}
	}
	if any != nil {
		return any
	}
	for _, id := range slices.Sorted(maps.Keys(s.world.Contracts)) {
		if c := s.world.Contracts[id]; c.Supplier == party {
			return c
		}
	}
	return nil
}
