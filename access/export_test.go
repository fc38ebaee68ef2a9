package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// Whole decides by all policies with the evaluator as it comes, and reports whether the
// schema has such a question. The error says how what the evaluator is told differs from
// the schema.
func (p *Policies) Whole(who Principal, what Action, on Resource) (allowed, legal bool, err error) {
	set := cedar.NewPolicySet()
	for _, one := range p.all {
		set.Add(one.id, one.rule)
	}
	person, resource := who.entity(p.model), on.entity()
	entities := types.EntityMap{person.UID: person, resource.UID: resource}
	for uid, action := range p.model.actions {
		entities[uid] = action
	}
	kind := person
	kind.Attributes = known(kind.Attributes) // kinds of party and visibilities that there are not are the caller's
	for _, e := range []types.Entity{kind, {UID: resource.UID, Attributes: known(resource.Attributes)}} {
		if err := p.model.validator.Entity(e); err != nil {
			return false, false, err
		}
	}
	request := cedar.Request{
		Principal: person.UID, Action: types.NewEntityUID("Action", types.String(what)),
		Resource: resource.UID, Context: p.model.contexts[what],
	}
	verdict, why := cedar.Authorize(set, entities, request)
	return verdict == cedar.Allow && len(why.Errors) == 0, p.model.validator.Request(request) == nil, nil
}

// known replaces values of closed types that there are not by one that there is.
func known(r types.Record) types.Record {
	m := r.Map()
	for name, one := range map[types.String]types.EntityUID{
		"kind": named("PartyKind", "customer"), "visibility": named("Visibility", "public"),
	} {
		if _, is := m[name].(types.EntityUID); is {
			m[name] = one
		}
	}
	return types.NewRecord(m)
}

// ActionsOn returns the actions that are done to such a thing, in the order of Actions.
func ActionsOn(on Resource) []Action {
	m, err := models()
	if err != nil {
		panic(err)
	}
	var out []Action
	for _, a := range actions {
		to := m.schema.Actions[named("Action", string(a))].AppliesTo
		if to != nil && slices.Contains(to.Resources, on.entity().UID.Type) {
			out = append(out, a)
		}
	}
	return out
}

// SchemaActions returns the actions of the schema that are no groups.
func (p *Policies) SchemaActions() []Action {
	var out []Action
	for uid, a := range p.model.schema.Actions {
		if a.AppliesTo != nil {
			out = append(out, Action(uid.ID))
		}
	}
	return out
}
