package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// ServicePrefix is what the ids of service accounts begin with, so that none is taken
// for a person's.
const ServicePrefix = "service/"

// TokenYear is the longest time for which a token is issued.
const TokenYear = 366 * 24 * time.Hour

// tokenStandard is how long a token lasts that is issued without an end.
const tokenStandard = 90 * 24 * time.Hour

// NewToken describes a token that is to be issued. A service account is whatever has
// tokens in its name.
type NewToken struct {
	Account string          `json:"account"`          // such as acme-bridge: lower-case letters, digits, hyphens
	Name    string          `json:"name"`             // what this one is for, to tell it from the account's others
	Party   string          `json:"party"`            // id in the estate
	Roles   []access.Role   `json:"roles"`            // that it acts in
	Scopes  []access.Action `json:"scopes,omitempty"` // nothing else is allowed; empty means all that the roles allow
	Until   span.Instant    `json:"until,omitempty"`  // its end; zero: 90 days from now
}

// TokenView is a token as it may be listed: everything but the token.
type TokenView struct {
	ID string `json:"id"` // a hash: it shows nothing of the token
	NewToken
	Made span.Instant `json:"made"`
	By   string       `json:"by"`             // id of the person who issued it
	Used string       `json:"used,omitempty"` // the day of its last use, in UTC; empty: not yet
}

// tokenData is a token as it is stored.
type tokenData struct {
	NewToken
	Made span.Instant `json:"made"`
	By   string       `json:"by"`
	Used string       `json:"used,omitempty"`
}

// check returns what is wrong with the description of a token.
func (t *NewToken) check(kind estate.PartyKind, now span.Instant) fault.Findings {
	var out fault.Findings
	wrong := func(field, format string, args ...any) {
		out = append(out, ruleToken.At(fault.Position{}, field, format, args...))
	}
	if t.Account == "" || len(t.Account) > 64 || strings.Trim(t.Account, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		wrong("account", "%.64q is not made of at most 64 lower-case letters, digits and hyphens", t.Account)
	}
	if strings.TrimSpace(t.Name) == "" || len(t.Name) > 200 {
		wrong("name", "the token has no name, or one of more than 200 bytes")
	}
	if kind == "" {
		wrong("party", "there is no party %.64q", t.Party)
	}
	if len(t.Roles) == 0 {
		wrong("roles", "the token has no role")
	}
	out = append(append(out, access.Apart(t.Roles, kind)...), access.Scopes(t.Scopes)...)
	if t.Until <= now {
		wrong("until", "the token would end %s, which is past", t.Until)
	} else if t.Until > now+seconds(TokenYear) {
		wrong("until", "the token would last longer than a year, until %s", t.Until)
	}
	return out
}

// IssueToken makes a token for a service account. Only this answer holds it; it cannot
// be had again. Whoever issues it has to have the right to, and to grant each of its
// roles. With q.Dry nothing is made.
func (d *Door) IssueToken(ctx context.Context, q Request, t NewToken) (identity.Secret, *TokenView, error) {
	book, err := d.record.Book(ctx)
	if err != nil {
		return "", nil, err
	}
	now := d.record.Now()
	asked := t
	if t.Until == 0 {
		t.Until = now + seconds(tokenStandard)
	}
	t.Roles, t.Scopes = sorted(t.Roles), sorted(t.Scopes)
	kind := book.Estate.PartyKind(t.Party)
	asker := d.record.Policies.As(q.Who)
	if err := asker.May(access.TokenIssue, access.Token{Account: ServicePrefix + t.Account, Party: t.Party, Kind: kind}).Err(); err != nil {
		return "", nil, err
	}
	if err := t.check(kind, now).Err(); err != nil {
		return "", nil, err
	}
	for _, role := range t.Roles {
		if err := asker.May(access.RoleGrant, access.Grant{Person: ServicePrefix + t.Account, Party: t.Party, Kind: kind, Role: role}).Err(); err != nil {
			return "", nil, err
		}
	}
	secret, id, err := d.mint.New(identity.Token)
	if err != nil {
		return "", nil, err
	}
	data := tokenData{NewToken: t, Made: now, By: q.Who.ID}
	receipt, err := d.record.Ledger.Commit(ctx, &store.Change{
		Who: q.Who.ID, Key: q.Key, Request: digestOf(asked), Dry: q.Dry,
		Put:  []store.Item{{Shelf: store.Tokens, ID: id, Group: t.Party, Sort: t.Account + " " + t.Name, Until: t.Until, Data: writeItem(&data)}},
		Acts: []store.Act{tokenAct("token.issue", id, &data, q.Who.ID)},
	})
	switch {
	case err != nil:
		return "", nil, err
	case receipt.Replayed:
		return "", nil, fault.New(fault.Conflict, "Revoke that one if it was lost, and issue another.", "the token was issued by an earlier request with this key, and is not shown again")
	case q.Dry:
		secret = ""
	}
	return secret, data.view(id), nil
}

