package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a PostgreSQL server of its own, with its data in a temporary folder. It
// listens on a Unix socket only. It syncs its files as a server in use does, unless an
// option says otherwise.
type Cluster struct {
	folder  string
	program string // folder of PostgreSQL's programs
	owner   owner
	server  *exec.Cmd
	options []string
	made    atomic.Int64
}

// patience is how long a server may take to start or to stop.
const patience = time.Minute

// NewCluster makes a cluster and starts it; it is gone when the test ends. The options
// are settings of the server, such as max_connections=20.
func NewCluster(t testing.TB, options ...string) *Cluster {
	t.Helper()
	return newClusterIn(t, "", options...)
}

// NewClusterIn is [NewCluster] with its data in a folder that there is.
func NewClusterIn(t testing.TB, folder string, options ...string) *Cluster {
	t.Helper()
	return newClusterIn(t, folder, options...)
}

func newClusterIn(t testing.TB, folder string, options ...string) *Cluster {
	t.Helper()
	program := programs(t)
	c, err := makeCluster(program, folder, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.server != nil {
			c.Kill(t)
		}
		os.RemoveAll(c.folder)
	})
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// makeCluster makes a cluster's files.
func makeCluster(program, folder string, options []string) (*Cluster, error) {
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	if folder == "" {
		if folder, err = os.MkdirTemp(shortTemp(), fmt.Sprintf("%s%d-", folderPrefix, os.Getpid())); err != nil {
			return nil, err
		}
	}
	c := &Cluster{folder: folder, program: program, owner: owner, options: options}
	if err := owner.give(folder); err != nil {
		return nil, err
	}
	// What initdb writes need not be synced: nothing is in it yet.
	initdb := c.command("initdb", "-D", c.data(), "-A", "trust", "-U", databaseUser, "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(folder)
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c, nil
}

const (
	folderPrefix = "towerbridge-postgres-"
	databaseUser = "towerbridge"
)

// shortTemp returns the folder for temporary files, or /tmp where that folder's name is
// too long for a Unix socket in it.
func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 50 {
		return dir
	}
	return "/tmp"
}

func (c *Cluster) data() string    { return filepath.Join(c.folder, "data") }
func (c *Cluster) logFile() string { return filepath.Join(c.folder, "log") }

// Folder returns the folder in which the cluster keeps everything.
func (c *Cluster) Folder() string { return c.folder }

// command returns a command of PostgreSQL, run as the user that owns the server.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.program, name), args...)
	cmd.Dir = c.folder
	c.owner.run(cmd)
	return cmd
}

// start starts the server and waits until it answers. A server that ends at once is
// started again for a while: the system may still hold memory of one that was killed.
func (c *Cluster) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var err error
	for range 40 {
		if err = c.launch(); err != nil {
			return err
		}
		if err = c.answer(ctx); err == nil || !exited(c.server) {
			break
		}
		c.server = nil
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		text, _ := os.ReadFile(c.logFile())
		return fmt.Errorf("the server does not answer: %w\n%s", err, text)
	}
	return nil
}

// launch starts the server's process.
func (c *Cluster) launch() error {
	args := []string{"-D", c.data(), "-k", c.folder, "-c", "listen_addresses=", "-c", "max_connections=200"}
	for _, o := range c.options {
		args = append(args, "-c", o)
	}
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	server := c.command("postgres", args...)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return err
	}
	c.server = server
	return nil
}

// answer waits until the server answers or has ended.
func (c *Cluster) answer(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil || exited(c.server) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Start starts the server again after [Cluster.Kill] or [Cluster.Stop].
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
}

// Kill ends every process of the server at once, as a power cut would. What they have
// not handed to the system is lost.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	pids := c.processes()
	if err := c.server.Process.Kill(); err != nil {
		t.Errorf("killing the server: %v", err)
	}
	for _, pid := range pids {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
	c.server.Wait() //nolint:errcheck // it was killed
	c.server = nil
}

// Stop ends the server in order: connections are cut, what was written is kept.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	if err := c.server.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("stopping the server: %v", err)
	}
	c.server.Wait() //nolint:errcheck // what counts is that it ended
	c.server = nil
}

// KillBackend ends one process that serves a database, as a crash of it would; the
// server then cuts all its connections and recovers, which is waited for. It reports
// whether there was one.
func (c *Cluster) KillBackend(t testing.TB, database string) bool {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var pid int
	err = conn.QueryRow(ctx, "SELECT pid FROM pg_stat_activity WHERE datname = $1 ORDER BY xact_start NULLS LAST LIMIT 1", name(database)).Scan(&pid)
	if err != nil {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil || p.Kill() != nil {
		return false
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for conn.Ping(wait) == nil { // until this connection has been cut too
		time.Sleep(time.Millisecond)
	}
	if err := c.answer(wait); err != nil {
		t.Fatal(err)
	}
	return true
}

// processes returns the server's processes that are below the first.
func (c *Cluster) processes() []int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return nil
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity")
	if err != nil {
		return nil
	}
	pids, _ := pgx.CollectRows(rows, pgx.RowTo[int])
	return pids
}

// Database makes a new empty database and returns its URL.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	database := fmt.Sprintf("test%d", c.made.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+database); err != nil {
		t.Fatal(err)
	}
	return c.URL(database)
}

// Folders returns the folders in which the cluster keeps a database: that of its tables,
// and that of the log of changes, which all databases share.
func (c *Cluster) Folders(t testing.TB, database string) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var number uint32
	if err := conn.QueryRow(ctx, "SELECT oid FROM pg_database WHERE datname = current_database()").Scan(&number); err != nil {
		t.Fatal(err)
	}
	return []string{filepath.Join(c.data(), "base", fmt.Sprint(number)), filepath.Join(c.data(), "pg_wal")}
}

// URL returns the URL of a database of the cluster.
func (c *Cluster) URL(database string) string {
	q := url.Values{"host": {c.folder}, "user": {databaseUser}}
	return (&url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: q.Encode()}).String()
}

// name returns the name of the database of a URL.
func name(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		return database
	}
	return strings.TrimPrefix(u.Path, "/")
}

// programs returns the folder of PostgreSQL's programs, the newest version's first. A
// test ends there without them; it is left out only where the environment says so.
func programs(t testing.TB) string {
	t.Helper()
	if os.Getenv(withoutPostgres) != "" {
		t.Skip(withoutPostgres + " is set: nothing is tested on PostgreSQL")
	}
	folder, ok := findPrograms()
	if !ok {
		t.Fatalf("PostgreSQL is not installed: run internal/store/storetest/install.sh, or set %s=1 to test without it", withoutPostgres)
	}
	return folder
}

// withoutPostgres names the setting that leaves PostgreSQL's tests out.
const withoutPostgres = "TOWERBRIDGE_WITHOUT_POSTGRES"

func findPrograms() (string, bool) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Sort(found)
	slices.Reverse(found)
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	for _, f := range found {
		folder := filepath.Dir(f)
		if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil {
			return folder, true
		}
	}
	return "", false
}
