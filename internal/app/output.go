package app

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"towerbridge/fault"
)

// Output is a set of files that are all written, or none: each is written whole
// under a temporary name, and they get their own names together at the end.
//
//	out := NewOutput(dir)
//	defer out.Discard()      // after a Commit there is nothing to discard
//	out.Add("a.html", ...)
//	out.Commit()
type Output struct {
	dir     string
	made    []string // folders that had to be made, the outermost first
	pending []pending
}

type pending struct{ temporary, final string }

// NewOutput returns an empty set of files in a folder, which is made when the first
// file is added.
func NewOutput(dir string) *Output { return &Output{dir: dir} }

// Add writes a file of the set's folder under a temporary name.
func (o *Output) Add(name string, write func(io.Writer) error) error {
	return o.AddAt(filepath.Join(o.dir, name), write)
}

// AddAt is [Output.Add] of a file at any path.
func (o *Output) AddAt(final string, write func(io.Writer) error) error {
	dir := filepath.Dir(final)
	if err := o.makeDir(dir); err != nil {
		return outputError(dir, err)
	}
	if slices.ContainsFunc(o.pending, func(p pending) bool { return p.final == final }) {
		return fault.New(fault.Invalid, "Name one of the two differently.", "two files would be called %s", final)
	}
	if info, err := os.Stat(final); err == nil && !info.Mode().IsRegular() {
		return fault.New(fault.Invalid, "Move it away, or name another folder.", "%s is in the way: it is not a plain file", final)
	}
	f, err := os.CreateTemp(dir, ".towerbridge-*.tmp")
	if err != nil {
		return outputError(o.dir, err)
	}
	o.pending = append(o.pending, pending{f.Name(), final})
	buffered := bufio.NewWriterSize(f, 1<<16)
	if err := write(buffered); err != nil {
		f.Close()
		return err
	}
	err = errors.Join(buffered.Flush(), f.Chmod(0o644), f.Close())
	if err != nil {
		return outputError(final, err)
	}
	return nil
}

// Names returns the files' final names, in the order in which they were added.
func (o *Output) Names() []string {
	out := make([]string, len(o.pending))
	for i, p := range o.pending {
		out[i] = p.final
	}
	return out
}

// Commit gives the files their names.
func (o *Output) Commit() error {
	for _, p := range o.pending {
		if err := os.Rename(p.temporary, p.final); err != nil {
			return outputError(p.final, err)
		}
	}
	o.pending, o.made = nil, nil
	return nil
}

// Discard removes what was not committed, and the folders that were made for it.
func (o *Output) Discard() {
	for _, p := range o.pending {
		os.Remove(p.temporary)
	}
	for i := len(o.made) - 1; i >= 0; i-- {
		os.Remove(o.made[i]) // leaves one that holds anything
	}
	o.pending, o.made = nil, nil
}

// makeDir makes a folder and those above it that are missing.
func (o *Output) makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("it is not a folder")}
		}
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := o.makeDir(parent); err != nil {
			return err
		}
	}
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		o.made = append(o.made, dir)
	}
	return err
}

func outputError(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fault.Wrap(fault.Unavailable, err, "%s cannot be written", name)
}
