package estate

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/span"
)

func TestPromiseChecks(t *testing.T) {
	with := func(promise string) []string {
		t.Helper()
		return problems(t, "tower: net}", "tower: net, promise: "+promise+"}")
	}
	matches(t, with(`{share: 100%, within: 1s, calendar: day}`), nil)
	matches(t, with(`{share: 90%, calendar: day, byPriority: [{priority: P1, within: 1h}]}`), nil)
	matches(t, with(`{share: 100.01%, calendar: day}`), []string{
		"1214 services[0].promise.share: 100.01% of the tickets cannot be promised",
		"1214 services[0].promise.within: the promise says no length of time",
	})
	matches(t, with(`{share: 90%, within: 1h, calendar: day, byPriority: [{priority: P1, within: 0s, share: 0%}, {priority: P1, within: 1h}]}`), []string{
		"1214 services[0].promise.byPriority[0].share: 0% of the tickets cannot be promised",
		"1214 services[0].promise.byPriority[0].within: the length of time is not above zero",
		`1214 services[0].promise.byPriority[1].priority: the priority "P1" has a promise already`,
	})
	matches(t, with(`{within: 1h}`), []string{
		"1011 services[0].promise", "1011 services[0].promise",
	})
}

func TestSuccessionChecks(t *testing.T) {
	net, apps := "{id: net, name: Network}", "to: 2027-01-01}"
	matches(t, problems(t, net, "{id: net, name: Network, becomes: apps}"), []string{
		"1216 towers[0].becomes: the tower net becomes apps but has no end",
	})
	matches(t, problems(t, net, "{id: net, name: Network, becomes: nets}"), []string{
		`1202 towers[0].becomes: there is no tower "nets"`,
	})
	matches(t, problems(t, net, "{id: net, name: Network, to: 2023-12-31, becomes: apps}"), []string{
		"1216 towers[0].becomes: the tower net becomes apps on 2023-12-31, but that exists only from 2024-01-01 to 2027-01-01",
		// The service ends with its tower, so nothing that it supports is left.
		"1204 services[1].dependsOn[0]: the service exists only from 2024-01-01 to 2027-01-01, but wan only before 2023-12-31",
	})
	matches(t, problems(t, apps, "to: 2027-01-01, becomes: net}"), nil)
	matches(t, problems(t, "tower: apps,", "tower: apps, to: 2028-01-01,"), []string{
		"1204 services[1].to: it ends on 2028-01-01, but its tower apps ends on 2027-01-01 and becomes no other",
	})
	matches(t, problems(t, "tower: apps,", "tower: apps, from: 2023-01-01,"), []string{
		"1204 services[1].from: it begins on 2023-01-01, but the tower apps exists only from 2024-01-01 to 2027-01-01",
	})
	matches(t, problems(t, "tower: apps,", "tower: apps, to: 2023-01-01,"), []string{
		"1204 services[1]: it holds only before 2023-01-01, but the tower apps exists only from 2024-01-01 to 2027-01-01",
	})
}

func TestMoves(t *testing.T) {
	with := func(moves string) []string {
		t.Helper()
		return problems(t, "tower: apps,", "tower: apps, moves: ["+moves+"],")
	}
	matches(t, with("{from: 2026-01-01, tower: net}, {from: 2026-06-01, tower: apps}"), nil)
	matches(t, with("{from: 2027-01-01, tower: net}"), nil)
	matches(t, with("{from: 2027-01-02, tower: net}"), []string{
		"1204 services[1].tower: the service has no tower from 2027-01-01 to 2027-01-02",
	})
	matches(t, with("{from: 2026-01-01, tower: nut}"), []string{
		`1202 services[1].moves[0].tower: there is no tower "nut"`,
	})
	matches(t, with("{from: 2026-02-01, tower: net}, {from: 2026-01-01, tower: apps}"), []string{
		"1216 services[1].moves[1].from: the move on 2026-01-01 is not after the one before",
	})
	matches(t, with("{from: 2026-02-01, tower: net}, {from: 2027-01-01, tower: apps}"), []string{
		"1204 services[1].moves[1].from: the service moves on 2027-01-01, but the tower apps exists only",
	})

	e, findings := Read("moved.yaml", []byte(strings.Replace(small, "tower: apps,",
		"tower: apps, moves: [{from: 2026-01-01, tower: net}, {from: 2026-06-01, tower: apps}],", 1)))
	if err := findings.Err(); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{
		"2023-12-31": "", "2024-01-01": "apps", "2025-12-31": "apps", "2026-01-01": "net",
		"2026-05-31": "net", "2026-06-01": "apps", "2026-12-31": "apps", "2027-01-01": "",
	} {
		if got, ok := e.TowerOf("mail", date(t, day)); got != want || ok != (want != "") {
			t.Errorf("on %s the mail's tower is %q, %v; want %q", day, got, ok, want)
		}
	}
}

