package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"towerbridge/fault"
)

// steps are what makes a database one of this program's, in one text for both engines:
// what differs between them stands in braces. A step that was ever released is never
// changed.
//
//go:embed migrations/*.sql
var steps embed.FS

// What stands for the words in braces.
var (
	sqliteWords = strings.NewReplacer(
		"{int}", "INTEGER", "{text}", "TEXT", "{bytes}", "BLOB", "{empty}", "x''",
		"{strict}", "STRICT", "{clustered}", "STRICT, WITHOUT ROWID",
	)
	postgresWords = strings.NewReplacer(
		"{int}", "BIGINT", "{text}", `TEXT COLLATE "C"`, "{bytes}", "BYTEA", "{empty}", "''",
		" {strict}", "", " {clustered}", "",
	)
)

// stepsTable is where a database says which steps it has taken.
const stepsTable = "migration"

// migrate takes the steps that a database has not taken yet. Several processes may do
// so at once. A database that has taken steps that this program does not know is refused.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, words *strings.Replacer) error {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName(stepsTable), goose.WithLogger(goose.NopLogger())}
	if dialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the lock of the database cannot be made")
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	folder, err := fs.Sub(rendered{steps, words}, "migrations")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the steps of the database cannot be read")
	}
	provider, err := goose.NewProvider(dialect, db, folder, options...)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the steps of the database cannot be read")
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return explain(err, "the database cannot be opened")
	}
	if has > knows {
		return fault.New(fault.Conflict, "Use the newer program, or restore a backup into a new database.",
			"the database was made ready by a newer program: it has taken step %d, and this one knows %d", has, knows)
	}
	if has == knows {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return explain(err, "the database cannot be brought up to date")
	}
	return nil
}

// rendered is a file system in whose files the words in braces are replaced.
type rendered struct {
	fs.FS
	words *strings.Replacer
}

// Open opens a file.
func (r rendered) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	text = []byte(r.words.Replace(string(text)))
	return &renderedFile{Reader: bytes.NewReader(text), name: path.Base(name), size: int64(len(text))}, nil
}

// renderedFile is a file with its words replaced. It is its own description.
type renderedFile struct {
	*bytes.Reader
	name string
	size int64
}

func (f *renderedFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *renderedFile) Close() error               { return nil }
func (f *renderedFile) Name() string               { return f.name }
func (f *renderedFile) Size() int64                { return f.size }
func (f *renderedFile) Mode() fs.FileMode          { return 0o444 }
func (f *renderedFile) ModTime() time.Time         { return time.Time{} }
func (f *renderedFile) IsDir() bool                { return false }
func (f *renderedFile) Sys() any                   { return nil }
