package serve

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestLogTellsNoSecret plants secrets wherever a request can carry them.
func TestLogTellsNoSecret(t *testing.T) {
	h := open(t, nil)
	h.ask(t, "GET", "/who/planted-path?token=planted-query&limit=5&planted%0aname=1", "", "Authorization", "Bearer good-mercer", "Cookie", "session=planted-cookie", "X-Api-Key", "planted-header")
	h.ask(t, "POST", "/read", "planted-body")
	h.ask(t, "GET", "/planted-nowhere", "", "User-Agent", "planted-agent", "Referer", "http://x/planted-referer")
	h.ask(t, "GET", "/who/1", "", "Authorization", "Bearer planted-token")
	h.ask(t, "PLANTED", "/read", "")
	s := h.log.text(t, 5)
	for line := range strings.Lines(s) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if strings.Contains(strings.ToLower(s), "planted") {
		t.Errorf("a secret is in the log:\n%s", s)
	}
	for _, want := range []string{`"route":"/who/{id}"`, `"caller":"mercer"`, `"query":"?,limit,token"`, `"status":401`, `"method":"other"`, `"client":"127.0.0.1"`} {
		if !strings.Contains(s, want) {
			t.Errorf("the log has no %s:\n%s", want, s)
		}
	}
}

func TestMetrics(t *testing.T) {
	h := open(t, nil)
	h.ask(t, "GET", "/who/1", "")
	h.ask(t, "GET", "/who/2", "")
	h.ask(t, "GET", "/nowhere/planted", "")
	h.ask(t, "BREW", "/who/1", "")
	_, text := h.ask(t, "GET", "/metrics", "")
	for _, want := range []string{
		`towerbridge_http_requests_total{method="GET",route="/who/{id}",status="200"} 2`,
		`towerbridge_http_requests_total{method="GET",route="none",status="404"} 1`,
		`towerbridge_http_requests_total{method="other",route="none",status="405"} 1`,
		`towerbridge_http_request_seconds_count{method="GET",route="/who/{id}"} 2`,
		`towerbridge_http_requests_inside 1`, `towerbridge_build{version="test"} 1`, "go_goroutines", "process_cpu_seconds_total",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(text, "planted") {
		t.Error("an address is a label")
	}
}

func TestReady(t *testing.T) {
	var away atomic.Bool
	var asked atomic.Int64
	h := open(t, func(o *Options) {
		o.Ready = func(ctx context.Context) error {
			asked.Add(1)
			if _, limited := ctx.Deadline(); !limited {
				return errors.New("the store has all the time it likes")
			}
			if away.Load() {
				return errors.New("planted: no such host db.internal")
			}
			return nil
		}
	})
	for range 5 {
		if answer, _ := h.ask(t, "GET", "/readyz", ""); answer.StatusCode != http.StatusOK {
			t.Fatalf("%d", answer.StatusCode)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the store was asked %d times within a moment", n)
	}
	away.Store(true)
	h.ready.asked = time.Time{}
	answer, text := h.ask(t, "GET", "/readyz", "")
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || strings.Contains(text, "db.internal") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	if answer, _ := h.ask(t, "GET", "/healthz", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("a process whose store is away is not up: %d", answer.StatusCode)
	}
}

// running is a server on listeners of its own.
type running struct {
	url, watched string
	stop         context.CancelFunc
	ended        chan error
}

func run(t *testing.T, s *Server, apart bool) *running {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	at := listen()
	var watched net.Listener
	r := &running{url: "http://" + at.Addr().String(), ended: make(chan error, 1)}
	if apart {
		watched = listen()
		r.watched = "http://" + watched.Addr().String()
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	t.Cleanup(stop)
	go func() { r.ended <- s.Run(ctx, at, watched, nil) }()
	return r
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(b)
}

// TestStop asks a server to stop while a request and a stream are under way.
func TestStop(t *testing.T) {
	s, err := New(Options{Limits: Limits{Notice: 200 * time.Millisecond, Drain: 5 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	inside, leave := make(chan struct{}), make(chan struct{})
	s.HandleFunc("GET /wait", func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-leave
		_, _ = io.WriteString(w, "whole")
	})
	streaming := make(chan struct{})
	s.Handle("GET /stream", Traits{Stream: true}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, err := s.Events(w, r, time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		close(streaming)
		for e.Wait(nil) {
		}
	}))
	r := run(t, s, false)
	type answered struct {
		status int
		text   string
	}
	waited, streamed := make(chan answered, 1), make(chan answered, 1)
	go func() {
		status, text := get(t, r.url+"/wait")
		waited <- answered{status, text}
	}()
	go func() {
		status, text := get(t, r.url+"/stream")
		streamed <- answered{status, text}
	}()
	<-inside
	<-streaming
	r.stop()
	<-s.Stopping()
	if status, _ := get(t, r.url+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("while it stops, readiness answers %d", status)
	}
	if got := <-streamed; got.status != http.StatusOK || got.text != "retry: 1000\n\n" {
		t.Errorf("the stream ended with %+v", got)
	}
	close(leave)
	if got := <-waited; got.status != http.StatusOK || got.text != "whole" {
		t.Errorf("what was under way ended with %+v", got)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	if status, _ := get(t, r.url+"/healthz"); status != 0 {
		t.Errorf("a stopped server answers %d", status)
	}
}

// TestStopCutsOff asks a server to stop that has a request which does not end.
func TestStopCutsOff(t *testing.T) {
	s, err := New(Options{Limits: Limits{Drain: 50 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	inside := make(chan struct{})
	s.HandleFunc("GET /wait", func(_ http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	})
	r := run(t, s, false)
	cut := make(chan int, 1)
	go func() {
		status, _ := get(t, r.url+"/wait")
		cut <- status
	}()
	<-inside
	r.stop()
	if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("the server ended with %v", err)
	}
	if status := <-cut; status != 0 {
		t.Errorf("the request ended with %d", status)
	}
}

func TestWatchedApart(t *testing.T) {
	s, err := New(Options{Metrics: NewMetrics("test"), Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	s.HandleFunc("GET /secret", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	r := run(t, s, true)
	for url, want := range map[string]int{
		r.url + "/metrics": 404, r.url + "/secret": 200, r.url + "/healthz": 200,
		r.watched + "/metrics": 200, r.watched + "/secret": 404, r.watched + "/healthz": 200, r.watched + "/readyz": 200,
	} {
		if status, text := get(t, url); status != want {
			t.Errorf("%s: %d %.60s", url, status, text)
		}
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}

// TestSlowHeaders sends a head that never ends.
func TestSlowHeaders(t *testing.T) {
	s, err := New(Options{Limits: Limits{ReadHead: 50 * time.Millisecond, Head: 4 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, s, false)
	address := strings.TrimPrefix(r.url, "http://")
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "GET /healthz HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	_ = slow.SetReadDeadline(time.Now().Add(5 * time.Second))
	if b, err := io.ReadAll(slow); err != nil || strings.Contains(string(b), "200 OK") {
		t.Errorf("a head that never ends: %q, %v", b, err)
	}
	large, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer large.Close()
	_, _ = io.WriteString(large, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 64<<10)+"\r\n\r\n")
	_ = large.SetReadDeadline(time.Now().Add(5 * time.Second))
	head := make([]byte, 64)
	if n, _ := large.Read(head); !strings.HasPrefix(string(head[:n]), "HTTP/1.1 431") {
		t.Errorf("a head that is too large: %q", head[:n])
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}
