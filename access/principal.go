package access

import "towerbridge/estate"

// Principal is who wants to do something: a person who signed in, or a service account.
// Everything in it is true at the moment of asking; nothing is looked up.
type Principal struct {
	ID         string // of the person or the account; one without an id may do nothing
	Name       string // for people to read; no policy looks at it
	Party      string // id in the estate; one without a party may do nothing
	Kind       estate.PartyKind
	Roles      []Role
	Manages    []string // ids of the towers that the party manages for a customer today, besides its own
	Clearances []string // ids of the data classes that the person is cleared for
	Service    bool     // whether it is a service account
	Scopes     []Action // of a service account's token: nothing else is allowed; empty means all that the roles allow
}
