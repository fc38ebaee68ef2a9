package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
	"towerbridge/internal/store/storetest"
)

// TestTwoServers has two servers on one PostgreSQL: what one does the other knows.
func TestTwoServers(t *testing.T) {
	url, secret := storetest.Postgres(t), bytes.Repeat([]byte{7}, 32)
	free := &serve.Limits{Rate: serve.NoRate, Strangers: serve.NoRate}
	one := openOver(t, url, secret, free)
	one.furnish()
	two := openOver(t, url, secret, free)
	officer, analyst := one.as("force", access.Officer), one.as("tarnbridge", access.Analyst)

	// A ticket of the one is the other's at once, with its document, its tokens and its keys.
	follower := two.follow(t, analyst, "")
	opened := one.post("/tickets", officer, laptop, "Idempotency-Key", "the-same-key").is(t, http.StatusCreated)
	var x app.Ticket
	opened.into(t, &x)
	again := two.post("/tickets", officer, laptop, "Idempotency-Key", "the-same-key").is(t, http.StatusCreated)
	if again.Header.Get("Idempotent-Replayed") != "true" || again.Header.Get("Location") != opened.Header.Get("Location") {
		t.Errorf("%v", again.Header)
	}
	two.get("/tickets/"+x.ID, officer, "If-None-Match", opened.Header.Get("ETag")).is(t, http.StatusNotModified)
	follower.event(&x)
	two.post("/tickets/"+x.ID+"/assignments", analyst, `{"party": "brackwold"}`, "If-Match", opened.Header.Get("ETag")).is(t, http.StatusOK)
	one.post("/tickets/"+x.ID+"/assignments", analyst, `{"party": "fennock"}`, "If-Match", opened.Header.Get("ETag")).refused(t, serve.TypePrecondition)

	// A page of the one leads to the next of the other.
	for range 3 {
		one.laptop()
	}
	page := one.get("/tickets?limit=2", analyst).is(t, http.StatusOK)
	next, _, _ := strings.Cut(strings.TrimPrefix(page.Header.Get("Link"), "<"), ">")
	two.ask("GET", next, analyst, "").is(t, http.StatusOK)

	// A token that is revoked here is nobody's there, within a second.
	who := one.record.Operator(t.Context(), access.Administrator)
	tokens, err := one.door.Tokens(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if token.Account == "force-officer" {
			if err := one.door.RevokeToken(t.Context(), app.Request{Who: who}, token.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	one.get("/me", officer).refused(t, serve.TypeStranger)
	two.after(time.Second)
	two.get("/me", officer).refused(t, serve.TypeStranger)
}

// TestTwoServersWriteAtOnce has many callers write to both: nothing is lost, nothing comes
// twice, and the journal has no gap.
func TestTwoServersWriteAtOnce(t *testing.T) {
	url, secret := storetest.Postgres(t), bytes.Repeat([]byte{7}, 32)
	free := &serve.Limits{Rate: serve.NoRate, Strangers: serve.NoRate}
	one := openOver(t, url, secret, free)
	one.furnish()
	two := openOver(t, url, secret, free)
	analyst := one.as("tarnbridge", access.Analyst)
	x := one.laptop()
	const callers, each = 8, 20
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for n := range each {
				key := fmt.Sprintf("caller-%d-%d", c, n/2) // each key twice, at either server
				h := []*house{one, two}[(c+n)%2]
				for h.post("/tickets/"+x.ID+"/notes", analyst, fmt.Sprintf(`{"text": "%s"}`, key), "Idempotency-Key", key).StatusCode == http.StatusConflict {
					// So many write about one ticket that others were quicker each time.
				}
			}
		})
	}
	all.Wait()
	var read struct{ Entries []app.TicketEntry }
	two.get("/tickets/"+x.ID+"/entries", analyst).is(t, http.StatusOK).into(t, &read)
	seen := map[string]int{}
	for _, e := range read.Entries[1:] {
		seen[e.Text]++
	}
	if len(seen) != callers*each/2 || len(read.Entries) != 1+len(seen) {
		t.Errorf("%d notes of %d keys, want %d of each", len(read.Entries)-1, len(seen), callers*each/2)
	}
	findings, err := one.record.Ledger.Check(t.Context(), nil)
	if err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
}
