// Package serve is the frame around a program's routes: what every request passes
// before a route sees it, and every answer on its way out. It knows nothing of what
// the routes do; package api hangs its operations into it.
//
//	connection ─▶ limits of time and size (run.go)
//	   └▶ exchange   a request id, the client's address, the answer's status (exchange.go)
//	       ├▶ log, metrics, trace    one line, one count, one span a request
//	       ├▶ headers                that harden the answer
//	       ├▶ route                  404 and 405 are answered before anything costs
//	       ├▶ crowd                  503 when too many are inside
//	       ├▶ size                   413 when the body is too large
//	       ├▶ origin                 403 for another site's form
//	       ├▶ caller                 401 for a token or session that is not good
//	       ├▶ rate                   429 when one caller asks too often
//	       └▶ the route, its answer compressed
//
// Whatever is refused is refused by a [Problem] (RFC 9457). Nothing that a request
// carries is ever logged but its method, its route, its size and the names of its
// query: values may be secrets, or somebody's name.
package serve

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzhttp"

	"towerbridge/fault"
)

// Options is what a server is made of.
type Options struct {
	Log      *slog.Logger
	Limits   Limits
	Origin   string         // as browsers see it, such as https://record.example.org
	Trusted  []netip.Prefix // proxies whose word for the client's address and scheme is taken
	Identify Identify       // who asks; nil: nobody is known
	Ready    func(context.Context) error
	Metrics  *Metrics
	Apart    bool // /metrics is not among these routes, but on a listener of its own; see [Server.Run]
}

// Identify finds out who asks from a request's token or session. It returns the
// context that routes see, and a name that stands for the caller in logs and limits:
// empty for nobody. An error is a Denied fault: what was shown is not good (any more).
type Identify func(*http.Request) (context.Context, string, error)

// Server is a set of routes in their frame. It is made by [New].
type Server struct {
	options  Options
	routes   *http.ServeMux
	traits   map[string]Traits // by pattern
	chain    http.Handler
	origins  *http.CrossOriginProtection
	inside   chan struct{}
	rates    rates
	ready    readiness
	stopping chan struct{}
	stopOnce sync.Once
	streams  atomic.Int64
}

// Traits say in what a route differs from others.
type Traits struct {
	Page   bool  // it answers people, by HTML
	Body   int64 // bytes that a request may have; zero: Body of [Limits]; [Upload]: Upload of it
	Stream bool  // it answers for as long as it likes, a part at a time
}

// Upload stands in [Traits] for the limit of routes that take files.
const Upload = -1

// New returns a server without routes of its own but /healthz, /readyz and, where
// there are metrics, /metrics.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.orDefault()
	s := &Server{
		options: o, routes: http.NewServeMux(), traits: map[string]Traits{},
		origins:  http.NewCrossOriginProtection(),
		inside:   make(chan struct{}, o.Limits.Inside),
		rates:    newRates(o.Limits),
		stopping: make(chan struct{}),
	}
	if o.Origin != "" {
		if err := s.origins.AddTrustedOrigin(o.Origin); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the server's own address %q is not that of a site", o.Origin)
		}
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(minCompressed), gzhttp.EnableZstd(false),
		gzhttp.ContentTypeFilter(compressible), gzhttp.RandomJitter(jitter, 0, false))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "compression could not be set up")
	}
	inner := compress(http.HandlerFunc(s.serveRoute))
	s.chain = s.exchanged(traced(s.hardened(s.routed(s.crowded(s.sized(s.sameOrigin(s.identified(s.rated(inner)))))))))
	s.operations()
	return s, nil
}

// Handle adds a route under a pattern of [http.ServeMux].
func (s *Server) Handle(pattern string, t Traits, h http.Handler) {
	s.traits[pattern] = t
	s.routes.Handle(pattern, h)
}

// HandleFunc adds a route without traits; with [Server.ServeHTTP] it lets a server
// stand where a ServeMux is expected.
func (s *Server) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	s.routes.HandleFunc(pattern, h)
}

// Trait sets the traits of a route that is there already or will be.
func (s *Server) Trait(pattern string, t Traits) { s.traits[pattern] = t }

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.chain.ServeHTTP(w, r) }

// Stopping is closed when the server begins to stop: streams end themselves then.
func (s *Server) Stopping() <-chan struct{} { return s.stopping }

// routed finds the route before anything else is done, and answers where there is none.
func (s *Server) routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse, pattern := s.routes.Handler(r)
		x := Of(r.Context())
		x.route, x.traits = pattern, s.traits[pattern]
		switch {
		case quiet(pattern): // whoever watches the program is answered in any crowd
			s.routes.ServeHTTP(w, r)
			return
		case pattern != "":
			if x.traits.Page {
				pageHeaders(w.Header())
			}
			next.ServeHTTP(w, r)
			return
		}
		held := &headOnly{header: http.Header{}}
		refuse.ServeHTTP(held, r)
		if allow := held.header.Get("Allow"); held.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", allow)
			Refuse(w, r, Problem{Type: TypeMethod, Detail: "this address answers " + allow})
			return
		}
		Refuse(w, r, Problem{Type: TypeNotFound, Detail: "nothing is at this address"})
	})
}

// headOnly keeps the head of an answer and drops its body.
type headOnly struct {
	header http.Header
	status int
}

// Header returns the header that is kept.
func (h *headOnly) Header() http.Header { return h.header }

// WriteHeader keeps the status.
func (h *headOnly) WriteHeader(status int) { h.status = status }

// Write drops the bytes.
func (h *headOnly) Write(b []byte) (int, error) { return len(b), nil }

// serveRoute lets the route answer.
func (s *Server) serveRoute(w http.ResponseWriter, r *http.Request) {
	x := Of(r.Context())
	if x.traits.Stream {
		if s.streams.Add(1) > int64(s.options.Limits.Streams) {
			s.streams.Add(-1)
			Refuse(w, r, Problem{Type: TypeUnavailable, Detail: "too many streams are open", RetryAfter: 10})
			return
		}
		defer s.streams.Add(-1)
		s.routes.ServeHTTP(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.options.Limits.Answer)
	defer cancel()
	s.routes.ServeHTTP(w, r.WithContext(ctx))
}
