package app_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// TestWalk takes a ticket from report to closure across two suppliers, with a
// rejection, a pause and a reopening, and holds what each step made of it.
func TestWalk(t *testing.T) {
	d := newDesk(t)
	analyst, first, second := d.analyst(), d.agent("fennock"), d.agent("brackwold")
	x := d.laptop()
	if x.Status != "new" || x.Summary != "My laptop does not start" || x.Party != "" || !strings.HasPrefix(x.ID, "INC") {
		t.Errorf("opened as %+v", x)
	}
	for _, step := range []struct {
		who     access.Principal
		act     app.TicketAct
		status  string
		party   string
		minutes time.Duration
	}{
		{analyst, app.TicketAct{Act: ticket.Assign, Party: "fennock", Team: "wide-area"}, "assigned", "fennock", 10},
		{first, app.TicketAct{Act: ticket.Reject, Reason: "not-network", Text: "The network is fine."}, "new", "", 5},
		{analyst, app.TicketAct{Act: ticket.Assign, Party: "brackwold", Team: "field"}, "assigned", "brackwold", 5},
		{second, app.TicketAct{Act: ticket.Accept}, "in-progress", "brackwold", 10},
		{second, app.TicketAct{Act: ticket.Pause, Reason: "user", Text: "When may we come?"}, "waiting", "brackwold", 30},
		{second, app.TicketAct{Act: ticket.Resume, Reason: "user"}, "in-progress", "brackwold", 60},
		{second, app.TicketAct{Act: ticket.Resolve, Text: "A new battery."}, "resolved", "brackwold", 120},
		{d.officer(), app.TicketAct{Act: ticket.Reopen, Text: "It beeps again."}, "in-progress", "brackwold", 30},
		{second, app.TicketAct{Act: ticket.Resolve, Text: "Another battery."}, "resolved", "brackwold", 60},
		{d.officer(), app.TicketAct{Act: ticket.Close}, "closed", "brackwold", 60},
	} {
		d.after(step.minutes * time.Minute)
		step.act.Ticket = x.ID
		before := x.Version
		x = d.do(step.who, step.act)
		if x.Status != step.status || x.Party != step.party || x.Version <= before {
			t.Errorf("after %s: %s at %q, version %d after %d", step.act.Act, x.Status, x.Party, x.Version, before)
		}
		// What the act returned is what a reader gets who comes later.
		read, err := d.ReadTicket(d.ctx, step.who, x.ID)
		if err != nil || read.Status != x.Status || read.Version != x.Version || len(read.Life.Clocks) != len(x.Life.Clocks) {
			t.Errorf("after %s, read anew: %+v, %v", step.act.Act, read, err)
		}
	}
	read, err := d.ReadTicket(d.ctx, analyst, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, leg := range read.Life.Legs {
		sum += leg.Elapsed
	}
	if sum != read.Life.EndToEnd.Elapsed || sum == 0 {
		t.Errorf("the legs are %d seconds of %d", sum, read.Life.EndToEnd.Elapsed)
	}
	for _, c := range read.Life.Clocks {
		if c.Contract == "end-user" && c.ID == "resolve" && (c.Verdict != "met" || len(c.Pauses) == 0) {
			t.Errorf("clock %+v", c)
		}
	}
	entries, err := d.ReadEntries(d.ctx, analyst, x.ID)
	if err != nil || len(entries) != 11 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if e := entries[7]; e.Event != "resolved" || e.Text != "A new battery." || e.By != "brackwold" || e.Seq == 0 || e.Person != second.ID {
		t.Errorf("entry %+v", e)
	}
}

// TestActRefused holds that acts which the right, the state or the estate does not
// allow are refused, and that nothing was written.
func TestActRefused(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold"})
	before, err := d.ledger.Head(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	past, future := d.now-1000, d.now+1
	long := strings.Repeat("x", app.MaxSummary+1)
	holder, other, colleague := d.agent("brackwold"), d.agent("fennock"), d.officer()
	colleague.ID = "another officer"
	for _, c := range []struct {
		name string
		who  access.Principal
		act  app.TicketAct
		kind fault.Kind
	}{
		{"a ticket that another supplier holds is not there", other, app.TicketAct{Ticket: x.ID, Act: ticket.Accept}, fault.NotFound},
		{"a ticket that is not there", holder, app.TicketAct{Ticket: "INC9999999", Act: ticket.Accept}, fault.NotFound},
		{"an officer does not resolve", d.officer(), app.TicketAct{Ticket: x.ID, Act: ticket.Resolve}, fault.Denied},
		{"a colleague's ticket is not there", colleague, app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "?"}, fault.NotFound},
		{"nothing to resume", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Resume}, fault.Conflict},
		{"not paused for that", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Resume, Reason: "user"}, fault.Conflict},
		{"nothing to close", d.officer(), app.TicketAct{Ticket: x.ID, Act: ticket.Close}, fault.Conflict},
		{"an unknown act", holder, app.TicketAct{Ticket: x.ID, Act: "explode"}, fault.Denied},
		{"an unknown reason", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Pause, Reason: "tea"}, fault.Invalid},
		{"no reason", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Pause}, fault.Invalid},
		{"a field that the act does not read", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Accept, Priority: "P1"}, fault.Invalid},
		{"an unknown party", d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "nobody"}, fault.Invalid},
		{"an unknown team", d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold", Team: "nobody"}, fault.Invalid},
		{"later than now", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Accept, Happened: &future}, fault.Invalid},
		{"before it was opened", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Accept, Happened: &past}, fault.Invalid},
		{"an empty note", holder, app.TicketAct{Ticket: x.ID, Act: ticket.Note}, fault.Invalid},
		{"linked to itself", d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Link, Reason: "parent", Related: x.ID}, fault.Invalid},
		{"an unknown service", d.officer(), app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P3", Service: "teapots", Summary: "?"}, fault.Invalid},
		{"an unknown priority", d.officer(), app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P9", Service: "laptops", Summary: "?"}, fault.Invalid},
		{"a long summary", d.officer(), app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P3", Service: "laptops", Summary: long}, fault.Invalid},
		{"nobody at all", access.Principal{}, app.TicketAct{Ticket: x.ID, Act: ticket.Accept}, fault.NotFound},
	} {
		_, err := d.Do(d.ctx, app.Request{Who: c.who}, c.act)
		refuses(t, c.name, err, c.kind)
	}
	if after, err := d.ledger.Head(d.ctx); err != nil || after.Size != before.Size {
		t.Errorf("%d lines after %d, %v", after.Size, before.Size, err)
	}
}

// TestFindingsAllAtOnce holds that everything wrong with an act is said at once.
func TestFindingsAllAtOnce(t *testing.T) {
	d := newDesk(t)
	_, err := d.Do(d.ctx, app.Request{Who: d.officer()}, app.TicketAct{Act: ticket.Open, Service: "teapots", Site: "moon", Priority: "P9"})
	var f fault.Findings
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	var fields []string
	for _, x := range f {
		fields = append(fields, x.Field)
	}
	for _, want := range []string{"kind", "summary", "service", "site", "priority"} {
		if !slices.Contains(fields, want) {
			t.Errorf("nothing is said of %s: %v", want, fields)
		}
	}
}

func TestIdempotency(t *testing.T) {
	d := newDesk(t)
	open := app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P3", Service: "laptops", Summary: "Twice"}
	q := app.Request{Who: d.officer(), Key: "one"}
	first, err := d.Do(d.ctx, q, open)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Do(d.ctx, q, open)
	if err != nil || !again.Receipt.Replayed || again.Ticket.ID != first.Ticket.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	open.Summary = "Thrice"
	_, err = d.Do(d.ctx, q, open)
	refuses(t, "another request under the same key", err, fault.Conflict)
	q.Who = d.analyst()
	other, err := d.Do(d.ctx, q, open)
	if err != nil || other.Ticket.ID == first.Ticket.ID {
		t.Errorf("the same key of somebody else: %+v, %v", other, err)
	}

	// A repeated act that its ticket's state no longer allows is answered all the same.
	id := first.Ticket.ID
	d.do(d.analyst(), app.TicketAct{Ticket: id, Act: ticket.Assign, Party: "brackwold"})
	accept, q := app.TicketAct{Ticket: id, Act: ticket.Accept}, app.Request{Who: d.agent("brackwold"), Key: "accept"}
	if _, err := d.Do(d.ctx, q, accept); err != nil {
		t.Fatal(err)
	}
	again, err = d.Do(d.ctx, q, accept)
	if err != nil || !again.Receipt.Replayed {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// TestReplayOfTheUncleared holds that a key gives nobody a ticket that he may not see
// any more.
func TestReplayOfTheUncleared(t *testing.T) {
	d := newDesk(t)
	analyst := d.analyst()
	analyst.Clearances = []string{"detained-people"}
	open := app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P2", Service: "custody", Summary: "A cell door", Party: "merrowfen"}
	opened, err := d.Do(d.ctx, app.Request{Who: analyst, Key: "opened"}, open)
	if err != nil {
		t.Fatal(err)
	}
	note := app.TicketAct{Ticket: opened.Ticket.ID, Act: ticket.Note, Text: "Not for all"}
	colleague := analyst
	colleague.ID = "colleague"
	q := app.Request{Who: colleague, Key: "noted"}
	if _, err := d.Do(d.ctx, q, note); err != nil {
		t.Fatal(err)
	}
	if again, err := d.Do(d.ctx, q, note); err != nil || !again.Receipt.Replayed {
		t.Errorf("still cleared: %+v, %v", again, err)
	}
	q.Who.Clearances = nil
	_, err = d.Do(d.ctx, q, note)
	refuses(t, "cleared no more", err, fault.NotFound)
}

func TestVersionAndDryRun(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	note := app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "?", Visibility: journal.Public}
	d.do(d.officer(), note)
	_, err := d.Do(d.ctx, app.Request{Who: d.officer(), Version: x.Version}, note)
	refuses(t, "an old version", err, fault.Conflict)
	dry, err := d.Do(d.ctx, app.Request{Who: d.analyst(), Dry: true}, app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold"})
	if err != nil || dry.Ticket.Party != "brackwold" {
		t.Errorf("dry: %+v, %v", dry, err)
	}
	if read, err := d.ReadTicket(d.ctx, d.analyst(), x.ID); err != nil || read.Party != "" {
		t.Errorf("a dry run was kept: %+v, %v", read, err)
	}
}

// TestAtOnce holds that acts of many on one ticket are all done, one after another.
func TestAtOnce(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	var all sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		all.Go(func() {
			for range 5 {
				_, err := d.Do(d.ctx, app.Request{Who: d.analyst()}, app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "one of many"})
				if fault.KindOf(err) == fault.Conflict && err != nil {
					continue // told to read again, which is an answer
				}
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	entries, err := d.ReadEntries(d.ctx, d.analyst(), x.ID)
	if err != nil || len(entries) < 5 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestNotes holds who reads which notes.
func TestNotes(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "fennock"})
	d.do(d.agent("fennock"), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "among us", Visibility: journal.OwnParty})
	d.do(d.agent("fennock"), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "among those who work on it", Visibility: journal.Shared})
	d.do(d.agent("fennock"), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "for all", Visibility: journal.Public})
	d.do(d.agent("fennock"), app.TicketAct{Ticket: x.ID, Act: ticket.Reject, Reason: "not-ours"})
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold"})
	for _, c := range []struct {
		who  access.Principal
		want []string
	}{
		{d.agent("fennock"), []string{"among us", "among those who work on it", "for all"}},
		{d.agent("brackwold"), []string{"among those who work on it", "for all"}},
		{d.analyst(), []string{"among those who work on it", "for all"}},
		{d.officer(), []string{"for all"}},
		{d.who("force", access.Assurance), []string{"among us", "among those who work on it", "for all"}},
	} {
		entries, err := d.ReadEntries(d.ctx, c.who, x.ID)
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, e := range entries {
			if e.Event == "noted" {
				got = append(got, e.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s reads %q, want %q", c.who.ID, got, c.want)
		}
	}
	_, err := d.ReadEntries(d.ctx, d.agent("quenby"), x.ID)
	refuses(t, "a supplier that never had it", err, fault.NotFound)
}

// TestRestricted holds that a ticket of a restricted class is there for those cleared
// for it only, and that each reading is written down.
func TestRestricted(t *testing.T) {
	d := newDesk(t)
	cleared := d.agent("merrowfen")
	cleared.Clearances = []string{"detained-people"}
	analyst := d.analyst()
	analyst.Clearances = cleared.Clearances
	x := d.do(analyst, app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P2", Service: "custody", Summary: "A cell door", Party: "merrowfen"})
	_, err := d.ReadTicket(d.ctx, d.agent("merrowfen"), x.ID)
	refuses(t, "not cleared", err, fault.NotFound)
	list, err := d.ListTickets(d.ctx, d.agent("merrowfen"), listAll(), true)
	if err != nil || len(list.Tickets) != 0 || list.Total != 0 {
		t.Errorf("the list of somebody not cleared: %+v, %v", list, err)
	}
	before, err := d.ledger.Head(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := d.ReadTicket(d.ctx, cleared, x.ID); err != nil || read.Summary != "A cell door" {
		t.Errorf("cleared: %+v, %v", read, err)
	}
	var line string
	if err := d.ledger.Lines(d.ctx, before.Size+1, func(_ int64, b []byte) bool { line = string(b); return true }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(line, `"act":"ticket.read"`) || !strings.Contains(line, x.ID) || strings.Contains(line, cleared.ID) {
		t.Errorf("the reading is written down as %q", line)
	}
	list, err = d.ListTickets(d.ctx, cleared, listAll(), true)
	if err != nil || len(list.Tickets) != 1 || list.Tickets[0].Summary != "" {
		t.Errorf("a list shows a restricted summary without a reading: %+v, %v", list, err)
	}
}

// TestManaging holds that a supplier works on tickets of the tower that it manages.
func TestManaging(t *testing.T) {
	d := newDesk(t)
	manager := d.who("ostlehythe", access.Agent, access.Manager, access.Commercial)
	x := d.do(d.analyst(), app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P2", Service: "crime-records", Summary: "Slow", Party: "merrowfen"})
	if read, err := d.ReadTicket(d.ctx, manager, x.ID); err != nil || len(read.Life.Clocks) == 0 {
		t.Errorf("%+v, %v", read, err)
	}
	d.do(manager, app.TicketAct{Ticket: x.ID, Act: ticket.Accept})
	march, _ := span.ParsePeriods("2019-02")
	if _, err := d.DrawMeasures(d.ctx, manager, "applications", march[0], &d.now); err != nil {
		t.Errorf("the operational figures of a managed tower: %v", err)
	}
	_, err := d.DrawStatement(d.ctx, manager, "applications", march[0], &d.now)
	refuses(t, "the money of a managed tower", err, fault.Denied)
	_, err = d.DrawStatement(d.ctx, d.who("fennock", access.Commercial), "applications", march[0], &d.now)
	refuses(t, "another supplier's money", err, fault.NotFound)
}
