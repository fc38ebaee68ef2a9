package statement_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// everyKind is measures of every kind, and of every way to say whose and when.
const everyKind = `
  - {id: M-1, mean: {clock: resolve}}
  - {id: M-2, percentile: {clock: resolve, share: 90%}}
  - {id: M-3, availability: {services: [mail], calendar: always, downtime: 'kind == "outage"', maintenance: 'kind == "work"', denominator: less-maintenance}}
  - {id: M-4, backlog: {calendar: office}}
  - {id: M-5, backlog: {calendar: office, olderThan: 8h}}
  - {id: M-6, firstTimeFix: {}}
  - {id: M-7, reopenRate: {within: 24h}}
  - {id: M-8, handOvers: {between: teams}}
  - {id: M-9, external: {series: calls}}
  - {id: M-10, survey: {series: csat}}
  - {id: M-11, share: {clock: resolve}, countsIn: breach}
  - {id: M-12, share: {clock: resolve}, countsIn: breach-and-resolution, attribution: holder-at-breach}
  - {id: M-13, share: {clock: lives}, attribution: any-holder}
  - {id: M-14, share: {clock: held}, attribution: service-tower, scope: 'tower == "hosting"'}
  - {id: M-15, count: {of: rejected}}
  - {id: M-16, count: {of: reopened}}
  - {id: M-17, count: {of: closed}, attribution: first-holder}
  - {id: M-18, share: {clock: answer}, scope: 'priority == "P1" || fields.area == "north"'}
  - {id: M-19, share: {clock: resolve}, period: quarter, countsIn: opening}
`

// wide is the folder with measures of every kind.
func wide(t testing.TB, replace ...string) *statement.Book {
	t.Helper()
	return book(t, append([]string{
		"credits:\n", strings.TrimPrefix(everyKind, "\n") + "credits:\n",
		"  - {id: resolve, stop: resolved, pauses: [awaiting-customer], calendar: office}\n",
		"  - {id: resolve, stop: resolved, pauses: [awaiting-customer], calendar: office, priorityChange: proportional}\n" +
			"  - {id: lives, stop: resolved, calendar: always, reopenWithin: 24h}\n  - {id: held, stop: resolved, runsFor: supplier, calendar: always}\n" +
			"  - {id: answer, stop: responded, stopBy: supplier, calendar: office}\n",
		"  - {clock: resolve, within: 8h}\n",
		"  - {clock: resolve, priorities: [P1], within: 4h}\n  - {clock: resolve, within: 7h}\n  - {clock: lives, within: 20h}\n  - {clock: held, within: 10h}\n  - {clock: answer, within: 1h}\n",
	}, replace...)...)
}

// happening is one random entry.
type happening struct {
	ticket   int
	at       span.Instant
	lag      span.Instant // until it was learnt
	facts    [6]int
	event    journal.Event
	corrects int // how many entries back the one lies that it corrects; zero if it corrects none
}

func happenings(rt *rapid.T, tickets int) []happening {
	events := []journal.Event{
		journal.Opened, journal.Changed, journal.Assigned, journal.Assigned, journal.Accepted, journal.Rejected, journal.Responded, journal.Paused, journal.Resumed,
		journal.Resolved, journal.Resolved, journal.Reopened, journal.Closed, journal.Cancelled, journal.Linked, journal.Measured, journal.Excused, journal.Voided,
	}
	var out []happening
	for ticket := range tickets {
		at := aprilStart + span.Instant(rapid.IntRange(-40, 40).Draw(rt, "day")*86400)
		for n := rapid.IntRange(1, 9).Draw(rt, "entries"); n > 0; n-- {
			x := happening{ticket: ticket, at: at, event: rapid.SampledFrom(events).Draw(rt, "event")}
			for i := range x.facts {
				x.facts[i] = rapid.IntRange(0, 5).Draw(rt, "fact")
			}
			if rapid.IntRange(0, 5).Draw(rt, "late") == 0 {
				x.lag = span.Instant(rapid.IntRange(1, 60).Draw(rt, "lag") * 86400)
			}
			if back := rapid.IntRange(0, 30).Draw(rt, "corrects"); back < 4 && back <= len(out) && back > 0 && out[len(out)-back].ticket == ticket {
				y := out[len(out)-back]
				x.corrects, x.lag = back, max(x.lag, y.at+y.lag-x.at) // never learnt before what it corrects
			}
			out = append(out, x)
			at += span.Instant(rapid.SampledFrom([]int{0, 60, 3599, 7200, 30000, 86400, 400000}).Draw(rt, "pause"))
		}
	}
	return out
}

