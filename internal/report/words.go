package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// The kinds of measure, as statements name them.
const (
	share        = "share"
	mean         = "mean"
	percentile   = "percentile"
	count        = "count"
	availability = "availability"
	backlog      = "backlog"
	firstTimeFix = "firstTimeFix"
	reopenRate   = "reopenRate"
	handOvers    = "handOvers"
	external     = "external"
	survey       = "survey"
)

// kindWords says in words what each kind of measure is.
var kindWords = map[string]string{
	share: "share within target", mean: "mean time", percentile: "percentile of times", count: "number of tickets",
	availability: "availability", backlog: "backlog", firstTimeFix: "share fixed the first time",
	reopenRate: "share reopened", handOvers: "mean number of hand-overs", external: "series measured outside",
	survey: "survey score",
}

// evidenceUnit is what the elapsed and target of a kind's counted tickets count.
func evidenceUnit(kind string) string {
	switch kind {
	case share, mean, percentile, availability, backlog:
		return "seconds"
	case handOvers:
		return "hand-overs"
	case external:
		return "numerator and denominator"
	case survey:
		return "score and highest score"
	case count:
		return "tickets"
	}
	return ""
}

// countsBad reports whether the tickets that a kind of measure counts as met are
// those that should not have been.
func countsBad(kind string) bool { return kind == reopenRate || kind == backlog }

// verdict names what a ticket contributed to a measure of a kind.
func verdict(kind string, v measure.Verdict) string {
	switch {
	case v == measure.NoVerdict:
		return "counted"
	case kind == reopenRate && v == measure.Met:
		return "reopened"
	case kind == reopenRate:
		return "not reopened"
	case kind == backlog && v == measure.Met:
		return "older"
	case kind == backlog:
		return "not older"
	case kind == availability:
		return "down"
	case kind == count:
		return "counted"
	}
	return v.String()
}

// missedHeading heads the list of tickets whose life the page shows.
func missedHeading(kind string) string {
	switch kind {
	case availability:
		return "Tickets that were downtime"
	case firstTimeFix:
		return "Tickets not fixed the first time"
	case reopenRate:
		return "Tickets that were reopened"
	case backlog:
		return "Open tickets older than the limit"
	}
	return "Tickets that missed the target"
}

// counted says the exact result in words: 7 of 8 tickets met the target.
func counted(m *statement.Measure) string {
	a, b := whole(m.Met), whole(m.Counted)
	switch m.Kind {
	case share:
		return a + " of " + b + " tickets met the target"
	case mean:
		return a + " seconds over " + b + " tickets"
	case percentile:
		return a + " seconds"
	case count:
		return a + " tickets"
	case availability:
		return a + " of " + b + " agreed seconds available"
	case firstTimeFix:
		return a + " of " + b + " tickets fixed the first time"
	case reopenRate:
		return a + " of " + b + " tickets reopened"
	case handOvers:
		return a + " hand-overs over " + b + " tickets"
	case survey:
		return "score of " + a + " of " + b
	case backlog:
		if m.Unit == "seconds" {
			return a + " seconds over " + b + " open tickets"
		}
		return a + " of " + b + " open tickets are older than the limit"
	}
	return a + " over " + b
}

// rounding says how the displayed value came from the exact one.
func rounding(m *statement.Measure) string {
	if m.Rounding != "" {
		return m.Rounding + ", before it is compared"
	}
	return "none in the contract: compared exactly; shown to 2 decimals, the rest cut off"
}

// standing is how a measure stands: a word and the look of its tag.
func standing(m *statement.Measure) (word, look string) {
	switch {
	case m.Failed:
		return "Missed", "red"
	case m.Value == "":
		return "Not measured", "grey"
	case m.Target == "" && m.Band == "":
		return "No target", "grey"
	}
	return "Met", "green"
}

// whole writes a whole number with commas between thousands.
func whole(n int64) string {
	digits := strconv.FormatInt(n, 10)
	return grouped(digits)
}

// grouped puts commas between the thousands of a decimal number's whole part.
func grouped(number string) string {
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	head, rest, fraction := strings.Cut(number, ".")
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "," + head[i:]
	}
	if fraction {
		head += "." + rest
	}
	return sign + head
}

// sum writes an amount for people: GBP 2,000,000.00.
func sum(a money.Amount) string {
	return string(a.Currency) + " " + grouped(exact(a))
}

