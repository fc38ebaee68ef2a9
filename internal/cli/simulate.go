package cli

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"towerbridge/internal/app"
	"towerbridge/simulate"
	"towerbridge/span"
)

type simulateCommand struct {
	source
	Profile string     `placeholder:"FILE" xor:"profile" help:"Profile: when users call, how suppliers work. What it leaves out is as in the shipped profile."`
	Fit     list       `placeholder:"LOG ..." xor:"profile" help:"Log files from which a profile is fitted, in place of one that is written."`
	Write   string     `name:"write-profile" placeholder:"FILE" help:"Where the profile is written: the fitted one, that of --profile, or the shipped one. Without --tickets nothing else is done."`
	Tickets int        `placeholder:"N" help:"How many tickets."`
	Seed    uint64     `default:"1" placeholder:"S" help:"The same seed, the same journal, on every machine."`
	Year    int        `default:"2019" placeholder:"YEAR" help:"Year in which the tickets are opened."`
	From    *span.Date `placeholder:"DATE" help:"First day on which tickets are opened, in place of --year."`
	To      *span.Date `placeholder:"DATE" help:"First day on which none is opened any more, with --from."`
	Trick   []string   `placeholder:"NAME[@PARTY][=SHARE]" help:"A trick that flatters figures, played on a share of the tickets on which it could be: late-pause, bunched-closure, period-end-closure, reprioritised, reopened-after-period, test-calls, rounding, calendar-change or backdated. May be given several times."`
	Truth   string     `placeholder:"FILE" help:"CSV of the tricks that were played, trick,ticket; the journal itself says nothing of them."`
	Workers int        `placeholder:"N" help:"How many days are made at once; one for each processor if left out. The journal is the same for any number."`
}

// Help is shown below the command's summary.
func (simulateCommand) Help() string {
	return `A simulated journal has the shape of a real one: arrivals by hour, weekday, season and holiday, suppliers each with their own speed, outages that take other services along, pauses, hand-overs, reopenings, late entries, scores. It is made up from the estate, its contracts and a profile, and is the same to the byte for the same seed. It is written to standard output in the journal's own open form, from which every command that takes --log reads it (.ndjson).

Example:

    towerbridge simulate --estate examples/constabulary --tickets 20000 --seed 7 --trick late-pause=20% --truth truth.csv > log.ndjson
`
}

// Run simulates.
func (c *simulateCommand) Run(s *session) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	profile, err := c.profile(s)
	if err != nil {
		return err
	}
	out := app.NewOutput("")
	defer out.Discard()
	if c.Write != "" {
		if err := out.AddAt(c.Write, func(w io.Writer) error { _, err := w.Write(simulate.Encode(profile)); return err }); err != nil {
			return err
		}
	}
	if c.Tickets == 0 {
		return out.Commit()
	}
	from, err := c.store(s, nil)
	if err != nil {
		return err
	}
	simulation, err := app.NewSimulation(s.ctx, from, profile, options)
	if err != nil {
		return err
	}
	workers := c.Workers
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	result, err := app.WriteSimulation(s.ctx, simulation, s.Stdout, workers)
	if err != nil {
		return err
	}
	if c.Truth != "" {
		if err := app.AddTruth(out, c.Truth, result.Truth); err != nil {
			return err
		}
	}
	return out.Commit()
}

// options reads what is asked for.
func (c *simulateCommand) options() (simulate.Options, error) {
	o := simulate.Year(c.Year, c.Tickets, c.Seed)
	switch {
	case c.Tickets == 0 && c.Write == "":
		return o, usage("missing flags: --tickets=N")
	case c.Tickets == 0 && c.Truth != "":
		return o, usage("--truth tells of tickets, and without --tickets there are none")
	case (c.From == nil) != (c.To == nil):
		return o, usage("--from and --to need each other")
	case c.From != nil:
		o.From, o.To = *c.From, *c.To
	case c.Year < 1900 || c.Year > 2198:
		return o, usage("--year is not from 1900 to 2198")
	}
	for _, text := range c.Trick {
		t, err := simulate.ParseTrick(text)
		if err != nil {
			return o, usage("--trick: %s", err)
		}
		o.Tricks = append(o.Tricks, t)
	}
	return o, nil
}

// profile reads the profile, or fits it.
func (c *simulateCommand) profile(s *session) (simulate.Profile, error) {
	switch {
	case len(c.Fit) > 0:
		from, err := c.store(s, c.Fit)
		if err != nil {
			return simulate.Profile{}, err
		}
		names := make([]string, len(c.Fit))
		for i, name := range c.Fit {
			names[i] = filepath.Base(name)
		}
		progress, done := s.progress("reading the log")
		defer done()
		return app.FitProfile(s.ctx, from, strings.Join(names, " "), progress)
	case c.Profile != "":
		return app.ReadProfile(c.Profile)
	}
	return simulate.Default(), nil
}
