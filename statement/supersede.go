package statement

import (
	"cmp"
	"fmt"
	"strings"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// Supersede draws an issued statement's contract and period again, as known at a
// later instant (nil: the last at which the journal learnt anything), with the
// earlier results that the old one was drawn with, and returns what changed.
//
// Where the new statement is the old one to the last byte, as it is at the old
// instant with the same documents, it is returned with the old digest: there is
// nothing to supersede. Otherwise it names the old digest.
func Supersede(old *Statement, b *Book, j *journal.Journal, asOf *span.Instant, workers int) (*Statement, []Change, error) {
	at := max(old.AsOf, j.LastLearnt())
	if asOf != nil {
		at = *asOf
	}
	if at < old.AsOf {
		return nil, nil, fault.New(fault.Invalid, "Give a later instant; to see an earlier one, draw a statement as of it.",
			"the statement is as of %s, and cannot be superseded by one as of %s", old.AsOf, at)
	}
	o := Order{Contract: old.Contract, Period: old.Period, AsOf: &at, Supersedes: old.Supersedes, given: &old.Earlier}
	drawn, err := Draw(b, j, []Order{o}, workers)
	if err != nil {
		return nil, nil, err
	}
	s := drawn[0]
	if s.Digest != old.Digest {
		s.Supersedes = old.Digest
		s.seal()
	}
	return s, Compare(old, s), nil
}

// Change is one line that differs between two statements.
type Change struct {
	Line   string `json:"line"`   // such as measure KPI-1, ticket INC-7 of KPI-1, credit points/KPI-1, total
	Before string `json:"before"` // nothing, where the line is new
	After  string `json:"after"`  // nothing, where the line is gone
}

// String writes the change in a line.
func (c Change) String() string { return fmt.Sprintf("%s: %s -> %s", c.Line, c.Before, c.After) }

// Compare returns the lines that differ between two statements of a period, in the
// order of the new one, and nothing else. The instant, the digests and what is
// superseded differ always and are no lines; the digest of a measure's evidence is
// one where nothing else of the measure differs.
func Compare(before, after *Statement) []Change {
	old := linesOf(before)
	var out []Change
	at := 0
	gone := func(to int) { // lines of the old statement that the new one does not have
		for ; at < to; at++ {
			if !old.seen[at] {
				out = append(out, Change{old.list[at].name, old.list[at].text, "nothing"})
			}
		}
	}
	now := linesOf(after)
	for i := range old.list {
		_, old.seen[i] = now.at[old.list[i].name]
	}
	for _, x := range now.list {
		i, ok := old.at[x.name]
		if !ok {
			out = append(out, Change{x.name, "nothing", x.text})
			continue
		}
		if i >= at {
			gone(i)
			at = i + 1
		}
		if old.list[i].text != x.text {
			out = append(out, Change{x.name, old.list[i].text, x.text})
		}
	}
	gone(len(old.list))
	return quietEvidence(out)
}

// quietEvidence leaves out the evidence of measures of which another line differs.
func quietEvidence(changes []Change) []Change {
	told := map[string]bool{}
	for _, c := range changes {
		_, measure, _ := strings.Cut(c.Line, " of ")
		told[measure] = told[measure] || strings.HasPrefix(c.Line, "ticket ")
		if measure, ok := strings.CutPrefix(c.Line, "measure "); ok {
			told[measure] = true
		}
	}
	out := changes[:0]
	for _, c := range changes {
		if measure, ok := strings.CutPrefix(c.Line, "evidence of "); !ok || !told[measure] {
			out = append(out, c)
		}
	}
	return out
}

// lines is a statement as people compare it.
type lines struct {
	list []line
	at   map[string]int
	seen []bool
}

type line struct{ name, text string }

// add appends a line; one with the name of another is numbered.
func (l *lines) add(name, format string, args ...any) {
	base := name
	for n := 2; ; n++ {
		if _, taken := l.at[name]; !taken {
			break
		}
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	l.at[name] = len(l.list)
	l.list = append(l.list, line{name, fmt.Sprintf(format, args...)})
	l.seen = append(l.seen, false)
}

func linesOf(s *Statement) *lines {
	l := &lines{at: map[string]int{}}
	for _, x := range [...]line{
		{"form", s.Format},
		{"contract", s.Contract},
		{"title", s.Title},
		{"customer", s.Customer},
		{"supplier", s.Supplier},
		{"integrator", s.Integrator},
		{"period", s.Period.String() + ", from " + s.From + " to " + s.To},
		{"zone", s.Zone},
		{"zone data", s.ZoneData},
		{"cut-off", s.CutOff.String()},
	} {
		l.add(x.name, "%s", cmp.Or(x.text, "none"))
	}
	for _, d := range s.Documents {
		l.add("document "+d.Name, "%s", d.Digest)
	}
	for i := range s.Measures {
		l.measure(&s.Measures[i])
	}
	l.add("charges", "%s%s", s.Charges, bracket(s.ChargesBy))
	for _, c := range s.Credits {
		l.add("credit "+cmp.Or(c.ID, c.Scheme), "%s, %s%s", c.Amount, c.Rule, bracket("scheme "+c.Scheme, worded("measure ", c.Measure),
			c.Period.String(), worded("band ", c.Band), counted(c.Points, "point"), c.Clause, worded("rounded ", c.Rounding)))
	}
	for _, x := range s.Schemes {
		l.add("scheme "+x.Scheme, "gross %s, net %s, excess %s, earned back %s, %s%s", x.Gross, x.Net, x.Excess, x.EarnedBack, x.Rule,
			bracket(counted(x.Points, "point"), x.Clause, worded("rounded ", x.Rounding)))
		for _, k := range x.Caps {
			l.add("cap of "+x.Scheme, "limit %s, taken %s, room %s%s, %s%s", k.Limit, k.Taken, k.Room, worded(", ", holdsWord(k.Holds)), k.Rule,
				bracket(fmt.Sprint("over ", k.Periods), fmt.Sprint("unknown ", k.Missing), k.Clause))
		}
	}
	for _, k := range s.Cap {
		l.add("cap "+k.Scheme, "limit %s, room %s%s, %s%s", k.Limit, k.Room, worded(", ", holdsWord(k.Reached)), k.Rule, bracket(k.Clause))
	}
	l.add("total", "%s", s.Total)
	for _, e := range s.Earlier {
		l.add("earlier period "+e.Period.String(), "%+v", e)
	}
	return l
}

// measure adds a measure's line, its terms, its evidence, and each ticket of it that
// is named.
func (l *lines) measure(m *Measure) {
	text := fmt.Sprintf("met %d of %d, %s", m.Met, m.Counted, m.Display)
	for _, x := range [...]string{
		worded("exactly ", m.Value), worded("band ", m.Band), flag(m.Failed, "failed"), counted(m.Points, "point"),
		m.PointsWhy, flag(m.Repeat, "repeated"), worded("suppressed by ", m.Suppressed), worded("rated ", m.Rating),
		counted(m.Tickets, "ticket"), strings.Join(m.Notes, "; "),
	} {
		text += worded(", ", x)
	}
	for _, a := range m.Aside {
		text += fmt.Sprintf(", set aside %d: %s", a.Tickets, a.Reason)
	}
	if m.Base != m.Points || m.Multiplier != 0 {
		text += fmt.Sprintf(", %d x %d", m.Base, m.Multiplier)
	}
	l.add("measure "+m.ID, "%s", text)
	l.add("terms of "+m.ID, "%s", strings.Join([]string{
		m.Name, m.Clause, m.Kind, m.Period.String(), m.Unit, worded("rounded ", m.Rounding), worded("target ", m.Target), worded("band by ", m.BandClause),
	}, ", "))
	l.add("evidence of "+m.ID, "%s", m.Evidence)
	for _, x := range m.Missed {
		name := "ticket " + x.Ticket + " of " + m.ID
		if x.Episode > 0 {
			name = fmt.Sprintf("ticket %s, life %d, of %s", x.Ticket, x.Episode+1, m.ID)
		}
		l.add(name, "missed: %d s of %d s%s", x.Elapsed, x.Target, worded(", due ", x.Due))
	}
	for _, x := range m.Excluded {
		l.add("ticket "+x.Ticket+" of "+m.ID, "excluded: %s%s", x.Reason, bracket(x.Clause, worded("rule ", x.Rule)))
	}
}

func worded(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}

func flag(on bool, word string) string {
	if on {
		return word
	}
	return ""
}

func holdsWord(on bool) string { return flag(on, "reached") }

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// bracket lists what is not empty in brackets.
func bracket(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return " (" + strings.Join(kept, ", ") + ")"
}
