package access

import (
	"bytes"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"towerbridge/fault"
)

// The limits of an organisation's policies. A larger file is a finding.
const (
	MaxFileBytes   = 64 << 10 // of one file
	MaxPolicyBytes = 4 << 10  // of one policy, without comments and as Cedar prints it
	MaxDepth       = 64       // of expressions within each other
	MaxPolicies    = 1000     // of all files
)

// The findings about files of policies.
var (
	unreadable = fault.Declare(2010, "a file of policies cannot be read",
		"Write it in Cedar, within the limits of size and depth.")
	unnamedPolicy = fault.Declare(2011, "a policy has no id or no reason",
		"Put @id and @reason above the policy: the reason is what people are told.")
	takenPolicy = fault.Declare(2012, "two policies have the same id",
		"Give each policy an id of its own.")
	wideningPolicy = fault.Declare(2013, "an organisation's policy permits something",
		"Forbid: what is shipped may be narrowed and not widened. Rights are given by roles.")
	unknownWord = fault.Declare(2014, "a policy is not as the schema says",
		"Compare it with schema.cedarschema: names of actions, attributes, roles and kinds.")
	unlistable = fault.Declare(2015, "a policy on reading tickets cannot be kept in lists",
		"Forbid action in Action::\"see\" on every resource. Look at who asks, or compare the ticket's service, tower or dataClass with a name, or ask whether it is restricted; and except the reporter by: unless { resource.reporter == principal }.")
)

// reader gathers policies and what is wrong with them.
type reader struct {
	model    *model
	all      policyList
	places   map[cedar.PolicyID]fault.Position
	findings fault.Findings
}

func (r *reader) read(f File, own bool) {
	at := fault.Position{File: f.Name}
	if len(f.Text) > MaxFileBytes {
		r.add(unreadable.At(at, "", "the file has %d bytes; at most %d are read", len(f.Text), MaxFileBytes))
		return
	}
	if depth(f.Text) > MaxDepth {
		r.add(unreadable.At(at, "", "expressions stand more than %d deep within each other", MaxDepth))
		return
	}
	list, err := cedar.NewPolicyListFromBytes(f.Name, f.Text)
	if err != nil {
		r.add(unreadable.At(at, "", "%s", err))
		return
	}
	if len(r.all)+len(list) > MaxPolicies {
		r.add(unreadable.At(at, "", "there are more than %d policies", MaxPolicies))
		return
	}
	for _, rule := range list {
		place := rule.Position()
		r.policy(rule, own, fault.Position{File: f.Name, Line: place.Line, Column: place.Column})
	}
}

func (r *reader) add(f fault.Finding) { r.findings = append(r.findings, f) }

// policy checks one policy.
func (r *reader) policy(rule *cedar.Policy, own bool, at fault.Position) {
	if size := len(rule.MarshalCedar()); size > MaxPolicyBytes {
		r.add(unreadable.At(at, "", "the policy has %d bytes; at most %d are read", size, MaxPolicyBytes))
		return
	}
	p, err := newPolicy(rule, own)
	if err != nil {
		r.add(unreadable.At(at, "", "%s", err))
		return
	}
	if p.id == "" || p.sentence == "" {
		r.add(unnamedPolicy.At(at, "", "the policy has no @id or no @reason"))
	} else if first, taken := r.places[p.id]; taken {
		r.add(takenPolicy.At(at, "", "the id %q is that of a policy in %s", p.id, first))
	} else {
		r.places[p.id] = at
	}
	if own && rule.Effect() == cedar.Permit {
		r.add(wideningPolicy.At(at, "", "the policy %q permits", p.id))
	}
	words := r.words(p)
	for _, w := range words {
		r.add(unknownWord.At(at, "", "%s", w))
	}
	if own && len(words) == 0 {
		if why := p.unlistable(r.model); why != "" {
			r.add(unlistable.At(at, "", "%s", why))
		}
	}
	r.all = append(r.all, p)
}

// words returns what in a policy is not as the schema says.
func (r *reader) words(p *policy) []string {
	var out []string
	if err := r.model.validator.Policy("", (*ast.Policy)(p.rule.AST())); err != nil {
		out = strings.Split(err.Error(), "\n")
	}
	check := func(e entityID) {
		uid := e.uid()
		if what, closed := r.model.closed[uid.Type]; closed && !r.model.names[uid] {
			out = append(out, "there is no "+what+" "+uid.String())
		}
	}
	for _, s := range []scope{p.written.Principal, p.written.Action, p.written.Resource} {
		for _, e := range s.entities() {
			check(e)
		}
	}
	for _, c := range p.written.Conditions {
		for _, e := range entitiesIn(c.Body) {
			check(e)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// depth returns how deep expressions stand within each other, by their brackets and by
// signs that follow on each other. Texts and comments are passed over.
func depth(text []byte) int {
	deep, signs, most := 0, 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '/':
			if bytes.HasPrefix(text[i:], []byte("//")) {
				if end := bytes.IndexByte(text[i:], '\n'); end >= 0 {
					i += end
				} else {
					i = len(text)
				}
			}
		case '(', '[', '{':
			deep++
		case ')', ']', '}':
			deep = max(deep-1, 0)
		case '!', '-':
			signs++
		case ' ', '\t', '\r', '\n':
			continue
		default:
			signs = 0
		}
		most = max(most, deep, signs)
	}
	return most
}
