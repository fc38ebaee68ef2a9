package api

import (
	"cmp"
	_ "embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

//go:embed style.css
var style []byte

//go:embed passkey.js
var passkeyScript []byte

// boxed is one line of a form.
type boxed struct{ name, label, hint, kind, value, complete string }

// start is what the sign-in form shows.
type start struct {
	providers []app.ProviderView
	name      string
	wrong     []serve.Finding
}

// pageRoutes adds the pages that are needed before there is a desk.
func (a *API) pageRoutes() {
	page := func(pattern string, h http.HandlerFunc) { a.Server.Handle(pattern, serve.Traits{Page: true}, h) }
	page("GET /{$}", a.showStart)
	page("GET /sign-in", a.showSignIn)
	page("POST /sign-in", a.signIn)
	page("POST /sign-out", a.signOut)
	page("GET /sign-in/{provider}/begin", a.beginProvider)
	page("GET /sign-in/{provider}", a.completeProvider)
	page("GET /welcome", a.showWelcome)
	page("POST /welcome", a.welcome)
	page("GET /api", a.showOperations)
	page("GET /problems/{name}", a.showType)
	for _, f := range []struct {
		pattern, kind string
		text          []byte
	}{{"GET /style.css", "text/css; charset=utf-8", style}, {"GET /passkey.js", "text/javascript; charset=utf-8", passkeyScript}} {
		page(f.pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", f.kind)
			w.Header().Set("Cache-Control", "public, max-age=3600")
			_, _ = w.Write(f.text)
		})
	}
}

// show answers by a page.
func show(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = page.Render(r.Context(), w) // an error is that the reader has gone
	}
}

func (a *API) showStart(w http.ResponseWriter, r *http.Request) {
	show(w, r, http.StatusOK, startPage(callerOf(r.Context()), start{providers: a.Door.Providers()}))
}

func (a *API) showType(w http.ResponseWriter, r *http.Request) {
	at := slices.IndexFunc(serve.Types(), func(t serve.Type) bool { return t.Name == r.PathValue("name") })
	if at < 0 {
		serve.Refuse(w, r, serve.Problem{Type: serve.TypeNotFound, Detail: "there is no problem of that name"})
		return
	}
	show(w, r, http.StatusOK, typePage(callerOf(r.Context()), serve.Types()[at]))
}

// group is the operations of one tag.
type group struct {
	name, about string
	operations  []listed
}

type listed struct{ method, path, summary string }

func (a *API) showOperations(w http.ResponseWriter, r *http.Request) {
	show(w, r, http.StatusOK, operationsPage(callerOf(r.Context()), a.groups()))
}

// groups lists the operations by their tags.
func (a *API) groups() []group {
	description := a.huma.OpenAPI()
	var out []group
	for _, t := range description.Tags {
		g := group{name: t.Name, about: t.Description}
		for path, item := range description.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
				if op != nil && slices.Contains(op.Tags, t.Name) {
					g.operations = append(g.operations, listed{op.Method, path, op.Summary})
				}
			}
		}
		slices.SortFunc(g.operations, func(a, b listed) int {
			return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
		})
		out = append(out, g)
	}
	return out
}

// findingsOf returns what is wrong with a form; false where the error is of another kind.
func findingsOf(err error) ([]serve.Finding, bool) {
	var findings fault.Findings
	if errors.As(err, &findings) {
		return serve.FindingsOf(findings), true
	}
	p := serve.ProblemOf(err)
	switch p.Type {
	case serve.TypeStranger, serve.TypeDenied, serve.TypeTooMany, serve.TypeInvalid:
		return []serve.Finding{{Message: p.Detail, Remedy: p.Remedy}}, true
	}
	return nil, false
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func or(a, b string) string { return cmp.Or(a, b) }

func statusText(t serve.Type) string { return strconv.Itoa(t.Status) }

func rolesText(c *caller) string {
	names := make([]string, len(c.who.Roles))
	for i, r := range c.who.Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
