package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

// The states of a ticket, in the order of its life: those up to in progress run
// the clock, those from resolved on count the ticket.
const (
	sNew = iota
	sAssigned
	sInProgress
	sPending
	sResolved
	sClosed
)

// state of one ticket over one slice of the log
type state struct {
	firstBT, lastBT, respBT, createdBT uint32
	resolvedAt                         uint32
	acc                                uint32
	lastStatus, prio, sup, seen        uint8
	_                                  uint32
}

//go:nosplit
func bizAt(c *calDay, ts uint32) uint32 {
	if ts <= c.open {
		return c.cum
	}
	return c.cum + min(ts-c.open, c.ln)
}

func (s *state) event(bt, ts uint32, st, prio, sup uint8, created, resolved bool) {
	if s.seen == 0 {
		s.seen = 1
		s.firstBT = bt
		s.prio = prio
	} else if s.lastStatus <= sInProgress {
		s.acc += bt - s.lastBT
	}
	s.lastBT = bt
	s.lastStatus = st
	s.sup = sup
	if st == sInProgress && s.respBT == 0 {
		s.respBT = bt
	}
	if created {
		s.createdBT = bt
	}
	if resolved {
		s.resolvedAt = ts
	}
}

const nMonth = 26

type (
	cell struct{ n, resp, reso, secs int64 }
	grid [nMonth][8][5]cell
)

var monthStart []uint32 // London month starts from 2025-01

func initMonths() {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	for i := 0; i <= nMonth; i++ {
		monthStart = append(monthStart, uint32(time.Date(2025, time.Month(1+i), 1, 0, 0, 0, 0, l).Unix()))
	}
}

func (g *grid) add(s *state) {
	if s.seen == 0 || s.lastStatus < sResolved {
		return
	}
	m := int((s.resolvedAt - monthStart[0]) / (31 * 86400)) // never too late
	for monthStart[m+1] <= s.resolvedAt {
		m++
	}
	c := &g[m][s.sup][s.prio]
	c.n++
	c.secs += int64(s.acc)
	if s.respBT != 0 && int32(s.respBT-s.createdBT) <= target[s.prio][0] {
		c.resp++
	}
	if int32(s.acc) <= target[s.prio][1] {
		c.reso++
	}
}

func merge(a, b *state) {
	if b.seen == 0 {
		return
	}
	if a.seen == 0 {
		*a = *b
		return
	}
	if a.lastStatus <= sInProgress {
		a.acc += b.firstBT - a.lastBT
	}
	a.acc += b.acc
	a.lastBT, a.lastStatus, a.sup = b.lastBT, b.lastStatus, b.sup
	if a.respBT == 0 {
		a.respBT = b.respBT
	}
	if b.resolvedAt != 0 {
		a.resolvedAt = b.resolvedAt
	}
}

func print(g *grid) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for m := range g {
		for s := range g[m] {
			for p := range g[m][s] {
				if c := &g[m][s][p]; c.n > 0 {
					fmt.Fprintf(w, "%04d-%02d,SUP%d,P%d,%d,%d,%d,%d\n", 2025+m/12, m%12+1, s, p, c.n, c.resp, c.reso, c.secs)
				}
			}
		}
	}
}

// preadMain: each worker reads its own byte range in chunks; a range starts after the first newline at or beyond its
func sum(t *grid, gs []grid) {
	for k := range gs {
		for m := range t {
			for s := range t[m] {
				for p := range t[m][s] {
					a, b := &t[m][s][p], &gs[k][m][s][p]
					a.n += b.n
					a.resp += b.resp
					a.reso += b.reso
					a.secs += b.secs
				}
			}
		}
	}
}
