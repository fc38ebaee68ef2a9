package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/internal/api"
)

// description is the OpenAPI description as an independent reader sees it: every answer
// that a test gets is held to it.
type description struct {
	routes  *http.ServeMux
	compile func(pointer string) (*jsonschema.Schema, error)
	answers map[string]map[string]any // of "GET /api/v1/tickets", by status
}

var describe = sync.OnceValues(func() (*description, error) {
	asJSON, _, err := api.Describe("test")
	if err != nil {
		return nil, err
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("openapi.json", whole); err != nil {
		return nil, err
	}
	var mutex sync.Mutex
	d := &description{routes: http.NewServeMux(), answers: map[string]map[string]any{}, compile: func(pointer string) (*jsonschema.Schema, error) {
		mutex.Lock()
		defer mutex.Unlock()
		return c.Compile("openapi.json#" + pointer)
	}}
	var read struct {
		Paths map[string]map[string]struct{ Responses map[string]any }
	}
	if err := json.Unmarshal(asJSON, &read); err != nil {
		return nil, err
	}
	for path, item := range read.Paths {
		for method, op := range item {
			pattern := strings.ToUpper(method) + " " + path
			d.routes.Handle(pattern, http.NotFoundHandler())
			d.answers[pattern] = op.Responses
		}
	}
	return d, nil
})

// conforms fails unless an answer is one that the description has: its status, its type
// of content, and every member.
func (a *answer) conforms(t testing.TB) {
	t.Helper()
	d, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	_, pattern := d.routes.Handler(a.Request)
	if pattern == "" || a.StatusCode == http.StatusNotModified || a.StatusCode == http.StatusMethodNotAllowed {
		return
	}
	method, path, _ := strings.Cut(pattern, " ")
	status := strconv.Itoa(a.StatusCode)
	if d.answers[pattern][status] == nil {
		t.Errorf("%s: the description has no answer %s: %s", pattern, status, a.body)
		return
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if !strings.Contains(kind, "json") || strings.Contains(kind, "ndjson") {
		return
	}
	escaped := strings.NewReplacer("~", "~0", "/", "~1").Replace
	at := fmt.Sprintf("/paths/%s/%s/responses/%s", escaped(path), strings.ToLower(method), status)
	if shared, ok := d.answers[pattern][status].(map[string]any)["$ref"].(string); ok {
		at = strings.TrimPrefix(shared, "#")
	}
	schema, err := d.compile(at + "/content/" + escaped(kind) + "/schema")
	if err != nil {
		t.Errorf("%s: %s of %s: %v", pattern, status, kind, err)
		return
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	if err != nil {
		t.Errorf("%s: %v: %s", pattern, err, a.body)
		return
	}
	if err := schema.Validate(body); err != nil {
		t.Errorf("%s: the answer is not what the description says: %v\n%s", pattern, err, a.body)
	}
}

// unkeyed are the operations that are a POST for their body's sake: one writes nothing,
// one is known by the digest of what it is sent, and the steps of passkeys have a state
// that holds once.
var unkeyed = []string{"plan-directory", "import-log", "begin-passkey-sign-in", "sign-in-by-passkey", "begin-passkey", "add-passkey"}

// TestDescription holds every operation to what its reader needs.
func TestDescription(t *testing.T) {
	asJSON, asYAML, err := api.Describe("test")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(asYAML, []byte("components:")) && !bytes.Contains(asYAML, []byte("openapi: 3.1.0")) {
		t.Errorf("%.100s", asYAML)
	}
	var read struct {
		OpenAPI string
		Tags    []struct{ Name string }
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Tags                 []string
			Security             []map[string][]string
			Parameters           []struct{ Name, In, Description string }
			RequestBody          *struct {
				Content map[string]struct{ Example any }
			}
			Responses map[string]map[string]any
		}
		Components struct {
			Responses map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(asJSON, &read); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(read.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", read.OpenAPI)
	}
	tags, ids := map[string]bool{}, map[string]bool{}
	for _, tag := range read.Tags {
		tags[tag.Name] = true
	}
	for path, item := range read.Paths {
		for method, op := range item {
			at := strings.ToUpper(method) + " " + path
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || strings.HasSuffix(op.Summary, ".") || len(op.Tags) != 1 || !tags[op.Tags[0]] {
				t.Errorf("%s: id %q, summary %q, tags %q", at, op.OperationID, op.Summary, op.Tags)
			}
			ids[op.OperationID] = true
			keyed := false
			for _, p := range op.Parameters {
				keyed = keyed || p.Name == "Idempotency-Key"
				if p.Description == "" {
					t.Errorf("%s: %s %s is not described", at, p.In, p.Name)
				}
			}
			if method == "post" && !keyed && !slices.Contains(unkeyed, op.OperationID) {
				t.Errorf("%s writes without a key", at)
			}
			for _, status := range []string{"400", "401", "403", "404", "429", "500", "503"} {
				shared, _ := op.Responses[status]["$ref"].(string)
				if _, ok := read.Components.Responses[strings.TrimPrefix(shared, "#/components/responses/")].Content["application/problem+json"]; !ok {
					t.Errorf("%s: no answer %s", at, status)
				}
			}
			if op.RequestBody != nil {
				for kind, media := range op.RequestBody.Content {
					if media.Example == nil {
						t.Errorf("%s: the body %s has no example", at, kind)
					}
				}
			}
		}
	}
}

// TestExamplesOfBodies holds each example of a request to its schema.
func TestExamplesOfBodies(t *testing.T) {
	d, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	asJSON, _, err := api.Describe("test")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Paths map[string]map[string]struct {
			RequestBody *struct {
				Content map[string]struct{ Example json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(asJSON, &read); err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, item := range read.Paths {
		for method, op := range item {
			if op.RequestBody == nil {
				continue
			}
			example := op.RequestBody.Content["application/json"].Example
			if example == nil {
				continue
			}
			n++
			schema, err := d.compile(fmt.Sprintf("/paths/%s/%s/requestBody/content/application~1json/schema", strings.ReplaceAll(path, "/", "~1"), method))
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(example))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s %s: %s: %v", method, path, example, err)
			}
		}
	}
	if n < 14 {
		t.Errorf("%d bodies have examples", n)
	}
}
