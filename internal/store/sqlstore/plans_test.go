package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// What is asked for often is found by an index, and never by reading a table from end
// to end. Where the list's order is that of the index, nothing is sorted.
func TestListsAreFoundByIndexes(t *testing.T) {
	s := sqlitePlace(t).open(t)
	if _, err := s.Append(context.Background(), newYear(500).batch(500)); err != nil {
		t.Fatal(err)
	}
	open := true
	all := store.Sight{All: true}
	for what, x := range map[string]struct {
		query  store.Query
		by     string // index
		sorted bool
	}{
		"open by due":             {store.Query{Sight: all, Open: &open, By: store.ByDue}, "ticket_open_due", false},
		"open by changed":         {store.Query{Sight: all, Open: &open, By: store.ByChanged, Descending: true}, "ticket_open_changed", false},
		"all by opened":           {store.Query{Sight: all, By: store.ByOpened}, "ticket_opened", false},
		"all by opened, onwards":  {store.Query{Sight: all, By: store.ByOpened, After: &store.Cursor{Value: 1, Number: 2}}, "ticket_opened", false},
		"a party's open by due":   {store.Query{Sight: store.Sight{Parties: []string{"desk"}}, Open: &open, By: store.ByDue}, "ticket_party_open_due", false},
		"a party's by changed":    {store.Query{Sight: store.Sight{Parties: []string{"desk"}}, By: store.ByChanged}, "ticket_party_changed", false},
		"a service's by changed":  {store.Query{Sight: store.Sight{Services: []string{"service-1"}}, By: store.ByChanged}, "ticket_service_changed", false},
		"a reporter's by opened":  {store.Query{Sight: store.Sight{Reporter: "p"}, By: store.ByOpened}, "ticket_reporter", false},
		"a team's open by due":    {store.Query{Sight: all, Open: &open, Teams: []string{"team-7"}, By: store.ByDue}, "ticket_open_team", false},
		"a team's open by opened": {store.Query{Sight: all, Open: &open, Teams: []string{"team-7"}, By: store.ByOpened}, "ticket_open_team", true},
		"a holder's open":         {store.Query{Sight: all, Open: &open, Parties: []string{"supplier-3"}, By: store.ByDue}, "ticket_open_party", false},
		"a site's open":           {store.Query{Sight: all, Open: &open, Sites: []string{"site-1"}, By: store.ByDue}, "ticket_open_site", false},
		"a parent's":              {store.Query{Sight: all, Parent: "INC0000001", By: store.ByOpened}, "ticket_parent", true},
		"an id's beginning":       {store.Query{Sight: all, IDPrefix: "INC00001", By: store.ByOpened}, "sqlite_autoindex_ticket_1", true},
		"two ways at once":        {store.Query{Sight: store.Sight{Parties: []string{"desk"}, Reporter: "p"}, By: store.ByChanged}, "ticket_party_changed", true},
	} {
		x.query.Limit = 50
		err := s.read(context.Background(), func(v *view) error {
			w, seen, err := v.choose(&x.query)
			if err != nil {
				return err
			}
			var page search
			page.page(w, &x.query, seen)
			plan := strings.Join(planOf(t, v, page.String(), page.args), "; ")
			if !strings.Contains(plan+" ", x.by+" ") && !strings.Contains(plan, x.by+"; ") || strings.Contains(plan, "SCAN t;") || strings.Contains(plan, "TEMP B-TREE") != x.sorted {
				t.Errorf("%s: %s", what, plan)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func planOf(t *testing.T, v *view, text string, args []any) (plan []string) {
	t.Helper()
	err := v.query(func(scan func(...any) error) error {
		var id, parent, unused int64
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	}, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Error(err)
	}
	return plan
}

// A need early in the year is found by when tickets were opened, one late in it by when
// they changed, and both find what a loop over all tickets does.
func TestNeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		year := newYear(2000).batch(2000)
		if _, err := s.Append(ctx, year); err != nil {
			t.Fatal(err)
		}
		const month = 30 * 24 * 3600
		for _, party := range []string{"", "desk", "supplier-3", "nobody"} {
			for from := range 12 {
				need := statement.Need{Party: party, Since: yearStart + month*span.Instant(from), Before: yearStart + month*span.Instant(from+1)}
				want := map[string]bool{}
				for i := range year.Tickets {
					r := &year.Tickets[i].Row
					held := party == ""
					for _, holder := range r.Parties {
						held = held || holder == party
					}
					if held && r.Opened < need.Before && (r.Open() || r.Changed >= need.Since) {
						want[r.ID] = true
					}
				}
				j, err := s.Part(ctx, []statement.Need{need, need}, nil)
				if err != nil {
					t.Fatal(err)
				}
				for n := range j.Tickets() {
					if !want[j.TicketID(n)] {
						t.Errorf("%s is not needed of %q in month %d", j.TicketID(n), party, from)
					}
				}
				if j.Tickets() != len(want) {
					t.Errorf("of %q in month %d there are %d tickets, want %d", party, from, j.Tickets(), len(want))
				}
			}
		}
	})
}

// However many services are in sight, the list is that of the tickets in sight.
func TestManyServicesInSight(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		year := newYear(300).batch(300)
		if _, err := s.Append(ctx, year); err != nil {
			t.Fatal(err)
		}
		var services []string
		for n := range 600 { // of which there are sixty
			services = append(services, fmt.Sprintf("service-%d", n+1))
		}
		for _, count := range []int{1, maxServices, maxServices + 1, 600} {
			q := store.Query{Sight: store.Sight{Services: services[:count], Hidden: []string{"service-7"}}, By: store.ByChanged, Limit: 1000}
			found, err := s.List(ctx, &q)
			if err != nil {
				t.Fatal(err)
			}
			counted, err := s.Count(ctx, &q, 1000)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for i := range year.Tickets {
				if r := &year.Tickets[i].Row; slices.Contains(services[:count], r.Service) && r.Service != "service-7" {
					want++
				}
			}
			if len(found) != want || counted != want {
				t.Errorf("with %d services there are %d tickets, counted %d, want %d", count, len(found), counted, want)
			}
		}
	})
}
