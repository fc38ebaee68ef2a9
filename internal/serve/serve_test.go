package serve

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towerbridge/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a server with routes of every kind, and its log.
type house struct {
	*Server
	log *logged
	url string
}

// logged is a log that tests read.
type logged struct {
	mutex sync.Mutex
	bytes.Buffer
}

// Write adds a line.
func (l *logged) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.Buffer.Write(b)
}

// text returns all lines once there are so many.
func (l *logged) text(t *testing.T, lines int) string {
	t.Helper()
	for range 500 {
		l.mutex.Lock()
		s := l.String()
		l.mutex.Unlock()
		if strings.Count(s, "\n") >= lines {
			return s
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatalf("the log has fewer than %d lines", lines)
	return ""
}

type callerKey struct{}

// identify takes Bearer good-NAME.
func identify(r *http.Request) (context.Context, string, error) {
	shown := r.Header.Get("Authorization")
	if shown == "" {
		return r.Context(), "", nil
	}
	name, ok := strings.CutPrefix(shown, "Bearer good-")
	if !ok {
		return nil, "", fault.New(fault.Denied, "Ask for another.", "the token is not good")
	}
	return context.WithValue(r.Context(), callerKey{}, name), name, nil
}

func open(t *testing.T, change func(*Options)) *house {
	t.Helper()
	log := &logged{}
	o := Options{
		Log:      slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Identify: identify, Metrics: NewMetrics("test"),
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.HandleFunc("GET /who/{id}", func(w http.ResponseWriter, r *http.Request) {
		name, _ := r.Context().Value(callerKey{}).(string)
		_, _ = io.WriteString(w, r.PathValue("id")+" "+name)
	})
	s.HandleFunc("POST /read", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			Refuse(w, r, TooLarge(large.Limit))
			return
		}
		_, _ = w.Write(b)
	})
	s.Handle("POST /upload", Traits{Body: 1 << 20}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			Refuse(w, r, TooLarge(0))
			return
		}
		_, _ = io.WriteString(w, bytesText(n))
	}))
	s.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("planted-secret-in-a-defect") })
	s.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(make([]byte, 4096))
		panic("in the middle")
	})
	s.HandleFunc("GET /defect", func(w http.ResponseWriter, r *http.Request) {
		RefuseError(w, r, fault.Wrap(fault.Internal, errors.New("cause"), "what nobody should see"))
	})
	s.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		RefuseError(w, r, fault.New(fault.Unavailable, "", "the database is away"))
	})
	s.Handle("GET /page", Traits{Page: true}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		RefuseError(w, r, fault.New(fault.NotFound, "Look <elsewhere>", "no page <here>"))
	}))
	s.HandleFunc("GET /long", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `"`+strings.Repeat("tower ", 1000)+`"`)
	})
	site := httptest.NewServer(s)
	t.Cleanup(site.Close)
	t.Cleanup(site.CloseClientConnections)
	return &house{Server: s, log: log, url: site.URL}
}

// ask sends a request with headers given as name, value.
func (h *house) ask(t *testing.T, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(b)
}

func TestRefusals(t *testing.T) {
	h := open(t, nil)
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		want                     Type
		header, value            string
	}{
		{name: "no route", method: "GET", path: "/nowhere", want: TypeNotFound},
		{name: "other method", method: "DELETE", path: "/read", want: TypeMethod, header: "Allow", value: "POST"},
		{name: "bad token", method: "GET", path: "/who/1", headers: []string{"Authorization", "Bearer bad"}, want: TypeStranger, header: "Www-Authenticate", value: `Bearer realm="towerbridge"`},
		{name: "told too large", method: "POST", path: "/read", body: strings.Repeat("x", 1<<20+1), want: TypeTooLarge},
		{name: "another site's form", method: "POST", path: "/read", headers: []string{"Sec-Fetch-Site", "cross-site"}, want: TypeOrigin},
		{name: "another origin", method: "POST", path: "/read", headers: []string{"Origin", "https://evil.example"}, want: TypeOrigin},
		{name: "panic", method: "GET", path: "/panic", want: TypeInternal},
		{name: "defect", method: "GET", path: "/defect", want: TypeInternal},
		{name: "away", method: "GET", path: "/away", want: TypeUnavailable, header: "Retry-After", value: "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, text := h.ask(t, c.method, c.path, c.body, c.headers...)
			var got ProblemBody
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if answer.StatusCode != c.want.Status || got.Status != c.want.Status || got.Type != c.want.URI() || got.Title != c.want.Title {
				t.Errorf("status %d, %+v; want %s", answer.StatusCode, got, c.want.Name)
			}
			if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("content type %q", kind)
			}
			if got.Request == "" || got.Request != answer.Header.Get("X-Request-Id") {
				t.Errorf("request %q, header %q", got.Request, answer.Header.Get("X-Request-Id"))
			}
			if c.header != "" && answer.Header.Get(c.header) != c.value {
				t.Errorf("%s: %q; want %q", c.header, answer.Header.Get(c.header), c.value)
			}
			for _, secret := range []string{"planted", "nobody should see", "cause"} {
				if strings.Contains(text, secret) {
					t.Errorf("the answer tells %q: %s", secret, text)
				}
			}
		})
	}
	if s := h.log.text(t, 9); !strings.Contains(s, "what nobody should see: cause") || !strings.Contains(s, "panic: planted") {
		t.Errorf("the log does not tell of the defects:\n%s", s)
	}
}

