package journal_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/journal"
)

// tree keeps every hash of a small Merkle tree.
type tree []tlog.Hash

func (t tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = t[n]
	}
	return out, nil
}

// prove makes a journal of n lines and the proof of one.
func prove(t *testing.T, n, seq int64) (journal.Proof, note.Verifiers) {
	t.Helper()
	var hashes tree
	for i := range n {
		more, err := tlog.StoredHashes(i, fmt.Appendf(nil, "line %d", i+1), hashes)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(n, hashes)
	if err != nil {
		t.Fatal(err)
	}
	path, err := tlog.ProveRecord(n, seq-1, hashes)
	if err != nil {
		t.Fatal(err)
	}
	private, public, err := note.GenerateKey(rand.Reader, "record")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	c := journal.Checkpoint{Origin: "towerbridge/test", Size: n, Root: root}
	head, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	p := journal.Proof{Seq: seq, Line: fmt.Sprintf("line %d", seq), Head: string(head)}
	for _, h := range path {
		p.Path = append(p.Path, base64.StdEncoding.EncodeToString(h[:]))
	}
	return p, note.VerifierList(verifier)
}

func TestProof(t *testing.T) {
	for _, n := range []int64{1, 2, 3, 7, 8, 100, 257} {
		for _, seq := range []int64{1, n/2 + 1, n} {
			p, known := prove(t, n, seq)
			c, err := p.Verify(known)
			if err != nil || c.Size != n || c.Origin != "towerbridge/test" {
				t.Errorf("line %d of %d: %+v, %v", seq, n, c, err)
			}
		}
	}
}

func TestProofRefuses(t *testing.T) {
	good, known := prove(t, 100, 42)
	_, others := prove(t, 100, 42)
	for _, c := range []struct {
		name  string
		kind  fault.Kind
		known note.Verifiers
		spoil func(p *journal.Proof)
	}{
		{"another line", fault.Disagrees, known, func(p *journal.Proof) { p.Line += " " }},
		{"another place", fault.Disagrees, known, func(p *journal.Proof) { p.Seq++ }},
		{"a place beyond the head", fault.Invalid, known, func(p *journal.Proof) { p.Seq = 101 }},
		{"no place", fault.Invalid, known, func(p *journal.Proof) { p.Seq = 0 }},
		{"a shorter path", fault.Disagrees, known, func(p *journal.Proof) { p.Path = p.Path[1:] }},
		{"a step that is no digest", fault.Invalid, known, func(p *journal.Proof) { p.Path[0] = "AAAA" }},
		{"another size", fault.Disagrees, known, func(p *journal.Proof) { p.Head = strings.Replace(p.Head, "\n100\n", "\n101\n", 1) }},
		{"another key", fault.Disagrees, others, func(*journal.Proof) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := good
			p.Path = append([]string(nil), good.Path...)
			c.spoil(&p)
			if _, err := p.Verify(c.known); err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("error %v, want one of kind %s", err, c.kind)
			}
		})
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	c := journal.Checkpoint{Origin: "towerbridge/test", Size: 12}
	f.Add(c.Text())
	f.Add("a\n-1\n\nchain \n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := journal.ParseCheckpoint(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := journal.ParseCheckpoint(c.Text())
		if err != nil || *again != *c {
			t.Errorf("%q reads as %+v, and that again as %+v, %v", text, c, again, err)
		}
	})
}