// journalOf writes those of the happenings that are kept into a journal.
func journalOf(t interface{ Fatal(...any) }, list []happening, keep func(i int, x happening) bool) *journal.Journal {
	b := journal.NewBuilder("desk")
	pick := func(n int, words ...string) journal.Symbol {
		if n >= len(words) {
			return 0
		}
		return b.Name(words[n])
	}
	for i, x := range list {
		if !keep(i, x) {
			continue
		}
		f := journal.Facts{Event: x.event, Priority: pick(x.facts[0], "P1", "P2", "P3"), Service: pick(x.facts[1], "mail", "print"), Team: pick(x.facts[2], "a", "b")}
		switch x.event {
		case journal.Opened, journal.Assigned:
			f.Party, f.Kind = pick(x.facts[3], "atlas", "atlas", "other", "sextant"), pick(x.facts[4], "outage", "work", "incident", "incident")
		case journal.Paused, journal.Resumed:
			f.Reason = pick(x.facts[3], "awaiting-customer", "lunch")
		case journal.Linked:
			f.Reason, f.Related = b.Name("parent"), b.Name("T0")
		case journal.Excused:
			f.Reason = pick(x.facts[3], "power", "rain")
		case journal.Measured:
			f.Series, f.Numerator, f.Denominator = pick(x.facts[3]%2, "calls", "csat"), int64(x.facts[4]), 5
		}
		f.Extra = b.Extra(map[string]string{"area": []string{"north", "south", "", "", "", ""}[x.facts[5]]})
		e := journal.Entry{Happened: x.at, Learnt: x.at + x.lag, Ticket: b.Ticket(fmt.Appendf(nil, "T%d", x.ticket)), Row: uint32(b.Name(fmt.Sprint("e", i))), Marks: journal.Keyed, Facts: b.Facts(f)}
		if x.corrects > 0 {
			e.Marks |= journal.Corrects
			b.Correct(e, fmt.Sprint("e", i-x.corrects))
		}
		b.Add(e)
	}
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

// three orders the months about April, read at an instant.
func three(asOf span.Instant) []statement.Order {
	var out []statement.Order
	for _, p := range []string{"2026-03", "2026-04", "2026-05"} {
		out = append(out, statement.Order{Contract: "tower-a", Period: period(p), AsOf: &asOf})
	}
	return out
}

func digests(t fataler, b *statement.Book, j *journal.Journal, orders []statement.Order, workers int) []string {
	list, err := statement.Draw(b, j, orders, workers)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var out []string
	for _, s := range list {
		out = append(out, s.Digest)
	}
	return out
}

type fataler interface{ Fatalf(string, ...any) }

// wholly keeps every happening.
func wholly(int, happening) bool { return true }

// TestDigestsStand holds for random journals what bundles and superseding rely on.
func TestDigestsStand(t *testing.T) {
	b := wide(t)
	rapid.Check(t, func(rt *rapid.T) {
		list := happenings(rt, rapid.IntRange(1, 12).Draw(rt, "tickets"))
		asOf := aprilStart + span.Instant(rapid.IntRange(1, 90).Draw(rt, "as of")*86400)
		orders := three(asOf)
		drawn, err := statement.Draw(b, journalOf(rt, list, wholly), orders, 1)
		if err != nil {
			rt.Fatal(err)
		}
		j := journalOf(rt, list, wholly)
		want := digests(rt, b, j, orders, 2)
		for i, s := range drawn {
			if s.Digest != want[i] {
				rt.Fatalf("%s: the digest is another the second time", s.Period)
			}
			if alone := digests(rt, b, j, orders[i:i+1], 1); alone[0] != s.Digest {
				rt.Fatalf("%s: drawn alone it has another digest", s.Period)
			}
			used := map[string]bool{}
			for _, ticket := range s.Used() {
				used[j.TicketID(int(ticket))] = true
			}
			for e := range earlierUsed(drawn, i, j) {
				used[e] = true
			}
			fewer := journalOf(rt, list, func(_ int, x happening) bool { return used[fmt.Sprint("T", x.ticket)] })
			if fewer.Tickets() > 0 && digests(rt, b, fewer, orders[i:i+1], 1)[0] != s.Digest {
				rt.Fatalf("%s: it stands on a ticket that it does not name", s.Period)
			}
			known := journalOf(rt, list, func(_ int, x happening) bool { return x.at+x.lag <= asOf })
			if known.Tickets() > 0 && digests(rt, b, known, orders[i:i+1], 1)[0] != s.Digest {
				rt.Fatalf("%s: it depends on what was learnt later", s.Period)
			}
		}
	})
}

// earlierUsed names the tickets that the statements before one stand on.
func earlierUsed(drawn []*statement.Statement, i int, j *journal.Journal) map[string]bool {
	out := map[string]bool{}
	for _, s := range drawn[:i] {
		for _, ticket := range s.Used() {
			out[j.TicketID(int(ticket))] = true
		}
	}
	return out
}

// many is some thousand tickets, so that several workers have a share.
func many() []happening {
	var out []happening
	events := []journal.Event{journal.Opened, journal.Assigned, journal.Accepted, journal.Responded, journal.Changed, journal.Paused, journal.Resumed, journal.Resolved, journal.Reopened, journal.Closed, journal.Measured, journal.Resolved}
	state := uint64(1)
	next := func(n int) int { // a plain generator, the same on every machine
		state = state*6364136223846793005 + 1442695040888963407
		return int(state>>33) % n
	}
	for ticket := range 9000 {
		at := aprilStart + span.Instant(next(80)-40)*86400 + span.Instant(next(86400))
		for _, e := range events[:2+next(len(events)-1)] {
			out = append(out, happening{ticket: ticket, at: at, event: e, facts: [6]int{next(4), next(3), next(3), next(4), next(6), next(6)}})
			at += span.Instant(next(20000))
		}
	}
	return out
}

// TestWorkers holds that the number of workers changes nothing, not even the evidence.
func TestWorkers(t *testing.T) {
	b, list := wide(t), many()
	j := journalOf(t, list, wholly)
	asOf := must(span.ParseInstant("2026-06-20T00:00Z"))
	want, err := statement.Draw(b, j, three(asOf), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range want[1].Measures {
		if m.Tickets == 0 && m.Kind != "availability" && m.ID != "M-15" && m.ID != "M-19" {
			t.Errorf("measure %s counts nothing: the test proves too little", m.ID)
		}
	}
	for _, workers := range []int{2, 3, 7} {
		got, err := statement.Draw(b, j, three(asOf), workers)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i].Digest != want[i].Digest || !slices.Equal(got[i].Used(), want[i].Used()) {
				t.Errorf("%s: %d workers draw another statement", want[i].Period, workers)
			}
			for k := range want[i].Results() {
				if !slices.Equal(got[i].Results()[k].Evidence, want[i].Results()[k].Evidence) {
					t.Errorf("%s: %d workers have other evidence for %s", want[i].Period, workers, want[i].Measures[k].ID)
				}
			}
		}
	}
}

