package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"towerbridge/bench/cluster"
)

// tuned are the server's settings for the contest: memory enough that nothing
// spills, both cores, and no care for a power cut.
var tuned = []string{
	"shared_buffers=2GB", "work_mem=512MB", "maintenance_work_mem=1GB", "max_wal_size=16GB",
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "effective_cache_size=8GB",
}

// postgres starts a cluster, loads the log and prepares its intervals. Where the
// programs or the user they need are missing, the contestant says so. The
// function it returns stops the cluster and removes it.
func (o *options) postgres(ctx context.Context) (*contestant, func(), error) {
	c := &contestant{name: "postgres", remote: true}
	server, absent, err := cluster.New()
	if err != nil || absent != "" {
		c.absent = absent
		return c, func() {}, err
	}
	stop := func() {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "compare:", err)
		}
	}
	if err := server.Start(ctx, tuned...); err != nil {
		stop()
		return nil, nil, err
	}
	for _, script := range []string{"pg_load.sql", "pg_fact.sql", "pg_iv.sql"} {
		fmt.Fprintf(os.Stderr, "prepare  postgres     %s\n", script)
		load := server.Script(ctx, o.script(script))
		load.Dir = filepath.Dir(o.data) // the script reads data/events.csv
		load.Stdout, load.Stderr = io.Discard, os.Stderr
		if err := load.Run(); err != nil {
			stop()
			return nil, nil, fmt.Errorf("%s: %w", script, err)
		}
	}
	c.command = func(ctx context.Context) *exec.Cmd { return server.Script(ctx, o.script("pg_q3.sql")) }
	return c, stop, nil
}

func (o *options) script(name string) string { return filepath.Join(o.bench, "sql", name) }
