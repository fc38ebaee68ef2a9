package estate

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towerbridge/document"
	"towerbridge/money"
	"towerbridge/span"
)

var (
	before = span.DateOf(2026, time.March, 31)
	after  = span.DateOf(2026, time.April, 1)
)

func load(t *testing.T, name string) *Estate {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	e, findings := Read(name, data)
	if err := findings.Err(); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestTowersMerge asks who runs which service on the last day of six towers and on
// the first day of two.
func TestTowersMerge(t *testing.T) {
	e := load(t, "after.yaml")
	for _, c := range []struct{ service, towerBefore, supplierBefore, towerAfter, supplierAfter string }{
		{"wide-area-network", "network", "alder", "infrastructure", "birch"},
		{"servers", "hosting", "birch", "infrastructure", "birch"},
		{"voice", "telephony", "alder", "infrastructure", "birch"},
		{"support", "service-desk", "cedar", "workplace", "cedar"},
		{"printing", "end-user", "cedar", "workplace", "cedar"},
		{"case-files", "applications", "elm", "workplace", "cedar"},
	} {
		for day, want := range map[span.Date][2]string{
			before: {c.towerBefore, c.supplierBefore},
			after:  {c.towerAfter, c.supplierAfter},
		} {
			tower, ok := e.TowerOf(c.service, day)
			supplier, ok2 := e.SupplierOf(tower, day)
			if !ok || !ok2 || tower != want[0] || supplier != want[1] {
				t.Errorf("%s on %s: tower %s by %s; want %v", c.service, day, tower, supplier, want)
			}
		}
	}
	for day, want := range map[span.Date]string{
		before: "hosting-2020 network-2020 workplace-2020",
		after:  "infrastructure-2026 workplace-2026",
	} {
		if got := strings.Join(e.Contracts(day), " "); got != want {
			t.Errorf("contracts on %s: %s; want %s", day, got, want)
		}
	}
}

// TestMergeChangesNothingBefore shows that the change of the document leaves every
// earlier date as it was.
func TestMergeChangesNothingBefore(t *testing.T) {
	old, merged := load(t, "before.yaml"), load(t, "after.yaml")
	for _, day := range []span.Date{span.DateOf(2020, 1, 1), span.DateOf(2024, 3, 31), span.DateOf(2024, 4, 1), before} {
		if diff := cmp.Diff(old.On(day), merged.On(day)); diff != "" {
			t.Errorf("on %s:\n%s", day, diff)
		}
	}
	if cmp.Equal(old.On(after), merged.On(after)) {
		t.Error("the merge changes nothing on its day")
	}
}

func TestOn(t *testing.T) {
	v := load(t, "after.yaml").On(after)
	wantSupplies := []SupplyView{
		{"infrastructure", "birch", "metropolitan-office", "infrastructure-2026", []string{}},
		{"workplace", "cedar", "metropolitan-office", "workplace-2026", []string{}},
	}
	if diff := cmp.Diff(wantSupplies, v.Supplies); diff != "" {
		t.Error(diff)
	}
	wantTowers := []TowerView{
		{"infrastructure", "Infrastructure", "birch", []string{"servers", "voice", "wide-area-network"}},
		{"workplace", "Workplace", "cedar", []string{"case-files", "laptops", "printing", "support"}},
	}
	if diff := cmp.Diff(wantTowers, v.Towers); diff != "" {
		t.Error(diff)
	}
	wantSites := []SiteView{
		{ID: "canal-office", Name: "Canal Office", Zone: "Europe/Amsterdam"},
		{"castle-street", "Castle Street", "Europe/London", "scotland", "office-hours"},
		{"river-house", "River House", "Europe/London", "england-and-wales", "office-hours"},
	}
	if diff := cmp.Diff(wantSites, v.Sites); diff != "" {
		t.Error(diff)
	}
	wantRoles := []RoleView{ // the network's owner went with the network
		{"change-board", "Chair of the change board", "keystone", ""},
		{"service-integrator", "Service integrator", "keystone", ""},
	}
	if diff := cmp.Diff(wantRoles, v.Roles); diff != "" {
		t.Error(diff)
	}
	if got := v.Services[3]; got.ID != "servers" || got.Supplier != "birch" || !cmp.Equal(got.DependsOn, []string{"wide-area-network"}) {
		t.Errorf("the fourth service is %+v", got)
	}
	var parties []string
	for _, p := range v.Parties {
		parties = append(parties, string(p.Kind)+" "+p.ID)
	}
	want := "customer metropolitan-office, integrator keystone, supplier alder, supplier birch, supplier cedar, supplier elm"
	if got := strings.Join(parties, ", "); got != want {
		t.Errorf("parties are %s; want %s", got, want)
	}
}

func TestOnBeforeAnyOfIt(t *testing.T) {
	e := load(t, "after.yaml")
	early := e.On(span.DateOf(2024, time.March, 31))
	for _, p := range early.Parties {
		if p.ID == "elm" {
			t.Error("elm is there before it begins")
		}
	}
	for _, s := range early.Services {
		if s.ID == "case-files" {
			t.Error("a service is there before its tower")
		}
	}
	if _, ok := e.TowerOf("case-files", span.DateOf(2024, time.March, 31)); ok {
		t.Error("a service has a tower before the tower begins")
	}
	if got := early.Supplies[2]; got.Tower != "network" || !cmp.Equal(got.Manages, []string{"telephony"}) {
		t.Errorf("the third supply is %+v", got)
	}
}

func TestViewJSON(t *testing.T) {
	text, err := json.Marshal(load(t, "after.yaml").On(after))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"date":"2026-04-01"`,
		`"promise":{"share":"95%","within":"8h00m","calendar":"office-hours","byPriority":[{"priority":"P1","within":"4h00m","share":"99.5%"},{"priority":"P2","within":"6h00m"}]}`,
		`{"id":"network-design","name":"Network design","line":3}`,
		`{"id":"field","name":"Field engineers"}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "null") {
		t.Errorf("JSON has a null:\n%s", text)
	}
}

