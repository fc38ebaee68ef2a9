// Package folder is a store that is a folder of documents and some logs on a disk.
// It is read-only.
//
//	estate/estate.yaml          logs: any number of files,
//	       calendars/*.yaml           plain or compressed,
//	       contracts/*.yaml           read by one mapping
//	       mappings/*.yaml
//
// Nothing is cached: each call reads the disk again.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"towerbridge/document"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// MaxDocuments is the number of documents that one folder may hold.
const MaxDocuments = 10_000

// MaxSalt is the number of bytes of a file of salt.
const MaxSalt = 4096

// Folder is a folder of documents, and the logs of the tickets it is about.
type Folder struct {
	Dir       string   // holds estate.yaml
	Logs      []string // files, in the order in which their rows are numbered
	Mapping   string   // file; empty where the logs are in the journal's own open form
	Decisions string   // file of decisions about held rows; may be empty
	Salt      string   // file of the secret that people and free text are salted with; may be empty
	Workers   int      // how many read a log at once; less than one means one
}

var _ store.Store = (*Folder)(nil)

// Place returns the path of a document.
func (f *Folder) Place(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// Documents reads estate.yaml and the documents below calendars, contracts and
// mappings. A folder without any is an error, so that a mistyped name is noticed.
func (f *Folder) Documents(ctx context.Context) ([]statement.Source, error) {
	info, err := os.Stat(f.Dir)
	if err != nil {
		return nil, store.FileError("the folder", f.Dir, err)
	}
	if !info.IsDir() {
		return nil, fault.New(fault.Invalid, "Name the folder that holds estate.yaml.", "%s is not a folder", f.Dir)
	}
	var out []statement.Source
	for _, pattern := range []string{"estate.yaml", "calendars/*.yaml", "contracts/*.yaml", "mappings/*.yaml"} {
		names, err := fs.Glob(os.DirFS(f.Dir), pattern)
		if err != nil {
			return nil, store.FileError("the folder", f.Dir, err)
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if len(out) == MaxDocuments {
				return nil, fault.New(fault.Invalid, "Split the folder.", "%s holds more than %d documents", f.Dir, MaxDocuments)
			}
			// One byte over the limit is read, so that the reader can say that it is.
			data, err := readUpTo(f.Place(name), document.MaxBytes+1)
			if err != nil {
				return nil, err
			}
			out = append(out, statement.Source{Name: path.Clean(name), Data: data})
		}
	}
	return out, nil
}

func readUpTo(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, store.FileError("the document", name, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, store.FileError("the document", name, err)
	}
	return data, nil
}

// Journal reads the logs. Their files, the mapping and the decisions are all looked
// at before the first row is read, and everything wrong with them is reported.
func (f *Folder) Journal(ctx context.Context, book *statement.Book, progress store.Progress) (*eventlog.Result, error) {
	options := eventlog.Options{Location: book.Zones.Location, Workers: f.Workers, Progress: progress}
	names(&options, book.Estate)
	mapping, err := f.mapping()
	decisions, err2 := f.decisions()
	salt, err3 := f.salt()
	inputs, closeAll, err4 := f.open(ctx)
	defer closeAll()
	if err := all(err, err2, err3, err4); err != nil {
		return nil, err
	}
	options.Decisions, options.Salt = decisions, salt
	result, err := eventlog.Read(inputs, mapping, options)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return result, err
}

// all joins errors, one a line; findings stay findings where there is nothing else.
func all(errs ...error) error {
	var findings fault.Findings
	var rest []error
	for _, err := range errs {
		var more fault.Findings
		switch {
		case err == nil:
		case errors.As(err, &more):
			findings = append(findings, more...)
		default:
			rest = append(rest, err)
		}
	}
	if len(rest) == 0 {
		return findings.Err()
	}
	return errors.Join(append(rest, findings.Err())...)
}

func (f *Folder) mapping() (*eventlog.Mapping, error) {
	if f.Mapping == "" {
		return nil, nil
	}
	data, err := store.ReadFile("the mapping", f.Mapping, document.MaxBytes)
	if err != nil {
		return nil, err
	}
	m, findings := eventlog.ReadMapping(f.Mapping, data)
	return m, findings.Err()
}

func (f *Folder) decisions() (*eventlog.Decisions, error) {
	if f.Decisions == "" {
		return nil, nil
	}
	data, err := store.ReadFile("the file of decisions", f.Decisions, eventlog.MaxDecisionBytes)
	if err != nil {
		return nil, err
	}
	d, findings := eventlog.ReadDecisions(f.Decisions, data)
	return d, findings.Err()
}

func (f *Folder) salt() ([]byte, error) {
	if f.Salt == "" {
		return nil, nil
	}
	data, err := store.ReadFile("the salt", f.Salt, MaxSalt)
	if err != nil {
		return nil, err
	}
	salt := strings.TrimRight(string(data), "\r\n")
	if len(salt) < 16 {
		return nil, fault.New(fault.Invalid, "Put at least 16 random bytes into it.", "the salt %s is so short that names could be guessed", f.Salt)
	}
	return []byte(salt), nil
}

// open opens the logs. Plain files can be read at several places at once; anything
// else, such as a pipe, is read from its beginning to its end.
func (f *Folder) open(ctx context.Context) ([]eventlog.Input, func(), error) {
	var inputs []eventlog.Input
	var files []*os.File
	var errs []error
	closeAll := func() {
		for _, file := range files {
			file.Close()
		}
	}
	for _, name := range f.Logs {
		file, err := os.Open(name)
		if err != nil {
			errs = append(errs, store.FileError("the log", name, err))
			continue
		}
		files = append(files, file)
		info, err := file.Stat()
		switch {
		case err != nil:
			errs = append(errs, store.FileError("the log", name, err))
		case info.IsDir():
			errs = append(errs, fault.New(fault.Invalid, "Name its files.", "the log %s is a folder", name))
		case info.Mode().IsRegular():
			inputs = append(inputs, eventlog.Input{Name: name, ReaderAt: readerAt{ctx, file}, Size: info.Size()})
		default:
			inputs = append(inputs, eventlog.Input{Name: name, Reader: reader{ctx, file}})
		}
	}
	if len(f.Logs) == 0 {
		errs = append(errs, fault.New(fault.Invalid, "Name its files.", "there is no log to read"))
	}
	return inputs, closeAll, errors.Join(errs...)
}

// reader reads until the context is done.
type reader struct {
	ctx  context.Context
	from io.Reader
}

// Read reads on, or returns why it may not.
func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, fmt.Errorf("reading was stopped: %w", err)
	}
	return r.from.Read(b)
}

// readerAt is reader for files.
type readerAt struct {
	ctx  context.Context
	from io.ReaderAt
}

// ReadAt reads at a place, or returns why it may not.
func (r readerAt) ReadAt(b []byte, at int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, fmt.Errorf("reading was stopped: %w", err)
	}
	return r.from.ReadAt(b, at)
}
