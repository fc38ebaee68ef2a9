package sqlstore

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/internal/store"
	"towerbridge/journal"
)

// stored is all hashes of a tree, as tlog numbers them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = s[n]
	}
	return out, nil
}

// The tree that is kept by its edge alone has the roots, and finishes the subtrees,
// that tlog works out from all hashes.
func TestTreeIsThatOfTlog(t *testing.T) {
	var kept tree
	var all stored
	if want, _ := tlog.TreeHash(0, all); kept.root() != want {
		t.Errorf("the empty tree's root is %v, want %v", kept.root(), want)
	}
	var finished []subtree
	for n := range int64(1500) {
		leaf := tlog.RecordHash(fmt.Appendf(nil, "line %d", n))
		more, err := tlog.StoredHashesForRecordHash(n, leaf, all)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, more...)
		finished = kept.add(leaf, finished)
		kept.edge = splitHashes(joinHashes(kept.edge)) // as it is stored and read again
		if want, err := tlog.TreeHash(n+1, all); err != nil || kept.root() != want {
			t.Fatalf("the root of %d lines is %v, want %v, %v", n+1, kept.root(), want, err)
		}
	}
	if len(finished) != 1500/256 {
		t.Errorf("%d subtrees are finished", len(finished))
	}
	for _, f := range finished {
		if want := all[tlog.StoredHashIndex(f.height, f.n)]; f.hash != want {
			t.Errorf("the subtree %d of height %d is %v, want %v", f.n, f.height, f.hash, want)
		}
	}
}

// Proofs hold over lines of a log, lines that were committed, and subtrees of three
// heights.
func TestProofs(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		sizes := map[int64]tlog.Hash{}
		mark := func() store.Head {
			t.Helper()
			h, err := s.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			sizes[h.Size] = h.Root
			return h
		}
		commit := func(n int) {
			t.Helper()
			for range n {
				if _, err := s.Commit(ctx, opening("REQ")); err != nil {
					t.Fatal(err)
				}
				mark()
			}
		}
		commit(3)
		y := newYear(8000)
		for range 4 {
			if _, err := s.Append(ctx, y.batch(2000)); err != nil {
				t.Fatal(err)
			}
			mark()
			commit(2)
		}
		last := mark()
		if last.Size < 65_536 {
			t.Fatalf("only %d lines", last.Size)
		}
		for _, seq := range []int64{1, 2, 3, 4, 255, 256, 257, 2048, 30_000, 65_536, 65_537, last.Size - 1, last.Size} {
			got, err := s.Inclusion(ctx, seq, last.Size)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof(got.Proof), last.Size, last.Root, seq-1, tlog.RecordHash(got.Line)); err != nil {
				t.Errorf("line %d: %v", seq, err)
			}
		}
		for size, root := range sizes {
			got, err := s.Consistency(ctx, size, last.Size)
			if err != nil {
				t.Fatal(err)
			}
			if size < last.Size {
				if err := tlog.CheckTree(tlog.TreeProof(proof(got)), last.Size, last.Root, size, root); err != nil {
					t.Errorf("from %d lines: %v", size, err)
				}
			} else if len(got) != 0 {
				t.Errorf("the tree needs %d hashes to be itself", len(got))
			}
		}
	})
}

func proof(list [][]byte) (out tlog.RecordProof) {
	for _, b := range list {
		out = append(out, tlog.Hash(b))
	}
	return out
}

// The chain is worked out as its description says, whoever wrote the line.
func TestChain(t *testing.T) {
	s := sqlitePlace(t).open(t)
	ctx := context.Background()
	if _, err := s.Append(ctx, newYear(50).batch(50)); err != nil {
		t.Fatal(err)
	}
	together(t, s, opening("REQ"), opening("REQ"), &store.Change{Acts: []store.Act{{ActDraft: journal.ActDraft{Act: "ticket.read"}}}})
	var chain tlog.Hash
	var want []tlog.Hash
	if err := s.Lines(ctx, 1, func(_ int64, line []byte) bool {
		chain = link(chain, tlog.RecordHash(line))
		want = append(want, chain)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	h, err := s.Head(ctx)
	if err != nil || h.Chain != chain {
		t.Errorf("the chain is %x, want %x, %v", h.Chain, chain, err)
	}
	err = s.read(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var last int64
			var stored []byte
			err := scan(&last, &stored)
			if string(stored) != string(want[last-1][:]) {
				t.Errorf("after line %d the chain is %x, want %x", last, stored, want[last-1])
			}
			return err
		}, "SELECT first + count - 1, chain FROM segment ORDER BY first")
	})
	if err != nil {
		t.Error(err)
	}
}
