// Package reconcile lays a supplier's own figures beside ours, line by line.
//
// A supplier reports: so many tickets in time, so many minutes each. Instead of
// arguing about the percentage, every line of the two lists is set side by side and
// ends in one of two ways: both agree, or they differ and the difference has a cause,
// where a cause can be told.
//
//	supplier's CSV ──Read──▶ Figures ─┐
//	                                  ├─ Compare ─▶ Report: lines, causes, money
//	our statement (statement.Draw) ───┘
//
// A cause is found by reading the same ticket again in other ways (another calendar,
// without pauses, by another priority's target, for the whole ticket) and seeing
// which of them gives the supplier's own minutes, or, where it gave none, its
// verdict. Of several that fit, the one that departs least from the contract is told
// first and the others are named beside it. A cause is an explanation that fits; who
// is right is for people to say.
//
// What the differences are worth is the contract's own arithmetic: the same period is
// assessed with the supplier's figures in place of ours, for all lines together, for
// each measure alone, and for each cause alone. Bands and caps are not additive, so
// those parts need not sum to the whole.
package reconcile

import (
	"towerbridge/money"
	"towerbridge/span"
)

// Cause says why a line differs.
type Cause string

// The causes. Each is about one line of one measure.
const (
	Rounding       Cause = "rounding"         // the figures agree once both are rounded
	Calendar       Cause = "calendar"         // the supplier counted other hours
	Pause          Cause = "pause"            // a pause is taken off by one side only
	Priority       Cause = "priority"         // the supplier judged by another priority's target
	Holder         Cause = "holder"           // the supplier counted the whole ticket, we its own time only
	OwnFigures     Cause = "own-figures"      // the supplier's verdict does not follow from its own minutes
	Missing        Cause = "missing"          // we count the ticket, the supplier does not list it
	ExcludedByThem Cause = "excluded-by-them" // we count the ticket, the supplier says it does not count
	ExcludedByUs   Cause = "excluded-by-us"   // the supplier counts the ticket, we exclude it with a reason
	SetAside       Cause = "set-aside"        // the supplier counts the ticket, for us it is another party's or out of scope
	OtherPeriod    Cause = "other-period"     // the supplier counts the ticket here, we in another period
	NotInJournal   Cause = "not-in-journal"   // the supplier counts a ticket that our journal does not have
	ListedTwice    Cause = "listed-twice"     // the supplier lists the ticket more often than it has lives
	Unexplained    Cause = "unexplained"      // no reading of our journal gives the supplier's figure
	causeCount           = 14                 // how many there are; a test counts them
)

// Causes lists every cause with its meaning, for references and pages.
var Causes = [causeCount]struct {
	Cause   Cause
	Meaning string
}{
	{Rounding, "The figures agree once both are rounded."},
	{Calendar, "Their minutes or verdict are those of other working hours."},
	{Pause, "A pause is taken off by one side and not by the other."},
	{Priority, "Their verdict is that of another priority's target, which the ticket had or has."},
	{Holder, "They count the whole ticket, and the clock runs only while the supplier holds it."},
	{OwnFigures, "Their verdict does not follow from their own minutes."},
	{Missing, "We count the ticket; they do not list it."},
	{ExcludedByThem, "We count the ticket; they say it does not count."},
	{ExcludedByUs, "They count the ticket; we exclude it, with a reason."},
	{SetAside, "They count the ticket; for us it is another party's, or out of the measure's scope."},
	{OtherPeriod, "They count the ticket in this period; we count it in another."},
	{NotInJournal, "They count a ticket that our journal does not have."},
	{ListedTwice, "They list the ticket more often than it has lives."},
	{Unexplained, "No reading of our journal gives their figure."},
}

// Report is a supplier's figures beside ours, for one contract and service period.
type Report struct {
	Contract string       `json:"contract"`
	Supplier string       `json:"supplier"`
	Customer string       `json:"customer"`
	Period   span.Period  `json:"period"`
	AsOf     span.Instant `json:"asOf"`            // of our statement
	Digest   string       `json:"statementDigest"` // of our statement
	File     string       `json:"file"`            // the supplier's
	Measures []Measure    `json:"measures"`
	Lines    []Line       `json:"lines"`  // in the order of measures, then of tickets; agreeing ones too
	Causes   []CauseTotal `json:"causes"` // in the order of [Causes], only those that occur
	Worth    Worth        `json:"worth"`  // of all differences together
	Ignored  int          `json:"ignoredRows"`
}

