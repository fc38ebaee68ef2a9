package eventlog

import (
	"strconv"

	"towerbridge/journal"
	"towerbridge/span"
)

// The members of a line that are texts, in the order in which the journal writes
// them.
const (
	sourceMember = iota
	keyMember
	ticketMember
	happenedMember
	learntMember
	eventMember
	statusMember
	kindMember
	priorityMember
	serviceMember
	siteMember
	partyMember
	teamMember
	reasonMember
	relatedMember
	seriesMember
	byMember
	visibilityMember
	correctsMember
	actMember // of acts only
	subjectMember
	textCount
)

var textMembers = [textCount]string{
	"source", "key", "ticket", "happened", "learnt", "event", "status", "kind", "priority", "service", "site",
	"party", "team", "reason", "related", "series", "by", "visibility", "corrects", "act", "subject",
}

// The members of a line that are numbers.
const (
	lineNumber = iota
	numeratorNumber
	denominatorNumber
	numberCount
)

var numberMembers = [numberCount]string{"line", "numerator", "denominator"}

// openLine is one line of the journal's open form, taken apart. Its texts are
// valid until the next line is read.
type openLine struct {
	texts   [textCount][]byte
	given   uint64 // which of members have been seen
	after   int    // the place in members after the one seen last
	numbers [numberCount]struct {
		value int64
		given bool
	}
	fields    []textPair // in the order of their names
	backdated bool
	decided   bool
	decision  journal.Decision
	withheld  []journal.Withheld
	salt      string
	open      []clearText
	digest    []byte
}

// reset empties the line. What a journal keeps is made anew each time.
func (l *openLine) reset() {
	l.texts, l.given, l.after, l.digest = [textCount][]byte{}, 0, 0, nil
	clear(l.numbers[:])
	l.fields, l.open = l.fields[:0], l.open[:0]
	l.backdated, l.decided, l.decision, l.withheld, l.salt = false, false, journal.Decision{}, nil, ""
}

type textPair struct{ name, value []byte }

// clearText is content given in clear, to be kept as a salted digest.
type clearText struct {
	name    string
	content string
}

// facts returns what the line says about its ticket.
func (l *openLine) facts(b *journal.Builder) journal.Facts {
	f := journal.Facts{
		Line: uint8(l.numbers[lineNumber].value),
		Kind: b.NameOf(l.texts[kindMember]), Priority: b.NameOf(l.texts[priorityMember]),
		Service: b.NameOf(l.texts[serviceMember]), Site: b.NameOf(l.texts[siteMember]),
		Party: b.NameOf(l.texts[partyMember]), Team: b.NameOf(l.texts[teamMember]),
		Reason: b.NameOf(l.texts[reasonMember]), Related: b.NameOf(l.texts[relatedMember]),
		Series:      b.NameOf(l.texts[seriesMember]),
		Numerator:   l.numbers[numeratorNumber].value,
		Denominator: l.numbers[denominatorNumber].value,
		By:          b.NameOf(l.texts[byMember]),
	}
	f.Event, _ = journal.ParseEvent(string(l.texts[eventMember]))
	f.Status, _ = journal.ParseStatus(string(l.texts[statusMember]))
	f.Visibility, _ = journal.ParseVisibility(string(l.texts[visibilityMember]))
	if len(l.fields) > 0 {
		f.Extra = b.Extra(l.furtherFields())
	}
	return f
}

// keep gives an entry the marks of what the line has beside facts, and its builder
// what they stand for.
func (l *openLine) keep(b *journal.Builder, e *journal.Entry) {
	if l.backdated {
		e.Marks |= journal.Backdated
	}
	if len(l.texts[correctsMember]) > 0 {
		e.Marks |= journal.Corrects
		b.Correct(*e, string(l.texts[correctsMember]))
	}
	if l.decided {
		e.Marks |= journal.Decided
		b.Decide(*e, l.decision)
	}
	if len(l.withheld) > 0 {
		e.Marks |= journal.Private
		b.Withhold(*e, l.withheld...)
	}
}

