package report

import (
	"fmt"
	"time"

	"towerbridge/contract"
	"towerbridge/span"
)

// A bar is drawn with percentages of its line of time, so that it fits every width
// and its patterns keep their shape. Colour and pattern are presentation attributes:
// the page's policy lets no style attribute work.

// maxMidnights is how many midnights a bar marks; a longer one has none.
const maxMidnights = 62

// least is the narrowest a stretch is drawn, in millionths of the line.
const least = 1500

// place is a stretch of the line, in percent.
type place struct{ X, Width string }

// percent writes millionths of the line in percent, exactly.
func percent(millionths int64) string {
	return fmt.Sprintf("%d.%04d%%", millionths/10000, millionths%10000)
}

// at returns where an instant stands on the breach's line, in millionths.
func (b *breach) at(i span.Instant) int64 {
	total := max(1, b.Line.Length())
	return min(1e6, max(0, muldiv(int64(i-b.Line.From), 1e6, total)))
}

// muldiv returns a*b/c without overflow for lines of at most 300 years.
func muldiv(a, b, c int64) int64 { return a/c*b + a%c*b/c }

// place returns where a stretch stands on the breach's line.
func (b *breach) place(s span.Span) place {
	from, to := b.at(s.From), b.at(s.To)
	width := max(least, to-from)
	return place{percent(min(from, 1e6-width)), percent(width)}
}

// mark returns where an instant stands, in percent.
func (b *breach) mark(i span.Instant) string { return percent(b.at(i)) }

// midnights returns the local midnights on the line, if they are few.
func (b *breach) midnights(zone *time.Location) []string {
	first, last := span.DateIn(b.Line.From, zone)+1, span.DateIn(b.Line.To, zone)
	if last-first >= maxMidnights {
		return nil
	}
	var out []string
	for d := first; d <= last; d++ {
		out = append(out, b.mark(d.Start(zone)))
	}
	return out
}

// look is how a kind of leg is drawn.
type look struct{ Word, Fill string }

// looks has the kinds in the order of the key. Each differs in pattern as well as in
// colour; the patterns are defined once on the page.
var looks = []look{
	{"this supplier", "#1d70b8"},
	{"another supplier", "url(#tb-other)"},
	{"integrator", "url(#tb-integrator)"},
	{"customer", "url(#tb-customer)"},
	{"unowned", "url(#tb-unowned)"},
	{"disputed", "url(#tb-disputed)"},
}

// fillOf returns the colour or pattern of a leg.
func fillOf(l *leg) string {
	switch l.Kind {
	case contract.IntegratorLeg:
		return looks[2].Fill
	case contract.CustomerLeg:
		return looks[3].Fill
	case contract.UnownedLeg:
		return looks[4].Fill
	case contract.DisputedLeg:
		return looks[5].Fill
	}
	if l.Other {
		return looks[1].Fill
	}
	return looks[0].Fill
}

// described says in one sentence what a bar shows, for those who cannot see it.
func (b *breach) described(zone *time.Location) string {
	text := fmt.Sprintf("From %s to %s: %s", clockTime(b.Line.From, zone), clockTime(b.Line.To, zone), plural(len(b.Legs), "leg"))
	if b.Clock != "" {
		text += fmt.Sprintf(" and %s of clock “%s”", plural(len(b.Pauses), "pause"), b.Clock)
	}
	if b.DueAt < span.Never {
		text += ", due " + clockTime(b.DueAt, zone)
	}
	return text + ". The tables below the bar list them."
}

// neverDue is the due instant of a ticket that has none.
const neverDue = span.Never

// barHeight returns the height of a bar in pixels: one band, or two with a clock.
func barHeight(b *breach) string {
	if b.Clock == "" {
		return "30"
	}
	return "56"
}

// printedLives is how many bars a page may have and still print the tables of every
// one, whether a reader opened them or not.
const printedLives = 40

// bars counts the bars that the page draws.
func (s *Sheet) bars() int {
	n := 0
	for i := range s.sections {
		for k := range s.sections[i].breaches {
			if s.sections[i].breaches[k].Problem == "" {
				n++
			}
		}
	}
	return n
}
