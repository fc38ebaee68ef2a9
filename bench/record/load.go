package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// driven is what driving a server came to: the part of what bench/load prints that is
// spoken of here. Times are milliseconds.
type driven struct {
	Requests   int64   `json:"requests"`
	PerSecond  float64 `json:"perSecond"`
	P50        float64 `json:"p50"`
	P99        float64 `json:"p99"`
	Bad        int64   `json:"bad"`
	FirstBad   string  `json:"firstBad"`
	ServerCPU  float64 `json:"serverCPU"`
	DataCPU    float64 `json:"databaseCPU"`
	OthersBusy float64 `json:"othersBusy"`
}

// asked is a request that a server is driven with, as the flags and the address of
// bench/load.
type asked struct {
	flags []string
	path  string
}

// drive drives a server with so many clients for some time.
func (o *options) drive(ctx context.Context, s *server, database, clients int, lasts time.Duration, a asked) (*driven, error) {
	args := append([]string{
		"-json", "-c", strconv.Itoa(clients), "-d", lasts.String(),
		"-server", strconv.Itoa(s.pid()), "-database", strconv.Itoa(database),
		"-i", strconv.FormatInt(time.Now().UnixMilli(), 10), // so that no number comes twice
	}, a.flags...)
	command := exec.CommandContext(ctx, o.load, append(args, s.address+a.path)...)
	command.Stderr = os.Stderr
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	d := &driven{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("load printed %.100q: %w", text, err)
	}
	if d.Requests == 0 {
		return nil, fmt.Errorf("no request was answered: %s", d.FirstBad)
	}
	return d, nil
}
