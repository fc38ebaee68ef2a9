package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTemplate(t *testing.T) {
	for _, c := range []struct {
		text   string
		number int64
		want   string
	}{
		{"", 1, ""},
		{"plain", 1, "plain"},
		{"{i}", 12, "12"},
		{"t-{i}-{i}", 3, "t-3-3"},
		{"{r:1-100}", 0, "1"},
		{"{r:1-100}", 1, "20"}, // 7919 modulo 100, from 1
		{"/t/INC0{r:100000-999999}?x={i}", 2, "/t/INC0115838?x=2"},
		{`{"summary":"{i}","open":{}}`, 7, `{"summary":"7","open":{}}`},
		{"{", 7, "{"},
	} {
		got, err := parseTemplate(c.text)
		if err != nil || got.of(c.number) != c.want {
			t.Errorf("%q of %d is %q, %v; want %q", c.text, c.number, got.of(c.number), err, c.want)
		}
	}
	for _, text := range []string{"{r:}", "{r:1}", "{r:5-1}", "{r:a-b}", "{r:1-2", "x{r:3-3}"} {
		if got, err := parseTemplate(text); err == nil {
			t.Errorf("%q is %v; want an error", text, got)
		}
	}
}

// A range comes round to each of its places once before any comes again.
func TestRangeVisitsAll(t *testing.T) {
	all, err := parseTemplate("{r:1-1000}")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range int64(1000) {
		seen[all.of(i)] = true
	}
	if len(seen) != 1000 || seen["0"] || seen["1001"] {
		t.Errorf("%d of 1000 places visited", len(seen))
	}
}

func TestQuantile(t *testing.T) {
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(i+1)*time.Millisecond)
	}
	for share, want := range map[float64]float64{0: 1, .5: 100, .99: 198, 1: 200} {
		if got := quantile(took, share); got != want {
			t.Errorf("quantile %v is %v ms; want %v", share, got, want)
		}
	}
	if got := quantile(took[:1], .99); got != 1 {
		t.Errorf("of one, %v", got)
	}
}

// record is a server that keeps what it was asked.
type record struct {
	sync.Mutex
	asked   map[string]int // "METHOD path key body" and how often
	clients map[string]int // by the header Client
}

func (s *record) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.Lock()
	s.asked[fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Key"), " ", string(body))]++
	s.clients[r.Header.Get("Client")]++
	s.Unlock()
	switch r.URL.Path {
	case "/refused":
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, "too many")
	case "/moved":
		http.Redirect(w, r, "/refused", http.StatusFound)
	default:
		fmt.Fprint(w, `{"id":1}`)
	}
}

func serveRecord(t *testing.T) (*record, string) {
	t.Helper()
	s := &record{asked: map[string]int{}, clients: map[string]int{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// Every request is sent once, with what its number makes of the templates.
func TestRun(t *testing.T) {
	s, address := serveRecord(t)
	each := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(each, []byte("Client: a\nClient: b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l := loop{name: "try", clients: 4, most: 40, lasts: time.Minute, first: 100, method: "POST", want: `"id"`}
	if err := l.prepare(address+"/t{i}", "n={i}", []string{"Key: k-{i}"}, each); err != nil {
		t.Fatal(err)
	}
	r := l.run()
	if r.Requests != 40 || r.Bad != 0 || r.Statuses[200] != 40 || r.Bytes != 8 || r.PerSecond <= 0 || r.P50 <= 0 || r.P50 > r.P99 || r.P99 > r.Most {
		t.Errorf("result %+v", r)
	}
	for n := 101; n <= 140; n++ {
		if got := s.asked[fmt.Sprintf("POST /t%d k-%d n=%d", n, n, n)]; got != 1 {
			t.Errorf("request %d came %d times", n, got)
		}
	}
	if s.clients["a"]+s.clients["b"] != 40 || s.clients["a"] == 0 || s.clients["b"] == 0 {
		t.Errorf("clients %v; want both lines used", s.clients)
	}
	if line := r.String(); !strings.Contains(line, "try") || !strings.Contains(line, "200:40") || strings.Contains(line, "bad") {
		t.Errorf("line %q", line)
	}
}

func TestRunStopsInTime(t *testing.T) {
	_, address := serveRecord(t)
	l := loop{clients: 2, most: 1 << 40, lasts: 50 * time.Millisecond, method: "GET"}
	if err := l.prepare(address+"/", "", nil, ""); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if r := l.run(); r.Requests == 0 || time.Since(start) > 10*time.Second {
		t.Errorf("%d requests in %v", r.Requests, time.Since(start))
	}
}

// What is wrong with an answer is counted and one example is kept.
func TestRunCountsBadAnswers(t *testing.T) {
	_, address := serveRecord(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for path, want := range map[string]string{
		address + "/refused": "429 too many",
		address + "/moved":   "302 ", // not followed, and not what was wanted
		address + "/other":   `200 {"id":1}`,
		gone.URL:             "connect",
	} {
		l := loop{clients: 1, most: 3, lasts: time.Minute, method: "GET", want: "hello"}
		if err := l.prepare(path, "", nil, ""); err != nil {
			t.Fatal(err)
		}
		r := l.run()
		if r.Bad != 3 || r.Requests != 3 || !strings.Contains(r.FirstBad, want) || !strings.Contains(r.String(), "bad 3, such as: ") {
			t.Errorf("%s: %s; want 3 bad, such as %q", path, r, want)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		clients       int
		address, body string
		headers       []string
		each          string
	}{
		"no address":       {1, "", "", nil, ""},
		"no scheme":        {1, "127.0.0.1:80/", "", nil, ""},
		"no clients":       {0, "http://127.0.0.1", "", nil, ""},
		"address":          {1, "http://127.0.0.1/{r:2-1}", "", nil, ""},
		"body":             {1, "http://127.0.0.1", "{r:}", nil, ""},
		"header":           {1, "http://127.0.0.1", "", []string{"nonsense"}, ""},
		"header's value":   {1, "http://127.0.0.1", "", []string{"A: {r:1}"}, ""},
		"no file of lines": {1, "http://127.0.0.1", "", nil, filepath.Join(t.TempDir(), "none")},
	} {
		l := loop{clients: c.clients}
		if err := l.prepare(c.address, c.body, c.headers, c.each); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
