package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// sqliteEngine is a file of SQLite: one connection that writes, and several that read.
type sqliteEngine struct {
	file   string
	writer *sql.DB
	reader *sql.DB
	hold   *sql.Conn            // the connection that writes
	texts  map[string]*sql.Stmt // prepared on it
	turn   chan struct{}        // holds a token while nobody writes
	keeper *keeper
}

// Sizes of SQLite's caches, in KiB. The file is not mapped into memory: that was no
// faster, and a fault of the disk would then end the program.
const (
	writerCache = 32 << 10
	readerCache = 8 << 10
)

// busyWait is how long a connection waits for another process, in milliseconds.
const busyWait = 10_000

// writerPragmas are of connections that write. What is acknowledged survives a power
// cut, deleted rows are overwritten, and the log is copied by the keeper.
var writerPragmas = []string{
	"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "wal_autocheckpoint(0)",
	"journal_size_limit(" + strconv.Itoa(logPages*4096) + ")",
}

func openSQLite(ctx context.Context, file string, readers int) (*sqliteEngine, error) {
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return nil, fault.New(fault.NotFound, "Make it first.", "the folder %s does not exist", filepath.Dir(file))
	}
	if err := makePrivate(file); err != nil {
		return nil, err
	}
	e := &sqliteEngine{file: file, texts: map[string]*sql.Stmt{}, turn: make(chan struct{}, 1)}
	writer, err := sql.Open("sqlite", sqliteName(file, busyWait, writerCache, writerPragmas...)+"&_txlock=immediate")
	if err != nil {
		return nil, explain(err, "%s cannot be opened", file)
	}
	e.writer = writer
	e.writer.SetMaxOpenConns(1)
	if err := e.prepare(ctx, readers); err != nil {
		e.close()
		return nil, explain(err, "%s cannot be opened", file)
	}
	e.turn <- struct{}{}
	return e, nil
}

func (e *sqliteEngine) prepare(ctx context.Context, readers int) error {
	if err := e.migrate(ctx); err != nil {
		return err
	}
	keeping, err := sql.Open("sqlite", sqliteName(e.file, scrubWait, readerCache, writerPragmas...))
	if err != nil {
		return err
	}
	e.keeper = newKeeper(keeping)
	if e.hold, err = e.writer.Conn(ctx); err != nil {
		return err
	}
	e.reader, err = sql.Open("sqlite", sqliteName(e.file, busyWait, readerCache, "query_only(1)"))
	if err != nil {
		return err
	}
	e.reader.SetMaxOpenConns(readers)
	e.reader.SetMaxIdleConns(readers)
	return nil
}