// TestDefaultAsOf holds that a period is read at the end of its late-entry time, or
// when the journal ends.
func TestDefaultAsOf(t *testing.T) {
	for _, x := range []struct{ late, last, want string }{
		{"", "2026-06-30T12:00+01:00", "2026-05-01T00:00+01:00"},
		{"", "2026-04-20T12:00+01:00", "2026-04-20T12:00+01:00"},
		{"lateEntries: {days: 5}\n", "2026-06-30T12:00+01:00", "2026-05-06T00:00+01:00"},
		{"lateEntries: {businessDays: 5, calendar: office}\n", "2026-06-30T12:00+01:00", "2026-05-08T17:00+01:00"}, // the 4th is a bank holiday
		{"lateEntries: {businessDays: 5, calendar: office}\n", "2026-05-07T12:00+01:00", "2026-05-07T12:00+01:00"},
	} {
		b := book(t, "currency: GBP\n", "currency: GBP\n"+x.late)
		l := newLog()
		l.add("INC-99", x.last, journal.Facts{Event: journal.Opened, Party: l.Name("atlas")})
		s, err := statement.Draw(b, l.journal(t), []statement.Order{{Contract: "tower-a", Period: april}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if want := must(span.ParseInstant(x.want)); s[0].AsOf != want {
			t.Errorf("%q and a journal up to %s: read at %s, want %s", x.late, x.last, s[0].AsOf, want)
		}
	}
}

// TestLookingBack asks which earlier periods a statement reads, drawn or issued.
func TestLookingBack(t *testing.T) {
	l := newLog()
	for month := 3; month <= 7; month++ {
		for day, hour := range map[int]string{6: "09:00", 8: "16:00"} {
			id := fmt.Sprintf("BAD-%d-%d", month, day)
			l.add(id, fmt.Sprintf("2026-%02d-%02dT%s+00:00", month, day, hour), journal.Facts{Event: journal.Opened, Party: l.Name("atlas")})
			l.add(id, fmt.Sprintf("2026-%02d-%02dT%s+00:00", month, day+14, hour), journal.Facts{Event: journal.Resolved})
		}
	}
	j := l.journal(t)
	asOf := must(span.ParseInstant("2026-09-01T00:00Z"))
	rolling := []string{"caps: [{percentOfCharges: 3%}]", "caps: [{percentOfCharges: 3%, rollingPeriods: 12}]"}
	none := []string{"    repeatFailure: {multiplier: 2}\n", ""}
	for _, x := range []struct {
		name    string
		replace []string
		issued  []string
		want    string
		points  int
	}{
		{"nothing", none, nil, "", 3},
		{"nothing, though an earlier one is issued", none, []string{"2026-06"}, "", 3},
		{"one period", nil, nil, "2026-06 drawn 6", 6},
		{"one period, issued", nil, []string{"2026-06"}, "2026-06 issued 6", 6},
		{"one period, an older one issued", nil, []string{"2026-04"}, "2026-06 drawn 6", 6},
		{"all of them", rolling, nil, "2026-03 drawn 3, 2026-04 drawn 6, 2026-05 drawn 6, 2026-06 drawn 6", 6},
		{"all of them, one issued", rolling, []string{"2026-05"}, "2026-03 drawn 3, 2026-04 drawn 6, 2026-05 issued 6, 2026-06 drawn 6", 6},
		{"all of them, issued with a gap", rolling, []string{"2026-04", "2026-06"}, "2026-03 drawn 3, 2026-04 issued 6, 2026-05 drawn 6, 2026-06 issued 6", 6},
	} {
		t.Run(x.name, func(t *testing.T) {
			b := book(t, x.replace...)
			o := statement.Order{Contract: "tower-a", Period: period("2026-07"), AsOf: &asOf}
			for _, p := range x.issued {
				s, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: period(p), AsOf: &asOf}}, 1)
				if err != nil {
					t.Fatal(err)
				}
				o.Earlier = append(o.Earlier, s[0])
			}
			s, err := statement.Draw(b, j, []statement.Order{o}, 1)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range s[0].Earlier {
				how := "drawn"
				if e.Issued {
					how = "issued"
				}
				got = append(got, fmt.Sprintf("%s %s %d", e.Period, how, e.Measures[0].Points))
			}
			if strings.Join(got, ", ") != x.want || s[0].Measures[0].Points != x.points {
				t.Errorf("reads %s and has %d points, want %s and %d", got, s[0].Measures[0].Points, x.want, x.points)
			}
		})
	}
}

