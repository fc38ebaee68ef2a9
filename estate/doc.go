// Package estate knows who supplies what to whom, on every date.
//
// An estate is one document. Parties buy, integrate or supply. What is supplied is
// cut into towers; each tower has services that users know by name; a supply says
// that from a date one supplier runs a tower for a customer, under a contract:
//
//	customer  <--- supply (contract, from, to) ---  supplier
//	   |                      |                        |
//	 sites                  tower                    teams   <- groups: the names
//	                          |                                that logs use
//	                       service ---dependsOn---> service
//
// # Dates
//
// Everything in the document has a first day and a first day on which it no longer
// holds. A date that is left out is that of what the entry refers to: a supply
// without an end ends with its tower or its supplier, whichever goes first. A date
// that is written and lies outside what the entry refers to is a finding.
//
// When towers merge, each old tower gets an end and the tower it becomes. Its
// services move along on that date with no line of theirs changed:
//
//	network   ------------------|
//	hosting   ------------------|\ becomes
//	telephony ------------------| infrastructure ------------------->
//	                       2026-04-01
//
// A service that goes another way than its tower has a line in moves. A role that
// passes from one party to another is written twice with the same id.
//
// # Names
//
// Logs call groups, services and sites by names of their own. The document lists
// them, each name means one thing on one date, and names compare letter by letter:
// [Estate.Group], [Estate.ServiceNamed] and [Estate.SiteNamed] never guess.
//
// The package refers to calendars, contracts and zones but does not hold them;
// [Estate.References] lists what must exist elsewhere. It knows nothing of tickets.
package estate
