package sqlstore

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
)

// chained is a segment with what chains it.
type chained struct {
	segment
	leaves, chain []byte
}

// pageBytes is about how much of the journal is read at once, as it is stored.
const pageBytes = 2 << 20

var errEnough = errors.New("enough is read")

// journal reads every line: that it is the one that was chained, that the chain goes
// from line to line, and that the head is that of the last. On the way, what lines
// withhold and the documents that they put are compared, and the lines are summed up
// by ticket.
func (c *checking) journal() error {
	for from := int64(1); ; {
		page, err := c.chainedFrom(from)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		last := &page[len(page)-1]
		beside := besideLines{}
		if beside.kept, err = c.keptContent(page[0].first, last.first+last.count-1); err != nil {
			return err
		}
		if beside.put, err = c.putItems(page[0].first, last.first+last.count-1); err != nil {
			return err
		}
		for i := range page {
			c.chained(&page[i], &beside)
		}
		from = last.first + 1
	}
	c.headEqual()
	return nil
}

// besideLines is what is kept beside some lines, by their numbers.
type besideLines struct {
	kept map[int64][]content
	put  map[int64][]putItem
}

// chainedFrom reads some segments, from a place on.
func (c *checking) chainedFrom(from int64) (page []chained, err error) {
	var size int
	err = c.query(func(scan func(...any) error) error {
		if size > pageBytes {
			return errEnough
		}
		var x chained
		err := scan(&x.first, &x.count, &x.coding, &x.lines, &x.leaves, &x.chain)
		size += len(x.lines)
		page = append(page, x)
		return err
	}, "SELECT first, count, coding, lines, leaves, chain FROM segment WHERE first >= $1 ORDER BY first LIMIT $2", from, int64(linesPage*16))
	if errors.Is(err, errEnough) {
		err = nil
	}
	return page, err
}

// chained checks the lines of a segment.
func (c *checking) chained(x *chained, beside *besideLines) {
	if want := c.tree.size + 1; x.first != want {
		c.found(linesMissing, line(want), "", "the lines %d to %d are not there", want, x.first-1)
		c.gap, c.unread = true, append(c.unread, [2]int64{want, x.first - 1})
	}
	lines, err := x.text()
	if err != nil {
		c.found(linesMissing, line(x.first), "", "the lines %d to %d cannot be read: they are damaged or there are not so many", x.first, x.first+x.count-1)
		c.unread = append(c.unread, [2]int64{x.first, x.first + x.count - 1})
		c.resume(x, splitHashes(x.leaves))
		return
	}
	leaves := splitHashes(x.leaves)
	if len(leaves) != len(lines) {
		c.found(chainBroken, line(x.first), "", "from line %d on there are %d lines and %d leaves", x.first, len(lines), len(leaves))
		leaves = make([]tlog.Hash, len(lines))
		for i := range lines {
			leaves[i] = tlog.RecordHash(lines[i])
		}
	}
	c.content(x.first, lines, leaves, beside)
	c.resume(x, leaves)
}

// resume goes on with the leaves and the chain that are stored, so that one broken
// place is found once.
func (c *checking) resume(x *chained, leaves []tlog.Hash) {
	c.tree.size = x.first - 1
	for i := range leaves {
		if c.gap {
			c.tree.chain, c.tree.size = link(c.tree.chain, leaves[i]), c.tree.size+1
			continue
		}
		c.subtrees = c.tree.add(leaves[i], c.subtrees)
	}
	if end := x.first + x.count - 1; c.tree.size != end {
		c.gap, c.tree.size = true, end
	}
	if string(c.tree.chain[:]) != string(x.chain) {
		if !c.gap {
			c.found(chainBroken, line(x.first), "", "the chain does not go from line %d to line %d", x.first-1, x.first+x.count-1)
		}
		copy(c.tree.chain[:], x.chain)
	}
	c.count.add(x.count)
}

// content checks the lines of a segment one by one.
func (c *checking) content(first int64, lines [][]byte, leaves []tlog.Hash, beside *besideLines) {
	var m mention
	for i, text := range lines {
		seq := first + int64(i)
		leaf := tlog.RecordHash(text)
		if err := m.read(text); err != nil {
			c.found(linesMissing, line(seq), "", "line %d is no entry", seq)
			c.unread = append(c.unread, [2]int64{seq, seq})
			continue
		}
		if leaf != leaves[i] {
			c.found(lineAltered, line(seq), "", "%s is not the one that was chained", &m)
		}
		c.kept(seq, &m, beside.kept[seq])
		c.putBy(seq, &m, beside.put[seq])
		if m.Ticket != "" {
			c.sums[groupOf(m.Ticket)].add(seq, &leaf, m.Ticket)
		}
	}
}

// headEqual compares the head with the lines.
func (c *checking) headEqual() {
	switch {
	case c.tree.size != c.head.size:
		c.found(headWrong, fault.Position{}, "head", "the journal has %d lines, and its head says %d", c.tree.size, c.head.size)
	case c.tree.chain != c.head.chain:
		c.found(headWrong, fault.Position{}, "head", "the chain of the %d lines is %x, and the head says %x", c.tree.size, c.tree.chain[:], c.head.chain[:])
	case !c.gap && c.tree.root() != c.head.root():
		c.found(headWrong, fault.Position{}, "head", "the root of the %d lines is not the head's", c.tree.size)
	}
}

// subtreesEqual compares the stored subtrees with those of the lines. Where lines are
// missing there is nothing to compare.
func (c *checking) subtreesEqual() error {
	if c.gap {
		return nil
	}
	want := map[[2]int64]tlog.Hash{}
	for _, t := range c.subtrees {
		want[[2]int64{int64(t.height), t.n}] = t.hash
	}
	err := c.query(func(scan func(...any) error) error {
		var height, n int64
		var hash []byte
		if err := scan(&height, &n, &hash); err != nil {
			return err
		}
		at := [2]int64{height, n}
		if h, ok := want[at]; !ok || string(h[:]) != string(hash) {
			c.found(treeWrong, fault.Position{}, "subtree", "the stored subtree %d of height %d is not that of the lines", n, height)
		}
		delete(want, at)
		return nil
	}, "SELECT height, n, hash FROM subtree ORDER BY height, n")
	for at := range want {
		c.found(treeWrong, fault.Position{}, "subtree", "the subtree %d of height %d is not stored", at[1], at[0])
	}
	c.subtrees = nil
	return err
}
