package flow_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/flow"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

const estateText = `
id: town
name: Town
zone: Europe/London
parties:
  - {id: town, name: Town, kind: customer}
  - {id: siam, name: Integrator, kind: integrator, calendar: office}
  - {id: alpha, name: Alpha, kind: supplier, calendar: office}
  - {id: beta, name: Beta, kind: supplier, calendar: always}
towers:
  - {id: desk, name: Desk}
  - {id: net, name: Network}
services:
  - {id: mail, name: Mail, tower: desk, promise: {share: 50%, within: 2h, calendar: office, byPriority: [{priority: P1, within: 1h, share: 90%}, {priority: P2, within: 4h}]}}
  - {id: wifi, name: Wireless, tower: net}
supplies:
  - {tower: desk, supplier: alpha, customer: town, contract: desk}
  - {tower: net, supplier: beta, customer: town, contract: net}
`

const contractText = `
id: %s
customer: town
supplier: %s
integrator: siam
towers: [%s]
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2028-01-01}
pauseCauses: [{reason: user, cause: customer}, {reason: window, cause: integrator}]
clocks: [{id: resolve, stop: resolved, runsFor: supplier, pauses: [user], calendar: office}]
targets: [{clock: resolve, within: 8h}]
measures: [{id: M1, share: {clock: resolve}, target: [{value: 95%%}], zeroVolume: met, bands: [{name: good, atLeast: 95%%, met: true}, {name: bad, below: 95%%, points: 1}]}]
`

func town(t testing.TB) *statement.Book {
	t.Helper()
	week := "week: {monday: ['09:00-17:00'], tuesday: ['09:00-17:00'], wednesday: ['09:00-17:00'], thursday: ['09:00-17:00'], friday: ['09:00-17:00']}"
	b, findings := statement.ReadBook([]statement.Source{
		{Name: "estate.yaml", Data: []byte(estateText)},
		{Name: "calendars/office.yaml", Data: []byte("id: office\nname: Office\nzone: Europe/London\nversions:\n  - " + week + "\n")},
		{Name: "calendars/always.yaml", Data: []byte("id: always\nname: Always\nzone: Europe/London\nversions: [{always: true}]\n")},
		{Name: "contracts/desk.yaml", Data: fmt.Appendf(nil, contractText, "desk", "alpha", "desk")},
		{Name: "contracts/net.yaml", Data: fmt.Appendf(nil, contractText, "net", "beta", "net")},
	}, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return b
}

// told makes a journal of lines such as "T1 2026-03-02T09:00 opened party=alpha line=1".
func told(t testing.TB, lines string) *journal.Journal {
	t.Helper()
	b := journal.NewBuilder("told")
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		words := strings.Fields(line)
		at, err := span.ParseInstant(words[1] + ":00Z")
		if err != nil {
			t.Fatal(err)
		}
		event, ok := journal.ParseEvent(words[2])
		if !ok {
			t.Fatalf("%q is no event", words[2])
		}
		f := journal.Facts{Event: event, Kind: b.Name("incident")}
		for _, word := range words[3:] {
			name, value, _ := strings.Cut(word, "=")
			switch s := b.Name(value); name {
			case "party":
				f.Party = s
			case "team":
				f.Team = s
			case "service":
				f.Service = s
			case "priority":
				f.Priority = s
			case "reason":
				f.Reason = s
			case "line":
				f.Line = value[0] - '0'
			default:
				t.Fatalf("what is %q?", word)
			}
		}
		b.Add(journal.Entry{Happened: at, Learnt: at, Ticket: b.Ticket([]byte(words[0])), Row: uint32(b.Len() + 1), Facts: b.Facts(f)})
	}
	return merged(t, b)
}

