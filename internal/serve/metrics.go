package serve

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what a server counts, in a registry of its own. A nil Metrics counts
// nothing. Labels are patterns of routes, never addresses: there are as many series as
// routes, whatever is asked.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sent     *prometheus.CounterVec
	inside   prometheus.Gauge
}

// NewMetrics returns metrics of the process, the Go runtime and requests. The version is
// the program's.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "towerbridge_http_requests_total", Help: "Requests answered."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "towerbridge_http_request_seconds", Help: "Seconds from a request's headers to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
		sent:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "towerbridge_http_sent_bytes_total", Help: "Bytes of answers, compressed where they were."}, []string{"route"}),
		inside: prometheus.NewGauge(prometheus.GaugeOpts{Name: "towerbridge_http_requests_inside", Help: "Requests being answered now."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "towerbridge_build", Help: "One, with the program's version.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.sent, m.inside, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Add adds a collector of the program's own. It panics where one of its names is taken.
func (m *Metrics) Add(c prometheus.Collector) { m.registry.MustRegister(c) }

// Handler answers by the text form that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, DisableCompression: true, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

func (m *Metrics) begin() {
	if m != nil {
		m.inside.Inc()
	}
}

func (m *Metrics) end(method string, x *Exchange) {
	if m == nil {
		return
	}
	m.inside.Dec()
	route, method := x.route, knownMethod(method)
	if _, path, ok := strings.Cut(route, " "); ok {
		route = path
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(x.status)).Inc()
	m.sent.WithLabelValues(route).Add(float64(x.bytes))
	if !x.traits.Stream {
		m.seconds.WithLabelValues(method, route).Observe(time.Since(x.begun).Seconds())
	}
}
