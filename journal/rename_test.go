package journal

import (
	"strings"
	"testing"

	"towerbridge/span"
)

// sample is a journal of two tickets that three parties hold.
func sample(t testing.TB) *Journal {
	t.Helper()
	b := NewBuilder("test")
	add := func(id string, at span.Instant, event Event, party, team string, line uint8) {
		b.Add(Entry{Happened: at, Learnt: at, Ticket: b.Ticket([]byte(id)), Facts: b.Facts(Facts{Event: event, Party: b.Name(party), Team: b.Name(team), Line: line, Priority: b.Name("P1")})})
	}
	add("INC0000001", 10, Opened, "north", "n-desk", 1)
	add("INC0000001", 20, Assigned, "south", "s-second", 2)
	add("INC0000002", 15, Opened, "", "", 0)
	add("INC0000002", 30, Assigned, "east", "", 0)
	j, findings := Merge([]*Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func TestRename(t *testing.T) {
	j := sample(t)
	before := string(j.AppendLine(nil, j.Of(0)[0])) + string(j.AppendLine(nil, j.Of(0)[1]))
	names := j.names.Len()
	asked := 0
	n := j.Rename(func(h Holder) Holder {
		asked++
		if h.Line == 2 {
			return Holder{"merged", "m-team", 2}
		}
		if h.Party == "east" {
			h.Party = "north" // a name that the journal has
		}
		return h
	})
	if asked != 3 {
		t.Errorf("asked %d times for three different holders", asked)
	}
	for _, c := range []struct {
		ticket, entry int
		party, team   string
		line          uint8
	}{{0, 0, "north", "n-desk", 1}, {0, 1, "merged", "m-team", 2}, {1, 0, "", "", 0}, {1, 1, "north", "", 0}} {
		f := n.Fact(n.Of(c.ticket)[c.entry])
		if n.Name(f.Party) != c.party || n.Name(f.Team) != c.team || f.Line != c.line || n.Name(f.Priority) != "P1" {
			t.Errorf("entry %d of ticket %d: %s %s %d", c.entry, c.ticket, n.Name(f.Party), n.Name(f.Team), f.Line)
		}
	}
	if after := string(j.AppendLine(nil, j.Of(0)[0])) + string(j.AppendLine(nil, j.Of(0)[1])); after != before || j.names.Len() != names || j.Symbol("merged") != 0 {
		t.Errorf("the journal itself was changed:\n%s\n%s", before, after)
	}
	if n.Symbol("north") != j.Symbol("north") || n.Symbol("merged") == 0 || n.Tickets() != 2 || &n.Of(0)[0] != &j.Of(0)[0] {
		t.Error("symbols and entries are not shared")
	}
	if !strings.Contains(string(n.AppendLine(nil, n.Of(0)[1])), `"merged"`) {
		t.Error("the open form names the old holder")
	}
}

// TestRenameManyNames holds that new names that count do not end up in the old journal.
func TestRenameManyNames(t *testing.T) {
	b := NewBuilder("test")
	for i := range 100 {
		name := "PARTY" + strings.Repeat("0", 5) + string(rune('0'+i/10)) + string(rune('0'+i%10))
		b.Add(Entry{Ticket: b.Ticket([]byte("T")), Facts: b.Facts(Facts{Event: Assigned, Party: b.Name(name)})})
	}
	j, _ := Merge([]*Builder{b}, []uint32{0})
	n := j.Rename(func(h Holder) Holder { h.Party = "PARTY00009" + h.Party[len(h.Party)-2:]; return h })
	for i, e := range n.Of(0) {
		if got, want := n.Name(n.Fact(e).Party), "PARTY00009"+j.Name(j.Fact(e).Party)[10:]; got != want {
			t.Errorf("entry %d: %s, want %s", i, got, want)
		}
		if j.Symbol(n.Name(n.Fact(e).Party)) != 0 {
			t.Errorf("the old journal knows %s", n.Name(n.Fact(e).Party))
		}
	}
}

func TestMove(t *testing.T) {
	j := sample(t)
	n := j.Move(func(ticket int, entries []Entry) {
		if ticket == 0 {
			entries[1].Happened -= 5
		}
	})
	if n.Of(0)[1].Happened != 15 || j.Of(0)[1].Happened != 20 || n.Of(1)[1].Happened != 30 {
		t.Errorf("moved to %d, the journal itself has %d", n.Of(0)[1].Happened, j.Of(0)[1].Happened)
	}
	if n.Name(n.Fact(n.Of(0)[1]).Party) != "south" {
		t.Error("what happened was changed too")
	}
}
