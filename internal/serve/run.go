package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"towerbridge/fault"
)

// Run answers requests that come to a listener until the context is done, then stops:
//
//	/readyz says no ─▶ Notice passes ─▶ streams end, nothing new is taken
//	                   ─▶ what was begun ends, or is cut after Drain
//
// A second listener, if not nil, has the routes of those who run the program and
// nothing else; then the first has no /metrics. With a certificate the first speaks
// https. Run returns nil where it was asked to stop, and every request had an end.
func (s *Server) Run(ctx context.Context, at, watched net.Listener, secure *tls.Config) error {
	main := s.httpServer(s)
	servers := []*http.Server{main}
	ended := make(chan error, 2)
	go func() { ended <- main.Serve(secured(at, secure)) }()
	if watched != nil {
		beside := s.httpServer(s.watch())
		servers = append(servers, beside)
		go func() { ended <- beside.Serve(watched) }()
	}
	var failed error
	select {
	case <-ctx.Done():
	case err := <-ended:
		failed = fault.Wrap(fault.Unavailable, err, "the server cannot take requests any more")
		ended <- err
	}
	s.stop()
	if failed == nil {
		time.Sleep(s.options.Limits.Notice)
	}
	err := s.shut(servers)
	for range servers {
		<-ended
	}
	return errors.Join(failed, err)
}

// secured returns the listener, speaking TLS where there is a certificate.
func secured(at net.Listener, secure *tls.Config) net.Listener {
	if secure == nil {
		return at
	}
	return tls.NewListener(at, secure)
}

// stop says that the server is stopping.
func (s *Server) stop() { s.stopOnce.Do(func() { close(s.stopping) }) }

// shut waits for what was begun, and cuts it off when it takes too long.
func (s *Server) shut(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.options.Limits.Drain)
	defer cancel()
	var cut error
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			cut = fault.New(fault.Unavailable, "Give it longer to end, or shorter requests.", "requests were cut off: they had not ended %s after the server was to stop", s.options.Limits.Drain)
			_ = server.Close()
		}
	}
	return cut
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	l := s.options.Limits
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: l.ReadHead,
		ReadTimeout:       l.Read,
		WriteTimeout:      l.Read + l.Answer + l.Part,
		IdleTimeout:       l.Idle,
		MaxHeaderBytes:    l.Head,
		ErrorLog:          slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
}

// watch is the routes of those who run the program, alone.
func (s *Server) watch() http.Handler {
	only := map[string]bool{routeHealth: true, routeReady: true, routeMetrics: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := s.routes.Handler(r)
		if r.URL.Path == "/metrics" && s.options.Metrics != nil {
			h, pattern = s.options.Metrics.Handler(), routeMetrics
		}
		if !only[pattern] {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}
