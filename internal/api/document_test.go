package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

func TestDocuments(t *testing.T) {
	h := force(t)
	admin, supplier := h.admin(), h.as("fennock", access.Agent)
	var list struct{ Documents []app.DocumentEntry }
	h.get("/documents", admin).is(t, http.StatusOK).into(t, &list)
	if len(list.Documents) < 5 || list.Documents[0].Name != "calendars/always.yaml" || list.Documents[0].Version != 1 || list.Documents[0].Digest == "" {
		t.Errorf("%+v", list)
	}
	estate := h.get("/documents/estate.yaml", admin).is(t, http.StatusOK)
	if estate.Header.Get("Content-Type") != "application/yaml" || !bytes.Contains(estate.body, []byte("id: constabulary")) || estate.Header.Get("ETag") != `"1"` {
		t.Errorf("%v %.80s", estate.Header, estate.body)
	}
	h.get("/documents/estate.yaml", admin, "If-None-Match", `"1"`).is(t, http.StatusNotModified)
	h.get("/documents/contracts/network.yaml", supplier).refused(t, serve.TypeNotFound)
	h.get("/documents/contracts/none.yaml", admin).refused(t, serve.TypeNotFound)
	h.get("/documents/secrets/x.yaml", admin).refused(t, serve.TypeInvalid)
	h.ask("PUT", "/api/v1/documents/estate.yaml", supplier, "id: x\n", "Content-Type", "application/yaml").refused(t, serve.TypeDenied)

	// What is wrong is told with its place, and nothing is put.
	wrong := bytes.Replace(estate.body, []byte("kind: customer"), []byte("kind: costumer"), 1)
	p := h.ask("PUT", "/api/v1/documents/estate.yaml", admin, string(wrong), "Content-Type", "application/yaml").refused(t, serve.TypeInvalid)
	if len(p.Findings) == 0 || p.Findings[0].File != "estate.yaml" || p.Findings[0].Line == 0 || p.Findings[0].Field != "parties[0].kind" {
		t.Errorf("%+v", p)
	}

	changed := string(estate.body) + "# read by nobody\n"
	put := func(body string, headers ...string) *answer {
		return h.ask("PUT", "/api/v1/documents/estate.yaml", admin, body, append([]string{"Content-Type", "application/yaml"}, headers...)...)
	}
	put(changed, "If-Match", `"7"`).refused(t, serve.TypePrecondition)
	put(changed, "If-None-Match", "*").refused(t, serve.TypePrecondition)
	var change app.DocumentChange
	h.ask("PUT", "/api/v1/documents/estate.yaml?dry=true", admin, changed, "Content-Type", "application/yaml").is(t, http.StatusOK).into(t, &change)
	if change.Change != app.DocumentChanged || change.Version != 2 {
		t.Errorf("a dry run: %+v", change)
	}
	put(changed, "If-Match", `"1"`).is(t, http.StatusOK).into(t, &change)
	if change.Change != app.DocumentChanged || change.Version != 2 {
		t.Errorf("%+v", change)
	}
	put(changed).is(t, http.StatusOK).into(t, &change)
	if change.Change != app.DocumentSame || change.Version != 2 {
		t.Errorf("the same again: %+v", change)
	}
	if old := h.get("/documents/estate.yaml?version=1", admin).is(t, http.StatusOK); !bytes.Equal(old.body, estate.body) {
		t.Error("the version before is not what it was")
	}
}

// TestDocumentsTogether puts and takes away several at once.
func TestDocumentsTogether(t *testing.T) {
	h := force(t)
	admin := h.admin()
	mapping := string(h.get("/documents/calendars/office.yaml", admin).is(t, http.StatusOK).body)
	spare := strings.Replace(mapping, "id: office", "id: spare", 1)
	body, err := json.Marshal(map[string]any{"put": []any{map[string]string{"name": "calendars/spare.yaml", "text": spare}}})
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Documents []app.DocumentChange }
	h.post("/documents", admin, string(body), "Idempotency-Key", "spare-calendar").is(t, http.StatusOK).into(t, &out)
	if len(out.Documents) != 1 || out.Documents[0].Change != app.DocumentAdded {
		t.Errorf("%+v", out)
	}
	if again := h.post("/documents", admin, string(body), "Idempotency-Key", "spare-calendar").is(t, http.StatusOK); again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v", again.Header)
	}
	h.post("/documents", admin, `{"remove": ["calendars/spare.yaml", "calendars/none.yaml"]}`).refused(t, serve.TypeInvalid)
	h.get("/documents/calendars/spare.yaml", admin).is(t, http.StatusOK)
	h.ask("DELETE", "/api/v1/documents/calendars/spare.yaml", admin, "", "If-Match", `"9"`).refused(t, serve.TypePrecondition)
	h.ask("DELETE", "/api/v1/documents/calendars/spare.yaml", admin, "").is(t, http.StatusOK)
	h.get("/documents/calendars/spare.yaml", admin).refused(t, serve.TypeNotFound)
	h.ask("DELETE", "/api/v1/documents/calendars/office.yaml", admin, "").refused(t, serve.TypeInvalid) // contracts need it
}
