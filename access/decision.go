package access

import (
	"strings"

	"towerbridge/fault"
)

// Reason is a policy that made a decision.
type Reason struct {
	Policy   string `json:"policy"`   // its id, such as tickets/held
	Sentence string `json:"sentence"` // what it says, for people
}

// Decision is whether something is allowed, and why.
type Decision struct {
	Action  Action   `json:"action"`
	Allowed bool     `json:"allowed"`
	Reasons []Reason `json:"reasons"` // the policies that permit it, or those that forbid it; never empty
}

// Err returns nil where it is allowed, and otherwise an error of kind Denied that names
// the action and every reason. Whoever must not tell that a thing exists answers
// NotFound instead.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	if len(d.Reasons) == 0 || d.Reasons[0] == unallowed {
		return fault.New(fault.Denied, "Ask an administrator of your party for a role that has this right.", "%s is not allowed: no policy permits it", d.Action)
	}
	sentences := make([]string, len(d.Reasons))
	for i, r := range d.Reasons {
		sentences[i] = strings.TrimSuffix(r.Sentence, ".") + " (" + r.Policy + ")"
	}
	return fault.New(fault.Denied, "Further roles do not help while this holds.", "%s is not allowed: %s", d.Action, strings.Join(sentences, "; "))
}
