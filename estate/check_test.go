package estate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/span"
)

const small = `id: small
name: Small estate
zone: Europe/London
parties:
  - {id: office, name: Office, kind: customer}
  - {id: joiner, name: Joiner, kind: integrator, calendar: day}
  - {id: ash, name: Ash, kind: supplier, calendar: day, teams: [{id: desk, name: Desk, groups: [Desk]}]}
  - {id: oak, name: Oak, kind: supplier, calendar: day, from: 2025-01-01}
towers:
  - {id: net, name: Network}
  - {id: apps, name: Applications, from: 2024-01-01, to: 2027-01-01}
services:
  - {id: wan, name: WAN, tower: net}
  - {id: mail, name: Mail, tower: apps, dependsOn: [wan]}
supplies:
  - {tower: net, supplier: ash, customer: office}
  - {tower: apps, supplier: ash, customer: office}
`

// problems reads the small estate with some texts replaced by others, and returns
// each finding as its number, its field and its message.
func problems(t *testing.T, replace ...string) []string {
	t.Helper()
	text := small
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the text does not hold %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	e, findings := Read("small.yaml", []byte(text))
	if (e == nil) != (len(findings) > 0) {
		t.Fatalf("there is an estate (%v) and there are %d findings", e != nil, len(findings))
	}
	var out []string
	for _, f := range findings {
		if f.Position.Line == 0 || f.Fix() == "" {
			t.Errorf("%v has no line or no remedy", f)
		}
		out = append(out, fmt.Sprintf("%d %s: %s", f.Rule.Number, f.Field, f.Message))
	}
	return out
}

