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

// Commits measures the groups of changes that a store commits together.
type Commits struct {
	changes prometheus.Histogram
	seconds prometheus.Histogram
}

// NewCommits returns a measure of nothing yet.
func NewCommits() *Commits {
	return &Commits{
		changes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "towerbridge_store_commit_changes", Help: "Changes that were committed together.", Buckets: prometheus.ExponentialBuckets(1, 2, 9),
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "towerbridge_store_commit_seconds", Help: "Seconds that a commit took, until it was durable.", Buckets: prometheus.ExponentialBuckets(.0005, 2, 14),
		}),
	}
}

// Committed takes a group down. It may be called from many goroutines.
func (c *Commits) Committed(changes int, took time.Duration) {
	c.changes.Observe(float64(changes))
	c.seconds.Observe(took.Seconds())
}

// Describe names the metrics.
func (c *Commits) Describe(to chan<- *prometheus.Desc) {
	c.changes.Describe(to)
	c.seconds.Describe(to)
}

// Collect returns what was measured.
func (c *Commits) Collect(to chan<- prometheus.Metric) {
	c.changes.Collect(to)
	c.seconds.Collect(to)
}
