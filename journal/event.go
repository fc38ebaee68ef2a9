package journal

// Event is the kind of thing that happened.
type Event uint8

// The kinds of event. Their names are part of the journal's open form.
const (
	NoEvent   Event = iota
	Opened          // the ticket came to be
	Changed         // priority, service, site, kind or another field changed
	Assigned        // offered to a party or team
	Accepted        // the party it was offered to took it on
	Rejected        // the party it was offered to said it is not theirs
	Responded       // the first answer to the user by a person
	Paused          // work stands for a reason
	Resumed         // the reason is gone; without a reason, all are
	Resolved        // the user's trouble is over
	Reopened        // it was not
	Closed          // nothing more will happen
	Cancelled       // it should not have been
	Noted           // something was written down
	Linked          // joined to another ticket: parent, merged-into, duplicate-of
	Disputed        // two parties disagree whose it is
	Settled         // the dispute is over
	Measured        // a value was measured: a survey score, an external series
	Excused         // relief granted, under a clause and by an approver
	Voided          // the corrected entry is taken back
	Erased          // withheld content of the ticket was erased by decision
	eventEnd
)

var eventNames = [...]string{
	"", "opened", "changed", "assigned", "accepted", "rejected", "responded", "paused", "resumed", "resolved",
	"reopened", "closed", "cancelled", "noted", "linked", "disputed", "settled", "measured", "excused", "voided", "erased",
}

// String returns the event's name in the open form.
func (e Event) String() string { return eventNames[e] }

// ParseEvent returns the event of a name.
func ParseEvent(s string) (Event, bool) {
	for i, n := range eventNames {
		if i > 0 && n == s {
			return Event(i), true
		}
	}
	return NoEvent, false
}

// EventNames returns the names of all events, for schemas and references.
func EventNames() []string { return eventNames[1:] }

// Status is the state that a ticket is in after an entry.
type Status uint8

// The states of a ticket, in the order a ticket usually passes through them.
const (
	SameStatus      Status = iota
	New                    // nobody has it
	Queued                 // offered to a party or team that has not taken it on
	InProgress             // somebody works on it
	Waiting                // work stands for a reason
	ResolvedStatus         // the user's trouble is said to be over
	ClosedStatus           // finished
	CancelledStatus        // should not have been
)

var statusNames = [...]string{"", "new", "assigned", "in-progress", "waiting", "resolved", "closed", "cancelled"}

// String returns the state's name in the open form.
func (s Status) String() string { return statusNames[s] }

// Done reports whether nobody works on a ticket in this state any more.
func (s Status) Done() bool { return s >= ResolvedStatus }

// ParseStatus returns the state of a name.
func ParseStatus(s string) (Status, bool) {
	for i, n := range statusNames {
		if i > 0 && n == s {
			return Status(i), true
		}
	}
	return SameStatus, false
}

// StatusNames returns the names of all states, for schemas and references.
func StatusNames() []string { return statusNames[1:] }
