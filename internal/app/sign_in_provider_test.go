package app_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/span"
)

const (
	clientSecret = "the-clients-own-secret"
	sentBack     = "http://localhost:8080/sign-in/back"
)

// formProvider is a whole OpenID provider, with a form to sign in at, in this process.
func formProvider(t testing.TB) identity.ProviderConfig {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	clients := map[string]*storage.Client{"towerbridge": storage.WebClient("towerbridge", clientSecret, sentBack)}
	server.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorageWithClients(storage.NewUserStore(issuer+"/"), clients), slog.New(slog.DiscardHandler), false)
	server.Start()
	t.Cleanup(server.Close)
	return identity.ProviderConfig{
		ID: "force", Name: "the force", Issuer: issuer, Client: "towerbridge", Secret: clientSecret, Redirect: sentBack,
		Scopes: []string{"profile", "email"}, UserInfo: true,
	}
}

// groupProvider is one that tells groups, of whomever the test says.
func groupProvider(t testing.TB) (*mockoidc.MockOIDC, identity.ProviderConfig) {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return m, identity.ProviderConfig{
		ID: "groups", Name: "Groups", Issuer: m.Issuer(), Client: m.ClientID, Secret: identity.Secret(m.ClientSecret), Post: true,
		Redirect: sentBack, Scopes: []string{"profile", "email", "groups"},
		Claims: identity.Claims{
			Name: "preferred_username", Party: "groups", Parties: map[string]string{"all-force": "force", "all-ost": "ostlehythe", "all-ghosts": "ghosts"},
			Roles: "groups", Grants: map[string][]string{"agents": {"agent"}, "leads": {"manager"}, "auditors": {"assurance"}},
		},
	}
}

// withProviders is an entrance by providers. Its clock is that of the providers.
func withProviders(t testing.TB, configs ...identity.ProviderConfig) *entrance {
	t.Helper()
	e := newEntrance(t, func(s *app.DoorSettings) { s.Providers = configs })
	e.now = span.Instant(time.Now().Unix())
	return e
}

// surf follows an address as a browser does, signs in at the form if there is one, and
// returns what the provider sends back.
func surf(t testing.TB, address string) (identity.Answer, identity.Secret) {
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
	if err == nil {
		err = page.Body.Close()
	}
	if err == nil && back == nil {
		form := url.Values{"username": {"test-user@127.0.0.1"}, "password": {"verysecure"}, "id": {page.Request.URL.Query().Get("authRequestID")}}
		if page, err = browser.PostForm(page.Request.URL.String(), form); err == nil {
			err = page.Body.Close()
		}
	}
	if err != nil || back == nil {
		t.Fatalf("the provider sent nobody back: %v", err)
	}
	q := back.Query()
	return identity.Answer{Code: identity.Secret(q.Get("code")), Issuer: q.Get("iss"), Error: q.Get("error")}, identity.Secret(q.Get("state"))
}

// byProvider signs in at a provider.
func (e *entrance) byProvider(id string) (*app.Signed, error) {
	e.t.Helper()
	e.now = span.Instant(time.Now().Unix())
	address, state, err := e.BeginProvider(e.ctx, id, visit(8))
	if err != nil {
		e.t.Fatal(err)
	}
	answer, back := surf(e.t, address)
	if back != state {
		e.t.Fatal("the state came back changed")
	}
	return e.CompleteProvider(e.ctx, id, answer, back, state, visit(8))
}

func TestSignInByAProvider(t *testing.T) {
	c := formProvider(t)
	e := withProviders(t, c)
	if got := e.Providers(); len(got) != 1 || got[0] != (app.ProviderView{ID: "force", Name: "the force"}) {
		t.Errorf("the providers are %+v", got)
	}
	_, err := e.byProvider("force")
	refuses(t, "somebody whom the directory does not know", err, fault.Denied)
	p := e.add(directory.Person{ID: "f-100", Name: "Old Name", Party: "force", Roles: []access.Role{access.Agent}, Subjects: []string{c.Issuer + "|id1"}})
	for range 2 {
		signed, err := e.byProvider("force")
		if err != nil {
			t.Fatal(err)
		}
		if s := e.session(signed); s.Who.ID != p.ID || s.Method != "provider" || !slices.Equal(s.Who.Roles, p.Roles) {
			t.Errorf("signed in as %+v", s)
		}
	}
	if got := e.find(p.ID); got.Name != "Test User" || got.Email != "test-user@zitadel.ch" || got.Party != "force" || !got.Has(access.Agent) || len(got.Subjects) != 1 {
		t.Errorf("the person is %+v", got)
	}
	if got := e.linesOf("directory.claims"); len(got) != 1 {
		t.Errorf("the acts are %s", got)
	}
	p.Active = false
	e.write(p)
	_, err = e.byProvider("force")
	strange(t, "who has left", err)
	p.Active, p.Subjects = true, nil
	e.write(p)
	_, err = e.byProvider("force")
	refuses(t, "whose identity was taken out of the directory", err, fault.Denied)
}