// TestSeveralOrders holds that statements drawn together are those drawn alone.
func TestSeveralOrders(t *testing.T) {
	for _, replace := range [][]string{nil, {"caps: [{percentOfCharges: 3%}]", "caps: [{percentOfCharges: 3%, rollingPeriods: 3}]"}, {"    repeatFailure: {multiplier: 2}\n", ""}} {
		b, j := book(t, replace...), newLog().april2026().miss().journal(t)
		var orders []statement.Order
		for _, p := range []string{"2026-06", "2026-04", "2026-05", "2026-04"} {
			for _, asOf := range []*span.Instant{nil, &early} {
				orders = append(orders, statement.Order{Contract: "tower-a", Period: period(p), AsOf: asOf, Supersedes: strings.Repeat("x", len(orders))})
			}
		}
		together := digests(t, b, j, orders, 2)
		for i := range orders {
			if alone := digests(t, b, j, orders[i:i+1], 1)[0]; alone != together[i] {
				t.Errorf("%s: alone %s, together %s", orders[i].Period, alone, together[i])
			}
		}
		if together[2] == together[6] {
			t.Error("what a statement supersedes is not in its digest")
		}
		if n := len(maps.Collect(slices.All(slices.Compact(slices.Sorted(slices.Values(together)))))); n != len(orders) {
			t.Errorf("%d different digests of %d orders", n, len(orders))
		}
	}
}