func TestAnswers(t *testing.T) {
	h := open(t, nil)
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		want                     string
	}{
		{name: "stranger", method: "GET", path: "/who/7", want: "7 "},
		{name: "caller", method: "GET", path: "/who/7", headers: []string{"Authorization", "Bearer good-mercer"}, want: "7 mercer"},
		{name: "same site", method: "POST", path: "/read", body: "x", headers: []string{"Sec-Fetch-Site", "same-origin"}, want: "x"},
		{name: "a token from anywhere", method: "POST", path: "/read", body: "x", headers: []string{"Origin", "https://evil.example", "Authorization", "Bearer good-a"}, want: "x"},
		{name: "as large as may be", method: "POST", path: "/read", body: strings.Repeat("x", 1<<20), want: strings.Repeat("x", 1<<20)},
		{name: "up", method: "GET", path: "/healthz", want: "up\n"},
		{name: "ready", method: "GET", path: "/readyz", want: "ready\n"},
	} {
		answer, text := h.ask(t, c.method, c.path, c.body, c.headers...)
		if answer.StatusCode != http.StatusOK || text != c.want {
			t.Errorf("%s: %d %.80q", c.name, answer.StatusCode, text)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := open(t, func(o *Options) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	want := map[string]string{
		"Content-Security-Policy": bare, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Strict-Transport-Security": "",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	}
	for _, path := range []string{"/who/1", "/nowhere", "/panic"} {
		answer, _ := h.ask(t, "GET", path, "")
		for name, value := range want {
			if got := answer.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q; want %q", path, name, got, value)
			}
		}
	}
	if answer, _ := h.ask(t, "GET", "/who/1", "", "X-Forwarded-Proto", "https"); answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("behind https there is no Strict-Transport-Security")
	}
	answer, text := h.ask(t, "GET", "/page", "")
	if answer.Header.Get("Content-Security-Policy") != paged || answer.StatusCode != http.StatusNotFound {
		t.Errorf("a page has %d, %q", answer.StatusCode, answer.Header.Get("Content-Security-Policy"))
	}
	if !strings.Contains(text, "No page &lt;here&gt;.") || !strings.Contains(text, "Look &lt;elsewhere&gt;") {
		t.Errorf("the page of a problem is %s", text)
	}
}

func TestClientBehindProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		remote, forwarded, scheme string
		client                    string
		secure                    bool
	}{
		{remote: "192.0.2.1:9", forwarded: "198.51.100.7", scheme: "https", client: "192.0.2.1"},
		{remote: "10.0.0.1:9", forwarded: "198.51.100.7", scheme: "https", client: "198.51.100.7", secure: true},
		{remote: "10.0.0.1:9", forwarded: "203.0.113.9, 198.51.100.7, 10.0.0.2", client: "198.51.100.7"},
		{remote: "10.0.0.1:9", forwarded: "198.51.100.7, nonsense, 10.0.0.2", client: "10.0.0.2"},
		{remote: "10.0.0.1:9", client: "10.0.0.1"},
		{remote: "[fd00::1]:9", forwarded: "[2001:db8::5]:443", scheme: "http, https", client: "2001:db8::5", secure: true},
		{remote: "[::ffff:10.0.0.1]:9", forwarded: "198.51.100.7", client: "198.51.100.7"},
	} {
		s := &Server{options: Options{Trusted: trusted}}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if c.scheme != "" {
			r.Header.Set("X-Forwarded-Proto", c.scheme)
		}
		if client, secure := s.client(r); client.String() != c.client || secure != c.secure {
			t.Errorf("%+v: %s, %t", c, client, secure)
		}
	}
}

func TestSiteIsHTTPS(t *testing.T) {
	s := &Server{options: Options{Origin: "https://record.example.org"}}
	if _, secure := s.client(httptest.NewRequest("GET", "/", nil)); !secure {
		t.Error("a site of https, behind a proxy that nobody trusts, takes its cookies for plain ones")
	}
}

