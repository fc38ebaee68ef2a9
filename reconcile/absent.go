package reconcile

import (
	"fmt"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// absent finds out why we do not count tickets that the supplier counts: it takes the
// contract's measures over those tickets alone, for every period of the term.
type absent struct {
	book     *statement.Book
	journal  *journal.Journal
	contract *contract.Contract
	asOf     span.Instant
	period   span.Period
	excluded map[string]measure.Excluded // by ticket, of the measure at hand
	periods  map[string]span.Period      // where a ticket counts instead
}

func newAbsent(b *statement.Book, j *journal.Journal, c *contract.Contract, s *statement.Statement) *absent {
	return &absent{book: b, journal: j, contract: c, asOf: s.AsOf, period: s.Period}
}

// look readies what a measure needs to know of tickets that only the supplier counts.
func (a *absent) look(r *measure.Result, ours map[string][]*measure.Counted, theirs map[string][]*Claim) {
	a.excluded, a.periods = map[string]measure.Excluded{}, map[string]span.Period{}
	for _, x := range r.Excluded {
		if id := a.journal.TicketID(int(x.Ticket)); len(theirs[id]) > 0 {
			a.excluded[id] = x
		}
	}
	var strays []int
	for id := range theirs {
		if at, ok := a.journal.Find(id); ok && len(ours[id]) == 0 {
			if _, known := a.excluded[id]; !known {
				strays = append(strays, at)
			}
		}
	}
	if len(strays) == 0 {
		return
	}
	job := measure.Job{Contract: a.contract}
	for p := a.contract.ServicePeriod(a.first()); p.From.Start(a.contract.Location) <= a.asOf; p = p.Next(1) {
		job.Periods, job.AsOf = append(job.Periods, p), append(job.AsOf, a.asOf)
	}
	taker := measure.NewTaker(a.journal, []measure.Job{job}, a.book.World())
	for _, at := range strays {
		taker.Take(at, at+1)
	}
	for i := range job.Periods {
		for _, x := range taker.Results(0, i) {
			if x.Measure.ID != r.Measure.ID {
				continue
			}
			for _, e := range x.Evidence {
				a.periods[a.journal.TicketID(int(e.Ticket))] = x.Period
			}
		}
	}
}

// first is the beginning of the earliest service period, counted in steps from the
// statement's own, that reaches back to the start of the term.
func (a *absent) first() span.Date {
	p := a.period
	for p.From > a.contract.Term.Start {
		p = p.Next(-1)
	}
	return p.From
}

// explain says why we do not count a ticket that the supplier counts.
func (a *absent) explain(r *measure.Result, line *Line) {
	line.By = ByRecord
	if line.Life > 1 {
		line.Cause, line.Why = ListedTwice, fmt.Sprintf("their list has it %d times; we count it once for each of its lives", line.Life)
		return
	}
	if x, ok := a.excluded[line.Ticket]; ok {
		line.Cause, line.Why = ExcludedByUs, "we exclude it: "+x.Reason
		line.Ours = Side{Verdict: Excluded, Reason: x.Reason, Clause: x.Clause}
		return
	}
	at, ok := a.journal.Find(line.Ticket)
	var h ticket.History
	switch {
	case !ok:
		line.Cause, line.Why = NotInJournal, "our journal does not have it"
	case !ticket.Read(a.journal, at, a.asOf, &h):
		line.Cause, line.Why = NotInJournal, "our journal did not know of it at "+a.asOf.In(a.contract.Location)
	case a.periods[line.Ticket] != span.Period{}:
		line.Cause, line.Why = OtherPeriod, "we count it in "+a.periods[line.Ticket].String()
	default:
		line.Cause = SetAside
		line.Why = a.aside(r.Measure.ID, at, &h)
		line.Ours.Reason = line.Why
	}
}

// aside says why the measure leaves a ticket alone: in the words in which it sets
// tickets aside, or because the ticket did not come to the point at which it counts.
func (a *absent) aside(id string, at int, h *ticket.History) string {
	taker := measure.NewTaker(a.journal, []measure.Job{{Contract: a.contract, Periods: []span.Period{a.period}, AsOf: []span.Instant{a.asOf}}}, a.book.World())
	taker.Take(at, at+1)
	for _, x := range taker.Results(0, 0) {
		if x.Measure.ID == id && len(x.Aside) > 0 {
			return "it is " + x.Aside[0].Reason
		}
	}
	if supplier := a.journal.Symbol(a.contract.Supplier); supplier != 0 {
		held := false
		for i := range h.Moments {
			held = held || h.Moments[i].Party == supplier
		}
		if !held {
			return a.contract.Supplier + " never held it and was never offered it"
		}
	}
	if _, done := h.Done(); !done {
		return "it was still open at " + a.asOf.In(a.contract.Location)
	}
	return fmt.Sprintf("it has not come, in %s, to the point at which the measure counts it", a.period)
}
