package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// year is a record with the year's log in it: 1,000,000 tickets in 8,100,000 entries.
type year struct {
	*place
	url string
}

// year takes the year's log into an empty record at each place, then asks of the
// records what the options want.
func (o *options) year(ctx context.Context, w *report, places []*place) error {
	w.title("a record of 1,000,000 tickets")
	var years []*year
	for _, p := range places {
		if p.absent != "" {
			w.print("%s is left out: %s\n", p.name, p.absent)
			continue
		}
		url, err := p.new(ctx, "year")
		if err != nil {
			return err
		}
		y := &year{place: p, url: url}
		rate, err := o.taken(ctx, y, "events.csv", "bench.yaml", "--estate", filepath.Join(o.bench, "estate"))
		if err != nil {
			return err
		}
		w.least("import, "+p.name, rate, leastImportRate, " entries/s")
		years = append(years, y)
	}
	if o.wants("month") {
		if err := o.month(ctx, w, years); err != nil {
			return err
		}
	}
	if !o.wants("start", "read", "list") {
		return nil
	}
	for _, y := range years { // more tickets, of which none is resolved: see bench/run.sh
		if _, err := o.taken(ctx, y, "open.csv", "open.yaml"); err != nil {
			return err
		}
	}
	if o.wants("start") {
		if err := o.starts(ctx, w, years); err != nil {
			return err
		}
	}
	if o.wants("read", "list") {
		return o.reads(ctx, w, years)
	}
	return nil
}

// taken imports a log and returns how many entries were taken in a second, the reading
// of the log and all else that the command does included.
func (o *options) taken(ctx context.Context, y *year, log, mapping string, more ...string) (float64, error) {
	args := append([]string{
		"import", "--json", "--store", y.url, "--log", filepath.Join(o.data, log),
		"--mapping", filepath.Join(o.bench, "estate", "mappings", mapping),
	}, more...)
	start := time.Now()
	text, err := output(o.ours(ctx, y.place, args...))
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	var came struct{ Log struct{ Added int64 } }
	if err := json.Unmarshal(text, &came); err != nil {
		return 0, fmt.Errorf("import printed %.100q: %w", text, err)
	}
	if came.Log.Added == 0 {
		return 0, fmt.Errorf("import of %s into %s added nothing: %.200s", log, y.name, text)
	}
	fmt.Fprintf(os.Stderr, "import   %-12s %-10s %d entries in %.1f s\n", y.name, log, came.Log.Added, took.Seconds())
	return float64(came.Log.Added) / took.Seconds(), nil
}
