package sqlstore

import (
	"crypto/sha256"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the right edge of the journal's Merkle tree together with its chain: all that
// is needed to add a line.
type tree struct {
	size  int64
	chain tlog.Hash
	edge  []tlog.Hash // roots of whole subtrees, one for each bit of size, the largest first
}

// subtree is the root of a whole subtree of 1<<height lines, the n-th from the left.
type subtree struct {
	height int
	n      int64
	hash   tlog.Hash
}

// tileHeight is the step of the heights at which roots of subtrees are stored.
const tileHeight = 8

// add adds a leaf, and returns the list with the subtrees that are now whole and are
// to be stored.
func (t *tree) add(leaf tlog.Hash, finished []subtree) []subtree {
	t.chain = link(t.chain, leaf)
	t.size++
	height, hash := 0, leaf
	for rest := t.size; rest&1 == 0; rest >>= 1 {
		last := len(t.edge) - 1
		hash = tlog.NodeHash(t.edge[last], hash)
		t.edge = t.edge[:last]
		height++
		if height%tileHeight == 0 {
			finished = append(finished, subtree{height, t.size>>height - 1, hash})
		}
	}
	t.edge = append(t.edge, hash)
	return finished
}

// link returns the chain after a leaf.
func link(chain, leaf tlog.Hash) tlog.Hash {
	var both [2 * tlog.HashSize]byte
	copy(both[:], chain[:])
	copy(both[tlog.HashSize:], leaf[:])
	return sha256.Sum256(both[:])
}

// root returns the root of the tree. That of the empty tree is the SHA-256 of nothing.
func (t *tree) root() tlog.Hash {
	last := len(t.edge) - 1
	if last < 0 {
		return sha256.Sum256(nil)
	}
	hash := t.edge[last]
	for _, left := range slices.Backward(t.edge[:last]) {
		hash = tlog.NodeHash(left, hash)
	}
	return hash
}

// joinHashes returns hashes one after another, as they are stored.
func joinHashes(list []tlog.Hash) []byte {
	b := make([]byte, 0, len(list)*tlog.HashSize)
	for i := range list {
		b = append(b, list[i][:]...)
	}
	return b
}

// splitHashes undoes [joinHashes].
func splitHashes(b []byte) []tlog.Hash {
	list := make([]tlog.Hash, len(b)/tlog.HashSize)
	for i := range list {
		copy(list[i][:], b[i*tlog.HashSize:])
	}
	return list
}
