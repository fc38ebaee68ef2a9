package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"towerbridge/audit"
	"towerbridge/statement"
)

// MaxTickets is how many tickets one list of a page has. What is beyond them is counted
// there in a sentence, and is in the command's JSON.
const MaxTickets = 300

// Audit is a reading of patterns worth a look, ready to be shown as a page.
type Audit struct {
	Book   *statement.Book
	Report *audit.Report
}

// HTML writes the page: one file that needs nothing else and prints to A4. An error is
// that of the writer.
func (a *Audit) HTML(w io.Writer) error {
	return write(w, auditPage(&auditView{a, &Sheet{book: a.Book, statement: &statement.Statement{}, zone: estateZone(a.Book)}}))
}

type auditView struct {
	*Audit
	sheet *Sheet
}

// estateZone is the zone of the estate; UTC where it is not known.
func estateZone(b *statement.Book) *time.Location {
	if b.Estate != nil {
		if z, err := b.Zones.Location(b.Estate.Document().Zone); err == nil {
			return z
		}
	}
	return time.UTC
}

// about says which time the page is about.
func (v *auditView) about() string {
	r := v.Report
	if r.From == nil || r.To == nil {
		return "The whole log"
	}
	return fmt.Sprintf("From %s up to but not including %s", r.From, r.To)
}

func (v *auditView) contents() []heading {
	return []heading{{"look", "Worth a look"}, {"asked", "All that was asked"}, {"patterns", "The patterns"}}
}

// patternWords names a pattern for people: late-pause is Late pause.
func patternWords(p audit.Pattern) string {
	words := strings.ReplaceAll(string(p), "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func (v *auditView) definition(p audit.Pattern) audit.Definition {
	for _, d := range v.Report.Definitions {
		if d.Pattern == p {
			return d
		}
	}
	return audit.Definition{}
}

// questionTitle names a question.
func (v *auditView) questionTitle(q *audit.Question) string {
	text := patternWords(q.Pattern) + ": " + v.sheet.party(q.Party) + ", contract " + q.Contract
	if q.Clock != "" {
		text += ", clock " + q.Clock
	}
	if q.Subject != "" {
		text += ", " + q.Subject
	}
	return text
}

// foundBars are what was found beside what was to be expected, on one scale.
func foundBars(q *audit.Question) []level {
	return scaled([]level{
		{"Found", []levelBar{{Fill: secondFill, Text: whole(q.Found), N: q.Found * 1000}}},
		{"To be expected", []levelBar{{Fill: firstFill, Text: q.Expected(), N: q.ExpectedThousandths}}},
	})
}

// chanceText writes a probability for people.
func chanceText(x float64) string {
	if x < 0.0001 {
		return "under 0.01%"
	}
	return fmt.Sprintf("%.3g%%", x*100)
}

// aboutQuestion says what a question is about within its contract.
func aboutQuestion(q *audit.Question) string {
	var words []string
	if q.Clock != "" {
		words = append(words, "clock "+q.Clock)
	}
	if q.Subject != "" {
		words = append(words, q.Subject)
	}
	return strings.Join(words, ", ")
}
