package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"towerbridge/fault"
)

// postgresEngine is a database of PostgreSQL. What writes has connections of its own,
// so that it never waits for those who read.
type postgresEngine struct {
	config *pgx.ConnConfig
	writer *sql.DB
	reader *sql.DB
}

// How PostgreSQL is spoken to.
const (
	writers      = 3 // connections: the committer, a log that is appended, a health check
	connectLimit = 10 * time.Second
	// channel is where commits are made known. Stores in other schemas use it too.
	channel = "towerbridge"
)

func openPostgres(ctx context.Context, dsn string, readers int) (*postgresEngine, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, addressRemedy, "the connection string of the store cannot be read")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "towerbridge"
	}
	e := &postgresEngine{config: config, writer: openPool(config, writerSettings), reader: openPool(config, readerSettings)}
	e.writer.SetMaxOpenConns(writers)
	e.writer.SetMaxIdleConns(writers)
	e.reader.SetMaxOpenConns(readers)
	e.reader.SetMaxIdleConns(readers)
	if err := migrate(ctx, e.writer, goose.DialectPostgres, postgresWords); err != nil {
		e.close()
		return nil, explain(err, "the database cannot be opened")
	}
	return e, nil
}

// What a connection is told when it is made. Every query here has its index, but the
// planner does not know before it has statistics, and a plan that it made for an empty
// table stays in use when that has grown to millions of rows: so tables are never read
// from end to end where there is an index, and what an index has in order is not read
// otherwise and sorted.
// To compile a query costs more than to run it, and is what the costs of tables that are
// read from end to end would call for.
// A process that hangs in the middle of a transaction gives the head back.
const (
	writerSettings = "SET jit = off; SET enable_seqscan = off; SET idle_in_transaction_session_timeout = '60s'"
	readerSettings = "SET jit = off; SET enable_seqscan = off; SET enable_bitmapscan = off"
)

// openPool returns a pool of connections with settings.
func openPool(config *pgx.ConnConfig, settings string) *sql.DB {
	return stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.PgConn().Exec(ctx, settings).ReadAll()
		return err
	}))
}

func (e *postgresEngine) readers() *sql.DB { return e.reader }
func (e *postgresEngine) whole() []string {
	return []string{"SET LOCAL enable_seqscan = on", "SET LOCAL enable_bitmapscan = on", "SET LOCAL enable_nestloop = off", "SET LOCAL work_mem = '64MB'"}
}
func (e *postgresEngine) lockHead() string { return " FOR UPDATE" }
func (e *postgresEngine) clock() string {
	return "SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
}
func (e *postgresEngine) notify(b *batch) { b.exec("NOTIFY " + channel) }
func (e *postgresEngine) close() error    { return errors.Join(e.writer.Close(), e.reader.Close()) }

func (e *postgresEngine) begin(ctx context.Context) (transaction, error) {
	conn, err := e.writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &postgresTransaction{conn: conn}, nil
}

// postgresTransaction is a transaction of PostgreSQL. It begins with its first batch.
type postgresTransaction struct {
	conn  *sql.Conn
	begun bool
	over  bool
}

// raw calls f with the driver's own connection.
func (t *postgresTransaction) raw(f func(*pgx.Conn) error) error {
	return t.conn.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn()) })
}

func (t *postgresTransaction) run(ctx context.Context, b *batch) error {
	var send pgx.Batch
	if !t.begun {
		send.BeginTx(pgx.TxOptions{})
		t.begun = true
	}
	for i := range b.steps {
		queue(&send, &b.steps[i])
	}
	if send.Len() == 0 {
		return nil
	}
	return t.raw(func(c *pgx.Conn) error { return c.SendBatch(ctx, &send).Close() })
}

func queue(send *pgx.Batch, s *step) {
	switch {
	case s.insert != nil:
		s.insert.parts(s.rows, func(text string, args []any) { send.Queue(text, args...) })
	case s.row != nil:
		send.Queue(s.text, s.args...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := s.row(rows.Scan); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	default:
		send.Queue(s.text, s.args...)
	}
}

func (t *postgresTransaction) load(ctx context.Context, into *insertion, rows [][]any) error {
	return t.raw(func(c *pgx.Conn) error {
		_, err := c.CopyFrom(ctx, pgx.Identifier{into.table}, into.columns, pgx.CopyFromRows(rows))
		return err
	})
}

func (t *postgresTransaction) finish(ctx context.Context, b *batch) error {
	b.exec("COMMIT")
	if err := t.run(ctx, b); err != nil {
		return err
	}
	t.over = true
	return t.conn.Close()
}

// undoLimit is how long the server may take to undo a transaction before the
// connection is given up.
const undoLimit = 5 * time.Second

func (t *postgresTransaction) rollback() {
	if t.over {
		return
	}
	t.over = true
	ctx, cancel := context.WithTimeout(context.Background(), undoLimit)
	defer cancel()
	// Where this fails, the connection is at fault: it is closed, and the server undoes
	// the transaction by itself.
	_ = t.raw(func(c *pgx.Conn) error {
		if c.PgConn().TxStatus() != 'I' {
			if _, err := c.Exec(ctx, "ROLLBACK"); err != nil {
				return c.Close(ctx)
			}
		}
		return nil
	})
	_ = t.conn.Close()
}

// settle has the planner look at tables that have grown. It would do so by itself after
// a minute; an error is of no consequence.
func (e *postgresEngine) settle(ctx context.Context) {
	_, _ = e.writer.ExecContext(ctx, "ANALYZE ticket, ticket_party, ticket_lines")
}

// scrub has nothing to do: PostgreSQL removes what deleted rows have left when it
// vacuums its tables.
func (e *postgresEngine) scrub(context.Context) error { return nil }

// ping finds out whether the server would write: it is not where it is a replica or
// has been made read-only.
func (e *postgresEngine) ping(ctx context.Context) error {
	var readOnly string
	if err := e.writer.QueryRowContext(ctx, "SHOW transaction_read_only").Scan(&readOnly); err != nil {
		return err
	}
	if readOnly != "off" {
		return &pgconn.PgError{Severity: "ERROR", Code: "25006", Message: "the server is read-only"}
	}
	return nil
}

// The times between two attempts to listen again.
const (
	listenSoon  = 100 * time.Millisecond
	listenLater = 10 * time.Second
)

// watch listens on a connection of its own, which it makes anew when it ends.
func (e *postgresEngine) watch(ctx context.Context, changed func()) {
	for wait := listenSoon; ctx.Err() == nil; wait = min(2*wait, listenLater) {
		if e.listen(ctx, func() { wait = listenSoon; changed() }) == nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// listen calls changed once it listens, and for each notification.
func (e *postgresEngine) listen(ctx context.Context, changed func()) error {
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	for {
		changed()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}
