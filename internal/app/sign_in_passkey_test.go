package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
)

// phone is somebody's device, with a key for the force's site.
type phone struct {
	t    testing.TB
	site virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newPhone(t testing.TB) *phone {
	return &phone{
		t: t, site: virtualwebauthn.RelyingParty{ID: "desk.example.org", Name: "Desk", Origin: "https://desk.example.org"},
		auth: virtualwebauthn.NewAuthenticator(), key: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2),
	}
}

// register answers a ceremony by making a key.
func (p *phone) register(c *app.Ceremony) app.PasskeyAnswer {
	p.t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		p.t.Fatal(err)
	}
	p.auth.Options.UserHandle = []byte(o.UserID)
	return app.PasskeyAnswer{State: c.State, Name: "phone", Answer: []byte(virtualwebauthn.CreateAttestationResponse(p.site, p.auth, p.key, *o))}
}

// sign answers a ceremony by using the key.
func (p *phone) sign(c *app.Ceremony) app.PasskeyAnswer {
	p.t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(string(c.Options))
	if err != nil {
		p.t.Fatal(err)
	}
	p.key.Counter++
	return app.PasskeyAnswer{State: c.State, Answer: []byte(virtualwebauthn.CreateAssertionResponse(p.site, p.auth, p.key, *o))}
}

// passkey registers a phone's key for somebody who is signed in.
func (e *entrance) passkey(s *app.Session, p *phone) error {
	e.t.Helper()
	c, err := e.BeginPasskey(e.ctx, s)
	if err != nil {
		return err
	}
	return e.FinishPasskey(e.ctx, s, p.register(c))
}

// byPasskey signs in with a phone.
func (e *entrance) byPasskey(p *phone) (*app.Signed, error) {
	e.t.Helper()
	c, err := e.BeginPasskeySignIn(e.ctx, visit(7))
	if err != nil {
		e.t.Fatal(err)
	}
	return e.PasskeySignIn(e.ctx, p.sign(c), visit(7))
}

func TestPasskey(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	s, p := e.session(e.in()), newPhone(t)
	if err := e.passkey(s, p); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		e.after(time.Hour)
		signed, err := e.byPasskey(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.session(signed); got.Who.ID != "f-100" || got.Method != "passkey" {
			t.Errorf("signed in as %+v", got)
		}
	}
	second := newPhone(t)
	s = e.session(e.in())
	if err := e.passkey(s, second); err != nil {
		t.Fatal(err)
	}
	if _, err := e.byPasskey(second); err != nil {
		t.Errorf("with another phone: %v", err)
	}
	refuses(t, "registered again", e.passkey(s, second), fault.Conflict)
	list, err := e.Passkeys(e.ctx, s)
	if err != nil || len(list) != 2 || list[0].Name != "phone" || list[0].Used == 0 || list[0].Added >= list[1].Added {
		t.Errorf("the list is %+v, %v", list, err)
	}
	if got := e.linesOf("account.passkey"); len(got) != 2 {
		t.Errorf("the acts are %s", got)
	}
}

