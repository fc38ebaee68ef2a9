package cli

import (
	"fmt"
	"strconv"
	"strings"

	"towerbridge/flow"
)

// printFlow writes a reading as text; of the longer tables so many rows, or all.
func (s *session) printFlow(r *flow.Result, most int) {
	s.print("Flow by %s as of %s, periods of %s\n", r.By, r.AsOf, r.Zone)
	if n := len(r.Periods); n > 0 {
		s.print("tickets that ended in %s to %s\n", r.Periods[0], r.Periods[n-1])
	}
	s.print("%d tickets, %d ended\n", r.Tickets, r.Ended)
	s.printEndToEnd(r)
	s.printHeld(r, most)
	s.printMatrix(r, most)
	s.printFigures(r)
	for i := range r.Breakdowns {
		s.printBreakdown(&r.Breakdowns[i], most)
	}
	s.printPromises(r, most)
	s.printLog(r)
	if r.Watermelons != nil {
		s.printWatermelons(r.Watermelons)
	}
	s.print("\nEvery figure's tickets: --tickets ID, with the ids above or those of --json.\n")
}

// definition writes what the numbers of a part are.
func (s *session) definition(r *flow.Result, of string) {
	for _, d := range r.Definitions {
		if d.Of == of {
			s.print("  %s\n", d.Text)
		}
	}
}

func (s *session) printEndToEnd(r *flow.Result) {
	s.print("\nEnd to end\n")
	s.definition(r, "endToEnd")
	var t table
	t.row("tickets", "total", "mean", "median", "p90", "p95", "longest")
	t.row(spreadCells(&r.EndToEnd.Distribution)...)
	t.write(s.Stdout, "  ")
	c := &r.Conservation
	if c.Holds() {
		s.print("  All holders' seconds: %d = end-to-end seconds: %d, for each of %d tickets and in total.\n", c.HeldSeconds, c.EndToEndSeconds, c.Tickets)
		return
	}
	s.print("  DEFECT: all holders' seconds: %d, end-to-end seconds: %d; %d of %d tickets differ: %s\n",
		c.HeldSeconds, c.EndToEndSeconds, len(c.Differing), c.Tickets, plain(strings.Join(c.Differing[:min(len(c.Differing), mostTold)], " ")))
}

func spreadCells(d *flow.Distribution) []string {
	return []string{
		strconv.FormatInt(d.Tickets, 10), hours(d.TotalSeconds), hours(d.MeanRounded), hours(d.MedianSeconds), hours(d.P90Seconds),
		hours(d.P95Seconds), hours(d.MaxSeconds),
	}
}

func (s *session) printHeld(r *flow.Result, most int) {
	s.print("\nWho held it\n")
	s.definition(r, "held")
	s.definition(r, "contracts")
	var used []string
	for _, c := range r.Contracts {
		used = append(used, fmt.Sprintf("%s %d", plain(c.Contract), c.Tickets))
	}
	s.print("  Tickets by the contract whose terms share them out: %s.\n", strings.Join(used, ", "))
	var t table
	t.row("kind", string(r.By), "elapsed", "share", "open", "tickets", "mean", "median", "p90", "p95", "longest")
	for _, k := range r.Kinds {
		t.row(string(k.Kind), "all", hours(k.ElapsedSeconds), percent(k.Share))
	}
	for i := range r.Held {
		if most > 0 && i == most {
			break
		}
		h := &r.Held[i]
		open := hours(h.OpenSeconds)
		if h.UnknownSeconds > 0 {
			open += ", unknown for " + hours(h.UnknownSeconds)
		}
		cells := spreadCells(&h.PerTicket)
		t.row(append([]string{string(h.Kind), dash(h.Name), hours(h.ElapsedSeconds), percent(h.Share), open, cells[0]}, cells[2:]...)...)
	}
	t.write(s.Stdout, "  ")
	s.more(len(r.Held), most)
}

func dash(name string) string {
	if name == "" {
		return "-"
	}
	return name
}

