package estate

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towerbridge/document"
	"towerbridge/span"
)

const head = "id: e\nname: E\nzone: Europe/London\nparties: [{id: a, name: A, kind: customer}]\n"

// TestWithSites reads each text, changes the site b, adds the site new, and compares.
func TestWithSites(t *testing.T) {
	to := span.DateOf(2026, time.April, 1)
	changed := Site{ID: "b", Name: "B: \"new\"", Names: []string{"B 1", "yes", "2"}, Dated: span.Dated{To: &to}}
	const b = `{id: b, name: "B: \"new\"", names: [B 1, "yes", "2"], to: 2026-04-01}`
	fresh := Site{ID: "new", Name: "O'Hara's", Zone: "Europe/London", Nation: "scotland", Calendar: "office"}
	const added = `{id: new, name: O'Hara's, zone: Europe/London, nation: scotland, calendar: office}`
	for name, c := range map[string]struct{ text, want string }{
		"one line a site": {
			"sites:\n  - {id: a, name: A}\n  - {id: b, name: B} # why b\n  # before c\n  - {id: c, name: C}\n\n# the end\nroles: []\n",
			"sites:\n  - {id: a, name: A}\n  - " + b + " # why b\n  # before c\n  - {id: c, name: C}\n  - " + added + "\n\n# the end\nroles: []\n",
		},
		"one line a key": {
			"sites:\n- id: a\n  name: A\n- id: b # the second\n  # of all\n  name: B\n\n  zone: Europe/London # here\n# last\n",
			"sites:\n- id: a\n  name: A\n# the second\n# of all\n# here\n- " + b + "\n- " + added + "\n# last\n",
		},
		"the last without a line end":     {"sites:\n  - {id: b, name: B}", "sites:\n  - " + b + "\n  - " + added + "\n"},
		"a number sign that is none":      {"sites:\n  - {id: b, name: 'B # 1', names: [\"C #2\"]} # 'three'\n", "sites:\n  - " + b + " # 'three'\n  - " + added + "\n"},
		"no sites yet":                    {"", "sites:\n  - " + added + "\n  - " + b + "\n"},
		"an empty list":                   {"sites: [ ] # none yet\nroles: []\n", "sites: # none yet\n  - " + added + "\n  - " + b + "\nroles: []\n"},
		"a key without a list":            {"sites:\nroles: []\n", "sites:\n  - " + added + "\n  - " + b + "\nroles: []\n"},
		"lines that end as on Windows":    {"sites:\r\n  - {id: b, name: B}\r\nroles: []\r\n", "sites:\r\n  - " + b + "\r\n  - " + added + "\r\nroles: []\r\n"},
		"a list within brackets":          {"sites: [{id: b, name: B}]\n", ""},
		"a dash on a line of its own":     {"sites:\n  -\n    id: b\n    name: B\n", ""},
		"dashes on one line":              {"sites:\n  - {id: b, name: B}\n  - {id: c,\n     name: C}\n", "sites:\n  - " + b + "\n  - {id: c,\n     name: C}\n  - " + added + "\n"},
		"lines that end as on no machine": {"sites:\r  - {id: b, name: B}\r", ""},
		"a document within braces":        {"\x00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := head + c.text
			switch {
			case strings.Contains(c.text, "\x00"):
				text = "{id: e, name: E, zone: Europe/London, parties: [{id: a, name: A, kind: customer}]}"
			case strings.Contains(c.text, "as on no machine"), strings.Contains(c.text, "\r ") && !strings.Contains(c.text, "\n"):
				text = strings.ReplaceAll(text, "\n", "\r")
			}
			sites := []Site{changed, fresh}
			if !strings.Contains(c.text, "id: b") {
				sites = []Site{fresh, changed}
			}
			got, findings := WithSites("estate.yaml", []byte(text), sites)
			if c.want == "" {
				if len(findings) != 1 || findings[0].Rule != NotEdited || got != nil {
					t.Fatalf("%v\n%s", findings, got)
				}
				return
			}
			if len(findings) > 0 || string(got) != head+c.want {
				t.Fatalf("%v\n%s", findings, cmp.Diff(head+c.want, string(got)))
			}
		})
	}
}

