package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
)

// goodPassword is one that nobody guesses, and betterPassword another.
const (
	goodPassword   = "eleven thin geese at noon"
	betterPassword = "a kettle full of thunder"
)

// quickCost makes hashes for tests that are about something else.
var quickCost = identity.Cost{Memory: 64, Passes: 1, Lanes: 1}

// entrance is the door of the force's record.
type entrance struct {
	*desk
	*app.Door
	out *output
}

// output is what a door logs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func newEntrance(t testing.TB, settings ...func(*app.DoorSettings)) *entrance {
	t.Helper()
	return entranceOf(newDesk(t), settings...)
}

func entranceOf(d *desk, settings ...func(*app.DoorSettings)) *entrance {
	d.t.Helper()
	e := &entrance{desk: d, out: &output{}}
	s := app.DoorSettings{Origin: "https://desk.example.org", Cost: quickCost, Log: slog.New(slog.NewJSONHandler(e.out, nil))}
	for _, set := range settings {
		set(&s)
	}
	door, err := app.NewDoor(d.Record, s)
	if err != nil {
		d.t.Fatal(err)
	}
	e.Door = door
	return e
}

// visit comes from an address of documentation.
func visit(last byte) app.Visit {
	return app.Visit{Address: netip.AddrFrom4([4]byte{192, 0, 2, last}), Agent: "Browser/1"}
}

// admin is an administrator of the force.
func (e *entrance) admin() app.Request {
	return app.Request{Who: e.who("force", access.Administrator)}
}

// add puts a person into the directory, as he is given.
func (e *entrance) add(p directory.Person) *directory.Person {
	e.t.Helper()
	p.Active = true
	e.write(&p)
	return &p
}

func (e *entrance) write(p *directory.Person) {
	e.t.Helper()
	_, err := e.ledger.Commit(e.ctx, &store.Change{Put: []store.Item{{
		Shelf: store.People, ID: p.ID, Group: p.Party, Sort: p.Sort(), Version: store.AnyVersion, Data: p.Encode(),
	}}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.Forget()
}

// ada is an agent of the force with the sign-in name ada@force.example.
func (e *entrance) ada() *directory.Person {
	e.t.Helper()
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Email: "Ada@Force.example", Party: "force", Roles: []access.Role{access.Agent}})
	e.account(p)
	return p
}

// account makes a person's account, with the good password, by an invitation.
func (e *entrance) account(p *directory.Person) *app.Signed {
	e.t.Helper()
	link, _, err := e.Invite(e.ctx, e.admin(), p.ID)
	if err != nil {
		e.t.Fatal(err)
	}
	signed, err := e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(1))
	if err != nil {
		e.t.Fatal(err)
	}
	return signed
}

// session is that of somebody who signed in.
func (e *entrance) session(s *app.Signed) *app.Session {
	e.t.Helper()
	out, err := e.SessionOf(e.ctx, s.Session)
	if err != nil {
		e.t.Fatal(err)
	}
	return out
}

// in signs Ada in, which must succeed.
func (e *entrance) in() *app.Signed {
	e.t.Helper()
	s, err := e.SignIn(e.ctx, "ada@force.example", goodPassword, visit(2))
	if err != nil {
		e.t.Fatal(err)
	}
	return s
}

// strange fails unless an error says that it is not known who somebody is.
func strange(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, identity.ErrNotKnown) || fault.KindOf(err) != fault.Denied {
		t.Errorf("%s: %v", what, err)
	}
}

