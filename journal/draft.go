package journal

import (
	"maps"
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
	b = appendString(append(b, `{"source":`...), d.Source)
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
	b = appendLine(b, d.Line)
	b = appendMember(b, "reason", d.Reason)
	b = appendMember(b, "related", d.Related)
	b = appendValue(b, d.Series, d.Numerator, d.Denominator)
	b = appendMember(b, "by", d.By)
	b = appendMember(b, "visibility", d.Visibility.String())
	b = appendFields(b, d.Fields)
	b = appendMember(b, "corrects", d.Correct)
	if d.Backdated {
		b = append(b, `,"backdated":true`...)
	}
	return append(appendWithheld(b, d.Withheld), '}')
}

// Append appends the act's line, without a line end.
func (d *ActDraft) Append(b []byte) []byte {
	b = appendString(append(b, `{"source":`...), d.Source)
	b = appendMember(b, "key", d.Key)
	b = appendMember(b, "learnt", d.Learnt.String())
	b = appendMember(b, "act", d.Act)
	b = appendMember(b, "by", d.By)
	b = appendMember(b, "subject", d.Subject)
	b = appendMember(b, "digest", d.Digest)
	b = appendFields(b, d.Fields)
	return append(appendWithheld(b, d.Withheld), '}')
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

// appendLine appends a support line; zero says nothing.
func appendLine(b []byte, line uint8) []byte {
	if line == 0 {
		return b
	}
	return appendNumber(b, "line", int64(line))
}

// appendValue appends a measured value of a series.
func appendValue(b []byte, series string, numerator, denominator int64) []byte {
	if series == "" {
		return b
	}
	b = appendMember(b, "series", series)
	b = appendNumber(b, "numerator", numerator)
	if denominator != 0 {
		b = appendNumber(b, "denominator", denominator)
	}
	return b
}

// appendField appends the further field at a position of a list, and what stands
// before the first.
func appendField(b []byte, at int, name, value string) []byte {
	if at == 0 {
		b = append(b, `,"fields":{`...)
	} else {
		b = append(b, ',')
	}
	return appendString(append(appendString(b, name), ':'), value)
}

func appendFields(b []byte, fields map[string]string) []byte {
	at := 0
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] != "" {
			b = appendField(b, at, name, fields[name])
			at++
		}
	}
	if at > 0 {
		b = append(b, '}')
	}
	return b
}

// appendItem appends the withheld content at a position of a list, and what stands
// before the first.
func appendItem(b []byte, at int, w Withheld) []byte {
	if at == 0 {
		b = append(b, `,"withheld":[`...)
	} else {
		b = append(b, ',')
	}
	b = appendString(append(b, `{"name":`...), w.Name)
	b = appendString(append(b, `,"digest":`...), w.Digest)
	return append(b, '}')
}

func appendWithheld(b []byte, list []Withheld) []byte {
	for i, w := range list {
		b = appendItem(b, i, w)
	}
	if len(list) > 0 {
		b = append(b, ']')
	}
	return b
}
