package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// follower follows tickets as somebody.
type follower struct {
	t      *testing.T
	lines  chan string
	cancel context.CancelFunc
}

// follow begins to follow; it has begun when it returns.
func (h *house) follow(t *testing.T, token, last string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", h.url+"/api/v1/tickets/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d, %v", answer.StatusCode, answer.Header)
	}
	f := &follower{t: t, lines: make(chan string, 100), cancel: cancel}
	go func() {
		defer answer.Body.Close()
		defer close(f.lines)
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			if text := s.Text(); text != "" && !strings.HasPrefix(text, ":") {
				f.lines <- text
			}
		}
	}()
	if got := f.next(); got != "retry: 3000" {
		t.Fatalf("the stream begins with %q", got)
	}
	t.Cleanup(func() {
		cancel()
		for range f.lines {
		}
	})
	return f
}

// next returns the next line; empty when the stream is over, or nothing comes.
func (f *follower) next() string {
	f.t.Helper()
	select {
	case line := <-f.lines:
		return line
	case <-time.After(5 * time.Second):
		f.t.Error("nothing came")
		return ""
	}
}

// event fails unless an event of a ticket at a version comes, and before it none but of
// the same ticket: what is written within a moment may come together.
func (f *follower) event(x *app.Ticket) {
	f.t.Helper()
	for {
		got := strings.Join([]string{f.next(), f.next(), f.next()}, "\n")
		if got == fmt.Sprintf("id: %d\nevent: ticket\ndata: {\"ticket\":%q,\"version\":%d}", x.Version, x.ID, x.Version) {
			return
		}
		if !strings.Contains(got, `"ticket":"`+x.ID+`"`) {
			f.t.Fatalf("%s\nwant ticket %s at %d", got, x.ID, x.Version)
		}
	}
}

// TestFollow follows tickets as several parties: each hears of those that it sees.
func TestFollow(t *testing.T) {
	h := force(t)
	analyst := h.as("tarnbridge", access.Analyst)
	before := h.laptop()
	all, mine, others := h.follow(t, analyst, ""), h.follow(t, h.as("brackwold", access.Agent), ""), h.follow(t, h.as("merrowfen", access.Agent), "")
	first := h.laptop()
	all.event(first)
	var given app.Ticket
	h.post("/tickets/"+first.ID+"/assignments", analyst, `{"party": "brackwold"}`).is(t, http.StatusOK).into(t, &given)
	all.event(&given)
	mine.event(&given)
	// Who comes again hears what he missed, and what he may see of it.
	back := h.follow(t, analyst, fmt.Sprint(before.Version))
	back.event(&given) // the ticket's two entries came together
	again := h.follow(t, h.as("brackwold", access.Agent), fmt.Sprint(before.Version))
	again.event(&given)
	second := h.laptop()
	all.event(second)
	var other app.Ticket
	h.post("/tickets/"+second.ID+"/assignments", analyst, `{"party": "merrowfen"}`).is(t, http.StatusOK).into(t, &other)
	all.event(&other)
	others.event(&other) // the first that it hears of
	for _, f := range []*follower{mine, again} {
		select {
		case line := <-f.lines:
			t.Errorf("who may not see a ticket hears %q", line)
		case <-time.After(300 * time.Millisecond):
		}
	}
	h.get("/tickets/events", analyst, "Last-Event-ID", "yesterday").refused(t, serve.TypeInvalid)
}

// TestFollowEndsWithTheRight revokes a token while its bearer follows.
func TestFollowEndsWithTheRight(t *testing.T) {
	h := force(t)
	token := h.as("tarnbridge", access.Analyst)
	f := h.follow(t, token, "")
	who := h.record.Operator(t.Context(), access.Administrator)
	tokens, err := h.door.Tokens(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range tokens {
		if x.Account == "tarnbridge-analyst" {
			if err := h.door.RevokeToken(t.Context(), app.Request{Who: who}, x.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.after(2 * time.Second)
	h.laptop()
	if line, open := <-f.lines; open {
		t.Errorf("who has no right any more hears %q", line)
	}
}

// TestFollowMissed comes back after more was written than the feed goes back for.
func TestFollowMissed(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	t.Run("before", func(t *testing.T) {
		h := openOver(t, url, nil, nil)
		h.furnish()
		h.fill(5000)
	})
	h := openOver(t, url, nil, nil)
	f := h.follow(t, h.as("tarnbridge", access.Analyst), "1")
	if id, event := f.next(), f.next(); !strings.HasPrefix(id, "id: ") || event != "event: missed" {
		t.Errorf("%q, %q", id, event)
	}
	f.next() // its data
	f.event(h.laptop())
}
