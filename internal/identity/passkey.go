package identity

import (
	"bytes"
	"encoding/json"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"towerbridge/fault"
	"towerbridge/span"
)

// CeremonyTime is how long the two halves of a passkey's registration or use may lie
// apart. The caller keeps the state that the first half returns for no longer.
const CeremonyTime = 5 * time.Minute

// Passkeys lets people sign in with the key that their device keeps for this site
// (WebAuthn). The device must have seen its owner (a finger, a face, a number), so a
// passkey alone is proof of both having and being. The key is found by the site, so no
// name is typed, and no list of accounts can be tried.
//
//	begin ──▶ options for the browser, state for the caller to keep
//	            │ navigator.credentials.create / .get
//	finish ◀── its answer, and the state
type Passkeys struct{ web *webauthn.WebAuthn }

// Passkey is a registered key as it is stored. It holds nothing secret.
type Passkey struct {
	Name       string              `json:"name"` // that its owner gave it
	Added      span.Instant        `json:"added"`
	Used       span.Instant        `json:"used,omitempty"` // to the day; zero: not yet
	Credential webauthn.Credential `json:"credential"`
}

// Holder is somebody who has or will have passkeys.
type Holder struct {
	Handle   []byte // random, up to 64 bytes, and his for ever: what the device keeps of him
	Name     string // that he signs in by
	Shown    string // his own
	Passkeys []Passkey
}

// PasskeyOrigin reports whether browsers keep passkeys for a site at an origin: https and
// a host name, or http://localhost.
func PasskeyOrigin(origin string) bool {
	_, ok := passkeyHost(origin)
	return ok
}

func passkeyHost(origin string) (*url.URL, bool) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || net.ParseIP(u.Hostname()) != nil {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "http" && u.Hostname() == "localhost"
}

// NewPasskeys returns the passkeys of the site at an origin such as
// https://desk.example.org. Where that cannot have any, the error is a finding.
func NewPasskeys(siteName, origin string) (*Passkeys, error) {
	u, ok := passkeyHost(origin)
	if !ok {
		return nil, fault.Findings{ruleOrigin.At(fault.Position{}, "origin", "%q is not an origin that a browser keeps passkeys for", origin)}
	}
	must := true
	web, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: siteName, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &must, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: CeremonyTime, TimeoutUVD: CeremonyTime},
			Registration: webauthn.TimeoutConfig{Timeout: CeremonyTime, TimeoutUVD: CeremonyTime},
		},
	})
	if err != nil {
		return nil, fault.Findings{ruleOrigin.At(fault.Position{}, "origin", "%q is not an origin that a browser keeps passkeys for", origin)}
	}
	return &Passkeys{web}, nil
}

// BeginRegistration returns the options for the browser, and the state that
// [Passkeys.FinishRegistration] needs, both JSON. A device that has a key of the holder already
// does not make another.
func (p *Passkeys) BeginRegistration(h Holder) (options, state []byte, err error) {
	var has []protocol.CredentialDescriptor
	for i := range h.Passkeys {
		has = append(has, h.Passkeys[i].Credential.Descriptor())
	}
	creation, session, err := p.web.BeginRegistration(holder{h}, webauthn.WithExclusions(has))
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "the registration of a passkey cannot begin")
	}
	return both(creation, session)
}

// FinishRegistration returns the new key of a holder from the browser's answer, with
// the name that he gave it.
func (p *Passkeys) FinishRegistration(h Holder, state, answer []byte, name string, now span.Instant) (*Passkey, error) {
	session, err := sessionOf(state)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, unusable("registered", err)
	}
	credential, err := p.web.CreateCredential(holder{h}, session, parsed)
	if err != nil {
		return nil, unusable("registered", err)
	}
	for i := range h.Passkeys {
		if bytes.Equal(h.Passkeys[i].Credential.ID, credential.ID) {
			return nil, fault.New(fault.Conflict, "Use the passkey, or take it away first.", "the passkey is registered already")
		}
	}
	return &Passkey{Name: name, Added: now, Credential: *credential}, nil
}

// BeginSignIn returns the options for the browser, and the state that
// [Passkeys.FinishSignIn] needs, both JSON.
func (p *Passkeys) BeginSignIn() (options, state []byte, err error) {
	assertion, session, err := p.web.BeginDiscoverableLogin()
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "the sign-in by passkey cannot begin")
	}
	return both(assertion, session)
}

// FinishSignIn returns the holder that the browser's answer proves, and which of his
// passkeys, as it is to be stored now. The caller finds the holder of a handle; its
// error is returned as it is. A key whose counter went back may have been copied: it is refused.
func (p *Passkeys) FinishSignIn(state, answer []byte, now span.Instant, find func(handle []byte) (Holder, error)) (Holder, int, error) {
	session, err := sessionOf(state)
	if err != nil {
		return Holder{}, 0, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Holder{}, 0, unusable("used", err)
	}
	var found Holder
	var missing error
	credential, err := p.web.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		found, missing = find(handle)
		return holder{found}, missing
	}, session, parsed)
	switch {
	case missing != nil:
		return Holder{}, 0, missing
	case err != nil:
		return Holder{}, 0, unusable("used", err)
	case credential.Authenticator.CloneWarning:
		return Holder{}, 0, NotKnown("Take the passkey away and register a new one.", "there may be a copy of this passkey: its counter went back")
	}
	for i := range found.Passkeys {
		if bytes.Equal(found.Passkeys[i].Credential.ID, credential.ID) {
			found.Passkeys[i].Credential, found.Passkeys[i].Used = *credential, now
			return found, i, nil
		}
	}
	return Holder{}, 0, unusable("used", nil)
}

// unusable is the refusal of an answer. Its cause is left out: it may hold what the
// browser sent.
func unusable(how string, _ error) error {
	return NotKnown("Begin again; if that fails, use another way to sign in.", "the passkey cannot be %s", how)
}

func both(options, state any) ([]byte, []byte, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "the options of a passkey cannot be written")
	}
	s, err := json.Marshal(state)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "the state of a passkey cannot be written")
	}
	return o, s, nil
}

func sessionOf(state []byte) (s webauthn.SessionData, err error) {
	if err := json.Unmarshal(state, &s); err != nil {
		return s, fault.Wrap(fault.Internal, err, "the state of a passkey cannot be read")
	}
	return s, nil
}

// holder is a Holder as the library wants it.
type holder struct{ h Holder }

func (x holder) WebAuthnID() []byte          { return x.h.Handle }
func (x holder) WebAuthnName() string        { return x.h.Name }
func (x holder) WebAuthnDisplayName() string { return x.h.Shown }
func (x holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(x.h.Passkeys))
	for i := range x.h.Passkeys {
		out[i] = x.h.Passkeys[i].Credential
	}
	return out
}
