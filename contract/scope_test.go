package contract_test

import (
	"slices"
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/journal"
)

func TestScopeRefusals(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"priority", "the expression gives string, not true or false"},
		{"1 + 1", "gives int"},
		{`prioriti == "P1"`, "undeclared reference to 'prioriti' (did you mean 'priority'?) (line 1, character 1)"},
		{`true || urgency == "high"`, "undeclared reference to 'urgency', expressions may read kind, priority, service"},
		{`priority == 1`, "no matching overload"},
		{`priority ==`, "Syntax error"},
		{"true || (", "line 1, character"},
		{strings.Repeat("true || ", 600) + "true", "longer than 4096 bytes"},
		{strings.Repeat("(", 2000) + "true" + strings.Repeat(")", 2000), "recursion limit"},
	} {
		s, err := contract.CompileScope(c.text)
		if err == nil {
			t.Errorf("%.40s is accepted: %v", c.text, s.Reads())
		} else if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40s: %v, want one line with %q", c.text, err, c.says)
		}
	}
}

func TestScopeReads(t *testing.T) {
	for _, c := range []struct {
		text  string
		reads []string
		all   bool
	}{
		{"", nil, true},
		{"  ", nil, true},
		{"true", nil, false},
		{`kind == "incident" && priority in ["P1", "P2"]`, []string{"kind", "priority"}, false},
		{`tower == "hosting" || line > 1`, []string{"line", "tower"}, false},
		{`["P1", "P2"].exists(p, p == priority)`, []string{"priority"}, false},
		{`fields["test"] == "yes"`, []string{"fields"}, false},
	} {
		s, err := contract.CompileScope(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if !slices.Equal(s.Reads(), c.reads) || s.All() != c.all {
			t.Errorf("%s reads %v (all %v), want %v (%v)", c.text, s.Reads(), s.All(), c.reads, c.all)
		}
	}
}

// aJournal is a journal of one ticket, and its subject.
func aJournal(t *testing.T) (*journal.Journal, contract.Subject) {
	t.Helper()
	b := journal.NewBuilder("test")
	ticket := b.Ticket([]byte("INC-1"))
	facts := b.Facts(journal.Facts{
		Event: journal.Opened, Status: journal.New, Line: 2, Kind: b.Name("incident"), Priority: b.Name("P1"),
		Service: b.Name("mail"), Site: b.Name("yard"), Party: b.Name("atlas"), Team: b.Name("storage"),
		Extra: b.Extra(map[string]string{"category": "disk"}),
	})
	b.Add(journal.Entry{Happened: instant(t, "2026-04-01T09:00Z"), Learnt: instant(t, "2026-04-01T09:00Z"), Ticket: ticket, Facts: facts})
	j, findings := journal.Merge([]*journal.Builder{b}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	f := j.Fact(j.Of(0)[0])
	return j, contract.Subject{
		Kind: f.Kind, Priority: f.Priority, Service: f.Service, Site: f.Site, Party: f.Party, Team: f.Team,
		Line: f.Line, Extra: f.Extra, Status: f.Status, Reopened: 3,
	}
}

func TestScopeHolds(t *testing.T) {
	j, x := aJournal(t)
	for text, want := range map[string]bool{
		"":                                   true,
		`kind == "incident"`:                 true,
		`kind == "request"`:                  false,
		`priority == "P1" && line == 2`:      true,
		`tower == "hosting"`:                 true,
		`service == "mail"`:                  true,
		`site == "yard" && team != "disks"`:  true,
		`party.startsWith("atl")`:            true,
		`status == "new"`:                    true,
		`reason == "" && parent == ""`:       true,
		`reopened > 2`:                       true,
		`fields["category"] == "disk"`:       true,
		`"category" in fields`:               true,
		`fields.exists(n, fields[n] == "x")`: false,
	} {
		s, err := contract.CompileScope(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, subject := range []contract.Subject{x, s.Mask(x)} { // what is masked is not read
			if got, err := s.Holds(j, subject, "hosting"); err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", text, got, err, want)
			}
		}
	}
}

// A field that the mapping does not name is empty, and still known to be missing.
func TestScopeMissingField(t *testing.T) {
	j, x := aJournal(t)
	for text, want := range map[string]bool{
		`fields["test"] == ""`:           true,
		`fields.test == "yes"`:           false,
		`!(fields["test"] == "yes")`:     true,
		`fields[kind + "x"] == ""`:       true,
		`"test" in fields`:               false,
		`has(fields.test)`:               false,
		`has(fields.category)`:           true,
		`size(fields) == 1`:              true,
		`fields.all(n, n == "category")`: true,
	} {
		s, err := contract.CompileScope(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := s.Holds(j, x, ""); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestScopeMask(t *testing.T) {
	_, x := aJournal(t)
	x.Tower = 7
	s, err := contract.CompileScope(`tower == "hosting" && line == 2`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Mask(x), (contract.Subject{Tower: 7, Line: 2}); got != want {
		t.Errorf("mask %+v, want %+v", got, want)
	}
	if !s.ReadsTower() {
		t.Error("the scope reads the tower")
	}
	if x.And(contract.Whole) != x || x.And(contract.Subject{}).Or(x) != x {
		t.Error("the whole mask keeps everything, and the empty one nothing")
	}
	all, err := contract.CompileScope("")
	if err != nil {
		t.Fatal(err)
	}
	if all.ReadsTower() {
		t.Error("the empty scope reads no tower")
	}
	if got := all.Mask(x); got != (contract.Subject{}) {
		t.Errorf("the mask of nothing is %+v", got)
	}
}

// An expression whose evaluation costs too much is stopped with an error.
func TestScopeCost(t *testing.T) {
	j, x := aJournal(t)
	list := "[" + strings.Repeat("kind, ", 39) + "kind]"
	s, err := contract.CompileScope(list + ".all(a, " + list + ".all(b, " + list + `.all(c, a + b + c != "x")))`)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Holds(j, x, ""); err == nil || got {
		t.Errorf("64,000 comparisons end in %v, %v; want an error", got, err)
	} else if !strings.Contains(err.Error(), "cost") {
		t.Errorf("the error is %v", err)
	}
}
