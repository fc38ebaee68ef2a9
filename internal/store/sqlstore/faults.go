package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"towerbridge/fault"
)

// Result codes of SQLite, without what they say in particular. See
// https://www.sqlite.org/rescode.html.
const (
	sqliteBusy     = 5
	sqliteLocked   = 6
	sqliteReadOnly = 8
	sqliteIO       = 10
	sqliteCorrupt  = 11
	sqliteFull     = 13
	sqliteOpen     = 14
	sqliteNotADB   = 26
)

// explain makes a driver's error one of ours: what could not be done, and what to do
// about it. An error that is one of ours already is returned as it is.
func explain(err error, format string, args ...any) error {
	var own *fault.Error
	var findings fault.Findings
	if err == nil || errors.As(err, &own) || errors.As(err, &findings) {
		return err
	}
	kind, remedy := classify(err)
	e := fault.Wrap(kind, withoutSecrets(err), format, args...)
	e.Remedy = remedy
	return e
}

// classify says what a driver's error means, and what to do.
func classify(err error) (fault.Kind, string) {
	var lite *sqlite.Error
	var server *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Unavailable, "Try again."
	case errors.As(err, &lite):
		return classifySQLite(lite.Code() & 0xff)
	case errors.As(err, &server):
		return classifyPostgres(server.Code)
	case errors.As(err, &connect), isConnection(err), pgconn.Timeout(err):
		return fault.Unavailable, "Check that the database runs and can be reached, then try again."
	}
	return fault.Internal, ""
}

// isConnection reports whether an error is that of a connection that has ended.
func isConnection(err error) bool {
	var network *net.OpError
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code == "57P01" || server.Code == "57P02" // the server has ended it
	}
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err)
}

// isUncertain reports whether an error at the end of a transaction leaves open whether
// it was committed.
func isUncertain(err error) bool {
	var lite *sqlite.Error
	return isConnection(err) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.As(err, &lite) && lite.Code()&0xff == sqliteIO
}

func classifySQLite(code int) (fault.Kind, string) {
	switch code {
	case sqliteFull:
		return fault.Unavailable, "The disk is full: make room, then try again."
	case sqliteBusy, sqliteLocked:
		return fault.Unavailable, "Another process holds the file: try again."
	case sqliteReadOnly:
		return fault.Unavailable, "Give the program leave to write the file and its folder."
	case sqliteIO:
		return fault.Unavailable, "Check the disk and the space on it, then try again."
	case sqliteOpen:
		return fault.Unavailable, "Check that the folder exists and may be written to."
	case sqliteCorrupt, sqliteNotADB:
		return fault.Unavailable, "The file is damaged or no database: restore a backup."
	}
	return fault.Internal, ""
}

// classifyPostgres reads an SQLSTATE. See the appendix "Error Codes" of PostgreSQL's
// manual.
func classifyPostgres(code string) (fault.Kind, string) {
	switch {
	case code == "53100":
		return fault.Unavailable, "The database's disk is full: make room, then try again."
	case code == "53300":
		return fault.Unavailable, "The database has no connection left: raise max_connections, or lower what the processes use."
	case code == "25006":
		return fault.Unavailable, "The database is read-only: name the primary server."
	case strings.HasPrefix(code, "28"):
		return fault.Unavailable, "Check the user, the password and pg_hba.conf."
	case code == "3D000":
		return fault.Unavailable, "Make the database first."
	case code == "42501":
		return fault.Unavailable, "Give the user the right to make and write tables."
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57"), strings.HasPrefix(code, "58"):
		return fault.Unavailable, "Check that the database runs and can be reached, then try again."
	case strings.HasPrefix(code, "40"), code == "55P03":
		return fault.Unavailable, "Try again."
	}
	return fault.Internal, ""
}

// withoutSecrets returns an error that holds no password, neither in its text nor in a
// field: those of connecting carry the whole configuration.
func withoutSecrets(err error) error {
	var connect *pgconn.ConnectError
	var parse *pgconn.ParseConfigError
	switch {
	case errors.As(err, &parse):
		return errors.New("the connection string cannot be read")
	case errors.As(err, &connect):
		return errors.New(connect.Error())
	}
	return err
}
