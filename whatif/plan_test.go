package whatif

import (
	"fmt"
	"strings"
	"testing"

	"towerbridge/journal"
)

// TestPlan holds who takes whose place, and by which rule.
func TestPlan(t *testing.T) {
	old, now := oldBook(t), newBook(t)
	p, findings := NewPlan(old.Estate, now.Estate, dates, nil)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	want := "[{party net plat tower net-tower becomes platform} {party host plat tower host-tower becomes platform} {team second of desk plat the team is theirs in the other estate}]"
	if got := fmt.Sprint(p.Moves); got != want {
		t.Errorf("moves %s", got)
	}
	for _, c := range []struct{ was, is journal.Holder }{
		{journal.Holder{Party: "net", Team: "wires", Line: 2}, journal.Holder{Party: "plat", Team: "wires", Line: 2}},
		{journal.Holder{Party: "desk", Team: "first", Line: 1}, journal.Holder{Party: "desk", Team: "first", Line: 1}},
		{journal.Holder{Party: "desk", Team: "second", Line: 2}, journal.Holder{Party: "plat", Team: "second", Line: 2}},
		{journal.Holder{Team: "second"}, journal.Holder{Party: "plat", Team: "second"}},
		{journal.Holder{Party: "town"}, journal.Holder{Party: "town"}},
		{journal.Holder{Team: "unheard-of"}, journal.Holder{Team: "unheard-of"}},
	} {
		if got := p.rename(c.was); got != c.is {
			t.Errorf("%+v becomes %+v, want %+v", c.was, got, c.is)
		}
	}
	if p.Stays("net") || !p.Stays("desk") {
		t.Error("the network stays, or the desk does not")
	}
}

// TestMerges holds what a merge may name, and that it comes before every other rule.
func TestMerges(t *testing.T) {
	old, now := oldBook(t), newBook(t)
	p, findings := NewPlan(old.Estate, now.Estate, dates, parsed(t, "net-tower=desk-tower", "team:halls=desk", "line3,line2=platform"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, c := range []struct{ was, is journal.Holder }{
		{journal.Holder{Party: "net"}, journal.Holder{Party: "desk"}},
		{journal.Holder{Party: "host", Team: "halls"}, journal.Holder{Party: "desk", Team: "halls"}},
		{journal.Holder{Party: "host", Team: "halls", Line: 3}, journal.Holder{Party: "plat", Team: "halls", Line: 2}},
		{journal.Holder{Party: "host"}, journal.Holder{Party: "plat"}},
	} {
		if got := p.rename(c.was); got != c.is {
			t.Errorf("%+v becomes %+v, want %+v", c.was, got, c.is)
		}
	}
	if p.line(2) != "plat" || p.line(1) != "line 1" {
		t.Errorf("lines %s and %s", p.line(2), p.line(1))
	}
	alone, _ := NewPlan(old.Estate, old.Estate, dates, parsed(t, "net-tower, host=new hand"))
	if got := alone.rename(journal.Holder{Party: "host"}); got.Party != "new hand" || len(alone.Moves) != 2 {
		t.Errorf("without another estate: %+v, %v", got, alone.Moves)
	}
	for merges, want := range map[string]string{
		"nothing=platform":                      `TB1991: merge: the estate three has no tower and no party "nothing"; its towers are desk-tower`,
		"net=nowhere":                           `TB1991: merge: the estate two has no tower and no party "nowhere"; its towers are desk-tower, platform`,
		"net=platform net-tower=desk":           "TB1992: merge: net goes to plat and to desk",
		"line2=platform line2=desk":             "TB1992",
		"team:halls=platform team:halls=desk":   "TB1992",
		"line0=platform":                        "TB1991",
		"unknown=platform also-unknown=nowhere": "nowhere",
	} {
		_, findings := NewPlan(old.Estate, now.Estate, dates, parsed(t, strings.Fields(merges)...))
		if !strings.Contains(findings.Error(), want) {
			t.Errorf("%s: %v", merges, findings)
		}
	}
	for _, bad := range []string{"", "a", "a=", "=b", "a,=b", ",=b"} {
		if _, err := ParseMerge(bad); err == nil || !strings.Contains(err.Error(), "TB1990") {
			t.Errorf("%q is a merge: %v", bad, err)
		}
	}
}

// TestNoPlace holds that a party of the log that nobody replaces is told.
func TestNoPlace(t *testing.T) {
	old, now := oldBook(t), newBook(t)
	p, _ := NewPlan(old.Estate, now.Estate, dates, nil)
	j := readLog(t, "T opened 4T09:00 stranger/x/1; resolved 4T10:00")
	_, err := Replay(j, side(old), side(now), p, Options{Periods: march})
	if err == nil || !strings.Contains(err.Error(), `TB1993: against: the estate two has no party "stranger"`) {
		t.Errorf("error %v", err)
	}
}
