package sqlstore

import (
	"context"
	"slices"
	"strings"
)

// strayLines removes lines by ticket of tickets that there are not.
func (r *rebuild) strayLines(ctx context.Context) error {
	for {
		var stray []int64
		err := r.readWhole(ctx, func(v *view) error {
			return v.query(func(scan func(...any) error) error {
				var no int64
				err := scan(&no)
				stray = append(stray, no)
				return err
			}, "SELECT DISTINCT l.ticket FROM ticket_lines l LEFT JOIN ticket t ON t.no = l.ticket WHERE t.no IS NULL LIMIT $1", int64(maxList))
		})
		if err != nil || len(stray) == 0 {
			return err
		}
		err = r.locked(ctx, func(b *batch, _ *head) {
			for _, no := range stray {
				b.exec("DELETE FROM ticket_lines WHERE ticket = $1 AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.no = $1)", no)
			}
		})
		if err != nil {
			return err
		}
	}
}

// partyOf is a party and the number of a ticket.
type partyOf struct {
	party string
	no    int64
}

// strayParties removes rows that list a ticket for a party that its own row does not
// name, and those of tickets that there are not.
func (r *rebuild) strayParties(ctx context.Context) error {
	var stray []partyOf
	err := r.readWhole(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var x partyOf
			var parties *string
			if err := scan(&x.party, &x.no, &parties); err != nil {
				return err
			}
			if !names(parties, x.party) {
				stray = append(stray, x)
			}
			return nil
		}, "SELECT p.party, p.ticket, t.parties FROM ticket_party p LEFT JOIN ticket t ON t.no = p.ticket")
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(stray, remadeTickets) {
		if err := r.removeParties(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// names reports whether the parties of a row name one.
func names(parties *string, party string) bool {
	return parties != nil && slices.Contains(strings.Split(*parties, partySeparator), party)
}

// removeParties removes rows, but for those that a writer has made good meanwhile.
func (r *rebuild) removeParties(ctx context.Context, some []partyOf) error {
	tx, err := r.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	var h head
	var b, out batch
	b.query(h.scan, readHead+r.engine.lockHead())
	good := make([]bool, len(some))
	for i, x := range some {
		b.query(func(scan func(...any) error) error {
			var parties *string
			err := scan(&parties)
			good[i] = names(parties, x.party)
			return err
		}, "SELECT parties FROM ticket WHERE no = $1", x.no)
	}
	if err := tx.run(ctx, &b); err != nil {
		return err
	}
	for i, x := range some {
		if !good[i] {
			out.exec("DELETE FROM ticket_party WHERE party = $1 AND ticket = $2", x.party, x.no)
		}
	}
	return tx.finish(ctx, &out)
}

// rest makes the subtrees and the counters anew, and sees that no number is given twice.
func (r *rebuild) rest(ctx context.Context) error {
	var highest int64
	err := r.readWhole(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error { return scan(&highest) }, "SELECT COALESCE(max(no), 0) FROM ticket")
	})
	if err != nil {
		return err
	}
	return r.locked(ctx, func(b *batch, h *head) {
		for height := tileHeight; height < 64; height += tileHeight {
			b.exec("DELETE FROM subtree WHERE height = $1 AND n < $2", int64(height), r.last>>height)
		}
		b.insert(intoSubtree, subtreeRows(r.subtrees))
		for prefix, n := range r.counters {
			b.exec("INSERT INTO counter (prefix, last) VALUES ($1, $2) ON CONFLICT (prefix) DO UPDATE SET last = excluded.last WHERE counter.last < excluded.last", prefix, n)
		}
		h.tickets = max(h.tickets, highest)
		h.write(b)
	})
}

// locked runs a batch while no entry is written.
func (r *rebuild) locked(ctx context.Context, f func(b *batch, h *head)) error {
	tx, err := r.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	var h head
	var first, b batch
	first.query(h.scan, readHead+r.engine.lockHead())
	if err := tx.run(ctx, &first); err != nil {
		return err
	}
	f(&b, &h)
	return tx.finish(ctx, &b)
}
