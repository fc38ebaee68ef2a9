package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// registrar adds operations to an API and traits to its routes.
type registrar struct {
	*API
	to router
}

// operation describes one operation.
type operation struct {
	id, method, path string
	tag              string
	summary          string       // a sentence without a full stop
	about            string       // paragraphs; may be empty
	status           int          // of success; zero: 200
	refused          []int        // statuses of refusals beyond those that every operation has
	open             bool         // strangers may ask
	traits           serve.Traits // of the route
	body             string       // example of the request's body, as JSON
}

// everywhere are the refusals that every operation has.
var everywhere = []int{
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
	http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
}

// add adds an operation.
func add[I, O any](r *registrar, op operation, h func(context.Context, *I) (*O, error)) {
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: Base + op.path, Summary: op.summary, Description: op.about,
		Tags: []string{op.tag}, DefaultStatus: op.status,
		Errors:          slices.Sorted(slices.Values(slices.Concat(everywhere, op.refused))),
		Security:        []map[string][]string{{"token": {}}, {"session": {}}},
		BodyReadTimeout: -1, // the server's own limits hold
		MaxBodyBytes:    -1,
	}
	if op.open {
		described.Security = []map[string][]string{}
		described.Metadata = map[string]any{openMark: true}
	}
	visible(reflect.TypeFor[I]())
	visible(reflect.TypeFor[O]())
	huma.Register(r.huma, described, h)
	r.shareProblems(op.path, op.method)
	if op.body != "" {
		r.example(described.Path, op.method, op.body)
	}
	if op.traits != (serve.Traits{}) {
		r.to.Trait(op.method+" "+described.Path, op.traits)
	}
}

// shareProblems says what a refusal looks like once for all operations.
func (r *registrar) shareProblems(path, method string) {
	shared := r.huma.OpenAPI().Components
	if shared.Responses == nil {
		shared.Responses = map[string]*huma.Response{}
	}
	responses := r.described(path, method).Responses
	for code, response := range responses {
		status, err := strconv.Atoi(code)
		kind, refusal := typeOfStatus[status]
		if err != nil || !refusal {
			continue
		}
		name := "Problem" + code
		if shared.Responses[name] == nil {
			response.Description = kind.Title + ". " + kind.Meaning
			shared.Responses[name] = response
		}
		responses[code] = &huma.Response{Ref: "#/components/responses/" + name}
	}
}

// visible panics where a type, which huma reads by reflection, embeds one whose name is
// not exported: huma passes over those without a word.
func visible(t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && !f.IsExported() {
			panic(fmt.Sprintf("api: %s embeds %s, which huma does not see", t, f.Type))
		} else if f.Anonymous || f.Name == "Body" {
			visible(f.Type)
		}
	}
}

// openMark marks operations that strangers may ask for.
const openMark = "open"

// example puts an example into the description of a request's body.
func (r *registrar) example(path, method, body string) {
	item := r.huma.OpenAPI().Paths[path]
	for _, op := range []*huma.Operation{item.Post, item.Put} {
		if op == nil || op.Method != method || op.RequestBody == nil {
			continue
		}
		for _, media := range op.RequestBody.Content {
			media.Example = rawJSON(body)
		}
	}
}

// described returns the description of an operation.
func (r *registrar) described(path, method string) *huma.Operation {
	item := r.huma.OpenAPI().Paths[Base+path]
	return map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete}[method]
}

// answers says of which type of content the answers of an operation are, where that is
// not JSON.
func (r *registrar) answers(path, method, kind string) {
	s := &huma.Schema{Type: huma.TypeString}
	if kind == "application/zip" {
		s.Format = "binary"
	}
	r.described(path, method).Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{kind: {Schema: s}}}
}

// answersAs says what the JSON of an operation's answers is, where the handler writes it
// as bytes.
func answersAs[T any](r *registrar, path, method string) {
	schema := r.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
	r.described(path, method).Responses["200"].Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

// rawJSON is JSON that is written as it stands.
type rawJSON string

// MarshalJSON returns the text.
func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// requireCaller refuses strangers.
func (a *API) requireCaller(ctx huma.Context, next func(huma.Context)) {
	if callerOf(ctx.Context()) == nil && ctx.Operation().Metadata[openMark] == nil {
		writeProblem(ctx, serve.Problem{Type: serve.TypeStranger, Detail: "this needs a caller who is known"})
		return
	}
	next(ctx)
}

// Keyed is the head of a request that writes.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"128" pattern:"^[!-~]+$" doc:"A text of your own that no other request of yours has. The same key with the same request gives the first answer again, so that a request can be repeated when its answer was lost." example:"b9f0c1de-7a44-4c0e-9a5f-3c9b8a1f2d10"`
	Dry bool   `query:"dry" doc:"Check everything and answer, but keep nothing."`
}

// request is who asks for a change, and how. The version is that of If-Match.
func request(ctx context.Context, k Keyed, version int64) app.Request {
	return app.Request{Who: whoOf(ctx), Key: k.Key, Dry: k.Dry, Version: version}
}

// Written is the head of the answer to a request that wrote.
type Written struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true where the key was used before: nothing was written now, and this is what the first request came to." enum:"true"`
	Dry      string `header:"Dry-Run" doc:"true where nothing was kept." enum:"true"`
}

func writtenOf(replayed, dry bool) (w Written) {
	if replayed {
		w.Replayed = "true"
	}
	if dry {
		w.Dry = "true"
	}
	return w
}
