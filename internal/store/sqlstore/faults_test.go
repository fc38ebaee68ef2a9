package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towerbridge/fault"
)

func TestExplain(t *testing.T) {
	own := fault.New(fault.Conflict, "Retry.", "it has changed")
	for what, x := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"a caller that has gone":   {context.Canceled, fault.Unavailable},
		"a time that was over":     {fmt.Errorf("x: %w", context.DeadlineExceeded), fault.Unavailable},
		"a full disk":              {&pgconn.PgError{Code: "53100"}, fault.Unavailable},
		"too many connections":     {&pgconn.PgError{Code: "53300"}, fault.Unavailable},
		"a replica":                {&pgconn.PgError{Code: "25006"}, fault.Unavailable},
		"a wrong password":         {&pgconn.PgError{Code: "28P01"}, fault.Unavailable},
		"no database":              {&pgconn.PgError{Code: "3D000"}, fault.Unavailable},
		"no right":                 {&pgconn.PgError{Code: "42501"}, fault.Unavailable},
		"a server that stops":      {&pgconn.PgError{Code: "57P01"}, fault.Unavailable},
		"a server that starts":     {&pgconn.PgError{Code: "57P03"}, fault.Unavailable},
		"a deadlock":               {&pgconn.PgError{Code: "40P01"}, fault.Unavailable},
		"a key that is there":      {&pgconn.PgError{Code: "23505"}, fault.Internal},
		"a statement that is none": {&pgconn.PgError{Code: "42601"}, fault.Internal},
		"a connection that ended":  {fmt.Errorf("x: %w", io.ErrUnexpectedEOF), fault.Unavailable},
		"a connection refused":     {&net.OpError{Op: "dial", Err: errors.New("refused")}, fault.Unavailable},
		"something else":           {errors.New("x"), fault.Internal},
		"an error of ours":         {fmt.Errorf("x: %w", own), fault.Conflict},
		"findings":                 {fault.Findings{}, fault.Invalid},
	} {
		err := explain(x.err, "it cannot be done")
		if fault.KindOf(err) != x.kind || !errors.Is(err, x.err) && x.kind != fault.Invalid {
			t.Errorf("%s: %v is %s, want %s", what, err, fault.KindOf(err), x.kind)
		}
		var e *fault.Error
		if errors.As(err, &e) && e.Kind == fault.Unavailable && e.Remedy == "" {
			t.Errorf("%s: %v has no remedy", what, err)
		}
	}
	if explain(nil, "x") != nil {
		t.Error("nothing is an error")
	}
}

func TestExplainSQLite(t *testing.T) {
	for code, kind := range map[int]fault.Kind{
		sqliteFull: fault.Unavailable, sqliteBusy: fault.Unavailable, sqliteLocked: fault.Unavailable, sqliteReadOnly: fault.Unavailable,
		sqliteIO: fault.Unavailable, sqliteOpen: fault.Unavailable, sqliteCorrupt: fault.Unavailable, sqliteNotADB: fault.Unavailable, 19: fault.Internal,
	} {
		got, remedy := classifySQLite(code)
		if got != kind || (kind == fault.Unavailable) != (remedy != "") {
			t.Errorf("code %d is %s: %q", code, got, remedy)
		}
	}
}

// An error of connecting carries the password in a field of its own; what is made of it
// does not.
func TestExplainDropsTheConfiguration(t *testing.T) {
	_, err := pgx.Connect(context.Background(), "postgres://u:"+planted+"@127.0.0.1:1/d?connect_timeout=2")
	var connect *pgconn.ConnectError
	if !errors.As(err, &connect) || connect.Config.Password != planted {
		t.Fatalf("the driver's error is %T", err)
	}
	if err := explain(err, "x"); errors.As(err, &connect) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("the configuration is still there: %v", err)
	}
}
