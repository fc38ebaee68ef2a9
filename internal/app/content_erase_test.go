package app_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/journal"
	"towerbridge/ticket"
)

// TestErase holds that what was erased by decision is nowhere any more, that the chain
// still verifies, and that the decision is written down with its ground.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	d := deskOver(t, "sqlite:"+filepath.Join(dir, "record.db"), bytes.Repeat([]byte{7}, sqlstore.SecretSize))
	const secret = "Her son is ill, she says: wxyzzy."
	x := d.laptop()
	d.do(d.officer(), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: secret, Visibility: journal.Public})
	admin := d.Operator(d.ctx, access.Administrator)
	for _, c := range []struct {
		name    string
		who     access.Principal
		erasure app.Erasure
		kind    fault.Kind
	}{
		{"without a ground", admin, app.Erasure{Ticket: x.ID}, fault.Invalid},
		{"of another ticket's entry", admin, app.Erasure{Ticket: x.ID, Entries: []int64{1}, Why: "GDPR Article 17"}, fault.Invalid},
		{"of no ticket", admin, app.Erasure{Ticket: "none", Why: "GDPR Article 17"}, fault.NotFound},
		{"by an analyst", d.analyst(), app.Erasure{Ticket: x.ID, Why: "GDPR Article 17"}, fault.Denied},
		{"by assurance", d.who("force", access.Assurance), app.Erasure{Ticket: x.ID, Why: "GDPR Article 17"}, fault.Denied},
	} {
		_, err := d.EraseContent(d.ctx, app.Request{Who: c.who}, c.erasure)
		refuses(t, c.name, err, c.kind)
	}
	if dry, err := d.EraseContent(d.ctx, app.Request{Who: admin, Dry: true}, app.Erasure{Ticket: x.ID, Names: []string{"text"}, Why: "?"}); err != nil || len(dry.Items) != 2 {
		t.Errorf("dry: %+v, %v", dry, err)
	}
	before, _ := d.ledger.Head(d.ctx)
	done, err := d.EraseContent(d.ctx, app.Request{Who: admin}, app.Erasure{Ticket: x.ID, Names: []string{"text"}, Why: "GDPR Article 17, request 12"})
	if err != nil || len(done.Items) != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	entries, err := d.ReadEntries(d.ctx, d.officer(), x.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Event == "noted" && (e.Text != "" || !e.Erased) {
			t.Errorf("entry %+v", e)
		}
	}
	if findings, err := d.ledger.Check(d.ctx, nil); err != nil || len(findings) > 0 {
		t.Errorf("the doctor says %v, %v", findings, err)
	}
	if path, err := d.ledger.Consistency(d.ctx, before.Size, before.Size+2); err != nil || len(path) == 0 {
		t.Errorf("consistency %v, %v", path, err)
	}
	err = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if bytes.Contains(data, []byte("wxyzzy")) {
			t.Errorf("the text is in %s", filepath.Base(name))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	_, err = d.EraseContent(d.ctx, app.Request{Who: admin}, app.Erasure{Ticket: x.ID, Names: []string{"text"}, Why: "again"})
	refuses(t, "erased already", err, fault.Invalid)
}

