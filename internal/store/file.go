package store

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"towerbridge/fault"
)

// ReadFile reads a file that a person named, up to a number of bytes. what is the
// word for it in messages: the bundle, the key. The error is a fault.Error: NotFound
// where there is no such file, Invalid where it is longer, otherwise Unavailable.
func ReadFile(what, path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, FileError(what, path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, FileError(what, path, err)
	}
	if int64(len(data)) > most {
		return nil, fault.New(fault.Invalid, "Check that it is the file you meant.", "%s %s is longer than %d bytes", what, path, most)
	}
	return data, nil
}

// FileError says in one sentence why a file that a person named cannot be read.
func FileError(what, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "Check its name.", "%s %s does not exist", what, path)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Unavailable, "Ask for leave to read it.", "%s %s may not be read", what, path)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fault.Wrap(fault.Unavailable, err, "%s %s cannot be read", what, path)
}
