package sqlstore

import (
	"bytes"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// make makes the rows of a part. It runs beside others.
func (p *part) make(s *sealer, now span.Instant) error {
	var text []byte
	var learnt learntText
	var check lineCheck
	p.leaves = make([]tlog.Hash, 0, p.count)
	seq := p.first
	for i, t := range p.tickets {
		standing := p.standings[i]
		for _, line := range t.Lines {
			if err := check.line(line); err != nil {
				return err
			}
			if err := learnt.see(line); err != nil {
				return err
			}
			if len(text) > 0 {
				text = append(text, '\n')
			}
			text = append(text, line...)
			p.leaves = append(p.leaves, tlog.RecordHash(line))
			standing.add(seq, line)
			standing.row.Version = seq
			seq++
		}
		if err := p.withhold(s, t, standing, seq-int64(len(t.Lines))); err != nil {
			return err
		}
		standing.fill(t.Row, now)
		p.enter(standing)
	}
	var err error
	p.learnt, err = learnt.latest()
	p.coding, p.lines = pack(text)
	p.tickets, p.standings = nil, nil
	return err
}

// enter makes the rows of a ticket.
func (p *part) enter(t *standing) {
	rows, parties, chunks := &p.rows, &p.parties, &p.chunks
	if !t.fresh {
		rows, parties, chunks = &p.oldRows, &p.oldParties, &p.oldChunks
	}
	*rows = append(*rows, t.ticketRow())
	*parties = append(*parties, t.partyRows()...)
	*chunks = append(*chunks, t.chunkRows()...)
}

// withhold seals what a ticket's lines withhold. The first of its lines has the given
// sequence number.
func (p *part) withhold(s *sealer, t *store.BatchTicket, to *standing, first int64) error {
	places := map[int]int64{}
	for i := range t.Clear {
		c := &t.Clear[i]
		if c.Line < 0 || c.Line >= len(t.Lines) || !bytes.Contains(t.Lines[c.Line], []byte(c.Digest)) || !c.Verify() {
			return fault.New(fault.Invalid, "Read the log again.", "an entry of the ticket %s does not withhold what it is said to", t.Row.ID)
		}
		if c.Salt == "" && !c.Erased {
			continue // no more is known than the digest
		}
		sealed := &sealedContent{Withheld: c.Withheld}
		if !c.Erased {
			var err error
			if sealed.shard, sealed.sealed, err = s.seal(c.Withheld); err != nil {
				return err
			}
		}
		seq := first + int64(c.Line)
		p.withheld = append(p.withheld, withheldColumns(seq, places[c.Line], t.Row.ID, sealed))
		places[c.Line]++
		to.show(c.Withheld, seq)
	}
	return nil
}

// show enters what a row shows of withheld content.
func (t *standing) show(w journal.Withheld, seq int64) {
	switch w.Name {
	case store.ReporterName:
		if seq >= t.reported {
			t.row.Reporter, t.reported = w.Value, seq
		}
	case store.SummaryName:
		t.row.Summary = max(t.row.Summary, seq)
	}
}

// learntText is the latest instant of some lines, as it is written: instants in UTC
// sort as their texts do.
type learntText struct {
	latestText [len("2026-03-29T00:30:00Z")]byte
}

var learntMember = []byte(`,"learnt":"`)

// see looks at a line. A text within the line cannot be taken for the member: its
// quotes are escaped. What a ticket's further fields are called comes after it.
func (l *learntText) see(line []byte) error {
	at := bytes.Index(line, learntMember) + len(learntMember)
	if at < len(learntMember) || at+len(l.latestText) >= len(line) || line[at+len(l.latestText)] != '"' {
		return fault.New(fault.Invalid, "Write it as the journal does.", "an entry does not say when it was learnt")
	}
	if text := line[at : at+len(l.latestText)]; bytes.Compare(text, l.latestText[:]) > 0 {
		copy(l.latestText[:], text)
	}
	return nil
}

func (l *learntText) latest() (span.Instant, error) {
	at, err := span.ParseInstant(string(l.latestText[:]))
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, err, "an entry does not say when it was learnt")
	}
	return at, nil
}
