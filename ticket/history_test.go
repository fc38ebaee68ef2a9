package ticket_test

import (
	"strings"
	"testing"
	"time"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// line is one entry of a test's journal; minutes count from the start.
type line struct {
	minute, learnt int // learnt zero is the minute itself
	facts          journal.Facts
	corrects       string
}

type names struct{ b *journal.Builder }

func (n names) symbol(s string) journal.Symbol { return n.b.Name(s) }

var start = span.DateOf(2026, time.June, 1).Start(time.UTC)

func minute(n int) span.Instant { return start + span.Instant(60*n) }

// read builds a journal of one ticket and reads it as known after so many minutes.
func read(t *testing.T, asOf int, lines func(n names) []line) (*journal.Journal, *ticket.History) {
	t.Helper()
	b := journal.NewBuilder("test")
	id := b.Ticket([]byte("INC-1"))
	for i, l := range lines(names{b}) {
		learnt := minute(l.minute)
		if l.learnt > 0 {
			learnt = minute(l.learnt)
		}
		e := journal.Entry{Happened: minute(l.minute), Learnt: learnt, Ticket: id, Facts: b.Facts(l.facts), Row: uint32(i + 1)}
		if l.corrects != "" {
			e.Marks |= journal.Corrects
			b.Correct(e, l.corrects)
		}
		b.Add(e)
	}
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	h := &ticket.History{}
	if !ticket.Read(j, 0, minute(asOf), h) {
		h.Moments = nil
	}
	return j, h
}

// show writes a history as one word a moment: state, holder, and what else is true.
func show(j *journal.Journal, h *ticket.History) string {
	var out []string
	for _, m := range h.Moments {
		s := m.Status.String()
		if m.Party != 0 {
			s += "@" + j.Name(m.Party)
		}
		for _, x := range []struct {
			holds bool
			mark  string
		}{{m.Accepted, "+"}, {m.Disputed, "?"}, {m.Responded, "!"}, {m.RejectedBy != 0, "-"}} {
			if x.holds {
				s += x.mark
			}
		}
		for _, r := range j.Reasons() {
			if m.Pauses&j.ReasonBit(r) != 0 {
				s += "/" + j.Name(r)
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestFold(t *testing.T) {
	event := func(at int, e journal.Event) line { return line{minute: at, facts: journal.Facts{Event: e}} }
	cases := []struct {
		name  string
		lines func(n names) []line
		want  string
	}{
		{"a log of events", func(n names) []line {
			return []line{
				event(0, journal.Opened),
				{minute: 1, facts: journal.Facts{Event: journal.Assigned, Party: n.symbol("A")}},
				event(2, journal.Accepted), event(3, journal.Responded), event(4, journal.Resolved), event(5, journal.Closed),
			}
		}, "new assigned@A in-progress@A+ in-progress@A+! resolved@A+! closed@A+!"},
		{"a log of snapshots says the state itself", func(n names) []line {
			return []line{
				{facts: journal.Facts{Event: journal.Changed, Status: journal.InProgress, Party: n.symbol("A")}},
				{minute: 1, facts: journal.Facts{Event: journal.Changed, Status: journal.Waiting, Reason: n.symbol("user")}},
				{minute: 2, facts: journal.Facts{Event: journal.Changed, Status: journal.InProgress}},
			}
		}, "in-progress@A+ waiting@A+/user in-progress@A+"},
		{"created already resolved (case 18)", func(names) []line {
			return []line{{facts: journal.Facts{Event: journal.Opened, Status: journal.ResolvedStatus}}}
		}, "resolved"},
		{"two pauses at once; one ends (case 21)", func(n names) []line {
			return []line{
				event(0, journal.Opened),
				{minute: 1, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("user")}},
				{minute: 2, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("parts")}},
				{minute: 3, facts: journal.Facts{Event: journal.Resumed, Reason: n.symbol("user")}},
				event(4, journal.Resumed),
			}
		}, "new waiting/user waiting/user/parts in-progress+/parts in-progress+"},
		{"a rejection leaves nobody (case 29)", func(n names) []line {
			return []line{
				{facts: journal.Facts{Event: journal.Opened, Party: n.symbol("A")}},
				event(1, journal.Rejected),
				{minute: 2, facts: journal.Facts{Event: journal.Assigned, Party: n.symbol("A")}},
			}
		}, "new@A new- assigned@A"},
		{"another party must accept anew", func(n names) []line {
			return []line{
				{facts: journal.Facts{Event: journal.Opened, Status: journal.InProgress, Party: n.symbol("A")}},
				{minute: 1, facts: journal.Facts{Event: journal.Changed, Party: n.symbol("B")}},
			}
		}, "in-progress@A+ in-progress@B"},
		{"a dispute begins and ends", func(names) []line {
			return []line{event(0, journal.Opened), event(1, journal.Disputed), event(2, journal.Settled)}
		}, "new new? new"},
		{"resolving ends every pause", func(n names) []line {
			return []line{
				event(0, journal.Opened),
				{minute: 1, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("user")}},
				event(2, journal.Resolved), event(3, journal.Reopened),
			}
		}, "new waiting/user resolved in-progress+"},
		{"assigning a resolved ticket does not reopen it", func(n names) []line {
			return []line{event(0, journal.Opened), event(1, journal.Resolved), {minute: 2, facts: journal.Facts{Event: journal.Assigned, Party: n.symbol("A")}}}
		}, "new resolved resolved@A"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			j, h := read(t, 1000, c.lines)
			if got := show(j, h); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAsOf(t *testing.T) {
	lines := func(names) []line {
		return []line{
			{facts: journal.Facts{Event: journal.Opened}},
			{minute: 10, learnt: 500, facts: journal.Facts{Event: journal.Resolved}},
		}
	}
	if j, h := read(t, 499, lines); show(j, h) != "new" || h.Complete {
		t.Errorf("before it was learnt: %s, complete %v", show(j, h), h.Complete)
	}
	if j, h := read(t, 500, lines); show(j, h) != "new resolved" || !h.Complete {
		t.Errorf("when it was learnt: %s, complete %v", show(j, h), h.Complete)
	}
	if _, h := read(t, -1, lines); h.Moments != nil {
		t.Error("a ticket is known before anything was learnt of it")
	}
}

func TestCorrections(t *testing.T) {
	lines := func(n names) []line {
		return []line{
			{facts: journal.Facts{Event: journal.Opened, Priority: n.symbol("P3")}},
			{minute: 10, facts: journal.Facts{Event: journal.Resolved}},
			{minute: 20, learnt: 100, facts: journal.Facts{Event: journal.Resolved}, corrects: "2"},
			{minute: 300, facts: journal.Facts{Event: journal.Voided}, corrects: "3"},
		}
	}
	for _, c := range []struct {
		asOf int
		want string
		done int
	}{{99, "new resolved", 10}, {100, "new resolved", 20}, {300, "new resolved", 10}} {
		j, h := read(t, c.asOf, lines)
		if got := show(j, h); got != c.want {
			t.Errorf("as of minute %d: %s, want %s", c.asOf, got, c.want)
		}
		if at, done := h.Done(); done != (c.done >= 0) || done && at != minute(c.done) {
			t.Errorf("as of minute %d: done %v at %s", c.asOf, done, at)
		}
	}
}

func TestReopenedAndUntil(t *testing.T) {
	_, h := read(t, 60, func(names) []line {
		return []line{
			{facts: journal.Facts{Event: journal.Opened}},
			{minute: 5, facts: journal.Facts{Event: journal.Resolved}},
			{minute: 9, facts: journal.Facts{Event: journal.Reopened}},
		}
	})
	if h.Last().Reopened != 1 || h.Opened() != minute(0) {
		t.Errorf("reopened %d times, opened %s", h.Last().Reopened, h.Opened())
	}
	if h.Until(0) != minute(5) || h.Until(2) != minute(60) {
		t.Errorf("moment 0 held until %s, moment 2 until %s", h.Until(0), h.Until(2))
	}
	if _, done := h.Done(); done {
		t.Error("a reopened ticket is done")
	}
}

// A note says nothing about the ticket but what it files under further fields, however
// much of it a tool repeats beside the note.
func TestNotes(t *testing.T) {
	j, h := read(t, 60, func(n names) []line {
		everything := journal.Facts{
			Event: journal.Noted, Status: journal.ResolvedStatus, Kind: n.symbol("request"), Priority: n.symbol("P1"), Service: n.symbol("web"),
			Site: n.symbol("depot"), Party: n.symbol("B"), Team: n.symbol("others"), Line: 2, Reason: n.symbol("elsewhere"), Related: n.symbol("INC-2"),
			By: n.symbol("B"), Visibility: journal.OwnParty,
		}
		filed := everything
		filed.Extra = n.b.Extra(map[string]string{"cause": "training"})
		return []line{
			{facts: journal.Facts{Event: journal.Opened, Kind: n.symbol("incident"), Priority: n.symbol("P3"), Service: n.symbol("mail"), Site: n.symbol("hq"), Party: n.symbol("A"), Team: n.symbol("desk"), Line: 1}},
			{minute: 1, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("user")}},
			{minute: 2, facts: everything},
			{minute: 3, facts: filed},
			{minute: 4, facts: journal.Facts{Event: journal.Resolved}},
			{minute: 5, facts: journal.Facts{Event: journal.Noted, Status: journal.InProgress, Party: n.symbol("B")}},
		}
	})
	if got, want := show(j, h), "new@A waiting@A/user waiting@A/user waiting@A/user resolved@A resolved@A"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	before := h.Moments[1].State
	if h.Moments[2].State != before {
		t.Errorf("a note made %+v of %+v", h.Moments[2].State, before)
	}
	filed := j.Fields(h.Moments[3].Extra)
	before.Extra = h.Moments[3].Extra
	if h.Moments[3].State != before || len(filed) != 1 || j.Name(filed[0].Value) != "training" {
		t.Errorf("a note that files the ticket made %+v, fields %v", h.Moments[3].State, filed)
	}
	if _, done := h.Done(); !done || h.Last().Reopened != 0 {
		t.Error("a note reopened the ticket")
	}
	j, h = read(t, 60, func(n names) []line {
		return []line{{facts: journal.Facts{Event: journal.Noted, Status: journal.InProgress, Party: n.symbol("A"), Kind: n.symbol("incident")}}}
	})
	if got := show(j, h); got != "new" || j.Name(h.Last().Kind) != "incident" {
		t.Errorf("a ticket of which a note is the first that is known is %s, a %q", got, j.Name(h.Last().Kind))
	}
}
