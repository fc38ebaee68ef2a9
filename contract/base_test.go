package contract_test

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
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

// edited returns the good contract with one passage replaced by another, or several
// that "···" separates. Each passage must be there, and once.
func edited(t testing.TB, old, replacement string) string {
	t.Helper()
	olds, replacements := strings.Split(old, "···"), strings.Split(replacement, "···")
	if len(olds) != len(replacements) {
		t.Fatalf("%d passages, and %d to replace them", len(olds), len(replacements))
	}
	text := good
	for i := range olds {
		if n := strings.Count(text, olds[i]); n != 1 {
			t.Fatalf("the good contract holds this passage %d times:\n%s", n, olds[i])
		}
		text = strings.Replace(text, olds[i], replacements[i], 1)
	}
	return text
}

// broken is a contract with one edit. Where a finding is expected on a line, the
// edit says so by its number, such as #!1301; the marks are taken off before reading.
type broken struct {
	name     string
	old, new string
	says     string // a part of the message of the first finding
}

// wanted is one expected finding, or one found.
type wanted struct{ line, number int }

var mark = regexp.MustCompile(` #!(\d{4})`)

// marked takes the marks off a text and returns what they expect.
func marked(text string) (string, []wanted) {
	var out []wanted
	for i, line := range strings.Split(text, "\n") {
		for _, m := range mark.FindAllStringSubmatch(line, -1) {
			n, _ := strconv.Atoi(m[1])
			out = append(out, wanted{i + 1, n})
		}
	}
	return mark.ReplaceAllString(text, ""), out
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
	text, want := marked(edited(t, b.old, b.new))
	doc, where, findings := document.Read[contract.Document]("tower-a.yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatalf("cannot be read:\n%v", findings)
	}
	findings = check(&doc, where)
	if got := found(t, "tower-a.yaml", findings); !slices.Equal(got, want) {
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
