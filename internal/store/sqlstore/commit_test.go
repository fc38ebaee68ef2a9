package sqlstore

import (
	"context"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// opening is a change that opens a ticket.
func opening(prefix string) *store.Change {
	return &store.Change{
		Who: "ada", Prefix: prefix,
		Entries: []store.Entry{{
			Draft: journal.Draft{Event: journal.Opened, Status: journal.New, Kind: "incident", Priority: "P2", Service: "mail", Party: "north"},
			Clear: []store.Clear{{Name: store.ReporterName, Value: "p-17"}, {Name: store.SummaryName, Value: "Mail is slow"}},
		}},
		Rows: []store.TicketRow{{
			Kind: "incident", Priority: "P2", Service: "mail", Party: "north", Status: journal.New, Due: span.Never, Parties: []string{"north"},
		}},
	}
}

func TestCommit(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		r, err := s.Commit(ctx, opening("INC"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Ticket != "INC0000001" || r.First != 1 || r.Last != 1 || r.Learnt != morning {
			t.Errorf("the receipt is %+v", r)
		}
		f, err := s.Ticket(ctx, r.Ticket)
		if err != nil {
			t.Fatal(err)
		}
		if f.Version != 1 || f.Summary != 1 || f.Reporter != "p-17" || f.Opened != morning || len(f.Lines.Line) != 1 {
			t.Errorf("the ticket is %+v", f)
		}
		head, err := s.Head(ctx)
		if err != nil || head.Size != 1 {
			t.Errorf("the head is %+v, %v", head, err)
		}
		c := opening("")
		c.Entries[0].Ticket, c.Rows[0].ID = r.Ticket, r.Ticket
		c.Expect = []store.Expect{{Ticket: r.Ticket, Version: 2}}
		if _, err := s.Commit(ctx, c); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a wrong version gives %v", err)
		}
		c.Expect[0].Version = 1
		if r, err = s.Commit(ctx, c); err != nil || r.Last != 2 || r.Ticket != "INC0000001" {
			t.Errorf("the receipt is %+v, %v", r, err)
		}
		if f, err = s.Ticket(ctx, r.Ticket); err != nil || len(f.Lines.Line) != 2 || f.Lines.Seq[1] != 2 {
			t.Errorf("the ticket is %+v, %v", f, err)
		}
	})
}
