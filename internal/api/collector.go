package api

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"towerbridge/internal/app"
)

// collectTime is how long the record may take to say how far it is.
const collectTime = 2 * time.Second

// collector measures the record when it is asked.
type collector struct{ record *app.Record }

var (
	metricLines  = prometheus.NewDesc("towerbridge_journal_lines", "Lines of the journal.", nil, nil)
	metricLearnt = prometheus.NewDesc("towerbridge_journal_learnt_timestamp_seconds", "The latest instant at which the journal learnt anything.", nil, nil)
	metricUp     = prometheus.NewDesc("towerbridge_store_up", "Whether the store answers.", nil, nil)
)

// NewCollector returns the metrics of a record: how far its journal has come, and
// whether its store answers.
func NewCollector(r *app.Record) prometheus.Collector { return collector{r} }

// Describe names the metrics.
func (collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricLines, metricLearnt, metricUp} {
		to <- d
	}
}

// Collect asks the record.
func (c collector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectTime)
	defer cancel()
	head, err := c.record.Ledger.Head(ctx)
	if err != nil {
		to <- prometheus.MustNewConstMetric(metricUp, prometheus.GaugeValue, 0)
		return
	}
	to <- prometheus.MustNewConstMetric(metricUp, prometheus.GaugeValue, 1)
	to <- prometheus.MustNewConstMetric(metricLines, prometheus.CounterValue, float64(head.Size))
	to <- prometheus.MustNewConstMetric(metricLearnt, prometheus.GaugeValue, float64(head.Learnt))
}
