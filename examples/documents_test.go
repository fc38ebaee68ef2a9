package examples_test

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/statement"
)

// schemas compiles the schema of each kind of document with a validator that is not ours.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	out := map[string]*jsonschema.Schema{}
	for kind, schema := range map[string]func(id, title string) ([]byte, error){
		"estate.yaml": document.Schema[estate.Document], "calendars": document.Schema[calendar.Document],
		"contracts": document.Schema[contract.Document], "mappings": document.Schema[eventlog.Mapping],
	} {
		id := "https://example.org/" + strings.TrimSuffix(kind, ".yaml") + ".json"
		text, err := schema(id, kind)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(id, value); err != nil {
			t.Fatal(err)
		}
		if out[kind], err = c.Compile(id); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// kind is the kind of a document, by its folder or its name.
func kind(name string) string {
	if dir, _, found := strings.Cut(name, "/"); found {
		return dir
	}
	return name
}

// validate asks the schema of a document's kind.
func validate(t testing.TB, all map[string]*jsonschema.Schema, s statement.Source) error {
	t.Helper()
	value, findings := document.ToJSON(s.Name, s.Data)
	if len(findings) > 0 {
		t.Fatalf("%s is no document at all: %v", s.Name, findings)
	}
	return all[kind(s.Name)].Validate(value)
}

// check returns what the program's own readers find in a folder's documents.
func check(documents []statement.Source) fault.Findings {
	_, findings := statement.ReadBook(documents, calendar.Shipped())
	for _, s := range documents {
		if kind(s.Name) == "mappings" {
			_, more := eventlog.ReadMapping(s.Name, s.Data)
			findings = append(findings, more...)
		}
	}
	return findings
}

// TestDocuments holds that every document of the examples satisfies its schema and has
// no findings.
func TestDocuments(t *testing.T) {
	all := schemas(t)
	seen := 0
	for _, folder := range []string{"constabulary", "constabulary-two-towers", "vinst", "vinst-merged-lines"} {
		documents := sources(t, folder)
		for _, f := range check(documents) {
			t.Errorf("%s: %s", folder, f)
		}
		for _, s := range documents {
			seen++
			if err := validate(t, all, s); err != nil {
				t.Errorf("%s: %v", path.Join(folder, s.Name), err)
			}
		}
	}
	if seen < 32 {
		t.Errorf("only %d documents were found", seen)
	}
}

// broken are small mistakes in the examples' documents, each of a kind that people make.
var broken = []struct {
	why, folder, file, old, new string
}{
	{"unknown key", "constabulary", "estate.yaml", "parties:", "party:"},
	{"key in another case", "constabulary", "estate.yaml", "zone: Europe/London", "Zone: Europe/London"},
	{"missing id", "constabulary", "estate.yaml", "id: constabulary\n", ""},
	{"missing name", "constabulary", "estate.yaml", "{id: custody, name: Custody records,", "{id: custody,"},
	{"bad kind of party", "constabulary", "estate.yaml", "kind: integrator", "kind: broker"},
	{"bad nation", "constabulary", "estate.yaml", "nation: england-and-wales", "nation: england"},
	{"line that is a text", "constabulary", "estate.yaml", "line: 2", "line: second"},
	{"list that is one text", "constabulary", "estate.yaml", "dependsOn: [data-centre]", "dependsOn: data-centre"},
	{"share without a percent sign", "constabulary", "estate.yaml", "share: 95%", "share: 95"},
	{"date as people say it", "constabulary", "estate.yaml", "from: 2020-04-01", "from: 1 April 2020"},
	{"two choices of hours", "constabulary", "calendars/always.yaml", "{always: true,", "{always: true, week: {},"},
	{"no choice of hours", "constabulary", "calendars/always.yaml", "{always: true,", "{"},
	{"no version", "constabulary", "calendars/always.yaml", "versions: [{always: true, source: Schedule 2.2 Annex D}]", "versions: []"},
	{"truth in words", "constabulary", "calendars/always.yaml", "always: true", "always: yes"},
	{"window without its end", "constabulary", "calendars/office.yaml", `monday: ["08:00-18:00"]`, `monday: ["08:00"]`},
	{"unknown day", "constabulary", "calendars/office.yaml", "monday:", "mon:"},
	{"sum without a currency", "constabulary", "contracts/end-user.yaml", "amount: GBP 1150000.00", "amount: 1150000.00"},
	{"currency in small letters", "constabulary", "contracts/end-user.yaml", "currency: GBP", "currency: gbp"},
	{"missing term", "constabulary", "contracts/siam.yaml", "term:\n  start: 2015-11-02\n  end: 2020-11-02\n  clause: Clause 1.4\n", ""},
	{"missing stop", "constabulary", "contracts/siam.yaml", "stop: resolved, ", ""},
	{"bad signal", "constabulary", "contracts/end-user.yaml", "stop: in-progress", "stop: started"},
	{"bad policy", "constabulary", "contracts/network.yaml", "priorityChange: retroactive", "priorityChange: backwards"},
	{"two targets in one", "constabulary", "contracts/hosting.yaml", "businessDays: 10", "businessDays: 10, within: 8h"},
	{"target in days", "constabulary", "contracts/network.yaml", "within: 4h", "within: 4d"},
	{"two measures in one", "constabulary", "contracts/service-desk.yaml", "external: {series: calls-answered}", "external: {series: calls-answered}, survey: {series: calls-answered}"},
	{"no measure in one", "constabulary", "contracts/service-desk.yaml", "external: {series: calls-answered}, ", ""},
	{"bad rounding", "constabulary", "contracts/end-user.yaml", "rounding: half-up", "rounding: nearest"},
	{"points that are not whole", "constabulary", "contracts/end-user.yaml", "points: 2", "points: 2.5"},
	{"two credit schemes in one", "constabulary", "contracts/service-desk.yaml", "percentShort: {rate: 0.5%}", "percentShort: {rate: 0.5%}\n    pointsRate: {rate: 0.5%}"},
	{"cap by sum and share", "constabulary", "contracts/network.yaml", "{amount: GBP 64000.00,", "{amount: GBP 64000.00, percentOfCharges: 10%,"},
	{"exclusion without approval", "constabulary", "contracts/end-user.yaml", "    approvedBy: Head of the digital office\n    scope: 'site", "    scope: 'site"},
	{"weights left out", "vinst", "contracts/org-b.yaml", "      weights: [{measure: SL-1, factor: 60%}, {measure: SL-2, factor: 40%}]\n", ""},
	{"unknown format", "vinst", "mappings/csv.yaml", "format: csv", "format: xlsx"},
	{"unknown column", "vinst", "mappings/csv.yaml", "  happened: Change", "  occurred: Change"},
	{"unknown state", "vinst", "mappings/xes.yaml", "status: waiting", "status: parked"},
	{"rule of no texts", "vinst", "mappings/xes.yaml", "when: [Completed, Closed]", "when: []"},
	{"moment of reading", "vinst", "mappings/xes.yaml", "format: xes", "format: xes\nlearnt: now"},
}

// TestBroken holds that each mistake is found by an editor that knows the schema, and
// by the program, which says where.
func TestBroken(t *testing.T) {
	all := schemas(t)
	for _, c := range broken {
		t.Run(c.why, func(t *testing.T) {
			documents := sources(t, c.folder)
			at := slices.IndexFunc(documents, func(s statement.Source) bool { return s.Name == c.file })
			s := &documents[at]
			changed := bytes.Replace(s.Data, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(changed, s.Data) {
				t.Fatalf("%s does not hold %q any more", c.file, c.old)
			}
			s.Data = changed
			if validate(t, all, *s) == nil {
				t.Error("the schema does not see it")
			}
			findings := check(documents)
			if !slices.ContainsFunc(findings, func(f fault.Finding) bool { return f.Position.File == c.file && f.Position.Line > 0 }) {
				t.Errorf("no finding is in %s: %v", c.file, findings)
			}
		})
	}
	if len(broken) < 30 {
		t.Errorf("%d mistakes are tried, want 30", len(broken))
	}
}
