package cli

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

type journalCommand struct {
	Head   journalHead   `cmd:"" help:"Print how far the journal has come, signed by the record."`
	Prove  journalProve  `cmd:"" help:"Prove that a line is in the journal."`
	Check  journalCheck  `cmd:"" help:"Check a proof, offline, by the record's public key."`
	Export journalExport `cmd:"" help:"Print the journal in its open form."`
}

// headView is a head for programs.
type headView struct {
	Size   int64        `json:"size"`
	Root   string       `json:"root"`  // hexadecimal
	Chain  string       `json:"chain"` // hexadecimal
	Learnt span.Instant `json:"learnt"`
}

func headOf(h store.Head) headView {
	return headView{h.Size, hex.EncodeToString(h.Root[:]), hex.EncodeToString(h.Chain[:]), h.Learnt}
}

func (s *session) printHead(h store.Head) {
	v := headOf(h)
	s.print("lines  %d\nroot   %s\nchain  %s\n", v.Size, v.Root, v.Chain)
}

type journalHead struct {
	recordFlag
}

// Help is shown below the command's summary.
func (journalHead) Help() string {
	return `The head is a note of a few lines: whose journal it is, how many lines it has, and two digests over all of them. Two copies of a record are the same when their heads are. Keep one, and the record can be held to it. The public key that checks the signature stands on standard error.

Example:

    towerbridge journal head --store towerbridge.db
`
}

// Run prints the head.
func (c *journalHead) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Assurance)
	if err != nil {
		return err
	}
	head, err := r.JournalHead(s.ctx, who)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, struct {
			headView
			Note string `json:"note"`
			Key  string `json:"key"`
		}{headOf(head.Head), head.Note, head.Key})
	}
	s.print("%s", head.Note)
	_, err = io.WriteString(s.Stderr, "public key: "+head.Key+"\n")
	return err
}

type journalProve struct {
	Sequence int64 `arg:"" placeholder:"SEQUENCE" help:"Sequence number of the line, from one."`
	recordFlag
	Out string `placeholder:"FILE" help:"Where the proof is written; standard output if left out."`
}

// Help is shown below the command's summary.
func (journalProve) Help() string {
	return `The proof holds the line, the path of digests from it to the root of the journal's Merkle tree (RFC 6962), and the signed head. It tells nothing of any other line.

Example:

    towerbridge journal prove 42 --store towerbridge.db --out 42.proof.json
`
}

// Run proves.
func (c *journalProve) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Assurance)
	if err != nil {
		return err
	}
	proof, err := r.ProveEntry(s.ctx, who, c.Sequence)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return writeJSON(s.Stdout, proof)
	}
	out := app.NewOutput("")
	defer out.Discard()
	if err := out.AddAt(c.Out, func(w io.Writer) error { return writeJSON(w, proof) }); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	s.print("wrote %s\n", plain(c.Out))
	return nil
}

type journalCheck struct {
	Proof string `arg:"" placeholder:"FILE" help:"Proof that is checked."`
	Key   string `required:"" placeholder:"KEY" help:"The record's public key, or a file that holds it."`
}

// maxProof is the size of the largest proof that is read, in bytes.
const maxProof = 16 << 20

// Help is shown below the command's summary.
func (journalCheck) Help() string {
	return `Nothing is needed but the proof and the record's public key, which the record's head command prints.

Example:

    towerbridge journal check 42.proof.json --key record.pub
`
}

// Run checks a proof.
func (c *journalCheck) Run(s *session) error {
	key := c.Key
	if _, err := os.Stat(key); err == nil {
		data, err := store.ReadFile("the key", key, 4096)
		if err != nil {
			return err
		}
		key = strings.TrimSpace(string(data))
	}
	known, err := statement.NewVerifiers(key)
	if err != nil {
		return err
	}
	data, err := store.ReadFile("the proof", c.Proof, maxProof)
	if err != nil {
		return err
	}
	proof := &journal.Proof{}
	if err := json.Unmarshal(data, proof); err != nil {
		return fault.Wrap(fault.Invalid, err, "the proof %s is not one", c.Proof)
	}
	at, err := proof.Verify(known)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, map[string]any{"origin": at.Origin, "size": at.Size, "sequence": proof.Seq, "line": json.RawMessage(proof.Line)})
	}
	s.print("line %d is in the journal of %s as it was with %d lines\n%s\n", proof.Seq, plain(at.Origin), at.Size, plain(proof.Line))
	return nil
}

type journalExport struct {
	recordFlag
	From int64 `default:"1" placeholder:"SEQUENCE" help:"First line, by its sequence number."`
}

// Help is shown below the command's summary.
func (journalExport) Help() string {
	return `Prints every line in sequence, as it was chained: entries in the journal's open form, from which every command that takes --log reads them (.ndjson), and acts on the record itself. What lines withhold is not printed.

Example:

    towerbridge journal export --store towerbridge.db > journal.ndjson
`
}

// Run prints the journal.
func (c *journalExport) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Assurance)
	if err != nil {
		return err
	}
	var failed error
	err = r.ReadJournal(s.ctx, who, c.From, func(_ int64, line []byte) bool {
		_, failed = s.Stdout.Write(append(line[:len(line):len(line)], '\n'))
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	return err
}
