package cli

import (
	"fmt"
	"runtime"

	"towerbridge/audit"
	"towerbridge/internal/app"
	"towerbridge/internal/report"
	"towerbridge/span"
)

type auditCommand struct {
	source
	Log        list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. Needed, unless there is a --store."`
	Contract   list          `placeholder:"ID ..." help:"Contracts to ask about, by their ids; all if left out."`
	Period     periods       `placeholder:"PERIOD" help:"Look only at what happened in a month (2012-04), a quarter (2012-Q2) or a range (2012-01..2012-12); at everything if left out."`
	AsOf       *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later; the last instant at which the log learnt anything if left out."`
	Thresholds string        `placeholder:"FILE" help:"Thresholds to use in place of those that the program ships."`
	All        bool          `help:"Show every question that was asked, not only those that are worth a look."`
	Tickets    bool          `help:"List the tickets that carry each pattern, not only their number."`
	HTML       string        `name:"html" placeholder:"FILE" help:"Also write a page for people, with every question, its statistic, its threshold and its tickets."`
}

// Help is shown below the command's summary.
func (auditCommand) Help() string {
	return `Each pattern is a shape that honest work rarely leaves in a log: pauses that begin just before the target, resolutions bunched at it or at the end of a period, priorities lowered after it, and so on. For each contract it says how often the pattern was found, how often it was to be expected, and how likely so much is by chance alone. What passes the declared thresholds is worth a look. It is never an accusation: a pattern may have a good reason that no log knows.

Thresholds are a document; its schema is printed by: towerbridge schema audit

Example:

    towerbridge audit --estate examples/vinst --mapping examples/vinst/mappings/xes.yaml --log BPIC2013_incidents.xes.gz --all
`
}

// Run asks every question.
func (c *auditCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	progress, done := s.progress("reading the log")
	audited, err := app.Audit(s.ctx, from, app.Auditing{
		Contracts: c.Contract, Periods: c.Period, AsOf: c.AsOf, Thresholds: c.Thresholds, Workers: runtime.GOMAXPROCS(0),
	}, progress)
	done()
	if err != nil {
		return err
	}
	if err := writePage(c.HTML, &report.Audit{Book: audited.Book, Report: audited.Report}); err != nil {
		return err
	}
	rows := s.Stdout
	if s.json {
		rows = s.Stderr
		if err := writeJSON(s.Stdout, audited.Report); err != nil {
			return err
		}
	} else {
		c.print(s, audited.Report)
	}
	if audited.Log.Refused > 0 || len(audited.Log.Held) > 0 {
		s.tellRows(rows, audited.Log)
	}
	s.tellRefused(audited.Log)
	return nil
}

func (c *auditCommand) print(s *session, r *audit.Report) {
	flagged := r.Flagged()
	s.print("%s of %s asked about %s as of %s: worth a look\n", counted(len(flagged), "question", "questions"),
		fmt.Sprint(len(r.Questions)), counted(int(r.Tickets), "ticket", "tickets"), r.AsOf)
	s.print("thresholds %s; where nothing is amiss at most %s of the questions are\n", plain(r.Thresholds), plain(r.FalseFlags))
	for i := range flagged {
		printQuestion(s, &flagged[i], r, c.Tickets)
	}
	if !c.All {
		return
	}
	s.print("\nAll that was asked\n")
	var t table
	t.row("pattern", "contract", "party", "clock", "about", "found", "of", "expected", "chance", "")
	for i := range r.Questions {
		q := &r.Questions[i]
		t.row(string(q.Pattern), q.Contract, q.Party, q.Clock, q.Subject, fmt.Sprint(q.Found), fmt.Sprint(q.Of), q.Expected(), fmt.Sprintf("%.2g", q.Chance), q.Saying)
	}
	t.write(s.Stdout, "  ")
}

func printQuestion(s *session, q *audit.Question, r *audit.Report, tickets bool) {
	s.print("\n%s: %s, contract %s", q.Pattern, plain(q.Party), plain(q.Contract))
	for _, more := range []string{q.Clock, q.Subject} {
		if more != "" {
			s.print(", %s", plain(more))
		}
	}
	s.print(": %s\n", q.Saying)
	var t table
	t.row("found", q.Statistic)
	t.row("threshold", q.Threshold)
	for _, d := range r.Definitions {
		if d.Pattern == q.Pattern {
			t.row("looks for", d.Looks)
			t.row("expected", d.Expected)
			t.row("may well be", d.Reason)
		}
	}
	t.row("tickets", counted(len(q.Tickets), "ticket", "tickets"))
	t.writeAll(s.Stdout, "  ")
	if tickets {
		for _, id := range q.Tickets {
			s.print("    %s\n", plain(id))
		}
	}
}
