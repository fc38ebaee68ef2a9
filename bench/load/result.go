package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"towerbridge/bench/process"
)

// result is what a measurement came to. Times are milliseconds.
type result struct {
	Name       string        `json:"name"`
	Clients    int           `json:"clients"`
	Requests   int64         `json:"requests"`
	PerSecond  float64       `json:"perSecond"`
	P50        float64       `json:"p50"`
	P95        float64       `json:"p95"`
	P99        float64       `json:"p99"`
	Most       float64       `json:"most"`
	Bytes      float64       `json:"bytes"`          // of an answer, on average
	Statuses   map[int]int64 `json:"statuses"`       // answers by status
	Bad        int64         `json:"bad"`            // answers that were not what was wanted
	FirstBad   string        `json:"firstBad"`       // what was wrong with one of them
	ServerCPU  float64       `json:"serverCPU"`      // processor time of the server for a request; zero where no process was named
	DataCPU    float64       `json:"databaseCPU"`    // and of its database
	ServerMiB  int           `json:"serverMemory"`   // proportional set size of the server, in MiB, at the end
	DataMiB    int           `json:"databaseMemory"` // and of its database
	OthersBusy float64       `json:"othersBusy"`     // share of the machine that was taken by neither these nor this client
}

// sum brings together what the clients have seen.
func (l *loop) sum(seen []client, elapsed time.Duration, spent usage) *result {
	r := &result{Name: l.name, Clients: l.clients, Statuses: map[int]int64{}}
	var took []time.Duration
	var bytes int64
	for _, c := range seen {
		took = append(took, c.took...)
		bytes += c.bytes
		r.Bad += c.bad
		if r.FirstBad == "" {
			r.FirstBad = c.firstBad
		}
		for status, n := range c.statuses {
			r.Statuses[status] += n
		}
	}
	r.Requests = int64(len(took))
	r.ServerMiB, r.DataMiB = process.Memory(l.server), process.Memory(l.database)
	if r.Requests == 0 {
		return r
	}
	slices.Sort(took)
	n := float64(r.Requests)
	r.PerSecond, r.Bytes = n/elapsed.Seconds(), float64(bytes)/n
	r.P50, r.P95, r.P99, r.Most = quantile(took, .50), quantile(took, .95), quantile(took, .99), quantile(took, 1)
	r.ServerCPU, r.DataCPU = 1000*spent.server/n, 1000*spent.database/n
	r.OthersBusy = max(0, spent.machine-spent.server-spent.database-spent.client) / elapsed.Seconds() / float64(runtime.NumCPU())
	return r
}

// quantile returns the least of sorted times that at least such a share of them does not
// exceed, in milliseconds.
func quantile(sorted []time.Duration, share float64) float64 {
	rank := int(share * float64(len(sorted)))
	if float64(rank) < share*float64(len(sorted)) {
		rank++
	}
	return float64(sorted[max(rank, 1)-1].Microseconds()) / 1000
}

// String returns the result as one line.
func (r *result) String() string {
	if r.Requests == 0 {
		return strings.TrimSpace(fmt.Sprintf("%s no answers %s", r.Name, r.FirstBad))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s c=%-3d n=%-7d %9.1f req/s  p50 %.1f p95 %.1f p99 %.1f max %.1f ms  %.0f B",
		r.Name, r.Clients, r.Requests, r.PerSecond, r.P50, r.P95, r.P99, r.Most, r.Bytes)
	if r.ServerCPU > 0 {
		fmt.Fprintf(&b, "  server %.2f ms/req %d MiB", r.ServerCPU, r.ServerMiB)
	}
	if r.DataCPU > 0 {
		fmt.Fprintf(&b, "  database %.2f ms/req %d MiB", r.DataCPU, r.DataMiB)
	}
	fmt.Fprintf(&b, "  others busy %.0f%%", 100*r.OthersBusy)
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		fmt.Fprintf(&b, "  %d:%d", status, r.Statuses[status])
	}
	if r.Bad > 0 {
		fmt.Fprintf(&b, "  bad %d, such as: %s", r.Bad, r.FirstBad)
	}
	return b.String()
}
