package sqlstore

import (
	"slices"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// content is a row of what lines withhold.
type content struct {
	ticket        string
	withheld      journal.Withheld
	shard, sealed []byte
}

// keptContent reads the content that is kept of some lines.
func (c *checking) keptContent(first, last int64) (map[int64][]content, error) {
	out := map[int64][]content{}
	err := c.query(func(scan func(...any) error) error {
		var seq int64
		var x content
		err := scan(&seq, &x.ticket, &x.withheld.Name, &x.withheld.Digest, &x.shard, &x.sealed)
		out[seq] = append(out[seq], x)
		return err
	}, "SELECT seq, ticket, name, digest, shard, sealed FROM withheld WHERE seq >= $1 AND seq <= $2 ORDER BY seq, place", first, last)
	return out, err
}

// kept compares the content that is kept of a line with what the line withholds. Of
// some of it no more than the digest may ever have been known.
func (c *checking) kept(seq int64, m *mention, rows []content) {
	for i := range rows {
		x := &rows[i]
		stands := slices.ContainsFunc(m.Withheld, func(w journal.Withheld) bool {
			return w.Name == x.withheld.Name && w.Digest == x.withheld.Digest
		})
		if !stands || x.ticket != m.Ticket {
			c.found(contentWrong, line(seq), x.withheld.Name, "%s does not withhold the %s that is kept for it", m, x.withheld.Name)
			continue
		}
		w, err := c.sealer.reveal(x.withheld, x.shard, x.sealed)
		if err != nil || !w.Verify() || (len(x.shard) == 0) != (len(x.sealed) == 0) {
			c.found(contentWrong, line(seq), x.withheld.Name, "the %s that %s withholds is not what its digest stands for", x.withheld.Name, m)
		}
	}
}

// strayContent finds content of lines that there are not.
func (c *checking) strayContent() error {
	return c.query(func(scan func(...any) error) error {
		var seq int64
		if err := scan(&seq); err != nil {
			return err
		}
		c.found(contentWrong, line(seq), "", "content is kept for line %d, and the journal ends at %d", seq, c.tree.size)
		return nil
	}, "SELECT DISTINCT seq FROM withheld WHERE seq < 1 OR seq > $1 ORDER BY seq LIMIT $2", c.tree.size, int64(maxFindings))
}

// shown checks what tickets' rows show of withheld content: the entry that withholds
// the summary, the one that withholds the reporter, and who that is.
func (c *checking) shown() error {
	for _, x := range []struct{ name, column string }{{store.SummaryName, "summary"}, {store.ReporterName, "reported"}} {
		err := c.query(func(scan func(...any) error) error {
			var id string
			var has, want int64
			if err := scan(&id, &has, &want); err != nil {
				return err
			}
			c.found(indexWrong, fault.Position{}, about(id), "its row names entry %d for the %s, and it is entry %d", has, x.name, want)
			return nil
		}, "SELECT t.id, t."+x.column+", COALESCE(w.last, 0) FROM ticket t LEFT JOIN "+
			"(SELECT ticket, max(seq) AS last FROM withheld WHERE name = $1 AND ticket <> '' GROUP BY ticket) w ON w.ticket = t.id "+
			"WHERE t."+x.column+" <> COALESCE(w.last, 0) ORDER BY t.no", x.name)
		if err != nil {
			return err
		}
	}
	return c.query(func(scan func(...any) error) error {
		var id, reporter string
		var x content
		if err := scan(&id, &reporter, &x.withheld.Digest, &x.shard, &x.sealed); err != nil {
			return err
		}
		if w, err := c.sealer.reveal(x.withheld, x.shard, x.sealed); err == nil && w.Value != reporter {
			c.found(indexWrong, fault.Position{}, about(id), "its row names another reporter than its entry")
		}
		return nil
	}, "SELECT t.id, t.reporter, w.digest, w.shard, w.sealed FROM ticket t JOIN withheld w ON w.seq = t.reported AND w.ticket = t.id "+
		"WHERE t.reported > 0 AND w.name = $1 ORDER BY t.no, w.place", store.ReporterName)
}
