package sqlstore

import (
	"context"
	"os"
	"runtime"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// Reindex makes the indexes anew from the journal: see [store.Keeper]. Others read and
// write meanwhile:
//
//	journal ── of one moment ──▶ files of lines, grouped by ticket
//	files ──▶ row of each ticket ──▶ some hundred tickets ── one transaction ──▶ indexes
//
// Each transaction holds the head, so no entry is written during it; what was written
// since the moment is taken from the index, to which the writer has added it. A ticket
// keeps its number. Memory does not grow with the journal; the files take about a fifth
// of its length and are gone afterwards. A journal that is not the one that was chained
// is refused, and nothing is changed. The progress counts lines.
func (s *Store) Reindex(ctx context.Context, row func(id string, lines store.Lines) (store.TicketRow, error), progress store.Progress) error {
	folder, err := os.MkdirTemp("", "towerbridge-rebuild-")
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "there is no room for temporary files")
	}
	defer os.RemoveAll(folder)
	r := &rebuild{Store: s, row: row, count: counting{progress: progress}, counters: map[string]int64{}}
	if err := s.readWhole(ctx, func(v *view) error { return r.gather(v, folder) }); err != nil {
		return err
	}
	if err := r.tickets(ctx); err != nil {
		return explain(err, "the indexes of %s are made anew only in part", s.name)
	}
	for _, step := range []func(context.Context) error{r.strayLines, r.strayParties, r.rest} {
		if err := step(ctx); err != nil {
			return explain(err, "the indexes of %s are made anew only in part", s.name)
		}
	}
	r.count.finish()
	return nil
}

// rebuild makes indexes anew.
type rebuild struct {
	*Store
	row      func(id string, lines store.Lines) (store.TicketRow, error)
	last     int64 // sequence number of the last line that was gathered
	groups   []*group
	subtrees []subtree
	count    counting

	base     int64 // new tickets' numbers are this and their first line's; zero before there is one
	counters map[string]int64
}

// remadeTickets is the number of tickets that one transaction writes.
const remadeTickets = 256

// remade is a ticket that is made anew.
type remade struct {
	id     string
	lines  store.Lines
	row    store.TicketRow
	shown  []int64 // lines that withhold what rows show
	listed bool    // the index had it
}

// tickets makes the rows, parties and lines of all tickets anew. Rows are made beside
// the writing of those before them.
func (r *rebuild) tickets(ctx context.Context) error {
	made := make(chan []*remade)
	work, inner := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(made)
		makers, inner := errgroup.WithContext(inner)
		makers.SetLimit(runtime.GOMAXPROCS(0))
		for _, g := range r.groups {
			makers.Go(func() error { return r.remake(inner, g, made) })
		}
		return makers.Wait()
	})
	work.Go(func() error {
		for list := range made {
			if err := r.write(inner, list); err != nil {
				return err
			}
		}
		return nil
	})
	return work.Wait()
}

// remake reads a group and makes its tickets' rows.
func (r *rebuild) remake(ctx context.Context, g *group, out chan<- []*remade) error {
	all, err := g.read()
	if err != nil {
		return err
	}
	for list := range slices.Chunk(all, remadeTickets) {
		for _, t := range list {
			if len(t.lines.Seq) == 0 {
				continue
			}
			if t.row, err = r.row(t.id, t.lines); err != nil {
				return err
			}
			if t.shown, err = showing(t.lines, t.shown); err != nil {
				return err
			}
		}
		select {
		case out <- list:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// showing adds the lines that withhold something that rows show.
func showing(lines store.Lines, to []int64) ([]int64, error) {
	var m mention
	for i, text := range lines.Line {
		if err := m.read(text); err != nil {
			return nil, err
		}
		for _, w := range m.Withheld {
			if w.Name == store.ReporterName || w.Name == store.SummaryName {
				to = append(to, lines.Seq[i])
				break
			}
		}
	}
	return to, nil
}

// groupFiles is the number of groups, by the number of lines, such that what two
// workers hold of them stays below some hundred MB.
func groupFiles(lines int64) int { return int(min(256, 1+lines/100_000)) }

// gather reads the whole journal, checks that it is the one that was chained, and
// groups its lines by ticket.
func (r *rebuild) gather(v *view, folder string) error {
	var h head
	if err := v.query(h.scan, readHead); err != nil {
		return err
	}
	r.last, r.count.total = h.size, 2*h.size
	for range groupFiles(h.size) {
		g, err := newGroup(folder)
		if err != nil {
			return err
		}
		r.groups = append(r.groups, g)
	}
	var t tree
	c := &checking{view: v}
	for from := int64(1); ; {
		page, err := c.chainedFrom(from)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for i := range page {
			if err := r.group(&page[i], &t); err != nil {
				return err
			}
		}
		from = page[len(page)-1].first + 1
	}
	if t.size != h.size || t.chain != h.chain || t.root() != h.root() {
		return fault.New(fault.Disagrees, disagreesRemedy, "the lines of the journal are not those of its head")
	}
	err := v.query(func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		return r.groupFor(id).add(0, id, nil)
	}, "SELECT id FROM ticket")
	for _, g := range r.groups {
		if err == nil {
			err = g.flush()
		}
	}
	return err
}

const disagreesRemedy = "Check the record with doctor; restore a backup if it was changed."

// group groups the lines of a segment.
func (r *rebuild) group(x *chained, t *tree) error {
	lines, err := x.text()
	if err != nil || x.first != t.size+1 {
		return fault.New(fault.Disagrees, disagreesRemedy, "the lines from %d on are missing or cannot be read", t.size+1)
	}
	var m mention
	leaves := splitHashes(x.leaves)
	for i, text := range lines {
		seq, leaf := x.first+int64(i), tlog.RecordHash(text)
		if err := m.read(text); err != nil || i >= len(leaves) || leaf != leaves[i] {
			return fault.New(fault.Disagrees, disagreesRemedy, "line %d of the journal is not the one that was chained", seq)
		}
		r.subtrees = t.add(leaf, r.subtrees)
		if m.Ticket != "" {
			if err := r.groupFor(m.Ticket).add(seq, m.Ticket, text); err != nil {
				return err
			}
		}
	}
	r.count.add(int64(len(lines)))
	return nil
}

func (r *rebuild) groupFor(id string) *group { return r.groups[groupOf(id)%len(r.groups)] }
