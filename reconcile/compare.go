package reconcile

import (
	"fmt"
	"slices"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/statement"
)

// Compare lays a supplier's figures beside a statement that [statement.Draw] returned
// for this book and this journal. The error is fault.Findings where the figures are
// about a measure that is not due in the period, else a [fault.Error] of pricing.
func Compare(b *statement.Book, j *journal.Journal, s *statement.Statement, f *Figures) (*Report, error) {
	c := &comparison{book: b, journal: j, statement: s, figures: f, contract: b.Contracts[s.Contract], results: s.Results()}
	c.explainer = newExplainer(b, j, c.contract, s.AsOf)
	c.absent = newAbsent(b, j, c.contract, s)
	report := &Report{
		Contract: s.Contract, Supplier: s.Supplier, Customer: s.Customer, Period: s.Period, AsOf: s.AsOf, Digest: s.Digest,
		File: f.File, Ignored: f.Ignored, Measures: []Measure{}, Lines: []Line{}, Causes: []CauseTotal{},
	}
	if err := c.due(); err != nil {
		return nil, err
	}
	for _, id := range f.Measures {
		c.measure(id, report)
	}
	return report, c.worth(report)
}

// comparison is one call of Compare.
type comparison struct {
	book      *statement.Book
	journal   *journal.Journal
	statement *statement.Statement
	figures   *Figures
	contract  *contract.Contract
	results   []measure.Result // ours
	explainer *explainer
	absent    *absent
	accounts  []account
}

// account is one measure by both sides.
type account struct {
	at     int             // position in results
	theirs *measure.Result // where only totals were given
	pairs  []pair          // line by line, in the order of the report's lines
	first  int             // position of the first of them there
}

// pair is what a line counts for by each side; nil where it does not count.
type pair struct {
	ours, theirs *measure.Counted
	cause        Cause
}

// due reports every measure of the figures that has no result in the period.
func (c *comparison) due() error {
	var findings fault.Findings
	for _, id := range c.figures.Measures {
		if c.result(id) >= 0 {
			continue
		}
		line := 0
		for _, t := range c.figures.Tickets {
			if t.Measure == id && line == 0 {
				line = t.Row
			}
		}
		for _, t := range c.figures.Totals {
			if t.Measure == id {
				line = t.Row
			}
		}
		findings = append(findings, ruleMeasure.At(fault.Position{File: c.figures.File, Line: line}, "measure", "measure %s of contract %s is not due in %s", id, c.contract.ID, c.statement.Period))
	}
	return findings.Err()
}

func (c *comparison) result(id string) int {
	return slices.IndexFunc(c.results, func(r measure.Result) bool { return r.Measure.ID == id })
}

// measure compares one measure: line by line, or by its totals.
func (c *comparison) measure(id string, report *Report) {
	at := c.result(id)
	r := &c.results[at]
	m := Measure{ID: id, Name: r.Measure.Name, Clause: r.Measure.Clause, Kind: r.Measure.Kind(), Period: r.Period}
	a := account{at: at, first: len(report.Lines)}
	if i := slices.IndexFunc(c.figures.Totals, func(t Claimed) bool { return t.Measure == id }); i >= 0 {
		t := &c.figures.Totals[i]
		theirs := measure.GivenTotals(r.Measure, r.Period, t.Met, t.Counted)
		a.theirs, m.ByTotal = &theirs, true
		c.totals(&m, r, &theirs)
	} else {
		lines, pairs := c.lines(r)
		a.pairs = pairs
		report.Lines = append(report.Lines, lines...)
		for i := range lines {
			if lines[i].Agrees {
				m.Agreed++
			} else {
				m.Differ++
			}
		}
	}
	c.accounts = append(c.accounts, a)
	report.Measures = append(report.Measures, m)
}

