package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// maxKey is the number of bytes that a file with a key may have.
const maxKey = 4096

// NewKey makes an Ed25519 key pair in the form of golang.org/x/mod/sumdb/note and
// writes the private half to a new file that only its owner may read. It returns the
// public half, which is for everybody who verifies. A file that exists is never
// written over.
func NewKey(random io.Reader, name, file string) (public string, err error) {
	private, public, err := statement.GenerateKey(name, random)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fault.New(fault.Conflict, "Name another file by --out; a key that signed something is needed again.", "the file %s exists", file)
	}
	if err != nil {
		return "", store.FileError("the key", file, err)
	}
	_, err = io.WriteString(f, private+"\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(file)
		return "", store.FileError("the key", file, err)
	}
	return public, nil
}

// Signer reads a private key from a file that [NewKey] wrote. Its content is never
// part of a message.
func Signer(file string) (note.Signer, error) {
	data, err := store.ReadFile("the key", file, maxKey)
	if err != nil {
		return nil, err
	}
	signer, err := statement.NewSigner(string(data))
	if err != nil {
		return nil, inFile(err, file)
	}
	return signer, nil
}

// Verifiers reads a public key: the key itself, or the name of a file that holds it.
func Verifiers(key string) (note.Verifiers, error) {
	v, wrong := statement.NewVerifiers(key)
	if wrong == nil {
		return v, nil
	}
	if _, err := os.Stat(key); err != nil && strings.Contains(key, "+") {
		return nil, wrong // a damaged key, or a private one, which is never shown
	}
	data, err := store.ReadFile("the public key", key, maxKey)
	if err != nil {
		return nil, err
	}
	v, err = statement.NewVerifiers(string(data))
	if err != nil {
		return nil, inFile(err, key)
	}
	return v, nil
}

// inFile says in which file something is wrong.
func inFile(err error, file string) error {
	var e *fault.Error
	if errors.As(err, &e) {
		placed := *e
		placed.Message = file + ": " + e.Message
		return &placed
	}
	return fault.Wrap(fault.KindOf(err), err, "%s", file)
}
