// Package access says who may do what to what, and why.
//
// It answers one question, [Policies.May], from the policies that stand in the folder
// policies, one file a concern, written in Cedar so that an auditor reads them without
// reading Go:
//
//	Principal   who        a person or a service account: party, roles, clearances
//	Action      what       ticket.read, statement.issue ...
//	Resource    on what    a Ticket, a Note, a Figure, a Document ...
//	   |
//	   v
//	policies ── permit ──▶ Decision{Allowed, Reasons}
//	         └─ forbid ─▶  wins over every permit
//
// What no policy permits is denied. A decision carries the policies that made it, each
// with its sentence, and so does the error of a refusal.
//
// Lists are not asked about ticket by ticket: [Policies.Sight] turns the same policies
// into a condition that a store can push down, and agrees with May for every ticket.
//
// An organisation adds policies of its own with [Read]. They may only forbid: nothing
// that is shipped here is ever widened.
//
// The package looks nothing up. Whoever asks says which towers a party manages today
// and of which class a ticket's service is.
package access
