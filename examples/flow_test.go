package examples_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/flow"
	"towerbridge/journal"
)

// readFlow reads the flow of a log of the vinst example.
func readFlow(t *testing.T, file, mapping string, by flow.Level) (*flow.Result, *journal.Journal) {
	t.Helper()
	b := book(t, sources(t, "vinst"))
	log := readVinst(t, b, file, mapping)
	r, err := flow.Read(b, log.Journal, flow.Order{By: by}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if c := &r.Conservation; !c.Holds() || c.Tickets != r.Tickets || c.HeldSeconds == 0 {
		t.Errorf("%s: the holders of %d tickets had %d of %d seconds; differing: %v", file, c.Tickets, c.HeldSeconds, c.EndToEndSeconds, c.Differing)
	}
	return r, log.Journal
}

// forms are the two forms in which the incidents are published.
var forms = []struct{ file, mapping string }{
	{"VINST-incidents.csv.gz", "csv.yaml"},
	{"BPIC2013_incidents.xes.gz", "xes.yaml"},
}

// TestPublishedFigures holds what others have published of the logs: their own
// metadata, and studies of them. The median and the share over 240 hours were
// published rounded to hours and thousandths.
func TestPublishedFigures(t *testing.T) {
	for _, form := range forms {
		r, _ := readFlow(t, form.file, form.mapping, flow.ByParty)
		l := &r.Log
		thousandths := (l.Over.Tickets*1000 + l.Tickets/2) / l.Tickets
		agree(t, form.file, map[string][2]any{
			"cases":                           {l.Tickets, int64(7_554)},
			"events":                          {l.Entries.Total, int64(65_533)},
			"duration":                        {l.Duration, flow.Spread{Total: l.Duration.Total, Mean: "1043655.350", Deviation: "2468905.658", Max: 66_644_793}},
			"log start":                       {l.First.In(zone(t)), "2010-03-31T16:59:42+02:00"},
			"log end":                         {l.Last.In(zone(t)), "2012-05-23T01:22:25+02:00"},
			"events per case":                 {l.Entries, flow.Spread{Total: 65_533, Mean: "8.675", Deviation: "7.626", Max: 123}},
			"teams per case":                  {withoutTotal(l.Teams.PerTicket), flow.Spread{Mean: "1.817", Deviation: "1.042", Max: 12}},
			"teams":                           {l.Teams.Different, int64(649)},
			"organisations":                   {l.Parties.Different, int64(25)},
			"functions per case, none is one": {withoutTotal(*field(t, r, "function").WithMissing), flow.Spread{Mean: "1.438", Deviation: "0.699", Max: 7}},
			"functions, none is one":          {field(t, r, "function").Different + 1, int64(24)},
			"transitions per case":            {withoutTotal(field(t, r, "transition").PerTicket), flow.Spread{Mean: "4.169", Deviation: "1.601", Max: 9}},
			"transitions":                     {field(t, r, "transition").Different, int64(13)},
			"median duration in hours":        {l.MedianSeconds / 3600, int64(181)},
			"thousandths over 240 h":          {thousandths, int64(310)},
			"still open":                      {figure(t, r, "still-open").Tickets, int64(8)},
			"first line only":                 {figure(t, r, "first-line-only").Tickets, int64(4_546)},
			"first event not in first line":   {figure(t, r, "not-first-line-first").Tickets, int64(852)},
			// 1,956 is published, derived from a rounded percentage; by the file's own levels it is 1,961.
			"push to front broken": {figure(t, r, "push-to-front-broken").Tickets, int64(1_961)},
			"Wait - User":          {waiting(t, r, "user"), [2]int64{4_217, 2_495}},
			"impact":               {groups(t, r, "priority"), "P1 3, P2 261, P3 4045, P4 3245"},
		})
	}
}

// TestPublishedProblems holds the figures of the two logs of problems, and of all three.
func TestPublishedProblems(t *testing.T) {
	closed, _ := readFlow(t, "BPIC2013_closed_problems.xes.gz", "closed-problems.yaml", flow.ByParty)
	open, _ := readFlow(t, "BPIC2013_open_problems.xes.gz", "open-problems.yaml", flow.ByParty)
	agree(t, "problems", map[string][2]any{
		"closed: cases":         {closed.Log.Tickets, int64(1_487)},
		"closed: events":        {closed.Log.Entries.Total, int64(6_660)},
		"closed: mean duration": {closed.Log.Duration.Mean, "15455653.334"},
		"closed: max duration":  {closed.Log.Duration.Max, int64(194_818_911)},
		"open: cases":           {open.Log.Tickets, int64(819)},
		"open: events":          {open.Log.Entries.Total, int64(2_351)},
		"open: mean duration":   {open.Log.Duration.Mean, "5071719.110"},
		"all three: events":     {65_533 + closed.Log.Entries.Total + open.Log.Entries.Total, int64(74_544)},
	})
}

// TestHandOvers holds hand-overs, returns and ping-pong, which were counted a second
// time from the rows alone by a program that shares nothing with this one.
func TestHandOvers(t *testing.T) {
	for _, form := range forms {
		for _, level := range []struct {
			by                                     flow.Level
			count, cases, returning, abaCases, aba int64
		}{
			{flow.ByTeam, 9_454, 3_820, 1_258, 1_177, 2_394},
			{flow.ByParty, 4_350, 2_034, 891, 883, 1_876},
			{flow.ByLine, 5_000, 2_345, 1_121, 1_115, 2_392},
		} {
			r, j := readFlow(t, form.file, form.mapping, level.by)
			handed, returning, aba := figure(t, r, "hand-overs"), figure(t, r, "returns"), figure(t, r, "ping-pong")
			agree(t, form.file+" by "+string(level.by), map[string][2]any{
				"hand-overs":           {handed.Count, level.count},
				"hand-overs by cell":   {r.Matrix.Count, level.count},
				"cases with hand-over": {handed.Tickets, level.cases},
				"cases that return":    {returning.Tickets, level.returning},
				"cases with A-B-A":     {aba.Tickets, level.abaCases},
				"A-B-A":                {aba.Count, level.aba},
			})
			var sum int64
			for i := range r.Matrix.Cells {
				sum += r.Matrix.Cells[i].Count
			}
			if sum != level.count {
				t.Errorf("the cells hold %d hand-overs, want %d", sum, level.count)
			}
			drill(t, r, j)
		}
	}
}

// drill lists the tickets behind every figure: as many as it says, in order, each once.
func drill(t *testing.T, r *flow.Result, j *journal.Journal) {
	t.Helper()
	for i := range r.Figures {
		f := &r.Figures[i]
		list, ok := r.TicketsOf(f.ID)
		if !ok || int64(len(list)) != f.Tickets || !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Errorf("%s: %d tickets listed, want %d different ones", f.ID, len(list), f.Tickets)
		}
		for _, n := range list {
			if int(n) >= j.Tickets() {
				t.Fatalf("%s: there is no ticket %d", f.ID, n)
			}
		}
	}
}

