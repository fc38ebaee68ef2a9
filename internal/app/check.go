package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"towerbridge/calendar"
	"towerbridge/document"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
	"towerbridge/worked"
)

// Checked is what was found below a folder.
type Checked struct {
	Books     int            // folders with an estate, or with contracts that lack one
	Documents int            // estates, calendars, contracts and mappings
	Findings  fault.Findings // in the order of files and lines; of documents and of worked examples
	Examples  Examples
}

// book is the documents of one folder.
type book struct {
	folder  string
	sources []statement.Source
}

// Check checks every document below a folder: each folder that holds an estate.yaml,
// or contracts without one, is a book whose documents are checked against each other.
// It runs every worked example; with update, it also says how those would read whose
// expectations do not hold. place turns a path of the tree into the one that a person
// knows. The error says why the tree could not be read.
func Check(ctx context.Context, tree fs.FS, place func(string) string, update bool) (*Checked, error) {
	t := &treeReader{ctx: ctx, tree: tree, place: place, books: map[string]*book{}}
	if err := fs.WalkDir(tree, ".", t.visit); err != nil {
		return nil, err
	}
	out := &Checked{}
	for _, folder := range slices.Sorted(maps.Keys(t.books)) {
		b := t.books[folder]
		out.Documents += len(b.sources)
		if !b.isBook() {
			out.Findings = append(out.Findings, b.strays()...)
			continue
		}
		out.Books++
		out.Findings = append(out.Findings, b.check()...)
	}
	out.examples(t.examples, update)
	if out.Documents == 0 && len(t.examples) == 0 {
		out.Findings = append(out.Findings, ruleNothingToCheck.At(fault.Position{File: "."}, "", "no estate.yaml and no worked example is below it"))
	}
	out.Findings = placed(out.Findings, place)
	out.Findings.Sort()
	for i := range out.Examples.Failures {
		out.Examples.Failures[i].File = place(out.Examples.Failures[i].File)
	}
	for i := range out.Examples.Updated {
		out.Examples.Updated[i].Name = place(out.Examples.Updated[i].Name)
	}
	return out, nil
}

// treeReader gathers the documents and worked examples of a tree.
type treeReader struct {
	ctx      context.Context
	tree     fs.FS
	place    func(string) string
	books    map[string]*book
	examples []statement.Source
}

// visit reads a file where it is a document or a worked example. Hidden folders and
// those of package managers are passed over.
func (t *treeReader) visit(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return store.FileError("the folder", t.place(name), err)
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if d.IsDir() {
		if base := d.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "node_modules") {
			return fs.SkipDir
		}
		return nil
	}
	if path.Ext(name) == ".worked" {
		source, err := t.read(name, worked.MaxBytes)
		t.examples = append(t.examples, source)
		return err
	}
	folder, inner := split(name)
	if inner == "" {
		return nil
	}
	source, err := t.read(name, document.MaxBytes)
	if err != nil {
		return err
	}
	source.Name = inner
	b := t.books[folder]
	if b == nil {
		b = &book{folder: folder}
		t.books[folder] = b
	}
	b.sources = append(b.sources, source)
	return nil
}

// split tells a document's book from its name within the book; the name is empty
// where the file is no document.
func split(name string) (folder, inner string) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if base == "estate.yaml" {
		return dir, base
	}
	switch kind := path.Base(dir); kind {
	case "calendars", "contracts", "mappings":
		if path.Ext(base) == ".yaml" {
			return path.Dir(dir), kind + "/" + base
		}
	}
	return "", ""
}

// read reads a file up to one byte above a limit, so that whoever reads the content
// can say that it is too long.
func (t *treeReader) read(name string, most int64) (statement.Source, error) {
	f, err := t.tree.Open(name)
	if err != nil {
		return statement.Source{}, store.FileError("the file", t.place(name), err)
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return statement.Source{}, store.FileError("the file", t.place(name), err)
	}
	return statement.Source{Name: name, Data: data}, nil
}

// isBook reports whether the folder is one whose documents belong together.
func (b *book) isBook() bool {
	return slices.ContainsFunc(b.sources, func(s statement.Source) bool {
		return s.Name == "estate.yaml" || strings.HasPrefix(s.Name, "contracts/")
	})
}

// strays checks calendars and mappings that no estate is beside, each by itself.
func (b *book) strays() fault.Findings {
	var out fault.Findings
	for _, s := range b.sources {
		name := path.Join(b.folder, s.Name)
		if strings.HasPrefix(s.Name, "calendars/") {
			_, findings := calendar.Read(name, s.Data)
			out = append(out, findings...)
		}
	}
	return append(out, b.mappings()...)
}

// check checks the documents of a book against each other.
func (b *book) check() fault.Findings {
	read, findings := statement.ReadBook(b.sources, calendar.Shipped())
	if read.Estate != nil {
		findings = append(findings, missing(read, findings)...)
	}
	findings = placed(findings, func(name string) string { return path.Join(b.folder, name) })
	return append(findings, b.mappings()...)
}

// missing reports what the estate refers to and the book does not have. Where some
// calendar or contract could not be read, nothing is said of that kind: it may be that one.
func missing(read *statement.Book, found fault.Findings) fault.Findings {
	broken := func(folder string) bool {
		return slices.ContainsFunc(found, func(f fault.Finding) bool { return strings.HasPrefix(f.Position.File, folder) })
	}
	calendars, contracts := broken("calendars/"), broken("contracts/")
	var out fault.Findings
	for _, r := range read.Estate.References() {
		ok := true
		switch r.Kind {
		case "calendar":
			ok = calendars || read.Calendars[r.ID] != nil
		case "contract":
			ok = contracts || read.Contracts[r.ID] != nil
		case "zone":
			_, err := read.Zones.Location(r.ID)
			ok = err == nil
		}
		if !ok {
			out = append(out, r.Missing())
		}
	}
	return out
}

func (b *book) mappings() fault.Findings {
	var out fault.Findings
	for _, s := range b.sources {
		if strings.HasPrefix(s.Name, "mappings/") {
			_, findings := eventlog.ReadMapping(path.Join(b.folder, s.Name), s.Data)
			out = append(out, findings...)
		}
	}
	return out
}
