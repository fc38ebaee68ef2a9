package simulate

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"towerbridge/fault"
	"towerbridge/span"
)

// Simulation is a year, or any other stretch, about to be made up. It does not change
// and may be run any number of times, each time with the same result.
type Simulation struct {
	*scene
	options Options
	days    []day
	months  []span.Instant // first instants of the months that touch the dates, and of those after
	tricks  []trick
	hours   picker
	digits  int // of a ticket's number
}

// trick is a trick ready to be played.
type trick struct {
	number int // in TrickNames
	share  share
	party  int // zero: everybody
	at     int // in the options
}

// day is one block: what the plan knows of it before any ticket is made.
type day struct {
	date    span.Date
	start   span.Instant
	plain   bool // it has 24 hours
	era     *era
	first   uint32 // number of the ticket before its first
	tickets int
	tests   int // records of a mass test among them
	stops   []stop
}

// stop is a service that stands still.
type stop struct {
	service int
	second  int64 // of the day
	length  int64
	calls   int
	planned bool
}

// Streams of the plan; blocks are numbered from zero.
const (
	planStream = 1<<63 + iota
	testStream
	seriesStream
)

// planner makes the plan of a simulation.
type planner struct {
	*Simulation
	weights []int64 // of the days
}

// New checks a world, a profile and options against each other and returns the
// simulation, or everything that is wrong.
func New(w World, p Profile, o Options) (*Simulation, fault.Findings) {
	plain := func(rule fault.Rule, field, format string, args ...any) fault.Finding {
		return rule.At(fault.Position{}, field, format, args...)
	}
	findings := append(p.check(plain), o.check(&w)...)
	if len(findings) > 0 {
		return nil, findings
	}
	scene, findings := newScene(w, p, o)
	if len(findings) > 0 {
		return nil, findings
	}
	s := &Simulation{scene: scene, options: o, digits: 7}
	for n := 10_000_000; n <= o.Tickets; n *= 10 {
		s.digits++
	}
	for i, t := range o.Tricks {
		s.tricks = append(s.tricks, trick{slices.Index(TrickNames(), t.Name), share(t.Share), s.parties.at[t.Party], i})
	}
	y, m, _ := o.From.Civil()
	for d := span.DateOf(y, m, 1); d < o.To+1500; d = d.AddMonths(1) {
		s.months = append(s.months, d.Start(s.zone))
	}
	hours := make([]int64, 0, 24)
	for _, n := range s.profile.Arrivals.Hours {
		hours = append(hours, int64(n))
	}
	s.hours = newPicker(hours)
	plan := planner{Simulation: s}
	plan.spread()
	plan.stand()
	plan.test()
	return s, nil
}

// spread shares the tickets out to the days, in proportion to their weights: each day
// gets the whole part of what all days up to it should have, less what they got.
func (p *planner) spread() {
	roll := newDice(p.options.Seed, planStream)
	n := int(p.options.To - p.options.From)
	p.days, p.weights = make([]day, n), make([]int64, n)
	a := p.profile.Arrivals
	months, weekdays := millionths(a.Months), millionths(a.Weekdays)
	era, total := 0, int64(0)
	for i := range p.days {
		d := p.options.From + span.Date(i)
		for era+1 < len(p.eras) && p.eras[era+1].from <= d {
			era++
		}
		start, next := d.Start(p.zone), (d + 1).Start(p.zone)
		p.days[i] = day{date: d, start: start, plain: next-start == daySeconds, era: &p.eras[era]}
		_, month, _ := d.Civil()
		w := months[month-1] * weekdays[(int(d.Weekday())+6)%7] / whole
		if p.holiday(d) {
			w = w * int64(*a.Holiday) / whole
		}
		noise := int64(*a.Noise)
		p.weights[i] = w * (whole + roll.between(-noise, noise)) / whole
		total += p.weights[i]
	}
	if total == 0 { // a Sunday of an office that is closed
		for i := range p.weights {
			p.weights[i]++
		}
		total = int64(n)
	}
	var sum int64
	var done uint32
	for i := range p.days {
		sum += p.weights[i]
		high, low := bits.Mul64(uint64(sum), uint64(p.options.Tickets))
		until, _ := bits.Div64(high, low, uint64(total))
		p.days[i].first, p.days[i].tickets = done, int(uint32(until)-done)
		done = uint32(until)
	}
}

const daySeconds = 24 * 3600

// millionths returns weights as millionths of the largest.
func millionths(list []int) []int64 {
	most := int64(max(1, slices.Max(list)))
	out := make([]int64, len(list))
	for i, n := range list {
		out[i] = int64(n) * whole / most
	}
	return out
}

// holiday reports whether any calendar keeps a holiday on a date.
func (s *scene) holiday(d span.Date) bool {
	for _, c := range s.world.Calendars {
		if _, ok := c.HolidayOn(d); ok {
			return true
		}
	}
	return false
}

// stand plans outages and maintenance. A day's may bring at most half its tickets.
func (p *planner) stand() {
	roll := newDice(p.options.Seed, planStream+100)
	m := p.profile.Maintenance
	weekday, turn := m.Weekday.fromMonday(), 0
	for i := range p.days {
		d := &p.days[i]
		room := d.tickets / 2
		for service := range d.era.services {
			now := &d.era.services[service]
			if !now.alive || !roll.chance(share(now.outages)*whole/365) {
				continue
			}
			calls := p.profile.Outages.Calls
			x := stop{service: service, second: roll.below(daySeconds - 3600), length: p.stopLengths.draw(&roll), calls: int(roll.between(int64(calls[0]), int64(calls[1])))}
			if x.calls = min(x.calls, room-1-len(now.dependents)); x.calls < 0 {
				continue
			}
			room -= 1 + len(now.dependents) + x.calls
			d.stops = append(d.stops, x)
		}
		if (int(d.date.Weekday())+6)%7 == weekday && *m.Length > 0 && room > 0 && len(d.era.cared) > 0 {
			turn++
			d.stops = append(d.stops, stop{service: d.era.cared[turn%len(d.era.cared)], second: int64(*m.At), length: int64(*m.Length), planned: true})
		}
	}
}

// nightsApart is how many days there are to a night of mass tests.
const nightsApart = 14

// test plans mass tests: on one night in fourteen, so many records that all nights
// together have the share asked for, but at most half a day's tickets.
func (p *planner) test() {
	at := slices.IndexFunc(p.tricks, func(t trick) bool { return TrickNames()[t.number] == TestCalls })
	if at < 0 {
		return
	}
	roll := newDice(p.options.Seed, testStream)
	each := int64(p.options.Tickets) * int64(p.tricks[at].share) / whole * nightsApart / int64(len(p.days))
	for i := range p.days {
		if d := &p.days[i]; roll.below(nightsApart) == 0 {
			d.tests = int(min(max(each, 1), int64(d.tickets)/2))
		}
	}
}

// newDice returns the numbers of a stream.
func newDice(seed, stream uint64) dice { return dice(rand.New(rand.NewPCG(seed, stream)).Uint64()) }
