package app

import (
	"fmt"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Clock is one clock of a ticket. A ticket that was reopened after its clock had
// stopped for good has one for each of its lives.
type Clock struct {
	ID           string        `json:"id"`
	Contract     string        `json:"contract"`
	Name         string        `json:"name,omitempty"`
	Clause       string        `json:"clause,omitempty"` // of the target, else of the clock
	Life         int           `json:"life"`             // from one
	Zone         string        `json:"zone"`
	Calendar     string        `json:"calendar,omitempty"`
	Start        *string       `json:"start"`          // null where it never started
	Stop         *string       `json:"stop"`           // null while it runs
	Elapsed      int64         `json:"elapsedSeconds"` // open seconds counted, pauses taken off
	Target       *int64        `json:"targetSeconds"`  // open seconds allowed; null without a target
	Promised     string        `json:"target,omitempty"`
	Due          *string       `json:"due"` // null without a target, or where it cannot be said
	Verdict      string        `json:"verdict"`
	Pauses       []Pause       `json:"pauses"`
	Policy       string        `json:"priorityChange,omitempty"` // applied, where the priority changed
	Alternatives []Alternative `json:"alternatives,omitempty"`
	Why          []string      `json:"why,omitempty"`

	due span.Instant // of Due; span.Never where there is none
}

// Pause is a stretch in which a clock stood.
type Pause struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Cause   string   `json:"cause"`  // whose cause it is: supplier, integrator, customer ...
	Reason  string   `json:"reason"` // the first that the contract lists
	Reasons []string `json:"reasons,omitempty"`
	Clause  string   `json:"clause,omitempty"`
	Open    *int64   `json:"openSeconds"` // taken off, by the clock's calendar
}

// Alternative is what another lawful policy for a change of priority would give.
type Alternative struct {
	Policy  string  `json:"priorityChange"`
	Elapsed int64   `json:"elapsedSeconds"`
	Target  *int64  `json:"targetSeconds"`
	Due     *string `json:"due"`
	Verdict string  `json:"verdict"`
}

// NotTimed is a clock that is not for this ticket.
type NotTimed struct {
	Contract string `json:"contract"`
	ID       string `json:"id"`
	Why      string `json:"why"`
}

// clocks reads each clock of a contract, in each of the ticket's lives.
func (r *lifeReader) clocks(life *Life, c *contract.Contract) {
	reader := clock.NewReader(c, r.journal, r.book.World().KindOf)
	for i := range c.Clocks {
		k := &c.Clocks[i]
		holds, err := k.Scope.Holds(r.journal, clock.SubjectOf(r.scoped()), r.tower(c))
		if err != nil || !holds {
			why := "its scope leaves the ticket out: " + k.Scope.Text
			if err != nil {
				why = "its scope cannot be evaluated: " + err.Error()
			}
			life.NotTimed = append(life.NotTimed, NotTimed{c.ID, k.ID, why})
			continue
		}
		var reading clock.Reading
		for from, n := 0, 1; n == 1 || from > 0; n++ {
			reader.Read(&r.history, k, from, &reading)
			out := r.clock(reader, &reading)
			out.Life = n
			out.Policy, out.Alternatives = r.alternatives(reader, k, from)
			life.Clocks = append(life.Clocks, out)
			from = reading.Next
		}
	}
}

// scoped returns the state that scopes read, as measures do: that at the last
// resolution, or the last while the ticket is open.
func (r *lifeReader) scoped() *ticket.State {
	i := len(r.history.Moments)
	for i > 0 && r.history.Moments[i-1].Status.Done() {
		i--
	}
	return &r.history.Moments[min(i, len(r.history.Moments)-1)].State
}

// clock writes a reading down.
func (r *lifeReader) clock(reader *clock.Reader, x *clock.Reading) Clock {
	c := reader.Contract
	out := Clock{
		ID: x.Clock.ID, Contract: c.ID, Name: x.Clock.Name, Clause: x.Clock.Clause, Zone: c.Zone,
		Elapsed: x.Elapsed, Verdict: x.Verdict.String(), Pauses: []Pause{}, Why: why(c, x), due: span.Never,
	}
	if x.Verdict == clock.NotStarted {
		return out
	}
	out.Start = local(x.Start, c)
	if x.Stopped() {
		out.Stop = local(x.Stop, c)
	}
	if x.Calendar != nil {
		out.Calendar = x.Calendar.ID()
	}
	if x.Rule != nil {
		out.Promised = targetText(x.Rule)
		if x.Rule.Clause != "" {
			out.Clause = x.Rule.Clause
		}
	}
	if out.Target, out.Due = target(c, x); out.Due != nil {
		out.due = x.Due
	}
	for i := range x.Pauses {
		out.Pauses = append(out.Pauses, r.pause(reader, x, &x.Pauses[i]))
	}
	return out
}

