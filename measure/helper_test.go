package measure_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
)

var london = func() *time.Location {
	l, err := calendar.Shipped().Location("Europe/London")
	if err != nil {
		panic(err)
	}
	return l
}()

func calendars(t testing.TB) contract.Calendars {
	t.Helper()
	out := contract.Calendars{}
	for id, lines := range map[string]string{
		"always": "always: true",
		"office": "week: {monday: ['09:00-17:00'], tuesday: ['09:00-17:00'], wednesday: ['09:00-17:00'], thursday: ['09:00-17:00'], friday: ['09:00-17:00']}",
		"banked": "week: {monday: ['09:00-17:00']}\n    holidays: {sets: [england-and-wales]}",
	} {
		doc, findings := calendar.Read(id+".yaml", []byte("id: "+id+"\nzone: Europe/London\nversions:\n  - "+lines+"\n"))
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

const terms = `
id: c
customer: force
supplier: alpha
integrator: siam
zone: Europe/London
currency: GBP
term: {start: 2020-01-01, end: 2030-01-01}
`

const clocks = `
clocks:
  - {id: resolve, stop: resolved, calendar: always, clause: cl-2}
  - {id: lives, stop: resolved, calendar: always, reopenWithin: 24h}
  - {id: p1only, stop: resolved, calendar: always, scope: 'priority == "P1"'}
  - {id: held, start: assigned, runsFor: supplier, stop: resolved, calendar: always, clause: cl-3}
targets:
  - {clock: resolve, within: 4h}
  - {clock: lives, within: 4h}
  - {clock: p1only, within: 1h}
  - {clock: held, within: 4h, priorities: [P1, P2, P3]}
`

// contractOf reads and compiles a contract from the lines that follow the usual ones.
func contractOf(t testing.TB, lines string) *contract.Contract {
	t.Helper()
	doc, _, findings := contract.Read("c.yaml", []byte(terms+lines))
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, lines)
	}
	c, err := contract.Compile(doc, calendars(t), calendar.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// one is a contract with the usual clocks and the measure M; more lines may follow.
func one(t testing.TB, settings string, more ...string) *contract.Contract {
	t.Helper()
	return contractOf(t, clocks+"measures:\n  - {id: M, "+settings+"}\n"+strings.Join(more, "\n"))
}

// at reads an instant: local time of London, or with an offset. Without a year and
// month it is in June 2026: 02T15:04.
func at(t testing.TB, s string) span.Instant {
	t.Helper()
	if s[2] == 'T' {
		s = "2026-06-" + s
	}
	if i, err := span.ParseInstant(s); err == nil {
		return i
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if x, err := time.ParseInLocation(layout, s, london); err == nil {
			return span.Instant(x.Unix())
		}
	}
	t.Fatalf("%q is no instant", s)
	return 0
}

// journalOf reads a journal: a line for each ticket, its id and its entries, separated
// by semicolons, each an instant, an event and facts.
func journalOf(t testing.TB, text string) *journal.Journal {
	t.Helper()
	b := journal.NewBuilder("test")
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		id, entries, _ := strings.Cut(strings.TrimSpace(line), " ")
		ticket := b.Ticket([]byte(id))
		for _, x := range strings.Split(entries, ";") {
			addEntry(t, b, ticket, strings.Fields(x))
		}
	}
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func addEntry(t testing.TB, b *journal.Builder, ticket uint32, words []string) {
	t.Helper()
	event, ok := journal.ParseEvent(words[1])
	if !ok {
		t.Fatalf("%q is no event", words[1])
	}
	f := journal.Facts{Event: event}
	when := at(t, words[0])
	e := journal.Entry{Happened: when, Learnt: when, Ticket: ticket, Row: uint32(b.Len() + 1)}
	fields, corrects := map[string]string{}, ""
	symbols := map[string]*journal.Symbol{
		"priority": &f.Priority, "party": &f.Party, "team": &f.Team, "reason": &f.Reason, "kind": &f.Kind,
		"service": &f.Service, "site": &f.Site, "related": &f.Related, "series": &f.Series,
	}
	for _, w := range words[2:] {
		name, value, _ := strings.Cut(w, "=")
		number, _ := strconv.ParseInt(value, 10, 64)
		switch symbol := symbols[name]; {
		case symbol != nil:
			*symbol = b.Name(value)
		case name == "line":
			f.Line = uint8(number)
		case name == "status":
			f.Status, _ = journal.ParseStatus(value)
		case name == "of":
			above, below, _ := strings.Cut(value, "/")
			f.Numerator, _ = strconv.ParseInt(above, 10, 64)
			f.Denominator, _ = strconv.ParseInt(below, 10, 64)
		case name == "learnt":
			e.Learnt = at(t, value)
		case name == "key":
			e.Row, e.Marks = uint32(b.Name(value)), e.Marks|journal.Keyed
		case name == "corrects":
			corrects = value
		case strings.HasPrefix(name, "fields."):
			fields[strings.TrimPrefix(name, "fields.")] = value
		default:
			t.Fatalf("%q is no fact", name)
		}
	}
	f.Extra = b.Extra(fields)
	e.Facts = b.Facts(f)
	if corrects != "" {
		e.Marks |= journal.Corrects
		b.Correct(e, corrects)
	}
	b.Add(e)
}

// world is an estate in which the service mail moves from tower office, of alpha, to
// tower infra, of beta, on 15 June 2026; print stays in office.
var world = measure.World{
	KindOf: func(party string) contract.LegKind {
		return map[string]contract.LegKind{"siam": contract.IntegratorLeg, "force": contract.CustomerLeg, "alpha": contract.SupplierLeg, "beta": contract.SupplierLeg}[party]
	},
	TowerOf: func(service string, on span.Date) string {
		switch {
		case service == "mail" && on >= span.DateOf(2026, 6, 15):
			return "infra"
		case service == "mail" || service == "print":
			return "office"
		}
		return ""
	},
	SupplierOf: func(tower string, _ span.Date) string {
		return map[string]string{"office": "alpha", "infra": "beta"}[tower]
	},
}

func periods(t testing.TB, s string) []span.Period {
	t.Helper()
	p, err := span.ParsePeriods(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// take measures periods, each as known at the instant given for it, or all at the last
// one given, by takers over so many parts of the tickets.
func take(t testing.TB, c *contract.Contract, j *journal.Journal, parts int, when string, asOf ...string) *measure.Taker {
	t.Helper()
	x := measure.Job{Contract: c, Periods: periods(t, when)}
	for i := range x.Periods {
		x.AsOf = append(x.AsOf, at(t, asOf[min(i, len(asOf)-1)]))
	}
	var all *measure.Taker
	for i := range parts {
		taker := measure.NewTaker(j, []measure.Job{x}, world)
		taker.Take(j.Tickets()*i/parts, j.Tickets()*(i+1)/parts)
		if all == nil {
			all = taker
		} else {
			all.Join(taker)
		}
	}
	return all
}

// says writes a result: the fraction, each counted ticket, each excluded one with why,
// and how many were set aside.
func says(j *journal.Journal, r *measure.Result) string {
	parts := []string{fmt.Sprintf("%d/%d", r.Met, r.Counted)}
	for _, c := range r.Evidence {
		life, verdict := "", ""
		if c.Episode > 0 {
			life = "#" + strconv.Itoa(int(c.Episode)+1)
		}
		if c.Verdict != measure.NoVerdict {
			verdict = " " + c.Verdict.String()
		}
		parts = append(parts, fmt.Sprintf("%s%s%s %d", j.TicketID(int(c.Ticket)), life, verdict, c.Elapsed))
	}
	for _, x := range r.Excluded {
		text := "- " + j.TicketID(int(x.Ticket)) + " " + x.Reason
		for _, more := range []string{x.Clause, x.Rule} {
			if more != "" {
				text += " [" + more + "]"
			}
		}
		parts = append(parts, text)
	}
	for _, a := range r.Aside {
		parts = append(parts, fmt.Sprintf("~ %d %s", a.Tickets, a.Reason))
	}
	return strings.Join(parts, "; ")
}

// counts is one table row: a measure, a journal and what the measure comes to in June 2026.
type counts struct {
	name, measure, more, journal string
	want                         string
}

func (x counts) run(t *testing.T) {
	t.Helper()
	j := journalOf(t, x.journal)
	r := take(t, one(t, x.measure, x.more), j, 1, "2026-06", "2026-08-01").Results(0, 0)
	if len(r) == 0 {
		t.Fatal("no result")
	}
	if got := says(j, &r[0]); got != x.want {
		t.Errorf("says %s\nwant %s", got, x.want)
	}
}

// byPeriod writes what each period comes to.
func byPeriod(j *journal.Journal, taker *measure.Taker, n int) map[int]string {
	out := map[int]string{}
	for p := range n {
		for _, r := range taker.Results(0, p) {
			out[p] = says(j, &r)
		}
	}
	return maps.Clone(out)
}

func spanDate(i span.Instant) span.Date { return span.DateIn(i, london) }

func periodOf(year int, month time.Month) span.Period { return span.Month(year, month) }
