package sqlstore

import (
	"context"

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
	by := string(q.By)
	if by == "" {
		by = string(store.ByOpened)
	}
	direction := ""
	if q.Descending {
		direction = " DESC"
	}
	var out []store.Found
	err := s.look(ctx, q, func(v *view, w way, seen bool) (err error) {
		var page search
		page.page(w, q, seen)
		out, err = v.found("("+page.String()+") p JOIN ticket t ON t.no = p.no", "1 = 1", "t."+by+direction+", t.no"+direction, page.args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// look calls f with the way to find the tickets of a query, unless there are none.
func (s *Store) look(ctx context.Context, q *store.Query, f func(v *view, w way, seen bool) error) error {
	w := bySight(&q.Sight)
	if len(w.branches) == 0 {
		return nil
	}
	if len(byQuery(q)) == 0 { // there is one way: one query, which is of one moment by itself
		return explain(f(s.queries(ctx), w, true), "%s cannot be read", s.name)
	}
	return s.read(ctx, func(v *view) error {
		w, seen, err := v.choose(q)
		if err != nil {
			return err
		}
		return f(v, w, seen)
	})
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
	err := s.look(ctx, q, func(v *view, w way, seen bool) error {
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