func local(at span.Instant, c *contract.Contract) *string {
	if at >= span.Never {
		return nil
	}
	s := at.In(c.Location)
	return &s
}

func target(c *contract.Contract, x *clock.Reading) (seconds *int64, due *string) {
	if x.Rule == nil || x.Verdict == clock.Unknown {
		return nil, nil
	}
	n := x.Target
	return &n, local(x.Due, c)
}

// targetText writes a target in its own unit.
func targetText(t *contract.TargetDocument) string {
	switch {
	case t.Within != nil:
		return t.Within.String()
	case t.Days != nil:
		return fmt.Sprintf("%d business days", *t.Days)
	}
	return fmt.Sprintf("end of business day %d", *t.EndOfDay)
}

// why says in words what is not to be seen from the numbers.
func why(c *contract.Contract, x *clock.Reading) []string {
	var out []string
	switch x.Verdict {
	case clock.NotStarted:
		out = append(out, "what starts it has not happened: "+string(x.Clock.Start))
	case clock.NoTarget:
		out = append(out, "the contract sets no target for this ticket")
	case clock.Unknown:
		out = append(out, x.Problem)
	}
	if x.Fixed {
		out = append(out, "the target is a date, which pauses do not move")
	}
	if x.Carried.Den > 0 && x.Carried.Num > 0 {
		out = append(out, fmt.Sprintf("%d/%d seconds of it were carried over when the priority changed", x.Carried.Num, x.Carried.Den))
	}
	if x.Rejected {
		out = append(out, "it does not count: "+c.Supplier+" rejected the ticket as not its own")
	}
	if x.Cancelled {
		out = append(out, "it does not count: the ticket was cancelled")
	}
	return out
}

// pause says whose cause a pause is, by the contract's list on the day the ticket opened.
func (r *lifeReader) pause(reader *clock.Reader, x *clock.Reading, p *clock.Pause) Pause {
	c := reader.Contract
	out := Pause{From: p.From.In(c.Location), To: p.To.In(c.Location)}
	if x.Calendar != nil {
		open := x.Calendar.OpenSeconds(p.From, p.To)
		out.Open = &open
	}
	if p.Done {
		out.Reason, out.Cause = "resolved", string(contract.CustomerLeg)
		if c.Legs != nil && c.Legs.ResolvedTime != "" {
			out.Cause = string(c.Legs.ResolvedTime)
		}
		return out
	}
	reasons := r.names(reader.ReasonsOf(p.Reasons))
	if len(reasons) == 0 {
		return out
	}
	out.Reason = reasons[0]
	if len(reasons) > 1 {
		out.Reasons = reasons
	}
	if cause, ok := c.Cause(out.Reason, span.DateIn(r.history.Opened(), c.Location)); ok {
		out.Cause, out.Clause = string(cause.Cause), cause.Clause
	}
	return out
}

// alternatives reads a clock by the policies that the contract did not choose, where
// the priority changed while the clock was alive.
func (r *lifeReader) alternatives(reader *clock.Reader, k *contract.Clock, from int) (policy string, out []Alternative) {
	readings := map[contract.PriorityPolicy]*clock.Reading{}
	policies := []contract.PriorityPolicy{contract.Retroactive, contract.Restart, contract.Proportional}
	for _, p := range policies {
		other := *k
		other.PriorityChange = p
		readings[p] = &clock.Reading{}
		reader.Read(&r.history, &other, from, readings[p])
	}
	plain := readings[contract.Retroactive]
	if plain.Verdict == clock.NotStarted || !r.priorityChanged(plain) {
		return "", nil
	}
	chosen := k.PriorityChange
	if chosen == "" {
		chosen = contract.Retroactive
	}
	for _, p := range policies {
		if p == chosen {
			continue
		}
		x := readings[p]
		a := Alternative{Policy: string(p), Elapsed: x.Elapsed, Verdict: x.Verdict.String()}
		a.Target, a.Due = target(reader.Contract, x)
		out = append(out, a)
	}
	return string(chosen), out
}

// priorityChanged reports whether the priority changed between the start of a reading
// and the moment that judges it.
func (r *lifeReader) priorityChanged(x *clock.Reading) bool {
	m := r.history.Moments
	for i := 1; i <= x.Moment; i++ {
		if m[i].At > x.Start && m[i].Priority != m[i-1].Priority {
			return true
		}
	}
	return false
}
