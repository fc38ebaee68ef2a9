package storetest_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towerbridge/internal/store/storetest"
)

// Each call gives an empty database of its own.
func TestPostgres(t *testing.T) {
	ctx := t.Context()
	first, second := connect(t, storetest.Postgres(t)), connect(t, storetest.Postgres(t))
	if _, err := first.Exec(ctx, "CREATE TABLE mark (n BIGINT)"); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Exec(ctx, "CREATE TABLE mark (n BIGINT)"); err != nil {
		t.Errorf("the second database is not empty: %v", err)
	}
	for setting, want := range map[string]string{"lc_collate": "C", "listen_addresses": ""} {
		var got string
		if err := first.QueryRow(ctx, "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", setting, got, want, err)
		}
	}
}

// A cluster of a test's own syncs what it writes, and one that was killed starts again
// with what was committed.
func TestClusterIsKilled(t *testing.T) {
	ctx := t.Context()
	cluster := storetest.NewCluster(t)
	database := cluster.Database(t)
	conn := connect(t, database)
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var got string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != "on" {
			t.Errorf("%s is %q, want on, as where a server is in use (%v)", setting, got, err)
		}
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE mark (n BIGINT); INSERT INTO mark VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	for how, end := range map[string]func(){
		"killed":                 func() { cluster.Kill(t); cluster.Start(t) },
		"stopped":                func() { cluster.Stop(t); cluster.Start(t) },
		"a backend of it killed": func() { cluster.KillBackend(t, database) },
	} {
		conn := connect(t, database)
		end()
		if _, err := conn.Exec(ctx, "INSERT INTO mark VALUES (2)"); err == nil {
			t.Errorf("%s: a connection outlived its server", how)
		}
	}
	var n int
	if err := connect(t, database).QueryRow(ctx, "SELECT count(*) FROM mark").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, want 1 (%v)", n, err)
	}
	if _, err := os.Stat(cluster.Folder()); err != nil {
		t.Error(err)
	}
}

// connect connects to a database, waiting for one that recovers.
func connect(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	var conn *pgx.Conn
	var err error
	for range 500 {
		if conn, err = pgx.Connect(t.Context(), database); err == nil {
			t.Cleanup(func() { conn.Close(context.Background()) })
			return conn
		}
		pause()
	}
	t.Fatal(err)
	return nil
}

func pause() { time.Sleep(10 * time.Millisecond) }
