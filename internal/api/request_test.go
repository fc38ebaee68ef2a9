package api_test

import (
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/serve"
)

// TestRefusedRequests sends what cannot be: each is refused by a problem that says what
// and where.
func TestRefusedRequests(t *testing.T) {
	h := force(t)
	officer := h.as("force", access.Officer)
	id := h.laptop().ID
	key := []string{"Idempotency-Key", "12345678"}
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		want                     serve.Type
		finding                  string // part of one
	}{
		{name: "no key", method: "POST", path: "/tickets", body: laptop, want: serve.TypeInvalid, finding: "header.Idempotency-Key"},
		{name: "short key", method: "POST", path: "/tickets", body: laptop, headers: []string{"Idempotency-Key", "x"}, want: serve.TypeInvalid, finding: "header.Idempotency-Key"},
		{name: "no body", method: "POST", path: "/tickets", headers: key, want: serve.TypeMalformed},
		{name: "no JSON", method: "POST", path: "/tickets", body: `{"kind": planted`, headers: key, want: serve.TypeMalformed},
		{name: "no JSON type", method: "POST", path: "/tickets", body: laptop, headers: append([]string{"Content-Type", "text/html"}, key...), want: serve.TypeMedia},
		{name: "unknown member", method: "POST", path: "/tickets", body: strings.Replace(laptop, "site", "sight", 1), headers: key, want: serve.TypeInvalid, finding: "body.sight"},
		{name: "needed member", method: "POST", path: "/tickets", body: `{"kind": "incident"}`, headers: key, want: serve.TypeInvalid, finding: "priority"},
		{name: "wrong type", method: "POST", path: "/tickets", body: strings.Replace(laptop, `"P3"`, `3`, 1), headers: key, want: serve.TypeInvalid, finding: "body.priority"},
		{name: "unknown service", method: "POST", path: "/tickets", body: strings.Replace(laptop, `"laptops"`, `"planted"`, 1), headers: key, want: serve.TypeInvalid, finding: "TB2403"},
		{name: "no moment", method: "POST", path: "/tickets/" + id + "/notes", body: `{"text": "x", "happened": "soon"}`, headers: key, want: serve.TypeInvalid},
		{name: "unknown query", method: "GET", path: "/tickets?stat=new", want: serve.TypeInvalid, finding: "query.stat"},
		{name: "unknown status", method: "GET", path: "/tickets?status=odd", want: serve.TypeInvalid, finding: "query.status"},
		{name: "too many", method: "GET", path: "/tickets?limit=1001", want: serve.TypeInvalid, finding: "query.limit"},
		{name: "no instant", method: "GET", path: "/tickets?dueBefore=soon", want: serve.TypeInvalid, finding: "query.dueBefore"},
		{name: "cursor of nobody", method: "GET", path: "/tickets?after=AAAA", want: serve.TypeInvalid, finding: "TB2511"},
		{name: "no ticket", method: "GET", path: "/tickets/INC-999999", want: serve.TypeNotFound},
		{name: "no operation", method: "GET", path: "/towers", want: serve.TypeNotFound},
		{name: "other method", method: "DELETE", path: "/tickets/" + id, want: serve.TypeMethod},
		{name: "no right", method: "POST", path: "/tickets/" + id + "/resolution", body: `{}`, headers: key, want: serve.TypeDenied},
		{name: "bad condition", method: "POST", path: "/tickets/" + id + "/notes", body: `{"text": "x"}`, headers: append([]string{"If-Match", "seven"}, key...), want: serve.TypeInvalid, finding: "TB2512"},
		{name: "large", method: "POST", path: "/tickets", body: `{"kind": "` + strings.Repeat("x", 2<<20) + `"}`, headers: key, want: serve.TypeTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.ask(c.method, "/api/v1"+c.path, officer, c.body, c.headers...)
			p := got.refused(t, c.want)
			if !strings.Contains(string(got.body), c.finding) {
				t.Errorf("no finding of %s in %s", c.finding, got.body)
			}
			for _, f := range p.Findings {
				if f.Code == "" || f.Message == "" || f.Remedy == "" {
					t.Errorf("%+v", f)
				}
			}
			if c.name == "no JSON" && strings.Contains(string(got.body), "planted") {
				t.Errorf("what was sent is told again: %s", got.body)
			}
		})
	}
	for _, path := range []string{"/tickets", "/tickets/" + id, "/tickets/" + id + "/entries", "/tickets/events"} {
		h.get(path, "").refused(t, serve.TypeStranger)
		h.get(path, "tb_token_nonsense").refused(t, serve.TypeStranger)
		h.get(path, "", "Authorization", "Basic YTpi").refused(t, serve.TypeStranger)
	}
}

// TestLogHasNoSecret plants secrets in requests and looks for them in the log.
func TestLogHasNoSecret(t *testing.T) {
	h := force(t)
	officer := h.as("force", access.Officer)
	h.post("/tickets", officer, strings.Replace(laptop, "It beeps twice.", "planted-text", 1))
	h.get("/tickets?reporter=planted-person", officer)
	h.ask("GET", "/welcome?link=tb_link_planted", "", "")
	h.ask("POST", "/sign-in", "", "name=planted-name&password=planted-password", "Content-Type", "application/x-www-form-urlencoded")
	h.get("/tickets", "tb_token_planted-token")
	h.ask("GET", "/api/v1/tickets", "", "", "Cookie", "towerbridge-session=tb_session_planted-session")
	s := h.log.String()
	for _, secret := range []string{"planted", officer, strings.TrimPrefix(officer, "tb_token_")} {
		if strings.Contains(s, secret) {
			t.Errorf("the log tells %q:\n%s", secret, s)
		}
	}
	if strings.Count(s, `"msg":"request"`) < 6 {
		t.Errorf("the log is\n%s", s)
	}
}
