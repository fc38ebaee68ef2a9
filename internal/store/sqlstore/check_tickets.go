package sqlstore

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/journal"
)

// groupCount is the number of groups into which tickets are divided to compare their
// lines, and maxGroups that of those of which the lines are compared one by one.
const (
	groupCount = 1 << 16
	maxGroups  = 64
)

// groupSum is a sum over lines of the tickets of a group. The lines of the journal are
// added and those by ticket subtracted, in whatever order: it is zero where they are
// the same.
type groupSum [4]uint64

var groupSeed = maphash.MakeSeed()

// groupOf returns the group of a ticket.
func groupOf(id string) int { return int(maphash.String(groupSeed, id) % groupCount) }

// digestIn returns what stands for a line of a ticket in a sum.
func digestIn(seq int64, leaf *tlog.Hash, id string) (out groupSum) {
	b := make([]byte, 0, 128)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = append(append(b, leaf[:]...), id...)
	sum := sha256.Sum256(b)
	for i := range out {
		out[i] = binary.BigEndian.Uint64(sum[8*i:])
	}
	return out
}

func (g *groupSum) add(seq int64, leaf *tlog.Hash, id string) {
	for i, x := range digestIn(seq, leaf, id) {
		g[i] += x
	}
}

func (g *groupSum) subtract(seq int64, leaf *tlog.Hash, id string) {
	for i, x := range digestIn(seq, leaf, id) {
		g[i] -= x
	}
}

// indexed is a ticket with one of its chunks, as they are stored.
type indexed struct {
	no, version, chunk int64
	id, status         string
	open               int64
	first, coding      *int64 // nil where the ticket has no lines
	seqs, lines        []byte
}

const readIndexed = "SELECT t.no, t.id, t.version, t.chunk, t.status, t.open, l.first, l.coding, l.seqs, l.lines " +
	"FROM ticket t LEFT JOIN ticket_lines l ON l.ticket = t.no ORDER BY t.no, l.first"

// eachIndexed calls f with every ticket and each of its chunks, in order.
func (c *checking) eachIndexed(f func(x *indexed) error) error {
	return c.query(func(scan func(...any) error) error {
		var x indexed
		if err := scan(&x.no, &x.id, &x.version, &x.chunk, &x.status, &x.open, &x.first, &x.coding, &x.seqs, &x.lines); err != nil {
			return err
		}
		return f(&x)
	}, readIndexed)
}

// split returns the lines of the chunk and their numbers; none where it is damaged.
func (x *indexed) split() (seqs []int64, lines [][]byte, err error) {
	if seqs, err = appendSeqs(nil, *x.first, x.seqs); err != nil {
		return nil, nil, err
	}
	text, err := unpack(nil, *x.coding, x.lines)
	if err != nil {
		return nil, nil, err
	}
	if lines = splitLines(text, len(seqs)); len(lines) != len(seqs) {
		return nil, nil, errCoding
	}
	return seqs, lines, nil
}

// tickets reads the lines by ticket: that each row has the version and the last chunk
// of its lines, and what must be known of ids and numbers to give new ones.
func (c *checking) tickets() error {
	var now indexed // the ticket at hand
	var last, chunk, highest int64
	finish := func() {
		switch {
		case now.id == "":
		case last == 0:
			c.found(indexWrong, fault.Position{}, about(now.id), "it has no lines")
		case now.version != last || now.chunk != chunk:
			c.found(indexWrong, fault.Position{}, about(now.id), "its row says that its last entry is %d, and it is %d", now.version, last)
		}
	}
	err := c.eachIndexed(func(x *indexed) error {
		if x.no != now.no {
			finish()
			now, last, chunk, highest = *x, 0, 0, max(highest, x.no)
			c.known(x)
		}
		if x.first == nil {
			return nil
		}
		seqs, lines, err := x.split()
		if err != nil {
			c.found(indexWrong, fault.Position{}, about(x.id), "its lines cannot be read")
			return nil
		}
		for i, text := range lines {
			leaf := tlog.RecordHash(text)
			c.sums[groupOf(x.id)].subtract(seqs[i], &leaf, x.id)
			if seqs[i] <= last {
				c.found(indexWrong, fault.Position{}, about(x.id), "entry %d follows entry %d", seqs[i], last)
			}
			last = seqs[i]
		}
		chunk = *x.first
		c.count.add(int64(len(lines)))
		return nil
	})
	finish()
	if highest > c.head.tickets {
		c.found(indexWrong, fault.Position{}, "head", "the last ticket has number %d, and the head says %d", highest, c.head.tickets)
	}
	return err
}

// known checks a row by itself, and notes the number in the ticket's id.
func (c *checking) known(x *indexed) {
	status, ok := journal.ParseStatus(x.status)
	if (!ok && x.status != "") || (x.open == 1) == status.Done() {
		c.found(indexWrong, fault.Position{}, about(x.id), "its row has the state %q and says of being open %d", x.status, x.open)
	}
	if prefix, n, ok := cutNumber(x.id); ok {
		c.counters[prefix] = max(c.counters[prefix], n)
	}
}

