package api_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
)

// TestProvider signs somebody in at a real provider, as a browser does: there and back
// by redirects.
func TestProvider(t *testing.T) {
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown() //nolint:errcheck // it is a test's
	mockoidc.NowFunc = start.Time
	defer func() { mockoidc.NowFunc = time.Now }()
	provider.QueueUser(&mockoidc.MockUser{Subject: "s-1", Email: "cleo@example.org", PreferredUsername: "cleo", Groups: []string{"officers"}})
	h := openWith(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), nil, &serve.Limits{}, func(origin string) []identity.ProviderConfig {
		c := provider.Config()
		return []identity.ProviderConfig{{
			ID: "force", Name: "the force's account", Issuer: c.Issuer, Client: c.ClientID, Secret: identity.Secret(c.ClientSecret), Redirect: origin + "/sign-in/force",
			Scopes: []string{"profile", "email", "groups"}, Post: true,
			Claims: identity.Claims{Name: "preferred_username", Party: "email", Parties: map[string]string{"cleo@example.org": "force"}, Roles: "groups", Grants: map[string][]string{"officers": {"officer"}}},
		}}
	})
	h.furnish()
	if start := h.ask("GET", "/", "", ""); !strings.Contains(string(start.body), `href="/sign-in/force/begin"`) {
		t.Errorf("%s", start.body)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	page := func(path string) (int, string) {
		t.Helper()
		a, err := browser.Get(h.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(b)
	}
	if status, body := page("/sign-in/force/begin"); status != http.StatusOK || !strings.Contains(body, "cleo") || !strings.Contains(body, "officer") {
		t.Errorf("%d %s", status, body)
	}
	// Another browser that is given the answer is not let in.
	begun := h.ask("GET", "/sign-in/force/begin", "", "").is(t, http.StatusSeeOther)
	state := begun.Header.Get("Location")
	state = state[strings.Index(state, "state=")+6:]
	state, _, _ = strings.Cut(state, "&")
	h.ask("GET", "/sign-in/force?code=x&state="+state, "", "").is(t, http.StatusUnauthorized)
	h.ask("GET", "/sign-in/force?error=access_denied&state="+state, "", "").is(t, http.StatusUnauthorized)
	if s := h.log.String(); strings.Contains(s, state) || strings.Contains(s, provider.Config().ClientSecret) {
		t.Errorf("the log tells a secret:\n%s", s)
	}
}
