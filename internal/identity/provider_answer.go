package identity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"towerbridge/span"
)

// clockSkew is by how much a provider's clock may be ahead of ours.
const clockSkew = time.Minute

// Answer is what a provider sent back with a person.
type Answer struct {
	Code   Secret
	Issuer string // where it says who it is (RFC 9207)
	Error  string // its code, such as access_denied
}

// Complete returns who signed in. The caller has found the pending half by the state of
// the answer and taken it away. The error is a [Refusal] where the answer does not
// hold, and Unavailable where the provider does not answer.
func (p *Provider) Complete(ctx context.Context, pending Pending, a Answer, now span.Instant) (*Identity, error) {
	const again = "Begin the sign-in again."
	switch {
	case pending.Provider != p.config.ID, a.Issuer != "" && a.Issuer != p.config.Issuer:
		return nil, NotKnown(again, "the answer is not one of %s", p.config.Name)
	case now >= pending.Until:
		return nil, NotKnown(again, "the sign-in took longer than %d minutes", SignInTime/time.Minute)
	case a.Error != "":
		return nil, NotKnown(again, "%s did not sign you in (%s)", p.config.Name, code(a.Error))
	case a.Code == "":
		return nil, NotKnown(again, "the answer of %s holds no code", p.config.Name)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.oauth(d).Exchange(ctx, a.Code.Reveal(), oauth2.VerifierOption(pending.Verifier))
	if err != nil {
		return nil, p.exchangeError(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	claims, subject, err := p.verify(ctx, d, raw, tokens, pending.Nonce, now)
	if err != nil {
		return nil, err
	}
	if p.config.UserInfo {
		if err := p.addUserInfo(ctx, d, tokens, subject, claims); err != nil {
			return nil, err
		}
	}
	return p.config.Claims.Read(p.config.Issuer, subject, claims)
}

// exchangeError tells a code that was refused from a provider that is away. What the
// provider wrote is left out, as it may repeat the code.
func (p *Provider) exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
		return NotKnown("Begin the sign-in again.", "%s does not accept the code (%s)", p.config.Name, code(refused.ErrorCode))
	}
	return p.away(nil)
}

// verify checks an identity token and returns its claims and its subject.
func (p *Provider) verify(ctx context.Context, d *oidc.Provider, raw string, tokens *oauth2.Token, nonce string, now span.Instant) (map[string]any, string, error) {
	refuse := func(why string) error {
		return NotKnown("Begin the sign-in again; if it fails again, tell who runs the sign-in.", "%s sent an identity that does not hold: %s", p.config.Name, why)
	}
	verifier := d.Verifier(&oidc.Config{ClientID: p.config.Client, Now: now.Time})
	token, err := verifier.Verify(ctx, raw)
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return nil, "", refuse("it has expired")
	case err != nil:
		return nil, "", refuse("its issuer, audience or signature is not the right one")
	case !Secret(token.Nonce).Equal(Secret(nonce)):
		return nil, "", refuse("it was made for another sign-in")
	case token.IssuedAt.After(now.Time().Add(clockSkew)):
		return nil, "", refuse("it was issued in the future")
	case token.Subject == "" || len(token.Subject) > 255:
		return nil, "", refuse("it has no subject")
	case token.AccessTokenHash != "" && token.VerifyAccessToken(tokens.AccessToken) != nil:
		return nil, "", refuse("it belongs to another access token")
	}
	var read json.RawMessage
	if err := token.Claims(&read); err != nil {
		return nil, "", refuse("its claims cannot be read")
	}
	claims, err := decodeClaims(read)
	if err != nil {
		return nil, "", refuse("its claims cannot be read")
	}
	if azp, given := claims["azp"]; given && azp != p.config.Client || !given && len(token.Audience) > 1 {
		return nil, "", refuse("it was issued to another client")
	}
	return claims, token.Subject, nil
}

// addUserInfo adds the claims that only the provider's user info has. Those of the
// identity token, which is signed, stay.
func (p *Provider) addUserInfo(ctx context.Context, d *oidc.Provider, tokens *oauth2.Token, subject string, claims map[string]any) error {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return p.away(nil)
	}
	if info.Subject != subject {
		return NotKnown("Begin the sign-in again.", "%s sent the claims of somebody else", p.config.Name)
	}
	var read json.RawMessage
	if err := info.Claims(&read); err != nil {
		return p.away(nil)
	}
	more, err := decodeClaims(read)
	if err != nil {
		return p.away(nil)
	}
	for name, value := range more {
		if _, has := claims[name]; !has {
			claims[name] = value
		}
	}
	return nil
}

func decodeClaims(b []byte) (claims map[string]any, err error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	err = d.Decode(&claims)
	return claims, err
}

// code returns an error code as it may be shown: RFC 6749 allows little more than words.
func code(s string) string {
	plain := func(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' }
	if s == "" || len(s) > 40 || slices.ContainsFunc([]rune(s), func(r rune) bool { return !plain(r) }) {
		return "unknown"
	}
	return s
}
