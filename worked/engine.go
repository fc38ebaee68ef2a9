package worked

import (
	"towerbridge/fault"
	"towerbridge/span"
	"towerbridge/statement"
)

// Engine is whatever computes. It is given the files of a script and returns
// something that can be asked about them. An engine may be used for one script
// after another.
type Engine interface {
	Load(m Material) (Answers, error)
}

// Answers is asked about the files that an engine was given. Instants are those of
// the script; at is the instant as known at which an answer is given. An error says
// why there is no answer, such as a contract that does not exist.
type Answers interface {
	// Findings is everything wrong with the documents and the log as a whole.
	Findings() fault.Findings
	// Log is what became of the rows of the log.
	Log() Log
	// Clock reads a clock of a ticket. Life zero is the ticket's first; the next are
	// those that a reopening began after the contract's time for reopening.
	Clock(contract, ticket, clock string, life int, at span.Instant) (Clock, error)
	// Legs shares out the elapsed time of a ticket by a contract's rules.
	Legs(contract, ticket string, at span.Instant) (Legs, error)
	// Statement draws a service period of a contract.
	Statement(contract string, period span.Period, at span.Instant) (*statement.Statement, error)
	// Open returns the open seconds of a calendar between two instants.
	Open(calendar string, from, to span.Instant) (int64, error)
	// Due returns the instant at which so many open seconds have run in a calendar.
	Due(calendar string, from span.Instant, seconds int64) (span.Instant, error)
}

// Log is what became of a log's rows.
type Log struct {
	Rows, Entries int64
	Held          []int64          // rows that wait for a decision, counted from one
	Refused       map[int64]string // rows that could not be read, each with its finding's number
}

// Clock is one clock of one ticket.
type Clock struct {
	Verdict   string // met, missed, running, no-target, not-started or unknown
	Elapsed   int64  // open seconds counted
	Target    int64  // open seconds allowed
	HasTarget bool
	Due       span.Instant // span.Never if unknown
	Start     span.Instant
	Stop      span.Instant // span.Never while it has not stopped
	Pauses    []Pause
	Problem   string // why the verdict is unknown
}

// Pause is a stretch in which a clock stood.
type Pause struct {
	span.Span
	Reasons []string // as the contract orders them; resolved for the time until a reopening
	Open    int64    // open seconds of the clock's calendar in it
}

// Legs is a ticket's elapsed time and whom it belongs to.
type Legs struct {
	Opened, End span.Instant // the end is the last resolution, or the instant of reading
	Legs        []Leg
}

// Leg is a stretch of a ticket's elapsed time.
type Leg struct {
	span.Span
	Kind   string // supplier, integrator, customer, unowned or disputed
	Party  string // whose it is
	Reason string // why work stood, if it did
}
