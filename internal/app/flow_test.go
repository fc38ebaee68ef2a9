package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/examples"
	"towerbridge/flow"
	"towerbridge/internal/store/folder"
)

// force is the example force with its year of tickets.
func force(t *testing.T) *folder.Folder {
	t.Helper()
	var log bytes.Buffer
	if err := examples.Log(&log); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "log.ndjson")
	if err := os.WriteFile(name, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return &folder.Folder{Dir: filepath.Join("..", "..", "examples", "constabulary"), Logs: []string{name}, Workers: 2}
}

// TestFlowAgreesWithExplain: both share out a ticket's time by the same contract, and
// give each holder the same seconds, for every ticket of the example force.
func TestFlowAgreesWithExplain(t *testing.T) {
	from := force(t)
	ctx := context.Background()
	flowed, err := Flow(ctx, from, FlowOrder{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j := flowed.Log.Journal
	want, contracts := map[string]int64{}, map[string]int64{}
	for n := range j.Tickets() {
		life, err := ReadLife(flowed.Book, j, Question{Ticket: j.TicketID(n)})
		if err != nil {
			t.Fatal(err)
		}
		contracts[life.Contract]++
		for _, l := range life.Legs {
			want["held:"+l.Kind+":"+l.Party] += l.Elapsed
		}
	}
	for _, h := range flowed.Result.Held {
		if want[h.ID] != h.ElapsedSeconds {
			t.Errorf("%s: %d seconds, %d by explain", h.ID, h.ElapsedSeconds, want[h.ID])
		}
		delete(want, h.ID)
	}
	if len(want) > 0 {
		t.Errorf("explain has more: %v", want)
	}
	for _, c := range flowed.Result.Contracts {
		if contracts[c.Contract] != c.Tickets {
			t.Errorf("contract %s shares out %d tickets, %d by explain", c.Contract, c.Tickets, contracts[c.Contract])
		}
	}
	if flowed.Result.Tickets < 1_000 || len(flowed.Result.Contracts) < 5 {
		t.Errorf("only %d tickets of %d contracts", flowed.Result.Tickets, len(flowed.Result.Contracts))
	}
}

// TestFlowWatermelons: broken promises are compared with the statements of every
// contract, and only by party.
func TestFlowWatermelons(t *testing.T) {
	from := force(t)
	flowed, err := Flow(context.Background(), from, FlowOrder{Order: flow.Order{Periods: periods(t, "2019-03")}, Watermelons: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, p := range flowed.Result.Promises {
		if p.Broken {
			broken++
		}
	}
	if w := flowed.Result.Watermelons; w == nil || broken == 0 || w.Broken == 0 || w.Broken > broken {
		t.Errorf("watermelons %+v of %d broken promises", w, broken)
	}
	_, err = Flow(context.Background(), from, FlowOrder{Order: flow.Order{By: flow.ByTeam}, Watermelons: true}, nil)
	if err == nil || !strings.Contains(err.Error(), "watermelons") {
		t.Errorf("watermelons by team: %v", err)
	}
}
