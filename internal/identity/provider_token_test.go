package identity

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/oauth2-proxy/mockoidc"
)

// groupProvider is a provider that tells groups, and whose key the test has: it can
// sign what no real provider would.
func groupProvider(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return m
}

func groupConfig(m *mockoidc.MockOIDC) ProviderConfig {
	return ProviderConfig{
		ID: "acme", Name: "Acme", Issuer: m.Issuer(), Client: m.ClientID, Secret: Secret(m.ClientSecret), Post: true,
		Redirect: "http://localhost:8080/back", Scopes: []string{"profile", "email", "groups"},
		Claims: Claims{
			Name: "preferred_username", Party: "groups", Parties: map[string]string{"acme": "acme"},
			Roles: "groups", Grants: map[string][]string{"tb-agents": {"agent"}, "tb-leads": {"manager"}},
		},
	}
}

func TestGroupsGiveRoles(t *testing.T) {
	m := groupProvider(t)
	p := newProvider(t, groupConfig(m), nil)
	for name, c := range map[string]struct {
		groups []string
		roles  []string
		err    string
	}{
		"two of them":        {[]string{"acme", "tb-leads", "tb-agents", "engineering"}, []string{"agent", "manager"}, ""},
		"none that is ours":  {[]string{"acme", "administrators", "tb-agents-x"}, nil, ""},
		"none of our party":  {[]string{"tb-agents"}, nil, "which party"},
		"no groups whatever": {nil, nil, "which party"},
	} {
		m.QueueUser(&mockoidc.MockUser{Subject: "u1", PreferredUsername: "ada", Email: "ada@acme.example", Groups: c.groups})
		address, pending := begin(t, p, "s")
		a, _ := person(t, address)
		got, err := p.Complete(context.Background(), pending, a, now())
		if c.err != "" {
			if !errors.Is(err, ErrNotKnown) || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if err != nil || got.Party != "acme" || got.Name != "ada" || !slices.Equal(got.Roles, c.roles) || got.Key() != m.Issuer()+"|u1" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Whatever token comes over the wire, it signs in only if it is whole: each of these
// differs from a good one in one thing.
func TestTokens(t *testing.T) {
	m := groupProvider(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	by := func(alg jose.SignatureAlgorithm, key any, c map[string]any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		s, err := signer.Sign(body)
		if err != nil {
			t.Fatal(err)
		}
		compact, err := s.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return compact
	}
	signed := func(c map[string]any) string { return by(jose.RS256, m.Keypair.PrivateKey, c) }
	alter := func(f func(map[string]any)) func(map[string]any) string {
		return func(c map[string]any) string { f(c); return signed(c) }
	}
	hour := time.Hour
	for name, c := range map[string]struct {
		token func(map[string]any) string
		says  string // empty: it is good
	}{
		"a good one":              {alter(func(map[string]any) {}), ""},
		"one audience of two":     {alter(func(c map[string]any) { c["aud"] = []string{m.ClientID, "other"}; c["azp"] = m.ClientID }), ""},
		"a slightly fast clock":   {alter(func(c map[string]any) { c["iat"] = time.Now().Add(30 * time.Second).Unix() }), ""},
		"another audience":        {alter(func(c map[string]any) { c["aud"] = "other" }), "audience"},
		"no audience":             {alter(func(c map[string]any) { delete(c, "aud") }), "audience"},
		"two audiences, no azp":   {alter(func(c map[string]any) { c["aud"] = []string{m.ClientID, "other"} }), "another client"},
		"issued to another":       {alter(func(c map[string]any) { c["azp"] = "other" }), "another client"},
		"another issuer":          {alter(func(c map[string]any) { c["iss"] = "https://evil.example" }), "issuer"},
		"expired":                 {alter(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }), "expired"},
		"without an end":          {alter(func(c map[string]any) { delete(c, "exp") }), "expired"},
		"issued tomorrow":         {alter(func(c map[string]any) { c["iat"] = time.Now().Add(hour).Unix() }), "future"},
		"not good yet":            {alter(func(c map[string]any) { c["nbf"] = time.Now().Add(hour).Unix() }), "signature"},
		"another nonce":           {alter(func(c map[string]any) { c["nonce"] = "another" }), "another sign-in"},
		"no nonce":                {alter(func(c map[string]any) { delete(c, "nonce") }), "another sign-in"},
		"no subject":              {alter(func(c map[string]any) { delete(c, "sub") }), "no subject"},
		"an endless subject":      {alter(func(c map[string]any) { c["sub"] = strings.Repeat("s", 256) }), "no subject"},
		"of another access token": {alter(func(c map[string]any) { c["at_hash"] = "bm90IHRoYXQgb25l" }), "access token"},
		"signed by a stranger":    {func(c map[string]any) string { return by(jose.RS256, stranger, c) }, "signature"},
		"signed with the client's secret": {func(c map[string]any) string {
			return by(jose.HS256, []byte(m.ClientSecret+strings.Repeat("x", 32)), c)
		}, "signature"},
		"not signed": {func(c map[string]any) string {
			body, _ := json.Marshal(c)
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
		}, "signature"},
		"altered after signing": {func(c map[string]any) string {
			parts := strings.Split(signed(c), ".")
			c["sub"] = "somebody else"
			body, _ := json.Marshal(c)
			return parts[0] + "." + base64.RawURLEncoding.EncodeToString(body) + "." + parts[2]
		}, "signature"},
		"no token": {func(map[string]any) string { return "x" }, "signature"},
	} {
		tape := &swap{}
		p := newProvider(t, groupConfig(m), tape)
		address, pending := begin(t, p, "s")
		a, _ := person(t, address)
		tape.put = c.token(map[string]any{
			"iss": m.Issuer(), "sub": "u1", "aud": m.ClientID, "nonce": pending.Nonce, "groups": []string{"acme", "tb-agents"},
			"iat": time.Now().Unix(), "exp": time.Now().Add(hour).Unix(),
		})
		got, err := p.Complete(context.Background(), pending, a, now())
		switch {
		case c.says == "" && (err != nil || got.Subject != "u1"):
			t.Errorf("%s: %+v, %v", name, got, err)
		case c.says != "" && (!errors.Is(err, ErrNotKnown) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %+v, %v", name, got, err)
		case err != nil && strings.Contains(err.Error(), tape.put) && len(tape.put) > 1:
			t.Errorf("%s: the refusal repeats the token", name)
		}
	}
}

// What the signed token says stands; user info adds to it, and only of the same person.
func TestUserInfo(t *testing.T) {
	server := realProvider(t)
	for name, c := range map[string]struct {
		info map[string]any
		want string
		err  bool
	}{
		"adds":              {map[string]any{"sub": "id1", "name": "Ada", "nonce": "x", "azp": "x"}, "Ada", false},
		"of somebody else":  {map[string]any{"sub": "id2", "name": "Bob"}, "", true},
		"without a subject": {map[string]any{"name": "Bob", "sub": ""}, "", true},
	} {
		p := newProvider(t, configFor(server.URL), &swap{userInfo: c.info})
		address, pending := begin(t, p, "s")
		a, _ := person(t, address)
		got, err := p.Complete(context.Background(), pending, a, now())
		if c.err != errors.Is(err, ErrNotKnown) || err == nil && got.Name != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	config := configFor(server.URL)
	p := newProvider(t, config, failing{"/userinfo"})
	address, pending := begin(t, p, "s")
	a, _ := person(t, address)
	if got, err := p.Complete(context.Background(), pending, a, now()); err == nil || errors.Is(err, ErrNotKnown) {
		t.Errorf("user info is away: %+v, %v", got, err)
	}
	if p.ID() != "force" || p.Name() != config.Name {
		t.Error("the provider has another name")
	}
}

// failing is a transport over which one path is out of order.
type failing struct{ path string }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, f.path) {
		return nil, errors.New("the line is dead")
	}
	return http.DefaultTransport.RoundTrip(r)
}
