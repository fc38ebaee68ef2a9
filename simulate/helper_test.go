package simulate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/estate"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// readWorld reads the documents of a folder.
func readWorld(t testing.TB, dir string) World {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	w := World{Calendars: contract.Calendars{}, Contracts: map[string]*contract.Contract{}, Zones: calendar.Shipped()}
	e, findings := estate.Read("estate.yaml", read(filepath.Join(dir, "estate.yaml")))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	w.Estate = e
	for _, kind := range []string{"calendars", "contracts"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if kind == "calendars" {
				d, findings := calendar.Read(name, read(name))
				if len(findings) > 0 {
					t.Fatal(findings)
				}
				if w.Calendars[d.ID], findings = calendar.Compile(d, w.Zones); len(findings) > 0 {
					t.Fatal(findings)
				}
				continue
			}
			d, _, findings := contract.Read(name, read(name))
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			c, err := contract.Compile(d, w.Calendars, w.Zones)
			if err != nil {
				t.Fatal(err)
			}
			w.Contracts[d.ID] = c
		}
	}
	return w
}

func constabulary(t testing.TB) World { return readWorld(t, "../examples/constabulary") }

func date(t testing.TB, s string) span.Date {
	t.Helper()
	d, err := span.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// histories calls take with every ticket that is not a series, as known at the end.
func histories(j *journal.Journal, take func(id string, h *ticket.History)) {
	var h ticket.History
	for i := range j.Tickets() {
		if ticket.Read(j, i, j.LastLearnt(), &h) && !strings.HasPrefix(j.TicketID(i), "SERIES-") {
			take(j.TicketID(i), &h)
		}
	}
}

// played runs a year with one trick and returns its journal and the tickets it was
// played on.
func playedYear(t testing.TB, name string, tickets int) (*Simulation, *journal.Journal, map[string]bool) {
	t.Helper()
	trick, err := ParseTrick(name)
	if err != nil {
		t.Fatal(err)
	}
	o := Year(2019, tickets, 21)
	o.Tricks = []Trick{trick}
	s := simulated(t, Profile{ID: "x"}, o)
	j, r := s.Journal(1)
	on := map[string]bool{}
	for _, x := range r.Truth {
		if x.Trick != name || on[x.Ticket] {
			t.Errorf("truth says %s of %s", x.Trick, x.Ticket)
		}
		on[x.Ticket] = true
	}
	return s, j, on
}
