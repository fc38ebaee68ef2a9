package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/serve"
)

// TestFirstAdministrator follows the link that the program prints, signs out, and signs
// in again.
func TestFirstAdministrator(t *testing.T) {
	h := force(t)
	link, made, err := h.door.FirstAdministrator(t.Context())
	if err != nil || !made {
		t.Fatal(made, err)
	}
	path := "/welcome?link=" + url.QueryEscape(link.Reveal())
	for range 2 { // looking at it does not use it up
		page := h.ask("GET", path, "", "").is(t, http.StatusOK)
		if !strings.Contains(string(page.body), "Make the first administrator") || page.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%v\n%s", page.Header, page.body)
		}
	}
	form := url.Values{"link": {link.Reveal()}, "name": {"Ada <Mercer>"}, "party": {"force"}, "signIn": {"ada@example.org"}, "password": {"short"}}
	page := h.form("/welcome", form).is(t, http.StatusUnprocessableEntity)
	if s := string(page.body); !strings.Contains(s, "There is a problem") || !strings.Contains(s, "Ada &lt;Mercer&gt;") || strings.Contains(s, `value="short"`) || len(page.Cookies()) != 0 {
		t.Errorf("%s", s)
	}
	form.Set("password", password)
	signed := h.form("/welcome", form).is(t, http.StatusSeeOther)
	cookie := signed.Cookies()[0]
	if signed.Header.Get("Location") != "/" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Secure || cookie.Name != "towerbridge-session" {
		t.Errorf("%+v", cookie)
	}
	session := cookie.Name + "=" + cookie.Value
	start := h.ask("GET", "/", "", "", "Cookie", session).is(t, http.StatusOK)
	if s := string(start.body); !strings.Contains(s, "Ada &lt;Mercer&gt;") || !strings.Contains(s, "administrator") {
		t.Errorf("%s", s)
	}
	h.form("/welcome", form).is(t, http.StatusUnauthorized) // once
	h.ask("GET", path, "", "").is(t, http.StatusUnauthorized)

	out := h.form("/sign-out", nil, "Cookie", session).is(t, http.StatusSeeOther)
	if c := out.Cookies()[0]; c.Value != "" || c.MaxAge >= 0 {
		t.Errorf("%+v", c)
	}
	h.ask("GET", "/api/v1/me", "cookie "+session, "").refused(t, serve.TypeStranger)
	in := h.form("/sign-in", url.Values{"name": {"ADA@example.org"}, "password": {password}}).is(t, http.StatusSeeOther)
	h.ask("GET", "/api/v1/me", "cookie "+cookieOf(t, in), "").is(t, http.StatusOK)
}

// TestSignInRefusals tries what must not let anybody in, and says no more than it may.
func TestSignInRefusals(t *testing.T) {
	h := force(t)
	h.admin()
	var answers []string
	for _, form := range []url.Values{
		{"name": {"ada@example.org"}, "password": {"another four plain words"}},
		{"name": {"nobody@example.org"}, "password": {"another four plain words"}},
	} {
		a := h.form("/sign-in", form).is(t, http.StatusUnauthorized)
		if len(a.Cookies()) != 0 || a.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%v", a.Header)
		}
		answers = append(answers, strings.ReplaceAll(string(a.body), form.Get("name"), "NAME"))
	}
	if answers[0] != answers[1] {
		t.Errorf("who is there is told:\n%s\n%s", answers[0], answers[1])
	}
	good := url.Values{"name": {"ada@example.org"}, "password": {password}}
	h.ask("POST", "/sign-in", "", good.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site").is(t, http.StatusForbidden)
	h.ask("POST", "/sign-out", h.admin(), "", "Origin", "https://evil.example").is(t, http.StatusForbidden)
	h.ask("POST", "/api/v1/documents", h.admin(), `{"remove": ["estate.yaml"]}`, "Origin", "https://evil.example", "Idempotency-Key", "12345678").refused(t, serve.TypeOrigin)
	tries := 0
	for ; tries < 40; tries++ {
		a := h.form("/sign-in", url.Values{"name": {"ada@example.org"}, "password": {"wrong wrong wrong"}})
		if a.StatusCode == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Errorf("%v", a.Header)
			}
			break
		}
	}
	if tries == 40 {
		t.Error("passwords can be guessed without end")
	}
}