// percent writes a share with one decimal, halves up.
func percent(x flow.Share) string {
	if x.Whole == 0 {
		return "-"
	}
	tenths := (x.Part/x.Whole)*1000 + (x.Part%x.Whole*2000+x.Whole)/(2*x.Whole)
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// more says how many rows a table leaves out.
func (s *session) more(rows, most int) {
	if most > 0 && rows > most {
		s.print("  and %d more\n", rows-most)
	}
}

func (s *session) printMatrix(r *flow.Result, most int) {
	s.print("\nHand-overs\n")
	s.definition(r, "handOvers")
	var t table
	t.row("from", "to", "count", "share", "tickets", "waiting", "between", "id")
	for i := range r.Matrix.Cells {
		if most > 0 && i == most {
			break
		}
		c := &r.Matrix.Cells[i]
		t.row(c.From, c.To, strconv.FormatInt(c.Count, 10), percent(c.Share), strconv.FormatInt(c.Tickets, 10), hours(c.WaitingSeconds), hours(c.BetweenSeconds), c.ID)
	}
	t.write(s.Stdout, "  ")
	s.more(len(r.Matrix.Cells), most)
}

func (s *session) printFigures(r *flow.Result) {
	s.print("\nFigures\n")
	var t table
	t.row("id", "count", "tickets", "of", "share", "definition")
	for i := range r.Figures {
		f := &r.Figures[i]
		t.row(f.ID, strconv.FormatInt(f.Count, 10), strconv.FormatInt(f.Tickets, 10), strconv.FormatInt(f.Of, 10)+" "+f.OfWhat,
			percent(flow.Share{Part: f.Tickets, Whole: f.Of}), f.Definition)
	}
	t.write(s.Stdout, "  ")
	if len(r.Waits) == 0 {
		return
	}
	s.print("\nWaiting\n")
	s.definition(r, "waits")
	t = table{}
	t.row("id", "entries", "tickets")
	for _, w := range r.Waits {
		t.row(w.ID, strconv.FormatInt(w.Entries, 10), strconv.FormatInt(w.Tickets, 10))
	}
	t.write(s.Stdout, "  ")
}

func (s *session) printBreakdown(b *flow.Breakdown, most int) {
	if len(b.Groups) == 1 && b.Groups[0].Name == "" {
		return // no ticket has one
	}
	s.print("\nBy %s\n  %s\n", b.By, b.Definition)
	var t table
	t.row(b.By, "tickets", "ended", "mean", "median", "p90", "p95", "who held most of it", "hand-overs", "ping-pong", "first-time fix", "push to front", "reopened")
	for i := range b.Groups {
		if most > 0 && i == most {
			break
		}
		g := &b.Groups[i]
		cells := spreadCells(&g.EndToEnd)
		row := []string{dash(g.Name), cells[0], strconv.FormatInt(g.Ended, 10), cells[2], cells[3], cells[4], cells[5], mostHeld(g.Held)}
		for _, id := range []string{"hand-overs", "ping-pong", "first-time-fix", "push-to-front", "reopened"} {
			for _, f := range g.Figures {
				if f.ID == id {
					row = append(row, strconv.FormatInt(f.Tickets, 10))
				}
			}
		}
		t.row(row...)
	}
	t.write(s.Stdout, "  ")
	s.more(len(b.Groups), most)
}

// mostHeld names the three who had most of a time.
func mostHeld(list []flow.GroupHeld) string {
	var out []string
	for range min(3, len(list)) {
		best := -1
		for i := range list {
			if name := heldName(&list[i]); !contains(out, name) && (best < 0 || list[i].ElapsedSeconds > list[best].ElapsedSeconds) {
				best = i
			}
		}
		if best >= 0 {
			out = append(out, heldName(&list[best])+" "+percent(list[best].Share))
		}
	}
	return strings.Join(out, ", ")
}

func contains(list []string, name string) bool {
	for _, x := range list {
		if strings.HasPrefix(x, name+" ") {
			return true
		}
	}
	return false
}

func heldName(h *flow.GroupHeld) string { return string(h.Kind) + " " + dash(h.Name) }

func (s *session) printPromises(r *flow.Result, most int) {
	if len(r.Promises) == 0 {
		return
	}
	s.print("\nPromises to users\n")
	s.definition(r, "promises")
	var t table
	t.row("service", "period", "in time", "of", "share", "promised", "", "unknown", "id of those that missed it")
	for i := range r.Promises {
		if most > 0 && i == most {
			break
		}
		p := &r.Promises[i]
		verdict := "kept"
		if p.Broken {
			verdict = "broken"
		}
		t.row(p.Service, p.Period.String(), strconv.FormatInt(p.Met, 10), strconv.FormatInt(p.Counted, 10),
			percent(flow.Share{Part: p.Met, Whole: p.Counted}), p.Promised.String(), verdict, number(int(p.Unknown)), p.ID)
	}
	t.write(s.Stdout, "  ")
	s.more(len(r.Promises), most)
}

func (s *session) printLog(r *flow.Result) {
	l := &r.Log
	s.print("\nThe log\n")
	s.definition(r, "log")
	var t table
	t.row("", "in all", "mean", "standard deviation (n-1)", "most")
	row := func(name string, total int64, x *flow.Spread) {
		t.row(name, strconv.FormatInt(total, 10), x.Mean, x.Deviation, strconv.FormatInt(x.Max, 10))
	}
	row("entries of a ticket", l.Entries.Total, &l.Entries)
	row("seconds of a ticket", l.Duration.Total, &l.Duration)
	values := append([]flow.Values{l.Teams, l.Parties}, l.Fields...)
	for i := range values {
		v := &values[i]
		row("different values of "+v.Name, v.Different, &v.PerTicket)
		if v.WithMissing != nil {
			row("  counting none as one", v.Different+1, v.WithMissing)
		}
	}
	t.write(s.Stdout, "  ")
	s.print("  first entry %s, last entry %s; median %s; %d of %d tickets over %s\n",
		l.First, l.Last, hours(l.MedianSeconds), l.Over.Tickets, l.Tickets, hours(l.Over.Seconds))
}

func (s *session) printWatermelons(w *flow.Watermelons) {
	s.print("\nWatermelons\n  %s\n  Broken promises: %d; watermelons: %d.\n", w.Definition, w.Broken, len(w.List))
	for i := range w.List {
		s.printWatermelon(&w.List[i])
	}
}

func (s *session) printWatermelon(x *flow.Watermelon) {
	green := "green where it was held"
	if x.AllGreen {
		green = "all green"
	}
	s.print("\n  %s (%s) in %s: %s\n", plain(x.Name), plain(x.Service), x.Period, green)
	for i := range x.Promises {
		p := &x.Promises[i]
		s.print("    promised to users: %s in time; %d of %d were (%s)\n", p.Promised, p.Met, p.Counted, percent(flow.Share{Part: p.Met, Whole: p.Counted}))
		for j := range p.Held {
			h := &p.Held[j]
			s.print("      of the time of those that missed it: %s had %s (%s)\n", plain(heldName(h)), hours(h.ElapsedSeconds), percent(h.Share))
		}
	}
	for i := range x.Contracts {
		c := &x.Contracts[i]
		about := "met " + listed(c.Met)
		if len(c.Failed) > 0 {
			about = "failed " + listed(c.Failed) + "; " + about
		}
		if len(c.Unjudged) > 0 {
			about += "; without verdict " + listed(c.Unjudged)
		}
		if c.Held {
			about += "; held some of these tickets"
		}
		s.print("    contract %s of %s in %s: %s\n", plain(c.Contract), plain(c.Supplier), c.Period, plain(about))
	}
	for i := range x.Longest {
		l := &x.Longest[i]
		s.print("    ticket %s: the user waited %s, %s open; promised within %s\n", plain(l.Ticket), hours(l.ElapsedSeconds), hours(l.OpenSeconds), hours(l.WithinSeconds))
		var t table
		t.row("from", "to", "whose", "party", "elapsed", "open", "state", "reason", "held by")
		for j := range l.Legs {
			g := &l.Legs[j]
			t.row(g.From, g.To, string(g.Kind), dash(g.Party), hours(g.ElapsedSeconds), hours(g.OpenSeconds), g.State, g.Reason, g.Holder)
		}
		t.write(s.Stdout, "      ")
	}
}

func listed(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
