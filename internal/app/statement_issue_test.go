package app_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// march is the month in which the desk's tickets are.
var march = span.Month(2019, time.March)

// overdue has a laptop of the end-user tower fail its targets in March, and lets the
// month pass.
func (d *desk) overdue() string {
	d.t.Helper()
	x := d.laptop()
	d.do(d.analyst(), app.TicketAct{Ticket: x.ID, Act: ticket.Assign, Party: "brackwold"})
	d.after(10 * 24 * time.Hour)
	d.do(d.agent("brackwold"), app.TicketAct{Ticket: x.ID, Act: ticket.Resolve, Text: "A new battery."})
	d.now = span.Instant(time.Date(2019, time.April, 20, 9, 0, 0, 0, time.UTC).Unix())
	return x.ID
}

func (d *desk) issue(q app.Request, o app.IssueOrder) *app.Issued {
	d.t.Helper()
	x, err := d.IssueStatement(d.ctx, q, o)
	if err != nil {
		d.t.Fatal(err)
	}
	return x
}

// TestIssue issues a statement, again under the same key, and one that supersedes it.
func TestIssue(t *testing.T) {
	d := newDesk(t)
	d.overdue()
	who := d.who("force", access.Commercial)
	o := app.IssueOrder{Contract: "end-user", Period: march}
	dry := d.issue(app.Request{Who: who, Key: "first", Dry: true}, o)
	if list, err := d.ListStatements(d.ctx, who, ""); err != nil || len(list) != 0 || dry.Version != 0 {
		t.Fatalf("a dry run keeps %+v, version %d, %v", list, dry.Version, err)
	}
	first := d.issue(app.Request{Who: who, Key: "first"}, o)
	again := d.issue(app.Request{Who: who, Key: "first"}, o)
	if first.Digest != dry.Digest || first.Version != 1 || first.Supersedes != "" || !again.Replayed || again.Digest != first.Digest || again.Version != 1 {
		t.Errorf("%+v, then %+v", first, again)
	}
	drawn, err := d.DrawStatement(d.ctx, who, "end-user", march, &first.AsOf)
	if err != nil || drawn.Statements[0].Digest != first.Digest {
		t.Errorf("drawn as of the same instant it is another: %v", err)
	}
	refusedFindings(t, d, app.Request{Who: who}, o, 2473)
	refusedFindings(t, d, app.Request{Who: who}, app.IssueOrder{Contract: "end-user", Period: march, Supersedes: "sha256:0"}, 2474)

	// Something is learnt: the ticket was not resolved after all.
	d.do(d.officer(), app.TicketAct{Ticket: "INC0000001", Act: ticket.Reopen, Text: "It beeps again."})
	d.after(time.Minute)
	o.Supersedes = first.Digest
	second := d.issue(app.Request{Who: who, Key: "second"}, o)
	if second.Version != 2 || second.Supersedes != first.Digest || len(second.Changes) == 0 {
		t.Errorf("%+v", second)
	}
	if again := d.issue(app.Request{Who: who, Key: "second"}, o); !again.Replayed || !slices.Equal(again.Changes, second.Changes) {
		t.Errorf("%+v, want %+v", again, second)
	}
	refusedFindings(t, d, app.Request{Who: who}, o, 2474) // what was superseded stands no more
	d.history(who, second, first)
	d.actsSay("statement.issue", "statement.supersede")
}

// history holds that these are the statements of the period, the last first.
func (d *desk) history(who access.Principal, want ...*app.Issued) {
	d.t.Helper()
	got, err := d.StatementHistory(d.ctx, who, "end-user", march)
	if err != nil || len(got) != len(want) {
		d.t.Fatalf("%d statements, %v", len(got), err)
	}
	for i, w := range want {
		x, err := d.ReadStatement(d.ctx, who, "end-user", march, w.Version)
		if err != nil || !bytes.Equal(statement.Encode(x.Statement), statement.Encode(w.Statement)) || got[i].Digest != w.Digest || !slices.Equal(got[i].Changes, w.Changes) {
			d.t.Errorf("version %d is %+v, %v", w.Version, got[i], err)
		}
	}
	_, err = d.ReadStatement(d.ctx, who, "end-user", march, int64(len(want)+1))
	refuses(d.t, "a version that is not there", err, fault.NotFound)
	list, err := d.ListStatements(d.ctx, who, "end-user")
	if err != nil || len(list) != 1 || list[0].Digest != want[0].Digest || list[0].Period != march {
		d.t.Errorf("%+v, %v", list, err)
	}
}

// actsSay fails unless the journal's acts about statements are these, without money.
func (d *desk) actsSay(want ...string) {
	d.t.Helper()
	var got []string
	err := d.ledger.Lines(d.ctx, 1, func(_ int64, line []byte) bool {
		for _, act := range []string{"statement.issue", "statement.supersede"} {
			if strings.Contains(string(line), `"act":"`+act+`"`) {
				got = append(got, act)
			}
		}
		if strings.Contains(string(line), "GBP") {
			d.t.Errorf("a line tells a sum: %s", line)
		}
		return true
	})
	if err != nil || !slices.Equal(got, want) {
		d.t.Errorf("%q, %v; want %q", got, err, want)
	}
	if f, err := d.ledger.Check(d.ctx, nil); err != nil || len(f) > 0 {
		d.t.Errorf("%v, %v", f, err)
	}
}

