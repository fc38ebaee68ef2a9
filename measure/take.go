package measure

import (
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
	series  bool // the journal has measured values
}

// job is one contract's measuring.
type job struct {
	Job
	reader   *clock.Reader
	world    World
	supplier journal.Symbol
	spans    []span.Span // of the service periods, each widened to its longest measurement period
	used     [][]uint32  // by period: the tickets that the results stand on, in order
	marked   []bool      // the ticket at hand is in used
	lanes    []lane
	profiles []profile
	readings []clock.Reading // of each clock, for the ticket at hand
	known    []bool
	scopes   scopes
	outside  []int // measures that do not read tickets one by one
	reached  struct {
		at span.Instant
		span.Span
	}
}

// profile is the measures that ask the same question of a ticket first: whose is
// it, and which period is it in?
type profile struct {
	attribution contract.Attribution
	countsIn    contract.CountsIn
	months      int  // of the measurement period
	lives       bool // a clock may give a ticket several lives
	spans       []span.Span
	lanes       []int
	other       []int64 // by period: tickets the supplier had, that are another party's
}

// lane is one measure's account.
type lane struct {
	measure  *contract.Measure
	months   int         // of the measurement period
	spans    []span.Span // of the measurement period that ends with each service period; empty if none does
	profile  int
	scope    int
	apply    int // scope of its clock
	evidence [][]Counted
	excluded [][]Excluded
	outside  []int64 // by period: out of scope
	down     [][]outage
	quiet    [][]outage // permitted maintenance
}

type outage struct {
	ticket uint32
	span.Span
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
	b.scopes.journal, b.scopes.world = j, world
	for _, p := range x.Periods {
		b.spans = append(b.spans, p.In(c.Location))
	}
	n := len(x.Periods)
	b.used, b.marked = make([][]uint32, n), make([]bool, n)
	for i := range c.Measures {
		m := &c.Measures[i]
		l := lane{
			measure: m, months: max(m.Frequency.Months(), c.Period.Months()), scope: b.scopes.add(m.Scope), apply: -1,
			evidence: make([][]Counted, n), excluded: make([][]Excluded, n), outside: make([]int64, n),
			down: make([][]outage, n), quiet: make([][]outage, n),
		}
		l.spans = b.measurementSpans(l.months)
		if m.Clock >= 0 {
			l.apply = b.scopes.add(c.Clocks[m.Clock].Scope)
		}
		if m.Availability != nil {
			b.scopes.add(m.Downtime)
			b.scopes.add(m.Maintenance)
		}
		if m.Availability != nil || m.Backlog != nil || m.External != nil || m.Survey != nil {
			b.outside = append(b.outside, i)
			l.profile = -1
		} else {
			l.profile = b.profile(m, i, &l)
		}
		b.lanes = append(b.lanes, l)
	}
	for i := range c.Exclusions {
		if s := c.Exclusions[i].Scope; s != nil {
			b.scopes.add(s)
		}
	}
	return b
}

