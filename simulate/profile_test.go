package simulate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"towerbridge/document"
	"towerbridge/fault"
)

// The shipped profile leaves nothing out that another may leave out, so that there is
// always something to take.
func TestDefaultIsWhole(t *testing.T) {
	t.Parallel()
	d := Default()
	if _, findings := Read("default.yaml", DefaultText()); len(findings) > 0 {
		t.Fatal(findings)
	}
	optional := []string{"Services", "Sites", "Desk", "Parties", "HandOvers"} // of an estate
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() && !slices.Contains(optional, name) {
			t.Errorf("the shipped profile says nothing about %s", name)
		}
	}
	if got := (Profile{}).complete(); !reflect.DeepEqual(got.EveryParty, d.EveryParty) || got.Answer == nil || got.Outages.Calls == nil {
		t.Error("a profile that says nothing is not as the shipped one")
	}
}

// What a profile says stands; only what it leaves out is taken.
func TestComplete(t *testing.T) {
	t.Parallel()
	p, findings := Read("p.yaml", []byte(`
id: p
arrivals: {holiday: 0%}
everyParty: {pauses: {share: 7%}}
reopened: {share: 0%}
outages: {perYear: 0}
maintenance: {length: 0s}
parties: [{party: a, acceptance: [1m, 2m]}]
`))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	c, d := p.complete(), Default()
	if *c.Arrivals.Holiday != 0 || *c.EveryParty.Pauses.Share != 70_000 || *c.Reopened.Share != 0 || *c.Outages.PerYear != 0 || *c.Maintenance.Length != 0 {
		t.Errorf("what was said is lost: %+v", c)
	}
	if !slices.Equal(c.Arrivals.Hours, d.Arrivals.Hours) || !slices.Equal(c.EveryParty.Pauses.Lengths, d.EveryParty.Pauses.Lengths) ||
		!slices.Equal(c.Reopened.After, d.Reopened.After) || c.Maintenance.Weekday != d.Maintenance.Weekday {
		t.Error("what was left out is not taken from the shipped profile")
	}
	if again := p.complete(); !reflect.DeepEqual(c, again) {
		t.Error("completing a profile changes it")
	}
}

func TestEncodeIsRead(t *testing.T) {
	t.Parallel()
	odd, findings := Read("odd.yaml", []byte(`
id: "odd: \"one\""
sites: [{name: "yes", weight: 1}, {weight: 0}]
handOvers: [{to: a, weight: 3}, {from: a, weight: 0}]
desk: {party: "1.50"}
kinds: [{weight: 1}]
everyParty: {ofTarget: [0.50%, 110%], notes: 0%}
maintenance: {weekday: friday, at: 0s}
`))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, p := range []Profile{Default(), odd, {ID: "x"}} {
		text := Encode(p)
		got, findings := Read("p.yaml", text)
		if len(findings) > 0 {
			t.Fatalf("%v\n%s", findings, text)
		}
		if string(Encode(got)) != string(text) || !reflect.DeepEqual(got.Parties, p.Parties) || got.ID != p.ID || !slices.Equal(got.Sites, p.Sites) {
			t.Errorf("the profile %s is read back otherwise:\n%s\n%s", p.ID, text, Encode(got))
		}
	}
}

func TestReadFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, field, code string }{
		{"hours", "arrivals: {hours: [1, 2]}", "arrivals.hours", "TB1951"},
		{"negative", "arrivals: {weekdays: [1, 1, 1, -1, 1, 1, 1]}", "arrivals.weekdays", "TB1951"},
		{"no months", "arrivals: {months: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}", "arrivals.months", "TB1951"},
		{"too heavy", "channels: [{name: a, weight: 1000000001}]", "channels", "TB1951"},
		{"twice", "sites: [{name: a, weight: 1}, {name: a, weight: 2}]", "sites[1].name", "TB1953"},
		{"service twice", "services: [{service: a, weight: 1}, {service: a, weight: 2}]", "services[1].service", "TB1953"},
		{"party twice", "parties: [{party: a}, {party: a}]", "parties[1].party", "TB1953"},
		{"falling", "closeAfter: [2h, 1h]", "closeAfter[1]", "TB1950"},
		{"single", "closeAfter: [2h]", "closeAfter", "TB1950"},
		{"too long", "reopened: {after: [1h, 8785h]}", "reopened.after[1]", "TB1950"},
		{"above the target", "everyParty: {ofTarget: [1%, 10001%]}", "everyParty.ofTarget[1]", "TB1950"},
		{"three decimals", "series: [{values: [1.005%, 2%]}]", "series[0].values[0]", "TB1950"},
		{"pauses without end", "everyParty: {pauses: {share: 96%}}", "everyParty.pauses.share", "TB1952"},
		{"notes without end", "parties: [{party: a, notes: 100%}]", "parties[0].notes", "TB1952"},
		{"priority twice", "everyParty: {work: [{lengths: [1m, 2m]}, {lengths: [1m, 2m]}]}", "everyParty.work[1].priority", "TB1953"},
		{"to itself", "handOvers: [{to: a, weight: 1}, {from: a, to: a, weight: 1}]", "handOvers[1]", "TB1951"},
		{"no beginning", "handOvers: [{from: a, to: b, weight: 1}]", "handOvers", "TB1951"},
		{"calls", "outages: {calls: [5, 1]}", "outages.calls", "TB1951"},
		{"outages", "outages: {perYear: 1001}", "outages.perYear", "TB1951"},
		{"scores", "surveys: {scores: [0, 0]}", "surveys.scores", "TB1951"},
		{"night", "maintenance: {at: 25h}", "maintenance.at", "TB1950"},
	} {
		_, findings := Read("p.yaml", []byte("id: p\n"+c.text+"\n"))
		found := slices.ContainsFunc(findings, func(f fault.Finding) bool {
			return f.Field == c.field && f.Rule.Code() == c.code && f.Position.Line == 2
		})
		if !found {
			t.Errorf("%s: %v", c.name, findings)
		}
	}
	if _, findings := Read("p.yaml", []byte("id: p\narrivals: {hours: [1]}\ncloseAfter: [1h]\n")); len(findings) != 2 {
		t.Errorf("not all findings at once: %v", findings)
	}
}

// The schema knows every key of the profile.
func TestSchema(t *testing.T) {
	t.Parallel()
	text, err := document.Schema[Profile]("towerbridge:simulate", "Profile")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"handOvers", "everyParty", "ofTarget", "outagesPerYear", "weekday"} {
		if !strings.Contains(string(text), `"`+key+`"`) {
			t.Errorf("the schema has no %s", key)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(DefaultText())
	f.Add([]byte("id: x\nparties: [{party: a, work: [{lengths: [1s, 2s]}]}]\n"))
	f.Add([]byte("id: x\narrivals: {hours: [1]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, findings := Read("p.yaml", data)
		if len(findings) > 0 {
			return
		}
		if _, again := Read("p.yaml", Encode(p)); len(again) > 0 {
			t.Errorf("a good profile is written as a bad one: %v\n%s", again, Encode(p))
		}
	})
}
