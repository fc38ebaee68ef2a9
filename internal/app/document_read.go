package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// DocumentEntry is a document of the record without its text.
type DocumentEntry struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Digest  string `json:"digest"` // as sha256: and hexadecimal
	Bytes   int    `json:"bytes"`
}

// StoredDocument is a document as it was written.
type StoredDocument struct {
	DocumentEntry
	Text []byte
}

// ListDocuments returns the documents that somebody may read, by name.
func (r *Record) ListDocuments(ctx context.Context, who access.Principal) ([]DocumentEntry, error) {
	out := []DocumentEntry{}
	err := r.browse(ctx, store.Browse{Shelf: store.Documents}, func(item store.Item) error {
		if r.may(who, access.DocumentRead, resourceOf(item.ID, item.Data)) == nil {
			out = append(out, entryOf(item))
		}
		return nil
	})
	return out, err
}

// ReadDocument returns a document as it was written: the version in force where the
// version is zero, and that one where it is not. What somebody may not read is not
// found.
func (r *Record) ReadDocument(ctx context.Context, who access.Principal, name string, version int64) (*StoredDocument, error) {
	item, err := r.Ledger.Get(ctx, store.Documents, name)
	if version != 0 && (err == nil || isNotFound(err)) {
		item, err = r.Ledger.GetVersion(ctx, store.Documents, name, version)
	}
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	if err != nil || r.may(who, access.DocumentRead, resourceOf(name, item.Data)) != nil {
		return nil, fault.New(fault.NotFound, "List the documents.", "there is no document %.200q that you may read", name)
	}
	return &StoredDocument{entryOf(item), item.Data}, nil
}

func entryOf(item store.Item) DocumentEntry {
	return DocumentEntry{Name: item.ID, Version: item.Version, Digest: journal.DigestLine(item.Data), Bytes: len(item.Data)}
}

// resourceOf is a document as rights look at it.
func resourceOf(name string, data []byte) access.Document {
	p := shelving{files: map[string][]byte{name: data}}
	return p.resource(name)
}
