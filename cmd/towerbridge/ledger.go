package main

import (
	"context"
	"encoding/hex"
	"os"
	"strings"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/span"
)

// The environment's names for the record's secret: 64 hexadecimal digits, or a file
// that holds them or the bytes themselves. A record in a file has its secret beside it.
const (
	secretName     = "TOWERBRIDGE_SECRET"
	secretFileName = "TOWERBRIDGE_SECRET_FILE"
)

// now is the present instant: the only place where the program asks for it.
func now() span.Instant { return span.Instant(time.Now().Unix()) }

// openLedger opens the database of a record, for a command.
func openLedger(ctx context.Context, url string, create bool) (store.Ledger, error) {
	return openRecord(ctx, url, os.Getenv(secretFileName), create, nil)
}

// openRecord opens the database of a record. The file holds its secret, unless the
// environment does; neither is needed where it is beside the database. Committed is told
// of each group of changes; it may be nil.
func openRecord(ctx context.Context, url, secretFile string, create bool, committed func(int, time.Duration)) (store.Ledger, error) {
	secret, err := secretFrom(os.Getenv(secretName), secretFile)
	if err != nil {
		return nil, err
	}
	if file, ok := sqlstore.File(url); ok && !create {
		if _, err := os.Stat(file); err != nil {
			return nil, store.FileError("the record", file, err)
		}
	}
	l, err := sqlstore.Open(ctx, url, sqlstore.Options{Secret: secret, Now: now, Committed: committed})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// secretFrom reads the secret; nil where none is given.
func secretFrom(text, file string) ([]byte, error) {
	what := secretName
	if text == "" && file != "" {
		data, err := store.ReadFile("the secret", file, 1024)
		if err != nil {
			return nil, err
		}
		if len(data) == sqlstore.SecretSize { // as it is kept beside a file
			return data, nil
		}
		text, what = strings.TrimSpace(string(data)), file
	}
	if text == "" {
		return nil, nil
	}
	secret, err := hex.DecodeString(text)
	if err != nil || len(secret) != sqlstore.SecretSize {
		return nil, fault.New(fault.Invalid, "Make one by: openssl rand -hex 32", "%s does not hold %d hexadecimal digits", what, 2*sqlstore.SecretSize)
	}
	return secret, nil
}
