package api

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
	"towerbridge/internal/store"
)

// LogFiles are the files of a log that was uploaded.
type LogFiles struct {
	Log     string
	Mapping string // empty where the log is in the open form
	Salt    string // of people and free text; empty where they are not read
}

// Log is a log that can be imported.
type Log interface {
	store.Store

	// Digest tells this import from others.
	Digest(context.Context) (string, error)
}

// jobs are the imports of this process. One is done at a time: it takes the whole
// machine. Each that has ended is remembered for a while.
type jobs struct {
	record *app.Record
	open   func(LogFiles) Log
	folder string // of uploads; empty: the system's

	mutex sync.Mutex
	by    map[string]*job
	busy  chan struct{}
	ctx   context.Context
	stop  context.CancelFunc
	all   sync.WaitGroup
}

// Limits of imports: how many wait, and how many that have ended are remembered.
const (
	mostWaiting = 8
	mostKnown   = 100
)

// toldEvery is the least time between two things that are told of progress.
const toldEvery = 200 * time.Millisecond

func newJobs(r *app.Record, open func(LogFiles) Log, folder string) *jobs {
	ctx, stop := context.WithCancel(context.Background())
	return &jobs{record: r, open: open, folder: folder, by: map[string]*job{}, busy: make(chan struct{}, 1), ctx: ctx, stop: stop}
}

// close breaks off what is under way, and waits for it.
func (j *jobs) close() {
	j.stop()
	j.all.Wait()
}

// job is one import.
type job struct {
	mutex sync.Mutex
	state importAnswer
	more  chan struct{}
	last  time.Time
}

// now returns how far the import has come, and what is closed when it has come further.
func (j *job) now() (importAnswer, <-chan struct{}) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.state, j.more
}

// set changes how far it has come. What is told too often is told with what follows.
func (j *job) set(change func(*importAnswer)) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	phase := j.state.Phase
	change(&j.state)
	if j.state.Phase == phase && time.Since(j.last) < toldEvery {
		return
	}
	j.last = time.Now()
	close(j.more)
	j.more = make(chan struct{})
}

// of returns an import of this process; nil where there is none.
func (j *jobs) of(digest string) *job {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.by[digest]
}

// begin takes a log in and begins its import; where the same is under way, that.
func (j *jobs) begin(ctx context.Context, in *importInput, q app.Request) (*job, error) {
	folder, err := os.MkdirTemp(j.folder, "towerbridge-import-")
	if err != nil {
		return nil, store.FileError("the folder of uploads", j.folder, err)
	}
	keep := false
	defer func() {
		if !keep {
			os.RemoveAll(folder)
		}
	}()
	files, err := j.receive(ctx, folder, in, q)
	if err != nil {
		return nil, err
	}
	log := j.open(files)
	digest, err := log.Digest(ctx)
	if err != nil {
		return nil, err
	}
	x, fresh, err := j.enter(digest)
	if err != nil || !fresh {
		return x, err
	}
	keep = true
	var from store.Store = log
	if !in.Accept {
		from = app.EveryRow(log)
	}
	go func() {
		defer j.all.Done()
		defer os.RemoveAll(folder)
		j.run(x, q, app.Import{From: from, Digest: digest})
	}()
	return x, nil
}

// receive writes the upload and what it is read by into a folder.
func (j *jobs) receive(ctx context.Context, folder string, in *importInput, q app.Request) (LogFiles, error) {
	files := LogFiles{Log: filepath.Join(folder, in.Name)}
	f, err := os.OpenFile(files.Log, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return files, store.FileError("the upload", in.Name, err)
	}
	_, err = io.Copy(f, in.http.Body)
	if wrong := f.Close(); err == nil && wrong != nil {
		err = store.FileError("the upload", in.Name, wrong)
	}
	if err != nil {
		return files, received(err)
	}
	if in.Mapping != "" {
		d, err := j.record.ReadDocument(ctx, q.Who, in.Mapping, 0)
		if err != nil {
			return files, err
		}
		files.Mapping = filepath.Join(folder, "mapping.yaml")
		if err := os.WriteFile(files.Mapping, d.Text, 0o600); err != nil {
			return files, store.FileError("the mapping", in.Mapping, err)
		}
	}
	if in.Texts {
		files.Salt = filepath.Join(folder, "salt")
		salt := hex.EncodeToString(j.record.Ledger.Derive("salt of imported logs"))
		if err := os.WriteFile(files.Salt, []byte(salt), 0o600); err != nil {
			return files, store.FileError("the salt", "salt", err)
		}
	}
	return files, nil
}

// received is the error of an upload that did not come to its end.
func received(err error) error {
	var known *fault.Error
	if p := problemOf(err); p.Type == serve.TypeTooLarge || errors.As(err, &known) {
		return err
	}
	return fault.Wrap(fault.Unavailable, err, "the upload was broken off")
}

// enter adds an import, unless the same is under way or too many wait.
func (j *jobs) enter(digest string) (x *job, fresh bool, err error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if x = j.by[digest]; x != nil {
		if state, _ := x.now(); !state.finished {
			return x, false, nil
		}
	}
	waiting := 0
	for id, o := range j.by {
		if state, _ := o.now(); !state.finished {
			waiting++
		} else if len(j.by) >= mostKnown {
			delete(j.by, id)
		}
	}
	if waiting >= mostWaiting {
		return nil, false, fault.New(fault.Unavailable, "Wait until one has ended.", "%d imports are waiting", waiting)
	}
	if j.ctx.Err() != nil {
		return nil, false, fault.New(fault.Unavailable, "Send it again when it has started anew.", "the server is stopping")
	}
	x = &job{state: importAnswer{Import: digest, Phase: "waiting"}, more: make(chan struct{})}
	j.by[digest] = x
	j.all.Add(1)
	return x, true, nil
}

// run does an import when it is its turn.
func (j *jobs) run(x *job, q app.Request, m app.Import) {
	select {
	case j.busy <- struct{}{}:
		defer func() { <-j.busy }()
	case <-j.ctx.Done():
		x.set(func(s *importAnswer) { s.Phase, s.finished = "stopped", true })
		return
	}
	x.set(func(s *importAnswer) { s.Phase = "reading" })
	m.Reading = func(done, total int64) { x.set(func(s *importAnswer) { s.Read, s.Bytes = done, total }) }
	m.Progress = func(done, total int64) {
		x.set(func(s *importAnswer) { s.Phase, s.Done, s.Tickets = "writing", done, total })
	}
	imported, err := j.record.ImportLog(j.ctx, q, m)
	x.set(func(s *importAnswer) {
		s.finished = true
		switch {
		case err == nil:
			s.Phase = "finished"
			s.take(imported)
		case j.ctx.Err() != nil:
			s.Phase = "stopped"
		default:
			s.Phase = "failed"
			body := importProblem(err).Body(&serve.Exchange{})
			s.Problem = &body
		}
	})
}

// importProblem is why an import failed. Files are called as the caller called them.
func importProblem(err error) serve.Problem {
	var refused *app.Refused
	p := problemOf(err)
	if errors.As(err, &refused) {
		p = serve.Problem{Type: serve.TypeInvalid, Detail: refused.Error(), Remedy: "Mend the log or its mapping, or accept to go on without these rows.", Findings: serve.FindingsOf(refused.Log.Findings())}
	}
	for i := range p.Findings {
		named(&p.Findings[i])
	}
	return p
}
