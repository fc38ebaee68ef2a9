package statement

import (
	"slices"

	"towerbridge/measure"
	"towerbridge/span"
)

// Need is a set of tickets that the drawing of statements may look at: those that a
// party has had to do with (any ticket where it is empty), of which something happened
// before an instant, and which either are not over by all that is known, or of which
// something happened or was learnt since another. Other tickets do not change the
// statements.
//
// All of this is asked of every entry of a ticket, those that were withdrawn or learnt
// later included: a need holds whatever instant the statements are read as of.
type Need struct {
	Party  string       // that an entry, other than a note, names as holder; empty: whoever held it
	Before span.Instant // after the ticket's first entry happened
	Since  span.Instant // until its last happened or was learnt, whichever is later, where the ticket is over; span.Earliest where that does not matter
}

// Needs returns which tickets the drawing of the orders may look at, of a journal that
// learnt something last at an instant: so that a store need read no more. Drawn from
// these alone, with that instant as the journal's last, the statements are the same to
// the byte.
func Needs(b *Book, orders []Order, learnt span.Instant) ([]Need, error) {
	d := drawing{book: b, learnt: learnt}
	for i := range orders {
		if err := d.plan(&orders[i]); err != nil {
			return nil, err
		}
	}
	var out []Need
	for _, p := range d.jobs {
		r := measure.Job{Contract: p.contract, Periods: p.periods, AsOf: p.asOfs}.Reach()
		n := Need{Party: r.Party, Before: r.Before, Since: r.Since}
		if slices.ContainsFunc(out, n.within) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(x Need) bool { return x.within(n) }), n)
	}
	return out, nil
}

// within reports whether every ticket of a need is one of another's.
func (n Need) within(o Need) bool {
	return (o.Party == "" || o.Party == n.Party) && n.Before <= o.Before && n.Since >= o.Since
}
