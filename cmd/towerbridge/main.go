// Command towerbridge recomputes what suppliers owe, from contracts and a ticket log.
//
//	towerbridge demo        a statement of the example, at once
//	towerbridge --help      all commands
//
// This file is the only place that knows the process: its arguments, streams,
// environment, signals and memory. Everything else is package cli and below.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"golang.org/x/term"

	"towerbridge/internal/cli"
)

// A log is read once and kept, so that collecting garbage often only costs time. The
// limit keeps the heap small where memory is; it is soft, and GOMEMLIMIT and GOGC set
// others.
const (
	garbage = 400     // percent of growth between two collections
	memory  = 5 << 28 // bytes: 1.25 GiB
)

func main() { os.Exit(run()) }

func run() int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	status := cli.Run(ctx, os.Args[1:], cli.World{
		Stdout:   out,
		Stderr:   os.Stderr,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
		Random:   rand.Reader,
		Getenv:   os.Getenv,
		Version:  version(),
		Now:      now,
		Environ:  os.Environ,

		OpenLedger: openLedger,
		Serve:      serveRecord,
	})
	if err := out.Flush(); err != nil && status == cli.Good {
		os.Stderr.WriteString("towerbridge: the output could not be written: " + err.Error() + "\n")
		return cli.Wrong
	}
	return status
}

// built is the version, where whoever built the program has said it:
// go build -ldflags "-X main.built=v1.2.3".
var built string

// version returns the version that the program was built from.
func version() string {
	if built != "" {
		return built
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}
