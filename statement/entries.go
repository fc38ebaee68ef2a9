package statement

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"strconv"
	"sync"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/journal"
)

var changedEntry = fault.Declare(1805, "an entry of a bundle does not have its digest",
	"The entry was changed after the bundle was issued; ask for the bundle as it was issued.")

// readEntries unpacks entries.ndjson once: while its lines are checked they are read
// into a journal. A line whose digest is wrong is named before anything else that is
// wrong with the file, damage of the archive included.
func (b *Bundle) readEntries(f *zip.File, m *manifest) error {
	raw, err := f.OpenRaw()
	if err != nil {
		return damaged(entriesName, err)
	}
	if f.Method == zip.Deflate {
		raw = flate.NewReader(raw)
	}
	c := entryCheck{in: io.LimitReader(raw, int64(f.UncompressedSize64)+1)}
	journal, unread, err := c.run()
	if c.bad != nil {
		return fault.Wrap(fault.Disagrees, *c.bad, "an entry was changed")
	}
	if err == nil && (c.crc != f.CRC32 || uint64(c.size) != f.UncompressedSize64) {
		err = errors.New("its size or checksum is not the one stated")
	}
	if err != nil {
		return damaged(entriesName, err)
	}
	if err := m.check(entriesName, c.sum, c.size); err != nil {
		return err
	}
	if unread != nil {
		return fault.Wrap(fault.Invalid, unread, "the entries of the bundle cannot be read")
	}
	b.Entries, b.Journal = c.lines, journal
	return nil
}

// entryCheck reads lines in lumps, which several goroutines check.
type entryCheck struct {
	in    io.Reader
	lines int
	size  int64
	crc   uint32
	sum   [sha256.Size]byte
	mu    sync.Mutex
	bad   *fault.Finding // the first
}

// lump is some whole lines and the number of lines before them.
type lump struct {
	before int
	text   []byte
}

const lumpSize = 1 << 20

// run returns the journal of the lines, or why they are none, and apart from that
// the error of the reader if it has one.
func (c *entryCheck) run() (j *journal.Journal, unread, err error) {
	lumps, texts := make(chan lump), make(chan []byte, 4)
	var all sync.WaitGroup
	all.Go(func() {
		j, unread = readJournal(&lumpReader{lumps: texts})
		for range texts { // when it is given up the rest is still checked
		}
	})
	for range count(0) {
		all.Go(func() {
			var scratch []byte
			for l := range lumps {
				scratch = c.check(l, scratch)
			}
		})
	}
	err = c.read(func(l lump) {
		lumps <- l
		texts <- l.text
	})
	close(lumps)
	close(texts)
	all.Wait()
	return j, unread, err
}

// lumpReader reads lumps as one stream.
type lumpReader struct {
	lumps <-chan []byte
	rest  []byte
}

func (r *lumpReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		var more bool
		if r.rest, more = <-r.lumps; !more {
			return 0, io.EOF
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// readJournal reads lines of the journal's open form, every one of which is an entry.
func readJournal(in io.Reader) (*journal.Journal, error) {
	first := make([]byte, 1)
	n, _ := io.ReadFull(in, first) // an error is found again below
	if n == 1 && first[0] != '{' {
		return nil, fault.New(fault.Invalid, "Ask for the bundle as it was issued.", "%s does not begin with an entry", entriesName) // nor is it unpacked again
	}
	all := eventlog.Input{Name: entriesName, Reader: io.MultiReader(bytes.NewReader(first[:n]), in)}
	result, err := eventlog.Read([]eventlog.Input{all}, nil, eventlog.Options{})
	if err != nil {
		return nil, err
	}
	if result.Acts > 0 {
		return nil, fault.New(fault.Invalid, "Ask for the bundle as it was issued.", "%s has %d lines that are no entries of a ticket", entriesName, result.Acts)
	}
	return result.Journal, result.Findings().Err()
}

// read gives lump after lump to be checked.
func (c *entryCheck) read(give func(lump)) error {
	sum := sha256.New()
	var rest []byte
	for {
		buf := make([]byte, len(rest)+lumpSize)
		n, err := io.ReadFull(c.in, buf[copy(buf, rest):])
		fresh := buf[len(rest) : len(rest)+n]
		sum.Write(fresh)
		c.crc = crc32.Update(c.crc, crc32.IEEETable, fresh)
		c.size += int64(n)
		buf = buf[:len(rest)+n]
		end := bytes.LastIndexByte(buf, '\n') + 1
		if err != nil {
			end = len(buf) // what follows the last line end is a line that is cut off
		}
		if end > 0 {
			give(lump{c.lines, buf[:end]})
			c.lines += bytes.Count(buf[:end], []byte{'\n'})
		}
		rest = buf[end:]
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF && !c.cut(err):
			c.sum = [sha256.Size]byte(sum.Sum(nil))
			return nil
		case err != nil:
			return err
		case len(rest) > eventlog.MaxLine:
			return errors.New("line " + strconv.Itoa(c.lines+1) + " is longer than any entry")
		case c.found():
			return nil
		}
	}
}

// cut reports whether the compressed stream itself ended too early, which io.ReadFull
// reports as it does a lump that is not full.
func (c *entryCheck) cut(err error) bool {
	_, again := c.in.Read(make([]byte, 1))
	return again == err
}

func (c *entryCheck) found() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bad != nil
}

// check looks for the first line of a lump that does not have its digest.
func (c *entryCheck) check(l lump, scratch []byte) []byte {
	for number := l.before + 1; len(l.text) > 0; number++ {
		var line []byte
		line, l.text, _ = bytes.Cut(l.text, []byte{'\n'})
		var ok bool
		if ok, scratch = holds(line, scratch); ok {
			continue
		}
		f := changedEntry.At(fault.Position{File: entriesName, Line: number}, "digest", "%s", wrong(line))
		c.mu.Lock()
		if c.bad == nil || number < c.bad.Position.Line {
			c.bad = &f
		}
		c.mu.Unlock()
		break
	}
	return scratch
}

// digestTail is the length of what an entry's digest adds to its line.
const digestTail = len(digestMember) + len("sha256:") + 2*sha256.Size + len(`"`)

// holds reports whether a line ends with the digest of what it is without it.
func holds(line, scratch []byte) (ok bool, used []byte) {
	at := len(line) - digestTail - 1
	if at < 0 || line[len(line)-1] != '}' {
		return false, scratch
	}
	scratch = append(append(scratch[:0], line[:at]...), '}')
	sum := sha256.Sum256(scratch)
	var want [digestTail]byte
	b := append(append(want[:0], digestMember...), "sha256:"...)
	b = append(hex.AppendEncode(b, sum[:]), '"')
	return bytes.Equal(b, line[at:len(line)-1]), scratch
}

// wrong says which entry does not have its digest, as far as that can still be read.
func wrong(line []byte) string {
	name := "the entry"
	if key := textOf(line, "key"); key != "" {
		name = "entry " + key
	}
	if ticket := textOf(line, "ticket"); ticket != "" {
		name += " of ticket " + ticket
	}
	return name + " does not have the digest that its line states"
}

// textOf finds a member's text, in quotes, in a line that may be no JSON any more;
// empty if there is none.
func textOf(line []byte, member string) string {
	_, rest, ok := bytes.Cut(line, []byte(`"`+member+`":"`))
	if !ok {
		return ""
	}
	end := 0
	for end < len(rest) && end < 100 && rest[end] != '"' {
		if rest[end] == '\\' {
			end++
		}
		end++
	}
	return strconv.Quote(string(rest[:min(end, len(rest))]))
}