// linesOf returns the lines of acts in the journal whose name begins so.
func (d *desk) linesOf(prefix string) []string {
	d.t.Helper()
	var out []string
	err := d.ledger.Lines(d.ctx, 1, func(_ int64, line []byte) bool {
		if bytes.Contains(line, []byte(`"act":"`+prefix)) {
			out = append(out, string(line))
		}
		return true
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func TestSignIn(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	for _, name := range []string{"ada@force.example", " ADA@force.EXAMPLE ", "\u212bda@force.example"[:0] + "Ada@Force.example"} {
		signed, err := e.SignIn(e.ctx, name, goodPassword, visit(2))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		s := e.session(signed)
		if s.Who.ID != "f-100" || s.Who.Party != "force" || s.Who.Kind != "customer" || s.Who.Name != "Ada Byron" || signed.Name != "Ada Byron" ||
			len(s.Who.Roles) != 1 || s.Who.Service || s.Method != "password" || s.Address != "192.0.2.2" || s.End != e.now+12*3600 || signed.Until != s.End {
			t.Errorf("%q: signed in as %+v", name, s)
		}
	}
}

// Who guesses learns nothing: every refusal is the same sentence, the same kind, and
// takes a hash.
func TestSignInIsRefused(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	e.add(directory.Person{ID: "f-200", Name: "No Account", Email: "none@force.example", Party: "force"})
	said := map[string]bool{}
	for what, c := range map[string]struct {
		name     string
		password identity.Secret
	}{
		"a wrong password":       {"ada@force.example", "eleven thin geese at moon"},
		"no password":            {"ada@force.example", ""},
		"an unknown name":        {"bob@force.example", goodPassword},
		"a person's id":          {"f-100", goodPassword},
		"somebody of no account": {"none@force.example", goodPassword},
		"no name":                {"", goodPassword},
		"an item's name":         {"person/f-100", goodPassword},
		"an endless name":        {strings.Repeat("a", 1<<16), goodPassword},
	} {
		_, err := e.SignIn(e.ctx, c.name, c.password, visit(3))
		strange(t, what, err)
		if err != nil {
			said[err.Error()] = true
		}
	}
	if len(said) != 1 {
		t.Errorf("the refusals differ: %v", said)
	}
}

// After five failures the name waits, twice as long each time, a quarter of an hour at
// most; a right password meanwhile is not even looked at, and one afterwards ends it.
func TestLockout(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	for _, name := range []string{"ada@force.example", "nobody@force.example"} { // both alike
		e.after(time.Hour)
		wait := time.Duration(0)
		for n := 1; n <= 20; n++ {
			_, err := e.SignIn(e.ctx, name, "wrong", visit(byte(n)))
			strange(t, name, err)
			if n <= 5 {
				continue
			}
			if n == 6 {
				wait = 2 * time.Second
			} else {
				wait = min(2*wait, 15*time.Minute)
			}
			_, err = e.SignIn(e.ctx, name, goodPassword, visit(100))
			var soon identity.TooSoon
			if !errors.As(err, &soon) || fault.KindOf(err) != fault.Unavailable {
				t.Fatalf("%s: after %d failures: %v", name, n, err)
			}
			if n < 10 { // the rate of attempts by name may be the longer wait at first
				e.after(max(wait, 30*time.Second))
				continue
			}
			if soon.After != wait {
				t.Errorf("%s: after %d failures wait %s, want %s", name, n, soon.After, wait)
			}
			e.after(wait - time.Second)
			if _, err = e.SignIn(e.ctx, name, goodPassword, visit(100)); !errors.As(err, &soon) {
				t.Errorf("%s: a second too early: %v", name, err)
			}
			e.after(10 * time.Second)
		}
		e.after(15 * time.Minute)
	}
	e.in()
	if _, err := e.SignIn(e.ctx, "ada@force.example", "wrong", visit(4)); err == nil {
		t.Error("a wrong password signs in")
	}
	e.in()                                                 // one failure after a sign-in costs nothing
	if got := e.linesOf("sign-in.refuse"); len(got) != 6 { // at 5, 10 and 20, of each name
		t.Errorf("the journal has %d sums of failures: %s", len(got), got)
	}
	e.after(24 * time.Hour)
	e.in()
	grants := e.linesOf("sign-in.grant")
	if last := grants[len(grants)-1]; !strings.Contains(last, `"refused":"21"`) || strings.Contains(last, "f-100") || strings.Contains(last, "ada") {
		t.Errorf("the next day's act is %s", last)
	}
}

// The failures of a name are those of all processes, and outlive them.
func TestLockoutIsShared(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	for range 12 {
		_, _ = e.SignIn(e.ctx, "ada@force.example", "wrong", visit(1))
		e.after(20 * time.Second)
	}
	other := entranceOf(e.desk)
	if _, err := other.SignIn(e.ctx, "ada@force.example", goodPassword, visit(2)); !errors.As(err, new(identity.TooSoon)) {
		t.Errorf("another process lets in: %v", err)
	}
}

func TestAddressIsLimited(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	refusedAt := 0
	for n := 1; n <= 100 && refusedAt == 0; n++ {
		_, err := e.SignIn(e.ctx, strings.Repeat("x", n)+"@force.example", "wrong", visit(9))
		if errors.As(err, new(identity.TooSoon)) {
			refusedAt = n
		}
	}
	if refusedAt != 61 {
		t.Errorf("an address is held back at the attempt %d", refusedAt)
	}
	for what, err := range map[string]error{
		"a link":     second(e.Link(e.ctx, "tb_link_x", visit(9))),
		"a use":      second(e.UseLink(e.ctx, "tb_link_x", app.Newcomer{}, visit(9))),
		"a passkey":  second(e.BeginPasskeySignIn(e.ctx, visit(9))),
		"an answer":  second(e.PasskeySignIn(e.ctx, app.PasskeyAnswer{}, visit(9))),
		"a provider": second(e.CompleteProvider(e.ctx, "x", identity.Answer{}, "s", "s", visit(9))),
	} {
		if !errors.As(err, new(identity.TooSoon)) {
			t.Errorf("%s from the address: %v", what, err)
		}
	}
	e.in() // from another one
}

func second[T any](_ T, err error) error { return err }

// The journal says in sum who signed in: one act a day and person, with how often.
func TestSignInsAreSummed(t *testing.T) {
	e := newEntrance(t)
	e.ada() // by the link
	for range 5 {
		e.in()
	}
	if got := e.linesOf("sign-in.grant"); len(got) != 1 || !strings.Contains(got[0], `"method":"link"`) {
		t.Errorf("the first day: %s", got)
	}
	e.after(24 * time.Hour)
	e.in()
	got := e.linesOf("sign-in.grant")
	if len(got) != 2 || !strings.Contains(got[1], `"method":"password"`) || !strings.Contains(got[1], `"more":"5"`) || !strings.Contains(got[1], `"withheld":[{"name":"person"`) {
		t.Errorf("the second day: %s", got)
	}
}

// When the standard cost rises, a hash is made anew at the next sign-in.
func TestHashIsMadeAnew(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	hash := func() string {
		item, err := e.ledger.Get(e.ctx, store.Accounts, "person/f-100")
		if err != nil {
			t.Fatal(err)
		}
		return string(item.Data)
	}
	if !strings.Contains(hash(), "$m=64,t=1,p=1$") {
		t.Fatalf("the account is %s", hash())
	}
	dearer := entranceOf(e.desk, func(s *app.DoorSettings) { s.Cost = identity.Cost{Memory: 128, Passes: 1, Lanes: 1} })
	if _, err := dearer.SignIn(e.ctx, "ada@force.example", goodPassword, visit(1)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(hash(), "$m=128,t=1,p=1$") {
		t.Errorf("the account is %s", hash())
	}
	if _, err := dearer.SignIn(e.ctx, "ada@force.example", goodPassword, visit(1)); err != nil {
		t.Error(err)
	}
}

func TestDoorSettings(t *testing.T) {
	d := newDesk(t)
	good := identity.ProviderConfig{ID: "a", Name: "A", Issuer: "https://a.example", Client: "c", Redirect: "https://desk.example.org/a"}
	bad := good
	bad.Claims = identity.Claims{Party: "org", Parties: map[string]string{"x": "force"}, Roles: "groups", Grants: map[string][]string{"g": {"agent", "root"}, "h": {"bridge"}}}
	for what, s := range map[string]app.DoorSettings{
		"an origin without passkeys":   {Origin: "http://desk.example.org"},
		"two providers of one name":    {Providers: []identity.ProviderConfig{good, good}},
		"a provider without an issuer": {Providers: []identity.ProviderConfig{{ID: "a", Client: "c", Redirect: "https://x.example"}}},
		"a role that there is not":     {Providers: []identity.ProviderConfig{bad}},
		"a cost that is none":          {Cost: identity.Cost{Memory: 1, Passes: 1, Lanes: 1}},
	} {
		_, err := app.NewDoor(d.Record, s)
		refuses(t, what, err, fault.Invalid)
		var f fault.Findings
		if what == "a role that there is not" && (!errors.As(err, &f) || len(f) != 2) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
