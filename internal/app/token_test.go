package app_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/store/storetest"
	"towerbridge/span"
)

// bridge is the token of a supplier's tool.
var bridge = app.NewToken{Account: "ost-bridge", Name: "their ticket tool", Party: "ostlehythe", Roles: []access.Role{access.Bridge}}

func TestToken(t *testing.T) {
	e := newEntrance(t)
	token, view, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	if view.Until != e.now+90*86400 || view.Made != e.now || view.By != "force-administrator" || view.Used != "" || !strings.HasPrefix(token.Reveal(), "tb_token_") {
		t.Errorf("issued %+v", view)
	}
	who, err := e.WhoHas(e.ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if who.ID != "service/ost-bridge" || who.Party != "ostlehythe" || who.Kind != "supplier" || !who.Service || !slices.Equal(who.Roles, bridge.Roles) ||
		!slices.Equal(who.Manages, []string{"applications"}) || len(who.Scopes) != 0 {
		t.Errorf("it is %+v", who)
	}
	scoped := bridge
	scoped.Scopes = []access.Action{access.TicketRead, access.NoteRead, access.TicketRead}
	scoped.Until = e.now + 366*86400
	token, _, err = e.IssueToken(e.ctx, e.admin(), scoped)
	if err != nil {
		t.Fatal(err)
	}
	if who, err = e.WhoHas(e.ctx, token); err != nil || !slices.Equal(who.Scopes, []access.Action{access.NoteRead, access.TicketRead}) {
		t.Errorf("scoped, it is %+v, %v", who, err)
	}
	e.after(366*24*time.Hour - time.Second)
	if _, err := e.WhoHas(e.ctx, token); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	e.after(time.Second)
	strange(t, "at its end", second(e.WhoHas(e.ctx, token)))
}

func TestTokensAreListed(t *testing.T) {
	e := newEntrance(t)
	theirs, _, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	ours := app.NewToken{Account: "dashboard", Name: "wall", Party: "force", Roles: []access.Role{access.Analyst}}
	if _, _, err := e.IssueToken(e.ctx, e.admin(), ours); err != nil {
		t.Fatal(err)
	}
	e.after(24 * time.Hour)
	for range 3 {
		if _, err := e.WhoHas(e.ctx, theirs); err != nil {
			t.Fatal(err)
		}
	}
	list, err := e.Tokens(e.ctx, e.admin().Who)
	if err != nil || len(list) != 2 || list[0].Account != "dashboard" || list[0].Used != "" || list[1].Used != "2019-03-13" {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	if list, err = e.Tokens(e.ctx, e.who("ostlehythe", access.Administrator)); err != nil || len(list) != 1 || list[0].Account != "ost-bridge" {
		t.Errorf("a supplier's administrator sees %+v, %v", list, err)
	}
	if list, err = e.Tokens(e.ctx, e.agent("ostlehythe")); err != nil || len(list) != 0 {
		t.Errorf("an agent sees %+v, %v", list, err)
	}
}

func TestTokenIsNotIssued(t *testing.T) {
	e := newEntrance(t)
	for what, change := range map[string]func(*app.NewToken){
		"without an account":       func(n *app.NewToken) { n.Account = "" },
		"of a strange account":     func(n *app.NewToken) { n.Account = "Ada Byron" },
		"without a name":           func(n *app.NewToken) { n.Name = " " },
		"of no party":              func(n *app.NewToken) { n.Party = "nobody" },
		"without a role":           func(n *app.NewToken) { n.Roles = nil },
		"of an unknown role":       func(n *app.NewToken) { n.Roles = []access.Role{"root"} },
		"of roles apart":           func(n *app.NewToken) { n.Roles = []access.Role{access.Bridge, access.Agent} },
		"of a supplier, to assure": func(n *app.NewToken) { n.Roles = []access.Role{access.Assurance} },
		"of an unknown scope":      func(n *app.NewToken) { n.Scopes = []access.Action{"ticket.everything"} },
		"for too long":             func(n *app.NewToken) { n.Until = e.now + 366*86400 + 1 },
		"for ever":                 func(n *app.NewToken) { n.Until = span.Never },
		"that has ended":           func(n *app.NewToken) { n.Until = e.now },
	} {
		n := bridge
		change(&n)
		secret, _, err := e.IssueToken(e.ctx, e.admin(), n)
		refuses(t, what, err, fault.Invalid)
		if secret != "" {
			t.Errorf("%s: there is a token", what)
		}
	}
	for what, who := range map[string]access.Principal{
		"by an agent":                         e.agent("force"),
		"by assurance":                        e.who("force", access.Assurance),
		"by another supplier's administrator": e.who("fennock", access.Administrator),
		"by a service account":                {ID: "service/x", Party: "force", Kind: "customer", Roles: []access.Role{access.Administrator}, Service: true},
		"by nobody":                           {},
	} {
		_, _, err := e.IssueToken(e.ctx, app.Request{Who: who}, bridge)
		refuses(t, what, err, fault.Denied)
	}
	if list, err := e.Tokens(e.ctx, e.admin().Who); err != nil || len(list) != 0 || len(e.linesOf("token")) != 0 {
		t.Errorf("something was issued: %+v, %v", list, err)
	}
}

// A repeated request does not show the token again, and a dry one makes none.
func TestTokenIsShownOnce(t *testing.T) {
	e := newEntrance(t)
	q := e.admin()
	q.Key = "k1"
	if _, _, err := e.IssueToken(e.ctx, q, bridge); err != nil {
		t.Fatal(err)
	}
	secret, _, err := e.IssueToken(e.ctx, q, bridge)
	refuses(t, "the same request", err, fault.Conflict)
	if secret != "" {
		t.Error("a token is shown again")
	}
	dry := e.admin()
	dry.Dry = true
	secret, view, err := e.IssueToken(e.ctx, dry, bridge)
	if err != nil || secret != "" || view.Account != "ost-bridge" {
		t.Errorf("dry: %q, %+v, %v", secret.Reveal(), view, err)
	}
	if list, err := e.Tokens(e.ctx, q.Who); err != nil || len(list) != 1 {
		t.Errorf("there are %+v, %v", list, err)
	}
}

func TestTokenIsRevoked(t *testing.T) {
	e := newEntrance(t)
	token, view, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.WhoHas(e.ctx, token); err != nil {
		t.Fatal(err)
	}
	refuses(t, "by an agent", e.RevokeToken(e.ctx, app.Request{Who: e.agent("ostlehythe")}, view.ID), fault.NotFound)
	refuses(t, "by another supplier", e.RevokeToken(e.ctx, app.Request{Who: e.who("fennock", access.Administrator)}, view.ID), fault.NotFound)
	refuses(t, "of no token", e.RevokeToken(e.ctx, e.admin(), "x"), fault.NotFound)
	refuses(t, "by assurance", e.RevokeToken(e.ctx, app.Request{Who: e.who("force", access.Assurance)}, view.ID), fault.Denied)
	if err := e.RevokeToken(e.ctx, app.Request{Who: e.who("ostlehythe", access.Administrator)}, view.ID); err != nil {
		t.Fatal(err)
	}
	strange(t, "at once", second(e.WhoHas(e.ctx, token)))
	refuses(t, "again", e.RevokeToken(e.ctx, e.admin(), view.ID), fault.NotFound)
	if got := e.linesOf("token."); len(got) != 2 || !strings.Contains(got[1], `"act":"token.revoke"`) || !strings.Contains(got[1], view.ID) || !strings.Contains(got[0], `"roles":"bridge"`) {
		t.Errorf("the acts are %s", got)
	}
}

// Whoever asks after a token was revoked here is refused, however many asked while it
// was being revoked.
func TestRevocationIsNotOvertaken(t *testing.T) {
	e := newEntrance(t)
	for range 20 {
		token, view, err := e.IssueToken(e.ctx, e.admin(), bridge)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		stop := make(chan struct{})
		for range 4 {
			all.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						_, _ = e.WhoHas(e.ctx, token)
					}
				}
			})
		}
		if err := e.RevokeToken(e.ctx, e.admin(), view.ID); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			if _, err := e.WhoHas(e.ctx, token); err == nil {
				t.Fatal("a revoked token is good")
			}
		}
		close(stop)
		all.Wait()
	}
}

