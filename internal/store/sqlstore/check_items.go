package sqlstore

import (
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// putItem is a version of an item and the digest of its data.
type putItem struct {
	shelf, id, digest string
	version           int64
}

// documents checks that what is on the shelves of which every version is kept is the
// last of them, and that each version was put by a line that there is.
func (c *checking) documents() error {
	wrong := func(what string) func(scan func(...any) error) error {
		return func(scan func(...any) error) error {
			var x putItem
			err := scan(&x.shelf, &x.id, &x.version)
			c.found(itemWrong, fault.Position{}, x.String(), what, x.version)
			return err
		}
	}
	err := c.query(wrong("its version %d is not the one that was put"),
		"SELECT i.shelf, i.id, i.version FROM item i LEFT JOIN item_version v ON v.shelf = i.shelf AND v.id = i.id AND v.version = i.version "+
			"WHERE i.shelf IN ($1, $2) AND (v.id IS NULL OR v.data <> i.data OR v.grp <> i.grp OR v.sort <> i.sort OR v.seq <> i.seq OR v.until <> i.until) "+
			"ORDER BY i.shelf, i.id", string(store.Documents), string(store.Statements))
	if err != nil {
		return err
	}
	return c.query(wrong("no line of the journal says that its version %d was put"),
		"SELECT shelf, id, version FROM item_version WHERE seq < 1 OR seq > $1 ORDER BY shelf, id, version", c.head.size)
}

// putItems reads the versions of items that some lines have put.
func (c *checking) putItems(first, last int64) (map[int64][]putItem, error) {
	out := map[int64][]putItem{}
	err := c.query(func(scan func(...any) error) error {
		var x putItem
		var seq int64
		var data []byte
		err := scan(&seq, &x.shelf, &x.id, &x.version, &data)
		x.digest = journal.DigestLine(data)
		out[seq] = append(out[seq], x)
		return err
	}, "SELECT seq, shelf, id, version, data FROM item_version WHERE seq >= $1 AND seq <= $2 ORDER BY seq, shelf, id", first, last)
	return out, err
}

// String names the item for a person.
func (x *putItem) String() string { return x.shelf + " " + x.id }

// putBy checks that the items put by a line are those of which it holds the digest.
func (c *checking) putBy(seq int64, m *mention, items []putItem) {
	for i := range items {
		if x := &items[i]; x.digest != m.Digest {
			c.found(itemWrong, line(seq), x.String(), "its version %d is not the one of which %s holds the digest", x.version, m)
		}
	}
}
