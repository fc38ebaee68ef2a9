package measure

import (
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
)

// Reach is which tickets a job may look at; all others change nothing that it counts.
// It says of a journal that was not read what [Taker.Take] says of each ticket.
type Reach struct {
	Party  string       // that has held the ticket, was offered it or rejected it; empty: any
	Before span.Instant // after the ticket's first entry happened
	Since  span.Instant // until its last happened or was learnt, where nobody works on it any more; span.Earliest where a clock may run on
}

// Reach returns which tickets the job may look at. The contract is compiled.
func (x Job) Reach() Reach {
	none, _ := journal.Merge(nil, nil)
	b := newJob(none, x, World{})
	out := Reach{Party: x.Contract.Supplier, Before: span.Earliest, Since: span.Never}
	for i, s := range b.spans {
		out.Before = max(out.Before, s.To)
		out.Since = min(out.Since, s.From, x.AsOf[i])
	}
	for i := range x.Contract.Measures {
		m := &x.Contract.Measures[i]
		if m.Availability != nil || m.External != nil || m.Survey != nil || b.attribution(m) == contract.ServiceTower {
			out.Party = ""
		}
	}
	if b.onAndOn {
		out.Since = span.Earliest
	}
	return out
}
