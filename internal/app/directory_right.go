package app

import (
	"slices"

	"towerbridge/access"
	"towerbridge/directory"
)

// granting decides whether somebody may make of people what is planned.
type granting struct {
	book *Book
	who  *access.Asker
}

// granting returns what decides for somebody.
func (r *Record) granting(book *Book, who access.Principal) *granting {
	return &granting{book, r.Policies.As(who)}
}

// person decides about one person: whether his entry may be changed, and each role and
// clearance that he is to get or to lose. A clearance counts as a role without a name:
// nobody clears himself. was is nil for somebody new.
func (g *granting) person(was, is *directory.Person) error {
	if was == nil {
		was = &directory.Person{ID: is.ID, Party: is.Party}
	}
	for _, party := range slices.Compact([]string{was.Party, is.Party}) {
		if err := g.who.May(access.DirectoryChange, access.Person{ID: is.ID, Party: party, Kind: g.book.Estate.PartyKind(party)}).Err(); err != nil {
			return err
		}
	}
	moved := was.Party != is.Party // then the roles are given by the new party and lost in the old
	for _, role := range is.Roles {
		if moved || !was.Has(role) {
			if err := g.grant(access.RoleGrant, is, role); err != nil {
				return err
			}
		}
	}
	for _, role := range was.Roles {
		if moved || !is.Has(role) {
			if err := g.grant(access.RoleRevoke, was, role); err != nil {
				return err
			}
		}
	}
	if slices.ContainsFunc(is.Clearances, func(class string) bool { return moved || !was.Cleared(class) }) {
		return g.grant(access.RoleGrant, is, "")
	}
	return nil
}

func (g *granting) grant(what access.Action, p *directory.Person, role access.Role) error {
	return g.who.May(what, access.Grant{Person: p.ID, Party: p.Party, Kind: g.book.Estate.PartyKind(p.Party), Role: role}).Err()
}
