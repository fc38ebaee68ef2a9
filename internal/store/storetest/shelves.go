package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

var shelfPromises = []promise{
	{"an item is put under the version that is there, and no other", itemVersions},
	{"every version of a document is kept, of other items only the last", keptVersions},
	{"a document's put names the line by which it was put", documentLines},
	{"an item is gone when its time is over", itemsEnd},
	{"a shelf is browsed in the order of sort and id, page by page", browsing},
	{"a shelf is searched whatever the case", matching},
	{"what is put and dropped in one change is there whole or not at all", putAndDrop},
	{"the head says when a document was put, and only then", bookNumber},
}

// put returns a change that puts an item.
func put(i store.Item) *store.Change {
	c := &store.Change{Who: "anna", Put: []store.Item{i}}
	if i.Shelf.KeepsVersions() {
		c.Acts = []store.Act{{ActDraft: journal.ActDraft{
			Source: Source, Act: string(i.Shelf) + ".put", Subject: i.ID, Digest: journal.DigestLine(i.Data),
		}}}
	}
	return c
}

// item checks that a shelf holds an item.
func (s *stand) item(want store.Item) {
	s.Helper()
	got, err := s.ledger.Get(s.Context(), want.Shelf, want.ID)
	if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		s.Errorf("the %s %s is\n%+v (%v), want\n%+v", want.Shelf, want.ID, got, err, want)
	}
}

func (s *stand) noItem(shelf store.Shelf, id string) {
	s.Helper()
	_, err := s.ledger.Get(s.Context(), shelf, id)
	s.refused(err, fault.NotFound, fmt.Sprintf("the %s %s", shelf, id))
}

func itemVersions(s *stand) {
	for _, shelf := range []store.Shelf{store.People, store.Documents} {
		i := store.Item{Shelf: shelf, ID: "a", Group: "desk", Sort: "Abel", Data: []byte("one\x00\xff")}
		for _, wrong := range []int64{1, 7} {
			i.Version = wrong
			_, err := s.ledger.Commit(s.Context(), put(i))
			s.refused(err, fault.Conflict, "a version of an item that is not there")
		}
		for n, version := range []int64{0, 1, store.AnyVersion, 3} {
			i.Version = version
			i.Data = append(i.Data, byte(n))
			r := s.commit(put(i))
			if want := int64(n + 1); len(r.Versions) != 1 || r.Versions[0] != want {
				s.Fatalf("put %d came to versions %v, want %d", n+1, r.Versions, want)
			}
			want := i
			want.Version, want.Seq = int64(n+1), r.Last
			s.item(want)
		}
		for _, wrong := range []int64{0, 1, 3, 5} {
			i.Version = wrong
			_, err := s.ledger.Commit(s.Context(), put(i))
			s.refused(err, fault.Conflict, fmt.Sprintf("version %d where 4 is", wrong))
		}
	}
	i := store.Item{Shelf: store.Accounts, ID: "a", Version: 0, Data: []byte("of another shelf")}
	s.commit(put(i))
	s.noItem(store.Accounts, "A")
	s.noItem(store.Tokens, "a")
}

func keptVersions(s *stand) {
	for _, shelf := range []store.Shelf{store.Documents, store.Statements, store.People, store.Settings} {
		var all []store.Item
		for n := range 3 {
			i := store.Item{Shelf: shelf, ID: "x", Version: int64(n), Group: fmt.Sprint("g", n), Data: fmt.Append(nil, "version ", n+1)}
			r := s.commit(put(i))
			i.Version, i.Seq = r.Versions[0], r.Last
			all = append(all, i)
		}
		s.commit(&store.Change{Who: "anna", Acts: act("anna", "x.drop", "x").Acts, Drop: []store.Item{{Shelf: shelf, ID: "x", Version: 3}}})
		s.noItem(shelf, "x")
		for _, want := range all {
			got, err := s.ledger.GetVersion(s.Context(), shelf, "x", want.Version)
			if !shelf.KeepsVersions() {
				s.refused(err, fault.NotFound, fmt.Sprintf("version %d of a %s", want.Version, shelf))
			} else if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				s.Errorf("version %d of a %s is %+v (%v), want %+v", want.Version, shelf, got, err, want)
			}
		}
		_, err := s.ledger.GetVersion(s.Context(), shelf, "x", 9)
		s.refused(err, fault.NotFound, "a version that never was")
		// Put again, it is not taken for one of those that were.
		again := s.commit(put(store.Item{Shelf: shelf, ID: "x", Version: 0, Data: []byte("again")}))
		if shelf.KeepsVersions() && again.Versions[0] != 4 {
			s.Errorf("a %s that was dropped and put again has version %d, want 4", shelf, again.Versions[0])
		}
	}
}

