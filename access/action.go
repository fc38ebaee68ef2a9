package access

import "slices"

// Action is something that can be done, as noun.verb. Scopes of tokens are actions.
type Action string

// Actions on a [Ticket].
const (
	TicketCreate  Action = "ticket.create" // the ticket is the one that would come to be
	TicketRead    Action = "ticket.read"   // without names, notes and figures, which are asked about by themselves
	TicketPeople  Action = "ticket.people" // who reported it and who did what, by name
	TicketChange  Action = "ticket.change"
	TicketNote    Action = "ticket.note" // of a Note: the one that would be written
	TicketAssign  Action = "ticket.assign"
	TicketAccept  Action = "ticket.accept"
	TicketReject  Action = "ticket.reject"
	TicketRespond Action = "ticket.respond"
	TicketPause   Action = "ticket.pause"
	TicketResume  Action = "ticket.resume"
	TicketResolve Action = "ticket.resolve"
	TicketReopen  Action = "ticket.reopen"
	TicketClose   Action = "ticket.close"
	TicketCancel  Action = "ticket.cancel"
	TicketLink    Action = "ticket.link"
)

// Actions on a [Note], and on a [Ticket] as far as a line of the journal is no note.
const (
	NoteRead   Action = "note.read"
	EntryProve Action = "entry.prove" // that the entry is in the journal; shows its line
)

// Actions on a [Figure], and on a [Contract].
const (
	ClockRead      Action = "clock.read"   // the clocks of single tickets under the contract
	MeasureRead    Action = "measure.read" // operational: fractions met of counted, waits, exclusions
	CreditRead     Action = "credit.read"  // commercial: points, money, charges
	StatementRead  Action = "statement.read"
	StatementIssue Action = "statement.issue" // issue, and supersede
	ContractRead   Action = "contract.read"   // the terms without prices
	PriceRead      Action = "price.read"      // the prices in them
)

// Actions on a [Document], on an [Estate] and its calendars.
const (
	DocumentRead Action = "document.read" // as it was written, prices included
	DocumentPut  Action = "document.put"
	EstateRead   Action = "estate.read"
	CalendarRead Action = "calendar.read"
)

// Actions on a [Person], an [Asset], a [Grant] and a [Token].
const (
	DirectoryRead   Action = "directory.read"
	DirectoryChange Action = "directory.change"
	SubjectAccess   Action = "subject.access" // everything that the record holds of a person
	RoleGrant       Action = "role.grant"
	RoleRevoke      Action = "role.revoke"
	TokenRead       Action = "token.read" // that it exists, its scopes and its end; never the token
	TokenIssue      Action = "token.issue"
	TokenRevoke     Action = "token.revoke"
)

// Actions on a [Record].
const (
	LogImport       Action = "log.import"
	JournalHead     Action = "journal.head"  // how far it has come, signed
	JournalRead     Action = "journal.read"  // every line
	JournalProve    Action = "journal.prove" // that any line is in it; shows the line
	ContentErase    Action = "content.erase"
	RetentionRead   Action = "retention.read"
	RetentionDecide Action = "retention.decide"
	RecordKeep      Action = "record.keep" // backup, doctor, rebuild
)

var actions = []Action{
	TicketCreate, TicketRead, TicketPeople, TicketChange, TicketNote, TicketAssign, TicketAccept, TicketReject,
	TicketRespond, TicketPause, TicketResume, TicketResolve, TicketReopen, TicketClose, TicketCancel, TicketLink,
	NoteRead, EntryProve,
	ClockRead, MeasureRead, CreditRead, StatementRead, StatementIssue, ContractRead, PriceRead,
	DocumentRead, DocumentPut, EstateRead, CalendarRead,
	DirectoryRead, DirectoryChange, SubjectAccess, RoleGrant, RoleRevoke, TokenRead, TokenIssue, TokenRevoke,
	LogImport, JournalHead, JournalRead, JournalProve, ContentErase, RetentionRead, RetentionDecide, RecordKeep,
}

// Actions returns all actions, grouped by what they are done to.
func Actions() []Action { return slices.Clone(actions) }

// Known reports whether there is such an action.
func (a Action) Known() bool { return slices.Contains(actions, a) }
