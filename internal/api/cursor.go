package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// cursors seal places in lists. A place would tell how many tickets there are that its
// reader does not see; sealed it tells nothing, and holds only for the list, the filters
// and the reader that it was given for.
type cursors struct{ seal cipher.AEAD }

// newCursors returns cursors under a key that follows from the record's secret, so that
// every process of one record knows them.
func newCursors(key []byte) (cursors, error) {
	block, err := aes.NewCipher(key[:32])
	if err != nil {
		return cursors{}, fault.Wrap(fault.Internal, err, "cursors cannot be sealed")
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return cursors{}, fault.Wrap(fault.Internal, err, "cursors cannot be sealed")
	}
	return cursors{seal}, nil
}

// text returns the text of a place in a list that was asked for in a way.
func (c cursors) text(place []byte, way string) string {
	b := make([]byte, c.seal.NonceSize(), 64)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(c.seal.Seal(b, b, place, []byte(way)))
}

// place returns the place of a text, where it was given for a list asked for in this way.
func (c cursors) place(text, way string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	n := c.seal.NonceSize()
	if err == nil && len(b) > n {
		if place, err := c.seal.Open(nil, b[:n], b[n:], []byte(way)); err == nil {
			return place, nil
		}
	}
	return nil, badCursor()
}

func badCursor() error {
	return fault.Findings{ruleCursor.At(fault.Position{}, "query.after", "the cursor is not one that this list gave to you")}
}

// write returns the text of a place in a list of tickets.
func (c cursors) write(place *store.Cursor, way string) string {
	if place == nil {
		return ""
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(place.Value))
	binary.BigEndian.PutUint64(b[8:], uint64(place.Number))
	return c.text(b[:], way)
}

// read returns a place in a list of tickets.
func (c cursors) read(text, way string) (*store.Cursor, error) {
	b, err := c.place(text, way)
	if err != nil {
		return nil, err
	}
	if len(b) != 16 {
		return nil, badCursor()
	}
	return &store.Cursor{Value: span.Instant(binary.BigEndian.Uint64(b[:8])), Number: int64(binary.BigEndian.Uint64(b[8:]))}, nil
}

// writeItem returns the text of a place on a shelf.
func (c cursors) writeItem(place *store.Item, way string) string {
	if place == nil {
		return ""
	}
	return c.text([]byte(place.ID+"\x00"+place.Sort), way)
}

// readItem returns a place on a shelf.
func (c cursors) readItem(text, way string) (*store.Item, error) {
	b, err := c.place(text, way)
	if err != nil {
		return nil, err
	}
	id, sort, _ := strings.Cut(string(b), "\x00")
	return &store.Item{ID: id, Sort: sort}, nil
}

// wayOf returns what a cursor holds for: the list, its filters and its reader.
func wayOf(path string, query url.Values, reader string) string {
	rest := url.Values{}
	for name, values := range query {
		if name != "after" && name != "limit" && name != "count" {
			rest[name] = values
		}
	}
	return strings.Join([]string{path, rest.Encode(), reader}, "\x00")
}

// Pages is the part of a list's query that says which page.
type Pages struct {
	After string `query:"after" maxLength:"2000" doc:"Where the page begins: next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"How many there are in a page."`
}

// Linked is the head of a page.
type Linked struct {
	Link string `header:"Link" doc:"The page after this one, with rel=next (RFC 8288)."`
}

// linkNext returns the header that leads to the next page.
func linkNext(u *url.URL, next string) Linked {
	if next == "" {
		return Linked{}
	}
	q := u.Query()
	q.Set("after", next)
	return Linked{Link: "<" + u.Path + "?" + q.Encode() + `>; rel="next"`}
}
