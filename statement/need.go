package statement

import "towerbridge/span"

// Need is a set of tickets that the drawing of statements may look at: those that a
// party has held or been offered (any ticket where it is empty), that were opened
// before an instant, and in which something happened since another or that are not
// over. Other tickets do not change the statements.
type Need struct {
	Party  string       // empty: whoever held it
	Before span.Instant // of the first entry
	Since  span.Instant // of the last entry, where the ticket is over; Earliest where that does not matter
}
