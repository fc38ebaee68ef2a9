package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// A journal is gathered by several workers, each of which reads a stretch of the
// tickets through a connection of its own:
//
//	numbers ─┬ 1 ... k ──▶ rows ──▶ lines ──▶ builder ─┐
//	         └ k+1 ... n ▶ rows ──▶ lines ──▶ builder ─┴─ merged ─▶ journal
//
// The connections do not see the very same moment. What is read is that of the first:
// lines only ever come to be added, so the later ones leave out what is beyond it.

// gatherers is the number of workers. There are more connections that read.
func gatherers() int { return min(4, runtime.GOMAXPROCS(0)) }

// gather returns the journal of the tickets whose numbers are chosen, in the order of
// the numbers. One journal is gathered at a time.
func (s *Store) gather(ctx context.Context, choose func(*view) ([]int64, error), progress store.Progress) (*journal.Journal, error) {
	select {
	case s.gathering <- struct{}{}:
		defer func() { <-s.gathering }()
	case <-ctx.Done():
		return nil, explain(ctx.Err(), "%s was not read", s.name)
	}
	j, err := s.gatherAlone(ctx, choose, progress)
	return j, explain(err, "%s cannot be read", s.name)
}

func (s *Store) gatherAlone(ctx context.Context, choose func(*view) ([]int64, error), progress store.Progress) (*journal.Journal, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	views, h, err := s.views(ctx, gatherers())
	defer func() {
		for _, v := range views {
			v.tx.Rollback() //nolint:errcheck // nothing was written
		}
	}()
	if err != nil {
		return nil, err
	}
	numbers, err := choose(views[0])
	if err != nil {
		return nil, err
	}
	count := &counted{total: int64(len(numbers)), tell: progress}
	builders := make([]*journal.Builder, len(views))
	errs := make([]error, len(views))
	var wait sync.WaitGroup
	for i, v := range views {
		from, to := i*len(numbers)/len(views), (i+1)*len(numbers)/len(views)
		wait.Go(func() {
			r := stretch{view: v, last: h.size, lines: eventlog.NewLines(h.learnt)}
			if errs[i] = r.read(numbers[from:to], count); errs[i] != nil {
				cancel() // the others need not go on
			}
			builders[i] = r.lines.Builder()
		})
	}
	wait.Wait()
	if err := first(errs); err != nil {
		return nil, err
	}
	j, findings := journal.Merge(builders, make([]uint32, len(builders)))
	return j, findings.Err()
}

// views opens connections, and returns the head as the first of them sees it.
func (s *Store) views(ctx context.Context, n int) (list []*view, h head, err error) {
	for range n {
		tx, err := s.engine.readers().BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
		if err != nil {
			return list, h, err
		}
		list = append(list, &view{ctx, tx, s.texts})
		if len(list) == 1 {
			if err := list[0].query(h.scan, readHead); err != nil {
				return list, h, err
			}
		}
	}
	return list, h, nil
}

// first returns the error that came first in earnest: the others are of being stopped.
func first(errs []error) error {
	var stopped error
	for _, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			stopped = err
		default:
			return err
		}
	}
	return stopped
}

// counted counts tickets for a progress.
type counted struct {
	mutex       sync.Mutex
	done, total int64
	tell        store.Progress
}

func (c *counted) add(n int64) {
	if c.tell == nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.done += n
	c.tell(c.done, c.total)
}

// stretch reads the lines of some tickets.
type stretch struct {
	*view
	last  int64 // sequence number of the last line that counts
	lines *eventlog.Lines
	text  []byte
	seqs  []int64
}

// stretchPage is the number of tickets whose lines are asked for at once.
const stretchPage = 256

func (r *stretch) read(numbers []int64, count *counted) error {
	statement, err := r.tx.PrepareContext(r.ctx, "SELECT first, seqs, coding, lines FROM ticket_lines WHERE ticket IN ("+
		places(1, stretchPage)+") ORDER BY ticket, first")
	if err != nil {
		return err
	}
	defer statement.Close()
	for some := range slices.Chunk(numbers, stretchPage) {
		values := anys(some)
		for len(values) < stretchPage {
			values = append(values, some[0])
		}
		rows, err := statement.QueryContext(r.ctx, values...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var at, coding int64
			var distances, data sql.RawBytes
			if err = rows.Scan(&at, &distances, &coding, &data); err == nil {
				err = r.chunk(at, distances, coding, data)
			}
			if err != nil {
				break
			}
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return err
		}
		count.add(int64(len(some)))
	}
	return nil
}

// chunk reads the lines of a chunk.
func (r *stretch) chunk(at int64, distances []byte, coding int64, data []byte) (err error) {
	if at > r.last {
		return nil
	}
	if r.seqs, err = appendSeqs(r.seqs[:0], at, distances); err != nil {
		return err
	}
	if r.text, err = unpack(r.text[:0], coding, data); err != nil {
		return err
	}
	rest := r.text
	for _, seq := range r.seqs {
		line, after, _ := bytes.Cut(rest, []byte{'\n'})
		rest = after
		if seq > r.last {
			return nil
		}
		if err := r.lines.Add(line); err != nil {
			return fault.New(fault.Disagrees, "Check the record with doctor.", "the line %d is not an entry: %v", seq, err)
		}
	}
	return nil
}
