package sqlstore

import (
	"encoding/json"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// keyPage is the number of idempotency keys that are read at once.
const keyPage = maxList

// used is an idempotency key with what it came to.
type used struct {
	who, key string
	receipt  store.Receipt
	damaged  bool
}

// keys checks that what idempotency keys came to is in the record.
func (c *checking) keys() error {
	var after used
	for {
		page, err := c.keysAfter(&after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		after = page[len(page)-1]
		if err := c.keysEqual(page); err != nil {
			return err
		}
	}
}

func (c *checking) keysAfter(after *used) (page []used, err error) {
	err = c.query(func(scan func(...any) error) error {
		var x used
		var receipt string
		err := scan(&x.who, &x.key, &receipt)
		x.damaged = json.Unmarshal([]byte(receipt), &x.receipt) != nil
		page = append(page, x)
		return err
	}, "SELECT who, key, receipt FROM replay WHERE (who, key) > ($1, $2) ORDER BY who, key LIMIT $3", after.who, after.key, int64(keyPage))
	return page, err
}

func (c *checking) keysEqual(page []used) error {
	tickets := map[string]bool{}
	for i := range page {
		if id := page[i].receipt.Ticket; id != "" {
			tickets[id] = false
		}
	}
	ids := make([]any, 0, len(tickets))
	for id := range tickets {
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		err := c.query(func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			tickets[id] = true
			return err
		}, "SELECT id FROM ticket WHERE id IN ("+places(1, len(ids))+")", ids...)
		if err != nil {
			return err
		}
	}
	for i := range page {
		x := &page[i]
		r := &x.receipt
		field := "key " + x.key + " of " + x.who
		switch {
		case x.damaged:
			c.found(keyWrong, fault.Position{}, field, "its receipt cannot be read")
		case r.Last > c.tree.size || r.First > r.Last || r.First < 0:
			c.found(keyWrong, fault.Position{}, field, "it came to the lines %d to %d, and the journal ends at %d", r.First, r.Last, c.tree.size)
		case r.Ticket != "" && !tickets[r.Ticket]:
			c.found(keyWrong, fault.Position{}, field, "it came to ticket %s, which is not there", r.Ticket)
		}
	}
	return nil
}
