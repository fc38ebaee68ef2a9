package journal

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
)

// Checkpoint is how far a record's journal had come: its size, and two digests over
// everything in it. Written as text and signed as a note (the form of the Go checksum
// database and of C2SP's tlog-checkpoint), it lets two copies be compared, and proves
// what was in the journal then.
//
//	towerbridge/constabulary
//	8100123
//	qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
//	chain 5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456
type Checkpoint struct {
	Origin string    // whose journal it is
	Size   int64     // number of lines
	Root   tlog.Hash // of the Merkle tree over them (RFC 6962)
	Chain  [32]byte  // SHA-256 of the chain before the last line, followed by that line's leaf
}

// Text returns the text that is signed.
func (c *Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\nchain " + hex.EncodeToString(c.Chain[:]) + "\n"
}

// ParseCheckpoint reads the text of a checkpoint. The error is of kind Invalid.
func ParseCheckpoint(text string) (*Checkpoint, error) {
	bad := func(what string) (*Checkpoint, error) {
		return nil, fault.New(fault.Invalid, "Ask the record for its head again.", "the checkpoint has no %s", what)
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[4] != "" || lines[0] == "" {
		return bad("form of four lines")
	}
	c := &Checkpoint{Origin: lines[0]}
	var err error
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return bad("size")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != len(c.Root) {
		return bad("root")
	}
	copy(c.Root[:], root)
	chain, err := hex.DecodeString(strings.TrimPrefix(lines[3], "chain "))
	if err != nil || len(chain) != len(c.Chain) || !strings.HasPrefix(lines[3], "chain ") {
		return bad("chain")
	}
	copy(c.Chain[:], chain)
	return c, nil
}

// Proof is a line of a journal, and everything by which somebody who has nothing else
// but the record's public key checks that it is in it.
type Proof struct {
	Seq  int64    `json:"sequence"` // of the line, from one
	Line string   `json:"line"`
	Path []string `json:"path"` // RFC 6962 audit path, in base64
	Head string   `json:"head"` // the checkpoint as a signed note
}

// Verify checks a proof, offline. It returns the checkpoint in which the line is. The
// error is of kind Disagrees where the line is not the one that was recorded or nobody
// known has signed the head, otherwise Invalid.
func (p *Proof) Verify(known note.Verifiers) (*Checkpoint, error) {
	signed, err := note.Open([]byte(p.Head), known)
	if err != nil {
		return nil, fault.Wrap(fault.Disagrees, err, "the head of the proof is not signed by a key that was given")
	}
	c, err := ParseCheckpoint(signed.Text)
	if err != nil {
		return nil, err
	}
	if p.Seq < 1 || p.Seq > c.Size {
		return nil, fault.New(fault.Invalid, "", "line %d is not one of the %d of the head", p.Seq, c.Size)
	}
	path := make(tlog.RecordProof, len(p.Path))
	for i, text := range p.Path {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(b) != len(path[i]) {
			return nil, fault.New(fault.Invalid, "", "step %d of the proof is no digest", i+1)
		}
		copy(path[i][:], b)
	}
	if err := tlog.CheckRecord(path, c.Size, c.Root, p.Seq-1, tlog.RecordHash([]byte(p.Line))); err != nil {
		return nil, fault.New(fault.Disagrees, "Ask both copies of the record for their heads.", "line %d is not the one that is in the journal of this head", p.Seq)
	}
	return c, nil
}
