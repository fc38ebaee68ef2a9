package app_test

import (
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/span"
)

func TestSessionEnds(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	s := e.in()
	for at := time.Duration(0); at < 2*time.Hour; at += 20 * time.Minute { // used, it goes on
		e.after(20 * time.Minute)
		if _, err := e.SessionOf(e.ctx, s.Session); err != nil {
			t.Fatalf("after %s: %v", at, err)
		}
	}
	e.after(30*time.Minute + time.Second)
	strange(t, "not used for half an hour", second(e.SessionOf(e.ctx, s.Session)))

	s = e.in()
	began := e.now
	for e.now < began+12*3600-600 {
		e.after(10 * time.Minute)
		if _, err := e.SessionOf(e.ctx, s.Session); err != nil {
			t.Fatalf("after %d seconds: %v", e.now-began, err)
		}
	}
	e.after(10 * time.Minute)
	strange(t, "after twelve hours of use", second(e.SessionOf(e.ctx, s.Session)))
}

// That a session is used is noted now and then, not at each request.
func TestSessionIsTouchedSeldom(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	s := e.in()
	made := e.now
	for range 4 {
		e.after(time.Minute)
		if got := e.session(s); got.Used != made {
			t.Fatalf("noted at %s", got.Used)
		}
	}
	e.after(time.Minute)
	e.session(s)
	e.after(time.Second)
	if got := e.session(s); got.Used != made+300 {
		t.Errorf("noted at %s, made at %s", got.Used, made)
	}
}

func TestSessionsAreRefused(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	other := newEntrance(t)
	other.ada()
	s, elsewhere := e.in(), other.in()
	token, _, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	plain := s.Session.Reveal()
	for what, secret := range map[string]identity.Secret{
		"nothing":                "",
		"a cut one":              identity.Secret(plain[:len(plain)-1]),
		"one with a letter more": identity.Secret(plain + "A"),
		"one of another record":  elsewhere.Session,
		"a token":                token,
		"its id":                 identity.Secret(e.session(s).ID),
	} {
		strange(t, what, second(e.SessionOf(e.ctx, secret)))
	}
	if err := e.SignOut(e.ctx, s.Session); err != nil {
		t.Fatal(err)
	}
	strange(t, "after signing out", second(e.SessionOf(e.ctx, s.Session)))
	for _, again := range []identity.Secret{s.Session, "", "x"} {
		if err := e.SignOut(e.ctx, again); err != nil {
			t.Errorf("signing out again: %v", err)
		}
	}
}

// Signing in again in the same browser ends the session from before, so that one that
// was planted there is worth nothing.
func TestSessionIsRotated(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	before := e.in()
	v := visit(2)
	v.Session = before.Session
	after, err := e.SignIn(e.ctx, "ada@force.example", goodPassword, v)
	if err != nil || after.Session == before.Session {
		t.Fatal(err)
	}
	strange(t, "the session from before", second(e.SessionOf(e.ctx, before.Session)))
	e.session(after)
}

