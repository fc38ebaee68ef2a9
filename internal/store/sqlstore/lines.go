package sqlstore

import (
	"context"

	"towerbridge/fault"
)

// linesPage is the number of segments that are read at once.
const linesPage = 32

// segment is a stretch of lines.
type segment struct {
	first, count, coding int64
	lines                []byte
}

// text returns the segment's lines.
func (g *segment) text() ([][]byte, error) {
	text, err := unpack(nil, g.coding, g.lines)
	if err != nil {
		return nil, err
	}
	lines := splitLines(text, int(g.count))
	if int64(len(lines)) != g.count {
		return nil, errCoding
	}
	return lines, nil
}

// Lines calls f with the journal's lines: see [store.Reader]. They are those that there
// are when it begins. No transaction is open while f runs.
func (s *Store) Lines(ctx context.Context, from int64, f func(seq int64, line []byte) bool) error {
	h, err := s.Head(ctx)
	if err != nil {
		return err
	}
	for from = max(from, 1); from <= h.Size; {
		page, err := s.segments(ctx, from, h.Size)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return fault.New(fault.Disagrees, "Check the record with doctor.", "the line %d is not in the record", from)
		}
		for i := range page {
			lines, err := page[i].text()
			if err != nil {
				return explain(err, "the lines from %d on cannot be read", page[i].first)
			}
			for n, line := range lines {
				if seq := page[i].first + int64(n); seq >= from && !f(seq, line) {
					return nil
				}
			}
			from = page[i].first + page[i].count
		}
	}
	return nil
}

// segments returns some segments, the first of which holds a line.
func (s *Store) segments(ctx context.Context, from, last int64) (page []segment, err error) {
	err = s.read(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var g segment
			err := scan(&g.first, &g.count, &g.coding, &g.lines)
			page = append(page, g)
			return err
		}, "SELECT first, count, coding, lines FROM segment "+
			"WHERE first >= (SELECT first FROM segment WHERE first <= $1 ORDER BY first DESC LIMIT 1) AND first <= $2 ORDER BY first LIMIT $3",
			from, last, int64(linesPage))
	})
	if len(page) > 0 && page[0].first+page[0].count <= from {
		page = page[:0] // there is a hole
	}
	return page, err
}
