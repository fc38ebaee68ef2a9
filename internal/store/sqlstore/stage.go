package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/internal/store"
	"towerbridge/span"
)

// stage is a transaction's view of the database: what it has read of it, and what it
// will write. Each change of a group is checked against what those before it have left
// here, and is taken whole or not at all; the database sees the outcome only.
type stage struct {
	sealer *sealer
	now    span.Instant
	learnt span.Instant // of every change of the group
	head   head
	dirty  bool
	check  lineCheck

	replays  map[replayKey]*replay
	tickets  map[string]*standing // nil: there is none
	items    map[itemKey]*shelved
	counters map[string]*counter
	erasures map[store.Withheld][]withheldRow

	first    int64 // of the lines
	lines    [][]byte
	leaves   []tlog.Hash
	subtrees []subtree
	withheld [][]any
	erased   []withheldRow
}

type replayKey struct{ who, key string }

// replay is the use of an idempotency key.
type replay struct {
	request []byte
	receipt store.Receipt
	fresh   bool
}

type itemKey struct {
	shelf store.Shelf
	id    string
}

// shelved is how an item stands.
type shelved struct {
	version int64 // zero: there is none, or no longer
	highest int64 // of all its versions that were kept
	item    store.Item
	put     bool
	dropped bool
	older   []store.Item // versions put in this transaction before the last
}

// counter is the last number of ids with a prefix.
type counter struct {
	last  int64
	dirty bool
}

// withheldRow is a row of what lines withhold.
type withheldRow struct {
	seq, place   int64
	ticket, name string
	erased       bool
}

func newStage(now span.Instant, s *sealer) *stage {
	return &stage{
		sealer: s, now: now, replays: map[replayKey]*replay{}, tickets: map[string]*standing{}, items: map[itemKey]*shelved{},
		counters: map[string]*counter{}, erasures: map[store.Withheld][]withheldRow{},
	}
}

// load locks the head and reads all that the requests speak of, in two batches.
func (st *stage) load(ctx context.Context, tx transaction, lock string, group []*request) error {
	var b batch
	b.query(st.head.scan, readHead+lock)
	for _, r := range group {
		st.loadChange(&b, r.change)
		for _, w := range r.erase {
			st.loadErasure(&b, w)
		}
	}
	if err := tx.run(ctx, &b); err != nil {
		return err
	}
	st.learnt = max(st.now, st.head.acted)
	st.first = st.head.size + 1
	return nil
}

func (st *stage) loadChange(b *batch, c *store.Change) {
	if c.Key != "" {
		st.loadReplay(b, replayKey{c.Who, c.Key})
	}
	for _, e := range c.Expect {
		st.loadTicket(b, e.Ticket)
	}
	for i := range c.Rows {
		st.loadTicket(b, c.Rows[i].ID)
	}
	if c.Prefix != "" {
		st.loadCounter(b, c.Prefix)
	}
	for i := range c.Put {
		st.loadItem(b, itemKey{c.Put[i].Shelf, c.Put[i].ID})
	}
	for i := range c.Drop {
		st.loadItem(b, itemKey{c.Drop[i].Shelf, c.Drop[i].ID})
	}
}

func (st *stage) loadReplay(b *batch, key replayKey) {
	if _, asked := st.replays[key]; asked {
		return
	}
	st.replays[key] = nil
	b.query(func(scan func(...any) error) error {
		var r replay
		var receipt string
		if err := scan(&r.request, &receipt); err != nil {
			return err
		}
		st.replays[key] = &r
		return json.Unmarshal([]byte(receipt), &r.receipt)
	}, "SELECT request, receipt FROM replay WHERE who = $1 AND key = $2", key.who, key.key)
}

const readStanding = "SELECT t.no, t.version, t.reporter, t.reported, t.summary, l.first, l.seqs, l.coding, l.lines " +
	"FROM ticket t JOIN ticket_lines l ON l.ticket = t.no AND l.first = t.chunk WHERE t.id = $1"

func (st *stage) loadTicket(b *batch, id string) {
	if _, asked := st.tickets[id]; asked || id == "" {
		return
	}
	st.tickets[id] = nil
	st.loadCounterOf(b, id)
	b.query(func(scan func(...any) error) error {
		t := &standing{}
		t.row.ID = id
		var first, coding int64
		var distances, data []byte
		err := scan(&t.no, &t.row.Version, &t.row.Reporter, &t.reported, &t.row.Summary, &first, &distances, &coding, &data)
		if err == nil {
			t.last.seqs, err = appendSeqs(nil, first, distances)
		}
		if err == nil {
			t.last.text, err = unpack(nil, coding, data)
		}
		st.tickets[id] = t
		return err
	}, readStanding, id)
}

// loadCounterOf reads the counter that an id moves.
func (st *stage) loadCounterOf(b *batch, id string) {
	if prefix, _, ok := cutNumber(id); ok {
		st.loadCounter(b, prefix)
	}
}

func (st *stage) loadCounter(b *batch, prefix string) {
	if _, asked := st.counters[prefix]; asked {
		return
	}
	c := &counter{}
	st.counters[prefix] = c
	b.query(func(scan func(...any) error) error { return scan(&c.last) }, "SELECT last FROM counter WHERE prefix = $1", prefix)
}

func (st *stage) loadItem(b *batch, key itemKey) {
	if _, asked := st.items[key]; asked {
		return
	}
	s := &shelved{}
	st.items[key] = s
	b.query(func(scan func(...any) error) error {
		var until int64
		if err := scan(&s.version, &until); err != nil {
			return err
		}
		s.highest = max(s.highest, s.version)
		if until > 0 && until <= int64(st.now) {
			s.version = 0
		}
		return nil
	}, "SELECT version, until FROM item WHERE shelf = $1 AND id = $2", string(key.shelf), key.id)
	if key.shelf.KeepsVersions() {
		b.query(func(scan func(...any) error) error {
			var kept int64
			err := scan(&kept)
			s.highest = max(s.highest, kept)
			return err
		}, "SELECT version FROM item_version WHERE shelf = $1 AND id = $2 ORDER BY version DESC LIMIT 1", string(key.shelf), key.id)
	}
}

func (st *stage) loadErasure(b *batch, w store.Withheld) {
	if _, asked := st.erasures[w]; asked {
		return
	}
	st.erasures[w] = nil
	b.query(func(scan func(...any) error) error {
		r := withheldRow{seq: w.Seq}
		var shard []byte
		if err := scan(&r.place, &r.ticket, &r.name, &shard); err != nil {
			return err
		}
		r.erased = len(shard) == 0
		if w.Name == "" || w.Name == r.name {
			st.erasures[w] = append(st.erasures[w], r)
		}
		return nil
	}, "SELECT place, ticket, name, shard FROM withheld WHERE seq = $1 ORDER BY place", w.Seq)
}

// The numbers that ids of new tickets have: a prefix and at least seven digits.
const (
	idDigits  = 7
	maxNumber = 99_999_999
)

// cutNumber takes apart an id such as the ledger itself makes. Those that other tools
// have made count too, so that a new id is never one that is there already.
func cutNumber(id string) (prefix string, n int64, ok bool) {
	prefix = strings.TrimRight(id, "0123456789")
	digits := id[len(prefix):]
	if len(digits) < idDigits || len(digits) > idDigits+1 || len(digits) > idDigits && digits[0] == '0' {
		return "", 0, false
	}
	for _, d := range []byte(digits) {
		n = 10*n + int64(d-'0')
	}
	return prefix, n, true
}
