package sqlstore

import (
	"context"
	"database/sql"
	"time"
)

// watchEvery is how often a file is asked whether another process has written to it.
const watchEvery = time.Second

// watch asks SQLite whether another connection has changed the file.
func (e *sqliteEngine) watch(ctx context.Context, changed func()) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var conn *sql.Conn
	var before int64
	for {
		if conn == nil {
			conn, _ = e.reader.Conn(ctx)
		}
		if conn != nil {
			var now int64
			if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&now); err != nil {
				conn.Close()
				conn = nil
			} else if now != before {
				before = now
				changed()
			}
		}
		select {
		case <-ctx.Done():
			if conn != nil {
				conn.Close()
			}
			return
		case <-tick.C:
		}
	}
}
