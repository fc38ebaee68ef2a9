package cli

import (
	"runtime"

	"towerbridge/fault"
	"towerbridge/flow"
	"towerbridge/internal/app"
	"towerbridge/internal/report"
	"towerbridge/span"
)

type flowCommand struct {
	source
	Log         list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. Needed, unless there is a --store."`
	By          string        `enum:"party,team,line" default:"party" help:"What counts as one holder: party, team or line."`
	Period      periods       `placeholder:"PERIOD" help:"Only tickets that ended in a month (2012-04), a quarter (2012-Q2), or a range (2012-01..2012-12). Left out: every ticket, open ones too."`
	AsOf        *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later; the last instant at which the log learnt anything if left out."`
	Watermelons bool          `help:"Also show the services that were red to their users while the suppliers' own measures were green."`
	Tickets     string        `placeholder:"FIGURE" help:"List the tickets behind a figure instead, one a line: ping-pong, hand-over:FROM>TO, held:supplier:PARTY, wait:REASON, service:ID, promise:SERVICE:PERIOD, and whatever else the output names as id."`
	Most        int           `default:"20" placeholder:"N" help:"Rows of the longer tables that are shown as text; 0 shows all. JSON has all."`
	HTML        string        `name:"html" placeholder:"FILE" help:"Also write a page for people: charts, tables and the longest lives. With --period it also charts the measures over the periods."`
}

// Help is shown below the command's summary.
func (flowCommand) Help() string {
	return `Shares out the end-to-end time of tickets among those who held them, to the second, and counts hand-overs, ping-pong, first-time fixes and reopenings, each with its definition and its tickets. Whose a second was is decided by the terms of the contract of the supplier who last held the ticket.

Example:

    towerbridge flow --estate examples/vinst --mapping examples/vinst/mappings/xes.yaml --log BPIC2013_incidents.xes.gz --by team
`
}

// Run reads and shows the flow.
func (c *flowCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	if c.Most < 0 {
		return usage("--most cannot be below zero")
	}
	progress, done := s.progress("reading the log")
	flowed, err := app.Flow(s.ctx, from, app.FlowOrder{
		Order: flow.Order{By: flow.Level(c.By), Periods: c.Period, AsOf: c.AsOf, Digests: s.json}, Watermelons: c.Watermelons, Charts: c.HTML != "", Workers: runtime.GOMAXPROCS(0),
	}, progress)
	done()
	if err != nil {
		return err
	}
	page := &report.Flow{Book: flowed.Book, Result: flowed.Result, Controls: flowed.Controls, Pauses: flowed.Pauses, Longest: flowed.Longest}
	if err := writePage(c.HTML, page); err != nil {
		return err
	}
	if err := c.show(s, flowed); err != nil {
		return err
	}
	s.tellRefused(flowed.Log)
	if !flowed.Result.Conservation.Holds() {
		return errTold // the output says so
	}
	return nil
}

func (c *flowCommand) show(s *session, x *app.Flowed) error {
	rows := s.Stderr
	switch {
	case c.Tickets != "":
		if err := s.listTickets(x, c.Tickets); err != nil {
			return err
		}
	case s.json:
		if err := writeJSON(s.Stdout, x.Result); err != nil {
			return err
		}
	default:
		s.printFlow(x.Result, c.Most)
		rows = s.Stdout
	}
	if rows == s.Stdout || x.Log.Refused > 0 || len(x.Log.Held) > 0 {
		s.tellRows(rows, x.Log)
	}
	return nil
}

// listTickets writes the tickets behind a figure, one a line, or as JSON.
func (s *session) listTickets(x *app.Flowed, figure string) error {
	list, ok := x.Result.TicketsOf(figure)
	if !ok {
		return fault.New(fault.NotFound, "Use an id of the output of --json, such as ping-pong.", "there is no figure %q", figure)
	}
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = x.Log.Journal.TicketID(int(n))
	}
	if s.json {
		return writeJSON(s.Stdout, map[string]any{"figure": figure, "tickets": names})
	}
	for _, name := range names {
		s.print("%s\n", plain(name))
	}
	return nil
}
