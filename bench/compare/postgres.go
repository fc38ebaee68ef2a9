package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
)

// tuned are the server's settings for the contest: memory enough that nothing
// spills, both cores, and no care for a power cut.
var tuned = []string{
	"listen_addresses=''", "shared_buffers=2GB", "work_mem=512MB", "maintenance_work_mem=1GB", "max_wal_size=16GB",
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "effective_cache_size=8GB",
}

// cluster is a throw-away PostgreSQL server on a socket in a folder of its own.
type cluster struct {
	bin    string   // folder of the server's programs
	folder string   // holds the data, the log and the socket
	as     []string // what to put before a server's program, to run it as its user
}

// postgres starts a cluster, loads the log and prepares its intervals. Where the
// programs or the user they need are missing, the contestant says so. The
// function it returns stops the cluster and removes it.
func (o *options) postgres(ctx context.Context) (*contestant, func(), error) {
	c := &contestant{name: "postgres", remote: true}
	server, absent, err := newCluster()
	if err != nil || absent != "" {
		c.absent = absent
		return c, func() {}, err
	}
	if err := server.start(ctx); err != nil {
		server.stop()
		return nil, nil, err
	}
	for _, script := range []string{"pg_load.sql", "pg_fact.sql", "pg_iv.sql"} {
		fmt.Fprintf(os.Stderr, "prepare  postgres     %s\n", script)
		load := server.psql(ctx, o.script(script))
		load.Dir = filepath.Dir(o.data) // the script reads data/events.csv
		load.Stdout, load.Stderr = io.Discard, os.Stderr
		if err := load.Run(); err != nil {
			server.stop()
			return nil, nil, fmt.Errorf("%s: %w", script, err)
		}
	}
	c.command = func(ctx context.Context) *exec.Cmd { return server.psql(ctx, o.script("pg_q3.sql")) }
	return c, server.stop, nil
}

func (o *options) script(name string) string { return filepath.Join(o.bench, "sql", name) }

// newCluster finds the programs and makes a folder that the server's user owns.
// The server refuses to run as root, so root becomes the user postgres.
func newCluster() (*cluster, string, error) {
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
		if err != nil || len(installed) == 0 {
			return nil, "PostgreSQL's programs are not on this machine", err
		}
		slices.Sort(installed)
		initdb = installed[len(installed)-1]
	}
	initdb, err = filepath.EvalSymlinks(initdb)
	if err != nil {
		return nil, "", err
	}
	if _, err := exec.LookPath("psql"); err != nil {
		return nil, "psql is not on this machine", nil
	}
	folder, err := os.MkdirTemp("", "towerbridge-postgres-")
	if err != nil {
		return nil, "", err
	}
	s := &cluster{bin: filepath.Dir(initdb), folder: folder}
	if os.Geteuid() != 0 {
		return s, "", nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return nil, "PostgreSQL does not run as root, and there is no user postgres", os.Remove(folder)
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return nil, "", err
	}
	s.as = []string{"runuser", "-u", "postgres", "--"}
	return s, "", os.Chown(folder, uid, -1)
}

// start makes the cluster and starts its server.
func (s *cluster) start(ctx context.Context) error {
	settings := "-k " + s.folder
	for _, t := range tuned {
		settings += " -c " + t
	}
	db := filepath.Join(s.folder, "db")
	if err := s.tool(ctx, "initdb", "-D", db, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return err
	}
	return s.tool(ctx, "pg_ctl", "-D", db, "-w", "-l", filepath.Join(s.folder, "log"), "-o", settings, "start")
}

// stop ends the server, if it runs, and removes the cluster.
func (s *cluster) stop() {
	db := filepath.Join(s.folder, "db")
	if err := s.tool(context.Background(), "pg_ctl", "-D", db, "-m", "immediate", "stop"); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
	}
	if err := os.RemoveAll(s.folder); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
	}
}

// tool runs one of the server's programs as its user. Its words go to a file, not
// to a pipe, which a server left running would hold open.
func (s *cluster) tool(ctx context.Context, name string, args ...string) error {
	said, err := os.CreateTemp("", "towerbridge-tool-")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	words := slices.Concat(s.as, []string{filepath.Join(s.bin, name)}, args)
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Dir, command.Stdout, command.Stderr = s.folder, said, said
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

// psql runs a script against the cluster.
func (s *cluster) psql(ctx context.Context, script string) *exec.Cmd {
	return exec.CommandContext(ctx, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.folder, "-U", "postgres", "-d", "postgres", "-f", script)
}
