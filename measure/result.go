// Package measure turns clock readings into results: so many met of so many
// counted, with every ticket that was left out and why.
//
// A result is a fraction of whole numbers and is never rounded where it is kept.
// [Taker.Take] goes through the tickets once, whatever the number of contracts,
// measures and periods; each ticket that a contract could be asked about ends in
// one of three places, so that the sum always comes out:
//
//	ticket ─┬─▶ counted   (met or missed, with its seconds)
//	        ├─▶ excluded  (with a reason, shown one by one)
//	        └─▶ set aside (another party's, or out of scope: counted by reason)
//
// The package decides no points and no money; see credit.
package measure

import (
	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// Result is one measure of one period.
type Result struct {
	Measure  *contract.Measure
	Period   span.Period            // the measurement period
	Met      int64                  // numerator: tickets met, seconds, score
	Counted  int64                  // denominator: tickets, seconds, highest score
	Measured bool                   // false where nothing was there to measure
	Value    money.Fraction         // Met over Counted, where Measured
	Display  string                 // the value as the contract rounds it, with its unit
	Band     *contract.BandDocument // the band it lies in; nil without bands or a value
	Target   *contract.Level        // target performance level in force; nil without one
	Failed   bool                   // measured, and short of the target
	Small    bool                   // met by the small-volume rule
	Rating   string                 // statutory rating, where the contract has cut-offs
	Evidence []Counted              // the tickets counted, in order
	Excluded []Excluded             // the tickets left out, in order
	Aside    []Aside                // how many tickets were set aside, by reason
	Notes    []string               // what a reader must know, such as a rule applied
}

// Counted is one ticket that counts.
type Counted struct {
	Ticket  uint32 // position in the journal
	Episode uint8  // which of several lives of a reopened ticket; zero is the first
	Verdict Verdict
	Elapsed int64 // open seconds counted, pauses taken off; or the value summed
	Target  int64 // open seconds allowed; zero without a target
	Due     span.Instant
	At      span.Instant // the instant that puts the ticket in the period
}

// Verdict is what a ticket contributes.
type Verdict uint8

// The verdicts.
const (
	NoVerdict Verdict = iota
	Met
	Missed
)

// String names the verdict.
func (v Verdict) String() string { return [...]string{"", "met", "missed"}[v] }

// Excluded is one ticket that does not count, and why.
type Excluded struct {
	Ticket uint32
	Reason string // in words
	Clause string // clause that allows it; may be empty for the measure's own rules
	Rule   string // id of the exclusion in the contract; empty for a measure's own rules
}

// Aside is how many tickets of the period were no concern of the measure.
type Aside struct {
	Reason  string `json:"reason"`
	Tickets int64  `json:"tickets"`
}