// groups reads the tickets of the groups whose sums are not zero one by one.
func (c *checking) groups() error {
	wrong := map[int]bool{}
	var more int
	for g, sum := range c.sums {
		switch {
		case sum == groupSum{}:
		case len(wrong) < maxGroups:
			wrong[g] = true
		default:
			more++
		}
	}
	c.sums = nil
	if len(wrong) == 0 {
		return nil
	}
	said, err := c.linesOf(wrong)
	if err != nil {
		return err
	}
	if more > 0 {
		c.found(moreWrong, fault.Position{}, "", "lines by ticket were compared one by one for %d groups of tickets; %d further groups are wrong too", len(wrong), more)
	}
	return c.linesEqual(said, wrong)
}

// saidOf is a line of the journal about a ticket.
type saidOf struct {
	leaf tlog.Hash
	name string
}

// linesOf reads the journal's lines about the tickets of some groups.
func (c *checking) linesOf(wrong map[int]bool) (map[string]map[int64]saidOf, error) {
	out := map[string]map[int64]saidOf{}
	var m mention
	for from := int64(1); ; {
		page, err := c.chainedFrom(from)
		if err != nil || len(page) == 0 {
			return out, err
		}
		for i := range page {
			lines, err := page[i].text()
			if err != nil {
				continue // said already
			}
			for n, text := range lines {
				if m.read(text) != nil || m.Ticket == "" || !wrong[groupOf(m.Ticket)] {
					continue
				}
				if out[m.Ticket] == nil {
					out[m.Ticket] = map[int64]saidOf{}
				}
				out[m.Ticket][page[i].first+int64(n)] = saidOf{tlog.RecordHash(text), m.String()}
			}
		}
		from = page[len(page)-1].first + 1
	}
}

// linesEqual compares the lines by ticket with those of the journal.
func (c *checking) linesEqual(said map[string]map[int64]saidOf, wrong map[int]bool) error {
	err := c.eachIndexed(func(x *indexed) error {
		if !wrong[groupOf(x.id)] || x.first == nil {
			return nil
		}
		seqs, lines, err := x.split()
		if err != nil {
			return nil // said already
		}
		for i, text := range lines {
			s, ok := said[x.id][seqs[i]]
			switch {
			case !ok && c.isUnread(seqs[i]):
			case !ok:
				c.found(indexWrong, line(seqs[i]), about(x.id), "line %d is among its lines, and is not about it", seqs[i])
			case s.leaf != tlog.RecordHash(text):
				c.found(indexWrong, line(seqs[i]), about(x.id), "%s stands otherwise among the ticket's lines", s.name)
			}
			delete(said[x.id], seqs[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, lines := range said {
		for seq, s := range lines {
			c.found(indexWrong, line(seq), about(id), "%s is not among the ticket's lines", s.name)
		}
	}
	return nil
}

// isUnread reports whether a line is one of those that are missing or cannot be read.
func (c *checking) isUnread(seq int64) bool {
	return seq > c.tree.size || slices.ContainsFunc(c.unread, func(x [2]int64) bool { return x[0] <= seq && seq <= x[1] })
}

// parties compares the rows of tickets' parties with the tickets' own.
func (c *checking) parties() error {
	var now struct {
		id                       string
		no, opened, changed, due int64
		open                     int64
		parties                  string
		seen                     []string
		differs                  bool
	}
	finish := func() {
		if now.no == 0 {
			return
		}
		var want []string
		if now.parties != "" {
			want = strings.Split(now.parties, partySeparator)
		}
		slices.Sort(want)
		slices.Sort(now.seen)
		if now.differs || !slices.Equal(want, now.seen) {
			c.found(indexWrong, fault.Position{}, about(now.id), "it is listed for the parties %q, and its row says %q", now.seen, want)
		}
		c.count.add(1)
	}
	err := c.query(func(scan func(...any) error) error {
		x := now
		x.seen, x.differs = nil, false
		var party *string
		var opened, changed, due, open *int64
		if err := scan(&x.no, &x.id, &x.parties, &x.opened, &x.changed, &x.due, &x.open, &party, &opened, &changed, &due, &open); err != nil {
			return err
		}
		if x.no != now.no {
			finish()
			now = x
		}
		if party != nil {
			now.seen = append(now.seen, *party)
			now.differs = now.differs || *opened != x.opened || *changed != x.changed || *due != x.due || *open != x.open
		}
		return nil
	}, "SELECT t.no, t.id, t.parties, t.opened, t.changed, t.due, t.open, p.party, p.opened, p.changed, p.due, p.open "+
		"FROM ticket t LEFT JOIN ticket_party p ON p.ticket = t.no ORDER BY t.no")
	finish()
	return err
}

// strayRows finds rows of tickets that there are not, and numbers that would be given
// twice.
func (c *checking) strayRows() error {
	for _, table := range []string{intoTicketLines.table, intoTicketParty.table} {
		var n int64
		err := c.query(func(scan func(...any) error) error { return scan(&n) },
			"SELECT count(*) FROM "+table+" x LEFT JOIN ticket t ON t.no = x.ticket WHERE t.no IS NULL")
		if err != nil {
			return err
		}
		if n > 0 {
			c.found(indexWrong, fault.Position{}, table, "%d rows are of tickets that are not there", n)
		}
	}
	err := c.query(func(scan func(...any) error) error {
		var prefix string
		var last int64
		if err := scan(&prefix, &last); err != nil {
			return err
		}
		if c.counters[prefix] <= last {
			delete(c.counters, prefix)
		}
		return nil
	}, "SELECT prefix, last FROM counter")
	for prefix, n := range c.counters {
		c.found(indexWrong, fault.Position{}, "counter "+prefix, "there is a ticket with number %d, and the next new one would have a lower one", n)
	}
	return err
}
