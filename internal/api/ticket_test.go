package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// TestTicketsLife takes a ticket through every act, by those who do them.
func TestTicketsLife(t *testing.T) {
	h := force(t)
	officer, analyst := h.as("force", access.Officer), h.as("tarnbridge", access.Analyst)
	fennock, brackwold := h.as("fennock", access.Agent), h.as("brackwold", access.Bridge)
	opened := h.post("/tickets", officer, laptop).is(t, http.StatusCreated)
	var x app.Ticket
	opened.into(t, &x)
	if x.Status != "new" || x.Summary != "My laptop does not start" || opened.Header.Get("Location") != "/api/v1/tickets/"+x.ID {
		t.Errorf("%+v, %v", x, opened.Header)
	}
	other := h.laptop().ID
	for _, step := range []struct {
		who, noun, body, status, party string
	}{
		{analyst, "assignments", `{"party": "fennock", "team": "wide-area"}`, "assigned", "fennock"},
		{fennock, "rejection", `{"reason": "not-network", "text": "The network is fine."}`, "new", ""},
		{analyst, "assignments", `{"party": "brackwold", "team": "field"}`, "assigned", "brackwold"},
		{brackwold, "acceptance", `{}`, "in-progress", "brackwold"},
		{brackwold, "changes", `{"priority": "P2", "fields": {"category": "hardware"}}`, "in-progress", "brackwold"},
		{brackwold, "response", `{"text": "We are coming."}`, "in-progress", "brackwold"},
		{brackwold, "notes", `{"text": "It is the old model.", "visibility": "own", "happened": "2019-03-12T11:05:00Z"}`, "in-progress", "brackwold"},
		{brackwold, "pauses", `{"reason": "user", "text": "When may we come?"}`, "waiting", "brackwold"},
		{brackwold, "resumption", `{}`, "in-progress", "brackwold"},
		{analyst, "links", `{"reason": "related", "related": "` + other + `"}`, "in-progress", "brackwold"},
		{brackwold, "resolution", `{"text": "A new battery."}`, "resolved", "brackwold"},
		{officer, "reopening", `{"text": "It beeps again."}`, "in-progress", "brackwold"},
		{brackwold, "resolution", `{"text": "Another battery."}`, "resolved", "brackwold"},
		{officer, "closure", `{}`, "closed", "brackwold"},
	} {
		h.after(10 * time.Minute)
		before := x.Version
		got := h.post("/tickets/"+x.ID+"/"+step.noun, step.who, step.body).is(t, http.StatusOK)
		x = app.Ticket{}
		got.into(t, &x)
		if x.Status != step.status || x.Party != step.party || x.Version <= before || got.Header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(x.Version)) {
			t.Errorf("after %s: %s at %q, version %d after %d, ETag %s", step.noun, x.Status, x.Party, x.Version, before, got.Header.Get("ETag"))
		}
	}
	h.post("/tickets/"+other+"/assignments", analyst, `{"party": "brackwold"}`).is(t, http.StatusOK)
	h.post("/tickets/"+other+"/cancellation", brackwold, `{"reason": "test"}`).is(t, http.StatusOK)
	h.post("/tickets/"+x.ID+"/resolution", brackwold, `{}`).refused(t, serve.TypeConflict)
	var read struct{ Entries []app.TicketEntry }
	h.get("/tickets/"+x.ID+"/entries", analyst).is(t, http.StatusOK).into(t, &read)
	if len(read.Entries) != 14 { // 15, less the note that only brackwold reads
		t.Errorf("%d entries", len(read.Entries))
	}
	var life app.Life
	h.get("/tickets/"+x.ID+"/life?asOf=2019-03-12T10:25:00Z", analyst).is(t, http.StatusOK).into(t, &life)
	if life.State != "new" || len(life.Clocks) == 0 {
		t.Errorf("as of 10:25 it is %s, %d clocks", life.State, len(life.Clocks))
	}
	h.get("/tickets/"+x.ID+"/life?asOf=2018-01-01T00:00:00Z", analyst).refused(t, serve.TypeNotFound)
}

