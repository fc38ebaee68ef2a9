package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/examples"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/span"
	"towerbridge/statement"
)

// desk is a record of the example force, on a day of 2019 on which one supplier's
// towers are managed by another, and the people who use it.
type desk struct {
	*app.Record
	t      testing.TB
	ctx    context.Context
	ledger store.Ledger
	now    span.Instant
}

// newDesk opens a new record in a file, with the force's documents.
func newDesk(t testing.TB) *desk {
	t.Helper()
	return deskOver(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), nil)
}

func deskOver(t testing.TB, url string, secret []byte) *desk {
	t.Helper()
	d := &desk{t: t, ctx: t.Context(), now: span.Instant(time.Date(2019, time.March, 12, 10, 0, 0, 0, time.UTC).Unix())}
	clock := func() span.Instant { return d.now }
	l, err := sqlstore.Open(d.ctx, url, sqlstore.Options{Secret: secret, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	policies, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	d.ledger, d.Record = l, app.NewRecord(ctx, l, policies, clock, rand.Reader)
	d.put(force(t)...)
	return d
}

// force is the documents of the example force, where Ostlehythe manages applications.
func force(t testing.TB) []statement.Source {
	t.Helper()
	var out []statement.Source
	err := fs.WalkDir(examples.Constabulary(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(examples.Constabulary(), name)
		if name == "estate.yaml" {
			data = bytes.Replace(data, []byte("contract: hosting, to: 2020-04-01}"), []byte("contract: hosting, to: 2020-04-01, manages: [applications]}"), 1)
		}
		out = append(out, statement.Source{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (d *desk) put(sources ...statement.Source) {
	d.t.Helper()
	who := d.Operator(d.ctx, access.Administrator)
	if _, err := d.PutDocuments(d.ctx, app.Request{Who: who}, sources); err != nil {
		d.t.Fatal(err)
	}
}

// after lets time pass.
func (d *desk) after(x time.Duration) { d.now += span.Instant(x / time.Second) }

// who returns somebody of a party in roles.
func (d *desk) who(party string, roles ...access.Role) access.Principal {
	d.t.Helper()
	book, err := d.Book(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return book.Principal(access.Principal{ID: party + "-" + string(roles[0]), Party: party, Roles: roles}, d.now)
}

// do does an act that must succeed.
func (d *desk) do(who access.Principal, a app.TicketAct) *app.Ticket {
	d.t.Helper()
	done, err := d.Do(d.ctx, app.Request{Who: who}, a)
	if err != nil {
		d.t.Fatalf("%s by %s: %v", a.Act, who.ID, err)
	}
	return done.Ticket
}

// refuses fails unless an error is of a kind.
func refuses(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: was not refused", what)
		return
	}
	if got := fault.KindOf(err); got != kind {
		t.Errorf("%s: %v, of kind %s; want %s", what, err, got, kind)
	}
}

// people of the force's desk.
func (d *desk) officer() access.Principal { return d.who("force", access.Officer) }
func (d *desk) analyst() access.Principal { return d.who("tarnbridge", access.Analyst) }
func (d *desk) agent(party string) access.Principal {
	return d.who(party, access.Agent)
}

// laptop opens a ticket of an officer.
func (d *desk) laptop() *app.Ticket {
	d.t.Helper()
	return d.do(d.officer(), app.TicketAct{Act: "open", Kind: "incident", Priority: "P3", Service: "laptops", Site: "harbour", Summary: "My laptop does not start", Text: "It beeps twice."})
}