// In another process a revoked token, and a session that was ended, are good for the
// rest of the second and no longer, on both databases.
func TestRevocationReachesOtherProcesses(t *testing.T) {
	for name, url := range map[string]string{
		"SQLite":     "sqlite:" + filepath.Join(t.TempDir(), "record.db"),
		"PostgreSQL": storetest.Postgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			var secret []byte
			if name == "PostgreSQL" {
				secret = []byte(strings.Repeat("s", 32))
			}
			here := entranceOf(deskOver(t, url, secret))
			there := entranceOf(deskOver(t, url, secret))
			here.ada()
			session := here.in()
			token, view, err := here.IssueToken(here.ctx, here.admin(), bridge)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := there.WhoHas(there.ctx, token); err != nil {
				t.Fatal(err)
			}
			there.session(session)
			if err := here.RevokeToken(here.ctx, here.admin(), view.ID); err != nil {
				t.Fatal(err)
			}
			if err := here.SignOut(here.ctx, session.Session); err != nil {
				t.Fatal(err)
			}
			there.after(time.Second)
			strange(t, "the token", second(there.WhoHas(there.ctx, token)))
			strange(t, "the session", second(there.SessionOf(there.ctx, session.Session)))
		})
	}
}

func TestBearersAreRefused(t *testing.T) {
	e := newEntrance(t)
	e.ada()
	session := e.in()
	link, _, err := e.Invite(e.ctx, e.admin(), "f-100")
	if err != nil {
		t.Fatal(err)
	}
	token, view, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	other := newEntrance(t)
	plain := token.Reveal()
	for what, bearer := range map[string]identity.Secret{
		"nothing":              "",
		"a word":               "password",
		"its id":               identity.Secret(view.ID),
		"a cut one":            identity.Secret(plain[:len(plain)-1]),
		"a session":            session.Session,
		"a link":               link,
		"one of other letters": identity.Secret(strings.ToUpper(plain)),
	} {
		strange(t, what, second(e.WhoHas(e.ctx, bearer)))
	}
	strange(t, "one of another record", second(other.WhoHas(other.ctx, token)))
}

