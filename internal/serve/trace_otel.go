//go:build otel

package serve

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"towerbridge/fault"
)

// Traces reports whether the program was built with traces (the build tag otel).
const Traces = true

// StartTraces sends a span of each request by OTLP over HTTP to where OpenTelemetry's
// own variables of the environment say (OTEL_EXPORTER_OTLP_ENDPOINT and its kin), unless
// they say not to (OTEL_SDK_DISABLED=true, OTEL_TRACES_EXPORTER=none). Stop sends what
// is left.
func StartTraces(ctx context.Context, log *slog.Logger, version string) (stop func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return nothing, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nothing, fault.Wrap(fault.Invalid, err, "traces cannot be sent where the environment says")
	}
	about, err := resource.New(ctx, resource.WithAttributes(semconv.ServiceName("towerbridge"), semconv.ServiceVersion(version)),
		resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nothing, fault.Wrap(fault.Invalid, err, "OTEL_RESOURCE_ATTRIBUTES cannot be read")
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", slog.String("error", err.Error())) }))
	return provider.Shutdown, nil
}

// traced makes a span of a request, the child of the caller's where its traceparent
// says so. It is named by the route, and has no address: that may hold what is secret.
func traced(next http.Handler) http.Handler {
	tracer := otel.Tracer("towerbridge/internal/serve")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := tracer.Start(ctx, knownMethod(r.Method), trace.WithSpanKind(trace.SpanKindServer))
		x := Of(ctx)
		x.trace = span.SpanContext().TraceID().String()
		defer func() {
			if x.route != "" {
				span.SetName(x.route)
			}
			span.SetAttributes(semconv.HTTPRequestMethodKey.String(knownMethod(r.Method)), semconv.HTTPRoute(x.route),
				semconv.HTTPResponseStatusCode(x.status), attribute.String("towerbridge.request", x.ID))
			if x.status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
			span.End()
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
