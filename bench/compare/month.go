package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// month draws all contracts' bundles of one month and verifies them one by one,
// so that the time to verify the month can be held to the time to draw it.
func (o *options) month(ctx context.Context, w io.Writer) error {
	folder, err := os.MkdirTemp("", "towerbridge-bundles-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	said := filepath.Join(folder, "said.txt")
	var draws, verifies []float64
	var bundles []string
	for range o.rounds {
		out := filepath.Join(folder, "out")
		if err := os.RemoveAll(out); err != nil {
			return err
		}
		drawn, err := timed(o.statement(ctx, "2025-03", "--out", out), said)
		if err != nil {
			return err
		}
		bundles, err = filepath.Glob(filepath.Join(out, "*.zip"))
		if err != nil {
			return err
		}
		if len(bundles) == 0 {
			return fmt.Errorf("statement --out %s wrote no bundle", out)
		}
		slices.Sort(bundles)
		var sum time.Duration
		for _, bundle := range bundles {
			s, err := timed(exec.CommandContext(ctx, o.towerbridge, "verify", bundle), said)
			if err != nil {
				return err
			}
			sum += s.wall
		}
		draws, verifies = append(draws, drawn.wall.Seconds()), append(verifies, sum.Seconds())
	}
	second := float64(time.Second)
	reportMonth(w, time.Duration(median(draws)*second), time.Duration(median(verifies)*second), len(bundles))
	return nil
}
