package journal

import (
	"math"

	"towerbridge/span"
)

// store keeps the entries of a builder in the order in which they are added. Most
// entries of a log say no more than when, what and of which ticket, and learnt is
// when they happened or one instant for all: these take half of an [Entry]'s
// memory, which is what a log of millions of rows is short of. Others are kept
// whole.
type store struct {
	base   span.Instant // what packed instants count from
	learnt span.Instant // the one instant at which packed entries may have been learnt
	packed [][]packed
	whole  [][]Entry
	count  int
}

// packed is an entry of the first source without marks.
type packed struct {
	happened uint32 // seconds from the store's base
	ticket   uint32 // isWhole: the entry is the one numbered row among the whole
	facts    uint32 // learntOnce added: learnt at the store's instant, not as it happened
	row      uint32
}

const (
	isWhole    = math.MaxUint32
	learntOnce = 1 << 31

	packedBlock = 1 << 16 // entries of one block; the first one grows up to this
	wholeBlock  = 1 << 14
	firstBlock  = 16
)

// add keeps entries.
func (s *store) add(entries []Entry) {
	if len(entries) == 0 {
		return
	}
	if s.count == 0 {
		s.base, s.learnt = entries[0].Happened-math.MaxUint32/2, entries[0].Learnt
	}
	s.count += len(entries)
	for len(entries) > 0 {
		n := len(s.packed)
		if n == 0 || len(s.packed[n-1]) == packedBlock {
			s.packed = append(s.packed, block[packed](n, packedBlock))
			n++
		}
		some := entries[:min(len(entries), packedBlock-len(s.packed[n-1]))]
		block := room(s.packed[n-1], len(some))
		for i := range some {
			block = append(block, s.pack(&some[i]))
		}
		s.packed[n-1] = block
		entries = entries[len(some):]
	}
}

// block makes the block that follows on n others: the journal of one ticket shall not
// ask for a large one.
func block[T any](n, size int) []T {
	if n == 0 {
		size = firstBlock
	}
	return make([]T, 0, size)
}

func (s *store) pack(e *Entry) packed {
	since := e.Happened - s.base
	p := packed{uint32(since), e.Ticket, e.Facts, e.Row}
	if e.Learnt != e.Happened {
		p.facts |= learntOnce
	}
	if e.Marks != 0 || e.Source != 0 || since < 0 || since > math.MaxUint32 || e.Facts >= learntOnce ||
		e.Learnt != e.Happened && e.Learnt != s.learnt {
		return s.keep(e)
	}
	return p
}

// keep keeps an entry whole.
func (s *store) keep(e *Entry) packed {
	n := len(s.whole)
	if n == 0 || len(s.whole[n-1]) == wholeBlock {
		s.whole = append(s.whole, block[Entry](n, wholeBlock))
		n++
	}
	s.whole[n-1] = append(room(s.whole[n-1], 1), *e)
	return packed{ticket: isWhole, row: uint32((n-1)*wholeBlock + len(s.whole[n-1]) - 1)}
}

// wholeAt returns the entry that a packed one stands for.
func (s *store) wholeAt(p packed) *Entry { return &s.whole[p.row/wholeBlock][p.row%wholeBlock] }

// instants returns when a packed entry that is not whole happened and was learnt.
func (s *store) instants(p packed) (happened, learnt span.Instant) {
	happened = s.base + span.Instant(p.happened)
	if p.facts >= learntOnce {
		return happened, s.learnt
	}
	return happened, happened
}
