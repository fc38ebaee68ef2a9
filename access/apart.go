package access

import (
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// The findings about who holds which role.
var (
	unknownRole = fault.Declare(2001, "there is no such role",
		"Use officer, agent, manager, analyst, commercial, assurance, administrator or bridge.")
	rolesApart = fault.Declare(2002, "one person holds two roles that must be apart",
		"Give one of the roles to somebody else.")
	wrongParty = fault.Declare(2003, "a party of this kind may not have the role",
		"Give the role to somebody of the customer or of the integrator.")
	unknownScope = fault.Declare(2004, "there is no such action",
		"Use the names of actions in the reference of access.")
)

// Apart returns what is wrong with the roles of one person of a party: roles that there
// are not, roles that must be apart, and roles that a party of the kind may not have.
//
//	assurance       alone: who judges has no part in the work
//	administrator   not commercial: who gives out rights sees no money
//	bridge          alone: a tool is no person
//	supplier        neither analyst nor assurance
func Apart(held []Role, kind estate.PartyKind) []fault.Finding {
	var out []fault.Finding
	add := func(rule fault.Rule, format string, args ...any) {
		out = append(out, rule.At(fault.Position{}, "roles", format, args...))
	}
	for i, r := range held {
		if !r.Known() {
			add(unknownRole, "there is no role %q", r)
			continue
		}
		if kind == estate.Supplier && (r == Analyst || r == Assurance) {
			add(wrongParty, "nobody of a supplier has the role %s", r)
		}
		for _, other := range held[:i] {
			if other.Known() && apart(r, other) {
				add(rolesApart, "%s and %s must be apart", other, r)
			}
		}
	}
	return out
}

// apart reports whether two roles must be apart.
func apart(a, b Role) bool {
	alone := func(r Role) bool { return r == Assurance || r == Bridge }
	return a != b && (alone(a) || alone(b) || a == Administrator && b == Commercial || a == Commercial && b == Administrator)
}

// Scopes returns what is wrong with the scopes of a token: actions that there are not.
func Scopes(scopes []Action) []fault.Finding {
	var out []fault.Finding
	for _, s := range scopes {
		if !s.Known() {
			out = append(out, unknownScope.At(fault.Position{}, "scopes", "there is no action %q", s))
		}
	}
	return out
}

// Independent returns nil where a party may act in a role of the estate on a date: it
// holds the role then, and none that must be apart from it. Otherwise the error is of
// kind Denied. An estate in which a party holds both is refused when it is read; this is
// for the door, where somebody enters for a party that has another role.
func Independent(e *estate.Estate, on span.Date, party, role string) error {
	holder := map[string]string{} // of each role on the date
	for _, r := range e.On(on).Roles {
		holder[r.ID] = r.Party
	}
	for _, r := range e.Document().Roles {
		if !r.On(on) {
			continue
		}
		for _, other := range r.ApartFrom {
			held := ""
			switch {
			case r.ID == role && holder[other] == party:
				held = other
			case other == role && holder[r.ID] == party:
				held = r.ID
			default:
				continue
			}
			return fault.New(fault.Denied, "Let another party do it.",
				"%s may not act as %s: it is %s on %s, and the two must be apart", party, role, held, on)
		}
	}
	if holder[role] != party || party == "" {
		return fault.New(fault.Denied, "Let the party that holds the role do it.", "%s is not %s on %s", party, role, on)
	}
	return nil
}
