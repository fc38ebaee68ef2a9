package sqlstore

import (
	"strings"

	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// standing is a ticket as it stands in the transaction at hand.
type standing struct {
	no       int64
	row      store.TicketRow // of which only what the ledger fills in is read before it is replaced
	reported int64
	last     chunk // the one to which lines are added
	full     []chunk
	dirty    bool
	fresh    bool // was made in this transaction
}

// chunk is a part of a ticket's lines, as they are stored by ticket.
type chunk struct {
	seqs []int64
	text []byte // with line feeds between the lines
}

// The size at which a chunk is full: to add to one is to write it again.
const (
	chunkLines = 64
	chunkBytes = 32 << 10
)

// add adds a line.
func (t *standing) add(seq int64, line []byte) {
	c := &t.last
	if len(c.seqs) >= chunkLines || len(c.text) >= chunkBytes {
		t.full = append(t.full, *c)
		*c = chunk{}
	}
	if len(c.seqs) > 0 {
		c.text = append(c.text, '\n')
	}
	c.seqs = append(c.seqs, seq)
	c.text = append(c.text, line...)
	t.dirty = true
}

// row returns the chunk's row.
func (c *chunk) row(no int64) []any {
	coding, data := packFew(c.text)
	return []any{no, c.seqs[0], appendDistances([]byte{}, c.seqs), coding, data}
}

var (
	intoTicket = newInsertion("ticket", 1, "no", "id", "version", "chunk", "kind", "priority", "service", "site", "party", "team",
		"status", "reporter", "reported", "summary", "parent", "parties", "opened", "changed", "due", "open")
	intoTicketParty = newInsertion("ticket_party", 2, "party", "ticket", "opened", "changed", "due", "open")
	intoTicketLines = newInsertion("ticket_lines", 2, "ticket", "first", "seqs", "coding", "lines")
)

// ticketRow returns the ticket's row.
func (t *standing) ticketRow() []any {
	r := &t.row
	return []any{
		t.no, r.ID, r.Version, t.last.seqs[0], r.Kind, r.Priority, r.Service, r.Site, r.Party, r.Team,
		r.Status.String(), r.Reporter, t.reported, r.Summary, r.Parent, strings.Join(r.Parties, partySeparator),
		int64(r.Opened), int64(r.Changed), int64(r.Due), number(r.Open()),
	}
}

// partyRows returns a row for each of the ticket's parties.
func (t *standing) partyRows() [][]any {
	r := &t.row
	rows := make([][]any, len(r.Parties))
	for i, party := range r.Parties {
		rows[i] = []any{party, t.no, int64(r.Opened), int64(r.Changed), int64(r.Due), number(r.Open())}
	}
	return rows
}

// chunkRows returns the rows of the chunks that have changed.
func (t *standing) chunkRows() [][]any {
	var rows [][]any
	for i := range t.full {
		rows = append(rows, t.full[i].row(t.no))
	}
	return append(rows, t.last.row(t.no))
}

// partySeparator stands between the parties of a row.
const partySeparator = "\n"

// number returns the number by which a condition is stored.
func number(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// ticketColumns are the columns that [scanTicket] reads.
const ticketColumns = "t.no, t.id, t.version, t.kind, t.priority, t.service, t.site, t.party, t.team, t.status, t.reporter, " +
	"t.summary, t.parent, t.parties, t.opened, t.changed, t.due"

// scanTicket reads a ticket's row, and what stands beside it.
func scanTicket(scan func(...any) error, beside ...any) (store.Found, error) {
	var f store.Found
	var status, parties string
	r := &f.TicketRow
	err := scan(append([]any{
		&f.Number, &r.ID, &r.Version, &r.Kind, &r.Priority, &r.Service, &r.Site, &r.Party, &r.Team, &status,
		&r.Reporter, &r.Summary, &r.Parent, &parties, (*int64)(&r.Opened), (*int64)(&r.Changed), (*int64)(&r.Due),
	}, beside...)...)
	r.Status, _ = journal.ParseStatus(status)
	if parties != "" {
		r.Parties = strings.Split(parties, partySeparator)
	}
	return f, err
}

// fill sets what the ledger fills in of a row, from what it was before.
func (t *standing) fill(r store.TicketRow, learnt span.Instant) {
	if !t.fresh || t.row.Reporter != "" {
		r.Reporter = t.row.Reporter
	}
	r.Version, r.Summary, r.ID = t.row.Version, t.row.Summary, t.row.ID
	if r.Opened == 0 {
		r.Opened = learnt
	}
	if r.Changed == 0 {
		r.Changed = learnt
	}
	t.row, t.dirty = r, true
}