func agree(t *testing.T, of string, figures map[string][2]any) {
	t.Helper()
	for name, f := range figures {
		if f[0] != f[1] {
			t.Errorf("%s: %s: %v, want %v", of, name, f[0], f[1])
		}
	}
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := book(t, sources(t, "vinst")).Zones.Location("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func withoutTotal(s flow.Spread) flow.Spread {
	s.Total = 0
	return s
}

func field(t *testing.T, r *flow.Result, name string) flow.Values {
	t.Helper()
	i := slices.IndexFunc(r.Log.Fields, func(v flow.Values) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("there is no field %s", name)
	}
	return r.Log.Fields[i]
}

func figure(t *testing.T, r *flow.Result, id string) flow.Figure {
	t.Helper()
	i := slices.IndexFunc(r.Figures, func(f flow.Figure) bool { return f.ID == id })
	if i < 0 {
		t.Fatalf("there is no figure %s", id)
	}
	return r.Figures[i]
}

func waiting(t *testing.T, r *flow.Result, reason string) [2]int64 {
	t.Helper()
	i := slices.IndexFunc(r.Waits, func(w flow.Wait) bool { return w.Reason == reason })
	if i < 0 {
		t.Fatalf("nothing waits for %s", reason)
	}
	return [2]int64{r.Waits[i].Entries, r.Waits[i].Tickets}
}

func groups(t *testing.T, r *flow.Result, by string) string {
	t.Helper()
	var out []string
	for i := range r.Breakdowns {
		if r.Breakdowns[i].By == by {
			for _, g := range r.Breakdowns[i].Groups {
				out = append(out, fmt.Sprintf("%s %d", g.Name, g.EndToEnd.Tickets))
			}
		}
	}
	return strings.Join(out, ", ")
}
