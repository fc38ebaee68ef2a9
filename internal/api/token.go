package api

import (
	"context"
	"net/http"

	"towerbridge/internal/app"
)

const tokenTag = "Tokens"

// tokens adds the operations on the tokens of service accounts.
func (r *registrar) tokens() {
	add(r, operation{
		id: "list-tokens", method: http.MethodGet, path: "/tokens", tag: tokenTag,
		summary: "List tokens", about: "Everything but the tokens themselves, as far as you may know of them.",
	}, r.listTokens)
	add(r, operation{
		id: "issue-token", method: http.MethodPost, path: "/tokens", tag: tokenTag, status: http.StatusCreated,
		summary: "Issue a token", about: "Only this answer holds it; it cannot be had again, not by the same key either (409).", refused: changing,
		body: `{"account": "acme-bridge", "name": "production", "party": "acme", "roles": ["bridge"], "until": "2027-03-01T00:00:00Z"}`,
	}, r.issueToken)
	add(r, operation{
		id: "revoke-token", method: http.MethodDelete, path: "/tokens/{token}", tag: tokenTag, status: http.StatusNoContent,
		summary: "Revoke a token", about: "It ends at once in this process, and within a second in others.", refused: []int{http.StatusConflict},
	}, r.revokeToken)
}

type tokensOutput struct {
	Body struct {
		Tokens []app.TokenView `json:"tokens"`
	}
}

func (a *API) listTokens(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
	list, err := a.Door.Tokens(ctx, whoOf(ctx))
	out := &tokensOutput{}
	out.Body.Tokens = list
	return out, err
}

type issueTokenInput struct {
	Keyed
	Body app.NewToken
}

type issuedToken struct {
	Token string `json:"token,omitempty" doc:"The token. Keep it where nobody else reads it. Not there for a dry run."`
	app.TokenView
}

type issueTokenOutput struct {
	Written
	Location string `header:"Location" doc:"Address of the token."`
	Body     issuedToken
}

func (a *API) issueToken(ctx context.Context, in *issueTokenInput) (*issueTokenOutput, error) {
	secret, view, err := a.Door.IssueToken(ctx, request(ctx, in.Keyed, 0), in.Body)
	if err != nil {
		return nil, err
	}
	return &issueTokenOutput{
		Written: writtenOf(false, in.Dry), Location: Base + "/tokens/" + view.ID,
		Body: issuedToken{secret.Reveal(), *view},
	}, nil
}

type revokeTokenInput struct {
	Token string `path:"token" maxLength:"100" doc:"Id of the token, from the list: not the token itself."`
	Dry   bool   `query:"dry" doc:"Check everything and answer, but keep nothing."`
}

func (a *API) revokeToken(ctx context.Context, in *revokeTokenInput) (*struct{}, error) {
	return nil, a.Door.RevokeToken(ctx, app.Request{Who: whoOf(ctx), Dry: in.Dry}, in.Token)
}
