package journal

import (
	"slices"
	"strconv"

	"towerbridge/span"
)

// Visibility is who may read a note.
type Visibility uint8

// The visibilities of a note. An entry without one is as visible as its ticket.
const (
	NoVisibility Visibility = iota
	OwnParty                // only people of the party that wrote it
	Shared                  // the parties that work on the ticket, not its reporter
	Public                  // everybody who may see the ticket
)

var visibilityNames = [...]string{"", "own", "shared", "public"}

// String returns the visibility's name in the open form.
func (v Visibility) String() string { return visibilityNames[v] }

// ParseVisibility returns the visibility of a name.
func ParseVisibility(s string) (Visibility, bool) {
	at := slices.Index(visibilityNames[:], s)
	return Visibility(max(at, 0)), at > 0
}

// Draft is an entry about a ticket in words, before it is written. See [Entry] and
// [Facts] for what its fields mean; an empty field says nothing.
type Draft struct {
	Source, Key, Ticket                                                          string
	Happened, Learnt                                                             span.Instant
	Event                                                                        Event
	Status                                                                       Status
	Kind, Priority, Service, Site, Party, Team, Reason, Related, Series, Correct string
	Line                                                                         uint8
	Numerator, Denominator                                                       int64
	Fields                                                                       map[string]string
	By                                                                           string // party on whose behalf it was done
	Visibility                                                                   Visibility
	Backdated                                                                    bool
	Withheld                                                                     []Withheld
}

// ActDraft is an act on the record itself, before it is written: what was done, by
// whom, to what. Its line has the member "act" and no member "ticket".
type ActDraft struct {
	Source, Key string
	Learnt      span.Instant
	Act         string // such as document.put
	By          string // party on whose behalf it was done
	Subject     string // what it was done to: an id
	Digest      string // of its content, as sha256: and hexadecimal
	Fields      map[string]string
	Withheld    []Withheld
}

// Append appends the open form of the entry, without a line end: the same bytes as
// [Journal.AppendLine] writes once it has been read.
func (d *Draft) Append(b []byte) []byte {
	start := len(b)
	b = appendMember(b, "source", d.Source)
	b = appendMember(b, "key", d.Key)
	b = appendMember(b, "ticket", d.Ticket)
	b = appendMember(b, "happened", d.Happened.String())
	b = appendMember(b, "learnt", d.Learnt.String())
	b = appendMember(b, "event", d.Event.String())
	b = appendMember(b, "status", d.Status.String())
	b = appendMember(b, "kind", d.Kind)
	b = appendMember(b, "priority", d.Priority)
	b = appendMember(b, "service", d.Service)
	b = appendMember(b, "site", d.Site)
	b = appendMember(b, "party", d.Party)
	b = appendMember(b, "team", d.Team)
	if d.Line > 0 {
		b = appendNumber(b, "line", int64(d.Line))
	}
	b = appendMember(b, "reason", d.Reason)
	b = appendMember(b, "related", d.Related)
	if d.Series != "" {
		b = appendMember(b, "series", d.Series)
		b = appendNumber(b, "numerator", d.Numerator)
		if d.Denominator != 0 {
			b = appendNumber(b, "denominator", d.Denominator)
		}
	}
	b = appendMember(b, "by", d.By)
	b = appendMember(b, "visibility", d.Visibility.String())
	b = appendFields(b, d.Fields)
	b = appendMember(b, "corrects", d.Correct)
	if d.Backdated {
		b = append(b, `,"backdated":true`...)
	}
	b = appendWithheld(b, d.Withheld)
	b[start] = '{' // instead of the first comma
	return append(b, '}')
}

// Append appends the act's line, without a line end.
func (d *ActDraft) Append(b []byte) []byte {
	start := len(b)
	b = appendMember(b, "source", d.Source)
	b = appendMember(b, "key", d.Key)
	b = appendMember(b, "learnt", d.Learnt.String())
	b = appendMember(b, "act", d.Act)
	b = appendMember(b, "by", d.By)
	b = appendMember(b, "subject", d.Subject)
	b = appendMember(b, "digest", d.Digest)
	b = appendFields(b, d.Fields)
	b = appendWithheld(b, d.Withheld)
	b[start] = '{'
	return append(b, '}')
}

func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return appendString(b, value)
}

func appendNumber(b []byte, name string, n int64) []byte {
	b = append(append(append(b, `,"`...), name...), `":`...)
	return strconv.AppendInt(b, n, 10)
}

func appendFields(b []byte, fields map[string]string) []byte {
	names := make([]string, 0, len(fields))
	for name, value := range fields {
		if value != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return b
	}
	slices.Sort(names)
	b = append(b, `,"fields":{`...)
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		b = appendString(b, fields[name])
	}
	return append(b, '}')
}

func appendWithheld(b []byte, list []Withheld) []byte {
	for i, w := range list {
		if i == 0 {
			b = append(b, `,"withheld":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(appendString(append(b, `{"name":`...), w.Name), `,"digest":`...)
		b = append(appendString(b, w.Digest), '}')
	}
	if len(list) > 0 {
		b = append(b, ']')
	}
	return b
}
