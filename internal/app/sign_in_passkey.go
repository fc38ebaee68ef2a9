package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/bits"
	"slices"
	"strings"

	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// The purposes of states between the two halves of a sign-in.
const (
	registerState = "passkey.register"
	passkeyState  = "passkey.sign-in"
	providerState = "provider"
)

// stateData is a half of a sign-in that has begun, as it is stored: for one use, and a
// few minutes.
type stateData struct {
	Purpose string            `json:"purpose"`
	For     string            `json:"for,omitempty"`     // whose it is: the id of a session, a link
	Handle  []byte            `json:"handle,omitempty"`  // of the person, when he registers a passkey
	Name    string            `json:"name,omitempty"`    // that he signs in by, then
	Passkey json.RawMessage   `json:"passkey,omitempty"` // what package identity keeps of it
	Pending *identity.Pending `json:"pending,omitempty"`
}

// Ceremony is the first half of the use of a passkey: what the browser is given.
type Ceremony struct {
	Options json.RawMessage // for navigator.credentials
	State   identity.Secret // that comes back with the answer
}

// PasskeyAnswer is the second half.
type PasskeyAnswer struct {
	State  identity.Secret
	Answer []byte // of navigator.credentials, as JSON
	Name   string // that the owner gives a new passkey, such as phone
}

// PasskeyView is a passkey as its owner sees it.
type PasskeyView struct {
	ID          string // base64 (URL alphabet)
	Name        string
	Added, Used span.Instant
}

// errNoPasskeys is the refusal where the site cannot have passkeys.
func errNoPasskeys() error {
	return fault.New(fault.NotFound, "Use a password, or have the program's origin set to an https address.", "there are no passkeys at this site")
}

// keepState keeps a half of a sign-in until an instant, and returns what leads to it.
func (d *Door) keepState(ctx context.Context, s *stateData, until span.Instant) (identity.Secret, error) {
	secret, id, err := d.mint.New(identity.State)
	if err != nil {
		return "", err
	}
	return secret, d.putState(ctx, id, s, until)
}

func (d *Door) putState(ctx context.Context, id string, s *stateData, until span.Instant) error {
	_, err := d.record.Ledger.Commit(ctx, &store.Change{Put: []store.Item{{Shelf: store.Links, ID: id, Until: until, Data: writeItem(s)}}})
	return err
}

// takeState returns a half of a sign-in and takes it away, so that it is used once.
func (d *Door) takeState(ctx context.Context, secret identity.Secret, purpose, whose string) (*stateData, error) {
	gone := identity.NotKnown("Begin again.", "this sign-in took too long, or was finished already")
	id, err := d.mint.ID(identity.State, secret)
	if err != nil {
		return nil, err
	}
	item, err := d.record.Ledger.Get(ctx, store.Links, id)
	if isNotFound(err) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	s := &stateData{}
	if err := readItem(item, s); err != nil {
		return nil, err
	}
	if s.Purpose != purpose || s.For != whose {
		return nil, gone
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{Drop: []store.Item{{Shelf: store.Links, ID: id, Version: item.Version}}})
	if fault.KindOf(err) == fault.Conflict && err != nil {
		return nil, gone
	}
	return s, err
}

