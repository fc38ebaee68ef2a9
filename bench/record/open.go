package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// clients are how many ask at once, one number after another.
var clients = []int{1, 8, 32}

// several says how many clients there are.
func several(clients int) string {
	if clients == 1 {
		return "1 client"
	}
	return fmt.Sprintf("%d clients", clients)
}

// warm is how long each side is driven before anything is counted.
var warm = 2 * time.Second

// side is one side of the contest: a server that opens tickets.
type side struct {
	name     string
	absent   string // why it does not take part
	rival    bool
	server   *server
	database int // process
	open     asked
	results  map[int][]*driven // by clients, one a round
}

// opening is how a ticket is opened in the product: of a service, offered at once to the
// supplier of its tower, whose contract times it.
var opening = asked{path: "/api/v1/tickets", flags: []string{
	"-X", "POST", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: bench-{i}", "-want", `"id":"INC`,
	"-body", `{"kind":"incident","priority":"P2","service":"service1","party":"SUP1","summary":"` + summary + `","text":"` + trouble + `"}`,
}}

// open holds the contest of opening tickets.
func (o *options) open(ctx context.Context, w *report, folder string, places []*place) (err error) {
	sides, err := o.sides(ctx, folder, places)
	defer func() {
		for _, s := range sides {
			if s.server != nil {
				err = errors.Join(err, s.server.stop())
			}
		}
	}()
	if err != nil {
		return err
	}
	for round := 0; round <= o.rounds; round++ {
		for _, n := range clients {
			for _, s := range sides {
				if err := o.turn(ctx, s, round, n); err != nil {
					return err
				}
			}
		}
	}
	reportOpen(w, sides, o.rounds)
	return nil
}

// turn drives one side once. Round zero warms it and is not counted. What a rival did
// not open is not counted either; where it failed more often than one time in ten, and
// where we failed at all, there is nothing to compare.
func (o *options) turn(ctx context.Context, s *side, round, n int) error {
	if s.absent != "" {
		return nil
	}
	lasts := o.lasts
	if round == 0 {
		lasts = warm
	}
	d, err := o.drive(ctx, s.server, s.database, n, lasts, s.open)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	fmt.Fprintf(os.Stderr, "round %d  %-24s %10s %9.1f a second  p99 %8.1f ms  processor %5.2f+%.2f ms  others %2.0f%%\n",
		round, s.name, several(n), d.PerSecond, d.P99, d.ServerCPU, d.DataCPU, 100*d.OthersBusy)
	if d.Bad > 0 {
		wrong := fmt.Errorf("%s: %d of %d answers were not tickets that were opened, such as: %s", s.name, d.Bad, d.Requests, d.FirstBad)
		if !s.rival || d.Bad > d.Requests/10 {
			return wrong
		}
		fmt.Fprintln(os.Stderr, wrong) // Redmine answers 500 now and then when its database is busy
		d.PerSecond -= d.PerSecond * float64(d.Bad) / float64(d.Requests)
	}
	if round > 0 {
		s.results[n] = append(s.results[n], d)
	}
	return nil
}

// sides starts all sides. Those that were started are returned with an error too.
func (o *options) sides(ctx context.Context, folder string, places []*place) ([]*side, error) {
	var all []*side
	for i := range rivals {
		r := &rivals[i]
		s := &side{name: r.name, rival: true, open: r.open, results: map[int][]*driven{}}
		all = append(all, s)
		running, headers, absent, err := o.start(ctx, r, folder)
		if err != nil {
			return all, err
		}
		s.server, s.absent = running, absent
		s.open.flags = append([]string{"-headers", headers}, s.open.flags...)
	}
	for _, p := range places {
		s := &side{name: "towerbridge, " + p.name, absent: p.absent, open: opening, results: map[int][]*driven{}}
		all = append(all, s)
		if s.absent != "" {
			continue
		}
		url, err := p.new(ctx, "opened")
		if err != nil {
			return all, err
		}
		if err := o.estate(ctx, p, url); err != nil {
			return all, err
		}
		shown, err := o.tokenFor(ctx, p, url, "agent")
		if err != nil {
			return all, err
		}
		s.open.flags, s.database = append(shown, s.open.flags...), p.process()
		if s.server, err = o.serve(ctx, p, url); err != nil {
			return all, err
		}
	}
	return all, nil
}

// reportOpen prints what every side came to, and ours against the better rival's.
func reportOpen(w *report, sides []*side, rounds int) {
	w.title("tickets opened through the API, each durable when acknowledged: medians of %d interleaved rounds", rounds)
	w.print("%-26s", "")
	for _, n := range clients {
		w.print("%36s", several(n))
	}
	w.print("\n")
	for _, s := range sides {
		if s.absent != "" {
			w.print("%-26s left out: %s\n", s.name, s.absent)
			continue
		}
		w.print("%-26s", s.name)
		for _, n := range clients {
			w.print("%36s", fmt.Sprintf("%.1f/s p50 %.1f p99 %.1f ms", s.median(n, perSecond), s.median(n, p50), s.median(n, p99)))
		}
		w.print("\n")
	}
	w.print("\n")
	for _, s := range sides {
		if s.rival || s.absent != "" {
			continue
		}
		for _, n := range clients {
			name := fmt.Sprintf("%s / better rival, %s", s.name, several(n))
			best := better(sides, n)
			if best == nil {
				w.print("%-*s not measured: no rival is on this machine\n", nameWidth, name)
				continue
			}
			w.least(name, ratio(s.values(n, perSecond), best), leastOfRival, "x")
		}
		most := clients[len(clients)-1]
		w.most(fmt.Sprintf("%s, p99 at %s", s.name, several(most)), s.median(most, p99), mostOpenP99, " ms")
	}
}

// better returns the tickets a second of the rival that opened more, round by round; nil
// where there was none.
func better(sides []*side, n int) []float64 {
	var best []float64
	for _, s := range sides {
		if !s.rival || s.absent != "" {
			continue
		}
		for i, x := range s.values(n, perSecond) {
			if i == len(best) {
				best = append(best, 0)
			}
			best[i] = max(best[i], x)
		}
	}
	return best
}

func perSecond(d *driven) float64 { return d.PerSecond }
func p50(d *driven) float64       { return d.P50 }
func p99(d *driven) float64       { return d.P99 }

// values returns one figure of each round.
func (s *side) values(clients int, of func(*driven) float64) []float64 {
	var out []float64
	for _, d := range s.results[clients] {
		out = append(out, of(d))
	}
	return out
}

func (s *side) median(clients int, of func(*driven) float64) float64 {
	return median(s.values(clients, of))
}
