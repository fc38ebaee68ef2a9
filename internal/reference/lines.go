package reference

import "towerbridge/eventlog"

// linesSection writes the members of a line of the journal's open form.
func linesSection(p *page) {
	p.line("")
	p.line("## Lines")
	p.line("")
	p.line("An entry is one JSON object on a line of its own, with its members in this order and without spaces; what says nothing is left out. Its digest is over exactly these bytes. A log that is read may have the members in any order.")
	p.head("member", "type", "meaning")
	for _, name := range eventlog.Members() {
		m := memberMeanings[name]
		p.row("`"+name+"`", m.form, m.text)
	}
	p.line("")
	p.line("A line with `act` is no entry of a ticket: it says what was done to the record itself, and a record that was exported has such lines. It has `source`, `key`, `learnt`, `act`, `by`, `subject`, `digest` (of the content that the act was about), `fields` and `withheld`, in this order. Such lines are counted and left out of what is measured: rows = entries + held + refused + acts.")
}

// meaning is what a member of a line holds.
type meaning struct{ form, text string }

var memberMeanings = map[string]meaning{
	"source":      {"text", "the tool that the entry comes from; never empty"},
	"key":         {"text", "the entry's own name in its source, or the number of its row; never empty"},
	"ticket":      {"text", "the ticket that it is about; never empty"},
	"happened":    {"instant", "when it happened, by the source's own stamp"},
	"learnt":      {"instant", "when the record learnt of it; a log may leave it out where it is the same"},
	"event":       {"event", "what happened"},
	"status":      {"state", "the state that the ticket is in afterwards, where the source says so"},
	"kind":        {"text", "incident, request, outage, maintenance, call and so on"},
	"priority":    {"text", "the ticket's priority"},
	"service":     {"id", "the service of the estate that the ticket is about"},
	"site":        {"id", "the site of the estate that the ticket is about"},
	"party":       {"id", "the party of the estate that holds the ticket, is offered it or rejected it"},
	"team":        {"text", "the team that holds the ticket or is offered it"},
	"line":        {"number", "the team's support line, from 1 to 255"},
	"reason":      {"text", "why work stands, or why the ticket was rejected or cancelled; the kind of a link"},
	"related":     {"text", "the other ticket of a link"},
	"series":      {"text", "the series that a measured value belongs to"},
	"numerator":   {"number", "the measured value; needs a series"},
	"denominator": {"number", "what the value is out of, above zero"},
	"by":          {"id", "the party of the estate on whose behalf it was done"},
	"visibility":  {"own, shared or public", "who may read what was written down: the party that wrote it, the parties that work on the ticket, or everybody who may see it"},
	"fields":      {"object of texts", "further fields, in the order of their names"},
	"corrects":    {"text", "the key of the entry of the same ticket and source that this one corrects"},
	"backdated":   {"true", "it was entered afterwards, by hand"},
	"decision":    {"object of choice, who and why", "the recorded decision by which the row could be read"},
	"withheld":    {"list of name and digest", "what is kept out of the line: SHA-256 of a salt, a zero byte and the content"},
	"digest":      {"digest", "read only, of an entry: SHA-256 of the line without this member, which must agree"},
	"salt":        {"text", "read only: the salt of content that is given in clear"},
	"text":        {"text", "read only: free text in clear, of which the salted digest is kept"},
	"people":      {"list of texts", "read only: people in clear, of which the salted digests are kept"},
	"attachments": {"list of texts", "read only: attachments in clear, of which the salted digests are kept"},
	"act":         {"text", "of acts alone: what was done, such as document.put"},
	"subject":     {"text", "of acts alone: what it was done to"},
}
