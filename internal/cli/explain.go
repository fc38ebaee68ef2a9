package cli

import (
	"strings"

	"towerbridge/internal/app"
	"towerbridge/span"
)

type explainCommand struct {
	Ticket string `arg:"" placeholder:"TICKET" help:"The ticket, as the log names it."`
	source
	Log      list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. Needed, unless there is a --store."`
	Contract string        `placeholder:"ID" help:"Read the clocks of this contract only; if left out, of every contract whose supplier held the ticket or supplies its service."`
	AsOf     *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later; the last instant at which the log learnt anything if left out."`
}

// Help is shown below the command's summary.
func (explainCommand) Help() string {
	return `Shows whose every second was (legs tile the time from opening to end), and for each clock when it ran, when it stood and whose cause that was, when it fell due, and what the other lawful policies would have given where the priority changed.

Example:

    towerbridge explain --estate examples/vinst --log BPIC2013_incidents.xes.gz --mapping examples/vinst/mappings/xes.yaml 1-693253181
`
}

// Run explains.
func (c *explainCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	progress, done := s.progress("reading the log")
	life, log, err := app.Explain(s.ctx, from, app.Question{Ticket: c.Ticket, Contract: c.Contract, AsOf: c.AsOf}, progress)
	done()
	if err != nil {
		return err
	}
	rows := s.Stdout
	if s.json {
		if err := writeJSON(s.Stdout, life); err != nil {
			return err
		}
		rows = s.Stderr
	} else {
		s.printLife(life)
	}
	if log.Refused > 0 || len(log.Held) > 0 {
		s.tellRows(rows, log)
	}
	s.tellRefused(log)
	return nil
}

func (s *session) printLife(x *app.Life) {
	s.print("%s  as of %s; times of %s, legs by contract %s\n", plain(x.Ticket), x.AsOf, x.Zone, plain(x.Contract))
	var about []string
	for _, part := range []string{x.Kind, x.Priority, x.Service, x.Site, x.State} {
		if part != "" {
			about = append(about, plain(part))
		}
	}
	s.print("%s\n\nWhat happened\n", strings.Join(about, ", "))
	var t table
	t.row("at", "event", "state", "priority", "party", "team", "stands for")
	for _, m := range x.Moments {
		t.row(m.At, m.Event, m.State, m.Priority, m.Party, m.Team, strings.Join(m.Reasons, ", "))
	}
	t.write(s.Stdout, "  ")
	s.print("\nWhose time it was\n")
	t = table{}
	t.row("from", "to", "kind", "party", "elapsed", "open", "state", "reason", "held by")
	for _, l := range x.Legs {
		t.row(l.From, l.To, l.Kind, l.Party, hours(l.Elapsed), optional(l.Open), l.State, l.Reason, l.Holder)
	}
	t.write(s.Stdout, "  ")
	e := x.EndToEnd
	s.print("  end to end %s", hours(e.Elapsed))
	if !e.Ended {
		s.print(" so far")
	}
	if p := e.Promise; p != nil {
		s.print("; promised within %s of %s, took %s: %s", hours(p.Within), plain(p.Calendar), hours(p.Open), p.Verdict)
	}
	s.print("\n")
	for i := range x.Clocks {
		s.printClock(&x.Clocks[i])
	}
	for _, n := range x.NotTimed {
		s.print("\nClock %s of %s is not for this ticket: %s\n", plain(n.ID), plain(n.Contract), plain(n.Why))
	}
	for _, n := range x.Notes {
		s.print("\nNote: %s\n", plain(n))
	}
}

func (s *session) printClock(c *app.Clock) {
	s.print("\nClock %s of %s", plain(c.ID), plain(c.Contract))
	if c.Life > 1 {
		s.print(", life %d", c.Life)
	}
	s.print(": %s", c.Verdict)
	if c.Start != nil {
		s.print(", %s", hours(c.Elapsed))
	}
	if c.Target != nil {
		s.print(" of %s", hours(*c.Target))
	}
	s.print("\n")
	var t table
	line := func(name, value string) {
		if value != "" {
			t.row(name, value)
		}
	}
	line("calendar", c.Calendar)
	line("target", strings.TrimPrefix(c.Promised+", "+c.Clause, ", "))
	line("started", text(c.Start))
	line("stopped", text(c.Stop))
	line("due", text(c.Due))
	for _, p := range c.Pauses {
		reason := p.Reason
		if len(p.Reasons) > 1 {
			reason = strings.Join(p.Reasons, " and ")
		}
		line("stood", p.From+" to "+p.To+"  "+optional(p.Open)+" open, "+reason+", cause: "+p.Cause)
	}
	for _, a := range c.Alternatives {
		took := hours(a.Elapsed)
		if a.Target != nil {
			took += " of " + hours(*a.Target)
		}
		if a.Due != nil {
			took += ", due " + *a.Due
		}
		line("if "+a.Policy, a.Verdict+", "+took+" (the contract says "+c.Policy+")")
	}
	for _, w := range c.Why {
		line("why", w)
	}
	t.writeAll(s.Stdout, "  ")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// optional writes open seconds where they are known.
func optional(seconds *int64) string {
	if seconds == nil {
		return "-"
	}
	return hours(*seconds)
}