// TestSameKeyAgain repeats a request, and then sends another under its key.
func TestSameKeyAgain(t *testing.T) {
	h := force(t)
	officer := h.as("force", access.Officer)
	first := h.post("/tickets", officer, laptop, "Idempotency-Key", "the-same-key").is(t, http.StatusCreated)
	again := h.post("/tickets", officer, laptop, "Idempotency-Key", "the-same-key").is(t, http.StatusCreated)
	if first.Header.Get("Idempotent-Replayed") != "" || again.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Location") != again.Header.Get("Location") {
		t.Errorf("%v\n%v", first.Header, again.Header)
	}
	h.post("/tickets", officer, strings.Replace(laptop, "P3", "P2", 1), "Idempotency-Key", "the-same-key").refused(t, serve.TypeConflict)
	other := h.post("/tickets", h.as("tarnbridge", access.Analyst), laptop, "Idempotency-Key", "the-same-key")
	if other.StatusCode == http.StatusCreated && other.Header.Get("Location") == first.Header.Get("Location") {
		t.Error("another caller's key is taken for this one's")
	}
}

func TestDryRun(t *testing.T) {
	h := force(t)
	officer := h.as("force", access.Officer)
	dry := h.post("/tickets?dry=true", officer, laptop).is(t, http.StatusCreated)
	if dry.Header.Get("Dry-Run") != "true" || dry.Header.Get("Location") != "" {
		t.Errorf("%v", dry.Header)
	}
	var count struct{ Count int }
	h.get("/tickets/count", officer).is(t, http.StatusOK).into(t, &count)
	if count.Count != 0 {
		t.Errorf("a dry run left %d tickets", count.Count)
	}
}

func TestConditions(t *testing.T) {
	h := force(t)
	officer, analyst := h.as("force", access.Officer), h.as("tarnbridge", access.Analyst)
	x := h.laptop()
	path := "/tickets/" + x.ID
	h.post(path+"/assignments", analyst, `{"party": "brackwold"}`).is(t, http.StatusOK)
	agent := h.as("brackwold", access.Agent)
	etag := h.get(path, officer).is(t, http.StatusOK).Header.Get("ETag")
	for _, none := range []string{etag, `W/` + etag, `"7", ` + etag, "*"} {
		got := h.get(path, officer, "If-None-Match", none).is(t, http.StatusNotModified)
		if len(got.body) != 0 || got.Header.Get("ETag") != etag {
			t.Errorf("%s: %q, %s", none, got.body, got.Header.Get("ETag"))
		}
	}
	h.get(path, officer, "If-None-Match", `"999999"`).is(t, http.StatusOK)
	h.get(path, h.as("merrowfen", access.Agent), "If-None-Match", etag).refused(t, serve.TypeNotFound)
	h.post(path+"/changes", agent, `{"priority": "P2"}`, "If-Match", etag).is(t, http.StatusOK)
	h.get(path, officer, "If-None-Match", etag).is(t, http.StatusOK)
	h.post(path+"/changes", agent, `{"priority": "P1"}`, "If-Match", etag).refused(t, serve.TypePrecondition)
	h.post(path+"/changes", agent, `{"priority": "P1"}`, "If-Match", "*").is(t, http.StatusOK)
	// What the state does not allow is a conflict, whatever the condition says.
	now := h.get(path, officer).Header.Get("ETag")
	h.post(path+"/closure", officer, `{}`, "If-Match", now).refused(t, serve.TypeConflict)
}

