package sqlstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// SecretSize is the length of a record's secret, in bytes.
const SecretSize = 32

// secretFile returns the name of the file that holds the secret of a record on SQLite.
func secretFile(database string) string { return database + ".secret" }

// readSecret returns the secret that is kept beside a file. Where there is neither the
// file nor the secret, it makes one.
func readSecret(database string, random io.Reader) ([]byte, error) {
	name := secretFile(database)
	secret, err := store.ReadFile("the record's secret", name, SecretSize)
	if fault.KindOf(err) != fault.NotFound {
		if err == nil && len(secret) != SecretSize {
			err = fault.New(fault.Invalid, "Put back the file that was kept with the record.", "the record's secret %s has not %d bytes", name, SecretSize)
		}
		return secret, err
	}
	if info, err := os.Stat(database); err == nil && info.Size() > 0 {
		return nil, fault.New(fault.NotFound,
			"Put back the file that was kept with the record: without it, names and texts cannot be read.",
			"the record %s has lost its secret %s", database, name)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, store.FileError("the record", database, err)
	}
	return makeSecret(database, name, random)
}

func makeSecret(database, name string, random io.Reader) ([]byte, error) {
	secret := make([]byte, SecretSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "no secret can be made")
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*") // only its owner may read it
	if err != nil {
		return nil, store.FileError("the record's secret", name, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(secret)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), name) // whole, or not at all
	}
	if errors.Is(err, fs.ErrExist) {
		return readSecret(database, random) // another process was quicker
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "the record's secret cannot be written to %s", name)
	}
	return secret, nil
}

// checkSecret says what is wrong with a secret that was given.
func checkSecret(secret []byte) error {
	if len(secret) != SecretSize {
		return fault.New(fault.Invalid, fmt.Sprintf("Give %d random bytes, and keep them apart from the database.", SecretSize),
			"the record's secret has %d bytes", len(secret))
	}
	return nil
}
