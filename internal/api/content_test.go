package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// TestErase erases the text of a ticket: it is gone from what is read, again under the
// same key says what went, and the journal is whole.
func TestErase(t *testing.T) {
	h := force(t)
	x := h.laptop()
	admin, officer := h.as("force", access.Administrator), h.as("force", access.Officer)
	body := `{"ticket": "` + x.ID + `", "names": ["text"], "why": "request of the data subject"}`
	type erased struct {
		Ticket string
		Items  []struct {
			Sequence int64
			Name     string
		}
	}
	var dry, first, again erased
	h.post("/erasures?dry=true", admin, body).is(t, http.StatusCreated).into(t, &dry)
	if s := string(h.get("/tickets/"+x.ID+"/entries", officer).body); !strings.Contains(s, "It beeps twice.") {
		t.Fatalf("a dry run erases: %s", s)
	}
	h.post("/erasures", admin, body, "Idempotency-Key", "erase-it").is(t, http.StatusCreated).into(t, &first)
	a := h.post("/erasures", admin, body, "Idempotency-Key", "erase-it").is(t, http.StatusCreated)
	a.into(t, &again)
	for _, got := range []erased{dry, first, again} {
		if got.Ticket != x.ID || len(got.Items) != 1 || got.Items[0].Name != "text" || got.Items[0].Sequence != x.Version {
			t.Errorf("%+v", got)
		}
	}
	if a.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v", a.Header)
	}
	if s := string(h.get("/tickets/"+x.ID+"/entries", officer).body); strings.Contains(s, "It beeps twice.") || !strings.Contains(s, `"erased":true`) {
		t.Errorf("%s", s)
	}
	if f, err := h.record.Ledger.Check(t.Context(), nil); err != nil || len(f) > 0 {
		t.Errorf("%v, %v", f, err)
	}
	for refused, want := range map[string]serve.Type{
		body:                                    serve.TypeInvalid, // nothing is left of it
		`{"ticket": "INC9999999", "why": "x"}`:  serve.TypeNotFound,
		`{"ticket": "` + x.ID + `", "why": ""}`: serve.TypeInvalid,
		`{"ticket": "` + x.ID + `", "names": ["shoe"], "why": "x"}`: serve.TypeInvalid,
		`{"ticket": "` + x.ID + `", "entries": [1], "why": "x"}`:    serve.TypeInvalid,
	} {
		h.post("/erasures", admin, refused).refused(t, want)
	}
}

// TestRetention decides on a schedule and applies it.
func TestRetention(t *testing.T) {
	h := force(t)
	admin := h.as("force", access.Administrator)
	x := h.laptop()
	h.post("/tickets/"+x.ID+"/cancellation", h.as("brackwold", access.Agent), `{"reason": "test"}`).refused(t, serve.TypeNotFound)
	h.post("/tickets/"+x.ID+"/assignments", h.as("tarnbridge", access.Analyst), `{"party": "brackwold"}`).is(t, http.StatusOK)
	h.post("/tickets/"+x.ID+"/resolution", h.as("brackwold", access.Agent), `{"text": "A new battery."}`).is(t, http.StatusOK)
	h.after(70 * 24 * time.Hour)
	put := func(body string, headers ...string) *answer {
		headers = append([]string{"Idempotency-Key", "decide-" + body[:min(len(body), 20)]}, headers...)
		headers[1] = strings.Map(func(r rune) rune {
			if r > ' ' && r <= '~' {
				return r
			}
			return '-'
		}, headers[1]+strings.Join(headers[2:], ""))
		return h.ask("PUT", "/api/v1/retention", admin, body, headers...)
	}
	a := h.get("/retention", admin).is(t, http.StatusOK)
	if s := string(a.body); !strings.Contains(s, `"rules":[]`) {
		t.Errorf("%s", s)
	}
	const rule = `{"rules": [{"months": 2, "names": ["text"], "clause": "4.2"}]}`
	put(`{"rules": [{"months": 0, "names": ["shoe"], "clause": ""}]}`).refused(t, serve.TypeInvalid)
	first := put(rule).is(t, http.StatusOK)
	if put(rule, "If-Match", `"7"`).refused(t, serve.TypePrecondition); first.Header.Get("ETag") != `"1"` {
		t.Errorf("%v", first.Header)
	}
	put(rule, "If-Match", `"1"`).is(t, http.StatusOK)
	h.get("/retention", admin, "If-None-Match", `"2"`).is(t, http.StatusNotModified)
	var got app.Retained
	for _, c := range []struct {
		query, key string
		want       app.Retained
	}{
		{"?dry=true", "apply-dry", app.Retained{Tickets: 1, Items: 2}},
		{"", "apply-it", app.Retained{Tickets: 1, Items: 2}},
		{"", "apply-again", app.Retained{}},
		{"", "apply-it", app.Retained{Tickets: 1, Items: 2}},
	} {
		h.post("/retention/applications"+c.query, admin, "", "Idempotency-Key", c.key).is(t, http.StatusOK).into(t, &got)
		if got != c.want {
			t.Errorf("%s%s: %+v, want %+v", c.key, c.query, got, c.want)
		}
	}
	if s := string(h.get("/tickets/"+x.ID+"/entries", h.as("tarnbridge", access.Analyst)).body); strings.Contains(s, "battery") || strings.Contains(s, "beeps") {
		t.Errorf("%s", s)
	}
}

// TestSubject asks for everything that is held of a person, as that person and as
// assurance; that it was asked for is written down.
func TestSubject(t *testing.T) {
	h := force(t)
	h.laptop()
	for _, who := range []string{h.as("force", access.Officer), h.as("force", access.Assurance)} {
		var got app.Subject
		h.post("/subject-access", who, `{"person": "service/force-officer"}`, "Idempotency-Key", "ask-for-it").is(t, http.StatusOK).into(t, &got)
		if len(got.Tickets) != 1 || got.Tickets[0].Summary != "My laptop does not start" || len(got.Entries) == 0 {
			t.Errorf("%+v", got)
		}
		if again := h.post("/subject-access", who, `{"person": "service/force-officer"}`, "Idempotency-Key", "ask-for-it").is(t, http.StatusOK); again.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%v", again.Header)
		}
	}
	lines := string(h.get("/journal/lines", h.as("force", access.Assurance)).body)
	if n := strings.Count(lines, `"act":"subject.access"`); n != 2 {
		t.Errorf("it was written down %d times", n)
	}
}