func TestGroup(t *testing.T) {
	e := load(t, "after.yaml")
	early := span.DateOf(2024, time.March, 31)
	for _, c := range []struct {
		name        string
		on          span.Date
		party, team string
		line        int
		ok          bool
	}{
		{"G97", before, "alder", "network-operations", 2, true},
		{"Net Design", after, "alder", "network-design", 3, true},
		{"Field", after, "cedar", "field", 0, true},
		{"Keystone", after, "keystone", "", 0, true},
		{"Elm", after, "elm", "", 0, true},
		{"Elm", early, "", "", 0, false},
		{"g97", before, "", "", 0, false},
		{"G97 ", before, "", "", 0, false},
		{"", before, "", "", 0, false},
		{"birch", before, "birch", "", 0, true},
		{"birch/data-centre", before, "birch", "data-centre", 2, true},
		{"data-centre", before, "", "", 0, false},
	} {
		party, team, line, ok := e.Group(c.name, c.on)
		if party != c.party || team != c.team || line != c.line || ok != c.ok {
			t.Errorf("Group(%q, %s) = %q, %q, %d, %v", c.name, c.on, party, team, line, ok)
		}
	}
}

func TestNames(t *testing.T) {
	e := load(t, "after.yaml")
	for _, c := range []struct{ name, service, site string }{
		{"WAN", "wide-area-network", ""},
		{"Desktop & laptop", "laptops", ""},
		{"laptops", "laptops", ""},
		{"wan", "", ""},
		{"RH01", "", "river-house"},
		{"canal-office", "", "canal-office"},
		{"", "", ""},
	} {
		service, ok := e.ServiceNamed(c.name, after)
		site, ok2 := e.SiteNamed(c.name, after)
		if service != c.service || ok != (c.service != "") || site != c.site || ok2 != (c.site != "") {
			t.Errorf("%q is the service %q (%v) and the site %q (%v)", c.name, service, ok, site, ok2)
		}
	}
}

