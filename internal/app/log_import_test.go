package app_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/examples"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/internal/store/folder"
	"towerbridge/span"
)

// yearLog writes the example force's year into a file.
func yearLog(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := examples.Log(&b); err != nil {
		t.Fatal(err)
	}
	return written(t, b.Bytes())
}

func written(t testing.TB, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "log.ndjson")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// take imports a file.
func (d *desk) take(ctx context.Context, log string, progress store.Progress) (*app.Imported, error) {
	d.t.Helper()
	from := &folder.Folder{Logs: []string{log}, Workers: 2}
	digest, err := from.Digest(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.ImportLog(ctx, app.Request{Who: d.Operator(d.ctx, access.Administrator)}, app.Import{From: app.EveryRow(from), Digest: digest, Progress: progress})
}

// TestImportDraws holds that what is drawn from the record is what is drawn from the
// files, to the digest, for every contract and each of several months.
func TestImportDraws(t *testing.T) {
	d := newDesk(t)
	log := yearLog(t)
	x, err := d.take(d.ctx, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	if x.Entries < 80_000 || x.Added != x.Entries || x.Done != x.Tickets || !x.Finished || x.Before {
		t.Errorf("imported %+v", x)
	}
	dir := t.TempDir()
	for _, s := range force(t) {
		name := filepath.Join(dir, filepath.FromSlash(s.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, s.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	months, err := span.ParsePeriods("2019-01..2019-12")
	if err != nil {
		t.Fatal(err)
	}
	want, err := app.DrawStatements(d.ctx, &folder.Folder{Dir: dir, Logs: []string{log}, Workers: 2}, app.Draw{Periods: months}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := app.DrawStatements(d.ctx, d.ledger, app.Draw{Periods: months}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Statements) != len(want.Statements) || len(want.Statements) < 60 {
		t.Fatalf("%d statements of the record, %d of the files", len(got.Statements), len(want.Statements))
	}
	for i, s := range want.Statements {
		if got.Statements[i].Digest != s.Digest {
			t.Errorf("%s %s: %s of the record, %s of the files", s.Contract, s.Period, got.Statements[i].Digest, s.Digest)
		}
	}
	for _, i := range []int{2, 17, 40} { // one by one, so that only its tickets are read
		s := want.Statements[i]
		one, err := app.DrawStatements(d.ctx, d.ledger, app.Draw{Contracts: []string{s.Contract}, Periods: []span.Period{s.Period}}, nil)
		if err != nil || one.Statements[0].Digest != s.Digest {
			t.Errorf("%s %s alone: %v", s.Contract, s.Period, err)
		}
		if err == nil && one.Log.Journal.Tickets() >= want.Log.Journal.Tickets() {
			t.Errorf("%s %s read all %d tickets", s.Contract, s.Period, one.Log.Journal.Tickets())
		}
	}
}

// TestImportAgain holds that an import that was broken off goes on, that one that was
// finished writes nothing, and that a log that has grown adds what is new.
func TestImportAgain(t *testing.T) {
	d := newDesk(t)
	data, err := os.ReadFile(yearLog(t))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	half := written(t, bytes.Join(lines[:len(lines)/2], nil))
	ctx, stop := context.WithCancel(d.ctx)
	_, err = d.take(ctx, half, func(int64, int64) { stop() }) // after the first batch
	if err == nil {
		t.Fatal("a stopped import came to an end")
	}
	first, err := d.take(d.ctx, half, nil)
	if err != nil || !first.Finished || first.Added != first.Entries {
		t.Fatalf("gone on with: %+v, %v", first, err)
	}
	again, err := d.take(d.ctx, half, nil)
	if err != nil || !again.Before {
		t.Errorf("again: %+v, %v", again, err)
	}
	whole := written(t, data)
	grown, err := d.take(d.ctx, whole, nil)
	if err != nil || grown.Added != grown.Entries-first.Entries {
		t.Fatalf("grown: %+v, %v", grown, err)
	}
	head, err := d.ledger.Head(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	book, err := d.Book(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	log, err := d.ledger.Journal(d.ctx, book.Book, nil)
	if err != nil || log.Entries != grown.Entries || head.Size < grown.Entries {
		t.Errorf("%d entries in %d lines, want %d; %v", log.Entries, head.Size, grown.Entries, err)
	}
	if findings, err := d.ledger.Check(d.ctx, nil); err != nil || len(findings) > 0 {
		t.Errorf("the doctor says %v, %v", findings, err)
	}
}

// TestImportRefused holds that a log that contradicts the record changes nothing.
func TestImportRefused(t *testing.T) {
	d := newDesk(t)
	line := func(key, ticket, event string) string {
		return `{"source":"tool","key":"` + key + `","ticket":"` + ticket + `","happened":"2019-03-01T09:00:0` + key + `Z","event":"` + event + `","kind":"incident","priority":"P3","service":"laptops","party":"brackwold"}` + "\n"
	}
	if _, err := d.take(d.ctx, written(t, []byte(line("1", "A", "opened")+line("2", "A", "resolved"))), nil); err != nil {
		t.Fatal(err)
	}
	before, _ := d.ledger.Head(d.ctx)
	for _, c := range []struct{ name, log, code string }{
		{"another entry under a key", line("1", "A", "opened") + line("2", "A", "closed") + line("3", "B", "opened"), "TB2451"},
	} {
		_, err := d.take(d.ctx, written(t, []byte(c.log)), nil)
		refuses(t, c.name, err, fault.Invalid)
		if err != nil && !strings.Contains(err.Error(), c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	for _, who := range []access.Principal{d.analyst(), d.who("brackwold", access.Agent, access.Administrator), d.who("force", access.Assurance)} {
		_, err := d.ImportLog(d.ctx, app.Request{Who: who}, app.Import{From: &folder.Folder{}, Digest: "x"})
		refuses(t, "an import by "+who.ID, err, fault.Denied)
	}
	if after, _ := d.ledger.Head(d.ctx); after.Size != before.Size {
		t.Errorf("%d lines after %d", after.Size, before.Size)
	}
}

// TestImportGoesOnAtTheDesk holds that an imported ticket is worked on like any other.
func TestImportGoesOnAtTheDesk(t *testing.T) {
	d := newDesk(t)
	log := `{"source":"tool","key":"1","ticket":"A-7","happened":"2019-03-12T09:00:00Z","event":"opened","kind":"incident","priority":"P3","service":"laptops","party":"brackwold"}` + "\n"
	if _, err := d.take(d.ctx, written(t, []byte(log)), nil); err != nil {
		t.Fatal(err)
	}
	x := d.do(d.agent("brackwold"), app.TicketAct{Ticket: "A-7", Act: "accept"})
	if x.Status != "in-progress" || !slices.ContainsFunc(x.Life.Clocks, func(c app.Clock) bool { return c.Contract == "end-user" }) {
		t.Errorf("%+v", x)
	}
}