// sorted returns a list in order, each once.
func sorted[S ~[]E, E cmp.Ordered](s S) S {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}

func (t *tokenData) view(id string) *TokenView {
	return &TokenView{ID: id, NewToken: t.NewToken, Made: t.Made, By: t.By, Used: t.Used}
}

// tokenAct is an act on a token, by its id.
func tokenAct(act, id string, t *tokenData, by string) store.Act {
	words := func(list []access.Role) string {
		out := make([]string, len(list))
		for i := range list {
			out[i] = string(list[i])
		}
		return strings.Join(out, " ")
	}
	return store.Act{
		ActDraft: journal.ActDraft{Source: Source, Act: act, By: t.Party, Subject: id, Fields: map[string]string{
			"account": t.Account, "roles": words(t.Roles), "until": t.Until.String(),
		}},
		Clear: []store.Clear{{Name: "person", Value: by}},
	}
}

// Tokens returns the tokens that somebody may know of, by account and name. Those that have
// ended are not among them.
func (d *Door) Tokens(ctx context.Context, who access.Principal) ([]TokenView, error) {
	book, err := d.record.Book(ctx)
	if err != nil {
		return nil, err
	}
	asker := d.record.Policies.As(who)
	out := []TokenView{}
	err = d.record.browse(ctx, store.Browse{Shelf: store.Tokens}, func(item store.Item) error {
		var t tokenData
		if err := readItem(item, &t); err != nil {
			return err
		}
		if asker.May(access.TokenRead, t.resource(item.ID, book)).Allowed {
			out = append(out, *t.view(item.ID))
		}
		return nil
	})
	return out, err
}

func (t *tokenData) resource(id string, book *Book) access.Token {
	return access.Token{ID: id, Account: ServicePrefix + t.Account, Party: t.Party, Kind: book.Estate.PartyKind(t.Party)}
}

// RevokeToken ends a token, by its id: at once in this process, within a second in
// others. One that the asker may not know of is not found.
func (d *Door) RevokeToken(ctx context.Context, q Request, id string) error {
	book, err := d.record.Book(ctx)
	if err != nil {
		return err
	}
	missing := fault.New(fault.NotFound, "List the tokens again.", "there is no such token")
	item, err := d.record.Ledger.Get(ctx, store.Tokens, id)
	if isNotFound(err) {
		return missing
	}
	if err != nil {
		return err
	}
	var t tokenData
	if err := readItem(item, &t); err != nil {
		return err
	}
	asker, on := d.record.Policies.As(q.Who), t.resource(id, book)
	if !asker.May(access.TokenRead, on).Allowed {
		return missing
	}
	if err := asker.May(access.TokenRevoke, on).Err(); err != nil {
		return err
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{
		Who: q.Who.ID, Dry: q.Dry,
		Drop: []store.Item{{Shelf: store.Tokens, ID: id, Version: store.AnyVersion}},
		Acts: []store.Act{tokenAct("token.revoke", id, &t, q.Who.ID)},
	})
	d.known.forget()
	return err
}
