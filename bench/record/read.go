package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"towerbridge/bench/process"
)

// look is one way of reading a record, at some numbers of clients.
type look struct {
	part, name string
	clients    []int
	bound      float64
	asked
}

// looks are asked with the rights of an analyst of the integrator, who sees every
// ticket. A range of tickets' numbers goes through nine in ten of the year's.
var looks = []look{
	{"read", "a ticket read", []int{1, 32}, mostReadP99, asked{path: "/api/v1/tickets/INC0{r:100000-999999}", flags: []string{"-want", `"id":"INC0`}}},
	{"list", "50 of 100,000 open tickets by when they are due", []int{1, 8}, mostListP99, asked{path: "/api/v1/tickets?open=true&sort=due&limit=50", flags: []string{"-want", `"next":"`}}},
	{"list", "the same of one supplier and priority", []int{1, 8}, mostListP99, asked{path: "/api/v1/tickets?open=true&sort=due&limit=50&party=SUP{r:1-6}&priority=P{r:2-4}", flags: []string{"-want", `"next":"`}}},
}

// reads drives a server on each record with every look that is wanted.
func (o *options) reads(ctx context.Context, w *report, years []*year) (err error) {
	for _, y := range years {
		shown, err := o.tokenFor(ctx, y.place, y.url, "analyst")
		if err != nil {
			return err
		}
		s, err := o.serve(ctx, y.place, y.url)
		if err != nil {
			return err
		}
		err = o.look(ctx, w, y, s, shown)
		time.Sleep(idle)
		after := float64(process.Memory(s.pid()))
		if err := errors.Join(err, s.stop()); err != nil {
			return err
		}
		w.print("%-*s %10s MiB\n", nameWidth, "serve after all that, "+y.name, number(after))
	}
	return nil
}

func (o *options) look(ctx context.Context, w *report, y *year, s *server, shown []string) error {
	for _, l := range looks {
		if !o.wants(l.part) {
			continue
		}
		for _, n := range l.clients {
			a := asked{path: l.path, flags: append(shown[:len(shown):len(shown)], l.flags...)}
			if _, err := o.drive(ctx, s, y.process(), n, warm, a); err != nil {
				return err
			}
			d, err := o.drive(ctx, s, y.process(), n, o.lasts, a)
			if err != nil {
				return err
			}
			if d.Bad > 0 {
				w.wrong("%s, %s: %d of %d answers, such as: %s", l.name, y.name, d.Bad, d.Requests, d.FirstBad)
			}
			fmt.Fprintf(os.Stderr, "%s, %s, %s: %.0f a second, p50 %.2f ms, processor %.2f+%.2f ms, others %.0f%%\n",
				l.name, y.name, several(n), d.PerSecond, d.P50, d.ServerCPU, d.DataCPU, 100*d.OthersBusy)
			w.most(fmt.Sprintf("%s, %s, p99 at %s", l.name, y.name, several(n)), d.P99, l.bound, " ms")
		}
	}
	return nil
}
