package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"

	"towerbridge/internal/store"
)

// Digest tells one import of logs from another: it is over the content of the logs, in
// their order, of the mapping and of the decisions, and over a digest of the salt. What
// files are called does not enter it.
func (f *Folder) Digest(ctx context.Context) (string, error) {
	h := sha256.New()
	for _, x := range []struct{ what, name string }{{"the mapping", f.Mapping}, {"the file of decisions", f.Decisions}, {"the salt", f.Salt}} {
		var content []byte
		if x.name != "" {
			one := sha256.New()
			if err := copyFile(ctx, one, x.what, x.name); err != nil {
				return "", err
			}
			content = one.Sum(nil)
		}
		h.Write([]byte{byte(len(content))})
		h.Write(content)
	}
	for _, name := range f.Logs {
		if err := copyFile(ctx, h, "the log", name); err != nil {
			return "", err
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

func copyFile(ctx context.Context, to hash.Hash, what, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return store.FileError(what, name, err)
	}
	defer file.Close()
	if _, err := io.CopyBuffer(struct{ io.Writer }{to}, reader{ctx, file}, make([]byte, 1<<20)); err != nil {
		return store.FileError(what, name, err)
	}
	return nil
}
