package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"towerbridge/internal/app"
	"towerbridge/internal/store/folder"
	"towerbridge/simulate"
	"towerbridge/span"
)

// TestTrialsAreTheSame holds that trials depend on their seed alone, not on how many are
// made at once, and that another seed gives others.
func TestTrialsAreTheSame(t *testing.T) {
	run := func(seed uint64, workers int) string {
		t.Helper()
		from := &folder.Folder{Dir: "../../examples/constabulary"}
		against := &folder.Folder{Dir: "../../examples/constabulary-two-towers"}
		seen := int64(0)
		r, err := app.RunTrials(t.Context(), from, against, app.TrialsOrder{
			Periods: []span.Period{span.Month(2019, 3), span.Month(2019, 4)}, Profile: simulate.Default(), Trials: 6, Tickets: 300, Seed: seed, Workers: workers,
		}, func(done, total int64) {
			if seen++; done != seen || total != 6 {
				t.Errorf("progress %d of %d", done, total)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Books) != 2 || len(r.Books[0].Contracts) != 6 || len(r.Books[1].Contracts) != 2 || seen != 6 {
			t.Errorf("%d books, %d trials seen", len(r.Books), seen)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	one := run(7, 1)
	if two := run(7, 3); two != one {
		t.Errorf("by one worker:\n%s\nby three:\n%s", one, two)
	}
	if run(8, 2) == one {
		t.Error("another seed gives the same")
	}
}

// TestTrialsRefuse holds what cannot be asked for, and that trials can be stopped.
func TestTrialsRefuse(t *testing.T) {
	from := &folder.Folder{Dir: "../../examples/constabulary"}
	for _, o := range []app.TrialsOrder{{Trials: 0, Tickets: 1}, {Trials: 1, Tickets: 0}, {Trials: 1 << 20, Tickets: 1}} {
		o.Periods, o.Profile = []span.Period{span.Month(2019, 3)}, simulate.Default()
		if _, err := app.RunTrials(t.Context(), from, nil, o, nil); err == nil {
			t.Errorf("%d trials of %d tickets are made", o.Trials, o.Tickets)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err := app.RunTrials(ctx, from, nil, app.TrialsOrder{Periods: []span.Period{span.Month(2019, 3)}, Profile: simulate.Default(), Trials: 1000, Tickets: 100, Workers: 1}, func(int64, int64) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("stopped trials end with %v", err)
	}
}
