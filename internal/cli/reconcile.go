package cli

import (
	"fmt"
	"io"
	"runtime"

	"towerbridge/internal/app"
	page "towerbridge/internal/report"
	"towerbridge/reconcile"
	"towerbridge/span"
)

type reconcileCommand struct {
	source
	Log      list              `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. Needed, unless there is a --store."`
	Contract string            `required:"" placeholder:"ID" help:"Contract, by its id."`
	Period   periods           `required:"" placeholder:"PERIOD" help:"One service period, such as 2012-04 or 2012-Q2."`
	Theirs   string            `required:"" placeholder:"FILE" help:"The supplier's figures: CSV with the columns ticket, verdict and minutes, or measure, met and counted."`
	Measure  list              `placeholder:"ID ..." help:"Measures to compare; those that the figures name if left out. Needed where the figures have no column of measures."`
	Figures  string            `placeholder:"FILE" help:"Mapping of the figures: columns, unit and words of verdicts, in YAML."`
	Column   map[string]string `placeholder:"ROLE=NAME" help:"Name of a column, such as ticket=Number. Roles: measure, ticket, verdict, minutes, met, counted."`
	AsOf     *span.Instant     `placeholder:"INSTANT" help:"Read nothing that was learnt later. Left out: as for statements."`
	Earlier  list              `placeholder:"BUNDLE ..." help:"Bundles of earlier periods, for rules that look back."`
	Cause    list              `placeholder:"CAUSE ..." help:"Only lines of these causes, such as calendar or missing."`
	Ticket   list              `placeholder:"TICKET ..." help:"Only lines of these tickets."`
	Sort     string            `enum:"id,cause,apart,row" default:"id" placeholder:"ORDER" help:"Order of the lines: id, cause, apart (the largest difference of time first) or row (of the supplier's file)."`
	Agreed   bool              `help:"Show the lines on which both agree, too."`
	CSV      string            `name:"csv" placeholder:"FILE" help:"Write the lines as CSV, each with its id, to be worked elsewhere."`
	HTML     string            `name:"html" placeholder:"FILE" help:"Write a page for people, with both sides of each measure, the causes and the lines to be worked."`
}

// Help is shown below the command's summary.
func (reconcileCommand) Help() string {
	return `Every line of the supplier's figures is set beside ours. They agree, or they differ with the cause where it can be told: another calendar, a pause, a priority, rounding, a ticket that one side lacks. What the differences are worth is the period assessed by the contract with the supplier's figures in place of ours. Lines have ids that stay the same, so that the list can be worked.

Example:

    towerbridge reconcile --estate examples/constabulary --log log.ndjson --contract end-user --period 2019-03 --measure KPI-1 --theirs brackwold-2019-03.csv --sort cause
`
}

// Run compares, and shows or writes the lines that differ.
func (c *reconcileCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	if len(c.Period) != 1 {
		return usage("--period names one service period")
	}
	filter := reconcile.Filter{Agreeing: c.Agreed, Measures: c.Measure, Tickets: c.Ticket}
	for _, word := range c.Cause {
		cause, err := reconcile.ParseCause(word)
		if err != nil {
			return usage("--cause: %v", err)
		}
		filter.Causes = append(filter.Causes, cause)
	}
	earlier, err := app.EarlierBundles(c.Earlier)
	if err != nil {
		return err
	}
	progress, done := s.progress("reading the log")
	report, log, err := app.Reconcile(s.ctx, from, app.Reconciliation{
		Contract: c.Contract, Period: c.Period[0], AsOf: c.AsOf, Earlier: earlier, Figures: c.Theirs, Mapping: c.Figures,
		Columns: c.Column, Measures: c.Measure, Workers: runtime.GOMAXPROCS(0),
	}, progress)
	done()
	if err != nil {
		return err
	}
	lines := report.Select(filter, reconcile.Sort(c.Sort))
	if c.CSV != "" {
		out := app.NewOutput(".")
		defer out.Discard()
		if err := out.AddAt(c.CSV, func(w io.Writer) error { return reconcile.WriteCSV(w, lines) }); err != nil {
			return err
		}
		if err := out.Commit(); err != nil {
			return err
		}
	}
	if c.HTML != "" {
		book, err := app.ReadBook(s.ctx, from)
		if err != nil {
			return err
		}
		if err := writePage(c.HTML, &page.Reconciliation{Book: book, Report: report, Lines: lines}); err != nil {
			return err
		}
	}
	rows := s.Stdout
	if s.json {
		shown := *report
		shown.Lines = lines
		if err := writeJSON(s.Stdout, &shown); err != nil {
			return err
		}
		rows = s.Stderr
	} else {
		s.printReconciliation(report, lines)
	}
	if !s.json || log.Refused > 0 || len(log.Held) > 0 {
		s.tellRows(rows, log)
	}
	s.tellRefused(log)
	return nil
}

