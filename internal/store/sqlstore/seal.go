package sqlstore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"sync"

	"towerbridge/fault"
	"towerbridge/journal"
)

// sealer keeps content so that it can be read only with the record's secret and the
// item's own shard:
//
//	key    = HMAC-SHA256(secret, shard)       shard: 32 random bytes, in the item's row
//	sealed = AES-256-GCM(key, salt \0 value)  bound to the digest that stands in the line
//
// Each key seals one item, so the nonce is zero. To erase an item is to drop its shard:
// then a copy of the sealed bytes, wherever it may be, is noise.
type sealer struct {
	secret []byte
	random io.Reader
}

// oneAtATime lets several goroutines read from a source of random bytes.
type oneAtATime struct {
	mutex sync.Mutex
	from  io.Reader
}

// Read reads random bytes.
func (r *oneAtATime) Read(b []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.from.Read(b)
}

const (
	shardSize = 32
	saltSize  = 16 // bytes, before they are made hexadecimal
)

// aead returns what seals and opens the item with a shard.
func (s *sealer) aead(shard []byte) (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write(shard)
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal seals the salt and the value of an item.
func (s *sealer) seal(w journal.Withheld) (shard, sealed []byte, err error) {
	shard = make([]byte, shardSize)
	if _, err := io.ReadFull(s.random, shard); err != nil {
		return nil, nil, fault.Wrap(fault.Unavailable, err, "no random bytes are to be had")
	}
	aead, err := s.aead(shard)
	if err != nil {
		return nil, nil, fault.Wrap(fault.Internal, err, "content cannot be sealed")
	}
	text := make([]byte, 0, len(w.Salt)+1+len(w.Value)+aead.Overhead())
	text = append(append(append(text, w.Salt...), 0), w.Value...)
	return shard, aead.Seal(text[:0], make([]byte, aead.NonceSize()), text, []byte(w.Digest)), nil
}

var errSeal = fault.New(fault.Disagrees, "Check the record with doctor.", "what is sealed beside a line does not open")

// reveal returns an item with its salt and value; where its shard is gone, it was
// erased.
func (s *sealer) reveal(w journal.Withheld, shard, sealed []byte) (journal.Withheld, error) {
	if len(shard) == 0 {
		w.Erased = true
		return w, nil
	}
	aead, err := s.aead(shard)
	if err != nil {
		return w, fault.Wrap(fault.Internal, err, "content cannot be opened")
	}
	text, err := aead.Open(nil, make([]byte, aead.NonceSize()), sealed, []byte(w.Digest))
	if err != nil {
		return w, errSeal
	}
	salt, value, found := strings.Cut(string(text), "\x00")
	if !found {
		return w, errSeal
	}
	w.Salt, w.Value = salt, value
	return w, nil
}

// salt returns a new random salt, hexadecimal.
func (s *sealer) salt() (string, error) {
	var b [saltSize]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "no random bytes are to be had")
	}
	return hex.EncodeToString(b[:]), nil
}

// derive returns 32 bytes that follow from the secret and a purpose. A shard is never a
// purpose: those are 32 random bytes.
func (s *sealer) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("towerbridge: " + purpose))
	return mac.Sum(nil)
}

// mark returns the bytes by which a secret is known again. They tell nothing about it.
func (s *sealer) mark() []byte { return s.derive("mark of the record's secret") }

// Derive returns 32 bytes that follow from the record's secret and a purpose: see
// [store.Ledger].
func (s *Store) Derive(purpose string) []byte { return s.sealer.derive("purpose " + purpose) }
