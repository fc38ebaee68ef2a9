package statement

import (
	"runtime"
	"slices"
	"sync"

	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
)

// Order asks for one statement.
type Order struct {
	Contract   string        // id
	Period     span.Period   // a service period of the contract
	AsOf       *span.Instant // nothing learnt later is read; nil is [DefaultAsOf]
	Earlier    []*Statement  // statements issued for earlier periods of the contract
	Supersedes string        // digest of the statement that this one corrects
	given      *[]Earlier    // earlier results as a record has them: they stand instead of any other
}

// DefaultAsOf is the instant at which a period is read when nobody says another:
// the end of the contract's late-entry time, or the last instant at which the
// journal learnt anything if that is earlier.
func DefaultAsOf(c *contract.Contract, j *journal.Journal, p span.Period) (span.Instant, error) {
	return defaultAsOf(c, j.LastLearnt(), p)
}

func defaultAsOf(c *contract.Contract, learnt span.Instant, p span.Period) (span.Instant, error) {
	cut, err := c.CutOff(p)
	return min(cut, learnt), err
}

// Draw computes the statements of the orders, in their order, in one pass over the
// tickets by so many workers (0: one for each processor). The result does not
// depend on the number of workers. Earlier periods that repeat rules, rolling caps
// and earn-back look back on come from the orders' issued statements, else they are
// drawn from the same journal and marked as not issued.
func Draw(b *Book, j *journal.Journal, orders []Order, workers int) ([]*Statement, error) {
	d := drawing{book: b, journal: j, learnt: j.LastLearnt()}
	for i := range orders {
		if err := d.plan(&orders[i]); err != nil {
			return nil, err
		}
	}
	d.take(workers)
	out := make([]*Statement, len(orders))
	err := parallel(len(d.jobs), workers, func(i int) error { return d.jobs[i].draw(&d, i) })
	if err != nil {
		return nil, err
	}
	for i := range orders {
		job, at := d.find(&orders[i])
		s := *job.drawn[at]
		s.Supersedes = orders[i].Supersedes
		out[i] = &s
	}
	return out, parallel(len(out), workers, func(i int) error { out[i].seal(); return nil })
}

// drawing is one call of Draw.
type drawing struct {
	book    *Book
	journal *journal.Journal
	learnt  span.Instant // the last instant at which anything was learnt
	jobs    []*planned
	taker   *measure.Taker
}

// planned is the periods of one contract to be drawn, the earlier ones included.
type planned struct {
	contract *contract.Contract
	asOf     *span.Instant // as the orders say
	issued   []*Statement
	given    *[]Earlier
	periods  []span.Period
	asOfs    []span.Instant
	drawn    []*Statement
}

func (d *drawing) find(o *Order) (*planned, int) {
	for _, p := range d.jobs {
		if p.contract.ID == o.Contract && sameInstant(p.asOf, o.AsOf) && slices.Equal(p.issued, o.Earlier) && p.given == o.given {
			return p, slices.Index(p.periods, o.Period)
		}
	}
	return nil, -1
}

func sameInstant(a, b *span.Instant) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

// plan adds an order's period, and the earlier ones it looks back on, to the jobs.
func (d *drawing) plan(o *Order) error {
	c, ok := d.book.Contracts[o.Contract]
	if !ok {
		return fault.New(fault.NotFound, "Give one of the contracts' ids.", "there is no contract %q", o.Contract)
	}
	if o.Period != c.ServicePeriod(o.Period.From) {
		return fault.New(fault.Invalid, "Give a period such as 2026-04, or 2026-Q2 where the service period is a quarter.",
			"contract %s has a service period of a %s, not %s", c.ID, lengthName(c), o.Period)
	}
	job, _ := d.find(o)
	if job == nil {
		job = &planned{contract: c, asOf: o.AsOf, issued: o.Earlier, given: o.given}
		d.jobs = append(d.jobs, job)
	}
	return job.add(d.learnt, o.Period)
}

func lengthName(c *contract.Contract) string {
	if c.Period == contract.Quarterly {
		return "quarter"
	}
	return "month"
}

// add inserts a period and those before it that are needed and not issued.
func (p *planned) add(learnt span.Instant, period span.Period) error {
	for _, x := range p.lookBack(period) {
		at, found := slices.BinarySearchFunc(p.periods, x, func(a, b span.Period) int { return int(a.From - b.From) })
		if found {
			continue
		}
		asOf, err := defaultAsOf(p.contract, learnt, x)
		if err != nil {
			return err
		}
		if p.asOf != nil {
			asOf = *p.asOf
		}
		p.periods = slices.Insert(p.periods, at, x)
		p.asOfs = slices.Insert(p.asOfs, at, asOf)
	}
	return nil
}