// printReconciliation shows both sides' figures, what differs and what it is worth.
func (s *session) printReconciliation(r *reconcile.Report, lines []reconcile.Line) {
	s.print("%s  %s  supplier %s; our statement as of %s, %s; theirs from %s\n\n", plain(r.Contract), r.Period, plain(r.Supplier), r.AsOf, r.Digest, plain(r.File))
	var t table
	t.row("measure", "ours", "theirs", "", "", "points", "lines agree", "differ", "worth alone", "why")
	for i := range r.Measures {
		m := &r.Measures[i]
		agreed, differ := fmt.Sprint(m.Agreed), fmt.Sprint(m.Differ)
		if m.ByTotal {
			agreed, differ = "", ""
		}
		why := m.Why
		if m.Cause != "" {
			why = string(m.Cause) + ": " + why
		}
		t.row(m.ID, fmt.Sprintf("%d/%d", m.Ours.Met, m.Ours.Counted), fmt.Sprintf("%d/%d", m.Theirs.Met, m.Theirs.Counted),
			m.Ours.Display, m.Theirs.Display, fmt.Sprintf("%d, %d", m.Ours.Points, m.Theirs.Points), agreed, differ, m.Worth.Difference.String(), why)
	}
	t.write(s.Stdout, "")
	if len(r.Causes) > 0 {
		s.print("\n")
		t = table{}
		t.row("cause", "lines", "worth alone", "meaning")
		for _, c := range r.Causes {
			t.row(string(c.Cause), fmt.Sprint(c.Lines), c.Worth.Difference.String(), c.Meaning)
		}
		t.write(s.Stdout, "")
	}
	if len(lines) > 0 {
		s.print("\n")
		t = table{}
		t.row("line", "ours", "theirs", "apart", "cause", "told by", "why")
		for i := range lines {
			l := &lines[i]
			also := ""
			if len(l.Also) > 0 {
				also = fmt.Sprintf(" (%s)", counted(len(l.Also), "other reading fits too", "other readings fit too"))
			}
			t.row(l.ID, sideText(&l.Ours), sideText(&l.Theirs), optionalHours(l.Apart), string(l.Cause), string(l.By), l.Why+also)
		}
		t.write(s.Stdout, "")
	}
	if r.Ignored > 0 {
		s.print("\n%s of measures that were not asked for\n", counted(r.Ignored, "row is", "rows are"))
	}
	w := r.Worth
	s.print("\ncredits  ours %s, with their figures %s: the differences are worth %s\n", w.Ours, w.Theirs, w.Difference)
}

// sideText writes what one side says of a ticket.
func sideText(x *reconcile.Side) string {
	text := string(x.Verdict)
	if x.Seconds != nil {
		text += " " + hours(*x.Seconds)
	}
	if x.Target != nil {
		text += " of " + hours(*x.Target)
	}
	return text
}

func optionalHours(seconds *int64) string {
	if seconds == nil {
		return ""
	}
	return hours(*seconds)
}