// furtherFields returns the members of fields.
func (l *openLine) furtherFields() map[string]string {
	out := make(map[string]string, len(l.fields))
	for _, x := range l.fields {
		out[string(x.name)] = string(x.value)
	}
	return out
}

// append appends the line as [journal.Journal.AppendLine] writes it, and returns
// where in it the facts stand.
func (l *openLine) append(b []byte, happened, learnt span.Instant) (out []byte, from, to int) {
	start := len(b)
	b = l.appendText(b, sourceMember)
	b = l.appendText(b, keyMember)
	b = l.appendText(b, ticketMember)
	b = appendInstant(append(b, `,"happened":"`...), l.texts[happenedMember], happened)
	b = appendInstant(append(b, `","learnt":"`...), l.texts[learntMember], learnt)
	b = append(b, '"')
	from = len(b)
	b = l.appendFacts(b)
	to = len(b)
	b = l.appendRest(b)
	b[start] = '{' // instead of the first comma
	return append(b, '}'), from, to
}

// appendFacts appends the members that say something about the ticket.
func (l *openLine) appendFacts(b []byte) []byte {
	for m := eventMember; m <= teamMember; m++ {
		b = l.appendText(b, m)
	}
	b = l.appendNumber(b, lineNumber)
	for m := reasonMember; m <= seriesMember; m++ {
		b = l.appendText(b, m)
	}
	b = l.appendNumber(b, numeratorNumber)
	b = l.appendNumber(b, denominatorNumber)
	b = l.appendText(b, byMember)
	b = l.appendText(b, visibilityMember)
	if len(l.fields) > 0 {
		b = append(b, `,"fields":{`...)
		for _, x := range l.fields {
			b = append(appendText(b, x.name), ':')
			b = append(appendText(b, x.value), ',')
		}
		b[len(b)-1] = '}'
	}
	return b
}

func (l *openLine) appendText(b []byte, m int) []byte {
	if len(l.texts[m]) == 0 {
		return b
	}
	b = append(append(append(b, ',', '"'), textMembers[m]...), '"', ':')
	return appendText(b, l.texts[m])
}

func (l *openLine) appendNumber(b []byte, m int) []byte {
	if n := &l.numbers[m]; n.given {
		b = append(append(append(b, ',', '"'), numberMembers[m]...), '"', ':')
		b = strconv.AppendInt(b, n.value, 10)
	}
	return b
}

// appendRest appends the members that few lines have.
func (l *openLine) appendRest(b []byte) []byte {
	b = l.appendText(b, correctsMember)
	if l.backdated {
		b = append(b, `,"backdated":true`...)
	}
	if l.decided {
		b = appendText(append(b, `,"decision":{"choice":`...), []byte(l.decision.Choice))
		b = appendText(append(b, `,"who":`...), []byte(l.decision.Who))
		b = appendText(append(b, `,"why":`...), []byte(l.decision.Why))
		b = append(b, '}')
	}
	if len(l.withheld) > 0 {
		b = append(b, `,"withheld":[`...)
		for _, w := range l.withheld {
			b = appendText(append(b, `{"name":`...), []byte(w.Name))
			b = appendText(append(b, `,"digest":`...), []byte(w.Digest))
			b = append(b, '}', ',')
		}
		b[len(b)-1] = ']'
	}
	return b
}

// appendInstant appends an instant; a text of 20 bytes is written as the journal
// writes it already.
func appendInstant(b, text []byte, at span.Instant) []byte {
	if len(text) == len("2026-03-29T00:30:00Z") && text[10] == 'T' && text[19] == 'Z' {
		return append(b, text...)
	}
	return append(b, at.String()...)
}

// appendText appends a JSON string, escaping only what JSON demands.
func appendText(b, s []byte) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for from := 0; ; {
		at := from
		for at < len(s) && s[at] >= 0x20 && s[at] != '"' && s[at] != '\\' {
			at++
		}
		b = append(b, s[from:at]...)
		if at == len(s) {
			return append(b, '"')
		}
		if c := s[at]; c < 0x20 {
			b = append(append(b, `\u00`...), digits[c>>4], digits[c&15])
		} else {
			b = append(b, '\\', c)
		}
		from = at + 1
	}
}
