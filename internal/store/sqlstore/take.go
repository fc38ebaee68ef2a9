package sqlstore

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// Source is the source of entries that are written to a record and do not come from
// another tool.
const Source = "towerbridge"

// plan is what a change comes to. It is made without touching the stage, so that a
// change may be refused, or only tried, at any point.
type plan struct {
	request *request
	receipt store.Receipt
	lines   []planned
	rows    []store.TicketRow
	items   []store.Item // those put, with their versions
	check   *lineCheck
}

// planned is a line of a plan.
type planned struct {
	ticket   string // empty: an act
	digest   string // an act's
	line     []byte
	withheld []sealedContent
}

// sealedContent is an item that a line withholds.
type sealedContent struct {
	journal.Withheld
	shard, sealed []byte
}

// take takes a request's change, or says why not.
func (st *stage) take(r *request) answer {
	c := r.change
	if c.Key != "" {
		if used := st.replays[replayKey{c.Who, c.Key}]; used != nil {
			receipt, err := used.again(c.Key, c.Request)
			return answer{receipt, err}
		}
	}
	p, err := st.plan(r)
	if err != nil {
		return answer{err: err}
	}
	if !c.Dry {
		st.keep(p)
	}
	return answer{receipt: p.receipt}
}

// again returns the receipt of a key that was used before.
func (r *replay) again(key string, request []byte) (store.Receipt, error) {
	if !bytes.Equal(r.request, request) {
		return store.Receipt{}, fault.New(fault.Conflict, "Use a new key for another request.", "the idempotency key %q was used for another request", key)
	}
	receipt := r.receipt
	receipt.Replayed = true
	return receipt, nil
}

// plan works out what a request comes to.
func (st *stage) plan(r *request) (*plan, error) {
	c := r.change
	p := &plan{request: r, check: &st.check}
	for _, e := range c.Expect {
		if err := st.expect(e); err != nil {
			return nil, err
		}
	}
	if err := st.checkErasures(r.erase); err != nil {
		return nil, err
	}
	id, err := st.newID(c)
	if err != nil {
		return nil, err
	}
	p.receipt = store.Receipt{Learnt: st.learnt, Ticket: id}
	if err := st.planLines(p, id); err != nil {
		return nil, err
	}
	if err := st.planRows(p, id); err != nil {
		return nil, err
	}
	if n := int64(len(p.lines)); n > 0 {
		p.receipt.First, p.receipt.Last = st.head.size+1, st.head.size+n
	}
	return p, st.planItems(p)
}

func (st *stage) expect(e store.Expect) error {
	if e.Ticket == "" {
		return nil // the new one
	}
	var has int64
	if t := st.tickets[e.Ticket]; t != nil {
		has = t.row.Version
	}
	switch {
	case has == e.Version:
		return nil
	case has == 0:
		return fault.New(fault.NotFound, "Check its id.", "there is no ticket %s", e.Ticket)
	case e.Version == 0:
		return fault.New(fault.Conflict, "Choose another id.", "there is a ticket %s already", e.Ticket)
	}
	return fault.New(fault.Conflict, "Read it again, then retry.", "the ticket %s has changed: it is at version %d, not %d", e.Ticket, has, e.Version)
}

// newID returns the id of the ticket that a change makes; empty where it makes none.
func (st *stage) newID(c *store.Change) (string, error) {
	makes := slices.ContainsFunc(c.Entries, func(e store.Entry) bool { return e.Ticket == "" }) ||
		slices.ContainsFunc(c.Rows, func(r store.TicketRow) bool { return r.ID == "" })
	if !makes {
		return "", nil
	}
	count := st.counters[c.Prefix]
	if count == nil {
		return "", fault.New(fault.Internal, "", "a change makes a ticket and gives no prefix for its id")
	}
	if count.last >= maxNumber {
		return "", fault.New(fault.Conflict, "Choose another prefix for new tickets.", "the numbers of the prefix %s are used up", c.Prefix)
	}
	return fmt.Sprintf("%s%0*d", c.Prefix, idDigits, count.last+1), nil
}

// planLines writes the lines of a plan.
func (st *stage) planLines(p *plan, id string) error {
	c := p.request.change
	for i := range c.Entries {
		e := &c.Entries[i]
		draft := e.Draft
		if draft.Ticket == "" {
			draft.Ticket = id
		}
		if draft.Source == "" {
			draft.Source = Source
		}
		draft.Key, draft.Learnt = st.nextKey(p), st.learnt
		if draft.Happened == 0 {
			draft.Happened = st.learnt
		}
		content, err := st.withhold(&draft.Withheld, e.Clear)
		if err != nil {
			return err
		}
		if err := p.add(planned{ticket: draft.Ticket, line: draft.Append(nil), withheld: content}); err != nil {
			return err
		}
	}
	for i := range c.Acts {
		draft := c.Acts[i].ActDraft
		if draft.Source == "" {
			draft.Source = Source
		}
		draft.Key, draft.Learnt = st.nextKey(p), st.learnt
		content, err := st.withhold(&draft.Withheld, c.Acts[i].Clear)
		if err != nil {
			return err
		}
		if err := p.add(planned{digest: draft.Digest, line: draft.Append(nil), withheld: content}); err != nil {
			return err
		}
	}
	return nil
}

