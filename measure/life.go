package measure

import (
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// life is the moments of a history, or of one of several lives of a reopened ticket,
// that measures ask for.
type life struct {
	over        bool // nobody works on it any more
	opened      int
	holding     int // the moment that says whose it is: the last resolution, or the last of all
	first, last int // moments of the first resolution, and of the last that still stands; -1 if none
	closed      int
	reopened    int // the last reopening
	subject     contract.Subject
	parties     [8]journal.Symbol // who held it, was offered it or rejected it
	met         int               // how many of them; one more if they do not fit
}

// of reads the moments from one up to but not including another.
func (l *life) of(h *ticket.History, from, to int) {
	*l = life{opened: from, first: -1, last: -1, closed: -1, reopened: -1}
	was := journal.SameStatus
	for i := from; i < to; i++ {
		m := &h.Moments[i]
		if m.Status.Done() != was.Done() {
			if m.Status.Done() {
				l.last = i
				if l.first < 0 {
					l.first = i
				}
			} else {
				l.reopened, l.last, l.closed = i, -1, -1
			}
		}
		if m.Status == journal.ClosedStatus && l.closed < 0 {
			l.closed = i
		}
		if i == from || m.Party != h.Moments[i-1].Party {
			l.meet(m.Party)
		}
		if m.RejectedBy != 0 {
			l.meet(m.RejectedBy)
		}
		was = m.Status
	}
	l.over = l.last >= 0
	l.holding = to - 1
	if l.over {
		l.holding = l.last
	}
	l.subject = clock.SubjectOf(&h.Moments[l.holding].State)
}

func (l *life) meet(party journal.Symbol) {
	if party == 0 || l.met > len(l.parties) {
		return
	}
	for _, p := range l.parties[:l.met] {
		if p == party {
			return
		}
	}
	if l.met < len(l.parties) {
		l.parties[l.met] = party
	}
	l.met++
}

// has reports whether a party may have had to do with the ticket.
func (l *life) has(party journal.Symbol) bool {
	if l.met > len(l.parties) {
		return true
	}
	for _, p := range l.parties[:l.met] {
		if p == party {
			return true
		}
	}
	return false
}

// at returns the moment that puts the ticket in a period, or -1.
func (l *life) at(in contract.CountsIn) int {
	switch in {
	case contract.InFirstResolution:
		return l.first
	case contract.InClosure:
		return l.closed
	case contract.InOpening:
		return l.opened
	case inReopening:
		return l.reopened
	}
	return l.last
}

// lastRejection returns the moment at which a party last rejected the ticket, or -1.
func lastRejection(h *ticket.History, party journal.Symbol) int {
	for i := len(h.Moments) - 1; i >= 0; i-- {
		if m := &h.Moments[i]; m.Event == journal.Rejected && party != 0 && m.RejectedBy == party {
			return i
		}
	}
	return -1
}

// measurementSpans returns the spans of the measurement periods that end with the
// job's service periods, and widens what the job looks at to hold them. A service
// period with which none ends has an empty span where the one it lies in begins, so
// that the spans stay in order.
func (b *job) measurementSpans(months int) []span.Span {
	out := make([]span.Span, len(b.Periods))
	for i, p := range b.Periods {
		m, ends := measurementPeriod(p, months)
		out[i] = m.In(b.Contract.Location)
		if !ends {
			out[i].To = out[i].From
		}
		b.spans[i].From = min(b.spans[i].From, out[i].From)
	}
	return out
}

// measurementPeriod returns the measurement period that a service period lies in, and
// whether it ends with it: quarters end with March, June, September and December.
func measurementPeriod(p span.Period, months int) (span.Period, bool) {
	_, m, _ := p.To.Civil()
	over := (int(m) - 1) % months // months by which p ends after the last measurement period did
	if over == 0 {
		return span.Period{From: p.To.AddMonths(-months), To: p.To}, true
	}
	from := p.To.AddMonths(-over)
	return span.Period{From: from, To: from.AddMonths(months)}, false
}

// period returns the period, read at asOf, in whose span an instant lies, or -1.
func (b *job) period(spans []span.Span, at, asOf span.Instant) int {
	lo, hi := 0, len(spans)
	for lo < hi {
		mid := (lo + hi) / 2
		if spans[mid].To <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(spans) || at < spans[lo].From || b.AsOf[lo] != asOf {
		return -1
	}
	return lo
}

// had reports whether the supplier ever held the ticket or was offered it: one that
// it never had is no concern of the contract and stays out of its bundle.
func (b *job) had(h *ticket.History) bool {
	for i := range h.Moments {
		if h.Moments[i].Party == b.supplier {
			return b.supplier != 0
		}
	}
	return false
}

// ours reports whether the ticket is attributed to the contract's supplier.
func (b *job) ours(h *ticket.History, l *life, a contract.Attribution) bool {
	if a == contract.ServiceTower {
		on := span.DateIn(h.Opened(), b.Contract.Location)
		tower := b.world.TowerOf(b.reader.Journal.Name(h.Last().Service), on)
		return tower != "" && b.world.SupplierOf(tower, on) == b.Contract.Supplier
	}
	if b.supplier == 0 {
		return false
	}
	switch a {
	case contract.HolderAtOpening:
		for i := range h.Moments {
			if h.Moments[i].Party != 0 {
				return h.Moments[i].Party == b.supplier
			}
		}
		return false
	case contract.AnyHolder:
		return b.had(h)
	}
	m := &h.Moments[l.holding]
	return m.Party == b.supplier || (m.Party == 0 && m.RejectedBy == b.supplier)
}

// holder returns the party that held or was offered the ticket at an instant.
func holder(h *ticket.History, at span.Instant) journal.Symbol {
	var p journal.Symbol
	for i := range h.Moments {
		if h.Moments[i].At > at {
			break
		}
		p = h.Moments[i].Party
	}
	return p
}
