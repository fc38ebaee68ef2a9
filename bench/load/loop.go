package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long an answer may take.
const patience = time.Minute

// loop is what is to be sent, and how often.
type loop struct {
	name             string
	clients          int
	most             int64         // requests
	lasts            time.Duration // at most
	first            int64         // the first request's number is one more
	method, want     string
	address, body    template
	headers          []header
	each             []header // by client
	server, database int      // processes

	next atomic.Int64
}

// header is a header line whose value may differ from request to request.
type header struct {
	name  string
	value template
}

// prepare reads the templates.
func (l *loop) prepare(address, body string, lines []string, eachFile string) (err error) {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return fmt.Errorf("%q is not an address to ask; give one after the flags", address)
	}
	if l.clients < 1 {
		return fmt.Errorf("%d clients cannot ask", l.clients)
	}
	if l.address, err = parseTemplate(address); err != nil {
		return err
	}
	if l.body, err = parseTemplate(body); err != nil {
		return err
	}
	if l.headers, err = parseHeaders(lines); err != nil || eachFile == "" {
		return err
	}
	text, err := os.ReadFile(eachFile)
	if err != nil {
		return err
	}
	l.each, err = parseHeaders(strings.Split(strings.TrimSpace(string(text)), "\n"))
	return err
}

func parseHeaders(lines []string) ([]header, error) {
	var out []header
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			return nil, fmt.Errorf("%.40q is not a header line", line)
		}
		t, err := parseTemplate(strings.TrimSpace(value))
		if err != nil {
			return nil, err
		}
		out = append(out, header{name, t})
	}
	return out, nil
}

// client is what one client has seen.
type client struct {
	took     []time.Duration // of each answer
	statuses map[int]int64
	bytes    int64
	bad      int64
	firstBad string
}

// run asks until enough was asked.
func (l *loop) run() *result {
	h := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: l.clients, MaxConnsPerHost: l.clients, DisableCompression: true},
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer h.CloseIdleConnections()
	seen := make([]client, l.clients)
	before, start := l.spent(), time.Now()
	var all sync.WaitGroup
	for k := range seen {
		all.Go(func() {
			c := &seen[k]
			c.statuses = map[int]int64{}
			for time.Since(start) < l.lasts {
				n := l.next.Add(1)
				if n > l.most {
					return
				}
				c.ask(h, l, k, l.first+n)
			}
		})
	}
	all.Wait()
	elapsed := time.Since(start)
	return l.sum(seen, elapsed, l.spent().minus(before))
}

// ask sends one request and reads its answer.
func (c *client) ask(h *http.Client, l *loop, k int, number int64) {
	r, err := l.request(k, number)
	if err != nil {
		c.fail(err.Error())
		return
	}
	start := time.Now()
	answer, err := h.Do(r)
	if err != nil {
		c.took = append(c.took, time.Since(start))
		c.fail(err.Error())
		return
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	c.took = append(c.took, time.Since(start))
	c.statuses[answer.StatusCode]++
	c.bytes += int64(len(text))
	switch {
	case err != nil:
		c.fail(err.Error())
	case answer.StatusCode >= 400 || l.want != "" && !bytes.Contains(text, []byte(l.want)):
		c.fail(fmt.Sprintf("%d %s", answer.StatusCode, text[:min(len(text), 300)]))
	}
}

// request makes the request of a number.
func (l *loop) request(k int, number int64) (*http.Request, error) {
	var body io.Reader
	if len(l.body) > 0 {
		body = strings.NewReader(l.body.of(number))
	}
	r, err := http.NewRequest(l.method, l.address.of(number), body)
	if err != nil {
		return nil, err
	}
	for _, x := range l.headers {
		r.Header.Set(x.name, x.value.of(number))
	}
	if len(l.each) > 0 {
		x := l.each[k%len(l.each)]
		r.Header.Set(x.name, x.value.of(number))
	}
	return r, nil
}

func (c *client) fail(why string) {
	c.bad++
	if c.firstBad == "" {
		c.firstBad = why
	}
}
