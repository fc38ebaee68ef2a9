package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
)

// ProviderView is a provider that people may sign in by.
type ProviderView struct {
	ID   string // in addresses
	Name string // on the button
}

// Providers returns the providers that people may sign in by, in the order of the
// settings.
func (d *Door) Providers() []ProviderView {
	out := make([]ProviderView, len(d.providers))
	for i, p := range d.providers {
		out[i] = ProviderView{ID: p.ID(), Name: p.Name()}
	}
	return out
}

func (d *Door) provider(id string) (*identity.Provider, error) {
	for _, p := range d.providers {
		if p.ID() == id {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "Use one of those that the sign-in page lists.", "nobody signs in by %.64q here", id)
}

// BeginProvider returns the address at a provider to which somebody is sent to sign in,
// and the state that his browser keeps meanwhile.
func (d *Door) BeginProvider(ctx context.Context, provider string, v Visit) (address string, state identity.Secret, err error) {
	if err := d.knock(v); err != nil {
		return "", "", err
	}
	p, err := d.provider(provider)
	if err != nil {
		return "", "", err
	}
	state, id, err := d.mint.New(identity.State)
	if err != nil {
		return "", "", err
	}
	address, pending, err := p.Begin(ctx, state, d.record.Random, d.record.Now())
	if err != nil {
		return "", "", err
	}
	return address, state, d.putState(ctx, id, &stateData{Purpose: providerState, For: provider, Pending: &pending}, pending.Until)
}

// CompleteProvider lets somebody in who comes back from a provider with its answer and
// a state. Held is the state that the browser kept: an answer that was fetched in
// another browser lets nobody in.
func (d *Door) CompleteProvider(ctx context.Context, provider string, a identity.Answer, state, held identity.Secret, v Visit) (*Signed, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	by, err := d.provider(provider)
	if err != nil {
		return nil, err
	}
	if held == "" || !held.Equal(state) {
		return nil, identity.NotKnown("Begin the sign-in again, in one browser.", "this browser did not begin the sign-in")
	}
	kept, err := d.takeState(ctx, state, providerState, provider)
	if err != nil {
		return nil, err
	}
	who, err := by.Complete(ctx, *kept.Pending, a, d.record.Now())
	if err != nil {
		d.log.WarnContext(ctx, "sign-in refused", "method", byProvider, "provider", provider, "address", v.Address.String(), "error", err)
		return nil, err
	}
	return d.welcome(ctx, provider, who, v)
}

// welcome lets in whom a provider knows. What its claims say of him is put into the
// directory in the same change; with nothing to change, nothing is put.
func (d *Door) welcome(ctx context.Context, provider string, who *identity.Identity, v Visit) (*Signed, error) {
	for n := 1; ; n++ {
		item, p, err := d.claimed(ctx, provider, who)
		if err != nil {
			return nil, err
		}
		signed, err := d.admit(ctx, p, byProvider, v, func(a *account, change *store.Change) error {
			pointer := d.subjectPointer(who.Key())
			if id, err := d.pointed(ctx, pointer); err != nil {
				return err
			} else if id != p.ID {
				change.Put = append(change.Put, store.Item{Shelf: store.Accounts, ID: pointer, Version: store.AnyVersion, Data: pointTo(pointer, p.ID).Data})
			}
			if string(item.Data) != string(p.Encode()) {
				put := personItem(p)
				put.Version = item.Version
				change.Put = append(change.Put, put)
				change.Acts = append(change.Acts, aboutPerson("directory.claims", p.Party, "", p.ID, map[string]string{"provider": provider}))
			}
			return nil
		})
		// Somebody else may have changed the person, and not the account: read him again.
		if fault.KindOf(err) != fault.Conflict || err == nil || n == attempts {
			return signed, err
		}
	}
}

// claimed returns the person whom a provider knows, as its claims say that he is, and
// the item that he was read from: one without data where he is new.
func (d *Door) claimed(ctx context.Context, provider string, who *identity.Identity) (store.Item, *directory.Person, error) {
	item, err := d.subject(ctx, who)
	if err != nil {
		return item, nil, err
	}
	var p directory.Person
	if item.ID == "" {
		if p, err = d.newcomer(provider, who); err != nil {
			return item, nil, err
		}
	} else if p, err = directory.DecodePerson(item.Data); err != nil {
		return item, nil, err
	}
	if err := d.fits(ctx, &p, who); err != nil {
		return item, nil, err
	}
	if !slices.Contains(p.Subjects, who.Key()) {
		p.Subjects = sorted(append(p.Subjects, who.Key()))
	}
	if who.Roles != nil {
		p.Roles = []access.Role{}
		for _, r := range who.Roles {
			p.Roles = append(p.Roles, access.Role(r))
		}
	}
	p.Name, p.Email = cmp.Or(who.Name, p.Name), cmp.Or(who.Email, p.Email)
	return item, &p, nil
}

// fits refuses an identity that is not that of a person of the directory: of another
// party, or beside another identity of the same provider.
func (d *Door) fits(ctx context.Context, p *directory.Person, who *identity.Identity) error {
	if who.Party != "" && p.Party != who.Party {
		return fault.New(fault.Denied, "Ask an administrator to put the directory right.",
			"the sign-in says that you belong to %s, and the directory that you belong to %s", who.Party, p.Party)
	}
	other := func(key string) bool { return strings.HasPrefix(key, who.Issuer+"|") && key != who.Key() }
	if slices.ContainsFunc(p.Subjects, other) {
		return fault.New(fault.Denied, "Ask an administrator to put the directory right.",
			"the directory knows %s by another identity of this sign-in", p.ID)
	}
	book, err := d.record.Book(ctx)
	if isNotFound(err) {
		return fault.New(fault.Denied, "Put an estate into the record first.", "there is no estate yet that you could belong to")
	}
	if err == nil && book.Estate.PartyKind(p.Party) == "" {
		err = fault.New(fault.Denied, "Ask an administrator to put the settings of the sign-in right.", "there is no party %s in the estate", p.Party)
	}
	return err
}

// newcomer is a person whom only a provider knows so far.
func (d *Door) newcomer(provider string, who *identity.Identity) (directory.Person, error) {
	if who.Party == "" {
		return directory.Person{}, fault.New(fault.Denied, "Ask an administrator to add you to the directory.", "you are known to the sign-in, and not to the directory here")
	}
	id := who.Person
	if id == "" {
		id = "o-" + d.mint.Blind("person", who.Key())[:16]
	}
	name := who.Name
	if name == "" {
		name = id
	}
	return directory.Person{ID: id, Name: name, Party: who.Party, Source: "sign-in:" + provider, Active: true}, nil
}

// errFound ends a search.
var errFound = errors.New("found")

// subject returns the item of the person who has an identity; an empty one where nobody
// has. It looks where the pointer leads, then for the id that the provider tells, and at
// last through the directory, which an import may have told of the identity.
func (d *Door) subject(ctx context.Context, who *identity.Identity) (found store.Item, err error) {
	id, err := d.pointed(ctx, d.subjectPointer(who.Key()))
	if err != nil {
		return store.Item{}, err
	}
	if id != "" {
		item, err := d.record.Ledger.Get(ctx, store.People, id)
		if ok, err := hasSubject(item, err, who.Key()); ok || err != nil {
			return item, err
		}
	}
	err = d.record.browse(ctx, store.Browse{Shelf: store.People}, func(item store.Item) error {
		ok, err := hasSubject(item, nil, who.Key())
		if ok {
			found, err = item, errFound
		}
		return err
	})
	if errors.Is(err, errFound) {
		return found, nil
	}
	if err != nil || who.Person == "" {
		return store.Item{}, err
	}
	item, err := d.record.Ledger.Get(ctx, store.People, who.Person)
	if isNotFound(err) {
		return store.Item{}, nil
	}
	return item, err
}

// hasSubject reports whether an item, as it was got, is a person with an identity.
func hasSubject(item store.Item, err error, key string) (bool, error) {
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p, err := directory.DecodePerson(item.Data)
	return err == nil && slices.Contains(p.Subjects, key), err
}
