package whatif

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// oldEstate has a desk, a network and a host; newEstate has the network and the host in
// one hand, and the desk cut into two.
const oldEstate = `id: three
name: Three towers
zone: Europe/London
parties:
  - {id: town, name: Town, kind: customer}
  - {id: joiner, name: Joiner, kind: integrator, calendar: office}
  - {id: desk, name: Desk, kind: supplier, calendar: office, teams: [{id: first, name: First, line: 1}, {id: second, name: Second, line: 2}]}
  - {id: net, name: Net, kind: supplier, calendar: office, teams: [{id: wires, name: Wires, line: 2}]}
  - {id: host, name: Host, kind: supplier, calendar: office, teams: [{id: halls, name: Halls, line: 3}]}
towers:
  - {id: desk-tower, name: Desk}
  - {id: net-tower, name: Network, to: 2027-01-01, becomes: platform}
  - {id: host-tower, name: Hosting, to: 2027-01-01, becomes: platform}
  - {id: platform, name: Platform, from: 2027-01-01}
services: [{id: email, name: Email, tower: host-tower}]
supplies:
  - {tower: desk-tower, supplier: desk, customer: town, contract: desk}
  - {tower: net-tower, supplier: net, customer: town, contract: net}
  - {tower: host-tower, supplier: host, customer: town, contract: host}
  - {tower: platform, supplier: host, customer: town, from: 2027-01-01}
`

const newEstate = `id: two
name: Two towers
zone: Europe/London
parties:
  - {id: town, name: Town, kind: customer}
  - {id: joiner, name: Joiner, kind: integrator, calendar: office}
  - {id: desk, name: Desk, kind: supplier, calendar: office, teams: [{id: first, name: First, line: 1}]}
  - {id: plat, name: Platform, kind: supplier, calendar: office, teams: [{id: second, name: Second, line: 2}, {id: wires, name: Wires, line: 2}, {id: halls, name: Halls, line: 3}]}
towers: [{id: desk-tower, name: Desk}, {id: platform, name: Platform}]
services: [{id: email, name: Email, tower: platform}]
supplies:
  - {tower: desk-tower, supplier: desk, customer: town, contract: desk}
  - {tower: platform, supplier: plat, customer: town, contract: plat}
`

const officeText = `id: office
name: Weekdays
zone: Europe/London
versions: [{source: Annex, week: {monday: ["09:00-17:00"], tuesday: ["09:00-17:00"], wednesday: ["09:00-17:00"], thursday: ["09:00-17:00"], friday: ["09:00-17:00"]}, holidays: {sets: [england-and-wales]}}]
`

const longText = `id: office
name: Long weekdays
zone: Europe/London
versions: [{source: Annex, week: {monday: ["07:00-21:00"], tuesday: ["07:00-21:00"], wednesday: ["07:00-21:00"], thursday: ["07:00-21:00"], friday: ["07:00-21:00"]}, holidays: {sets: [england-and-wales]}}]
`

// contractText is a contract of a supplier, with a target of so many hours.
func contractText(id, tower, within, more string) string {
	return fmt.Sprintf(`id: %s
customer: town
supplier: %s
integrator: joiner
towers: [%s]
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2028-01-01}
charges: [{amount: GBP 10000.00}]
lateEntries: {days: 5}
legs: {acceptWithin: 2h, acceptCalendar: office}
pauseCauses: [{reason: user, cause: customer}]
clocks: [{id: own, stop: resolved, runsFor: supplier, pauses: [user], calendar: office}]
targets: [{clock: own, within: %s}]
measures:
  - {id: K1, name: Resolved in time, share: {clock: own}, target: [{value: 90%%}], precision: {decimals: 0, rounding: half-up}, bands: [{name: target, atLeast: 90%%, met: true}, {name: missed, below: 90%%, points: 2}]}
  - {id: K2, name: Time, percentile: {clock: own, share: 90%%}}
  - {id: K3, name: Resolved, count: {of: resolved}}
%scredits: [{id: points, pointsRate: {rate: 1%%}, measures: [K1], rounding: half-up, caps: [{percentOfCharges: 1.5%%}]}]
`, id, id, tower, within, more)
}

// otherReason names another pause reason than the log has.
func otherReason(contract string) string {
	return strings.NewReplacer("reason: user", "reason: absent", "pauses: [user]", "pauses: [absent]").Replace(contract)
}

