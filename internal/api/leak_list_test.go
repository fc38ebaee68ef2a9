package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// TestNothingIsToldOfOthers asks in many ways for what is another's.
func TestNothingIsToldOfOthers(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name string
		try  func(*testing.T, *world)
	}{
		{"reporter", reporterIsNotFoundOut},
		{"cursors", cursorsAreOnesOwn},
		{"acts", actsTellNothing},
		{"links", linksTellNothing},
		{"subjects", subjectsTellNothing},
		{"keys", keysAreOnesOwn},
		{"followers", followersHearNothing},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(t, w) })
	}
}

// TestListsProve lists, counts, filters and searches as people of every supplier:
// whatever they ask, nothing comes of tickets that they do not see. Of the stated number
// every tenth where it is not to be proved.
func TestListsProve(t *testing.T) {
	w := newWorld(t)
	leaks := newLeaks(t, w)
	asked, every := 0, 10
	if os.Getenv("TOWERBRIDGE_PROVE") != "" {
		every = 1
	}
	for _, c := range w.callers {
		if c.role == access.Analyst || c.role == access.Assurance || c.party == "force" || c.party == "tarnbridge" {
			continue
		}
		var mine []string
		for name, x := range w.tickets {
			if sees(&c, name) {
				mine = append(mine, x.ID)
			}
		}
		for i, q := range w.filters() {
			if (i+asked)%every != 0 {
				continue
			}
			query := q.Encode()
			p := probe{operation: "list-tickets", about: query, path: "/tickets?limit=1000&count=true&" + query}
			a := w.get(p.path, c.secret).is(t, http.StatusOK)
			leaks.look(p, c, a)
			var page struct {
				Tickets []app.Ticket
				Total   int
			}
			a.into(t, &page)
			count := struct{ Count int }{page.Total}
			if !q.Has("sort") {
				w.get("/tickets/count?"+query, c.secret).is(t, http.StatusOK).into(t, &count)
			}
			asked += 2
			if page.Total != len(page.Tickets) || count.Count != page.Total {
				t.Errorf("%s, %s: %d tickets, total %d, counted %d", c.name, query, len(page.Tickets), page.Total, count.Count)
			}
			for _, x := range page.Tickets {
				if !slices.Contains(mine, x.ID) {
					t.Errorf("%s, %s: sees %s", c.name, query, x.ID)
				}
			}
			if w.hidden(&c, q) && page.Total != 0 {
				t.Errorf("%s learns by %s what it may not know: %d tickets", c.name, query, page.Total)
			}
		}
	}
	t.Logf("%d lists and counts", asked)
}

// filters are queries by every value of every filter, those of others among them.
func (w *world) filters() []url.Values {
	out := []url.Values{{}}
	add := func(name string, values ...string) {
		for _, v := range values {
			out = append(out, url.Values{name: {v}})
		}
	}
	add("open", "true", "false")
	add("status", "new", "assigned", "in-progress", "waiting", "resolved", "closed", "cancelled")
	add("kind", "incident", "request")
	add("priority", "P1", "P3")
	add("site", "harbour", "castle-hill")
	add("team", "field", "records")
	add("reporter", "p-reporter", "p-idle", "service/fennock-agent")
	add("dueBefore", "2019-03-15T00:00:00Z", "2030-01-01T00:00:00Z")
	add("sort", "-opened", "changed", "-due")
	add("id", "INC", "INC0", "OLD")
	for _, s := range suppliers {
		add("party", s.party)
		add("service", s.service)
	}
	add("service", "custody", "command-and-control")
	for _, name := range slices.Sorted(maps.Keys(w.tickets)) {
		id := w.tickets[name].ID
		add("id", id, id[:len(id)-1])
		add("parent", id)
	}
	return out
}

// hidden reports whether a filter asks for the children of a ticket that a caller does
// not see: of them he may know nothing by it, his own among them.
func (w *world) hidden(c *caller, q url.Values) bool {
	for name, x := range w.tickets {
		if q.Get("parent") == x.ID {
			return !sees(c, name)
		}
	}
	return false
}

