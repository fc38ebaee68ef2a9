// Package cluster runs a throw-away PostgreSQL server for the benchmark: on a socket in
// a temporary folder of its own, started with the settings that a contest asks for and
// gone with the contest.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Cluster is a server of its own.
type Cluster struct {
	bin    string   // folder of the server's programs
	folder string   // holds the data, the log and the socket
	as     []string // what to put before a server's program, to run it as its user
}

const userName = "postgres"

// New finds the server's programs and makes a folder that the server's user owns. The
// server refuses to run as root, so root becomes the user postgres. Where programs or
// user are missing there is no cluster, and the sentence says what is not there.
func New() (c *Cluster, absent string, err error) {
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
	folder, err := os.MkdirTemp("", "towerbridge-bench-") // storetest clears up what its own prefix begins
	if err != nil {
		return nil, "", err
	}
	c = &Cluster{bin: filepath.Dir(initdb), folder: folder}
	if os.Geteuid() != 0 {
		return c, "", nil
	}
	owner, err := user.Lookup(userName)
	if err != nil {
		return nil, "PostgreSQL does not run as root, and there is no user postgres", os.Remove(folder)
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return nil, "", err
	}
	c.as = []string{"runuser", "-u", userName, "--"}
	return c, "", os.Chown(folder, uid, -1)
}

// Start makes the cluster's files and starts its server with settings such as
// work_mem=512MB. It listens on its socket only.
func (c *Cluster) Start(ctx context.Context, settings ...string) error {
	options := "-k " + c.folder + " -c listen_addresses=''"
	for _, s := range settings {
		options += " -c " + s
	}
	if err := c.tool(ctx, "initdb", "-D", c.data(), "-U", userName, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return err
	}
	return c.tool(ctx, "pg_ctl", "-D", c.data(), "-w", "-l", filepath.Join(c.folder, "log"), "-o", options, "start")
}

// Stop ends the server, if it runs, and removes the cluster.
func (c *Cluster) Stop() error {
	stopped := c.tool(context.Background(), "pg_ctl", "-D", c.data(), "-m", "immediate", "stop")
	return errors.Join(stopped, os.RemoveAll(c.folder))
}

// Script returns the command that runs a script against the cluster.
func (c *Cluster) Script(ctx context.Context, script string) *exec.Cmd {
	return exec.CommandContext(ctx, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", c.folder, "-U", userName, "-d", "postgres", "-f", script)
}

// Database makes a new empty database and returns its URL.
func (c *Cluster) Database(ctx context.Context, name string) (string, error) {
	if err := c.tool(ctx, "createdb", "-h", c.folder, "-U", userName, name); err != nil {
		return "", err
	}
	query := url.Values{"host": {c.folder}, "user": {userName}}
	return (&url.URL{Scheme: "postgres", Path: "/" + name, RawQuery: query.Encode()}).String(), nil
}

// Process returns the number of the server's first process, of which all others are
// children; zero while it does not run.
func (c *Cluster) Process() int {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first))
	return pid
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "db") }

// tool runs one of the server's programs as its user. Its words go to a file, not to a
// pipe, which a server left running would hold open.
func (c *Cluster) tool(ctx context.Context, name string, args ...string) error {
	said, err := os.CreateTemp("", "towerbridge-tool-")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	words := slices.Concat(c.as, []string{filepath.Join(c.bin, name)}, args)
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Dir, command.Stdout, command.Stderr = c.folder, said, said
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}
