package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/access"
	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// acts returns the acts of the journal from a line on, without what differs from run
// to run.
func (d *desk) acts(from int64) []map[string]any {
	d.t.Helper()
	var out []map[string]any
	err := d.ledger.Lines(d.ctx, from, func(_ int64, line []byte) bool {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			d.t.Error(err)
		}
		if m["act"] != nil {
			delete(m, "key")
			delete(m, "learnt")
			delete(m, "source")
			out = append(out, m)
		}
		return true
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func (d *desk) size() int64 {
	d.t.Helper()
	head, err := d.ledger.Head(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return head.Size
}

// with returns a document of the force with a text replaced by another.
func with(t testing.TB, name, old, text string) statement.Source {
	t.Helper()
	for _, s := range force(t) {
		if s.Name == name {
			if !bytes.Contains(s.Data, []byte(old)) {
				t.Fatalf("%s does not hold %q", name, old)
			}
			return statement.Source{Name: name, Data: bytes.Replace(s.Data, []byte(old), []byte(text), 1)}
		}
	}
	t.Fatalf("there is no %s", name)
	return statement.Source{}
}

func (d *desk) admin() access.Principal { return d.who("force", access.Administrator) }

// putChanges are what becomes of documents, as "name change version".
func putChanges(p *app.DocumentsPut) []string {
	var out []string
	for _, c := range p.Documents {
		out = append(out, fmt.Sprint(c.Name, " ", c.Change, " ", c.Version))
	}
	return out
}

func TestPutDocuments(t *testing.T) {
	d := newDesk(t)
	before := d.size()
	hosting := with(t, "contracts/hosting.yaml", "Data centre and server platforms", "Data halls")
	q := app.Request{Who: d.admin()}

	q.Dry = true
	put, err := d.PutDocuments(d.ctx, q, []statement.Source{hosting})
	if err != nil {
		t.Fatal(err)
	}
	if got := putChanges(put); !slices.Equal(got, []string{"contracts/hosting.yaml changed 2"}) || !put.Dry || d.size() != before {
		t.Errorf("dry: %v, and the journal has %d lines after %d", got, d.size(), before)
	}

	q.Dry = false
	same := with(t, "contracts/network.yaml", "id", "id")
	put, err = d.PutDocuments(d.ctx, q, []statement.Source{same, hosting})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"contracts/hosting.yaml changed 2", "contracts/network.yaml same 1"}
	if got := putChanges(put); !slices.Equal(got, want) || !slices.Equal(put.Changed(), []string{"contracts/hosting.yaml"}) {
		t.Errorf("%v, and changed: %v", got, put.Changed())
	}
	if put.Documents[0].Is != hosting.Digest() || put.Documents[1].Is != put.Documents[1].Was {
		t.Errorf("the digests are %+v", put.Documents)
	}
	acts := d.acts(before + 1)
	if len(acts) != 1 || acts[0]["act"] != "document.put" || acts[0]["subject"] != "contracts/hosting.yaml" || acts[0]["digest"] != hosting.Digest() || acts[0]["by"] != "force" {
		t.Errorf("the acts are %v", acts)
	}
	if bytes.Contains(fmt.Append(nil, acts), []byte("force-administrator")) {
		t.Errorf("who did it stands in the line: %v", acts)
	}
	book, err := d.Book(d.ctx)
	if err != nil || book.Contracts["hosting"].Title != "Data halls" {
		t.Errorf("the book has another contract, %v", err)
	}
	first, err := d.ledger.GetVersion(d.ctx, store.Documents, "contracts/hosting.yaml", 1)
	if err != nil || bytes.Contains(first.Data, []byte("Data halls")) {
		t.Errorf("the first version is lost: %v", err)
	}

	put, err = d.PutDocuments(d.ctx, q, []statement.Source{hosting})
	if err != nil || len(put.Changed()) != 0 || d.size() != before+1 {
		t.Errorf("the same again: %v, %v, %d lines", put, err, d.size())
	}
}

func TestRemoveDocuments(t *testing.T) {
	d := newDesk(t)
	q := app.Request{Who: d.admin()}
	_, err := d.PutDocuments(d.ctx, q, nil, "contracts/hosting.yaml")
	refuses(t, "a contract that the estate names", err, fault.Invalid)
	_, err = d.PutDocuments(d.ctx, q, nil, "contracts/none.yaml")
	refuses(t, "what is not there", err, fault.Invalid)

	hosting := with(t, "contracts/hosting.yaml", "id", "id")
	hosting.Name = "contracts/data-centre.yaml"
	_, err = d.PutDocuments(d.ctx, q, []statement.Source{hosting})
	refuses(t, "two documents of one id", err, fault.Invalid)
	put, err := d.PutDocuments(d.ctx, q, []statement.Source{hosting}, "contracts/hosting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"contracts/data-centre.yaml added 1", "contracts/hosting.yaml removed 1"}
	if got := putChanges(put); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	sources, err := d.ledger.Documents(d.ctx)
	if err != nil || slices.ContainsFunc(sources, func(s statement.Source) bool { return s.Name == "contracts/hosting.yaml" }) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := d.ledger.GetVersion(d.ctx, store.Documents, "contracts/hosting.yaml", 1); err != nil {
		t.Errorf("what it was is lost: %v", err)
	}
	hosting.Name = "contracts/hosting.yaml"
	if put, err = d.PutDocuments(d.ctx, q, []statement.Source{hosting}, "contracts/data-centre.yaml"); err != nil || !slices.Equal(putChanges(put), []string{"contracts/data-centre.yaml removed 1", "contracts/hosting.yaml added 2"}) {
		t.Errorf("back again: %v, %v", put, err)
	}
}

func TestPutDocumentsRefuses(t *testing.T) {
	d := newDesk(t)
	before := d.size()
	source := func(name, text string) []statement.Source {
		return []statement.Source{{Name: name, Data: []byte(text)}}
	}
	for name, c := range map[string]struct {
		files []statement.Source
		want  int // number of a finding
	}{
		"one company in two roles that must be apart": {
			[]statement.Source{with(t, "estate.yaml", "name: Supplier of the network, party: fennock", "name: Supplier of the network, party: tarnbridge")}, 1211,
		},
		"a calendar that is not there": {[]statement.Source{with(t, "estate.yaml", "calendar: shifts}", "calendar: tides}")}, 1202},
		"a contract with a slip":       {[]statement.Source{with(t, "contracts/hosting.yaml", "title:", "titel:")}, 1010},
		"a mapping with a slip":        {source("mappings/tool.yaml", "shoe: 9\n"), 1010},
		"no place":                     {source("notes.txt", ""), 2421},
		"a place outside":              {source("../estate.yaml", ""), 2421},
		"another folder":               {source("x/contracts/a.yaml", ""), 2421},
		"no YAML":                      {source("contracts/a.txt", ""), 2421},
		"twice":                        {append(source("mappings/a.yaml", ""), source("mappings/a.yaml", "x")...), 2422},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.PutDocuments(d.ctx, app.Request{Who: d.admin()}, c.files)
			var findings fault.Findings
			if !errors.As(err, &findings) || !slices.ContainsFunc(findings, func(f fault.Finding) bool { return f.Rule.Number == c.want }) {
				t.Fatalf("the error is %v", err)
			}
			if d.size() != before {
				t.Error("something was written")
			}
		})
	}
	for _, who := range []access.Principal{d.who("force", access.Officer), d.who("merrowfen", access.Administrator), d.who("tarnbridge", access.Analyst), d.who("force", access.Assurance), {}} {
		_, err := d.PutDocuments(d.ctx, app.Request{Who: who}, source("mappings/tool.yaml", "x"))
		refuses(t, who.ID, err, fault.Denied)
	}
	q := app.Request{Who: d.admin(), Version: 2}
	_, err := d.PutDocuments(d.ctx, q, []statement.Source{with(t, "contracts/hosting.yaml", "Data centre", "Data")})
	refuses(t, "another version", err, fault.Conflict)
	q.Version = 1
	if _, err := d.PutDocuments(d.ctx, q, []statement.Source{with(t, "contracts/hosting.yaml", "Data centre and", "Data and")}); err != nil {
		t.Errorf("the version it has: %v", err)
	}
}

func TestPutDocumentsByKey(t *testing.T) {
	d := newDesk(t)
	q := app.Request{Who: d.admin(), Key: "k1"}
	hosting := with(t, "contracts/hosting.yaml", "Data centre and server platforms", "Data halls")
	first, err := d.PutDocuments(d.ctx, q, []statement.Source{hosting})
	if err != nil || len(first.Changed()) != 1 {
		t.Fatal(first, err)
	}
	size := d.size()
	again, err := d.PutDocuments(d.ctx, q, []statement.Source{hosting})
	if err != nil || again.Receipt.Last != first.Receipt.Last || d.size() != size {
		t.Errorf("again: %+v, %v", again, err)
	}
	_, err = d.PutDocuments(d.ctx, q, []statement.Source{with(t, "contracts/hosting.yaml", "Data centre", "Data")})
	refuses(t, "the key with another request", err, fault.Conflict)
}

// Two changes that are right each by itself and wrong together: one of them is refused,
// whichever comes first.
func TestPutDocumentsAtOnce(t *testing.T) {
	d := newDesk(t)
	spare := with(t, "calendars/desk.yaml", "id: desk", "id: spare")
	spare.Name = "calendars/spare.yaml"
	d.put(spare)
	uses := with(t, "estate.yaml", "calendar: office}\n  - {id: control-room", "calendar: spare}\n  - {id: control-room")
	who := d.admin()
	var wait sync.WaitGroup
	var errs [2]error
	wait.Go(func() { _, errs[0] = d.PutDocuments(d.ctx, app.Request{Who: who}, []statement.Source{uses}) })
	wait.Go(func() { _, errs[1] = d.PutDocuments(d.ctx, app.Request{Who: who}, nil, spare.Name) })
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("the calendar was put to use (%v), and taken away (%v)", errs[0], errs[1])
	}
	sources, err := d.ledger.Documents(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	book, findings := statement.ReadBook(sources, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, r := range book.Estate.References() {
		if r.Kind == "calendar" && book.Calendars[r.ID] == nil {
			t.Errorf("the estate refers to the calendar %s, which is gone", r.ID)
		}
	}
}

// documents is a store of documents only.
type documents struct {
	store.Store
	files []statement.Source
}

func (s documents) Documents(context.Context) ([]statement.Source, error) { return s.files, nil }
func (s documents) Place(name string) string                              { return "over/there/" + name }

func TestPutFolder(t *testing.T) {
	d := newDesk(t)
	q := app.Request{Who: d.admin()}
	names, err := d.PutFolder(d.ctx, q, documents{files: force(t)})
	if err != nil || len(names) != 0 {
		t.Errorf("the same: %v, %v", names, err)
	}
	names, err = d.PutFolder(d.ctx, q, documents{files: []statement.Source{with(t, "contracts/hosting.yaml", "Data centre and", "Data and")}})
	if diff := cmp.Diff([]string{"contracts/hosting.yaml"}, names); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	_, err = d.PutFolder(d.ctx, q, documents{files: []statement.Source{with(t, "contracts/hosting.yaml", "title:", "titel:")}})
	if err == nil || !strings.Contains(err.Error(), "over/there/contracts/hosting.yaml:") {
		t.Errorf("the place of the finding: %v", err)
	}
}
