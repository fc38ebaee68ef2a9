package sqlstore

import (
	"context"
	"slices"

	"towerbridge/eventlog"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/statement"
)

// Part returns the journal of the tickets that something needs: see [store.Reader].
func (s *Store) Part(ctx context.Context, needs []statement.Need, progress store.Progress) (*journal.Journal, error) {
	return s.gather(ctx, func(v *view) ([]int64, error) {
		var numbers []int64
		for i := range needs {
			some, err := v.needed(&needs[i])
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, some...)
		}
		slices.Sort(numbers)
		return slices.Compact(numbers), nil
	}, progress)
}

// Journal returns all entries: see [store.Store]. The book is not needed: entries of a
// record name what their estate does.
func (s *Store) Journal(ctx context.Context, _ *statement.Book, progress store.Progress) (*eventlog.Result, error) {
	j, err := s.gather(ctx, func(v *view) ([]int64, error) {
		return v.numbers("SELECT no FROM ticket ORDER BY no")
	}, progress)
	if err != nil {
		return nil, err
	}
	n := int64(j.Len())
	return &eventlog.Result{Journal: j, Rows: n, Entries: n, Files: []string{s.name}}, nil
}

// numbers returns the numbers that a query finds.
func (v *view) numbers(text string, args ...any) (list []int64, err error) {
	err = v.query(func(scan func(...any) error) error {
		var no int64
		err := scan(&no)
		list = append(list, no)
		return err
	}, text, args...)
	return list, err
}

// needed returns the numbers of the tickets of one need. They are found either by when
// they were opened or by when they changed, whichever leaves fewer to look at. A column
// to which zero is added is one whose index is not to be used.
func (v *view) needed(n *statement.Need) ([]int64, error) {
	table, number, party := "ticket", "no", ""
	args := []any{int64(n.Before), int64(n.Since)}
	if n.Party != "" {
		table, number, party = "ticket_party", "ticket", "party = $3 AND "
		args = append(args, n.Party)
	}
	earliest, latest, err := v.ends(table, n.Party)
	if err != nil {
		return nil, err
	}
	find := "SELECT " + number + " FROM " + table + " WHERE " + party
	if int64(n.Before)-earliest <= latest-int64(n.Since) {
		return v.numbers(find+"opened < $1 AND (open + 0 = 1 OR changed + 0 >= $2)", args...)
	}
	return v.numbers(find+"changed >= $2 AND opened + 0 < $1 UNION ALL "+find+"open = 1 AND changed < $2 AND opened + 0 < $1", args...)
}

// ends returns when the first of a party's tickets was opened, and when the last of
// them changed; both zero where there are none.
func (v *view) ends(table, party string) (earliest, latest int64, err error) {
	where, args := "", []any(nil)
	if party != "" {
		where, args = " WHERE party = $1", []any{party}
	}
	for _, x := range []struct {
		to     *int64
		column string
		order  string
	}{{&earliest, "opened", ""}, {&latest, "changed", " DESC"}} {
		text := "SELECT " + x.column + " FROM " + table + where + " ORDER BY " + x.column + x.order + " LIMIT 1"
		if err := v.query(func(scan func(...any) error) error { return scan(x.to) }, text, args...); err != nil {
			return 0, 0, err
		}
	}
	return earliest, latest, nil
}