// lines sets the tickets of both sides side by side.
func (c *comparison) lines(r *measure.Result) ([]Line, []pair) {
	ours := map[string][]*measure.Counted{}
	for i := range r.Evidence {
		id := c.journal.TicketID(int(r.Evidence[i].Ticket))
		ours[id] = append(ours[id], &r.Evidence[i])
	}
	theirs := map[string][]*Claim{}
	for i := range c.figures.Tickets {
		if t := &c.figures.Tickets[i]; t.Measure == r.Measure.ID {
			theirs[t.Ticket] = append(theirs[t.Ticket], t)
		}
	}
	c.absent.look(r, ours, theirs)
	ids := make([]string, 0, len(ours)+len(theirs))
	for id := range ours {
		ids = append(ids, id)
	}
	for id := range theirs {
		if len(ours[id]) == 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var lines []Line
	var pairs []pair
	for _, id := range ids {
		for life := range max(len(ours[id]), len(theirs[id])) {
			line := Line{ID: lineID(r.Measure.ID, id, life), Measure: r.Measure.ID, Ticket: id, Life: life + 1}
			var p pair
			var claim *Claim
			if life < len(ours[id]) {
				p.ours = ours[id][life]
				line.Ours = c.side(r.Measure, p.ours)
			}
			if life < len(theirs[id]) {
				claim = theirs[id][life]
				line.Row, line.Theirs = claim.Row, claimed(r.Measure, claim)
			}
			c.line(r, &line, &p, claim)
			p.cause = line.Cause
			lines, pairs = append(lines, line), append(pairs, p)
		}
	}
	return lines, pairs
}

func lineID(measure, ticket string, life int) string {
	if life == 0 {
		return measure + "/" + ticket
	}
	return fmt.Sprintf("%s/%s/%d", measure, ticket, life+1)
}

// line judges one line and sets what it counts for on the supplier's side.
func (c *comparison) line(r *measure.Result, line *Line, p *pair, claim *Claim) {
	m := r.Measure
	switch {
	case claim == nil:
		line.Cause, line.By = Missing, ByRecord
		line.Why = "we count it as " + string(line.Ours.Verdict) + "; their list does not have it"
		if line.Life > 1 {
			line.Why += fmt.Sprintf(" %d times, once for each of its lives", line.Life)
		}
	case p.ours == nil && claim.Verdict == Excluded:
		line.Agrees = true
	case p.ours == nil:
		p.theirs = counted(m, claim, nil)
		c.absent.explain(r, line)
	case claim.Verdict == Excluded:
		line.Cause, line.By = ExcludedByThem, ByRecord
		line.Why = "we count it as " + string(line.Ours.Verdict) + "; they say that it does not count"
	default:
		p.theirs = counted(m, claim, p.ours)
		if line.Theirs.Seconds != nil && line.Ours.Seconds != nil {
			apart := *line.Theirs.Seconds - *line.Ours.Seconds
			line.Apart = &apart
		}
		if agrees(m, p.ours, claim) {
			line.Agrees, p.theirs = true, p.ours
			return
		}
		t := c.explainer.explain(m, p.ours, claim)
		line.Cause, line.Why, line.By, line.Also = t.cause, t.why, t.by, t.also
	}
	if line.Agrees {
		p.theirs = p.ours
	}
}

// agrees reports whether a claim says what we counted.
func agrees(m *contract.Measure, ours *measure.Counted, claim *Claim) bool {
	if claim.Verdict != "" && judges(m) && claim.Verdict != word(m, ours.Verdict) {
		return false
	}
	return claim.Length == nil || !timed(m) || claim.Length.Near(ours.Elapsed)
}

// timed reports whether a ticket counts in a measure with its open seconds.
func timed(m *contract.Measure) bool { return m.Clock >= 0 || m.Backlog != nil }

// judges reports whether a ticket counts in a measure with a verdict.
func judges(m *contract.Measure) bool {
	return m.Share != nil || m.FirstTime != nil || m.Reopened != nil || m.Backlog != nil
}

// word is the verdict that people use: where a measure counts what should not have
// been, the ticket that it counts speaks against the supplier.
func word(m *contract.Measure, v measure.Verdict) Verdict {
	switch {
	case !judges(m):
		return Counted
	case (v == measure.Met) != m.CountsBad():
		return Met
	}
	return Missed
}

// side writes down what we count.
func (c *comparison) side(m *contract.Measure, x *measure.Counted) Side {
	out := Side{Verdict: word(m, x.Verdict)}
	if timed(m) {
		out.Seconds = &x.Elapsed
		if x.Target > 0 {
			out.Target = &x.Target
		}
	}
	return out
}

// claimed writes down what the supplier claims.
func claimed(m *contract.Measure, claim *Claim) Side {
	out := Side{Verdict: claim.Verdict}
	if !judges(m) && claim.Verdict != Excluded {
		out.Verdict = Counted
	}
	if claim.Length != nil && timed(m) {
		n := claim.Length.Seconds()
		out.Seconds = &n
	}
	return out
}

// counted is what a claim counts for. Without a verdict it is judged by its own
// minutes and our target; without either of those it is taken as met.
func counted(m *contract.Measure, claim *Claim, ours *measure.Counted) *measure.Counted {
	out := measure.Counted{Verdict: measure.NoVerdict}
	if ours != nil {
		out = *ours
	}
	if claim.Length != nil && timed(m) {
		out.Elapsed = claim.Length.Seconds()
	}
	verdict := claim.Verdict
	if verdict == "" && ours != nil && claim.Length != nil && ours.Target > 0 {
		verdict = Missed
		if claim.Length.Within(ours.Target) {
			verdict = Met
		}
	}
	switch {
	case m.Count != nil:
		out.Verdict, out.Elapsed = measure.Met, 1
	case !judges(m):
	case (verdict != Missed) != m.CountsBad():
		out.Verdict = measure.Met
	default:
		out.Verdict = measure.Missed
	}
	return &out
}
