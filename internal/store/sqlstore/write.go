package sqlstore

import (
	"encoding/json"
	"strings"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

var (
	intoSegment     = newInsertion("segment", 0, "first", "count", "coding", "lines", "leaves", "chain")
	intoSubtree     = newInsertion("subtree", 0, "height", "n", "hash")
	intoWithheld    = newInsertion("withheld", 0, "seq", "place", "ticket", "name", "digest", "shard", "sealed")
	intoItem        = newInsertion("item", 2, "shelf", "id", "version", "grp", "sort", "seq", "until", "data", "words")
	intoItemVersion = newInsertion("item_version", 0, "shelf", "id", "version", "grp", "sort", "seq", "until", "data")
	intoReplay      = newInsertion("replay", 0, "who", "key", "request", "receipt", "at")
	intoCounter     = newInsertion("counter", 1, "prefix", "last")
)

// write adds to a batch what the stage has come to.
func (st *stage) write(b *batch) error {
	if len(st.lines) > 0 {
		b.insert(intoSegment, [][]any{{st.first, int64(len(st.lines)), int64(plain), joinLines(st.lines), joinHashes(st.leaves), st.head.chain[:]}})
	}
	b.insert(intoSubtree, subtreeRows(st.subtrees))
	b.insert(intoWithheld, st.withheld)
	st.writeTickets(b)
	st.writeItems(b)
	st.writeErasures(b)
	if err := st.writeReplays(b); err != nil {
		return err
	}
	var counters [][]any
	for prefix, c := range st.counters {
		if c.dirty {
			counters = append(counters, []any{prefix, c.last})
		}
	}
	b.insert(intoCounter, counters)
	st.head.write(b)
	return nil
}

func subtreeRows(list []subtree) [][]any {
	rows := make([][]any, len(list))
	for i := range list {
		rows[i] = []any{int64(list[i].height), list[i].n, list[i].hash[:]}
	}
	return rows
}

// withheldColumns returns the row of an item that a line withholds; one without a shard
// was erased.
func withheldColumns(seq, place int64, ticket string, w *sealedContent) []any {
	row := []any{seq, place, ticket, w.Name, w.Digest, nil, nil}
	if w.shard != nil {
		row[5], row[6] = w.shard, w.sealed
	}
	return row
}

// writeTickets adds the rows, parties and lines of the tickets that have changed.
func (st *stage) writeTickets(b *batch) {
	var rows, parties, chunks [][]any
	for _, t := range st.tickets {
		if t == nil || !t.dirty {
			continue
		}
		rows = append(rows, t.ticketRow())
		parties = append(parties, t.partyRows()...)
		chunks = append(chunks, t.chunkRows()...)
	}
	b.insert(intoTicket, rows)
	b.insert(intoTicketParty, parties)
	b.insert(intoTicketLines, chunks)
}

// itemRow returns an item's row.
func itemRow(item *store.Item) []any {
	data := item.Data
	if data == nil {
		data = []byte{}
	}
	return []any{string(item.Shelf), item.ID, item.Version, item.Group, item.Sort, item.Seq, int64(item.Until), data}
}

// wordsOf returns the text in which an item is searched for.
func wordsOf(item *store.Item) string { return strings.ToLower(item.Sort + "\n" + item.ID) }

func (st *stage) writeItems(b *batch) {
	var now, versions [][]any
	for key, s := range st.items {
		for i := range s.older {
			versions = append(versions, itemRow(&s.older[i]))
		}
		if s.dropped {
			b.exec("DELETE FROM item WHERE shelf = $1 AND id = $2", string(key.shelf), key.id)
		}
		if s.put {
			now = append(now, append(itemRow(&s.item), wordsOf(&s.item)))
			if key.shelf.KeepsVersions() {
				versions = append(versions, itemRow(&s.item))
			}
		}
	}
	b.insert(intoItem, now)
	b.insert(intoItemVersion, versions)
}

func (st *stage) writeErasures(b *batch) {
	for _, r := range st.erased {
		b.exec("UPDATE withheld SET shard = NULL, sealed = NULL WHERE seq = $1 AND place = $2", r.seq, r.place)
		if r.name == store.ReporterName {
			b.exec("UPDATE ticket SET reporter = '' WHERE id = $1 AND reported = $2", r.ticket, r.seq)
		}
	}
}

func (st *stage) writeReplays(b *batch) error {
	var rows [][]any
	for key, r := range st.replays {
		if r == nil || !r.fresh {
			continue
		}
		receipt, err := json.Marshal(r.receipt)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "a receipt cannot be kept")
		}
		request := r.request
		if request == nil {
			request = []byte{}
		}
		rows = append(rows, []any{key.who, key.key, request, string(receipt), int64(st.now)})
	}
	b.insert(intoReplay, rows)
	return nil
}
