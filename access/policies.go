package access

import (
	"io/fs"
	"path"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"towerbridge/fault"
)

// Policies decides. It does not change, and may be used from many goroutines.
type Policies struct {
	model *model
	all   policyList
	about map[question]policyList

	services []string // that policies on reading tickets name
}

// question is a kind of question: an action on things of a type.
type question struct {
	action Action
	kind   types.EntityType
}

// File is a file of policies.
type File struct {
	Name string
	Text []byte
}

// Shipped returns the files of policies that are shipped, in the order in which they
// are read, with the schema and the roles before them.
func Shipped() []File {
	entries, err := fs.ReadDir(shipped, "policies")
	if err != nil {
		panic("access: " + err.Error()) // they are part of the program
	}
	var words, policies []File
	for _, e := range entries {
		text, err := fs.ReadFile(shipped, path.Join("policies", e.Name()))
		if err != nil {
			panic("access: " + err.Error())
		}
		if strings.HasSuffix(e.Name(), ".cedar") {
			policies = append(policies, File{e.Name(), text})
		} else {
			words = append(words, File{e.Name(), text})
		}
	}
	return append(words, policies...)
}

// New returns the policies that are shipped. An error is a defect of the program.
func New() (*Policies, error) {
	p, findings := Read()
	return p, findings.Err()
}

// Read returns the policies that are shipped, narrowed by those of an organisation. It
// returns everything that is wrong with the organisation's, each at its place, and the
// policies only when nothing is; otherwise nil.
//
// An organisation's policy forbids, has an @id of its own and a @reason, and uses the
// schema's words. One that keeps people from reading tickets may look at who asks, and
// compare the ticket's service, tower and dataClass with names, if it excepts the
// reporter: only then does a list hold what may be opened, no more and no less.
func Read(own ...File) (*Policies, fault.Findings) {
	m, err := models()
	if err != nil {
		return nil, fault.Findings{unreadable.At(fault.Position{}, "", "%s", err)}
	}
	r := reader{model: m, places: map[cedar.PolicyID]fault.Position{}}
	for _, f := range Shipped() {
		if strings.HasSuffix(f.Name, ".cedar") {
			r.read(f, false)
		}
	}
	for _, f := range own {
		r.read(f, true)
	}
	if len(r.findings) > 0 {
		r.findings.Sort()
		return nil, r.findings
	}
	return build(m, r.all), nil
}

func build(m *model, all policyList) *Policies {
	p := &Policies{model: m, all: all, about: map[question]policyList{}}
	for uid, action := range m.schema.Actions {
		if action.AppliesTo == nil {
			continue // a group
		}
		for _, kind := range action.AppliesTo.Resources {
			list := policyList{}
			for _, one := range all {
				if one.reaches(m, uid, kind) {
					list = append(list, one)
				}
			}
			p.about[question{Action(uid.ID), kind}] = list
		}
	}
	p.services = p.about[question{TicketRead, "Ticket"}].servicesNamed()
	return p
}

// The reasons for which no policy stands.
var (
	unasked   = Reason{"none", "There is no such action on such a thing."}
	unallowed = Reason{"none", "No policy permits it."}
)

// May decides whether somebody may do something to something.
func (p *Policies) May(who Principal, what Action, on Resource) Decision {
	return p.As(who).May(what, on)
}

// Asker is somebody who asks several questions.
type Asker struct {
	policies *Policies
	who      Principal
	person   types.Entity
}

// As returns somebody who asks several questions: each is then answered faster than by
// [Policies.May].
func (p *Policies) As(who Principal) *Asker { return &Asker{p, who, who.entity(p.model)} }

// May decides whether the asker may do something to something.
func (a *Asker) May(what Action, on Resource) Decision {
	if on == nil {
		return Decision{Action: what, Reasons: []Reason{unasked}}
	}
	return a.decide(what, on.entity())
}

func (a *Asker) decide(what Action, resource types.Entity) Decision {
	list, asked := a.policies.about[question{what, resource.UID.Type}]
	if !asked {
		return Decision{Action: what, Reasons: []Reason{unasked}}
	}
	m := a.policies.model
	verdict, why := cedar.Authorize(list, &scene{a.person, resource, m.actions}, cedar.Request{
		Principal: a.person.UID,
		Action:    named("Action", string(what)),
		Resource:  resource.UID,
		Context:   m.contexts[what],
	})
	d := Decision{Action: what, Allowed: verdict == cedar.Allow && len(why.Errors) == 0}
	if d.Allowed || verdict == cedar.Deny {
		d.Reasons = list.reasons(why.Reasons)
	}
	for _, e := range why.Errors { // the evaluator passes over such a policy; it may be one that forbids
		d.Reasons = append(d.Reasons, Reason{string(e.PolicyID), "The policy could not be evaluated: " + e.Message})
	}
	if len(d.Reasons) == 0 {
		d.Reasons = append(d.Reasons, unallowed)
	}
	return d
}
