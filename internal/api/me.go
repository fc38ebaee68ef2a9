package api

import (
	"context"
	"net/http"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
	"towerbridge/span"
)

const meTag = "Me"

// me adds what a caller may ask about himself.
func (r *registrar) me() {
	add(r, operation{
		id: "read-me", method: http.MethodGet, path: "/me", tag: meTag,
		summary: "Read who you are to the record",
	}, r.readMe)
	add(r, operation{
		id: "list-my-sessions", method: http.MethodGet, path: "/me/sessions", tag: meTag,
		summary: "List your sessions", about: "The latest first.",
	}, r.listSessions)
	add(r, operation{
		id: "end-my-session", method: http.MethodDelete, path: "/me/sessions/{session}", tag: meTag, status: http.StatusNoContent,
		summary: "End one of your sessions",
	}, r.endSession)
	add(r, operation{
		id: "change-my-password", method: http.MethodPut, path: "/me/password", tag: meTag, status: http.StatusNoContent,
		summary: "Change your password", about: "Your other sessions end.", refused: changing,
		body: `{"old": "four plain words here", "new": "other plain words there"}`,
	}, r.changePassword)
}

type meOutput struct {
	Body struct {
		ID         string           `json:"id"`
		Name       string           `json:"name,omitempty"`
		Party      string           `json:"party"`
		Kind       estate.PartyKind `json:"kind,omitempty" doc:"Part that the party has in the estate: customer, integrator or supplier."`
		Roles      []access.Role    `json:"roles"`
		Manages    []string         `json:"manages,omitempty" doc:"Towers that your party manages for the customer, beside its own."`
		Clearances []string         `json:"clearances,omitempty" doc:"Data classes that you are cleared for."`
		Service    bool             `json:"service" doc:"You are a service account."`
		Scopes     []access.Action  `json:"scopes,omitempty" doc:"Nothing else is allowed to your token."`
		Session    *sessionAnswer   `json:"session,omitempty"`
	}
}

type sessionAnswer struct {
	ID      string       `json:"id"`
	Method  string       `json:"method" doc:"password, passkey, provider or link."`
	Made    span.Instant `json:"made"`
	Used    span.Instant `json:"used"`
	End     span.Instant `json:"end" doc:"The latest end."`
	Address string       `json:"address,omitempty"`
	Agent   string       `json:"agent,omitempty" doc:"The browser, as it calls itself."`
}

func sessionAnswerOf(s *app.Session) *sessionAnswer {
	return &sessionAnswer{s.ID, s.Method, s.Made, s.Used, s.End, s.Address, s.Agent}
}

func (a *API) readMe(ctx context.Context, _ *struct{}) (*meOutput, error) {
	c := callerOf(ctx)
	who, out := c.who, &meOutput{}
	b := &out.Body
	b.ID, b.Name, b.Party, b.Kind, b.Manages, b.Clearances, b.Service, b.Scopes = who.ID, who.Name, who.Party, who.Kind, who.Manages, who.Clearances, who.Service, who.Scopes
	b.Roles = append([]access.Role{}, who.Roles...)
	if c.session != nil {
		b.Session = sessionAnswerOf(c.session)
	}
	return out, nil
}

// ownSession returns the caller's session: a service account has none.
func ownSession(ctx context.Context) (*app.Session, error) {
	if s := callerOf(ctx).session; s != nil {
		return s, nil
	}
	return nil, fault.New(fault.Denied, "Sign in with a browser.", "a service account has no sessions")
}

type sessionsOutput struct {
	Body struct {
		Sessions []*sessionAnswer `json:"sessions"`
	}
}

func (a *API) listSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	list, err := a.Door.OwnSessions(ctx, s)
	out := &sessionsOutput{}
	out.Body.Sessions = []*sessionAnswer{}
	for i := range list {
		out.Body.Sessions = append(out.Body.Sessions, sessionAnswerOf(&list[i]))
	}
	return out, err
}

type endSessionInput struct {
	Session string `path:"session" maxLength:"100" doc:"Id of the session, from the list."`
}

func (a *API) endSession(ctx context.Context, in *endSessionInput) (*struct{}, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	return nil, a.Door.EndSession(ctx, s, in.Session)
}

type changePasswordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"256" doc:"The password that you have. It may be empty just after a sign-in by another way."`
		New string `json:"new" maxLength:"256" doc:"The password that you want."`
	}
}

func (a *API) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	from := app.Visit{Address: serve.Of(ctx).Client}
	return nil, a.Door.ChangePassword(ctx, s, identity.Secret(in.Body.Old), identity.Secret(in.Body.New), from)
}
