package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// The purposes of one-time links.
const (
	firstLink  = "first"  // makes the first administrator
	inviteLink = "invite" // lets a person of the directory set a password or a passkey, the first or another
)

// linkData is a link as it is stored. Its item lies in a group with those that it
// replaces: a person has one at a time.
type linkData struct {
	Purpose string `json:"purpose"`
	Person  string `json:"person,omitempty"` // of an invitation
	By      string `json:"by,omitempty"`     // id of the person who made it

	id      string
	version int64
	until   span.Instant
}

// LinkView is what the page behind a link shows.
type LinkView struct {
	First  bool         // whether it makes the first administrator, who says his own name and party
	Name   string       // the person's own
	SignIn string       // the name that he signs in by, or will where he gives no other
	Taken  bool         // whether he has it already, and keeps it
	Until  span.Instant // the link's end
}

// Newcomer is what somebody gives who comes by a link.
type Newcomer struct {
	Name     string          // the person's own; of the first administrator
	Party    string          // id in the estate; of the first administrator, where there are several or no estate yet
	SignIn   string          // that he wants to sign in by; empty: his address, or his id
	Password identity.Secret // or a passkey
	Passkey  *PasskeyAnswer
}

// Invite returns a one-time link by which a person of the directory sets a password or
// a passkey, and the link's end. It also serves who has lost his. A later link takes
// the place of an earlier one.
func (d *Door) Invite(ctx context.Context, q Request, person string) (identity.Secret, span.Instant, error) {
	p, err := d.administered(ctx, q, person)
	if err != nil {
		return "", 0, err
	}
	if _, err := d.principal(ctx, p); err != nil {
		return "", 0, err
	}
	if q.Dry {
		return "", 0, nil
	}
	l := &linkData{Purpose: inviteLink, Person: person, By: q.Who.ID}
	return d.makeLink(ctx, q.Who.ID, l, aboutPerson("account.invite", p.Party, q.Who.ID, person, nil))
}

// administered returns a person whom somebody may change in the directory. Whoever may
// not even read there gets the answer that there is nobody.
func (d *Door) administered(ctx context.Context, q Request, person string) (*directory.Person, error) {
	missing := fault.New(fault.NotFound, "Check the id, or import the directory first.", "there is no person %s", person)
	p, err := d.record.person(ctx, person)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	on := access.Person{ID: person}
	if err == nil {
		on.Party = p.Party
		if book, err := d.record.Book(ctx); err == nil {
			on.Kind = book.Estate.PartyKind(p.Party)
		}
	}
	asker := d.record.Policies.As(q.Who)
	if err != nil || !asker.May(access.DirectoryRead, on).Allowed {
		return nil, missing
	}
	return p, asker.May(access.DirectoryChange, on).Err()
}

// makeLink makes a link, in the place of earlier ones for the same.
func (d *Door) makeLink(ctx context.Context, who string, l *linkData, act store.Act) (identity.Secret, span.Instant, error) {
	secret, id, err := d.mint.New(identity.Link)
	if err != nil {
		return "", 0, err
	}
	group, until := l.Purpose+"/"+l.Person, d.record.Now()+seconds(d.settings.LinkLasts)
	change := &store.Change{Who: who, Put: []store.Item{{Shelf: store.Links, ID: id, Group: group, Until: until, Data: writeItem(l)}}}
	err = d.record.browse(ctx, store.Browse{Shelf: store.Links, Group: &group, NoData: true}, func(item store.Item) error {
		change.Drop = append(change.Drop, store.Item{Shelf: store.Links, ID: item.ID, Version: store.AnyVersion})
		return nil
	})
	if err != nil {
		return "", 0, err
	}
	if act.Act != "" {
		change.Acts = []store.Act{act}
	}
	if _, err = d.record.Ledger.Commit(ctx, change); err != nil {
		return "", 0, err
	}
	return secret, until, nil
}

// link returns what a link is for, if it still holds.
func (d *Door) link(ctx context.Context, secret identity.Secret) (*linkData, error) {
	id, err := d.mint.ID(identity.Link, secret)
	if err != nil {
		return nil, err
	}
	item, err := d.record.Ledger.Get(ctx, store.Links, id)
	if isNotFound(err) {
		return nil, identity.NotKnown("Ask for a new one.", "the link was used already, or has ended")
	}
	if err != nil {
		return nil, err
	}
	l := &linkData{id: id, version: item.Version, until: item.Until}
	return l, readItem(item, l)
}

