package eventlog

import (
	"encoding/binary"
	"math/bits"
)

// combo is one combination of texts that decide an entry's facts. A log of
// millions of rows has a few thousand, so what they mean is worked out once each.
type combo struct {
	hash    uint64
	key     string
	facts   uint32 // meaningful unless refused or dated
	plain   bool   // neither refused nor dated: facts is all there is to it
	refused *refusal
	dated   *datedFacts // where the estate changes during the log
}

// combos is a table of combinations with open addressing.
type combos struct {
	slots []uint32 // position in list plus one; zero is free
	list  []combo
}

func newCombos() *combos { return &combos{slots: make([]uint32, 256)} }

// find returns the combination of a key that is one piece, or nil.
func (t *combos) find(key []byte, hash uint64) *combo {
	mask := uint64(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		n := t.slots[at]
		if n == 0 {
			return nil
		}
		if c := &t.list[n-1]; c.hash == hash && c.key == string(key) {
			return c
		}
	}
}

// add puts a combination into the table. The result is valid until the next add.
func (t *combos) add(c combo) *combo {
	if 2*len(t.list) >= len(t.slots) {
		t.slots = make([]uint32, 2*len(t.slots))
		for i := range t.list {
			t.seat(t.list[i].hash, uint32(i+1))
		}
	}
	t.list = append(t.list, c)
	t.seat(c.hash, uint32(len(t.list)))
	return &t.list[len(t.list)-1]
}

func (t *combos) seat(hash uint64, n uint32) {
	mask := uint64(len(t.slots) - 1)
	at := hash & mask
	for t.slots[at] != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = n
}

// hashBytes mixes a text eight bytes at a time; the last eight may overlap.
func hashBytes(b []byte) uint64 {
	h := uint64(len(b)) * 0x9e3779b97f4a7c15
	if len(b) < 8 {
		var tail uint64
		for i, c := range b {
			tail |= uint64(c) << (8 * i)
		}
		return mix(h^tail, 0xe7037ed1a0b428db)
	}
	last := binary.LittleEndian.Uint64(b[len(b)-8:])
	for len(b) > 8 {
		h = mix(h^binary.LittleEndian.Uint64(b), 0xa0761d6478bd642f)
		b = b[8:]
	}
	return mix(h^last, 0xe7037ed1a0b428db)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
