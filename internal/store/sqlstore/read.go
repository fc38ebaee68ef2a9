package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// view is a transaction that only reads: what it reads is of one moment.
type view struct {
	ctx context.Context
	tx  *sql.Tx
}

// read calls f with a view of one moment.
func (s *Store) read(ctx context.Context, f func(v *view) error) error {
	tx, err := s.engine.readers().BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return explain(err, "%s cannot be read", s.name)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return explain(f(&view{ctx, tx}), "%s cannot be read", s.name)
}

// readWhole is [Store.read] of one that reads tables from end to end.
func (s *Store) readWhole(ctx context.Context, f func(v *view) error) error {
	return s.read(ctx, func(v *view) error {
		for _, text := range s.engine.whole() {
			if _, err := v.tx.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return f(v)
	})
}

// query calls row for each row of a query.
func (v *view) query(row func(scan func(...any) error) error, text string, args ...any) error {
	rows, err := v.tx.QueryContext(v.ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Head returns how far the journal has come: see [store.Reader].
func (s *Store) Head(ctx context.Context) (store.Head, error) {
	var h head
	err := h.scan(s.engine.readers().QueryRowContext(ctx, readHead).Scan)
	return h.public(), explain(err, "%s cannot be read", s.name)
}

// Replay returns the receipt of a key that was used before: see [store.Reader].
func (s *Store) Replay(ctx context.Context, who, key string, request []byte) (store.Receipt, bool, error) {
	if !keepable(who) || !keepable(key) {
		return store.Receipt{}, false, nil
	}
	var r replay
	var receipt string
	err := s.engine.readers().QueryRowContext(ctx, "SELECT request, receipt FROM replay WHERE who = $1 AND key = $2", who, key).Scan(&r.request, &receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Receipt{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(receipt), &r.receipt)
	}
	if err != nil {
		return store.Receipt{}, false, explain(err, "%s cannot be read", s.name)
	}
	found, err := r.again(key, request)
	return found, true, err
}

// Ticket returns a ticket with its lines: see [store.Reader].
func (s *Store) Ticket(ctx context.Context, id string) (*store.Found, error) {
	found, err := s.Tickets(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if found[id] == nil {
		return nil, fault.New(fault.NotFound, "Check its id.", "there is no ticket %s", id)
	}
	return found[id], nil
}

// maxList is the number of values in one list of a query.
const maxList = 256

// Tickets returns those of the tickets that there are: see [store.Reader].
func (s *Store) Tickets(ctx context.Context, ids []string) (map[string]*store.Found, error) {
	out := make(map[string]*store.Found, len(ids))
	err := s.read(ctx, func(v *view) error {
		var list []store.Found
		for some := range slices.Chunk(keptOf(ids), maxList) {
			values := padded(some)
			err := v.query(func(scan func(...any) error) error {
				f, err := scanTicket(scan)
				list = append(list, f)
				return err
			}, "SELECT "+ticketColumns+" FROM ticket WHERE id"+among(values), values...)
			if err != nil {
				return err
			}
		}
		if err := v.lines(list); err != nil {
			return err
		}
		for i := range list {
			out[list[i].ID] = &list[i]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// anys returns values as arguments.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

// padded returns values as arguments, the last of them repeated until there are 1, 2, 4
// or so on: then there are few different texts of queries, which are kept prepared.
func padded[T any](list []T) []any {
	out := anys(list)
	for n := len(list); n > 0 && n&(n-1) != 0; n++ {
		out = append(out, list[len(list)-1])
	}
	return out
}

// among returns the end of a query that asks for rows with one of some values.
func among(values []any) string { return " IN (" + places(1, len(values)) + ")" }

// lines reads the lines of tickets.
func (v *view) lines(list []store.Found) error {
	at := make(map[int64]*store.Lines, len(list))
	numbers := make([]int64, len(list))
	for i := range list {
		numbers[i] = list[i].Number
		at[numbers[i]] = &list[i].Lines
	}
	slices.Sort(numbers)
	for some := range slices.Chunk(numbers, maxList) {
		values := padded(some)
		err := v.query(func(scan func(...any) error) error {
			var no, first, coding int64
			var distances, data []byte
			err := scan(&no, &first, &distances, &coding, &data)
			if err != nil {
				return err
			}
			return addChunk(at[no], first, distances, coding, data)
		}, "SELECT ticket, first, seqs, coding, lines FROM ticket_lines WHERE ticket"+among(values)+" ORDER BY ticket, first", values...)
		if err != nil {
			return err
		}
	}
	return nil
}

// addChunk adds a stored chunk's lines.
func addChunk(to *store.Lines, first int64, distances []byte, coding int64, data []byte) (err error) {
	before := len(to.Seq)
	if to.Seq, err = appendSeqs(to.Seq, first, distances); err != nil {
		return err
	}
	text, err := unpack(nil, coding, data)
	if err != nil {
		return err
	}
	lines := splitLines(text, len(to.Seq)-before)
	if len(lines) != len(to.Seq)-before {
		return errCoding
	}
	to.Line = append(to.Line, lines...)
	return nil
}
