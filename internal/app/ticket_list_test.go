package app_test

import (
	"fmt"
	"testing"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/ticket"
)

// listAll asks for a first page of everything.
func listAll() store.Query { return store.Query{By: store.ByOpened, Limit: 50} }

// TestListPages holds that the pages of a list are all of it, once, with the clocks of
// each ticket as its own page shows them.
func TestListPages(t *testing.T) {
	d := newDesk(t)
	var ids []string
	for i := range 25 {
		d.after(time.Minute)
		x := d.do(d.analyst(), app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P3", Service: "laptops", Summary: fmt.Sprint("Laptop ", i), Party: "brackwold"})
		ids = append(ids, x.ID)
	}
	d.after(time.Hour)
	q := listAll()
	q.Limit = 10
	var got []string
	for {
		page, err := d.ListTickets(d.ctx, d.agent("brackwold"), q, true)
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != 25 {
			t.Errorf("%d in all", page.Total)
		}
		for _, x := range page.Tickets {
			got = append(got, x.ID)
			one, err := d.ReadTicket(d.ctx, d.agent("brackwold"), x.ID)
			if err != nil {
				t.Fatal(err)
			}
			if x.Summary != one.Summary || len(x.Standing) == 0 || x.Due == nil || one.Due == nil || *x.Due != *one.Due {
				t.Errorf("in the list %+v, alone %+v", x, one)
			}
			for _, s := range x.Standing {
				for _, c := range one.Life.Clocks {
					if c.ID == s.Clock && c.Contract == s.Contract && (c.Elapsed != s.Elapsed || c.Verdict != s.Verdict) {
						t.Errorf("%s: clock %s has %d s in the list and %d alone", x.ID, c.ID, s.Elapsed, c.Elapsed)
					}
				}
			}
		}
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	if fmt.Sprint(got) != fmt.Sprint(ids) {
		t.Errorf("pages hold %v, want %v", got, ids)
	}
	if page, err := d.ListTickets(d.ctx, d.agent("fennock"), listAll(), true); err != nil || page.Total != 0 || len(page.Tickets) != 0 {
		t.Errorf("another supplier's list: %+v, %v", page, err)
	}
	for _, n := range []int{0, -1, store.MaxPage + 1} {
		q.Limit = n
		_, err := d.ListTickets(d.ctx, d.analyst(), q, false)
		refuses(t, fmt.Sprint("a page of ", n), err, fault.Invalid)
	}
}
