package eventlog

import (
	"io"
	"sync"
)

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
