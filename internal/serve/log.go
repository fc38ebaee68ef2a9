package serve

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"towerbridge/fault"
)

// log writes the one line of a request. Its address stands as the route's pattern;
// names of the query, never values; no header and no body.
func (s *Server) log(r *http.Request, x *Exchange) {
	level := slog.LevelInfo
	switch {
	case x.failure != nil && fault.KindOf(x.failure) == fault.Internal:
		level = slog.LevelError
	case x.status >= http.StatusInternalServerError:
		level = slog.LevelWarn
	case quiet(x.route):
		level = slog.LevelDebug
	}
	if !s.options.Log.Enabled(r.Context(), level) {
		return
	}
	route := x.route
	if _, path, ok := strings.Cut(route, " "); ok {
		route = path
	}
	attrs := []slog.Attr{
		slog.String("request", x.ID),
		slog.String("method", knownMethod(r.Method)),
		slog.String("route", route),
		slog.Int("status", x.status),
		slog.Int64("bytes", x.bytes),
		slog.Float64("ms", float64(time.Since(x.begun).Microseconds())/1000),
		slog.String("client", x.Client.String()),
	}
	if x.caller != "" {
		attrs = append(attrs, slog.String("caller", x.caller))
	}
	if names := queryNames(r); names != "" {
		attrs = append(attrs, slog.String("query", names))
	}
	if x.failure != nil {
		attrs = append(attrs, slog.String("error", x.failure.Error()))
	}
	if x.trace != "" {
		attrs = append(attrs, slog.String("trace", x.trace))
	}
	s.options.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// quiet reports whether a route is asked all day by machines that watch.
func quiet(route string) bool {
	return route == routeHealth || route == routeReady || route == routeMetrics
}

// queryNames returns the names of a request's query that look like names.
func queryNames(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	var names []string
	for name := range r.URL.Query() {
		if len(name) > 40 || strings.ContainsFunc(name, notOfID) {
			name = "?"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names[:min(len(names), 20)], ",")
}

// knownMethod returns the method, or "other" for one that HTTP does not define.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
