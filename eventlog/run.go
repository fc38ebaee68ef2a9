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

// inOrder reports whether a row's meaning depends on all rows before it, so that
// one worker must read all rows in order.
func (p *plan) inOrder() bool {
	return p.m.Format == NDJSON || p.opt.Decisions.Len() > 0 || p.whole
}

// read cuts the log into stretches and reads them.
func (r *run) read() error {
	r.files = make([][]*stretch, len(r.in))
	var findings fault.Findings
	inOrder := r.p.inOrder()
	var shared *sink
	if inOrder {
		shared = newSink(r.p, "")
	}
	for i := range r.in {
		var err error
		if r.files[i], err = r.cut(i, shared, max(1, r.p.opt.Workers)); err == nil {
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
	workers := r.p.opt.Workers
	if inOrder {
		workers = 1
	}
	r.work(slices.Concat(r.files...), workers)
	for i, file := range r.files {
		if slices.ContainsFunc(file, func(st *stretch) bool { return st.err == errSplit }) {
			whole, err := r.cut(i, shared, 0)
			if err != nil {
				return err
			}
			r.work(whole, 1)
			r.files[i] = whole
		}
	}
	for _, st := range slices.Concat(r.files...) {
		var more fault.Findings
		if errors.As(st.err, &more) {
			findings = append(findings, more...)
		} else if st.err != nil {
			return st.err
		}
	}
	return findings.Err()
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
// CSV that can be read at any place, and not where no workers are at hand for it.
func (r *run) cut(i int, shared *sink, workers int) ([]*stretch, error) {
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
	switch r.p.m.Format {
	case XES:
		x := newXESReader(in.Name, plain, s)
		return []*stretch{{sink: s, read: x.read, lines: zero}}, nil
	case NDJSON:
		n := newLineReader(in.Name, plain, s)
		return []*stretch{{sink: s, read: n.read, lines: zero}}, nil
	}
	c := newCSVReader(in.Name, plain, r.p.m.Delimiter[0], s)
	if err := c.header(); err != nil {
		return nil, err
	}
	if in.ReaderAt == nil || zipped || shared != nil || workers < 1 {
		return []*stretch{r.csv(c)}, nil
	}
	return r.cutCSV(in, c)
}

func zero() int64 { return 0 }

// csv makes a reader that stands after its header a stretch.
func (r *run) csv(c *csvReader) *stretch {
	return &stretch{sink: c.sink, lines: func() int64 { return c.lines }, read: func() error {
		c.sink.file = c.file
		c.sink.raw = newCombos() // columns may stand in another order than in the file before
		return c.rows()
	}}
}

// cutCSV cuts a file at line ends. The first reader has read the header.
func (r *run) cutCSV(in Input, head *csvReader) ([]*stretch, error) {
	start := int64(head.lo) // the header lies within the first lump that was read
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
	var out []*stretch
	for k := range len(cuts) - 1 {
		section := io.NewSectionReader(in.ReaderAt, cuts[k], cuts[k+1]-cuts[k])
		c := &csvReader{
			file: in.Name, in: r.progress.count(section), delim: head.delim, whole: k == len(cuts)-2,
			layout: head.layout, sink: head.sink,
		}
		if k == 0 {
			c.lines = head.lines
		} else {
			c.sink = newSink(r.p, in.Name)
		}
		st := r.csv(c)
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

// progress tells how much has been read.
type progress struct {
	mu          sync.Mutex
	done, total int64
	tell        func(done, total int64)
}

func newProgress(in []Input, tell func(done, total int64)) *progress {
	p := &progress{tell: tell}
	for _, x := range in {
		if x.Size <= 0 {
			p.total = 0
			break
		}
		p.total += x.Size
	}
	return p
}

// count returns a reader whose bytes are counted.
func (p *progress) count(in io.Reader) io.Reader {
	if p.tell == nil {
		return in
	}
	return &counted{in, p}
}

type counted struct {
	in io.Reader
	p  *progress
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	if n > 0 {
		c.p.mu.Lock()
		if c.p.done += int64(n); c.p.total > 0 {
			c.p.done = min(c.p.done, c.p.total) // a file read twice counts once
		}
		c.p.tell(c.p.done, c.p.total)
		c.p.mu.Unlock()
	}
	return n, err
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

// order puts what the stretches have gathered in order.
func (r *Result) order(absent map[string]int, sinks int) {
	for column, n := range absent {
		if n == sinks {
			r.Absent = append(r.Absent, column)
		}
	}
	slices.Sort(r.Absent)
	slices.SortStableFunc(r.Held, func(a, b HeldRow) int { return cmp.Compare(a.Row, b.Row) })
	slices.SortStableFunc(r.Details, func(a, b RefusedRow) int { return cmp.Compare(a.Row, b.Row) })
}
