package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// Session is the time that somebody is signed in, in one browser. It ends when it is
// not used for a while, after its longest time, when its owner ends it or changes the
// password, and when he leaves.
type Session struct {
	ID      string           // a hash: it shows nothing of the secret
	Who     access.Principal // with the rights of this moment
	Method  string           // password, passkey, provider, link
	Made    span.Instant
	Used    span.Instant // to within a sixth of the idle time
	End     span.Instant // the latest
	Address string       // that it was made from
	Agent   string
}

// sessionData is a session as it is stored.
type sessionData struct {
	Person  string       `json:"person"`
	Method  string       `json:"method"`
	Made    span.Instant `json:"made"`
	Used    span.Instant `json:"used"`
	End     span.Instant `json:"end"`
	Address string       `json:"address,omitempty"`
	Agent   string       `json:"agent,omitempty"`
}

// freshFor is how long after a sign-in somebody may change how he signs in.
const freshFor = 15 * time.Minute

// newSession makes a session's secret and the item that it is kept in.
func (d *Door) newSession(person, method string, v Visit, now span.Instant) (*Signed, store.Item, error) {
	secret, id, err := d.mint.New(identity.Session)
	if err != nil {
		return nil, store.Item{}, err
	}
	s := sessionData{
		Person: person, Method: method, Made: now, Used: now, End: now + seconds(d.settings.Longest),
		Agent: identity.Scrub(v.Agent[:min(len(v.Agent), 200)]),
	}
	if v.Address.IsValid() {
		s.Address = v.Address.Unmap().String()
	}
	return &Signed{Session: secret, Until: s.End, Person: person}, d.sessionItem(id, &s, 0), nil
}

// sessionItem keeps a session until it has not been used for the idle time.
func (d *Door) sessionItem(id string, s *sessionData, version int64) store.Item {
	return store.Item{
		Shelf: store.Sessions, ID: id, Group: s.Person, Sort: s.Made.String(), Version: version,
		Until: min(s.End, s.Used+seconds(d.settings.Idle)), Data: writeItem(s),
	}
}

func seconds(d time.Duration) span.Instant { return span.Instant(d / time.Second) }

// SessionOf returns the session of a secret. The error has [identity.ErrNotKnown] in
// its chain where there is none, or none any more.
func (d *Door) SessionOf(ctx context.Context, secret identity.Secret) (*Session, error) {
	id, err := d.mint.ID(identity.Session, secret)
	if err != nil {
		return nil, err
	}
	now := d.record.Now()
	kept, turn := d.known.get(id, now)
	if kept != nil {
		s := *kept.session
		return &s, nil
	}
	item, err := d.record.Ledger.Get(ctx, store.Sessions, id)
	if isNotFound(err) {
		return nil, identity.NotKnown("Sign in again.", "the session has ended")
	}
	if err != nil {
		return nil, err
	}
	var data sessionData
	if err := readItem(item, &data); err != nil {
		return nil, err
	}
	who, err := d.present(ctx, data.Person)
	if errors.Is(err, identity.ErrNotKnown) {
		d.drop(ctx, item)
	}
	if err != nil {
		return nil, err
	}
	s := data.session(id, who)
	if now-data.Used >= seconds(d.settings.Idle)/6 {
		d.touch(ctx, item, &data, now)
	}
	kept = &known{session: new(Session)}
	*kept.session = *s
	d.known.put(id, turn, kept)
	return s, nil
}

func (s *sessionData) session(id string, who access.Principal) *Session {
	return &Session{ID: id, Who: who, Method: s.Method, Made: s.Made, Used: s.Used, End: s.End, Address: s.Address, Agent: s.Agent}
}

// present returns who a person is, if he is there.
func (d *Door) present(ctx context.Context, person string) (access.Principal, error) {
	p, err := d.record.person(ctx, person)
	if isNotFound(err) {
		return access.Principal{}, identity.NotKnown("Ask an administrator of your party.", "nobody is called %s here", person)
	}
	if err != nil {
		return access.Principal{}, err
	}
	return d.principal(ctx, p)
}

