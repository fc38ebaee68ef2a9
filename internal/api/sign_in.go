package api

import (
	"net/http"
	"net/url"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
)

// LinkPath returns the address of the page behind a one-time link, below the site's.
// The secret stands in the query: of that nothing is ever logged.
func LinkPath(secret identity.Secret) string {
	return "/welcome?link=" + url.QueryEscape(secret.Reveal())
}

// stateCookie holds the state of a sign-in at a provider while somebody is there.
const stateCookie = "towerbridge-state"

func (a *API) showSignIn(w http.ResponseWriter, r *http.Request) {
	show(w, r, http.StatusOK, signInPage(start{providers: a.Door.Providers()}))
}

// signIn lets somebody in by name and password.
func (a *API) signIn(w http.ResponseWriter, r *http.Request) {
	if !formRead(w, r) {
		return
	}
	name := r.PostFormValue("name")
	signed, err := a.Door.SignIn(r.Context(), name, identity.Secret(r.PostFormValue("password")), visit(r))
	if err == nil {
		setSession(w, r, signed)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	wrong, known := findingsOf(err)
	if !known {
		serve.RefuseError(w, r, err)
		return
	}
	p := serve.ProblemOf(err)
	p.Headers(w.Header())
	w.Header().Del("WWW-Authenticate")
	show(w, r, p.Type.Status, signInPage(start{providers: a.Door.Providers(), name: name, wrong: wrong}))
}

// signOut ends the session.
func (a *API) signOut(w http.ResponseWriter, r *http.Request) {
	if secret := sessionOf(r); secret != "" {
		if err := a.Door.SignOut(r.Context(), secret); err != nil {
			serve.RefuseError(w, r, err)
			return
		}
	}
	dropSession(w, r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// formRead reads a form, or refuses it.
func formRead(w http.ResponseWriter, r *http.Request) bool {
	if err := r.ParseForm(); err != nil {
		serve.RefuseError(w, r, fault.Wrap(fault.Invalid, err, "the form cannot be read"))
		return false
	}
	return true
}

// beginProvider sends somebody to a provider.
func (a *API) beginProvider(w http.ResponseWriter, r *http.Request) {
	address, state, err := a.Door.BeginProvider(r.Context(), r.PathValue("provider"), visit(r))
	if err != nil {
		serve.RefuseError(w, r, err)
		return
	}
	http.SetCookie(w, a.stateCookie(r, state.Reveal(), int(identity.SignInTime.Seconds())))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (a *API) stateCookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: stateCookie, Value: value, Path: "/sign-in/", MaxAge: age, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: serve.Of(r.Context()).Secure,
	}
}

// completeProvider lets somebody in who comes back from a provider.
func (a *API) completeProvider(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var held identity.Secret
	if c, err := r.Cookie(stateCookie); err == nil {
		held = identity.Secret(c.Value)
	}
	http.SetCookie(w, a.stateCookie(r, "", -1))
	answer := identity.Answer{Code: identity.Secret(q.Get("code")), Issuer: q.Get("iss"), Error: q.Get("error")}
	signed, err := a.Door.CompleteProvider(r.Context(), r.PathValue("provider"), answer, identity.Secret(q.Get("state")), held, visit(r))
	if err != nil {
		serve.RefuseError(w, r, err)
		return
	}
	setSession(w, r, signed)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// showWelcome shows the page behind a one-time link. It does not use the link up: some
// mail programs look at every address before their reader does.
func (a *API) showWelcome(w http.ResponseWriter, r *http.Request) {
	link := r.URL.Query().Get("link")
	v, err := a.Door.Link(r.Context(), identity.Secret(link), visit(r))
	if err != nil {
		serve.RefuseError(w, r, err)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	show(w, r, http.StatusOK, welcomePage(link, v, app.Newcomer{}, nil))
}

// welcome makes the account that a link is for, and lets its owner in.
func (a *API) welcome(w http.ResponseWriter, r *http.Request) {
	if !formRead(w, r) {
		return
	}
	link := r.PostFormValue("link")
	n := app.Newcomer{
		Name: r.PostFormValue("name"), Party: r.PostFormValue("party"), SignIn: r.PostFormValue("signIn"),
		Password: identity.Secret(r.PostFormValue("password")),
	}
	signed, err := a.Door.UseLink(r.Context(), identity.Secret(link), n, visit(r))
	if err == nil {
		setSession(w, r, signed)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p := serve.ProblemOf(err)
	v, gone := a.Door.Link(r.Context(), identity.Secret(link), visit(r))
	wrong, known := findingsOf(err)
	if gone != nil || !known {
		serve.RefuseError(w, r, err)
		return
	}
	show(w, r, p.Type.Status, welcomePage(link, v, n, wrong))
}
