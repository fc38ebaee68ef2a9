package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"

	"towerbridge/fault"
)

// Limits of a seed. A short one could be found by trying: the commitment is public.
const (
	MinSeed  = 16   // bytes
	MaxSeed  = 4096 // bytes
	MaxSeeds = 16   // parties that bring one
)

// Seed is the secret that one party brings to a draw: a phrase or some random bytes.
//
// Where both parties bring one, each hands the other its commitment first and its seed
// afterwards, and the tickets are drawn by both together: neither can choose them.
//
//	customer  commit(seed A) ──▶ ◀── commit(seed B)  supplier
//	customer  reveal seed A  ──▶ ◀── reveal seed B   supplier
//	both      draw by A and B: the same tickets on either machine
type Seed []byte

// NewSeed checks a seed. Line ends at its end are left out, so that a file written by
// an editor and a phrase that was typed are the same seed.
func NewSeed(b []byte) (Seed, error) {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	if len(b) < MinSeed || len(b) > MaxSeed {
		return nil, fault.New(fault.Invalid, "Give a phrase of a few unusual words, or a file of random bytes.",
			"the seed has %d bytes; it takes %d to %d, so that nobody finds it by trying", len(b), MinSeed, MaxSeed)
	}
	return Seed(b), nil
}

// The first lines of what is hashed, so that no digest is taken for another.
const (
	commitmentForm = "towerbridge-sample-commitment/1\n"
	drawForm       = "towerbridge-sample-draw/1\n"
	frameForm      = "towerbridge-sample-frame/1\n"
)

// Commit returns the commitment to a seed for a frame: the SHA-256 of the frame's digest
// and the seed. It shows nothing of the seed and holds its owner to it.
func Commit(seed Seed, f *Frame) string {
	h := sha256.New()
	h.Write([]byte(commitmentForm + f.Digest + "\n"))
	h.Write(seed)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// dice returns the generator of a draw: a PCG seeded by the first 16 bytes, the most
// significant first, of the SHA-256 of the frame's digest and the seeds in their order,
// each with its length in eight bytes before it.
func dice(digest string, seeds []Seed) *rand.Rand {
	h := sha256.New()
	h.Write([]byte(drawForm + digest + "\n"))
	for _, s := range seeds {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write(s)
	}
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

// below returns a number from 0 to n-1, each equally likely. It uses nothing but the
// generator's own 64 bits, so that it is the same in every version of the language.
func below(r *rand.Rand, n uint64) uint64 {
	limit := -n % n // 2^64 mod n: as many of the lowest values are left out
	for {
		if v := r.Uint64(); v >= limit {
			return v % n
		}
	}
}

// choose draws n of so many positions without replacement, in the order of the draw: a
// Fisher-Yates shuffle that is stopped after n and keeps only what it moved.
func choose(r *rand.Rand, of, n int) []int {
	moved := make(map[int]int, 2*n)
	at := func(i int) int {
		if v, ok := moved[i]; ok {
			return v
		}
		return i
	}
	out := make([]int, n)
	for i := range out {
		k := i + int(below(r, uint64(of-i)))
		out[i] = at(k)
		moved[k] = at(i)
	}
	return out
}
