package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// sample is what one run of a program took.
type sample struct {
	wall time.Duration
	peak int64 // largest resident memory in bytes; zero where the system does not say
}

// timed runs a command to its end with its standard output in a file. A command
// that fails is an error that carries what it said.
func timed(command *exec.Cmd, outFile string) (sample, error) {
	out, err := os.Create(outFile)
	if err != nil {
		return sample{}, err
	}
	defer out.Close()
	var said bytes.Buffer
	command.Stdout, command.Stderr = out, &said
	start := time.Now()
	err = command.Run()
	s := sample{wall: time.Since(start)}
	if err != nil {
		return s, fmt.Errorf("%s: %w: %s", filepath.Base(command.Path), err, bytes.TrimSpace(said.Bytes()))
	}
	s.peak = peakMemory(command.ProcessState)
	return s, out.Close()
}

// contest runs every contestant once a round, in turn, after one round that is
// not counted and brings the file into the machine's memory. The last round's
// answers stay in the folder, each under its contestant's name.
func contest(ctx context.Context, contestants []*contestant, rounds int, folder string) error {
	for round := 0; round <= rounds; round++ {
		for _, c := range contestants {
			if c.absent != "" {
				continue
			}
			s, err := timed(c.command(ctx), filepath.Join(folder, c.name))
			if err != nil {
				return err
			}
			label := fmt.Sprintf("round %d", round)
			if round == 0 {
				label = "warm-up"
			} else {
				c.samples = append(c.samples, s)
			}
			fmt.Fprintf(os.Stderr, "%-8s %-12s %6.2f s\n", label, c.name, s.wall.Seconds())
		}
	}
	return nil
}
