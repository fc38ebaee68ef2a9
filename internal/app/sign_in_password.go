package app

import (
	"context"
	"strconv"

	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
)

// mismatch is the refusal of a name and a password: the same whether the name is
// unknown, the account has no password, or the password is wrong.
func mismatch() error {
	return identity.NotKnown("Check both; ask an administrator for a link if the password is lost.", "the name and the password do not belong together")
}

// SignIn lets somebody in by sign-in name and password. An unknown name takes as long
// as a known one and is answered alike. The error has [identity.TooSoon] in its chain
// where an address or a name was tried too often.
func (d *Door) SignIn(ctx context.Context, name string, password identity.Secret, v Visit) (*Signed, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	folded := foldName(name)
	f, err := d.failuresOf(ctx, folded)
	if err != nil {
		return nil, err
	}
	p, hash, err := d.named(ctx, folded)
	if err != nil {
		return nil, err
	}
	ok, stale, err := d.hasher.Check(ctx, hash, password)
	if err != nil {
		return nil, err
	}
	if !ok {
		if err := d.fail(ctx, f, v); err != nil {
			return nil, err
		}
		return nil, mismatch()
	}
	var fresh string
	if stale {
		if fresh, err = d.hasher.Hash(ctx, password); err != nil {
			return nil, err
		}
	}
	signed, err := d.admit(ctx, p, byPassword, v, func(a *account, change *store.Change) error {
		if a.Password != hash {
			return mismatch() // it was changed in this moment
		}
		if stale {
			a.Password = fresh
		}
		f.forgive(a, change)
		return nil
	})
	if err == nil {
		d.names.Forget(folded)
	}
	return signed, err
}

// named returns the person who signs in by a folded name, and the hash of his
// password; an empty hash where nobody does. It reads as often for a name that nobody has.
func (d *Door) named(ctx context.Context, folded string) (*directory.Person, string, error) {
	id, err := d.pointed(ctx, "name/"+folded)
	if err != nil {
		return nil, "", err
	}
	nobody := id == ""
	if nobody {
		id = "nobody/" // no id has a slash at its end
	}
	p, err := d.record.person(ctx, id)
	if isNotFound(err) {
		p, nobody, err = nil, true, nil
	}
	if err != nil {
		return nil, "", err
	}
	a, err := d.account(ctx, id)
	if err != nil || nobody {
		return nil, "", err
	}
	return p, a.Password, nil
}

// ChangePassword sets the password of somebody who is signed in, and ends his other
// sessions. Who has one gives it; who has none, because he signs in another way, must have
// signed in just now.
func (d *Door) ChangePassword(ctx context.Context, s *Session, old, password identity.Secret, v Visit) error {
	if err := d.knock(v); err != nil {
		return err
	}
	p, err := d.record.person(ctx, s.Who.ID)
	if err != nil {
		return err
	}
	a, err := d.account(ctx, p.ID)
	if err != nil {
		return err
	}
	change := &store.Change{Who: p.ID}
	if err := d.mayChange(ctx, s, a, old, v, change); err != nil {
		return err
	}
	if err := identity.CheckPassword(password, p.ID, p.Name, p.Email, a.Name).Err(); err != nil {
		return err
	}
	if a.Password, err = d.hasher.Hash(ctx, password); err != nil {
		return err
	}
	change.Put = append(change.Put, a.rename(nameFor(p))...)
	change.Put = append(change.Put, a.put())
	ended, err := d.endAll(ctx, p.ID, s.ID, change)
	if err != nil {
		return err
	}
	change.Acts = []store.Act{aboutPerson("account.password", p.Party, "", p.ID, map[string]string{"sessions": count(ended)})}
	if _, err := d.record.Ledger.Commit(ctx, change); err != nil {
		return err
	}
	d.known.forget()
	return nil
}

// mayChange checks that whoever changes how an account is signed in to is its owner,
// and not somebody who found his screen unlocked.
func (d *Door) mayChange(ctx context.Context, s *Session, a *account, old identity.Secret, v Visit, change *store.Change) error {
	if a.Password == "" {
		return d.fresh(s)
	}
	f, err := d.failuresOf(ctx, a.Name)
	if err != nil {
		return err
	}
	ok, _, err := d.hasher.Check(ctx, a.Password, old)
	if err != nil {
		return err
	}
	if ok {
		f.forgive(a, change)
		return nil
	}
	if err := d.fail(ctx, f, v); err != nil {
		return err
	}
	return fault.New(fault.Denied, "Give the password that you sign in with now.", "the present password is not the right one")
}

// nameFor is the sign-in name that a person gets who chose none: the address, or the id.
func nameFor(p *directory.Person) string {
	for _, name := range []string{p.Email, p.ID} {
		if folded, f := checkName(name); len(f) == 0 {
			return folded
		}
	}
	return foldName("person-" + strconv.Quote(p.ID))
}
