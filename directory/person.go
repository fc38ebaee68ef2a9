package directory

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"towerbridge/fault"
	"towerbridge/span"
)

// Role is the name of a role, such as agent.
type Role = string

// Person is somebody who may sign in, or a service account.
type Person struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Email      string   `json:"email,omitempty"` // compared without regard to case
	Party      string   `json:"party"`           // id in the estate
	Site       string   `json:"site,omitempty"`  // id in the estate
	Team       string   `json:"team,omitempty"`  // id within the party
	Roles      []Role   `json:"roles,omitempty"` // sorted, each once
	Clearances []string `json:"clearances,omitempty"`
	Subjects   []string `json:"subjects,omitempty"` // of OIDC providers, as issuer|subject
	Source     string   `json:"source,omitempty"`   // of the import that keeps the row; empty: kept by hand
	Active     bool     `json:"active"`
	span.Dated          // From is the first day, To the first day on which the person is gone
}

// Present reports whether somebody belongs to the estate on a date.
func (p *Person) Present(on span.Date) bool { return p.Active && p.On(on) }

// Has reports whether a person has a role.
func (p *Person) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// Cleared reports whether a person is cleared for a data class.
func (p *Person) Cleared(class string) bool { return slices.Contains(p.Clearances, class) }

// Sort is by what people are listed and searched: the name and the address in small
// letters.
func (p *Person) Sort() string { return strings.ToLower(strings.TrimSpace(p.Name + " " + p.Email)) }

// Encode returns the person's JSON, the same bytes for the same person.
func (p *Person) Encode() []byte { return encode(p) }

// DecodePerson reads what [Person.Encode] writes; a member that it does not know is an
// error of kind Invalid.
func DecodePerson(data []byte) (Person, error) {
	var p Person
	err := decode("person", data, &p)
	return p, err
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("directory: " + err.Error()) // strings, booleans and dates
	}
	return data
}

func decode(what string, data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fault.Wrap(fault.Invalid, err, "the %s cannot be read", what)
	}
	if d.More() {
		return fault.New(fault.Invalid, "", "there is more after the %s", what)
	}
	return nil
}