func merged(t testing.TB, b *journal.Builder) *journal.Journal {
	t.Helper()
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func read(t testing.TB, j *journal.Journal, o flow.Order, workers int) *flow.Result {
	t.Helper()
	o.Digests = true
	r, err := flow.Read(town(t), j, o, workers)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Conservation.Holds() {
		t.Errorf("holders had %d of %d seconds; differing: %v", r.Conservation.HeldSeconds, r.Conservation.EndToEndSeconds, r.Conservation.Differing)
	}
	return r
}

// ways is a few tickets, each with a way of its own. 2 March 2026 is a Monday.
const ways = `
FIX   2026-03-02T09:00 opened   party=alpha team=first line=1 service=mail priority=P1
FIX   2026-03-02T09:30 accepted
FIX   2026-03-02T10:00 resolved
ABA   2026-03-02T09:00 opened   party=alpha team=first line=1 service=mail priority=P3
ABA   2026-03-02T09:00 accepted
ABA   2026-03-02T10:00 assigned party=beta team=core line=2
ABA   2026-03-02T11:00 accepted
ABA   2026-03-02T12:00 assigned party=alpha team=first line=1
ABA   2026-03-02T12:30 accepted
ABA   2026-03-02T14:00 resolved
LOOP  2026-03-03T09:00 opened   party=alpha team=first line=1 service=wifi
LOOP  2026-03-03T09:00 accepted
LOOP  2026-03-03T10:00 assigned party=beta team=core line=2
LOOP  2026-03-03T11:00 rejected reason=no
LOOP  2026-03-03T12:00 assigned party=siam team=triage line=3
LOOP  2026-03-03T12:00 accepted
LOOP  2026-03-03T13:00 assigned party=alpha team=second line=2
LOOP  2026-03-03T14:00 accepted
LOOP  2026-03-03T15:00 paused   reason=user
LOOP  2026-03-03T16:00 resumed
LOOP  2026-03-03T17:00 resolved
AGAIN 2026-03-04T09:00 opened   party=beta team=core line=2 priority=P2 service=mail
AGAIN 2026-03-04T09:00 accepted
AGAIN 2026-03-04T10:00 resolved
AGAIN 2026-03-04T11:00 reopened
AGAIN 2026-03-04T12:00 closed
OPEN  2026-04-01T08:00 opened   service=mail
OPEN  2026-04-01T09:00 disputed party=alpha team=first line=1
OPEN  2026-04-01T10:00 noted
`

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		by   flow.Level
		want map[string]string // occurrences, and tickets
	}{
		{flow.ByParty, map[string]string{
			"hand-overs": "5 ABA LOOP", "returns": "2 ABA LOOP", "ping-pong": "1 ABA", "longer-loops": "1 LOOP",
			"first-time-fix": "1 FIX", "push-to-front": "1 FIX", "first-line-only": "2 FIX OPEN", "not-first-line-first": "1 AGAIN",
			"push-to-front-broken": "3 ABA LOOP AGAIN", "reopened": "1 AGAIN", "still-open": "1 OPEN", "wait:user": "LOOP",
		}},
		{flow.ByTeam, map[string]string{"hand-overs": "5 ABA LOOP", "returns": "1 ABA", "ping-pong": "1 ABA", "longer-loops": "0"}},
		{flow.ByLine, map[string]string{"hand-overs": "5 ABA LOOP", "returns": "2 ABA LOOP", "ping-pong": "2 ABA LOOP", "longer-loops": "0"}},
	} {
		j := told(t, ways)
		r := read(t, j, flow.Order{By: c.by}, 1)
		got := map[string]string{}
		for _, f := range r.Figures {
			got[f.ID] = strings.TrimSpace(fmt.Sprint(f.Count, " ", ticketsOf(t, r, j, f.ID)))
		}
		for _, w := range r.Waits {
			got[w.ID] = ticketsOf(t, r, j, w.ID)
		}
		for id, want := range c.want {
			if got[id] != want {
				t.Errorf("by %s: %s: %q, want %q", c.by, id, got[id], want)
			}
		}
	}
}

func ticketsOf(t *testing.T, r *flow.Result, j *journal.Journal, id string) string {
	t.Helper()
	list, ok := r.TicketsOf(id)
	if !ok {
		t.Errorf("there is no %s", id)
	}
	var out []string
	for _, n := range list {
		out = append(out, j.TicketID(int(n)))
	}
	return strings.Join(out, " ")
}

