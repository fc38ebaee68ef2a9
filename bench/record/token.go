package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// tokenBenchmark is the benchmark of checking a token that was checked a moment ago, as
// every request but the first of a second does it.
const tokenBenchmark = "BenchmarkTokenCheck"

// token runs that benchmark, which stands beside what it measures.
func (o *options) token(ctx context.Context, w *report) error {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+tokenBenchmark+"$", "./internal/app")
	command.Dir = filepath.Dir(o.bench)
	text, err := output(command)
	if err != nil {
		return err
	}
	nanos, err := nanosOf(string(text))
	if err != nil {
		return err
	}
	w.title("a token")
	w.most("a token checked", nanos, mostTokenNanos, " ns")
	return nil
}

var benchmarkLine = regexp.MustCompile(`(?m)^` + tokenBenchmark + `(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op`)

// nanosOf returns the time that the benchmark printed.
func nanosOf(text string) (float64, error) {
	found := benchmarkLine.FindStringSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("%s printed no time: %.300s", tokenBenchmark, text)
	}
	return strconv.ParseFloat(found[1], 64)
}
