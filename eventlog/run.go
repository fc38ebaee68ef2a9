package eventlog

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"sync"

	"towerbridge/fault"
)

// stretchSize is about how many bytes of a CSV file are read as one stretch: many
// more than one for each worker, so that none waits long for another, and so that
// a stretch's tables stay in the processor's cache.
const stretchSize = 64 << 20

// errOrder says that the log must be read again, by one worker and in order: it was
// cut where it must not be, or its rows speak of each other.
var errOrder = errors.New("the log must be read in order")

// ordered reports whether what becomes of a row depends on all rows before it, so
// that one worker must read all of them. Keys given twice in NDJSON are rare: it is
// read as if there were none wherever it could be read again.
func (p *plan) ordered(in []Input) bool {
	return p.m.Format == NDJSON && !again(in) || p.opt.Decisions.Len() > 0 || p.whole
}

// again reports whether a log could be read a second time.
func again(in []Input) bool {
	return !slices.ContainsFunc(in, func(x Input) bool { return x.ReaderAt == nil })
}

// read cuts the log into stretches and reads them.
func (r *run) read() error {
	r.files = make([][]*stretch, len(r.in))
	var findings fault.Findings
	var shared *sink
	workers := r.p.opt.Workers
	if r.ordered {
		shared, workers = newSink(r.p, ""), 1
	}
	for i := range r.in {
		var err error
		if r.files[i], err = r.cut(i, shared); err == nil {
			continue
		}
		var more fault.Findings
		if !errors.As(err, &more) {
			return err
		}
		findings = append(findings, more...)
	}
	if len(findings) > 0 {
		return findings
	}
	r.work(slices.Concat(r.files...), workers)
	return r.failed()
}

// failed returns what went wrong in the stretches: of each file the first.
func (r *run) failed() error {
	var findings fault.Findings
	for _, file := range r.files {
		if slices.ContainsFunc(file, func(st *stretch) bool { return st.err == errSplit }) {
			return errOrder
		}
		var lines int64
		for _, st := range file {
			var more fault.Findings
			if errors.As(st.err, &more) {
				findings = append(findings, moved(more, lines)...)
				break
			}
			if st.err != nil {
				return st.err
			}
			lines += st.lines()
		}
	}
	return findings.Err()
}

// moved moves findings down by a number of lines.
func moved(findings fault.Findings, lines int64) fault.Findings {
	for i := range findings {
		if at := &findings[i].Position; at.Line > 0 {
			at.Line += int(lines)
		}
	}
	return findings
}

// work reads stretches by several workers, each taking the next.
func (r *run) work(all []*stretch, workers int) {
	next := make(chan *stretch, len(all))
	for _, st := range all {
		next <- st
	}
	close(next)
	var done sync.WaitGroup
	for range min(max(1, workers), max(1, len(all))) {
		done.Go(func() {
			for st := range next {
				st.err = st.read()
			}
		})
	}
	done.Wait()
}

// cut opens an input and cuts it into stretches: several only where it is plain
// text that can be read at any place, and again should the cuts be wrong.
func (r *run) cut(i int, shared *sink) ([]*stretch, error) {
	in := r.in[i]
	raw := in.Reader
	if in.ReaderAt != nil {
		raw = io.NewSectionReader(in.ReaderAt, 0, in.Size)
	}
	plain, zipped, err := r.open(raw, in.Name)
	if err != nil {
		return nil, err
	}
	s := shared
	if s == nil {
		s = newSink(r.p, in.Name)
	}
	cuttable := !r.ordered && !zipped && again(r.in)
	switch r.p.m.Format {
	case XES:
		x := newXESReader(in.Name, plain, s)
		return []*stretch{{sink: s, read: x.read, lines: zero}}, nil
	case NDJSON:
		if cuttable {
			return r.cutLines(in, s)
		}
		n := newLineReader(in.Name, plain, s)
		return []*stretch{{sink: s, read: n.read, lines: zero}}, nil
	}
	c := newCSVReader(in.Name, plain, r.p.m.Delimiter[0], s)
	if err := c.header(); err != nil {
		return nil, err
	}
	if cuttable {
		return r.cutCSV(in, c)
	}
	return []*stretch{csvStretch(c)}, nil
}

func zero() int64 { return 0 }

