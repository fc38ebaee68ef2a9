package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// Findings about what people and programs ask for at the door.
var (
	ruleSignInName = fault.Declare(2221, "the sign-in name cannot be used",
		"Give a name of 3 to 200 characters without spaces, such as an address.")
	ruleNewcomer = fault.Declare(2222, "something is missing to make the account",
		"Give what the message names.")
	ruleToken = fault.Declare(2223, "the token cannot be issued as it is described",
		"Give an account, a name, a party of the estate, roles, and an end within a year.")
	ruleProviderRole = fault.Declare(2224, "a sign-in provider gives a role that there is not",
		"Use the names of roles: officer, agent, manager, analyst, commercial, assurance, administrator.")
)

// Door is where people and programs show who they are to a record, and are told from
// strangers afterwards:
//
//	password ──┐
//	passkey ───┼─▶ Signed, a session ──▶ SessionOf ─┐
//	provider ──┤                                    ├─▶ access.Principal
//	link ──────┘      token of a program ─▶ WhoHas ─┘
//
// Only hashes of what is handed out are stored. Whoever leaves the directory, or is no
// longer active in it, is a stranger within a second, whatever he holds; so is the
// bearer of a token that was revoked, in every process. The journal says in sum who came
// in and how often somebody was refused, and each change of an account or token.
//
// A Door may be used from many goroutines.
type Door struct {
	record    *Record
	settings  DoorSettings
	mint      *identity.Mint
	hasher    *identity.Hasher
	passkeys  *identity.Passkeys // nil where the site cannot have any
	providers []*identity.Provider
	addresses *identity.Limits // attempts by address
	names     *identity.Limits // attempts by sign-in name
	known     knownCache
	log       *slog.Logger
}

// DoorSettings says how a door is kept. The zero value of each is the standard.
type DoorSettings struct {
	Site      string        // what the site is called where people look after their passkeys; Towerbridge
	Origin    string        // at which browsers find the site, such as https://desk.example.org; without one there are no passkeys
	Idle      time.Duration // after which a session that is not used ends; 30 minutes
	Longest   time.Duration // that a session lasts; 12 hours
	LinkLasts time.Duration // how long a one-time link may wait for its reader; 24 hours
	Cost      identity.Cost // of a password's hash
	Hashing   int           // how many passwords are hashed at once; one for each processor
	Providers []identity.ProviderConfig
	Transport http.RoundTripper // to the providers
	Log       *slog.Logger      // of what was refused; none
}

// Attempts to sign in that are allowed: from an address, behind which there may be an
// office, and by a name.
var (
	addressRate = identity.Rate{Burst: 60, Every: 2 * time.Second}
	nameRate    = identity.Rate{Burst: 10, Every: 10 * time.Second}
)

// limitedKeys is how many addresses, and how many names, are kept in mind.
const limitedKeys = 100_000

// NewDoor returns the door of a record. The error is fault.Findings where the settings
// do not hold.
func NewDoor(r *Record, s DoorSettings) (*Door, error) {
	s = s.standard()
	d := &Door{
		record: r, settings: s, log: s.Log,
		addresses: identity.NewLimits(addressRate, limitedKeys), names: identity.NewLimits(nameRate, limitedKeys),
	}
	var err error
	if d.mint, err = identity.NewMint(r.Ledger.Derive("identity"), r.Random); err != nil {
		return nil, err
	}
	if d.hasher, err = identity.NewHasher(r.Random, s.Cost, s.Hashing); err != nil {
		return nil, err
	}
	if s.Origin != "" {
		if d.passkeys, err = identity.NewPasskeys(s.Site, s.Origin); err != nil {
			return nil, err
		}
	}
	var findings fault.Findings
	for _, c := range s.Providers {
		p, err := identity.NewProvider(c, s.Transport)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(d.providers, func(o *identity.Provider) bool { return o.ID() == p.ID() }) {
			return nil, fault.New(fault.Invalid, "Give each its own.", "two sign-in providers are called %s", p.ID())
		}
		findings = append(findings, strangeRoles(c)...)
		d.providers = append(d.providers, p)
	}
	return d, findings.Err()
}