// refusedFindings fails unless issuing is refused by a finding.
func refusedFindings(t *testing.T, d *desk, q app.Request, o app.IssueOrder, number int) {
	t.Helper()
	_, err := d.IssueStatement(d.ctx, q, o)
	var findings fault.Findings
	if !errors.As(err, &findings) || findings[0].Rule.Number != number {
		t.Errorf("%v; want TB%d", err, number)
	}
}

// TestIssueRefused asks for statements that cannot be issued, or not by those who ask.
func TestIssueRefused(t *testing.T) {
	d := newDesk(t)
	o := app.IssueOrder{Contract: "end-user", Period: march}
	who := d.who("force", access.Commercial)
	refusedFindings(t, d, app.Request{Who: who}, o, 2475) // March is not over
	d.overdue()
	later := d.now + 1
	refusedFindings(t, d, app.Request{Who: who}, app.IssueOrder{Contract: "end-user", Period: march, AsOf: &later}, 2475)
	refusedFindings(t, d, app.Request{Who: who}, app.IssueOrder{Contract: "end-user", Period: span.Period{From: march.From, To: march.To.AddMonths(1)}}, 1903)
	for _, c := range []struct {
		who  access.Principal
		kind fault.Kind
	}{
		{d.who("brackwold", access.Commercial), fault.Denied},
		{d.who("brackwold", access.Manager), fault.Denied},
		{d.who("fennock", access.Commercial), fault.NotFound},
		{d.who("brackwold", access.Agent), fault.NotFound},
		{d.who("force", access.Officer), fault.NotFound},
		{d.who("force", access.Administrator), fault.NotFound},
		{d.who("force", access.Assurance), fault.Denied},
		{d.analyst(), fault.Denied},
	} {
		_, err := d.IssueStatement(d.ctx, app.Request{Who: c.who}, o)
		refuses(t, c.who.ID, err, c.kind)
		if _, none := d.IssueStatement(d.ctx, app.Request{Who: c.who}, app.IssueOrder{Contract: "never-was", Period: march}); c.kind == fault.NotFound &&
			(none == nil || strings.ReplaceAll(err.Error(), "end-user", "never-was") != none.Error()) {
			t.Errorf("%s learns that the contract exists: %v, %v", c.who.ID, err, none)
		}
	}
	d.actsSay()
}

// TestIssueTogether issues the same period from several sides at once: one is kept.
func TestIssueTogether(t *testing.T) {
	d := newDesk(t)
	d.overdue()
	who := []access.Principal{d.who("force", access.Commercial), d.who("tarnbridge", access.Commercial)}
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			_, errs[i] = d.IssueStatement(d.ctx, app.Request{Who: who[i%2]}, app.IssueOrder{Contract: "end-user", Period: march})
		})
	}
	all.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else if fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	}
	if kept != 1 {
		t.Errorf("%d were kept", kept)
	}
	d.actsSay("statement.issue")
}

// TestIssuedBundle draws an issued statement again when its contract has changed since:
// the bundle is that of the statement, by the documents of its time, and verifies.
func TestIssuedBundle(t *testing.T) {
	d := newDesk(t)
	d.overdue()
	who := d.who("force", access.Commercial)
	x := d.issue(app.Request{Who: who}, app.IssueOrder{Contract: "end-user", Period: march})
	for _, s := range force(t) {
		if strings.HasSuffix(s.Name, "end-user.yaml") {
			s.Data = append(s.Data, "note: Changed since.\n"...)
			d.put(s)
		}
	}
	if now, err := d.DrawStatement(d.ctx, who, "end-user", march, &x.AsOf); err != nil || now.Statements[0].Digest == x.Digest {
		t.Fatalf("by the new terms it is still the same: %v", err)
	}
	drawn, err := d.DrawIssued(d.ctx, d.who("brackwold", access.Commercial), "end-user", march, 1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := d.WriteBundle(d.ctx, drawn, &b); err != nil {
		t.Fatal(err)
	}
	bundle, err := statement.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || bundle.Statement.Digest != x.Digest {
		t.Fatal(err)
	}
	head, err := d.JournalHead(d.ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := statement.NewVerifiers(head.Key)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := statement.Verify(bundle, keys, 1); err != nil || !report.Agrees || report.Signed == "" {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestMeasuresNameNobodyElses draws the measures of a tower for the party that manages
// it and for one that does not: tickets that a reader does not see are counted only.
func TestMeasuresNameNobodyElses(t *testing.T) {
	d := newDesk(t)
	id := d.overdue()
	for _, c := range []struct {
		who    access.Principal
		unseen bool
	}{
		{d.who("brackwold", access.Manager), false},
		{d.who("brackwold", access.Commercial), true}, // figures, but no tickets
		{d.analyst(), false},
	} {
		m, err := d.DrawMeasures(d.ctx, c.who, "end-user", march, nil)
		if err != nil {
			t.Fatal(err)
		}
		named, unseen := false, 0
		for i, x := range m.Measures {
			unseen += m.Unseen[i]
			for _, t := range x.Missed {
				named = named || t.Ticket == id
			}
			if x.Band != "" || x.Points != 0 || x.Base != 0 || x.Multiplier != 0 || x.PointsWhy != "" || x.BandClause != "" {
				t.Errorf("%s is told points: %+v", c.who.ID, x)
			}
		}
		if named == c.unseen || (unseen > 0) != c.unseen {
			t.Errorf("%s: named %v, %d unseen", c.who.ID, named, unseen)
		}
	}
}
