// Limit answers the benchmark's question and nothing else, as close to the
// machine's limit as Go allows: for each London month, supplier and priority, the
// tickets resolved, those within the response and the resolution target, and the
// working seconds they took, read from the event CSV of bench/gen.
//
//	limit [-p workers] [-strict] [-tickets n] events.csv calendar.csv targets.csv
//
// Each worker reads its own slice of the file in chunks that stay in the cache,
// keeps 32 bytes a ticket in a dense array (no maps, no text), and two slices of
// a ticket's life are merged where they meet. It keeps no evidence, knows no
// other rule and trusts its input: a floor to measure by, not a design.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata"
)

type calDay struct {
	open uint32 // unix second of opening
	ln   uint32
	cum  uint32
	_    uint32
}

var (
	cal     []calDay    // indexed by unix day
	target  [5][2]int32 // by priority: response and resolution, in seconds
	nTicket = flag.Int("tickets", 1_000_000, "how many ticket numbers there are, counted from 1")
	workers = flag.Int("p", runtime.NumCPU(), "workers")
	strict  = flag.Bool("strict", false, "check every token in full")
)

func main() {
	flag.Parse()
	if flag.NArg() != 3 {
		fmt.Fprintln(os.Stderr, "usage: limit [-p workers] [-strict] [-tickets n] events.csv calendar.csv targets.csv")
		os.Exit(2)
	}
	initMonths()
	loadCal(flag.Arg(1))
	loadTargets(flag.Arg(2))
	f, err := os.Open(flag.Arg(0))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		panic(err)
	}
	answer(f, int(fi.Size()))
}

func loadCal(path string) {
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	for i, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if i == 0 {
			continue
		}
		f := strings.Split(l, ",")
		d, _ := strconv.Atoi(f[0])
		o, _ := strconv.Atoi(f[1])
		n, _ := strconv.Atoi(f[2])
		c, _ := strconv.Atoi(f[3])
		for len(cal) <= d {
			cal = append(cal, calDay{})
		}
		cal[d] = calDay{open: uint32(o), ln: uint32(n), cum: uint32(c)}
	}
}

func loadTargets(path string) {
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	for i, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if i == 0 {
			continue
		}
		f := strings.Split(l, ",")
		a, _ := strconv.Atoi(f[1])
		c, _ := strconv.Atoi(f[2])
		target[l[1]-'0'] = [2]int32{int32(a), int32(c)}
	}
}

func par(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); f(i) }()
	}
	wg.Wait()
}

// answer reads the file in one slice a worker, folds, merges and prints. Each
// worker reads its own byte range in chunks; a range starts after the first
// newline at or beyond its nominal start (the header line is worker 0's) and ends
// with the line that crosses its nominal end.
func answer(f *os.File, size int) {
	t0 := time.Now()
	sts := make([][]state, *workers)
	par(*workers, func(i int) {
		const chunk = 256 << 10
		st := make([]state, *nTicket)
		sts[i] = st
		buf := make([]byte, chunk+4096)
		pos, end := size*i / *workers, size*(i+1) / *workers
		if i > 0 {
			pos-- // the line that starts exactly at the boundary is ours
		}
		have, skip := 0, true
		base := pos // file offset of buf[0]
		for {
			n, _ := f.ReadAt(buf[have:chunk], int64(base+have))
			have += n
			eof := base+have >= size
			b := buf[:have]
			from := 0
			if skip {
				from = bytes.IndexByte(b, '\n') + 1
				skip = false
			}
			to := bytes.LastIndexByte(b, '\n') + 1
			done := eof
			if base+to >= end { // stop with the line that crosses end
				k := max(from, end-base-1)
				to = k + bytes.IndexByte(b[k:], '\n') + 1
				done = true
			}
			if to > from {
				parse(b[from:to:have], st)
			}
			if done {
				return
			}
			have = copy(buf, b[to:])
			base += to
		}
	})
	t1 := time.Now()
	var total grid
	grids := make([]grid, *workers)
	par(*workers, func(i int) {
		a, b := *nTicket*i / *workers, *nTicket*(i+1) / *workers
		for t := a; t < b; t++ {
			s := sts[0][t]
			for k := 1; k < *workers; k++ {
				merge(&s, &sts[k][t])
			}
			grids[i].add(&s)
		}
	})
	sum(&total, grids)
	fmt.Fprintf(os.Stderr, "parse+fold %v merge %v total %v\n", t1.Sub(t0), time.Since(t1), time.Since(t0))
	print(&total)
}
