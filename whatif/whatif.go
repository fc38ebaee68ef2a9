// Package whatif replays what happened under other towers or other terms.
//
// A year of tickets is in the journal. Had two suppliers run what six ran, or had the
// target been four hours, what would the measures, the credits and the hand-overs have
// been? [Replay] reads the same entries twice, once by the book that was in force and
// once by another, and lays the two side by side:
//
//	journal ───────────────────────▶ old book ─▶ statements, legs, hand-overs ─┐
//	   └─ Rename (by a Plan) ──────▶ new book ─▶ statements, legs, hand-overs ─┴─▶ Result
//
// A [Plan] says who takes whose place: towers that merge, teams that go to another
// party, lines of support that become one. A hand-over between two who become one is
// gone by that rule. The waiting between them is not: it happened, and nobody knows
// whether it would have happened inside one supplier. It is kept, and shown as what it
// was, unless the question says to drop it; then everything after it moves forward.
//
// A replay is arithmetic, not prophecy. What it cannot know is part of its result, in
// plain words ([Result.Unknown]).
package whatif

import (
	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// Level is what counts as one holder of a ticket.
type Level string

// The levels.
const (
	ByParty Level = "party"
	ByTeam  Level = "team"
	ByLine  Level = "line"
)

// Levels are all levels, in order.
var Levels = [...]Level{ByParty, ByTeam, ByLine}

// Result is the same tickets by two books.
type Result struct {
	OldEstate    string       `json:"oldEstate"` // ids
	NewEstate    string       `json:"newEstate"`
	From         span.Date    `json:"from"`
	To           span.Date    `json:"to"` // first day after
	AsOf         span.Instant `json:"asOf"`
	Moves        []Move       `json:"moves"`
	Tickets      int          `json:"tickets"` // those that ended from From up to To, of which all that follows is told
	By           Level        `json:"by"`      // of Inside
	HandOvers    []HandOvers  `json:"handOvers"`
	Inside       []Inside     `json:"inside"` // hand-overs that are gone, the longest waiting first
	Waiting      Waiting      `json:"internalWaiting"`
	Kinds        []KindTotal  `json:"kinds"`
	Parties      []PartyTotal `json:"parties"`
	Conservation Conservation `json:"conservation"`
	Groups       []Group      `json:"groups"`
	Totals       []MoneyTotal `json:"totals"` // by currency
	Unknown      []string     `json:"unknown"`
}

// Move is who takes whose place, and by which rule.
type Move struct {
	Of  string `json:"of"` // a party, team or line of the old book
	To  string `json:"to"` // party of the new one
	Why string `json:"why"`
}

// HandOvers is the changes of holder at one level. A ticket that nobody holds for a
// while is handed over when another takes it than held it last.
type HandOvers struct {
	Level    Level  `json:"level"`
	Old      int64  `json:"old"`
	Gone     int64  `json:"gone"`     // between two who become one
	Appeared int64  `json:"appeared"` // within one who becomes two
	New      int64  `json:"new"`      // Old less Gone and Appeared more
	Tickets  Tally  `json:"ticketsHandedOver"`
	Meaning  string `json:"meaning"`
}

// Tally is a number by each book.
type Tally struct {
	Old int64 `json:"old"`
	New int64 `json:"new"`
}

// Inside is hand-overs from one holder to another that are gone because both become
// one.
type Inside struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Becomes string   `json:"becomes"`
	Count   int64    `json:"handOvers"`
	Seconds int64    `json:"waitingSeconds"` // elapsed, from the offer until it was accepted, handed on, paused or done, and while nobody held it between the two
	Tickets []string `json:"tickets"`        // in the order of the journal, each once
}

// Waiting is the waiting of the hand-overs that are gone.
type Waiting struct {
	Seconds int64      `json:"seconds"` // elapsed
	Dropped bool       `json:"dropped"` // false: it is kept in every figure
	As      []KindTime `json:"as"`      // kept: whose time it is by the new book
	Was     []KindTime `json:"was"`     // whose it was by the old one
}

// KindTime is elapsed seconds of one kind.
type KindTime struct {
	Kind    contract.LegKind `json:"kind"`
	Seconds int64            `json:"seconds"`
}

// KindTotal is the elapsed seconds of all tickets of one kind, by each book.
type KindTotal struct {
	Kind    contract.LegKind `json:"kind"`
	Meaning string           `json:"meaning"`
	Seconds Tally            `json:"seconds"`
}

// PartyTotal is the elapsed seconds of all tickets that are one party's, by each book.
type PartyTotal struct {
	Party   string           `json:"party"`
	Kind    contract.LegKind `json:"kind"`
	Seconds Tally            `json:"seconds"`
}

// Conservation is the proof that no second was lost: the legs of each ticket, and of all
// together, add up to the time from end to end by each book, and both books have the
// same, less what was dropped.
type Conservation struct {
	Legs     Tally `json:"legsSeconds"`
	EndToEnd Tally `json:"endToEndSeconds"`
	Dropped  int64 `json:"droppedSeconds"`
	Apart    int64 `json:"ticketsApart"` // tickets of which it does not hold
	Holds    bool  `json:"holds"`
}

// Group is one supplier of the new book, with the suppliers whose place it takes.
type Group struct {
	Supplier     string   `json:"supplier"`     // of the new book
	OldSuppliers []string `json:"oldSuppliers"` // whose contracts it takes over
	TakesOver    []string `json:"takesOver"`    // lines and teams that become its own
	OldContracts []string `json:"oldContracts"`
	NewContracts []string `json:"newContracts"`
	Rows         []Row    `json:"measures"`
}

// Row is one measure by each book; nil where a book has none of that id.
type Row struct {
	ID        string   `json:"id"`
	Old       *Figure  `json:"old"`
	New       *Figure  `json:"new"`
	NowMet    []string `json:"nowMet,omitempty"`    // tickets that missed by the old book and do not by the new
	NowMissed []string `json:"nowMissed,omitempty"` // tickets that miss by the new book only
}

// Figure is what a measure comes to over all periods.
type Figure struct {
	Contract string       `json:"contract"`
	Name     string       `json:"name,omitempty"`
	Clause   string       `json:"clause,omitempty"`
	Kind     string       `json:"kind"`
	Target   string       `json:"target,omitempty"` // of the last period
	Met      int64        `json:"met"`              // numerators, summed
	Counted  int64        `json:"counted"`          // denominators, summed
	Display  string       `json:"display"`          // of the sums, as the contract rounds; empty where sums mean nothing
	Measured int          `json:"periodsMeasured"`
	Failed   int          `json:"periodsFailed"`
	Points   int          `json:"points"`
	Credit   money.Amount `json:"credit"` // its credit lines, before caps
	Each     []Each       `json:"periods"`
	target   string
}

// Each is a measure in one period.
type Each struct {
	Period  span.Period `json:"period"`
	Met     int64       `json:"met"`
	Counted int64       `json:"counted"`
	Display string      `json:"display"`
	Failed  bool        `json:"failed"`
	Points  int         `json:"points"`
}

// MoneyTotal is charges and credits in one currency, by each book.
type MoneyTotal struct {
	Currency money.Currency `json:"currency"`
	Charges  Money          `json:"charges"`
	Gross    Money          `json:"grossCredits"`  // before caps
	Credits  Money          `json:"credits"`       // deducted: after caps and what is earned back
	Capped   Tally          `json:"periodsCapped"` // statements in which a cap took something off
	Drawn    Tally          `json:"statements"`
}

// Money is a sum by each book.
type Money struct {
	Old money.Amount `json:"old"`
	New money.Amount `json:"new"`
}
