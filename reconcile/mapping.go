package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
)

// Findings about a supplier's figures.
var (
	ruleNoColumn = fault.Declare(1930, "a column of the supplier's figures is missing",
		"Name the column as the file does, under columns in the mapping or by --column ticket=NAME.")
	ruleTwoForms = fault.Declare(1931, "the figures are neither tickets nor totals",
		"Give a column of tickets with verdicts or minutes, or columns of totals met and counted.")
	ruleRow = fault.Declare(1932, "a row of the supplier's figures cannot be read",
		"Mend the row, or have it exported again.")
	ruleVerdict = fault.Declare(1933, "a verdict is not one that the mapping knows",
		"Write met, missed or excluded, or add the supplier's word under verdicts in the mapping.")
	ruleLength = fault.Declare(1934, "a length of time cannot be read",
		"Write a plain number such as 90 or 90.5, and say by unit what it counts.")
	ruleMeasure = fault.Declare(1935, "the figures name no measure that can be compared",
		"Name a measure of the contract that is due in the period, in a column of measures or by --measure.")
	ruleCount = fault.Declare(1936, "a total is not a whole number",
		"Write the numerator and the denominator as whole numbers, as in 95 of 100.")
	ruleTooLong = fault.Declare(1937, "the supplier's figures are too long",
		"Split the file; its limits are in the documentation of package reconcile.")
	ruleWordTwice = fault.Declare(1938, "a word stands for two verdicts",
		"Keep it under one of them.")
	ruleMore = fault.Declare(1939, "more findings follow",
		"Mend those above first.")
)

// Mapping says how a supplier's file writes its figures. The zero mapping is that of a
// file with the columns measure, ticket, verdict and minutes, or measure, met and
// counted.
type Mapping struct {
	Delimiter string   `doc:"delimiter" about:"One character between columns; a comma if left out."`
	Columns   Columns  `doc:"columns" about:"Names of the columns, as the file's first row has them; their own names if left out."`
	Unit      Unit     `doc:"unit" about:"What a length of time is written in; minutes if left out."`
	Verdicts  Verdicts `doc:"verdicts" about:"Words that stand for a verdict, in place of the usual ones. Case is no matter."`
}

// Columns are the names of columns.
type Columns struct {
	Measure string `doc:"measure" about:"Column of the measure's id; without one all rows are of the measure that was asked for."`
	Ticket  string `doc:"ticket" about:"Column of the ticket."`
	Verdict string `doc:"verdict" about:"Column of the verdict."`
	Minutes string `doc:"minutes" about:"Column of the time counted."`
	Met     string `doc:"met" about:"Column of the numerator, where only totals are given."`
	Counted string `doc:"counted" about:"Column of the denominator, where only totals are given."`
}

// Verdicts are the words for each verdict.
type Verdicts struct {
	Met      []string `doc:"met" about:"Words for a ticket in time."`
	Missed   []string `doc:"missed" about:"Words for a ticket that was late."`
	Excluded []string `doc:"excluded" about:"Words for a ticket that does not count."`
}

// usual are the words that need no mapping.
var usual = Verdicts{
	Met:      []string{"met", "yes", "pass", "passed", "achieved", "true"},
	Missed:   []string{"missed", "no", "fail", "failed", "breached", "false"},
	Excluded: []string{"excluded", "exempt"},
}

// Unit is what a length of time is written in.
type Unit string

// The units.
const (
	InMinutes Unit = "minutes"
	InSeconds Unit = "seconds"
	InHours   Unit = "hours"
	AsClock   Unit = "hh:mm"    // hours and minutes, such as 101:30
	AsSeconds Unit = "hh:mm:ss" // with seconds
)

// SchemaEnum lists the units.
func (Unit) SchemaEnum() []string {
	return []string{string(InMinutes), string(InSeconds), string(InHours), string(AsClock), string(AsSeconds)}
}

// UnmarshalText reads a unit.
func (u *Unit) UnmarshalText(b []byte) error {
	if !slices.Contains(u.SchemaEnum(), string(b)) {
		return fmt.Errorf("%q is no unit; write %s", b, strings.Join(u.SchemaEnum(), ", "))
	}
	*u = Unit(b)
	return nil
}

// ReadMapping reads a mapping document.
func ReadMapping(file string, data []byte) (Mapping, fault.Findings) {
	m, where, findings := document.Read[Mapping](file, data)
	if len(findings) > 0 {
		return m, findings
	}
	if m.Delimiter != "" && (len(m.Delimiter) != 1 || strings.Contains("\"\r\n", m.Delimiter) || m.Delimiter[0] >= 0x80) {
		findings = append(findings, where.Finding(ruleRow, "delimiter", "%q cannot part columns", m.Delimiter))
	}
	seen := map[string]string{}
	for _, list := range []struct {
		path  string
		words []string
	}{{"verdicts.met", m.Verdicts.Met}, {"verdicts.missed", m.Verdicts.Missed}, {"verdicts.excluded", m.Verdicts.Excluded}} {
		for i, w := range list.words {
			if other, twice := seen[fold(w)]; twice {
				findings = append(findings, where.Finding(ruleWordTwice, fmt.Sprintf("%s[%d]", list.path, i), "%q is one of %s already", w, other))
			}
			seen[fold(w)] = list.path
		}
	}
	return m, findings
}

// Column sets the name of a column by its role: measure, ticket, verdict, minutes,
// met or counted.
func (m *Mapping) Column(role, name string) error {
	c := &m.Columns
	place, ok := map[string]*string{
		"measure": &c.Measure, "ticket": &c.Ticket, "verdict": &c.Verdict, "minutes": &c.Minutes, "met": &c.Met, "counted": &c.Counted,
	}[role]
	if !ok {
		return fault.New(fault.Invalid, "Write one of measure, ticket, verdict, minutes, met, counted.", "%q is no column's role", role)
	}
	*place = name
	return nil
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// words returns the verdict of each word.
func (m *Mapping) words() map[string]Verdict {
	out := map[string]Verdict{}
	own := len(m.Verdicts.Met)+len(m.Verdicts.Missed)+len(m.Verdicts.Excluded) > 0
	v := m.Verdicts
	if !own {
		v = usual
	}
	for verdict, list := range map[Verdict][]string{Met: v.Met, Missed: v.Missed, Excluded: v.Excluded} {
		for _, w := range list {
			out[fold(w)] = verdict
		}
	}
	return out
}
