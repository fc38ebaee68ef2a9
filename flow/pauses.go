package flow

import (
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// PauseDefinition says what the numbers of [PauseSpread] are.
const PauseDefinition = "Pauses of the clock, by how much of the target was used up in open time when they began; the pauses of one ticket are counted one by one. Where users and parts are waited for, pauses begin anywhere. Many that begin shortly before the target are worth a look."

// PauseSpread is when the pauses of a contract's clock began, against the target.
type PauseSpread struct {
	Contract string    `json:"contract"`
	Supplier string    `json:"supplier"`
	Clock    string    `json:"clock"`
	Tickets  int64     `json:"tickets"` // with at least one pause
	Pauses   int64     `json:"pauses"`
	Tenths   [10]int64 `json:"tenths"` // begun while so much of the target was used: up to a tenth, ...
	After    int64     `json:"after"`  // begun after the target had passed
}

// PausesOf reads when the pauses of those tickets began that statements count, by the
// clocks of their measures, each ticket and clock once. The statements are drawn from
// the journal. Clocks without pauses or targets are left out.
func PausesOf(b *statement.Book, j *journal.Journal, statements []*statement.Statement) []PauseSpread {
	var out []PauseSpread
	readers := map[string]*pauseReader{}
	for _, s := range statements {
		c := b.Contracts[s.Contract]
		if c == nil {
			continue
		}
		r := readers[c.ID]
		if r == nil {
			r = &pauseReader{journal: j, clocks: clock.NewReader(c, j, b.World().KindOf), spreads: make([]PauseSpread, len(c.Clocks)), seen: make([]map[life]bool, len(c.Clocks))}
			readers[c.ID] = r
		}
		r.statement(c, s)
	}
	for _, id := range b.IDs() {
		if r := readers[id]; r != nil {
			for i := range r.spreads {
				if r.spreads[i].Pauses > 0 {
					out = append(out, r.spreads[i])
				}
			}
		}
	}
	return out
}

type life struct {
	ticket  uint32
	episode uint8
}

type pauseReader struct {
	journal      *journal.Journal
	clocks       *clock.Reader
	history      ticket.History
	reading, cut clock.Reading
	spreads      []PauseSpread // by the contract's clocks
	seen         []map[life]bool
}

func (r *pauseReader) statement(c *contract.Contract, s *statement.Statement) {
	results := s.Results()
	for i := range results {
		n := -1
		for k := range c.Measures {
			if c.Measures[k].ID == results[i].Measure.ID {
				n = c.Measures[k].Clock
			}
		}
		if n < 0 {
			continue
		}
		if r.seen[n] == nil {
			r.seen[n] = map[life]bool{}
			r.spreads[n] = PauseSpread{Contract: c.ID, Supplier: c.Supplier, Clock: c.Clocks[n].ID}
		}
		for _, x := range results[i].Evidence {
			if k := (life{x.Ticket, x.Episode}); !r.seen[n][k] {
				r.seen[n][k] = true
				r.take(&r.spreads[n], &c.Clocks[n], k, s.AsOf)
			}
		}
	}
}

// take adds the pauses of one life of a ticket. How much of the target was used when a
// pause began is the clock's own reading at that instant.
func (r *pauseReader) take(out *PauseSpread, k *contract.Clock, l life, asOf span.Instant) {
	if !ticket.Read(r.journal, int(l.ticket), asOf, &r.history) {
		return
	}
	begins := 0 // moment at which the life begins
	r.clocks.Read(&r.history, k, 0, &r.reading)
	for n := uint8(0); n < l.episode && r.reading.Next > 0; n++ {
		begins = r.reading.Next
		r.clocks.Read(&r.history, k, begins, &r.reading)
	}
	if r.reading.Target <= 0 {
		return
	}
	before := out.Pauses
	for i := range r.reading.Pauses {
		p := &r.reading.Pauses[i]
		if p.Done {
			continue
		}
		at := 0
		for at < len(r.history.Moments) && r.history.Moments[at].At < p.From {
			at++
		}
		used := int64(0)
		target := r.reading.Target
		if at > begins {
			then := ticket.History{Ticket: r.history.Ticket, Moments: r.history.Moments[:at], AsOf: p.From}
			r.clocks.Read(&then, k, begins, &r.cut)
			if r.cut.Target <= 0 {
				continue
			}
			used, target = r.cut.Elapsed, r.cut.Target
		}
		out.Pauses++
		if used > target {
			out.After++
		} else {
			out.Tenths[min(9, used*10/target)]++
		}
	}
	if out.Pauses > before {
		out.Tickets++
	}
}
