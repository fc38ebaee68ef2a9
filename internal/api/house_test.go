package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towerbridge/access"
	"towerbridge/examples"
	"towerbridge/internal/api"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
	"towerbridge/internal/store/folder"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/span"
	"towerbridge/statement"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is a day of 2019 on which the example force's contracts run.
var start = span.Instant(time.Date(2019, time.March, 12, 10, 0, 0, 0, time.UTC).Unix())

// siteOrigin is the site's as passkeys know it.
const siteOrigin = "http://localhost:8080"

// house is a whole server over a record of the example force in a file, and everybody
// who uses it, each with a token.
type house struct {
	t       testing.TB
	record  *app.Record
	door    *app.Door
	api     *api.API
	url     string
	now     *atomic.Int64
	log     *text
	tokens  map[string]string
	uploads string
	keys    atomic.Int64
}

// text is a log that tests read.
type text struct {
	mutex sync.Mutex
	bytes.Buffer
}

// Write adds to the text.
func (x *text) Write(b []byte) (int, error) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	return x.Buffer.Write(b)
}

// String returns the text so far.
func (x *text) String() string {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	return x.Buffer.String()
}

// open opens a house. The limits may be nil.
func open(t testing.TB, limits *serve.Limits) *house {
	t.Helper()
	return openOver(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), nil, limits)
}

func openOver(t testing.TB, url string, secret []byte, limits *serve.Limits) *house {
	t.Helper()
	return openWith(t, url, secret, limits, nil)
}