func TestLookups(t *testing.T) {
	e := load(t, "before.yaml")
	if p, ok := e.Party("alder"); !ok || p.Name != "Alder Networks" || e.PartyKind("alder") != Supplier {
		t.Errorf("alder is %+v, %v", p, ok)
	}
	if tower, ok := e.Tower("telephony"); !ok || tower.Name != "Telephony" {
		t.Errorf("telephony is %+v, %v", tower, ok)
	}
	if s, ok := e.Service("voice"); !ok || s.Tower != "telephony" {
		t.Errorf("voice is %+v, %v", s, ok)
	}
	if s, ok := e.Site("castle-street"); !ok || s.Nation != "scotland" {
		t.Errorf("castle-street is %+v, %v", s, ok)
	}
	if _, ok := e.Party("nobody"); ok || e.PartyKind("nobody") != "" {
		t.Error("nobody is a party")
	}
	if _, ok := e.TowerOf("nothing", after); ok {
		t.Error("nothing has a tower")
	}
	if _, ok := e.SupplierOf("nothing", after); ok {
		t.Error("nothing has a supplier")
	}
	if e.Document().ID != "metropolis" {
		t.Errorf("the document is %s", e.Document().ID)
	}
}

func TestPromiseFor(t *testing.T) {
	s, _ := load(t, "before.yaml").Service("laptops")
	for _, c := range []struct {
		priority, share string
		within          span.Seconds
	}{
		{"P1", "99.5%", 4 * 3600},
		{"P2", "95%", 6 * 3600},
		{"P4", "95%", 8 * 3600},
	} {
		within, share, ok := s.Promise.For(c.priority)
		if !ok || within != c.within || !share.Equal(money.MustPercent(c.share)) {
			t.Errorf("%s: %s of %s, %v; want %s in %s", c.priority, share, within, ok, c.share, c.within)
		}
	}
	only := &Promise{Share: money.MustPercent("90%"), ByPriority: s.Promise.ByPriority}
	if _, _, ok := only.For("P4"); ok {
		t.Error("a priority that is not listed has a promise")
	}
	var none *Promise
	if _, _, ok := none.For("P1"); ok {
		t.Error("no promise promises")
	}
}

func TestReferences(t *testing.T) {
	e := load(t, "after.yaml")
	seen := map[string]bool{}
	for _, r := range e.References() {
		seen[r.Kind+" "+r.ID] = true
		if r.Position.Line == 0 || r.Position.File != "after.yaml" {
			t.Errorf("%s %s has no place", r.Kind, r.ID)
		}
	}
	for _, want := range []string{
		"zone Europe/London", "zone Europe/Amsterdam", "calendar office-hours", "calendar round-the-clock",
		"contract network-2020", "contract workplace-2026",
	} {
		if !seen[want] {
			t.Errorf("%s is not listed", want)
		}
	}
	if len(seen) != 9 {
		t.Errorf("there are %d references: %v", len(seen), seen)
	}
	first := e.References()[0].Missing()
	if want := `after.yaml:5:7: TB1202: zone: there is no zone "Europe/London". Correct the id, or add what it refers to`; first.Error() != want {
		t.Errorf("the finding is\n%s; want\n%s", first.Error(), want)
	}
}

// TestSchema shows that every key of the document explains itself to an editor.
func TestSchema(t *testing.T) {
	text, err := document.Schema[Document]("estate.json", "Estate")
	if err != nil {
		t.Fatal(err)
	}
	var silent func(path string, typ reflect.Type)
	silent = func(path string, typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ.PkgPath() != reflect.TypeFor[Document]().PkgPath() {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Tag.Get("about") == "" && !f.Anonymous {
				t.Errorf("%s.%s says nothing about itself", path, f.Name)
			}
			silent(path+"."+f.Name, f.Type)
		}
	}
	silent("Document", reflect.TypeFor[Document]())
	for _, want := range []string{`"becomes"`, `"northern-ireland"`, `"byPriority"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the schema lacks %s", want)
		}
	}
}
