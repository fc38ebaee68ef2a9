package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"towerbridge/fault"
	"towerbridge/span"
)

// ProviderConfig describes a provider of sign-in by OpenID Connect.
type ProviderConfig struct {
	ID       string   `json:"id"`     // in addresses: lower-case letters, digits, hyphens
	Name     string   `json:"name"`   // on the button
	Issuer   string   `json:"issuer"` // as the provider writes it, such as https://login.example.org/tenant
	Client   string   `json:"client"`
	Secret   Secret   `json:"-"`
	Redirect string   `json:"redirect"`            // our address that the provider sends people back to
	Scopes   []string `json:"scopes,omitempty"`    // beside openid
	Post     bool     `json:"post,omitempty"`      // send the client's secret in the form, not in the header
	UserInfo bool     `json:"user_info,omitempty"` // ask for more claims where the identity token holds few
	Claims   Claims   `json:"claims"`
}

// SignInTime is how long somebody may take at the provider.
const SignInTime = 10 * time.Minute

// Limits of what a provider is given.
const (
	providerWait  = 10 * time.Second
	providerBytes = 1 << 20
)

// Provider signs people in by OpenID Connect: the authorisation code flow with proof
// of possession of the code (PKCE), a state and a nonce. It asks the provider for its
// description when it is first used, so that one that is away keeps nobody else out.
//
//	Begin ──▶ address at the provider        Pending, for the caller to keep
//	            │ the person signs in there
//	Complete ◀─ code, state; Pending, once
//
// It may be used from many goroutines.
type Provider struct {
	config ProviderConfig
	client *http.Client

	mu         sync.Mutex
	discovered *oidc.Provider
}

// Pending is the half of a sign-in that has begun. It is a secret of ours until it is
// used: whoever has it and the code could finish the sign-in in another browser.
type Pending struct {
	Provider string       `json:"provider"`
	Nonce    string       `json:"nonce"`
	Verifier string       `json:"verifier"`
	Until    span.Instant `json:"until"`
}

// String leaves the nonce and the verifier out.
func (p Pending) String() string { return "sign-in at " + p.Provider + " until " + p.Until.String() }

// LogValue is what String returns.
func (p Pending) LogValue() slog.Value { return slog.StringValue(p.String()) }

// NewProvider returns a provider that is reached by a transport; nil is the standard one.
// It reaches for nothing yet. The error is fault.Findings.
func NewProvider(c ProviderConfig, transport http.RoundTripper) (*Provider, error) {
	if findings := c.check(); len(findings) > 0 {
		return nil, findings
	}
	if transport == nil {
		transport = http.DefaultTransport
	}
	client := &http.Client{
		Transport: bounded{transport}, Timeout: providerWait,
		// Nothing that carries a code or a secret goes where another host sends it.
		CheckRedirect: func(to *http.Request, via []*http.Request) error {
			if len(via) > 3 || to.URL.Host != via[0].URL.Host {
				return errors.New("it points to another host")
			}
			return nil
		},
	}
	return &Provider{config: c, client: client}, nil
}

func (c *ProviderConfig) check() fault.Findings {
	var out fault.Findings
	wrong := func(field, format string, args ...any) {
		out = append(out, ruleProvider.At(fault.Position{}, field, format, args...))
	}
	if c.ID == "" || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		wrong("id", "%q is not made of lower-case letters, digits and hyphens", c.ID)
	}
	if !safeAddress(c.Issuer) {
		wrong("issuer", "%q is not an https address", c.Issuer)
	}
	if !safeAddress(c.Redirect) {
		wrong("redirect", "%q is not an https address", c.Redirect)
	}
	if c.Client == "" {
		wrong("client", "there is no client id")
	}
	return append(out, c.Claims.check()...)
}

// safeAddress reports whether an address is https, or http on this machine.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// ID returns what the provider is called in addresses.
func (p *Provider) ID() string { return p.config.ID }

// Name returns what people call the provider.
func (p *Provider) Name() string { return p.config.Name }

// discover returns the provider's description.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovered != nil {
		return p.discovered, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, p.away(err)
	}
	p.discovered = found
	return found, nil
}

// away is the error of a provider that cannot be reached or does not describe itself.
func (p *Provider) away(cause error) error {
	return &fault.Error{
		Kind: fault.Unavailable, Message: "the sign-in of " + p.config.Name + " does not answer as it should",
		Remedy: "Try again later, or sign in another way.", Cause: cause,
	}
}

func (p *Provider) oauth(d *oidc.Provider) *oauth2.Config {
	endpoint := d.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.config.Post || p.config.Secret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	scopes := []string{oidc.ScopeOpenID}
	for _, s := range p.config.Scopes {
		if s != oidc.ScopeOpenID {
			scopes = append(scopes, s)
		}
	}
	return &oauth2.Config{ClientID: p.config.Client, ClientSecret: p.config.Secret.Reveal(), Endpoint: endpoint, RedirectURL: p.config.Redirect, Scopes: scopes}
}

// Begin returns the address at the provider to which a person is sent with a state, and
// what the caller keeps under that state, for one use, until the answer comes. The
// caller also has the browser keep the state, so that nobody is signed in by an answer
// that was fetched in another one.
func (p *Provider) Begin(ctx context.Context, state Secret, random io.Reader, now span.Instant) (address string, pending Pending, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", Pending{}, err
	}
	noise := make([]byte, 2*randomBytes)
	if _, err := io.ReadFull(random, noise); err != nil {
		return "", Pending{}, fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	pending = Pending{
		Provider: p.config.ID, Nonce: base64.RawURLEncoding.EncodeToString(noise[:randomBytes]), Verifier: base64.RawURLEncoding.EncodeToString(noise[randomBytes:]),
		Until: now + span.Instant(SignInTime/time.Second),
	}
	return p.oauth(d).AuthCodeURL(state.Reveal(), oidc.Nonce(pending.Nonce), oauth2.S256ChallengeOption(pending.Verifier)), pending, nil
}

// bounded reads no more of an answer than any description or token is long.
type bounded struct{ http.RoundTripper }

// RoundTrip sends a request and bounds the body of its answer.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, providerBytes), answer.Body}
	}
	return answer, err
}
