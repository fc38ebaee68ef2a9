package sqlstore

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// Restore reads a backup into an empty ledger: see [store.Keeper]. It is all or
// nothing: the lines are chained and their tree is grown anew, and where anything
// differs from what the backup says of itself, nothing is kept. The ledger must have
// been opened with the secret of the one that was backed up. The progress counts rows.
func (s *Store) Restore(ctx context.Context, r io.Reader, progress store.Progress) (store.Head, error) {
	in, err := newArchiveReader(r)
	if err != nil {
		return store.Head{}, err
	}
	defer in.close()
	if in.header.Mark != hex.EncodeToString(s.sealer.mark()) {
		return store.Head{}, fault.New(fault.Invalid, "Make the new record with the secret that was kept with the old one, then restore.",
			"the backup is of a record with another secret")
	}
	tx, err := s.engine.begin(ctx)
	if err != nil {
		return store.Head{}, explain(err, "nothing was restored to %s", s.name)
	}
	defer tx.rollback()
	x := &restoring{ctx: ctx, tx: tx, in: in, read: map[string]int64{}, count: counting{progress: progress}}
	for _, n := range in.header.Rows {
		x.count.total += n
	}
	if err := x.empty(s.engine.lockHead()); err != nil {
		return store.Head{}, explain(err, "nothing was restored to %s", s.name)
	}
	if err := x.rows(); err != nil {
		return store.Head{}, explain(err, "nothing was restored to %s", s.name)
	}
	var b batch
	x.head.write(&b)
	s.engine.notify(&b)
	if err := tx.finish(ctx, &b); err != nil {
		return store.Head{}, explain(err, "nothing was restored to %s", s.name)
	}
	s.news.tell(x.head.size)
	return x.head.public(), nil
}

// restoring is a restoration under way.
type restoring struct {
	ctx   context.Context
	tx    transaction
	in    *archiveReader
	head  head
	count counting
	read  map[string]int64 // rows, by table

	into    *insertion // of the rows at hand
	waiting [][]any
	bytes   int
	parties [][]any
	lines   []byte
}

// The number and the size of the rows that are handed to the database together.
const (
	loadRows  = 512
	loadBytes = 4 << 20
)

// empty checks that there is nothing yet, and keeps others from writing.
func (x *restoring) empty(lock string) error {
	var b batch
	var rows int64
	b.query(x.head.scan, readHead+lock)
	for _, t := range archived {
		b.query(func(scan func(...any) error) error {
			var n int64
			err := scan(&n)
			rows += n
			return err
		}, "SELECT count(*) FROM (SELECT 1 AS one FROM "+t.into.table+" LIMIT 1) x")
	}
	if err := x.tx.run(x.ctx, &b); err != nil {
		return err
	}
	if rows > 0 || x.head.size > 0 {
		return fault.New(fault.Conflict, "Restore into a new record.", "the record is not empty")
	}
	x.head = head{tree: tree{}, learnt: span.Earliest}
	return nil
}

// rows restores all rows, and what follows from them.
func (x *restoring) rows() error {
	for {
		row, err := x.in.row()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		if x.into == nil || x.into.table != x.in.table.Name {
			if err := x.turn(); err != nil {
				return err
			}
		}
		if err := x.take(row); err != nil {
			return err
		}
		x.count.add(1)
	}
	if err := x.flush(); err != nil {
		return err
	}
	return x.whole()
}

// turn begins another table.
func (x *restoring) turn() error {
	if err := x.flush(); err != nil {
		return err
	}
	t := x.in.table
	if x.read[t.Name] > 0 {
		return errArchive
	}
	for _, a := range archived {
		if a.into.table != t.Name {
			continue
		}
		for _, c := range t.Columns {
			if !slices.Contains(a.into.columns, c) {
				return fault.New(fault.Invalid, "Use the program that made it, or a newer one.", "the backup has a column %s.%s that this program does not know", t.Name, c)
			}
		}
		x.into = newInsertion(t.Name, 0, t.Columns...)
		return nil
	}
	return fault.New(fault.Invalid, "Use the program that made it, or a newer one.", "the backup has a table %s that this program does not know", t.Name)
}

// take takes a row.
func (x *restoring) take(row []any) error {
	var err error
	switch x.into.table {
	case intoSegment.table:
		err = x.segment(row)
	case intoTicket.table:
		err = x.ticket(row)
	}
	if err != nil {
		return err
	}
	x.read[x.into.table]++
	x.waiting = append(x.waiting, row)
	for _, v := range row {
		switch v := v.(type) {
		case []byte:
			x.bytes += len(v)
		case string:
			x.bytes += len(v)
		}
	}
	if len(x.waiting) >= loadRows || x.bytes >= loadBytes {
		return x.flush()
	}
	return nil
}

