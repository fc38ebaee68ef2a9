package sqlstore

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"towerbridge/internal/store"
)

// BenchmarkKeeper keeps a record that holds a year: each operation's lines a second, and
// the most that the program's memory grew to meanwhile, in MiB.
func BenchmarkKeeper(b *testing.B) {
	onBench(b, func(b *testing.B, p place) {
		ctx := context.Background()
		s := p.open(b)
		lines, _ := fillYear(b, s, benchTickets(b))
		data := &bytes.Buffer{}
		if _, err := s.Backup(ctx, data, nil); err != nil {
			b.Fatal(err)
		}
		b.Logf("%d lines, a backup of %d bytes", lines, data.Len())
		run := func(name string, f func() error) {
			b.Run(name, func(b *testing.B) {
				peak := watchMemory()
				start := time.Now()
				for range b.N {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(lines)*float64(b.N)/time.Since(start).Seconds(), "entries/s")
				b.ReportMetric(float64(peak())/(1<<20), "peak-MiB")
			})
		}
		run("backup", func() error {
			_, err := s.Backup(ctx, io.Discard, nil)
			return err
		})
		run("check", func() error {
			findings, err := s.Check(ctx, nil)
			if err == nil {
				err = findings.Err()
			}
			return err
		})
		run("reindex", func() error {
			return s.Reindex(ctx, func(id string, l store.Lines) (store.TicketRow, error) {
				return store.TicketRow{ID: id, Kind: "incident", Parties: []string{"desk"}}, nil
			}, nil)
		})
		run("restore", func() error {
			x := p.again(b).open(b)
			_, err := x.Restore(ctx, bytes.NewReader(data.Bytes()), nil)
			return err
		})
	})
}

// again returns a new place of the same engine.
func (p place) again(b *testing.B) place {
	if p.name == "sqlite" {
		return sqlitePlace(b)
	}
	return postgresPlace(b)
}

// watchMemory watches the heap until the function that it returns is called, which
// returns the most that there was, in bytes.
func watchMemory() (peak func() uint64) {
	var most atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return most.Load()
	}
}
