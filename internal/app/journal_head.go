package app

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// SignedHead is how far the journal has come, in the record's own hand.
type SignedHead struct {
	store.Head
	Note string // signed checkpoint
	Key  string // public, by which the signature is checked
}

// JournalHead returns how far the journal has come, signed. Whoever keeps one can show
// later whether the record is still the one that he saw.
func (r *Record) JournalHead(ctx context.Context, who access.Principal) (*SignedHead, error) {
	if err := r.may(who, access.JournalHead, access.Record{}); err != nil {
		return nil, err
	}
	return r.signedHead(ctx)
}

func (r *Record) signedHead(ctx context.Context) (*SignedHead, error) {
	head, err := r.Ledger.Head(ctx)
	if err != nil {
		return nil, err
	}
	signer, public, err := r.signer(ctx)
	if err != nil {
		return nil, err
	}
	c := journal.Checkpoint{Origin: signer.Name(), Size: head.Size, Root: head.Root, Chain: head.Chain}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the head cannot be signed")
	}
	return &SignedHead{Head: head, Note: string(signed), Key: public}, nil
}

// signer returns the record's own key, which follows from its secret.
func (r *Record) signer(ctx context.Context) (note.Signer, string, error) {
	name := "towerbridge/record"
	if book, err := r.Book(ctx); err == nil {
		name = "towerbridge/" + book.Estate.Document().ID
	}
	const algorithm = 1 // Ed25519, in the form of the keys of notes
	key := ed25519.NewKeyFromSeed(r.Ledger.Derive("journal head"))
	public, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", fault.Wrap(fault.Internal, err, "the record's public key cannot be written")
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, "", fault.Wrap(fault.Internal, err, "the record's public key cannot be read")
	}
	private := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, verifier.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{algorithm}, key.Seed()...)))
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, "", fault.New(fault.Internal, "", "the record's key cannot be used")
	}
	return signer, public, nil
}

// ProveEntry proves that a line is in the journal as it stands now, to somebody who
// has the record's public key and nothing else. Whoever may read an entry may have it
// proved; other lines are for those who read the whole journal. A line that somebody
// may not see is not found.
func (r *Record) ProveEntry(ctx context.Context, who access.Principal, seq int64) (*journal.Proof, error) {
	head, err := r.signedHead(ctx)
	if err != nil {
		return nil, err
	}
	if seq < 1 || seq > head.Size {
		return nil, noLine(seq)
	}
	inclusion, err := r.Ledger.Inclusion(ctx, seq, head.Size)
	if err != nil {
		return nil, err
	}
	may, err := r.mayProve(ctx, who, inclusion.Line)
	if err != nil {
		return nil, err
	}
	if !may { // in the words of a line that is not there: neither whose it is nor what is told
		return nil, noLine(seq)
	}
	p := &journal.Proof{Seq: seq, Line: string(inclusion.Line), Head: head.Note, Path: []string{}}
	for _, h := range inclusion.Proof {
		p.Path = append(p.Path, base64.StdEncoding.EncodeToString(h))
	}
	return p, nil
}

func noLine(seq int64) error {
	return fault.New(fault.NotFound, "Give the sequence number of an entry of a ticket that you may see.", "there is no line %d that you may see", seq)
}

// mayProve reports whether somebody may have a line proved.
func (r *Record) mayProve(ctx context.Context, who access.Principal, line []byte) (bool, error) {
	if r.may(who, access.JournalProve, access.Record{}) == nil {
		return true, nil
	}
	var x struct{ Ticket, Event, By, Visibility, Related string }
	if err := json.Unmarshal(line, &x); err != nil {
		return false, fault.Wrap(fault.Internal, err, "a line of the journal cannot be read")
	}
	if x.Ticket == "" {
		return false, nil
	}
	book, err := r.Book(ctx)
	if err != nil {
		return false, err
	}
	found, err := r.visible(ctx, book, who, x.Ticket)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if x.Related != "" {
		seen, err := r.seen(ctx, who, []string{x.Related})
		if err != nil || !seen.has(x.Related) {
			return false, err // the line names it
		}
	}
	var on access.Resource = book.resource(&found.TicketRow, r.Now())
	if x.Event == journal.Noted.String() {
		on = access.Note{Ticket: on.(access.Ticket), Party: x.By, Visibility: x.Visibility}
	}
	return r.may(who, access.EntryProve, on) == nil, nil
}

// ReadJournal calls f with the journal's lines from a sequence number on.
func (r *Record) ReadJournal(ctx context.Context, who access.Principal, from int64, f func(seq int64, line []byte) bool) error {
	if err := r.may(who, access.JournalRead, access.Record{}); err != nil {
		return err
	}
	return r.Ledger.Lines(ctx, from, f)
}

// ProveConsistency proves that the journal of one size begins with that of an earlier
// one: RFC 6962, in base64.
func (r *Record) ProveConsistency(ctx context.Context, who access.Principal, from, to int64) ([]string, error) {
	if err := r.may(who, access.JournalHead, access.Record{}); err != nil {
		return nil, err
	}
	hashes, err := r.Ledger.Consistency(ctx, from, to)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, h := range hashes {
		out = append(out, base64.StdEncoding.EncodeToString(h))
	}
	return out, nil
}
