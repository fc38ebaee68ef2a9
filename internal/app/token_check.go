package app

import (
	"context"
	"sync"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// knownMost is how many tokens and sessions are kept in mind at once.
const knownMost = 20_000

// knownCache keeps in mind whom tokens and sessions belong to, each for the second of
// the clock in which that was read and no longer. So a revoked one, and a person who is no
// longer active, are strangers within a second in every process, whether or not anybody
// tells this one; and one that is used a thousand times a second is read once.
type knownCache struct {
	mu     sync.Mutex
	second span.Instant
	turn   int // grows whenever what was read before must not be kept
	by     map[string]*known
}

// known is whom a token or a session belongs to.
type known struct {
	session *Session // of a session
	who     access.Principal
}

// get returns what is known at an instant by an id, or nil, and the turn in which what
// is then read may be put.
func (c *knownCache) get(id string, now span.Instant) (*known, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.second != now {
		c.second = now
		c.clear()
	}
	return c.by[id], c.turn
}

// put keeps what was read, unless something has changed since.
func (c *knownCache) put(id string, turn int, k *known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn != c.turn {
		return
	}
	if c.by == nil || len(c.by) >= knownMost {
		c.by = map[string]*known{}
	}
	c.by[id] = k
}

// forget makes everything be read again.
func (c *knownCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
}

func (c *knownCache) clear() {
	c.turn++
	if len(c.by) > 0 {
		c.by = make(map[string]*known, len(c.by))
	}
}

// Forget makes the door read anew whom sessions and tokens belong to. Whoever changes
// the directory in this process calls it; other processes find out within a second.
func (d *Door) Forget() { d.known.forget() }

// WhoHas returns the service account whose token somebody bears, with its rights of
// this moment. The error has [identity.ErrNotKnown] in its chain where the token is
// unknown, revoked or has ended; these are not told apart.
func (d *Door) WhoHas(ctx context.Context, bearer identity.Secret) (access.Principal, error) {
	id, err := d.mint.ID(identity.Token, bearer)
	if err != nil {
		return access.Principal{}, err
	}
	now := d.record.Now()
	k, turn := d.known.get(id, now)
	if k != nil {
		return k.who, nil
	}
	item, err := d.record.Ledger.Get(ctx, store.Tokens, id)
	if isNotFound(err) {
		return access.Principal{}, identity.NotKnown("Ask an administrator of your party for a new one.", "the token is not known, or no longer")
	}
	if err != nil {
		return access.Principal{}, err
	}
	var t tokenData
	if err := readItem(item, &t); err != nil {
		return access.Principal{}, err
	}
	who, err := d.service(ctx, &t, now)
	if err != nil {
		return who, err
	}
	if day := now.Time().Format(time.DateOnly); t.Used != day {
		d.noteUse(ctx, item, &t, day)
	}
	d.known.put(id, turn, &known{who: who})
	return who, nil
}

// service returns the service account of a token as it stands now.
func (d *Door) service(ctx context.Context, t *tokenData, now span.Instant) (access.Principal, error) {
	who := access.Principal{ID: ServicePrefix + t.Account, Name: t.Account, Party: t.Party, Roles: t.Roles, Scopes: t.Scopes, Service: true}
	book, err := d.record.Book(ctx)
	if err != nil {
		return who, err
	}
	who = book.Principal(who, now)
	return who, apart(who.Roles, who.Kind)
}

// noteUse writes down the day on which a token was used. That it cannot be is no reason
// to refuse the token; that it was revoked meanwhile is not undone.
func (d *Door) noteUse(ctx context.Context, item store.Item, t *tokenData, day string) {
	t.Used = day
	item.Data = writeItem(t)
	if _, err := d.record.Ledger.Commit(ctx, &store.Change{Put: []store.Item{item}}); err != nil && fault.KindOf(err) != fault.Conflict {
		d.log.WarnContext(ctx, "the use of a token could not be noted", "error", err)
	}
}
