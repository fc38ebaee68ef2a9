package sqlstore

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/fault"
)

// A connection that the server ends while it is idle is noticed before anything is
// written, and the commit goes through by another.
func TestIdleConnectionsAreEnded(t *testing.T) {
	ctx := context.Background()
	s := postgresPlace(t).open(t)
	for n := range 3 {
		if _, err := s.Commit(ctx, opening("INC")); err != nil {
			t.Fatalf("commit %d: %v", n, err)
		}
		if _, err := s.engine.readers().ExecContext(ctx,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
	}
	if h, err := s.Head(ctx); err != nil || h.Size != 3 {
		t.Errorf("the head is %+v, %v", h, err)
	}
}

// Processes that write to one database at the same time make one journal without gaps.
func TestProcessesShareADatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		const processes, callers, each = 3, 4, 10
		var wait sync.WaitGroup
		var mutex sync.Mutex
		lines, ids := map[int64]bool{}, map[string]bool{}
		for range processes {
			s := p.open(t)
			for range callers {
				wait.Go(func() {
					for range each {
						r, err := s.Commit(ctx, opening("INC"))
						if err != nil {
							t.Error(err)
							return
						}
						mutex.Lock()
						lines[r.First], ids[r.Ticket] = true, true
						mutex.Unlock()
					}
				})
			}
		}
		wait.Wait()
		const all = processes * callers * each
		if len(lines) != all || len(ids) != all || !lines[1] || !lines[all] {
			t.Errorf("%d lines and %d tickets, want %d", len(lines), len(ids), all)
		}
	})
}

// A server that only reads is not ready.
func TestReadOnlyServer(t *testing.T) {
	ctx := context.Background()
	p := postgresPlace(t)
	p.open(t)
	if strings.Contains(p.url, "?") {
		p.url += "&"
	} else {
		p.url += "?"
	}
	s, err := Open(ctx, p.url+"default_transaction_read_only=on", Options{Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	unavailable(t, s.Ping(ctx), "primary server")
	_, err = s.Commit(ctx, opening("INC"))
	unavailable(t, err, "primary server")
	if _, err := s.Head(ctx); err != nil {
		t.Errorf("a head: %v", err)
	}
}

func TestPostgresNeedsASecret(t *testing.T) {
	_, err := Open(context.Background(), "postgres:///none", Options{})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a secret: %v", err)
	}
	p := postgresPlace(t)
	p.open(t)
	_, err = Open(context.Background(), p.url, Options{Secret: []byte("fedcba9876543210fedcba9876543210")})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("with another secret: %v", err)
	}
}

// Who watches learns of the commits of other processes.
func TestWatchOfOtherProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx, cancel := context.WithCancel(context.Background())
		watching, writing := p.open(t), p.open(t)
		told := make(chan int64, 100)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			watching.Watch(ctx, func(last int64) { told <- last })
		}()
		for range 3 {
			r, err := writing.Commit(ctx, opening("INC"))
			if err != nil {
				t.Fatal(err)
			}
			for last := int64(0); last < r.Last; {
				select {
				case last = <-told:
				case <-time.After(20 * time.Second):
					t.Fatalf("nobody was told of line %d", r.Last)
				}
			}
		}
		cancel()
		<-ended
		if watching.news.watchers != 0 || watching.news.stop != nil {
			t.Error("the engine is still watched")
		}
	})
}

// A log that was appended is one moment: who reads meanwhile sees all of a batch or
// nothing of it, and a journal holds no line beyond its head.
func TestReadingWhileOthersWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		if _, err := s.Append(ctx, newYear(300).batch(300)); err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		var wait sync.WaitGroup
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				f, err := s.Ticket(ctx, "INC0000150")
				if err == nil {
					_, err = s.Commit(ctx, note(f.ID, f.Version))
				}
				if err == nil {
					_, err = s.Commit(ctx, opening("REQ"))
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		for range 20 {
			before, err := s.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Journal(ctx, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			after, err := s.Head(ctx)
			if n := int64(r.Journal.Len()); err != nil || n < before.Size || n > after.Size || r.Entries != n || r.Rows != n {
				t.Errorf("%d entries between %d and %d lines, %v", n, before.Size, after.Size, err)
			}
			// Each ticket is whole up to the journal's end: notes and tickets alternate.
			ticket, ok := r.Journal.Find("INC0000150")
			if !ok {
				t.Fatal("the ticket is not in the journal")
			}
			notes := 0
			for _, e := range r.Journal.Of(ticket) {
				if _, live := journalSource(r.Journal.Sources(), e.Source); live {
					notes++
				}
			}
			if opened := r.Journal.Tickets() - 300; notes != opened && notes != opened+1 {
				t.Errorf("%d notes and %d tickets", notes, opened)
			}
		}
		close(stop)
		wait.Wait()
	})
}

// journalSource reports whether a source is that of entries written here.
func journalSource(sources []string, at uint16) (string, bool) {
	return sources[at], sources[at] == Source
}

// Nothing is left when a store is closed while others write.
func TestClosingWhileOthersWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s, err := Open(ctx, p.url, Options{Secret: testSecret})
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		var mutex sync.Mutex
		written := int64(0)
		began := make(chan struct{}, 100)
		for range 8 {
			wait.Go(func() {
				for {
					r, err := s.Commit(ctx, opening("REQ"))
					if err != nil {
						unavailable(t, err, "Try again")
						return
					}
					mutex.Lock()
					written = max(written, r.Last)
					mutex.Unlock()
					select {
					case began <- struct{}{}:
					default:
					}
				}
			})
		}
		wait.Go(func() {
			y := newYear(100_000)
			for {
				r, err := s.Append(ctx, y.batch(100))
				if err != nil {
					unavailable(t, err, "Try again")
					return
				}
				mutex.Lock()
				written = max(written, r.Last)
				mutex.Unlock()
			}
		})
		<-began
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		wait.Wait()
		h, err := p.open(t).Head(ctx)
		if err != nil || h.Size != written {
			t.Errorf("%d lines were acknowledged, and %d are there, %v", written, h.Size, err)
		}
	})
}