// migrate brings the file up to date. Of several processes that open a new file at the
// same moment one does so, and the others find it done.
func (e *sqliteEngine) migrate(ctx context.Context) error {
	var err error
	for range openAttempts {
		if err = migrate(ctx, e.writer, goose.DialectSQLite3, sqliteWords); fault.KindOf(err) != fault.Internal || err == nil {
			return err
		}
		select {
		case <-time.After(openPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// How often, and with what pause, a file is tried to be opened that others make.
const (
	openAttempts = 10
	openPause    = 50 * time.Millisecond
)

// makePrivate makes a file that only its owner may read, where there is none. SQLite
// gives its log the same rights.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return store.FileError("the record", file, err)
	}
	return f.Close()
}

// sqliteName returns the name under which the driver opens a file.
func sqliteName(file string, wait, cache int, pragmas ...string) string {
	pragmas = append(slices.Clone(pragmas), "busy_timeout("+strconv.Itoa(wait)+")", "foreign_keys(1)", "cache_size(-"+strconv.Itoa(cache)+")", "temp_store(MEMORY)")
	q := url.Values{"_pragma": pragmas, "_dqs": {"0"}}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}
	return name.String()
}

func (e *sqliteEngine) whole() []string        { return nil }
func (e *sqliteEngine) readers() *sql.DB       { return e.reader }
func (e *sqliteEngine) settle(context.Context) {}
func (e *sqliteEngine) lockHead() string       { return "" } // the transaction has locked the file
func (e *sqliteEngine) notify(*batch)          {}
func (e *sqliteEngine) clock() string          { return "" }

func (e *sqliteEngine) close() error {
	var errs []error
	if e.hold != nil {
		for _, s := range e.texts {
			errs = append(errs, s.Close())
		}
		errs = append(errs, e.hold.Close())
	}
	if e.keeper != nil {
		errs = append(errs, e.keeper.close())
	}
	if e.reader != nil {
		errs = append(errs, e.reader.Close())
	}
	// Last: the last connection to close writes the log back into the file.
	return errors.Join(append(errs, e.writer.Close())...)
}

// begin waits for the process's other transaction to end, and for those of others.
func (e *sqliteEngine) begin(ctx context.Context) (transaction, error) {
	if err := e.take(ctx); err != nil {
		return nil, err
	}
	t := &sqliteTransaction{engine: e}
	if e.keeper.overdue.Swap(false) {
		if _, _, err := copyLog(context.WithoutCancel(ctx), e.hold); err != nil {
			t.end()
			return nil, err
		}
	}
	// The statements themselves run without the context: to watch it costs more than
	// they do, and a group is not stopped half-way.
	if err := t.exec("BEGIN IMMEDIATE", nil); err != nil {
		t.rollback() // of one before, which could not be undone then
		return nil, err
	}
	return t, nil
}

// take takes the connection that writes.
func (e *sqliteEngine) take(ctx context.Context) error {
	select {
	case <-e.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sqliteTransaction is a transaction of SQLite.
type sqliteTransaction struct {
	engine *sqliteEngine
	over   bool
}

func (t *sqliteTransaction) run(_ context.Context, b *batch) error {
	for i := range b.steps {
		s := &b.steps[i]
		var err error
		switch {
		case s.insert != nil:
			err = t.load(context.Background(), s.insert, s.rows)
		case s.row != nil:
			err = t.query(s)
		default:
			err = t.exec(s.text, s.args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// statement returns a prepared statement.
func (t *sqliteTransaction) statement(text string) (*sql.Stmt, error) {
	if s := t.engine.texts[text]; s != nil {
		return s, nil
	}
	s, err := t.engine.hold.PrepareContext(context.Background(), text)
	if err == nil {
		t.engine.texts[text] = s
	}
	return s, err
}

func (t *sqliteTransaction) exec(text string, args []any) error {
	s, err := t.statement(text)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background(), args...)
	return err
}

func (t *sqliteTransaction) query(s *step) error {
	statement, err := t.statement(s.text)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(context.Background(), s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *sqliteTransaction) load(_ context.Context, into *insertion, rows [][]any) error {
	for _, row := range rows {
		if err := t.exec(into.texts[0], row); err != nil {
			return err
		}
	}
	return nil
}

func (t *sqliteTransaction) finish(ctx context.Context, b *batch) error {
	if err := t.run(ctx, b); err != nil {
		return err
	}
	if err := t.exec("COMMIT", nil); err != nil {
		return err
	}
	t.end()
	t.engine.keeper.wrote()
	return nil
}

func (t *sqliteTransaction) rollback() {
	if !t.over {
		// An error that has ended the transaction by itself leaves nothing to undo.
		_ = t.exec("ROLLBACK", nil)
		t.end()
	}
}

func (t *sqliteTransaction) end() {
	t.over = true
	t.engine.turn <- struct{}{}
}

// scrub copies the log into the file and empties it, so that what rows held before is
// in neither. Where others still read what was there before, that is done soon after
// they have ended.
func (e *sqliteEngine) scrub(ctx context.Context) error { return e.keeper.scrub(ctx) }

// ping takes the lock that writing needs and gives it back.
func (e *sqliteEngine) ping(ctx context.Context) error {
	tx, err := e.begin(ctx)
	if err != nil {
		return err
	}
	tx.rollback()
	return nil
}