func documentLines(s *stand) {
	c := Opening("anna", "", "mail", "desk")
	for _, name := range []string{"estate.yaml", "contracts/network.yaml"} {
		p := put(store.Item{Shelf: store.Documents, ID: name, Version: 0, Data: []byte("name: " + name)})
		c.Put, c.Acts = append(c.Put, p.Put...), append(c.Acts, p.Acts...)
	}
	s.commit(c)
	lines := s.lines(1)
	for i, want := range c.Put {
		got, err := s.ledger.Get(s.Context(), store.Documents, want.ID)
		if err != nil {
			s.Fatal(err)
		}
		if l := s.parse(lines[got.Seq-1]); got.Seq != int64(i+2) || l.Subject != want.ID || l.Digest != journal.DigestLine(want.Data) {
			s.Errorf("document %s was put by line %d: %s", want.ID, got.Seq, lines[got.Seq-1])
		}
	}
	documents, err := s.ledger.Documents(s.Context())
	if err != nil || len(documents) != 2 {
		s.Fatalf("%d documents (%v), want 2", len(documents), err)
	}
	for _, d := range documents {
		if string(d.Data) != "name: "+d.Name {
			s.Errorf("document %s is %q", d.Name, d.Data)
		}
	}
}

func itemsEnd(s *stand) {
	for id, until := range map[string]span.Instant{"soon": Start + 10, "late": Start + 100, "never": 0} {
		s.commit(put(store.Item{Shelf: store.Sessions, ID: id, Version: 0, Until: until, Data: []byte(id)}))
	}
	there := func(want ...string) {
		s.Helper()
		var got []string
		items, err := s.ledger.Browse(s.Context(), store.Browse{Shelf: store.Sessions})
		for _, i := range items {
			got = append(got, i.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			s.Errorf("at %s there are %v (%v), want %v", s.clock.Instant(), got, err, want)
		}
		for _, id := range []string{"soon", "late", "never"} {
			if _, err := s.ledger.Get(s.Context(), store.Sessions, id); (err == nil) != slices.Contains(want, id) {
				s.Errorf("at %s, %s is there: %v", s.clock.Instant(), id, err)
			}
		}
	}
	there("late", "never", "soon")
	s.clock.Set(Start + 9)
	there("late", "never", "soon")
	s.clock.Set(Start + 10)
	there("late", "never")
	_, err := s.ledger.Commit(s.Context(), put(store.Item{Shelf: store.Sessions, ID: "soon", Version: 1, Data: []byte("x")}))
	s.refused(err, fault.Conflict, "a version of an item that has ended")
	s.commit(put(store.Item{Shelf: store.Sessions, ID: "soon", Version: 0, Until: Start + 50, Data: []byte("anew")}))
	there("late", "never", "soon")
	s.clock.Set(Start + 1000)
	there("never")
}

func browsing(s *stand) {
	var all []store.Item
	c := &store.Change{Who: "anna"}
	for n := range 57 {
		i := store.Item{
			Shelf: store.People, ID: fmt.Sprintf("p%02d", (n*13)%57), Version: 0, Group: []string{"desk", "apps", ""}[n%3],
			Sort: []string{"Abel", "abel", "Żak", "", "Zoe", "Ab el"}[n%6], Data: fmt.Append(nil, n),
		}
		c.Put = append(c.Put, i)
		i.Version = 1
		all = append(all, i)
	}
	s.commit(c)
	s.commit(put(store.Item{Shelf: store.Assets, ID: "p01", Version: 0, Group: "desk", Data: []byte("of another shelf")}))
	slices.SortFunc(all, func(a, b store.Item) int { return cmp.Or(strings.Compare(a.Sort, b.Sort), strings.Compare(a.ID, b.ID)) })
	desk, none, no := "desk", "", "no such group"
	for _, group := range []*string{nil, &desk, &none, &no} {
		for _, limit := range []int{0, 1, 5, 19, 100} {
			var want, got []store.Item
			for _, i := range all {
				if group == nil || i.Group == *group {
					want = append(want, i)
				}
			}
			b := store.Browse{Shelf: store.People, Group: group, Limit: limit}
			for {
				page, err := s.ledger.Browse(s.Context(), b)
				if err != nil {
					s.Fatal(err)
				}
				got = append(got, page...)
				if limit == 0 || len(page) < limit {
					break
				}
				b.After = &page[len(page)-1]
			}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				s.Errorf("by %d the shelf holds\n%+v, want\n%+v", limit, got, want)
			}
		}
	}
	page, err := s.ledger.Browse(s.Context(), store.Browse{Shelf: store.People, NoData: true, Limit: 3})
	if err != nil || len(page) != 3 || page[0].ID != all[0].ID || page[0].Data != nil {
		s.Errorf("without data the shelf holds %+v (%v)", page, err)
	}
}

