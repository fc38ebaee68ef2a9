package sqlstore

import (
	"path/filepath"
	"strings"

	"towerbridge/fault"
)

// address is where a store is.
type address struct {
	file     string // of SQLite; empty for PostgreSQL
	postgres string // connection string, which may hold a password: never shown
}

const addressRemedy = "Write a file, such as record.db or sqlite:/var/lib/towerbridge/record.db, or postgres://user@host/database."

// parseAddress reads the URL of a store. The text is not repeated in errors: it may
// hold a password.
func parseAddress(url string) (address, error) {
	scheme, rest, cut := strings.Cut(url, ":")
	switch {
	case url == "":
		return address{}, fault.New(fault.Invalid, addressRemedy, "the store has no URL")
	case cut && (scheme == "postgres" || scheme == "postgresql"):
		return address{postgres: url}, nil
	case cut && scheme == "sqlite":
		rest = strings.TrimPrefix(rest, "//")
		if rest == "" {
			return address{}, fault.New(fault.Invalid, addressRemedy, "the URL of the store names no file")
		}
		return address{file: rest}, nil
	case isDatabaseFile(url):
		return address{file: url}, nil
	case strings.Contains(url, "host=") || strings.Contains(url, "dbname="):
		return address{postgres: url}, nil
	}
	return address{}, fault.New(fault.Invalid, addressRemedy, "the URL of the store is of no known form")
}

func isDatabaseFile(name string) bool {
	switch filepath.Ext(name) {
	case ".db", ".sqlite", ".sqlite3":
		return !strings.Contains(name, "=")
	}
	return false
}

// name returns what the store is called in messages.
func (a address) name() string {
	if a.file != "" {
		return "the record " + a.file
	}
	return "the record's database"
}