func TestOrdersThatCannotBe(t *testing.T) {
	b, j := book(t), newLog().april2026().journal(t)
	for _, x := range []struct {
		order statement.Order
		kind  fault.Kind
		says  string
	}{
		{statement.Order{Contract: "tower-z", Period: april}, fault.NotFound, `there is no contract "tower-z"`},
		{statement.Order{Contract: "tower-a", Period: period("2026-Q2")}, fault.Invalid, "contract tower-a has a service period of a month, not 2026-Q2"},
		{statement.Order{Contract: "tower-a"}, fault.Invalid, "contract tower-a has a service period of a month"},
	} {
		_, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: april}, x.order}, 1)
		refused(t, err, x.kind, x.says)
	}
}

// TestEncode holds that the record is what encoding/json writes, byte for byte, and
// comes back whole.
func TestEncode(t *testing.T) {
	s := draw(t, book(t), newLog().april2026().miss().journal(t))
	s.Measures[0].Missed = append(s.Measures[0].Missed, statement.Missed{Ticket: "a \"b\" <c> \\ é\u2028\x01\xff", Episode: 2, Elapsed: -1, Target: 5, Due: "x"}, statement.Missed{})
	s.Measures[0].Excluded = append(s.Measures[0].Excluded, statement.Excluded{Ticket: `,"excluded":[`, Reason: `"measures":[`, Clause: "1<2", Rule: "r&d"})
	s.Measures[1].Excluded = nil
	s.Title = `"measures":[],"excluded":[`
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	for range 2 {
		want.Reset()
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got := statement.Encode(s); string(got) != strings.TrimSuffix(want.String(), "\n") {
			t.Errorf("record\n%s\nwant\n%s", got, want.String())
		}
		s.Measures = []statement.Measure{}
	}
	again := draw(t, book(t), newLog().april2026().miss().journal(t))
	back, err := statement.Decode(statement.Encode(again))
	if err != nil || !bytes.Equal(statement.Encode(back), statement.Encode(again)) || back.Digest != again.Digest {
		t.Errorf("it comes back changed: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(statement.Encode(draw(t, book(t), newLog().april2026().miss().journal(t))))
	for _, x := range []struct {
		name, old, new string
		kind           fault.Kind
		says           string
	}{
		{"a changed number", `"met":8`, `"met":9`, fault.Disagrees, "its content has"},
		{"a changed ticket", "INC-7", "INC-6", fault.Disagrees, "its content has"},
		{"a changed digest", `"digest":"sha256:`, `"digest":"sha256:0`, fault.Disagrees, "its content has"},
		{"no digest", good[strings.LastIndex(good, `,"digest":`):], "}", fault.Disagrees, "the record says its digest is"},
		{"another form", "towerbridge-statement/1", "towerbridge-statement/2", fault.Invalid, `the record has the form "towerbridge-statement/2"`},
		{"an unknown member", `"contract":`, `"friend":"x","contract":`, fault.Invalid, "the record is not a statement"},
		{"half of it", good[len(good)/2:], "", fault.Invalid, "the record is not a statement"},
		{"something more", good[len(good)-20:], good[len(good)-20:] + "{}", fault.Invalid, "something follows the record"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if !strings.Contains(good, x.old) {
				t.Fatalf("the record does not hold %s", x.old)
			}
			_, err := statement.Decode([]byte(strings.Replace(good, x.old, x.new, 1)))
			refused(t, err, x.kind, x.says)
		})
	}
	_, err := statement.Decode(make([]byte, statement.MaxRecord+1))
	refused(t, err, fault.Invalid, "the record is longer than 268435456 bytes")
}
