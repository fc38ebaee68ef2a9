package app_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/journal"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// TestProveEntry holds that whoever may read an entry can prove it to somebody who has
// nothing but the public key, and nobody else can.
func TestProveEntry(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	opened := x.Version
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold"})
	own := d.do(d.agent("brackwold"), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "ours", Visibility: journal.OwnParty}).Version
	head, err := d.JournalHead(d.ctx, d.officer())
	if err != nil || head.Size != own || !strings.HasPrefix(head.Note, "towerbridge/constabulary\n") {
		t.Fatalf("%+v, %v", head, err)
	}
	known, err := statement.NewVerifiers(head.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  access.Principal
		seq  int64
		kind fault.Kind // Internal: proved
	}{
		{d.who("force", access.Assurance), 1, 0},
		{d.who("force", access.Assurance), own, 0},
		{d.agent("brackwold"), opened, 0},
		{d.agent("brackwold"), own, 0},
		{d.analyst(), own, fault.NotFound},
		{d.agent("fennock"), opened, fault.NotFound},
		{d.officer(), opened, 0},
		{d.agent("brackwold"), 1, fault.NotFound}, // an act: that it is none of a ticket is not told
		{d.agent("brackwold"), own + 1, fault.NotFound},
		{d.agent("brackwold"), 0, fault.NotFound},
	} {
		proof, err := d.ProveEntry(d.ctx, c.who, c.seq)
		if c.kind != 0 {
			refuses(t, c.who.ID, err, c.kind)
			if want := fmt.Sprintf("there is no line %d that you may see", c.seq); err == nil || !strings.HasPrefix(err.Error(), want+". Give") {
				t.Errorf("%s, line %d: %v tells more than %q", c.who.ID, c.seq, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s, line %d: %v", c.who.ID, c.seq, err)
			continue
		}
		if at, err := proof.Verify(known); err != nil || at.Size != head.Size {
			t.Errorf("%s, line %d: %+v, %v", c.who.ID, c.seq, at, err)
		}
		proof.Line = strings.Replace(proof.Line, "20", "21", 1)
		if _, err := proof.Verify(known); fault.KindOf(err) != fault.Disagrees {
			t.Errorf("another line: %v", err)
		}
	}
	if _, err := note.Open([]byte(head.Note), note.VerifierList()); err == nil {
		t.Error("a head without a known key was believed")
	}
}