// nextKey returns the key of a plan's next line: its sequence number.
func (st *stage) nextKey(p *plan) string {
	return strconv.FormatInt(st.head.size+1+int64(len(p.lines)), 10)
}

func (p *plan) add(l planned) error {
	p.lines = append(p.lines, l)
	return p.check.line(l.line)
}

// withhold adds salted digests of content to a line's list, and seals the content.
func (st *stage) withhold(list *[]journal.Withheld, clear []store.Clear) ([]sealedContent, error) {
	var out []sealedContent
	digests := slices.Clone(*list)
	for _, c := range clear {
		salt, err := st.sealer.salt()
		if err != nil {
			return nil, err
		}
		w := journal.Salted(c.Name, salt, c.Value)
		shard, sealed, err := st.sealer.seal(w)
		if err != nil {
			return nil, err
		}
		digests = append(digests, journal.Withheld{Name: w.Name, Digest: w.Digest})
		out = append(out, sealedContent{w, shard, sealed})
	}
	*list = digests
	return out, nil
}

// planRows checks that a plan says how its tickets stand.
func (st *stage) planRows(p *plan, id string) error {
	c := p.request.change
	about := map[string]bool{}
	for i := range c.Rows {
		row := c.Rows[i]
		if row.ID == "" {
			row.ID = id
		}
		if about[row.ID] {
			return fault.New(fault.Internal, "", "a change says twice how the ticket %s stands", row.ID)
		}
		about[row.ID] = true
		p.rows = append(p.rows, row)
	}
	for i := range p.lines {
		if t := p.lines[i].ticket; t != "" && !about[t] {
			return fault.New(fault.Internal, "", "a change has an entry of the ticket %s and does not say how it stands", t)
		}
	}
	for i := range p.rows {
		row := &p.rows[i]
		if st.tickets[row.ID] == nil && !slices.ContainsFunc(p.lines, func(l planned) bool { return l.ticket == row.ID }) {
			return fault.New(fault.Internal, "", "a change says how the ticket %s stands, which has no entry", row.ID)
		}
	}
	if p.receipt.Ticket == "" && len(p.rows) == 1 {
		p.receipt.Ticket = p.rows[0].ID
	}
	return nil
}

// keep takes a plan into the stage.
func (st *stage) keep(p *plan) {
	c := p.request.change
	st.dirty = true
	for i := range p.rows {
		st.enter(&p.rows[i])
	}
	for i := range p.lines {
		st.keepLine(&p.lines[i])
	}
	for _, row := range p.rows {
		st.tickets[row.ID].fill(row, st.learnt)
	}
	st.keepItems(p)
	for _, w := range p.request.erase {
		st.keepErasure(w)
	}
	if c.Key != "" {
		st.replays[replayKey{c.Who, c.Key}] = &replay{request: c.Request, receipt: p.receipt, fresh: true}
	}
}

// enter makes sure that a row's ticket is known.
func (st *stage) enter(row *store.TicketRow) {
	if st.tickets[row.ID] != nil {
		return
	}
	st.head.tickets++
	t := &standing{no: st.head.tickets, fresh: true}
	t.row.ID = row.ID
	st.tickets[row.ID] = t
	if prefix, n, ok := cutNumber(row.ID); ok {
		if c := st.counters[prefix]; c != nil && n > c.last {
			c.last, c.dirty = n, true
		}
	}
}

// keepLine gives a line its place in the journal.
func (st *stage) keepLine(l *planned) {
	leaf := tlog.RecordHash(l.line)
	st.subtrees = st.head.add(leaf, st.subtrees)
	st.lines, st.leaves = append(st.lines, l.line), append(st.leaves, leaf)
	st.head.acted = max(st.head.acted, st.learnt)
	seq := st.head.size
	t := st.tickets[l.ticket]
	if t != nil {
		st.head.learnt = max(st.head.learnt, st.learnt)
		t.add(seq, l.line)
		t.row.Version = seq
	}
	for place := range l.withheld {
		w := &l.withheld[place]
		st.withheld = append(st.withheld, withheldColumns(seq, int64(place), l.ticket, w))
		if t != nil {
			t.show(w.Withheld, seq)
		}
	}
}

// keepErasure marks what is to be erased, and drops it from the tickets' rows.
func (st *stage) keepErasure(w store.Withheld) {
	for _, r := range st.erasures[w] {
		if r.erased {
			continue
		}
		st.erased = append(st.erased, r)
		if t := st.tickets[r.ticket]; t != nil && r.name == store.ReporterName && t.reported == r.seq {
			t.row.Reporter = ""
		}
	}
}

func (st *stage) checkErasures(items []store.Withheld) error {
	for _, w := range items {
		if len(st.erasures[w]) == 0 {
			return fault.New(fault.NotFound, "Check its number and name.", "the entry %d withholds nothing of the name %q", w.Seq, w.Name)
		}
	}
	return nil
}
