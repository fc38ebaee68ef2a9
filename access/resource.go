package access

import (
	"github.com/cedar-policy/cedar-go/types"

	"towerbridge/estate"
)

// Resource is what something is done to: a [Ticket], [Note], [Figure], [Contract],
// [Document], [Estate], [Person], [Asset], [Grant], [Token] or [Record].
type Resource interface {
	entity() types.Entity
}

// Ticket is a ticket as far as rights go.
type Ticket struct {
	ID            string
	Holder        string   // party that holds it or is offered it now
	Parties       []string // all that have ever held it or been offered it; the holder is one of them, whether listed or not
	Service       string   // id in the estate
	Tower         string   // that the service belongs to today
	DataClass     string   // of the service; empty where it has none
	Restricted    bool     // whether only those cleared for the class may see it
	Reporter      string   // id of the person who reported it
	ReporterParty string   // that person's party; only ticket.create looks at it
}

// Note is a note of a ticket: one that is there, or that would be written.
type Note struct {
	Ticket     Ticket
	Party      string // that wrote it
	Visibility string // own, shared, public; empty is public
}

// Figure is what was measured or computed under a contract. One without a contract is
// a figure of the whole estate.
type Figure struct {
	Contract   string
	Supplier   string
	Customer   string
	Integrator string
	Towers     []string // that the contract covers
}

// Contract is a contract's terms.
type Contract struct {
	ID         string
	Supplier   string
	Customer   string
	Integrator string
	Towers     []string
}

// Document is a document of the record, as it was written.
type Document struct {
	ID         string // its name, such as contracts/network.yaml
	Kind       string // contract, which has prices in it; or estate, calendar, mapping ...
	Supplier   string // of a contract
	Customer   string // of a contract
	Integrator string // of a contract
}

// Estate is who supplies what to whom, with the working calendars.
type Estate struct{}

// Person is somebody in the directory, or, without an id, anybody of a party.
type Person struct {
	ID    string
	Party string
	Kind  estate.PartyKind // of the party
}

// Asset is a thing that users have, or a site that they are at.
type Asset struct {
	ID   string
	User string // id of the person who has it
}

// Grant is a role that somebody is to be given, or is to lose.
type Grant struct {
	Person string
	Party  string // the person's
	Kind   estate.PartyKind
	Role   Role
}

// Token is a service account's token.
type Token struct {
	ID      string
	Account string // id of the service account
	Party   string // the account's
	Kind    estate.PartyKind
}

// Record is the record as a whole: its journal, its backups, its rules of retention.
type Record struct{}
