package audit_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/audit"
	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/journal"
	"towerbridge/statement"
)

// A town with two suppliers, each with one clock: 100 minutes for P3 and 200 for P4,
// around the clock at the hall, in office hours at the shed.
const townEstate = `
id: town
name: Town Hall
zone: Europe/London
parties:
  - {id: town, name: Town Hall, kind: customer}
  - {id: joiner, name: Joiner, kind: integrator, calendar: always}
  - {id: north, name: North, kind: supplier, calendar: always, teams: [{id: n, name: N}]}
  - {id: south, name: South, kind: supplier, calendar: always, teams: [{id: s, name: S}]}
towers: [{id: one, name: One}, {id: two, name: Two}]
services: [{id: mail, name: Mail, tower: one}, {id: line, name: Line, tower: two}]
sites: [{id: hall, name: Hall}, {id: shed, name: Shed}]
supplies:
  - {tower: one, supplier: north, customer: town, contract: north}
  - {tower: two, supplier: south, customer: town, contract: south}
`

const townContract = `
id: %[1]s
customer: town
supplier: %[1]s
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2028-01-01}
pauseCauses: [{reason: user, cause: customer}]
clocks: [{id: fix, stop: resolved, pauses: [user], calendars: [{sites: [shed], calendar: office}], calendar: always%[2]s}]
targets: [{clock: fix, priorities: [P3], within: 100m}, {clock: fix, priorities: [P4], within: 200m}]
measures: [{id: M, share: {clock: fix}}]
`

