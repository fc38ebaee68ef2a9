package simulate

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"towerbridge/span"
)

// worker makes blocks, one after another. What it remembers between them are terms it
// has looked up.
type worker struct {
	*Simulation
	terms  map[termsKey]*terms
	births []birth
	events []event
	truth  []played
	stops  []stopped
	places []uint32 // scratch of sorting: of the seconds of a day
	sorted []event
	lines  lines
	had    []uint32 // by party: the ticket that it was last offered
}

// played is a trick that was played on a ticket.
type played struct {
	trick  int // in the options
	ticket uint32
}

// stopped is a stop of the block at hand, with the ticket that stands for it.
type stopped struct {
	until  span.Instant
	ticket uint32
}

// birth is a ticket about to be opened.
type birth struct {
	at      span.Instant
	numbers dice
	sort    birthSort
	service uint16
	stop    int16 // of the block's stops
	order   int32 // in which it was thought of; decides within one second
}

type birthSort uint8

const (
	call       birthSort = iota
	standing             // the ticket of a stop
	dependent            // of a service that a stop takes along
	callOfStop           // of a user about a stop
	test
)

func newWorker(s *Simulation) *worker {
	return &worker{Simulation: s, terms: map[termsKey]*terms{}, had: make([]uint32, len(s.parties.list))}
}

// block makes the tickets of a day. The events stand in the order of their tickets and
// then of time, and are appended to those the worker has.
func (w *worker) block(at int) {
	d := &w.days[at]
	stream := rand.New(rand.NewPCG(w.options.Seed, uint64(at)))
	w.truth, w.births, w.stops = w.truth[:0], w.births[:0], w.stops[:0]
	for i := range d.stops {
		w.stand(d, i, stream)
	}
	for range d.tests {
		w.births = append(w.births, birth{numbers: dice(stream.Uint64()), sort: test, at: d.start})
	}
	hours := w.hours
	for len(w.births) < d.tickets {
		b := birth{numbers: dice(stream.Uint64())}
		b.at = w.wall(d, int64(hours.draw(&b.numbers))*3600+b.numbers.below(3600))
		b.service = uint16(d.era.calls.draw(&b.numbers))
		w.births = append(w.births, b)
	}
	w.testNight(d)
	for i := range w.births {
		w.births[i].order = int32(i)
	}
	slices.SortFunc(w.births, func(a, b birth) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
	for i := range w.births {
		w.live(d, &w.births[i], d.first+uint32(i)+1)
	}
}

// wall returns the instant of a second of a day's wall clock.
func (w *worker) wall(d *day, second int64) span.Instant {
	if d.plain {
		return d.start + span.Instant(second)
	}
	return d.date.At(int(second), w.zone)
}

// stand adds the births of a stop: its own, those of the services that it takes along,
// and the users' calls, all of the same day.
func (w *worker) stand(d *day, i int, stream *rand.Rand) {
	x := &d.stops[i]
	at := w.wall(d, x.second)
	w.stops = append(w.stops, stopped{until: at + span.Instant(x.length)})
	add := func(sort birthSort, service int, from, within int64) {
		b := birth{numbers: dice(stream.Uint64()), sort: sort, service: uint16(service), stop: int16(i)}
		b.at = at + span.Instant(min(from+b.numbers.below(within), daySeconds-1-x.second))
		w.births = append(w.births, b)
	}
	add(standing, x.service, 0, 1)
	if x.planned {
		return
	}
	for _, service := range d.era.services[x.service].dependents {
		add(dependent, service, 60, 340)
	}
	for range x.calls {
		add(callOfStop, x.service, 180, max(300, x.length*3/4))
	}
}

// testNight puts the records of a mass test, which are one service's, between 02:00
// and 04:00, seconds apart.
func (w *worker) testNight(d *day) {
	if d.tests == 0 {
		return
	}
	var at, gap int64
	var service uint16
	first := true
	for i := range w.births {
		b := &w.births[i]
		if b.sort != test {
			continue
		}
		if first {
			at, gap = 2*3600+b.numbers.below(1800), max(1, min(40, 5400/int64(d.tests)))
			service, first = uint16(d.era.calls.draw(&b.numbers)), false
		}
		b.at, b.service = w.wall(d, min(at, 4*3600-1)), service
		at += b.numbers.below(2*gap + 1)
	}
}

// live lets a ticket live.
func (w *worker) live(d *day, b *birth, number uint32) {
	l := life{worker: w, dice: b.numbers, era: d.era, number: number, now: b.at, opened: b.at}
	l.is.service = b.service
	switch b.sort {
	case standing:
		w.stops[b.stop].ticket = number
		l.outage(&w.stops[b.stop], d.stops[b.stop].planned, false)
	case dependent:
		l.outage(&w.stops[b.stop], false, true)
	case callOfStop:
		l.callOfStop(&w.stops[b.stop])
	case test:
		l.test()
	default:
		l.call()
	}
}