func TestPasskeyIsRefused(t *testing.T) {
	e := newEntrance(t)
	ada := e.ada()
	p := newPhone(t)
	if err := e.passkey(e.session(e.in()), p); err != nil {
		t.Fatal(err)
	}
	begin := func() *app.Ceremony {
		c, err := e.BeginPasskeySignIn(e.ctx, visit(7))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	answer := p.sign(begin())
	if _, err := e.PasskeySignIn(e.ctx, answer, visit(7)); err != nil {
		t.Fatal(err)
	}
	strange(t, "an answer again", second(e.PasskeySignIn(e.ctx, answer, visit(7))))
	swapped := p.sign(begin())
	swapped.State = begin().State
	strange(t, "an answer to another state", second(e.PasskeySignIn(e.ctx, swapped, visit(7))))
	late := p.sign(begin())
	e.after(identity.CeremonyTime)
	strange(t, "too late", second(e.PasskeySignIn(e.ctx, late, visit(7))))
	registration, err := e.BeginPasskey(e.ctx, e.session(e.in()))
	if err != nil {
		t.Fatal(err)
	}
	crossed := p.sign(begin())
	crossed.State = registration.State
	strange(t, "the state of a registration", second(e.PasskeySignIn(e.ctx, crossed, visit(7))))
	stranger := newPhone(t)
	stranger.auth.Options.UserHandle = []byte("nobody")
	strange(t, "a strange phone", second(e.byPasskey(stranger)))
	stranger.auth.Options.UserHandle = p.auth.Options.UserHandle
	strange(t, "a strange key of hers", second(e.byPasskey(stranger)))
	asleep := *p
	asleep.auth.Options.UserNotVerified = true
	strange(t, "a phone that did not see her", second(e.byPasskey(&asleep)))
	p.key.Counter = 50
	if _, err := e.byPasskey(p); err != nil {
		t.Fatal(err)
	}
	copied := *p
	copied.key.Counter = 20
	strange(t, "a copy of the key", second(e.byPasskey(&copied)))
	// Four in her name: to another state, with a strange key, unseen, and the copy.
	if got := e.linesOf("sign-in.refuse"); len(got) != 3 || strings.Contains(got[0], "f-100") || !strings.Contains(got[2], `"refused":"4"`) {
		t.Errorf("the sums of refusals are %s", got)
	}
	ada.Active = false
	e.write(ada)
	strange(t, "when she has left", second(e.byPasskey(p)))
}

// How somebody signs in is changed only by who has just signed in, in that session.
func TestPasskeyNeedsAFreshSession(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	old := e.session(e.in())
	e.after(15*time.Minute + time.Second)
	strange(t, "an old session", e.passkey(old, newPhone(t)))
	s, other := e.session(e.in()), e.session(e.in())
	c, err := e.BeginPasskey(e.ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	answer := newPhone(t).register(c)
	strange(t, "another session", e.FinishPasskey(e.ctx, other, answer))
	if err := e.FinishPasskey(e.ctx, s, answer); err != nil {
		t.Error(err)
	}
	strange(t, "again", e.FinishPasskey(e.ctx, s, answer))
	list, err := e.Passkeys(e.ctx, s)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	e.after(15*time.Minute + time.Second)
	strange(t, "taken away later", e.RemovePasskey(e.ctx, s, list[0].ID))
}

func TestRemovePasskey(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	s, p := e.session(e.in()), newPhone(t)
	if err := e.passkey(s, p); err != nil {
		t.Fatal(err)
	}
	list, err := e.Passkeys(e.ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, "one that there is not", e.RemovePasskey(e.ctx, s, "x"), fault.NotFound)
	if err := e.RemovePasskey(e.ctx, s, list[0].ID); err != nil {
		t.Fatal(err)
	}
	strange(t, "a passkey that was taken away", second(e.byPasskey(p)))
}

// An account may have a passkey and no password: made by a link, used to sign in, and
// not to be taken away while it is the only way.
func TestAccountWithoutAPassword(t *testing.T) {
	e := newEntrance(t)
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Email: "ada@force.example", Party: "force", Roles: []access.Role{access.Agent}})
	link, ada := e.invite(e.admin().Who, p.ID), newPhone(t)
	c, err := e.BeginLinkPasskey(e.ctx, link, app.Newcomer{}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	other := e.invite(e.admin().Who, e.add(directory.Person{ID: "f-200", Name: "Bob", Party: "force"}).ID)
	answer := ada.register(c)
	strange(t, "the state of another link", second(e.UseLink(e.ctx, other, app.Newcomer{Passkey: &answer}, visit(1))))
	signed, err := e.UseLink(e.ctx, link, app.Newcomer{Passkey: &answer}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	strange(t, "the link again", second(e.BeginLinkPasskey(e.ctx, link, app.Newcomer{}, visit(1))))
	s := e.session(signed)
	if _, err := e.byPasskey(ada); err != nil {
		t.Error(err)
	}
	strange(t, "no password", second(e.SignIn(e.ctx, "ada@force.example", "", visit(1))))
	list, err := e.Passkeys(e.ctx, s)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	refuses(t, "the only way in", e.RemovePasskey(e.ctx, s, list[0].ID), fault.Conflict)
	if err := e.ChangePassword(e.ctx, s, "", goodPassword, visit(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.SignIn(e.ctx, "ada@force.example", goodPassword, visit(1)); err != nil {
		t.Error(err)
	}
	if err := e.RemovePasskey(e.ctx, s, list[0].ID); err != nil {
		t.Error(err)
	}
}

func TestFirstAdministratorByPasskey(t *testing.T) {
	e := newEntrance(t)
	link, _, err := e.FirstAdministrator(e.ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := app.Newcomer{Name: "Grace Hopper", SignIn: "grace@force.example"}
	refuses(t, "without a name", second(e.BeginLinkPasskey(e.ctx, link, app.Newcomer{}, visit(1))), fault.Invalid)
	c, err := e.BeginLinkPasskey(e.ctx, link, n, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	grace := newPhone(t)
	answer := grace.register(c)
	n.Passkey = &answer
	if _, err := e.UseLink(e.ctx, link, n, visit(1)); err != nil {
		t.Fatal(err)
	}
	signed, err := e.byPasskey(grace)
	if err != nil {
		t.Fatal(err)
	}
	if who := e.session(signed).Who; who.Name != "Grace Hopper" || who.Roles[0] != access.Administrator {
		t.Errorf("signed in as %+v", who)
	}
	if _, made, err := e.FirstAdministrator(e.ctx); made || err != nil {
		t.Errorf("there is an administrator: %v, %v", made, err)
	}
}

// A site whose address cannot have passkeys says so.
func TestNoPasskeys(t *testing.T) {
	e := newEntrance(t, func(s *app.DoorSettings) { s.Origin = "" })
	e.ada()
	s := e.session(e.in())
	refuses(t, "to begin", second(e.BeginPasskey(e.ctx, s)), fault.NotFound)
	refuses(t, "to sign in", second(e.BeginPasskeySignIn(e.ctx, visit(1))), fault.NotFound)
	refuses(t, "with an answer", second(e.PasskeySignIn(e.ctx, app.PasskeyAnswer{}, visit(1))), fault.NotFound)
}