// TestHeld counts by hand who held the tickets: elapsed, and open by the party's own
// calendar.
func TestHeld(t *testing.T) {
	r := read(t, told(t, ways), flow.Order{Periods: []span.Period{span.Month(2026, 3)}}, 1)
	got := map[string][2]int64{}
	for _, h := range r.Held {
		got[h.ID] = [2]int64{h.ElapsedSeconds / 60, h.OpenSeconds / 60}
	}
	want := map[string][2]int64{
		"held:supplier:alpha":  {30 + 30 + 60 + 30 + 90 + 60 + 60 + 60 + 60, 480}, // FIX, ABA, LOOP
		"held:supplier:beta":   {120 + 60 + 120, 300},                             // ABA, LOOP until it rejected, AGAIN but for the hour in which it was resolved
		"held:integrator:siam": {60, 60},
		"held:customer:town":   {60 + 60, 0}, // the pause and the hour of AGAIN; it has no calendar
		"held:unowned:siam":    {60, 60},
	}
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: %v minutes, want %v", id, got[id], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("held by %v", got)
	}
	if r.Tickets != 4 || r.Ended != 4 || r.EndToEnd.TotalSeconds != (60+300+480+180)*60 || r.EndToEnd.MedianSeconds != 180*60 {
		t.Errorf("%d tickets, end to end %+v", r.Tickets, r.EndToEnd)
	}
}

