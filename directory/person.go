package directory

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/span"
)

// Person is somebody who may sign in, or a service account.
type Person struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Email      string        `json:"email,omitempty"` // compared without regard to case
	Party      string        `json:"party"`           // id in the estate
	Site       string        `json:"site,omitempty"`  // id in the estate
	Team       string        `json:"team,omitempty"`  // id within the party
	Roles      []access.Role `json:"roles,omitempty"` // sorted, each once
	Clearances []string      `json:"clearances,omitempty"`
	Subjects   []string      `json:"subjects,omitempty"` // of OIDC providers, as issuer|subject
	Source     string        `json:"source,omitempty"`   // of the import that keeps the row; empty: kept by hand
	Disabled   bool          `json:"disabled,omitempty"` // by hand; no import undoes it
	Active     bool          `json:"active"`
	span.Dated               // From is the first day, To the first day on which the person is gone
}

// Present reports whether somebody belongs to the estate on a date. Nobody else may
// sign in.
func (p *Person) Present(on span.Date) bool { return p.Active && p.On(on) }

// Has reports whether a person has a role.
func (p *Person) Has(role access.Role) bool { return slices.Contains(p.Roles, role) }

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

var people = table[Person]{
	one: "person", many: "people",
	id:    func(p *Person) string { return p.ID },
	state: func(p *Person) state { return state{&p.Source, &p.Active, &p.Disabled, &p.Dated} },
	columns: []column[Person]{
		plain("id", "Up to 64 letters, digits and . _ @ + - after a letter or digit. It never changes; ids that differ only in capitals are the same.", func(p *Person) *string { return &p.ID }).need(),
		text("name", "As pages show it.", func(p *Person) *string { return &p.Name }).need(),
		address(),
		text("party", "Id of the party in the estate.", func(p *Person) *string { return &p.Party }).need(),
		text("site", "Id of the site in the estate.", func(p *Person) *string { return &p.Site }),
		text("team", "Id of the team within the party.", func(p *Person) *string { return &p.Team }),
		roles(),
		list("clearances", "Ids of the data classes that the person is cleared for, with semicolons between them.", true, func(p *Person) *[]string { return &p.Clearances }, nil),
		list("subjects", "Accounts at sign-in providers, each as issuer|subject, with semicolons between them.", true, func(p *Person) *[]string { return &p.Subjects }, wrongSubject),
		date("from", "First day, such as 2026-03-29.", func(p *Person) **span.Date { return &p.From }),
		date("to", "First day on which the person is gone.", func(p *Person) **span.Date { return &p.To }),
		yes("disabled", "yes for somebody who may not sign in; no import without the column undoes it.", func(p *Person) *bool { return &p.Disabled }),
	},
}

// PeopleColumns returns the columns that a file of people may have.
func PeopleColumns() []Column { return people.list() }

// ReadPeople reads a file of people: CSV with a line of names, those of
// [PeopleColumns] in any order. Several roles, clearances or subjects of a person
// have semicolons between them. Everything that is wrong is a finding; references are
// checked by [CheckPeople]. The people are not active yet: a plan says who is.
func ReadPeople(file string, data []byte) (*Sheet[Person], fault.Findings) {
	return read(&people, file, data)
}

// WritePeople writes people as [ReadPeople] reads them, with all columns. A value
// that a spreadsheet would take for a formula has an apostrophe before it, which
// reading takes off again. The error is the writer's.
func WritePeople(w io.Writer, rows func(yield func(*Person) bool)) error {
	return write(&people, w, rows)
}

func address() column[Person] {
	c := text("email", "Address; of all who are active, each has another.", func(p *Person) *string { return &p.Email })
	c.set = func(p *Person, s string) string {
		p.Email = s
		name, host, one := strings.Cut(s, "@")
		if s != "" && (!one || name == "" || host == "" || len(s) > 254 || strings.ContainsAny(s, " \t,;<>\"") || strings.Contains(host, "@")) {
			return "is not an address such as jo@example.org"
		}
		return ""
	}
	return c
}

func roles() column[Person] {
	c := list[Person]("roles", "Roles in the party, with semicolons between them.", true, nil, nil)
	c.get = func(p *Person) string {
		names := make([]string, len(p.Roles))
		for i, r := range p.Roles {
			names[i] = string(r)
		}
		return joinList(names)
	}
	c.set = func(p *Person, s string) string {
		p.Roles = nil
		for _, name := range splitList(s) {
			p.Roles = append(p.Roles, access.Role(name))
		}
		p.Roles = sortedRoles(p.Roles)
		return ""
	}
	return c
}

// wrongSubject returns what is wrong with somebody's account at a provider.
func wrongSubject(s string) string {
	issuer, subject, both := strings.Cut(s, "|")
	if !both || subject == "" || !strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "http://") {
		return "is not a provider and its name for the person, such as https://login.example.org|4711"
	}
	return ""
}
