package whatif

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/contract"
	"towerbridge/statement"
)

// TestHandOvers holds which hand-overs go, which appear, and what they waited.
func TestHandOvers(t *testing.T) {
	r := replayed(t, Options{})
	if r.Tickets != 5 || r.OldEstate != "three" || r.NewEstate != "two" {
		t.Errorf("%d tickets of %s and %s", r.Tickets, r.OldEstate, r.NewEstate)
	}
	// GONE 2, BACK 2, PAUSE 1; of those net-host 4 are gone, and SPLIT's appears.
	if h := r.HandOvers[0]; h.Level != ByParty || h.Old != 5 || h.Gone != 4 || h.Appeared != 1 || h.New != 2 || h.Tickets != (Tally{3, 2}) {
		t.Errorf("parties %+v", h)
	}
	if h := r.HandOvers[1]; h.Level != ByTeam || h.Old != 6 || h.Gone != 0 || h.Appeared != 0 || h.New != 6 {
		t.Errorf("teams %+v", h)
	}
	if h := r.HandOvers[2]; h.Level != ByLine || h.Old != 6 || h.New != 6 {
		t.Errorf("lines %+v", h)
	}
	want := []Inside{
		{"net", "host", "plat", 3, 5400 + 1200 + 900, []string{"GONE", "BACK", "PAUSE"}}, // PAUSE: until the pause, from which work was resumed
		{"host", "net", "plat", 1, 1800 + 600, []string{"BACK"}},                         // nobody for half an hour, then ten minutes until it was accepted
	}
	if fmt.Sprint(r.Inside) != fmt.Sprint(want) {
		t.Errorf("inside %v, want %v", r.Inside, want)
	}
	if w := r.Waiting; w.Seconds != 9900 || w.Dropped || total(w.As) != 9900 || total(w.Was) != 9900 {
		t.Errorf("waiting %+v", w)
	}
	if c := r.Conservation; !c.Holds || c.Legs.Old != c.Legs.New || c.Dropped != 0 || c.Apart != 0 || c.Legs.Old != int64((1+4.5+3+3+3)*3600) {
		t.Errorf("conservation %+v", c)
	}
}

func total(list []KindTime) (n int64) {
	for _, k := range list {
		n += k.Seconds
	}
	return n
}

// TestDropped holds that what is dropped is missing from the new book, to the second,
// and that everything after it moves forward.
func TestDropped(t *testing.T) {
	kept, r := replayed(t, Options{}), replayed(t, Options{DropInternal: true})
	c := r.Conservation
	if !c.Holds || c.Dropped != 9900 || c.Legs.New != c.Legs.Old-9900 || c.EndToEnd.New != c.Legs.New || !r.Waiting.Dropped || len(r.Waiting.As) != 0 {
		t.Errorf("conservation %+v, waiting %+v", c, r.Waiting)
	}
	time := func(r *Result) *Figure { return r.row("plat", "K1").New }
	if k, d := time(kept), time(r); k.Met != 3 || d.Met != 4 { // GONE took three hours and a half, and without its waiting two
		t.Errorf("kept %d of %d, dropped %d of %d", k.Met, k.Counted, d.Met, d.Counted)
	}
}

// row returns a measure of a group.
func (r *Result) row(supplier, id string) *Row {
	g := r.group(supplier)
	return &g.Rows[slices.IndexFunc(g.Rows, func(x Row) bool { return x.ID == id })]
}

