package measure_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
	"towerbridge/ticket"
)

// resolvedOnes is measures of tickets by their last resolution, each of which owes an
// account of every ticket that was resolved.
const resolvedOnes = `measures:
  - {id: A, share: {clock: resolve}}
  - {id: B, mean: {clock: held}, attribution: first-holder, scope: 'priority == "P1"'}
  - {id: C, share: {clock: lives}, attribution: any-holder, countsIn: breach-and-resolution}
  - {id: D, share: {clock: p1only}, attribution: holder-at-breach}
  - {id: E, firstTimeFix: {}, attribution: service-tower}
  - {id: F, handOvers: {}, scope: 'site == "hq" || reopened > 0'}
  - {id: G, percentile: {clock: resolve, share: 95%}, countsIn: breach}
  - {id: H, count: {of: resolved}}
exclusions:
  - {id: x, reason: drill, clause: cl-9, author: ann, approvedBy: bob, scope: 'kind == "drill"', measures: [A, C, F]}
majorIncidents: parent-only
`

// randomTickets writes tickets of random entries about June 2026.
func randomTickets(t *rapid.T) *journal.Journal {
	b := journal.NewBuilder("random")
	june := span.DateOf(2026, 6, 1).Start(london)
	pick := func(words ...string) journal.Symbol { return b.Name(rapid.SampledFrom(words).Draw(t, "word")) }
	for i := range rapid.IntRange(1, 30).Draw(t, "tickets") {
		id := b.Ticket(fmt.Appendf(nil, "T%d", i))
		at := june + span.Instant(rapid.IntRange(-20, 29).Draw(t, "day")*86400)
		for n := range rapid.IntRange(1, 8).Draw(t, "entries") {
			event := journal.Opened
			if n > 0 {
				event = rapid.SampledFrom([]journal.Event{
					journal.Changed, journal.Assigned, journal.Accepted, journal.Rejected, journal.Responded, journal.Resolved, journal.Resolved, journal.Reopened, journal.Closed, journal.Cancelled, journal.Linked,
				}).Draw(t, "event")
			}
			f := journal.Facts{Event: event}
			switch event {
			case journal.Opened, journal.Assigned:
				f.Party, f.Priority, f.Service, f.Kind = pick("alpha", "alpha", "beta", "siam", ""), pick("P1", "P2", ""), pick("mail", "print", "phone"), pick("incident", "incident", "drill", "")
			case journal.Changed:
				f.Priority, f.Site = pick("P1", "P2", ""), pick("hq", "depot", "")
			case journal.Linked:
				f.Reason, f.Related = b.Name("parent"), b.Name("T0")
			}
			b.Add(journal.Entry{Happened: at, Learnt: at, Ticket: id, Row: uint32(b.Len() + 1), Facts: b.Facts(f)})
			at += span.Instant(rapid.SampledFrom([]int{0, 1, 3600, 14400, 14401, 86400, 500000}).Draw(t, "then"))
		}
	}
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

// TestNothingIsLost holds that every ticket that the supplier ever had and that was
// resolved in a month is counted, excluded or set aside by every measure of resolved
// tickets, exactly once, and that the statement stands on it.
func TestNothingIsLost(t *testing.T) {
	c := contractOf(t, clocks+resolvedOnes)
	asOf := at(t, "2026-09-01")
	june := span.Span{From: at(t, "2026-06-01"), To: at(t, "2026-07-01")}
	resolved := 0
	rapid.Check(t, func(rt *rapid.T) {
		j := randomTickets(rt)
		taker := take(t, c, j, 1, "2026-06", "2026-09-01")
		owed := map[uint32]bool{}
		for i := range j.Tickets() {
			if resolvedIn(j, i, asOf, june) {
				owed[uint32(i)] = true
				resolved++
			}
		}
		used := map[uint32]bool{}
		for _, ticket := range taker.Used(0, 0) {
			used[ticket] = true
		}
		for ticket := range owed {
			if !used[ticket] {
				rt.Fatalf("the statement does not stand on %s", j.TicketID(int(ticket)))
			}
		}
		for _, r := range taker.Results(0, 0) {
			account(rt, j, &r, owed)
		}
	})
	if resolved < 100 {
		t.Errorf("only %d tickets were resolved in June: the test proves too little", resolved)
	}
}

// resolvedIn reports whether the supplier ever had a ticket that was last done in a span.
func resolvedIn(j *journal.Journal, i int, asOf span.Instant, s span.Span) bool {
	var h ticket.History
	if !ticket.Read(j, i, asOf, &h) {
		return false
	}
	had := false
	for _, m := range h.Moments {
		had = had || j.Name(m.Party) == "alpha"
	}
	end, done := h.Done()
	return had && done && s.Contains(end)
}

// account checks one result against the tickets that it owes an account of.
func account(t *rapid.T, j *journal.Journal, r *measure.Result, owed map[uint32]bool) {
	named := map[string]int{}
	inMonth := int64(0)
	for _, x := range r.Evidence {
		named[fmt.Sprintf("%s#%d", j.TicketID(int(x.Ticket)), x.Episode)]++
		if owed[x.Ticket] {
			inMonth++
		}
	}
	for _, x := range r.Excluded {
		named[j.TicketID(int(x.Ticket))+"#excluded"]++
		if owed[x.Ticket] {
			inMonth++
		}
	}
	aside := int64(0)
	for _, a := range r.Aside {
		aside += a.Tickets
	}
	id := r.Measure.ID
	if id == "C" || id == "G" { // by the breach, which may be in another month, and by lives
		return
	}
	for ticket, n := range named {
		if n != 1 {
			t.Fatalf("measure %s names %s %d times", id, ticket, n)
		}
	}
	if id == "E" { // also tickets of the tower that the supplier never had
		if int64(len(named))+aside < int64(len(owed)) {
			t.Fatalf("measure %s accounts for %d named and %d aside, %d were resolved", id, len(named), aside, len(owed))
		}
		return
	}
	if int64(len(named)) != inMonth || inMonth+aside != int64(len(owed)) {
		t.Fatalf("measure %s names %d tickets, %d of them resolved in June, and sets %d aside; %d were resolved", id, len(named), inMonth, aside, len(owed))
	}
	if r.Measure.Share != nil && r.Counted != int64(len(r.Evidence)) {
		t.Fatalf("measure %s counts %d of %d tickets", id, r.Counted, len(r.Evidence))
	}
}

// TestJoin holds that takers over parts of the tickets, joined, are one taker over all.
func TestJoin(t *testing.T) {
	c := contractOf(t, clocks+resolvedOnes)
	rapid.Check(t, func(rt *rapid.T) {
		j := randomTickets(rt)
		whole := take(t, c, j, 1, "2026-05..2026-07", "2026-06-10", "2026-09-01", "2026-09-01")
		for _, parts := range []int{2, 3, 7} {
			joined := take(t, c, j, parts, "2026-05..2026-07", "2026-06-10", "2026-09-01", "2026-09-01")
			for p := range 3 {
				want, got := whole.Results(0, p), joined.Results(0, p)
				for i := range want {
					if says(j, &got[i]) != says(j, &want[i]) || got[i].Display != want[i].Display {
						rt.Fatalf("%d parts: measure %s says %s, want %s", parts, want[i].Measure.ID, says(j, &got[i]), says(j, &want[i]))
					}
				}
				if fmt.Sprint(joined.Used(0, p)) != fmt.Sprint(whole.Used(0, p)) {
					rt.Fatalf("%d parts stand on other tickets", parts)
				}
			}
		}
	})
}
