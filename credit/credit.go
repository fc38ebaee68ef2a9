// Package credit turns results into points and points into money.
//
// It owns the last arithmetic of the line: what a missed measure costs. It looks
// at results and never at tickets, and returns every figure together with the rule
// that made it, so that a page has nothing left to compute.
//
//	results ──Scores──▶ points ──Assess──▶ lines ──▶ gross ──caps──▶ net ──▶ total
//	         band, repeat,       one for each       excess: recorded,     less what
//	         related failures    scheme, measure    never carried on      is earned back
//
// Money is rounded in three places, each shown where it happens:
//
//   - A scheme that prices each measure by itself (percentShort, weighting,
//     pointValue, fixed) rounds each line by its own rounding; gross is their sum.
//   - A scheme that prices the total of the points (pointsRate, ratchet) rounds that
//     one figure, and its lines are gross split by their points ([money.Split]).
//   - What is earned back is rounded by the scheme's rounding, credit by credit.
//
// A limit with a fraction of a penny is met by the whole pennies under it, whatever
// the scheme's rounding: any other would pass the limit.
//
// The terms in force on the first day of the service period hold for all of it.
package credit

import (
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// Earlier is what an earlier service period came to, as far as rules look back:
// repeated failures, rolling caps and earn-back. A list of them may be in any order
// and has at most one for each period.
type Earlier struct {
	Period   span.Period
	Issued   bool             // from an issued statement; false: drawn, not issued
	Digest   string           // of that statement; empty when it was not issued
	Charges  money.Amount     // payable for the period, before credits
	Measures []EarlierMeasure // the results that were due in it
	Credits  []EarlierCredit  // one for each scheme in force
}

// EarlierMeasure is one result of an earlier service period.
type EarlierMeasure struct {
	ID       string
	Measured bool
	Failed   bool
	Points   int
	Period   span.Period // the measurement period
}

// EarlierCredit is what one scheme came to in an earlier service period.
type EarlierCredit struct {
	Scheme     string
	Amount     money.Amount // after caps, before earn-back
	EarnedBack money.Amount // what that period gave back of credits before it; told, not read: see [Assess]
}

// Past returns a finished service period as what the periods after it look back on.
// The caller adds whether it was issued, and the digest.
func Past(period span.Period, results []measure.Result, scores []Score, a Assessment) Earlier {
	e := Earlier{Period: period, Charges: a.Charges, Measures: remembered(results, scores)}
	for _, s := range a.Schemes {
		e.Credits = append(e.Credits, EarlierCredit{Scheme: s.Scheme, Amount: s.Net, EarnedBack: s.EarnedBack})
	}
	return e
}

func remembered(results []measure.Result, scores []Score) []EarlierMeasure {
	out := make([]EarlierMeasure, len(results))
	for i, r := range results {
		out[i] = EarlierMeasure{
			ID: r.Measure.ID, Measured: r.Measured, Failed: r.Failed,
			Points: scores[i].Points, Period: r.Period,
		}
	}
	return out
}

// Assessment is what one service period costs the supplier.
type Assessment struct {
	Charges       money.Amount  `json:"charges"` // payable for the period, before credits; zero where the contract has none
	ChargesClause string        `json:"chargesClause,omitempty"`
	Lines         []Line        `json:"lines"`               // by scheme, then by measure, as the contract lists them
	EarnBacks     []Line        `json:"earnBacks,omitempty"` // credits given back, each a negative amount
	Schemes       []SchemeTotal `json:"schemes"`             // those in force, as the contract lists them
	Total         money.Amount  `json:"total"`               // what is deducted: nets less earn-back; negative is payable to the supplier
}

// Line is the money of one measure under one scheme, in whole minor units. A
// measure that costs nothing has a line that says why.
type Line struct {
	ID       string       `json:"id"` // scheme/measure; with /period where a measure is due more than once
	Scheme   string       `json:"scheme"`
	Measure  string       `json:"measure,omitempty"` // empty in a line of [Assessment.EarnBacks]
	Period   span.Period  `json:"period"`            // the measurement period; of an earn-back, the period of the credit
	Band     string       `json:"band,omitempty"`
	Points   int          `json:"points"` // of [Score], or of the steps short under pointValue
	Amount   money.Amount `json:"amount"`
	Rule     string       `json:"rule"` // the arithmetic, or why there is none
	Clause   string       `json:"clause,omitempty"`
	Rounding string       `json:"rounding,omitempty"` // the rounding that changed the figure; empty where it was exact
}

// SchemeTotal is what one scheme comes to.
type SchemeTotal struct {
	Scheme     string       `json:"scheme"`
	Clause     string       `json:"clause,omitempty"`
	Points     int          `json:"points"`
	Rule       string       `json:"rule"`  // the arithmetic of Gross
	Gross      money.Amount `json:"gross"` // the sum of its lines
	Caps       []Cap        `json:"caps,omitempty"`
	Net        money.Amount `json:"net"`        // Gross, or the tightest cap's room where that is less
	Excess     money.Amount `json:"excess"`     // Gross less Net: recorded, never carried into another period
	EarnedBack money.Amount `json:"earnedBack"` // what is given back in this period; not negative
	Rounding   string       `json:"rounding,omitempty"`
}

// Cap is one limit of a scheme and what it looked at.
type Cap struct {
	Clause  string        `json:"clause,omitempty"`
	Rule    string        `json:"rule"`              // the arithmetic of Limit
	Limit   money.Amount  `json:"limit"`             // exact, for all of Periods
	Periods []span.Period `json:"periods"`           // those looked at, this one first
	Missing []span.Period `json:"missing,omitempty"` // those of the term of which nothing is known; they count as nothing
	Taken   money.Amount  `json:"taken"`             // nets of the periods before this one; earn-back makes no room
	Room    money.Amount  `json:"room"`              // Limit less Taken in whole minor units, never negative
	Holds   bool          `json:"holds"`             // the cap that Net is taken from
}
