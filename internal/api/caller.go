package api

import (
	"context"
	"net/http"
	"strings"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
)

// The session's cookie. Where the site is https its name keeps browsers from taking one
// that another site of the domain has set; browsers refuse that name over http.
const (
	sessionCookie      = "__Host-towerbridge"
	sessionCookiePlain = "towerbridge-session"
)

type callerKey struct{}

// caller is who asks.
type caller struct {
	who     access.Principal
	session *app.Session // nil for a service account
}

// Identify finds out who asks, for [serve.Options]: by a token in the header
// Authorization, or by a session's cookie. A session that has ended is no error: its
// owner is a stranger, who may sign in.
func Identify(door *app.Door) serve.Identify {
	return func(r *http.Request) (context.Context, string, error) {
		ctx := r.Context()
		if shown := r.Header.Get("Authorization"); shown != "" {
			scheme, token, _ := strings.Cut(shown, " ")
			if !strings.EqualFold(scheme, "Bearer") {
				return nil, "", identity.NotKnown("Send Authorization: Bearer and a token.", "the header Authorization is of another scheme")
			}
			who, err := door.WhoHas(ctx, identity.Secret(strings.TrimSpace(token)))
			if err != nil {
				return nil, "", err
			}
			return context.WithValue(ctx, callerKey{}, &caller{who: who}), who.ID, nil
		}
		secret := sessionOf(r)
		if secret == "" {
			return ctx, "", nil
		}
		session, err := door.SessionOf(ctx, secret)
		switch {
		case err == nil:
			return context.WithValue(ctx, callerKey{}, &caller{session.Who, session}), session.Who.ID, nil
		case serve.ProblemOf(err).Type == serve.TypeStranger:
			return ctx, "", nil
		}
		return nil, "", err
	}
}

// sessionOf returns what a request's cookie says is its session.
func sessionOf(r *http.Request) identity.Secret {
	for _, name := range []string{sessionCookie, sessionCookiePlain} {
		if c, err := r.Cookie(name); err == nil && c.Value != "" {
			return identity.Secret(c.Value)
		}
	}
	return ""
}

// callerOf returns who asks; nil for a stranger.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

// whoOf returns who asks, as rights see him. A stranger may do nothing.
func whoOf(ctx context.Context) access.Principal {
	if c := callerOf(ctx); c != nil {
		return c.who
	}
	return access.Principal{}
}

// setSession has a browser keep a session.
func setSession(w http.ResponseWriter, r *http.Request, signed *app.Signed) {
	http.SetCookie(w, cookie(r, signed.Session.Reveal(), int(signed.Until.Time().Unix())))
}

// dropSession has a browser forget its session.
func dropSession(w http.ResponseWriter, r *http.Request) { http.SetCookie(w, cookie(r, "", -1)) }

func cookie(r *http.Request, value string, until int) *http.Cookie {
	c := &http.Cookie{Name: sessionCookiePlain, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: until}
	if serve.Of(r.Context()).Secure {
		c.Name, c.Secure = sessionCookie, true
	}
	if until > 0 {
		c.MaxAge = 0 // it goes with the browser; its end is kept here
	}
	return c
}

// visit is where an attempt to sign in comes from.
func visit(r *http.Request) app.Visit {
	return app.Visit{Address: serve.Of(r.Context()).Client, Agent: r.UserAgent(), Session: sessionOf(r)}
}
