package identity

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
	"strings"
	"sync"

	"towerbridge/fault"
)

// Kind is what a minted secret is for. One of one kind is never taken for another.
type Kind string

// The kinds of minted secrets.
const (
	Token   Kind = "token"   // of a service account, sent with each request
	Session Kind = "session" // of somebody signed in, in a cookie
	Link    Kind = "link"    // works once: an invitation, a new password
	State   Kind = "state"   // between the two halves of a sign-in
)

// kinds holds every kind.
var kinds = []Kind{Token, Session, Link, State}

// The form of a minted secret: tb_, its kind, an underscore, and 48 characters of
// base64 (URL alphabet) that hold 32 random bytes and a checksum of all before it. The
// head lets scanners find one that was committed or pasted somewhere; the checksum
// tells them, and us, a real one from a look-alike without a look-up.
//
//	tb_token_Zk9w...48 characters in all...
const (
	randomBytes = 32
	bodyBytes   = randomBytes + 4
	bodyChars   = bodyBytes / 3 * 4
)

// Mint makes secrets and knows them again. What is stored of one is its id, a keyed
// hash: who reads the store can neither use it nor test a guess. A Mint may be used from many
// goroutines where its random reader may.
type Mint struct {
	random io.Reader
	hashes map[Kind]*sync.Pool // of hash.Hash, keyed
	blind  []byte
}

// NewMint returns a mint whose hashes are keyed by a record's secret of at least 32
// bytes. Two mints of one secret know each other's.
func NewMint(recordSecret []byte, random io.Reader) (*Mint, error) {
	if len(recordSecret) < sha256.Size {
		return nil, fault.New(fault.Invalid, "Give the secret that the record was made with.",
			"the record's secret has %d bytes, not %d or more", len(recordSecret), sha256.Size)
	}
	m := &Mint{random: random, hashes: map[Kind]*sync.Pool{}}
	for _, k := range kinds {
		key, err := derive(recordSecret, string(k))
		if err != nil {
			return nil, err
		}
		m.hashes[k] = &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}
	}
	var err error
	m.blind, err = derive(recordSecret, "blind")
	return m, err
}

// derive returns the key of a purpose: HKDF-SHA256 of the record's secret.
func derive(recordSecret []byte, purpose string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, recordSecret, nil, "towerbridge/identity/1/"+purpose, sha256.Size)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the key of %s cannot be derived", purpose)
	}
	return key, nil
}

// New makes a secret and returns it with the id by which it is stored.
func (m *Mint) New(k Kind) (secret Secret, id string, err error) {
	head := "tb_" + string(k) + "_"
	body := make([]byte, bodyBytes)
	if _, err := io.ReadFull(m.random, body[:randomBytes]); err != nil {
		return "", "", fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	binary.BigEndian.PutUint32(body[randomBytes:], checksum(head, body[:randomBytes]))
	secret = Secret(head + base64.RawURLEncoding.EncodeToString(body))
	id, err = m.ID(k, secret)
	return secret, id, err
}

// checksum is CRC-32 (IEEE) of the head and the random bytes.
func checksum(head string, random []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(head)), crc32.IEEETable, random)
}

// ID returns the id under which a secret of a kind would be stored: 64 hexadecimal
// digits. The error is a [Refusal] where the text cannot be one; that it was ever made,
// and still holds, is for the store to say.
func (m *Mint) ID(k Kind, s Secret) (string, error) {
	if !wellFormed(k, string(s)) {
		return "", NotKnown("Give it as it was handed out, whole.", "this is not a %s of this program", k)
	}
	pool := m.hashes[k]
	h := pool.Get().(hash.Hash)
	defer pool.Put(h)
	h.Reset()
	io.WriteString(h, string(s)) //nolint:errcheck // a hash takes everything
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0])), nil
}

// wellFormed reports whether a text has the form of a secret of a kind.
func wellFormed(k Kind, s string) bool {
	body, ok := strings.CutPrefix(s, "tb_")
	if ok {
		body, ok = strings.CutPrefix(body, string(k))
	}
	if !ok || len(body) != 1+bodyChars || body[0] != '_' {
		return false
	}
	var raw [bodyBytes]byte
	if n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(body[1:])); err != nil || n != bodyBytes {
		return false
	}
	head := s[:len(s)-bodyChars]
	return binary.BigEndian.Uint32(raw[randomBytes:]) == checksum(head, raw[:randomBytes])
}

// KindOf returns the kind of a minted secret, and whether the text has the form of one.
func KindOf(s Secret) (Kind, bool) {
	for _, k := range kinds {
		if wellFormed(k, string(s)) {
			return k, true
		}
	}
	return "", false
}

// Blind returns a keyed hash of a text that is looked for but not to be read, such as a
// sign-in name that nobody has: 64 hexadecimal digits. The same text has another for
// another purpose.
func (m *Mint) Blind(purpose, text string) string {
	h := hmac.New(sha256.New, m.blind)
	io.WriteString(h, purpose+"\x00"+text) //nolint:errcheck // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}
