package sqlstore

import (
	"context"
	"encoding/hex"
	"io"
	"strings"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// archived are the tables whose rows a backup holds, in the order in which they are
// restored, each in the order of its key. What is not here follows from them: the
// subtrees from the lines' leaves, the parties' tickets from the tickets.
var archived = []struct {
	into  *insertion
	order string
}{
	{intoSegment, "first"},
	{intoWithheld, "seq, place"},
	{intoItem, "shelf, id"},
	{intoItemVersion, "shelf, id, version"},
	{intoReplay, "who, key"},
	{intoCounter, "prefix"},
	{intoTicket, "no"},
	{intoTicketLines, "ticket, first"},
}

// Backup writes the whole ledger as it is at one moment: see [store.Keeper]. What lines
// withhold is in it as it is stored, sealed: the record's secret is not in a backup and
// must be kept beside it. The progress counts rows.
func (s *Store) Backup(ctx context.Context, w io.Writer, progress store.Progress) (store.Head, error) {
	var h head
	var failed error // of the writer, which is not the database's
	err := s.readWhole(ctx, func(v *view) error {
		header, err := v.archiveHeader(&h)
		if err != nil {
			return err
		}
		out, err := newArchiveWriter(w, header)
		if err != nil {
			failed = err
			return err
		}
		count := counting{progress: progress}
		for _, n := range header.Rows {
			count.total += n
		}
		for _, t := range archived {
			if failed, err = v.archive(out, t.into, t.order, &count); err != nil || failed != nil {
				return err
			}
		}
		failed = out.end()
		return nil
	})
	if failed != nil {
		return store.Head{}, fault.Wrap(fault.Unavailable, failed, "the backup cannot be written")
	}
	return h.public(), err
}

// archiveHeader reads the head and counts the rows.
func (v *view) archiveHeader(h *head) (*archiveHeader, error) {
	var mark []byte
	if err := v.query(h.scan, readHead); err != nil {
		return nil, err
	}
	if err := v.query(func(scan func(...any) error) error { return scan(&mark) }, "SELECT mark FROM head WHERE id = 1"); err != nil {
		return nil, err
	}
	root := h.root()
	out := &archiveHeader{
		Form: archiveForm, Size: h.size, Chain: hex.EncodeToString(h.chain[:]), Root: hex.EncodeToString(root[:]),
		Learnt: h.learnt, Acted: h.acted, Book: h.book, Tickets: h.tickets, Mark: hex.EncodeToString(mark), Rows: map[string]int64{},
	}
	for _, t := range archived {
		var n int64
		if err := v.query(func(scan func(...any) error) error { return scan(&n) }, "SELECT count(*) FROM "+t.into.table); err != nil {
			return nil, err
		}
		out.Rows[t.into.table] = n
	}
	return out, nil
}

// archive writes the rows of a table. The first error is the writer's.
func (v *view) archive(out *archiveWriter, t *insertion, order string, count *counting) (failed, err error) {
	if failed = out.begin(archiveTable{t.table, t.columns}); failed != nil {
		return failed, nil
	}
	values, places := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range values {
		places[i] = &values[i]
	}
	err = v.query(func(scan func(...any) error) error {
		if err := scan(places...); err != nil {
			return err
		}
		if failed = out.add(values); failed != nil {
			return failed
		}
		count.add(1)
		return nil
	}, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.table+" ORDER BY "+order)
	return failed, err
}

// counting tells of the progress of a piece of work.
type counting struct {
	progress    store.Progress
	done, total int64
	told        int64
}

// tellEvery is the number of steps between two calls of a progress function.
const tellEvery = 1024

func (c *counting) add(n int64) {
	c.done += n
	if c.progress != nil && (c.done-c.told >= tellEvery || c.done == c.total) {
		c.told = c.done
		c.progress(c.done, c.total)
	}
}

// finish tells that all is done.
func (c *counting) finish() {
	if c.progress != nil && c.told < c.total {
		c.told = c.total
		c.progress(c.total, c.total)
	}
}
