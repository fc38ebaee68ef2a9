package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// people is a file of so many people of two parties.
func people(n int) string {
	var b strings.Builder
	b.WriteString("id,name,email,party,roles\n")
	for i := range n {
		party, role := "force", "officer"
		if i%2 == 1 {
			party, role = "brackwold", "agent"
		}
		fmt.Fprintf(&b, "p-%03d,Person %03d,p%d@example.org,%s,%s\n", i, i, i, party, role)
	}
	return b.String()
}

// TestDirectoryImport shows a plan, applies it, and reads what came of it.
func TestDirectoryImport(t *testing.T) {
	h := force(t)
	admin := h.admin()
	csv := []string{"Content-Type", "text/csv"}
	var plan app.DirectoryPlan
	h.ask("POST", "/api/v1/directory/people/plans", admin, people(9), csv...).is(t, http.StatusOK).into(t, &plan)
	if plan.Counts.Adds != 9 || plan.Applied || plan.Digest == "" {
		t.Errorf("%+v", plan)
	}
	path := "/directory/people/imports?plan="
	h.post(path+"sha256:other", admin, people(9), csv...).refused(t, serve.TypeConflict)
	h.post("/directory/people/imports", admin, people(9), csv...).refused(t, serve.TypeInvalid)
	h.post(path+plan.Digest, h.as("brackwold", access.Manager), people(9), csv...).refused(t, serve.TypeDenied)
	h.post(path+plan.Digest, admin, people(9), csv...).is(t, http.StatusOK).into(t, &plan)
	if !plan.Applied || plan.Written.Adds != 9 {
		t.Errorf("%+v", plan)
	}
	p := h.ask("POST", "/api/v1/directory/people/plans", admin, "id,name,party\np-1,,nowhere\n", csv...).refused(t, serve.TypeInvalid)
	if len(p.Findings) == 0 || p.Findings[0].File != "people.csv" || p.Findings[0].Line != 2 {
		t.Errorf("%+v", p)
	}
	h.ask("POST", "/api/v1/directory/towers/plans", admin, "id\n", csv...).refused(t, serve.TypeInvalid)

	// A supplier's manager sees the own people, page by page.
	var got []string
	next := "/api/v1/people?limit=2&party=brackwold"
	for next != "" {
		var page struct{ People []app.PersonEntry }
		a := h.ask("GET", next, h.as("brackwold", access.Manager), "").is(t, http.StatusOK)
		a.into(t, &page)
		for _, x := range page.People {
			got = append(got, x.ID+" "+x.Party)
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(a.Header.Get("Link"), "<"), ">")
	}
	if want := "p-001 brackwold,p-003 brackwold,p-005 brackwold,p-007 brackwold"; strings.Join(got, ",") != want {
		t.Errorf("%q", got)
	}
	h.get("/people?after=AAAA", admin).refused(t, serve.TypeInvalid)
	h.get("/people/p-001", h.as("merrowfen", access.Manager)).refused(t, serve.TypeNotFound)
	export := h.get("/directory/people", admin).is(t, http.StatusOK)
	if !strings.HasPrefix(export.Header.Get("Content-Type"), "text/csv") || strings.Count(string(export.body), "\n") != 11 || export.Header.Get("Content-Disposition") != `attachment; filename="people.csv"` {
		t.Errorf("%v\n%s", export.Header, export.body)
	}
	var assets struct{ Assets []app.AssetEntry }
	h.get("/assets", admin).is(t, http.StatusOK).into(t, &assets)
	if len(assets.Assets) != 0 {
		t.Errorf("%+v", assets)
	}
}

