package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/access"
	"towerbridge/internal/serve"
	"towerbridge/journal"
	"towerbridge/statement"
)

type head struct {
	Size                   int64
	Chain, Root, Note, Key string
}

// TestJournal reads the journal as assurance, and holds it to its signed head, its chain
// and its proofs with nothing of the record but the public key.
func TestJournal(t *testing.T) {
	h := force(t)
	x := h.laptop()
	assurance, reporter := h.as("force", access.Assurance), h.as("force", access.Officer)
	var now head
	h.get("/journal/head", reporter).is(t, http.StatusOK).into(t, &now)
	a := h.get("/journal/lines", assurance).is(t, http.StatusOK)
	lines := bytes.Split(bytes.TrimSuffix(a.body, []byte{'\n'}), []byte{'\n'})
	if int64(len(lines)) != now.Size || a.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d lines of %d, %v", len(lines), now.Size, a.Header)
	}
	var chain [32]byte
	tree := &memoryTree{}
	for i, line := range lines {
		leaf := tlog.RecordHash(line)
		chain = sha256.Sum256(append(chain[:], leaf[:]...))
		tree.add(t, int64(i), leaf)
	}
	root, err := tlog.TreeHash(now.Size, tree)
	if err != nil || hex.EncodeToString(chain[:]) != now.Chain || hex.EncodeToString(root[:]) != now.Root {
		t.Errorf("the lines make chain %x, root %x; the head says %s, %s", chain, root, now.Chain, now.Root)
	}
	keys, err := statement.NewVerifiers(now.Key)
	if err != nil {
		t.Fatal(err)
	}
	var proof journal.Proof
	h.get(fmt.Sprintf("/journal/entries/%d/proof", x.Version), reporter).is(t, http.StatusOK).into(t, &proof)
	if at, err := proof.Verify(keys); err != nil || at.Size != now.Size || proof.Line != string(lines[x.Version-1]) {
		t.Errorf("%+v, %v, %+v", at, err, proof)
	}
	h.consistent(reporter, tree, now)
}

// consistent proves that the journal of now begins with that of before.
func (h *house) consistent(who string, tree *memoryTree, now head) {
	h.t.Helper()
	var c struct{ Path []string }
	h.get(fmt.Sprintf("/journal/consistency?from=3&to=%d", now.Size), who).is(h.t, http.StatusOK).into(h.t, &c)
	var path tlog.TreeProof
	for _, text := range c.Path {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			h.t.Fatal(err)
		}
		path = append(path, tlog.Hash(b))
	}
	before, err := tlog.TreeHash(3, tree)
	if err != nil {
		h.t.Fatal(err)
	}
	after, err := tlog.TreeHash(now.Size, tree)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := tlog.CheckTree(path, now.Size, after, 3, before); err != nil {
		h.t.Error(err)
	}
	before[0]++
	if tlog.CheckTree(path, now.Size, after, 3, before) == nil {
		h.t.Error("another beginning is proved too")
	}
	h.get("/journal/consistency?from=5&to=3", who).refused(h.t, serve.TypeInvalid)
	h.get(fmt.Sprintf("/journal/consistency?from=3&to=%d", now.Size+1), who).refused(h.t, serve.TypeNotFound)
}

// memoryTree is the stored hashes of a Merkle tree.
type memoryTree struct{ hashes []tlog.Hash }

func (m *memoryTree) add(t *testing.T, at int64, leaf tlog.Hash) {
	t.Helper()
	more, err := tlog.StoredHashesForRecordHash(at, leaf, m)
	if err != nil {
		t.Fatal(err)
	}
	m.hashes = append(m.hashes, more...)
}

// ReadHashes returns stored hashes.
func (m *memoryTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = m.hashes[at]
	}
	return out, nil
}

// TestJournalLines reads parts of a journal that is longer than is read at once.
func TestJournalLines(t *testing.T) {
	h := force(t)
	h.fill(2500)
	assurance := h.as("force", access.Assurance)
	all := bytes.Split(bytes.TrimSuffix(h.get("/journal/lines", assurance).is(t, http.StatusOK).body, []byte{'\n'}), []byte{'\n'})
	if len(all) < 2500 {
		t.Fatalf("%d lines", len(all))
	}
	for _, c := range []struct{ from, limit, want int }{
		{1, 0, len(all)}, {2, 1, 1}, {999, 3, 3}, {1, 1000, 1000}, {1, 1001, 1001}, {1500, 0, len(all) - 1499}, {len(all), 5, 1}, {len(all) + 1, 0, 0}, {len(all) + 1000, 7, 0},
	} {
		query := fmt.Sprintf("?from=%d", c.from)
		if c.limit > 0 {
			query += fmt.Sprintf("&limit=%d", c.limit)
		}
		a := h.get("/journal/lines"+query, assurance).is(t, http.StatusOK)
		if n := bytes.Count(a.body, []byte{'\n'}); n != c.want {
			t.Errorf("%s: %d lines, want %d", query, n, c.want)
		}
		if c.want > 0 && !bytes.Equal(a.body, append(bytes.Join(all[c.from-1:c.from-1+c.want], []byte{'\n'}), '\n')) {
			t.Errorf("%s: other lines", query)
		}
	}
	for _, line := range all {
		if !json.Valid(line) {
			t.Fatalf("%s", line)
		}
	}
	h.get("/journal/lines?from=0", assurance).refused(t, serve.TypeInvalid)
	h.get("/journal/lines", h.as("force", access.Administrator)).refused(t, serve.TypeDenied)
	if strings.Contains(string(bytes.Join(all, nil)), "GBP") {
		t.Error("the journal tells sums")
	}
}