// openWith opens a house where people sign in by providers too, which are told the
// site's origin.
func openWith(t testing.TB, url string, secret []byte, limits *serve.Limits, providers func(origin string) []identity.ProviderConfig) *house {
	t.Helper()
	site := httptest.NewUnstartedServer(nil)
	origin := "http://" + site.Listener.Addr().String()
	settings := app.DoorSettings{Origin: siteOrigin, Cost: identity.Cost{Memory: 64, Passes: 1, Lanes: 1}}
	if providers != nil {
		settings.Providers = providers(origin)
	}
	h := &house{t: t, url: origin, now: &atomic.Int64{}, log: &text{}, tokens: map[string]string{}}
	h.now.Store(int64(start))
	clock := func() span.Instant { return span.Instant(h.now.Load()) }
	commits := api.NewCommits()
	ledger, err := sqlstore.Open(t.Context(), url, sqlstore.Options{Secret: secret, Now: clock, Committed: commits.Committed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	policies, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	h.record = app.NewRecord(ctx, ledger, policies, clock, rand.Reader)
	log := slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: identity.Redact}))
	settings.Log = log
	if h.door, err = app.NewDoor(h.record, settings); err != nil {
		t.Fatal(err)
	}
	feed, err := app.NewFeed(ctx, h.record)
	if err != nil {
		t.Fatal(err)
	}
	if limits == nil {
		limits = &serve.Limits{Rate: serve.NoRate, Strangers: serve.NoRate}
	}
	metrics := serve.NewMetrics("test")
	metrics.Add(api.NewCollector(h.record))
	metrics.Add(commits)
	server, err := serve.New(serve.Options{Log: log, Limits: *limits, Identify: api.Identify(h.door), Ready: ledger.Ping, Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	openLog := func(f api.LogFiles) api.Log {
		return &folder.Folder{Logs: []string{f.Log}, Mapping: f.Mapping, Salt: f.Salt, Workers: 1}
	}
	h.uploads = t.TempDir()
	h.api, err = api.New(api.Options{Record: h.record, Door: h.door, Feed: feed, Server: server, Version: "test", OpenLog: openLog, Uploads: h.uploads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.api.Close)
	site.Config.Handler = server
	site.Start()
	t.Cleanup(site.Close)
	t.Cleanup(site.CloseClientConnections)
	return h
}

// force opens a house whose record has the documents of the example force, where
// Ostlehythe manages applications.
func force(t testing.TB) *house {
	t.Helper()
	h := open(t, nil)
	h.furnish()
	return h
}

func (h *house) furnish() {
	h.t.Helper()
	who := h.record.Operator(h.t.Context(), access.Administrator)
	if _, err := h.record.PutDocuments(h.t.Context(), app.Request{Who: who}, documents(h.t)); err != nil {
		h.t.Fatal(err)
	}
}

func documents(t testing.TB) []statement.Source {
	t.Helper()
	var out []statement.Source
	err := fs.WalkDir(examples.Constabulary(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(examples.Constabulary(), name)
		if name == "estate.yaml" {
			data = bytes.Replace(data, []byte("contract: hosting, to: 2020-04-01}"), []byte("contract: hosting, to: 2020-04-01, manages: [applications]}"), 1)
		}
		out = append(out, statement.Source{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fill imports so many tickets of one entry each.
func (h *house) fill(n int) {
	h.t.Helper()
	log := filepath.Join(h.t.TempDir(), "log.ndjson")
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"source":"old","key":"%d","ticket":"OLD-%d","happened":"2019-03-01T10:00:00Z","learnt":"2019-03-01T10:00:00Z","event":"opened","status":"new","kind":"incident","priority":"P3","service":"laptops","site":"harbour"}`+"\n", i, i)
	}
	if err := os.WriteFile(log, b.Bytes(), 0o600); err != nil {
		h.t.Fatal(err)
	}
	who := h.record.Operator(h.t.Context(), access.Administrator)
	from := &folder.Folder{Logs: []string{log}, Workers: 1}
	if _, err := h.record.ImportLog(h.t.Context(), app.Request{Who: who}, app.Import{From: from, Digest: "sha256:fill"}); err != nil {
		h.t.Fatal(err)
	}
}

// after lets time pass.
func (h *house) after(d time.Duration) { h.now.Add(int64(d / time.Second)) }

// as returns the token of a party's service account in a role.
func (h *house) as(party string, role access.Role) string {
	h.t.Helper()
	name := party + "/" + string(role)
	if h.tokens[name] == "" {
		who := h.record.Operator(h.t.Context(), access.Administrator)
		secret, _, err := h.door.IssueToken(h.t.Context(), app.Request{Who: who}, app.NewToken{
			Account: strings.ReplaceAll(name, "/", "-"), Name: "test", Party: party, Roles: []access.Role{role},
		})
		if err != nil {
			h.t.Fatal(err)
		}
		h.tokens[name] = secret.Reveal()
	}
	return h.tokens[name]
}

// admin returns the session of the first administrator, who is made by the link that the
// program prints: only a person grants roles.
func (h *house) admin() string {
	h.t.Helper()
	if h.tokens["admin"] == "" {
		link, made, err := h.door.FirstAdministrator(h.t.Context())
		if err != nil || !made {
			h.t.Fatal(made, err)
		}
		form := url.Values{
			"link": {link.Reveal()}, "name": {"Ada Mercer"}, "party": {"force"}, "signIn": {"ada@example.org"}, "password": {password},
		}
		a := h.form("/welcome", form).is(h.t, http.StatusSeeOther)
		h.tokens["admin"] = "cookie " + cookieOf(h.t, a)
	}
	return h.tokens["admin"]
}

const password = "four plain words here"

// form sends a form as a browser does.
func (h *house) form(path string, values url.Values, headers ...string) *answer {
	h.t.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}, headers...)
	return h.ask("POST", path, "", values.Encode(), headers...)
}

// cookieOf returns the cookie that an answer sets, as a browser sends it back.
func cookieOf(t testing.TB, a *answer) string {
	t.Helper()
	cookies := a.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

// into reads the answer's JSON.
func (a *answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

// is fails unless the answer has a status.
func (a *answer) is(t testing.TB, status int) *answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

// ask sends a request. Headers are given as name, value.
func (h *house) ask(method, path, token, body string, headers ...string) *answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if name, cookie := strings.CutPrefix(token, "cookie "); cookie {
		r.Header.Set("Cookie", name)
	} else if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	got, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	a := &answer{got, b}
	a.conforms(h.t)
	return a
}

// get reads.
func (h *house) get(path, token string, headers ...string) *answer {
	h.t.Helper()
	return h.ask("GET", "/api/v1"+path, token, "", headers...)
}

// post writes, under a key of its own unless one is among the headers.
func (h *house) post(path, token, body string, headers ...string) *answer {
	h.t.Helper()
	headers = append([]string{"Idempotency-Key", fmt.Sprintf("key-%06d", h.keys.Add(1))}, headers...)
	return h.ask("POST", "/api/v1"+path, token, body, headers...)
}

// laptop opens a ticket of the force's officer.
func (h *house) laptop() *app.Ticket {
	h.t.Helper()
	var out app.Ticket
	h.post("/tickets", h.as("force", access.Officer), laptop).is(h.t, http.StatusCreated).into(h.t, &out)
	return &out
}

const laptop = `{"kind": "incident", "priority": "P3", "service": "laptops", "site": "harbour", "summary": "My laptop does not start", "text": "It beeps twice."}`

// problem is a refusal as programs read it.
type problem = serve.ProblemBody

// refused fails unless the answer is a problem of a type.
func (a *answer) refused(t testing.TB, want serve.Type) problem {
	t.Helper()
	a.is(t, want.Status)
	var p problem
	a.into(t, &p)
	if p.Type != want.URI() || p.Status != want.Status || p.Title != want.Title || p.Request != a.Header.Get("X-Request-Id") || p.Remedy == "" {
		t.Errorf("%+v; want %s", p, want.Name)
	}
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("a problem is %q", kind)
	}
	return p
}