// flush hands the rows that wait to the database.
func (x *restoring) flush() error {
	if len(x.waiting) > 0 {
		if err := x.tx.load(x.ctx, x.into, x.waiting); err != nil {
			return err
		}
	}
	if len(x.parties) > 0 {
		if err := x.tx.load(x.ctx, intoTicketParty, x.parties); err != nil {
			return err
		}
	}
	x.waiting, x.parties, x.bytes = x.waiting[:0], x.parties[:0], 0
	return nil
}

// column returns a value of a row; nil where the row has no such column.
func (x *restoring) column(row []any, name string) any {
	if i := slices.Index(x.into.columns, name); i >= 0 {
		return row[i]
	}
	return nil
}

// number returns a value that is a whole number; zero where it is none.
func (x *restoring) number(row []any, name string) int64 {
	n, _ := x.column(row, name).(int64)
	return n
}

// bytesOf returns a value that is bytes; nil where it is none.
func (x *restoring) bytesOf(row []any, name string) []byte {
	b, _ := x.column(row, name).([]byte)
	return b
}

// segment chains the lines of a segment.
func (x *restoring) segment(row []any) error {
	first, count := x.number(row, "first"), x.number(row, "count")
	if first != x.head.size+1 {
		return fault.New(fault.Invalid, archiveRemedy, "the backup's lines go from %d to %d", x.head.size, first)
	}
	var err error
	if x.lines, err = unpack(x.lines[:0], x.number(row, "coding"), x.bytesOf(row, "lines")); err != nil {
		return fault.Wrap(fault.Invalid, err, "the backup's lines from %d on cannot be read", first)
	}
	lines := splitLines(x.lines, int(min(count, maxUnpacked)))
	leaves := splitHashes(x.bytesOf(row, "leaves"))
	if int64(len(lines)) != count || int64(len(leaves)) != count {
		return fault.New(fault.Invalid, archiveRemedy, "the backup has %d lines and %d leaves from %d on, and should have %d", len(lines), len(leaves), first, count)
	}
	var whole []subtree
	for i, line := range lines {
		leaf := tlog.RecordHash(line)
		if leaf != leaves[i] {
			return fault.New(fault.Invalid, archiveRemedy, "line %d of the backup is not the one that was chained", first+int64(i))
		}
		whole = x.head.add(leaf, whole)
	}
	if string(x.head.chain[:]) != string(x.bytesOf(row, "chain")) {
		return fault.New(fault.Invalid, archiveRemedy, "the backup's chain is broken at line %d", x.head.size)
	}
	if len(whole) == 0 {
		return nil
	}
	return x.tx.load(x.ctx, intoSubtree, subtreeRows(whole))
}

// ticket makes the rows of a ticket's parties.
func (x *restoring) ticket(row []any) error {
	parties, _ := x.column(row, "parties").(string)
	if parties == "" {
		return nil
	}
	t := standing{no: x.number(row, "no"), row: store.TicketRow{
		Opened: span.Instant(x.number(row, "opened")), Changed: span.Instant(x.number(row, "changed")), Due: span.Instant(x.number(row, "due")),
		Status: journal.New, Parties: strings.Split(parties, partySeparator),
	}}
	if x.number(row, "open") == 0 {
		t.row.Status = journal.ClosedStatus
	}
	x.parties = append(x.parties, t.partyRows()...)
	return nil
}

// whole checks that what was read is what the backup says it is, and takes over the
// rest of its head.
func (x *restoring) whole() error {
	h := x.in.header
	root := x.head.root()
	for what, pair := range map[string][2]string{
		"lines": {fmt.Sprint(x.head.size), fmt.Sprint(h.Size)},
		"chain": {hex.EncodeToString(x.head.chain[:]), h.Chain},
		"root":  {hex.EncodeToString(root[:]), h.Root},
	} {
		if pair[0] != pair[1] {
			return fault.New(fault.Invalid, archiveRemedy, "the backup says of its %s %s, and has %s", what, pair[1], pair[0])
		}
	}
	for _, t := range archived {
		if got, want := x.read[t.into.table], h.Rows[t.into.table]; got != want {
			return fault.New(fault.Invalid, archiveRemedy, "the backup has %d rows of the table %s, and says %d", got, t.into.table, want)
		}
	}
	x.head.learnt, x.head.acted, x.head.book, x.head.tickets = h.Learnt, h.Acted, h.Book, h.Tickets
	return nil
}