// reporterIsNotFoundOut asks by whom tickets were reported: for one that was passed
// on, of which the reporter is not told any more, the filter tells it neither.
func reporterIsNotFoundOut(t *testing.T, w *world) {
	t.Helper()
	id := w.tickets["passed on"].ID
	for _, c := range []struct {
		name string
		told bool
	}{{"agent@fennock", false}, {"agent@brackwold", true}, {"analyst@tarnbridge", true}, {"reporter", true}} {
		who := w.caller(c.name)
		var x app.Ticket
		w.get("/tickets/"+id, who.secret).is(t, http.StatusOK).into(t, &x)
		body := string(w.get("/tickets?reporter=p-reporter&id="+id, who.secret).is(t, http.StatusOK).body)
		var count struct{ Count int }
		w.get("/tickets/count?reporter=p-reporter&id="+id, who.secret).is(t, http.StatusOK).into(t, &count)
		if (x.Reporter != "") != c.told || strings.Contains(body, id) != c.told || (count.Count == 1) != c.told {
			t.Errorf("%s: reporter %q, found %v, counted %d", c.name, x.Reporter, strings.Contains(body, id), count.Count)
		}
	}
}

// cursorsAreOnesOwn takes the cursors of one reader, list and filter to others.
func cursorsAreOnesOwn(t *testing.T, w *world) {
	t.Helper()
	for _, c := range w.callers {
		if c.name != "analyst@tarnbridge" {
			w.get("/tickets?limit=2&after="+w.after, c.secret).refused(t, serve.TypeInvalid)
		}
		w.get("/people?limit=2&after="+w.after, c.secret).refused(t, serve.TypeInvalid)
	}
	w.get("/tickets?limit=2&after="+w.after, w.caller("analyst@tarnbridge").secret).is(t, http.StatusOK)
}

// followersHearNothing follows from the first line on, as somebody of each
// supplier.
func followersHearNothing(t *testing.T, w *world) {
	t.Helper()
	followers := map[string]*follower{}
	for _, s := range suppliers {
		for _, role := range []access.Role{access.Agent, access.Officer, access.Commercial} {
			c := w.caller(string(role) + "@" + s.party)
			followers[c.name] = w.follow(t, c.secret, "1")
		}
	}
	w.note(w.as("brackwold", access.Agent), w.tickets["brackwold"], "own", "Note-own-last")
	for name, f := range followers {
		c, heard := w.caller(name), ""
		for quiet := false; !quiet; {
			select {
			case line := <-f.lines:
				heard += line + "\n"
			case <-time.After(400 * time.Millisecond):
				quiet = true
			}
		}
		for ticket, x := range w.tickets {
			if strings.Contains(heard, x.ID) != sees(&c, ticket) {
				t.Errorf("%s hears of %s: %v", name, ticket, !sees(&c, ticket))
			}
		}
		if strings.Contains(heard, "Note-") || strings.Contains(heard, "Summary-") {
			t.Errorf("%s hears a text: %s", name, heard)
		}
	}
}

// actsTellNothing tries every act on another supplier's ticket, in earnest and with
// wrong bodies too: it is as if there were none, and nothing is written.
func actsTellNothing(t *testing.T, w *world) {
	t.Helper()
	leaks := newLeaks(t, w)
	x := w.tickets["brackwold"]
	for _, c := range []string{"agent@merrowfen", "manager@quenby", "bridge@fennock", "officer@brackwold", "commercial@brackwold", "administrator@brackwold"} {
		who := w.caller(c)
		for noun, right := range map[string]string{
			"changes": `{"priority": "P2"}`, "notes": `{"text": "x"}`, "assignments": `{"party": "quenby"}`, "acceptance": `{}`, "rejection": `{"reason": "other"}`,
			"response": `{"text": "x"}`, "pauses": `{"reason": "user"}`, "resumption": `{}`, "resolution": `{}`, "reopening": `{}`, "closure": `{}`,
			"cancellation": `{"reason": "test"}`, "links": `{"reason": "related", "related": "` + x.ID + `"}`,
		} {
			for _, body := range []string{right, `{}`, `{"text": "x", "sight": "harbour"}`} {
				there := w.post("/tickets/"+x.ID+"/"+noun, who.secret, body, "If-Match", `"1"`)
				none := w.post("/tickets/"+ghostTicket+"/"+noun, who.secret, strings.ReplaceAll(body, x.ID, ghostTicket), "If-Match", `"1"`)
				leaks.look(probe{operation: noun, path: x.ID, body: body}, who, there)
				if got, want := bare(x.ID, there), bare(ghostTicket, none); got != want || there.StatusCode < 400 {
					t.Errorf("%s, %s %s: that it is there is told:\n%s\n%s", c, noun, body, got, want)
				}
			}
		}
	}
	var now app.Ticket
	w.get("/tickets/"+x.ID, w.caller("analyst@tarnbridge").secret).is(t, http.StatusOK).into(t, &now)
	if now.Version != x.Version {
		t.Errorf("it is at version %d, and was at %d", now.Version, x.Version)
	}
}

