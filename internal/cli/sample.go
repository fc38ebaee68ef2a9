package cli

import (
	"fmt"
	"io"

	"towerbridge/audit"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/span"
)

type sampleCommand struct {
	Commit   sampleCommitCommand   `cmd:"" help:"Print the commitment to a seed, to hand over before the draw."`
	Draw     sampleDrawCommand     `cmd:"" help:"Draw tickets by the seeds of both parties, as CSV to record findings in."`
	Reveal   sampleRevealCommand   `cmd:"" help:"Check that a seed is the one that was committed to."`
	Estimate sampleEstimateCommand `cmd:"" help:"Extrapolate the findings to all tickets and to money."`
}

// frame is the flags that say what is sampled.
type frame struct {
	Measure  string        `required:"" placeholder:"ID" help:"Measure whose counted tickets are sampled."`
	Bundle   string        `placeholder:"FILE" help:"Bundle of the statement. In its place: --estate, --log, --contract and --period."`
	Contract string        `placeholder:"ID" help:"Contract, by its id."`
	Period   periods       `placeholder:"PERIOD" help:"One service period, such as 2012-04 or 2012-Q2."`
	AsOf     *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later. Left out: as for statements."`
	Log      list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too."`
	Estate   string        `placeholder:"DIR" xor:"from" help:"Folder that holds estate.yaml, contracts and calendars."`
	Record   string        `name:"store" placeholder:"URL" xor:"from" help:"The record, in place of a folder and logs."`
	Mapping  string        `placeholder:"FILE" help:"Mapping of the log; needed, unless every log is in the journal's own open form (.ndjson)."`
}

// read reads the frame.
func (f *frame) read(s *session) (*audit.Frame, error) {
	q := app.Sampling{Bundle: f.Bundle, Contract: f.Contract, AsOf: f.AsOf, Measure: f.Measure}
	var from store.Store
	if f.Bundle == "" {
		if (f.Estate == "" || len(f.Log) == 0) && f.Record == "" || f.Contract == "" || len(f.Period) != 1 {
			return nil, usage("missing flags: --bundle=FILE, or --estate and --log (or --store), --contract and --period with one service period")
		}
		var err error
		if from, err = (&source{Estate: f.Estate, Mapping: f.Mapping, Record: f.Record}).store(s, f.Log); err != nil {
			return nil, err
		}
		q.Period = f.Period[0]
	}
	progress, done := s.progress("reading the log")
	defer done()
	out, _, err := app.SampleFrame(s.ctx, from, q, progress)
	return out, err
}

// seeds is the flags that bring seeds.
type seeds struct {
	Seed   list `placeholder:"FILE ..." help:"Files that hold a seed: a phrase, or random bytes; at least 16 bytes each."`
	Phrase list `name:"seed-phrase" placeholder:"PHRASE ..." help:"Seeds as phrases. They stay in the shell's history; a file does not."`
}

// read reads the seeds: the phrases first.
func (x *seeds) read() ([]audit.Seed, error) {
	if len(x.Seed)+len(x.Phrase) == 0 {
		return nil, usage("missing flags: --seed=FILE or --seed-phrase=PHRASE")
	}
	return app.ReadSeeds(x.Phrase, x.Seed)
}

