package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/whatif"
)

// WhatIf is a log replayed by another book, ready to be shown as a page.
type WhatIf struct {
	Book   *statement.Book // the old one
	Result *whatif.Result
}

// HTML writes the page: one file that needs nothing else and prints to A4. An error is
// that of the writer.
func (x *WhatIf) HTML(w io.Writer) error {
	return write(w, whatifPage(&whatifView{x, &Sheet{book: x.Book, statement: &statement.Statement{}, zone: estateZone(x.Book)}}))
}

type whatifView struct {
	*WhatIf
	sheet *Sheet
}

// Trials is simulated stretches of time by one book or two, ready to be shown as a page.
type Trials struct {
	Book   *statement.Book // the old one
	Result *whatif.Trials
}

// HTML writes the page: one file that needs nothing else and prints to A4. An error is
// that of the writer.
func (x *Trials) HTML(w io.Writer) error {
	return write(w, trialsPage(&trialsView{x, &Sheet{book: x.Book, statement: &statement.Statement{}, zone: estateZone(x.Book)}}))
}

type trialsView struct {
	*Trials
	sheet *Sheet
}

func (v *whatifView) contents() []heading {
	return []heading{
		{"moves", "Who takes whose place"},
		{"money", "Money"},
		{"measures", "Measures"},
		{"hand-overs", "Hand-overs"},
		{"time", "Whose time it was"},
		{"unknown", "What a replay cannot know"},
	}
}

// stretch names the time between two dates: the months where they are whole.
func stretch(from, to span.Date) string { return periodWords(span.Period{From: from, To: to}) }

// pairBars are the same numbers by both books, on one scale.
func pairBars(label string, t whatif.Tally, text func(int64) string) level {
	return level{label, []levelBar{{Fill: firstFill, Text: "old " + text(t.Old), N: t.Old}, {Fill: secondFill, Text: "new " + text(t.New), N: t.New}}}
}

func (v *whatifView) kindBars() []level {
	var rows []level
	for _, k := range v.Result.Kinds {
		rows = append(rows, pairBars(kindWord(k.Kind), k.Seconds, brief))
	}
	return scaled(rows)
}

func (v *whatifView) handOverBars() []level {
	var rows []level
	for _, h := range v.Result.HandOvers {
		rows = append(rows, pairBars("between "+levelWord(h.Level), whatif.Tally{Old: h.Old, New: h.New}, whole))
	}
	return scaled(rows)
}

func levelWord(l whatif.Level) string {
	return map[whatif.Level]string{whatif.ByParty: "parties", whatif.ByTeam: "teams", whatif.ByLine: "lines of support"}[l]
}

// difference writes how much more a new sum is than the old one.
func difference(m whatif.Money) string {
	d, err := m.New.Sub(m.Old)
	if err != nil {
		return "–"
	}
	if d.Sign() > 0 {
		return "+" + bare(d)
	}
	return bare(d)
}

func secondsDifference(t whatif.Tally) string {
	if t.New > t.Old {
		return "+" + length(t.New-t.Old)
	}
	return length(t.New - t.Old)
}

func kindTimes(list []whatif.KindTime) string {
	var words []string
	for _, k := range list {
		words = append(words, kindWord(k.Kind)+" "+length(k.Seconds))
	}
	return orDash(strings.Join(words, ", "))
}

// groupTitle says who stands in whose place.
func (v *whatifView) groupTitle(g *whatif.Group) string {
	old := slices.Concat(g.OldSuppliers, g.TakesOver)
	if len(old) == 0 {
		return g.Supplier + ", in nobody's place"
	}
	return g.Supplier + " in place of " + strings.Join(old, ", ")
}

// figureText writes what a measure comes to by one book.
func figureText(f *whatif.Figure) string {
	if f == nil || f.Measured == 0 {
		return "–"
	}
	if f.Display == "" {
		return plural(f.Measured, "period")
	}
	return f.Display
}

// figureUnder says what a measure's value is out of, how often it missed, and by which
// contract, a line each.
func figureUnder(f *whatif.Figure) []string {
	if f == nil {
		return []string{"in no contract"}
	}
	var lines []string
	switch {
	case f.Counted == 0 || f.Kind == count: // the value says it
	case f.Kind == mean || f.Kind == handOvers:
		lines = append(lines, whole(f.Met)+" over "+whole(f.Counted))
	default:
		lines = append(lines, whole(f.Met)+" of "+whole(f.Counted))
	}
	if f.Target != "" || f.Failed > 0 {
		text := fmt.Sprintf("missed %d of %d", f.Failed, f.Measured)
		if f.Points > 0 {
			text += ", " + plural(f.Points, "point")
		}
		lines = append(lines, text)
	}
	return append(lines, "in "+f.Contract)
}

func figureCredit(f *whatif.Figure) string {
	if f == nil || f.Credit.IsZero() {
		return "–"
	}
	return sum(f.Credit)
}

func rowName(r *whatif.Row) string {
	for _, f := range []*whatif.Figure{r.New, r.Old} {
		if f != nil && f.Name != "" {
			return f.Name
		}
	}
	return ""
}

func orNobody(party string) string {
	if party == "" {
		return "nobody"
	}
	return party
}

// creditPlot places a distribution on the line from nothing to the most of all.
type creditPlot struct{ Least, P5, Median, P95, Most, Width string }

// plotsOf places the distributions of a regime's contracts on one scale, each currency
// on its own.
func plotsOf(books []whatif.Regime) func(d *whatif.Distribution) creditPlot {
	most := map[money.Currency]money.Amount{}
	for i := range books {
		for k := range books[i].Contracts {
			d := &books[i].Contracts[k].Credits
			x, ok := most[d.Most.Currency]
			if order, err := d.Most.Cmp(x); !ok || err == nil && order > 0 {
				most[d.Most.Currency] = d.Most
			}
		}
	}
	return func(d *whatif.Distribution) creditPlot {
		at := func(a money.Amount) int64 { return millionths(a, most[a.Currency]) }
		p5, p95 := at(d.P5), at(d.P95)
		return creditPlot{percent(at(d.Least)), percent(p5), percent(at(d.Median)), percent(p95), percent(at(d.Most)), percent(max(least, p95-p5))}
	}
}

// millionths returns how much an amount is of the most, for a drawing.
func millionths(a, most money.Amount) int64 {
	x, ok := new(big.Rat).SetString(exact(a))
	y, ok2 := new(big.Rat).SetString(exact(most))
	if !ok || !ok2 || x.Sign() <= 0 || y.Sign() <= 0 {
		return 0
	}
	x.Quo(x, y).Mul(x, big.NewRat(1e6, 1))
	return min(1e6, new(big.Int).Quo(x.Num(), x.Denom()).Int64())
}

func distributionWords(d *whatif.Distribution) string {
	return fmt.Sprintf("5 of 100 trials at most %s, half at most %s, 95 of 100 at most %s; least %s, most %s", sum(d.P5), sum(d.Median), sum(d.P95), sum(d.Least), sum(d.Most))
}
