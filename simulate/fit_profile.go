package simulate

import (
	"cmp"
	"maps"
	"slices"

	"towerbridge/span"
)

// profile writes down what was counted.
func (f *fitter) profile(id, source string) Profile {
	p := Profile{ID: id, Source: source, Arrivals: f.arrivals(), Kinds: f.kindMixes()}
	for _, name := range slices.Sorted(maps.Keys(f.services)) {
		p.Services = append(p.Services, ServiceMix{Service: name, Weight: f.services[name]})
	}
	p.Sites = weightsOf(f.sites)
	p.Cancelled = fraction(f.cancelled, f.tickets)
	p.Reopened = &Reopened{Share: fraction(f.reopened, f.resolved), After: ranks(f.reopenAfter)}
	p.CloseAfter = ranks(f.closeAfter)
	if len(f.lag)*2 < f.entries { // otherwise learnt is when the log was written out
		p.Late = &Late{Share: fraction(len(f.lag), f.entries), Lag: ranks(f.lag)}
	}
	if f.scores > 0 {
		p.Surveys = &Surveys{Share: fraction(f.scored, f.tickets), Scores: make([]int, f.highest)}
		for score, n := range f.byScore {
			p.Surveys.Scores[score-1] = n
		}
	}
	p.Outages, p.Maintenance = f.stops()
	for _, name := range slices.Sorted(maps.Keys(f.parties)) {
		if x := f.parties[name]; x.holds > 0 {
			p.Parties = append(p.Parties, PartyHabits{Party: name, Habits: x.habits()})
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(f.matrix), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	}) {
		p.HandOvers = append(p.HandOvers, HandOver{From: key[0], To: key[1], Weight: f.matrix[key]})
	}
	return p
}

// stops writes down outages and maintenance; a journal without any has none.
func (f *fitter) stops() (*Outages, *Maintenance) {
	if f.tickets == 0 {
		return nil, nil
	}
	dates := slices.Sorted(maps.Keys(f.days))
	serviceDays := (int(dates[len(dates)-1]-dates[0]) + 1) * max(1, len(f.world.Estate.Document().Services))
	perYear := min((f.outages*365+serviceDays/2)/serviceDays, maxOutages)
	o := &Outages{PerYear: &perYear, Lengths: ranks(f.stopLengths)}
	if f.outages > 0 {
		o.Calls = []int{0, min(2*f.children/f.outages, 1000)}
	}
	if f.planned > 0 {
		return o, nil
	}
	none := span.Seconds(0)
	return o, &Maintenance{Length: &none}
}

// arrivals counts calls by hour, and a day's calls by weekday and month. A month that
// the journal does not reach weighs as much as the others on average.
func (f *fitter) arrivals() *Arrivals {
	if len(f.days) == 0 {
		return nil
	}
	dates := slices.Sorted(maps.Keys(f.days))
	var weekdays, weekdayDays, months, monthDays, rest [12]int
	var restDays, calls int
	for d := dates[0]; d <= dates[len(dates)-1]; d++ {
		_, month, _ := d.Civil()
		n, weekday := f.days[d], (int(d.Weekday())+6)%7
		if holidayOf(f.world, d) {
			rest[weekday] += n
			restDays++
			continue
		}
		calls += n
		weekdays[weekday] += n
		weekdayDays[weekday]++
		months[month-1] += n
		monthDays[month-1]++
	}
	a := &Arrivals{Hours: f.hours[:], Weekdays: perDay(weekdays[:7], weekdayDays[:7]), Months: perDay(months[:], monthDays[:])}
	if restDays >= 3 && calls > 0 {
		a.Holiday = f.holidays(rest[:7], a.Weekdays)
	}
	return a
}

// holidays returns the calls of bank holidays as a share of what the same days of the
// week have otherwise, at most all of them.
func (f *fitter) holidays(rest, weekdays []int) *Share {
	got, expected := 0, 0
	for d := range f.days {
		if weekday := (int(d.Weekday()) + 6) % 7; holidayOf(f.world, d) {
			expected += weekdays[weekday]
		}
	}
	for _, n := range rest {
		got += n * perDayScale
	}
	if expected == 0 {
		return nil
	}
	return fraction(min(got, expected), expected)
}

