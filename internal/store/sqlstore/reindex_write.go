package sqlstore

import (
	"context"
	"slices"
	"strings"

	"towerbridge/internal/store"
	"towerbridge/journal"
)

// remaking is a transaction that writes some tickets anew.
type remaking struct {
	*rebuild
	ctx  context.Context
	tx   transaction
	head head
	rows map[string]*inIndex
	seen map[int64][]content // of lines that withhold what rows show

	tickets, parties, chunks [][]any // to be written
}

// inIndex is a ticket as the index has it.
type inIndex struct {
	no, version int64
	parties     string
	later       store.Lines // written since the journal was gathered
}

// write writes tickets anew, in one transaction.
func (r *rebuild) write(ctx context.Context, list []*remade) error {
	tx, err := r.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	m := &remaking{rebuild: r, ctx: ctx, tx: tx, rows: map[string]*inIndex{}, seen: map[int64][]content{}}
	if err := m.load(list); err != nil {
		return err
	}
	var b batch
	for _, t := range list {
		if err := m.add(&b, t); err != nil {
			return err
		}
		r.count.add(int64(len(t.lines.Seq)))
	}
	b.insert(intoTicket, m.tickets)
	b.insert(intoTicketParty, m.parties)
	b.insert(intoTicketLines, m.chunks)
	m.head.write(&b)
	return tx.finish(ctx, &b)
}

// load takes the head, and reads how the index has the tickets and what their lines
// withhold that rows show.
func (m *remaking) load(list []*remade) error {
	var b batch
	b.query(m.head.scan, readHead+m.engine.lockHead())
	ids := make([]string, len(list))
	var shown []int64
	for i, t := range list {
		ids[i] = t.id
		shown = append(shown, t.shown...)
	}
	numbers := map[int64]*inIndex{}
	b.query(func(scan func(...any) error) error {
		var id string
		x := &inIndex{}
		err := scan(&x.no, &id, &x.version, &x.parties)
		m.rows[id], numbers[x.no] = x, x
		return err
	}, "SELECT no, id, version, parties FROM ticket WHERE id IN ("+places(1, len(ids))+")", anys(ids)...)
	m.loadShown(&b, shown)
	if err := m.tx.run(m.ctx, &b); err != nil {
		return err
	}
	return m.loadLater(numbers)
}

// loadShown reads withheld content that rows show.
func (m *remaking) loadShown(b *batch, seqs []int64) {
	for some := range slices.Chunk(seqs, maxList) {
		n := len(some)
		b.query(func(scan func(...any) error) error {
			var seq int64
			var x content
			err := scan(&seq, &x.withheld.Name, &x.withheld.Digest, &x.shard, &x.sealed)
			m.seen[seq] = append(m.seen[seq], x)
			return err
		}, "SELECT seq, name, digest, shard, sealed FROM withheld WHERE seq IN ("+places(1, n)+") AND name IN ("+places(n+1, 2)+") ORDER BY seq, place",
			append(anys(some), store.ReporterName, store.SummaryName)...)
	}
}

// loadLater reads the lines that were written since the journal was gathered.
func (m *remaking) loadLater(numbers map[int64]*inIndex) error {
	var b batch
	for no, x := range numbers {
		if x.version <= m.last {
			continue
		}
		b.query(func(scan func(...any) error) error {
			var first, coding int64
			var distances, data []byte
			err := scan(&first, &distances, &coding, &data)
			if err != nil {
				return err
			}
			return addChunk(&x.later, first, distances, coding, data)
		}, "SELECT first, seqs, coding, lines FROM ticket_lines WHERE ticket = $1 ORDER BY first", no)
	}
	if len(b.steps) == 0 {
		return nil
	}
	if err := m.tx.run(m.ctx, &b); err != nil {
		return err
	}
	var shown []int64
	for _, x := range numbers {
		from := 0
		for from < len(x.later.Seq) && x.later.Seq[from] <= m.last {
			from++
		}
		x.later = store.Lines{Seq: x.later.Seq[from:], Line: x.later.Line[from:]}
		var err error
		if shown, err = showing(x.later, shown); err != nil {
			return err
		}
	}
	b = batch{}
	m.loadShown(&b, shown)
	return m.tx.run(m.ctx, &b)
}

// add adds to a batch what makes a ticket anew, or removes one of which the journal
// says nothing.
func (m *remaking) add(b *batch, t *remade) error {
	x := m.rows[t.id]
	if x != nil && len(x.later.Seq) > 0 {
		t.lines.Seq, t.lines.Line = append(t.lines.Seq, x.later.Seq...), append(t.lines.Line, x.later.Line...)
		var err error
		if t.row, err = m.row(t.id, t.lines); err != nil {
			return err
		}
	}
	if len(t.lines.Seq) == 0 {
		if x != nil {
			m.drop(b, x, nil)
			b.exec("DELETE FROM ticket WHERE no = $1", x.no)
		}
		return nil
	}
	made := &standing{no: m.number(x, t)}
	for i, line := range t.lines.Line {
		made.add(t.lines.Seq[i], line)
		if err := m.show(made, t.lines.Seq[i]); err != nil {
			return err
		}
	}
	reporter, summary := made.row.Reporter, made.row.Summary
	made.row = t.row
	made.row.ID, made.row.Version, made.row.Reporter, made.row.Summary = t.id, t.lines.Seq[len(t.lines.Seq)-1], reporter, summary
	if x != nil {
		m.drop(b, x, made.row.Parties)
	}
	m.tickets = append(m.tickets, made.ticketRow())
	m.parties, m.chunks = append(m.parties, made.partyRows()...), append(m.chunks, made.chunkRows()...)
	if prefix, n, ok := cutNumber(t.id); ok {
		m.counters[prefix] = max(m.counters[prefix], n)
	}
	return nil
}

// show enters what a row shows of a line's content.
func (m *remaking) show(t *standing, seq int64) error {
	for _, x := range m.seen[seq] {
		w := journal.Withheld{Name: x.withheld.Name, Digest: x.withheld.Digest}
		if w.Name == store.ReporterName {
			var err error
			if w, err = m.sealer.reveal(w, x.shard, x.sealed); err != nil {
				return err
			}
		}
		t.show(w, seq)
	}
	return nil
}

// drop removes a ticket's lines, and its parties but for those that it keeps.
func (m *remaking) drop(b *batch, x *inIndex, keep []string) {
	b.exec("DELETE FROM ticket_lines WHERE ticket = $1", x.no)
	if x.parties == "" {
		return
	}
	for party := range strings.SplitSeq(x.parties, partySeparator) {
		if !slices.Contains(keep, party) {
			b.exec("DELETE FROM ticket_party WHERE party = $1 AND ticket = $2", party, x.no)
		}
	}
}

// number returns the number of a ticket: the one that it has, or a new one. New ones
// are in the order in which the journal first speaks of them; those that are given
// meanwhile to tickets that are opened come after them.
func (m *remaking) number(x *inIndex, t *remade) int64 {
	if x != nil {
		return x.no
	}
	if m.base == 0 {
		m.base = m.head.tickets
		m.head.tickets += m.last
	}
	return m.base + t.lines.Seq[0]
}
