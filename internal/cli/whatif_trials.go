package cli

import (
	"fmt"
	"runtime"

	"towerbridge/internal/app"
	"towerbridge/internal/report"
	"towerbridge/internal/store"
	"towerbridge/money"
	"towerbridge/simulate"
	"towerbridge/whatif"
)

// runTrials simulates, and shows how the credits are distributed.
func (c *whatifCommand) runTrials(s *session, merges []whatif.Merge, against store.Store) error {
	switch {
	case len(c.Log) > 0:
		return usage("--trials simulates, and reads no --log; fit a profile to the log by simulate --fit")
	case c.Trials < 0:
		return usage("--trials is not a number of trials")
	case against == nil && len(merges) > 0:
		return usage("missing flags: --against=DIR; a merge without it has no contracts to try")
	case c.Drop || c.AsOf != nil:
		return usage("--drop-internal-waiting and --as-of are about a log, and --trials reads none")
	}
	from, err := c.store(s, nil)
	if err != nil {
		return err
	}
	profile := simulate.Default()
	if c.Profile != "" {
		if profile, err = app.ReadProfile(c.Profile); err != nil {
			return err
		}
	}
	progress, done := s.progressOf("trials", false)
	result, err := app.RunTrials(s.ctx, from, against, app.TrialsOrder{
		Periods: c.Period, Merges: merges, Profile: profile, Trials: c.Trials, Tickets: c.Tickets, Seed: c.Seed, Workers: runtime.GOMAXPROCS(0),
	}, progress)
	done()
	if err != nil {
		return err
	}
	if c.HTML != "" {
		book, err := app.ReadBook(s.ctx, from)
		if err != nil {
			return err
		}
		if err := writePage(c.HTML, &report.Trials{Book: book, Result: result}); err != nil {
			return err
		}
	}
	if s.json {
		return writeJSON(s.Stdout, result)
	}
	s.printTrials(result)
	return nil
}

// printTrials shows the trials of each book.
func (s *session) printTrials(r *whatif.Trials) {
	s.print("%s of %s, %s to %s, seed %d, profile %s\n", counted(r.Trials, "trial", "trials"), counted(r.Tickets, "ticket", "tickets"), r.From, r.To, r.Seed, plain(r.Profile))
	for i := range r.Books {
		b := &r.Books[i]
		s.print("\n%s\n", plain(b.Estate))
		var t table
		t.row("credits of a trial", "charges", "least", "5 %", "median", "95 %", "most", "trials with credits")
		row := func(name, charges string, d *whatif.Distribution) {
			t.row(name, charges, d.Least.String(), d.P5.String(), d.Median.String(), d.P95.String(), d.Most.String(), fmt.Sprint(d.Some))
		}
		for j := range b.Contracts {
			row(b.Contracts[j].Contract, b.Contracts[j].Charges.String(), &b.Contracts[j].Credits)
		}
		for j := range b.All {
			row("all contracts", "", &b.All[j])
		}
		t.write(s.Stdout, "  ")
		s.printCaps(b)
		s.printDrivers(b)
	}
	s.print("\n%s\n", plain(r.Meaning))
}

// printCaps shows how often each cap bites.
func (s *session) printCaps(b *whatif.Regime) {
	var t table
	t.row("cap", "clause", "bites in trials", "in statements", "takes off in all")
	for i := range b.Contracts {
		for _, k := range b.Contracts[i].Caps {
			t.row(fmt.Sprintf("%s/%s/%d", b.Contracts[i].Contract, k.Scheme, k.Number), k.Clause, fmt.Sprint(k.Trials), fmt.Sprintf("%d of %d", k.Statements, k.Of), k.Excess.String())
		}
	}
	if len(t.rows) > 1 {
		s.print("\n")
		t.write(s.Stdout, "  ")
	}
}

// printDrivers shows which measures cost most.
func (s *session) printDrivers(b *whatif.Regime) {
	var t table
	t.row("measure", "share", "leads trials", "costs in trials", "failed periods", "sum before caps", "name")
	for i := range b.Contracts {
		for _, d := range b.Contracts[i].Drivers {
			if d.Costs > 0 {
				t.row(b.Contracts[i].Contract+"/"+d.Measure, d.Share.Percent(1, money.HalfUp).String()+" %", fmt.Sprint(d.Leads), fmt.Sprint(d.Costs), fmt.Sprintf("%d of %d", d.Failed, d.Of), d.Sum.String(), d.Name)
			}
		}
	}
	if len(t.rows) > 1 {
		s.print("\n")
		t.write(s.Stdout, "  ")
	}
}
