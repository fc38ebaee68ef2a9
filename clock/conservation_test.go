package clock_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// streams is the number of random event streams: the stated number under make
// prove, a tenth of it otherwise.
func streams() int {
	if os.Getenv("TOWERBRIDGE_PROVE") == "1" {
		return 100_000
	}
	return 10_000
}

// randomTerms is a contract with the calendars, acceptance time, precedence and
// policies that a seed chooses.
func randomTerms(t *testing.T, r *rand.Rand, calendars contract.Calendars) *contract.Contract {
	t.Helper()
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	legs := &contract.Legs{ResolvedTime: contract.LegKind(pick("customer", "supplier", "integrator", ""))}
	order := append([]contract.LegKind{}, contract.DefaultPrecedence...)
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	legs.Precedence = order
	if r.IntN(2) == 0 {
		within := span.Seconds(r.IntN(7200))
		legs.AcceptWithin, legs.AcceptCalendar = &within, pick("office", "always", "night")
	}
	hours := func(n int) *span.Seconds { s := span.Seconds(n * 3600); return &s }
	doc := contract.Document{
		ID: "random", Customer: "force", Supplier: "alpha", Integrator: "siam", Zone: "Europe/London", Currency: "GBP",
		Legs: legs,
		PauseCauses: []contract.PauseCause{
			{Reason: "user", Cause: contract.CustomerLeg},
			{Reason: "vendor", Cause: contract.SupplierLeg},
			{Reason: "change", Cause: contract.IntegratorLeg},
			{Reason: "weather", Cause: contract.UnownedLeg},
		},
		Targets: []contract.TargetDocument{{Clock: "resolve", Priorities: []string{"P1"}, Within: hours(4)}, {Clock: "resolve", Within: hours(30)}},
	}
	for _, holder := range []contract.HolderRule{contract.WholeTicket, contract.SupplierOnly} {
		doc.Clocks = append(doc.Clocks, contract.ClockDocument{
			ID: "resolve", Stop: contract.OnResolved, Holder: holder, Pauses: []string{"user", "change"},
			Calendar: pick("office", "always", "night"), PriorityChange: contract.PriorityPolicy(pick("retroactive", "restart", "proportional")),
			Reopen: contract.ReopenPolicy(pick("continues", "counts", "ignored", "restarts")), Strictest: r.IntN(2) == 0,
		})
	}
	c, err := contract.Compile(doc, calendars, calendar.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func testCalendars(t *testing.T) contract.Calendars {
	t.Helper()
	out := contract.Calendars{}
	for id, week := range map[string]string{
		"always": "always: true",
		"office": "week: {monday: ['09:00-12:30', '13:15-17:30'], tuesday: ['09:00-17:30'], wednesday: ['09:00-17:30'], thursday: ['09:00-17:30'], friday: ['09:00-17:30']}\n    holidays: {sets: [england-and-wales]}",
		"night":  "week: {monday: ['22:00-06:00'], saturday: ['22:00-06:00'], sunday: ['06:00-24:00']}",
	} {
		text := fmt.Sprintf("id: %s\nzone: Europe/London\nversions:\n  - from: 2015-01-01\n    %s\n", id, week)
		doc, findings := calendar.Read(id+".yaml", []byte(text))
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		c, findings := calendar.Compile(doc, calendar.Shipped())
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		out[id] = c
	}
	return out
}

// nights are midnights UTC before the days on which Europe/London changes its clocks.
var nights = []span.Date{
	span.DateOf(2025, 3, 30), span.DateOf(2025, 10, 26), span.DateOf(2026, 3, 29), span.DateOf(2026, 10, 25),
}

// randomStream writes the entries of one ticket: every kind of event, overlapping
// pauses, entries of one second, late and corrected ones, many about a clock change.
func randomStream(b *journal.Builder, r *rand.Rand, id string) {
	pick := func(words ...string) journal.Symbol { return b.Name(words[r.IntN(len(words))]) }
	ticket := b.Ticket([]byte(id))
	at := nights[r.IntN(len(nights))].Start(time.UTC) + span.Instant(r.IntN(6*3600)) - 3*3600
	events := journal.EventNames()
	n := 1 + r.IntN(24)
	for i := range n {
		e, _ := journal.ParseEvent(events[r.IntN(len(events))])
		if e == journal.Voided && i == 0 {
			e = journal.Opened
		}
		f := journal.Facts{Event: e}
		if r.IntN(4) == 0 {
			f.Status = journal.Status(r.IntN(len(journal.StatusNames()) + 1))
		}
		if e == journal.Paused || e == journal.Resumed || f.Status == journal.Waiting {
			f.Reason = pick("user", "vendor", "change", "weather", "unlisted")
		}
		if e == journal.Assigned || r.IntN(5) == 0 {
			f.Party = pick("alpha", "beta", "siam", "force")
		}
		if r.IntN(6) == 0 {
			f.Priority = pick("P1", "P2", "P3")
		}
		if r.IntN(9) == 0 {
			f.Related, f.Service = b.Name("INC-0"), pick("mail", "print")
		}
		learnt := at
		if r.IntN(8) == 0 {
			learnt += span.Instant(r.IntN(86400))
		}
		entry := journal.Entry{Happened: at, Learnt: learnt, Ticket: ticket, Facts: b.Facts(f), Row: uint32(b.Len() + 1)}
		if i > 0 && (e == journal.Voided || r.IntN(15) == 0) {
			entry.Marks |= journal.Corrects
			b.Correct(entry, fmt.Sprint(int(entry.Row)-1-r.IntN(i)))
		}
		b.Add(entry)
		switch r.IntN(4) {
		case 0: // the same second
		case 1:
			at += span.Instant(r.IntN(120))
		case 2:
			at += span.Instant(r.IntN(7200))
		default:
			at += span.Instant(r.IntN(3 * 86400))
		}
	}
}

// TestConservation holds that the elapsed seconds of all parties tile a ticket's
// life without gap or overlap, and that open time is never more than elapsed time.
func TestConservation(t *testing.T) {
	calendars := testCalendars(t)
	kinds := map[string]contract.LegKind{"siam": contract.IntegratorLeg, "force": contract.CustomerLeg}
	kindOf := func(party string) contract.LegKind {
		if k, ok := kinds[party]; ok {
			return k
		}
		return contract.SupplierLeg
	}
	const batch = 500
	tiled, seen := 0, map[contract.LegKind]int{}
	for seed := 0; tiled < streams(); seed++ { // a stream of which nothing is known yet does not count
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		b := journal.NewBuilder("random")
		for i := range batch {
			randomStream(b, r, fmt.Sprintf("INC-%d", i))
		}
		j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		rd := clock.NewReader(randomTerms(t, r, calendars), j, kindOf)
		for i := range batch {
			entries := j.Of(i)
			asOf := entries[r.IntN(len(entries))].Learnt + span.Instant(r.IntN(86400))
			var h ticket.History
			if !ticket.Read(j, i, asOf, &h) {
				continue
			}
			if msg := tiles(rd, &h, seen); msg != "" {
				t.Fatalf("seed %d, %s as of %s: %s", seed, j.TicketID(i), asOf, msg)
			}
			tiled++
		}
	}
	for _, k := range contract.DefaultPrecedence {
		if seen[k] == 0 {
			t.Errorf("no stream had a leg of kind %s: the streams prove too little", k)
		}
	}
	t.Logf("%d streams tiled; legs by kind: %v", tiled, seen)
}

// tiles says what is wrong with the legs and readings of a history, or nothing.
func tiles(rd *clock.Reader, h *ticket.History, seen map[contract.LegKind]int) string {
	end, done := h.Done()
	if !done {
		end = max(h.AsOf, h.Opened())
	}
	at, sum := h.Opened(), int64(0)
	for _, l := range rd.Legs(h, nil) {
		if l.From != at || l.To <= l.From {
			return fmt.Sprintf("a leg runs from %s to %s, the one before ended at %s", l.From, l.To, at)
		}
		if want := heldBy(rd, h, l.From); want != "" && l.Kind != want {
			return fmt.Sprintf("the leg from %s is %s, want %s", l.From, l.Kind, want)
		}
		seen[l.Kind]++
		at, sum = l.To, sum+l.Length()
	}
	if at != end || sum != int64(end-h.Opened()) {
		return fmt.Sprintf("the legs end at %s with %d seconds, the ticket at %s with %d", at, sum, end, int64(end-h.Opened()))
	}
	var x clock.Reading
	for i := range rd.Contract.Clocks {
		rd.Read(h, &rd.Contract.Clocks[i], 0, &x)
		var last span.Instant
		for _, s := range x.Spans {
			if s.From < last || s.To <= s.From || s.From < h.Opened() {
				return fmt.Sprintf("clock %s runs from %s to %s after %s", x.Clock.ID, s.From, s.To, last)
			}
			last = s.To
		}
		for _, p := range x.Pauses {
			for _, s := range x.Spans {
				if s.Intersect(p.Span).Length() > 0 {
					return fmt.Sprintf("clock %s both runs and stands from %s", x.Clock.ID, p.From)
				}
			}
		}
		if x.Elapsed < 0 {
			return fmt.Sprintf("clock %s counts %d seconds", x.Clock.ID, x.Elapsed)
		}
	}
	return ""
}

// heldBy says, in the plainest way, whose an instant must be where the precedence
// leaves no doubt: a ticket that nobody has, with no pause and no dispute, is unowned.
func heldBy(rd *clock.Reader, h *ticket.History, at span.Instant) contract.LegKind {
	var s ticket.State
	for _, m := range h.Moments {
		if m.At <= at {
			s = m.State
		}
	}
	if s.Pauses != 0 || s.Disputed || s.Status.Done() {
		return ""
	}
	switch name := rd.Journal.Name(s.Party); {
	case name == "":
		return contract.UnownedLeg
	case !s.Accepted && rd.Contract.Acceptance != nil:
		return "" // depends on the acceptance time
	case name == "siam":
		return contract.IntegratorLeg
	case name == "force":
		return contract.CustomerLeg
	}
	return contract.SupplierLeg
}