// someEstate draws an estate within the first twenty days of 1970, whose dates are
// few, so that many fit one another: towers that may become another, services, and
// supplies by one of two suppliers.
var someEstate = rapid.Custom(func(t *rapid.T) Document {
	early := span.Date(rapid.IntRange(0, 10).Draw(t, "early"))
	late := early + span.Date(rapid.IntRange(1, 10).Draw(t, "late"))
	dated := func() span.Dated {
		return rapid.SampledFrom([]span.Dated{
			{}, {}, {}, {}, {To: &early}, {From: &early}, {From: &early, To: &late}, {To: &late}, {From: &late},
		}).Draw(t, "dates")
	}
	tower := rapid.SampledFrom([]string{"t0", "t0", "t1", "t2"})
	doc := Document{ID: "some", Parties: []Party{
		{ID: "office", Kind: Customer},
		{ID: "joiner", Kind: Integrator, Calendar: "day"},
		{ID: "ash", Kind: Supplier, Calendar: "day"},
		{ID: "oak", Kind: Supplier, Calendar: "day", Dated: dated()},
	}}
	for _, id := range []string{"t0", "t1", "t2"} {
		next := Tower{ID: id, Dated: dated()}
		if next.To != nil && rapid.Bool().Draw(t, "goes on") {
			next.Becomes = rapid.SampledFrom([]string{"t1", "t2"}).Draw(t, "becomes")
		}
		doc.Towers = append(doc.Towers, next)
	}
	for _, id := range []string{"s0", "s1"} {
		s := Service{ID: id, Tower: tower.Draw(t, "tower")}
		if rapid.IntRange(0, 3).Draw(t, "moves") == 0 {
			s.Moves = []Move{{early, tower.Draw(t, "to tower")}}
		}
		doc.Services = append(doc.Services, s)
	}
	for _, id := range []string{"t0", "t1", "t2", "t0", "t1", "t2", "t0"} {
		s := Supply{Tower: id, Customer: "office", Supplier: rapid.SampledFrom([]string{"ash", "oak"}).Draw(t, "supplier")}
		if s.Dated = dated(); rapid.Bool().Draw(t, "left out") {
			continue
		}
		doc.Supplies = append(doc.Supplies, s)
	}
	return doc
})

// slowly answers for one day by going through a document from the top.
type slowly struct {
	doc Document
	day span.Date
}

func (x slowly) tower(id string) Tower {
	return x.doc.Towers[slices.IndexFunc(x.doc.Towers, func(t Tower) bool { return t.ID == id })]
}

// towerOf starts in the service's tower and goes on, a day at a time.
func (x slowly) towerOf(s Service) string {
	now := s.Tower
	for d := span.Date(-1); d <= x.day; d++ {
		if t := x.tower(now); t.To != nil && *t.To == d && t.Becomes != "" {
			now = t.Becomes
		}
		for _, m := range s.Moves {
			if m.From == d {
				now = m.Tower
			}
		}
	}
	if !x.tower(now).On(x.day) {
		return ""
	}
	return now
}

func (x slowly) suppliers(tower string) []string {
	var out []string
	for _, s := range x.doc.Supplies {
		oak := x.doc.Parties[3]
		if s.Tower == tower && s.On(x.day) && x.tower(tower).On(x.day) && (s.Supplier == "ash" || oak.On(x.day)) {
			out = append(out, s.Supplier)
		}
	}
	return out
}

// TestSupplyAgreesWithDays compares every day of an estate with the plain reading of
// its document, and the findings about suppliers with what the days show.
func TestSupplyAgreesWithDays(t *testing.T) {
	judged, sound := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for _, doc := range rapid.SliceOfN(someEstate, 20, 20).Draw(t, "estates") {
			j, s := agreesWithDays(t, doc)
			judged, sound = judged+j, sound+s
		}
	})
	if judged == 0 || sound == 0 {
		t.Errorf("%d estates were judged and %d of them sound", judged, sound)
	}
}

// agreesWithDays returns 1 and 1 when an estate's dates could be told and when there
// was nothing wrong with it.
func agreesWithDays(t *rapid.T, doc Document) (judged, sound int) {
	e, findings := New(doc)
	found := map[int]bool{}
	for _, f := range findings {
		found[f.Rule.Number] = true
	}
	if found[CrossedDates.Number] || found[OutsideLifetime.Number] || found[BadSuccession.Number] {
		return 0, 0 // which dates are meant cannot be told
	}
	none, two := false, false
	for day := span.Date(-1); day <= 22; day++ {
		x := slowly{doc, day}
		for _, s := range doc.Services {
			tower := x.towerOf(s)
			none = none || tower != "" && len(x.suppliers(tower)) == 0
			if e == nil {
				continue
			}
			if got, _ := e.TowerOf(s.ID, day); got != tower {
				t.Fatalf("on day %d %s is in %q; want %q", day, s.ID, got, tower)
			}
			if got, _ := e.SupplierOf(tower, day); tower != "" && got != x.suppliers(tower)[0] {
				t.Fatalf("on day %d %s is run by %q; want %q", day, tower, got, x.suppliers(tower))
			}
		}
		for _, tower := range doc.Towers {
			two = two || len(x.suppliers(tower.ID)) > 1
		}
	}
	if found[NoSupplier.Number] != none || found[TwoSuppliers.Number] != two {
		t.Fatalf("days without supplier: %v, with two: %v; findings:\n%v", none, two, findings)
	}
	if e != nil {
		sound = 1
	}
	return 1, sound
}
