package access

import "github.com/cedar-policy/cedar-go"

// Policy is a policy as it is listed for people.
type Policy struct {
	ID       string `json:"id"`
	File     string `json:"file"`
	Forbids  bool   `json:"forbids,omitempty"` // else it permits
	Sentence string `json:"sentence"`
	Own      bool   `json:"own,omitempty"` // of the organisation; else shipped
	Text     string `json:"text"`          // as Cedar prints it
}

// All returns the policies in the order in which they were read.
func (p *Policies) All() []Policy {
	out := make([]Policy, len(p.all))
	for i, one := range p.all {
		out[i] = Policy{
			ID: string(one.id), File: one.rule.Position().Filename, Forbids: one.rule.Effect() == cedar.Forbid,
			Sentence: one.sentence, Own: one.own, Text: string(one.rule.MarshalCedar()),
		}
	}
	return out
}

var aboutRoles = map[Role]string{
	Officer:       "reports trouble, comments on it and says whether it is over",
	Agent:         "works on the tickets that the own party holds or is offered, and on those of towers that it manages",
	Manager:       "an agent who sees the operational figures of the own party, and of towers that it manages",
	Analyst:       "of the customer or integrator: sees all tickets and all operational figures, and assigns",
	Commercial:    "sees money, prices and statements of contracts that the own party is a side of; those of the customer and integrator issue statements",
	Assurance:     "of the customer or integrator: reads everything and writes nothing",
	Administrator: "administers people, roles, tokens, documents, imports and the record; by this role sees no ticket and no money; one of a supplier, only people and tokens of the own party",
	Bridge:        "a supplier's tool: an agent by a service account",
}

// About returns what somebody in the role does, as a part of a sentence.
func (r Role) About() string { return aboutRoles[r] }

var aboutActions = map[Action]string{
	TicketCreate:    "open a ticket",
	TicketRead:      "see a ticket: its state, priority, service, who holds it",
	TicketPeople:    "see the names of people in a ticket",
	TicketChange:    "change priority, service, site and other fields",
	TicketNote:      "write a note",
	TicketAssign:    "offer a ticket to a party or team",
	TicketAccept:    "take a ticket on",
	TicketReject:    "say that a ticket is not the own party's",
	TicketRespond:   "answer the user",
	TicketPause:     "let work stand, for a reason",
	TicketResume:    "go on",
	TicketResolve:   "say that the trouble is over",
	TicketReopen:    "say that it is not",
	TicketClose:     "confirm that it is over",
	TicketCancel:    "say that a ticket should not have been",
	TicketLink:      "join a ticket to another",
	NoteRead:        "read a note",
	EntryProve:      "get an entry of a ticket with the proof that it is in the journal",
	ClockRead:       "see the clocks of single tickets under a contract",
	MeasureRead:     "see operational figures: fractions met of counted, waits, exclusions",
	CreditRead:      "see money: points that turn into money, credits, charges",
	StatementRead:   "read statements",
	StatementIssue:  "issue a statement, or one that supersedes it",
	ContractRead:    "read a contract's terms without prices",
	PriceRead:       "read the prices in them",
	DocumentRead:    "read a document as it was written",
	DocumentPut:     "put a document into the record",
	EstateRead:      "see who supplies what to whom",
	CalendarRead:    "see the calendars of working time",
	DirectoryRead:   "find a person, an asset or a site",
	DirectoryChange: "add, change or remove one",
	SubjectAccess:   "get everything that the record holds of a person",
	RoleGrant:       "give a person a role",
	RoleRevoke:      "take it away",
	TokenRead:       "see that a token exists, what it is for and when it ends",
	TokenIssue:      "issue a token to a service account",
	TokenRevoke:     "end it",
	LogImport:       "import a log",
	JournalHead:     "see how far the journal has come, signed",
	JournalRead:     "read every line of the journal",
	JournalProve:    "get any line with the proof that it is in the journal",
	ContentErase:    "erase withheld content by a recorded decision",
	RetentionRead:   "see the rules of retention",
	RetentionDecide: "change them, and carry them out",
	RecordKeep:      "back up, check and rebuild the record",
}

// About returns what the action is, as a part of a sentence that begins with a verb.
func (a Action) About() string { return aboutActions[a] }
