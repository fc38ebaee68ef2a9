package storetest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Postgres returns the URL of a new empty database. All databases of a test program are
// on one cluster, which is started by the first call and gone soon after the program
// ends, however it ends. It does not wait for its disk, for no test pulls the plug of
// it; those that kill a server have one of their own. A test is ended, not left out, where PostgreSQL is not
// installed; setting TOWERBRIDGE_WITHOUT_POSTGRES leaves it out.
func Postgres(t testing.TB) string {
	t.Helper()
	return Shared(t).Database(t)
}

// Shared returns the cluster on which [Postgres] makes its databases.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	program := programs(t)
	shared.Do(func() { shared.cluster, shared.failure = startShared(program) })
	if shared.failure != nil {
		t.Fatal(shared.failure)
	}
	return shared.cluster
}

var shared struct {
	sync.Once
	cluster *Cluster
	failure error
	hold    io.Closer // the keeper's standard input: closed by the system when we end
}

func startShared(program string) (*Cluster, error) {
	removeStale(program)
	c, err := makeCluster(program, "", []string{"fsync=off"})
	if err != nil {
		return nil, err
	}
	if err := c.keep(); err != nil {
		os.RemoveAll(c.folder)
		return nil, err
	}
	return c, c.start()
}

// keeping waits until its standard input ends, which it does with the test program,
// then stops the server and removes its files.
const keeping = `trap '' INT TERM HUP; read -r end; "$1/pg_ctl" -D "$2/data" -m immediate stop; cd /; rm -rf "$2"`

// keep starts the process that outlives the test program and clears up.
func (c *Cluster) keep() error {
	keeper := exec.Command("/bin/sh", "-c", keeping, "sh", c.program, c.folder)
	keeper.Dir = c.folder
	c.owner.run(keeper)
	hold, err := keeper.StdinPipe()
	if err != nil {
		return err
	}
	shared.hold = hold
	return keeper.Start()
}

// removeStale removes clusters whose test programs are gone together with their
// keepers, as when a machine was switched off.
func removeStale(program string) {
	folders, _ := filepath.Glob(filepath.Join(shortTemp(), folderPrefix+"*"))
	for _, folder := range folders {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), folderPrefix), "-")
		pid, err := strconv.Atoi(number)
		info, failed := os.Stat(folder)
		if err != nil || failed != nil || alive(pid) || time.Since(info.ModTime()) < patience {
			continue // of a program that runs, or of a keeper at work
		}
		c := &Cluster{folder: folder, program: program}
		if c.owner, err = serverOwner(); err != nil {
			return
		}
		c.command("pg_ctl", "-D", c.data(), "-m", "immediate", "stop").Run() //nolint:errcheck // mostly it does not run
		os.RemoveAll(folder)
	}
}

// Program returns the path of one of PostgreSQL's programs, such as psql.
func Program(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(programs(t), name)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(fmt.Errorf("PostgreSQL's %s: %w", name, err))
	}
	return path
}
