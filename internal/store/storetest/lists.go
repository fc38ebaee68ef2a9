package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

var listPromises = []promise{
	{"lists and counts hold what a reader may see and asked for, in order", listsAreFilters},
	{"pages of a list follow one another without gap or repeat", pages},
	{"pages do not repeat or skip what stands still while others write", pagesWhileWriting},
	{"who may see nothing is shown nothing", seesNothing},
	{"a page has at most the number of tickets asked for, and never more than the most", pageLimits},
}

// model is the tickets of a ledger as plain rows, by number.
type model []store.Found

// sample fills a ledger with tickets whose fields take few values, so that every
// condition holds for some and not for others, and returns them in the order of their
// numbers. Half of them come by Append, and a third is changed afterwards.
func (s *stand) sample(n int) model {
	s.Helper()
	for i := range n {
		row := sampleRow(i)
		if i%2 == 0 {
			c := Opening(fmt.Sprint("w", i), "", row.Service, row.Party)
			c.Rows[0] = row
			c.Rows[0].ID = ""
			c.Entries[0].Clear = []store.Clear{{Name: store.ReporterName, Value: row.Reporter}}
			if i%4 == 0 { // an id of the caller's own
				c.Prefix, c.Rows[0].ID, c.Entries[0].Ticket = "", row.ID, row.ID
			}
			if row.Reporter == "" {
				c.Entries[0].Clear = nil
			}
			s.commit(c)
			continue
		}
		if _, err := s.ledger.Append(s.Context(), &store.Batch{Tickets: []store.BatchTicket{logged(row, int64(i))}}); err != nil {
			s.Fatal(err)
		}
	}
	all := s.everyTicket()
	for i := range all {
		if i%3 != 0 {
			continue
		}
		row := all[i].TicketRow
		next := sampleRow(i*7 + 3)
		next.ID, next.Version, next.Reporter, next.Opened = row.ID, row.Version, row.Reporter, row.Opened
		next.Parties = append(next.Parties, row.Parties...) // who has held it once has held it for ever
		slices.Sort(next.Parties)
		next.Parties = slices.Compact(next.Parties)
		s.commit(Noting("w", "", next))
	}
	return s.everyTicket()
}

// sampleRow makes the row of a ticket from a number.
func sampleRow(i int) store.TicketRow {
	pick := func(every int, list ...string) string { return list[(i/every)%len(list)] }
	at := Start - span.Instant((i*37)%50*3600)
	row := store.TicketRow{
		ID: fmt.Sprintf("%s-%03d", pick(1, "INC", "REQ", "EXT", "100%_x"), i), Kind: pick(1, "incident", "request", "call"), Priority: pick(2, "P1", "P2", "P3"),
		Service: pick(1, "mail", "print", "vault", "web", ""), Site: pick(3, "london", "leeds", ""), Party: pick(2, "desk", "apps", "net", "desk two", ""),
		Team: pick(5, "a", "b", ""), Status: journal.New + journal.Status(i%7), Reporter: pick(3, "p1", "p2", "", "p4"), Parent: pick(11, "", "INC-001", ""),
		Opened: at, Changed: at + span.Instant(i%5*1800), Due: at + span.Instant((i*13)%9*3600),
	}
	for _, p := range []string{row.Party, pick(3, "apps", "net", ""), pick(7, "desk two", "")} {
		if p != "" {
			row.Parties = append(row.Parties, p)
		}
	}
	slices.Sort(row.Parties)
	row.Parties = slices.Compact(row.Parties)
	if i%4 == 0 || !row.Open() {
		row.Due = span.Never
	}
	return row
}

// everyTicket returns all tickets of a ledger by number, each looked up by its id.
func (s *stand) everyTicket() model {
	s.Helper()
	seen := map[string]bool{}
	var out model
	for _, line := range s.lines(1) {
		if id := s.parse(line).Ticket; id != "" && !seen[id] {
			seen[id] = true
			out = append(out, *s.found(id))
		}
	}
	slices.SortFunc(out, func(a, b store.Found) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// sees is what a reader may see, in plain words.
func sees(v *store.Sight, r *store.TicketRow) bool {
	if v.Reporter != "" && v.Reporter == r.Reporter {
		return true
	}
	return !slices.Contains(v.Hidden, r.Service) && (v.All || slices.Contains(v.Services, r.Service) ||
		slices.ContainsFunc(r.Parties, func(p string) bool { return slices.Contains(v.Parties, p) }))
}

// wanted is what a query asks for, in plain words.
func wanted(q *store.Query, r *store.TicketRow) bool {
	among := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	return sees(&q.Sight, r) && (q.Open == nil || *q.Open == r.Open()) && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, r.Status)) &&
		among(q.Kinds, r.Kind) && among(q.Priorities, r.Priority) && among(q.Services, r.Service) && among(q.Sites, r.Site) &&
		among(q.Parties, r.Party) && among(q.Teams, r.Team) && (q.Reporter == "" || q.Reporter == r.Reporter) && (q.Parent == "" || q.Parent == r.Parent) &&
		strings.HasPrefix(r.ID, q.IDPrefix) && (q.DueBefore == 0 || r.Due < q.DueBefore)
}