func matching(s *stand) {
	sorts := []string{"Anna Zięba", "ÉCLAIR", "éclair", "100% sure", "under_score", `back\slash`, "O'Neill", "plain"}
	for n, sort := range sorts {
		s.commit(put(store.Item{Shelf: store.People, ID: fmt.Sprintf("ID-%d", n), Version: 0, Sort: sort, Data: []byte("plain data")}))
	}
	for match, want := range map[string][]string{
		"anna": {"Anna Zięba"}, "ANNA Z": {"Anna Zięba"}, "zięba": {"Anna Zięba"}, "%": {"100% sure"}, "_": {"under_score"}, `\`: {`back\slash`},
		"'": {"O'Neill"}, "id-3": {"100% sure"}, "data": nil, "ÉCLAIR": {"ÉCLAIR"}, "éclair": {"éclair"}, "PLAIN": {"plain"}, "ID-9": nil,
	} {
		items, err := s.ledger.Browse(s.Context(), store.Browse{Shelf: store.People, Match: match})
		if err != nil {
			s.Fatal(err)
		}
		for _, w := range want {
			if !slices.ContainsFunc(items, func(i store.Item) bool { return i.Sort == w }) {
				s.Errorf("%q does not find %q", match, w)
			}
		}
		for _, i := range items {
			if !strings.Contains(strings.ToLower(i.Sort), strings.ToLower(match)) && !strings.Contains(strings.ToLower(i.ID), strings.ToLower(match)) {
				s.Errorf("%q finds %q", match, i.Sort)
			}
		}
	}
}

func putAndDrop(s *stand) {
	s.commit(&store.Change{Who: "anna", Put: []store.Item{
		{Shelf: store.Links, ID: "a", Data: []byte("a")}, {Shelf: store.Links, ID: "b", Data: []byte("b")},
	}})
	_, err := s.ledger.Commit(s.Context(), &store.Change{
		Who: "anna", Drop: []store.Item{{Shelf: store.Links, ID: "a", Version: 1}, {Shelf: store.Links, ID: "b", Version: 2}},
		Put: []store.Item{{Shelf: store.Accounts, ID: "x", Data: []byte("x")}},
	})
	s.refused(err, fault.Conflict, "dropping a version that is not there")
	s.noItem(store.Accounts, "x")
	s.item(store.Item{Shelf: store.Links, ID: "a", Version: 1, Data: []byte("a")})
	s.commit(&store.Change{
		Who: "anna", Drop: []store.Item{{Shelf: store.Links, ID: "a", Version: 1}, {Shelf: store.Links, ID: "b", Version: store.AnyVersion}},
		Put: []store.Item{{Shelf: store.Accounts, ID: "x", Data: []byte("x")}},
	})
	s.noItem(store.Links, "a")
	s.noItem(store.Links, "b")
	s.item(store.Item{Shelf: store.Accounts, ID: "x", Version: 1, Data: []byte("x")})
	// One link is used once, however many try.
	s.commit(put(store.Item{Shelf: store.Links, ID: "once", Data: []byte("a")}))
	results := make(chan error, 8)
	for range 8 {
		go func() {
			_, err := s.ledger.Commit(s.Context(), &store.Change{Who: "anna", Drop: []store.Item{{Shelf: store.Links, ID: "once", Version: 1}}})
			results <- err
		}()
	}
	var used int
	for range 8 {
		if err := <-results; err == nil {
			used++
		} else {
			s.refused(err, fault.Conflict, "a link that was used")
		}
	}
	if used != 1 {
		s.Errorf("one link was used %d times", used)
	}
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	s.commit(put(store.Item{Shelf: store.Statements, ID: "large", Data: large}))
	if got, err := s.ledger.Get(s.Context(), store.Statements, "large"); err != nil || !bytes.Equal(got.Data, large) {
		s.Errorf("a large item has %d bytes (%v)", len(got.Data), err)
	}
}

func bookNumber(s *stand) {
	before := s.head().Book
	s.tickets(1)
	s.commit(put(store.Item{Shelf: store.People, ID: "a", Data: []byte("x")}))
	s.commit(put(store.Item{Shelf: store.Statements, ID: "a", Data: []byte("x")}))
	if after := s.head().Book; after != before {
		s.Errorf("the book went from %d to %d though no document was put", before, after)
	}
	s.commit(put(store.Item{Shelf: store.Documents, ID: "a", Data: []byte("x")}))
	put1 := s.head().Book
	s.commit(&store.Change{Who: "anna", Acts: act("anna", "document.drop", "a").Acts, Drop: []store.Item{{Shelf: store.Documents, ID: "a", Version: 1}}})
	if put2 := s.head().Book; put1 == before || put2 == put1 {
		s.Errorf("the book went from %d to %d and %d as a document was put and dropped", before, put1, put2)
	}
}