func TestChecks(t *testing.T) {
	net := "{id: net, name: Network}"
	wan, site := "{id: wan, name: WAN, tower: net}", "supplies:"
	appsSupply := "{tower: apps, supplier: ash, customer: office}"
	for name, c := range map[string]struct {
		replace []string
		want    []string
	}{
		"nothing wrong": {nil, nil},
		"two ids alike": {
			[]string{wan, "{id: mail, name: WAN, tower: net}", "dependsOn: [wan]", "dependsOn: []"},
			[]string{`1201 services[1].id: the id "mail" is already that of services[0]`},
		},
		"an id with a space": {
			[]string{"id: small", "id: small one"},
			[]string{`1215 id: "small one" is not a plain name`},
		},
		"a team twice in a party": {
			[]string{"[{id: desk, name: Desk, groups: [Desk]}]", "[{id: desk, name: Desk}, {id: desk, name: Desk}]"},
			[]string{`1201 parties[2].teams[1].id: the id "desk" is already that of parties[2].teams[0]`},
		},
		"references to nothing": {
			[]string{
				"tower: net}", "tower: nets}", "dependsOn: [wan]", "dependsOn: [lan]",
				appsSupply, "{tower: app, supplier: asp, customer: offices, manages: [nut]}",
			},
			[]string{
				`1202 services[0].tower: there is no tower "nets"`,
				`1202 services[1].dependsOn[0]: there is no service "lan"`,
				`1202 supplies[1].tower: there is no tower "app"`,
				`1202 supplies[1].supplier: there is no party "asp"`,
				`1202 supplies[1].customer: there is no party "offices"`,
				`1202 supplies[1].manages[0]: there is no tower "nut"`,
				`1206 towers[1]: nobody supplies the tower apps (mail) from 2024-01-01 to 2027-01-01`,
			},
		},
		"dates that cross": {
			[]string{net, "{id: net, name: Network, from: 2025-01-01, to: 2025-01-01}"},
			[]string{`1203 towers[0].to: it ends on 2025-01-01 and begins on 2025-01-01`},
		},
		"a supply longer than its tower": {
			[]string{appsSupply, "{tower: apps, supplier: ash, customer: office, from: 2023-12-31, to: 2027-01-02}"},
			[]string{
				`1204 supplies[1].from: it begins on 2023-12-31, but the tower apps exists only from 2024-01-01 to 2027-01-01`,
				`1204 supplies[1].to: it ends on 2027-01-02, but the tower apps exists only from 2024-01-01 to 2027-01-01`,
			},
		},
		"a supply before its supplier": {
			[]string{appsSupply, "{tower: apps, supplier: oak, customer: office, from: 2024-06-01}"},
			[]string{
				`1204 supplies[1].from: it begins on 2024-06-01, but the supplier oak exists only from 2025-01-01 on`,
				`1206 towers[1]: nobody supplies the tower apps (mail) from 2024-01-01 to 2025-01-01`,
			},
		},
		"two suppliers on one date": {
			[]string{appsSupply, appsSupply + "\n  - {tower: apps, supplier: oak, customer: office, from: 2026-12-31}"},
			[]string{`1205 supplies[2].supplier: the tower apps is supplied by ash and by oak from 2026-12-31 to 2027-01-01`},
		},
		"the same supply twice": {
			[]string{appsSupply, appsSupply + "\n  - " + appsSupply},
			[]string{`1205 supplies[2]: the same supply is already in supplies[1] from 2024-01-01 to 2027-01-01`},
		},
		"one supplier for two customers": {
			[]string{
				"{id: office, name: Office, kind: customer}",
				"{id: office, name: Office, kind: customer}\n  - {id: branch, name: Branch, kind: customer}",
				appsSupply, appsSupply + "\n  - {tower: apps, supplier: ash, customer: branch}",
			},
			nil,
		},
		"a change of supplier": {
			[]string{appsSupply, "{tower: apps, supplier: ash, customer: office, to: 2026-01-01}\n  - {tower: apps, supplier: oak, customer: office, from: 2026-01-01}"},
			nil,
		},
		"a gap between suppliers": {
			[]string{appsSupply, "{tower: apps, supplier: ash, customer: office, to: 2026-01-01}\n  - {tower: apps, supplier: oak, customer: office, from: 2026-01-02}"},
			[]string{`1206 towers[1]: nobody supplies the tower apps (mail) from 2026-01-01 to 2026-01-02`},
		},
		"a gap while the tower is empty": {
			[]string{appsSupply, "{tower: apps, supplier: ash, customer: office, to: 2026-01-01}", "tower: apps, dependsOn", "tower: apps, to: 2026-01-01, dependsOn"},
			nil,
		},
		"a circle": {
			[]string{wan, "{id: wan, name: WAN, tower: net, dependsOn: [mail]}"},
			[]string{`1207 services[0].dependsOn: wan depends on itself by way of mail, wan`},
		},
		"a service that needs itself": {
			[]string{wan, "{id: wan, name: WAN, tower: net, dependsOn: [wan]}"},
			[]string{`1207 services[0].dependsOn: wan depends on itself by way of wan`},
		},
		"a dependency on what is gone": {
			[]string{wan, "{id: wan, name: WAN, tower: net, to: 2024-01-01}"},
			[]string{`1204 services[1].dependsOn[0]: the service exists only from 2024-01-01 to 2027-01-01, but wan only before 2024-01-01`},
		},
		"a group of two teams": {
			[]string{"calendar: day, from: 2025-01-01}", "calendar: day, from: 2025-01-01, groups: [Desk]}"},
			[]string{`1208 parties[3].groups[0]: "Desk" already means the team ash/desk from 2025-01-01 on`},
		},
		"a group that passes on": {
			[]string{
				"calendar: day, from: 2025-01-01}", "calendar: day, from: 2025-01-01, groups: [Desk]}",
				"groups: [Desk]}]", "groups: [Desk], to: 2025-01-01}]",
			},
			nil,
		},
		"a name of two services and none": {
			[]string{wan, "{id: wan, name: WAN, tower: net, names: [Net, '']}", "dependsOn: [wan]", "names: [Net]"},
			[]string{
				`1217 services[0].names[1]: the name has no letters`,
				`1208 services[1].names[0]: "Net" already means wan from 2024-01-01 to 2027-01-01`,
			},
		},
		"a name of two sites": {
			[]string{site, "sites:\n  - {id: a, name: A, names: [X]}\n  - {id: b, name: B, names: [X]}\nsupplies:"},
			[]string{`1208 sites[1].names[0]: "X" already means a on any date`},
		},
		"a supplier without calendar": {
			[]string{"kind: supplier, calendar: day, from", "kind: supplier, from"},
			[]string{`1209 parties[3].calendar: the supplier oak has no calendar`},
		},
		"no integrator": {
			[]string{"kind: integrator", "kind: supplier"},
			[]string{`1210 parties: no party is the integrator`},
		},
		"a customer that supplies": {
			[]string{appsSupply, "{tower: apps, supplier: office, customer: joiner}"},
			[]string{`1212 supplies[1].supplier: office is of kind customer`, `1212 supplies[1].customer: joiner is of kind integrator`},
		},
		"the integrator supplies": {
			[]string{appsSupply, "{tower: apps, supplier: joiner, customer: office}"},
			nil,
		},
		"an unknown nation": {
			[]string{site, "sites: [{id: a, name: A, nation: wales}]\nsupplies:"},
			[]string{`1014 sites[0].nation: `},
		},
		"an unknown kind is reported once": {
			[]string{"kind: integrator", "kind: broker"},
			[]string{`1014 parties[1].kind: `},
		},
		"a missing tower is reported once": {
			[]string{wan, "{id: wan, name: WAN}"},
			[]string{`1011 services[0]`},
		},
		"a fourth line": {
			[]string{"groups: [Desk]}", "line: 4}"},
			[]string{`1213 parties[2].teams[0].line: line 4 does not exist`},
		},
		"a team longer than its party": {
			[]string{"calendar: day, from: 2025-01-01}", "calendar: day, from: 2025-01-01, teams: [{id: t, name: T, from: 2024-01-01}]}"},
			[]string{`1204 parties[3].teams[0].from: it begins on 2024-01-01, but its party oak exists only from 2025-01-01 on`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			matches(t, problems(t, c.replace...), c.want)
		})
	}
}

