package flow

import (
	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// Result is the flow of a journal's tickets. All seconds are elapsed unless a name
// says open; every share is a pair of whole numbers.
type Result struct {
	By           Level         `json:"by"`
	AsOf         span.Instant  `json:"asOf"` // nothing learnt later is in it
	Zone         string        `json:"zone"` // of periods
	Periods      []span.Period `json:"periods,omitempty"`
	Tickets      int64         `json:"tickets"`
	Ended        int64         `json:"ended"` // of those: resolved, closed or cancelled
	EndToEnd     Line          `json:"endToEnd"`
	Held         []Held        `json:"held"`
	Kinds        []Kind        `json:"kinds"` // held, by what kind of holder
	Conservation Conservation  `json:"conservation"`
	Matrix       Matrix        `json:"handOvers"`
	Figures      []Figure      `json:"figures"`
	Waits        []Wait        `json:"waits"`
	Breakdowns   []Breakdown   `json:"breakdowns"`
	Promises     []Promise     `json:"promises"`
	Log          Log           `json:"log"`
	Contracts    []ContractUse `json:"contracts"`
	Definitions  []Definition  `json:"definitions"`
	Watermelons  *Watermelons  `json:"watermelons,omitempty"` // where they were asked for

	lists   map[string][]uint32 // tickets by the id of what they are behind
	journal names
}

// names gives tickets their own names.
type names interface {
	TicketID(ticket int) string
	AppendTicketID(b []byte, ticket int) []byte
}

// Definition says what the numbers of a part of the result are.
type Definition struct {
	Of   string `json:"of"`
	Text string `json:"text"`
}

// Evidence is the tickets behind a number. Their list is [Result.TicketsOf] of the id.
type Evidence struct {
	ID     string `json:"id"`
	Digest string `json:"digest,omitempty"` // where asked for: sha256 over the tickets' names, each with a line end, in the order of the journal
}

// Line is a time with its spread over tickets.
type Line struct {
	Evidence
	Distribution
}

// Held is what one holder had of the tickets.
type Held struct {
	Evidence
	Kind           contract.LegKind `json:"kind"`
	Name           string           `json:"name"`            // of the party, party/team, or line; empty where nobody is named
	Party          string           `json:"party,omitempty"` // whose calendar counts the open seconds; of lines none
	ElapsedSeconds int64            `json:"elapsedSeconds"`
	OpenSeconds    int64            `json:"openSeconds"`        // by the party's own calendar
	UnknownSeconds int64            `json:"openUnknownSeconds"` // elapsed seconds for which no calendar says what is open
	Share          Share            `json:"share"`              // of the end-to-end seconds
	PerTicket      Distribution     `json:"perTicketThatItHad"` // elapsed, over the tickets it had any time of
}

// Kind is what all holders of one kind had.
type Kind struct {
	Kind           contract.LegKind `json:"kind"`
	ElapsedSeconds int64            `json:"elapsedSeconds"`
	Share          Share            `json:"share"` // of the end-to-end seconds
}

// Share is part of a whole.
type Share struct {
	Part  int64 `json:"part"`
	Whole int64 `json:"whole"`
}

// Conservation is the proof that no second is lost or counted twice.
type Conservation struct {
	EndToEndSeconds int64    `json:"endToEndSeconds"`
	HeldSeconds     int64    `json:"heldSeconds"`
	Tickets         int64    `json:"tickets"`
	Differing       []string `json:"differing"` // tickets whose holders' seconds are not their end-to-end time
}

// Holds reports whether both sums agree, for every ticket and in total.
func (c *Conservation) Holds() bool {
	return c.EndToEndSeconds == c.HeldSeconds && len(c.Differing) == 0
}

// Matrix is who handed tickets to whom, the most frequent first.
type Matrix struct {
	Count int64  `json:"count"`
	Cells []Cell `json:"cells"`
}

// Cell is the hand-overs from one holder to another.
type Cell struct {
	Evidence
	From           string `json:"from"`
	To             string `json:"to"`
	Count          int64  `json:"count"`
	Tickets        int64  `json:"tickets"`
	Share          Share  `json:"share"` // of all hand-overs
	WaitingSeconds int64  `json:"waitingSeconds"`
	MeanWaiting    string `json:"meanWaitingSeconds"` // exact, as a fraction
	BetweenSeconds int64  `json:"betweenSeconds"`
}

// Figure is how often something happened, and to how many tickets.
type Figure struct {
	Evidence
	Name       string `json:"name"`
	Definition string `json:"definition"`
	Count      int64  `json:"count"`
	Unit       string `json:"unit"` // of the count
	Tickets    int64  `json:"tickets"`
	Of         int64  `json:"of"` // tickets that it could have happened to
	OfWhat     string `json:"ofWhat"`
}

// Wait is how often tickets were said to wait for a reason.
type Wait struct {
	Evidence
	Reason  string `json:"reason"`
	Entries int64  `json:"entries"`
	Tickets int64  `json:"tickets"`
}

// Breakdown is the tickets by one dimension: service, priority, site or period.
type Breakdown struct {
	By         string  `json:"by"`
	Definition string  `json:"definition"`
	Groups     []Group `json:"groups"`
}

// Group is the tickets that are alike in the dimension.
type Group struct {
	Evidence
	Name     string        `json:"name"` // empty for tickets that have none
	Ended    int64         `json:"ended"`
	EndToEnd Distribution  `json:"endToEnd"`
	Held     []GroupHeld   `json:"held"`
	Figures  []GroupFigure `json:"figures"`
}

// GroupHeld is what a holder had of a group's tickets.
type GroupHeld struct {
	Kind           contract.LegKind `json:"kind"`
	Name           string           `json:"name"`
	ElapsedSeconds int64            `json:"elapsedSeconds"`
	OpenSeconds    int64            `json:"openSeconds"`
	UnknownSeconds int64            `json:"openUnknownSeconds"`
	Share          Share            `json:"share"` // of the group's end-to-end seconds
}

// GroupFigure is how many of a group's tickets a figure is about.
type GroupFigure struct {
	ID      string `json:"id"`
	Tickets int64  `json:"tickets"`
}

// Promise is how what the estate promises the users of a service was kept in a period.
type Promise struct {
	Evidence                 // of the tickets that missed it
	Service    string        `json:"service"`
	Priorities []string      `json:"priorities,omitempty"` // where a share of their own is promised; else all others
	Period     span.Period   `json:"period"`
	Calendar   string        `json:"calendar"`
	Promised   money.Percent `json:"promised"`
	Met        int64         `json:"met"`
	Counted    int64         `json:"counted"`
	Unknown    int64         `json:"unknown"` // the calendar does not reach so far
	Broken     bool          `json:"broken"`
	Held       []GroupHeld   `json:"heldOfMissed"` // who held the tickets that missed it
}

// Log is the tickets as logs are described.
type Log struct {
	Tickets       int64        `json:"tickets"`
	Entries       Spread       `json:"entries"` // per ticket
	First         span.Instant `json:"first"`
	Last          span.Instant `json:"last"`
	Duration      Spread       `json:"durationSeconds"`
	MedianSeconds int64        `json:"medianSeconds"` // nearest rank
	Over          Over         `json:"over"`
	Teams         Values       `json:"teams"`
	Parties       Values       `json:"parties"`
	Fields        []Values     `json:"fields"` // further fields that the mapping names
}

// Over is how many tickets lasted longer than a length of time.
type Over struct {
	Seconds int64 `json:"seconds"`
	Tickets int64 `json:"tickets"`
}

// Values is how many different values tickets had of something.
type Values struct {
	Name        string  `json:"name"`
	Different   int64   `json:"different"` // in all
	PerTicket   Spread  `json:"perTicket"`
	Missing     int64   `json:"ticketsWithNone"`                 // with an entry that has no value
	WithMissing *Spread `json:"perTicketCountingNone,omitempty"` // where no value counts as one more; absent where none is missing
}

// ContractUse is how many tickets' time was shared out by a contract's terms.
type ContractUse struct {
	Contract string `json:"contract"`
	Tickets  int64  `json:"tickets"`
}

// TicketsOf lists the tickets behind an id of the result, as positions in the journal,
// in order; false where there is no such id. The list must not be changed.
func (r *Result) TicketsOf(id string) ([]uint32, bool) {
	list, ok := r.lists[id]
	return list, ok
}
