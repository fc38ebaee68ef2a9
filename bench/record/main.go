// Record times the record that parties write to together: `towerbridge serve` on SQLite
// and on PostgreSQL, driven over loopback as any program would drive it, beside the
// ticket systems of the field, driven by the same client in the same run.
//
//	go run ./bench/record -towerbridge bin/towerbridge -load bin/load
//
// Its parts, each of which may be left out by -only:
//
//	open    tickets opened through the API, acknowledged when durable: requests a
//	        second at 1, 8 and 32 clients, against the better of Request Tracker and Redmine
//	import  a year's log of 1,000,000 tickets taken into an empty record
//	month   one contract's month drawn from that record, and from the files
//	start   a server starting on it, and what it uses when it has nothing to do
//	read    one ticket read, at 32 clients
//	list    pages of 50 of 100,000 open tickets, at 1 and 8 clients
//	token   a token checked, in the program that checks it
//
// What a machine lacks is left out, and the report says so. Where more than one
// contestant runs they take turns in rounds, and a ratio is the median of the rounds'
// ratios: machines drift. The exit status is 1 when an answer is wrong; a figure that
// misses its bound is printed, not punished.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// options are the command line, its paths made absolute.
type options struct {
	towerbridge, load, bench, data string
	rounds                         int
	lasts                          time.Duration
	only                           string
}

func main() {
	var o options
	flag.StringVar(&o.towerbridge, "towerbridge", "bin/towerbridge", "the product's program")
	flag.StringVar(&o.load, "load", "bin/load", "the program built from bench/load")
	flag.StringVar(&o.bench, "bench", "bench", "the folder of the rivals and the estate")
	flag.StringVar(&o.data, "data", "bench/data", "the folder of events.csv and open.csv")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds to run; the report gives medians")
	flag.DurationVar(&o.lasts, "time", 8*time.Second, "time for which a server is driven at once")
	flag.StringVar(&o.only, "only", "open,import,month,start,read,list,token", "parts to run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	right, err := o.run(ctx)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	case !right:
		os.Exit(1)
	}
}

// run runs the parts and prints their report. It reports whether all answers were right.
func (o *options) run(ctx context.Context) (right bool, err error) {
	for _, path := range []*string{&o.towerbridge, &o.load, &o.bench, &o.data} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return false, err
		}
		*path = absolute
	}
	folder, err := os.MkdirTemp("", "towerbridge-record-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { // rivals run as another user
		return false, err
	}
	stores, done, err := o.stores(ctx, folder)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, done()) }()
	w := &report{out: os.Stdout, right: true}
	if o.wants("open") {
		if err := o.open(ctx, w, folder, stores); err != nil {
			return false, err
		}
	}
	if o.wants("import", "month", "start", "read", "list") {
		if err := o.year(ctx, w, stores); err != nil {
			return false, err
		}
	}
	if o.wants("token") {
		err = o.token(ctx, w)
	}
	return w.right, err
}

// wants reports whether one of these parts is to run.
func (o *options) wants(parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(","+o.only+",", ","+p+",") {
			return true
		}
	}
	return false
}
