// Package statement is the only thing that is frozen: what a contract's measures
// and credits came to in a period, as known at an instant.
//
// [Draw] computes statements from a journal. A [Statement] is kept whole with its
// digest; [Issue] puts it into a bundle together with everything it was computed
// from, so that the other party recomputes it with [Verify] on its own machine.
// A statement is never changed: [Supersede] draws the period again with later
// knowledge and lists every line that differs.
//
//	journal ─┐                       ┌─▶ bundle.zip ──▶ Verify ─▶ agrees, or the
//	contract ┼─ Draw ─▶ Statement ───┤                            first line that does not
//	calendar ┤          (digest)     └─▶ Supersede ─▶ the lines that changed
//	estate ──┘
//
// The record is JSON with its members in a fixed order; the digest is over those
// bytes without the digest itself. No file name, path or present time enters it.
package statement

import (
	"towerbridge/credit"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// Format names the form of the record; it changes when the form does.
const Format = "towerbridge-statement/1"

// Statement is the record of one contract and one service period.
type Statement struct {
	Format     string               `json:"format"`
	Contract   string               `json:"contract"`
	Title      string               `json:"title,omitempty"`
	Customer   string               `json:"customer"`
	Supplier   string               `json:"supplier"`
	Integrator string               `json:"integrator,omitempty"`
	Period     span.Period          `json:"period"`
	From       string               `json:"from"`     // first instant of the period, with its local offset
	To         string               `json:"to"`       // first instant after it
	Zone       string               `json:"zone"`     // IANA zone of the contract
	ZoneData   string               `json:"zoneData"` // version of the IANA data used
	AsOf       span.Instant         `json:"asOf"`     // what was learnt later is not in it
	CutOff     span.Instant         `json:"cutOff"`   // end of the contract's late-entry time
	Documents  []DocumentRef        `json:"documents"`
	Supersedes string               `json:"supersedes,omitempty"` // digest of the statement it corrects
	Measures   []Measure            `json:"measures"`
	Charges    money.Amount         `json:"charges"` // payable for the period, before credits
	ChargesBy  string               `json:"chargesClause,omitempty"`
	Credits    []credit.Line        `json:"credits"` // by scheme and measure; what is earned back is negative
	Schemes    []credit.SchemeTotal `json:"schemes"`
	Cap        []Cap                `json:"cap"`
	Total      money.Amount         `json:"total"`
	Earlier    []Earlier            `json:"earlier,omitempty"`
	Digest     string               `json:"digest,omitempty"`

	results []measure.Result
	used    []uint32
	journal *journal.Journal // that it was drawn from
}

// DocumentRef is a document that the statement was computed by.
type DocumentRef struct {
	Name   string `json:"name"` // kind and id, such as contract/eus
	Digest string `json:"digest"`
}

// Measure is one measure's line.
type Measure struct {
	ID         string          `json:"id"`
	Name       string          `json:"name,omitempty"`
	Clause     string          `json:"clause,omitempty"`
	Kind       string          `json:"kind"`    // share, mean, availability ...
	Period     span.Period     `json:"period"`  // measurement period
	Met        int64           `json:"met"`     // numerator
	Counted    int64           `json:"counted"` // denominator
	Unit       string          `json:"unit"`    // percent, seconds or number
	Value      string          `json:"value"`   // exact fraction; empty where nothing was measured
	Display    string          `json:"display"` // as rounded by the contract
	Rounding   string          `json:"rounding,omitempty"`
	Target     string          `json:"target,omitempty"`
	Failed     bool            `json:"failed"`
	Band       string          `json:"band"`
	BandClause string          `json:"bandClause,omitempty"`
	Points     int             `json:"points"`
	Base       int             `json:"basePoints"`
	Multiplier int             `json:"multiplier,omitempty"`
	Repeat     bool            `json:"repeat,omitempty"`
	Suppressed string          `json:"suppressedBy,omitempty"`
	PointsWhy  string          `json:"pointsWhy,omitempty"`
	Rating     string          `json:"rating,omitempty"`
	Tickets    int             `json:"tickets"`  // tickets of the evidence
	Evidence   string          `json:"evidence"` // digest over every counted ticket with its seconds and verdict
	Missed     []Missed        `json:"missed,omitempty"`
	Excluded   []Excluded      `json:"excluded"`
	Aside      []measure.Aside `json:"setAside,omitempty"`
	Notes      []string        `json:"notes,omitempty"`
}

// Missed is a ticket that speaks against the supplier, with its seconds: one that
// missed, was reopened, or is too old (see [contract.MeasureDocument.CountsBad]).
type Missed struct {
	Ticket  string `json:"ticket"`
	Episode int    `json:"episode,omitempty"` // which later life of a reopened ticket
	Elapsed int64  `json:"elapsedSeconds"`    // open seconds counted
	Target  int64  `json:"targetSeconds,omitempty"`
	Due     string `json:"due,omitempty"` // local time with offset
}

// Excluded is a ticket that did not count.
type Excluded struct {
	Ticket string `json:"ticket"`
	Reason string `json:"reason"`
	Clause string `json:"clause,omitempty"`
	Rule   string `json:"rule,omitempty"`
}

// Cap is a limit of a scheme and whether it held.
type Cap struct {
	Scheme  string       `json:"scheme"`
	Limit   money.Amount `json:"limit"` // exact, over all the periods it is for
	Room    money.Amount `json:"room"`  // what it left for this period
	Reached bool         `json:"reached"`
	Rule    string       `json:"rule"`
	Clause  string       `json:"clause,omitempty"`
}

// Earlier is an earlier period's result that this statement read.
type Earlier struct {
	Period   span.Period      `json:"period"`
	Issued   bool             `json:"issued"` // false: drawn, not issued
	Digest   string           `json:"digest"`
	Charges  money.Amount     `json:"charges"`
	Measures []EarlierMeasure `json:"measures"`
	Credits  []EarlierCredit  `json:"credits"`
}

// EarlierMeasure is an earlier result of a measure.
type EarlierMeasure struct {
	ID       string      `json:"id"`
	Measured bool        `json:"measured"`
	Failed   bool        `json:"failed"`
	Points   int         `json:"points"`
	Period   span.Period `json:"period"` // measurement period
}

// EarlierCredit is an earlier credit of a scheme.
type EarlierCredit struct {
	Scheme     string       `json:"scheme"`
	Amount     money.Amount `json:"amount"` // after caps, before earn-back
	EarnedBack money.Amount `json:"earnedBack"`
}

// Results returns the full results behind the record, with all their evidence, as
// positions in the journal the statement was drawn from. They are not part of the
// record: a statement that was read from a file has none.
func (s *Statement) Results() []measure.Result { return s.results }

// Used returns the tickets that the statement stands on, as positions in the
// journal it was drawn from, in order.
func (s *Statement) Used() []uint32 { return s.used }