func holidayOf(w World, d span.Date) bool { return (&scene{world: w}).holiday(d) }

// perDayScale is what calls a day are multiplied by, to be whole numbers.
const perDayScale = 1000

// perDay returns the calls of one day; where there was no such day, the average.
func perDay(counts, days []int) []int {
	out := make([]int, len(counts))
	sum, known := 0, 0
	for i := range counts {
		if days[i] > 0 {
			out[i] = counts[i] * perDayScale / days[i]
			sum += out[i]
			known++
		}
	}
	for i := range out {
		if days[i] == 0 && known > 0 {
			out[i] = sum / known
		}
		out[i] = min(out[i], MaxWeight)
	}
	if sum == 0 {
		return nil
	}
	return out
}

func (f *fitter) kindMixes() []KindMix {
	var out []KindMix
	for _, kind := range slices.Sorted(maps.Keys(f.kinds)) {
		if kind == outage || kind == planned {
			continue // these come by themselves
		}
		m := KindMix{Kind: kind, Priorities: weightsOf(f.kinds[kind])}
		for _, p := range m.Priorities {
			m.Weight += p.Weight
		}
		out = append(out, m)
	}
	return out
}

func weightsOf(counts map[string]int) []Weight {
	var out []Weight
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Weight{Name: name, Weight: counts[name]})
	}
	return out
}

// fraction returns a share of counts; nil of nothing.
func fraction(n, of int) *Share {
	if of == 0 {
		return nil
	}
	s := Share(int64(n) * whole / int64(of))
	return &s
}

// onceMore returns the chance of one more after each, where there were n after so
// many beginnings.
func onceMore(n, beginnings int) *Share {
	if n+beginnings == 0 {
		return nil
	}
	s := min(*fraction(n, n+beginnings), Share(maxChance))
	return &s
}

// ranks returns values at equally spaced ranks; nil of fewer than two. The last of them
// is not the largest value but the one with which what is drawn between the last two
// ranks has the mean of the values there: one ticket that was forgotten for a year must
// not make one in twenty a long one.
func ranks(list []int64) []span.Seconds {
	if len(list) < 2 {
		return nil
	}
	slices.Sort(list)
	out := make([]span.Seconds, Ranks)
	for i := range out {
		out[i] = span.Seconds(min(MaxLength, max(0, list[i*(len(list)-1)/(Ranks-1)])))
	}
	tail := list[(Ranks-2)*(len(list)-1)/(Ranks-1):]
	var sum int64
	for _, x := range tail {
		sum += min(MaxLength, max(0, x))
	}
	low := out[Ranks-2]
	out[Ranks-1] = max(low, min(out[Ranks-1], 2*span.Seconds(sum/int64(len(tail)))-low))
	return out
}

// habits writes down what a party did.
func (x *fitted) habits() Habits {
	h := Habits{Acceptance: ranks(x.acceptance), Rejects: fraction(x.rejects, x.holds+x.rejects), Notes: onceMore(x.notes, x.holds)}
	var rest []int64 // of priorities that come too seldom to have working times of their own
	for _, priority := range slices.Sorted(maps.Keys(x.byPriority)) {
		if list := x.byPriority[priority]; priority != "" && len(list) >= ownRanks {
			h.Work = append(h.Work, WorkMix{Priority: priority, Lengths: ranks(list)})
		} else {
			rest = append(rest, list...)
		}
	}
	if len(rest) < 2 {
		rest = x.work
	}
	work := ranks(rest)
	if work == nil { // one hold only
		work = []span.Seconds{span.Seconds(min(x.work[0], MaxLength)), span.Seconds(min(x.work[0], MaxLength))}
	}
	h.Work = append(h.Work, WorkMix{Lengths: work})
	h.Pauses = &Pauses{Share: onceMore(x.pauses, x.holds), Lengths: ranks(x.pauseLengths)}
	for _, w := range weightsOf(x.reasons) {
		if w.Name != "" {
			h.Pauses.Reasons = append(h.Pauses.Reasons, w)
		}
	}
	return h
}