// TestPeopleByHand adds and changes a person, and refuses what cannot be.
func TestPeopleByHand(t *testing.T) {
	h := force(t)
	admin := h.admin()
	body := `{"values": {"id": "p-1", "name": "Ada Mercer", "party": "brackwold", "roles": "agent"}}`
	added := h.post("/people", admin, body, "Idempotency-Key", "add-ada-mercer").is(t, http.StatusCreated)
	if added.Header.Get("Location") != "/api/v1/people/p-1" {
		t.Errorf("%v", added.Header)
	}
	h.post("/people", admin, body, "Idempotency-Key", "add-ada-mercer").is(t, http.StatusCreated)
	h.post("/people", admin, body).refused(t, serve.TypeConflict)
	h.post("/people", h.as("brackwold", access.Agent), strings.Replace(body, "p-1", "p-2", 1)).refused(t, serve.TypeDenied)
	h.post("/people", admin, `{"values": {"id": "p-2", "name": "X", "party": "nowhere"}}`).refused(t, serve.TypeInvalid)
	etag := h.get("/people/p-1", admin).is(t, http.StatusOK).Header.Get("ETag")
	var x app.PersonEntry
	h.post("/people/p-1/changes", admin, `{"values": {"site": "harbour"}, "grant": ["manager"]}`, "If-Match", etag).is(t, http.StatusOK).into(t, &x)
	if x.Site != "harbour" || !x.Has(access.Manager) {
		t.Errorf("%+v", x)
	}
	h.post("/people/p-1/changes", admin, `{"values": {"site": ""}}`, "If-Match", etag).refused(t, serve.TypePrecondition)
	h.post("/people/p-1/changes", admin, `{"grant": ["emperor"]}`).refused(t, serve.TypeInvalid)
	h.post("/people/p-9/changes", admin, `{"grant": ["manager"]}`).refused(t, serve.TypeNotFound)
}

// TestTokens issues, lists and revokes a token.
func TestTokens(t *testing.T) {
	h := force(t)
	admin := h.admin()
	body := `{"account": "brw-bridge", "name": "production", "party": "brackwold", "roles": ["bridge"], "scopes": ["ticket.read"], "until": "2019-06-01T00:00:00Z"}`
	var issued struct{ Token, ID, Account string }
	h.post("/tokens", admin, body, "Idempotency-Key", "brw-bridge-1").is(t, http.StatusCreated).into(t, &issued)
	if !strings.HasPrefix(issued.Token, "tb_token_") || issued.Account != "brw-bridge" {
		t.Errorf("%+v", issued)
	}
	h.post("/tokens", admin, body, "Idempotency-Key", "brw-bridge-1").refused(t, serve.TypeConflict) // it is shown once
	h.post("/tokens", admin, strings.Replace(body, "2019-06-01", "2018-06-01", 1)).refused(t, serve.TypeInvalid)
	h.post("/tokens", h.as("force", access.Analyst), body).refused(t, serve.TypeDenied)
	var me struct {
		ID, Party, Kind string
		Service         bool
		Roles, Scopes   []string
	}
	h.get("/me", issued.Token).is(t, http.StatusOK).into(t, &me)
	if me.ID != "service/brw-bridge" || me.Party != "brackwold" || me.Kind != "supplier" || !me.Service || len(me.Scopes) != 1 {
		t.Errorf("%+v", me)
	}
	x := h.laptop()
	h.post("/tickets/"+x.ID+"/assignments", h.as("tarnbridge", access.Analyst), `{"party": "brackwold"}`).is(t, http.StatusOK)
	h.get("/tickets/"+x.ID, issued.Token).is(t, http.StatusOK)
	h.post("/tickets/"+x.ID+"/acceptance", issued.Token, `{}`).refused(t, serve.TypeDenied) // beyond its scopes
	if list := h.get("/tokens", admin).is(t, http.StatusOK); !strings.Contains(string(list.body), issued.ID) || strings.Contains(string(list.body), issued.Token) {
		t.Errorf("%s", list.body)
	}
	h.ask("DELETE", "/api/v1/tokens/"+issued.ID, h.as("force", access.Analyst), "").refused(t, serve.TypeNotFound)
	h.ask("DELETE", "/api/v1/tokens/"+issued.ID, admin, "").is(t, http.StatusNoContent)
	h.get("/me", issued.Token).refused(t, serve.TypeStranger)
	h.ask("DELETE", "/api/v1/tokens/"+issued.ID, admin, "").refused(t, serve.TypeNotFound)
	h.get("/me/sessions", h.as("force", access.Analyst)).refused(t, serve.TypeDenied) // a service account has none
}
