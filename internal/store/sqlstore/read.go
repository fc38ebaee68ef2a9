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

// view is a transaction that only reads: what it reads is of one moment. Without a
// transaction that is so for each query.
type view struct {
	ctx   context.Context
	tx    *sql.Tx // may be nil
	texts *texts
}

// queries returns what reads without a transaction.
func (s *Store) queries(ctx context.Context) *view { return &view{ctx: ctx, texts: s.texts} }

// read calls f with a view of one moment.
func (s *Store) read(ctx context.Context, f func(v *view) error) error {
	tx, err := s.engine.readers().BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return explain(err, "%s cannot be read", s.name)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return explain(f(&view{ctx, tx, s.texts}), "%s cannot be read", s.name)
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
	rows, err := v.texts.query(v.ctx, v.tx, text, args)
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
	err := s.queries(ctx).query(h.scan, readHead)
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
	if err == nil && found[id] == nil {
		err = fault.New(fault.NotFound, "Check its id.", "there is no ticket %s", id)
	}
	if err != nil {
		return nil, err
	}
	return found[id], nil
}

// maxList is the number of values in one list of a query.
const maxList = 256

// Tickets returns those of the tickets that there are: see [store.Reader].
func (s *Store) Tickets(ctx context.Context, ids []string) (map[string]*store.Found, error) {
	ids = keptOf(ids)
	out := make(map[string]*store.Found, len(ids))
	add := func(v *view) error {
		for some := range slices.Chunk(ids, maxList) {
			values := padded(some)
			list, err := v.found("ticket t", "t.id"+among(values), "t.no", values)
			if err != nil {
				return err
			}
			for i := range list {
				out[list[i].ID] = &list[i]
			}
		}
		return nil
	}
	var err error
	if len(ids) <= maxList { // one query is of one moment by itself
		err = explain(add(s.queries(ctx)), "%s cannot be read", s.name)
	} else {
		err = s.read(ctx, add)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// found returns tickets with their lines, in an order: those of a table, the ticket as
// t, for which a condition holds.
func (v *view) found(table, where, order string, args []any) ([]store.Found, error) {
	var out []store.Found
	err := v.query(func(scan func(...any) error) error {
		var first, coding int64
		var distances, data []byte
		f, err := scanTicket(scan, &first, &distances, &coding, &data)
		if err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].Number != f.Number {
			out = append(out, f)
		}
		return addChunk(&out[len(out)-1].Lines, first, distances, coding, data)
	}, "SELECT "+ticketColumns+", l.first, l.seqs, l.coding, l.lines FROM "+table+" JOIN ticket_lines l ON l.ticket = t.no WHERE "+where+
		" ORDER BY "+order+", l.first", args...)
	return out, err
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
