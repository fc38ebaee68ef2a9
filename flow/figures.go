package flow

// The figures that each ticket is or is not among.
const (
	handOvers = iota
	returns
	pingPong
	longerLoops
	firstTimeFix
	pushToFront
	firstLineOnly
	notFirstLineFirst
	pushToFrontBroken
	reopenings
	stillOpen
	lineKnown // not shown: what figures of lines are out of
	figureCount
)

// what figures are out of.
const (
	ofAll = iota
	ofEnded
	ofLineKnown
)

// figureTexts say what each figure is.
var figureTexts = [figureCount]struct {
	id, name, unit, definition string
	of                         int
}{
	handOvers: {
		"hand-overs", "Hand-overs", "hand-overs",
		"A ticket is with another %[1]s than before; entries that name none are passed over. Tickets: those with at least one.", ofAll,
	},
	returns: {
		"returns", "Returns to an earlier holder", "arrivals",
		"A hand-over to a %[1]s that had the ticket before. Ping-pong and longer loops together.", ofAll,
	},
	pingPong: {
		"ping-pong", "Ping-pong", "arrivals",
		"A-B-A: a hand-over back to the %[1]s from which the last hand-over came, repeats left out.", ofAll,
	},
	longerLoops: {
		"longer-loops", "Longer loops", "arrivals",
		"A hand-over to a %[1]s that had the ticket before, with at least two others in between.", ofAll,
	},
	firstTimeFix: {
		"first-time-fix", "First-time fix", "tickets",
		"Ended without a hand-over between one %[1]s and another, never reopened, not cancelled.", ofEnded,
	},
	pushToFront: {
		"push-to-front", "Push to front", "tickets",
		"Ended without ever leaving the first line of support, not cancelled.", ofLineKnown,
	},
	firstLineOnly: {
		"first-line-only", "First line only", "tickets",
		"Every entry that says a line says the first; ended or not.", ofLineKnown,
	},
	notFirstLineFirst: {
		"not-first-line-first", "First entry not in the first line", "tickets",
		"The first entry that says a line says another than the first.", ofLineKnown,
	},
	pushToFrontBroken: {
		"push-to-front-broken", "Push to front broken", "tickets",
		"The first line said is not the first, or two consecutive ones are 2 to 1, 3 to 2, 3 to 1 or 1 to 3.", ofLineKnown,
	},
	reopenings: {
		"reopened", "Reopened", "reopenings",
		"The state goes back from resolved, closed or cancelled to one in which somebody works or waits.", ofAll,
	},
	stillOpen: {
		"still-open", "Still open", "tickets",
		"Not resolved, closed or cancelled at the instant of the reading.", ofAll,
	},
}

// The dimensions that figures are broken down by.
const (
	byService = iota
	byPriority
	bySite
	byPeriod
	dimensions
)

var dimensionTexts = [dimensions]struct{ id, definition string }{
	byService:  {"service", "The ticket's last service."},
	byPriority: {"priority", "The ticket's last priority."},
	bySite:     {"site", "The ticket's last site."},
	byPeriod:   {"period", "The period in which the ticket was last resolved, closed or cancelled, in the estate's zone."},
}

// What the remaining numbers are.
const (
	endToEndDefinition = "From the first entry until the ticket was last resolved, closed or cancelled without being reopened, or until the instant of the reading while it is open; elapsed seconds."
	heldDefinition     = "Elapsed seconds of the end-to-end time that are this holder's by the terms of the contract named; they add up to it, ticket by ticket. Open seconds are those in the opening hours of the party's own calendar, and are not to be added up over parties."
	matrixDefinition   = "Hand-overs from one %s to another. Waiting: elapsed seconds from the offer until it was accepted, handed on, or the ticket was done. Between: elapsed seconds with nobody before the offer."
	waitDefinition     = "Entries that say that the ticket waits for the reason; tickets with at least one."
	promiseDefinition  = "Tickets that ended in the period, by whether their end-to-end time in the open hours of the promise's calendar is within what the estate promises the users of the service. Broken: fewer in time than the share promised."
	logDefinition      = "The tickets as a log: times from a ticket's first entry to its last, however it ended."
	contractDefinition = "A ticket's time is shared out by the terms of the contract of the supplier who last held it, of those contracts that ran while it lived; else of one whose supplier runs the tower of its service; else of the first that ran, or that there is."
)
