package app_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/span"
	"towerbridge/statement"
)

func TestInvitation(t *testing.T) {
	e := newEntrance(t)
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Email: "Ada@Force.example", Party: "force", Roles: []access.Role{access.Agent}})
	link, until, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil || until != e.now+86400 {
		t.Fatal(until, err)
	}
	for range 3 { // looking does not use it up
		view, err := e.Link(e.ctx, link, visit(1))
		if err != nil || view.First || view.Name != "Ada Byron" || view.SignIn != "ada@force.example" || view.Taken || view.Until != until {
			t.Fatalf("the page shows %+v, %v", view, err)
		}
	}
	for what, n := range map[string]app.Newcomer{
		"nothing":                  {},
		"a short password":         {Password: "short"},
		"the own name":             {Password: "ada byron is great"},
		"a common password":        {Password: "Password1234"},
		"a name with spaces":       {Password: goodPassword, SignIn: "ada byron"},
		"the name of an item":      {Password: goodPassword, SignIn: "person/f-100"},
		"a name of two letters":    {Password: goodPassword, SignIn: "ab"},
		"an endless name":          {Password: goodPassword, SignIn: strings.Repeat("a", 201)},
		"the new name as password": {Password: "countess-lovelace-1815", SignIn: "lovelace"},
	} {
		_, err := e.UseLink(e.ctx, link, n, visit(1))
		refuses(t, what, err, fault.Invalid)
	}
	signed, err := e.UseLink(e.ctx, link, app.Newcomer{SignIn: "Lady.Ada", Password: goodPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	if s := e.session(signed); s.Who.ID != p.ID || s.Method != "link" {
		t.Errorf("signed in as %+v", s)
	}
	strange(t, "used", second(e.UseLink(e.ctx, link, app.Newcomer{Password: betterPassword}, visit(1))))
	strange(t, "shown when used", second(e.Link(e.ctx, link, visit(1))))
	if _, err := e.SignIn(e.ctx, "lady.ada", goodPassword, visit(1)); err != nil {
		t.Error(err)
	}
	if got := e.linesOf("account."); len(got) != 2 || strings.Contains(strings.Join(got, ""), "f-100") || !strings.Contains(got[0], "account.invite") || !strings.Contains(got[1], "account.make") {
		t.Errorf("the acts are %s", got)
	}
}

func TestInvitationEnds(t *testing.T) {
	e := newEntrance(t)
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Party: "force"})
	first, _, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	link, _, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	strange(t, "an earlier one", second(e.UseLink(e.ctx, first, app.Newcomer{Password: goodPassword}, visit(1))))
	e.after(24*time.Hour - time.Second)
	if _, err := e.Link(e.ctx, link, visit(1)); err != nil {
		t.Error(err)
	}
	e.after(time.Second)
	strange(t, "a day later", second(e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(1))))
	strange(t, "nothing", second(e.UseLink(e.ctx, "", app.Newcomer{Password: goodPassword}, visit(1))))
	session := e.account(p)
	strange(t, "a session", second(e.UseLink(e.ctx, session.Session, app.Newcomer{Password: goodPassword}, visit(1))))
	link, _, err = e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.Active = false
	e.write(p)
	strange(t, "of somebody who left", second(e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(1))))
	strange(t, "shown, of somebody who left", second(e.Link(e.ctx, link, visit(1))))
}