// Measure is one measure by both sides' figures.
type Measure struct {
	ID      string      `json:"id"`
	Name    string      `json:"name,omitempty"`
	Clause  string      `json:"clause,omitempty"`
	Kind    string      `json:"kind"`
	Period  span.Period `json:"period"` // measurement period
	Ours    Total       `json:"ours"`
	Theirs  Total       `json:"theirs"`
	Agreed  int         `json:"agreedLines"`
	Differ  int         `json:"differingLines"`
	Cause   Cause       `json:"cause,omitempty"` // where only totals were given and differ
	Why     string      `json:"why,omitempty"`
	Worth   Worth       `json:"worth"` // of this measure's differences alone
	ByTotal bool        `json:"totalsOnly,omitempty"`
}

// Total is one side's result of a measure.
type Total struct {
	Met     int64  `json:"met"`     // numerator, as the statement has it
	Counted int64  `json:"counted"` // denominator
	Display string `json:"display"` // as the contract rounds it
	Failed  bool   `json:"failed"`
	Band    string `json:"band,omitempty"`
	Points  int    `json:"points"`
}

// Line is one ticket of one measure by both sides' figures.
type Line struct {
	ID      string   `json:"id"` // measure/ticket, with /life from the second life on; the same in every run
	Measure string   `json:"measure"`
	Ticket  string   `json:"ticket"`
	Life    int      `json:"life"`          // from one; later ones are lives of a reopened ticket that count by themselves
	Row     int      `json:"row,omitempty"` // line of the supplier's file; zero where it has none
	Agrees  bool     `json:"agrees"`
	Ours    Side     `json:"ours"`
	Theirs  Side     `json:"theirs"`
	Apart   *int64   `json:"apartSeconds,omitempty"` // theirs less ours, in open seconds, where both say
	Cause   Cause    `json:"cause,omitempty"`
	Why     string   `json:"why,omitempty"`    // one sentence
	By      Basis    `json:"toldBy,omitempty"` // what the cause was told by
	Also    []string `json:"also,omitempty"`   // other explanations that fit as well
}

// Basis is what a cause was told by: minutes tell much, a verdict little.
type Basis string

// The bases.
const (
	ByMinutes Basis = "minutes" // another reading gives exactly their minutes
	ByVerdict Basis = "verdict" // another reading gives their verdict; they gave no minutes that tell more
	ByRecord  Basis = "record"  // one side's list says so
)

// Side is what one side says of a ticket.
type Side struct {
	Verdict Verdict `json:"verdict,omitempty"`
	Seconds *int64  `json:"openSeconds,omitempty"`   // open seconds counted; theirs to the nearest second
	Target  *int64  `json:"targetSeconds,omitempty"` // open seconds allowed
	Reason  string  `json:"reason,omitempty"`        // why it does not count
	Clause  string  `json:"clause,omitempty"`
}

// Verdict is what one side says of a ticket: met, missed or excluded. In a measure
// that counts what should not have been (a reopening, an age) a ticket that speaks
// against the supplier is missed.
type Verdict string

// The verdicts. An empty one says nothing.
const (
	Met      Verdict = "met"
	Missed   Verdict = "missed"
	Excluded Verdict = "excluded"
	Counted  Verdict = "counted" // it counts, without a verdict: a mean, a count
)

// CauseTotal is how often a cause occurs and what it is worth alone.
type CauseTotal struct {
	Cause   Cause  `json:"cause"`
	Meaning string `json:"meaning"`
	Lines   int    `json:"lines"`
	Worth   Worth  `json:"worth"` // of these lines alone: theirs in place of ours
}

// Worth is what differences come to: the period assessed with our figures, and with
// theirs in place of ours. A credit is what is deducted from the charges.
type Worth struct {
	Ours       money.Amount `json:"ours"`
	Theirs     money.Amount `json:"theirs"`
	Difference money.Amount `json:"difference"` // ours less theirs: positive is money that the customer would lose
}
