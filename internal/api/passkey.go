package api

import (
	"context"
	"encoding/json"
	"net/http"

	"towerbridge/internal/app"
	"towerbridge/internal/identity"
	"towerbridge/span"
)

const signInTag = "Signing in"

// passkeys adds sign-in by passkey, and what its owner does with them. A browser's script
// calls these; see passkey.js.
func (r *registrar) passkeys() {
	add(r, operation{
		id: "begin-passkey-sign-in", method: http.MethodPost, path: "/sign-in/passkey/options", tag: signInTag, open: true,
		summary: "Begin a sign-in by passkey", about: "The options are for navigator.credentials.get; the state comes back with the answer.",
	}, r.beginPasskeySignIn)
	add(r, operation{
		id: "sign-in-by-passkey", method: http.MethodPost, path: "/sign-in/passkey", tag: signInTag, open: true, status: http.StatusNoContent,
		summary: "Sign in by passkey", about: "The answer sets the session's cookie.", refused: changing,
		body: `{"state": "tb_state_...", "answer": {"id": "..."}}`,
	}, r.signInByPasskey)
	add(r, operation{
		id: "list-my-passkeys", method: http.MethodGet, path: "/me/passkeys", tag: meTag,
		summary: "List your passkeys",
	}, r.listPasskeys)
	add(r, operation{
		id: "begin-passkey", method: http.MethodPost, path: "/me/passkeys/options", tag: meTag,
		summary: "Begin to add a passkey", about: "The options are for navigator.credentials.create. It needs a sign-in that is not older than a quarter of an hour.",
	}, r.beginPasskey)
	add(r, operation{
		id: "add-passkey", method: http.MethodPost, path: "/me/passkeys", tag: meTag, status: http.StatusNoContent,
		summary: "Add a passkey", refused: changing, body: `{"state": "tb_state_...", "answer": {"id": "..."}, "name": "Phone"}`,
	}, r.addPasskey)
	add(r, operation{
		id: "remove-passkey", method: http.MethodDelete, path: "/me/passkeys/{passkey}", tag: meTag, status: http.StatusNoContent,
		summary: "Remove a passkey", about: "Not the last one, where you could not sign in any more without it.", refused: []int{http.StatusConflict},
	}, r.removePasskey)
}

type ceremonyOutput struct {
	Body struct {
		Options json.RawMessage `json:"options" doc:"For the browser's navigator.credentials, as JSON."`
		State   string          `json:"state" doc:"Give it back with the answer, once."`
	}
}

func ceremony(c *app.Ceremony, err error) (*ceremonyOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &ceremonyOutput{}
	out.Body.Options, out.Body.State = c.Options, c.State.Reveal()
	return out, nil
}

// passkeyAnswer is what a device has answered.
type passkeyAnswer struct {
	State  string          `json:"state" maxLength:"200" doc:"From the options."`
	Answer json.RawMessage `json:"answer" doc:"The credential, as its toJSON gives it."`
	Name   string          `json:"name,omitempty" maxLength:"100" doc:"What its owner calls it; of one that is added."`
}

func (p *passkeyAnswer) answer() app.PasskeyAnswer {
	return app.PasskeyAnswer{State: identity.Secret(p.State), Answer: p.Answer, Name: p.Name}
}

type visitInput struct{ Request }

func (a *API) beginPasskeySignIn(ctx context.Context, in *visitInput) (*ceremonyOutput, error) {
	return ceremony(a.Door.BeginPasskeySignIn(ctx, visit(in.http)))
}

type passkeySignInInput struct {
	Request
	Body passkeyAnswer
}

type sessionOutput struct {
	Cookie string `header:"Set-Cookie" doc:"The session."`
}

func (a *API) signInByPasskey(ctx context.Context, in *passkeySignInInput) (*sessionOutput, error) {
	signed, err := a.Door.PasskeySignIn(ctx, in.Body.answer(), visit(in.http))
	if err != nil {
		return nil, err
	}
	return &sessionOutput{cookie(in.http, signed.Session.Reveal(), int(signed.Until.Time().Unix())).String()}, nil
}

type passkeyView struct {
	ID    string        `json:"id"`
	Name  string        `json:"name,omitempty"`
	Added span.Instant  `json:"added"`
	Used  *span.Instant `json:"used,omitempty"`
}

type passkeysOutput struct {
	Body struct {
		Passkeys []passkeyView `json:"passkeys"`
	}
}

func (a *API) listPasskeys(ctx context.Context, _ *struct{}) (*passkeysOutput, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	list, err := a.Door.Passkeys(ctx, s)
	out := &passkeysOutput{}
	out.Body.Passkeys = []passkeyView{}
	for _, p := range list {
		view := passkeyView{ID: p.ID, Name: p.Name, Added: p.Added}
		if p.Used != 0 {
			view.Used = &p.Used
		}
		out.Body.Passkeys = append(out.Body.Passkeys, view)
	}
	return out, err
}

func (a *API) beginPasskey(ctx context.Context, _ *struct{}) (*ceremonyOutput, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	return ceremony(a.Door.BeginPasskey(ctx, s))
}

type addPasskeyInput struct{ Body passkeyAnswer }

func (a *API) addPasskey(ctx context.Context, in *addPasskeyInput) (*struct{}, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	return nil, a.Door.FinishPasskey(ctx, s, in.Body.answer())
}

type removePasskeyInput struct {
	Passkey string `path:"passkey" maxLength:"2000" doc:"Id of the passkey, from the list."`
}

func (a *API) removePasskey(ctx context.Context, in *removePasskeyInput) (*struct{}, error) {
	s, err := ownSession(ctx)
	if err != nil {
		return nil, err
	}
	return nil, a.Door.RemovePasskey(ctx, s, in.Passkey)
}
