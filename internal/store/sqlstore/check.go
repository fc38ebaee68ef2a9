package sqlstore

import (
	"context"
	"fmt"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// What may be wrong with a record.
var (
	lineAltered = fault.Declare(2351, "a line is not the one that was chained",
		"Somebody has changed the database beside the program. Restore a backup that was taken before.")
	linesMissing = fault.Declare(2352, "lines of the journal are missing or cannot be read",
		"Restore a backup.")
	chainBroken = fault.Declare(2353, "the chain of the lines is broken",
		"Somebody has changed the database beside the program. Restore a backup that was taken before.")
	headWrong = fault.Declare(2354, "the head is not that of the lines",
		"Somebody has changed the database beside the program. Restore a backup that was taken before.")
	treeWrong = fault.Declare(2355, "a stored part of the Merkle tree is not that of the lines",
		"Rebuild the indexes.")
	contentWrong = fault.Declare(2356, "withheld content is not what its line stands for",
		"Somebody has changed the database beside the program. Restore a backup that was taken before.")
	indexWrong = fault.Declare(2357, "an index does not hold what the journal says",
		"Rebuild the indexes.")
	itemWrong = fault.Declare(2358, "a document is not the one that was put",
		"Put it again as it should be, or restore a backup that was taken before.")
	keyWrong = fault.Declare(2359, "an idempotency key names what is not in the record",
		"Restore a backup that was taken before.")
	moreWrong = fault.Declare(2360, "there is more wrong than is listed",
		"Put right what is listed, then check again.")
)

// maxFindings is the number of findings that are listed.
const maxFindings = 1000

// Check reads everything again: see [store.Keeper]. What is wrong is named by the
// entry's sequence number, source, key and ticket. It reads one moment while others
// write, and its memory does not grow with the journal: lines by ticket are compared
// with the journal by sums over groups of tickets, and only those of a group whose sums
// differ are read again, one by one. How a ticket's row follows from its entries is not
// known here: what is checked of it is its lines, its parties and what it shows of
// withheld content.
func (s *Store) Check(ctx context.Context, progress store.Progress) (fault.Findings, error) {
	c := &checking{sealer: &s.sealer, count: counting{progress: progress}}
	if err := s.readWhole(ctx, c.all); err != nil {
		return nil, err
	}
	c.count.finish()
	return c.findings, nil
}

// all takes all steps of a check.
func (c *checking) all(v *view) error {
	c.view = v
	for _, step := range []func() error{
		c.start, c.documents, c.journal, c.strayContent, c.subtreesEqual, c.tickets, c.groups, c.parties, c.shown, c.strayRows, c.keys,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checking is a check under way.
type checking struct {
	*view
	sealer   *sealer
	findings fault.Findings
	count    counting

	head     head
	tree     tree // as the lines make it
	subtrees []subtree
	gap      bool       // lines are missing: chain and tree cannot be compared
	unread   [][2]int64 // first and last of the lines that are missing or cannot be read
	sums     []groupSum
	counters map[string]int64
}

// start reads the head.
func (c *checking) start() error {
	if err := c.query(c.head.scan, readHead); err != nil {
		return err
	}
	var tickets int64
	err := c.query(func(scan func(...any) error) error { return scan(&tickets) }, "SELECT count(*) FROM ticket")
	c.count.total = 2*c.head.size + tickets // lines of the journal, lines by ticket, tickets' parties
	c.sums = make([]groupSum, groupCount)
	c.counters = map[string]int64{}
	return err
}

// found notes that something is wrong.
func (c *checking) found(rule fault.Rule, at fault.Position, field, format string, args ...any) {
	switch {
	case len(c.findings) < maxFindings:
		c.findings = append(c.findings, rule.At(at, field, format, args...))
	case len(c.findings) == maxFindings:
		c.findings = append(c.findings, moreWrong.At(fault.Position{}, "", "only the first %d are listed", maxFindings))
	}
}

// line is the place of a line.
func line(seq int64) fault.Position { return fault.Position{File: "journal", Line: int(seq)} }

// about is the place of a ticket.
func about(id string) string { return fmt.Sprintf("ticket %s", id) }
