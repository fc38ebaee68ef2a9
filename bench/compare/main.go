// Compare times the product against its rivals on one question, in rounds of one
// run each so that a machine that speeds up or slows down does so for all, and
// holds every answer to the same lines.
//
//	go run ./bench/compare -limit bin/limit -towerbridge bin/towerbridge
//
// The question: of 1,000,000 tickets in 8,100,000 entries of CSV, per London
// month, supplier and priority, how many were resolved, how many of them within
// the response and the resolution target, and in how many working seconds. The
// contestants:
//
//	limit        a hand-tuned program that answers this question only
//	towerbridge  statement --all --json: every clock, measure and exclusion of
//	             six contracts for twelve months, from the same CSV
//	duckdb       straight from the same CSV (node and npm must be there)
//	postgres     intervals prepared beforehand in a throw-away cluster (the
//	             server's programs must be there); loading is not timed
//
// A rival whose programs the machine lacks is left out, and the report says so.
// Last, the bundles of one month are verified, timed against the statement that
// drew them. The exit status is 1 when an answer differs; a ratio that misses
// its bound is printed, not punished, for machines are noisy.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// options are the command line, its paths made absolute.
type options struct {
	limit, towerbridge, data, bench string
	rounds                          int
	only                            string
}

func main() {
	var o options
	flag.StringVar(&o.limit, "limit", "bin/limit", "the program built from bench/limit")
	flag.StringVar(&o.towerbridge, "towerbridge", "bin/towerbridge", "the product's program")
	flag.StringVar(&o.bench, "bench", "bench", "the folder of the rivals, their SQL and the estate")
	flag.StringVar(&o.data, "data", "bench/data", "the folder of events.csv, calendar.csv and targets.csv")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds to run; the report gives medians")
	flag.StringVar(&o.only, "only", "limit,towerbridge,duckdb,postgres", "contestants to run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	agree, err := o.run(ctx)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	case !agree:
		os.Exit(1)
	}
}

// run holds the contest and prints its report. It reports whether all answers
// agree.
func (o *options) run(ctx context.Context) (bool, error) {
	for _, path := range []*string{&o.limit, &o.towerbridge, &o.data, &o.bench} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return false, err
		}
		*path = absolute
	}
	out, err := os.MkdirTemp("", "towerbridge-answers-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(out)
	contestants, done, err := o.contestants(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	if err := contest(ctx, contestants, o.rounds, out); err != nil {
		return false, err
	}
	report(os.Stdout, contestants, o.rounds)
	agree, err := answers(os.Stdout, contestants, out)
	if err != nil || !o.wants("towerbridge") {
		return agree, err
	}
	return agree, o.month(ctx, os.Stdout)
}

func (o *options) wants(name string) bool {
	return strings.Contains(","+o.only+",", ","+name+",")
}

// contestant is one program that answers the question, or why it does not.
type contestant struct {
	name    string
	absent  string                              // why it is left out; empty when it runs
	command func(ctx context.Context) *exec.Cmd // a run, whose standard output is the answer
	remote  bool                                // the work is done in another process, whose memory is not seen
	samples []sample                            // one a round
}

// contestants prepares each rival. The function it returns puts away what they
// needed.
func (o *options) contestants(ctx context.Context) ([]*contestant, func(), error) {
	done := func() {}
	all := []*contestant{
		{name: "limit", command: func(ctx context.Context) *exec.Cmd {
			return exec.CommandContext(ctx, o.limit, filepath.Join(o.data, "events.csv"),
				filepath.Join(o.data, "calendar.csv"), filepath.Join(o.data, "targets.csv"))
		}},
		{name: "towerbridge", command: func(ctx context.Context) *exec.Cmd {
			return o.statement(ctx, "2025-01..2025-12", "--json")
		}},
		o.duckdb(),
	}
	if o.wants("postgres") {
		postgres, stop, err := o.postgres(ctx)
		if err != nil {
			return nil, nil, err
		}
		all, done = append(all, postgres), stop
	}
	var wanted []*contestant
	for _, c := range all {
		if o.wants(c.name) {
			wanted = append(wanted, c)
		}
	}
	return wanted, done, nil
}

// statement is the product drawing all contracts' statements of some periods.
func (o *options) statement(ctx context.Context, period string, more ...string) *exec.Cmd {
	estate := filepath.Join(o.bench, "estate")
	args := []string{
		"statement", "--estate", estate, "--log", filepath.Join(o.data, "events.csv"),
		"--mapping", filepath.Join(estate, "mappings", "bench.yaml"), "--all", "--period", period, "--as-of", "2026-02-01T00:00:00Z",
	}
	return exec.CommandContext(ctx, o.towerbridge, append(args, more...)...)
}

// duckdb is DuckDB by its package for node, installed under bench/duckdb.
func (o *options) duckdb() *contestant {
	c := &contestant{name: "duckdb"}
	folder := filepath.Join(o.bench, "duckdb")
	if _, err := exec.LookPath("node"); err != nil {
		c.absent = "node is not on this machine"
	} else if _, err := os.Stat(filepath.Join(folder, "node_modules", "@duckdb", "node-api")); err != nil {
		c.absent = "its package is not installed: run npm ci in bench/duckdb"
	}
	c.command = func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, "node", filepath.Join(folder, "run.mjs"), o.data, filepath.Join(o.bench, "sql", "duck.sql"))
	}
	return c
}
