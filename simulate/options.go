package simulate

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// World is the documents that a simulation takes place in.
type World struct {
	Estate    *estate.Estate
	Calendars contract.Calendars
	Contracts map[string]*contract.Contract // by id; may be empty
	Zones     calendar.Zones
}

// Options says how much is simulated, and when.
type Options struct {
	Tickets int       // exactly so many; series and scores are no tickets
	Seed    uint64    // the same seed, the same journal
	From    span.Date // first day on which tickets are opened, in the estate's zone
	To      span.Date // first day on which none is; their lives run on after it
	Tricks  []Trick   // played on some of the tickets; none by themselves
}

// Year returns options for the tickets of a calendar year.
func Year(year, tickets int, seed uint64) Options {
	return Options{Tickets: tickets, Seed: seed, From: span.DateOf(year, 1, 1), To: span.DateOf(year+1, 1, 1)}
}

// Trick is a habit that flatters figures, switched on for a share of the tickets on
// which it could be played. One ticket is played at most one trick.
type Trick struct {
	Name  string // one of [TrickNames]
	Share Share  // of the tickets on which it could be played; of all tickets for test-calls
	Party string // only what this party holds; empty for everybody
}

// The names of the tricks, and what each does. Only tickets for which the contract of
// the holder sets an open-time target for resolving can be played the first kind.
const (
	LatePause           = "late-pause"            // a pause begins in the last tenth of the target, for a reason that stops the clock
	BunchedClosure      = "bunched-closure"       // resolved in the last 3 % of the target
	PeriodEndClosure    = "period-end-closure"    // resolved in the last four hours of a month instead of later
	Reprioritised       = "reprioritised"         // the target is passed, then the priority is lowered, then it is resolved
	ReopenedAfterPeriod = "reopened-after-period" // resolved in the last six hours of a month, reopened within two days of the next
	TestCalls           = "test-calls"            // records of one kind by the dozen between 02:00 and 04:00, open for minutes
	Rounding            = "rounding"              // resolved at a full hour to the second
	CalendarChange      = "calendar-change"       // priority, service or site changed so that fewer hours count
	Backdated           = "backdated"             // resolved after the target; entered later, by hand, as resolved before it
)

// TrickNames returns the names of all tricks.
func TrickNames() []string {
	return []string{
		LatePause, BunchedClosure, PeriodEndClosure, Reprioritised, ReopenedAfterPeriod, TestCalls, Rounding, CalendarChange, Backdated,
	}
}

// defaultShare is the share of a trick that is named without one: half of the tickets
// on which it could be played, and two per cent of all tickets for test-calls.
func defaultShare(name string) Share {
	if name == TestCalls {
		return whole / 50
	}
	return whole / 2
}

// ParseTrick reads NAME, NAME=SHARE, NAME@PARTY or NAME@PARTY=SHARE, such as
// late-pause@fennock=20%. Without a share it is half of the tickets on which the trick
// could be played, and for test-calls 2 % of all tickets.
func ParseTrick(s string) (Trick, error) {
	head, text, given := strings.Cut(s, "=")
	name, party, _ := strings.Cut(head, "@")
	if !slices.Contains(TrickNames(), name) {
		return Trick{}, fmt.Errorf("%q is not a trick, only %s", name, strings.Join(TrickNames(), ", "))
	}
	t := Trick{Name: name, Share: defaultShare(name), Party: party}
	if given {
		var err error
		if t.Share, err = ParseShare(text); err != nil {
			return Trick{}, err
		}
	}
	return t, nil
}

// UnmarshalText reads what [ParseTrick] reads.
func (t *Trick) UnmarshalText(b []byte) error {
	v, err := ParseTrick(string(b))
	if err == nil {
		*t = v
	}
	return err
}

// check returns what is wrong with the options in a world.
func (o *Options) check(w *World) fault.Findings {
	var out fault.Findings
	add := func(field, format string, args ...any) {
		out = append(out, wrongOptions.At(fault.Position{}, field, format, args...))
	}
	if o.Tickets < 1 || o.Tickets > MaxTickets {
		add("tickets", "%d tickets are not from 1 to %d", o.Tickets, MaxTickets)
	}
	if o.To <= o.From || o.To-o.From > MaxYears*366 {
		add("to", "%s to %s is not from one day to a later one, at most %d years on", o.From, o.To, MaxYears)
	}
	seen := map[string]bool{}
	for _, t := range o.Tricks {
		if !slices.Contains(TrickNames(), t.Name) || seen[t.Name+"@"+t.Party] {
			add("trick", "the trick %q is not known, or named twice", t.Name)
		}
		if _, ok := w.Estate.Party(t.Party); t.Party != "" && !ok {
			add("trick", "there is no party %q", t.Party)
		}
		seen[t.Name+"@"+t.Party] = true
	}
	return out
}

// Truth is a trick that was played on a ticket.
type Truth struct {
	Trick  string // one of [TrickNames]
	Ticket string // the ticket's own name
}

// Result is what a simulation came to.
type Result struct {
	Tickets int     // as asked for
	Entries int64   // lines written, or entries of the journal
	Truth   []Truth // in the order of the tickets
}