// TestEraseAgain sends a decision again under its key: what the first came to is told,
// and nothing else is erased.
func TestEraseAgain(t *testing.T) {
	d := newDesk(t)
	q := app.Request{Who: d.Operator(d.ctx, access.Administrator), Key: "erase"}
	e := app.Erasure{Ticket: d.laptop().ID, Names: []string{"text"}, Why: "request of the subject"}
	first, err := d.EraseContent(d.ctx, q, e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.EraseContent(d.ctx, q, e)
	if err != nil || !again.Receipt.Replayed || !slices.Equal(first.Items, again.Items) || len(again.Items) != 1 {
		t.Errorf("%+v, %v; want %+v", again, err, first)
	}
	e.Why = "another"
	_, err = d.EraseContent(d.ctx, q, e)
	refuses(t, "another under the same key", err, fault.Conflict)
}

// TestRetention holds that what is due is erased, and nothing else, once.
func TestRetention(t *testing.T) {
	d := newDesk(t)
	admin := d.Operator(d.ctx, access.Administrator)
	for name, s := range map[string]app.Schedule{
		"no clause": {Rules: []app.RetentionRule{{Months: 6, Names: []string{"text"}}}},
		"no time":   {Rules: []app.RetentionRule{{Names: []string{"text"}, Clause: "4.2"}}},
		"nothing":   {Rules: []app.RetentionRule{{Months: 6, Clause: "4.2"}}},
		"unknown":   {Rules: []app.RetentionRule{{Months: 6, Names: []string{"shoe size"}, Clause: "4.2"}}},
	} {
		_, err := d.SetRetention(d.ctx, app.Request{Who: admin}, s)
		refuses(t, name, err, fault.Invalid)
	}
	rule := app.Schedule{Rules: []app.RetentionRule{{Months: 6, Names: []string{"text", "reporter"}, Clause: "Policy 4.2"}}}
	_, err := d.SetRetention(d.ctx, app.Request{Who: d.analyst()}, rule)
	refuses(t, "a schedule by an analyst", err, fault.Denied)
	first, err := d.SetRetention(d.ctx, app.Request{Who: admin, Key: "decide"}, app.Schedule{})
	if err != nil || first.Version != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err = d.SetRetention(d.ctx, app.Request{Who: admin, Version: 1}, rule); err != nil {
		t.Fatal(err)
	}
	_, err = d.SetRetention(d.ctx, app.Request{Who: admin, Version: 1}, rule)
	refuses(t, "a schedule that has changed since", err, fault.Conflict)
	if again, err := d.SetRetention(d.ctx, app.Request{Who: admin, Key: "decide"}, app.Schedule{}); err != nil || !again.Replayed || again.Version != 1 {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	if got, err := d.Retention(d.ctx, admin); err != nil || got.Version != 2 || len(got.Rules) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	old := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: old.ID, Act: ticket.Assign, Party: "brackwold"})
	d.do(d.agent("brackwold"), app.TicketAct{Ticket: old.ID, Act: ticket.Resolve, Text: "done"})
	open := d.laptop()
	d.after(200 * 24 * time.Hour)
	young := d.laptop()
	for _, c := range []struct {
		q    app.Request
		want app.Retained
	}{
		{app.Request{Who: admin, Dry: true}, app.Retained{Tickets: 1, Items: 3}},
		{app.Request{Who: admin, Key: "apply"}, app.Retained{Tickets: 1, Items: 3}},
		{app.Request{Who: admin}, app.Retained{}},
		{app.Request{Who: admin, Key: "apply"}, app.Retained{Tickets: 1, Items: 3, Replayed: true}},
	} {
		got, err := d.ApplyRetention(d.ctx, c.q, nil)
		if err != nil || *got != c.want {
			t.Errorf("%+v, %v; want %+v", got, err, c.want)
		}
	}
	for id, erased := range map[string]bool{old.ID: true, open.ID: false, young.ID: false} {
		entries, err := d.ReadEntries(d.ctx, d.analyst(), id)
		if err != nil || entries[0].Erased != erased {
			t.Errorf("%s: %+v, %v", id, entries, err)
		}
	}
}

// TestSubjectAccess holds that everything about a person is found, and the asking
// written down.
func TestSubjectAccess(t *testing.T) {
	d := newDesk(t)
	x := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Note, Text: "by somebody else"})
	who := d.officer()
	got, err := d.SubjectAccess(d.ctx, app.Request{Who: who}, who.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Tickets) != 1 || got.Tickets[0].Summary != "My laptop does not start" || len(got.Entries) != 1 || len(got.Entries[0].Texts) != 2 {
		t.Errorf("%+v", got)
	}
	var last string
	if err := d.ledger.Lines(d.ctx, 1, func(_ int64, b []byte) bool { last = string(b); return true }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(last, `"act":"subject.access"`) || strings.Contains(last, who.ID) {
		t.Errorf("written down as %s", last)
	}
	_, err = d.SubjectAccess(d.ctx, app.Request{Who: d.agent("brackwold")}, who.ID, nil)
	refuses(t, "a supplier", err, fault.Denied)
	for _, replayed := range []bool{false, true} {
		if got, err := d.SubjectAccess(d.ctx, app.Request{Who: who, Key: "ask"}, who.ID, nil); err != nil || got.Replayed != replayed || len(got.Tickets) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