// town returns the documents of the town; more is added to each clock.
func town(t testing.TB, more string) *statement.Book {
	t.Helper()
	week := "[{week: {monday: ['09:00-17:00'], tuesday: ['09:00-17:00'], wednesday: ['09:00-17:00'], thursday: ['09:00-17:00'], friday: ['09:00-17:00']}}]"
	book, findings := statement.ReadBook([]statement.Source{
		{Name: "estate.yaml", Data: []byte(townEstate)},
		{Name: "calendars/always.yaml", Data: []byte("id: always\nzone: Europe/London\nversions: [{always: true}]\n")},
		{Name: "calendars/office.yaml", Data: []byte("id: office\nzone: Europe/London\nversions: " + week + "\n")},
		{Name: "contracts/north.yaml", Data: fmt.Appendf(nil, townContract, "north", more)},
		{Name: "contracts/south.yaml", Data: fmt.Appendf(nil, townContract, "south", more)},
	}, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return book
}

// lives writes tickets in the open form. A ticket is what happened to it in minutes
// after an instant: opened at 0 by its party, then "90 paused user", "95 resumed".
type lives struct {
	bytes.Buffer
	n int
}

func (l *lives) ticket(opened, party string, events ...string) {
	l.n++
	begin, err := time.Parse("2006-01-02T15:04:05", opened)
	if err != nil {
		panic(err)
	}
	line := func(at time.Time, more string) {
		fmt.Fprintf(l, `{"source":"t","key":"%d","ticket":"T%05d","happened":%q,%s}`+"\n", l.Len(), l.n, at.Format(time.RFC3339), more)
	}
	line(begin, `"event":"opened","status":"in-progress","kind":"incident","priority":"P3","service":"mail","site":"hall","party":"`+party+`"`)
	for _, e := range events {
		var minutes float64
		word := strings.Fields(e)
		fmt.Sscan(word[0], &minutes)
		more := `"event":"` + word[1] + `"`
		for _, x := range word[2:] {
			name, value, named := strings.Cut(x, "=")
			switch {
			case !named:
				more += `,"reason":"` + x + `"`
			case value == "true":
				more += `,"` + name + `":true`
			default:
				more += `,"` + name + `":"` + value + `"`
			}
		}
		line(begin.Add(time.Duration(minutes*float64(time.Minute))), more)
	}
}

func (l *lives) journal(t testing.TB, book *statement.Book) *journal.Journal {
	t.Helper()
	in := eventlog.Input{Name: "t.ndjson", ReaderAt: bytes.NewReader(l.Bytes()), Size: int64(l.Len())}
	r, err := eventlog.Read([]eventlog.Input{in}, nil, eventlog.Options{Group: book.Estate.Group, Location: book.Zones.Location})
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused > 0 || len(r.Held) > 0 {
		t.Fatalf("%d rows refused, %d held", r.Refused, len(r.Held))
	}
	return r.Journal
}

// day returns the opening of the n-th day of 2026 at an hour that is not round.
func day(n, hour int) string {
	return time.Date(2026, 1, 1+n, hour, 1+n%50, 7+n%40, 0, time.UTC).Format("2006-01-02T15:04:05")
}

// cases plant each pattern with north and leave south honest. found and of are what the
// first question of the pattern that is flagged must count.
var cases = []struct {
	pattern   audit.Pattern
	found, of int64
	plant     func(l *lives)
}{
	{audit.LatePausePattern, 12, 24, func(l *lives) {
		for i := range 12 {
			l.ticket(day(i, 9), "north", "92 paused user", "300 resumed user", "306 resolved") // began at 92 of 100 minutes
			l.ticket(day(i, 11), "north", "20 paused user", "80 resumed user", "120 resolved") // at 20
			l.ticket(day(i, 13), "south", "20 paused user", "80 resumed user", "120 resolved")
			l.ticket(day(i, 15), "south", "130 paused user", "140 resumed user", "180 resolved") // after the target: no matter
		}
	}},
	{audit.BunchedClosurePattern, 21, 24, func(l *lives) {
		for i := range 20 {
			l.ticket(day(i, 9), "north", fmt.Sprintf("%d resolved", 96+i%5)) // 96 to 100
			l.ticket(day(i, 13), "south", fmt.Sprintf("%d resolved", 85+i))  // evenly on both sides
		}
		for i := range 4 {
			l.ticket(day(i, 11), "north", fmt.Sprintf("%d resolved", 88+6*i)) // 88, 94, 100 (met at the very last second) and 106
		}
	}},
	{audit.PeriodEndClosurePattern, 30, 30, func(l *lives) {
		for i := range 30 {
			l.ticket(fmt.Sprintf("2026-%02d-%02dT18:%02d:11", 1+i%3, []int{31, 28, 31}[i%3], i), "north", "181 resolved") // before midnight
		}
		for i := range 120 {
			l.ticket(day(i, 9), "north", "50 resolved")
			l.ticket(day(i, 19), "south", "50 resolved")
		}
	}},
	{audit.ReprioritisedPattern, 10, 12, func(l *lives) {
		for i := range 10 {
			l.ticket(day(i, 9), "north", "130 changed priority=P4", "150 resolved")
			l.ticket(day(i, 13), "south", "30 changed priority=P4", "150 resolved")
		}
		for i := range 40 {
			l.ticket(day(i, 11), "north", "60 resolved")
			l.ticket(day(i, 15), "south", "60 resolved")
		}
		l.ticket(day(3, 12), "north", "10 changed priority=P4", "20 resolved")
		l.ticket(day(4, 12), "north", "10 changed priority=P4", "20 resolved")
	}},
	{audit.ReopenedAfterPeriodPattern, 12, 14, func(l *lives) {
		for i := range 12 {
			l.ticket(fmt.Sprintf("2026-%02d-%02dT18:%02d:11", 1+i%3, []int{31, 28, 31}[i%3], i), "north", "181 resolved", fmt.Sprintf("%d reopened", 600+90*i), "1700 resolved")
		}
		for i := range 120 {
			events := []string{"50 resolved"}
			if i%4 == 0 {
				events = append(events, "700 reopened", "800 resolved")
			}
			l.ticket(day(i, 9), "south", events...)
		}
		for _, i := range []int{3, 16, 37, 100} {
			l.ticket(day(i, 9), "north", "50 resolved", "900 reopened", "910 resolved") // two of them a week from the months' edges
		}
	}},
	{audit.TestCallsPattern, 25, 27, func(l *lives) {
		for i := range 80 { // up to summer time, which moves the hours
			for k := range 6 {
				l.ticket(day(i, 8+2*k), "north", "20 resolved")
				l.ticket(day(i, 8+2*k), "south", "20 resolved")
			}
		}
		for i := range 25 {
			l.ticket(fmt.Sprintf("2026-02-10T03:%02d:13", i), "north", "2 resolved")
		}
		l.ticket("2026-02-20T03:10:13", "north", "2 resolved")
		l.ticket("2026-03-01T03:10:13", "north", "2 resolved")
		l.ticket("2026-03-02T03:10:13", "south", "2 resolved")
	}},
	{audit.RoundingPattern, 30, 60, func(l *lives) {
		for i := range 60 {
			l.ticket(day(i, 9), "south", "33 resolved")
			l.ticket(day(i, 13), "north", "33 resolved")
		}
		// Half of north's resolutions are moved to a full hour.
		text := strings.Split(l.String(), "\n")
		moved := 0
		for i, line := range text {
			if strings.Contains(line, "resolved") && strings.Contains(line, "T13:") && moved < 30 {
				text[i] = line[:strings.Index(line, "T13:")] + "T14:00:00Z" + line[strings.Index(line, "T13:")+10:]
				moved++
			}
		}
		l.Reset()
		l.WriteString(strings.Join(text, "\n"))
	}},
	{audit.CalendarChangePattern, 9, 9, func(l *lives) {
		for i := range 9 {
			l.ticket(day(i, 18), "north", "60 changed site=shed", "400 resolved") // closed until morning
			l.ticket(day(i, 18), "south", "160 changed site=shed", "400 resolved")
		}
	}},
	{audit.BackdatedPattern, 12, 60, func(l *lives) {
		for i := range 60 {
			late := ""
			if i%5 == 0 {
				begin, _ := time.Parse("2006-01-02T15:04:05", day(i, 9))
				late = " backdated=true learnt=" + begin.Add(9*time.Hour).Format(time.RFC3339)
			}
			l.ticket(day(i, 9), "north", "70 resolved"+late)
			l.ticket(day(i, 13), "south", "70 resolved")
		}
	}},
}

// TestPatterns plants each pattern with one supplier: its question, and no other
// question of that pattern, is worth a look, and lists just those tickets.
func TestPatterns(t *testing.T) {
	book := town(t, "")
	for _, c := range cases {
		t.Run(string(c.pattern), func(t *testing.T) {
			var l lives
			c.plant(&l)
			j := l.journal(t, book)
			r, err := audit.Look(book, j, audit.Options{Thresholds: audit.Shipped(), Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			seen := false
			for _, q := range r.Questions {
				if q.Pattern != c.pattern {
					continue
				}
				if q.WorthALook && q.Party != "north" {
					t.Errorf("flagged with %s: %s", q.Party, q.Statistic)
				}
				if q.WorthALook != (q.Saying == "worth a look") || q.WorthALook != (len(q.Tickets) > 0) {
					t.Errorf("worth a look %t, says %q of %d tickets", q.WorthALook, q.Saying, len(q.Tickets))
				}
				if q.WorthALook && !seen {
					seen = true
					if q.Found != c.found || q.Of != c.of || int64(len(q.Tickets)) != c.found {
						t.Errorf("%d of %d found, on %d tickets; want %d of %d", q.Found, q.Of, len(q.Tickets), c.found, c.of)
					}
				}
			}
			if !seen {
				for _, q := range r.Questions {
					t.Logf("%s %s %s: %s (%g)", q.Pattern, q.Party, q.Subject, q.Statistic, q.Chance)
				}
				t.Error("not flagged with north")
			}
		})
	}
}

// TestPolicyDoesNotHide asks about lowered priorities under contracts by which lowering
// one wins nothing: that somebody tries is worth a look all the same.
func TestPolicyDoesNotHide(t *testing.T) {
	for _, more := range []string{", keepStrictest: true", ", priorityChange: proportional", ", priorityChange: restart"} {
		book := town(t, more)
		var l lives
		cases[3].plant(&l)
		r, err := audit.Look(book, l.journal(t, book), audit.Options{Thresholds: audit.Shipped(), Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(r.Flagged(), func(q audit.Question) bool { return q.Pattern == audit.ReprioritisedPattern && q.Party == "north" }) {
			t.Errorf("with%s nothing is flagged", more)
		}
	}
}

// TestWorkers asks the same of a year by one reader and by several.
func TestWorkers(t *testing.T) {
	one, err := audit.Look(constabulary(), year(), audit.Options{Thresholds: audit.Shipped(), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 5} {
		many, err := audit.Look(constabulary(), year(), audit.Options{Thresholds: audit.Shipped(), Workers: n})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(one, many) {
			t.Errorf("%d readers find otherwise than one", n)
		}
	}
	if one.Tickets < 10_000 || len(one.Questions) < 50 {
		t.Errorf("%d tickets and %d questions are too few to tell", one.Tickets, len(one.Questions))
	}
}

func TestLookAtWhat(t *testing.T) {
	book := town(t, "")
	var l lives
	cases[0].plant(&l) // all in January 2026
	j := l.journal(t, book)
	look := func(o audit.Options) *audit.Report {
		o.Thresholds, o.Workers = audit.Shipped(), 1
		r, err := audit.Look(book, j, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := look(audit.Options{Contracts: []string{"south", "south"}}); len(r.Flagged()) != 0 || len(r.Contracts) != 1 {
		t.Errorf("of south alone: %d flagged, contracts %v", len(r.Flagged()), r.Contracts)
	}
	if r := look(audit.Options{Periods: periods(t, "2026-02..2026-03")}); len(r.Questions) != 0 {
		t.Errorf("of two months in which nothing happened: %+v", r.Questions)
	}
	if r := look(audit.Options{Periods: periods(t, "2026-01")}); len(r.Flagged()) == 0 || r.From.String() != "2026-01-01" || r.To.String() != "2026-02-01" {
		t.Errorf("of the month itself: %d flagged, from %s to %s", len(r.Flagged()), r.From, r.To)
	}
	early := j.LastLearnt() - 11*86400
	if r := look(audit.Options{AsOf: &early}); r.AsOf != early || len(r.Flagged()) != 0 {
		t.Errorf("as of the first days: %d flagged", len(r.Flagged()))
	}
	if _, err := audit.Look(book, j, audit.Options{Thresholds: audit.Shipped(), Contracts: []string{"west"}}); err == nil || !strings.Contains(err.Error(), `"west"`) {
		t.Errorf("a contract that does not exist: %v", err)
	}
}
