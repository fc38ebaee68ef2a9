package cli

import (
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/span"
)

type tokenCommand struct {
	Issue tokenIssue `cmd:"" help:"Make a token for a service account, such as a supplier's tool."`
	List  tokenList  `cmd:"" help:"List the tokens that are good, without the tokens themselves."`
}

type tokenIssue struct {
	recordFlag
	Account string   `required:"" placeholder:"ID" help:"The service account: lower-case letters, digits and hyphens."`
	Name    string   `required:"" placeholder:"NAME" help:"What this token is for, to tell it from the account's others."`
	Party   string   `required:"" placeholder:"ID" help:"Party on whose behalf the account acts, by its id in the estate."`
	Role    []string `required:"" placeholder:"ROLE,..." help:"Roles that it acts in, such as bridge or analyst."`
	Scope   []string `placeholder:"ACTION,..." help:"Nothing but these is allowed, such as ticket.create. Left out: all that its roles allow."`
	Days    int      `default:"90" placeholder:"N" help:"Days after which it ends, at most 365."`
}

// Help is shown below the command's summary.
func (tokenIssue) Help() string {
	return `The token is printed once, on standard output, and cannot be had again: the record keeps a keyed hash of it. Whoever has it acts as the account: keep it as you keep a password.

Example:

    towerbridge token issue --store towerbridge.db --account fennock-bridge --name tickets --party fennock --role bridge > token
`
}

// Run makes a token.
func (c *tokenIssue) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	door, err := app.NewDoor(r, app.DoorSettings{})
	if err != nil {
		return err
	}
	order := app.NewToken{Account: c.Account, Name: c.Name, Party: c.Party, Until: s.Now() + span.Instant(time.Duration(c.Days)*24*time.Hour/time.Second)}
	for _, role := range c.Role {
		order.Roles = append(order.Roles, access.Role(role))
	}
	for _, action := range c.Scope {
		order.Scopes = append(order.Scopes, access.Action(action))
	}
	token, view, err := door.IssueToken(s.ctx, app.Request{Who: who}, order)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, struct {
			Token string `json:"token"`
			*app.TokenView
		}{token.Reveal(), view})
	}
	s.print("%s\n", token.Reveal())
	return nil
}

type tokenList struct {
	recordFlag
}

// Help is shown below the command's summary.
func (tokenList) Help() string {
	return `Lists each token with its account, party, roles, end and the day of its last use.

Example:

    towerbridge token list --store towerbridge.db
`
}

// Run lists tokens.
func (c *tokenList) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	door, err := app.NewDoor(r, app.DoorSettings{})
	if err != nil {
		return err
	}
	tokens, err := door.Tokens(s.ctx, who)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, tokens)
	}
	var t table
	t.row("account", "name", "party", "roles", "ends", "made by")
	for _, x := range tokens {
		t.row(x.Account, x.Name, x.Party, joined(x.Roles), x.Until.String(), x.By)
	}
	t.write(s.Stdout, "")
	return nil
}

func joined[T ~string](list []T) string {
	out := ""
	for i, x := range list {
		if i > 0 {
			out += ", "
		}
		out += string(x)
	}
	return out
}
