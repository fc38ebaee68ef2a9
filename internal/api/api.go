// Package api is the record over HTTP: REST with an OpenAPI description, streams of
// events, and the few pages that are needed before there is a desk. It translates and
// nothing else; whatever is read or written goes through [towerbridge/internal/app].
//
//	request ─▶ serve (frame) ─▶ huma (form of the request) ─▶ handler ─▶ app.Record
//	                                                             │
//	answer  ◀─ JSON, ETag, Link ◀───────── what the record says ◀┘
//	        ◀─ problem (RFC 9457) ◀─────── its error, translated once
//
// What holds for every operation:
//
//   - A caller shows a token (Authorization: Bearer) or has a session's cookie. What he
//     may not see is not there: the answer is that of a thing that does not exist.
//   - A POST that writes has an Idempotency-Key: the same key again, with the same
//     request, gives the first answer again and the header Idempotent-Replayed.
//   - What can be changed has an ETag; If-Match refuses a change (412) when somebody
//     else's came first, If-None-Match spares reading what is known (304).
//   - A list has pages: next, and a Link header, lead to the page after.
//   - Instants are RFC 3339; answers have UTC. A period is a month such as 2026-03.
package api

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// Base is the path below which the operations are.
const Base = "/api/v1"

// Options is what an API is made of.
type Options struct {
	Record  *app.Record
	Door    *app.Door
	Feed    *app.Feed
	Server  *serve.Server
	Version string // of the program

	OpenLog func(LogFiles) Log // how the files of an uploaded log are read
	Uploads string             // folder in which they are kept until they were read; empty: the system's
}

// API is the operations of a record.
type API struct {
	Options
	huma     huma.API
	cursors  cursors
	jobs     *jobs
	describe func() ([]byte, error)
}

// New hangs the operations of a record into a server.
func New(o Options) (*API, error) {
	a := &API{Options: o}
	var err error
	if a.cursors, err = newCursors(o.Record.Ledger.Derive("api cursor")); err != nil {
		return nil, err
	}
	a.jobs = newJobs(o.Record, o.OpenLog, o.Uploads)
	a.register(o.Server)
	a.describe = sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.huma.OpenAPI()) })
	a.documentRoutes()
	a.pageRoutes()
	return a, nil
}

// Close breaks off the imports that are under way, and returns when they have ended. The
// same imports, asked for again, go on where they stopped.
func (a *API) Close() { a.jobs.close() }

// router is where operations are hung: a server, or, to describe them, nothing.
type router interface {
	humago.Mux
	Trait(pattern string, t serve.Traits)
}

// register adds every operation.
func (a *API) register(to router) {
	a.huma = humago.New(to, configuration(a.Version))
	a.huma.UseMiddleware(a.requireCaller)
	for _, add := range []func(*registrar){
		(*registrar).tickets, (*registrar).statements, (*registrar).measures, (*registrar).contracts, (*registrar).estate, (*registrar).calendars,
		(*registrar).documents, (*registrar).directories, (*registrar).tokens, (*registrar).imports, (*registrar).erasures,
		(*registrar).retention, (*registrar).subjects, (*registrar).journal, (*registrar).me, (*registrar).passkeys,
	} {
		add(&registrar{API: a, to: to})
	}
}

// configuration is what huma is told.
func configuration(version string) huma.Config {
	c := huma.DefaultConfig("Towerbridge", version)
	c.Info.Description = about
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema members in answers
	c.RejectUnknownQueryParameters = true
	c.NoFormatFallback = false
	c.Components.Schemas = schemas()
	c.Components.Schemas = schemas()
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A service account's token."},
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The session of somebody who signed in with a browser."},
	}
	c.Tags = tags()
	return c
}

const about = `The record of who supplies what to whom, of every ticket, and of what is owed.

Every caller sees what their party and role may see, and nothing else exists for them. A POST that writes needs an Idempotency-Key. Problems are RFC 9457; their findings have public numbers that never change.`

// Describe returns the OpenAPI description of all operations, of a program version, as
// JSON and as YAML. It needs no record.
func Describe(version string) (asJSON, asYAML []byte, err error) {
	a := &API{Options: Options{Version: version}}
	a.register(&nowhere{http.NewServeMux()})
	description := a.huma.OpenAPI()
	if asJSON, err = json.MarshalIndent(description, "", "  "); err != nil {
		return nil, nil, err
	}
	asYAML, err = description.YAML()
	return append(asJSON, '\n'), asYAML, err
}

// nowhere is a router without a server.
type nowhere struct{ *http.ServeMux }

// Trait does nothing.
func (nowhere) Trait(string, serve.Traits) {}
