package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
)

// TestSecretsStayIn plants a secret of every kind, does with each what is right and
// what is refused, and then looks for them in everything that was logged, in every line
// of the journal, in every error, and in the files of the store.
func TestSecretsStayIn(t *testing.T) {
	folder := t.TempDir()
	config := formProvider(t)
	e := entranceOf(deskOver(t, "sqlite:"+filepath.Join(folder, "record.db"), nil), func(s *app.DoorSettings) {
		s.Providers = []identity.ProviderConfig{config}
	})
	all := &output{} // what is logged anywhere, down to the last detail
	defer slog.SetDefault(slog.Default())
	defer log.SetOutput(log.Writer())
	log.SetOutput(all)
	slog.SetDefault(slog.New(slog.NewTextHandler(all, &slog.HandlerOptions{Level: slog.LevelDebug})))
	e.now = withProviders(t).now

	secrets := map[string]identity.Secret{"the password": goodPassword, "the new password": betterPassword, "the client's secret": clientSecret}
	var errs []error
	refused := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("what should be refused was not")
		}
		errs = append(errs, err)
	}
	first, _, err := e.FirstAdministrator(e.ctx)
	if err != nil {
		t.Fatal(err)
	}
	secrets["the first link"] = first
	refused(second(e.UseLink(e.ctx, first, app.Newcomer{Password: goodPassword}, visit(1))))
	p := e.add(directory.Person{ID: "f-100", Name: "Ada Byron", Email: "ada@force.example", Party: "force", Roles: []access.Role{access.Agent}, Subjects: []string{config.Issuer + "|id1"}})
	link := e.invite(e.admin().Who, p.ID)
	secrets["a link"] = link
	made, err := e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(1))
	if err != nil {
		t.Fatal(err)
	}
	refused(second(e.UseLink(e.ctx, link, app.Newcomer{Password: goodPassword}, visit(1))))
	secrets["a session"] = made.Session
	for range 6 {
		refused(second(e.SignIn(e.ctx, goodPassword, betterPassword, app.Visit{Agent: made.Session.Reveal()}))) // a password typed as a name
	}
	if secrets["another session"] = e.in().Session; e.SignOut(e.ctx, secrets["another session"]) != nil {
		t.Error("cannot sign out")
	}
	refused(second(e.SessionOf(e.ctx, secrets["another session"])))
	s := e.session(made)
	refused(e.ChangePassword(e.ctx, s, betterPassword, goodPassword, visit(1)))
	if err := e.ChangePassword(e.ctx, s, goodPassword, betterPassword, visit(1)); err != nil {
		t.Fatal(err)
	}
	token, view, err := e.IssueToken(e.ctx, e.admin(), bridge)
	if err != nil {
		t.Fatal(err)
	}
	secrets["a token"] = token
	_, err = e.WhoHas(e.ctx, token)
	if err == nil {
		err = e.RevokeToken(e.ctx, e.admin(), view.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	refused(second(e.WhoHas(e.ctx, token)))
	address, state, err := e.BeginProvider(e.ctx, "force", visit(8))
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := surf(t, address)
	secrets["a state"], secrets["a code"] = state, answer.Code
	refused(second(e.CompleteProvider(e.ctx, "force", answer, state, "", visit(8))))
	if secrets["a provider's session"] = must(t)(e.CompleteProvider(e.ctx, "force", answer, state, state, visit(8))).Session; len(secrets) != 11 {
		t.Errorf("%d secrets are planted", len(secrets))
	}
	again, state, err := e.BeginProvider(e.ctx, "force", visit(8))
	if err != nil || again == "" {
		t.Fatal(err)
	}
	refused(second(e.CompleteProvider(e.ctx, "force", answer, state, state, visit(8)))) // the code once more

	places := map[string]string{
		"the logs": all.String() + e.out.String(), "the journal": strings.Join(e.linesOf(""), "\n"), "the errors": fmt.Sprintf("%v %+v", errs, errs),
		"what is printed": fmt.Sprintf("%v %+v %#v", made, *made, *view),
	}
	if !strings.Contains(places["the logs"], "sign-in refused") || len(e.linesOf("")) < 8 {
		t.Errorf("too little was logged: %s\n%s", places["the logs"], places["the journal"])
	}
	places["the files"] = files(t, folder)
	for what, secret := range secrets {
		if len(secret) < 12 {
			t.Errorf("%s was not planted", what)
		}
		for where, text := range places {
			if strings.Contains(text, secret.Reveal()) {
				t.Errorf("%s is in %s", what, where)
			}
		}
	}
}

func must(t testing.TB) func(*app.Signed, error) *app.Signed {
	return func(s *app.Signed, err error) *app.Signed {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// files returns all that lies in a folder.
func files(t testing.TB, folder string) string {
	t.Helper()
	var b bytes.Buffer
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		b.Write(data)
		return err
	})
	if err != nil || b.Len() < 10_000 {
		t.Fatalf("%d bytes, %v", b.Len(), err)
	}
	return b.String()
}
