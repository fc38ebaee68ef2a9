package access

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// policy is one permit or forbid.
type policy struct {
	id       cedar.PolicyID
	sentence string
	own      bool // of the organisation; else shipped
	rule     *cedar.Policy
	written  written
}

// written is a policy in Cedar's JSON form, which says as data what the text says.
type written struct {
	Effect     string      `json:"effect"`
	Principal  scope       `json:"principal"`
	Action     scope       `json:"action"`
	Resource   scope       `json:"resource"`
	Conditions []condition `json:"conditions"`
}

// scope is a part of a policy's head: All, ==, in or is.
type scope struct {
	Op       string      `json:"op"`
	Entity   *entityID   `json:"entity"`
	Entities []entityID  `json:"entities"`
	Type     string      `json:"entity_type"`
	In       *scopeOfTyp `json:"in"`
}

// scopeOfTyp is the second half of "is T in E".
type scopeOfTyp struct {
	Entity entityID `json:"entity"`
}

type entityID struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func (e entityID) uid() types.EntityUID { return named(types.EntityType(e.Type), e.ID) }

type condition struct {
	Kind string `json:"kind"` // when, unless
	Body any    `json:"body"`
}

func newPolicy(rule *cedar.Policy, own bool) (*policy, error) {
	notes := rule.Annotations()
	p := &policy{id: cedar.PolicyID(notes["id"]), sentence: string(notes["reason"]), own: own, rule: rule}
	text, err := rule.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(text, &p.written)
	}
	return p, err
}

// entities returns the entities that a part of the head names.
func (s *scope) entities() []entityID {
	out := slices.Clone(s.Entities)
	if s.Entity != nil {
		out = append(out, *s.Entity)
	}
	if s.In != nil {
		out = append(out, s.In.Entity)
	}
	return out
}

// reaches reports whether a policy's head leaves it open that the policy has a say on an
// action done to something of a type. The evaluator judges the head again.
func (p *policy) reaches(m *model, action types.EntityUID, kind types.EntityType) bool {
	if r := p.written.Resource; r.Op == "is" && r.Type != string(kind) || r.Op == "==" && r.Entity.Type != string(kind) {
		return false
	}
	if p.written.Action.Op == "All" {
		return true
	}
	return slices.ContainsFunc(p.written.Action.entities(), func(e entityID) bool {
		uid := e.uid()
		return uid == action || p.written.Action.Op == "in" && m.actions[action].Parents.Contains(uid)
	})
}

// policies are those that may have a say, in the order of their files.
type policyList []*policy

// All returns the policies with their ids, for the evaluator.
func (l policyList) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, p := range l {
			if !yield(p.id, p.rule) {
				return
			}
		}
	}
}

// reasons returns the sentences of policies that made a decision.
func (l policyList) reasons(of []cedar.DiagnosticReason) []Reason {
	out := make([]Reason, 0, len(of))
	for _, r := range of {
		at := slices.IndexFunc(l, func(p *policy) bool { return p.id == r.PolicyID })
		out = append(out, Reason{string(r.PolicyID), l[at].sentence})
	}
	return out
}
