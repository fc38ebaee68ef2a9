package sqlstore

import (
	"context"
	"database/sql"
	"sync"
)

// texts are queries that are kept prepared: SQLite reads the text of a query anew
// otherwise, which takes longer than to run it. PostgreSQL's driver keeps its own.
type texts struct {
	db      *sql.DB
	keeps   bool
	mutex   sync.RWMutex
	queries map[string]*sql.Stmt
}

// maxTexts is the number of queries that are kept. Those of lists differ by how many
// values they ask for; rare ones are read anew.
const maxTexts = 300

// query runs a query, in a transaction if there is one.
func (t *texts) query(ctx context.Context, tx *sql.Tx, text string, args []any) (*sql.Rows, error) {
	s, err := t.prepared(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case s == nil && tx == nil:
		return t.db.QueryContext(ctx, text, args...)
	case s == nil:
		return tx.QueryContext(ctx, text, args...)
	case tx == nil:
		return s.QueryContext(ctx, args...)
	}
	return tx.StmtContext(ctx, s).QueryContext(ctx, args...)
}

// prepared returns a prepared query; nil where it is not kept.
func (t *texts) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if !t.keeps {
		return nil, nil
	}
	t.mutex.RLock()
	s, full := t.queries[text], len(t.queries) >= maxTexts
	t.mutex.RUnlock()
	if s != nil || full {
		return s, nil
	}
	s, err := t.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if other := t.queries[text]; other != nil {
		return other, s.Close()
	}
	t.queries[text] = s
	return s, nil
}

func (t *texts) close() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, s := range t.queries {
		s.Close() // the database is closed next
	}
	clear(t.queries)
	return nil
}
