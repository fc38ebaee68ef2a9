package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"towerbridge/bench/cluster"
)

// place is where records are kept: a folder of SQLite files, or a PostgreSQL server.
type place struct {
	name   string
	absent string // why nothing is kept there; empty where something can be
	secret string // of its records, where they have none of their own
	new    func(ctx context.Context, name string) (url string, err error)
	server *cluster.Cluster // nil where there is none
}

// careful are the settings of the server that keeps records: memory as a machine of
// some years ago has it, and all care for a power cut, which is the default.
var careful = []string{"shared_buffers=1GB", "effective_cache_size=4GB", "max_wal_size=4GB", "maintenance_work_mem=256MB"}

// stores prepares the places. The function it returns puts them away.
func (o *options) stores(ctx context.Context, folder string) ([]*place, func() error, error) {
	sqlite := &place{name: "SQLite", new: func(_ context.Context, name string) (string, error) {
		return filepath.Join(folder, name+".db"), nil
	}}
	postgres := &place{name: "PostgreSQL"}
	all, done := []*place{sqlite, postgres}, func() error { return nil }
	server, absent, err := cluster.New()
	if err != nil || absent != "" {
		postgres.absent = absent
		return all, done, err
	}
	done = server.Stop
	if err := server.Start(ctx, careful...); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	postgres.server, postgres.new, postgres.secret = server, server.Database, hex.EncodeToString(secret[:])
	return all, done, nil
}

// process is the first process of the server that keeps a place's records; zero where
// the program keeps them itself.
func (p *place) process() int {
	if p.server == nil {
		return 0
	}
	return p.server.Process()
}

// ours returns the product's command, about a record of a place or about none.
func (o *options) ours(ctx context.Context, p *place, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, o.towerbridge, args...)
	if p != nil && p.secret != "" {
		command.Env = append(os.Environ(), "TOWERBRIDGE_SECRET="+p.secret)
	}
	return command
}

// output runs a command and returns what it prints. A command that fails is an error
// that carries what it said.
func output(command *exec.Cmd) ([]byte, error) {
	var said strings.Builder
	command.Stderr = &said
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, strings.TrimSpace(said.String()))
	}
	return text, nil
}

// estate puts the benchmark's estate and contracts into a record.
func (o *options) estate(ctx context.Context, p *place, url string) error {
	_, err := output(o.ours(ctx, p, "import", "--store", url, "--estate", filepath.Join(o.bench, "estate")))
	return err
}

// token issues a token of a service account of the integrator in a role, and returns
// the flags by which the client shows it.
func (o *options) tokenFor(ctx context.Context, p *place, url, role string) ([]string, error) {
	text, err := output(o.ours(ctx, p, "token", "issue", "--store", url, "--account", "bench-"+role, "--name", "benchmark", "--party", "siam", "--role", role))
	if err != nil {
		return nil, err
	}
	return []string{"-H", "Authorization: Bearer " + strings.TrimSpace(string(text))}, nil
}

// serve starts the product's server on a record, as it is started without settings but
// for where it listens and what it serves, and that one account may ask as often as it
// can: all the client's requests are those of one.
func (o *options) serve(ctx context.Context, p *place, url string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	listen := fmt.Sprintf("localhost:%d", port)
	return startServer(ctx, o.ours(ctx, p, "serve", "--listen", listen, "--store", url, "--rate", "0"), port, "/readyz")
}
