package serve

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// The routes of those who run the program.
const (
	routeHealth  = "GET /healthz"
	routeReady   = "GET /readyz"
	routeMetrics = "GET /metrics"
)

// Readiness is asked of the store at most so often, and it has so long to answer.
const (
	readyEvery = time.Second
	readyIn    = 2 * time.Second
)

// readiness is what the store answered last.
type readiness struct {
	mutex sync.Mutex
	asked time.Time
	err   error
}

// operations adds the routes that tell how the program is.
func (s *Server) operations() {
	s.HandleFunc(routeHealth, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "up\n")
	})
	s.HandleFunc(routeReady, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-s.stopping:
			Refuse(w, r, Problem{Type: TypeUnavailable, Detail: "the server is stopping", RetryAfter: retry})
			return
		default:
		}
		if err := s.readyNow(r.Context()); err != nil {
			Of(r.Context()).Fail(err)
			Refuse(w, r, Problem{Type: TypeUnavailable, Detail: "the store does not answer, or cannot be written to", RetryAfter: retry})
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ready\n")
	})
	if s.options.Metrics != nil && !s.options.Apart {
		s.routes.Handle(routeMetrics, s.options.Metrics.Handler())
	}
}

// readyNow asks the store, unless it was asked just now.
func (s *Server) readyNow(ctx context.Context) error {
	if s.options.Ready == nil {
		return nil
	}
	s.ready.mutex.Lock()
	defer s.ready.mutex.Unlock()
	if now := time.Now(); now.Sub(s.ready.asked) >= readyEvery {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyIn)
		defer cancel()
		s.ready.err, s.ready.asked = s.options.Ready(ctx), now
	}
	return s.ready.err
}
