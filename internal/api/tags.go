package api

import "github.com/danielgtaylor/huma/v2"

// tags are the groups of operations, in the order of the reference.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: ticketTag, Description: "What happens to tickets, and every clock of them."},
		{Name: statementTag, Description: "What was measured in a service period, and what is owed for it."},
		{Name: contractTag, Description: "Who is bound to what, and when."},
		{Name: estateTag, Description: "Who supplies what to whom on a date."},
		{Name: calendarTag, Description: "When calendars are open, by the functions that clocks use."},
		{Name: documentTag, Description: "The estate, calendars, contracts and mappings, as people write them."},
		{Name: directoryTag, Description: "People, sites and assets, and their import from files with a plan shown first."},
		{Name: tokenTag, Description: "How programs sign in."},
		{Name: importTag, Description: "Whole logs of tickets, taken into the record."},
		{Name: careTag, Description: "Names and texts, which the journal withholds: their erasure, their retention, and what is held of a person."},
		{Name: journalTag, Description: "Every line, and proofs that none was changed or left out."},
		{Name: signInTag, Description: "What a browser's script needs; passwords and providers have pages of their own."},
		{Name: meTag, Description: "Who you are, and your sessions."},
	}
}