// matches compares findings in any order; what is wanted may be only the beginning.
func matches(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = strings.HasPrefix(got[i], want[i])
	}
	if !same {
		t.Errorf("findings are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestRoleChecks(t *testing.T) {
	roles := func(text string) []string {
		t.Helper()
		return problems(t, "supplies:", "roles:\n"+text+"\nsupplies:")
	}
	matches(t, roles(`
  - {id: judge, name: Judge, party: ash, apartFrom: [builder]}
  - {id: builder, name: Builder, party: ash, scope: apps}`), []string{
		"1211 roles[0].apartFrom[0]: ash is both judge and builder from 2024-01-01 to 2027-01-01",
	})
	matches(t, roles(`
  - {id: judge, name: Judge, party: ash, to: 2025-06-01, apartFrom: [builder]}
  - {id: builder, name: Builder, party: oak, to: 2025-06-01}
  - {id: builder, name: Builder, party: ash, from: 2025-06-01}`), nil)
	matches(t, roles(`
  - {id: judge, name: Judge, party: nobody, scope: roof, apartFrom: [clerk]}
  - {id: builder, name: Builder, party: ash, to: 2025-06-02}
  - {id: builder, name: Builder, party: ash, from: 2025-06-01}
  - {id: owner, name: Owner, party: oak, scope: apps, from: 2024-06-01}
  - {id: no good, name: Owner, party: oak, from: 2026-01-01, to: 2025-01-01}`), []string{
		`1201 roles[2].id: the role "builder" is already held before 2025-06-02, in roles[1]`,
		`1202 roles[0].apartFrom[0]: there is no role "clerk"`,
		`1202 roles[0].party: there is no party "nobody"`,
		`1202 roles[0].scope: there is no tower "roof"`,
		`1203 roles[4].to: it ends on 2025-01-01 and begins on 2026-01-01`,
		`1204 roles[3].from: it begins on 2024-06-01, but the party oak exists only from 2025-01-01 on`,
		`1215 roles[4].id: "no good" is not a plain name`,
	})
}

func date(t *testing.T, s string) span.Date {
	t.Helper()
	d, err := span.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNotADocument(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "no YAML": "id: [", "two documents": small + "---\n" + small} {
		e, findings := Read("x.yaml", []byte(text))
		if e != nil || len(findings) == 0 {
			t.Errorf("%s: %v, %v", name, e, findings)
		}
		for _, f := range findings {
			if f.Rule.Number >= 1200 {
				t.Errorf("%s: its meaning was checked: %v", name, f)
			}
		}
	}
}

// TestNewFindsWhatTheReaderWould gives the checks an estate that no text can hold.
func TestNewFindsWhatTheReaderWould(t *testing.T) {
	_, findings := New(Document{
		Parties:  []Party{{Kind: "broker"}},
		Services: []Service{{ID: "s", Promise: &Promise{Within: -1}}},
		Sites:    []Site{{ID: "a", Nation: "wales"}},
	})
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d %s", f.Rule.Number, f.Field))
	}
	matches(t, got, []string{
		"1215 id", "1215 parties[0].id", "1212 parties[0].kind", "1202 services[0].tower",
		"1214 services[0].promise.share", "1214 services[0].promise.within", "1202 sites[0].nation",
	})
}

