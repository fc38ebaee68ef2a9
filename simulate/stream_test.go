package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"towerbridge/eventlog"
	"towerbridge/journal"
)

// allTricks are the options of a year with every trick switched on.
func allTricks(tickets int, seed uint64) Options {
	o := Year(2019, tickets, seed)
	for _, name := range TrickNames() {
		t, err := ParseTrick(name + "=10%")
		if err != nil {
			panic(err)
		}
		o.Tricks = append(o.Tricks, t)
	}
	return o
}

// simulated readies a simulation of the example force.
func simulated(t testing.TB, p Profile, o Options) *Simulation {
	t.Helper()
	s, findings := New(constabulary(t), p, o)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return s
}

func written(t testing.TB, s *Simulation, workers int) ([]byte, Result) {
	t.Helper()
	var b bytes.Buffer
	r, err := s.Write(&b, workers)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), r
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// The same seed is the same journal to the byte, for any number of workers; another
// seed is another journal.
func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	first, r := written(t, simulated(t, Profile{ID: "x"}, allTricks(6000, 7)), 1)
	for _, workers := range []int{0, 1, 2, 5, 16} {
		again, same := written(t, simulated(t, Profile{ID: "x"}, allTricks(6000, 7)), workers)
		if digestOf(first) != digestOf(again) {
			t.Errorf("%d workers write another journal", workers)
		}
		if !slices.Equal(r.Truth, same.Truth) || r.Entries != same.Entries {
			t.Errorf("%d workers have another result", workers)
		}
	}
	other, _ := written(t, simulated(t, Profile{ID: "x"}, allTricks(6000, 8)), 2)
	if digestOf(first) == digestOf(other) {
		t.Error("another seed writes the same journal")
	}
}

// A simulation may be run again and again: nothing of one run is left over.
func TestSimulationRunsTwice(t *testing.T) {
	t.Parallel()
	s := simulated(t, Profile{ID: "x"}, allTricks(1500, 3))
	first, _ := written(t, s, 2)
	second, _ := written(t, s, 3)
	if !bytes.Equal(first, second) {
		t.Error("the second run of a simulation is another")
	}
}

// What is written is read back whole, each line as the journal itself writes it; and
// the journal that is built without a text is the same one.
func TestWriteIsTheJournalsOpenForm(t *testing.T) {
	t.Parallel()
	s := simulated(t, Profile{ID: "x"}, allTricks(3000, 11))
	text, r := written(t, s, 2)
	read, err := eventlog.Read([]eventlog.Input{{Name: "x.ndjson", Reader: bytes.NewReader(text)}}, nil, eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if read.Rows != r.Entries || read.Entries != r.Entries || read.Refused != 0 || len(read.Held) != 0 {
		t.Fatalf("rows %d, entries %d, refused %d, held %d of %d lines", read.Rows, read.Entries, read.Refused, len(read.Held), r.Entries)
	}
	built, same := s.Journal(2)
	if same.Entries != r.Entries || !slices.Equal(same.Truth, r.Truth) {
		t.Error("the journal's result is another than the text's")
	}
	for name, j := range map[string]*journal.Journal{"read": read.Journal, "built": built} {
		if got := byKey(j); got != string(text) {
			at := 0
			for at < len(got) && at < len(text) && got[at] == text[at] {
				at++
			}
			t.Errorf("the journal %s differs at byte %d: %.300s", name, at, got[max(0, at-150):])
		}
	}
}

// byKey returns the lines of a journal in the order of their keys.
func byKey(j *journal.Journal) string {
	var all []journal.Entry
	for t := range j.Tickets() {
		all = append(all, j.Of(t)...)
	}
	slices.SortFunc(all, func(a, b journal.Entry) int { return int(int64(a.Row) - int64(b.Row)) })
	var b []byte
	for _, e := range all {
		b = append(j.AppendLine(b, e), '\n')
	}
	return string(b)
}

// Lines stand in the order in which they were learnt, and no ticket's past is unknown:
// its first line opens it.
func TestOrderOfLines(t *testing.T) {
	t.Parallel()
	s := simulated(t, Profile{ID: "x"}, Year(2019, 3000, 5))
	j, r := s.Journal(1)
	if j.Len() != int(r.Entries) || r.Tickets != 3000 {
		t.Fatalf("%d entries and %d tickets", j.Len(), r.Tickets)
	}
	tickets := 0
	for i := range j.Tickets() {
		entries := j.Of(i)
		if strings.HasPrefix(j.TicketID(i), "SERIES-") {
			continue
		}
		tickets++
		if e := j.Fact(entries[0]).Event; e != journal.Opened {
			t.Errorf("ticket %s begins with %s", j.TicketID(i), e)
		}
		opened := entries[0].Happened
		if opened < s.days[0].start || opened >= s.options.To.Start(s.zone) {
			t.Errorf("ticket %s was opened at %s", j.TicketID(i), opened)
		}
		for _, e := range entries {
			if e.Learnt < e.Happened {
				t.Errorf("ticket %s: learnt before it happened", j.TicketID(i))
			}
		}
	}
	if tickets != 3000 {
		t.Errorf("%d tickets; want 3000", tickets)
	}
	var before journal.Entry
	all := make([]journal.Entry, r.Entries+1)
	for i := range j.Tickets() {
		for _, e := range j.Of(i) {
			all[e.Row] = e
		}
	}
	for _, e := range all[1:] {
		if e.Learnt < before.Learnt {
			t.Fatalf("row %d was learnt before row %d", e.Row, before.Row)
		}
		before = e
	}
}

// failing is a writer that takes so many bytes.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteStopsWithTheWriter(t *testing.T) {
	t.Parallel()
	s := simulated(t, Profile{ID: "x"}, Year(2019, 2000, 5))
	for _, left := range []int{0, 10_000, 1_000_000} {
		if _, err := s.Write(&failing{left}, 2); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", left, err)
		}
	}
}

// Few tickets, many tickets, one day, a leap day, a change of the clocks: there are
// always exactly as many tickets as asked for.
func TestNumberOfTickets(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	for _, c := range []struct {
		name     string
		from, to string
		tickets  int
	}{
		{"one", "2019-01-01", "2020-01-01", 1},
		{"fewer than days", "2019-01-01", "2020-01-01", 100},
		{"one day", "2019-06-12", "2019-06-13", 500},
		{"spring forward", "2019-03-31", "2019-04-01", 300},
		{"fall back", "2019-10-27", "2019-10-28", 300},
		{"leap day and a new estate", "2020-02-20", "2020-05-01", 2000},
	} {
		o := Options{Tickets: c.tickets, Seed: 9, From: date(t, c.from), To: date(t, c.to)}
		j, _, err := Generate(w, Profile{ID: "x"}, o)
		if err != nil {
			t.Fatal(c.name, err)
		}
		n := 0
		for i := range j.Tickets() {
			if strings.HasPrefix(j.TicketID(i), "INC") {
				n++
			}
		}
		if n != c.tickets {
			t.Errorf("%s: %d tickets; want %d", c.name, n, c.tickets)
		}
	}
}