// readBook reads documents that must have no findings.
func readBook(t testing.TB, documents map[string]string) *statement.Book {
	t.Helper()
	var list []statement.Source
	for name, text := range documents {
		list = append(list, statement.Source{Name: name, Data: []byte(text)})
	}
	b, findings := statement.ReadBook(list, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return b
}

// oldBook has the contracts of the three; newBook those of the two.
func oldBook(t testing.TB) *statement.Book {
	return readBook(t, map[string]string{
		"estate.yaml": oldEstate, "calendars/office.yaml": officeText,
		"contracts/desk.yaml": contractText("desk", "desk-tower", "4h", ""),
		"contracts/net.yaml":  contractText("net", "net-tower", "4h", "  - {id: K9, name: Old only, count: {of: opened}, attribution: any-holder}\n"),
		"contracts/host.yaml": contractText("host", "host-tower", "4h", ""),
	})
}

func newBook(t testing.TB) *statement.Book {
	return readBook(t, map[string]string{
		"estate.yaml": newEstate, "calendars/office.yaml": longText,
		"contracts/desk.yaml": otherReason(contractText("desk", "desk-tower", "2h", "")),
		"contracts/plat.yaml": otherReason(contractText("plat", "platform", "3h", "")),
	})
}

// side orders the statements of all contracts for March 2026.
func side(b *statement.Book) Side {
	s := Side{Book: b}
	for _, id := range b.IDs() {
		s.Orders = append(s.Orders, statement.Order{Contract: id, Period: march[0]})
	}
	return s
}

var march = []span.Period{span.Month(2026, 3)}

var dates = []span.Date{span.DateOf(2026, 3, 1)}

// logText is the tickets of the tests; 4 March 2026 is a Wednesday.
const logText = `
STAY  opened 4T09:00 desk/first/1; resolved 4T10:00
GONE  opened 4T09:00 desk/first/1; assigned 4T09:30 net/wires/2; accepted 4T10:00; assigned 4T11:00 host/halls/3; accepted 4T12:30; resolved 4T13:30
BACK  opened 4T09:00 net/wires/2; assigned 4T10:00 host/halls/3; rejected 4T10:20; assigned 4T10:50 net/wires/2; accepted 4T11:00; resolved 4T12:00
SPLIT opened 4T09:00 desk/first/1; assigned 4T10:00 desk/second/2; accepted 4T10:30; resolved 4T12:00
PAUSE opened 4T09:00 net/wires/2; assigned 4T10:00 host/halls/3; paused 4T10:15 user; resumed 4T11:15; accepted 4T11:30; resolved 4T12:00
OPEN  opened 4T09:00 net/wires/2; assigned 4T10:00 host/halls/3
APRIL opened 4T09:00 net/wires/2; assigned 4T10:00 host/halls/3; accepted 4T10:30; resolved 40T12:00
`

// readLog reads a log as logText writes it.
func readLog(t testing.TB, text string) *journal.Journal {
	t.Helper()
	var b bytes.Buffer
	key := 0
	for line := range strings.Lines(strings.TrimSpace(text)) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		for part := range strings.SplitSeq(rest, ";") {
			f := strings.Fields(part)
			var day, hour, minute int
			if _, err := fmt.Sscanf(f[1], "%dT%d:%d", &day, &hour, &minute); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprintf("%sT%02d:%02d:00Z", span.DateOf(2026, 3, day), hour, minute)
			key++
			fmt.Fprintf(&b, `{"source":"test","key":"%d","ticket":%q,"event":%q,"happened":%q,"learnt":%q`, key, id, f[0], at, at)
			for _, word := range f[2:] {
				if who := strings.Split(word, "/"); len(who) == 3 {
					fmt.Fprintf(&b, `,"party":%q,"team":%q,"line":%s`, who[0], who[1], who[2])
				} else {
					fmt.Fprintf(&b, `,"reason":%q`, word)
				}
			}
			if f[0] == "opened" {
				b.WriteString(`,"kind":"incident","priority":"P3","service":"email"`)
			}
			b.WriteString("}\n")
		}
	}
	r, err := eventlog.Read([]eventlog.Input{{Name: "log.ndjson", Reader: &b}}, nil, eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused > 0 {
		t.Fatalf("%d rows refused: %v", r.Refused, r.Details)
	}
	return r.Journal
}

// replayed replays the log of the tests.
func replayed(t testing.TB, o Options, merges ...string) *Result {
	t.Helper()
	old, now := oldBook(t), newBook(t)
	p, findings := NewPlan(old.Estate, now.Estate, dates, parsed(t, merges...))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	o.Periods = march
	r, err := Replay(readLog(t, logText), side(old), side(now), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func parsed(t testing.TB, merges ...string) []Merge {
	t.Helper()
	var out []Merge
	for _, text := range merges {
		m, err := ParseMerge(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}
