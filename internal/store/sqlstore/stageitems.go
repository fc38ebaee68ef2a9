package sqlstore

import (
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// planItems checks the versions of the items that a plan puts and drops, and works out
// those that they will have.
func (st *stage) planItems(p *plan) error {
	c := p.request.change
	put := map[itemKey]int64{}
	for _, item := range c.Put {
		key := itemKey{item.Shelf, item.ID}
		s := st.items[key]
		has, highest := s.version, s.highest
		if v, again := put[key]; again {
			has, highest = v, v
		}
		if err := checkVersion(&item, has); err != nil {
			return err
		}
		item.Version = highest + 1
		item.Seq = p.seqOf(&item, st.head.size)
		put[key] = item.Version
		p.items = append(p.items, item)
		p.receipt.Versions = append(p.receipt.Versions, item.Version)
	}
	for _, item := range c.Drop {
		if err := checkVersion(&item, st.items[itemKey{item.Shelf, item.ID}].version); err != nil {
			return err
		}
	}
	return nil
}

func checkVersion(item *store.Item, has int64) error {
	switch {
	case item.Version == store.AnyVersion, item.Version == has:
		return nil
	case has == 0:
		return fault.New(fault.Conflict, "Read it again, then retry.", "the %s %s is not there any more", item.Shelf, item.ID)
	case item.Version == 0:
		return fault.New(fault.Conflict, "Choose another name, or change the one that is there.", "there is a %s %s already", item.Shelf, item.ID)
	}
	return fault.New(fault.Conflict, "Read it again, then retry.", "the %s %s has changed: it is at version %d, not %d", item.Shelf, item.ID, has, item.Version)
}

// seqOf returns the sequence number of the line by which an item is put: the act with
// the digest of its data, otherwise the change's last line; zero where it has none.
func (p *plan) seqOf(item *store.Item, size int64) int64 {
	if len(p.lines) == 0 {
		return 0
	}
	if item.Shelf.KeepsVersions() {
		digest := journal.DigestLine(item.Data)
		for i := range p.lines {
			if p.lines[i].digest == digest {
				return size + int64(i) + 1
			}
		}
	}
	return size + int64(len(p.lines))
}

// keepItems takes a plan's items into the stage.
func (st *stage) keepItems(p *plan) {
	book := false
	for _, item := range p.items {
		s := st.items[itemKey{item.Shelf, item.ID}]
		if s.put && item.Shelf.KeepsVersions() {
			s.older = append(s.older, s.item)
		}
		s.item, s.version, s.highest, s.put, s.dropped = item, item.Version, item.Version, true, false
		book = book || item.Shelf == store.Documents
	}
	for _, item := range p.request.change.Drop {
		s := st.items[itemKey{item.Shelf, item.ID}]
		if s.put && item.Shelf.KeepsVersions() {
			s.older = append(s.older, s.item)
		}
		s.version, s.put, s.dropped = 0, false, true
		book = book || item.Shelf == store.Documents
	}
	if book {
		st.head.book++
	}
}
