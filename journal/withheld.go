package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
)

// secrets are what entries withhold. A desk's every entry withholds who did it, so
// there are as many as entries: what is no more than a digest takes the digest's bytes.
type secrets struct {
	keys  []Key
	ends  []uint32 // end of each key's items
	items []secret
	open  []Withheld // items of which more is known than the digest

	once  sync.Once // the table is made when it is first asked for
	slots []uint32  // position in keys plus one, by hash; zero is free
}

// secret is one withheld content.
type secret struct {
	name   Symbol
	open   uint32 // position in open plus one; zero if the digest is all
	digest [sha256.Size]byte
}

// digestStart stands before the hexadecimal digits of a digest.
const digestStart = "sha256:"

// Withhold keeps content of the entry, which is marked as [Private], out of its open
// form. Calls for one entry follow one another.
func (b *Builder) Withhold(e Entry, w ...Withheld) { b.private.add(e.Key(), b.names, w) }

// WithholdDigest is [Builder.Withhold] of content of which no more is known than its
// digest.
func (b *Builder) WithholdDigest(e Entry, name []byte, digest [sha256.Size]byte) {
	b.private.put(e.Key(), secret{name: b.names.Intern(name), digest: digest})
}

// add keeps what an entry withholds, beside what was added for it just before.
func (s *secrets) add(k Key, names *Interner, list []Withheld) {
	for i := range list {
		w := &list[i]
		x := secret{name: names.InternString(w.Name)}
		if w.Salt != "" || w.Value != "" || w.Erased || !x.read(w.Digest) {
			s.open = append(s.open, *w)
			x.open = uint32(len(s.open))
		}
		s.put(k, x)
	}
}

func (s *secrets) put(k Key, x secret) {
	n := len(s.keys)
	if n == 0 || s.keys[n-1] != k {
		s.keys = append(room(s.keys, 1), k)
		s.ends = append(room(s.ends, 1), 0)
		n++
	}
	s.items = append(room(s.items, 1), x)
	s.ends[n-1] = uint32(len(s.items))
}

// read takes the bytes of a digest; false where it is not written as digests are.
func (x *secret) read(digest string) bool {
	var written [len(digestStart) + 2*sha256.Size]byte
	if len(digest) != len(written) {
		return false
	}
	if _, err := hex.Decode(x.digest[:], []byte(digest[len(digestStart):])); err != nil {
		return false
	}
	return string(x.appendDigest(written[:0])) == digest
}

func (x *secret) appendDigest(b []byte) []byte {
	return hex.AppendEncode(append(b, digestStart...), x.digest[:])
}

// join adds those of a builder, in the journal's own numbers, which are those of the
// first builder.
func (s *secrets) join(o *secrets, t *translation, first bool) {
	if first && t.firstRow == 0 {
		s.keys, s.ends, s.items, s.open = o.keys, o.ends, o.items, o.open
		return
	}
	from := uint32(0)
	for i, k := range o.keys {
		k = t.key(k)
		for _, x := range o.items[from:o.ends[i]] {
			x.name = Symbol(t.names[x.name])
			if x.open > 0 {
				s.open = append(s.open, o.open[x.open-1])
				x.open = uint32(len(s.open))
			}
			s.put(k, x)
		}
		from = o.ends[i]
	}
}

// fewKeys is the number of keys up to which they are compared one by one.
const fewKeys = 16

// of returns what an entry withholds.
func (s *secrets) of(k Key) []secret {
	if len(s.keys) <= fewKeys {
		return s.at(slices.Index(s.keys, k))
	}
	s.once.Do(s.index)
	mask := uint32(len(s.slots) - 1)
	for slot := k.hash() & mask; ; slot = (slot + 1) & mask {
		n := int(s.slots[slot])
		if n == 0 || s.keys[n-1] == k {
			return s.at(n - 1)
		}
	}
}

func (s *secrets) at(i int) []secret {
	switch {
	case i < 0:
		return nil
	case i == 0:
		return s.items[:s.ends[0]]
	}
	return s.items[s.ends[i-1]:s.ends[i]]
}

func (s *secrets) index() {
	size := 64
	for size < 2*len(s.keys) {
		size *= 2
	}
	s.slots = make([]uint32, size)
	mask := uint32(size - 1)
	for i, k := range s.keys {
		slot := k.hash() & mask
		for s.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		s.slots[slot] = uint32(i + 1)
	}
}

func (k Key) hash() uint32 {
	n := uint64(k.Source)<<33 | uint64(k.Row)
	if k.Keyed {
		n |= 1 << 32
	}
	return uint32(fold(n, 0xa0761d6478bd642f))
}

// withheld returns one in full.
func (j *Journal) withheld(x *secret) Withheld {
	if x.open > 0 {
		return j.private.open[x.open-1]
	}
	return Withheld{Name: j.Name(x.name), Digest: string(x.appendDigest(nil))}
}

// WithheldOf returns what is kept out of the entry's open form.
func (j *Journal) WithheldOf(e Entry) []Withheld {
	if e.Marks&Private == 0 {
		return nil
	}
	list := j.private.of(e.Key())
	out := make([]Withheld, len(list))
	for i := range list {
		out[i] = j.withheld(&list[i])
	}
	return out
}