// TestSessionEnds leaves a session unused, and changes a password.
func TestSessionEnds(t *testing.T) {
	h := force(t)
	first := h.admin()
	second := "cookie " + cookieOf(t, h.form("/sign-in", url.Values{"name": {"ada@example.org"}, "password": {password}}).is(t, http.StatusSeeOther))
	var list struct{ Sessions []struct{ ID, Method string } }
	h.get("/me/sessions", second).is(t, http.StatusOK).into(t, &list)
	if len(list.Sessions) != 2 || list.Sessions[0].Method != "password" && list.Sessions[1].Method != "password" {
		t.Errorf("%+v", list)
	}
	change := func(body string) *answer { return h.ask("PUT", "/api/v1/me/password", second, body) }
	change(`{"old": "not the old one", "new": "other plain words there"}`).refused(t, serve.TypeDenied)
	if p := change(`{"old": "`+password+`", "new": "short"}`).refused(t, serve.TypeInvalid); len(p.Findings) == 0 {
		t.Errorf("%+v", p)
	}
	change(`{"old": "`+password+`", "new": "other plain words there"}`).is(t, http.StatusNoContent)
	h.get("/me", first).refused(t, serve.TypeStranger) // the other session has ended
	h.get("/me", second).is(t, http.StatusOK)
	h.after(31 * time.Minute)
	h.get("/me", second).refused(t, serve.TypeStranger)
	h.get("/me", h.as("force", access.Officer)).is(t, http.StatusOK) // a token goes on
}

func TestInvitation(t *testing.T) {
	h := force(t)
	h.post("/people", h.admin(), `{"values": {"id": "p-7", "name": "Ben Okafor", "email": "ben@example.org", "party": "force", "roles": "officer"}}`).is(t, http.StatusCreated)
	var link struct{ Path string }
	h.post("/people/p-7/invitations", h.admin(), "").is(t, http.StatusCreated).into(t, &link)
	page := h.ask("GET", link.Path, "", "").is(t, http.StatusOK)
	if !strings.Contains(string(page.body), "Welcome, Ben Okafor") {
		t.Errorf("%s", page.body)
	}
	_, secret, _ := strings.Cut(link.Path, "link=")
	in := h.form("/welcome", url.Values{"link": {secret}, "password": {password}}).is(t, http.StatusSeeOther)
	ben := "cookie " + cookieOf(t, in)
	h.post("/tickets", ben, laptop).is(t, http.StatusCreated)
	h.post("/people/p-7/invitations", ben, "").refused(t, serve.TypeDenied)
	var ended struct{ Ended int }
	h.ask("DELETE", "/api/v1/people/p-7/sessions", h.admin(), "").is(t, http.StatusOK).into(t, &ended)
	if ended.Ended != 1 {
		t.Errorf("%+v", ended)
	}
	h.get("/me", ben).refused(t, serve.TypeStranger)
}

// TestSitePages reads every page that needs no session.
func TestSitePages(t *testing.T) {
	h := force(t)
	for path, want := range map[string]string{
		"/": "Sign in", "/sign-in": "Password", "/api": "/api/v1/tickets/{id}/notes", "/problems/conflict": "The state has moved on", "/style.css": "tb-header", "/passkey.js": "navigator.credentials",
	} {
		a := h.ask("GET", path, "", "").is(t, http.StatusOK)
		if !strings.Contains(string(a.body), want) || a.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %v\n%s", path, a.Header, a.body)
		}
		if strings.Contains(strings.ReplaceAll(string(a.body), `<script src="/passkey.js" defer>`, ""), "<script") || strings.Contains(string(a.body), "style=") || strings.Contains(string(a.body), "http://") || strings.Contains(string(a.body), "https://") {
			t.Errorf("%s needs what its policy forbids, or something from elsewhere", path)
		}
	}
	for _, path := range []string{"/problems/none", "/sign-in/none", "/sign-in/none/begin"} {
		a := h.ask("GET", path, "", "")
		if a.StatusCode < 400 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
	}
	described := h.ask("GET", "/api/openapi.json", "", "").is(t, http.StatusOK)
	if described.Header.Get("Content-Type") != "application/openapi+json" || !strings.Contains(string(described.body), `"openapi":"3.1.0"`) {
		t.Errorf("%v", described.Header)
	}
}
