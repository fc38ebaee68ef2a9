package ticket_test

import (
	"testing"

	"towerbridge/journal"
)

// TestReasonOutlivesLinks shows that the reason is that of a pause, rejection or
// cancellation: the kind of a link and the exclusion of a relief are none.
func TestReasonOutlivesLinks(t *testing.T) {
	j, h := read(t, 60, func(n names) []line {
		return []line{
			{facts: journal.Facts{Event: journal.Opened}},
			{minute: 1, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("awaiting-part")}},
			{minute: 2, facts: journal.Facts{Event: journal.Resumed}},
			{minute: 3, facts: journal.Facts{Event: journal.Linked, Reason: n.symbol("parent"), Related: n.symbol("INC-9")}},
			{minute: 4, facts: journal.Facts{Event: journal.Excused, Reason: n.symbol("power-cut")}},
		}
	})
	s := h.Last()
	if got := j.Name(s.Reason); got != "awaiting-part" {
		t.Errorf("the reason is %q", got)
	}
	if j.Name(s.Parent) != "INC-9" || j.Name(s.Excused) != "power-cut" {
		t.Errorf("the parent is %q, the relief %q", j.Name(s.Parent), j.Name(s.Excused))
	}
}
