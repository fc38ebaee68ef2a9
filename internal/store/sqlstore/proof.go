package sqlstore

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// Inclusion proves that a line is in the journal: see [store.Reader]. The error is
// NotFound where the journal has no such line or was never of that size.
func (s *Store) Inclusion(ctx context.Context, seq, size int64) (*store.Inclusion, error) {
	out := &store.Inclusion{Seq: seq, Size: size}
	err := s.read(ctx, func(v *view) error {
		if err := v.has(size); err != nil {
			return err
		}
		if seq < 1 || seq > size {
			return fault.New(fault.NotFound, "Check its number.", "there is no line %d in the journal of %d lines", seq, size)
		}
		line, err := v.line(seq)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(size, seq-1, hashes{v})
		out.Line, out.Proof = line, bytesOf(proof)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Consistency proves that the journal of one size begins with that of an earlier one:
// see [store.Reader]. The journal without lines is where every other begins, and needs
// no proof.
func (s *Store) Consistency(ctx context.Context, from, to int64) ([][]byte, error) {
	var out [][]byte
	err := s.read(ctx, func(v *view) error {
		if err := v.has(to); err != nil {
			return err
		}
		if from < 0 || from > to {
			return fault.New(fault.Invalid, "Give the smaller size first.", "a journal of %d lines does not come before one of %d", from, to)
		}
		if from == 0 || from == to {
			return nil
		}
		proof, err := tlog.ProveTree(to, from, hashes{v})
		out = bytesOf(proof)
		return err
	})
	return out, err
}

// has returns an error where the journal was never of a size.
func (v *view) has(size int64) error {
	var h head
	if err := v.query(h.scan, readHead); err != nil {
		return err
	}
	if size < 0 || size > h.size {
		return fault.New(fault.NotFound, "Check the size.", "the journal has %d lines, not %d", h.size, size)
	}
	return nil
}

// line returns one line.
func (v *view) line(seq int64) ([]byte, error) {
	var g segment
	err := v.query(func(scan func(...any) error) error { return scan(&g.first, &g.count, &g.coding, &g.lines) },
		"SELECT first, count, coding, lines FROM segment WHERE first <= $1 ORDER BY first DESC LIMIT 1", seq)
	if err != nil {
		return nil, err
	}
	lines, err := g.text()
	if err != nil {
		return nil, err
	}
	if seq-g.first >= int64(len(lines)) {
		return nil, fault.New(fault.Disagrees, "Check the record with doctor.", "the line %d is not in the record", seq)
	}
	return lines[seq-g.first], nil
}

func bytesOf(list []tlog.Hash) [][]byte {
	out := make([][]byte, len(list))
	for i := range list {
		out[i] = list[i][:]
	}
	return out
}

// hashes reads the hashes of the tree: those of subtrees of 256 lines, 65,536 lines and
// so on are stored, and the others worked out from those below.
type hashes struct{ *view }

// ReadHashes returns hashes by the numbers that tlog gives them.
func (r hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		step := level % tileHeight
		list, err := r.stored(level-step, n<<step, 1<<step)
		if err != nil {
			return nil, err
		}
		for ; len(list) > 1; list = list[:len(list)/2] {
			for k := range len(list) / 2 {
				list[k] = tlog.NodeHash(list[2*k], list[2*k+1])
			}
		}
		out[i] = list[0]
	}
	return out, nil
}

// stored returns neighbouring hashes of a height at which they are stored.
func (r hashes) stored(height int, n, count int64) (list []tlog.Hash, err error) {
	if height == 0 {
		list, err = r.leaves(n+1, count)
	} else {
		err = r.query(func(scan func(...any) error) error {
			var b []byte
			err := scan(&b)
			list = append(list, splitHashes(b)...)
			return err
		}, "SELECT hash FROM subtree WHERE height = $1 AND n >= $2 AND n < $3 ORDER BY n", int64(height), n, n+count)
	}
	if err == nil && int64(len(list)) != count {
		err = fault.New(fault.Disagrees, "Check the record with doctor.", "the tree lacks hashes of height %d at %d", height, n)
	}
	return list, err
}

// leaves returns the leaves of some lines.
func (r hashes) leaves(seq, count int64) (list []tlog.Hash, err error) {
	err = r.query(func(scan func(...any) error) error {
		var first int64
		var b []byte
		if err := scan(&first, &b); err != nil {
			return err
		}
		from, to := max(seq-first, 0), min(seq+count-first, int64(len(b)/tlog.HashSize))
		if from < to {
			list = append(list, splitHashes(b[from*tlog.HashSize:to*tlog.HashSize])...)
		}
		return nil
	}, "SELECT first, leaves FROM segment "+
		"WHERE first >= (SELECT first FROM segment WHERE first <= $1 ORDER BY first DESC LIMIT 1) AND first < $2 ORDER BY first",
		seq, seq+count)
	return list, err
}
