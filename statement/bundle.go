package statement

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"towerbridge/calendar"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/journal"
)

// Limits of a bundle, for writing and for reading. A bundle comes from the other
// party, so nothing in it is believed before these hold.
const (
	MaxBundle    = 1 << 30  // bytes of the archive
	MaxFiles     = 4096     // files in it
	MaxFile      = 4 << 30  // bytes of entries.ndjson, unpacked; about ten million entries
	MaxDocuments = 64 << 20 // bytes of all files but entries.ndjson and statement.json together, unpacked
	MaxRatio     = 200      // times that a file may grow when it is unpacked, beyond the first MiB
)

// Bundle is a bundle that was opened: every file in it is what its manifest lists,
// and every entry has the digest that its line states. That shows only that it is
// whole; whether it is right is what [Verify] finds out.
type Bundle struct {
	Statement *Statement // as recorded
	Entries   int        // lines of entries.ndjson

	// Journal is what was known of the statement's tickets at its instant, and
	// nothing of any other ticket.
	Journal *journal.Journal

	files map[string][]byte // but entries.ndjson
}

// Open reads a bundle and checks everything about it that can be checked without
// computing, reading each file once. The error says which file is wrong; in entries.ndjson it is the first
// entry that does not have its digest, by ticket, key and line. Its kind is
// [fault.Disagrees] where something was changed and [fault.Invalid] where it is not
// a bundle at all.
func Open(r io.ReaderAt, size int64) (*Bundle, error) {
	if size > MaxBundle {
		return nil, fault.New(fault.Invalid, "Check that it is the file you meant.", "the bundle has %d bytes, more than the %d allowed", size, MaxBundle)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		e := fault.Wrap(fault.Invalid, err, "this is not a bundle, or the end of it is missing")
		e.Remedy = "Check that it is the file you meant, or fetch it again."
		return nil, e
	}
	b := &Bundle{files: map[string][]byte{}}
	// Some zip programs list the folders too; those of a bundle hold nothing.
	archive.File = slices.DeleteFunc(archive.File, isFolder)
	files, err := admit(archive.File)
	if err != nil {
		return nil, err
	}
	text, err := unpack(files[manifestName])
	if err != nil {
		return nil, err
	}
	m, err := readManifest(text)
	if err != nil {
		return nil, err
	}
	b.files[manifestName] = text
	if err := m.same(files); err != nil {
		return nil, err
	}
	if err := b.readEntries(files[entriesName], m); err != nil {
		return nil, err
	}
	if err := b.readFiles(archive.File, m); err != nil {
		return nil, err
	}
	if err := b.readRecord(m); err != nil {
		return nil, err
	}
	return b, nil
}

// readFiles reads all files but the entries, in the order of the archive.
func (b *Bundle) readFiles(files []*zip.File, m *manifest) error {
	for _, f := range files {
		if f.Name == manifestName || f.Name == entriesName {
			continue
		}
		data, err := unpack(f)
		if err == nil && f.Name != noteName {
			err = m.check(f.Name, sha256.Sum256(data), int64(len(data)))
		}
		if err != nil {
			return err
		}
		b.files[f.Name] = data
	}
	return nil
}

// isFolder reports whether the archive lists one of a bundle's own folders.
func isFolder(f *zip.File) bool {
	name, slash := strings.CutSuffix(f.Name, "/")
	zone, isZone := strings.CutPrefix(name, "zones/")
	ours := slices.Contains([]string{"calendars", "holidays", "zones"}, name) || isZone && zoneForm.MatchString(zone)
	return slash && f.UncompressedSize64 == 0 && f.Mode().IsDir() && ours
}

// admit checks the archive's list of files before any is read, and returns them by
// name.
func admit(files []*zip.File) (map[string]*zip.File, error) {
	if len(files) > MaxFiles {
		return nil, fault.New(fault.Invalid, "Check that it is the file you meant.", "the bundle has %d files, more than the %d allowed", len(files), MaxFiles)
	}
	seen := map[string]*zip.File{}
	var documents uint64
	for _, f := range files {
		switch {
		case !known(f.Name) || !f.Mode().IsRegular():
			return nil, fault.New(fault.Invalid, "Ask for the bundle as it was issued.", "%.200q is no file of a bundle", f.Name)
		case seen[f.Name] != nil:
			return nil, fault.New(fault.Invalid, "Ask for the bundle as it was issued.", "%s is in the bundle twice", f.Name)
		case f.Method != zip.Deflate && f.Method != zip.Store || f.Flags&1 != 0:
			return nil, fault.New(fault.Invalid, "Pack it with deflate and without a password.", "%s is packed in a way that bundles are not", f.Name)
		}
		seen[f.Name] = f
		if f.Name != entriesName && f.Name != recordName {
			documents = min(documents+f.UncompressedSize64, 1<<60)
		}
		if err := admitSize(f.Name, f.CompressedSize64, f.UncompressedSize64); err != nil {
			return nil, err
		}
	}
	if documents > MaxDocuments {
		return nil, fault.New(fault.Invalid, "Check that it is the file you meant.", "the documents of the bundle have %d bytes, more than the %d allowed", documents, MaxDocuments)
	}
	for _, name := range []string{manifestName, recordName, contractName, estateName, versionName, entriesName} {
		if seen[name] == nil {
			return nil, fault.New(fault.Invalid, "Ask for the bundle as it was issued.", "%s is missing from the bundle", name)
		}
	}
	return seen, nil
}

// tooBig is what to do about a file that unpacks to more than it may.
const tooBig = "Do not unpack it; ask for the bundle as it was issued."

