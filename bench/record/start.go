package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"towerbridge/bench/process"
)

// idle is how long a server is left alone before its memory is looked at.
var idle = 5 * time.Second

// starts starts a server on each record several times, and looks at what one uses when
// nobody asks anything of it.
func (o *options) starts(ctx context.Context, w *report, years []*year) error {
	took, memory := make([][]float64, len(years)), make([]float64, len(years))
	for round := 0; round <= o.rounds; round++ {
		for i, y := range years {
			s, err := o.serve(ctx, y.place, y.url)
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "round %d  start, %-12s %.0f ms\n", round, y.name, milliseconds(s.ready))
			if round > 0 {
				took[i] = append(took[i], milliseconds(s.ready))
			} else {
				time.Sleep(idle)
				memory[i] = float64(process.Memory(s.pid()))
			}
			if err := s.stop(); err != nil {
				return err
			}
		}
	}
	for i, y := range years {
		w.most("serve until it is ready, "+y.name, median(took[i]), mostStart, " ms")
		w.most("serve, idle, "+y.name, memory[i], mostIdleMiB, " MiB")
	}
	return nil
}
