package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
	"towerbridge/journal"
)

// large returns a change that takes some room, under a key.
func large(n int) *store.Change {
	c := change(&store.Found{}, journal.Draft{Event: journal.Opened, Status: journal.New, Kind: "incident", Party: "north"},
		store.Clear{Name: "text", Value: strings.Repeat("0123456789abcdef", 2000)})
	c.Key, c.Request = fmt.Sprint("large-", n), []byte{1}
	return c
}

// unavailable checks that an error says that something outside does not answer, and
// what to do about it.
func unavailable(t testing.TB, err error, remedy string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Unavailable || !strings.Contains(e.Remedy, remedy) || strings.Contains(e.Error(), "geheim") {
		t.Errorf("got %v, want that it is unavailable, and a remedy with %q", err, remedy)
	}
}

// outOfRoom writes until there is no room, checks that this is said and that nothing
// else suffers, has room made, and checks that everything goes on.
func outOfRoom(t *testing.T, s *Store, makeRoom func()) {
	t.Helper()
	ctx := context.Background()
	written := 0
	var err error
	for ; written < 20_000 && err == nil; written++ {
		_, err = s.Commit(ctx, large(written))
	}
	written--
	unavailable(t, err, "disk")
	if written == 0 {
		t.Fatal("there was no room from the beginning")
	}
	size := must[store.Head](t)(s.Head(ctx)).Size
	if size != int64(written) {
		t.Errorf("%d changes were acknowledged, and there are %d lines", written, size)
	}
	if _, err = s.Append(ctx, logOf(0, 20_000)); err == nil {
		t.Error("a log was appended where there was no room for it")
	}
	if f, err := s.Ticket(ctx, "INC0000001"); err != nil || len(f.Lines.Line) != 1 {
		t.Errorf("while there is no room, nothing can be read: %v", err)
	}
	makeRoom()
	for n := written; n < written+10; n++ { // the first of them was tried already
		if r, err := s.Commit(ctx, large(n)); err != nil || r.Last != int64(n+1) {
			t.Fatalf("when there was room again, change %d came to %+v, %v", n, r, err)
		}
	}
	healthy(t, s)
}

// On a full disk SQLite says so, keeps what there is, and goes on when there is room.
func TestDiskFullSQLite(t *testing.T) {
	disk := storetest.NewDisk(t, 12<<20, 6<<20)
	s := place{"sqlite", "sqlite:" + filepath.Join(disk.Folder, "record.db")}.open(t)
	outOfRoom(t, s, func() { disk.MakeRoom(t) })
}

