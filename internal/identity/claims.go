package identity

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"towerbridge/fault"
)

// Claims says what a provider's claims mean. Values are compared exactly; a value that
// is not listed means nothing, and gives no right.
type Claims struct {
	Person string `json:"person,omitempty"` // claim with the person's id in the directory; empty: he is known by issuer and subject alone
	Name   string `json:"name,omitempty"`   // claim with his name; empty: name
	Email  string `json:"email,omitempty"`  // claim with his address; empty: email

	Party   string              `json:"party,omitempty"`   // claim by which his party is told; empty: the directory says
	Parties map[string]string   `json:"parties,omitempty"` // its values, each with the id of a party
	Roles   string              `json:"roles,omitempty"`   // claim by which his roles are told, such as groups; empty: the directory says
	Grants  map[string][]string `json:"grants,omitempty"`  // its values, each with the roles it gives
}

// Identity is somebody as a provider knows him.
type Identity struct {
	Issuer, Subject string
	Person          string // id in the directory; empty where that is not told
	Name, Email     string
	Party           string   // empty where the directory says
	Roles           []string // sorted, each once; nil where the directory says
}

// Key is what tells an identity from every other, of whichever provider: issuer|subject.
func (i *Identity) Key() string { return i.Issuer + "|" + i.Subject }

// check returns what is wrong with the meaning of claims.
func (c *Claims) check() fault.Findings {
	var out fault.Findings
	missing := func(field, format string, args ...any) {
		out = append(out, ruleClaims.At(fault.Position{}, "claims."+field, format, args...))
	}
	if (c.Party == "") != (len(c.Parties) == 0) {
		missing("party", "the claim that tells the party and its values are given together or not at all")
	}
	if (c.Roles == "") != (len(c.Grants) == 0) {
		missing("roles", "the claim that tells the roles and its values are given together or not at all")
	}
	for value, party := range c.Parties {
		if party == "" {
			missing("parties", "the value %q has no party", value)
		}
	}
	for value, roles := range c.Grants {
		if len(roles) == 0 || slices.Contains(roles, "") {
			missing("grants", "the value %q has no role", value)
		}
	}
	if c.Party == "" && c.Person == "" && c.Roles != "" {
		missing("person", "roles are told of people whose party nothing tells")
	}
	slices.SortFunc(out, func(a, b fault.Finding) int { return strings.Compare(a.Message, b.Message) })
	return out
}

// Read returns what a set of claims means. The error is a [Refusal] where a claim that
// must tell something does not, or tells two things.
func (c *Claims) Read(issuer, subject string, claims map[string]any) (*Identity, error) {
	or := func(name, standard string) string {
		if name == "" {
			return standard
		}
		return name
	}
	i := &Identity{
		Issuer: issuer, Subject: subject,
		Name: one(claims, or(c.Name, "name")), Email: one(claims, or(c.Email, "email")),
	}
	if c.Person != "" {
		if i.Person = one(claims, c.Person); i.Person == "" {
			return nil, NotKnown("Ask who runs the sign-in to send it.", "the sign-in does not say who you are here: the claim %s is missing", c.Person)
		}
	}
	if c.Party != "" {
		for _, value := range values(claims, c.Party) {
			party, listed := c.Parties[value]
			if listed && i.Party != "" && i.Party != party {
				return nil, NotKnown("Ask for the groups of one party only.", "the sign-in puts you into two parties, %s and %s", i.Party, party)
			}
			if listed {
				i.Party = party
			}
		}
		if i.Party == "" {
			return nil, NotKnown("Ask to be put into the group of your party.", "the sign-in does not say which party you belong to")
		}
	}
	if c.Roles == "" {
		return i, nil
	}
	if elsewhere(claims, c.Roles) {
		return nil, NotKnown("Ask who runs the sign-in to send only the groups of this program.", "the sign-in has too many groups of yours to send them")
	}
	i.Roles = []string{}
	for _, value := range values(claims, c.Roles) {
		i.Roles = append(i.Roles, c.Grants[value]...)
	}
	slices.Sort(i.Roles)
	i.Roles = slices.Compact(i.Roles)
	return i, nil
}

// elsewhere reports whether a claim is only pointed to (OpenID Connect Core 5.6.2), as
// some providers do when somebody is in many groups.
func elsewhere(claims map[string]any, name string) bool {
	pointers, _ := claims["_claim_names"].(map[string]any)
	_, pointed := pointers[name]
	_, given := claims[name]
	return pointed && !given
}

// MaxClaim is the length in bytes of the longest value that is read; a longer one is
// as if it were not there.
const MaxClaim = 1024

// one returns a claim that has one value; empty where it has none or several.
func one(claims map[string]any, name string) string {
	if v := values(claims, name); len(v) == 1 {
		return v[0]
	}
	return ""
}

// values returns the values of a claim: a text, a number, or a list of them.
func values(claims map[string]any, name string) []string {
	list, many := claims[name].([]any)
	if !many {
		list = []any{claims[name]}
	}
	var out []string
	for _, v := range list {
		var s string
		switch v := v.(type) {
		case string:
			s = v
		case json.Number:
			s = v.String()
		case bool:
			s = fmt.Sprint(v)
		}
		if s != "" && len(s) <= MaxClaim {
			out = append(out, s)
		}
	}
	return out
}
