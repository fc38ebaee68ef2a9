//go:build !otel

package serve

import (
	"context"
	"log/slog"
	"net/http"
)

// Traces reports whether the program was built with traces (the build tag otel).
const Traces = false

// StartTraces does nothing: the program was built without traces.
func StartTraces(context.Context, *slog.Logger, string) (stop func(context.Context) error, err error) {
	return func(context.Context) error { return nil }, nil
}

func traced(next http.Handler) http.Handler { return next }
