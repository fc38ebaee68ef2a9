package contract_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

//go:embed testdata/good.yaml
var good string

//go:embed testdata/estate.yaml
var estateText string

// calendarTexts are the calendars that the good contract refers to, and one that
// knows only the years of the bank holidays.
var calendarTexts = []string{`
id: always
zone: Europe/London
versions:
  - always: true
`, `
id: office
zone: Europe/London
versions:
  - week:
      monday: [09:00-17:00]
      tuesday: [09:00-17:00]
      wednesday: [09:00-17:00]
      thursday: [09:00-17:00]
      friday: [09:00-17:00]
    holidays: {sets: [england-and-wales]}
`}

// world returns the good contract's calendars, zones and estate.
func world(t testing.TB) contract.World {
	t.Helper()
	e, findings := estate.Read("estate.yaml", []byte(estateText))
	if len(findings) > 0 {
		t.Fatalf("estate:\n%v", findings)
	}
	w := contract.World{Estate: e, Calendars: contract.Calendars{}, Zones: calendar.Shipped()}
	for _, text := range calendarTexts {
		doc, findings := calendar.Read("calendar.yaml", []byte(text))
		if len(findings) > 0 {
			t.Fatalf("calendar:\n%v", findings)
		}
		c, findings := calendar.Compile(doc, w.Zones)
		if len(findings) > 0 {
			t.Fatalf("calendar:\n%v", findings)
		}
		w.Calendars[doc.ID] = c
	}
	return w
}

// edited returns the good contract with one passage replaced; the passage must be
// there, and once.
func edited(t testing.TB, old, replacement string) string {
	t.Helper()
	old, replacement = strings.TrimPrefix(old, "\n"), strings.TrimPrefix(replacement, "\n")
	if n := strings.Count(good, old); n != 1 {
		t.Fatalf("the good contract holds this passage %d times:\n%s", n, old)
	}
	return strings.Replace(good, old, replacement, 1)
}

// broken is a contract with one edit. Each line of the edit on which findings are
// expected ends with a comment of their numbers, such as #! 1301 1305.
type broken struct {
	name     string
	old, new string
	says     string // a part of the message of the first finding
}

// wanted is one expected finding, or one found.
type wanted struct{ line, number int }

// marked reads the expected findings from the comments of a text.
func marked(t testing.TB, text string) []wanted {
	t.Helper()
	var out []wanted
	for i, line := range strings.Split(text, "\n") {
		_, marks, found := strings.Cut(line, "#!")
		if !found {
			continue
		}
		for _, mark := range strings.Fields(marks) {
			n := 0
			for _, digit := range mark {
				n = 10*n + int(digit-'0')
			}
			out = append(out, wanted{i + 1, n})
		}
	}
	return out
}

// found lists the lines and numbers of findings, which must all be in the file.
func found(t testing.TB, file string, findings fault.Findings) []wanted {
	t.Helper()
	var out []wanted
	for _, f := range findings {
		if f.Position.File != file || f.Position.Line == 0 {
			t.Errorf("no place in %s: %v", file, f)
		}
		if f.Fix() == "" || strings.HasSuffix(f.Message, ".") {
			t.Errorf("no remedy, or a message with a full stop: %v", f)
		}
		out = append(out, wanted{f.Position.Line, f.Rule.Number})
	}
	return out
}

// run checks a broken contract and compares lines and numbers exactly.
func (b broken) run(t *testing.T, check func(*contract.Document, *document.Where) fault.Findings) {
	t.Helper()
	text := edited(t, b.old, b.new)
	doc, where, findings := document.Read[contract.Document]("tower-a.yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatalf("cannot be read:\n%v", findings)
	}
	findings = check(&doc, where)
	want, got := marked(t, text), found(t, "tower-a.yaml", findings)
	if !slices.Equal(got, want) {
		t.Fatalf("lines and numbers %v, want %v\n%v", got, want, findings)
	}
	if len(want) == 0 {
		t.Fatal("the case expects no finding: mark a line with #!")
	}
	if !strings.Contains(findings[0].Message, b.says) {
		t.Errorf("message %q does not say %q", findings[0].Message, b.says)
	}
}

func date(t testing.TB, s string) span.Date {
	t.Helper()
	d, err := span.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// instant reads an instant such as 2026-04-01T09:00+01:00.
func instant(t testing.TB, s string) span.Instant {
	t.Helper()
	i, err := span.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// compiled returns a contract ready to be asked.
func compiled(t testing.TB, text string) *contract.Contract {
	t.Helper()
	doc, where, findings := contract.Read("tower-a.yaml", []byte(text))
	w := world(t)
	findings = append(findings, doc.Check(where, w)...)
	if len(findings) > 0 {
		t.Fatalf("findings:\n%v", findings)
	}
	c, err := contract.Compile(doc, w.Calendars, w.Zones)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
