package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

const itemColumns = "id, version, grp, sort, seq, until, "

func scanItem(scan func(...any) error, shelf store.Shelf) (store.Item, error) {
	i := store.Item{Shelf: shelf}
	err := scan(&i.ID, &i.Version, &i.Group, &i.Sort, &i.Seq, (*int64)(&i.Until), &i.Data)
	return i, err
}

// Get returns an item: see [store.Reader].
func (s *Store) Get(ctx context.Context, shelf store.Shelf, id string) (store.Item, error) {
	if !keepable(id) || !keepable(string(shelf)) {
		return store.Item{}, s.orNone(sql.ErrNoRows, "there is no %s %q", shelf, id)
	}
	item, err := scanItem(s.engine.readers().QueryRowContext(ctx,
		"SELECT "+itemColumns+"data FROM item WHERE shelf = $1 AND id = $2 AND (until = 0 OR until > $3)",
		string(shelf), id, int64(s.now())).Scan, shelf)
	return item, s.orNone(err, "there is no %s %s", shelf, id)
}

// GetVersion returns an earlier version of an item: see [store.Reader].
func (s *Store) GetVersion(ctx context.Context, shelf store.Shelf, id string, version int64) (store.Item, error) {
	if !keepable(id) || !keepable(string(shelf)) {
		return store.Item{}, s.orNone(sql.ErrNoRows, "there is no %s %q", shelf, id)
	}
	item, err := scanItem(s.engine.readers().QueryRowContext(ctx,
		"SELECT "+itemColumns+"data FROM item_version WHERE shelf = $1 AND id = $2 AND version = $3",
		string(shelf), id, version).Scan, shelf)
	return item, s.orNone(err, "there is no version %d of the %s %s", version, shelf, id)
}

// orNone explains an error; that there is no row means that something is not there.
func (s *Store) orNone(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "Check its name.", format, args...)
	}
	return explain(err, "%s cannot be read", s.name)
}

// Browse returns a page of a shelf: see [store.Reader].
func (s *Store) Browse(ctx context.Context, b store.Browse) ([]store.Item, error) {
	if !keepable(string(b.Shelf)) || !keepable(b.Match) || b.Group != nil && !keepable(*b.Group) {
		return nil, nil
	}
	args := []any{string(b.Shelf), int64(s.now())}
	place := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	data := "data"
	if b.NoData {
		data = "NULL"
	}
	text := "SELECT " + itemColumns + data + " FROM item WHERE shelf = $1 AND (until = 0 OR until > $2)"
	if b.Group != nil {
		text += " AND grp = " + place(*b.Group)
	}
	if b.Match != "" {
		text += " AND words LIKE " + place("%"+likeText(strings.ToLower(b.Match))+"%") + ` ESCAPE '\'`
	}
	if b.After != nil {
		text += " AND (sort, id) > (" + place(b.After.Sort) + ", " + place(b.After.ID) + ")"
	}
	limit := b.Limit
	if limit <= 0 || limit > store.MaxPage {
		limit = store.MaxPage
	}
	text += " ORDER BY sort, id LIMIT " + place(int64(limit))
	var out []store.Item
	err := s.read(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			item, err := scanItem(scan, b.Shelf)
			out = append(out, item)
			return err
		}, text, args...)
	})
	return out, err
}

// likeText returns a text with what LIKE reads as signs made plain.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Documents returns the documents as they stand, in the order of their names: see
// [store.Store].
func (s *Store) Documents(ctx context.Context) ([]statement.Source, error) {
	var out []statement.Source
	err := s.read(ctx, func(v *view) error {
		return v.query(func(scan func(...any) error) error {
			var d statement.Source
			err := scan(&d.Name, &d.Data)
			out = append(out, d)
			return err
		}, "SELECT id, data FROM item WHERE shelf = $1 ORDER BY id", string(store.Documents))
	})
	return out, err
}

// Place returns what a person calls a document of the record: its name.
func (s *Store) Place(name string) string { return name }
