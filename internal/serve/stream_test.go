package serve

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEvents(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Streams, o.Limits.Inside = 1, 1 })
	something, left := make(chan struct{}), make(chan struct{})
	h.Handle("GET /events", Traits{Stream: true}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(left)
		e, err := h.Events(w, r, 2*time.Second)
		for n := 1; err == nil && e.Wait(something); n++ {
			err = e.Send(strings.Repeat("7", n), "changed", map[string]string{"text": "two\nlines"})
		}
	}))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", h.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Content-Encoding") != "" {
		t.Errorf("head %v", answer.Header)
	}
	lines := bufio.NewReader(answer.Body)
	read := func(n int) (out string) {
		for range n {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			out += line
		}
		return out
	}
	if got := read(2); got != "retry: 2000\n\n" {
		t.Errorf("it begins with %q", got)
	}
	for _, want := range []string{"id: 7\n", "id: 77\n"} { // each comes before the next is sent
		something <- struct{}{}
		want += "event: changed\ndata: {\"text\":\"two\\nlines\"}\n\n"
		if got := read(4); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
	if answer, _ := h.ask(t, "GET", "/who/1", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("an open stream takes the place of a request: %d", answer.StatusCode)
	}
	if answer, _ := h.ask(t, "GET", "/events", ""); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a second stream: %d", answer.StatusCode)
	}
	cancel()
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on without its client")
	}
}