// valueOf is what a list is sorted by.
func valueOf(by store.Order, r *store.TicketRow) span.Instant {
	switch by {
	case store.ByChanged:
		return r.Changed
	case store.ByDue:
		return r.Due
	}
	return r.Opened
}

// list is what a query should find.
func (m model) list(q *store.Query) model {
	var out model
	for _, f := range m {
		if wanted(q, &f.TicketRow) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b store.Found) int {
		c := cmp.Or(cmp.Compare(valueOf(q.By, &a.TicketRow), valueOf(q.By, &b.TicketRow)), cmp.Compare(a.Number, b.Number))
		if q.Descending {
			return -c
		}
		return c
	})
	if q.After != nil {
		out = slices.DeleteFunc(out, func(f store.Found) bool {
			c := cmp.Or(cmp.Compare(valueOf(q.By, &f.TicketRow), q.After.Value), cmp.Compare(f.Number, q.After.Number))
			return c == 0 || (c < 0) != q.Descending
		})
	}
	return out
}

// query draws a query in which any condition may be absent.
func (m model) query(t *rapid.T) *store.Query {
	some := func(name string, most int, from ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, most, rapid.ID).Draw(t, name)
	}
	seldom := func(name string, most int, from ...string) []string {
		if rapid.IntRange(0, 3).Draw(t, name+" asked") > 0 {
			return nil
		}
		return some(name, most, from...)
	}
	q := &store.Query{
		Sight: store.Sight{
			All: rapid.Bool().Draw(t, "all"), Parties: some("sight parties", 2, "desk", "apps", "net", "desk two", "des", "none", "%"),
			Services: some("sight services", 2, "mail", "print", "vault", "none"), Reporter: rapid.SampledFrom([]string{"", "p1", "p2", "p9"}).Draw(t, "sight reporter"),
			Hidden: some("hidden", 2, "vault", "mail", "none"),
		},
		Kinds: seldom("kinds", 2, "incident", "request", "call", "none"), Priorities: seldom("priorities", 2, "P1", "P2", "P3"),
		Services: seldom("services", 2, "mail", "print", "vault", "web", "none"), Sites: seldom("sites", 2, "london", "leeds"),
		Parties: seldom("parties", 2, "desk", "apps", "desk two", "none"), Teams: seldom("teams", 2, "a", "b", "none"),
		By: rapid.SampledFrom([]store.Order{store.ByOpened, store.ByChanged, store.ByDue}).Draw(t, "by"), Descending: rapid.Bool().Draw(t, "descending"),
		Limit: rapid.SampledFrom([]int{1, 7, 50, store.MaxPage}).Draw(t, "limit"),
	}
	for _, name := range seldom("statuses", 3, journal.StatusNames()...) {
		status, _ := journal.ParseStatus(name)
		q.Statuses = append(q.Statuses, status)
	}
	if rapid.Bool().Draw(t, "open asked") {
		open := rapid.Bool().Draw(t, "open")
		q.Open = &open
	}
	for _, x := range seldom("one of", 1, "reporter", "parent", "prefix", "due") {
		switch x {
		case "reporter":
			q.Reporter = rapid.SampledFrom([]string{"p1", "p2", "p9"}).Draw(t, "reporter")
		case "parent":
			q.Parent = rapid.SampledFrom([]string{"INC-001", "INC-002"}).Draw(t, "parent")
		case "prefix":
			q.IDPrefix = rapid.SampledFrom([]string{"INC", "REQ-0", "inc", "100%", "1__", "EXT-1"}).Draw(t, "prefix")
		case "due":
			q.DueBefore = Start - span.Instant(rapid.IntRange(0, 50).Draw(t, "hours")*3600)
		}
	}
	if len(m) > 0 && rapid.Bool().Draw(t, "further page") {
		f := rapid.SampledFrom(m).Draw(t, "after")
		q.After = &store.Cursor{Value: valueOf(q.By, &f.TicketRow), Number: f.Number}
	}
	return q
}

func listsAreFilters(s *stand) {
	m := s.sample(160)
	ctx := context.Background()
	rapid.Check(s.T, func(t *rapid.T) {
		q := m.query(t)
		want := m.list(q)
		most := rapid.SampledFrom([]int{1, 10, 1000}).Draw(t, "most")
		all := *q
		all.After = nil
		n, err := s.ledger.Count(ctx, &all, most)
		if exact := len(m.list(&all)); err != nil || n != min(exact, most) {
			t.Fatalf("at most %d are counted as %d, want %d (%v)\n%+v", most, n, min(exact, most), err, q)
		}
		got, err := s.ledger.List(ctx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if diff := firstDifference(got, want[:min(len(want), q.Limit)]); diff != "" {
			t.Fatalf("%+v: %s", q, diff)
		}
	})
}

// firstDifference says where two lists part; empty where they do not.
func firstDifference(got, want []store.Found) string {
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = describe(&got[i])
		}
		if i < len(want) {
			b = describe(&want[i])
		}
		if a != b {
			return fmt.Sprintf("place %d of %d holds\n%s, want (of %d)\n%s", i, len(got), a, len(want), b)
		}
	}
	return ""
}