// BeginPasskey begins the registration of a passkey by somebody who signed in just now.
func (d *Door) BeginPasskey(ctx context.Context, s *Session) (*Ceremony, error) {
	if err := d.fresh(s); err != nil {
		return nil, err
	}
	p, err := d.record.person(ctx, s.Who.ID)
	if err != nil {
		return nil, err
	}
	a, err := d.account(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return d.beginRegistration(ctx, p, a, s.ID)
}

// BeginLinkPasskey begins the registration of a passkey by somebody who came by a link.
func (d *Door) BeginLinkPasskey(ctx context.Context, secret identity.Secret, n Newcomer, v Visit) (*Ceremony, error) {
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
	a.Name = name
	return d.beginRegistration(ctx, p, a, l.id)
}

func (d *Door) beginRegistration(ctx context.Context, p *directory.Person, a *account, whose string) (*Ceremony, error) {
	if d.passkeys == nil {
		return nil, errNoPasskeys()
	}
	var err error
	if len(a.Handle) == 0 {
		if a.Handle, err = d.newHandle(); err != nil {
			return nil, err
		}
	}
	options, kept, err := d.passkeys.BeginRegistration(a.holder(p))
	if err != nil {
		return nil, err
	}
	s := &stateData{Purpose: registerState, For: whose, Handle: a.Handle, Name: a.Name, Passkey: kept}
	state, err := d.keepState(ctx, s, d.record.Now()+seconds(identity.CeremonyTime))
	return &Ceremony{Options: options, State: state}, err
}

// registered checks the answer of a device that made a passkey, and returns what adds
// it to the account.
func (d *Door) registered(p *directory.Person, s *stateData, a *account, answer *PasskeyAnswer) (func(*account, *store.Change) error, error) {
	if d.passkeys == nil {
		return nil, errNoPasskeys()
	}
	then := *a
	then.Handle, then.Name = s.Handle, s.Name
	name := strings.TrimSpace(answer.Name)
	if name == "" {
		name = "passkey"
	}
	made, err := d.passkeys.FinishRegistration(then.holder(p), s.Passkey, answer.Answer, name[:min(len(name), 100)], d.record.Now())
	if err != nil {
		return nil, err
	}
	return func(a *account, change *store.Change) error {
		switch {
		case len(a.Handle) == 0:
			a.Handle = s.Handle
			change.Put = append(change.Put, pointTo(handlePointer(s.Handle), a.Person))
		case !bytes.Equal(a.Handle, s.Handle):
			return fault.New(fault.Conflict, "Begin again.", "another passkey was registered at the same moment")
		}
		a.Passkeys = append(a.Passkeys, *made)
		return nil
	}, nil
}

// FinishPasskey adds the passkey that a device has made to the account of somebody who
// is signed in.
func (d *Door) FinishPasskey(ctx context.Context, s *Session, answer PasskeyAnswer) error {
	state, err := d.takeState(ctx, answer.State, registerState, s.ID)
	if err != nil {
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
	set, err := d.registered(p, state, a, &answer)
	if err != nil {
		return err
	}
	change := &store.Change{Who: p.ID}
	if err := set(a, change); err != nil {
		return err
	}
	change.Put = append(change.Put, a.put())
	change.Acts = []store.Act{aboutPerson("account.passkey", p.Party, "", p.ID, map[string]string{"passkeys": count(len(a.Passkeys))})}
	_, err = d.record.Ledger.Commit(ctx, change)
	return err
}

// Passkeys returns the passkeys of somebody who is signed in, in the order in which
// they were added.
func (d *Door) Passkeys(ctx context.Context, s *Session) ([]PasskeyView, error) {
	a, err := d.account(ctx, s.Who.ID)
	if err != nil {
		return nil, err
	}
	out := make([]PasskeyView, len(a.Passkeys))
	for i, k := range a.Passkeys {
		out[i] = PasskeyView{ID: base64.RawURLEncoding.EncodeToString(k.Credential.ID), Name: k.Name, Added: k.Added, Used: k.Used}
	}
	return out, nil
}

// RemovePasskey takes a passkey away from the account of somebody who signed in just
// now, unless he could not sign in any more without it.
func (d *Door) RemovePasskey(ctx context.Context, s *Session, id string) error {
	if err := d.fresh(s); err != nil {
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
	before := len(a.Passkeys)
	a.Passkeys = slices.DeleteFunc(a.Passkeys, func(k identity.Passkey) bool {
		return base64.RawURLEncoding.EncodeToString(k.Credential.ID) == id
	})
	switch {
	case len(a.Passkeys) == before:
		return fault.New(fault.NotFound, "List your passkeys again.", "you have no such passkey")
	case !a.usable(p):
		return fault.New(fault.Conflict, "Set a password or add another passkey first.", "without this passkey you could not sign in any more")
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{
		Who: p.ID, Put: []store.Item{a.put()},
		Acts: []store.Act{aboutPerson("account.passkey", p.Party, "", p.ID, map[string]string{"passkeys": count(len(a.Passkeys)), "removed": "yes"})},
	})
	return err
}

// BeginPasskeySignIn begins a sign-in by passkey. Nobody is named: the device knows
// whose it is.
func (d *Door) BeginPasskeySignIn(ctx context.Context, v Visit) (*Ceremony, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	if d.passkeys == nil {
		return nil, errNoPasskeys()
	}
	options, kept, err := d.passkeys.BeginSignIn()
	if err != nil {
		return nil, err
	}
	state, err := d.keepState(ctx, &stateData{Purpose: passkeyState, Passkey: kept}, d.record.Now()+seconds(identity.CeremonyTime))
	return &Ceremony{Options: options, State: state}, err
}

// PasskeySignIn lets the owner of a passkey in.
func (d *Door) PasskeySignIn(ctx context.Context, answer PasskeyAnswer, v Visit) (*Signed, error) {
	if err := d.knock(v); err != nil {
		return nil, err
	}
	if d.passkeys == nil {
		return nil, errNoPasskeys()
	}
	state, err := d.takeState(ctx, answer.State, passkeyState, "")
	if err != nil {
		return nil, err
	}
	var p *directory.Person
	h, at, err := d.passkeys.FinishSignIn(state.Passkey, answer.Answer, d.record.Now(), func(handle []byte) (identity.Holder, error) {
		var a *account
		var err error
		if p, a, err = d.handled(ctx, handle); err != nil {
			return identity.Holder{}, err
		}
		return a.holder(p), nil
	})
	if err != nil {
		d.log.WarnContext(ctx, "sign-in refused", "method", byPasskey, "address", v.Address.String(), "error", err)
		if p != nil && errors.Is(err, identity.ErrNotKnown) {
			err = errors.Join(err, d.suspect(ctx, p))
		}
		return nil, err
	}
	used := h.Passkeys[at]
	return d.admit(ctx, p, byPasskey, v, func(a *account, _ *store.Change) error {
		for i := range a.Passkeys {
			if bytes.Equal(a.Passkeys[i].Credential.ID, used.Credential.ID) {
				a.Passkeys[i] = used
				return nil
			}
		}
		return identity.NotKnown("Use another way to sign in.", "the passkey was taken away in this moment")
	})
}

// suspect counts an attempt in the name of somebody with a key that is not his, or may be a copy. The
// journal hears of them in sum: of the first, and each time the number has doubled.
func (d *Door) suspect(ctx context.Context, p *directory.Person) error {
	for n := 1; ; n++ {
		a, err := d.account(ctx, p.ID)
		if err != nil {
			return err
		}
		a.Refused++
		change := &store.Change{Put: []store.Item{a.put()}}
		if bits.OnesCount(uint(a.Refused)) == 1 {
			change.Acts = []store.Act{aboutPerson("sign-in.refuse", p.Party, "", p.ID, map[string]string{"method": byPasskey, "refused": count(a.Refused)})}
		}
		_, err = d.record.Ledger.Commit(ctx, change)
		if err == nil || fault.KindOf(err) != fault.Conflict || n == attempts {
			return err
		}
	}
}

// handled returns the person and the account of a handle that a device keeps.
func (d *Door) handled(ctx context.Context, handle []byte) (*directory.Person, *account, error) {
	nobody := identity.NotKnown("Use another way to sign in.", "nobody has this passkey here")
	id, err := d.pointed(ctx, handlePointer(handle))
	if err != nil {
		return nil, nil, err
	}
	if id == "" {
		return nil, nil, nobody
	}
	p, err := d.record.person(ctx, id)
	if isNotFound(err) {
		return nil, nil, nobody
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := d.account(ctx, id)
	return p, a, err
}