// TestMeasures holds that both books' measures and money stand side by side.
func TestMeasures(t *testing.T) {
	r := replayed(t, Options{})
	if len(r.Groups) != 2 || r.Groups[0].Supplier != "desk" || r.Groups[1].Supplier != "plat" {
		t.Fatalf("groups %+v", r.Groups)
	}
	g := r.Groups[1]
	if fmt.Sprint(g.OldSuppliers, g.OldContracts, g.NewContracts, g.TakesOver) != "[host net] [host net] [plat] [team second of desk]" {
		t.Errorf("group %v %v %v %v", g.OldSuppliers, g.OldContracts, g.NewContracts, g.TakesOver)
	}
	// The desk resolves STAY within the old four hours and the new two; SPLIT is not its own any more.
	if row := r.row("desk", "K1"); row.Old.Met != 2 || row.Old.Counted != 2 || row.New.Met != 1 || row.New.Counted != 1 || len(row.NowMissed) != 0 || row.New.Display != "100%" {
		t.Errorf("desk K1: old %+v, new %+v", row.Old, row.New)
	}
	if row := r.row("plat", "K9"); row.New != nil || row.Old.Contract != "net" || row.Old.Display != "5" {
		t.Errorf("K9: %+v", row)
	}
	k1 := r.row("plat", "K1")
	if k1.New.Counted != 4 || k1.New.Failed != 1 || k1.New.Points != 2 || k1.New.Credit.String() != "GBP 200.00" || k1.Old.Contract != "host" {
		t.Errorf("plat K1: old %+v, new %+v", k1.Old, k1.New)
	}
	m := r.Totals[0]
	if m.Charges.Old.String() != "GBP 30000.00" || m.Charges.New.String() != "GBP 20000.00" || m.Gross.New.String() != "GBP 200.00" || m.Credits.New.String() != "GBP 150.00" || m.Capped.New != 1 || m.Drawn != (Tally{3, 2}) {
		t.Errorf("money %+v", m)
	}
}

// TestTurned holds that tickets whose verdict differs are named.
func TestTurned(t *testing.T) {
	old := oldBook(t)
	documents := map[string]string{"estate.yaml": oldEstate, "calendars/office.yaml": officeText}
	for id, tower := range map[string]string{"desk": "desk-tower", "net": "net-tower", "host": "host-tower"} {
		documents["contracts/"+id+".yaml"] = contractText(id, tower, "30m", "")
	}
	p, _ := NewPlan(old.Estate, old.Estate, dates, nil)
	r, err := Replay(readLog(t, logText), side(old), side(readBook(t, documents)), p, Options{Periods: march})
	if err != nil {
		t.Fatal(err)
	}
	if row := r.row("desk", "K1"); fmt.Sprint(row.NowMissed) != "[SPLIT]" || len(row.NowMet) != 0 {
		t.Errorf("now missed %v, now met %v", row.NowMissed, row.NowMet)
	}
	if len(r.Moves) != 0 || r.HandOvers[0].Gone != 0 || !r.Conservation.Holds {
		t.Errorf("other terms alone move somebody: %+v", r.Moves)
	}
}

