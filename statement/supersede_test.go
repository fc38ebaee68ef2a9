package statement_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// late is when the record learns that INC-7 and INC-9 were reopened in April.
var late = must(span.ParseInstant("2026-06-03T09:00+01:00"))

// lateLog holds entries about INC-7 that nobody knew of when April was issued.
func lateLog() *log {
	l := newLog().april2026()
	l.add("INC-7", "2026-04-22T09:30+01:00", journal.Facts{Event: journal.Reopened, Status: journal.InProgress}, late.String())
	l.add("INC-7", "2026-04-22T10:30+01:00", journal.Facts{Event: journal.Resolved, Status: journal.ResolvedStatus}, late.String())
	return l
}

func TestSupersedeListsTheChangedLines(t *testing.T) {
	b, j := book(t), lateLog().journal(t)
	old := draw(t, b, j)
	s, changes, err := statement.Supersede(must(statement.Decode(statement.Encode(old))), b, j, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.Supersedes != old.Digest || s.AsOf != late || s.Digest == old.Digest {
		t.Errorf("supersedes %q as of %s", s.Supersedes, s.AsOf)
	}
	rule := func(s *statement.Statement) string { return s.Credits[0].Rule }
	scheme := func(s *statement.Statement) string { return s.Schemes[0].Rule }
	want := []statement.Change{
		{
			"measure KPI-1",
			"met 9 of 9, 100.00%, exactly 9/9, band target, 0 points, 100.00% is in band target: 0 points, 9 tickets",
			"met 8 of 9, 88.89%, exactly 8/9, band minor, failed, 1 point, 88.89% is in band minor: 1 point, 9 tickets",
		},
		{"ticket INC-7 of KPI-1", "nothing", "missed: 32400 s of 28800 s, due 2026-04-14T17:00:00+01:00"},
		{
			"credit sc/KPI-1", "GBP 0.00, " + rule(old) + " (scheme sc, measure KPI-1, 2026-04, band target, 0 points)",
			"GBP 500.00, " + rule(s) + " (scheme sc, measure KPI-1, 2026-04, band minor, 1 point)",
		},
		{
			"scheme sc", "gross GBP 0.00, net GBP 0.00, excess GBP 0.00, earned back GBP 0.00, " + scheme(old) + " (0 points)",
			"gross GBP 500.00, net GBP 500.00, excess GBP 0.00, earned back GBP 0.00, " + scheme(s) + " (1 point)",
		},
		{"total", "GBP 0.00", "GBP 500.00"},
	}
	if !slices.Equal(changes, want) {
		t.Errorf("changes:\n%v\nwant:\n%v", listed(changes), listed(want))
	}
}

func listed(changes []statement.Change) string {
	var out strings.Builder
	for _, c := range changes {
		fmt.Fprintln(&out, c)
	}
	return out.String()
}

func TestSupersedeAtTheOldInstantIsTheOldStatement(t *testing.T) {
	b, j := book(t), lateLog().journal(t)
	old := draw(t, b, j)
	s, changes, err := statement.Supersede(old, b, j, &old.AsOf, 1)
	if err != nil || s.Digest != old.Digest || len(changes) > 0 {
		t.Errorf("%v: digest %s, changes %v", err, s.Digest, changes)
	}
	if again := draw(t, b, j); again.Digest != old.Digest {
		t.Error("drawn as of the old instant it has another digest")
	}
	// A statement that superseded another is found again too.
	second, _, err := statement.Supersede(old, b, j, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	third, changes, err := statement.Supersede(second, b, j, nil, 1)
	if err != nil || third.Digest != second.Digest || len(changes) > 0 {
		t.Errorf("%v: digest %s, want %s", err, third.Digest, second.Digest)
	}
}

func TestSupersedeKeepsEarlierResults(t *testing.T) {
	l := lateLog()
	l.add("MAR-1", "2026-03-02T09:00Z", journal.Facts{Event: journal.Opened, Status: journal.InProgress, Party: l.Name("atlas")}, late.String())
	l.add("MAR-1", "2026-03-09T09:00Z", journal.Facts{Event: journal.Resolved, Status: journal.ResolvedStatus}, late.String())
	b, j := book(t), l.journal(t)
	s, _, err := statement.Supersede(draw(t, b, j), b, j, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := s.Measures[0]; m.Points != 1 || m.Repeat {
		t.Errorf("March was read anew: %+v", m)
	}
}

func TestSupersedeRefusesEarlierInstants(t *testing.T) {
	b, j := book(t), lateLog().journal(t)
	before := early - 1
	_, _, err := statement.Supersede(draw(t, b, j), b, j, &before, 1)
	refused(t, err, fault.Invalid, "as of 2026-05-08T16:00:00Z", "draw a statement as of it")
	_, _, err = statement.Supersede(&statement.Statement{Contract: "none"}, b, j, nil, 1)
	refused(t, err, fault.NotFound, `no contract "none"`)
}

func TestSupersedingBundleVerifies(t *testing.T) {
	b, j := book(t), lateLog().journal(t)
	s, _, err := statement.Supersede(draw(t, b, j), b, j, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := statement.Issue(&out, b, j, s, nil); err != nil {
		t.Fatal(err)
	}
	if r := agrees(t, []byte(out.String())); r.Statement.Supersedes != s.Supersedes {
		t.Error("the bundle forgot what it supersedes")
	}
}

// everything returns a record in which every list has something.
func everything(t *testing.T) *statement.Statement {
	t.Helper()
	b, j := book(t), newLog().april2026().miss().journal(t)
	s := draw(t, b, j)
	m := &s.Measures[0]
	m.Clause, m.BandClause, m.Multiplier, m.Repeat, m.Suppressed, m.Rating = "1.1", "1.2", 2, true, "KPI-2", "Good"
	m.Notes = append(m.Notes, "a note")
	m.Missed[0].Episode = 1
	record := string(statement.Encode(s))
	for old, replacement := range map[string]string{
		`"excluded":[]}`:   `"excluded":[],"setAside":[{"reason":"out of scope","tickets":3}]}`,
		`"taken":`:         `"missing":["2026-02"],"clause":"4.4","taken":`,
		`"credits":[{"id"`: `"chargesClause":"3.1","credits":[{"clause":"4.1","rounding":"half-up","id"`,
		`"schemes":[{`:     `"schemes":[{"clause":"4.2","rounding":"half-up",`,
		`"cap":[{`:         `"cap":[{"clause":"4.3",`,
	} {
		if !strings.Contains(record, old) {
			t.Fatalf("the record does not hold %s", old)
		}
		record = strings.Replace(record, old, replacement, 1)
	}
	return decode(t, record)
}

func decode(t *testing.T, record string) *statement.Statement {
	t.Helper()
	s := &statement.Statement{}
	if err := json.Unmarshal([]byte(record), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCompareMissesNothing changes every single value of a record in turn: each
// change but those that always differ is a line, and an unchanged record has none.
func TestCompareMissesNothing(t *testing.T) {
	s := everything(t)
	if changes := statement.Compare(s, s); len(changes) > 0 {
		t.Fatalf("nothing changed, and yet: %v", changes)
	}
	var tree any
	if err := json.Unmarshal(statement.Encode(s), &tree); err != nil {
		t.Fatal(err)
	}
	n := 0
	each(tree, "", func(path string, value any, set func(any)) {
		if path == ".asOf" || path == ".digest" || path == ".supersedes" {
			return
		}
		n++
		for _, other := range others(value) {
			set(other)
			changed := &statement.Statement{}
			record := must(json.Marshal(tree))
			if json.Unmarshal(record, changed) != nil {
				continue // not a value of this field
			}
			if len(statement.Compare(s, changed)) == 0 {
				t.Errorf("%s: %v -> %v is no line", path, value, other)
			}
			set(value)
			return
		}
		t.Errorf("%s: no other value than %v was found", path, value)
		set(value)
	})
	if n < 100 {
		t.Errorf("only %d values were changed", n)
	}
}

// others returns values to try in place of a value.
func others(value any) []any {
	switch v := value.(type) {
	case bool:
		return []any{!v}
	case float64:
		return []any{v + 1}
	}
	return []any{"2020-01", "2020-01-01T00:00:00Z", "USD", "77.00", "77", fmt.Sprint(value, "x")}
}

// each visits the values of a tree; set puts another in the place of one.
func each(tree any, path string, visit func(path string, value any, set func(any))) {
	inner := func(path string, value any, set func(any)) {
		switch value.(type) {
		case map[string]any, []any:
			each(value, path, visit)
		default:
			visit(path, value, set)
		}
	}
	switch v := tree.(type) {
	case map[string]any:
		for name, value := range v {
			inner(path+"."+name, value, func(x any) { v[name] = x })
		}
	case []any:
		for i, value := range v {
			inner(fmt.Sprintf("%s[%d]", path, i), value, func(x any) { v[i] = x })
		}
	}
}

func TestCompareTellsEvidenceOnlyWhereNothingElseDoes(t *testing.T) {
	s := everything(t)
	only := decode(t, strings.Replace(string(statement.Encode(s)), s.Measures[0].Evidence, "sha256:0", 1))
	if changes := statement.Compare(s, only); len(changes) != 1 || changes[0].Line != "evidence of KPI-1" {
		t.Errorf("changes %v", changes)
	}
	only.Measures[0].Met++
	if changes := statement.Compare(s, only); len(changes) != 1 || changes[0].Line != "measure KPI-1" {
		t.Errorf("changes %v", changes)
	}
}

func TestCompareOrdersLinesThatCameAndWent(t *testing.T) {
	s := everything(t)
	other := decode(t, string(statement.Encode(s)))
	other.Measures[0].Missed[0].Ticket = "INC-3"
	other.Measures[0].Excluded = nil
	var lines []string
	for _, c := range statement.Compare(s, other) {
		lines = append(lines, c.Line+" "+c.Before[:7]+" "+c.After[:7])
	}
	want := []string{
		"ticket INC-3, life 2, of KPI-1 nothing missed:", "ticket INC-7, life 2, of KPI-1 missed: nothing", "ticket INC-8 of KPI-1 exclude nothing",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
}
