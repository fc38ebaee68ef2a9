package eventlog

import (
	"encoding/binary"
	"math/bits"

	"towerbridge/journal"
)

// quick takes whole lines without quotes apart: first it finds where all fields
// end, eight bytes at a time, then it walks the list of ends in steps of the
// number of columns. It declines, having done nothing, where a line has another
// number of columns or is empty; the careful way then finds out which.
func (r *csvReader) quick(b []byte) bool {
	lines := r.index(b)
	n := r.layout.columns
	if lines*n != len(r.ends) {
		return false
	}
	for k := n - 1; k < len(r.ends); k += n {
		if b[r.ends[k]] != '\n' {
			return false
		}
	}
	q := quickRow{b: b, ends: r.ends, start: 0}
	s := r.sink
	for range lines {
		r.lines++
		s.line = r.lines
		s.rows++
		end := q.ends[n-1]
		if end > q.start && b[end-1] == '\r' {
			q.ends[n-1]--
		}
		r.takeQuick(&q)
		q.ends, q.start = q.ends[n:], end+1
	}
	s.flush()
	return true
}

// quickRow is one line: ends[i] is where its column i ends.
type quickRow struct {
	b     []byte
	ends  []uint32
	start uint32
}

// from returns where a column starts.
func (q *quickRow) from(column int) uint32 {
	if column == 0 {
		return q.start
	}
	return q.ends[column-1] + 1
}

func (q *quickRow) column(column int) []byte {
	return q.b[q.from(column):q.ends[column]]
}

// takeQuick makes a line an entry.
func (r *csvReader) takeQuick(q *quickRow) {
	s, l := r.sink, &r.layout
	var key []byte
	if len(l.runs) == 1 {
		key = q.b[q.from(l.runs[0][0]):q.ends[l.runs[0][1]]]
	} else {
		key = s.key[:0]
		for _, run := range l.runs {
			key = append(append(key, q.b[q.from(run[0]):q.ends[run[1]]]...), 0)
		}
		s.key = key
	}
	hash := hashBytes(key)
	c := s.raw.find(key, hash)
	if c == nil || s.p.whole {
		for slot, column := range l.at {
			r.values[slot] = q.column(column)
		}
	}
	if c == nil {
		c = s.learn(s.raw, key, hash, r.values)
	}
	if s.p.whole {
		all := s.p.row(r.values)
		s.enter(&all, c)
		return
	}
	ticket, happened := q.column(l.at[s.p.ticket]), q.column(l.at[s.p.happened])
	if s.p.simple && c.plain && len(ticket) > 0 {
		if at, ok := s.stamps.quick(happened); ok {
			s.put(journal.Entry{Happened: at, Learnt: at, Facts: c.facts, Row: uint32(s.rows)}, ticket)
			return
		}
	}
	x := row{ticket: ticket, happened: happened}
	if s.p.learnt >= 0 {
		x.learnt = q.column(l.at[s.p.learnt])
	}
	s.enter(&x, c)
}

// index writes the places of all delimiters and line ends to r.ends and returns
// the number of line ends.
func (r *csvReader) index(b []byte) int {
	if cap(r.ends) < len(b)+8 {
		r.ends = make([]uint32, len(b)+8)
	}
	const ones, low7 = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	delims, newlines := ones*uint64(r.delim), uint64(ones*'\n')
	ends := r.ends[:cap(r.ends)]
	n, lines, at := 0, 0, 0
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		// The top bit of each byte of d or e is clear where the byte is zero.
		d, e := w^delims, w^newlines
		d |= d&low7 + low7
		e |= e&low7 + low7
		lines += bits.OnesCount64(^(e | low7))
		// Most words have at most two ends: writing two without asking is faster than
		// asking, and what is written too much is written over.
		found := ^(d&e | low7)
		after := n + bits.OnesCount64(found)
		two := ends[n : n+2 : n+2]
		two[0] = uint32(at + bits.TrailingZeros64(found)>>3)
		found &= found - 1
		two[1] = uint32(at + bits.TrailingZeros64(found)>>3)
		for n += 2; n < after; n++ {
			found &= found - 1
			ends[n] = uint32(at + bits.TrailingZeros64(found)>>3)
		}
		n = after
	}
	for ; at < len(b); at++ {
		if b[at] == r.delim || b[at] == '\n' {
			ends[n] = uint32(at)
			n++
			if b[at] == '\n' {
				lines++
			}
		}
	}
	r.ends = ends[:n]
	return lines
}