// describe writes a ticket down whole, so that it can be compared.
func describe(f *store.Found) string {
	return fmt.Sprintf("%d %+v %v %s", f.Number, f.TicketRow, f.Lines.Seq, slices.Concat(f.Lines.Line...))
}

// after returns the cursor of a ticket.
func after(by store.Order, f *store.Found) *store.Cursor {
	return &store.Cursor{Value: valueOf(by, &f.TicketRow), Number: f.Number}
}

func pages(s *stand) {
	m := s.sample(60)
	open := true
	for _, base := range []store.Query{
		{Sight: store.Sight{All: true}},
		{Sight: store.Sight{All: true}, Open: &open},
		{Sight: store.Sight{Parties: []string{"desk", "apps"}, Reporter: "p1", Hidden: []string{"vault"}}},
		{Sight: store.Sight{Parties: []string{"apps"}}, Open: &open},
	} {
		for _, by := range []store.Order{store.ByOpened, store.ByChanged, store.ByDue} {
			for _, descending := range []bool{false, true} {
				q := base
				q.By, q.Descending, q.Limit = by, descending, 7
				want := m.list(&q)
				var got []store.Found
				for {
					page, err := s.ledger.List(s.Context(), &q)
					if err != nil {
						s.Fatal(err)
					}
					got = append(got, page...)
					if len(page) < q.Limit {
						break
					}
					q.After = after(by, &page[len(page)-1])
				}
				if diff := firstDifference(got, want); diff != "" {
					s.Errorf("by %s, descending %v: %s", by, descending, diff)
				}
			}
		}
	}
}

// pagesWhileWriting leafs through a list while others open tickets and note on those
// that are on no page yet. Every ticket that was there from the beginning is on one page.
func pagesWhileWriting(s *stand) {
	ids := s.tickets(60)
	ctx, cancel := context.WithCancel(s.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			s.clock.Set(s.clock.Instant() + 1)
			if _, err := s.ledger.Commit(s.Context(), Opening("w", "", "mail", "desk")); err != nil {
				s.Error(err)
				return
			}
			row := s.found(ids[n%len(ids)]).TicketRow
			if _, err := s.ledger.Commit(s.Context(), Noting("w", "", row)); err != nil {
				s.Error(err)
				return
			}
		}
	}()
	for _, descending := range []bool{false, true} {
		q := &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened, Descending: descending, Limit: 5}
		times := map[string]int{}
		for range 200 {
			page, err := s.ledger.List(s.Context(), q)
			if err != nil {
				s.Fatal(err)
			}
			for i := range page {
				times[page[i].ID]++
			}
			if len(page) < q.Limit || len(times) > 150 && !descending {
				break
			}
			q.After = after(q.By, &page[len(page)-1])
		}
		for id, n := range times {
			if n > 1 {
				s.Errorf("ticket %s is on %d pages", id, n)
			}
		}
		for _, id := range ids {
			if times[id] != 1 {
				s.Errorf("ticket %s, there from the beginning, is on %d pages", id, times[id])
			}
		}
	}
	cancel()
	<-done
}

func seesNothing(s *stand) {
	s.sample(20)
	for what, sight := range map[string]store.Sight{
		"no sight":           {},
		"only hidden things": {Hidden: []string{"mail"}},
		"unknown parties":    {Parties: []string{"nobody", "des", "desk two ", ""}},
		"an empty reporter":  {Reporter: ""},
		"an unknown service": {Services: []string{"nothing"}},
	} {
		q := &store.Query{Sight: sight, By: store.ByOpened, Limit: 10}
		found, err := s.ledger.List(s.Context(), q)
		if err != nil || len(found) != 0 {
			s.Errorf("%s: %d tickets (%v)", what, len(found), err)
		}
		if n, err := s.ledger.Count(s.Context(), q, 10); err != nil || n != 0 {
			s.Errorf("%s: %d tickets are counted (%v)", what, n, err)
		}
	}
}

func pageLimits(s *stand) {
	s.tickets(5)
	for _, limit := range []int{1, 3, 5, 6, store.MaxPage} {
		found, err := s.ledger.List(s.Context(), &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened, Limit: limit})
		if err != nil || len(found) != min(limit, 5) {
			s.Errorf("a page of %d has %d tickets (%v)", limit, len(found), err)
		}
	}
	s.add(log(0, store.MaxPage))
	for _, limit := range []int{0, store.MaxPage + 1, 1 << 40} {
		found, err := s.ledger.List(s.Context(), &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened, Limit: limit})
		if err != nil || len(found) != store.MaxPage {
			s.Errorf("a page of %d has %d tickets (%v), want %d", limit, len(found), err, store.MaxPage)
		}
	}
	_, err := s.ledger.List(s.Context(), &store.Query{Sight: store.Sight{All: true}, By: "colour", Limit: 1})
	s.refused(err, fault.Invalid, "an order that there is not")
}