// length writes seconds for people: 9 h 30 min.
func length(seconds int64) string {
	if seconds < 0 {
		return "-" + length(-seconds)
	}
	var parts []string
	for _, u := range [...]struct {
		n    int64
		unit string
	}{{seconds / 3600, "h"}, {seconds / 60 % 60, "min"}, {seconds % 60, "s"}} {
		if u.n > 0 {
			parts = append(parts, whole(u.n)+" "+u.unit)
		}
	}
	if parts == nil {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// elapsedOf writes what a missed ticket of a kind has used, with its unit; empty
// where the kind counts nothing of a ticket.
func elapsedOf(kind string, n int64) string {
	switch unit := evidenceUnit(kind); unit {
	case "":
		return ""
	case "seconds":
		return length(n)
	default:
		return whole(n) + " " + unit
	}
}

// local writes an instant as RFC 3339 in the contract's zone; empty where there is none.
func (s *Sheet) local(i span.Instant) string {
	if i == 0 || i >= span.Never {
		return ""
	}
	return i.In(s.zone)
}

// clockTime writes an instant for people, in a zone and with its offset:
// 8 May 2026 09:30 (+01:00). Seconds are shown where there are any.
func clockTime(i span.Instant, zone *time.Location) string {
	if i >= span.Never {
		return "not known"
	}
	layout := "2 January 2006 15:04"
	if i%60 != 0 {
		layout += ":05"
	}
	return i.Time().In(zone).Format(layout + " (-07:00)")
}

// clockText is [clockTime] of an instant written as RFC 3339; what is not one is
// shown as it stands.
func (s *Sheet) clockText(text string) string {
	i, err := span.ParseInstant(text)
	if err != nil {
		return text
	}
	return clockTime(i, s.zone)
}

// periodWords names a period for people: April 2026, April to June 2026, or as it is written.
func periodWords(p span.Period) string {
	year, month, _ := p.From.Civil()
	lastYear, last, _ := (p.To - 1).Civil()
	switch {
	case p.Months() == 1:
		return fmt.Sprintf("%s %d", month, year)
	case year == lastYear:
		return fmt.Sprintf("%s to %s %d", month, last, year)
	}
	return fmt.Sprintf("%s %d to %s %d", month, year, last, lastYear)
}

// clauseIn adds a clause in brackets; nothing where there is none.
func clauseIn(clause string) string {
	if clause == "" {
		return ""
	}
	return " (" + clauseText(clause) + ")"
}

// clauseText names a clause: 4.2 is clause 4.2, Schedule 2.2 says what it is.
func clauseText(clause string) string {
	if clause != "" && clause[0] >= '0' && clause[0] <= '9' {
		return "clause " + clause
	}
	return clause
}

// orDash stands a dash where there is nothing to say.
func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// plural counts things: 1 ticket, 3 tickets.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return whole(int64(n)) + " " + thing + "s"
}

// title names a measure: KPI-1: Incidents resolved in time.
func title(m *statement.Measure) string {
	if m.Name == "" {
		return m.ID
	}
	return m.ID + ": " + m.Name
}

// kindOf says what a kind of measure is; a kind of a later program by its own name.
func kindOf(kind string) string {
	if words, ok := kindWords[kind]; ok {
		return words
	}
	return kind
}

// bare writes an amount without its currency, for a column that names it.
func bare(a money.Amount) string {
	return grouped(exact(a))
}

// earlierMeasure says in words what a measure came to in an earlier period.
func earlierMeasure(m *statement.EarlierMeasure) string {
	switch {
	case !m.Measured:
		return m.ID + ": not measured"
	case m.Failed:
		return m.ID + ": missed, " + plural(m.Points, "point")
	}
	return m.ID + ": met"
}

// stateOf says a leg's state, with the reason where work stood.
func stateOf(l *leg) string {
	if l.Reason == "" {
		return l.State
	}
	return l.State + ": " + l.Reason
}

// number writes a whole number for a program to read.
func number(n int64) string { return strconv.FormatInt(n, 10) }

// exact writes an amount's number for a program to read, every decimal kept.
func exact(a money.Amount) string {
	_, digits, _ := strings.Cut(a.String(), " ")
	return digits
}

// reached says whether a cap held.
func reached(holds bool) string {
	if holds {
		return "reached"
	}
	return "not reached"
}

// source says where an earlier result comes from.
func source(e *statement.Earlier) string {
	if e.Issued {
		return "issued statement " + e.Digest
	}
	return "drawn, not issued"
}

// allowed says how long a ticket had and when it fell due; empty without either.
func (s *Sheet) allowed(b *breach) string {
	text := ""
	if b.Target > 0 {
		text = " of " + length(b.Target) + " allowed"
	}
	if b.Due != "" {
		text += ", due " + s.clockText(b.Due)
	}
	return text
}

// frame is a table's box: its caption, and how it is shown.
type frame struct {
	id, caption string
	wide        bool // too wide for a narrow screen, where it scrolls
	inner       bool // a table of one ticket, and no landmark of the page
	headed      bool // a heading says what the caption says, so it is not shown
}

func (f frame) role() string {
	if f.inner {
		return "group"
	}
	return "region"
}