// Link returns what the page behind a link shows. It does not use the link up.
func (d *Door) Link(ctx context.Context, secret identity.Secret, v Visit) (*LinkView, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	l, err := d.link(ctx, secret)
	if err != nil {
		return nil, err
	}
	out := &LinkView{First: l.Purpose == firstLink, Until: l.until}
	if out.First {
		return out, nil
	}
	p, a, err := d.invited(ctx, l)
	if err != nil {
		return nil, err
	}
	out.Name, out.SignIn, out.Taken = p.Name, a.Name, a.Name != ""
	if !out.Taken {
		out.SignIn = nameFor(p)
	}
	return out, nil
}

// invited returns the person whom a link invites, if he is still there.
func (d *Door) invited(ctx context.Context, l *linkData) (*directory.Person, *account, error) {
	p, err := d.record.person(ctx, l.Person)
	if isNotFound(err) {
		return nil, nil, identity.NotKnown("Ask for a new one.", "the link is for somebody who is not in the directory any more")
	}
	if err != nil {
		return nil, nil, err
	}
	if _, err := d.principal(ctx, p); err != nil {
		return nil, nil, err
	}
	a, err := d.account(ctx, p.ID)
	return p, a, err
}

// UseLink makes the account that a link is for, or gives it a new password or another
// passkey, and lets its owner in. All other sessions of his end. The error is
// fault.Findings where something that was given will not do; the link then still holds.
func (d *Door) UseLink(ctx context.Context, secret identity.Secret, n Newcomer, v Visit) (*Signed, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	l, err := d.link(ctx, secret)
	if err != nil {
		return nil, err
	}
	var p *directory.Person
	a := &account{}
	if l.Purpose == firstLink {
		p, err = d.firstPerson(ctx, &n)
	} else {
		p, a, err = d.invited(ctx, l)
	}
	if err != nil {
		return nil, err
	}
	name, findings := newName(p, a, &n)
	if err := findings.Err(); err != nil {
		return nil, err
	}
	set, err := d.newCredential(ctx, l, p, name, a, &n)
	if err != nil {
		return nil, err
	}
	signed, err := d.admit(ctx, p, byLink, v, func(a *account, change *store.Change) error {
		if _, err := d.link(ctx, secret); err != nil {
			return err // another was quicker
		}
		change.Drop = append(change.Drop, store.Item{Shelf: store.Links, ID: l.id, Version: l.version})
		if l.Purpose == firstLink {
			change.Put = append(change.Put, personItem(p), adminItem(p.ID))
		}
		ended, err := d.endAll(ctx, p.ID, "", change)
		if err != nil {
			return err
		}
		how := map[string]string{"sessions": count(ended), "first": map[bool]string{true: "yes"}[l.Purpose == firstLink]}
		act := "account.password"
		if a.version == 0 {
			act = "account.make"
		}
		change.Acts = append(change.Acts, aboutPerson(act, p.Party, "", p.ID, how))
		change.Put = append(change.Put, a.rename(name)...)
		return set(a, change)
	})
	if fault.KindOf(err) == fault.Conflict && err != nil {
		if id, e := d.pointed(ctx, "name/"+name); e == nil && id != "" && id != p.ID {
			return nil, fault.Findings{ruleSignInName.At(fault.Position{}, "signIn", "somebody else signs in by this name")}
		}
	}
	return signed, err
}

// newName returns the sign-in name that a newcomer gets.
func newName(p *directory.Person, a *account, n *Newcomer) (string, fault.Findings) {
	switch {
	case a.Name != "":
		return a.Name, nil
	case n.SignIn == "":
		return nameFor(p), nil
	}
	return checkName(n.SignIn)
}

// newCredential checks the password or the passkey that a newcomer gives, and returns
// what sets it.
func (d *Door) newCredential(ctx context.Context, l *linkData, p *directory.Person, name string, a *account, n *Newcomer) (func(*account, *store.Change) error, error) {
	switch {
	case n.Passkey != nil:
		state, err := d.takeState(ctx, n.Passkey.State, registerState, l.id)
		if err != nil {
			return nil, err
		}
		return d.registered(p, state, a, n.Passkey)
	case n.Password == "":
		return nil, fault.Findings{ruleNewcomer.At(fault.Position{}, "password", "there is neither a password nor a passkey")}
	}
	if err := identity.CheckPassword(n.Password, p.ID, p.Name, p.Email, name).Err(); err != nil {
		return nil, err
	}
	hash, err := d.hasher.Hash(ctx, n.Password)
	return func(a *account, _ *store.Change) error {
		a.Password = hash
		return nil
	}, err
}