// drop takes away the session of somebody who is gone, so that it is not there again
// when he comes back. That it could not be is no reason to fail: he is refused anyway.
func (d *Door) drop(ctx context.Context, item store.Item) {
	_, err := d.record.Ledger.Commit(ctx, &store.Change{Drop: []store.Item{{Shelf: item.Shelf, ID: item.ID, Version: store.AnyVersion}}})
	if err != nil {
		d.log.WarnContext(ctx, "a session could not be ended", "error", err)
	}
}

// touch notes that a session is used. Somebody who reads is not kept from it because
// this cannot be written; that another request has noted it is no failure.
func (d *Door) touch(ctx context.Context, item store.Item, s *sessionData, now span.Instant) {
	s.Used = now
	_, err := d.record.Ledger.Commit(ctx, &store.Change{Put: []store.Item{d.sessionItem(item.ID, s, item.Version)}})
	if err != nil && fault.KindOf(err) != fault.Conflict {
		d.log.WarnContext(ctx, "the use of a session could not be noted", "error", err)
	}
}

// fresh reports whether a session was made just now, as an error if not.
func (d *Door) fresh(s *Session) error {
	if d.record.Now()-s.Made > seconds(freshFor) {
		return identity.NotKnown("Sign in again, then retry.", "this needs a sign-in that is not older than %d minutes", freshFor/time.Minute)
	}
	return nil
}

// OwnSessions returns the sessions of somebody who is signed in, the latest first.
func (d *Door) OwnSessions(ctx context.Context, s *Session) ([]Session, error) {
	var out []Session
	err := d.record.browse(ctx, store.Browse{Shelf: store.Sessions, Group: &s.Who.ID}, func(item store.Item) error {
		var data sessionData
		if err := readItem(item, &data); err != nil {
			return err
		}
		out = append(out, *data.session(item.ID, s.Who))
		return nil
	})
	slices.Reverse(out)
	return out, err
}

// SignOut ends a session. One that is not there is no error.
func (d *Door) SignOut(ctx context.Context, secret identity.Secret) error {
	id, err := d.mint.ID(identity.Session, secret)
	if err != nil {
		return nil
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{Drop: []store.Item{{Shelf: store.Sessions, ID: id, Version: store.AnyVersion}}})
	d.known.forget()
	return err
}

// EndSession ends another of one's own sessions, by its id. The error is NotFound where there is
// no such session of one's own.
func (d *Door) EndSession(ctx context.Context, s *Session, id string) error {
	item, err := d.record.Ledger.Get(ctx, store.Sessions, id)
	if err != nil && !isNotFound(err) {
		return err
	}
	if err != nil || item.Group != s.Who.ID {
		return fault.New(fault.NotFound, "List your sessions again.", "you have no such session")
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{Who: s.Who.ID, Drop: []store.Item{{Shelf: store.Sessions, ID: id, Version: store.AnyVersion}}})
	d.known.forget()
	return err
}

// EndSessions ends all sessions of a person, for somebody who may change the directory,
// and returns how many there were.
func (d *Door) EndSessions(ctx context.Context, q Request, person string) (int, error) {
	p, err := d.administered(ctx, q, person)
	if err != nil {
		return 0, err
	}
	change := &store.Change{Who: q.Who.ID, Dry: q.Dry}
	n, err := d.endAll(ctx, person, "", change)
	if err != nil || n == 0 {
		return n, err
	}
	change.Acts = []store.Act{aboutPerson("session.end", p.Party, q.Who.ID, person, map[string]string{"sessions": count(n)})}
	_, err = d.record.Ledger.Commit(ctx, change)
	d.known.forget()
	return n, err
}

// endAll adds to a change the end of all sessions of a person but one, and returns how
// many those are.
func (d *Door) endAll(ctx context.Context, person, but string, change *store.Change) (int, error) {
	n := 0
	err := d.record.browse(ctx, store.Browse{Shelf: store.Sessions, Group: &person, NoData: true}, func(item store.Item) error {
		if item.ID != but {
			change.Drop = append(change.Drop, store.Item{Shelf: store.Sessions, ID: item.ID, Version: store.AnyVersion})
			n++
		}
		return nil
	})
	return n, err
}
