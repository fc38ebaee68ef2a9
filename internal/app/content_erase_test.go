package app_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
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
		refuses(t, name, d.SetRetention(d.ctx, app.Request{Who: admin}, s), fault.Invalid)
	}
	rule := app.Schedule{Rules: []app.RetentionRule{{Months: 6, Names: []string{"text", "reporter"}, Clause: "Policy 4.2"}}}
	refuses(t, "a schedule by an analyst", d.SetRetention(d.ctx, app.Request{Who: d.analyst()}, rule), fault.Denied)
	if err := d.SetRetention(d.ctx, app.Request{Who: admin}, rule); err != nil {
		t.Fatal(err)
	}
	old := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: old.ID, Act: ticket.Assign, Party: "brackwold"})
	d.do(d.agent("brackwold"), app.TicketAct{Ticket: old.ID, Act: ticket.Resolve, Text: "done"})
	open := d.laptop()
	d.after(200 * 24 * time.Hour)
	young := d.laptop()
	for _, want := range []app.Retained{{Tickets: 1, Items: 3}, {}} {
		got, err := d.ApplyRetention(d.ctx, app.Request{Who: admin}, nil)
		if err != nil || *got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
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
}
