package simulate

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"towerbridge/span"
)

// window is the entries that were learnt on one day of the UTC line, in that order;
// those of one second in the order of their tickets.
type window struct {
	events []event
	first  uint64 // key of the first
	text   []byte // the lines, where lines are asked for
}

// blocksAtOnce is how many days a worker makes before the workers wait for each other.
const blocksAtOnce = 2

// stream makes all blocks, merges them into windows and hands these to take, in order.
// render, where not nil, is called for each window before, by any worker; what take
// returns as an error ends the stream. It returns the number of events and what was
// played.
//
//	blocks (parallel) ─▶ by day learnt ─▶ sort, render (parallel) ─▶ take, in order
//
// A window is complete when every block that begins before its end has been made:
// nothing is learnt before it happens.
func (s *Simulation) stream(workers int, render func(*worker, *window), take func(*window) error) (int64, []played, error) {
	workers = max(1, workers)
	m := merger{Simulation: s, pending: map[int64][]event{}}
	for range workers {
		m.workers = append(m.workers, newWorker(s))
	}
	m.addOutside()
	var hand handOver
	hand.start(take)
	for from := 0; from < len(s.days); from += workers * blocksAtOnce {
		to := min(from+workers*blocksAtOnce, len(s.days))
		m.make(from, to)
		until := int64(math.MaxInt64)
		if to < len(s.days) {
			until = int64(s.days[to].start) / daySeconds
		}
		if err := hand.pass(m.complete(until, render), m.give); err != nil {
			return m.count, m.truth, err
		}
	}
	return m.count, m.truth, hand.end(m.give)
}

// merger turns blocks into windows.
type merger struct {
	*Simulation
	workers []*worker
	keys    uint64            // of the entries of completed windows
	pending map[int64][]event // by day learnt
	near    int64             // last day of which much will be learnt by the blocks at hand
	spare   [][]event         // storage to use again
	texts   [][]byte
	count   int64
	truth   []played
}

// made is one block.
type made struct {
	events []event
	truth  []played
}

// make makes the blocks of some days and adds their events to the windows.
func (m *merger) make(from, to int) {
	blocks := make([]made, to-from)
	for i := range blocks {
		blocks[i].events = m.storage()
	}
	m.parallel(len(blocks), func(w *worker, i int) {
		w.events = blocks[i].events
		w.block(from + i)
		blocks[i] = made{w.events, slices.Clone(w.truth)}
	})
	m.near = int64(m.days[to-1].start)/daySeconds + 1
	for _, b := range blocks {
		m.add(b.events)
		m.truth = append(m.truth, b.truth...)
		m.keep(b.events)
	}
}

// keep puts storage aside, to be used again.
func (m *merger) keep(events []event) {
	if len(m.spare) < 2*len(m.workers)*blocksAtOnce {
		m.spare = append(m.spare, events[:0])
	}
}

// storage returns room for events, used again where there is some.
func (m *merger) storage() []event {
	n := len(m.spare)
	if n == 0 {
		return nil
	}
	list := m.spare[n-1]
	m.spare = m.spare[:n-1]
	return list
}

// parallel calls work for each of n, by all workers.
func (m *merger) parallel(n int, work func(w *worker, i int)) {
	if len(m.workers) == 1 {
		for i := range n {
			work(m.workers[0], i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for _, w := range m.workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(w, i)
			}
		})
	}
	all.Wait()
}

// add puts events into the windows of the days on which they were learnt.
func (m *merger) add(events []event) {
	m.count += int64(len(events))
	last, list := int64(math.MinInt64), []event(nil)
	for i := range events {
		if at := int64(events[i].learnt()) / daySeconds; at != last {
			if list != nil {
				m.pending[last] = list
			}
			last, list = at, m.pending[at]
			if list == nil && at <= m.near { // what is far off is little, and stays long
				list = m.storage()
			}
		}
		list = append(list, events[i])
	}
	if list != nil {
		m.pending[last] = list
	}
}

// complete returns the windows of the days before a day, which nothing can be added to
// any more, sorted and rendered.
func (m *merger) complete(until int64, render func(*worker, *window)) []*window {
	days := make([]int64, 0, len(m.pending))
	for at := range m.pending {
		if at < until {
			days = append(days, at)
		}
	}
	slices.Sort(days)
	out := make([]*window, len(days))
	for i, at := range days {
		out[i] = &window{events: m.pending[at], first: m.keys + 1}
		m.keys += uint64(len(out[i].events))
		if len(m.texts) > 0 {
			out[i].text, m.texts = m.texts[len(m.texts)-1][:0], m.texts[:len(m.texts)-1]
		}
		delete(m.pending, at)
	}
	m.parallel(len(out), func(w *worker, i int) {
		out[i].events = w.order(out[i].events, days[i])
		if render != nil {
			render(w, out[i])
		}
	})
	return out
}

// give takes back the storage of windows that have been taken.
func (m *merger) give(windows []*window) {
	for _, w := range windows {
		m.keep(w.events)
		if w.text != nil && len(m.texts) < 2*len(m.workers)*blocksAtOnce {
			m.texts = append(m.texts, w.text)
		}
	}
}

// fewEvents is the number below which counting the seconds of a day is not worth it.
const fewEvents = 2000

// order sorts the events of a day by the second at which they were learnt; those of
// one second stay in their order.
func (w *worker) order(events []event, at int64) []event {
	if len(events) < fewEvents {
		slices.SortStableFunc(events, func(a, b event) int { return int(a.learnt() - b.learnt()) })
		return events
	}
	if w.places == nil {
		w.places = make([]uint32, daySeconds+1)
	}
	clear(w.places)
	start := span.Instant(at * daySeconds)
	for i := range events {
		w.places[events[i].learnt()-start+1]++
	}
	for i := 1; i < len(w.places); i++ {
		w.places[i] += w.places[i-1]
	}
	sorted := w.sorted
	if cap(sorted) < len(events) {
		sorted = make([]event, len(events)+len(events)/4)
	}
	sorted = sorted[:len(events)]
	for i := range events {
		second := events[i].learnt() - start
		sorted[w.places[second]] = events[i]
		w.places[second]++
	}
	w.sorted = events[:0]
	return sorted
}

// handOver hands windows to their taker while the next ones are being made.
type handOver struct {
	take   func(*window) error
	taking chan error // of the windows handed over last; nil where none are
	last   []*window
}

func (h *handOver) start(take func(*window) error) { h.take = take }

// pass waits until the windows handed over before have been taken, and hands over
// others.
func (h *handOver) pass(windows []*window, give func([]*window)) error {
	if err := h.end(give); err != nil {
		return err
	}
	taking := make(chan error, 1)
	h.taking, h.last = taking, windows
	go func() {
		for _, w := range windows {
			if err := h.take(w); err != nil {
				taking <- err
				return
			}
		}
		taking <- nil
	}()
	return nil
}

// end waits until all windows have been taken.
func (h *handOver) end(give func([]*window)) error {
	if h.taking == nil {
		return nil
	}
	err := <-h.taking
	give(h.last)
	h.taking, h.last = nil, nil
	return err
}