// one reads the only seed.
func (x *seeds) one() (audit.Seed, error) {
	list, err := x.read()
	if err == nil && len(list) > 1 {
		return nil, usage("one seed at a time: each party commits to its own")
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

type sampleCommitCommand struct {
	frame
	seeds
}

// Help is shown below the command's summary.
func (sampleCommitCommand) Help() string {
	return `The commitment is a digest of the seed and of the tickets that are sampled from. Each party hands over its commitment, then its seed: so neither can choose the tickets, and neither can change its mind.

Example:

    towerbridge sample commit --bundle out/end-user-2019-03.zip --measure KPI-1 --seed my-seed.txt
`
}

// Run prints the commitment.
func (c *sampleCommitCommand) Run(s *session) error {
	seed, err := c.one()
	if err != nil {
		return err
	}
	f, err := c.frame.read(s)
	if err != nil {
		return err
	}
	out := commitment{Contract: f.Contract, Measure: f.Measure, Period: f.Period, Tickets: len(f.Items), Frame: f.Digest, Commitment: audit.Commit(seed, f)}
	if s.json {
		return writeJSON(s.Stdout, out)
	}
	s.print("%s %s, measure %s: %s to draw from\nframe       %s\ncommitment  %s\n", plain(f.Contract), f.Period, plain(f.Measure),
		counted(len(f.Items), "ticket", "tickets"), f.Digest, out.Commitment)
	return nil
}

type commitment struct {
	Contract   string      `json:"contract"`
	Measure    string      `json:"measure"`
	Period     span.Period `json:"period"`
	Tickets    int         `json:"tickets"`
	Frame      string      `json:"frame"`
	Commitment string      `json:"commitment"`
	Agrees     *bool       `json:"agrees,omitempty"`
}

type sampleRevealCommand struct {
	frame
	seeds
	Commitment string `required:"" placeholder:"DIGEST" help:"Commitment that was handed over."`
}

// Help is shown below the command's summary.
func (sampleRevealCommand) Help() string {
	return `Where the seed is not the one that was committed to, or the tickets are not those that it was committed for, the status is 1.

Example:

    towerbridge sample reveal --bundle out/end-user-2019-03.zip --measure KPI-1 --seed their-seed.txt --commitment sha256:2f5e...
`
}

// Run checks the commitment.
func (c *sampleRevealCommand) Run(s *session) error {
	seed, err := c.one()
	if err != nil {
		return err
	}
	f, err := c.frame.read(s)
	if err != nil {
		return err
	}
	agrees := audit.Commit(seed, f) == c.Commitment
	if s.json {
		out := commitment{Contract: f.Contract, Measure: f.Measure, Period: f.Period, Tickets: len(f.Items), Frame: f.Digest, Commitment: c.Commitment, Agrees: &agrees}
		if err := writeJSON(s.Stdout, out); err != nil {
			return err
		}
	} else if agrees {
		s.print("the seed is the one that was committed to, for %s\n", counted(len(f.Items), "ticket", "tickets"))
	} else {
		s.print("the seed is not the one that was committed to, or not for these tickets\n")
	}
	if !agrees {
		return errTold
	}
	return nil
}

type sampleDrawCommand struct {
	frame
	seeds
	Number      int    `required:"" short:"n" placeholder:"N" help:"How many tickets to draw."`
	Commitments list   `name:"commitment" placeholder:"DIGEST ..." help:"Commitments of the seeds, in their order; nothing is drawn where one does not agree."`
	Out         string `placeholder:"FILE" help:"Write the CSV to a file; standard output if left out."`
}

// Help is shown below the command's summary.
func (sampleDrawCommand) Help() string {
	return `Phrases come before files, and each in the order typed: both parties must type the same order. The same tickets and seeds draw the same sample on every machine. In the CSV, fill in the column found with met or missed, as the ticket should have been counted.

Example:

    towerbridge sample draw --bundle out/end-user-2019-03.zip --measure KPI-1 --seed mine.txt theirs.txt --number 60 --out findings.csv
`
}

// Run draws.
func (c *sampleDrawCommand) Run(s *session) error {
	seeds, err := c.seeds.read()
	if err != nil {
		return err
	}
	f, err := c.frame.read(s)
	if err != nil {
		return err
	}
	d, err := audit.DrawSample(f, seeds, c.Number)
	if err != nil {
		return err
	}
	if len(c.Commitments) > 0 {
		if len(c.Commitments) != len(seeds) {
			return usage("give as many commitments as seeds, in the same order")
		}
		for i, x := range c.Commitments {
			if x != d.Commitments[i] {
				return fault.New(fault.Disagrees, "Ask for the seed that was committed to; check the order.", "seed %d does not agree with commitment %s", i+1, x)
			}
		}
	}
	if c.Out != "" {
		out := app.NewOutput("")
		defer out.Discard()
		if err := out.AddAt(c.Out, func(w io.Writer) error { return audit.WriteSample(w, d) }); err != nil {
			return err
		}
		if err := out.Commit(); err != nil {
			return err
		}
	}
	switch {
	case s.json:
		return writeJSON(s.Stdout, d)
	case c.Out != "":
		s.print("wrote %s: %s of %d\n", plain(c.Out), counted(len(d.Items), "ticket", "tickets"), d.Of)
		return nil
	}
	return audit.WriteSample(s.Stdout, d)
}

type sampleEstimateCommand struct {
	Findings string `arg:"" placeholder:"FINDINGS.csv" help:"The drawn sample with the column found filled in."`
	frame
	seeds
}

// Help is shown below the command's summary.
func (sampleEstimateCommand) Help() string {
	return `What the sample says of all tickets is an interval, exact for sampling without replacement, that holds with 95 %. The money is what the contract's own terms give for the whole number of tickets at its ends. With the seeds, the findings must be of the drawn tickets, each of them and no others.

Example:

    towerbridge sample estimate findings.csv --bundle out/end-user-2019-03.zip --measure KPI-1 --seed mine.txt theirs.txt
`
}

// Run estimates.
func (c *sampleEstimateCommand) Run(s *session) error {
	var seeds []audit.Seed
	var err error
	if len(c.Seed)+len(c.Phrase) > 0 {
		if seeds, err = c.seeds.read(); err != nil {
			return err
		}
	}
	f, err := c.frame.read(s)
	if err != nil {
		return err
	}
	findings, err := app.ReadSampleFindings(c.Findings, f, seeds)
	if err != nil {
		return err
	}
	e, err := audit.EstimateErrors(f, findings)
	if err != nil {
		return err
	}
	if len(seeds) == 0 {
		e.Notes = append(e.Notes, "Without the seeds it is not checked that these are the tickets that were drawn.")
	}
	if s.json {
		return writeJSON(s.Stdout, e)
	}
	printEstimate(s, e)
	return nil
}

func printEstimate(s *session, e *audit.Estimate) {
	s.print("%s %s, measure %s: %d of %d tickets looked at\n\n", plain(e.Contract), e.Period, plain(e.Measure), e.Errors.Sample, e.Errors.Of)
	var t table
	t.row("verdicts that are wrong", "found", "of", "among all", "lowest", "likely", "highest")
	for _, x := range []struct {
		name string
		audit.Extent
	}{{"either way", e.Errors}, {"flattering the supplier", e.Flattering}, {"harsh on the supplier", e.Harsh}} {
		t.row(x.name, fmt.Sprint(x.Found), fmt.Sprint(x.Sample), fmt.Sprint(x.Of), fmt.Sprint(x.Low), fmt.Sprint(x.Likely), fmt.Sprint(x.High))
	}
	t.writeAll(s.Stdout, "  ")
	s.print("  lowest to highest: %s, %s\n\n", e.Confidence, e.Method)
	t = table{}
	t.row("the statement", "put right", "met", "counted", "result", "band", "points", "total", "difference")
	for _, o := range e.Outcomes {
		t.row(o.Case, fmt.Sprint(o.Corrected), fmt.Sprint(o.Met), fmt.Sprint(o.Counted), o.Display, o.Band, fmt.Sprint(o.Points), o.Total.String(), o.Difference.String())
	}
	t.write(s.Stdout, "  ")
	for _, n := range e.Notes {
		s.print("\n%s\n", plain(n))
	}
}
