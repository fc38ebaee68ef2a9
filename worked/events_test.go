package worked

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEventsInOpenForm shows what each word of events.txt becomes in the journal.
func TestEventsInOpenForm(t *testing.T) {
	for _, c := range []struct {
		name, events string
		want         []string
	}{
		{"the only supplier holds what is never assigned", "INC-1 P2 opened 2026-05-01T16:30 resolved 2026-05-05T10:00", []string{
			`{"source":"worked","key":"1","ticket":"INC-1","happened":"2026-05-01T15:30:00Z","learnt":"2026-05-01T15:30:00Z","event":"opened","priority":"P2","party":"desk-co"}`,
			`{"source":"worked","key":"2","ticket":"INC-1","happened":"2026-05-05T09:00:00Z","learnt":"2026-05-05T09:00:00Z","event":"resolved"}`,
		}},
		{"words before the first event", `INC-1 P1 kind incident service mail site "Scotland Yard" team night field impact=high opened 2026-05-01T16:30Z`, []string{
			`{"source":"worked","key":"1","ticket":"INC-1","happened":"2026-05-01T16:30:00Z","learnt":"2026-05-01T16:30:00Z","event":"opened","kind":"incident","priority":"P1","service":"mail","site":"Scotland Yard","party":"desk-co","team":"night","fields":{"impact":"high"}}`,
		}},
		{"assignments", "INC-1 assigned net-co/lan/2 2026-05-01T16:30Z rejected 2026-05-01T16:40Z rejected not-ours 2026-05-01T16:50Z", []string{
			`{"source":"worked","key":"1","ticket":"INC-1","happened":"2026-05-01T16:30:00Z","learnt":"2026-05-01T16:30:00Z","event":"assigned","party":"net-co","team":"lan","line":2}`,
			`{"source":"worked","key":"2","ticket":"INC-1","happened":"2026-05-01T16:40:00Z","learnt":"2026-05-01T16:40:00Z","event":"rejected"}`,
			`{"source":"worked","key":"3","ticket":"INC-1","happened":"2026-05-01T16:50:00Z","learnt":"2026-05-01T16:50:00Z","event":"rejected","reason":"not-ours"}`,
		}},
		{"what is measured is nobody's", "CSAT measured csat 9/10 2026-05-01T16:30Z measured calls 7 2026-05-01T16:40Z", []string{
			`{"source":"worked","key":"1","ticket":"CSAT","happened":"2026-05-01T16:30:00Z","learnt":"2026-05-01T16:30:00Z","event":"measured","series":"csat","numerator":9,"denominator":10}`,
			`{"source":"worked","key":"2","ticket":"CSAT","happened":"2026-05-01T16:40:00Z","learnt":"2026-05-01T16:40:00Z","event":"measured","series":"calls","numerator":7}`,
		}},
		{"learnt later, and corrected", "INC-1 resolved 2026-05-01T16:30Z key a\n# a comment\n\n  resolved 2026-05-01T15:30Z learnt 2026-05-09T00:00Z corrects a void a 2026-05-10T00:00Z", []string{
			`{"source":"worked","key":"3","ticket":"INC-1","happened":"2026-05-10T00:00:00Z","learnt":"2026-05-10T00:00:00Z","event":"voided","corrects":"a"}`,
			`{"source":"worked","key":"2","ticket":"INC-1","happened":"2026-05-01T15:30:00Z","learnt":"2026-05-09T00:00:00Z","event":"resolved","corrects":"a"}`,
			`{"source":"worked","key":"a","ticket":"INC-1","happened":"2026-05-01T16:30:00Z","learnt":"2026-05-01T16:30:00Z","event":"resolved","party":"desk-co"}`,
		}},
		{"changes and links", "INC-1 assigned x 2026-05-01T01:00Z priority P1 2026-05-01T02:00Z linked parent INC-9 2026-05-01T03:00Z", []string{
			`{"source":"worked","key":"1","ticket":"INC-1","happened":"2026-05-01T01:00:00Z","learnt":"2026-05-01T01:00:00Z","event":"assigned","party":"x"}`,
			`{"source":"worked","key":"2","ticket":"INC-1","happened":"2026-05-01T02:00:00Z","learnt":"2026-05-01T02:00:00Z","event":"changed","priority":"P1"}`,
			`{"source":"worked","key":"3","ticket":"INC-1","happened":"2026-05-01T03:00:00Z","learnt":"2026-05-01T03:00:00Z","event":"linked","reason":"parent","related":"INC-9"}`,
		}},
	} {
		s := parse(t, script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", office, "-- events.txt --\n"+c.events+"\n"))
		got := strings.Split(strings.TrimSpace(string(s.Material.Log.Data)), "\n")
		want := map[string]bool{}
		for _, line := range c.want {
			want[line] = true
		}
		for _, line := range got {
			if !want[line] {
				t.Errorf("%s: got %s", c.name, line)
			}
			delete(want, line)
		}
		for line := range want {
			t.Errorf("%s: missing %s", c.name, line)
		}
	}
}

func TestEventsThatAreWrong(t *testing.T) {
	for _, c := range []struct{ events, says string }{
		{"INC-1 P2 opend 2026-05-01T16:30", `"opend" is not an event; there are accepted, assigned,`},
		{"INC-1 opened", "an instant such as 2026-05-05T16:00 is missing"},
		{"INC-1 opened 2026-03-29T01:30", "does not exist in Europe/London"},
		{"INC-1 opened 2026-10-25T01:30", "occurs twice in Europe/London"},
		{"INC-1 opened 2026-05-02T01:00 resolved 2026-05-01T01:00", "resolved of INC-1 is earlier than the event before it"},
		{"INC-1 opened 2026-05-02T01:00 learnt 2026-05-01T01:00", "opened of INC-1 is learnt before it happened"},
		{"INC-1 opened 2026-05-01T01:00 key a\nINC-2 opened 2026-05-01T01:00 key a", `the key "a" is given twice`},
		{"INC-1 measured csat nine/10 2026-05-01T01:00", `"nine" is not a value such as 9/10`},
		{"INC-1 assigned a/b/first 2026-05-01T01:00", `"first" is not a support line`},
		{"INC-1 field impact opened 2026-05-01T01:00", `"impact" is not a field such as impact=high`},
		{"  opened 2026-05-01T01:00", "begins with a blank, and no ticket"},
	} {
		data := script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", office, "-- events.txt --\n"+c.events+"\n")
		_, findings := Parse("x.worked", data)
		if len(findings) != 1 || !strings.Contains(findings[0].Message, c.says) ||
			!strings.Contains(c.events, strings.Split(string(data), "\n")[findings[0].Position.Line-1]) {
			t.Errorf("%s\n got %v\nwant %s", c.events, findings, c.says)
		}
	}
}

// TestTheEstateThatIsMade shows the estate of an example that has none.
func TestTheEstateThatIsMade(t *testing.T) {
	documents := strings.Replace(office, "supplier: desk-co\n", "supplier: desk-co\ntowers: [desktops]\n", 1)
	s := parse(t, script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", documents,
		"-- events.txt --\nINC-1 service mail site yard assigned net-co 2026-05-01T16:30Z\n"))
	want := `id: example
name: Example
zone: Europe/London
parties:
  - {id: "desk-co", name: "desk-co", kind: supplier, calendar: "office"}
  - {id: "force", name: "force", kind: customer}
  - {id: "integrator", name: "integrator", kind: integrator, calendar: "office"}
  - {id: "net-co", name: "net-co", kind: supplier, calendar: "office"}
towers:
  - {id: "desktops", name: "desktops"}
services:
  - {id: "mail", name: "mail", tower: "desktops"}
sites:
  - {id: "yard", name: "yard"}
supplies:
  - {tower: "desktops", supplier: "desk-co", customer: "force", contract: "desk"}
`
	documentsOf := s.Material.Documents
	if diff := cmp.Diff(want, string(documentsOf[len(documentsOf)-1].Data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	a, err := PureEngine().Load(s.Material)
	if err != nil || len(a.Findings()) > 0 {
		t.Errorf("the estate that was made has findings: %v %v", err, a.Findings())
	}
}

// TestLogFiles reads a log with a mapping: entries, a held and a refused row.
func TestLogFiles(t *testing.T) {
	mapping := `-- mapping.yaml --
id: tool
format: csv
zone: Europe/London
stampFormats: ["yyyy-MM-dd HH:mm"]
columns: {ticket: ticket, happened: at, event: what}
constants: {party: desk-co}
events: {map: {new: opened, done: resolved}}
-- log.csv --
ticket,at,what
INC-1,2026-05-01 16:30,new
INC-1,2026-05-05 10:00,done
INC-2,2026-10-25 01:30,new
INC-3,2026-05-01 16:30,lost
`
	data := script(`
at 2026-06-01
expect rows 4 entries 2 held 1 refused 1
expect held 3
expect refused 4
expect clock INC-1 resolve 2h of 8h met
`, office, mapping)
	if got := failures(t, data); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	swapped := []byte(strings.NewReplacer("expect held 3", "expect refused 3", "expect refused 4", "expect held 4").Replace(string(data)))
	got := failures(t, swapped)
	if len(got) != 2 || got[0].Got != "expect held 3" || got[1].Got != "expect refused 4" {
		t.Errorf("got %v", got)
	}
	bad := []byte(strings.Replace(string(data), "format: csv", "format: excel", 1))
	if got := failures(t, bad); len(got) != 1 || !strings.Contains(got[0].Got, "mapping.yaml:2") {
		t.Errorf("a wrong mapping: got %v", got)
	}
}
