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

// documents reads every version of the items of which all are kept, and checks that
// the last ones are those on the shelves.
func (c *checking) documents() error {
	c.put = map[int64][]putItem{}
	err := c.query(func(scan func(...any) error) error {
		var x putItem
		var seq int64
		var data []byte
		if err := scan(&x.shelf, &x.id, &x.version, &seq, &data); err != nil {
			return err
		}
		x.digest = journal.DigestLine(data)
		if seq < 1 || seq > c.head.size {
			c.found(itemWrong, fault.Position{}, x.String(), "no line of the journal says that it was put")
			return nil
		}
		c.put[seq] = append(c.put[seq], x)
		return nil
	}, "SELECT shelf, id, version, seq, data FROM item_version ORDER BY shelf, id, version")
	if err != nil {
		return err
	}
	return c.query(func(scan func(...any) error) error {
		var x putItem
		if err := scan(&x.shelf, &x.id, &x.version); err != nil {
			return err
		}
		c.found(itemWrong, fault.Position{}, x.String(), "what is on the shelf is not the version that was put")
		return nil
	}, "SELECT i.shelf, i.id, i.version FROM item i LEFT JOIN item_version v ON v.shelf = i.shelf AND v.id = i.id AND v.version = i.version "+
		"WHERE i.shelf IN ($1, $2) AND (v.id IS NULL OR v.data <> i.data OR v.grp <> i.grp OR v.sort <> i.sort OR v.seq <> i.seq OR v.until <> i.until) "+
		"ORDER BY i.shelf, i.id", string(store.Documents), string(store.Statements))
}

// String names the item for a person.
func (x *putItem) String() string { return x.shelf + " " + x.id }

// putBy checks that the items put by a line are those of which it holds the digest.
func (c *checking) putBy(seq int64, m *mention) {
	for i := range c.put[seq] {
		if x := &c.put[seq][i]; x.digest != m.Digest {
			c.found(itemWrong, line(seq), x.String(), "its version %d is not the one of which %s holds the digest", x.version, m)
		}
	}
	delete(c.put, seq)
}
