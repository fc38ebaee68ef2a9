package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"towerbridge/contract"
	"towerbridge/flow"
	"towerbridge/span"
	"towerbridge/statement"
)

// Limits of the pages of readings. What is beyond them is counted there in a sentence,
// and is in the command's JSON, which has no such limits.
const (
	MaxRows     = 200 // rows of one table
	MaxStacks   = 20  // stacked bars of one dimension
	MaxControls = 80  // control charts of one page

	// printedControls is how many control charts a page may have and still print the
	// tables of every one, whether a reader opened them or not.
	printedControls = 12
)

// Flow is a reading of who held tickets, ready to be shown as a page.
type Flow struct {
	Book     *statement.Book
	Result   *flow.Result
	Controls []flow.Control     // of the periods asked for; nil without periods
	Pauses   []flow.PauseSpread // of the same periods
	Longest  []flow.Late        // tickets that took longest
}

// HTML writes the page: one file that needs nothing else and prints to A4. An error is
// that of the writer.
func (f *Flow) HTML(w io.Writer) error {
	zone := time.UTC
	if z, err := f.Book.Zones.Location(f.Result.Zone); err == nil {
		zone = z
	}
	// Bars of tickets are drawn as on a statement's page, which knows the zone and the
	// names of parties.
	sheet := &Sheet{book: f.Book, statement: &statement.Statement{}, zone: zone}
	return write(w, flowPage(&flowView{Flow: f, sheet: sheet}))
}

type flowView struct {
	*Flow
	sheet *Sheet
}

func (v *flowView) contents() []heading {
	list := []heading{{"whose", "Whose time it was"}, {"hand-overs", "Hand-overs"}, {"figures", "Figures"}, {"groups", "By service, priority, site and period"}}
	if len(v.Result.Promises) > 0 {
		list = append(list, heading{"promises", "Promises to users"})
	}
	if v.Result.Watermelons != nil {
		list = append(list, heading{"watermelons", "Watermelons"})
	}
	list = append(list, heading{"control", "Measures over time"})
	if len(v.Pauses) > 0 {
		list = append(list, heading{"pauses", "When pauses began"})
	}
	if len(v.Longest) > 0 {
		list = append(list, heading{"longest", "The longest lives"})
	}
	return append(list, heading{"log", "The log"})
}

// about says which tickets the page is about.
func (v *flowView) about() string {
	if p := v.Result.Periods; len(p) > 0 {
		return "Tickets that ended in " + periodWords(span.Period{From: p[0].From, To: p[len(p)-1].To})
	}
	return "Every ticket of the log, open ones too"
}

// definition returns what the numbers of a part are.
func (v *flowView) definition(of string) string {
	for _, d := range v.Result.Definitions {
		if d.Of == of {
			return d.Text
		}
	}
	return ""
}

// total is what all holders had, as if of one group.
func (v *flowView) total() []flow.GroupHeld {
	var out []flow.GroupHeld
	for _, k := range v.Result.Kinds {
		out = append(out, flow.GroupHeld{Kind: k.Kind, ElapsedSeconds: k.ElapsedSeconds})
	}
	return out
}

// stacks returns the groups of a breakdown that have a bar: those with most time, or
// all periods in their order.
func stacks(b *flow.Breakdown) []flow.Group {
	out := slices.Clone(b.Groups)
	if b.By != "period" {
		slices.SortStableFunc(out, func(a, b flow.Group) int { return cmp.Compare(b.EndToEnd.TotalSeconds, a.EndToEnd.TotalSeconds) })
	}
	return out[:min(len(out), MaxStacks)]
}

// groupRows returns the groups of a breakdown that the table lists, in the same order
// as their bars.
func groupRows(b *flow.Breakdown) []flow.Group {
	out := slices.Clone(b.Groups)
	if b.By != "period" {
		slices.SortStableFunc(out, func(a, b flow.Group) int { return cmp.Compare(b.EndToEnd.TotalSeconds, a.EndToEnd.TotalSeconds) })
	}
	return out[:min(len(out), MaxRows)]
}

func groupName(b *flow.Breakdown, g *flow.Group) string {
	if g.Name == "" {
		return "no " + b.By
	}
	return g.Name
}

// kindWord names a kind of holder, and the party in brackets where it is not the kind.
func kindWord(k contract.LegKind) string {
	for i := range legKinds {
		if legKinds[i].Kind == k {
			return legKinds[i].Word
		}
	}
	return string(k)
}

func figureOf(g *flow.Group, id string) string {
	for _, f := range g.Figures {
		if f.ID == id {
			return whole(f.Tickets)
		}
	}
	return "–"
}

