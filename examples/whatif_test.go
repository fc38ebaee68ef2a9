package examples_test

import (
	"testing"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/whatif"
)

// replay replays a log by another folder's documents.
func replay(t testing.TB, old, now *statement.Book, j *journal.Journal, o whatif.Options, merges ...string) *whatif.Result {
	t.Helper()
	var dates []span.Date
	var sides [2]whatif.Side
	for i, b := range []*statement.Book{old, now} {
		sides[i].Book = b
		for _, id := range b.IDs() {
			for _, p := range o.Periods {
				sides[i].Orders = append(sides[i].Orders, statement.Order{Contract: id, Period: p})
			}
		}
	}
	for _, p := range o.Periods {
		dates = append(dates, p.From)
	}
	var list []whatif.Merge
	for _, text := range merges {
		m, err := whatif.ParseMerge(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	plan, findings := whatif.NewPlan(old.Estate, now.Estate, dates, list)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	r, err := whatif.Replay(j, sides[0], sides[1], plan, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func months(t testing.TB, text string) []span.Period {
	t.Helper()
	list, err := span.ParsePeriods(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestSixTowersBecomeTwo holds what the force's year of six towers comes to under two:
// every hand-over inside one of them is gone, and no second of its waiting.
func TestSixTowersBecomeTwo(t *testing.T) {
	old, log := constabulary(t)
	now := book(t, sources(t, "constabulary-two-towers"))
	for _, drop := range []bool{false, true} {
		r := replay(t, old, now, log.Journal, whatif.Options{Periods: months(t, "2019-01..2019-12"), DropInternal: drop})
		if len(r.Groups) != 2 || len(r.Groups[0].OldContracts)+len(r.Groups[1].OldContracts) != 6 || r.Totals[0].Drawn != (whatif.Tally{Old: 72, New: 24}) {
			t.Errorf("groups %+v", r.Groups)
		}
		h := r.HandOvers[0]
		if h.Old != 7564 || h.Gone != 2416 || h.Appeared != 0 || h.New != 5148 {
			t.Errorf("hand-overs %+v", h)
		}
		c := r.Conservation
		dropped := int64(0)
		if drop {
			dropped = r.Waiting.Seconds
		}
		if !c.Holds || c.Legs.Old != 1_842_185_283 || c.Legs.New != c.Legs.Old-dropped || c.Dropped != dropped || r.Waiting.Seconds != 86_717_657 {
			t.Errorf("conservation %+v, waiting %+v", c, r.Waiting)
		}
		t.Logf("dropped %v: hand-overs %d, gone %d; waiting %d s; credits %s and %s", drop, h.Old, h.Gone, r.Waiting.Seconds, r.Totals[0].Credits.Old, r.Totals[0].Credits.New)
	}
}

// TestSameTermsReplayToTheSame holds that the same documents replay to what they were.
func TestSameTermsReplayToTheSame(t *testing.T) {
	old, log := constabulary(t)
	again := book(t, sources(t, "constabulary"))
	r := replay(t, old, again, log.Journal, whatif.Options{Periods: months(t, "2019-03")})
	for _, g := range r.Groups {
		for _, row := range g.Rows {
			if row.Old == nil || row.New == nil || row.Old.Met != row.New.Met || row.Old.Counted != row.New.Counted || row.Old.Credit.String() != row.New.Credit.String() || len(row.NowMet)+len(row.NowMissed) > 0 {
				t.Errorf("%s %s: %+v, %+v", g.Supplier, row.ID, row.Old, row.New)
			}
		}
	}
	for _, k := range r.Kinds {
		if k.Seconds.Old != k.Seconds.New {
			t.Errorf("%s %+v", k.Kind, k.Seconds)
		}
	}
	if m := r.Totals[0]; !m.Credits.Old.Equal(m.Credits.New) || len(r.Moves) != 0 || r.HandOvers[0].Gone+r.HandOvers[0].Appeared != 0 {
		t.Errorf("money %+v, moves %v", m, r.Moves)
	}
}

// TestSecondAndThirdLineMerged holds the same for a real log, with lines in place of
// towers.
func TestSecondAndThirdLineMerged(t *testing.T) {
	old := book(t, sources(t, "vinst"))
	now := book(t, sources(t, "vinst-merged-lines"))
	log := readVinst(t, old, "BPIC2013_incidents.xes.gz", "xes.yaml")
	r := replay(t, old, now, log.Journal, whatif.Options{Periods: months(t, "2012-01..2012-05"), By: whatif.ByLine}, "line2,line3,line23=experts")
	lines := r.HandOvers[2]
	if lines.Old != 4994 || lines.Gone != 446 || lines.Appeared != 0 || lines.New != 4548 {
		t.Errorf("between lines: %+v", lines)
	}
	if p := r.HandOvers[0]; p.Old != 4345 || p.Gone != 537 || p.Appeared != 2018 || p.New != 5826 {
		t.Errorf("between parties: %+v", p)
	}
	if c := r.Conservation; !c.Holds || c.Legs.Old != 5_462_982_760 || c.Legs.New != c.Legs.Old {
		t.Errorf("conservation %+v", c)
	}
	for _, x := range r.Inside {
		if x.Becomes != "experts" {
			t.Errorf("inside %s: %s to %s", x.Becomes, x.From, x.To)
		}
	}
}