func TestWithSitesRefuses(t *testing.T) {
	if text, findings := WithSites("e.yaml", []byte(head), nil); len(findings) > 0 || string(text) != head {
		t.Errorf("nothing to do: %v\n%s", findings, text)
	}
	if _, findings := WithSites("e.yaml", []byte(head+"shoes: 9\n"), []Site{{ID: "a", Name: "A"}}); len(findings) != 1 || findings[0].Rule != document.UnknownKey {
		t.Errorf("a text with findings: %v", findings)
	}
	many := make([]Site, document.MaxNodes/2)
	for i := range many {
		many[i] = Site{ID: fmt.Sprint("s", i), Name: "S"}
	}
	if _, findings := WithSites("e.yaml", []byte(head), many); len(findings) != 1 || findings[0].Rule != document.TooMuch && findings[0].Rule != document.TooLarge {
		t.Errorf("more than a document holds: %v", findings)
	}
	if _, findings := WithSites("e.yaml", []byte(head), []Site{{ID: "a", Name: ""}}); len(findings) != 1 || findings[0].Rule != NotEdited {
		t.Errorf("a site without a name: %v", findings)
	}
}

// The sites of the constabulary's estate can be changed to any others; nothing else of
// its text changes.
func TestWithSitesKeepsTheRest(t *testing.T) {
	data, err := os.ReadFile("../examples/constabulary/estate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, _ := Read("estate.yaml", data)
	outside := func(text []byte) string {
		from, to := bytes.Index(text, []byte("\nsites:\n")), bytes.Index(text, []byte("\nroles:\n"))
		return string(text[:from]) + string(text[to:])
	}
	name := rapid.StringMatching(`[#:'",{}\[\]&*!|>%@~?\\ a-zA-Z0-9é-]{0,12}[#:'",{}\[\]a-z0-9-]`)
	rapid.Check(t, func(t *rapid.T) {
		var sites []Site
		for _, s := range before.Document().Sites {
			if rapid.Bool().Draw(t, s.ID) {
				s.Name = name.Draw(t, "name")
				sites = append(sites, s)
			}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "more") {
			from := span.Date(rapid.IntRange(-20000, 50000).Draw(t, "from"))
			sites = append(sites, Site{
				ID: fmt.Sprint("x", i), Name: name.Draw(t, "name"), Names: rapid.SliceOfNDistinct(name, 1, 3, rapid.ID).Draw(t, "names"),
				Dated: span.Dated{From: &from},
			})
		}
		text, findings := WithSites("estate.yaml", data, sites)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		if outside(text) != outside(data) {
			t.Fatalf("the rest differs:\n%s", cmp.Diff(outside(data), outside(text)))
		}
		after, _, findings := document.Read[Document]("estate.yaml", text)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		for _, s := range sites {
			if !slices.ContainsFunc(after.Sites, func(x Site) bool { return cmp.Equal(x, s) }) {
				t.Fatalf("%+v is not in\n%s", s, text)
			}
		}
	})
}

func FuzzWithSites(f *testing.F) {
	f.Add([]byte(head+"sites:\n  - {id: a, name: A} # x\n  - id: b\n    name: |\n      B\n"), "name", "other")
	f.Add([]byte(head+"sites: [] # none\n"), "# no", "- x")
	f.Fuzz(func(t *testing.T, data []byte, name, other string) {
		text, findings := WithSites("e.yaml", data, []Site{{ID: "a", Name: name}, {ID: "b", Name: "B", Names: []string{other}}})
		if (text == nil) != (len(findings) > 0) && string(text) != string(data) {
			t.Fatalf("%v and %q", findings, text)
		}
	})
}
