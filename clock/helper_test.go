package clock_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

var london = func() *time.Location {
	l, err := calendar.Shipped().Location("Europe/London")
	if err != nil {
		panic(err)
	}
	return l
}()

// calendarOf reads a calendar of one version from its lines in YAML.
func calendarOf(t testing.TB, id, lines string) *calendar.Calendar {
	t.Helper()
	text := fmt.Sprintf("id: %s\nzone: Europe/London\nversions:\n  - %s\n", id, strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    "))
	doc, findings := calendar.Read(id+".yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	c, findings := calendar.Compile(doc, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return c
}

const nine2five = `week: {monday: ['09:00-17:00'], tuesday: ['09:00-17:00'], wednesday: ['09:00-17:00'], thursday: ['09:00-17:00'], friday: ['09:00-17:00']}`

// calendars are those that the test contracts name.
func calendars(t testing.TB) contract.Calendars {
	t.Helper()
	return contract.Calendars{
		"always": calendarOf(t, "always", "always: true"),
		"office": calendarOf(t, "office", nine2five),
		"banked": calendarOf(t, "banked", nine2five+"\nholidays: {sets: [england-and-wales]}"),
		"night":  calendarOf(t, "night", `week: {monday: ['22:00-06:00'], tuesday: ['22:00-06:00'], wednesday: ['22:00-06:00'], thursday: ['22:00-06:00'], friday: ['22:00-06:00'], saturday: ['22:00-06:00'], sunday: ['22:00-06:00']}`),
	}
}

const terms = `
id: c
customer: force
supplier: alpha
integrator: siam
zone: Europe/London
currency: GBP
term: {start: 2020-01-01, end: 2030-01-01}
pauseCauses:
  - {reason: user, cause: customer}
  - {reason: change, cause: integrator}
  - {reason: parts, cause: supplier, approvedBy: force}
  - {reason: late, cause: customer, to: 2026-06-10}
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

// oneClock is a contract with the clock k, of the given settings, and targets; a
// target without a clock of its own is for k.
func oneClock(t testing.TB, settings string, targets ...string) *contract.Contract {
	t.Helper()
	lines := "clocks:\n  - {id: k, " + settings + "}\n"
	if len(targets) > 0 {
		lines += "targets:\n"
	}
	for _, x := range targets {
		lines += "  - {clock: k, " + x + "}\n"
	}
	return contractOf(t, lines)
}

// at reads an instant: local time of London, or with an offset.
func at(t testing.TB, s string) span.Instant {
	t.Helper()
	if i, err := span.ParseInstant(s); err == nil {
		return i
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if x, err := time.ParseInLocation(layout, s, london); err == nil {
			return span.Instant(x.Unix())
		}
	}
	t.Fatalf("%q is no instant", s)
	return 0
}

// journalOf reads one ticket's entries, separated by semicolons, each an instant, an
// event and facts: 2026-06-01T09:00 opened priority=P3 party=alpha.
func journalOf(t testing.TB, entries string) *journal.Journal {
	t.Helper()
	b := journal.NewBuilder("test")
	ticket := b.Ticket([]byte("INC-1"))
	for _, line := range strings.Split(entries, ";") {
		words := strings.Fields(line)
		event, ok := journal.ParseEvent(words[1])
		if !ok {
			t.Fatalf("%q is no event", words[1])
		}
		f := journal.Facts{Event: event}
		for _, w := range words[2:] {
			name, value, _ := strings.Cut(w, "=")
			field, ok := map[string]*journal.Symbol{
				"priority": &f.Priority, "party": &f.Party, "team": &f.Team, "reason": &f.Reason, "kind": &f.Kind,
				"service": &f.Service, "site": &f.Site, "related": &f.Related,
			}[name]
			if !ok {
				t.Fatalf("%q is no fact", name)
			}
			*field = b.Name(value)
		}
		when := at(t, words[0])
		b.Add(journal.Entry{Happened: when, Learnt: when, Ticket: ticket, Facts: b.Facts(f), Row: uint32(b.Len() + 1)})
	}
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func kindOf(party string) contract.LegKind {
	switch party {
	case "siam":
		return contract.IntegratorLeg
	case "force":
		return contract.CustomerLeg
	}
	return contract.SupplierLeg
}

// story is a ticket's history and a reader of its clocks.
type story struct {
	*clock.Reader
	ticket.History
}

func tell(t testing.TB, c *contract.Contract, entries, asOf string) *story {
	t.Helper()
	j := journalOf(t, entries)
	s := &story{Reader: clock.NewReader(c, j, kindOf)}
	if !ticket.Read(j, 0, at(t, asOf), &s.History) {
		t.Fatal("nothing is known of the ticket")
	}
	return s
}

func (s *story) read(from int) *clock.Reading {
	r := &clock.Reading{}
	s.Reader.Read(&s.History, &s.Contract.Clocks[0], from, r)
	return r
}

// local writes an instant in the local time of London.
func local(i span.Instant) string {
	if i >= span.Never {
		return "never"
	}
	return time.Unix(int64(i), 0).In(london).Format("Mon 2006-01-02 15:04:05 MST")
}

// says writes what a reading comes to: verdict, seconds of target, when due.
func says(r *clock.Reading) string {
	return fmt.Sprintf("%s %d of %d due %s", r.Verdict, r.Elapsed, r.Target, local(r.Due))
}

// reads is one table row: a contract, a ticket and what the clock says.
type reads struct {
	name     string
	clock    string
	targets  []string
	entries  string
	asOf     string
	want     string
	breach   string // when the target was passed; never if empty
	pauses   string // every pause, if any
	problems string
}

func (x reads) run(t *testing.T) {
	t.Helper()
	r := tell(t, oneClock(t, x.clock, x.targets...), x.entries, x.asOf).read(0)
	if got := says(r); got != x.want {
		t.Errorf("says %s\nwant %s", got, x.want)
	}
	if x.breach == "" {
		x.breach = "never"
	}
	if got := local(r.Breach); got != x.breach {
		t.Errorf("breach %s, want %s", got, x.breach)
	}
	if got := pausesOf(r); got != x.pauses {
		t.Errorf("pauses %s, want %s", got, x.pauses)
	}
	if r.Problem != x.problems {
		t.Errorf("problem %q, want %q", r.Problem, x.problems)
	}
}

// pausesOf writes a reading's pauses, each with the open seconds it took.
func pausesOf(r *clock.Reading) string {
	var out []string
	for _, p := range r.Pauses {
		what := ""
		if p.Done {
			what = " done"
		}
		out = append(out, fmt.Sprintf("%s-%s %d%s", short(p.From), short(p.To), r.Calendar.OpenSeconds(p.From, p.To), what))
	}
	return strings.Join(out, ", ")
}

func short(i span.Instant) string { return time.Unix(int64(i), 0).In(london).Format("02/15:04") }

// local2 writes an instant so that at reads it.
func local2(i span.Instant) string { return i.String() }

// clock reads the contract's n-th clock.
func (s *story) clock(n int) *clock.Reading {
	r := &clock.Reading{}
	s.Reader.Read(&s.History, &s.Contract.Clocks[n], 0, r)
	return r
}

// legsOf writes a ticket's legs: kind, elapsed seconds and whose.
func legsOf(s *story) string {
	var out []string
	for _, l := range s.Legs(&s.History, nil) {
		who := s.Journal.Name(l.Party)
		if who == "" && l.Kind == contract.UnownedLeg {
			who = "siam" // the journal does not mention it
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s", l.Kind, l.Length(), who)))
	}
	return strings.Join(out, ", ")
}