// A state is good for one use, in the browser that began, at the provider that it was
// made for, for ten minutes.
func TestProviderAnswerIsRefused(t *testing.T) {
	c := formProvider(t)
	other := c
	other.ID = "other"
	e := withProviders(t, c, other)
	e.add(directory.Person{ID: "f-100", Name: "Ada", Party: "force", Subjects: []string{c.Issuer + "|id1"}})
	begin := func() (identity.Answer, identity.Secret) {
		address, state, err := e.BeginProvider(e.ctx, "force", visit(8))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := surf(t, address)
		return answer, state
	}
	complete := func(provider string, a identity.Answer, state, held identity.Secret) error {
		_, err := e.CompleteProvider(e.ctx, provider, a, state, held, visit(8))
		return err
	}
	a, state := begin()
	_, another := begin()
	strange(t, "in another browser", complete("force", a, state, another))
	strange(t, "in no browser", complete("force", a, state, ""))
	strange(t, "without a state", complete("force", a, "", ""))
	strange(t, "with an invented state", complete("force", a, "tb_state_x", "tb_state_x"))
	strange(t, "at another provider", complete("other", a, state, state))
	refuses(t, "at no provider", complete("none", a, state, state), fault.NotFound)
	if err := complete("force", a, state, state); err != nil {
		t.Fatalf("after all that: %v", err)
	}
	strange(t, "again", complete("force", a, state, state))
	used := a
	a, state = begin()
	strange(t, "with the code of another sign-in", complete("force", used, state, state))
	strange(t, "after a failure", complete("force", a, state, state))
	a, state = begin()
	e.after(identity.SignInTime)
	strange(t, "too late", complete("force", a, state, state))
	_, state = begin()
	strange(t, "denied there", complete("force", identity.Answer{Error: "access_denied"}, state, state))
	refuses(t, "to begin at no provider", func() error { _, _, err := e.BeginProvider(e.ctx, "none", visit(8)); return err }(), fault.NotFound)
}

// Claims make people, and say each time what they are: nothing that is not listed gives
// a right, and what must be apart is refused with the reason.
func TestClaimsMakePeople(t *testing.T) {
	m, c := groupProvider(t)
	e := withProviders(t, c)
	in := func(groups ...string) (*app.Signed, error) {
		m.QueueUser(&mockoidc.MockUser{Subject: "u-1", PreferredUsername: "Ada Byron", Email: "ada@force.example", Groups: groups})
		return e.byProvider("groups")
	}
	signed, err := in("all-force", "agents", "administrators", "administrator")
	if err != nil {
		t.Fatal(err)
	}
	s := e.session(signed)
	p := e.find(s.Who.ID)
	if !slices.Equal(s.Who.Roles, []access.Role{access.Agent}) || p.Name != "Ada Byron" || p.Email != "ada@force.example" || p.Party != "force" || p.Source != "sign-in:groups" || strings.Contains(p.ID, "u-1") {
		t.Errorf("made %+v", p)
	}
	if signed, err = in("all-force", "leads"); err != nil {
		t.Fatal(err)
	}
	if got := e.session(signed).Who; got.ID != p.ID || !slices.Equal(got.Roles, []access.Role{access.Manager}) {
		t.Errorf("the second time: %+v", got)
	}
	if got := e.session(signed).Who; !slices.Equal(got.Roles, []access.Role{access.Manager}) {
		t.Errorf("an open session has still %v", got.Roles)
	}
	if signed, err = in("all-force"); err != nil {
		t.Fatal(err)
	}
	if got := e.session(signed).Who; len(got.Roles) != 0 {
		t.Errorf("without a group: %+v", got)
	}
	for what, groups := range map[string][]string{
		"roles apart":               {"all-force", "agents", "auditors"},
		"another party than before": {"all-ost", "agents"},
		"a party not in the estate": {"all-ghosts", "agents"},
		"two parties":               {"all-force", "all-ost"},
		"no party":                  {"agents"},
	} {
		_, err := in(groups...)
		refuses(t, what, err, fault.Denied)
	}
	m.QueueUser(&mockoidc.MockUser{Subject: "u-2", PreferredUsername: "Sue", Groups: []string{"all-ost", "auditors"}})
	_, err = e.byProvider("groups")
	refuses(t, "assurance by a supplier", err, fault.Denied)
	if err == nil || !strings.Contains(err.Error(), "nobody of a supplier has the role assurance") {
		t.Errorf("the refusal says %v", err)
	}
	if got := e.find(p.ID); !slices.Equal(got.Roles, []access.Role{}) || got.Party != "force" {
		t.Errorf("a refused sign-in has changed the person: %+v", got)
	}
}

// A provider may tell a person's id in the directory; the first identity that does is
// his, and no other of that provider.
func TestClaimedPerson(t *testing.T) {
	m, c := groupProvider(t)
	c.Claims = identity.Claims{Person: "preferred_username"}
	e := withProviders(t, c)
	p := e.add(directory.Person{ID: "f-100", Name: "Ada", Party: "force", Roles: []access.Role{access.Agent}})
	in := func(subject, person string) (*app.Signed, error) {
		m.QueueUser(&mockoidc.MockUser{Subject: subject, PreferredUsername: person})
		return e.byProvider("groups")
	}
	for range 2 {
		signed, err := in("u-1", p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.session(signed).Who; got.ID != p.ID || !slices.Equal(got.Roles, p.Roles) {
			t.Errorf("signed in as %+v", got)
		}
	}
	if got := e.find(p.ID); !slices.Equal(got.Subjects, []string{c.Issuer + "|u-1"}) {
		t.Errorf("the person is %+v", got)
	}
	_, err := in("u-2", p.ID)
	refuses(t, "another identity", err, fault.Denied)
	_, err = in("u-3", "f-999")
	refuses(t, "nobody", err, fault.Denied)
	_, err = in("u-4", "")
	strange(t, "no id", err)
}

// When a provider is away, other ways in stay open.
func TestProviderIsAway(t *testing.T) {
	e := withProviders(t, identity.ProviderConfig{ID: "gone", Name: "Gone", Issuer: "http://127.0.0.1:9", Client: "c", Redirect: sentBack})
	e.ada()
	_, _, err := e.BeginProvider(e.ctx, "gone", visit(8))
	refuses(t, "away", err, fault.Unavailable)
	e.in()
}
