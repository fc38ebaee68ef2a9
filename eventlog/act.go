package eventlog

import (
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
)

// A line with the member "act" is no entry: it says what was done to the record itself,
// such as that a document was put on a shelf. A record that was exported has such lines
// among its entries. They are checked, counted, and left out of the journal of tickets.

// The members that the line of an act may have, a bit for each, and those that make it
// one.
var (
	actAllowed   = given("source", "key", "learnt", "act", "by", "subject", "digest", "fields", "withheld")
	actGiven     = given("act")
	subjectGiven = given("subject")
)

// given returns the bits of members.
func given(names ...string) (bits uint64) {
	for _, name := range names {
		bits |= 1 << slices.Index(members, name)
	}
	return bits
}

// isAct reports whether the line is that of an act.
func (l *openLine) isAct() bool { return l.given&actGiven != 0 }

// act returns the act that the line is, or why it is none.
func (l *openLine) act(stamps *stamps) (journal.ActDraft, *refusal) {
	for at, name := range members {
		if l.given&^actAllowed&(1<<at) != 0 {
			return journal.ActDraft{}, &refusal{badLine, name, "an act does not have this member"}
		}
	}
	for _, m := range [...]int{sourceMember, keyMember, learntMember, actMember} {
		if len(l.texts[m]) == 0 {
			return journal.ActDraft{}, &refusal{badLine, textMembers[m], "the member is missing"}
		}
	}
	learnt, _, means := stamps.read(l.texts[learntMember])
	if means != certain {
		return journal.ActDraft{}, &refusal{badStamp, "learnt", quote(string(l.texts[learntMember])) + " is not an instant with its offset"}
	}
	return l.draft(learnt), nil
}

func (l *openLine) draft(learnt span.Instant) journal.ActDraft {
	out := journal.ActDraft{
		Source: string(l.texts[sourceMember]), Key: string(l.texts[keyMember]), Learnt: learnt, Act: string(l.texts[actMember]),
		By: string(l.texts[byMember]), Subject: string(l.texts[subjectMember]), Digest: string(l.digest), Withheld: l.withheld,
	}
	if len(l.fields) > 0 {
		out.Fields = l.furtherFields()
	}
	return out
}