// csvStretch makes a reader that stands after its header a stretch.
func csvStretch(c *csvReader) *stretch {
	return &stretch{sink: c.sink, lines: func() int64 { return c.lines }, read: func() error {
		c.sink.file = c.file
		c.sink.raw = newCombos() // columns may stand in another order than in the file before
		return c.rows()
	}}
}

// cutCSV cuts a file of CSV. The first reader has read the header.
func (r *run) cutCSV(in Input, head *csvReader) ([]*stretch, error) {
	sections, err := r.sections(in, int64(head.lo)) // the header lies within the first lump that was read
	if err != nil {
		return nil, err
	}
	var out []*stretch
	for k, section := range sections {
		c := &csvReader{
			file: in.Name, in: section, delim: head.delim, whole: k == len(sections)-1,
			layout: head.layout, sink: head.sink,
		}
		if k == 0 {
			c.lines = head.lines
		} else {
			c.sink = newSink(r.p, in.Name)
		}
		st := csvStretch(c)
		read := st.read
		st.read = func() error { // its buffers live only while it is read
			c.buf, c.values = make([]byte, chunk+1), make([][]byte, len(r.p.slots))
			err := read()
			c.buf, c.ends = nil, nil
			return err
		}
		out = append(out, st)
	}
	return out, nil
}

// cutLines cuts a file of NDJSON.
func (r *run) cutLines(in Input, first *sink) ([]*stretch, error) {
	sections, err := r.sections(in, 0)
	if err != nil {
		return nil, err
	}
	var out []*stretch
	for k, section := range sections {
		n := newLineReader(in.Name, section, first)
		if k > 0 {
			n.sink = newSink(r.p, in.Name)
		}
		n.inside = k > 0
		n.sink.seen = nil // keys are compared once all are read
		out = append(out, &stretch{sink: n.sink, read: n.read, lines: func() int64 { return n.sink.line }})
	}
	return out, nil
}

// sections cuts a file at line ends, from a place on.
func (r *run) sections(in Input, start int64) ([]io.Reader, error) {
	pieces := (in.Size-start)/cmp.Or(r.p.opt.stretch, stretchSize) + 1
	cuts := []int64{start}
	for k := int64(1); k < pieces; k++ {
		at, err := nextLine(in.ReaderAt, start+(in.Size-start)*k/pieces, in.Size)
		if err != nil {
			return nil, unreadable(in.Name, err)
		}
		if at > cuts[len(cuts)-1] && at < in.Size {
			cuts = append(cuts, at)
		}
	}
	cuts = append(cuts, in.Size)
	var out []io.Reader
	for k := range len(cuts) - 1 {
		out = append(out, r.progress.count(io.NewSectionReader(in.ReaderAt, cuts[k], cuts[k+1]-cuts[k])))
	}
	return out, nil
}

// nextLine returns the place after the first line end at or after a place, or the
// size if there is none.
func nextLine(in io.ReaderAt, at, size int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for at < size {
		n, err := in.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
			return at + int64(i) + 1, nil
		}
		if at += int64(n); err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	return size, nil
}

// open returns a reader of the plain content, and whether it was compressed.
func (r *run) open(raw io.Reader, name string) (io.Reader, bool, error) {
	raw = r.progress.count(raw)
	magic := make([]byte, 2)
	n, err := io.ReadFull(raw, magic)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, false, unreadable(name, err)
	}
	all := io.MultiReader(bytes.NewReader(magic[:n]), raw)
	if n < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return all, false, nil
	}
	zipped, err := gzip.NewReader(all)
	if err != nil {
		return nil, true, unreadable(name, err)
	}
	return &unzipper{zipped}, true, nil
}

// unzipper marks the errors of a damaged compressed file.
type unzipper struct{ in io.Reader }

type damaged struct{ error }

func (u *unzipper) Read(b []byte) (int, error) {
	n, err := u.in.Read(b)
	if err == io.ErrUnexpectedEOF || err == gzip.ErrChecksum || err == gzip.ErrHeader {
		err = damaged{err}
	}
	return n, err
}

// cutOff reports whether an error says that a compressed file is cut or damaged.
func cutOff(err error) bool {
	var d damaged
	return errors.As(err, &d) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader)
}

// absent lists the columns of an XES log that no event had.
func (s *sink) absent() []string {
	var out []string
	for slot, column := range s.p.slots {
		if s.p.m.Format == XES && slot < len(s.had) && !s.had[slot] {
			out = append(out, column)
		}
	}
	return out
}