// TestUnknown holds that what cannot be known is said for what was asked, and not more.
func TestUnknown(t *testing.T) {
	r := replayed(t, Options{})
	all := strings.Join(r.Unknown, "\n")
	for _, want := range []string{
		"would act otherwise under other terms", "4 hand-overs between those who become one", "waiting of 2 hours and 45 minutes", "1 hand-overs appear",
		"1 of those hand-overs began with a rejection", "1 tickets waited for user, a reason that the old contracts name and the new ones do not", "Where hours differ", "It is kept in every figure",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	old := oldBook(t)
	p, _ := NewPlan(old.Estate, old.Estate, dates, parsed(t, "net-tower,host-tower=platform-team"))
	r, err := Replay(readLog(t, logText), side(old), Side{Book: old, Orders: []statement.Order{{Contract: "desk", Period: march[0]}}}, p, Options{Periods: march})
	if err != nil {
		t.Fatal(err)
	}
	all = strings.Join(r.Unknown, "\n")
	if strings.Contains(all, "other terms") || !strings.Contains(all, "No contract of the new book is with platform-team") {
		t.Errorf("unknown:\n%s", all)
	}
	if r.HandOvers[0].Gone != 4 || r.HandOvers[0].Appeared != 0 || !r.Conservation.Holds {
		t.Errorf("hand-overs %+v", r.HandOvers[0])
	}
}

// TestLines holds that lines of support merge, whoever they belong to.
func TestLines(t *testing.T) {
	r := replayed(t, Options{By: ByLine}, "line2,line3=platform")
	if h := r.HandOvers[2]; h.Old != 6 || h.Gone != 4 || h.New != 2 {
		t.Errorf("lines %+v", h)
	}
	if len(r.Inside) != 2 || r.Inside[0].From != "line 2" || r.Inside[0].To != "line 3" || r.Inside[0].Becomes != "plat" || r.Waiting.Seconds != 9900 {
		t.Errorf("inside %+v", r.Inside)
	}
	if got := r.group("plat").TakesOver; fmt.Sprint(got) != "[line 2 line 3 team second of desk]" {
		t.Errorf("takes over %v", got)
	}
}

// TestConserved holds for any log: no second is lost, kept or dropped, and hand-overs
// add up at every level.
func TestConserved(t *testing.T) {
	old, now := oldBook(t), newBook(t)
	p, _ := NewPlan(old.Estate, now.Estate, dates, nil)
	holders := []string{"desk/first/1", "desk/second/2", "net/wires/2", "host/halls/3"}
	rapid.Check(t, func(rt *rapid.T) {
		var log strings.Builder
		for n := range rapid.IntRange(1, 6).Draw(rt, "tickets") {
			at := rapid.IntRange(0, 3000).Draw(rt, "opened")
			stamp := func() string { return fmt.Sprintf("%dT%02d:%02d", 4+at/1440, at/60%24, at%60) }
			fmt.Fprintf(&log, "T%d opened %s %s", n, stamp(), rapid.SampledFrom(holders).Draw(rt, "first"))
			for range rapid.IntRange(0, 8).Draw(rt, "events") {
				at += rapid.IntRange(0, 300).Draw(rt, "wait")
				event := rapid.SampledFrom([]string{"assigned", "accepted", "rejected", "paused", "resumed", "resolved", "reopened", "disputed", "settled"}).Draw(rt, "event")
				fmt.Fprintf(&log, "; %s %s", event, stamp())
				switch event {
				case "assigned":
					log.WriteString(" " + rapid.SampledFrom(holders).Draw(rt, "to"))
				case "paused":
					log.WriteString(" user")
				}
			}
			at += 10
			fmt.Fprintf(&log, "; resolved %s\n", stamp())
		}
		j := readLog(t, log.String())
		for _, drop := range []bool{false, true} {
			r, err := Replay(j, side(old), side(now), p, Options{Periods: march, DropInternal: drop, Workers: 2})
			if err != nil {
				rt.Fatal(err)
			}
			if !r.Conservation.Holds {
				rt.Fatalf("%+v\n%s", r.Conservation, log.String())
			}
			var inside int64
			for _, x := range r.Inside {
				inside += x.Count
			}
			for _, h := range r.HandOvers {
				if h.New != h.Old-h.Gone+h.Appeared || h.Level == ByParty && h.Gone != inside {
					rt.Fatalf("%+v\n%s", h, log.String())
				}
			}
			var kinds Tally
			for _, k := range r.Kinds {
				kinds.Old, kinds.New = kinds.Old+k.Seconds.Old, kinds.New+k.Seconds.New
			}
			if kinds != r.Conservation.Legs {
				rt.Fatalf("kinds %+v, legs %+v", kinds, r.Conservation.Legs)
			}
		}
	})
}

// TestKindMeanings holds that every kind of time has its place.
func TestKindMeanings(t *testing.T) {
	for _, k := range []contract.LegKind{contract.SupplierLeg, contract.IntegratorLeg, contract.CustomerLeg, contract.UnownedLeg, contract.DisputedLeg} {
		if at := kindAt(k); at == len(kindMeanings) || kindMeanings[at].meaning == "" {
			t.Errorf("%s has no meaning", k)
		}
	}
}
