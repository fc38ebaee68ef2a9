package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The month that is drawn, and of which contract.
const (
	drawnContract = "sup1"
	drawnPeriod   = "2025-11"
	drawnAsOf     = "2026-02-01T00:00:00Z"
)

// month draws one contract's month from the files and from each record in turns, and
// holds the answers to each other: the canonical form of a statement, digest and all.
func (o *options) month(ctx context.Context, w *report, years []*year) error {
	draw := func(p *place, from ...string) *exec.Cmd {
		args := []string{"statement", "--json", "--contract", drawnContract, "--period", drawnPeriod, "--as-of", drawnAsOf}
		return o.ours(ctx, p, append(args, from...)...)
	}
	estate := filepath.Join(o.bench, "estate")
	files, err := output(draw(nil, "--estate", estate, "--log", filepath.Join(o.data, "events.csv"), "--mapping", filepath.Join(estate, "mappings", "bench.yaml")))
	if err != nil {
		return err
	}
	took := make([][]float64, len(years))
	for round := 0; round <= o.rounds; round++ { // round zero warms
		for i, y := range years {
			start := time.Now()
			text, err := output(draw(y.place, "--store", y.url))
			if err != nil {
				return err
			}
			ms := milliseconds(time.Since(start))
			fmt.Fprintf(os.Stderr, "round %d  month, %-12s %.2f s\n", round, y.name, ms/1000)
			if !bytes.Equal(text, files) {
				w.wrong("the statement drawn from %s is not the one drawn from files: SHA-256 %s, %s", y.name, digest(text), digest(files))
			}
			if round > 0 {
				took[i] = append(took[i], ms)
			}
		}
	}
	for i, y := range years {
		w.most(fmt.Sprintf("%s of %s, %s", drawnPeriod, drawnContract, y.name), median(took[i]), mostMonth, " ms")
	}
	if len(years) == 2 {
		w.most("the same, "+years[1].name+" / "+years[0].name, ratio(took[1], took[0]), mostOfSQLite, "x")
	}
	if w.right {
		w.print("the statements of files and records are equal: SHA-256 %s\n", digest(files))
	}
	return nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
