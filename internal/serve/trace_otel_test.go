//go:build otel

package serve

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestTraces sends spans to a collector and looks into what came.
func TestTraces(t *testing.T) {
	var mutex sync.Mutex
	var came bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = z
		}
		mutex.Lock()
		defer mutex.Unlock()
		_, _ = io.Copy(&came, body)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	stop, err := StartTraces(context.Background(), slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, nil)
	h.ask(t, "GET", "/who/planted-path?token=planted-query", "", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if s := h.log.text(t, 1); !strings.Contains(s, `"trace":"0af7651916cd43dd8448eb211c80319c"`) {
		t.Errorf("the log does not name the caller's trace: %s", s)
	}
	if err := stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	if s := came.String(); !strings.Contains(s, "GET /who/{id}") || !strings.Contains(s, "towerbridge") || strings.Contains(s, "planted") {
		t.Errorf("%q", s)
	}
}

func TestTracesOff(t *testing.T) {
	t.Setenv("OTEL_SDK_DISABLED", "true")
	stop, err := StartTraces(context.Background(), slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(context.Background()); err != nil {
		t.Error(err)
	}
}
