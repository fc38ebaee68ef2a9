package sqlstore

import (
	"context"
	"sync"
)

// news is where it is made known how far the journal has come. While somebody watches,
// the engine is asked about other processes.
type news struct {
	mutex    sync.Mutex
	last     int64
	changed  chan struct{} // closed when last has grown; nil while nobody waits for it
	watchers int
	stop     context.CancelFunc // of the engine's watch
	ended    bool
}

// tell says how far the journal has come.
func (n *news) tell(last int64) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if last > n.last {
		n.last = last
		if n.changed != nil {
			close(n.changed)
			n.changed = nil
		}
	}
}

// wait returns how far the journal has come, and what is closed when it has come further.
func (n *news) wait() (int64, <-chan struct{}) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.changed == nil {
		n.changed = make(chan struct{})
	}
	return n.last, n.changed
}

// join adds a watcher; the first one starts the watch.
func (n *news) join(watch func(context.Context)) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.watchers++; n.watchers == 1 && !n.ended {
		ctx, cancel := context.WithCancel(context.Background())
		n.stop = cancel
		go watch(ctx)
	}
}

// leave takes a watcher away; with the last one the watch ends.
func (n *news) leave() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.watchers--; n.watchers == 0 && n.stop != nil {
		n.stop()
		n.stop = nil
	}
}

func (n *news) close() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.ended = true
	if n.stop != nil {
		n.stop()
		n.stop = nil
	}
}

// Watch calls f after each commit with the sequence number it came to, those of other
// processes too, until the context is done. Commits that follow each other fast are
// told of once. Another process's commits are known at once on PostgreSQL, and within
// a second on SQLite.
func (s *Store) Watch(ctx context.Context, f func(last int64)) {
	if h, err := s.Head(ctx); err == nil {
		s.news.tell(h.Size)
	}
	seen, _ := s.news.wait()
	s.news.join(func(ctx context.Context) {
		s.engine.watch(ctx, func() {
			if h, err := s.Head(ctx); err == nil {
				s.news.tell(h.Size)
			}
		})
	})
	defer s.news.leave()
	for {
		last, changed := s.news.wait()
		if last > seen {
			f(last)
			seen = last
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