// Who lost his password gets a link; the old one, and every session, end with its use.
func TestLostPassword(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	before := e.in()
	link, _, err := e.Invite(e.ctx, e.admin(), "f-100")
	if err != nil {
		t.Fatal(err)
	}
	view, err := e.Link(e.ctx, link, visit(1))
	if err != nil || !view.Taken || view.SignIn != "ada@force.example" {
		t.Errorf("the page shows %+v, %v", view, err)
	}
	e.in() // until it is used, nothing has changed
	after, err := e.UseLink(e.ctx, link, app.Newcomer{SignIn: "another", Password: betterPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	strange(t, "a session from before", second(e.SessionOf(e.ctx, before.Session)))
	strange(t, "the old password", second(e.SignIn(e.ctx, "ada@force.example", goodPassword, visit(1))))
	strange(t, "another name", second(e.SignIn(e.ctx, "another", betterPassword, visit(1))))
	e.session(after)
	if _, err := e.SignIn(e.ctx, "ada@force.example", betterPassword, visit(1)); err != nil {
		t.Error(err)
	}
}

func TestNameIsTaken(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	p := e.add(directory.Person{ID: "f-200", Name: "Bob", Party: "force"})
	link, _, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.UseLink(e.ctx, link, app.Newcomer{SignIn: "ADA@force.example", Password: betterPassword}, visit(1))
	refuses(t, "a name that somebody has", err, fault.Invalid)
	if _, err = e.UseLink(e.ctx, link, app.Newcomer{SignIn: "bob", Password: betterPassword}, visit(1)); err != nil {
		t.Errorf("another name, by the same link: %v", err)
	}
	e.in()
}

// Of many who use a link at once, one succeeds.
func TestLinkIsUsedOnce(t *testing.T) {
	e := newEntrance(t)
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Party: "force"})
	link, _, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 8)
	for n := range 8 {
		go func() {
			_, err := e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(byte(n)))
			results <- err
		}()
	}
	good := 0
	for range 8 {
		if err := <-results; err == nil {
			good++
		} else {
			strange(t, "another", err)
		}
	}
	if good != 1 {
		t.Errorf("%d used the link", good)
	}
}

func TestNobodyElseInvites(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	theirs := e.add(directory.Person{ID: "o-1", Name: "Olaf", Party: "ostlehythe"})
	for what, c := range map[string]struct {
		who    access.Principal
		person string
		want   fault.Kind
	}{
		"a supplier's administrator":     {e.who("ostlehythe", access.Administrator), "f-100", fault.NotFound},
		"another supplier's":             {e.who("fennock", access.Administrator), theirs.ID, fault.NotFound},
		"assurance":                      {e.who("force", access.Assurance), "f-100", fault.Denied},
		"nobody":                         {access.Principal{}, "f-100", fault.NotFound},
		"an administrator, of no person": {e.admin().Who, "f-999", fault.NotFound},
	} {
		_, _, err := e.Invite(e.ctx, app.Request{Who: c.who}, c.person)
		refuses(t, what, err, c.want)
	}
	if _, _, err := e.Invite(e.ctx, app.Request{Who: e.who("ostlehythe", access.Administrator)}, theirs.ID); err != nil {
		t.Errorf("of the own party: %v", err)
	}
	dry := e.admin()
	dry.Dry = true
	if link, _, err := e.Invite(e.ctx, dry, "f-100"); link != "" || err != nil {
		t.Errorf("dry: %v", err)
	}
}