// admitSize checks a file's size and how much it grows.
func admitSize(name string, kept, size uint64) *fault.Error {
	if most := mostBytes(name); size > most {
		return fault.New(fault.Invalid, tooBig, "%s has %d bytes unpacked, more than the %d allowed", name, size, most)
	}
	if size > 1<<20 && (size-1<<20)/MaxRatio > kept {
		return fault.New(fault.Invalid, tooBig, "%s grows from %d bytes to %d, more than %d times", name, kept, size, MaxRatio)
	}
	return nil
}

func mostBytes(name string) uint64 {
	switch folder, _, _ := strings.Cut(name, "/"); {
	case name == entriesName:
		return MaxFile
	case name == recordName:
		return MaxRecord
	case folder == "zones":
		return calendar.MaxZoneBytes
	case folder == "holidays":
		return calendar.MaxSetBytes
	}
	return document.MaxBytes
}

// shorter is what to do about a bundle that would be too large to be read.
const shorter = "Draw shorter periods, or move what is not used out of the estate."

// withinLimits applies the limits of reading to a bundle that is to be written.
func withinLimits(files []*packed) error {
	var total, documents int64
	for _, f := range files {
		if err := admitSize(f.name, uint64(f.kept), uint64(f.size)); err != nil {
			err.Remedy = shorter
			return err
		}
		total += f.kept
		if f.name != entriesName && f.name != recordName {
			documents += f.size
		}
	}
	if len(files) > MaxFiles || total > MaxBundle-1<<20 || documents > MaxDocuments {
		return fault.New(fault.Invalid, shorter,
			"the bundle would have %d files of %d bytes with %d bytes of documents, more than the limits allow", len(files), total, documents)
	}
	return nil
}

var zoneForm = regexp.MustCompile(`^[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}$`)

// known reports whether a bundle has files of a name. No such name climbs, begins
// with a stroke or ends with one.
func known(name string) bool {
	switch folder, rest, _ := strings.Cut(name, "/"); {
	case folder == "calendars":
		id, ok := strings.CutSuffix(rest, ".yaml")
		return ok && plainForm.MatchString(id)
	case folder == "holidays":
		set, ok := strings.CutSuffix(rest, ".csv")
		return ok && plainForm.MatchString(set)
	case folder == "zones":
		return zoneForm.MatchString(rest)
	}
	return slices.Contains([]string{recordName, contractName, estateName, entriesName, manifestName, noteName}, name)
}

// same checks that the archive has the files of the manifest and no others.
func (m *manifest) same(files map[string]*zip.File) error {
	const remedy = "Ask for the bundle as it was issued."
	listed := map[string]bool{manifestName: true, noteName: true}
	for _, x := range m.files {
		if listed[x.name] || files[x.name] == nil {
			return fault.New(fault.Disagrees, remedy, "%s lists %.200q, which is not in the bundle, or twice", manifestName, x.name)
		}
		listed[x.name] = true
	}
	for name := range files {
		if !listed[name] {
			return fault.New(fault.Disagrees, remedy, "%s is in the bundle but not in %s", name, manifestName)
		}
	}
	return nil
}

// unpack reads a file that is kept in memory.
func unpack(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, damaged(f.Name, err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(len(data)) != f.UncompressedSize64 {
		err = errors.New("its size is not the one stated")
	}
	if err != nil {
		return nil, damaged(f.Name, err)
	}
	return data, nil
}

func damaged(name string, err error) error {
	e := fault.Wrap(fault.Disagrees, err, "%s is damaged in the archive", name)
	e.Remedy = "Ask for the bundle as it was issued."
	return e
}

// readRecord reads the statement, which must be written as the program writes it.
func (b *Bundle) readRecord(m *manifest) error {
	s, err := Decode(b.files[recordName])
	if err != nil {
		return err
	}
	if !bytes.Equal(Encode(s), b.files[recordName]) {
		return fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s is not written as records are", recordName)
	}
	if s.Digest != m.statement {
		return fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s is for the statement %.100q, %s is %s", manifestName, m.statement, recordName, s.Digest)
	}
	b.Statement = s
	return nil
}

// Book reads the documents of the bundle, with its own zones and bank holidays.
func (b *Bundle) Book() (*Book, error) {
	zones, sets := map[string][]byte{}, map[string]calendar.Set{}
	var sources []Source
	for name, data := range b.files {
		folder, rest, _ := strings.Cut(name, "/")
		switch {
		case name == versionName, name == recordName, name == manifestName, name == noteName:
		case folder == "zones":
			zones[rest] = data
		case folder == "holidays":
			id := strings.TrimSuffix(rest, path.Ext(rest))
			set, err := calendar.ParseSet(id, data)
			if err != nil {
				return nil, err
			}
			sets[id] = set
		case name == contractName:
			sources = append(sources, Source{"contracts/" + name, data})
		default:
			sources = append(sources, Source{name, data})
		}
	}
	table, err := calendar.FromData(strings.TrimSuffix(string(b.files[versionName]), "\n"), zones)
	if err != nil {
		return nil, err
	}
	book, findings := ReadBookWith(sources, table, func(name string) (calendar.Set, bool) { s, ok := sets[name]; return s, ok })
	return book, findings.Err()
}

// Order returns what to ask of [Draw], with the bundle's book and journal, for the
// same statement: the earlier results are trusted as the record has them.
func (b *Bundle) Order() Order {
	s := b.Statement
	return Order{Contract: s.Contract, Period: s.Period, AsOf: &s.AsOf, Supersedes: s.Supersedes, given: &s.Earlier}
}