// However many tokens are shown at the door, only so many are kept in mind.
func TestManyTokens(t *testing.T) {
	e := newEntrance(t)
	var tokens []identity.Secret
	for n := range 50 {
		b := bridge
		b.Name = fmt.Sprint("tool ", n)
		token, _, err := e.IssueToken(e.ctx, e.admin(), b)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	for range 3 {
		for _, token := range tokens {
			if _, err := e.WhoHas(e.ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		e.after(time.Second)
	}
}

// When the store is away, a token that is not kept in mind is neither good nor unknown.
func TestStoreIsAway(t *testing.T) {
	e := newEntrance(t)
	token, _, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(e.ctx)
	stop()
	_, err = e.WhoHas(gone, token)
	if err == nil || errors.Is(err, identity.ErrNotKnown) {
		t.Errorf("the store does not answer: %v", err)
	}
	if _, err := e.WhoHas(e.ctx, token); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// The bound is 10 microseconds.
func BenchmarkTokenCheck(b *testing.B) {
	e := newEntrance(b)
	token, _, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.WhoHas(e.ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}

// The first check of a token in each second reads the store.
func BenchmarkTokenCheckOnceASecond(b *testing.B) {
	e := newEntrance(b)
	token, _, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Forget()
		if _, err := e.WhoHas(e.ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}