func TestFirstAdministrator(t *testing.T) {
	e := newEntrance(t)
	earlier, made, err := e.FirstAdministrator(e.ctx)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	link, made, err := e.FirstAdministrator(e.ctx) // the program was started again
	if err != nil || !made || link == earlier {
		t.Fatal(made, err)
	}
	strange(t, "the earlier link", second(e.Link(e.ctx, earlier, visit(1))))
	if view, err := e.Link(e.ctx, link, visit(1)); err != nil || !view.First || view.Name != "" {
		t.Errorf("the page shows %+v, %v", view, err)
	}
	for what, n := range map[string]app.Newcomer{
		"without a name":     {SignIn: "grace@force.example", Password: goodPassword},
		"without a password": {Name: "Grace", SignIn: "grace@force.example"},
		"of a supplier":      {Name: "Grace", SignIn: "grace@force.example", Party: "ostlehythe", Password: goodPassword},
		"of no party":        {Name: "Grace", SignIn: "grace@force.example", Party: "x", Password: goodPassword},
	} {
		_, err := e.UseLink(e.ctx, link, n, visit(1))
		refuses(t, what, err, fault.Invalid)
	}
	signed, err := e.UseLink(e.ctx, link, app.Newcomer{Name: "Grace Hopper", SignIn: "grace@force.example", Password: goodPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	s := e.session(signed)
	if s.Who.Party != "force" || s.Who.Kind != "customer" || len(s.Who.Roles) != 1 || s.Who.Roles[0] != access.Administrator || s.Who.Name != "Grace Hopper" {
		t.Errorf("the administrator is %+v", s.Who)
	}
	strange(t, "the link again", second(e.UseLink(e.ctx, link, app.Newcomer{Name: "Eve", SignIn: "eve", Password: goodPassword}, visit(1))))
	if _, made, err := e.FirstAdministrator(e.ctx); made || err != nil {
		t.Errorf("there is an administrator: %v, %v", made, err)
	}
	theirs := e.add(directory.Person{ID: "o-1", Name: "Olaf", Party: "ostlehythe", Roles: []access.Role{access.Administrator}})
	e.account(theirs)
	e.add(directory.Person{ID: "f-2", Name: "No Account", Party: "force", Roles: []access.Role{access.Administrator}})
	next := e.add(directory.Person{ID: "f-3", Name: "Next", Party: "tarnbridge", Roles: []access.Role{access.Administrator}})
	p := e.find(s.Who.ID)
	p.Active = false
	e.write(p)
	if _, made, err := e.FirstAdministrator(e.ctx); !made || err != nil { // a supplier's, and one who cannot sign in, are none
		t.Errorf("the administrator has left: %v, %v", made, err)
	}
	e.account(next)
	for range 2 {
		if _, made, err := e.FirstAdministrator(e.ctx); made || err != nil {
			t.Errorf("there is another one: %v, %v", made, err)
		}
	}
}

// find reads a person of the directory.
func (e *entrance) find(id string) *directory.Person {
	e.t.Helper()
	item, err := e.ledger.Get(e.ctx, store.People, id)
	if err != nil {
		e.t.Fatal(err)
	}
	p, err := directory.DecodePerson(item.Data)
	if err != nil {
		e.t.Fatal(err)
	}
	return &p
}

// Before there is an estate, the first administrator says of which party he is, and may
// put an estate into the record; and nobody else may come in.
func TestBeforeTheEstate(t *testing.T) {
	d := &desk{t: t, ctx: t.Context(), now: 1552384800}
	clock := func() span.Instant { return d.now }
	l, err := sqlstore.Open(d.ctx, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), sqlstore.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	policies, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	d.ledger, d.Record = l, app.NewRecord(ctx, l, policies, clock, rand.Reader)
	e := entranceOf(d)
	link, made, err := e.FirstAdministrator(e.ctx)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	_, err = e.UseLink(e.ctx, link, app.Newcomer{Name: "Grace", SignIn: "grace", Password: goodPassword}, visit(1))
	refuses(t, "without a party", err, fault.Invalid)
	signed, err := e.UseLink(e.ctx, link, app.Newcomer{Name: "Grace", SignIn: "grace", Party: "force", Password: goodPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, made, err := e.FirstAdministrator(e.ctx); made || err != nil {
		t.Errorf("there is one: %v, %v", made, err)
	}
	agent := e.add(directory.Person{ID: "f-1", Name: "Agent", Party: "force", Roles: []access.Role{access.Agent}})
	who := e.session(signed).Who
	agentIn, err := e.UseLink(e.ctx, e.invite(who, agent.ID), app.Newcomer{SignIn: "agent", Password: betterPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.session(agentIn).Who; got.Kind != "" {
		t.Errorf("an agent has rights before there is an estate: %+v", got)
	}
	if _, err := e.PutDocuments(e.ctx, app.Request{Who: who}, []statement.Source(force(t))); err != nil {
		t.Fatal(err)
	}
	e.after(time.Second)
	if got := e.session(signed).Who; got.Kind != "customer" {
		t.Errorf("afterwards: %+v", got)
	}
	if got := e.session(agentIn).Who; got.Kind != "customer" {
		t.Errorf("afterwards: %+v", got)
	}
}

func (e *entrance) invite(who access.Principal, person string) identity.Secret {
	e.t.Helper()
	link, _, err := e.Invite(e.ctx, app.Request{Who: who}, person)
	if err != nil {
		e.t.Fatal(err)
	}
	return link
}

// A link is not made when the record cannot keep it.
func TestLinkNeedsTheStore(t *testing.T) {
	e := newEntrance(t)
	gone, stop := context.WithCancel(e.ctx)
	stop()
	link, made, err := e.FirstAdministrator(gone)
	if err == nil || made || link != "" || errors.Is(err, identity.ErrNotKnown) {
		t.Errorf("made %v, %v", made, err)
	}
}