// The same where nobody may mount a disk: SQLite is told to keep its file small.
func TestFileFullSQLite(t *testing.T) {
	s := sqlitePlace(t).open(t)
	pages := func(most int) {
		e := s.engine.(*sqliteEngine)
		if err := e.take(context.Background()); err != nil {
			t.Fatal(err)
		}
		defer func() { e.turn <- struct{}{} }()
		if _, err := e.hold.ExecContext(context.Background(), fmt.Sprint("PRAGMA max_page_count = ", most)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1000)
	outOfRoom(t, s, func() { pages(1 << 30) })
}

// On a full disk PostgreSQL says so, keeps what there is, and goes on when there is
// room. Its log of changes is on another disk: one that has no room for this log ends
// the server, which is what the test of a lost server is about.
func TestDiskFullPostgres(t *testing.T) {
	disk := storetest.NewDisk(t, 48<<20, 16<<20)
	cluster := storetest.NewCluster(t)
	conn := must[*pgx.Conn](t)(pgx.Connect(context.Background(), cluster.Database(t)))
	defer conn.Close(context.Background())
	for _, statement := range []string{
		"CREATE TABLESPACE small LOCATION '" + disk.Own(t, "small") + "'", "CREATE DATABASE small TABLESPACE small",
	} {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s := place{"postgres", cluster.URL("small")}.open(t)
	outOfRoom(t, s, func() { disk.MakeRoom(t) })
}

// A connection that is lost is said to be, and the work goes on when there is one
// again: nothing acknowledged is lost, what is tried again is not there twice, and
// whoever watches is told again.
func TestConnectionLost(t *testing.T) {
	ctx := context.Background()
	proxy, url := storetest.NewProxy(t, storetest.Postgres(t)+"&password=geheim")
	s := place{"postgres", url}.open(t)
	var lock sync.Mutex
	var last int64
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go s.Watch(watching, func(n int64) {
		lock.Lock()
		defer lock.Unlock()
		last = n
	})
	must[store.Receipt](t)(s.Commit(ctx, large(0)))

	proxy.Cut()
	_, err := s.Commit(ctx, large(1))
	unavailable(t, err, "Check that the database runs")
	_, err = s.Append(ctx, logOf(0, 3))
	unavailable(t, err, "Check that the database runs")
	_, err = s.Ticket(ctx, "INC0000001")
	unavailable(t, err, "Check that the database runs")
	_, err = s.Backup(ctx, &strings.Builder{}, nil)
	unavailable(t, err, "Check that the database runs")
	unavailable(t, s.Ping(ctx), "Check that the database runs")
	_, err = Open(ctx, url, Options{Secret: testSecret})
	unavailable(t, err, "Check that the database runs")

	proxy.Mend(t)
	for n := range 2 { // the first is there already
		if r, err := s.Commit(ctx, large(n)); err != nil || r.Last != int64(n+1) || r.Replayed != (n == 0) {
			t.Errorf("when the connection was there again, change %d came to %+v, %v", n, r, err)
		}
	}
	other := place{"postgres", url}.open(t)
	r := must[store.Receipt](t)(other.Commit(ctx, large(2)))
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		lock.Lock()
		told := last
		lock.Unlock()
		if told == r.Last {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("a watcher was told of %d, not of %d", told, r.Last)
		}
	}
	healthy(t, s)
}

// Connections are dropped again and again while many write, each under a key that it
// repeats until it is acknowledged. Then everything is there once.
func TestConnectionDropped(t *testing.T) {
	ctx := context.Background()
	proxy, url := storetest.NewProxy(t, storetest.Postgres(t))
	s := place{"postgres", url}.open(t)
	stop := make(chan struct{})
	var dropping sync.WaitGroup
	dropping.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(15 * time.Millisecond):
				proxy.Drop()
			}
		}
	})
	const writers, changes = 8, 12
	var wait sync.WaitGroup
	var lock sync.Mutex
	failed := 0
	for w := range writers {
		wait.Go(func() {
			for n := range changes {
				c := large(n)
				c.Who = fmt.Sprint("writer", w)
				for try := 0; ; try++ {
					_, err := s.Commit(ctx, c)
					if err == nil {
						break
					}
					if fault.KindOf(err) != fault.Unavailable || try > 2000 {
						t.Errorf("change %d of writer %d: %v", n, w, err)
						return
					}
					lock.Lock()
					failed++
					lock.Unlock()
					time.Sleep(time.Millisecond)
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	wait.Wait()
	close(stop)
	dropping.Wait()
	if failed == 0 {
		t.Error("no connection was lost while it was needed")
	}
	if size := must[store.Head](t)(s.Head(ctx)).Size; size != writers*changes {
		t.Errorf("%d lines, want %d", size, writers*changes)
	}
	healthy(t, s)
}

// A server that is stopped and started again is one whose connections were lost.
func TestServerRestarted(t *testing.T) {
	ctx := context.Background()
	cluster := storetest.NewCluster(t)
	s := place{"postgres", cluster.Database(t)}.open(t)
	must[store.Receipt](t)(s.Commit(ctx, large(0)))
	cluster.Stop(t)
	_, err := s.Commit(ctx, large(1))
	unavailable(t, err, "Check that the database runs")
	_, err = s.List(ctx, &store.Query{Sight: store.Sight{All: true}})
	unavailable(t, err, "Check that the database runs")
	cluster.Start(t)
	if r, err := s.Commit(ctx, large(1)); err != nil || r.Last != 2 {
		t.Errorf("when the server was there again, a change came to %+v, %v", r, err)
	}
	healthy(t, s)
}

// A caller whose time is over waits no longer for a record that another process holds.
func TestCallerIsPatientNoLonger(t *testing.T) {
	p := sqlitePlace(t)
	s, other := p.open(t), p.open(t)
	tx := must[transaction](t)(other.engine.begin(context.Background()))
	first := make(chan error, 1)
	go func() {
		_, err := s.Commit(context.Background(), large(0))
		first <- err
	}()
	time.Sleep(20 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	from := time.Now()
	_, err := s.Commit(ctx, large(1))
	unavailable(t, err, "Try again")
	if waited := time.Since(from); waited > 5*time.Second {
		t.Errorf("a caller with 30 ms has waited %s", waited)
	}
	tx.rollback()
	if err := <-first; err != nil {
		t.Errorf("who waited was told %v", err)
	}
	if size := must[store.Head](t)(s.Head(context.Background())).Size; size != 1 {
		t.Errorf("%d lines, want 1", size)
	}
}
