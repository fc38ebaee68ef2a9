package cli

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/money"
	"towerbridge/whatif"
)

// mostInside is the number of rows of hand-overs that are gone which are shown.
const mostInside = 12

// printReplay shows two books side by side.
func (s *session) printReplay(r *whatif.Result) {
	s.print("%s replayed as %s, %s to %s; %s that ended in it, as of %s\n", plain(r.OldEstate), plain(r.NewEstate), r.From, r.To, counted(r.Tickets, "ticket", "tickets"), r.AsOf)
	if len(r.Moves) > 0 {
		s.print("\n")
		var t table
		t.row("who", "becomes", "why")
		for _, m := range r.Moves {
			t.row(m.Of, m.To, m.Why)
		}
		t.write(s.Stdout, "")
	}
	for i := range r.Groups {
		s.printGroup(&r.Groups[i])
	}
	s.print("\n")
	var t table
	t.row("money", "old", "new", "difference")
	for _, m := range r.Totals {
		t.row("charges", m.Charges.Old.String(), m.Charges.New.String(), moneyDifference(m.Charges))
		t.row("credits before caps", m.Gross.Old.String(), m.Gross.New.String(), moneyDifference(m.Gross))
		t.row("credits", m.Credits.Old.String(), m.Credits.New.String(), moneyDifference(m.Credits))
		t.row("statements, capped", fmt.Sprintf("%d, %d", m.Drawn.Old, m.Capped.Old), fmt.Sprintf("%d, %d", m.Drawn.New, m.Capped.New))
	}
	t.write(s.Stdout, "")
	s.printHandOvers(r)
	s.printTime(r)
	s.print("\nWhat a replay cannot know\n")
	for _, u := range r.Unknown {
		s.print("  - %s\n", plain(u))
	}
}

func moneyDifference(m whatif.Money) string {
	d, err := m.New.Sub(m.Old)
	if err != nil {
		return ""
	}
	return signed(d)
}

func signed(a money.Amount) string {
	if a.Sign() > 0 {
		return "+" + a.String()
	}
	return a.String()
}

// printGroup shows the measures of one supplier and of those whose place it takes.
func (s *session) printGroup(g *whatif.Group) {
	old := strings.Join(append(slices.Clone(g.OldSuppliers), g.TakesOver...), ", ")
	if old == "" {
		old = "nobody"
	}
	s.print("\n%s  in place of %s\n", plain(g.Supplier), plain(old))
	var t table
	t.row("measure", "old contract", "met/counted", "value", "missed in", "points", "credit", "new contract", "met/counted", "value", "missed in", "points", "credit", "now met", "now missed")
	for i := range g.Rows {
		row := &g.Rows[i]
		cells := append([]string{row.ID}, figureCells(row.Old)...)
		cells = append(cells, figureCells(row.New)...)
		t.row(append(cells, number(len(row.NowMet)), number(len(row.NowMissed)))...)
	}
	t.write(s.Stdout, "  ")
}

func figureCells(f *whatif.Figure) []string {
	if f == nil {
		return []string{"-", "", "", "", "", ""}
	}
	sums := ""
	if f.Counted > 0 {
		sums = fmt.Sprintf("%d/%d", f.Met, f.Counted)
	}
	credit := ""
	if !f.Credit.IsZero() {
		credit = f.Credit.String()
	}
	missed := ""
	if f.Target != "" || f.Failed > 0 {
		missed = fmt.Sprintf("%d of %d", f.Failed, f.Measured)
	}
	return []string{f.Contract, sums, f.Display, missed, number(f.Points), credit}
}

// printHandOvers shows the hand-overs of each level, and those that are gone.
func (s *session) printHandOvers(r *whatif.Result) {
	s.print("\n")
	var t table
	t.row("hand-overs between", "old", "gone", "appeared", "new", "tickets handed over, old", "new")
	for _, h := range r.HandOvers {
		between := map[whatif.Level]string{whatif.ByParty: "parties", whatif.ByTeam: "teams", whatif.ByLine: "lines"}[h.Level]
		t.row(between, fmt.Sprint(h.Old), fmt.Sprint(h.Gone), fmt.Sprint(h.Appeared), fmt.Sprint(h.New), fmt.Sprint(h.Tickets.Old), fmt.Sprint(h.Tickets.New))
	}
	t.writeAll(s.Stdout, "")
	if len(r.Inside) == 0 {
		return
	}
	word := "kept"
	if r.Waiting.Dropped {
		word = "dropped"
	}
	s.print("\n")
	t = table{}
	t.row("gone by rule", "", "inside", "hand-overs", "tickets", word+": waiting that was between")
	for i := range r.Inside {
		if i == mostInside {
			break
		}
		x := &r.Inside[i]
		t.row(x.From, "to "+x.To, x.Becomes, fmt.Sprint(x.Count), fmt.Sprint(len(x.Tickets)), hours(x.Seconds))
	}
	t.writeAll(s.Stdout, "")
	if more := len(r.Inside) - mostInside; more > 0 {
		s.print("and %s\n", counted(more, "pair more", "pairs more"))
	}
	s.print("%s: %s in all", word, hours(r.Waiting.Seconds))
	s.print("%s%s\n", kindsText("; by the old book it is ", r.Waiting.Was), kindsText("; by the new ", r.Waiting.As))
}

// kindsText writes times of several kinds in a row.
func kindsText(before string, list []whatif.KindTime) string {
	var parts []string
	for _, k := range list {
		parts = append(parts, string(k.Kind)+" "+hours(k.Seconds))
	}
	if len(parts) == 0 {
		return ""
	}
	return before + strings.Join(parts, ", ")
}

// printTime shows whose time it was, and that none was lost.
func (s *session) printTime(r *whatif.Result) {
	s.print("\n")
	var t table
	t.row("elapsed time", "old", "new", "difference", "meaning")
	for _, k := range r.Kinds {
		t.row(string(k.Kind), hours(k.Seconds.Old), hours(k.Seconds.New), hours(k.Seconds.New-k.Seconds.Old), k.Meaning)
	}
	t.write(s.Stdout, "")
	s.print("\n")
	t = table{}
	t.row("party", "kind", "old", "new")
	for _, p := range r.Parties {
		name := p.Party
		if name == "" {
			name = "nobody"
		}
		t.row(name, string(p.Kind), hours(p.Seconds.Old), hours(p.Seconds.New))
	}
	t.write(s.Stdout, "")
	c := r.Conservation
	verdict := "no second is lost"
	if !c.Holds {
		verdict = "THE SUMS DO NOT AGREE"
	}
	s.print("\nlegs %d s = end to end %d s by the old book; legs %d s + dropped %d s = %d s by the new: %s\n", c.Legs.Old, c.EndToEnd.Old, c.Legs.New, c.Dropped, c.Legs.New+c.Dropped, verdict)
}