func TestMatrix(t *testing.T) {
	r := read(t, told(t, ways), flow.Order{}, 1)
	var got []string
	for _, c := range r.Matrix.Cells {
		got = append(got, fmt.Sprintf("%s %d/%d waiting %d between %d", c.ID, c.Count, c.Share.Whole, c.WaitingSeconds/60, c.BetweenSeconds/60))
	}
	want := []string{
		"hand-over:alpha>beta 2/5 waiting 120 between 0", "hand-over:beta>alpha 1/5 waiting 30 between 0",
		"hand-over:beta>siam 1/5 waiting 0 between 60", "hand-over:siam>alpha 1/5 waiting 60 between 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("hand-overs\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPromises holds a promise with a share of its own for one priority.
func TestPromises(t *testing.T) {
	j := told(t, ways)
	r := read(t, j, flow.Order{}, 1)
	var got []string
	for _, p := range r.Promises {
		got = append(got, fmt.Sprintf("%s %d of %d broken %v missed by %s", p.ID, p.Met, p.Counted, p.Broken, ticketsOf(t, r, j, p.ID)))
	}
	want := []string{"promise:mail:2026-03 1 of 2 broken false missed by ABA", "promise:mail:2026-03:P1 1 of 1 broken false missed by "}
	if !slices.Equal(got, want) {
		t.Errorf("promises\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBreakdowns(t *testing.T) {
	r := read(t, told(t, ways), flow.Order{}, 1)
	var got []string
	for _, b := range r.Breakdowns {
		for _, g := range b.Groups {
			var held int64
			for _, h := range g.Held {
				held += h.ElapsedSeconds
			}
			if held != g.EndToEnd.TotalSeconds {
				t.Errorf("%s: holders had %d of %d seconds", g.ID, held, g.EndToEnd.TotalSeconds)
			}
			got = append(got, fmt.Sprintf("%s %d/%d", g.ID, g.Ended, g.EndToEnd.Tickets))
		}
	}
	want := "service:mail 3/4, service:wifi 1/1, priority: 1/2, priority:P1 1/1, priority:P2 1/1, priority:P3 1/1, site: 4/5, period:2026-03 4/4, period:open 0/1"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

// TestWatermelon: the user of ABA waits, and both suppliers' clocks are green.
func TestWatermelon(t *testing.T) {
	book, j := town(t), told(t, strings.ReplaceAll(ways, "FIX   2026-03-02T10:00", "FIX   2026-03-02T12:00"))
	r, err := flow.Read(book, j, flow.Order{Periods: []span.Period{span.Month(2026, 3)}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := statement.Draw(book, j, r.StatementsFor(book), 1)
	if err != nil {
		t.Fatal(err)
	}
	w, err := flow.FindWatermelons(book, j, r, drawn)
	if err != nil {
		t.Fatal(err)
	}
	if w.Broken != 1 || len(w.List) != 1 {
		t.Fatalf("%d promises broken, watermelons %+v", w.Broken, w.List)
	}
	m := w.List[0]
	if m.Service != "mail" || !m.AllGreen || len(m.Contracts) != 2 || len(m.Contracts[0].Met) != 1 || m.Promises[0].Promised.String() != "90%" {
		t.Errorf("watermelon %+v", m)
	}
	if len(m.Longest) != 1 || m.Longest[0].Ticket != "FIX" || m.Longest[0].OpenSeconds != 3*3600 || len(m.Longest[0].Legs) == 0 {
		t.Errorf("longest %+v", m.Longest)
	}
	for i := range drawn {
		drawn[i].Measures[0].Failed = drawn[i].Contract == "net" // it held none of those tickets
	}
	if w, _ = flow.FindWatermelons(book, j, r, drawn); len(w.List) != 1 || w.List[0].AllGreen {
		t.Errorf("green where it was held: %+v", w.List)
	}
	drawn[0].Measures[0].Failed = true
	if w, _ = flow.FindWatermelons(book, j, r, drawn); len(w.List) != 0 {
		t.Errorf("no watermelon is left, but %+v", w.List)
	}
}

// TestWorkers reads random tickets by other numbers of workers, at each level, all and
// by period: the result is the same to the byte, and no second is lost.
func TestWorkers(t *testing.T) {
	j := random(t, 6_000)
	for _, by := range []flow.Level{flow.ByParty, flow.ByTeam, flow.ByLine} {
		for _, periods := range [][]span.Period{nil, {span.Month(2026, 2), span.Month(2026, 3)}} {
			one := read(t, j, flow.Order{By: by, Periods: periods}, 1)
			first, err := json.Marshal(one)
			if err != nil {
				t.Fatal(err)
			}
			for _, workers := range []int{2, 5} {
				r := read(t, j, flow.Order{By: by, Periods: periods}, workers)
				if other, _ := json.Marshal(r); string(other) != string(first) {
					t.Errorf("by %s: %d workers read something else", by, workers)
				}
				for _, f := range one.Figures {
					a, _ := one.TicketsOf(f.ID)
					b, _ := r.TicketsOf(f.ID)
					if !reflect.DeepEqual(a, b) || int64(len(a)) != f.Tickets {
						t.Errorf("%s: %d tickets, then %d", f.ID, len(a), len(b))
					}
				}
			}
		}
	}
}

// random makes tickets with every kind of event, in an order that need not make sense.
func random(t testing.TB, n int) *journal.Journal {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	b := journal.NewBuilder("random")
	pick := func(words ...string) journal.Symbol { return b.Name(words[r.IntN(len(words))]) }
	events := []journal.Event{
		journal.Assigned, journal.Assigned, journal.Accepted, journal.Rejected, journal.Paused, journal.Resumed, journal.Resolved,
		journal.Reopened, journal.Closed, journal.Disputed, journal.Settled, journal.Noted, journal.Changed,
	}
	begin, err := span.ParseInstant("2026-01-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		id, at := b.Ticket(fmt.Appendf(nil, "T%05d", i)), begin+span.Instant(r.IntN(100*86400))
		for k := range 2 + r.IntN(14) {
			f := journal.Facts{Event: events[r.IntN(len(events))]}
			if k == 0 {
				f = journal.Facts{Event: journal.Opened, Service: pick("mail", "wifi", ""), Priority: pick("P1", "P2", "P3"), Site: pick("", "hall")}
			}
			switch f.Event {
			case journal.Assigned:
				f.Party, f.Team, f.Line = pick("alpha", "beta", "siam", "other"), pick("first", "second", ""), uint8(r.IntN(4))
			case journal.Paused, journal.Resumed:
				f.Reason = pick("user", "window", "vendor")
			}
			if r.IntN(3) == 0 {
				f.Extra = b.Extra(map[string]string{"cause": fmt.Sprint(r.IntN(4)), "product": fmt.Sprint(r.IntN(2))})
			}
			b.Add(journal.Entry{Happened: at, Learnt: at, Ticket: id, Row: uint32(b.Len() + 1), Facts: b.Facts(f)})
			at += span.Instant(r.IntN(3 * 86400))
		}
	}
	return merged(t, b)
}

// TestAsOf: what was learnt later is not read.
func TestAsOf(t *testing.T) {
	at, err := span.ParseInstant("2026-03-02T11:30:00Z")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, told(t, ways), flow.Order{AsOf: &at}, 1)
	if r.Tickets != 2 || r.Ended != 1 || r.EndToEnd.MaxSeconds != 150*60 || r.Matrix.Count != 1 {
		t.Errorf("%d tickets, %d ended, longest %d s, %d hand-overs", r.Tickets, r.Ended, r.EndToEnd.MaxSeconds, r.Matrix.Count)
	}
}

func TestUnknownLevel(t *testing.T) {
	if _, err := flow.Read(town(t), told(t, ways), flow.Order{By: "street"}, 1); err == nil || !strings.Contains(err.Error(), "street") {
		t.Errorf("by street: %v", err)
	}
}