// TestPages follows next from page to page: every ticket comes once, in order.
func TestPages(t *testing.T) {
	h := force(t)
	officer, analyst := h.as("force", access.Officer), h.as("tarnbridge", access.Analyst)
	var want []string
	for range 7 {
		want = append(want, h.laptop().ID)
		h.after(time.Minute)
	}
	type page struct {
		Tickets []app.Ticket
		Next    string
		Total   *int
	}
	var got []string
	path := "/api/v1/tickets?limit=3&sort=-opened&open=true&status=new,assigned&count=true"
	for n := 0; path != ""; n++ {
		a := h.ask("GET", path, analyst, "").is(t, http.StatusOK)
		var p page
		a.into(t, &p)
		if p.Total == nil || *p.Total != 7 {
			t.Fatalf("total %v", p.Total)
		}
		for _, x := range p.Tickets {
			got = append(got, x.ID)
		}
		link := a.Header.Get("Link")
		if (p.Next == "") != (link == "") || n > 3 {
			t.Fatalf("next %q, Link %q", p.Next, link)
		}
		path, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if p.Next != "" {
			h.get("/tickets?limit=3&sort=-opened&after="+p.Next, analyst).refused(t, serve.TypeInvalid)            // other filters
			h.ask("GET", path, officer, "").refused(t, serve.TypeInvalid)                                          // another reader
			h.get("/tickets/count?after="+p.Next, analyst).refused(t, serve.TypeInvalid)                           // another list
			h.ask("GET", strings.Replace(path, "after=", "after=A", 1), analyst, "").refused(t, serve.TypeInvalid) // another text
			h.ask("GET", strings.Replace(path, "limit=3", "limit=2", 1), analyst, "").is(t, http.StatusOK)         // another length is no other list
			if h.ask("GET", path, analyst, "").is(t, http.StatusOK); strings.Contains(p.Next, want[0]) || len(p.Next) > 80 {
				t.Errorf("the cursor tells %q", p.Next)
			}
		}
	}
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

// TestNobodySeesAnothersTickets reads a ticket of one party as every other.
func TestNobodySeesAnothersTickets(t *testing.T) {
	h := force(t)
	x := h.laptop()
	h.post("/tickets/"+x.ID+"/assignments", h.as("tarnbridge", access.Analyst), `{"party": "brackwold", "team": "field"}`).is(t, http.StatusOK)
	for _, role := range []access.Role{access.Agent, access.Bridge, access.Manager} {
		h.get("/tickets/"+x.ID, h.as("brackwold", role)).is(t, http.StatusOK)
		stranger := h.as("merrowfen", role)
		none := h.get("/tickets/INC9999999", stranger).refused(t, serve.TypeNotFound)
		for _, path := range []string{"", "/life", "/entries", "/clocks/resolve?contract=end-user", "/legs?contract=end-user"} {
			p := h.get("/tickets/"+x.ID+path, stranger).refused(t, serve.TypeNotFound)
			if path == "" && strings.ReplaceAll(p.Detail, x.ID, "INC9999999") != none.Detail {
				t.Errorf("that it exists is told: %q, %q", p.Detail, none.Detail)
			}
		}
		for _, noun := range []string{"notes", "resolution", "acceptance"} {
			h.post("/tickets/"+x.ID+"/"+noun, stranger, `{"text": "x"}`).refused(t, serve.TypeNotFound)
		}
		for _, path := range []string{"/tickets", "/tickets?id=INC", "/tickets?party=brackwold", "/tickets?count=true"} {
			if got := h.get(path, stranger).is(t, http.StatusOK); strings.Contains(string(got.body), x.ID) || strings.Contains(string(got.body), `"total":1`) {
				t.Errorf("%s: %s", path, got.body)
			}
		}
		var count struct{ Count int }
		h.get("/tickets/count?service=laptops", stranger).is(t, http.StatusOK).into(t, &count)
		if count.Count != 0 {
			t.Errorf("%d are counted", count.Count)
		}
	}
}

func TestClockAndLegs(t *testing.T) {
	h := force(t)
	analyst := h.as("tarnbridge", access.Analyst)
	x := h.laptop()
	h.after(10 * time.Minute)
	h.post("/tickets/"+x.ID+"/assignments", analyst, `{"party": "brackwold", "team": "field"}`).is(t, http.StatusOK)
	h.after(50 * time.Minute)
	var c struct {
		Verdict                       string
		ElapsedSeconds, TargetSeconds int64
		Due, Start, Stop              string
	}
	h.get("/tickets/"+x.ID+"/clocks/resolve?contract=end-user", analyst).is(t, http.StatusOK).into(t, &c)
	if c.Verdict != "running" || c.ElapsedSeconds == 0 || c.TargetSeconds == 0 || c.Due == "" || c.Stop != "" {
		t.Errorf("%+v", c)
	}
	var l struct {
		Legs []struct{ Kind, Party, From, To string }
	}
	h.get("/tickets/"+x.ID+"/legs?contract=end-user", analyst).is(t, http.StatusOK).into(t, &l)
	if n := len(l.Legs); n < 2 || l.Legs[0].Kind != "unowned" || l.Legs[n-1].Party != "brackwold" {
		t.Errorf("%+v", l)
	}
	for i := 1; i < len(l.Legs); i++ {
		if l.Legs[i-1].To != l.Legs[i].From {
			t.Errorf("there is a gap in %+v", l)
		}
	}
	h.get("/tickets/"+x.ID+"/clocks/planted?contract=end-user", analyst).refused(t, serve.TypeNotFound)
	h.get("/tickets/"+x.ID+"/clocks/resolve?contract=planted", analyst).refused(t, serve.TypeNotFound)
	h.get("/tickets/"+x.ID+"/clocks/resolve", analyst).refused(t, serve.TypeInvalid)
}
