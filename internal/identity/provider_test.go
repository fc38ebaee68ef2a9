package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"towerbridge/fault"
	"towerbridge/span"
)

const clientSecret = "the-clients-own-secret"

// realProvider is a whole OpenID provider with a sign-in form, in this process.
func realProvider(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	clients := map[string]*storage.Client{}
	for _, id := range []string{"towerbridge", "another"} {
		clients[id] = storage.WebClient(id, clientSecret, "http://localhost:8080/sign-in/force/back")
	}
	users := storage.NewUserStore(issuer + "/")
	server.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorageWithClients(users, clients), slog.New(slog.DiscardHandler), false)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func configFor(issuer string) ProviderConfig {
	return ProviderConfig{
		ID: "force", Name: "the force's sign-in", Issuer: issuer, Client: "towerbridge", Secret: clientSecret,
		Redirect: "http://localhost:8080/sign-in/force/back", Scopes: []string{"openid", "profile", "email"}, UserInfo: true,
	}
}

func newProvider(t *testing.T, c ProviderConfig, transport http.RoundTripper) *Provider {
	t.Helper()
	p, err := NewProvider(c, transport)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// now is the moment of the tests: the provider's tokens have its clock.
func now() span.Instant { return span.Instant(time.Now().Unix()) }

// person follows an address as a browser does, signs in at the form, and returns what
// the provider sends back.
func person(t *testing.T, address string) (a Answer, state string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(to *http.Request, _ []*http.Request) error {
		if to.URL.Port() == "8080" {
			back = to.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	page.Body.Close()
	if back == nil { // there is a form
		form := url.Values{"username": {"test-user@127.0.0.1"}, "password": {"verysecure"}, "id": {page.Request.URL.Query().Get("authRequestID")}}
		page, err = browser.PostForm(page.Request.URL.String(), form)
		if err != nil {
			t.Fatal(err)
		}
		page.Body.Close()
	}
	if back == nil {
		t.Fatalf("the provider sent nobody back: %s", page.Status)
	}
	q := back.Query()
	return Answer{Code: Secret(q.Get("code")), Issuer: q.Get("iss"), Error: q.Get("error")}, q.Get("state")
}

func begin(t *testing.T, p *Provider, state Secret) (string, Pending) {
	t.Helper()
	address, pending, err := p.Begin(context.Background(), state, rand.Reader, now())
	if err != nil {
		t.Fatal(err)
	}
	return address, pending
}

func TestSignInAtARealProvider(t *testing.T) {
	ctx := context.Background()
	server := realProvider(t)
	p := newProvider(t, configFor(server.URL), nil)
	address, pending := begin(t, p, "the-state")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") != pending.Nonce || q.Get("state") != "the-state" ||
		q.Get("response_type") != "code" || q.Get("scope") != "openid profile email" || strings.Contains(address, pending.Verifier) {
		t.Errorf("the address is %s", address)
	}
	a, state := person(t, address)
	if state != "the-state" {
		t.Errorf("the state came back as %q", state)
	}
	got, err := p.Complete(ctx, pending, a, now())
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != server.URL || got.Subject != "id1" || got.Name != "Test User" || got.Email != "test-user@zitadel.ch" || got.Party != "" || got.Roles != nil {
		t.Errorf("signed in as %+v", got)
	}
	if _, err := p.Complete(ctx, pending, a, now()); !errors.Is(err, ErrNotKnown) || !strings.Contains(err.Error(), "does not accept the code (") {
		t.Errorf("a code that was used: %v", err)
	}
}

func TestSignInIsRefused(t *testing.T) {
	ctx := context.Background()
	server := realProvider(t)
	p := newProvider(t, configFor(server.URL), nil)
	for name, c := range map[string]struct {
		spoil func(*Pending, *Answer, *span.Instant)
		says  string
	}{
		"a wrong nonce":            {func(p *Pending, _ *Answer, _ *span.Instant) { p.Nonce = "wrong-nonce" }, "another sign-in"},
		"no nonce":                 {func(p *Pending, _ *Answer, _ *span.Instant) { p.Nonce = "" }, "another sign-in"},
		"another verifier":         {func(p *Pending, _ *Answer, _ *span.Instant) { p.Verifier = strings.Repeat("v", 43) }, "does not accept the code"},
		"no verifier":              {func(p *Pending, _ *Answer, _ *span.Instant) { p.Verifier = "" }, "does not accept the code"},
		"an invented code":         {func(_ *Pending, a *Answer, _ *span.Instant) { a.Code = "invented" }, "does not accept the code"},
		"no code":                  {func(_ *Pending, a *Answer, _ *span.Instant) { a.Code = "" }, "no code"},
		"another provider's state": {func(p *Pending, _ *Answer, _ *span.Instant) { p.Provider = "acme" }, "not one of"},
		"another issuer":           {func(_ *Pending, a *Answer, _ *span.Instant) { a.Issuer = "https://evil.example" }, "not one of"},
		"denied at the provider":   {func(_ *Pending, a *Answer, _ *span.Instant) { *a = Answer{Error: "access_denied"} }, "(access_denied)"},
		"a strange error":          {func(_ *Pending, a *Answer, _ *span.Instant) { *a = Answer{Error: "<script>"} }, "(unknown)"},
		"too late":                 {func(_ *Pending, _ *Answer, n *span.Instant) { *n += 601 }, "10 minutes"},
		"an expired token":         {func(p *Pending, _ *Answer, n *span.Instant) { p.Until, *n = span.Never, *n+7200 }, "expired"},
		"a token from the future":  {func(_ *Pending, _ *Answer, n *span.Instant) { *n -= 240 }, "future"},
	} {
		address, pending := begin(t, p, "s")
		a, _ := person(t, address)
		at := now()
		c.spoil(&pending, &a, &at)
		got, err := p.Complete(ctx, pending, a, at)
		if !errors.Is(err, ErrNotKnown) || fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		for _, secret := range []string{a.Code.Reveal(), pending.Nonce, pending.Verifier, clientSecret, "<script>"} {
			if err != nil && len(secret) > 5 && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the refusal holds a secret: %v", name, err)
			}
		}
	}
}

// A good token that the same provider issued to another client does not sign in here.
func TestTokenOfAnotherClient(t *testing.T) {
	ctx := context.Background()
	server := realProvider(t)
	other := configFor(server.URL)
	other.Client = "another"
	tape := &swap{}
	stranger := newProvider(t, other, tape)
	address, pending := begin(t, stranger, "s")
	a, _ := person(t, address)
	if _, err := stranger.Complete(ctx, pending, a, now()); err != nil || tape.last == "" {
		t.Fatal(err)
	}
	p := newProvider(t, configFor(server.URL), &swap{put: tape.last})
	address, mine := begin(t, p, "s")
	a, _ = person(t, address)
	mine.Nonce = pending.Nonce // even if the nonce could be chosen
	if got, err := p.Complete(ctx, mine, a, now()); !errors.Is(err, ErrNotKnown) || !strings.Contains(err.Error(), "audience") {
		t.Errorf("signed in as %+v, %v", got, err)
	}
}

// swap is a transport that notes the identity token of an answer, and puts another in
// its place.
type swap struct {
	put, last string
	userInfo  map[string]any
}

func (s *swap) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(answer.Header.Get("Content-Type"), "json") {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	var members map[string]any
	if json.Unmarshal(body, &members) == nil {
		if token, ok := members["id_token"].(string); ok {
			s.last = token
			if s.put != "" {
				members["id_token"] = s.put
			}
			body, _ = json.Marshal(members)
		}
		if _, ok := members["sub"]; ok && s.userInfo != nil {
			body, _ = json.Marshal(s.userInfo)
		}
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, nil
}

func TestProviderIsAway(t *testing.T) {
	ctx := context.Background()
	server := realProvider(t)
	p := newProvider(t, configFor(server.URL), nil)
	address, pending := begin(t, p, "s")
	a, _ := person(t, address)
	server.Close()
	if _, err := p.Complete(ctx, pending, a, now()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("away at the end: %v", err)
	}
	p = newProvider(t, configFor(server.URL), nil)
	for range 2 {
		if _, _, err := p.Begin(ctx, "s", rand.Reader, now()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("away at the start: %v", err)
		}
	}
	if _, err := p.Complete(ctx, Pending{Provider: "force", Until: span.Never}, Answer{Code: "c"}, now()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("away from the start: %v", err)
	}
}

// A provider that does not describe itself as it should is not used: one that names
// another issuer, sends no end of text, or points elsewhere.
func TestProviderMisbehaves(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"another issuer": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"issuer":"https://evil.example","authorization_endpoint":"https://evil.example/a","token_endpoint":"https://evil.example/t","jwks_uri":"https://evil.example/k"}`)
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"no end": func(w http.ResponseWriter, _ *http.Request) {
			for range 4 << 10 {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<10)); err != nil {
					return
				}
			}
			fmt.Fprint(w, "{}")
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost:9/", http.StatusFound)
		},
		"in circles":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		"out of order":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"nothing there": http.NotFound,
	} {
		server := httptest.NewServer(answer)
		p := newProvider(t, configFor(server.URL), nil)
		if _, _, err := p.Begin(context.Background(), "s", rand.Reader, now()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}

func TestProviderConfigIsChecked(t *testing.T) {
	good := configFor("https://login.example.org/tenant")
	if _, err := NewProvider(good, nil); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*ProviderConfig){
		"id":           func(c *ProviderConfig) { c.ID = "The Force" },
		"issuer":       func(c *ProviderConfig) { c.Issuer = "http://login.example.org" },
		"redirect":     func(c *ProviderConfig) { c.Redirect = "desk.example.org/back" },
		"client":       func(c *ProviderConfig) { c.Client = "" },
		"claims.party": func(c *ProviderConfig) { c.Claims.Party = "org" },
	} {
		c := good
		spoil(&c)
		_, err := NewProvider(c, nil)
		var f fault.Findings
		if !errors.As(err, &f) || len(f) != 1 || f[0].Field != field || strings.Contains(err.Error(), clientSecret) {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := NewProvider(ProviderConfig{}, nil)
	var f fault.Findings
	if !errors.As(err, &f) || len(f) != 4 {
		t.Errorf("nothing said: %v", err)
	}
	for address, want := range map[string]bool{
		"https://a.example/x": true, "http://localhost:1/x": true, "http://127.0.0.1": true, "http://[::1]:80/": true,
		"http://a.example": false, "https://u:p@a.example": false, "https://": false, "javascript:x": false, "https://a#b": false, "http://127.0.0.1.evil.example": false,
	} {
		if safeAddress(address) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}

func TestPendingIsNotShown(t *testing.T) {
	p := Pending{Provider: "force", Nonce: "the-nonce", Verifier: "the-verifier", Until: june}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "pending", p)
	fmt.Fprintf(&out, "%v %+v %s", p, p, p)
	if strings.Contains(out.String(), "the-nonce") || strings.Contains(out.String(), "the-verifier") {
		t.Errorf("shown: %s", &out)
	}
}
