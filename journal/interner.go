package journal

import (
	"encoding/binary"
	"math/bits"
)

// Symbol stands for a text. Zero stands for the empty text.
type Symbol uint32

// Interner gives each different text a symbol, counted from one in the order in
// which the texts first appear, and the text back for its symbol. It copies the
// bytes it is given. It is not safe for concurrent use while texts are added.
//
// Where there are many, texts that count, such as INC0000045, are found by their
// number without hashing and without looking at other texts; see [numbered].
type Interner struct {
	slots  []uint64 // upper half: hash, lower half: symbol; zero is free. A hash's lower bits are its place
	ends   []uint64 // end of each symbol's text
	text   []byte
	mask   uint64
	hashed int // symbols that are in slots
	count  numbered
}

// NewInterner returns an interner with room for about n texts; zero for as few as one
// ticket's entries have.
func NewInterner(n int) *Interner {
	size := 32
	for size < n*2 {
		size *= 2
	}
	return &Interner{slots: make([]uint64, size), mask: uint64(size - 1), ends: make([]uint64, 1, max(n, size/2)), text: make([]byte, 0, 4*size)}
}

// Len returns the number of symbols, without the zero one.
func (in *Interner) Len() int { return len(in.ends) - 1 }

// Name returns a symbol's text.
func (in *Interner) Name(s Symbol) string { return string(in.bytes(s)) }

func (in *Interner) bytes(s Symbol) []byte {
	if s == 0 {
		return nil
	}
	return in.text[in.ends[s-1]:in.ends[s]]
}

// Lookup returns the symbol of a text that has one.
func (in *Interner) Lookup(text string) (Symbol, bool) {
	if text == "" {
		return 0, false
	}
	b := []byte(text)
	if n, ok := in.count.number(b); ok {
		if s := in.count.find(n); s != 0 {
			return s, true
		}
	}
	_, s := in.find(b, hash(b))
	return s, s != 0
}

// Intern returns the symbol of a text, giving it one if it has none.
func (in *Interner) Intern(text []byte) Symbol {
	if len(text) == 0 {
		return 0
	}
	if n, ok := in.count.number(text); ok {
		if place := in.count.place(n, in.Len()); place != nil {
			if *place == 0 {
				*place = in.add(text)
			}
			return *place
		}
	}
	h := hash(text)
	at, s := in.find(text, h)
	if s != 0 {
		return s
	}
	if uint64(in.hashed+1)*2 > in.mask {
		in.grow()
		at, _ = in.find(text, h)
	}
	s = in.add(text)
	in.hashed++
	in.slots[at] = h&^0xffffffff | uint64(s)
	return s
}

// fewTexts is the number of texts up to which a table by number is not worth its memory.
const fewTexts = 64

// begin makes the table of the texts that count, with those that are there already.
func (in *Interner) begin() {
	in.count.begin(in.bytes(1))
	for s := Symbol(1); int(s) <= in.Len(); s++ {
		if n, ok := in.count.number(in.bytes(s)); ok {
			if place := in.count.place(n, int(s)); place != nil {
				*place = s
			}
		}
	}
}

// add gives a text the next symbol.
func (in *Interner) add(text []byte) Symbol {
	in.text = append(room(in.text, len(text)), text...)
	in.ends = append(room(in.ends, 1), uint64(len(in.text)))
	if in.Len() == fewTexts {
		in.begin()
	}
	return Symbol(in.Len())
}

// room returns the list with room for n more, doubling it as it grows: growth by
// less, as append does it for long lists, leaves much more behind.
func room[T any](list []T, n int) []T {
	if len(list)+n <= cap(list) {
		return list
	}
	return append(make([]T, 0, max(2*cap(list), len(list)+n, 16)), list...)
}

// InternString is [Interner.Intern] of a string.
func (in *Interner) InternString(text string) Symbol { return in.Intern([]byte(text)) }

// internAll writes the symbol of each text to out. It does so step by step for all
// of them, so that the processor waits for memory once for many texts, not once
// for each. No text may be empty; out has room for as many symbols.
func (in *Interner) internAll(texts [][]byte, out []Symbol) {
	out = out[:len(texts)]
	for i, t := range texts {
		out[i] = 0
		if n, ok := in.count.number(t); ok {
			out[i] = in.count.find(n)
		}
	}
	for i, t := range texts {
		if out[i] == 0 {
			out[i] = in.Intern(t)
		}
	}
}

func (in *Interner) find(text []byte, h uint64) (uint64, Symbol) {
	for at := h >> 32 & in.mask; ; at = (at + 1) & in.mask {
		slot := in.slots[at]
		if slot == 0 {
			return at, 0
		}
		if slot^h < 1<<32 && string(in.bytes(Symbol(uint32(slot)))) == string(text) {
			return at, Symbol(uint32(slot))
		}
	}
}

func (in *Interner) grow() {
	old := in.slots
	in.slots = make([]uint64, 4*len(old))
	in.mask = uint64(len(in.slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & in.mask
		for in.slots[at] != 0 {
			at = (at + 1) & in.mask
		}
		in.slots[at] = slot
	}
}

// hash mixes a text eight bytes at a time (the multiply-and-fold of wyhash).
func hash(b []byte) uint64 {
	h := uint64(len(b)) * 0x9e3779b97f4a7c15
	for len(b) >= 8 {
		h = fold(h^binary.LittleEndian.Uint64(b), 0xa0761d6478bd642f)
		b = b[8:]
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	return fold(h^tail, 0xe7037ed1a0b428db)
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a|1<<63, b)
	return hi ^ lo
}
