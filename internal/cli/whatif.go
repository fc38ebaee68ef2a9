package cli

import (
	"runtime"

	"towerbridge/internal/app"
	"towerbridge/internal/report"
	"towerbridge/internal/store"
	"towerbridge/internal/store/folder"
	"towerbridge/span"
	"towerbridge/whatif"
)

type whatifCommand struct {
	source
	Log     list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. They are read by the estate and its mapping. Needed, unless there is a --store or there are --trials."`
	Period  periods       `required:"" placeholder:"PERIOD" help:"A month (2012-04), a quarter (2012-Q2), or a range (2012-01..2012-12)."`
	Against string        `placeholder:"DIR" help:"Folder of the other estate, with its contracts and calendars."`
	Merge   list          `placeholder:"A,B=NEW ..." help:"Towers (or parties, team:NAME, line2) that become one: a tower or party of the other estate, or a new name where there is none."`
	By      string        `enum:"party,team,line" default:"party" placeholder:"LEVEL" help:"Whose hand-overs are listed: party, team or line."`
	AsOf    *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later in hand-overs and legs; the last instant at which the log learnt anything if left out."`
	Drop    bool          `name:"drop-internal-waiting" help:"Drop the waiting between those who become one, and move forward what follows. Left out: it is kept, and shown as what it was."`
	Trials  int           `placeholder:"N" help:"Simulate the periods so many times in place of reading a log, and print how the credits are distributed, how often caps bite and which measures drive them."`
	Tickets int           `default:"2000" placeholder:"N" help:"Tickets of each trial."`
	Seed    uint64        `default:"1" placeholder:"S" help:"Of the trials: the same seed, the same result, on every machine."`
	Profile string        `placeholder:"FILE" help:"Profile by which trials are simulated; the shipped one if left out. One can be fitted from a log, see simulate."`
	HTML    string        `name:"html" placeholder:"FILE" help:"Also write a page for people, with both sides, or with the trials."`
}

// Help is shown below the command's summary.
func (whatifCommand) Help() string {
	return `The same entries are read by the estate and by another: merged towers, another split, other targets, hours, bands or rates. Both are shown side by side: each measure, the credits, hand-overs, whose time it was. Hand-overs inside a merged tower are gone by rule; their waiting is kept unless told otherwise, and no second is lost. What a replay cannot know is said in plain words.

With --trials nothing is replayed: the periods are simulated many times, and every contract is drawn each time, so that a regime can be tried before it is signed, as by --trials 1000 --seed 7.

Example:

    towerbridge whatif --estate examples/constabulary --against examples/constabulary-two-towers --log log.ndjson --period 2019-01..2019-12
`
}

// Run replays.
func (c *whatifCommand) Run(s *session) error {
	merges, against, err := c.other()
	if err != nil {
		return err
	}
	if c.Trials != 0 {
		return c.runTrials(s, merges, against)
	}
	switch {
	case len(c.Log) == 0 && c.Record == "":
		return usage("missing flags: --log=FILE ..., --store=URL or --trials=N")
	case against == nil && len(merges) == 0:
		return usage("missing flags: --against=DIR or --merge=A,B=NEW")
	}
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	q := app.WhatIf{Merges: merges, Options: whatif.Options{Periods: c.Period, AsOf: c.AsOf, By: whatif.Level(c.By), DropInternal: c.Drop, Workers: runtime.GOMAXPROCS(0)}}
	progress, done := s.progress("reading the log")
	result, log, err := app.Replay(s.ctx, from, against, q, progress)
	done()
	if err != nil {
		return err
	}
	if c.HTML != "" {
		book, err := app.ReadBook(s.ctx, from)
		if err != nil {
			return err
		}
		if err := writePage(c.HTML, &report.WhatIf{Book: book, Result: result}); err != nil {
			return err
		}
	}
	rows := s.Stdout
	if s.json {
		if err := writeJSON(s.Stdout, result); err != nil {
			return err
		}
		rows = s.Stderr
	} else {
		s.printReplay(result)
	}
	if !s.json || log.Refused > 0 || len(log.Held) > 0 {
		s.tellRows(rows, log)
	}
	s.tellRefused(log)
	return nil
}

// other reads what is to be different.
func (c *whatifCommand) other() (merges []whatif.Merge, against store.Store, err error) {
	for _, text := range c.Merge {
		m, err := whatif.ParseMerge(text)
		if err != nil {
			return nil, nil, err
		}
		merges = append(merges, m)
	}
	if c.Against != "" {
		against = &folder.Folder{Dir: c.Against}
	}
	return merges, against, nil
}