func TestOwnSessions(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	eve := e.add(directory.Person{ID: "f-300", Name: "Eve", Email: "eve@force.example", Party: "force"})
	hers := e.session(e.account(eve))
	e.after(time.Minute)
	first := e.session(e.in())
	e.after(time.Minute)
	phone := e.in()
	list, err := e.OwnSessions(e.ctx, first)
	if err != nil || len(list) != 3 || list[0].ID != e.session(phone).ID || list[1].ID != first.ID || list[0].Agent != "Browser/1" {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	refuses(t, "somebody else's session", e.EndSession(e.ctx, first, hers.ID), fault.NotFound)
	refuses(t, "no session", e.EndSession(e.ctx, first, "x"), fault.NotFound)
	if err := e.EndSession(e.ctx, first, list[0].ID); err != nil {
		t.Fatal(err)
	}
	strange(t, "an ended session", second(e.SessionOf(e.ctx, phone.Session)))
	if list, err = e.OwnSessions(e.ctx, hers); err != nil || len(list) != 1 {
		t.Errorf("hers are %+v, %v", list, err)
	}
}

// Whoever is disabled, leaves, or is not there yet is a stranger at once, in sessions
// that are open too; and his session is not there again when he comes back.
func TestWhoLeavesIsOut(t *testing.T) {
	e := newEntrance(t)
	p := e.ada()
	today := span.DateIn(e.now, time.UTC)
	for what, change := range map[string]func(*directory.Person){
		"disabled":   func(p *directory.Person) { p.Active = false },
		"left today": func(p *directory.Person) { p.To = &today },
		"not yet":    func(p *directory.Person) { tomorrow := today + 1; p.From = &tomorrow },
	} {
		s := e.in()
		gone := *p
		change(&gone)
		e.write(&gone)
		strange(t, what, second(e.SessionOf(e.ctx, s.Session)))
		strange(t, what+", signing in", second(e.SignIn(e.ctx, "ada@force.example", goodPassword, visit(5))))
		_, _, err := e.Invite(e.ctx, e.admin(), p.ID)
		strange(t, what+", invited", err)
		e.write(p)
		strange(t, what+", and back", second(e.SessionOf(e.ctx, s.Session)))
		e.after(time.Minute)
	}
	s := e.in()
	less := *p
	less.Roles = []access.Role{access.Officer}
	e.write(&less)
	if got := e.session(s); len(got.Who.Roles) != 1 || got.Who.Roles[0] != access.Officer {
		t.Errorf("a right that was taken away is still there: %+v", got.Who)
	}
}

// Roles that must be apart are refused at the door, with the reason, whoever gave them.
func TestRolesApart(t *testing.T) {
	e := newEntrance(t)
	for what, c := range map[string]directory.Person{
		"assurance of a supplier":  {ID: "x-1", Name: "Sue", Party: "ostlehythe", Roles: []access.Role{access.Assurance}},
		"who judges and works":     {ID: "x-2", Name: "Joe", Party: "force", Roles: []access.Role{access.Agent, access.Assurance}},
		"a person who is a bridge": {ID: "x-3", Name: "Bo", Party: "force", Roles: []access.Role{access.Agent, access.Bridge}},
	} {
		c.Email = c.ID + "@x.example"
		roles := c.Roles
		c.Roles = roles[:0:0]
		p := e.add(c)
		signed := e.account(p)
		p.Roles = roles
		e.write(p)
		refuses(t, what, second(e.SignIn(e.ctx, c.Email, goodPassword, visit(6))), fault.Denied)
		refuses(t, what+", signed in before", second(e.SessionOf(e.ctx, signed.Session)), fault.Denied)
	}
}

func TestEndSessions(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	s, more := e.in(), e.in()
	refuses(t, "by an agent", second(e.EndSessions(e.ctx, app.Request{Who: e.agent("force")}, "f-100")), fault.Denied)
	refuses(t, "by a supplier's administrator", second(e.EndSessions(e.ctx, app.Request{Who: e.who("ostlehythe", access.Administrator)}, "f-100")), fault.NotFound)
	refuses(t, "of nobody", second(e.EndSessions(e.ctx, e.admin(), "f-999")), fault.NotFound)
	refuses(t, "by assurance", second(e.EndSessions(e.ctx, app.Request{Who: e.who("force", access.Assurance)}, "f-100")), fault.Denied)
	dry := e.admin()
	dry.Dry = true
	if n, err := e.EndSessions(e.ctx, dry, "f-100"); n != 3 || err != nil {
		t.Errorf("dry: %d, %v", n, err)
	}
	e.session(s)
	if n, err := e.EndSessions(e.ctx, e.admin(), "f-100"); n != 3 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	for _, secret := range []identity.Secret{s.Session, more.Session} {
		strange(t, "an ended session", second(e.SessionOf(e.ctx, secret)))
	}
	if n, err := e.EndSessions(e.ctx, e.admin(), "f-100"); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	if got := e.linesOf("session.end"); len(got) != 1 {
		t.Errorf("the acts are %s", got)
	}
}

func TestChangePassword(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	mine, phone := e.in(), e.in()
	s := e.session(mine)
	refuses(t, "with a wrong present one", e.ChangePassword(e.ctx, s, "wrong", betterPassword, visit(2)), fault.Denied)
	refuses(t, "with none", e.ChangePassword(e.ctx, s, "", betterPassword, visit(2)), fault.Denied)
	for _, bad := range []identity.Secret{"short", "ada byron is great", "Password1234", "f-100 is my own id"} {
		refuses(t, "to a bad one", e.ChangePassword(e.ctx, s, goodPassword, bad, visit(2)), fault.Invalid)
	}
	e.session(phone)
	if err := e.ChangePassword(e.ctx, s, goodPassword, betterPassword, visit(2)); err != nil {
		t.Fatal(err)
	}
	e.session(mine)
	strange(t, "the other session", second(e.SessionOf(e.ctx, phone.Session)))
	strange(t, "the old password", second(e.SignIn(e.ctx, "ada@force.example", goodPassword, visit(2))))
	if _, err := e.SignIn(e.ctx, "ada@force.example", betterPassword, visit(2)); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if got := e.linesOf("account.password"); len(got) != 1 {
		t.Errorf("the acts are %s", got)
	}
	for range 8 { // who found the screen unlocked does not guess for long
		_ = e.ChangePassword(e.ctx, s, "wrong", betterPassword, visit(2))
	}
	refuses(t, "after many guesses", e.ChangePassword(e.ctx, s, betterPassword, goodPassword, visit(2)), fault.Unavailable)
}