func TestLimits(t *testing.T) {
	doc := Document{ID: "wide", Parties: []Party{{ID: "a", Kind: Customer}, {ID: "b", Kind: Integrator, Calendar: "c"}}}
	for i := range MaxTowers {
		doc.Towers = append(doc.Towers, Tower{ID: fmt.Sprint("t", i)})
	}
	if _, findings := New(doc); len(findings) > 0 {
		t.Errorf("%d towers: %v", len(doc.Towers), findings)
	}
	doc.Parties = append(doc.Parties, make([]Party, MaxParties)...)
	doc.Towers = append(doc.Towers, Tower{ID: "one-more"})
	doc.Services = make([]Service, MaxServices+1)
	doc.Sites = make([]Site, MaxSites+1)
	doc.Roles = make([]Role, MaxRoles+1)
	doc.Supplies = make([]Supply, MaxSupplies+1)
	doc.DataClasses = make([]DataClass, MaxClasses+1)
	_, findings := New(doc)
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d %s", f.Rule.Number, f.Field))
	}
	matches(t, got, []string{"1218 parties", "1218 towers", "1218 services", "1218 sites", "1218 roles", "1218 dataClasses", "1218 supplies"})
}

func TestLifeMinus(t *testing.T) {
	lives := rapid.Custom(func(t *rapid.T) life {
		from := rapid.IntRange(0, 30).Draw(t, "from")
		return life{span.Date(from), span.Date(from + rapid.IntRange(1, 8).Draw(t, "days"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		whole := lives.Draw(t, "whole")
		others := rapid.SliceOfN(lives, 0, 5).Draw(t, "others")
		covered := func(l []life, d span.Date) bool {
			return slices.ContainsFunc(l, func(x life) bool { return x.on(d) })
		}
		gaps := whole.minus(slices.Clone(others))
		for d := span.Date(-1); d < 40; d++ {
			if want := whole.on(d) && !covered(others, d); covered(gaps, d) != want {
				t.Fatalf("%v minus %v is %v, wrong on day %d", whole, others, gaps, d)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(strings.Replace(small, "tower: apps,", "tower: apps, moves: [{from: 2026-01-01, tower: net}],", 1)))
	f.Add([]byte(strings.Replace(small, "to: 2027-01-01}", "to: 2027-01-01, becomes: net}", 1)))
	f.Add([]byte("id: x\nroles: [{id: a, apartFrom: [a]}]\nservices: [{id: s, dependsOn: [s], moves: [{}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, findings := Read("fuzz.yaml", data)
		if (e == nil) != (len(findings) > 0) {
			t.Fatalf("an estate: %v, findings: %v", e != nil, findings)
		}
		if e == nil {
			return
		}
		// What was read without a finding has one supplier for every service on
		// every date, and names that come back.
		for _, day := range []span.Date{beginning + 1, -1000, 0, 20_000, 20_454, span.OpenEnd - 1} {
			for _, s := range e.On(day).Services {
				if _, ok := e.SupplierOf(s.Tower, day); !ok || s.Supplier == "" {
					t.Fatalf("on %d the service %s of %s has no supplier", day, s.ID, s.Tower)
				}
			}
		}
	})
}
