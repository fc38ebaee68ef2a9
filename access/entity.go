package access

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/cedar-policy/cedar-go/types"
)

// What follows writes principals and resources in the words of the policies' schema.
// An empty name is no name: it is left out of sets, and equals nobody's but an empty one,
// which everybody/known forbids to ask.

func named(kind types.EntityType, id string) types.EntityUID {
	return types.EntityUID{Type: kind, ID: types.String(id)}
}

func party(id string) types.Value  { return named("Party", id) }
func person(id string) types.Value { return named("Person", id) }

func set(kind types.EntityType, ids []string) types.Set {
	if len(ids) == 0 {
		return types.Set{}
	}
	values := make([]types.Value, 0, len(ids))
	for _, id := range ids {
		if id != "" {
			values = append(values, named(kind, id))
		}
	}
	return types.NewSet(values...)
}

func entity(uid types.EntityUID, attributes types.RecordMap) types.Entity {
	return types.Entity{UID: uid, Attributes: types.NewRecord(attributes)}
}

// entity returns somebody, in the roles that the model says.
func (who *Principal) entity(m *model) types.Entity {
	held := 0
	for _, r := range who.Roles {
		if at := slices.Index(roles, r); at >= 0 {
			held |= 1 << at
		}
	}
	return types.Entity{UID: named("Person", who.ID), Parents: m.parents[held], Attributes: m.likes.attributes(who)}
}

// likes keeps the attributes of people by all that they are made of: they do not name
// the person, so that the people of a party mostly have the same.
type likes struct {
	known sync.Map // like to types.Record
	many  atomic.Int64
}

type like struct {
	party, kind, manages, clearances, scopes string
	service                                  bool
}

const mostLikes = 10_000 // more are made each time anew

func (l *likes) attributes(who *Principal) types.Record {
	key := like{
		who.Party, string(who.Kind), joined(who.Manages), joined(who.Clearances), joined(who.Scopes), who.Service,
	}
	if r, ok := l.known.Load(key); ok {
		return r.(types.Record)
	}
	r := types.NewRecord(types.RecordMap{
		"party":      party(who.Party),
		"kind":       named("PartyKind", string(who.Kind)),
		"manages":    set("Tower", who.Manages),
		"clearances": set("DataClass", who.Clearances),
		"service":    types.Boolean(who.Service),
		"scopes":     scopes(who.Scopes),
	})
	if l.many.Add(1) <= mostLikes {
		l.known.Store(key, r)
	}
	return r
}

// joined writes a list in a way that no other list is written.
func joined[S ~string](list []S) string {
	if len(list) == 0 {
		return ""
	}
	out := make([]byte, 0, 128)
	for _, s := range list {
		out = append(append(strconv.AppendInt(out, int64(len(s)), 10), ':'), s...)
	}
	return string(out)
}

func scopes(list []Action) types.Set {
	if len(list) == 0 {
		return types.Set{}
	}
	values := make([]types.Value, len(list))
	for i, s := range list {
		values[i] = types.String(s)
	}
	return types.NewSet(values...)
}

// attributes returns what tickets and notes have in common.
func (t *Ticket) attributes() types.RecordMap {
	parties := t.Parties
	if !slices.Contains(parties, t.Holder) {
		parties = append(parties[:len(parties):len(parties)], t.Holder)
	}
	return types.RecordMap{
		"holder":        party(t.Holder),
		"parties":       set("Party", parties),
		"service":       named("Service", t.Service),
		"tower":         named("Tower", t.Tower),
		"dataClass":     named("DataClass", t.DataClass),
		"restricted":    types.Boolean(t.Restricted),
		"reporter":      person(t.Reporter),
		"reporterParty": party(t.ReporterParty),
	}
}

func (t Ticket) entity() types.Entity { return entity(named("Ticket", t.ID), t.attributes()) }

func (n Note) entity() types.Entity {
	visibility := n.Visibility
	if visibility == "" {
		visibility = "public"
	}
	attributes := n.Ticket.attributes()
	attributes["writer"] = party(n.Party)
	attributes["visibility"] = named("Visibility", visibility)
	return entity(named("Note", n.Ticket.ID), attributes)
}

func sides(supplier, customer, integrator string) types.RecordMap {
	return types.RecordMap{"supplier": party(supplier), "customer": party(customer), "integrator": party(integrator)}
}

func (f Figure) entity() types.Entity {
	attributes := sides(f.Supplier, f.Customer, f.Integrator)
	attributes["towers"] = set("Tower", f.Towers)
	return entity(named("Figure", f.Contract), attributes)
}

func (c Contract) entity() types.Entity {
	attributes := sides(c.Supplier, c.Customer, c.Integrator)
	attributes["towers"] = set("Tower", c.Towers)
	return entity(named("Contract", c.ID), attributes)
}

func (d Document) entity() types.Entity {
	attributes := sides(d.Supplier, d.Customer, d.Integrator)
	attributes["kind"] = types.String(d.Kind)
	return entity(named("Document", d.ID), attributes)
}

func (Estate) entity() types.Entity { return entity(named("Estate", ""), nil) }

func (p Person) entity() types.Entity {
	return entity(named("Entry", p.ID), types.RecordMap{
		"person": person(p.ID), "party": party(p.Party), "kind": named("PartyKind", string(p.Kind)),
	})
}

func (a Asset) entity() types.Entity {
	return entity(named("Asset", a.ID), types.RecordMap{"user": person(a.User)})
}

func (g Grant) entity() types.Entity {
	return entity(named("Grant", ""), types.RecordMap{
		"person": person(g.Person), "party": party(g.Party),
		"kind": named("PartyKind", string(g.Kind)), "role": named("Role", string(g.Role)),
	})
}

func (t Token) entity() types.Entity {
	return entity(named("Token", t.ID), types.RecordMap{
		"party": party(t.Party), "kind": named("PartyKind", string(t.Kind)),
	})
}

func (Record) entity() types.Entity { return entity(named("Record", ""), nil) }