func FuzzClient(f *testing.F) {
	f.Add("198.51.100.7, 10.0.0.2", "https", "10.0.0.1:9")
	f.Add("[2001:db8::1]:443,,", "", "[::1]:9")
	s := &Server{options: Options{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	f.Fuzz(func(t *testing.T, forwarded, scheme, remote string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header["X-Forwarded-For"], r.Header["X-Forwarded-Proto"] = []string{forwarded}, []string{scheme}
		client, secure := s.client(r)
		if from := hostOf(remote); !s.trusted(from) && (client != from || secure) {
			t.Errorf("%q was believed, who is not trusted: %s, %t", remote, client, secure)
		}
	})
}

func TestRequestID(t *testing.T) {
	plain := open(t, nil)
	if answer, _ := plain.ask(t, "GET", "/who/1", "", "X-Request-Id", "mine"); answer.Header.Get("X-Request-Id") == "mine" {
		t.Error("a stranger's id was taken")
	}
	behind := open(t, func(o *Options) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	if answer, _ := behind.ask(t, "GET", "/who/1", "", "X-Request-Id", "proxy-7"); answer.Header.Get("X-Request-Id") != "proxy-7" {
		t.Error("a trusted proxy's id was not taken")
	}
	if answer, _ := behind.ask(t, "GET", "/who/1", "", "X-Request-Id", "a b\"c"); answer.Header.Get("X-Request-Id") == "a b\"c" {
		t.Error("an id that would break a log was taken")
	}
}

func TestUpload(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Body = 1 << 10 })
	if answer, text := h.ask(t, "POST", "/upload", strings.Repeat("x", 1<<20)); answer.StatusCode != 200 || text != "1 MiB" {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	if answer, _ := h.ask(t, "POST", "/upload", strings.Repeat("x", 1<<20+1)); answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", answer.StatusCode)
	}
	// Without a Content-Length the limit is met while reading.
	r, err := http.NewRequest("POST", h.url+"/read", io.MultiReader(strings.NewReader(strings.Repeat("x", 2048))))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of unknown length: %d", answer.StatusCode)
	}
}

func TestRate(t *testing.T) {
	h := open(t, func(o *Options) {
		o.Limits.Rate, o.Limits.Strangers = Rate{Burst: 3, Every: time.Minute}, Rate{Burst: 2, Every: time.Minute}
	})
	count := func(headers ...string) (good, refused int) {
		for range 6 {
			answer, _ := h.ask(t, "GET", "/who/1", "", headers...)
			switch answer.StatusCode {
			case http.StatusTooManyRequests:
				refused++
				if after, err := strconv.Atoi(answer.Header.Get("Retry-After")); err != nil || after < 1 {
					t.Errorf("Retry-After is %q", answer.Header.Get("Retry-After"))
				}
			default:
				good++
			}
		}
		return good, refused
	}
	for name, headers := range map[string][]string{"first": {"Authorization", "Bearer good-first"}, "second": {"Authorization", "Bearer good-second"}} {
		if good, refused := count(headers...); good != 3 || refused != 3 {
			t.Errorf("%s: %d answered, %d refused", name, good, refused)
		}
	}
	if good, refused := count("Authorization", "Bearer guess"); good != 2 || refused != 4 { // who guesses is a stranger
		t.Errorf("guesses: %d answered, %d refused", good, refused)
	}
	if good, _ := count(); good != 0 {
		t.Errorf("a stranger at the address that guessed: %d answered", good)
	}
	if answer, _ := h.ask(t, "GET", "/healthz", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("whoever watches the program is refused: %d", answer.StatusCode)
	}
}

func TestCrowd(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Inside = 2 })
	inside, leave := make(chan struct{}), make(chan struct{})
	h.HandleFunc("GET /wait", func(http.ResponseWriter, *http.Request) {
		inside <- struct{}{}
		<-leave
	})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if answer, _ := h.ask(t, "GET", "/wait", ""); answer.StatusCode != http.StatusOK {
				t.Errorf("one inside: %d", answer.StatusCode)
			}
		})
		<-inside
	}
	answer, _ := h.ask(t, "GET", "/who/1", "")
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("the third: %d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
	}
	close(leave)
	all.Wait()
	if answer, _ := h.ask(t, "GET", "/who/1", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", answer.StatusCode)
	}
}

func TestCompression(t *testing.T) {
	h := open(t, nil)
	answer, text := h.ask(t, "GET", "/long", "", "Accept-Encoding", "gzip")
	if answer.Header.Get("Content-Encoding") != "gzip" || len(text) > 1000 {
		t.Fatalf("%q, %d bytes", answer.Header.Get("Content-Encoding"), len(text))
	}
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || len(b) != 6002 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if answer, _ := h.ask(t, "GET", "/who/1", "", "Accept-Encoding", "gzip"); answer.Header.Get("Content-Encoding") != "" {
		t.Error("a short answer is compressed")
	}
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	h := open(t, nil)
	answer, err := http.Get(h.url + "/half")
	if err == nil {
		defer answer.Body.Close()
		_, err = io.ReadAll(answer.Body)
	}
	if err == nil {
		t.Error("half an answer looks whole")
	}
	http.DefaultClient.CloseIdleConnections()
}
