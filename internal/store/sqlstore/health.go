package sqlstore

import (
	"context"

	"towerbridge/span"
)

// Ping reports whether the store answers and may be written to. It writes nothing.
func (s *Store) Ping(ctx context.Context) error {
	return explain(s.engine.ping(ctx), "%s cannot be written to", s.name)
}

// Clock returns the instant of the database's own machine; the zero instant on SQLite,
// which has none of its own.
func (s *Store) Clock(ctx context.Context) (span.Instant, error) {
	text := s.engine.clock()
	if text == "" {
		return 0, nil
	}
	var at int64
	err := s.engine.readers().QueryRowContext(ctx, text).Scan(&at)
	return span.Instant(at), explain(err, "%s cannot be read", s.name)
}