func figureHeads(b *flow.Breakdown, r *flow.Result) []string {
	heads := []string{strings.ToUpper(b.By[:1]) + b.By[1:], "#Tickets", "#Total", "#Median", "#90 of 100 within"}
	for _, id := range figureIDs(b) {
		name := id
		for _, f := range r.Figures {
			if f.ID == id {
				name = f.Name
			}
		}
		heads = append(heads, "#"+name)
	}
	return heads
}

// groupFigures are the figures that the tables of groups have room for; the output of
// --json has all.
var groupFigures = []string{"hand-overs", "ping-pong", "first-time-fix", "push-to-front", "reopened"}

// figureIDs lists the figures of groups that a page shows.
func figureIDs(b *flow.Breakdown) []string {
	var ids []string
	if len(b.Groups) > 0 {
		for _, f := range b.Groups[0].Figures {
			if slices.Contains(groupFigures, f.ID) {
				ids = append(ids, f.ID)
			}
		}
	}
	return ids
}

// lifeOf makes a ticket's legs ready to be drawn as a bar.
func (v *flowView) lifeOf(l *flow.Late) breach {
	b := breach{DueAt: span.Never}
	b.Ticket, b.Elapsed = l.Ticket, l.ElapsedSeconds
	for _, x := range l.Legs {
		from, err1 := span.ParseInstant(x.From)
		to, err2 := span.ParseInstant(x.To)
		if err1 != nil || err2 != nil {
			continue
		}
		y := leg{Span: span.Span{From: from, To: to}, Kind: x.Kind, Who: v.sheet.party(x.Party), State: x.State, Reason: x.Reason}
		if x.Holder != "" && x.Holder != x.Party {
			y.Holder = v.sheet.party(x.Holder)
		}
		b.Legs = append(b.Legs, y)
	}
	if n := len(b.Legs); n > 0 {
		b.Line = span.Span{From: b.Legs[0].From, To: b.Legs[n-1].To}
	} else {
		b.Problem = "The ticket has no leg."
	}
	return b
}

// lifeWords says how long a ticket's life was.
func lifeWords(l *flow.Late) string {
	text := length(l.ElapsedSeconds) + " from end to end"
	if l.WithinSeconds > 0 {
		text += fmt.Sprintf("; %s in the open hours of the promise, of %s promised", length(l.OpenSeconds), length(l.WithinSeconds))
	}
	return text
}

// promised counts promises: those broken, and all.
func (v *flowView) broken() int {
	n := 0
	for i := range v.Result.Promises {
		if v.Result.Promises[i].Broken {
			n++
		}
	}
	return n
}

func (v *flowView) controlViews() []controlView {
	var out []controlView
	for i := range v.Controls[:min(len(v.Controls), MaxControls)] {
		out = append(out, newControlView(&v.Controls[i]))
	}
	return out
}

// service names a service for people.
func (v *flowView) service(id string) string {
	if e := v.Book.Estate; e != nil {
		if s, ok := e.Service(id); ok && s.Name != "" {
			return s.Name
		}
	}
	return id
}

// heldWords lists who held most of a group's tickets.
func heldWords(held []flow.GroupHeld) string {
	list := slices.Clone(held)
	slices.SortStableFunc(list, func(a, b flow.GroupHeld) int { return cmp.Compare(b.ElapsedSeconds, a.ElapsedSeconds) })
	var words []string
	for _, h := range list[:min(3, len(list))] {
		words = append(words, strings.TrimSpace(kindWord(h.Kind)+" "+h.Name)+" "+shareText(h.Share.Part, h.Share.Whole))
	}
	return orDash(strings.Join(words, ", "))
}

func promiseOf(p *flow.Promise) string {
	text := p.Promised.String()
	if len(p.Priorities) > 0 {
		text += " (" + strings.Join(p.Priorities, ", ") + ")"
	}
	return text
}

func promiseStanding(p *flow.Promise) (word, look string) {
	switch {
	case p.Counted == 0:
		return "Nothing counted", "grey"
	case p.Broken:
		return "Broken", "red"
	}
	return "Kept", "green"
}

func standingWords(s *flow.Standing) string {
	var words []string
	for _, x := range []struct {
		name string
		list []string
	}{{"met", s.Met}, {"missed", s.Failed}, {"not judged", s.Unjudged}} {
		if len(x.list) > 0 {
			words = append(words, x.name+" "+strings.Join(x.list, ", "))
		}
	}
	return strings.Join(words, "; ")
}

// more says in a sentence how many rows a page leaves out; empty for none.
func more(n, shown int, thing string) string {
	if n <= shown {
		return ""
	}
	return plural(n-shown, "more "+thing) + " in the output of --json, which has all."
}
