package sqlstore

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
)

// MaxLine is the length of the longest line that is stored, in bytes.
const MaxLine = 1 << 20

// keepable reports whether both engines keep a text as it is: UTF-8 without a zero byte.
func keepable(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// checkTexts says which text of a change cannot be kept. Lines are checked when they
// are written.
func checkTexts(c *store.Change) error {
	texts := []string{c.Who, c.Key, c.Prefix}
	for i := range c.Expect {
		texts = append(texts, c.Expect[i].Ticket)
	}
	for i := range c.Entries {
		texts = append(texts, c.Entries[i].Ticket)
		texts = appendNames(texts, c.Entries[i].Clear)
	}
	for i := range c.Acts {
		texts = appendNames(texts, c.Acts[i].Clear)
	}
	for i := range c.Rows {
		texts = appendTexts(texts, &c.Rows[i])
	}
	for _, list := range [][]store.Item{c.Put, c.Drop} {
		for i := range list {
			texts = append(texts, string(list[i].Shelf), list[i].ID, list[i].Group, list[i].Sort)
		}
	}
	return checkAll(texts)
}

// checkBatch is [checkTexts] of a batch.
func checkBatch(b *store.Batch) error {
	var texts []string
	for i := range b.Tickets {
		t := &b.Tickets[i]
		texts = appendTexts(texts[:0], &t.Row)
		for k := range t.Clear {
			texts = append(texts, t.Clear[k].Name, t.Clear[k].Digest)
			if t.Clear[k].Name == store.ReporterName {
				texts = append(texts, t.Clear[k].Value) // rows show it
			}
		}
		if err := checkAll(texts); err != nil {
			return err
		}
	}
	return checkTexts(&store.Change{Acts: b.Acts, Put: b.Put})
}

func appendNames(texts []string, list []store.Clear) []string {
	for i := range list {
		texts = append(texts, list[i].Name)
		if list[i].Name == store.ReporterName {
			texts = append(texts, list[i].Value)
		}
	}
	return texts
}

func appendTexts(texts []string, r *store.TicketRow) []string {
	texts = append(texts, r.ID, r.Kind, r.Priority, r.Service, r.Site, r.Party, r.Team, r.Reporter, r.Parent)
	return append(texts, r.Parties...)
}

func checkAll(texts []string) error {
	for _, text := range texts {
		if !keepable(text) || strings.Contains(text, partySeparator) {
			return fault.New(fault.Invalid, "Send it as UTF-8 without control characters.", "%q cannot be kept", text)
		}
	}
	return nil
}

// lineCheck checks lines that are to be stored. What it lets through is read again by
// the same reader when a statement is drawn.
type lineCheck struct{ read *eventlog.Lines }

// line says what is wrong with a line.
func (c *lineCheck) line(line []byte) error {
	if len(line) > MaxLine {
		return fault.New(fault.Invalid, "Say it in fewer words.", "the entry is longer than %d bytes", MaxLine)
	}
	if bytes.IndexByte(line, '\n') >= 0 {
		return fault.New(fault.Internal, "", "the entry is not one line")
	}
	if c.read == nil {
		c.read = eventlog.NewLines(0)
	}
	if err := c.read.Add(line); err != nil {
		return fault.New(fault.Invalid, "", "the entry cannot be read again: %v", err)
	}
	return nil
}

// onlyKeepable returns a query without the texts that are nowhere stored, and whether
// it can find anything.
func onlyKeepable(q *store.Query) (*store.Query, bool) {
	out := *q
	for _, list := range []*[]string{&out.Kinds, &out.Priorities, &out.Services, &out.Sites, &out.Parties, &out.Teams} {
		if len(*list) > 0 {
			if *list = keptOf(*list); len(*list) == 0 {
				return nil, false
			}
		}
	}
	sight := &out.Sight
	sight.Parties, sight.Services, sight.Hidden = keptOf(sight.Parties), keptOf(sight.Services), keptOf(sight.Hidden)
	if !keepable(sight.Reporter) {
		sight.Reporter = ""
	}
	return &out, keepable(q.Reporter) && keepable(q.Parent) && keepable(q.IDPrefix)
}

// keptOf returns the texts of a list that may be stored, each once.
func keptOf(list []string) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(text string) bool { return !keepable(text) })
	slices.Sort(out)
	return slices.Compact(out)
}