func (s DoorSettings) standard() DoorSettings {
	if s.Site == "" {
		s.Site = "Towerbridge"
	}
	if s.Idle <= 0 {
		s.Idle = 30 * time.Minute
	}
	if s.Longest <= 0 {
		s.Longest = 12 * time.Hour
	}
	if s.LinkLasts <= 0 {
		s.LinkLasts = 24 * time.Hour
	}
	if s.Cost == (identity.Cost{}) {
		s.Cost = identity.StandardCost
	}
	if s.Hashing <= 0 {
		s.Hashing = runtime.GOMAXPROCS(0)
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return s
}

// strangeRoles returns the roles of a provider's claims that there are not.
func strangeRoles(c identity.ProviderConfig) (out fault.Findings) {
	for value, roles := range c.Claims.Grants {
		for _, role := range roles {
			if !access.Role(role).Known() || access.Role(role) == access.Bridge {
				out = append(out, ruleProviderRole.At(fault.Position{}, "claims.grants", "%s: the value %q gives the role %q, which no person has", c.ID, value, role))
			}
		}
	}
	out.Sort()
	return out
}

// Visit is where an attempt to sign in comes from.
type Visit struct {
	Address netip.Addr
	Agent   string          // the browser, as it calls itself
	Session identity.Secret // that the browser has from before: it ends when a new one begins
}

// Signed is somebody who has signed in.
type Signed struct {
	Session identity.Secret // for the browser, and nobody else
	Until   span.Instant    // the latest end of the session
	Person  string
	Name    string
}

// The ways of signing in, as the journal and a person's list of sessions call them.
const (
	byPassword = "password"
	byPasskey  = "passkey"
	byProvider = "provider"
	byLink     = "link"
)

// admit lets a person in, who has shown who he is: it makes the session, together with
// what else is to change, or nothing. Alter may add to the change; it is called again
// when somebody else's change of the account came between.
func (d *Door) admit(ctx context.Context, p *directory.Person, method string, v Visit, alter func(*account, *store.Change) error) (*Signed, error) {
	who, err := d.principal(ctx, p)
	if err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		a, err := d.account(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		change := &store.Change{Who: p.ID}
		if alter != nil {
			if err := alter(a, change); err != nil {
				return nil, err
			}
		}
		now := d.record.Now()
		if act, first := a.signedIn(now, method, p.Party); first {
			change.Acts = append(change.Acts, act)
		}
		change.Put = append(change.Put, a.put())
		signed, item, err := d.newSession(p.ID, method, v, now)
		if err != nil {
			return nil, err
		}
		change.Put = append(change.Put, item)
		if id, err := d.mint.ID(identity.Session, v.Session); err == nil {
			change.Drop = append(change.Drop, store.Item{Shelf: store.Sessions, ID: id, Version: store.AnyVersion})
		}
		_, err = d.record.Ledger.Commit(ctx, change)
		if err == nil {
			d.known.forget()
			signed.Name = who.Name
			return signed, nil
		}
		if fault.KindOf(err) != fault.Conflict || n == attempts {
			return nil, err
		}
	}
}

// principal returns who a person is now. The error is a refusal where he does not
// belong to the estate, or no longer.
func (d *Door) principal(ctx context.Context, p *directory.Person) (access.Principal, error) {
	now := d.record.Now()
	who := access.Principal{ID: p.ID, Name: p.Name, Party: p.Party, Roles: p.Roles, Clearances: p.Clearances}
	book, err := d.record.Book(ctx)
	today := span.DateIn(now, time.UTC)
	switch {
	case err == nil:
		who, today = book.Principal(who, now), book.today(now)
	case !isNotFound(err):
		return who, err
	case p.Has(access.Administrator):
		who.Kind = estate.Customer // before there is an estate, somebody has to put one into the record
	}
	if !p.Present(today) {
		return who, identity.NotKnown("Ask an administrator of your party.", "%s is not active here", p.ID)
	}
	return who, apart(who.Roles, who.Kind)
}

// apart is the refusal at the door of roles that one person of a party may not have.
func apart(held []access.Role, kind estate.PartyKind) error {
	found := access.Apart(held, kind)
	if len(found) == 0 {
		return nil
	}
	return fault.New(fault.Denied, found[0].Fix(), "nobody comes in with these roles: %s", found[0].Message)
}

// aboutPerson is an act on the account of a person, by himself where by is empty.
func aboutPerson(act, party, by, person string, fields map[string]string) store.Act {
	clear := []store.Clear{{Name: "person", Value: by}, {Name: "subject", Value: person}}
	if by == "" || by == person {
		clear = []store.Clear{{Name: "person", Value: person}}
	}
	return store.Act{ActDraft: journal.ActDraft{Source: Source, Act: act, By: party, Fields: fields}, Clear: clear}
}