// linksTellNothing links one's own ticket to one that is another's, and to none.
func linksTellNothing(t *testing.T, w *world) {
	t.Helper()
	c := w.caller("agent@brackwold")
	link := func(other string) *answer {
		return w.post("/tickets/"+w.tickets["offered"].ID+"/links", c.secret, fmt.Sprintf(`{"reason": "related", "related": %q}`, other))
	}
	other := w.tickets["fennock"].ID
	if got, want := bare(other, link(other)), bare(ghostTicket, link(ghostTicket)); got != want || !strings.HasPrefix(got, "422") {
		t.Errorf("that it is there is told:\n%s\n%s", got, want)
	}
	var x app.Ticket
	w.get("/tickets/"+w.tickets["brackwold"].ID, c.secret).is(t, http.StatusOK).into(t, &x)
	if x.Parent != "" {
		t.Errorf("brackwold's ticket names the one that it belongs to: %s", x.Parent)
	}
	w.get("/tickets/"+w.tickets["brackwold"].ID, w.caller("analyst@tarnbridge").secret).is(t, http.StatusOK).into(t, &x)
	if x.Parent != w.tickets["late-fennock"].ID {
		t.Errorf("an analyst is told that it belongs to %q", x.Parent)
	}
}

// subjectsTellNothing asks for what is held of others: whether there is anybody of
// that id is not told, nor what is in tickets that the asker is not cleared for.
func subjectsTellNothing(t *testing.T, w *world) {
	t.Helper()
	ask := func(c caller, person string) *answer {
		return w.post("/subject-access", c.secret, `{"person": "`+person+`"}`)
	}
	for _, name := range []string{"agent@brackwold", "administrator@quenby", "administrator@force", "analyst@tarnbridge", "cleared agent"} {
		c := w.caller(name)
		if got, want := bare("p-idle", ask(c, "p-idle")), bare("p-nobody", ask(c, "p-nobody")); got != want || !strings.HasPrefix(got, "403") {
			t.Errorf("%s: that there is somebody is told:\n%s\n%s", name, got, want)
		}
	}
	own := string(ask(w.caller("reporter"), "p-reporter").is(t, http.StatusOK).body)
	theirs := string(ask(w.caller("assurance@force"), "p-reporter").is(t, http.StatusOK).body)
	for _, text := range []string{"Summary-restricted", "Report-restricted"} {
		if !strings.Contains(own, text) || strings.Contains(theirs, text) {
			t.Errorf("%s: told to the person %v, to assurance %v", text, strings.Contains(own, text), strings.Contains(theirs, text))
		}
	}
	if !strings.Contains(theirs, "Report-brackwold") || !strings.Contains(theirs, `"restricted":true`) || strings.Contains(own, `"restricted":true`) {
		t.Errorf("%s", theirs)
	}
}

// keysAreOnesOwn sends another's request under its key: it is not answered by what
// that came to.
func keysAreOnesOwn(t *testing.T, w *world) {
	t.Helper()
	x := w.tickets["brackwold"]
	body := `{"text": "Note-shared-key", "visibility": "shared"}`
	w.post("/tickets/"+x.ID+"/notes", w.as("brackwold", access.Agent), body, "Idempotency-Key", "one-and-the-same").is(t, http.StatusOK)
	for _, name := range []string{"agent@merrowfen", "agent@fennock", "officer@brackwold"} {
		w.post("/tickets/"+x.ID+"/notes", w.caller(name).secret, body, "Idempotency-Key", "one-and-the-same").refused(t, serve.TypeNotFound)
	}
}
