package measure

import (
	"math/bits"
	"slices"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// World answers what contracts need to know of the estate.
type World struct {
	KindOf     func(party string) contract.LegKind
	TowerOf    func(service string, on span.Date) string
	SupplierOf func(tower string, on span.Date) string
}

// Job is the periods of one contract to be measured, each as known at an instant.
// The periods are service periods in ascending order.
type Job struct {
	Contract *contract.Contract
	Periods  []span.Period
	AsOf     []span.Instant // of each period
}

// Taker takes the measures of several contracts and periods in one pass over the
// tickets. It is for one goroutine; several takers over parts of the tickets are
// joined by [Taker.Join].
type Taker struct {
	journal *journal.Journal
	jobs    []*job
	asOf    []span.Instant // every different instant, ascending
	history ticket.History
	life    life
	series  bool // the journal has measured values
}

// job is one contract's measuring.
type job struct {
	Job
	reader     *clock.Reader
	world      World
	supplier   journal.Symbol
	spans      []span.Span // of the service periods, each widened to its longest measurement period
	reaches    []span.Span // by the taker's instants: from the first to the last period read then; crossed if none is
	used       [][]uint32  // by period: the tickets that the results stand on, in order
	marked     []bool      // the ticket at hand is in used
	lanes      []lane
	profiles   []profile
	readings   []clock.Reading // of each clock, for the ticket at hand
	known      []bool
	later      clock.Reading // of a later life
	scopes     scopes
	exclusions []exclusion
	outside    []int // measures that do not read tickets one by one
	anyTicket  bool  // tickets that the supplier never had may concern it
	onAndOn    bool  // a clock may run on after the ticket is done
}

// profile is the measures that ask the same question of a ticket first: whose is
// it, and which period is it in?
type profile struct {
	attribution contract.Attribution
	countsIn    contract.CountsIn
	months      int  // of the measurement period
	single      bool // each measure has its own answer, which depends on its clock
	spans       []span.Span
	lanes       []int
	total       []int64 // by period: tickets that are the supplier's
	other       []int64 // by period: tickets the supplier had, that are another party's
	words       int     // of inside, for each combination
	inside      []uint64
	asked       []bool // by combination: inside is known
}

// lane is one measure's account.
type lane struct {
	measure     *contract.Measure
	months      int         // of the measurement period
	spans       []span.Span // of the measurement period that ends with each service period; empty if none does
	profile     int         // -1 if it reads no tickets one by one
	scope       int
	apply       int // scope of its clock
	down, still int // scopes of an availability
	series      journal.Symbol
	evidence    []ledger
	excluded    [][]Excluded
	outside     []int64 // by period: out of scope, where the profile does not say
	other       []int64 // by period: another party's, where the profile does not say
	downs       [][]outage
	quiets      [][]outage // permitted maintenance
}

type outage struct {
	ticket uint32
	span.Span
}

// ledger is counted tickets in blocks, so that millions of them are not copied
// again and again while they grow.
type ledger [][]Counted

// The sizes of a ledger's blocks: each is twice the one before it.
const smallBlock, largeBlock = 16, 1024

// next adds a ticket and returns its place to be filled.
func (l *ledger) next() *Counted {
	n := len(*l)
	if n == 0 || len((*l)[n-1]) == cap((*l)[n-1]) {
		size := smallBlock
		if n > 0 {
			size = min(2*cap((*l)[n-1]), largeBlock)
		}
		*l = append(*l, make([]Counted, 0, size))
		n++
	}
	block := (*l)[n-1]
	block = block[:len(block)+1]
	(*l)[n-1] = block
	return &block[len(block)-1]
}

// flat returns all tickets in one list.
func (l ledger) flat() []Counted {
	n := 0
	for _, b := range l {
		n += len(b)
	}
	if n == 0 {
		return nil
	}
	out := make([]Counted, 0, n)
	for _, b := range l {
		out = append(out, b...)
	}
	return out
}

// NewTaker returns a taker. Every job's contract is compiled; world answers for the
// estate that the contracts share.
func NewTaker(j *journal.Journal, jobs []Job, world World) *Taker {
	t := &Taker{journal: j}
	for _, x := range jobs {
		t.jobs = append(t.jobs, newJob(j, x, world))
		t.asOf = append(t.asOf, x.AsOf...)
	}
	slices.Sort(t.asOf)
	t.asOf = slices.Compact(t.asOf)
	for _, b := range t.jobs {
		b.reach(t.asOf)
	}
	for _, f := range j.Facts() {
		t.series = t.series || f.Series != 0
	}
	return t
}

func newJob(j *journal.Journal, x Job, world World) *job {
	c := x.Contract
	b := &job{
		Job: x, reader: clock.NewReader(c, j, world.KindOf), world: world, supplier: j.Symbol(c.Supplier),
		readings: make([]clock.Reading, len(c.Clocks)), known: make([]bool, len(c.Clocks)),
	}
	b.scopes.journal, b.scopes.world, b.scopes.zone = j, world, c.Location
	for _, p := range x.Periods {
		b.spans = append(b.spans, p.In(c.Location))
	}
	n := len(x.Periods)
	b.used, b.marked = make([][]uint32, n), make([]bool, n)
	for i := range c.Measures {
		b.lanes = append(b.lanes, b.lane(&c.Measures[i], n))
	}
	for i := range c.Exclusions {
		b.exclusions = append(b.exclusions, b.exclusion(&c.Exclusions[i]))
	}
	for i := range c.Clocks {
		b.onAndOn = b.onAndOn || c.Clocks[i].StopBy == contract.BySupplier
	}
	return b
}

// lane readies a measure's account over so many periods.
func (b *job) lane(m *contract.Measure, n int) lane {
	l := lane{
		measure: m, months: max(m.Frequency.Months(), b.Contract.Period.Months()), scope: b.scopes.add(m.Scope), apply: -1, profile: -1,
		evidence: make([]ledger, n), excluded: make([][]Excluded, n), outside: make([]int64, n), other: make([]int64, n),
		downs: make([][]outage, n), quiets: make([][]outage, n),
	}
	l.spans = b.measurementSpans(l.months)
	if m.Clock >= 0 {
		l.apply = b.scopes.add(b.Contract.Clocks[m.Clock].Scope)
	}
	switch {
	case m.Availability != nil:
		l.down, l.still = b.scopes.add(m.Downtime), b.scopes.add(m.Maintenance)
	case m.External != nil:
		l.series = b.reader.Journal.Symbol(m.External.Series)
	case m.Survey != nil:
		l.series = b.reader.Journal.Symbol(m.Survey.Series)
	}
	b.anyTicket = b.anyTicket || m.Availability != nil || l.series != 0 || b.attribution(m) == contract.ServiceTower
	if m.Availability != nil || m.Backlog != nil || m.External != nil || m.Survey != nil {
		b.outside = append(b.outside, m.Index)
	} else {
		l.profile = b.profile(m, &l)
	}
	return l
}

// profile returns the number of the measure's profile, adding it if it is new.
func (b *job) profile(m *contract.Measure, l *lane) int {
	p := profile{attribution: b.attribution(m), countsIn: m.CountsIn, months: l.months, spans: l.spans}
	if p.countsIn == "" {
		p.countsIn = contract.InLastResolution
		if m.Reopened != nil {
			p.countsIn = contract.InFirstResolution
		}
	}
	byBreach := p.countsIn == contract.InBreach || p.countsIn == contract.InBoth
	switch {
	case m.Count != nil:
		p.countsIn = countIn[m.Count.Of]
	case m.Clock < 0 && byBreach: // nothing that could be passed
		p.countsIn = contract.InLastResolution
	case m.Clock >= 0:
		p.single = byBreach || p.attribution == contract.HolderAtBreach || b.Contract.Clocks[m.Clock].ReopenWithin != nil
	}
	at := slices.IndexFunc(b.profiles, func(x profile) bool {
		return x.attribution == p.attribution && x.countsIn == p.countsIn && x.months == p.months && x.single == p.single
	})
	if at < 0 {
		at = len(b.profiles)
		p.other, p.total = make([]int64, len(b.Periods)), make([]int64, len(b.Periods))
		b.profiles = append(b.profiles, p)
	}
	b.profiles[at].lanes = append(b.profiles[at].lanes, m.Index)
	b.profiles[at].words = (len(b.profiles[at].lanes) + 63) / 64
	return at
}

// Moments that counts count by, beside those that contracts name.
const (
	inReopening contract.CountsIn = "reopening"
	inRejection contract.CountsIn = "rejection"
)

var countIn = map[contract.Counted]contract.CountsIn{
	contract.CountOpened: contract.InOpening, contract.CountResolved: contract.InLastResolution,
	contract.CountClosed: contract.InClosure, contract.CountReopened: inReopening, contract.CountRejected: inRejection,
}

// attribution says whose a ticket is for a measure. Who held it at the breach is a
// question to measures with a clock only.
func (b *job) attribution(m *contract.Measure) contract.Attribution {
	a := m.Attribution
	if a == "" {
		a = b.Contract.Attribution
	}
	if a == "" || a == contract.HolderAtBreach && m.Clock < 0 {
		return contract.HolderAtResolution
	}
	return a
}

// Take goes through the tickets from up to but not including to.
func (t *Taker) Take(from, to int) {
	for ticket := from; ticket < to; ticket++ {
		t.take(ticket)
	}
}

// take measures one ticket as known at each instant that a period asks for.
func (t *Taker) take(number int) {
	entries := t.journal.Of(number)
	first, last := entries[0].Happened, entries[len(entries)-1].Happened
	read := false
	for k, asOf := range t.asOf {
		if first > asOf {
			continue
		}
		fresh := false // the history is that known at asOf
		for _, b := range t.jobs {
			reach := b.reaches[k]
			if first >= reach.To {
				continue
			}
			if !fresh {
				if read && t.history.Complete { // nothing was learnt since
					t.history.AsOf = asOf
				} else if read = ticket.Read(t.journal, number, asOf, &t.history); read {
					t.life.of(&t.history, 0, len(t.history.Moments))
				} else {
					break
				}
				fresh = true
			}
			if last < reach.From && t.life.over && !b.onAndOn || !b.anyTicket && !t.life.has(b.supplier) {
				continue
			}
			clear(b.known)
			clear(b.marked)
			b.take(&t.history, &t.life, asOf, t.series)
		}
	}
}

// reach notes, for each instant, the span from the first to the last period that is
// read then.
func (b *job) reach(instants []span.Instant) {
	for _, asOf := range instants {
		out := span.Span{From: span.Never, To: 0}
		for p := range b.Periods {
			if b.AsOf[p] == asOf {
				out.From, out.To = min(out.From, b.spans[p].From), max(out.To, b.spans[p].To)
			}
		}
		b.reaches = append(b.reaches, out)
	}
}

// take measures the ticket at hand for every period that is read at asOf.
func (b *job) take(h *ticket.History, l *life, asOf span.Instant, series bool) {
	b.scopes.subject(h, l)
	for i := range b.profiles {
		p := &b.profiles[i]
		if p.single {
			for _, n := range p.lanes {
				b.takeLives(h, l, asOf, p, &b.lanes[n])
			}
			continue
		}
		at := l.at(p.countsIn)
		if p.countsIn == inRejection {
			at = lastRejection(h, b.supplier)
		}
		if at < 0 {
			continue
		}
		period := b.period(p.spans, h.Moments[at].At, asOf)
		if period < 0 {
			continue
		}
		if p.countsIn != inRejection && !b.ours(h, l, p.attribution) {
			if b.had(h) {
				p.other[period]++
				b.mark(h, period)
			}
			continue
		}
		b.mark(h, period)
		p.total[period]++
		for w, inside := range b.inside(p) {
			for ; inside != 0; inside &= inside - 1 {
				b.count(h, l, period, at, &b.lanes[p.lanes[w*64+bits.TrailingZeros64(inside)]])
			}
		}
	}
	for _, n := range b.outside {
		b.takeOutside(h, l, asOf, &b.lanes[n], series)
	}
}

// inside returns which of a profile's measures are for the ticket at hand, a bit for
// each; it asks once for each combination of what scopes read.
func (b *job) inside(p *profile) []uint64 {
	at := b.scopes.at
	for len(p.asked) <= at {
		p.asked = append(p.asked, false)
		p.inside = append(p.inside, make([]uint64, p.words)...)
	}
	out := p.inside[at*p.words : (at+1)*p.words]
	if !p.asked[at] {
		p.asked[at] = true
		for i, n := range p.lanes {
			if b.inScope(&b.lanes[n]) {
				out[i/64] |= 1 << (i % 64)
			}
		}
	}
	return out
}

// mark notes that the results of a period stand on the ticket at hand.
func (b *job) mark(h *ticket.History, period int) {
	if !b.marked[period] {
		b.marked[period] = true
		b.used[period] = append(b.used[period], uint32(h.Ticket))
	}
}

func (b *job) reading(h *ticket.History, k int) *clock.Reading {
	if !b.known[k] {
		b.reader.Read(h, &b.Contract.Clocks[k], 0, &b.readings[k])
		b.known[k] = true
	}
	return &b.readings[k]
}
