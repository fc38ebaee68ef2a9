package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

var writerPromises = []promise{
	{"of many writers every acknowledged change is there once", manyWriters},
	{"several processes write to one ledger", severalProcesses},
	{"of those who change the same version one succeeds", oneWins},
	{"the same key at the same moment is one change", sameKeyAtOnce},
	{"a caller that goes away leaves the others alone", callerGoes},
}

// written is what a writer was told.
type written struct {
	store.Receipt
	key string
}

// write has a number of writers open tickets and note on them, each in turn, and
// returns what they were told.
func (s *stand) write(ledgers []store.Ledger, writers, rounds int) []written {
	s.Helper()
	out := make([][]written, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			l := ledgers[w%len(ledgers)]
			who := fmt.Sprint("writer", w)
			for n := 0; n < rounds; n += 2 {
				c := Opening(who, fmt.Sprint(n), fmt.Sprint("service", w%3), "desk")
				r, err := l.Commit(s.Context(), c)
				if err != nil {
					s.Errorf("%s, round %d: %v", who, n, err)
					return
				}
				row := c.Rows[0]
				row.ID, row.Version = r.Ticket, r.Last
				out[w] = append(out[w], written{r, who + "/" + fmt.Sprint(n)})
				if r, err = l.Commit(s.Context(), Noting(who, fmt.Sprint(n+1), row)); err != nil {
					s.Errorf("%s, round %d: %v", who, n+1, err)
					return
				}
				out[w] = append(out[w], written{r, who + "/" + fmt.Sprint(n+1)})
				s.clock.Set(s.clock.Instant() + span.Instant(w%3-1)) // a clock that is not steady
			}
		})
	}
	wg.Wait()
	var all []written
	for _, list := range out {
		all = append(all, list...)
	}
	return all
}

// thereOnce checks that what writers were told is so, and that there is nothing else.
func (s *stand) thereOnce(all []written) {
	s.Helper()
	lines := s.lines(1)
	CheckHead(s.T, s.head(), lines)
	if len(lines) != len(all) {
		s.Errorf("%d lines, acknowledged were %d", len(lines), len(all))
	}
	taken := map[int64]string{}
	for _, x := range all {
		if x.First != x.Last || x.First < 1 || x.First > int64(len(lines)) || x.Replayed {
			s.Fatalf("%s came to %+v", x.key, x.Receipt)
		}
		if other := taken[x.First]; other != "" {
			s.Errorf("%s and %s were both told %d", x.key, other, x.First)
		}
		taken[x.First] = x.key
		if l := s.parse(lines[x.First-1]); l.Ticket != x.Ticket || l.Learnt != x.Learnt {
			s.Errorf("%s was told ticket %s at %s, line %d is %s", x.key, x.Ticket, x.Learnt, x.First, lines[x.First-1])
		}
	}
	last := span.Earliest
	tickets := map[string]int{}
	for i, line := range lines {
		l := s.parse(line)
		if l.Learnt < last {
			s.Errorf("line %d was learnt at %s, the one before at %s", i+1, l.Learnt, last)
		}
		last = l.Learnt
		tickets[l.Ticket]++
	}
	for id, n := range tickets {
		if f := s.found(id); len(f.Lines.Line) != n || n != 2 {
			s.Errorf("ticket %s has %d lines, the journal %d, want 2", id, len(f.Lines.Line), n)
		}
	}
}

func manyWriters(s *stand) {
	s.thereOnce(s.write([]store.Ledger{s.ledger}, 32, 16))
}

func severalProcesses(s *stand) {
	s.thereOnce(s.write([]store.Ledger{s.ledger, s.open(), s.open()}, 12, 12))
}

func oneWins(s *stand) {
	row := s.found(s.tickets(1)[0]).TicketRow
	const writers = 16
	results := make(chan error, writers)
	ledgers := []store.Ledger{s.ledger, s.open()}
	for w := range writers {
		go func() {
			_, err := ledgers[w%2].Commit(s.Context(), Noting(fmt.Sprint("writer", w), "", row))
			results <- err
		}()
	}
	var won int
	for range writers {
		if err := <-results; err == nil {
			won++
		} else {
			s.refused(err, fault.Conflict, "a writer that came too late")
		}
	}
	if won != 1 || s.head().Size != 2 {
		s.Errorf("%d writers changed one version, the journal has %d lines", won, s.head().Size)
	}
}

func sameKeyAtOnce(s *stand) {
	const callers = 16
	receipts := make(chan store.Receipt, callers)
	ledgers := []store.Ledger{s.ledger, s.open()}
	var wg sync.WaitGroup
	for w := range callers {
		wg.Go(func() {
			r, err := ledgers[w%2].Commit(s.Context(), Opening("petra", "key-1", "mail", "desk"))
			if err != nil {
				s.Error(err)
			}
			receipts <- r
		})
	}
	wg.Wait()
	close(receipts)
	var first int
	for r := range receipts {
		if !r.Replayed {
			first++
		}
		if r.First != 1 || r.Last != 1 {
			s.Errorf("one key came to %+v", r)
		}
	}
	if first != 1 || s.head().Size != 1 {
		s.Errorf("one key was used %d times, the journal has %d lines", first, s.head().Size)
	}
}

// callerGoes has callers whose patience ends at once among others. What a caller that
// went away had asked for is either there or not; that of the others is there.
func callerGoes(s *stand) {
	const callers = 24
	var wg sync.WaitGroup
	var lock sync.Mutex
	told := map[string]bool{}
	for w := range callers {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(s.Context())
			defer cancel()
			if w%2 == 0 {
				go func() { time.Sleep(time.Duration(w) * 50 * time.Microsecond); cancel() }()
			}
			r, err := s.ledger.Commit(ctx, Opening(fmt.Sprint("caller", w), "key", "mail", "desk"))
			switch {
			case err == nil:
				lock.Lock()
				told[r.Ticket] = true
				lock.Unlock()
			case w%2 != 0:
				s.Errorf("caller %d waited and got %v", w, err)
			case fault.KindOf(err) != fault.Unavailable && !errors.Is(err, context.Canceled):
				s.Errorf("caller %d went away and got %v", w, err)
			}
		})
	}
	wg.Wait()
	lines := s.lines(1)
	CheckHead(s.T, s.head(), lines)
	for _, line := range lines {
		delete(told, s.parse(line).Ticket)
	}
	if len(told) > 0 {
		s.Errorf("acknowledged but not there: %v", told)
	}
	// A caller that went away may ask again under its key and is told what became of it.
	for w := range callers {
		if _, err := s.ledger.Commit(s.Context(), Opening(fmt.Sprint("caller", w), "key", "mail", "desk")); err != nil {
			s.Error(err)
		}
	}
	if n := s.head().Size; n != callers {
		s.Errorf("%d lines after all have asked again, want %d", n, callers)
	}
}