// profile returns the number of the measure's profile, adding it if it is new.
func (b *job) profile(m *contract.Measure, number int, l *lane) int {
	p := profile{attribution: b.attribution(m), countsIn: m.CountsIn, months: l.months, spans: l.spans}
	if p.countsIn == "" {
		p.countsIn = contract.InLastResolution
		if m.Reopened != nil {
			p.countsIn = contract.InFirstResolution
		}
	}
	if m.Count != nil {
		p.countsIn = countIn[m.Count.Of]
	}
	at := slices.IndexFunc(b.profiles, func(x profile) bool {
		return x.attribution == p.attribution && x.countsIn == p.countsIn && x.months == p.months
	})
	if at < 0 {
		at = len(b.profiles)
		p.other = make([]int64, len(b.Periods))
		b.profiles = append(b.profiles, p)
	}
	if m.Clock >= 0 && b.Contract.Clocks[m.Clock].ReopenWithin != nil {
		b.profiles[at].lives = true
	}
	b.profiles[at].lanes = append(b.profiles[at].lanes, number)
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

func (b *job) attribution(m *contract.Measure) contract.Attribution {
	switch {
	case m.Attribution != "":
		return m.Attribution
	case b.Contract.Attribution != "":
		return b.Contract.Attribution
	}
	return contract.HolderAtResolution
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
	for _, asOf := range t.asOf {
		if first > asOf {
			continue
		}
		read := false
		var life life
		for _, b := range t.jobs {
			reach := b.reach(asOf)
			if first >= reach.To {
				continue
			}
			if !read {
				if !ticket.Read(t.journal, number, asOf, &t.history) {
					break
				}
				read = true
				life.of(&t.history)
			}
			if last < reach.From && life.over {
				continue
			}
			b.begin()
			b.take(&t.history, &life, asOf, t.series)
		}
	}
}

// reach returns the span from the first to the last period that is read at asOf.
func (b *job) reach(asOf span.Instant) span.Span {
	if b.reached.at == asOf {
		return b.reached.Span
	}
	out := span.Span{From: span.Never, To: 0}
	for p := range b.Periods {
		if b.AsOf[p] == asOf {
			out.From, out.To = min(out.From, b.spans[p].From), max(out.To, b.spans[p].To)
		}
	}
	b.reached.at, b.reached.Span = asOf, out
	return out
}

// life is the moments of a history that measures ask for.
type life struct {
	over        bool // nobody works on it any more
	first, last int  // moments of the first resolution, and of the last that still stands; -1 if none
	closed      int
	reopened    int // the last reopening
	rejected    int // the last rejection
	subject     contract.Subject
}

func (l *life) of(h *ticket.History) {
	*l = life{first: -1, last: -1, closed: -1, reopened: -1, rejected: -1}
	was := journal.SameStatus
	for i := range h.Moments {
		m := &h.Moments[i]
		if m.Status.Done() != was.Done() {
			if m.Status.Done() {
				l.last = i
				if l.first < 0 {
					l.first = i
				}
			} else {
				l.reopened, l.last, l.closed = i, -1, -1
			}
		}
		if m.Status == journal.ClosedStatus && l.closed < 0 {
			l.closed = i
		}
		if m.Event == journal.Rejected {
			l.rejected = i
		}
		was = m.Status
	}
	l.over = l.last >= 0
	at := len(h.Moments) - 1
	if l.last >= 0 {
		at = l.last
	}
	l.subject = clock.SubjectOf(&h.Moments[at].State)
}

// at returns the moment that puts the ticket in a period, or -1.
func (l *life) at(in contract.CountsIn) int {
	switch in {
	case contract.InFirstResolution:
		return l.first
	case contract.InClosure:
		return l.closed
	case contract.InOpening:
		return 0
	case inReopening:
		return l.reopened
	case inRejection:
		return l.rejected
	}
	return l.last
}

// measurementSpans returns the spans of the measurement periods that end with the
// job's service periods, and widens what the job looks at to hold them.
func (b *job) measurementSpans(months int) []span.Span {
	out := make([]span.Span, len(b.Periods))
	for i, p := range b.Periods {
		if m, ends := measurementPeriod(p, months); ends {
			out[i] = m.In(b.Contract.Location)
			b.spans[i].From = min(b.spans[i].From, out[i].From)
		} else {
			out[i] = span.Span{From: p.From.Start(b.Contract.Location), To: p.From.Start(b.Contract.Location)}
		}
	}
	return out
}

// measurementPeriod returns the measurement period that ends with a service period,
// if one does: quarters end with March, June, September and December.
func measurementPeriod(p span.Period, months int) (span.Period, bool) {
	_, m, _ := p.To.Civil()
	return span.Period{From: p.To.AddMonths(-months), To: p.To}, (int(m)-1)%months == 0
}

func (b *job) begin() {
	clear(b.known)
	clear(b.marked)
}

// mark notes that the results of a period stand on the ticket at hand.
func (b *job) mark(h *ticket.History, period int) {
	if !b.marked[period] {
		b.marked[period] = true
		b.used[period] = append(b.used[period], uint32(h.Ticket))
	}
}

// period returns the period, read at asOf, in whose span an instant lies, or -1.
func (b *job) period(spans []span.Span, at, asOf span.Instant) int {
	lo, hi := 0, len(spans)
	for lo < hi {
		mid := (lo + hi) / 2
		if spans[mid].To <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(spans) || at < spans[lo].From || b.AsOf[lo] != asOf {
		return -1
	}
	return lo
}

func (b *job) reading(h *ticket.History, k int) *clock.Reading {
	if !b.known[k] {
		b.reader.Read(h, &b.Contract.Clocks[k], 0, &b.readings[k])
		b.known[k] = true
	}
	return &b.readings[k]
}

// take measures the ticket at hand for every period that is read at asOf.
func (b *job) take(h *ticket.History, l *life, asOf span.Instant, series bool) {
	b.scopes.subject(h, l)
	for i := range b.profiles {
		p := &b.profiles[i]
		if p.countsIn == contract.InBreach || p.countsIn == contract.InBoth || p.attribution == contract.HolderAtBreach {
			for _, n := range p.lanes {
				b.takeByBreach(h, l, asOf, p, &b.lanes[n])
			}
			continue
		}
		at := l.at(p.countsIn)
		if at < 0 {
			continue
		}
		period := b.period(p.spans, h.Moments[at].At, asOf)
		if !p.lives {
			if period < 0 {
				continue
			}
			if !b.ours(h, l, p.attribution, at) {
				b.setAside(h, p, period)
				continue
			}
		}
		for _, n := range p.lanes {
			b.count(h, l, asOf, period, at, p, &b.lanes[n])
		}
	}
	for _, n := range b.outside {
		b.takeOutside(h, l, asOf, &b.lanes[n], series)
	}
}

// setAside counts a ticket that another party answers for, if the supplier ever had
// it; a ticket it never had is no concern of the contract and stays out of its bundle.
func (b *job) setAside(h *ticket.History, p *profile, period int) {
	if b.supplier == 0 {
		return
	}
	for i := range h.Moments {
		if h.Moments[i].Party == b.supplier {
			p.other[period]++
			b.mark(h, period)
			return
		}
	}
}

// ours reports whether the ticket is attributed to the contract's supplier; at is
// the moment that counts.
func (b *job) ours(h *ticket.History, l *life, a contract.Attribution, at int) bool {
	if b.supplier == 0 {
		return false
	}
	switch a {
	case contract.HolderAtOpening:
		for i := range h.Moments {
			if h.Moments[i].Party != 0 {
				return h.Moments[i].Party == b.supplier
			}
		}
		return false
	case contract.AnyHolder:
		for i := range h.Moments {
			if h.Moments[i].Party == b.supplier {
				return true
			}
		}
		return false
	case contract.ServiceTower:
		on := span.DateIn(h.Opened(), b.Contract.Location)
		tower := b.world.TowerOf(b.reader.Journal.Name(h.Last().Service), on)
		return tower != "" && b.world.SupplierOf(tower, on) == b.Contract.Supplier
	}
	if l.last >= 0 {
		at = l.last
	} else {
		at = len(h.Moments) - 1
	}
	m := &h.Moments[at]
	return m.Party == b.supplier || (m.Party == 0 && m.RejectedBy == b.supplier)
}