// lookBack lists the periods to draw for a period: itself, and the earlier ones that
// its rules look back on as far as they are not issued. Where those look back in
// turn, by repeat rules, the ones before them are drawn too, so that what an earlier
// period came to does not depend on which others are drawn with it.
func (p *planned) lookBack(period span.Period) []span.Period {
	out := []span.Period{period}
	if p.given != nil {
		return out
	}
	n := 2 * p.contract.LooksBack()
	for x := period.Next(-1); n != 0 && x.To > p.contract.Term.Start && p.issuedFor(x) == nil; x, n = x.Next(-1), n-1 {
		out = append(out, x)
	}
	return out
}

// before returns the earlier results that a period looks back on.
func (p *planned) before(period span.Period, earlier []credit.Earlier) []credit.Earlier {
	n := p.contract.LooksBack()
	var out []credit.Earlier
	for _, e := range earlier {
		if e.Period.From < period.From && (n < 0 || e.Period.From >= period.Next(-n).From) {
			out = append(out, e)
		}
	}
	return out
}

func (p *planned) issuedFor(x span.Period) *Statement {
	for _, s := range p.issued {
		if s.Period == x && s.Contract == p.contract.ID {
			return s
		}
	}
	return nil
}

// take measures every planned period in one pass, cut into one stretch of tickets
// for each worker.
func (d *drawing) take(workers int) {
	jobs := make([]measure.Job, len(d.jobs))
	for i, p := range d.jobs {
		jobs[i] = measure.Job{Contract: p.contract, Periods: p.periods, AsOf: p.asOfs}
	}
	n := max(1, min(count(workers), d.journal.Tickets()/1024))
	takers := make([]*measure.Taker, n)
	world := d.book.World()
	parallel(n, n, func(i int) error {
		takers[i] = measure.NewTaker(d.journal, jobs, world)
		takers[i].Take(d.journal.Tickets()*i/n, d.journal.Tickets()*(i+1)/n)
		return nil
	})
	for _, t := range takers[1:] {
		takers[0].Join(t)
	}
	d.taker = takers[0]
}

func count(workers int) int {
	if workers < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

// parallel calls f for 0 to n-1 by so many workers and returns the error of the
// smallest number that failed.
func parallel(n, workers int, f func(int) error) error {
	errs := make([]error, n)
	var next int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range min(n, count(workers)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return
				}
				errs[i] = f(i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// draw scores and prices the job's periods in order, each with those before it.
func (p *planned) draw(d *drawing, job int) error {
	earlier := p.known()
	for i, period := range p.periods {
		results := d.taker.Results(job, i)
		before := p.before(period, earlier)
		scores := credit.Scores(p.contract, results, before)
		a, err := credit.Assess(p.contract, period, results, scores, before)
		if err != nil {
			return err
		}
		r := record{drawing: d, contract: p.contract, period: period, asOf: p.asOfs[i]}
		s, err := r.statement(results, scores, a, before)
		if err != nil {
			return err
		}
		s.results, s.used, s.journal = results, d.taker.Used(job, i), d.journal
		p.drawn = append(p.drawn, s)
		if !slices.ContainsFunc(earlier, func(e credit.Earlier) bool { return e.Period == period }) { // what was issued stands
			earlier = append(earlier, credit.Past(period, results, scores, a))
		}
	}
	return nil
}

// known returns the earlier results that the order gives, and what issued statements
// say of themselves and of the periods before them; a statement's own word for its
// period comes before another's.
func (p *planned) known() []credit.Earlier {
	var out []credit.Earlier
	add := func(e credit.Earlier) {
		if !slices.ContainsFunc(out, func(x credit.Earlier) bool { return x.Period == e.Period }) {
			out = append(out, e)
		}
	}
	if p.given != nil {
		for _, e := range *p.given {
			add(e.credit())
		}
	}
	for _, s := range p.issued {
		if s.Contract == p.contract.ID {
			add(s.past())
		}
	}
	for _, s := range p.issued {
		for _, e := range s.Earlier {
			if s.Contract == p.contract.ID {
				add(e.credit())
			}
		}
	}
	slices.SortFunc(out, func(a, b credit.Earlier) int { return int(a.Period.From - b.Period.From) })
	return out
}
