package statement

import (
	"slices"

	"towerbridge/measure"
	"towerbridge/span"
)

// Need is a set of tickets that the drawing of statements may look at: those that a
// party has held or been offered (any ticket where it is empty), that were opened
// before an instant, and in which something happened since another or that are not
// over. Other tickets do not change the statements.
type Need struct {
	Party  string       // empty: whoever held it
	Before span.Instant // of the first entry
	Since  span.Instant // of the last entry, where the ticket is over; Earliest where that does not matter
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
		if n := (Need{Party: r.Party, Before: r.Before, Since: r.Since}); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}
