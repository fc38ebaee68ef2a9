package sqlstore

import (
	"context"
	"slices"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// List returns a page of tickets with their lines: see [store.Reader].
func (s *Store) List(ctx context.Context, q *store.Query) ([]store.Found, error) {
	if err := checkQuery(q); err != nil {
		return nil, err
	}
	q, possible := onlyKeepable(q)
	if !possible {
		return nil, nil
	}
	var out []store.Found
	err := s.read(ctx, func(v *view) error {
		w, seen, err := v.choose(q)
		if err != nil || len(w.branches) == 0 {
			return err
		}
		var page search
		page.page(w, q, seen)
		numbers, err := v.numbers(page.String(), page.args...)
		if err != nil {
			return err
		}
		if out, err = v.tickets(numbers); err != nil {
			return err
		}
		return v.lines(out)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tickets returns tickets by number, in the order of the numbers given, without lines.
func (v *view) tickets(numbers []int64) ([]store.Found, error) {
	at := make(map[int64]int, len(numbers))
	for i, no := range numbers {
		at[no] = i
	}
	out := make([]store.Found, len(numbers))
	for some := range slices.Chunk(numbers, maxList) {
		values := padded(some)
		err := v.query(func(scan func(...any) error) error {
			f, err := scanTicket(scan)
			if err == nil {
				out[at[f.Number]] = f
			}
			return err
		}, "SELECT "+ticketColumns+" FROM ticket WHERE no"+among(values), values...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Count returns how many tickets a query finds: see [store.Reader].
func (s *Store) Count(ctx context.Context, q *store.Query, most int) (int, error) {
	if err := checkQuery(q); err != nil || most <= 0 {
		return 0, err
	}
	q, possible := onlyKeepable(q)
	if !possible {
		return 0, nil
	}
	var n int64
	err := s.read(ctx, func(v *view) error {
		w, seen, err := v.choose(q)
		if err != nil || len(w.branches) == 0 {
			return err
		}
		var count search
		count.count(w, q, seen, int64(most))
		return v.query(func(scan func(...any) error) error { return scan(&n) }, count.String(), count.args...)
	})
	return int(n), err
}

func checkQuery(q *store.Query) error {
	switch q.By {
	case "", store.ByOpened, store.ByChanged, store.ByDue:
		return nil
	}
	return fault.New(fault.Invalid, "Use opened, changed or due.", "tickets cannot be sorted by %q", q.By)
}

// many is the number of tickets up to which the tickets of a way are counted.
const many = 1000

// choose returns the way to find the tickets of a query, and whether the way itself
// shows only what the sight does. The way has no branches where the sight shows
// nothing.
func (v *view) choose(q *store.Query) (w way, seen bool, err error) {
	best := bySight(&q.Sight)
	others := byQuery(q)
	if len(best.branches) == 0 || len(others) == 0 {
		return best, true, nil
	}
	seen = true
	least := int64(many)
	if !q.Sight.All {
		if least, err = v.countWay(best, q); err != nil {
			return way{}, false, err
		}
	}
	for _, w := range others {
		n, err := v.countWay(w, q)
		if err != nil {
			return way{}, false, err
		}
		// One with many tickets is still a part of all, and read no further than the
		// page where its order is that of the list.
		if n < least || seen && q.Sight.All && w.ordered {
			best, least, seen = w, n, false
		}
	}
	return best, seen, nil
}

// countWay counts the tickets of a way, as far as it matters.
func (v *view) countWay(w way, q *store.Query) (n int64, err error) {
	only := &store.Query{Open: q.Open, Sight: store.Sight{All: true}}
	for i := 0; i < len(w.branches) && n < many && err == nil; i++ {
		var s search
		s.WriteString("SELECT count(*) FROM (")
		s.branch("1", &w.branches[i], only, true)
		s.bind(" LIMIT ?) x", int64(many))
		err = v.query(func(scan func(...any) error) error {
			var some int64
			err := scan(&some)
			n += some
			return err
		}, s.String(), s.args...)
	}
	return n, err
}
