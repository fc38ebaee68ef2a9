package app

import (
	"context"
	"sync"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/simulate"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/whatif"
)

var ruleTrials = fault.Declare(1994, "trials cannot be made",
	"Ask for 1 to 100000 trials of at least one ticket.")

// TrialsOrder asks how the credits of contracts behave over many simulated years.
type TrialsOrder struct {
	Periods []span.Period
	Merges  []whatif.Merge
	Profile simulate.Profile
	Trials  int
	Tickets int // of each trial
	Seed    uint64
	Workers int // how many trials are made at once
}

// RunTrials simulates the periods many times over, by the first store's estate, and
// draws every contract's statements of each; where there is another store, the same
// tickets are replayed by its book too. The result is the same for any number of
// workers. The progress is told of each trial that is done.
func RunTrials(ctx context.Context, s, against store.Store, q TrialsOrder, progress store.Progress) (*whatif.Trials, error) {
	if q.Trials < 1 || q.Trials > whatif.MaxTrials || q.Tickets < 1 {
		return nil, fault.Findings{ruleTrials.At(fault.Position{}, "trials", "%d trials of %d tickets were asked for", q.Trials, q.Tickets)}
	}
	old, now, err := readSides(ctx, s, against, q.Periods)
	if err != nil {
		return nil, err
	}
	t := &trials{order: q, sides: []whatif.Side{old}}
	if against != nil {
		var findings fault.Findings
		if t.plan, findings = whatif.NewPlan(old.Book.Estate, now.Book.Estate, firstDays(q.Periods), q.Merges); len(findings) > 0 {
			return nil, findings
		}
		t.sides = append(t.sides, now)
	}
	t.options = simulate.Options{Tickets: q.Tickets, From: q.Periods[0].From, To: q.Periods[len(q.Periods)-1].To}
	if _, findings := simulate.New(simulated(old.Book), q.Profile, t.options); len(findings) > 0 {
		return nil, findings
	}
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	out := &whatif.Trials{Trials: q.Trials, Tickets: q.Tickets, Seed: q.Seed, Profile: q.Profile.ID, From: t.options.From, To: t.options.To, Meaning: whatif.TrialsMeaning}
	for i, side := range t.sides {
		regime, err := whatif.Summarise(side.Book.Estate.Document().ID, t.seen[i])
		if err != nil {
			return nil, err
		}
		out.Books = append(out.Books, regime)
	}
	return out, nil
}

func firstDays(periods []span.Period) []span.Date {
	var out []span.Date
	for _, p := range periods {
		out = append(out, p.From)
	}
	return out
}

// trials is one call of RunTrials.
type trials struct {
	order   TrialsOrder
	options simulate.Options
	sides   []whatif.Side
	plan    *whatif.Plan // where there is a second side
	seen    [2][]whatif.Trial
}

// run makes every trial; the first error stops all.
func (t *trials) run(ctx context.Context, progress store.Progress) error {
	seeds := whatif.Seeds(t.order.Seed, t.order.Trials)
	for i := range t.sides {
		t.seen[i] = make([]whatif.Trial, len(seeds))
	}
	var mu sync.Mutex
	var failed error
	next, done := 0, int64(0)
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = ctx.Err()
		}
		if failed != nil || next == len(seeds) {
			return -1
		}
		next++
		return next - 1
	}
	var all sync.WaitGroup
	for range max(1, t.order.Workers) {
		all.Go(func() {
			for i := take(); i >= 0; i = take() {
				err := t.one(i, seeds[i])
				mu.Lock()
				if err != nil && failed == nil {
					failed = err
				}
				if done++; progress != nil {
					progress(done, int64(len(seeds)))
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return failed
}

// one makes one trial by each book.
func (t *trials) one(i int, seed uint64) error {
	o := t.options
	o.Seed = seed
	j, _, err := simulate.Generate(simulated(t.sides[0].Book), t.order.Profile, o)
	if err != nil {
		return err
	}
	for n, side := range t.sides {
		if n == 1 {
			if findings := t.plan.Check(j, side.Book.Estate); len(findings) > 0 {
				return findings
			}
			j = t.plan.Apply(j)
		}
		drawn, err := statement.Draw(side.Book, j, side.Orders, 1)
		if err != nil {
			return err
		}
		if t.seen[n][i], err = whatif.Observe(drawn); err != nil {
			return err
		}
	}
	return nil
}
