package access

import (
	"embed"
	"encoding/json"
	"sync"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"towerbridge/fault"
)

//go:embed policies
var shipped embed.FS

// model is what the policies speak about: the schema, and what follows from it.
type model struct {
	schema    *resolved.Schema
	validator *validate.Validator
	actions   types.EntityMap             // with all groups that they are in
	contexts  map[Action]types.Record     // by what is asked
	parents   []types.EntityUIDSet        // by roles held, a bit each: they, and all that they are kinds of
	likes     likes                       // attributes of people
	names     map[types.EntityUID]bool    // of types whose ids are known beforehand
	closed    map[types.EntityType]string // those types, with what their ids are in words
}

// models makes the model once: it is the same for everybody.
var models = sync.OnceValues(newModel)

func newModel() (*model, error) {
	m := &model{
		contexts: map[Action]types.Record{},
		names:    map[types.EntityUID]bool{}, closed: map[types.EntityType]string{"Role": "role"},
	}
	text, err := shipped.ReadFile("policies/schema.cedarschema")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the schema of the policies is missing")
	}
	var s schema.Schema
	s.SetFilename("schema.cedarschema")
	if err = s.UnmarshalCedar(text); err == nil {
		m.schema, err = s.Resolve()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the schema of the policies cannot be read")
	}
	m.validator = validate.New(m.schema)
	m.actions = types.EntityMap{}
	for uid := range m.schema.Actions {
		m.actions[uid] = types.Entity{UID: uid, Parents: types.NewEntityUIDSet(m.groups(uid)...)}
		if a := Action(uid.ID); a.Known() {
			m.contexts[a] = types.NewRecord(types.RecordMap{"action": uid.ID})
		}
	}
	for name, enum := range m.schema.Enums {
		m.closed[name] = "value"
		for _, uid := range enum.Values {
			m.names[uid] = true
		}
	}
	return m, m.readRoles()
}

// groups returns the groups that an action is in, and those that they are in.
func (m *model) groups(action types.EntityUID) []types.EntityUID {
	var out []types.EntityUID
	for parent := range m.schema.Actions[action].Entity.Parents.All() {
		out = append(append(out, parent), m.groups(parent)...)
	}
	return out
}

func (m *model) readRoles() error {
	text, err := shipped.ReadFile("policies/roles.json")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the roles of the policies are missing")
	}
	var all types.EntityMap
	if err := json.Unmarshal(text, &all); err != nil {
		return fault.Wrap(fault.Internal, err, "the roles of the policies cannot be read")
	}
	if err := m.validator.Entities(all); err != nil {
		return fault.Wrap(fault.Internal, err, "the roles of the policies are not as the schema says")
	}
	for uid := range all {
		m.names[uid] = true
	}
	for held := range 1 << len(roles) {
		var parents []types.EntityUID
		for at, r := range roles {
			if held>>at&1 == 1 {
				parents = append(parents, kinds(all, named("Role", string(r)))...)
			}
		}
		m.parents = append(m.parents, types.NewEntityUIDSet(parents...))
	}
	return nil
}

// kinds returns a role and all that it is a kind of.
func kinds(all types.EntityMap, uid types.EntityUID) []types.EntityUID {
	out := []types.EntityUID{uid}
	for parent := range all[uid].Parents.All() {
		out = append(out, kinds(all, parent)...)
	}
	return out
}

// scene is who and what a decision is about, as the evaluator asks for it.
type scene struct {
	person, resource types.Entity
	actions          types.EntityMap
}

// Get returns an entity by its id.
func (s *scene) Get(uid types.EntityUID) (types.Entity, bool) {
	switch uid {
	case s.person.UID:
		return s.person, true
	case s.resource.UID:
		return s.resource, true
	}
	if uid.Type != "Action" {
		return types.Entity{}, false
	}
	e, ok := s.actions[uid]
	return e, ok
}
